// libFuzzer target: line protocol of any bytes to readings. What is written must be readings that the record scanner takes, as many as the
// fields that a plain walk over the lines counts (nothing remembered, nothing read ahead), and each line that walk cannot read must be
// among the rejects. The first byte chooses what is asked for.
#define _GNU_SOURCE
#include "format/csv_rows.h"
#include "format/point.h"
#include "record/record.h"

// Short enough that no id and no path, however many of its characters are escaped, is beyond its bound.
#define LINE_MAX 500

// What is asked for.
enum {
	ASK_SECONDS = 1,
	ASK_ROWS = 2,
	ASK_TAG = 4, // from here on, whether a line is read is not for the grammar alone to say
	ASK_MEMBERS = 8,
	ASK_PROPERTY = 16,
	ASK_NO_CLOCK = 32,
	ASK_RECEIVED = 64,
};

#include "ingest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct counts {
	uint64_t readings, rejected_lines;
};

static struct slice line_at(struct slice text, size_t at, size_t *next)
{
	const char *newline = memchr(text.data + at, '\n', text.length - at);
	size_t end = newline ? (size_t)(newline - text.data) : text.length;

	*next = newline ? end + 1 : text.length;
	return slice_of(text.data + at, end - at);
}

static bool is_line(struct slice line)
{
	struct error ignored;

	return line.length <= LINE_MAX && csv_line_check(line, &ignored) == 0;
}

static uint64_t lines_of(struct slice text)
{
	uint64_t count = 1;

	for (size_t i = 0; i < text.length; i++)
		count += text.data[i] == '\n';
	return count;
}

// The record that begins at `at`: from its first line anew for each line that is added.
static size_t walk_record(struct point *point, struct slice text, size_t at, int64_t scale, struct counts *counts)
{
	size_t next;
	struct slice record = line_at(text, at, &next);
	enum point_result result = is_line(record) ? POINT_OK : POINT_BAD;
	struct error ignored;
	int64_t time;

	while (result == POINT_OK) {
		result = point_read_series(point, record, &ignored);
		if (result == POINT_NOTHING)
			return next;
		if (result == POINT_OK)
			result = point_read_fields(point, record, &ignored);
		if (result != POINT_OPEN)
			break;
		size_t after = next;
		struct slice line = next < text.length ? line_at(text, next, &after) : SLICE_EMPTY;

		if (next == text.length || !is_line(line) ||
		    (size_t)(line.data + line.length - record.data) > LINE_MAX) {
			point->quote_faulty = true;
			break;
		}
		record.length = (size_t)(line.data + line.length - record.data);
		next = after;
		result = POINT_OK;
	}
	if (result == POINT_OK && point->has_time && timestamp_scale(point->time, scale, &time) < 0) {
		counts->rejected_lines += lines_of(record);
	} else if (result == POINT_OK) {
		counts->readings += point->field_count;
	} else if (result == POINT_BAD && !is_line(record) && record.data == text.data + at && lines_of(record) == 1) {
		counts->rejected_lines++;
	} else if (point->quote_faulty) {
		uint64_t lines = lines_of(slice_of(record.data, point->quote));

		counts->rejected_lines += lines;
		for (next = at; lines > 0; lines--)
			line_at(text, next, &next);
	} else {
		counts->rejected_lines += lines_of(record);
	}
	return next;
}

static struct counts walk(struct slice text, int64_t scale)
{
	struct counts counts = {0, 0};
	struct point point;

	point_init(&point);
	for (size_t at = 0; at < text.length;) {
		point_skip_series(&point, 0);
		at = walk_record(&point, text, at, scale, &counts);
	}
	point_release(&point);
	return counts;
}

static uint64_t count_newlines(int fd)
{
	struct buffer text = BUFFER_INIT;
	uint64_t count;

	read_whole(fd, &text);
	count = lines_of(buffer_slice(&text)) - 1;
	buffer_release(&text);
	return count;
}

static uint64_t count_readings(int fd)
{
	struct buffer text = BUFFER_INIT, line = BUFFER_INIT;
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;
	struct record record;
	struct error error;
	uint64_t count = 0;

	record_scanner_init(&scanner);
	read_whole(fd, &text);
	for (struct slice rest = buffer_slice(&text); rest.length; count++) {
		buffer_reset(&line);
		buffer_append_slice(&line, take_line(&rest));
		buffer_reserve(&line, LINE_SCAN_PADDING);
		arena_reset(&arena);
		require(record_scan(&scanner, buffer_slice(&line), &arena, &record, &error) == 0);
	}
	record_scanner_release(&scanner);
	arena_release(&arena);
	buffer_release(&line);
	buffer_release(&text);
	return count;
}

static void ask(struct mapping *mapping, unsigned choice)
{
	if (choice & ASK_SECONDS)
		mapping->precision = 1000000000;
	if (choice & ASK_ROWS)
		mapping->entity_id = SLICE_LITERAL("{row}");
	if (choice & ASK_TAG)
		mapping->entity_id = SLICE_LITERAL("{measurement}-{a}");
	if (choice & ASK_MEMBERS) {
		mapping->members[MAPPING_QUALITY] = SLICE_LITERAL("q");
		mapping->members[MAPPING_UNIT] = SLICE_LITERAL("u");
		mapping->members[MAPPING_SENSOR_ID] = SLICE_LITERAL("s");
	}
	if (choice & ASK_PROPERTY) {
		mapping_add_name(mapping, &mapping->labels, SLICE_LITERAL("l*"));
		mapping_add_name(mapping, &mapping->skip, SLICE_LITERAL("x*"));
		mapping_add_pair(mapping, &mapping->units, SLICE_LITERAL("f*"), SLICE_LITERAL("m"));
	}
	if (choice & ASK_RECEIVED)
		mapping->received.name = SLICE_LITERAL("r");
}

static void read_source(struct slice text, unsigned choice)
{
	char in_path[32], rejects_path[32];
	int in = memory_file_of("in", in_path, text), rejected = memory_file("rejected", rejects_path);
	struct ingest_run run;
	struct error error;

	ingest_run_begin(&run);
	ask(&run.mapping, choice);
	if (choice & ASK_PROPERTY)
		run.ingest.writer.labels = NULL;
	run.ingest.has_now = !(choice & ASK_NO_CLOCK);
	require(rejects_open(&run.rejects, rejects_path, &error) == 0);
	ingest_run_read(&run, &format_influx, in_path, LINE_MAX);
	rejects_flush(&run.rejects);
	uint64_t written = run.ingest.writer.reading_count;

	require(count_readings(run.written) == written);
	if (choice < ASK_TAG) {
		struct counts counts = walk(text, choice & ASK_SECONDS ? 1000000000 : 1);

		require(counts.readings == written);
		require(counts.rejected_lines == count_newlines(rejected));
	}
	ingest_run_end(&run);
	close(in);
	close(rejected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct slice text = slice_of((const char *)data + 1, size - 1);

	// A byte order mark is taken off before the walk would see it.
	if (!slice_starts_with(text, SOURCE_MARK))
		read_source(text, data[0] & 127);
	format_influx.recognise(text);
	return 0;
}
