// Sort keys: the order of their bytes is the order of values.
#include <stdlib.h>

#include "base/decimal.h"
#include "record/sort_key.h"
#include "unit.h"
#include "unit_random.h"

static struct slice key_of(struct sort_key *key, const char *value, struct buffer *out)
{
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;
	struct record record;
	struct error error = {""};
	struct buffer line = BUFFER_INIT;

	buffer_append_string(&line, "{\"type\":\"mine\"");
	if (value) {
		buffer_append_string(&line, ",\"value\":");
		buffer_append_string(&line, value);
	}
	buffer_append_char(&line, '}');
	memset(buffer_reserve(&line, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	record_scanner_init(&scanner);
	if (record_scan(&scanner, buffer_slice(&line), &arena, &record, &error))
		unit_fail(__FILE__, __LINE__, error.message);
	else
		sort_key_append(key, &record, out);
	record_scanner_release(&scanner);
	arena_release(&arena);
	buffer_release(&line);
	return buffer_slice(out);
}

static int compare_values(const char *keys, const char *a, const char *b)
{
	struct sort_key key = SORT_KEY_INIT;
	struct buffer a_key = BUFFER_INIT, b_key = BUFFER_INIT;
	struct error error;

	if (sort_key_parse(&key, keys, true, &error))
		unit_fail(__FILE__, __LINE__, error.message);
	int order = slice_compare(key_of(&key, a, &a_key), key_of(&key, b, &b_key));

	buffer_release(&a_key);
	buffer_release(&b_key);
	sort_key_release(&key);
	return (order > 0) - (order < 0);
}

// From the least to the greatest, NULL (missing) behind all.
static const char *const ladder[] = {"-1e30", "-25", "-3", "-2.5", "-2", "-0.1", "-0.01", "0", "1e-400", "0.01", "0.1",
    "1", "2", "2.5", "2.51", "3", "25", "9007199254740992", "9007199254740993", "1e400",
    "\"2026-03-01T13:00:00+02:00\"", "\"2026-03-01T12:00:00Z\"", "\"\"", "\"\\u0000\"", "\"\\u0000\\u0001\"",
    "\"\\u0001\"", "\"2026\"", "\"a\"", "\"a\\u0000\"", "\"ab\"", "\"\xc3\xa9\"", "false", "true", "null", "[1]",
    "{\"a\":1}", NULL};

#define LADDER_COUNT (sizeof ladder / sizeof *ladder)

int main(void)
{
	struct error error;
	struct sort_key key = SORT_KEY_INIT;
	struct buffer a = BUFFER_INIT, b = BUFFER_INIT;
	uint64_t seed = 3;

	TEST("values of all kinds have one order")
	{
		for (size_t i = 0; i < LADDER_COUNT; i++)
			for (size_t j = 0; j < LADDER_COUNT; j++)
				CHECK(compare_values("value", ladder[i], ladder[j]) == (i > j) - (i < j));
	}
	TEST("descending turns it round, but for what is missing")
	{
		for (size_t i = 0; i + 1 < LADDER_COUNT; i++) {
			CHECK(compare_values("-value", ladder[i], NULL) == -1);
			for (size_t j = 0; j + 1 < LADDER_COUNT; j++)
				CHECK(compare_values("-value", ladder[i], ladder[j]) == (i < j) - (i > j));
		}
	}
	TEST("equal values have equal keys however they are written")
	{
		CHECK(compare_values("value", "1", "1.0") == 0);
		CHECK(compare_values("value", "100", "1e2") == 0);
		CHECK(compare_values("value", "-0", "0.0") == 0);
		CHECK(compare_values("value", "\"a\"", "\"\\u0061\"") == 0);
		CHECK(compare_values("value", "{\"a\":1,\"b\":2}", "{ \"b\":2, \"a\":1.0 }") == 0);
		CHECK(compare_values("value", "\"2026-03-01T12:00:00Z\"", "\"2026-03-01T13:00:00+01:00\"") == 0);
	}
	TEST("random numbers have the order of their exact values")
	{
		CHECK(sort_key_parse(&key, "value", true, &error) == 0);
		for (int i = 0; i < 20000; i++) {
			struct buffer text[2] = {BUFFER_INIT, BUFFER_INIT};

			for (int j = 0; j < 2; j++) {
				buffer_printf(&text[j], "%s%llu.%llue%d", random_below(&seed, 2) ? "-" : "",
				    (unsigned long long)random_below(&seed, 30),
				    (unsigned long long)random_below(&seed, 20), (int)random_below(&seed, 5) - 2);
				buffer_string(&text[j]);
			}
			buffer_reset(&a);
			buffer_reset(&b);
			int order = slice_compare(key_of(&key, text[0].data, &a), key_of(&key, text[1].data, &b));

			CHECK((order > 0) - (order < 0) ==
			    decimal_compare(buffer_slice(&text[0]), buffer_slice(&text[1])));
			buffer_release(&text[0]);
			buffer_release(&text[1]);
		}
	}
	TEST("a list is cut at commas outside of brackets and quotes")
	{
		struct sort_key list = SORT_KEY_INIT;

		CHECK(sort_key_parse(&list, "-value.x,metadata[\"a,b\"],at('/c,d'),-[\"e\\\",f\"]", true, &error) == 0);
		CHECK(list.count == 4);
		CHECK(list.parts[0].descending && !list.parts[1].descending && list.parts[3].descending);
		sort_key_release(&list);
	}
	TEST("what is no path is an error")
	{
		struct sort_key list = SORT_KEY_INIT;

		CHECK(sort_key_parse(&list, "value,", true, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "column 1: the name of a member is missing at the end");
		CHECK(sort_key_parse(&list, "-value", false, &error) == -1);
		CHECK(sort_key_parse(&list, "value+1", true, &error) == -1);
		sort_key_release(&list);
	}
	sort_key_release(&key);
	buffer_release(&a);
	buffer_release(&b);
	return unit_end();
}
