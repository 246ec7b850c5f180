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
	struct arena arena;
	struct slice time, received; // names
	struct name_template entity;
	struct slice entity_text;
	bool guessed_time, guessed_entity;
	struct row_clock clock;
	struct missing_words missing;
	struct buffer path;
	const struct value **used; // nodes of the row that are its time, its twin or a member
	size_t used_count, used_capacity;
};

void json_plan_init(struct json_plan *plan, struct ingest *ingest, const char *source);
void json_plan_release(struct json_plan *plan);

// tree: the first object. -1 with error.
int json_plan_make(struct json_plan *plan, const struct value_tree *tree, struct error *error)
    __attribute__((warn_unused_result));

// A name in an object: a pointer from its root, the name of a member, or with a dot before it a pointer from element (NULL: from the
// root). NULL when it leads nowhere.
const struct value *json_plan_find(const struct value_tree *tree, struct slice name, const struct value *element);

// The path of a property that a name gives by itself; valid until the next call.
struct slice json_plan_path(struct json_plan *plan, struct slice name);

// Finds the nodes of a row that are no values since they are its time, part of the twin's name or a member.
void json_plan_mark(struct json_plan *plan, const struct value_tree *tree, const struct value *element);
bool json_plan_is_marked(const struct json_plan *plan, const struct value *node);

void json_plan_append_guesses(struct buffer *out, const struct json_plan *plan);
void json_plan_append_mapping(struct buffer *out, const struct json_plan *plan);
void json_plan_explain(const struct json_plan *plan); // for --explain

#endif
