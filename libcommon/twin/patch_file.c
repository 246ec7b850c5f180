#include "twin/patch_file.h"

#include <stdlib.h>

#include "base/memory.h"

void patch_file_release(struct patch_file *file)
{
	free(file->items);
	arena_release(&file->arena);
	value_tree_release(&file->tree);
}

static struct slice string_of(struct patch_file *file, const struct value *value)
{
	struct buffer decoded = BUFFER_INIT;

	if (!value || value->kind != VALUE_STRING)
		return SLICE_EMPTY;
	json_decode_string(&decoded, slice_of(value->text.data + 1, value->text.length - 2));
	struct slice kept = arena_dup(&file->arena, buffer_slice(&decoded));

	buffer_release(&decoded);
	return kept;
}

static const struct value *member(const struct patch_file *file, const struct value *object, const char *name)
{
	return object && object->kind == VALUE_OBJECT ? value_member(&file->tree, object, slice_from_string(name))
						      : NULL;
}

static bool is_word(const struct value *value, const char *word)
{
	return value && value->kind == VALUE_STRING &&
	    slice_is(slice_of(value->text.data + 1, value->text.length - 2), word);
}

static struct slice text_of(const struct value *value)
{
	return value ? value->text : SLICE_EMPTY;
}

// A patch that replaces a document by an array looks like one of operations; only one without any object is taken for it.
static bool is_operations(const struct patch_file *file, const struct value *root)
{
	if (root->kind != VALUE_ARRAY)
		return false;
	for (const struct value *node = value_first(&file->tree, root); node; node = value_next(&file->tree, node))
		if (node->kind == VALUE_OBJECT)
			return true;
	return root->count == 0;
}

static enum patch_form form_of(const struct patch_file *file)
{
	const struct value *root = value_root(&file->tree);

	if (is_word(member(file, root, "type"), "diff"))
		return PATCH_FORM_DIFF;
	return is_operations(file, root) ? PATCH_FORM_PATCH : PATCH_FORM_MERGE;
}

// ---- one value

static int read_diff(struct patch_file *file, struct patch_item *item, struct error *error)
{
	const struct value *root = value_root(&file->tree), *path = member(file, root, "path"),
			   *op = member(file, root, "op");
	struct document_change *change = &item->change;
	int kind = 0;

	if (!is_word(member(file, root, "type"), "diff"))
		return error_set(error, "it is no diff record");
	if (!path || path->kind != VALUE_STRING)
		return error_set(error, "it has no 'path'");
	while (kind < 3 && !is_word(op, diff_op_names[kind]))
		kind++;
	if (kind == 3)
		return error_set(error, "its 'op' is none of add, remove and replace");
	*change = (struct document_change){.path = string_of(file, path),
	    .op = (enum diff_op)kind,
	    .from = text_of(member(file, root, "from")),
	    .to = text_of(member(file, root, "to")),
	    .number = item->number};
	if (change->path.length && change->path.data[0] != '/')
		return error_set(error, "a path begins with '/', or is empty");
	item->entity_id = string_of(file, member(file, root, "entity_id"));
	item->from_metadata = text_of(member(file, root, "from_metadata"));
	item->to_metadata = text_of(member(file, root, "to_metadata"));
	if (item->from_metadata.length && item->from_metadata.data[0] != '{')
		return error_set(error, "'from_metadata' is no object");
	if (item->to_metadata.length && item->to_metadata.data[0] != '{')
		return error_set(error, "'to_metadata' is no object");
	return 0;
}

// Whose document it is stands in a test of /entity_id, or in what is added as the whole.
static int read_operations(struct patch_file *file, struct patch_item *item, struct error *error)
{
	const struct value *root = value_root(&file->tree);
	struct patch_operation operation;
	struct error why;
	size_t index = 0;

	if (root->kind != VALUE_ARRAY)
		return error_set(error, "it is no array of operations");
	for (const struct value *node = value_first(&file->tree, root); node;
	     node = value_next(&file->tree, node), index++) {
		if (patch_operation_read(&operation, &file->tree, node, &file->arena, &why))
			return error_set(error, "operation %zu: %.300s", index, why.message);
		if (item->entity_id.length)
			continue;
		if (operation.op == PATCH_TEST && slice_is(operation.path, "/entity_id"))
			item->entity_id = string_of(file, operation.value);
		else if (operation.op == PATCH_ADD && !operation.path.length)
			item->entity_id = string_of(file, member(file, operation.value, "entity_id"));
	}
	return 0;
}

static int read_item(struct patch_file *file, struct slice text, struct error *error)
{
	file->items = memory_grow(file->items, &file->capacity, file->count + 1, sizeof *file->items);
	struct patch_item *item = &file->items[file->count];

	*item = (struct patch_item){.text = text, .entity_id = SLICE_EMPTY, .number = file->count};
	file->count++;
	if (file->form == PATCH_FORM_AUTO)
		file->form = form_of(file);
	if (file->form == PATCH_FORM_DIFF)
		return read_diff(file, item, error);
	if (file->form == PATCH_FORM_PATCH)
		return read_operations(file, item, error);
	item->entity_id = string_of(file, member(file, value_root(&file->tree), "entity_id"));
	return 0;
}

// ---- all

static bool is_blank(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!strchr(" \t\r\n", text.data[i]) || !text.data[i])
			return false;
	return true;
}

static int read_lines(struct patch_file *file, struct slice text, struct error *error)
{
	struct error why;

	for (size_t number = 1; text.length; number++) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;
		struct slice line = slice_of(text.data, length);

		text = slice_skip(text, length + 1);
		if (is_blank(line))
			continue;
		if (value_parse(&file->tree, line, &why) || read_item(file, line, &why))
			return error_set(error, "line %zu: %.400s", number, why.message);
	}
	return 0;
}

int patch_file_read(struct patch_file *file, struct slice text, enum patch_form form, struct error *error)
{
	struct error whole;

	*file = (struct patch_file){.form = form};
	if (is_blank(text))
		return 0;
	if (value_parse(&file->tree, text, &whole) == 0)
		return read_item(file, text, error);
	if (read_lines(file, text, error) == 0)
		return 0;
	// A document over several lines that has a mistake: its first line is no value.
	if (file->count == 0)
		*error = whole;
	return -1;
}

int patch_file_reverse(struct patch_file *file, struct error *error)
{
	if (file->count && file->form != PATCH_FORM_DIFF)
		return error_set(error, "only diff records can be reversed: they hold what was there before");
	for (size_t i = 0; i < file->count; i++) {
		struct slice from = file->items[i].from_metadata;

		document_change_reverse(&file->items[i].change);
		file->items[i].from_metadata = file->items[i].to_metadata;
		file->items[i].to_metadata = from;
	}
	return 0;
}
