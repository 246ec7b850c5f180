#include "base/timestamp.h"

#include <stdlib.h>

#include "unit.h"

// A copy of exactly the slice's bytes on the heap, so that the sanitizer sees a read of one more.
static char *exact_copy(struct slice text)
{
	char *copy = malloc(text.length ? text.length : 1);

	if (text.length)
		memcpy(copy, text.data, text.length);
	return copy;
}

static int parse_slice(struct slice text, int64_t *value, struct error *error)
{
	char *copy = exact_copy(text);
	int64_t plain_value = 0, fast_value = 0;
	struct error plain_error = {""}, fast_error = {""};
	int plain = timestamp_parse_plain(slice_of(copy, text.length), &plain_value, &plain_error);
	int fast = timestamp_parse(slice_of(copy, text.length), &fast_value, &fast_error);

	CHECK(plain == fast && plain_value == fast_value);
	CHECK(strcmp(plain_error.message, fast_error.message) == 0);
	free(copy);
	*value = fast_value;
	*error = fast_error;
	return fast;
}

static int64_t parsed(const char *text)
{
	struct error error;
	int64_t value;

	if (parse_slice(slice_from_string(text), &value, &error) != 0) {
		printf("# %s\n", error.message);
		return -42;
	}
	return value;
}

static const char *refusal(const char *text)
{
	static struct error error;
	int64_t value;

	return parse_slice(slice_from_string(text), &value, &error) == 0 ? "accepted" : error.message;
}

#define CHECK_REFUSED(text, words) CHECK_TEXT(slice_from_string(refusal(text)), "time '" text "': " words)

