#include "record/record_text.h"

#include <math.h>

#include "base/decimal.h"

void value_append_plain(struct buffer *out, const struct value *value)
{
	if (!value)
		return;
	if (value->kind != VALUE_STRING)
		value_append_compact(out, value->text);
	else if (value->escaped)
		json_decode_string(out, slice_of(value->text.data + 1, value->text.length - 2));
	else
		buffer_append(out, value->text.data + 1, value->text.length - 2);
}

static bool looks_otherwise(struct slice decoded)
{
	return decoded.length == 0 || slice_is(decoded, "true") || slice_is(decoded, "false") ||
	    slice_is(decoded, "null") || decimal_is_number(decoded);
}

void value_append_shown(struct buffer *out, const struct value *value)
{
	size_t before = out->length;

	value_append_plain(out, value);
	if (!value || value->kind != VALUE_STRING)
		return;
	if (looks_otherwise(slice_of(out->length ? out->data + before : "", out->length - before))) {
		out->length = before;
		buffer_append_slice(out, value->text);
	}
}

void value_append_share(struct buffer *out, const struct value *value)
{
	double share = value && value->kind == VALUE_NUMBER ? decimal_to_double(value->text) : -1;

	if (share >= 0 && share <= 1)
		decimal_append_double(out, floor(share * 100 + 1e-9) / 100);
	else
		value_append_shown(out, value);
}

bool value_is_right(const struct value *value)
{
	return value && value->kind <= VALUE_NUMBER;
}

const struct value *member_or_null(const struct value_tree *tree, const struct value *object, const char *name)
{
	const struct value *member = NULL;

	if (object && object->kind == VALUE_OBJECT)
		member = value_member(tree, object, slice_from_string(name));
	return member && member->kind != VALUE_NULL ? member : NULL;
}

bool value_is_word(const struct value *value, const char *word)
{
	return value && value->kind == VALUE_STRING && !value->escaped &&
	    slice_is(slice_of(value->text.data + 1, value->text.length - 2), word);
}

bool axis_append_shown(struct buffer *out, const struct value_tree *tree, const struct value *axis)
{
	const struct value *unit = member_or_null(tree, axis, "unit");
	const struct value *count = member_or_null(tree, axis, "value");

	if (!unit || unit->kind != VALUE_STRING || !count || count->kind != VALUE_NUMBER)
		return false;
	value_append_plain(out, count);
	buffer_append_char(out, ' ');
	value_append_plain(out, unit);
	return true;
}

const struct value *state_axis(const struct value_tree *tree, const struct value *state)
{
	const struct value *newest = member_or_null(tree, state, "timestamp");
	const struct value *metadata = member_or_null(tree, state, "metadata");

	if (!newest || !metadata || metadata->kind != VALUE_OBJECT)
		return NULL;
	for (const struct value *entry = value_first(tree, metadata); entry; entry = value_next(tree, entry)) {
		const struct value *time = member_or_null(tree, entry, "timestamp");

		if (time && slice_equal(time->text, newest->text))
			return member_or_null(tree, entry, "axis");
	}
	return NULL;
}
