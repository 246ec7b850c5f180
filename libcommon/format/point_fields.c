#include "base/memory.h"
#include "format/point_number.h"
#include "format/point_parts.h"
#include "record/value.h"

// The letter behind a number that may stand there; 0 when no value can end so.
static char suffix_of(const struct point_number *number, const char *at)
{
	bool is_whole = !number->has_point && !number->exponent.length;

	return is_whole && (*at == 'i' || (*at == 'u' && !number->is_negative)) ? *at : 0;
}

static bool ends_value(const struct point_cursor *cursor, const char *at)
{
	return at == cursor->stop || *at == ',' || *at == ' ';
}

static enum point_result bad_value(const struct point_cursor *cursor)
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
		    POINT_SHOWN(text), POINT_SHOWN(key));
	else
		error_set(cursor->error, "field '%.*s' has no value", POINT_SHOWN(key));
	return point_bad_at(cursor, cursor->at);
}

static enum point_result read_number(struct point_cursor *cursor, struct point_field *field)
{
	struct point_number number;
	const char *after = point_number_take(cursor->at, cursor->stop, &number);
	char suffix = after && after < cursor->stop ? suffix_of(&number, after) : 0;

	if (!after || !ends_value(cursor, after + (suffix != 0)))
		return bad_value(cursor);
	field->kind = suffix == 'i' ? POINT_INTEGER : suffix == 'u' ? POINT_UNSIGNED : POINT_FLOAT;
	if (point_number_check(&number, field->kind, cursor->error) < 0)
		return point_bad_at(cursor, cursor->at);
	field->value_length = (size_t)(after - cursor->at);
	field->is_json = point_number_is_json(&number);
	cursor->at = after + (suffix != 0);
	return POINT_OK;
}

static enum point_result read_word(struct point_cursor *cursor, struct point_field *field)
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

static enum point_result end_string(struct point_cursor *cursor, struct point_field *field)
{
	field->value_length = (size_t)(cursor->at - cursor->begin) - field->value;
	cursor->at++;
	cursor->point->in_string = false;
	if (cursor->at <= cursor->stop && ends_value(cursor, cursor->at))
		return POINT_OK;
	cursor->point->quote_faulty = true;
	error_set(cursor->error, "a comma, a blank or the end of the line is expected behind the closing quote");
	return point_bad_at(cursor, cursor->at);
}

static enum point_result read_string(struct point_cursor *cursor, struct point_field *field)
{
	const char *at = cursor->at, *end = cursor->end;

	for (; at < end; at++) {
		if (!(point_odd[(unsigned char)*at] & ODD_IN_STRING))
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

static enum point_result read_value(struct point_cursor *cursor, struct point_field *field)
{
	char first = cursor->at < cursor->stop ? *cursor->at : ' ';

	field->value = (size_t)(cursor->at - cursor->begin);
	if (point_is_digit(first) || first == '-' || first == '.')
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

static enum point_result read_field(struct point_cursor *cursor)
{
	struct point *point = cursor->point;
	struct slice key;
	const char *begin = cursor->at;

	if (!point_take_text(cursor, ODD_IN_KEY, "key of a field", &key))
		return POINT_BAD;
	if (!key.length || !point_is_at(cursor, '=')) {
		if (key.length)
			error_set(cursor->error, "field '%.*s' has no '='", POINT_SHOWN(key));
		else
			error_set(cursor->error, "a field (KEY=VALUE) is expected");
		return point_bad_at(cursor, begin);
	}
	cursor->at++;
	point->fields =
	    memory_grow(point->fields, &point->field_capacity, point->field_count + 1, sizeof *point->fields);
	struct point_field *field = &point->fields[point->field_count++];

	*field = (struct point_field){.key = (size_t)(begin - cursor->begin), .key_length = key.length};
	return read_value(cursor, field);
}

static enum point_result read_time(struct point_cursor *cursor)
{
	const char *begin = cursor->at, *at = begin, *digits;
	bool is_negative = *at == '-';
	int64_t time = 0;
	bool is_beyond = false;

	at += is_negative;
	for (digits = at; at < cursor->stop && point_is_digit(*at); at++)
		is_beyond |= __builtin_mul_overflow(time, 10, &time) ||
		    __builtin_sub_overflow(time, (int64_t)(*at - '0'), &time);
	cursor->at = at;
	if (at == digits || (at < cursor->stop && *at != ' ')) {
		while (at < cursor->stop && *at != ' ')
			at++;
		error_set(cursor->error, "'%.*s' is no time: a whole number is expected",
		    POINT_SHOWN(slice_of(begin, (size_t)(at - begin))));
		return point_bad_at(cursor, begin);
	}
	// Counted down from 0, since there is one more below it than above.
	is_beyond |= !is_negative && __builtin_sub_overflow(0, time, &time);
	if (is_beyond) {
		error_set(cursor->error, "the time is beyond what an integer of 64 bits holds");
		return point_bad_at(cursor, begin);
	}
	cursor->point->has_time = true;
	cursor->point->time = time;
	return POINT_OK;
}

static enum point_result read_end(struct point_cursor *cursor)
{
	point_skip_blanks(cursor);
	if (cursor->at == cursor->stop)
		return POINT_OK;
	if (read_time(cursor) == POINT_BAD)
		return POINT_BAD;
	point_skip_blanks(cursor);
	if (cursor->at == cursor->stop)
		return POINT_OK;
	error_set(cursor->error, "nothing is expected behind the time");
	return point_bad_at(cursor, cursor->at);
}

static enum point_result begin_fields(struct point_cursor *cursor)
{
	if (!point_is_at(cursor, ' ')) {
		error_set(cursor->error, "fields are missing: a blank and KEY=VALUE are expected");
		return point_bad_at(cursor, cursor->at);
	}
	point_skip_blanks(cursor);
	return read_field(cursor);
}

enum point_result point_read_fields(struct point *point, struct slice record, struct error *error)
{
	struct point_cursor cursor = point_cursor_at(point, record, point->at, error);
	enum point_result result =
	    point->in_string ? read_string(&cursor, &point->fields[point->field_count - 1]) : begin_fields(&cursor);

	while (result == POINT_OK && point_is_at(&cursor, ',')) {
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
