#include "twin/twin_patch.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "twin/document.h"
#include "twin/state_text.h"
#include "twin/twin_diff.h"
#include "twin/twin_document.h"
#include "twin/twin_source.h"

void twin_patch_init(struct twin_patch *patch)
{
	*patch = (struct twin_patch){.form = PATCH_FORM_DIFF};
	twin_set_init(&patch->set);
}

static void clear_set(struct twin_patch *patch)
{
	twin_set_release(&patch->set);
	twin_set_init(&patch->set);
}

void twin_patch_release(struct twin_patch *patch)
{
	twin_set_release(&patch->set);
	buffer_release(&patch->lines);
	twin_view_release(&patch->view);
	twin_view_release(&patch->after);
	hash_map_release(&patch->pointers);
	free(patch->entries);
	value_tree_release(&patch->trees[0]);
	value_tree_release(&patch->trees[1]);
	buffer_release(&patch->text);
	buffer_release(&patch->other);
}

// ---- registers

static void copy_register(struct twin_set *into, const struct series *series, const struct fold_register *held)
{
	struct assignment item = register_assignment(series, held);

	item.hash = assignment_hash(item.kind, item.entity_id, item.path);
	twin_set_put(into, &item);
}

static void copy_series(struct twin_set *into, const struct twin *twin, const struct series *series)
{
	if (register_stands(twin, &series->usable))
		copy_register(into, series, &series->usable);
	if (series->last.handle != series->usable.handle && register_stands(twin, &series->last))
		copy_register(into, series, &series->last);
}

static void copy_delete(struct twin_set *into, const struct twin *twin)
{
	const struct series whole = {.kind = REGISTER_TOMBSTONE, .twin = (struct twin *)(uintptr_t)twin};

	if (twin->tombstone.handle)
		copy_register(into, &whole, &twin->tombstone);
}

void twin_copy_registers(struct twin_set *into, const struct twin *twin)
{
	copy_delete(into, twin);
	for (const struct series *series = twin->series; series; series = series->next)
		copy_series(into, twin, series);
}

static struct slice pointer_of(struct twin_patch *patch, const struct series *series)
{
	buffer_reset(&patch->other);
	register_append_pointer(&patch->other, series->kind, series_path(series));
	return buffer_slice(&patch->other);
}

static void index_registers(struct twin_patch *patch, const struct twin_set *set, const struct twin *twin)
{
	hash_map_release(&patch->pointers);
	patch->pointers = (struct hash_map)HASH_MAP_INIT;
	patch->view.twin = NULL;
	if (!twin)
		return;
	twin_view_draw(&patch->view, set, twin);
	for (int kind = 0; kind < REGISTER_KINDS; kind++) {
		const struct view_list *list = &patch->view.kinds[kind];

		for (size_t i = 0; i < list->count; i++) {
			size_t at = hash_map_add(&patch->pointers, pointer_of(patch, list->entries[i].series), NULL);

			patch->entries =
			    memory_grow(patch->entries, &patch->entry_capacity, at + 1, sizeof *patch->entries);
			patch->entries[at] = &list->entries[i];
		}
	}
}

// ---- the records that say what a register is to be

// Which register stands at a pointer; its path is appended to out. -1 when none can.
static int kind_of_pointer(struct slice pointer, struct buffer *out)
{
	static const struct {
		const char *prefix;
		enum register_kind kind;
	} kinds[] = {{"/properties/", REGISTER_REPORTED}, {"/desired/", REGISTER_DESIRED},
	    {"/relationships/", REGISTER_RELATIONSHIP}, {"/computed_metrics/predictions/", REGISTER_PREDICTION},
	    {"/computed_metrics/events/", REGISTER_EVENT}};

	if (slice_is(pointer, "/deleted"))
		return REGISTER_TOMBSTONE;
	if (slice_is(pointer, "/model"))
		return REGISTER_MODEL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct slice prefix = slice_from_string(kinds[i].prefix);

		if (slice_starts_with(pointer, prefix)) {
			buffer_append_slice(out, slice_skip(pointer, prefix.length));
			return kinds[i].kind;
		}
	}
	return -1;
}

