// InfluxDB line protocol to readings: the series (measurement and tags) is the twin, each field a reading of it.
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "format/csv_rows.h"
#include "format/format.h"
#include "format/influx_plan.h"
#include "format/influx_recognise.h"
#include "format/ingest.h"
#include "format/point.h"
#include "format/row_member.h"

// Nanoseconds since 1970 below this would be of its first 58 days: more likely they count something longer.
#define UNLIKELY_NANOSECONDS INT64_C(5000000000000000)

struct influx_source {
	struct ingest *ingest;
	struct source_lines *lines;
	struct influx_plan plan;
	struct point point;
	struct row_facts facts;
	struct slice record;
	uint64_t line; // the first of the record
	uint64_t row;
	size_t *entries; // of the plan's properties, by field; fields stand in the same order in most lines
	size_t entry_capacity;
	struct buffer value, label;
	bool has_timed;   // some record had a time
	bool has_records; // some record was well written
};

static enum format_result reject(struct influx_source *influx, struct slice input, const char *message)
{
	bool stop = ingest_reject(influx->ingest, influx->lines, influx->line, input, message);

	return stop ? FORMAT_STOPPED : FORMAT_DONE;
}

// "column 12: ...", or "line 7, column 3: ..." behind the first line of the record. Columns are characters, from 1.
static void add_place(
    struct influx_source *influx, struct slice record, const struct error *reason, struct error *error)
{
	uint64_t line = influx->line;
	size_t column = 1, fault = influx->point.fault == POINT_NOWHERE ? 0 : influx->point.fault;

	for (size_t i = 0; i < fault && i < record.length; i++) {
		line += record.data[i] == '\n';
		column = record.data[i] == '\n' ? 1 : column + (((unsigned char)record.data[i] & 0xc0) != 0x80);
	}
	if (influx->point.fault == POINT_NOWHERE)
		*error = *reason;
	else if (line == influx->line)
		error_set(error, "column %zu: %.400s", column, reason->message);
	else
		error_set(error, "line %" PRIu64 ", column %zu: %.400s", line, column, reason->message);
}

static enum format_result reject_at_fault(
    struct influx_source *influx, struct slice record, struct slice input, const struct error *reason)
{
	struct error error;

	add_place(influx, record, reason, &error);
	return reject(influx, input, error.message);
}

// A recording that counts seconds, read without saying so, would be of January 1970: that is told, not mended.
static void tell_precision(struct influx_source *influx)
{
	int64_t time = influx->point.time;

	influx->has_timed = true;
	if (!influx->ingest->mapping->precision && time > 0 && time < UNLIKELY_NANOSECONDS)
		ingest_say(influx->ingest, influx->lines->name,
		    SLICE_LITERAL(
			"times are read as nanoseconds, and are of early 1970 then: --precision us, ms or s says "
			"otherwise"));
}

static int read_own_time(struct influx_source *influx, struct error *error)
{
	const struct influx_plan *plan = &influx->plan;

	if (!influx->has_timed)
		tell_precision(influx);
	if (timestamp_scale(influx->point.time, plan->precision, &influx->facts.timestamp) == 0)
		return 0;
	return error_set(error, "time %" PRId64 " in %s is %s", influx->point.time,
	    mapping_precision_word(plan->precision),
	    influx->point.time < 0 ? "before 1677-09-21" : "beyond 2262-04-11");
}

// What a clock says is not known better than the times of the source.
static int64_t cut_to_precision(int64_t time, int64_t precision)
{
	int64_t rest = time % precision;

	rest += rest < 0 ? precision : 0;
	return time < INT64_MIN + rest ? time : time - rest;
}

static enum row_clock_result read_times(struct influx_source *influx, struct slice received, struct error *error)
{
	struct row_facts *facts = &influx->facts;
	enum row_clock_result result;

	if (influx->point.has_time) {
		result = row_clock_read_received(&influx->plan.clock, received, facts, error);
		if (result == ROW_CLOCK_OK && read_own_time(influx, error) < 0)
			result = ROW_CLOCK_BAD;
		return result;
	}
	if (!influx->ingest->has_now && !influx->plan.clock.has_received) {
		error_set(error, "the line has no time: --now T or --received NAME gives it one");
		return ROW_CLOCK_BAD;
	}
	result = row_clock_read(&influx->plan.clock, SLICE_EMPTY, received, influx->row, facts, error);
	if (result == ROW_CLOCK_OK && facts->timestamp_source == TIMESTAMP_NOW)
		facts->timestamp = cut_to_precision(facts->timestamp, influx->plan.precision);
	return result;
}

static struct slice field_text(const struct influx_source *influx, const struct point_field *field)
{
	return slice_of(influx->record.data + field->value, field->value_length);
}

