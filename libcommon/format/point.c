#include "format/point.h"

#include <stdlib.h>

#include "base/memory.h"
#include "format/point_number.h"
#include "record/value.h"

#define SHOWN(s) ((s).length < 60 ? (int)(s).length : 60), (s).data

// Which bytes end, or are odd in, which part of a record.
enum {
	ODD_IN_MEASUREMENT = 1,
	ODD_IN_KEY = 2, // of tags and fields
	ODD_IN_TAG_VALUE = 4,
	ODD_IN_STRING = 8,
	ODD_IN_NAMES = ODD_IN_MEASUREMENT | ODD_IN_KEY,
};

static const unsigned char odd[256] = {
    [0 ... '\n' - 1] = ODD_IN_NAMES | ODD_IN_STRING,
    ['\n'] = ODD_IN_NAMES | ODD_IN_TAG_VALUE | ODD_IN_STRING,
    ['\n' + 1 ... '\r' - 1] = ODD_IN_NAMES | ODD_IN_STRING,
    ['\r' + 1 ... 0x1f] = ODD_IN_NAMES | ODD_IN_STRING,
    [0x7f] = ODD_IN_NAMES,
    ['\r'] = ODD_IN_NAMES | ODD_IN_TAG_VALUE | ODD_IN_STRING,
    [','] = ODD_IN_NAMES | ODD_IN_TAG_VALUE,
    [' '] = ODD_IN_NAMES | ODD_IN_TAG_VALUE,
    ['='] = ODD_IN_KEY | ODD_IN_TAG_VALUE,
    ['\\'] = ODD_IN_NAMES | ODD_IN_TAG_VALUE | ODD_IN_STRING,
    ['"'] = ODD_IN_STRING,
};

// A record that is being read.
struct cursor {
	struct point *point;
	const char *begin, *at;
	const char *stop; // without the '\r' of a line end
	const char *end;
	struct error *error;
};

void point_init(struct point *point)
{
	*point = (struct point){.arena = ARENA_INIT};
}

void point_release(struct point *point)
{
	arena_release(&point->arena);
	free(point->tags);
	free(point->fields);
	point_init(point);
}

static struct cursor cursor_at(struct point *point, struct slice record, size_t at, struct error *error)
{
	const char *end = record.data + record.length;
	bool has_return = record.length && end[-1] == '\r';

	return (struct cursor){point, record.data, record.data + at, end - has_return, end, error};
}

static inline bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool is_at(const struct cursor *cursor, char c)
{
	return cursor->at < cursor->stop && *cursor->at == c;
}

static void skip_blanks(struct cursor *cursor)
{
	while (is_at(cursor, ' '))
		cursor->at++;
}

static enum point_result bad_at(const struct cursor *cursor, const char *place)
{
	cursor->point->fault = (size_t)(place - cursor->begin);
	return POINT_BAD;
}

// Takes a name or the value of a tag: up to a byte that ends it. False with error.
static bool take_text(struct cursor *cursor, unsigned char mask, const char *what, struct slice *text)
{
	const char *begin = cursor->at, *at = begin, *stop = cursor->stop;

	for (;;) {
		while (at < stop && !(odd[(unsigned char)*at] & mask))
			at++;
		if (at == stop || *at != '\\')
			break;
		while (at < stop && *at == '\\')
			at++;
		if (at == stop || is_control(*at)) {
			error_set(cursor->error, "nothing stands behind the backslash that ends the %s", what);
			bad_at(cursor, at - 1);
			return false;
		}
		at++; // whatever it is, it ends nothing
	}
	cursor->at = at;
	*text = slice_of(begin, (size_t)(at - begin));
	if (at < stop && is_control(*at)) {
		error_set(cursor->error, "a control character is in the %s", what);
		bad_at(cursor, at);
		return false;
	}
	return true;
}

static bool stands_for_itself(char c, bool is_measurement)
{
	return c == ',' || c == ' ' || (c == '=' && !is_measurement);
}

static char *decode(char *to, struct slice text, bool is_measurement)
{
	for (size_t i = 0; i < text.length; i++) {
		bool is_escape =
		    text.data[i] == '\\' && i + 1 < text.length && stands_for_itself(text.data[i + 1], is_measurement);

		*to++ = text.data[i += is_escape];
	}
	return to;
}