static void check_format(int64_t value, const char *want)
{
	char *out = malloc(TIMESTAMP_TEXT_SIZE);

	CHECK_TEXT(slice_of(out, timestamp_format(out, value)), want);
	free(out);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void check_round_trip(int64_t value)
{
	char out[TIMESTAMP_TEXT_SIZE];
	struct civil_time civil = civil_from_timestamp(value);
	struct error error;
	int64_t back = 0;

	CHECK(parse_slice(slice_of(out, timestamp_format(out, value)), &back, &error) == 0 && back == value);
	CHECK(civil_to_timestamp(&civil, &back, &error) == 0 && back == value);
}

// One change somewhere: another byte, one less or one more.
static struct slice damage(char *text, size_t length, uint64_t *state)
{
	static const char bytes[] = "0123456789:-.TZtz+ /9\0\x7f\xff\xb0\xb9;,";
	size_t at = next_random(state) % length;
	char byte = bytes[next_random(state) % (sizeof bytes - 1)];

	switch (next_random(state) % 4) {
	case 0:
		memmove(text + at, text + at + 1, --length - at);
		break;
	case 1:
		memmove(text + at + 1, text + at, length++ - at);
		text[at] = byte;
		break;
	default:
		text[at] = byte;
	}
	return slice_of(text, length);
}

static void test_reading(void)
{
	TEST("the normal form is read, with and without a fraction")
	{
		CHECK(parsed("1970-01-01T00:00:00Z") == 0);
		CHECK(parsed("2026-03-01T12:00:00Z") == INT64_C(1772366400000000000));
		CHECK(parsed("2026-03-01T12:00:00.1Z") == INT64_C(1772366400100000000));
		CHECK(parsed("2026-03-01T12:00:00.123Z") == INT64_C(1772366400123000000));
		CHECK(parsed("2026-03-01T12:00:00.12345678Z") == INT64_C(1772366400123456780));
		CHECK(parsed("2026-03-01T12:00:00.987654321Z") == INT64_C(1772366400987654321));
		CHECK(parsed("2026-03-01T12:00:00.000000001Z") == INT64_C(1772366400000000001));
		CHECK(parsed("1969-12-31T23:59:59.999999999Z") == -1);
	}
	TEST("a small t and z, a blank and any offset are read")
	{
		CHECK(parsed("2026-03-01t12:00:00z") == INT64_C(1772366400000000000));
		CHECK(parsed("2026-03-01 12:00:00Z") == INT64_C(1772366400000000000));
		CHECK(parsed("2026-03-01T13:30:00+01:30") == INT64_C(1772366400000000000));
		CHECK(parsed("2026-03-01T12:00:00-00:00") == INT64_C(1772366400000000000));
		CHECK(parsed("2026-03-02T11:59:00.5+23:59") == INT64_C(1772366400500000000));
		CHECK(parsed("2026-02-28T12:01:00-23:59") == INT64_C(1772366400000000000));
	}
	TEST("both ends of the range are read and one nanosecond beyond is not")
	{
		CHECK(parsed("2262-04-11T23:47:16.854775807Z") == INT64_MAX);
		CHECK(parsed("1677-09-21T00:12:43.145224192Z") == INT64_MIN);
		CHECK(parsed("2262-04-12T23:46:16.854775807+23:59") == INT64_MAX);
		CHECK(parsed("1677-09-20T00:13:43.145224192-23:59") == INT64_MIN);
		CHECK(strstr(refusal("2262-04-11T23:47:16.854775808Z"), "2262-04-11 is outside 1677-09-21"));
		CHECK(strstr(refusal("1677-09-21T00:12:43.145224191Z"), "1677-09-21 is outside 1677-09-21"));
		CHECK(strstr(refusal("0000-01-01T00:00:00Z"), "0000-01-01 is outside"));
		CHECK(strstr(refusal("9999-12-31T23:59:59Z"), "9999-12-31 is outside"));
		CHECK(strstr(refusal("2262-04-11T23:47:16.854775807-00:01"), "is outside"));
	}
	TEST("a leap second is the last nanosecond before the next minute, at 23:59:60 UTC only")
	{
		int64_t end = parsed("2017-01-01T00:00:00Z");

		CHECK(parsed("2016-12-31T23:59:60Z") == end - 1);
		CHECK(parsed("2016-12-31T23:59:60.5Z") == end - 1);
		CHECK(parsed("2016-12-31T15:59:60-08:00") == end - 1);
		CHECK(parsed("2017-01-01T05:29:60.25+05:30") == end - 1);
		CHECK(parsed("1969-12-31T23:59:60Z") == -1);
		CHECK_REFUSED("2016-12-31T23:58:60Z", "second 60 (a leap second) can only be at 23:59:60 UTC");
		CHECK_REFUSED("2016-12-31T23:59:60+01:00", "second 60 (a leap second) can only be at 23:59:60 UTC");
		CHECK_REFUSED("2016-12-31T23:59:61Z", "second 61 is not 00 to 60");
	}
}

static void test_refusing(void)
{
	TEST("a refusal names the part that is wrong")
	{
		CHECK_REFUSED("2023-02-30T00:00:00Z", "day 30 does not exist in 2023-02");
		CHECK_REFUSED("2023-02-29T00:00:00Z", "day 29 does not exist in 2023-02");
		CHECK_REFUSED("1900-02-29T00:00:00Z", "day 29 does not exist in 1900-02");
		CHECK_REFUSED("2023-04-31T00:00:00Z", "day 31 does not exist in 2023-04");
		CHECK_REFUSED("2023-00-01T00:00:00Z", "month 00 is not 01 to 12");
		CHECK_REFUSED("2023-13-01T00:00:00Z", "month 13 is not 01 to 12");
		CHECK_REFUSED("2023-01-00T00:00:00Z", "day 00 is not 01 to 31");
		CHECK_REFUSED("2023-01-01T24:00:00Z", "hour 24 is not 00 to 23");
		CHECK_REFUSED("2023-01-01T00:60:00Z", "minute 60 is not 00 to 59");
		CHECK_REFUSED("2023-01-01T00:00:00+24:00", "hour of the offset 24 is not 00 to 23");
		CHECK_REFUSED("2023-01-01T00:00:00+01:60", "minute of the offset 60 is not 00 to 59");
		CHECK_REFUSED("2023-01-01T00:00:00", "the offset from UTC (Z, +hh:mm or -hh:mm) is missing");
		CHECK_REFUSED("2023-01-01T00:00:00,5Z", "the offset from UTC (Z, +hh:mm or -hh:mm) is missing");
		CHECK_REFUSED("2023-01-01T00:00:00.Z", "there is no digit behind the point");
		CHECK_REFUSED("2023-01-01T00:00:00.1234567890Z", "the second has more than nine decimals");
		CHECK_REFUSED("2023-01-01T00:00:00Z ", "something follows the offset");
		CHECK_REFUSED("2023-01-01T00:00:00+0100", "there is no ':' in the offset");
		CHECK_REFUSED("2023-01-01T00:00:00+1", "the hour of the offset is not 2 digits");
		CHECK_REFUSED("2023-01-01", "the time of day is missing");
		CHECK_REFUSED("2023-01-01_00:00:00Z", "there is no 'T' behind the date");
		CHECK_REFUSED("2023-01-01  00:00:00Z", "the hour is not 2 digits");
		CHECK_REFUSED("2023-01-01T00:00Z", "there is no ':' behind the minute");
		CHECK_REFUSED("2023/01/01T00:00:00Z", "there is no '-' behind the year");
		CHECK_REFUSED("202-01-01T00:00:00Z", "the year is not 4 digits");
		CHECK_REFUSED(" 2023-01-01T00:00:00Z", "the year is not 4 digits");
		CHECK_REFUSED("+2023-01-01T00:00:00Z", "the year is not 4 digits");
		CHECK_REFUSED("", "the year is not 4 digits");
	}
	TEST("a refusal without a place for words, and of a text of any length, is harmless")
	{
		int64_t value = 7;
		char *large = malloc(100000);
		struct error error;

		memset(large, '7', 100000);
		CHECK(timestamp_parse(SLICE_LITERAL("2023-02-30T00:00:00Z"), &value, NULL) == -1);
		CHECK(timestamp_parse(slice_of(large, 100000), &value, &error) == -1);
		CHECK(strlen(error.message) < 200 && strstr(error.message, "777...': there is no '-' behind the year"));
		CHECK(timestamp_parse(SLICE_LITERAL("2023-01-01T00:00:00\0Z"), &value, &error) == -1);
		CHECK(value == 7);
		free(large);
	}
	TEST("every beginning of a time is refused")
	{
		struct slice whole = SLICE_LITERAL("2026-03-01T12:00:00.123456789+01:00");
		struct error error;
		int64_t value;

		for (size_t length = 0; length < whole.length; length++)
			CHECK(parse_slice(slice_of(whole.data, length), &value, &error) == -1);
		CHECK(parse_slice(whole, &value, &error) == 0);
	}
}

static void test_random(void)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

	TEST("what is formatted reads back as the same instant")
	{
		for (int i = 0; i < 100000; i++) {
			int64_t value = (int64_t)next_random(&state);
			static const int64_t units[] = {
			    1, 1000, 1000000, 100000000, 1000000000, 60000000000, 86400000000000};

			check_round_trip(value - value % units[i % 7]);
		}
		for (int i = 0; i < 1000; i++) {
			check_round_trip(INT64_MIN + i);
			check_round_trip(INT64_MAX - i);
			check_round_trip(i - 500);
		}
	}
	TEST("the short cut and the plain way agree on every damaged text")
	{
		int accepted = 0, refused = 0;

		for (int i = 0; i < 300000; i++) {
			char text[TIMESTAMP_TEXT_SIZE + 4];
			int64_t value = (int64_t)next_random(&state);
			size_t length = timestamp_format(text, i % 2 ? value : value - value % 1000000);
			struct slice damaged = damage(text, length, &state);
			struct error error;

			if (i % 3 == 0)
				damaged = damage(text, damaged.length, &state);
			parse_slice(damaged, &value, &error) == 0 ? accepted++ : refused++;
		}
		CHECK(accepted > 10000 && refused > 10000);
	}
	TEST("the short cut and the plain way agree on every byte at every place")
	{
		static const char *const shapes[] = {
		    "2024-02-28T23:59:59Z", "2024-12-31T19:09:59.999Z", "2000-10-30T00:00:00.000000001Z"};

		for (size_t s = 0; s < 3; s++)
			for (size_t at = 0; at < strlen(shapes[s]); at++)
				for (int byte = 0; byte < 256; byte++) {
					char text[TIMESTAMP_TEXT_SIZE];
					struct error error;
					int64_t value;

					memcpy(text, shapes[s], strlen(shapes[s]));
					text[at] = (char)byte;
					(void)!parse_slice(slice_of(text, strlen(shapes[s])), &value, &error);
				}
	}
}