// The places of the fields in the plan, before anything is written: a record is taken as a whole or rejected. *received is set when a
// field holds it.
static int find_properties(struct influx_source *influx, struct slice *received, struct error *error)
{
	const struct point *point = &influx->point;
	size_t before = influx->entry_capacity;

	influx->entries =
	    memory_grow(influx->entries, &influx->entry_capacity, point->field_count, sizeof *influx->entries);
	for (size_t i = before; i < influx->entry_capacity; i++)
		influx->entries[i] = 0;
	for (size_t i = 0; i < point->field_count; i++) {
		const struct point_field *field = &point->fields[i];
		struct slice key = slice_of(influx->record.data + field->key, field->key_length);

		if (influx_plan_property(&influx->plan, key, &influx->entries[i], error) < 0)
			return -1;
		if (influx->plan.properties[influx->entries[i]].role == INFLUX_RECEIVED)
			*received = field_text(influx, field);
	}
	return 0;
}

static inline struct slice value_of(struct influx_source *influx, const struct point_field *field)
{
	if (__builtin_expect(field->is_json, 1)) {
		bool is_string = field->kind == POINT_STRING;

		return slice_of(
		    influx->record.data + field->value - is_string, field->value_length + 2 * (size_t)is_string);
	}
	buffer_reset(&influx->value);
	point_append_value(&influx->value, influx->record, field);
	return buffer_slice(&influx->value);
}

static void write_fields(struct influx_source *influx, struct slice unit)
{
	const struct point *point = &influx->point;

	buffer_reset(&influx->label);
	for (size_t i = 0; i < point->field_count; i++) {
		const struct influx_property *property = &influx->plan.properties[influx->entries[i]];

		if (property->role == INFLUX_READING) {
			reading_writer_put(&influx->ingest->writer, property->property,
			    value_of(influx, &point->fields[i]), unit.length ? unit : property->unit);
		} else if (property->role == INFLUX_LABEL) {
			buffer_append_char(&influx->label, influx->label.length ? ',' : '{');
			buffer_append_slice(&influx->label, property->property);
			buffer_append_slice(&influx->label, value_of(influx, &point->fields[i]));
		}
	}
	if (!influx->label.length)
		return;
	buffer_append_char(&influx->label, '}');
	reading_writer_label(&influx->ingest->writer, buffer_slice(&influx->label));
}

static enum format_result write_record(
    struct influx_source *influx, const struct influx_series *series, struct error *error)
{
	struct row_facts *facts = &influx->facts;
	struct slice received = series->received;
	enum row_clock_result clock;

	influx->ingest->has_rows = influx->has_records = true;
	facts->line = influx->line;
	if (find_properties(influx, &received, error) < 0)
		return reject(influx, influx->record, error->message);
	clock = read_times(influx, received, error);
	if (clock == ROW_CLOCK_UNCLEAR)
		return FORMAT_FAILED;
	if (clock == ROW_CLOCK_BAD)
		return reject(influx, influx->record, error->message);
	if (!series->is_wanted || !selection_has_time(&influx->ingest->selection, facts->timestamp))
		return FORMAT_DONE;
	for (int i = MAPPING_QUALITY; i < MAPPING_MEMBERS; i++)
		row_member_set(facts, (enum mapping_member)i, series->members[i]);
	facts->entity_id = series->entity_id;
	facts->metadata = series->metadata;
	reading_writer_row(&influx->ingest->writer, facts);
	write_fields(influx, series->members[MAPPING_UNIT]);
	return FORMAT_DONE;
}

// So many lines of the record, which has them, without their last '\n'.
static struct slice first_lines(struct slice record, size_t count)
{
	const char *at = record.data, *end = at + record.length, *newline = NULL;

	for (; count; count--, at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			return record;
	}
	return slice_of(record.data, (size_t)(newline - record.data));
}

