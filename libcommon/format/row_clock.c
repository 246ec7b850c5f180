#include "format/row_clock.h"

#include <strings.h>

#include "base/time_option.h"
#include "format/known_names.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

void row_clock_init(struct row_clock *clock, struct ingest *ingest, const char *source)
{
	const struct mapping *mapping = ingest->mapping;

	*clock = (struct row_clock){
	    .ingest = ingest,
	    .source = source,
	    .time = mapping->time.format,
	    .received = mapping->received.format,
	    .zone = mapping->zone,
	    .start = mapping->start,
	    .has_start = mapping->has_start,
	    .row_step = mapping->row_step,
	};
}

int row_clock_check(struct row_clock *clock, struct error *error)
{
	if (clock->has_time || clock->row_step || clock->has_received || clock->ingest->has_now)
		return 0;
	clock->is_missing = true;
	return error_set(error, "%s", ROW_CLOCK_MISSING);
}

// cycle, Cycle and cycles
bool row_clock_is_time_name(const struct row_clock *clock, struct slice name)
{
	struct slice axis = clock->time.axis;
	bool is_axis = clock->time.kind == TIME_FORMAT_AXIS && name.length >= axis.length &&
	    name.length <= axis.length + 1 && strncasecmp(name.data, axis.data, axis.length) == 0;

	if (is_axis && (name.length == axis.length || (name.data[axis.length] | 0x20) == 's'))
		return true;
	return known_name_is_time(name);
}

bool row_clock_may_be_time(const struct row_clock *clock, struct slice name, struct slice cell)
{
	struct time_format format;
	struct foreign_time time;
	struct error ignored;

	if (time_format_is_date(cell))
		return true;
	if (!row_clock_is_time_name(clock, name))
		return false;
	if (clock->time.kind == TIME_FORMAT_GUESS)
		return time_format_guess(cell, &format, &ignored) == 0;
	return time_format_read(&clock->time, clock->zone, clock->start, cell, &time, &ignored) == 0;
}

enum row_clock_result row_clock_guess(
    struct row_clock *clock, struct slice time, struct slice received, struct error *error)
{
	int guessed = clock->has_time && clock->time.kind == TIME_FORMAT_GUESS && time.length
	    ? time_format_guess(time, &clock->time, error)
	    : 0;

	// What is no time at all costs the row; what is a time in two ways, the source.
	if (guessed)
		return guessed == TIME_GUESS_TWO ? ROW_CLOCK_UNCLEAR : ROW_CLOCK_BAD;
	if (!clock->has_received || clock->received.kind != TIME_FORMAT_GUESS || !received.length)
		return ROW_CLOCK_OK;
	if (time_format_guess(received, &clock->received, error) == 0)
		return ROW_CLOCK_OK;
	// What --time-format says of the times is then tried on these as well.
	clock->received = clock->ingest->mapping->time.format;
	return clock->received.kind == TIME_FORMAT_GUESS ? ROW_CLOCK_UNCLEAR : ROW_CLOCK_OK;
}

static int read_cell(struct row_clock *clock, const struct time_format *format, struct slice cell,
    struct foreign_time *time, uint64_t line, struct error *error)
{
	if (time_format_read(format, clock->zone, clock->start, cell, time, error) < 0)
		return -1;
	if (time->kind == LOCAL_TIME_GAP)
		occurrences_add(&clock->ingest->gaps, clock->source, line);
	else if (time->kind == LOCAL_TIME_FOLD)
		occurrences_add(&clock->ingest->folds, clock->source, line);
	return 0;
}

static int read_received(struct row_clock *clock, struct slice cell, struct row_facts *facts, struct error *error)
{
	struct foreign_time time;

	facts->has_received = false;
	if (clock->has_received && cell.length) {
		if (read_cell(clock, &clock->received, cell, &time, facts->line, error) < 0)
			return -1;
		facts->has_received = true;
		facts->received = time.nanoseconds;
	} else if (clock->ingest->live) {
		facts->has_received = true;
		facts->received = time_machine_now();
	}
	return 0;
}

