// libFuzzer target: each line of the input goes through one scanner, which must say of it what jansson and the page say, whatever it
// has learnt from the lines before; and the lines together, as a block, must give the same records.
#include <stdint.h>
#include <stdlib.h>

#include "record_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(struct slice rest)
{
	struct line_check check;

	line_check_init(&check);
	while (rest.length) {
		const char *newline = memchr(rest.data, '\n', rest.length);
		struct slice line = slice_of(rest.data, newline ? (size_t)(newline - rest.data) : rest.length);

		if (check_line(&check, line) == LINE_DIFFERS) {
			fprintf(stderr, "%s\n", check.reason);
			abort();
		}
		rest = slice_skip(rest, line.length + 1);
	}
	line_check_release(&check);
}

static void check_block(struct slice text)
{
	char *block = padded_copy(text, "\"value\":0123456789");
	const char *p = block, *end = block + text.length;
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;

	record_scanner_init(&scanner);
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *line_end = newline ? newline : end, *next;
		struct record plain, record;
		struct error error;

		next = record_scan_plain(&scanner, p, end, &plain);
		if (next &&
		    (next != (newline ? newline + 1 : end) ||
			record_scan(&scanner, slice_of(p, (size_t)(line_end - p)), &arena, &record, &error) ||
			compare_records(&record, &plain, true)))
			abort();
		p = newline ? newline + 1 : end;
	}
	record_scanner_release(&scanner);
	arena_release(&arena);
	free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);

	check_lines(text);
	check_block(text);
	return 0;
}