static void put_nested(struct buffer *out, const char *name, struct slice path, struct slice value)
{
	struct document_writer document;

	buffer_printf(out, ",\"%s\":", name);
	document_begin(&document, out);
	if (value.length)
		document_put(&document, path, value);
	document_end(&document);
}

static void put_entry(struct buffer *out, const char *name, struct slice key, struct slice entry)
{
	if (!entry.length)
		return;
	buffer_printf(out, ",\"%s\":{", name);
	json_append_string(out, key);
	buffer_append_char(out, ':');
	buffer_append_slice(out, entry);
	buffer_append_char(out, '}');
}

static void put_segments(struct buffer *out, struct slice path, struct slice value)
{
	size_t depth = 0;
	bool more = true;

	while (more) {
		const char *slash = memchr(path.data, '/', path.length);
		size_t length = slash ? (size_t)(slash - path.data) : path.length;
		struct buffer name = BUFFER_INIT;

		property_segment_decode(&name, slice_of(path.data, length));
		buffer_append_char(out, '{');
		json_append_string(out, buffer_slice(&name));
		buffer_append_char(out, ':');
		buffer_release(&name);
		path = slice_skip(path, length + 1);
		more = slash;
		depth++;
	}
	buffer_append_slice(out, value);
	while (depth--)
		buffer_append_char(out, '}');
}

// One state record that holds this register alone. value or entry may be empty.
static void put_register(struct twin_patch *patch, struct slice entity_id, int kind, struct slice pointer,
    struct slice path, struct slice value, struct slice entry)
{
	struct buffer *out = &patch->lines;

	buffer_append_string(out, "{\"type\":\"state\",\"entity_id\":");
	json_append_string(out, entity_id);
	buffer_append_string(out, ",\"timestamp\":\"");
	timestamp_append(out, patch->has_time ? patch->time : 0);
	buffer_append_char(out, '"');
	if (kind == REGISTER_TOMBSTONE) {
		buffer_append_string(out, ",\"deleted\":");
		buffer_append_slice(out, value);
	} else if (kind == REGISTER_MODEL) {
		buffer_append_string(out, ",\"model\":");
		buffer_append_slice(out, value);
	} else if (kind == REGISTER_RELATIONSHIP) {
		put_nested(out, "relationships", path, value);
	} else if (kind == REGISTER_PREDICTION || kind == REGISTER_EVENT) {
		buffer_append_string(out, ",\"computed_metrics\":");
		put_segments(out, slice_skip(pointer, sizeof "/computed_metrics/" - 1), value);
	}
	put_nested(out, "properties", path, kind == REGISTER_REPORTED ? value : SLICE_EMPTY);
	if (kind == REGISTER_DESIRED)
		put_nested(out, "desired", path, value);
	if (kind == REGISTER_REPORTED)
		put_entry(out, "metadata", path, entry);
	else if (kind == REGISTER_DESIRED)
		put_entry(out, "desired_metadata", path, entry);
	else
		put_entry(out, "metadata", pointer, entry);
	buffer_append_string(out, "}\n");
}

static void time_entry(const struct twin_patch *patch, struct buffer *out, bool deleted)
{
	buffer_append_string(out, "{\"timestamp\":\"");
	timestamp_append(out, patch->time);
	buffer_append_string(out, deleted ? "\",\"deleted\":true}" : "\"}");
}

static int fold_lines(struct twin_patch *patch)
{
	const struct slice text = buffer_slice(&patch->lines);
	struct rejects rejects;
	struct error ignored;

	rejects_init(&rejects, true);
	rejects.quiet = true;
	const struct twin_source_options options = {
	    .path = "", .text = &text, .max_line = SIZE_MAX, .rejects = &rejects, .model = patch->model};
	int failed = twin_source_fold(&patch->set, &options, &ignored);

	rejects_release(&rejects);
	return failed;
}

