#include <stdlib.h>

#include "base/decimal.h"
#include "base/hash_map.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "twin/assignment_list.h"

// One of the two documents of a state: `properties` with `metadata`, or `desired` with `desired_metadata`.
struct document {
	struct assignments *list;
	const struct record *record;
	enum register_kind kind;
	const struct value_tree *values; // NULL when the record has none
	const struct value_tree *metadata;
	struct hash_map paths; // that metadata speaks of, and what they lie below
	uint32_t *nodes;       // by entry of paths: index + 1 of the node of values, 0 when it has none
	size_t node_capacity;
	struct hash_map shown; // paths whose entry describes what values shows
	struct error *error;
};

static const struct value *member_of(const struct value_tree *tree, const struct value *object, const char *name)
{
	const struct value *found = value_member(tree, object, slice_from_string(name));

	return found && found->kind != VALUE_NULL ? found : NULL;
}

static int entry_error(struct document *doc, struct slice path, const char *what)
{
	return error_set(doc->error, "%s of '%.*s': %s",
	    doc->kind == REGISTER_DESIRED ? "desired_metadata" : "metadata",
	    (int)(path.length < 100 ? path.length : 100), path.data, what);
}

static struct slice string_of(struct document *doc, const struct value *node)
{
	doc->list->scratch.length = 0;
	struct slice text = value_string(node, &doc->list->scratch);

	return node->escaped ? arena_dup(&doc->list->arena, text) : text;
}

static int read_time(const struct value *node, int64_t *nanoseconds)
{
	struct error ignored;
	struct slice text = slice_of(node->text.data + 1, node->text.length - 2);

	return node->kind != VALUE_STRING || timestamp_parse(text, nanoseconds, &ignored) ? -1 : 0;
}

static int read_count(const struct value *node, int64_t *count)
{
	return node->kind != VALUE_NUMBER || decimal_to_int64(node->text, count) || *count < 0 ? -1 : 0;
}

static int read_quality(const struct value *node, double *quality)
{
	if (node->kind != VALUE_NUMBER)
		return -1;
	*quality = decimal_to_double(node->text);
	if (*quality == 0)
		*quality = 0;
	return *quality >= 0 && *quality <= 1 ? 0 : -1;
}

static int read_string(struct document *doc, const struct value *node, struct slice *text)
{
	if (node->kind != VALUE_STRING)
		return -1;
	*text = string_of(doc, node);
	return 0;
}

// Quality, unit and ack are the readings' own.
static int read_reading_member(
    struct document *doc, struct assignment *item, struct slice name, const struct value *node)
{
	if (slice_is(name, "quality"))
		return read_quality(node, &item->key.quality);
	if (slice_is(name, "unit"))
		return read_string(doc, node, &item->tail.unit);
	if (slice_is(name, "ack") && node->kind == VALUE_OBJECT)
		item->ack = assignments_compact(doc->list, node->text);
	if (slice_is(name, "axis") && node->kind == VALUE_OBJECT)
		item->axis = assignments_compact(doc->list, node->text);
	return 0;
}

static int read_entry_member(struct document *doc, struct assignment *item, struct slice name, const struct value *node)
{
	if (slice_is(name, "timestamp"))
		return read_time(node, &item->key.timestamp);
	if (slice_is(name, "counter"))
		return read_count(node, &item->key.counter);
	if (slice_is(name, "seq"))
		return read_count(node, &item->tail.seq);
	if (slice_is(name, "sensor_id"))
		return read_string(doc, node, &item->tail.sensor_id);
	if (slice_is(name, "origin"))
		return read_string(doc, node, &item->origin);
	if (slice_is(name, "deleted"))
		item->key.live = node->kind != VALUE_TRUE;
	if (item->kind == REGISTER_REPORTED)
		return read_reading_member(doc, item, name, node);
	if (item->kind == REGISTER_DESIRED && slice_is(name, "command_id"))
		return read_string(doc, node, &item->tail.command_id);
	if (item->kind == REGISTER_DESIRED && slice_is(name, "deadline"))
		return read_time(node, &item->deadline);
	return 0;
}

// The members of one entry (or of its `last`) put into an assignment; the value is the caller's.
static int read_entry(struct document *doc, struct slice path, const struct value *entry, struct assignment *item)
{
	const struct value_tree *tree = doc->metadata;
	struct buffer decoded = BUFFER_INIT;
	int failed = 0;

	for (const struct value *node = value_first(tree, entry); node && !failed; node = value_next(tree, node)) {
		struct slice name = node->name;

		if (node->name_escaped) {
			buffer_reset(&decoded);
			json_decode_string(&decoded, name);
			name = buffer_slice(&decoded);
		}
		if (node->kind != VALUE_NULL && read_entry_member(doc, item, name, node))
			failed = error_set(doc->error, "metadata of '%.*s': %.*s is not valid",
			    (int)(path.length < 100 ? path.length : 100), path.data, (int)name.length, name.data);
	}
	buffer_release(&decoded);
	return failed;
}

