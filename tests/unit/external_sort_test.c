#define _GNU_SOURCE // memrchr
// Sorting in memory and through files gives the same, in order, and equal keys stay as they came.
#include <stdlib.h>

#include "base/buffer.h"
#include "io/external_sort.h"
#include "unit.h"
#include "unit_random.h"

// Adds `count` pairs of random keys out of `range`; the text is the key, a colon and the number of the pair.
static void add_random(struct external_sort *sort, uint64_t seed, size_t count, uint64_t range, size_t padding)
{
	struct buffer text = BUFFER_INIT;
	struct error error;

	for (size_t i = 0; i < count; i++) {
		buffer_reset(&text);
		buffer_printf(&text, "%06llu", (unsigned long long)random_below(&seed, range));
		size_t length = 1 + random_below(&seed, 12);
		struct buffer key = BUFFER_INIT;

		for (size_t j = 0; j < length; j++)
			buffer_append_char(&key, j < text.length ? text.data[j] : (char)random_below(&seed, 3));
		buffer_reset(&text);
		buffer_append_slice(&text, buffer_slice(&key));
		buffer_printf(&text, ":%09zu", i);
		for (size_t j = 0; j < padding; j++)
			buffer_append_char(&text, 'x');
		CHECK(external_sort_add(sort, buffer_slice(&key), buffer_slice(&text), &error) == 0);
		buffer_release(&key);
	}
	buffer_release(&text);
}

// Everything behind one another; checks the order of keys, and of numbers where keys are equal.
static struct buffer drain(struct external_sort *sort, size_t *count)
{
	struct buffer all = BUFFER_INIT, last = BUFFER_INIT;
	struct error error;
	struct slice text;
	bool ordered = true;

	*count = 0;
	CHECK(external_sort_start(sort, &error) == 0);
	while (external_sort_next(sort, &text, &error) > 0) {
		const char *colon = memrchr(text.data, ':', text.length);
		struct slice key = slice_of(text.data, (size_t)(colon - text.data));
		const char *last_colon = last.length ? memrchr(last.data, ':', last.length) : NULL;

		if (last_colon) {
			int order = slice_compare(slice_of(last.data, (size_t)(last_colon - last.data)), key);

			ordered = ordered && (order < 0 || (order == 0 && memcmp(last_colon, colon, 10) < 0));
		}
		buffer_reset(&last);
		buffer_append_slice(&last, text);
		buffer_append_slice(&all, text);
		buffer_append_char(&all, '\n');
		++*count;
	}
	CHECK(ordered);
	buffer_release(&last);
	return all;
}

static void compare_sizes(size_t count, uint64_t range, size_t padding, size_t memory, bool spills)
{
	struct external_sort *large = external_sort_new((size_t)1 << 30, NULL);
	struct external_sort *small = external_sort_new(memory, NULL);
	size_t large_count, small_count;

	add_random(large, count, count, range, padding);
	add_random(small, count, count, range, padding);
	CHECK(external_sort_spilled(large) == 0);
	CHECK((external_sort_spilled(small) > 0) == spills);
	struct buffer want = drain(large, &large_count), got = drain(small, &small_count);

	CHECK(large_count == count && small_count == count);
	CHECK(slice_equal(buffer_slice(&want), buffer_slice(&got)));
	buffer_release(&want);
	buffer_release(&got);
	external_sort_free(large);
	external_sort_free(small);
}

int main(void)
{
	TEST("nothing, one pair and a few come out in order from memory")
	{
		compare_sizes(0, 1, 0, 1 << 16, false);
		compare_sizes(1, 1, 0, 1 << 16, false);
		compare_sizes(100, 10, 0, 1 << 16, false);
	}
	TEST("what does not fit goes through files and comes out the same, equal keys as they came")
	{
		compare_sizes(5000, 100, 20, 1 << 16, true);
		compare_sizes(2000, 1000000, 0, 1 << 12, true);
	}
	TEST("hundreds of files are merged in steps")
	{
		compare_sizes(20000, 5000, 3, 1 << 12, true);
	}
	TEST("a pair that is larger than the memory, or than what is read at a time, is a file of its own")
	{
		compare_sizes(5, 10, 700000, 1 << 16, true);
	}
	TEST("a folder that cannot be written is named")
	{
		struct external_sort *sort = external_sort_new(1 << 12, "/nonexistent");
		struct error error = {""};
		int result = 0;

		for (int i = 0; i < 1000 && result == 0; i++)
			result = external_sort_add(sort, SLICE_LITERAL("key"), SLICE_LITERAL("text"), &error);
		CHECK(result == -1);
		CHECK_TEXT(slice_from_string(error.message),
		    "cannot write a temporary file in '/nonexistent': No such file or directory");
		external_sort_free(sort);
	}
	return unit_end();
}
