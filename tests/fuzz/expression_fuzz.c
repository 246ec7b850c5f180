// libFuzzer target: an expression, a newline, and a record. Any text is an expression or an error; evaluating it twice gives the same,
// and a path alone gives JSON. Its units are checked without harm, each name standing for itself.
#define _GNU_SOURCE // memmem
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/expression_units.h"
#include "record/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool same_value(struct expression_value a, struct expression_value b)
{
	return a.kind == b.kind && a.truth == b.truth && a.number == b.number && a.nanoseconds == b.nanoseconds &&
	    a.text.length == b.text.length;
}

static void check_path(const struct expression *path, const struct record *record)
{
	struct expression_run *run = expression_run_new(path);
	struct value_tree tree = VALUE_TREE_INIT;
	struct slice json;
	struct error error;

	if (expression_member_text(run, record, &json)) {
		require(value_parse(&tree, json, &error) == 0);
		require(!expression_path_unseen(run, 0));
	}
	value_tree_release(&tree);
	expression_run_free(run);
}

static void check(const struct expression *expression, const struct record *record)
{
	struct expression_run *run = expression_run_new(expression);
	struct expression_value first = expression_evaluate(run, record);
	struct expression_value second = expression_evaluate(run, record);

	require(same_value(first, second));
	require(expression_test(run, record) == (first.kind == EXPRESSION_BOOLEAN && first.truth));
	expression_run_free(run);
}

static bool unit_of_name(void *context, const struct slice *names, size_t count, struct slice *unit)
{
	(void)context;
	*unit = names[count - 1];
	return true;
}

static void check_units(const struct expression *expression)
{
	static struct unit_system *system; // reading the database takes longer than all the rest
	const struct expression_unit_lookup lookup = {.find = unit_of_name};
	struct expression_unit unit;
	struct error error;

	system = system ? system : unit_system_new();
	if (expression_check_units(expression, system, &lookup, &unit, &error) < 0)
		require(error.message[0] == 'c');
}

static void check_with_record(struct slice text, struct slice line)
{
	struct error error;
	struct expression *expression = expression_parse(text, &error);
	struct expression *path = expression_parse_path(text, &error);
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;
	struct record record;

	record_scanner_init(&scanner);
	if (expression)
		check_units(expression);
	if (record_scan(&scanner, line, &arena, &record, &error) == 0) {
		if (expression)
			check(expression, &record);
		if (path)
			check_path(path, &record);
	}
	record_scanner_release(&scanner);
	arena_release(&arena);
	expression_free(expression);
	expression_free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char usual[] = "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\","
				    "\"value\":{\"x\":[1,\"\\u00e9\",null]},"
				    "\"quality\":0.5,\"received\":\"2026-03-01T12:00:01Z\",\"note\":\"b\"}";
	struct slice input = slice_of((const char *)data, size);
	const char *newline = size ? memchr(data, '\n', size) : NULL;
	struct slice text = newline ? slice_of(input.data, (size_t)(newline - input.data)) : input;
	struct slice line = newline ? slice_skip(input, text.length + 1) : slice_of(usual, sizeof usual - 1);
	char *copy;

	// convert() reads the database of units anew, which takes longer than a thousand other inputs: some are enough.
	if (size % 32 && memmem(text.data, text.length, "convert", 7))
		return 0;
	copy = malloc(line.length + LINE_SCAN_PADDING);

	require(copy != NULL);
	memcpy(copy, line.data, line.length);
	memset(copy + line.length, 0, LINE_SCAN_PADDING);
	check_with_record(text, slice_of(copy, line.length));
	free(copy);
	return 0;
}
