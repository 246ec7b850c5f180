// libFuzzer target: a format of times on the first line, a time or a length of time on the second. What is read is written in a form that
// reads back as the same, the two readers of RFC 3339 agree, and a format that was guessed reads the same after it was written down.
#include <stdlib.h>

#include "base/duration.h"
#include "base/time_option.h"
#include "base/timestamp.h"
#include "format/time_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_written(int64_t time)
{
	char text[TIMESTAMP_TEXT_SIZE];
	size_t length = timestamp_format(text, time);
	int64_t again;

	require(length < TIMESTAMP_TEXT_SIZE);
	require(timestamp_parse(slice_of(text, length), &again, NULL) == 0 && again == time);
	require(timestamp_parse_plain(slice_of(text, length), &again, NULL) == 0 && again == time);
}

static void check_timestamp(struct slice text)
{
	const struct time_context context = {.has_now = true, .now = 1772366400000000000};
	int64_t time = 0, plain = 0, option;
	struct error error;
	int result = timestamp_parse(text, &time, &error);

	require(timestamp_parse_plain(text, &plain, NULL) == result && (result || time == plain));
	if (result == 0) {
		check_written(time);
		require(time_option_parse(text, &context, &option, &error) == 0 && option == time);
	} else if (time_option_parse(text, &context, &option, &error) == 0) {
		check_written(option);
	}
}

// What is written is rounded, once.
static void check_duration(struct slice text)
{
	struct buffer written = BUFFER_INIT, again = BUFFER_INIT;
	int64_t length, rounded;
	struct error error;

	if (duration_parse(text, &length, &error) == 0) {
		duration_append(&written, length);
		if (duration_parse(buffer_slice(&written), &rounded, &error) == 0) {
			duration_append(&again, rounded);
			require(slice_equal(buffer_slice(&written), buffer_slice(&again)));
		} else {
			require(length > INT64_MAX / 10 * 9 || length < INT64_MIN / 10 * 9); // rounded beyond the end
		}
	}
	buffer_release(&written);
	buffer_release(&again);
}

static void check_read(const struct time_format *format, struct slice text)
{
	struct foreign_time time, again;
	struct time_format copy;
	struct error error;

	require(time_format_parse(time_format_text(format), &copy, &error) == 0);
	require(copy.kind == format->kind && copy.step == format->step && copy.multiplier == format->multiplier);
	if (time_format_read(format, NULL, 0, text, &time, &error) == 0) {
		check_written(time.nanoseconds);
		require(time_format_read(&copy, NULL, 0, text, &again, &error) == 0);
		require(again.nanoseconds == time.nanoseconds);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of((const char *)data, size), first = input, text = input;
	const char *newline = size ? memchr(data, '\n', size) : NULL;
	struct time_format format;
	struct error error;

	if (newline) {
		first = slice_of(input.data, (size_t)(newline - input.data));
		text = slice_skip(input, first.length + 1);
	}
	check_timestamp(text);
	check_duration(text);
	time_format_is_date(text);
	if (time_format_guess(text, &format, &error) == 0)
		check_read(&format, text);
	if (newline && time_format_parse(first, &format, &error) == 0)
		check_read(&format, text);
	return 0;
}