static const struct value *shown_value(struct document *doc, struct slice path)
{
	size_t at = doc->values ? hash_map_find(&doc->paths, path) : HASH_MAP_NONE;

	return at == HASH_MAP_NONE || !doc->nodes[at] ? NULL : &doc->values->nodes[doc->nodes[at] - 1];
}

static int add_last(struct document *doc, struct slice path, const struct value *last)
{
	const struct value *value = value_member(doc->metadata, last, SLICE_LITERAL("value"));

	if (last->kind != VALUE_OBJECT || !member_of(doc->metadata, last, "timestamp") || !value)
		return entry_error(doc, path, "last has no timestamp or no value");
	struct assignment *item = assignments_add(doc->list, doc->kind, doc->record->text[MEMBER_ENTITY_ID], path);

	if (read_entry(doc, path, last, item))
		return -1;
	item->tail.value = assignments_compact(doc->list, value->text);
	return 0;
}

static int add_entry(struct document *doc, struct slice path, const struct value *entry)
{
	const struct value *last = member_of(doc->metadata, entry, "last");

	if (entry->kind != VALUE_OBJECT)
		return entry_error(doc, path, "is not an object");
	if (last && add_last(doc, path, last))
		return -1;
	if (!member_of(doc->metadata, entry, "timestamp"))
		return last ? 0 : entry_error(doc, path, "has no timestamp");
	struct assignment *item = assignments_add(doc->list, doc->kind, doc->record->text[MEMBER_ENTITY_ID], path);

	if (read_entry(doc, path, entry, item))
		return -1;
	if (!item->key.live) {
		item->key.quality = 1;
		item->tail.unit = item->ack = item->axis = SLICE_EMPTY;
		return 0;
	}
	const struct value *value = value_member(doc->metadata, entry, SLICE_LITERAL("value"));

	if (!value) {
		value = shown_value(doc, path);
		hash_map_add(&doc->shown, path, NULL);
	}
	if (!value)
		return entry_error(doc, path, "neither it nor the document has the value");
	item->tail.value = assignments_compact(doc->list, value->text);
	return 0;
}

static struct slice entry_path(struct document *doc, const struct value *entry)
{
	if (!entry->name_escaped)
		return entry->name;
	doc->list->scratch.length = 0;
	json_decode_string(&doc->list->scratch, entry->name);
	return arena_dup(&doc->list->arena, buffer_slice(&doc->list->scratch));
}

// A pointer into the state itself, not a property.
static bool is_own_pointer(struct slice path)
{
	return path.length && path.data[0] == '/';
}

static void note_path(struct document *doc, struct slice path)
{
	size_t at = hash_map_add(&doc->paths, path, NULL);

	doc->nodes = memory_grow(doc->nodes, &doc->node_capacity, at + 1, sizeof *doc->nodes);
	doc->nodes[at] = 0;
}

// The paths that metadata speaks of, each with all of its beginnings.
static int note_entries(struct document *doc)
{
	const struct value_tree *tree = doc->metadata;

	for (const struct value *entry = value_first(tree, value_root(tree)); entry; entry = value_next(tree, entry)) {
		struct slice path = entry_path(doc, entry);

		if (is_own_pointer(path))
			continue;
		if (property_path_check(path, doc->error))
			return -1;
		for (size_t i = 0; i <= path.length; i++)
			if (i == path.length || path.data[i] == '/')
				note_path(doc, slice_of(path.data, i));
	}
	return 0;
}

// Finds the nodes of those paths, so that entries have their values in one step each. What metadata does not speak of is not gone into.
static void find_nodes(struct document *doc, const struct value *object)
{
	for (const struct value *node = value_first(doc->values, object); node; node = value_next(doc->values, node)) {
		size_t length = doc->list->path.length;

		if (node->name.length == 0)
			continue;
		assignments_push_name(doc->list, node);
		size_t at = hash_map_find(&doc->paths, buffer_slice(&doc->list->path));

		if (at != HASH_MAP_NONE) {
			doc->nodes[at] = (uint32_t)(node - doc->values->nodes) + 1;
			if (node->kind == VALUE_OBJECT)
				find_nodes(doc, node);
		}
		doc->list->path.length = length;
	}
}