static struct slice decoded(struct point *point, struct slice text, bool is_measurement)
{
	char *to;

	if (!text.length || !memchr(text.data, '\\', text.length))
		return text;
	to = arena_new(&point->arena, text.length);
	return slice_of(to, (size_t)(decode(to, text, is_measurement) - to));
}

void point_append_key(struct buffer *out, struct slice key)
{
	char *to = buffer_reserve(out, key.length);

	out->length += (size_t)(decode(to, key, false) - to);
}

static enum point_result read_tag(struct cursor *cursor)
{
	struct point *point = cursor->point;
	struct slice key, value;
	const char *begin = cursor->at;

	if (!take_text(cursor, ODD_IN_KEY, "key of a tag", &key))
		return POINT_BAD;
	if (!key.length || !is_at(cursor, '=')) {
		if (key.length)
			error_set(cursor->error, "tag '%.*s' has no '='", SHOWN(key));
		else
			error_set(cursor->error, "a tag (KEY=VALUE) is expected behind the comma");
		return bad_at(cursor, begin);
	}
	cursor->at++;
	if (!take_text(cursor, ODD_IN_TAG_VALUE, "value of a tag", &value))
		return POINT_BAD;
	if (!value.length || is_at(cursor, '=')) {
		error_set(cursor->error,
		    value.length ? "an '=' without a backslash is in the value of tag '%.*s'"
				 : "tag '%.*s' has no value",
		    SHOWN(key));
		return bad_at(cursor, cursor->at);
	}
	point->tags = memory_grow(point->tags, &point->tag_capacity, point->tag_count + 1, sizeof *point->tags);
	point->tags[point->tag_count++] =
	    (struct point_tag){.key = decoded(point, key, false), .value = decoded(point, value, false)};
	return POINT_OK;
}

static int compare_tags(const void *a, const void *b)
{
	const struct point_tag *left = a, *right = b;

	return slice_compare(left->key, right->key);
}

static enum point_result sort_tags(const struct cursor *cursor, const char *begin)
{
	struct point *point = cursor->point;

	if (point->tag_count > 1)
		qsort(point->tags, point->tag_count, sizeof *point->tags, compare_tags);
	for (size_t i = 1; i < point->tag_count; i++)
		if (slice_equal(point->tags[i - 1].key, point->tags[i].key)) {
			error_set(cursor->error, "tag '%.*s' is there twice", SHOWN(point->tags[i].key));
			return bad_at(cursor, begin);
		}
	return POINT_OK;
}

// What a comment must not have either.
static enum point_result read_comment(const struct cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->stop; at++)
		if (is_control(*at) && *at != '\t') {
			error_set(cursor->error, "a control character is in the comment");
			return bad_at(cursor, at);
		}
	return POINT_NOTHING;
}

static enum point_result read_tags(struct cursor *cursor)
{
	const char *begin = cursor->at;

	while (is_at(cursor, ',')) {
		cursor->at++;
		if (read_tag(cursor) == POINT_BAD)
			return POINT_BAD;
	}
	return sort_tags(cursor, begin);
}

enum point_result point_read_series(struct point *point, struct slice line, struct error *error)
{
	struct cursor cursor = cursor_at(point, line, 0, error);
	struct slice text;

	arena_reset(&point->arena);
	point->tag_count = 0;
	skip_blanks(&cursor);
	if (cursor.at == cursor.stop)
		return POINT_NOTHING;
	if (*cursor.at == '#')
		return read_comment(&cursor);
	if (!take_text(&cursor, ODD_IN_MEASUREMENT, "measurement", &text))
		return POINT_BAD;
	if (!text.length) {
		error_set(error, "the measurement is missing");
		return bad_at(&cursor, cursor.at);
	}
	point->measurement = decoded(point, text, true);
	if (read_tags(&cursor) == POINT_BAD)
		return POINT_BAD;
	point_skip_series(point, (size_t)(cursor.at - cursor.begin));
	return POINT_OK;
}

void point_skip_series(struct point *point, size_t end)
{
	point->at = end;
	point->field_count = 0;
	point->has_time = point->in_string = point->quote_faulty = false;
}

