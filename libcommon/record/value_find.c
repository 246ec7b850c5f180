#include "record/value.h"

static bool name_is(const struct value *member, struct slice name, struct buffer *scratch)
{
	if (!member->name_escaped)
		return slice_equal(member->name, name);
	// An escape is longer than what it stands for, by a factor of six at most.
	if (member->name.length <= name.length || member->name.length / 6 > name.length)
		return false;
	buffer_reset(scratch);
	json_decode_string(scratch, member->name);
	return slice_equal(buffer_slice(scratch), name);
}

const struct value *value_member(const struct value_tree *tree, const struct value *object, struct slice name)
{
	struct buffer scratch = BUFFER_INIT;
	const struct value *member = object->kind == VALUE_OBJECT ? value_first(tree, object) : NULL;

	while (member && !name_is(member, name, &scratch))
		member = value_next(tree, member);
	buffer_release(&scratch);
	return member;
}

// An index of RFC 6901: digits without leading zeros.
static bool read_index(struct slice token, uint32_t *index)
{
	uint64_t number = 0;

	if (!token.length || token.length > 10 || (token.length > 1 && token.data[0] == '0'))
		return false;
	for (size_t i = 0; i < token.length; i++) {
		if (token.data[i] < '0' || token.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(token.data[i] - '0');
	}
	*index = (uint32_t)number;
	return number <= UINT32_MAX;
}

static const struct value *element(const struct value_tree *tree, const struct value *array, struct slice token)
{
	const struct value *found;
	uint32_t index;

	if (!read_index(token, &index) || index >= array->count)
		return NULL;
	for (found = value_first(tree, array); index > 0; index--)
		found = value_next(tree, found);
	return found;
}

// Takes the token behind the slash at the front, decoded. False when there is no slash or '~' stands alone.
static bool next_token(struct slice *pointer, struct buffer *token)
{
	size_t at = 1;

	buffer_reset(token);
	if (pointer->data[0] != '/')
		return false;
	for (; at < pointer->length && pointer->data[at] != '/'; at++) {
		char c = pointer->data[at];

		if (c == '~') {
			at++;
			if (at == pointer->length || (pointer->data[at] != '0' && pointer->data[at] != '1'))
				return false;
			c = pointer->data[at] == '0' ? '~' : '/';
		}
		buffer_append_char(token, c);
	}
	*pointer = slice_skip(*pointer, at);
	return true;
}

const struct value *value_at_pointer(const struct value_tree *tree, const struct value *root, struct slice pointer)
{
	struct buffer token = BUFFER_INIT;
	const struct value *at = root;

	while (at && pointer.length) {
		if (!next_token(&pointer, &token))
			at = NULL;
		else if (at->kind == VALUE_ARRAY)
			at = element(tree, at, buffer_slice(&token));
		else
			at = value_member(tree, at, buffer_slice(&token));
	}
	buffer_release(&token);
	return at;
}