static size_t count_lines(struct slice text)
{
	size_t count = 1;

	for (const char *at = text.data, *end = at + text.length; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		count++;
	return count;
}

// One more line for a record whose string is open. False when none belongs to it, with error.
static bool add_line(struct influx_source *influx, struct error *error)
{
	struct slice line;
	struct error ignored;
	enum line_result read = source_lines_next(influx->lines, &line, &ignored);
	struct slice kept = source_lines_kept(influx->lines);

	influx->record = slice_of(kept.data, kept.length - 1);
	if (read == LINE_OK && csv_line_check(line, &ignored) == 0 &&
	    influx->record.length <= influx->lines->reader.max_length)
		return true;
	influx->point.quote_faulty = true;
	influx->point.fault = influx->point.quote;
	error_set(error, "the text that opens here is not closed");
	return false;
}

// A string whose end is wrong or missing was likely not meant to go on: it costs the lines up to the one it opens in, and reading goes on
// behind that. Any other fault costs the record.
static enum format_result reject_lines(struct influx_source *influx, struct error *error)
{
	struct slice record = influx->record;
	struct point *point = &influx->point;
	size_t lines = count_lines(record);

	if (point->quote_faulty) {
		lines = count_lines(slice_of(record.data, point->quote));
		if (point->fault > point->quote &&
		    memchr(record.data + point->quote, '\n', point->fault - point->quote))
			error_set(error, "the text that opens here ends in a later line, and no value ends so");
		point->fault = point->quote;
	}
	enum format_result result = reject_at_fault(influx, record, first_lines(record, lines), error);

	source_lines_go_back(influx->lines, lines);
	return result;
}

// A record whose string goes on over lines.
static enum format_result take_lines(
    struct influx_source *influx, const struct influx_series *series, struct error *error)
{
	enum point_result result = POINT_OPEN;
	enum format_result written;

	source_lines_keep(influx->lines, influx->record);
	while (result == POINT_OPEN)
		result = add_line(influx, error) ? point_read_fields(&influx->point, influx->record, error) : POINT_BAD;
	if (result == POINT_BAD)
		return reject_lines(influx, error);
	written = write_record(influx, series, error);
	source_lines_forget(influx->lines);
	return written;
}

// The series of the line, and the place behind it. NULL with *result when the line has none.
static const struct influx_series *read_series(
    struct influx_source *influx, struct slice line, enum point_result *result, struct error *error)
{
	const char *blank = line.length ? memchr(line.data, ' ', line.length) : NULL;
	const struct influx_series *series = NULL;

	// What stands before a blank that is escaped ends in a backslash, as no series does.
	if (blank && blank > line.data)
		series = influx_plan_find(&influx->plan, slice_of(line.data, (size_t)(blank - line.data)));
	*result = POINT_OK;
	if (series) {
		point_skip_series(&influx->point, (size_t)(blank - line.data));
		return series;
	}
	*result = point_read_series(&influx->point, line, error);
	if (*result != POINT_OK)
		return NULL;
	influx->point.fault = POINT_NOWHERE; // a series that is well written may be no twin all the same
	struct slice text = slice_of(line.data, influx->point.at);

	series = influx_plan_find(&influx->plan, text);
	if (!series)
		series = influx_plan_add(&influx->plan, text, &influx->point, influx->row, error);
	*result = series ? POINT_OK : POINT_BAD;
	return series;
}

static enum format_result take_line(struct influx_source *influx, struct error *error)
{
	enum point_result result;
	const struct influx_series *series;

	influx->row++;
	influx_plan_next_line(&influx->plan);
	if (csv_line_check(influx->record, error) < 0) {
		ingest_count_row(influx->ingest, influx->lines);
		return reject(influx, influx->record, error->message);
	}
	series = read_series(influx, influx->record, &result, error);
	if (result == POINT_NOTHING) {
		influx->row--;
		return FORMAT_DONE;
	}
	ingest_count_row(influx->ingest, influx->lines);
	if (series)
		result = point_read_fields(&influx->point, influx->record, error);
	if (result == POINT_BAD)
		return reject_at_fault(influx, influx->record, influx->record, error);
	return result == POINT_OPEN ? take_lines(influx, series, error) : write_record(influx, series, error);
}

static enum format_result read_lines(struct influx_source *influx, struct error *error)
{
	enum format_result result = FORMAT_DONE;
	enum line_result read = LINE_END;

	while (result == FORMAT_DONE && (read = source_lines_next(influx->lines, &influx->record, error)) > LINE_END) {
		influx->line = influx->lines->line;
		if (read == LINE_TOO_LONG) {
			ingest_count_row(influx->ingest, influx->lines);
			result = source_lines_reject_long(influx->lines, influx->ingest->rejects, influx->record)
			    ? FORMAT_STOPPED
			    : FORMAT_DONE;
		} else {
			result = take_line(influx, error);
		}
	}
	if (result != FORMAT_DONE || read == LINE_ERROR)
		return result == FORMAT_DONE ? FORMAT_FAILED : result;
	return influx->has_records && influx_plan_check_found(&influx->plan, error) < 0 ? FORMAT_FAILED : FORMAT_DONE;
}

static void explain(const struct influx_source *influx)
{
	struct buffer text = BUFFER_INIT;

	influx_plan_append_mapping(&text, &influx->plan);
	ingest_explain(influx->ingest, influx->lines->name, buffer_slice(&text));
	buffer_release(&text);
}

static enum format_result read_influx(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	struct influx_source influx = {.ingest = ingest, .lines = lines};
	enum format_result result = FORMAT_DONE;

	point_init(&influx.point);
	if (influx_plan_init(&influx.plan, ingest, lines->name, error) < 0) {
		result = FORMAT_FAILED;
	} else if (ingest->mapping_out) {
		influx_plan_append_mapping(ingest->mapping_out, &influx.plan);
	} else {
		if (ingest->explain)
			explain(&influx);
		result = read_lines(&influx, error);
	}
	influx_plan_release(&influx.plan);
	point_release(&influx.point);
	free(influx.entries);
	buffer_release(&influx.value);
	buffer_release(&influx.label);
	return result;
}

const struct format format_influx = {
    .name = "influx",
    .title = "line protocol",
    .has_precision = true,
    .minds_blanks = true,
    .recognise = influx_recognise,
    .read = read_influx,
};