// The letter behind a number that may stand there; 0 when no value can end so.
static char suffix_of(const struct point_number *number, const char *at)
{
	bool is_whole = !number->has_point && !number->exponent.length;

	return is_whole && (*at == 'i' || (*at == 'u' && !number->is_negative)) ? *at : 0;
}

static bool ends_value(const struct cursor *cursor, const char *at)
{
	return at == cursor->stop || *at == ',' || *at == ' ';
}

static enum point_result bad_value(const struct cursor *cursor)
{
	const char *at = cursor->at;
	struct slice key = slice_of(cursor->begin + cursor->point->fields[cursor->point->field_count - 1].key,
	    cursor->point->fields[cursor->point->field_count - 1].key_length);

	while (!ends_value(cursor, at))
		at++;
	struct slice text = slice_of(cursor->at, (size_t)(at - cursor->at));

	if (text.length)
		error_set(cursor->error,
		    "'%.*s' is no value of field '%.*s': a number such as 1.5, 2i or 2u, true, false or \"text\" is "
		    "expected",
		    SHOWN(text), SHOWN(key));
	else
		error_set(cursor->error, "field '%.*s' has no value", SHOWN(key));
	return bad_at(cursor, cursor->at);
}

static enum point_result read_number(struct cursor *cursor, struct point_field *field)
{
	struct point_number number;
	const char *after = point_number_take(cursor->at, cursor->stop, &number);
	char suffix = after && after < cursor->stop ? suffix_of(&number, after) : 0;

	if (!after || !ends_value(cursor, after + (suffix != 0)))
		return bad_value(cursor);
	field->kind = suffix == 'i' ? POINT_INTEGER : suffix == 'u' ? POINT_UNSIGNED : POINT_FLOAT;
	if (point_number_check(&number, field->kind, cursor->error) < 0)
		return bad_at(cursor, cursor->at);
	field->value_length = (size_t)(after - cursor->at);
	field->is_json = point_number_is_json(&number);
	cursor->at = after + (suffix != 0);
	return POINT_OK;
}

static enum point_result read_word(struct cursor *cursor, struct point_field *field)
{
	static const char *const words[] = {"t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"};
	const char *after = cursor->at;
	size_t length;

	while (!ends_value(cursor, after))
		after++;
	length = (size_t)(after - cursor->at);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(slice_of(cursor->at, length), words[i])) {
			field->kind = i < 5 ? POINT_TRUE : POINT_FALSE;
			field->value_length = length;
			cursor->at = after;
			return POINT_OK;
		}
	return bad_value(cursor);
}

static enum point_result end_string(struct cursor *cursor, struct point_field *field)
{
	field->value_length = (size_t)(cursor->at - cursor->begin) - field->value;
	cursor->at++;
	cursor->point->in_string = false;
	if (cursor->at <= cursor->stop && ends_value(cursor, cursor->at))
		return POINT_OK;
	cursor->point->quote_faulty = true;
	error_set(cursor->error, "a comma, a blank or the end of the line is expected behind the closing quote");
	return bad_at(cursor, cursor->at);
}

static enum point_result read_string(struct cursor *cursor, struct point_field *field)
{
	const char *at = cursor->at, *end = cursor->end;

	for (; at < end; at++) {
		if (!(odd[(unsigned char)*at] & ODD_IN_STRING))
			continue;
		if (*at == '"') {
			cursor->at = at;
			return end_string(cursor, field);
		}
		field->is_json = false;
		at += *at == '\\' && at + 1 < end && (at[1] == '"' || at[1] == '\\');
	}
	cursor->at = at;
	return POINT_OPEN;
}

static enum point_result read_value(struct cursor *cursor, struct point_field *field)
{
	char first = cursor->at < cursor->stop ? *cursor->at : ' ';

	field->value = (size_t)(cursor->at - cursor->begin);
	if (is_digit(first) || first == '-' || first == '.')
		return read_number(cursor, field);
	if (first != '"')
		return read_word(cursor, field);
	cursor->point->quote = field->value++;
	cursor->point->in_string = true;
	cursor->at++;
	field->kind = POINT_STRING;
	field->is_json = true;
	return read_string(cursor, field);
}

static enum point_result read_field(struct cursor *cursor)
{
	struct point *point = cursor->point;
	struct slice key;
	const char *begin = cursor->at;

