#include "twin/assignment.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "twin/assignment_list.h"

// Leaves below long names cost their whole path each: what one record may take.
#define PATHS_SIZE_MAX ((size_t)1 << 30)

void assignments_release(struct assignments *list)
{
	free(list->items);
	arena_release(&list->arena);
	for (size_t i = 0; i < sizeof list->trees / sizeof *list->trees; i++)
		value_tree_release(&list->trees[i]);
	buffer_release(&list->path);
	buffer_release(&list->scratch);
	*list = (struct assignments)ASSIGNMENTS_INIT;
}

uint64_t assignment_hash(enum register_kind kind, struct slice entity_id, struct slice path)
{
	// Readings by far outnumber the rest: theirs is the hash that comes with the record.
	return record_series_hash(entity_id, path) + (uint64_t)kind * UINT64_C(0x9e3779b97f4a7c15);
}

// A value without the white space between its tokens.
struct slice assignments_compact(struct assignments *list, struct slice text)
{
	if (text.length == 0 || (text.data[0] != '{' && text.data[0] != '['))
		return text;
	buffer_reset(&list->scratch);
	value_append_compact(&list->scratch, text);
	return list->scratch.length == text.length ? text : arena_dup(&list->arena, buffer_slice(&list->scratch));
}

struct assignment *assignments_add(
    struct assignments *list, enum register_kind kind, struct slice entity_id, struct slice path)
{
	list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	struct assignment *item = &list->items[list->count++];

	*item = (struct assignment){
	    .kind = kind,
	    .entity_id = entity_id,
	    .path = path,
	    .hash = assignment_hash(kind, entity_id, path),
	    .key = {.live = true, .quality = 1},
	    .tail = {.sensor_id = SLICE_EMPTY, .value = SLICE_EMPTY, .unit = SLICE_EMPTY, .command_id = SLICE_EMPTY},
	    .origin = SLICE_EMPTY,
	    .ack = SLICE_EMPTY,
	    .axis = SLICE_EMPTY,
	    .deadline = NO_DEADLINE,
	};
	return item;
}

// What the record itself says of when and where from.
static struct assignment *add_from_record(
    struct assignments *list, const struct record *record, enum register_kind kind, struct slice path)
{
	struct assignment *item = assignments_add(list, kind, record->text[MEMBER_ENTITY_ID], path);

	item->key.timestamp = record->timestamp;
	item->key.counter = record->counter;
	item->tail.sensor_id = record_text(record, MEMBER_SENSOR_ID);
	item->tail.seq = record->seq;
	item->origin = record_text(record, MEMBER_ORIGIN);
	return item;
}

// metadata.axis, which twin-ingest writes for recordings that count in a unit of their own.
static struct slice axis_of(struct assignments *list, struct slice metadata)
{
	struct value_tree *tree = &list->trees[TREE_METADATA];
	struct error ignored;

	if (!metadata.length || value_parse(tree, metadata, &ignored))
		return SLICE_EMPTY;
	const struct value *axis = value_member(tree, value_root(tree), SLICE_LITERAL("axis"));

	return axis && axis->kind == VALUE_OBJECT ? assignments_compact(list, axis->text) : SLICE_EMPTY;
}

// The hot path: one assignment whose texts all stand in the record.
static void add_reading(struct assignments *list, const struct record *record)
{
	list->items = memory_grow(list->items, &list->capacity, 1, sizeof *list->items);
	list->count = 1;
	list->items[0] = (struct assignment){
	    .kind = REGISTER_REPORTED,
	    .entity_id = record->text[MEMBER_ENTITY_ID],
	    .path = record->text[MEMBER_PROPERTY],
	    .hash = record->series_hash,
	    .key = {.timestamp = record->timestamp,
		.counter = record->counter,
		.live = true,
		.quality = record->quality},
	    .tail = {.sensor_id = record_text(record, MEMBER_SENSOR_ID),
		.seq = record->seq,
		.value = assignments_compact(list, record->text[MEMBER_VALUE]),
		.unit = record_text(record, MEMBER_UNIT),
		.command_id = SLICE_EMPTY},
	    .origin = record_text(record, MEMBER_ORIGIN),
	    .ack = assignments_compact(list, record_text(record, MEMBER_ACK)),
	    .axis = axis_of(list, record_text(record, MEMBER_METADATA)),
	    .deadline = NO_DEADLINE,
	};
}

static void add_deleted(struct assignments *list, const struct record *record)
{
	bool whole = !record_has(record, MEMBER_PROPERTY);
	struct assignment *item = add_from_record(
	    list, record, whole ? REGISTER_TOMBSTONE : REGISTER_REPORTED, record_text(record, MEMBER_PROPERTY));

	item->key.live = false;
}

// Appends a member's name to the path under construction; the caller cuts it off again.
void assignments_push_name(struct assignments *list, const struct value *member)
{
	size_t scratch = list->scratch.length;

	if (member->name_escaped) {
		json_decode_string(&list->scratch, member->name);
		property_path_append(&list->path, 0, slice_skip(buffer_slice(&list->scratch), scratch));
		list->scratch.length = scratch;
	} else {
		property_path_append(&list->path, 0, member->name);
	}
}

