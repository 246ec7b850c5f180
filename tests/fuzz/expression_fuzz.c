// libFuzzer target: an expression, a newline, and a record. Any text is an expression or an error; evaluating it twice gives the same,
// and a path alone gives JSON.
#include <stdint.h>
#include <stdlib.h>

#include "record/expression.h"
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

static void check_with_record(struct slice text, struct slice line)
{
	struct error error;
	struct expression *expression = expression_parse(text, &error);
	struct expression *path = expression_parse_path(text, &error);
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;
	struct record record;

	record_scanner_init(&scanner);
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
	char *copy = malloc(line.length + LINE_SCAN_PADDING);

	require(copy != NULL);
	memcpy(copy, line.data, line.length);
	memset(copy + line.length, 0, LINE_SCAN_PADDING);
	check_with_record(text, slice_of(copy, line.length));
	free(copy);
	return 0;
}