// ---- diff records

static bool json_equal(struct twin_patch *patch, struct slice a, struct slice b)
{
	struct error ignored;

	if (slice_equal(a, b) || !a.length || !b.length)
		return a.length == b.length;
	if (value_parse(&patch->trees[0], a, &ignored) || value_parse(&patch->trees[1], b, &ignored))
		return false;
	return value_equal(
	    &patch->trees[0], value_root(&patch->trees[0]), &patch->trees[1], value_root(&patch->trees[1]), 0, 0);
}

// What stands at the pointer now: value and metadata are put into text; empty for nothing.
static void describe(struct twin_patch *patch, const struct twin_view *view, const struct view_entry *entry, int kind,
    struct slice *value, struct slice *metadata)
{
	size_t length;

	buffer_reset(&patch->text);
	if (kind == REGISTER_TOMBSTONE && view->twin && view->twin->tombstone.handle) {
		buffer_append_char(&patch->text, '"');
		timestamp_append(&patch->text, view->twin->tombstone.key.timestamp);
		buffer_append_char(&patch->text, '"');
	} else if (entry && entry_is_shown(entry)) {
		struct assignment item = register_assignment(entry->series, &entry->series->usable);

		buffer_append_slice(&patch->text, item.tail.value);
	}
	length = patch->text.length;
	if (entry && kind != REGISTER_PREDICTION && kind != REGISTER_EVENT)
		state_append_entry(&patch->text, entry);
	*value = slice_of(buffer_slice(&patch->text).data, length);
	*metadata = slice_skip(buffer_slice(&patch->text), length);
}

static const char *check_from(struct twin_patch *patch, const struct patch_item *item, int kind)
{
	size_t at = hash_map_find(&patch->pointers, item->change.path);
	const struct view_entry *entry = at == HASH_MAP_NONE ? NULL : patch->entries[at];
	struct slice value, metadata;

	describe(patch, &patch->view, entry, kind, &value, &metadata);
	if (!json_equal(patch, value, item->change.from))
		return value.length ? item->change.from.length ? "another value is there" : "something is there already"
				    : "nothing is there";
	if (kind != REGISTER_TOMBSTONE && item->from_metadata.length &&
	    !json_equal(patch, metadata, item->from_metadata))
		return "its metadata is another";
	return NULL;
}

// What the record sets the register to; nothing where there is to be none.
static const char *put_to(struct twin_patch *patch, const struct patch_item *item, int kind, struct slice path)
{
	const struct document_change *change = &item->change;
	struct slice entry = item->to_metadata;
	const char *reason = NULL;
	struct buffer made = BUFFER_INIT;
	bool is_described = kind != REGISTER_TOMBSTONE && kind != REGISTER_PREDICTION && kind != REGISTER_EVENT;

	if (!change->to.length && !entry.length && !patch->joins)
		return NULL;
	if (is_described && !entry.length) {
		if (!patch->has_time)
			return "it has no time: --timestamp gives it one";
		time_entry(patch, &made, !change->to.length);
		entry = buffer_slice(&made);
	}
	if (!change->to.length && kind != REGISTER_REPORTED && kind != REGISTER_DESIRED)
		reason = patch->joins ? "it cannot be removed" : NULL;
	else
		put_register(patch, item->entity_id, kind, change->path, path, change->to, entry);
	buffer_release(&made);
	return reason;
}

static bool is_replaced(const struct hash_map *replaced, struct slice pointer)
{
	return hash_map_find(replaced, pointer) != HASH_MAP_NONE;
}

static void copy_others(struct twin_patch *patch, const struct twin *twin, const struct hash_map *replaced)
{
	if (!is_replaced(replaced, SLICE_LITERAL("/deleted")))
		copy_delete(&patch->set, twin);
	for (const struct series *series = twin->series; series; series = series->next)
		if (!is_replaced(replaced, pointer_of(patch, series)))
			copy_series(&patch->set, twin, series);
}

