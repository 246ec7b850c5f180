#include "record/state_rows.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"
#include "record/record_text.h"

// Deep nesting under long names makes paths that together grow with the square of the record. They may be this many
// times its length.
#define PATHS_PER_TEXT 16
#define PATHS_FREE     ((size_t)1 << 20)

struct walk {
	const struct value_tree *tree;
	struct buffer path;
	struct buffer name;
	size_t budget;
	bool (*is_whole)(void *context, struct slice path); // may be NULL
	leaf_function *leaf;
	void *context;
};

static int walk_value(struct walk *walk, const struct value *value);

static int walk_members(struct walk *walk, const struct value *object)
{
	size_t length = walk->path.length;

	for (const struct value *member = value_first(walk->tree, object); member;
	     member = value_next(walk->tree, member)) {
		struct slice name = member->name;

		buffer_reset(&walk->name);
		if (member->name_escaped) {
			json_decode_string(&walk->name, name);
			name = buffer_slice(&walk->name);
		}
		property_path_append(&walk->path, 0, name);
		if (walk_value(walk, member))
			return -1;
		walk->path.length = length;
	}
	return 0;
}

// The depth is that of the value tree, which is bounded.
static int walk_value(struct walk *walk, const struct value *value)
{
	struct slice path = buffer_slice(&walk->path);
	bool is_branch = value->kind == VALUE_OBJECT && value->count > 0;

	if (walk->path.length > walk->budget)
		return -1;
	walk->budget -= walk->path.length;
	if (is_branch && !(walk->is_whole && walk->is_whole(walk->context, path)))
		return walk_members(walk, value);
	walk->leaf(walk->context, path, value);
	return 0;
}

static int walk_from(struct walk *walk, const struct value *value)
{
	int result = 0;

	walk->budget = value_root(walk->tree)->text.length * PATHS_PER_TEXT + PATHS_FREE;
	if (value)
		result = walk_value(walk, value);
	buffer_release(&walk->path);
	buffer_release(&walk->name);
	return result;
}

int value_leaves(const struct value_tree *tree, const struct value *value, leaf_function *leaf, void *context)
{
	struct walk walk = {.tree = tree, .leaf = leaf, .context = context};

	return walk_from(&walk, value);
}

struct reading_of_rows {
	struct state_rows *rows;
	const struct value_tree *tree;
};

static struct state_row *row_of(struct state_rows *rows, struct slice path)
{
	int is_new;
	size_t number = hash_map_add(&rows->index, path, &is_new);

	if (is_new) {
		rows->rows = memory_grow(rows->rows, &rows->capacity, number + 1, sizeof *rows->rows);
		rows->rows[number] = (struct state_row){.property = rows->index.keys[number]};
		rows->count = number + 1;
	}
	return &rows->rows[number];
}

// Whether `properties` shows the entry's register: then it is one value, even when that is an object.
static bool is_shown(const struct value_tree *tree, const struct value *entry)
{
	const struct value *deleted = value_member(tree, entry, SLICE_LITERAL("deleted"));

	return entry->kind == VALUE_OBJECT && !value_member(tree, entry, SLICE_LITERAL("value")) &&
	    value_member(tree, entry, SLICE_LITERAL("timestamp")) && !(deleted && deleted->kind == VALUE_TRUE);
}

static bool has_shown_entry(void *context, struct slice path)
{
	struct reading_of_rows *reading = context;
	size_t number = hash_map_find(&reading->rows->index, path);

	return number != HASH_MAP_NONE && reading->rows->rows[number].metadata &&
	    is_shown(reading->tree, reading->rows->rows[number].metadata);
}

static void set_value(void *context, struct slice path, const struct value *leaf)
{
	struct reading_of_rows *reading = context;

	if (path.length)
		row_of(reading->rows, path)->value = leaf;
}

static void set_desired(void *context, struct slice path, const struct value *leaf)
{
	struct reading_of_rows *reading = context;

	if (path.length)
		row_of(reading->rows, path)->desired = leaf;
}

static void set_differs(void *context, struct slice path, const struct value *leaf)
{
	struct reading_of_rows *reading = context;

	(void)leaf;
	if (path.length)
		row_of(reading->rows, path)->differs = true;
}

static void set_metadata(struct reading_of_rows *reading, struct slice path, const struct value *entry)
{
	if (path.data[0] != '/')
		row_of(reading->rows, path)->metadata = entry;
}

static void set_withdrawn(struct reading_of_rows *reading, struct slice path, const struct value *entry)
{
	const struct value *deleted = value_member(reading->tree, entry, SLICE_LITERAL("deleted"));

	if (deleted && deleted->kind == VALUE_TRUE)
		row_of(reading->rows, path)->is_withdrawn = true;
}

static void read_metadata(struct reading_of_rows *reading, const struct value *metadata,
    void (*take)(struct reading_of_rows *reading, struct slice path, const struct value *entry))
{
	const struct value_tree *tree = reading->tree;
	struct buffer name = BUFFER_INIT;

	if (!metadata || metadata->kind != VALUE_OBJECT)
		return;
	for (const struct value *entry = value_first(tree, metadata); entry; entry = value_next(tree, entry)) {
		struct slice path = entry->name;

		if (entry->name_escaped) {
			buffer_reset(&name);
			json_decode_string(&name, entry->name);
			path = buffer_slice(&name);
		}
		if (entry->kind == VALUE_OBJECT && path.length)
			take(reading, path, entry);
	}
	buffer_release(&name);
}

static int by_property(const void *a, const void *b)
{
	return slice_compare(((const struct state_row *)a)->property, ((const struct state_row *)b)->property);
}

void state_rows_release(struct state_rows *rows)
{
	hash_map_release(&rows->index);
	free(rows->rows);
	*rows = (struct state_rows)STATE_ROWS_INIT;
}

static int read_documents(struct reading_of_rows *reading, const struct value *state)
{
	const struct value_tree *tree = reading->tree;
	struct walk values = {.tree = tree, .is_whole = has_shown_entry, .leaf = set_value, .context = reading};

	read_metadata(reading, value_member(tree, state, SLICE_LITERAL("metadata")), set_metadata);
	if (value_is_word(value_member(tree, state, SLICE_LITERAL("type")), "change"))
		read_metadata(reading, value_member(tree, state, SLICE_LITERAL("desired_metadata")), set_withdrawn);
	if (walk_from(&values, value_member(tree, state, SLICE_LITERAL("properties"))))
		return -1;
	if (value_leaves(tree, value_member(tree, state, SLICE_LITERAL("desired")), set_desired, reading))
		return -1;
	return value_leaves(tree, value_member(tree, state, SLICE_LITERAL("delta")), set_differs, reading);
}

int state_rows_read(struct state_rows *rows, const struct value_tree *tree, const struct value *state)
{
	struct reading_of_rows reading = {rows, tree};

	state_rows_release(rows);
	if (read_documents(&reading, state))
		return -1;
	if (rows->count)
		qsort(rows->rows, rows->count, sizeof *rows->rows, by_property);
	return 0;
}