static int read_row(const struct row_clock *clock, uint64_t row, struct row_facts *facts, struct error *error)
{
	int64_t since;

	facts->timestamp_source = TIMESTAMP_ROW;
	if (row - 1 > INT64_MAX || timestamp_scale((int64_t)(row - 1), clock->row_step, &since) < 0 ||
	    __builtin_add_overflow(clock->start, since, &facts->timestamp))
		return error_set(error, "the time of the row is beyond 2262-04-11");
	return 0;
}

static int read_time(struct row_clock *clock, struct slice cell, struct row_facts *facts, struct error *error)
{
	struct foreign_time time;

	if (!cell.length)
		return error_set(error, "the time is missing (column '%.*s')", SHOWN(clock->time_name));
	if (read_cell(clock, &clock->time, cell, &time, facts->line, error) < 0)
		return -1;
	facts->timestamp = time.nanoseconds;
	if (clock->time.kind == TIME_FORMAT_ELAPSED && !clock->has_start)
		facts->timestamp_source = TIMESTAMP_ELAPSED;
	if (clock->time.kind == TIME_FORMAT_AXIS) {
		facts->axis = clock->time.axis;
		facts->axis_value = time.axis;
	}
	return 0;
}

static int read_other(const struct row_clock *clock, struct row_facts *facts, struct error *error)
{
	if (clock->has_received && facts->has_received) {
		facts->timestamp_source = TIMESTAMP_RECEIVED;
		facts->timestamp = facts->received;
		return 0;
	}
	if (!clock->ingest->has_now)
		return error_set(error, "the row has no time: it was not received at a known one");
	facts->timestamp_source = TIMESTAMP_NOW;
	facts->timestamp = clock->ingest->live ? facts->received : clock->ingest->now;
	return 0;
}

enum row_clock_result row_clock_read(struct row_clock *clock, struct slice time, struct slice received, uint64_t row,
    struct row_facts *facts, struct error *error)
{
	int result;

	facts->timestamp_source = TIMESTAMP_EVENT;
	facts->axis = SLICE_EMPTY;
	if (__builtin_expect(clock->time.kind == TIME_FORMAT_GUESS || clock->received.kind == TIME_FORMAT_GUESS, 0)) {
		enum row_clock_result guessed = row_clock_guess(clock, time, received, error);

		if (guessed != ROW_CLOCK_OK)
			return guessed;
	}
	if (read_received(clock, received, facts, error) < 0)
		return ROW_CLOCK_BAD;
	if (clock->has_time)
		result = read_time(clock, time, facts, error);
	else if (clock->row_step)
		result = read_row(clock, row, facts, error);
	else
		result = read_other(clock, facts, error);
	return result < 0 ? ROW_CLOCK_BAD : ROW_CLOCK_OK;
}

enum row_clock_result row_clock_read_received(
    struct row_clock *clock, struct slice received, struct row_facts *facts, struct error *error)
{
	facts->timestamp_source = TIMESTAMP_EVENT;
	facts->axis = SLICE_EMPTY;
	if (received.length && clock->received.kind == TIME_FORMAT_GUESS) {
		enum row_clock_result guessed = row_clock_guess(clock, SLICE_EMPTY, received, error);

		if (guessed != ROW_CLOCK_OK)
			return guessed;
	}
	return read_received(clock, received, facts, error) < 0 ? ROW_CLOCK_BAD : ROW_CLOCK_OK;
}

static void append_format(struct buffer *out, const struct row_clock *clock)
{
	struct slice text = time_format_text(&clock->time), zone = clock->ingest->mapping->zone_name;
	bool is_civil = clock->time.kind == TIME_FORMAT_ISO || clock->time.kind == TIME_FORMAT_PATTERN;

	if (clock->time.kind == TIME_FORMAT_GUESS)
		return;
	buffer_append_string(out, " (");
	buffer_append_slice(out, text);
	if (is_civil) {
		buffer_append_string(out, ", ");
		buffer_append_slice(out, zone.length ? zone : SLICE_LITERAL("UTC"));
	}
	buffer_append_char(out, ')');
}

void row_clock_append(struct buffer *out, const struct row_clock *clock)
{
	if (!clock->has_time) {
		buffer_append_string(out,
		    clock->row_step           ? "time by rows"
			: clock->has_received ? "time of receipt"
					      : "time from --now");
		return;
	}
	buffer_append_string(out, "time '");
	buffer_append_slice(out, clock->time_name);
	buffer_append_char(out, '\'');
	append_format(out, clock);
}