static bool refuse(
    struct twin_patch *patch, const struct patch_item *item, size_t index, struct slice path, const char *reason)
{
	patch->refused(patch->context, item, index, path, reason);
	return false;
}

static bool read_items(
    struct twin_patch *patch, const struct patch_item *items, size_t count, struct hash_map *replaced)
{
	struct buffer path = BUFFER_INIT;
	bool right = true;

	for (size_t i = 0; i < count; i++) {
		const struct patch_item *item = &items[i];
		const char *reason;
		int added;

		buffer_reset(&path);
		int kind = kind_of_pointer(item->change.path, &path);

		hash_map_add(replaced, item->change.path, &added);
		if (kind < 0)
			reason = "no such part of a twin can be patched";
		else if (!added)
			reason = "the patch speaks of it twice";
		else
			reason = check_from(patch, item, kind);
		if (!reason)
			reason = put_to(patch, item, kind, buffer_slice(&path));
		if (reason)
			right = refuse(patch, item, 0, item->change.path, reason);
	}
	buffer_release(&path);
	return right;
}

// Whether the twin now shows what the records say.
static bool check_to(struct twin_patch *patch, struct slice entity_id, const struct patch_item *items, size_t count)
{
	const struct twin *twin = twin_set_find(&patch->set, entity_id);
	bool right = true;

	index_registers(patch, &patch->set, twin);
	for (size_t i = 0; i < count; i++) {
		size_t at = hash_map_find(&patch->pointers, items[i].change.path);
		struct slice value, metadata;

		buffer_reset(&patch->other);
		describe(patch, &patch->view, at == HASH_MAP_NONE ? NULL : patch->entries[at],
		    kind_of_pointer(items[i].change.path, &patch->other), &value, &metadata);
		if (!json_equal(patch, value, items[i].change.to))
			right = refuse(patch, &items[i], 0, items[i].change.path,
			    patch->joins ? "what is there is newer" : "what it sets is hidden by something else");
	}
	return right;
}

static bool apply_diffs(struct twin_patch *patch, const struct twin_set *set, const struct twin *twin,
    struct slice entity_id, const struct patch_item *items, size_t count)
{
	struct hash_map replaced = HASH_MAP_INIT;
	const struct hash_map none = HASH_MAP_INIT;

	index_registers(patch, set, twin);
	bool right = read_items(patch, items, count, &replaced);

	if (right && twin)
		copy_others(patch, twin, patch->joins ? &none : &replaced);
	if (right && fold_lines(patch))
		right = refuse(patch, &items[0], 0, items[0].change.path, "it does not make a valid state");
	hash_map_release(&replaced);
	return right && check_to(patch, entity_id, items, count);
}

// ---- patches of documents

static bool apply_item(struct twin_patch *patch, struct node_tree *tree, const struct patch_item *item)
{
	struct value_tree parsed = VALUE_TREE_INIT;
	struct error error;
	bool right = true;
	size_t index = 0;

	if (value_parse(&parsed, item->text, &error)) {
		right = refuse(patch, item, 0, SLICE_EMPTY, error.message);
	} else if (patch->form == PATCH_FORM_MERGE) {
		if (merge_patch_apply(tree, &parsed, &error))
			right = refuse(patch, item, 0, SLICE_EMPTY, error.message);
	} else {
		const struct value *node = value_first(&parsed, value_root(&parsed));

		for (; node && right; node = value_next(&parsed, node), index++) {
			struct patch_operation operation;

			if (patch_operation_read(&operation, &parsed, node, &tree->arena, &error) ||
			    patch_operation_apply(tree, &operation, &error))
				right = refuse(patch, item, index, operation.path, error.message);
		}
	}
	value_tree_release(&parsed);
	return right;
}

// The value at the pointer of a register changes, or goes: with the time of the patch.
static void put_change(struct twin_patch *patch, struct slice entity_id, int kind, struct slice pointer,
    struct slice path, const struct value *value)
{
	struct buffer entry = BUFFER_INIT, compact = BUFFER_INIT;