// Leaves that no entry speaks of are as old as the state itself.
static int add_bare_leaves(struct document *doc, const struct value *object)
{
	for (const struct value *node = value_first(doc->values, object); node; node = value_next(doc->values, node)) {
		size_t length = doc->list->path.length;

		if (assignments_push_property(doc->list, node, doc->error))
			return -1;
		if (hash_map_find(&doc->shown, buffer_slice(&doc->list->path)) != HASH_MAP_NONE) {
			// Spoken of, with all that is in it.
		} else if (!value_is_leaf(node)) {
			if (add_bare_leaves(doc, node))
				return -1;
		} else if (assignments_check_path(doc->list, doc->error)) {
			return -1;
		} else {
			struct assignment *item = assignments_add(
			    doc->list, doc->kind, doc->record->text[MEMBER_ENTITY_ID], assignments_path(doc->list));

			item->key.timestamp = doc->record->timestamp;
			item->key.live = doc->kind != REGISTER_DESIRED || node->kind != VALUE_NULL;
			item->tail.value = item->key.live ? assignments_compact(doc->list, node->text) : SLICE_EMPTY;
		}
		doc->list->path.length = length;
	}
	return 0;
}

static int add_entries(struct document *doc)
{
	const struct value_tree *tree = doc->metadata;

	for (const struct value *entry = value_first(tree, value_root(tree)); entry; entry = value_next(tree, entry)) {
		struct slice path = entry_path(doc, entry);

		if (!is_own_pointer(path) && add_entry(doc, path, entry))
			return -1;
	}
	return 0;
}

static int parse_member(struct assignments *list, const struct record *record, enum record_member member, int tree,
    const struct value_tree **parsed, struct error *error)
{
	*parsed = NULL;
	if (!record_has(record, member))
		return 0;
	if (value_parse(&list->trees[tree], record->text[member], error))
		return -1;
	*parsed = &list->trees[tree];
	return 0;
}

static int add_document(struct document *doc)
{
	buffer_reset(&doc->list->path);
	if (doc->metadata) {
		if (note_entries(doc))
			return -1;
		if (doc->values)
			find_nodes(doc, value_root(doc->values));
		if (add_entries(doc))
			return -1;
	}
	buffer_reset(&doc->list->path);
	return doc->values ? add_bare_leaves(doc, value_root(doc->values)) : 0;
}

static int add_whole_document(struct assignments *list, const struct record *record, enum register_kind kind,
    const struct value_tree *values, const struct value_tree *metadata, struct error *error)
{
	struct document doc = {
	    .list = list, .record = record, .kind = kind, .values = values, .metadata = metadata, .error = error};
	int failed = add_document(&doc);

	hash_map_release(&doc.paths);
	hash_map_release(&doc.shown);
	free(doc.nodes);
	return failed;
}

// A register of the state itself: described by the metadata's pointer to it, else as old as the state.
static int add_own(struct document *doc, enum register_kind kind, struct slice path, struct slice pointer,
    int64_t timestamp, struct slice value)
{
	struct assignment *item = assignments_add(doc->list, kind, doc->record->text[MEMBER_ENTITY_ID], path);
	const struct value *entry =
	    doc->metadata ? value_member(doc->metadata, value_root(doc->metadata), pointer) : NULL;

	item->key.timestamp = timestamp;
	item->key.live = kind != REGISTER_TOMBSTONE;
	item->tail.value = value;
	if (!entry || entry->kind != VALUE_OBJECT)
		return 0;
	if (read_entry(doc, pointer, entry, item))
		return -1;
	// A delete's time is the member `deleted`, whatever the entry says; the others are there, or they are not spoken of.
	if (kind == REGISTER_TOMBSTONE)
		item->key.timestamp = timestamp;
	item->key.live = kind != REGISTER_TOMBSTONE;
	return 0;
}

static int add_relationships(struct document *doc)
{
	struct assignments *list = doc->list;
	struct value_tree *tree = &list->trees[TREE_OTHER];

	if (value_parse(tree, doc->record->text[MEMBER_RELATIONSHIPS], doc->error))
		return -1;
	for (const struct value *node = value_first(tree, value_root(tree)); node; node = value_next(tree, node)) {
		buffer_reset(&list->path);
		buffer_append_string(&list->path, "/relationships");
		if (assignments_push_property(list, node, doc->error))
			return -1;
		struct slice pointer = assignments_path(list);

		if (add_own(doc, REGISTER_RELATIONSHIP, slice_skip(pointer, sizeof "/relationships/" - 1), pointer,
			doc->record->timestamp, assignments_compact(list, node->text)))
			return -1;
	}
	return 0;
}

