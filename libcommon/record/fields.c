#include "record/fields.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "record/value.h"

void fields_release(struct fields *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		expression_run_free(fields->items[i].run);
		expression_free(fields->items[i].path);
	}
	free(fields->items);
	free(fields->names);
	arena_release(&fields->arena);
}

static int add_field(struct fields *fields, struct slice name, struct slice text, struct error *error)
{
	struct expression *path = expression_parse_path(text, error);

	if (!path)
		return -1;
	if (!name.length)
		name = expression_path_name(path, 0);
	for (size_t i = 0; i < fields->count; i++) {
		if (slice_equal(fields->names[i], name)) {
			error_set(error, "two fields are named '%.*s': write NEW=%.*s", (int)name.length, name.data,
			    (int)text.length, text.data);
			expression_free(path);
			return -1;
		}
	}
	fields->items = memory_grow(fields->items, &fields->capacity, fields->count + 1, sizeof *fields->items);
	fields->names = memory_grow(fields->names, &fields->names_capacity, fields->count + 1, sizeof *fields->names);
	fields->names[fields->count] = arena_dup(&fields->arena, name);
	fields->items[fields->count++] = (struct field){path, expression_run_new(path)};
	return 0;
}

// The bytes of NEW in NEW=PATH, 0 where there is none: an '=' in brackets belongs to the path.
static size_t name_length(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '=')
			return i;
		if (text.data[i] == '[' || text.data[i] == '(')
			return 0;
	}
	return 0;
}

int fields_parse(struct fields *fields, const char *text, struct error *error)
{
	struct slice rest = slice_from_string(text);

	if (!utf8_is_valid(rest))
		return error_set(error, "the names are not UTF-8");
	for (;;) {
		size_t length = expression_list_length(rest);
		struct slice field = slice_of(rest.data, length);
		size_t name = name_length(field);

		if (add_field(fields, slice_of(field.data, name), slice_skip(field, name ? name + 1 : 0), error))
			return -1;
		if (length == rest.length)
			return 0;
		rest = slice_skip(rest, length + 1);
	}
}

void fields_append(struct fields *fields, const struct record *record, struct buffer *out)
{
	char before = '{';
	struct slice json;

	for (size_t i = 0; i < fields->count; i++) {
		if (!expression_member_text(fields->items[i].run, record, &json))
			continue;
		buffer_append_char(out, before);
		json_append_string(out, fields->names[i]);
		buffer_append_char(out, ':');
		buffer_append_slice(out, json);
		before = ',';
	}
	if (before == '{')
		buffer_append_char(out, '{');
	buffer_append_char(out, '}');
}
