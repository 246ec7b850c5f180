// What is what in the objects of one NDJSON source: made once from the mapping and the first object.
#ifndef FORMAT_JSON_PLAN_H
#define FORMAT_JSON_PLAN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "format/cell.h"
#include "format/ingest.h"
#include "format/name_template.h"
#include "format/row_clock.h"
#include "record/property_path.h"
#include "record/value.h"

struct json_plan {
	struct ingest *ingest; // borrowed
	const char *source;
	struct slice format; // name, for the mapping that is printed
	struct arena arena;
	struct slice time, received; // names
	struct name_template entity;
	struct slice entity_text;
	bool guessed_time, guessed_entity;
	const struct value
	    *time_node; // the time of the row where each has to be asked for its own; NULL: it is where `time` says
	struct row_clock clock;
	struct missing_words missing;
	struct buffer path, text;
	const struct value **used; // nodes of the row that are its time, its twin or a member
	size_t used_count, used_capacity;
};

void json_plan_init(struct json_plan *plan, struct ingest *ingest, const char *source);
void json_plan_release(struct json_plan *plan);

// tree: the first object. -1 with error.
int json_plan_make(struct json_plan *plan, const struct value_tree *tree, struct error *error)
    __attribute__((warn_unused_result));

// For values that something else surrounds and that are not alike: only what the mapping says is in the plan, and entity_id where it says
// nothing of the twin. The times are the caller's business.
int json_plan_make_around(struct json_plan *plan, struct slice entity_id, struct error *error)
    __attribute__((warn_unused_result));

// The member of the object that is its time, as it seems; NULL: none. by_name: only if it is called so. -1 with error when there are two.
int json_plan_guess_time(struct json_plan *plan, const struct value_tree *tree, bool by_name, const struct value **time,
    struct error *error) __attribute__((warn_unused_result));

// A name in an object: a pointer from its root, the name of a member, or with a dot before it a pointer from element (NULL: from the
// root). NULL when it leads nowhere.
const struct value *json_plan_find(const struct value_tree *tree, struct slice name, const struct value *element);

// The time of the row.
const struct value *json_plan_find_time(
    const struct json_plan *plan, const struct value_tree *tree, const struct value *element);

// The path of a property that a name gives by itself; valid until the next call.
struct slice json_plan_path(struct json_plan *plan, struct slice name);

// Finds the nodes of a row that are no values since they are its time, part of the twin's name or a member.
void json_plan_mark(struct json_plan *plan, const struct value_tree *tree, const struct value *element);
bool json_plan_is_marked(const struct json_plan *plan, const struct value *node);

void json_plan_append_guesses(struct buffer *out, const struct json_plan *plan);
void json_plan_append_mapping(struct buffer *out, const struct json_plan *plan);
void json_plan_explain(const struct json_plan *plan); // for --explain

#endif