// What was withdrawn shows only in the metadata: /model or /relationships/NAME with "deleted".
static int add_own_registers(struct document *doc)
{
	const struct record *record = doc->record;
	int64_t deleted;

	if (record_has(record, MEMBER_DELETED)) {
		if (timestamp_parse(record->text[MEMBER_DELETED], &deleted, doc->error) ||
		    add_own(doc, REGISTER_TOMBSTONE, SLICE_EMPTY, SLICE_LITERAL("/deleted"), deleted, SLICE_EMPTY))
			return -1;
	}
	if (record_has(record, MEMBER_MODEL)) {
		struct slice text = record->text[MEMBER_MODEL];

		if (record->kind[MEMBER_MODEL] == VALUE_STRING) {
			doc->list->scratch.length = 0;
			json_append_string(&doc->list->scratch, text);
			text = arena_dup(&doc->list->arena, buffer_slice(&doc->list->scratch));
		}
		if (add_own(doc, REGISTER_MODEL, SLICE_EMPTY, SLICE_LITERAL("/model"), record->timestamp,
			assignments_compact(doc->list, text)))
			return -1;
	}
	return record_has(record, MEMBER_RELATIONSHIPS) ? add_relationships(doc) : 0;
}

static int add_metric(
    struct document *doc, enum register_kind kind, const struct value_tree *tree, const struct value *node)
{
	struct assignment *item =
	    assignments_add(doc->list, kind, doc->record->text[MEMBER_ENTITY_ID], assignments_path(doc->list));
	struct document own = *doc;

	if (node->kind != VALUE_OBJECT || !member_of(tree, node, "timestamp"))
		return entry_error(doc, item->path, "a computed metric without a timestamp");
	own.metadata = tree;
	if (read_entry(&own, item->path, node, item))
		return -1;
	item->key.live = true;
	item->origin = SLICE_EMPTY;
	item->tail.value = assignments_compact(doc->list, node->text);
	return 0;
}

static int add_events(struct document *doc, const struct value_tree *tree, const struct value *events)
{
	struct assignments *list = doc->list;

	for (const struct value *event = value_first(tree, events); event; event = value_next(tree, event)) {
		if (event->kind != VALUE_OBJECT)
			continue;
		for (const struct value *node = value_first(tree, event); node; node = value_next(tree, node)) {
			struct buffer property = BUFFER_INIT;

			buffer_reset(&list->path);
			if (event->name.length)
				assignments_push_name(list, event);
			json_decode_string(&property, node->name);
			if (property.length) {
				buffer_append_char(&list->path, '/');
				buffer_append_slice(&list->path, buffer_slice(&property));
			}
			buffer_release(&property);
			if (add_metric(doc, REGISTER_EVENT, tree, node))
				return -1;
		}
	}
	return 0;
}

static int add_predictions(struct document *doc, const struct value_tree *tree, const struct value *predictions)
{
	struct assignments *list = doc->list;

	for (const struct value *node = value_first(tree, predictions); node; node = value_next(tree, node)) {
		buffer_reset(&list->path);
		if (node->name.length)
			assignments_push_name(list, node);
		if (add_metric(doc, REGISTER_PREDICTION, tree, node))
			return -1;
	}
	return 0;
}

static int add_computed_metrics(struct document *doc)
{
	struct value_tree *tree = &doc->list->trees[TREE_OTHER];

	if (value_parse(tree, doc->record->text[MEMBER_COMPUTED_METRICS], doc->error))
		return -1;
	const struct value *predictions = member_of(tree, value_root(tree), "predictions");
	const struct value *events = member_of(tree, value_root(tree), "events");

	if (predictions && predictions->kind == VALUE_OBJECT && add_predictions(doc, tree, predictions))
		return -1;
	return events && events->kind == VALUE_OBJECT ? add_events(doc, tree, events) : 0;
}

int assignments_of_state(struct assignments *list, const struct record *record, struct error *error)
{
	const struct value_tree *properties, *metadata, *desired, *desired_metadata;

	if (parse_member(list, record, MEMBER_PROPERTIES, TREE_PROPERTIES, &properties, error) ||
	    parse_member(list, record, MEMBER_METADATA, TREE_METADATA, &metadata, error) ||
	    add_whole_document(list, record, REGISTER_REPORTED, properties, metadata, error))
		return -1;
	struct document own = {.list = list, .record = record, .metadata = metadata, .error = error};

	if (add_own_registers(&own))
		return -1;
	if (record_has(record, MEMBER_COMPUTED_METRICS) && add_computed_metrics(&own))
		return -1;
	if (parse_member(list, record, MEMBER_DESIRED, TREE_DESIRED, &desired, error) ||
	    parse_member(list, record, MEMBER_DESIRED_METADATA, TREE_OTHER, &desired_metadata, error))
		return -1;
	return add_whole_document(list, record, REGISTER_DESIRED, desired, desired_metadata, error);
}