	time_entry(patch, &entry, !value);
	if (value)
		value_append_compact(&compact, value->text);
	put_register(patch, entity_id, kind, pointer, path, buffer_slice(&compact), buffer_slice(&entry));
	buffer_release(&entry);
	buffer_release(&compact);
}

// Registers that are shown: what has become of each.
static void put_shown(struct twin_patch *patch, struct slice entity_id, const struct value_tree *tree)
{
	for (size_t i = 0; i < patch->pointers.count; i++) {
		const struct view_entry *entry = patch->entries[i];
		struct slice pointer = patch->pointers.keys[i];

		if (!entry_is_shown(entry) || entry->series->kind == REGISTER_PREDICTION ||
		    entry->series->kind == REGISTER_EVENT)
			continue;
		struct assignment item = register_assignment(entry->series, &entry->series->usable);
		const struct value *value = tree->count ? value_at_pointer(tree, value_root(tree), pointer) : NULL;

		if (!value || !json_equal(patch, item.tail.value, value->text))
			put_change(patch, entity_id, (int)item.kind, pointer, item.path, value);
	}
}

// Leaves of the new document that no register stands for.
static void put_new(struct twin_patch *patch, struct slice entity_id, int kind, const struct value_tree *tree,
    const struct value *object, struct buffer *pointer)
{
	for (const struct value *node = value_first(tree, object); node; node = value_next(tree, node)) {
		size_t length = pointer->length;
		struct buffer name = BUFFER_INIT;

		json_decode_string(&name, node->name);
		buffer_append_char(pointer, '/');
		property_path_append(pointer, pointer->length, buffer_slice(&name));
		buffer_release(&name);
		size_t at = hash_map_find(&patch->pointers, buffer_slice(pointer));
		bool is_held = at != HASH_MAP_NONE && entry_is_shown(patch->entries[at]);

		if (!is_held && node->kind == VALUE_OBJECT && node->count && kind != REGISTER_RELATIONSHIP)
			put_new(patch, entity_id, kind, tree, node, pointer);
		else if (!is_held)
			put_change(patch, entity_id, kind, buffer_slice(pointer),
			    slice_skip(buffer_slice(pointer),
				kind == REGISTER_REPORTED      ? sizeof "/properties/" - 1
				    : kind == REGISTER_DESIRED ? sizeof "/desired/" - 1
							       : sizeof "/relationships/" - 1),
			    node);
		pointer->length = length;
	}
}

static void put_all_new(struct twin_patch *patch, struct slice entity_id, const struct value_tree *tree)
{
	static const struct {
		const char *name;
		enum register_kind kind;
	} documents[] = {
	    {"properties", REGISTER_REPORTED}, {"desired", REGISTER_DESIRED}, {"relationships", REGISTER_RELATIONSHIP}};
	const struct value *root = value_root(tree), *model = value_member(tree, root, SLICE_LITERAL("model"));
	struct buffer pointer = BUFFER_INIT;

	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		const struct value *document = value_member(tree, root, slice_from_string(documents[i].name));

		buffer_reset(&pointer);
		buffer_printf(&pointer, "/%s", documents[i].name);
		if (document && document->kind == VALUE_OBJECT)
			put_new(patch, entity_id, (int)documents[i].kind, tree, document, &pointer);
	}
	if (model && hash_map_find(&patch->pointers, SLICE_LITERAL("/model")) == HASH_MAP_NONE)
		put_change(patch, entity_id, REGISTER_MODEL, SLICE_LITERAL("/model"), SLICE_EMPTY, model);
	buffer_release(&pointer);
}

static bool is_nothing(const struct value *value)
{
	return !value || (value->kind == VALUE_OBJECT && !value->count);
}