int assignments_push_property(struct assignments *list, const struct value *member, struct error *error)
{
	if (member->name.length == 0)
		return error_set(error, "a property has an empty name");
	assignments_push_name(list, member);
	return 0;
}

int assignments_check_path(struct assignments *list, struct error *error)
{
	if (list->arena.total > PATHS_SIZE_MAX)
		return error_set(error, "its properties take more than %zu bytes", PATHS_SIZE_MAX);
	return property_path_check(buffer_slice(&list->path), error);
}

struct slice assignments_path(struct assignments *list)
{
	return arena_dup(&list->arena, buffer_slice(&list->path));
}

// Depth is bounded by that of the parsed value.
static int add_desired_leaves(struct assignments *list, const struct record *record, const struct value *object,
    int64_t deadline, struct error *error)
{
	const struct value_tree *tree = &list->trees[TREE_PROPERTIES];

	for (const struct value *member = value_first(tree, object); member; member = value_next(tree, member)) {
		size_t length = list->path.length;

		if (assignments_push_property(list, member, error))
			return -1;
		if (!value_is_leaf(member)) {
			if (add_desired_leaves(list, record, member, deadline, error))
				return -1;
		} else if (assignments_check_path(list, error)) {
			return -1;
		} else {
			struct assignment *item =
			    add_from_record(list, record, REGISTER_DESIRED, assignments_path(list));

			item->key.live = member->kind != VALUE_NULL;
			item->tail.value = item->key.live ? assignments_compact(list, member->text) : SLICE_EMPTY;
			item->tail.command_id = record_text(record, MEMBER_COMMAND_ID);
			item->deadline = deadline;
		}
		list->path.length = length;
	}
	return 0;
}

static int add_desired(struct assignments *list, const struct record *record, struct error *error)
{
	struct value_tree *tree = &list->trees[TREE_PROPERTIES];
	int64_t deadline = NO_DEADLINE;

	if (record_has(record, MEMBER_DEADLINE) && timestamp_parse(record->text[MEMBER_DEADLINE], &deadline, error))
		return -1;
	if (value_parse(tree, record->text[MEMBER_PROPERTIES], error))
		return -1;
	buffer_reset(&list->path);
	return add_desired_leaves(list, record, value_root(tree), deadline, error);
}

// A prediction or an event as the register keeps it: the record without type and entity_id.
static struct slice without_identity(struct assignments *list, const struct value_tree *tree)
{
	struct buffer text = BUFFER_INIT;

	buffer_append_char(&text, '{');
	for (const struct value *member = value_first(tree, value_root(tree)); member;
	     member = value_next(tree, member)) {
		struct slice name = member->name;
		struct buffer decoded = BUFFER_INIT;

		if (member->name_escaped) {
			json_decode_string(&decoded, name);
			name = buffer_slice(&decoded);
		}
		if (!slice_is(name, "type") && !slice_is(name, "entity_id")) {
			if (text.length > 1)
				buffer_append_char(&text, ',');
			json_append_string(&text, name);
			buffer_append_char(&text, ':');
			value_append_compact(&text, member->text);
		}
		buffer_release(&decoded);
	}
	buffer_append_char(&text, '}');
	struct slice kept = arena_dup(&list->arena, buffer_slice(&text));

	buffer_release(&text);
	return kept;
}

static int add_metric(struct assignments *list, const struct record *record, struct error *error)
{
	struct value_tree *tree = &list->trees[TREE_OTHER];
	bool is_event = record->type == RECORD_EVENT;

	if (value_parse(tree, record->line, error))
		return -1;
	buffer_reset(&list->path);
	property_path_append(&list->path, 0, record_text(record, is_event ? MEMBER_EVENT : MEMBER_METHOD));
	if (is_event && record_has(record, MEMBER_PROPERTY)) {
		buffer_append_char(&list->path, '/');
		buffer_append_slice(&list->path, record->text[MEMBER_PROPERTY]);
	}
	struct assignment *item =
	    add_from_record(list, record, is_event ? REGISTER_EVENT : REGISTER_PREDICTION, assignments_path(list));

	item->origin = SLICE_EMPTY; // stands in the value
	item->tail.value = without_identity(list, tree);
	return 0;
}

int assignments_of_record(struct assignments *list, const struct record *record, struct error *error)
{
	list->count = 0;
	arena_reset(&list->arena);
	switch (record->type) {
	case RECORD_READING:
		add_reading(list, record);
		return 0;
	case RECORD_DELETED:
		add_deleted(list, record);
		return 0;
	case RECORD_DESIRED:
		return add_desired(list, record, error);
	case RECORD_PREDICTION:
	case RECORD_EVENT:
		return add_metric(list, record, error);
	case RECORD_STATE:
	case RECORD_CHANGE:
		return assignments_of_state(list, record, error);
	default:
		return 0;
	}
}
