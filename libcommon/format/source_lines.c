#include "format/source_lines.h"

#include <stdlib.h>

#include "base/memory.h"

void source_lines_open(struct source_lines *lines, char *const *operand, size_t max_line,
    void (*before_wait)(void *context), void *context)
{
	*lines = (struct source_lines){.name = *operand, .too_long = SIZE_MAX};
	line_reader_init(&lines->reader, operand, 1);
	lines->reader.max_length = max_line;
	lines->reader.before_wait = before_wait;
	lines->reader.context = context;
}

void source_lines_close(struct source_lines *lines)
{
	line_reader_release(&lines->reader);
	buffer_release(&lines->kept);
	free(lines->begins);
	*lines = (struct source_lines){.name = "-"};
}

static void keep_line(struct source_lines *lines, struct slice line, uint64_t number)
{
	if (lines->kept_count == 0)
		lines->kept_first = number;
	lines->begins =
	    memory_grow(lines->begins, &lines->begins_capacity, lines->kept_count + 1, sizeof *lines->begins);
	lines->begins[lines->kept_count++] = lines->kept.length;
	buffer_append_slice(&lines->kept, line);
	buffer_append_char(&lines->kept, '\n');
	lines->next = lines->kept_count;
}

static struct slice kept_line(const struct source_lines *lines, size_t index)
{
	size_t begin = lines->begins[index];
	size_t end = index + 1 < lines->kept_count ? lines->begins[index + 1] : lines->kept.length;

	return slice_of(lines->kept.data + begin, end - begin - 1);
}

static void drop_kept(struct source_lines *lines)
{
	buffer_reset(&lines->kept);
	lines->kept_count = lines->next = 0;
	lines->too_long = SIZE_MAX;
}

static enum line_result next_read(struct source_lines *lines, struct slice *line, struct error *error)
{
	static const struct slice mark = SOURCE_MARK;
	enum line_result result =
	    lines->has_failed ? LINE_ERROR : line_reader_next(&lines->reader, line, &lines->failure);

	if (result == LINE_ERROR) {
		lines->has_failed = true;
		*error = lines->failure;
	}
	if (result == LINE_END || result == LINE_ERROR || result == LINE_LONG_PIECE)
		return result;
	lines->line = lines->reader.line;
	lines->was_cut = result == LINE_TOO_LONG;
	if (lines->line == 1 && slice_starts_with(*line, mark)) {
		lines->has_mark = true;
		*line = slice_skip(*line, mark.length);
	}
	if (lines->keeping) {
		keep_line(lines, *line, lines->line);
		if (result == LINE_TOO_LONG)
			lines->too_long = lines->kept_count - 1;
	}
	return result;
}

enum line_result source_lines_next(struct source_lines *lines, struct slice *line, struct error *error)
{
	if (lines->next == lines->kept_count) {
		if (!lines->keeping && lines->kept_count)
			drop_kept(lines);
		return next_read(lines, line, error);
	}
	*line = kept_line(lines, lines->next);
	lines->line = lines->kept_first + lines->next;
	return lines->next++ == lines->too_long ? LINE_TOO_LONG : LINE_OK;
}

// Lines before the one last returned are done with. They are moved out only when they are the larger part, so that a line is moved
// a bounded number of times however often keeping begins anew.
static void drop_done(struct source_lines *lines)
{
	size_t done = lines->next - 1, offset = lines->begins[done];

	if (offset < lines->kept.length - offset || done < lines->kept_count - done)
		return;
	memmove(lines->kept.data, lines->kept.data + offset, lines->kept.length - offset);
	lines->kept.length -= offset;
	lines->kept_count -= done;
	lines->next -= done;
	lines->kept_first += done;
	if (lines->too_long != SIZE_MAX)
		lines->too_long -= done;
	for (size_t i = 0; i < lines->kept_count; i++)
		lines->begins[i] = lines->begins[i + done] - offset;
}

void source_lines_keep(struct source_lines *lines, struct slice line)
{
	if (lines->next == 0) { // the line came from the reader
		keep_line(lines, line, lines->line);
		if (lines->was_cut)
			lines->too_long = 0;
	} else {
		drop_done(lines);
	}
	lines->keeping = true;
	lines->keep_from = lines->next - 1;
}

struct slice source_lines_kept(const struct source_lines *lines)
{
	size_t begin = lines->begins[lines->keep_from];
	size_t end = lines->next < lines->kept_count ? lines->begins[lines->next] : lines->kept.length;

	return slice_of(lines->kept.data + begin, end - begin);
}

struct slice source_lines_kept_first(const struct source_lines *lines)
{
	return kept_line(lines, lines->keep_from);
}

void source_lines_forget(struct source_lines *lines)
{
	lines->keeping = false;
}

void source_lines_go_back(struct source_lines *lines, size_t count)
{
	lines->keeping = false;
	lines->next = lines->keep_from + count;
	lines->line = lines->kept_first + lines->next - 1;
}

bool source_lines_reject_long(struct source_lines *lines, struct rejects *rejects, struct slice first)
{
	uint64_t number = lines->line;
	enum line_result result = LINE_LONG_PIECE;
	struct slice piece = first;
	struct error error, ignored;

	error_set(&error, "the line is longer than %zu bytes (--max-line)", lines->reader.max_length);
	while (result == LINE_LONG_PIECE) {
		bool goes_on = lines->reader.goes_on;
		bool stop = rejects_add_piece(rejects, lines->name, number, piece, error.message, goes_on);

		if (!goes_on)
			return stop;
		result = source_lines_next(lines, &piece, &ignored);
	}
	// The source failed, which source_lines_next tells again.
	return rejects_add_piece(rejects, lines->name, number, SLICE_EMPTY, error.message, false);
}