// Whether the twin shows the document; members of it that no twin has are a difference.
static bool shows_document(struct twin_patch *patch, struct slice entity_id, const struct value_tree *wanted)
{
	static const char *const names[] = {"model", "properties", "desired", "relationships"};
	const struct twin *twin = twin_set_find(&patch->set, entity_id);
	struct value_tree *drawn = &patch->trees[0];
	size_t known = 0;
	struct error ignored;

	buffer_reset(&patch->text);
	patch->after.twin = NULL;
	if (twin)
		twin_view_draw(&patch->after, &patch->set, twin);
	if (!twin || !twin_document_append(&patch->text, &patch->after))
		buffer_append_string(&patch->text, "{}");
	if (value_parse(drawn, buffer_slice(&patch->text), &ignored))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct value *a = value_member(drawn, value_root(drawn), slice_from_string(names[i]));
		const struct value *b =
		    wanted->count ? value_member(wanted, value_root(wanted), slice_from_string(names[i])) : NULL;

		known += b != NULL;
		if (is_nothing(a) && is_nothing(b))
			continue;
		if (!a || !b || !value_equal(drawn, a, wanted, b, 0, 0))
			return false;
	}
	if (!wanted->count)
		return true;
	const struct value *id = value_member(wanted, value_root(wanted), SLICE_LITERAL("entity_id"));

	return value_root(wanted)->count == known + (id != NULL);
}

static bool enter_document(struct twin_patch *patch, const struct twin *twin, struct slice entity_id,
    const struct node_tree *tree, const struct patch_item *item)
{
	struct buffer text = BUFFER_INIT;
	struct value_tree wanted = VALUE_TREE_INIT;
	struct error error;
	bool right = true;

	if (tree->root && tree->root->kind == VALUE_OBJECT) {
		node_append(&text, tree->root);
		if (value_parse(&wanted, buffer_slice(&text), &error))
			right = refuse(patch, item, 0, SLICE_EMPTY, error.message);
	}
	if (right) {
		put_shown(patch, entity_id, &wanted);
		if (wanted.count)
			put_all_new(patch, entity_id, &wanted);
		if (twin)
			twin_copy_registers(&patch->set, twin);
		if (fold_lines(patch))
			right = refuse(patch, item, 0, SLICE_EMPTY, "it does not make a valid state");
		else if (!shows_document(patch, entity_id, &wanted))
			right = refuse(patch, item, 0, SLICE_EMPTY,
			    "the twin would not show it: what is there is newer, or no twin has such members");
	}
	value_tree_release(&wanted);
	buffer_release(&text);
	return right;
}

static bool apply_patches(struct twin_patch *patch, const struct twin_set *set, const struct twin *twin,
    struct slice entity_id, const struct patch_item *items, size_t count)
{
	struct node_tree tree = NODE_TREE_INIT;
	struct value_tree parsed = VALUE_TREE_INIT;
	struct buffer text = BUFFER_INIT;
	struct error error;
	bool right = true;

	if (!patch->has_time)
		return refuse(patch, &items[0], 0, SLICE_EMPTY, "it has no time: --timestamp gives it one");
	index_registers(patch, set, twin);
	if (twin && twin_document_append(&text, &patch->view) && value_parse(&parsed, buffer_slice(&text), &error) == 0)
		tree.root = node_of_value(&tree, &parsed, value_root(&parsed));
	for (size_t i = 0; i < count && right; i++)
		right = apply_item(patch, &tree, &items[i]);
	right = right && enter_document(patch, twin, entity_id, &tree, &items[0]);
	node_tree_release(&tree);
	value_tree_release(&parsed);
	buffer_release(&text);
	return right;
}

int twin_patch_apply(struct twin_patch *patch, const struct twin_set *set, const struct twin *twin,
    struct slice entity_id, const struct patch_item *items, size_t count)
{
	clear_set(patch);
	buffer_reset(&patch->lines);
	if (patch->form == PATCH_FORM_DIFF)
		return apply_diffs(patch, set, twin, entity_id, items, count);
	return apply_patches(patch, set, twin, entity_id, items, count);
}
