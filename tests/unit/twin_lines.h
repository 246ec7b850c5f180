// Twins for the unit tests, made from records as they stand in a file.
#ifndef TESTS_UNIT_TWIN_LINES_H
#define TESTS_UNIT_TWIN_LINES_H

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "record/record.h"
#include "twin/twin_set.h"
#include "unit.h"

struct twin_lines {
	struct twin_set set;
	struct record_scanner scanner;
	struct arena arena;
	struct assignments list;
	struct record record;
	struct buffer line;
	struct error error;
};

static inline void twin_lines_init(struct twin_lines *lines)
{
	*lines = (struct twin_lines){.arena = ARENA_INIT, .list = ASSIGNMENTS_INIT, .line = BUFFER_INIT};
	twin_set_init(&lines->set);
	record_scanner_init(&lines->scanner);
}

static inline void twin_lines_release(struct twin_lines *lines)
{
	twin_set_release(&lines->set);
	record_scanner_release(&lines->scanner);
	arena_release(&lines->arena);
	assignments_release(&lines->list);
	buffer_release(&lines->line);
}

// The assignments of one record, in lines->list until the next. -1 when it is none.
static inline int twin_lines_read(struct twin_lines *lines, struct slice text)
{
	buffer_reset(&lines->line);
	buffer_append_slice(&lines->line, text);
	memset(buffer_reserve(&lines->line, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	arena_reset(&lines->arena);
	if (record_scan(&lines->scanner, buffer_slice(&lines->line), &lines->arena, &lines->record, &lines->error))
		return -1;
	return assignments_of_record(&lines->list, &lines->record, &lines->error);
}

// Folds one record; what became of its last assignment.
static inline struct twin_put twin_lines_put(struct twin_lines *lines, const char *text)
{
	struct twin_put put = {.outcome = FOLD_TAKEN};

	if (twin_lines_read(lines, slice_from_string(text)))
		unit_fail(text, 0, lines->error.message);
	else
		for (size_t i = 0; i < lines->list.count; i++)
			put = twin_set_put(&lines->set, &lines->list.items[i]);
	return put;
}

// A reading of twin "t", `second` seconds after noon of the first of March 2026; more: further members, or "".
static inline struct twin_put twin_lines_reading(
    struct twin_lines *lines, const char *property, int second, const char *value, const char *more)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(&text,
	    "{\"entity_id\":\"t\",\"property\":\"%s\",\"timestamp\":\"2026-03-01T12:%02d:%02dZ\",\"value\":%s%s%s}",
	    property, second / 60, second % 60, value, *more ? "," : "", more);
	struct twin_put put = twin_lines_put(lines, buffer_string(&text));

	buffer_release(&text);
	return put;
}

static inline struct twin_put twin_lines_desired(
    struct twin_lines *lines, int second, const char *properties, const char *more)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(&text,
	    "{\"type\":\"desired\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:%02d:%02dZ\",\"properties\":%s%s%"
	    "s}",
	    second / 60, second % 60, properties, *more ? "," : "", more);
	struct twin_put put = twin_lines_put(lines, buffer_string(&text));

	buffer_release(&text);
	return put;
}

#define NOON         INT64_C(1772366400000000000)
#define AT_SECOND(n) (NOON + (int64_t)(n)*INT64_C(1000000000))

static inline const struct twin *twin_lines_twin(const struct twin_lines *lines)
{
	return twin_set_find(&lines->set, SLICE_LITERAL("t"));
}

#endif
