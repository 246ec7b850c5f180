#include "record/sort_key.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "record/value.h"

// The first byte of a part says what it is.
enum {
	ORDER_NUMBER = 1,
	ORDER_TIME,
	ORDER_TEXT,
	ORDER_FALSE,
	ORDER_TRUE,
	ORDER_NULL,
	ORDER_CONTAINER,
	ORDER_MISSING = 0xff, // in both directions
};

enum { SIGN_NEGATIVE, SIGN_ZERO, SIGN_POSITIVE };

void sort_key_release(struct sort_key *key)
{
	for (size_t i = 0; i < key->count; i++) {
		expression_run_free(key->parts[i].run);
		expression_free(key->parts[i].path);
	}
	free(key->parts);
	buffer_release(&key->scratch);
	value_tree_release(&key->tree);
}

static int add_part(struct sort_key *key, struct slice text, bool may_descend, struct error *error)
{
	bool descending = may_descend && text.length && text.data[0] == '-';
	struct expression *path = expression_parse_path(slice_skip(text, descending), error);

	if (!path)
		return -1;
	key->parts = memory_grow(key->parts, &key->capacity, key->count + 1, sizeof *key->parts);
	key->parts[key->count++] = (struct sort_key_part){path, expression_run_new(path), descending};
	return 0;
}

int sort_key_parse(struct sort_key *key, const char *text, bool may_descend, struct error *error)
{
	struct slice rest = slice_from_string(text);

	for (;;) {
		size_t length = expression_list_length(rest);

		if (add_part(key, slice_of(rest.data, length), may_descend, error))
			return -1;
		if (length == rest.length)
			return 0;
		rest = slice_skip(rest, length + 1);
	}
}

static void append_big_endian(struct buffer *out, uint64_t word)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buffer_append_char(out, (char)(word >> shift));
}

// Signed numbers in the order of unsigned ones.
static void append_signed(struct buffer *out, int64_t number)
{
	append_big_endian(out, (uint64_t)number ^ UINT64_C(1) << 63);
}

// The power of ten behind the 'e' of a canonical number.
static int64_t read_power(struct slice text)
{
	int64_t power = 0;
	bool negative = text.length && text.data[0] == '-';

	if (text.length - negative > 18)
		return negative ? -INT64_MAX / 2 : INT64_MAX / 2;
	for (size_t i = negative; i < text.length; i++)
		power = power * 10 + (text.data[i] - '0');
	return negative ? -power : power;
}

static void invert(struct buffer *out, size_t from)
{
	for (size_t i = from; i < out->length; i++)
		out->data[i] = (char)~out->data[i];
}

// Sign, size, digits. Of negative ones the larger comes first.
static void append_number(struct sort_key *key, struct buffer *out, struct slice text)
{
	buffer_reset(&key->scratch);
	decimal_append_canonical(&key->scratch, text);
	struct slice canonical = buffer_slice(&key->scratch);
	bool negative = canonical.data[0] == '-';
	struct slice digits = slice_skip(canonical, negative);
	const char *e = memchr(digits.data, 'e', digits.length);

	if (!e) {
		buffer_append_char(out, SIGN_ZERO);
		return;
	}
	buffer_append_char(out, negative ? SIGN_NEGATIVE : SIGN_POSITIVE);
	size_t from = out->length, count = (size_t)(e - digits.data);

	append_signed(out, read_power(slice_skip(digits, count + 1)) + (int64_t)count);
	buffer_append(out, digits.data, count);
	buffer_append_char(out, '\0');
	if (negative)
		invert(out, from);
}

// An end that is below every further byte: 0 0; a NUL within is 0 1.
static void append_text(struct buffer *out, struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		buffer_append_char(out, text.data[i]);
		if (!text.data[i])
			buffer_append_char(out, 1);
	}
	buffer_append(out, "\0", 2);
}

static void append_string(struct buffer *out, const struct expression_value *value)
{
	int64_t nanoseconds;

	if (expression_read_time(value, &nanoseconds)) {
		buffer_append_char(out, ORDER_TIME);
		append_signed(out, nanoseconds);
	} else {
		buffer_append_char(out, ORDER_TEXT);
		append_text(out, value->text);
	}
}

static void append_container(
    struct sort_key *key, struct sort_key_part *part, const struct record *record, struct buffer *out)
{
	struct slice json = SLICE_EMPTY;
	struct error ignored;

	buffer_append_char(out, ORDER_CONTAINER);
	buffer_reset(&key->scratch);
	if (expression_member_text(part->run, record, &json) && value_parse(&key->tree, json, &ignored) == 0)
		value_append_canonical(&key->scratch, &key->tree, value_root(&key->tree));
	append_text(out, buffer_slice(&key->scratch));
}

static void append_part(
    struct sort_key *key, struct sort_key_part *part, const struct record *record, struct buffer *out)
{
	struct expression_value value = expression_evaluate(part->run, record);
	size_t from = out->length;

	switch (value.kind) {
	case EXPRESSION_NUMBER:
		buffer_append_char(out, ORDER_NUMBER);
		append_number(key, out, value.text);
		break;
	case EXPRESSION_STRING:
		append_string(out, &value);
		break;
	case EXPRESSION_BOOLEAN:
		buffer_append_char(out, value.truth ? ORDER_TRUE : ORDER_FALSE);
		break;
	case EXPRESSION_NULL:
		buffer_append_char(out, ORDER_NULL);
		break;
	case EXPRESSION_CONTAINER:
		append_container(key, part, record, out);
		break;
	default:
		buffer_append_char(out, (char)ORDER_MISSING);
		return;
	}
	if (part->descending)
		invert(out, from);
}

void sort_key_append(struct sort_key *key, const struct record *record, struct buffer *out)
{
	for (size_t i = 0; i < key->count; i++)
		append_part(key, &key->parts[i], record, out);
}
