// What the two halves of assignment.h share: assignment.c takes apart records that say one thing, assignment_state.c printed states.
#ifndef TWIN_ASSIGNMENT_LIST_H
#define TWIN_ASSIGNMENT_LIST_H

#include "twin/assignment.h"

// The list's value trees, by what they hold.
enum { TREE_PROPERTIES, TREE_METADATA, TREE_DESIRED, TREE_OTHER };

static inline bool value_is_leaf(const struct value *node)
{
	return node->kind != VALUE_OBJECT || node->count == 0;
}

// A new assignment that is live, of full quality, and says nothing else yet.
struct assignment *assignments_add(
    struct assignments *list, enum register_kind kind, struct slice entity_id, struct slice path);

// The value without the white space between its tokens; a copy only where there is any.
struct slice assignments_compact(struct assignments *list, struct slice text);

// Appends a member's name, which is not empty, to list->path as one segment; the caller restores the length.
void assignments_push_name(struct assignments *list, const struct value *member);

// The same where an empty name is an error.
int assignments_push_property(struct assignments *list, const struct value *member, struct error *error)
    __attribute__((warn_unused_result));

// Whether list->path can be a property's. -1 with error.
int assignments_check_path(struct assignments *list, struct error *error) __attribute__((warn_unused_result));

// A copy of list->path.
struct slice assignments_path(struct assignments *list);

int assignments_of_state(struct assignments *list, const struct record *record, struct error *error)
    __attribute__((warn_unused_result));

#endif
