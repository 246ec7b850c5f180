#include "format/point.h"

#include <stdlib.h>

#include "base/memory.h"
#include "format/point_parts.h"

const unsigned char point_odd[256] = {
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

bool point_take_text(struct point_cursor *cursor, unsigned char mask, const char *what, struct slice *text)
{
	const char *begin = cursor->at, *at = begin, *stop = cursor->stop;

	for (;;) {
		while (at < stop && !(point_odd[(unsigned char)*at] & mask))
			at++;
		if (at == stop || *at != '\\')
			break;
		while (at < stop && *at == '\\')
			at++;
		if (at == stop || point_is_control(*at)) {
			error_set(cursor->error, "nothing stands behind the backslash that ends the %s", what);
			point_bad_at(cursor, at - 1);
			return false;
		}
		at++; // whatever it is, it ends nothing
	}
	cursor->at = at;
	*text = slice_of(begin, (size_t)(at - begin));
	if (at < stop && point_is_control(*at)) {
		error_set(cursor->error, "a control character is in the %s", what);
		point_bad_at(cursor, at);
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

static enum point_result read_tag(struct point_cursor *cursor)
{
	struct point *point = cursor->point;
	struct slice key, value;
	const char *begin = cursor->at;

	if (!point_take_text(cursor, ODD_IN_KEY, "key of a tag", &key))
		return POINT_BAD;
	if (!key.length || !point_is_at(cursor, '=')) {
		if (key.length)
			error_set(cursor->error, "tag '%.*s' has no '='", POINT_SHOWN(key));
		else
			error_set(cursor->error, "a tag (KEY=VALUE) is expected behind the comma");
		return point_bad_at(cursor, begin);
	}
	cursor->at++;
	if (!point_take_text(cursor, ODD_IN_TAG_VALUE, "value of a tag", &value))
		return POINT_BAD;
	if (!value.length || point_is_at(cursor, '=')) {
		error_set(cursor->error,
		    value.length ? "an '=' without a backslash is in the value of tag '%.*s'"
				 : "tag '%.*s' has no value",
		    POINT_SHOWN(key));
		return point_bad_at(cursor, cursor->at);
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

static enum point_result sort_tags(const struct point_cursor *cursor, const char *begin)
{
	struct point *point = cursor->point;

	if (point->tag_count > 1)
		qsort(point->tags, point->tag_count, sizeof *point->tags, compare_tags);
	for (size_t i = 1; i < point->tag_count; i++)
		if (slice_equal(point->tags[i - 1].key, point->tags[i].key)) {
			error_set(cursor->error, "tag '%.*s' is there twice", POINT_SHOWN(point->tags[i].key));
			return point_bad_at(cursor, begin);
		}
	return POINT_OK;
}

// What a comment must not have either.
static enum point_result read_comment(const struct point_cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->stop; at++)
		if (point_is_control(*at) && *at != '\t') {
			error_set(cursor->error, "a control character is in the comment");
			return point_bad_at(cursor, at);
		}
	return POINT_NOTHING;
}

static enum point_result read_tags(struct point_cursor *cursor)
{
	const char *begin = cursor->at;

	while (point_is_at(cursor, ',')) {
		cursor->at++;
		if (read_tag(cursor) == POINT_BAD)
			return POINT_BAD;
	}
	return sort_tags(cursor, begin);
}

enum point_result point_read_series(struct point *point, struct slice line, struct error *error)
{
	struct point_cursor cursor = point_cursor_at(point, line, 0, error);
	struct slice text;

	arena_reset(&point->arena);
	point->tag_count = 0;
	point_skip_blanks(&cursor);
	if (cursor.at == cursor.stop)
		return POINT_NOTHING;
	if (*cursor.at == '#')
		return read_comment(&cursor);
	if (!point_take_text(&cursor, ODD_IN_MEASUREMENT, "measurement", &text))
		return POINT_BAD;
	if (!text.length) {
		error_set(error, "the measurement is missing");
		return point_bad_at(&cursor, cursor.at);
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