static void test_calendar(void)
{
	TEST("the days of 1200 years follow each other, in groups of 146097 for 400 years")
	{
		int64_t expected = civil_days(1400, 1, 1);

		for (int64_t year = 1400; year < 2600; year++)
			for (int month = 1; month <= 12; month++)
				for (int day = 1; day <= civil_days_in_month(year, month); day++, expected++) {
					struct civil_time civil =
					    civil_from_seconds(expected * SECONDS_PER_DAY + 86399);

					CHECK(civil_days(year, month, day) == expected);
					CHECK(civil.year == year && civil.month == month && civil.day == day &&
					    civil.hour == 23 && civil.minute == 59 && civil.second == 59);
				}
		for (int64_t year = -2000; year < 4000; year += 37)
			CHECK(civil_days(year + 400, 3, 1) - civil_days(year, 3, 1) == 146097);
		CHECK(civil_days(1970, 1, 1) == 0 && civil_days(0, 3, 1) == -719468);
	}
	TEST("every day at both ends of a day reads and formats as the calendar says")
	{
		for (int64_t day = civil_days(1678, 1, 1); day < civil_days(2262, 1, 1); day++) {
			check_round_trip(day * SECONDS_PER_DAY * NANOSECONDS_PER_SECOND);
			check_round_trip((day + 1) * SECONDS_PER_DAY * NANOSECONDS_PER_SECOND - 1);
		}
	}
	TEST("leap years are every fourth but for three centuries in four")
	{
		CHECK(civil_days_in_month(2024, 2) == 29 && civil_days_in_month(2023, 2) == 28);
		CHECK(civil_days_in_month(2000, 2) == 29 && civil_days_in_month(1900, 2) == 28);
		CHECK(civil_days_in_month(-4, 2) == 29 && civil_days_in_month(-100, 2) == 28);
		CHECK(
		    parsed("2000-02-29T00:00:00Z") + 86400 * NANOSECONDS_PER_SECOND == parsed("2000-03-01T00:00:00Z"));
	}
	TEST("a civil time that does not exist is refused, whatever its numbers")
	{
		struct civil_time good = {2024, 2, 29, 23, 59, 59, 0}, bad;
		struct error error;
		int64_t value;

		CHECK(civil_to_timestamp(&good, &value, &error) == 0 && value == INT64_C(1709251199000000000));
#define CHECK_BAD(member, number)                                                                                      \
	(bad = good, bad.member = (number), CHECK(civil_to_timestamp(&bad, &value, &error) == -1))
		CHECK_BAD(year, 2023);
		CHECK_BAD(year, INT64_MAX);
		CHECK_BAD(year, INT64_MIN);
		CHECK_BAD(month, 0);
		CHECK_BAD(month, INT32_MAX);
		CHECK_BAD(day, -1);
		CHECK_BAD(day, 30);
		CHECK_BAD(hour, 24);
		CHECK_BAD(minute, -1);
		CHECK_BAD(second, 61);
		CHECK_BAD(nanosecond, 1000000000);
		CHECK_BAD(nanosecond, -1);
	}
}