	if (!take_text(cursor, ODD_IN_KEY, "key of a field", &key))
		return POINT_BAD;
	if (!key.length || !is_at(cursor, '=')) {
		if (key.length)
			error_set(cursor->error, "field '%.*s' has no '='", SHOWN(key));
		else
			error_set(cursor->error, "a field (KEY=VALUE) is expected");
		return bad_at(cursor, begin);
	}
	cursor->at++;
	point->fields =
	    memory_grow(point->fields, &point->field_capacity, point->field_count + 1, sizeof *point->fields);
	struct point_field *field = &point->fields[point->field_count++];

	*field = (struct point_field){.key = (size_t)(begin - cursor->begin), .key_length = key.length};
	return read_value(cursor, field);
}

static enum point_result read_time(struct cursor *cursor)
{
	const char *begin = cursor->at, *at = begin, *digits;
	bool is_negative = *at == '-';
	int64_t time = 0;
	bool is_beyond = false;

	at += is_negative;
	for (digits = at; at < cursor->stop && is_digit(*at); at++)
		is_beyond |= __builtin_mul_overflow(time, 10, &time) ||
		    __builtin_sub_overflow(time, (int64_t)(*at - '0'), &time);
	cursor->at = at;
	if (at == digits || (at < cursor->stop && *at != ' ')) {
		while (at < cursor->stop && *at != ' ')
			at++;
		error_set(cursor->error, "'%.*s' is no time: a whole number is expected",
		    SHOWN(slice_of(begin, (size_t)(at - begin))));
		return bad_at(cursor, begin);
	}
	// Counted down from 0, since there is one more below it than above.
	is_beyond |= !is_negative && __builtin_sub_overflow(0, time, &time);
	if (is_beyond) {
		error_set(cursor->error, "the time is beyond what an integer of 64 bits holds");
		return bad_at(cursor, begin);
	}
	cursor->point->has_time = true;
	cursor->point->time = time;
	return POINT_OK;
}

static enum point_result read_end(struct cursor *cursor)
{
	skip_blanks(cursor);
	if (cursor->at == cursor->stop)
		return POINT_OK;
	if (read_time(cursor) == POINT_BAD)
		return POINT_BAD;
	skip_blanks(cursor);
	if (cursor->at == cursor->stop)
		return POINT_OK;
	error_set(cursor->error, "nothing is expected behind the time");
	return bad_at(cursor, cursor->at);
}

static enum point_result begin_fields(struct cursor *cursor)
{
	if (!is_at(cursor, ' ')) {
		error_set(cursor->error, "fields are missing: a blank and KEY=VALUE are expected");
		return bad_at(cursor, cursor->at);
	}
	skip_blanks(cursor);
	return read_field(cursor);
}

enum point_result point_read_fields(struct point *point, struct slice record, struct error *error)
{
	struct cursor cursor = cursor_at(point, record, point->at, error);
	enum point_result result =
	    point->in_string ? read_string(&cursor, &point->fields[point->field_count - 1]) : begin_fields(&cursor);

	while (result == POINT_OK && is_at(&cursor, ',')) {
		cursor.at++;
		result = read_field(&cursor);
	}
	point->at = (size_t)(cursor.at - cursor.begin);
	return result == POINT_OK ? read_end(&cursor) : result;
}

static void append_string(struct buffer *out, struct slice text)
{
	struct buffer plain = BUFFER_INIT;
	char *to = buffer_reserve(&plain, text.length + 1);

	for (size_t i = 0; i < text.length; i++) {
		bool is_escape = text.data[i] == '\\' && i + 1 < text.length &&
		    (text.data[i + 1] == '"' || text.data[i + 1] == '\\');

		*to++ = text.data[i += is_escape];
	}
	plain.length = (size_t)(to - plain.data);
	json_append_string(out, buffer_slice(&plain));
	buffer_release(&plain);
}

void point_append_value(struct buffer *out, struct slice record, const struct point_field *field)
{
	struct slice text = slice_of(record.data + field->value, field->value_length);
	struct point_number number;

	if (field->kind == POINT_STRING) {
		append_string(out, text);
	} else if (field->kind == POINT_TRUE || field->kind == POINT_FALSE) {
		buffer_append_string(out, field->kind == POINT_TRUE ? "true" : "false");
	} else {
		point_number_take(text.data, text.data + text.length, &number);
		point_number_append(out, &number);
	}
}
