// The difference of two JSON values, as operations at paths: members by name, array elements by index unless a rule says otherwise.
//
// Operations come in an order in which they can be applied one after another: those inside of elements before those that remove elements
// (the last first), and those before the ones that add some. Paths count elements as they stand when it is their turn.
#ifndef RECORD_VALUE_DIFF_H
#define RECORD_VALUE_DIFF_H

#include "record/diff_rules.h"
#include "record/value.h"
#include "record/value_names.h"

enum diff_op { DIFF_ADD, DIFF_REMOVE, DIFF_REPLACE };

extern const char *const diff_op_names[];

struct value_diff {
	const struct diff_rules *rules;
	const struct value_tree *a_tree, *b_tree;
	struct diff_path path; // grows behind what the caller has put there
	// The tolerance that the caller knows of for the value at path, and how many segments of it say so; may be NULL.
	struct tolerance (*known)(void *context, const struct diff_path *path, size_t *length);
	// from: NULL for an add, to: NULL for a remove. What is not 0 ends the comparison, which returns it.
	int (*found)(struct value_diff *diff, enum diff_op op, const struct value *from, const struct value *to);
	void *context;
	struct error *error;
	struct value_names names;
};

void value_diff_release(struct value_diff *diff);

// a or b may be NULL: nothing is there. 0, what `found` returned, or -1 with error where the rules do not fit the values.
int value_diff_run(struct value_diff *diff, const struct value *a, const struct value *b)
    __attribute__((warn_unused_result));

void value_diff_push(struct value_diff *diff, struct slice segment);
void value_diff_pop(struct value_diff *diff);

#endif