int main(void)
{
	test_reading();
	test_refusing();
	test_random();
	test_calendar();
	TEST("the normal form has no needless digit")
	{
		check_format(0, "1970-01-01T00:00:00Z");
		check_format(-1, "1969-12-31T23:59:59.999999999Z");
		check_format(INT64_C(1772366400250000000), "2026-03-01T12:00:00.25Z");
		check_format(INT64_C(1772366400100000000), "2026-03-01T12:00:00.1Z");
		check_format(INT64_C(1772366400000000010), "2026-03-01T12:00:00.00000001Z");
		check_format(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
		check_format(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
	}
	TEST("a writer of many times writes each as if it were alone")
	{
		struct timestamp_writer writer = {.has_minute = false};
		struct buffer many = BUFFER_INIT, one = BUFFER_INIT;
		uint64_t state = 12;
		int64_t value = 0;

		for (int i = 0; i < 200000; i++) {
			uint64_t word = next_random(&state);

			// Steps of less than a minute to both sides, some whole seconds, some jumps to anywhere.
			if (word % 16 == 0)
				value = (int64_t)next_random(&state);
			else
				value = (int64_t)((uint64_t)value + next_random(&state) % UINT64_C(50000000000) -
				    UINT64_C(20000000000));
			if (word % 16 == 1)
				value -= value % 1000000000;
			buffer_reset(&many);
			buffer_reset(&one);
			timestamp_writer_append(&writer, &many, value);
			timestamp_append(&one, value);
			CHECK(slice_equal(buffer_slice(&many), buffer_slice(&one)));
		}
		buffer_reset(&many);
		timestamp_writer_append(&writer, &many, INT64_MAX);
		timestamp_writer_append(&writer, &many, INT64_MIN);
		CHECK_TEXT(buffer_slice(&many), "2262-04-11T23:47:16.854775807Z1677-09-21T00:12:43.145224192Z");
		buffer_release(&many);
		buffer_release(&one);
	}
	TEST("appending adds to what the buffer holds")
	{
		struct buffer out = BUFFER_INIT;

		buffer_append_string(&out, "at ");
		timestamp_append(&out, INT64_C(951782400000000000));
		CHECK_TEXT(buffer_slice(&out), "at 2000-02-29T00:00:00Z");
		buffer_release(&out);
	}
	TEST("scaling says when the product is too large")
	{
		int64_t value = 0;

		CHECK(timestamp_scale(-9223372036, NANOSECONDS_PER_SECOND, &value) == 0 &&
		    value == INT64_C(-9223372036000000000));
		CHECK(timestamp_scale(9223372037, NANOSECONDS_PER_SECOND, &value) == -1);
		CHECK(timestamp_scale(INT64_MIN, -1, &value) == -1);
	}
	return unit_end();
}
