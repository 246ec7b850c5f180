#include "twin/desire.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "record/property_path.h"
#include "record/value.h"
#include "twin/desire_value.h"
#include "twin/document.h"
#include "twin/view.h"

void desire_init(struct desire *desire, const char *entity_id, int64_t timestamp)
{
	*desire = (struct desire){
	    .entity_id = slice_from_string(entity_id),
	    .timestamp = timestamp,
	    .sensor_id = SLICE_EMPTY,
	    .command_id = SLICE_EMPTY,
	    .deadline = NO_DEADLINE,
	};
	record_scanner_init(&desire->scanner);
}

void desire_release(struct desire *desire)
{
	free(desire->wishes);
	arena_release(&desire->texts);
	buffer_release(&desire->line);
	assignments_release(&desire->assignments);
	record_scanner_release(&desire->scanner);
	arena_release(&desire->strings);
}

// The property in front of the first equals sign; what is behind it stays in *rest.
static int take_property(struct slice *rest, struct slice *path, struct error *error)
{
	struct slice shown = desire_shown(*rest), operand = *rest;
	const char *equals = memchr(operand.data, '=', operand.length);

	if (!equals)
		return error_set(
		    error, "'%.*s' has no equals sign: PROPERTY=VALUE is needed", (int)shown.length, shown.data);
	*path = slice_of(operand.data, (size_t)(equals - operand.data));
	*rest = slice_skip(operand, path->length + 1);
	return property_path_check(*path, error);
}

static int append_value(
    struct buffer *out, enum desire_form form, struct slice path, struct slice text, struct error *error)
{
	struct error inner;

	if (form == DESIRE_STRING)
		json_append_string(out, text);
	else if (form == DESIRE_UNSET)
		buffer_append_string(out, "null");
	else if (desire_value_append(out, text, &inner))
		return error_set(error, "%.*s: %s", (int)desire_shown(path).length, path.data, inner.message);
	return 0;
}

int desire_add(struct desire *desire, enum desire_form form, const char *operand, struct error *error)
{
	struct slice rest = slice_from_string(operand), path = rest;
	struct buffer value = BUFFER_INIT;

	if (!utf8_is_valid(rest))
		return error_set(error, "'%s' is no UTF-8", operand);
	if (form == DESIRE_UNSET ? property_path_check(path, error) : take_property(&rest, &path, error))
		return -1;
	int failed = append_value(&value, form, path, rest, error);

	if (!failed) {
		desire->wishes =
		    memory_grow(desire->wishes, &desire->capacity, desire->count + 1, sizeof *desire->wishes);
		desire->wishes[desire->count++] =
		    (struct desire_wish){path, arena_dup(&desire->texts, buffer_slice(&value))};
	}
	buffer_release(&value);
	return failed;
}

int desire_read_deadline(struct desire *desire, const char *text, const struct model *model,
    const struct time_context *context, struct error *error)
{
	struct slice given = slice_from_string(text);
	struct error inner;
	int64_t length;

	if (model_duration(model, given, &length, &inner) == 0) {
		if (__builtin_add_overflow(desire->timestamp, length, &desire->deadline))
			return error_set(error, "'%s' is too long", text);
	} else if (time_option_parse(given, context, &desire->deadline, &inner)) {
		return error_set(
		    error, "'%s' is neither a length of time (5m) nor a time (%.300s)", text, inner.message);
	}
	return desire->deadline > desire->timestamp
	    ? 0
	    : error_set(error, "'%s' is not behind the time of the desire itself", text);
}

static int compare_wishes(const void *a, const void *b)
{
	return path_compare(((const struct desire_wish *)a)->path, ((const struct desire_wish *)b)->path);
}

// In this order a property is followed at once by what is inside of it.
static int sort_wishes(struct desire *desire, struct error *error)
{
	if (desire->count)
		qsort(desire->wishes, desire->count, sizeof *desire->wishes, compare_wishes);
	for (size_t i = 1; i < desire->count; i++) {
		struct slice before = desire->wishes[i - 1].path, path = desire->wishes[i].path;

		if (slice_equal(before, path))
			return error_set(error, "property '%.*s' is given twice", (int)path.length, path.data);
		if (property_path_is_under(path, before))
			return error_set(error, "property '%.*s' is inside of '%.*s', which is given too",
			    (int)desire_shown(path).length, path.data, (int)desire_shown(before).length, before.data);
	}
	return 0;
}

static void put_string(struct buffer *out, const char *name, struct slice text)
{
	if (!text.length)
		return;
	buffer_printf(out, ",\"%s\":", name);
	json_append_string(out, text);
}

static void put_time(struct buffer *out, const char *name, int64_t time)
{
	buffer_printf(out, ",\"%s\":\"", name);
	timestamp_append(out, time);
	buffer_append_char(out, '"');
}

static void write_line(struct desire *desire)
{
	struct buffer *out = &desire->line;
	struct document_writer document;

	buffer_reset(out);
	buffer_append_string(out, "{\"type\":\"desired\",\"entity_id\":");
	json_append_string(out, desire->entity_id);
	put_time(out, "timestamp", desire->timestamp);
	buffer_append_string(out, ",\"properties\":");
	document_begin(&document, out);
	for (size_t i = 0; i < desire->count; i++)
		document_put(&document, desire->wishes[i].path, desire->wishes[i].value);
	document_end(&document);
	put_string(out, "sensor_id", desire->sensor_id);
	put_string(out, "command_id", desire->command_id);
	if (desire->deadline != NO_DEADLINE)
		put_time(out, "deadline", desire->deadline);
	buffer_append_char(out, '}');
}

static int check_strings(const struct desire *desire, struct error *error)
{
	if (!utf8_is_valid(desire->entity_id))
		return error_set(error, "the entity_id is no UTF-8");
	if (!utf8_is_valid(desire->sensor_id))
		return error_set(error, "the sensor_id is no UTF-8");
	return utf8_is_valid(desire->command_id) ? 0 : error_set(error, "the command_id is no UTF-8");
}

int desire_make(struct desire *desire, struct error *error)
{
	if (check_strings(desire, error) || sort_wishes(desire, error))
		return -1;
	write_line(desire);
	memset(buffer_reserve(&desire->line, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	arena_reset(&desire->strings);
	return record_scan(&desire->scanner, buffer_slice(&desire->line), &desire->strings, &desire->record, error) ||
		assignments_of_record(&desire->assignments, &desire->record, error)
	    ? -1
	    : 0;
}
