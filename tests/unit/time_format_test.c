#include "format/time_format.h"

#include "base/timestamp.h"
#include "unit.h"
#include "unit_random.h"

static const struct time_zone *zone;

static void check_format(const char *format_text, const char *start_text, const char *cell, const char *want)
{
	struct time_format format;
	struct foreign_time time = {0};
	struct error error = {""};
	int64_t start = 0;
	struct buffer got = BUFFER_INIT;

	if (start_text)
		CHECK(timestamp_parse(slice_from_string(start_text), &start, &error) == 0);
	if (time_format_parse(slice_from_string(format_text), &format, &error) < 0 ||
	    time_format_read(&format, zone, start, slice_from_string(cell), &time, &error) < 0)
		buffer_append_string(&got, error.message);
	else
		timestamp_append(&got, time.nanoseconds);
	CHECK_TEXT(buffer_slice(&got), want);
	buffer_release(&got);
}

static void check_guess(const char *cell, const char *want)
{
	struct time_format format;
	struct error error = {""};

	if (time_format_guess(slice_from_string(cell), &format, &error) < 0)
		CHECK_TEXT(slice_from_string(error.message), want);
	else
		CHECK_TEXT(time_format_text(&format), want);
}

static void check_parse_error(const char *format_text, const char *want)
{
	struct time_format format;
	struct error error = {""};

	CHECK(time_format_parse(slice_from_string(format_text), &format, &error) < 0);
	CHECK_TEXT(slice_from_string(error.message), want);
}

int main(void)
{
	TEST("iso reads what recordings call ISO 8601")
	{
		check_format("iso", NULL, "2020-03-09 10:14:33", "2020-03-09T10:14:33Z");
		check_format("iso", NULL, "2020-03-09T10:14:33.125", "2020-03-09T10:14:33.125Z");
		check_format("iso", NULL, "2020-03-09T10:14:33,125", "2020-03-09T10:14:33.125Z");
		check_format("iso", NULL, "2020-03-09T10:14:33+01:00", "2020-03-09T09:14:33Z");
		check_format("iso", NULL, "2020-03-09 10:14:33 +0100", "2020-03-09T09:14:33Z");
		check_format("iso", NULL, "2020-03-09 10:14:33 UTC", "2020-03-09T10:14:33Z");
		check_format("iso", NULL, "2020-03-09T10:14Z", "2020-03-09T10:14:00Z");
		check_format("iso", NULL, "2020-03-09", "2020-03-09T00:00:00Z");
		check_format("iso", NULL, "20200309T101433Z", "2020-03-09T10:14:33Z");
		check_format("iso", NULL, "20200309T1014", "2020-03-09T10:14:00Z");
		check_format("iso", NULL, "2020-02-30 10:14:33", "day 30 does not exist in 2020-02");
		check_format("iso", NULL, "10:14:33", "'10:14:33' is no time by iso (2020-03-09 10:14:33)");
	}
	TEST("counts since 1970 are exact, fractions too")
	{
		check_format("s", NULL, "1583748873", "2020-03-09T10:14:33Z");
		check_format("s", NULL, "1583748873.000000001", "2020-03-09T10:14:33.000000001Z");
		check_format("ms", NULL, "1583748873125", "2020-03-09T10:14:33.125Z");
		check_format("us", NULL, "1583748873125001", "2020-03-09T10:14:33.125001Z");
		check_format("ns", NULL, "1583748873125000001", "2020-03-09T10:14:33.125000001Z");
		check_format("s", NULL, "1.583748873e9", "2020-03-09T10:14:33Z");
		check_format("s", NULL, "-1.5", "1969-12-31T23:59:58.5Z");
		check_format("s", NULL, "0.30000000000000004", "1970-01-01T00:00:00.3Z");
		check_format("s", NULL, "0.1234567895", "1970-01-01T00:00:00.12345679Z");
		check_format("ns", NULL, "1e-400", "1970-01-01T00:00:00Z");
		check_format("s", NULL, "0e999999999999", "1970-01-01T00:00:00Z");
		check_format("s", NULL, "1e400", "1e400 s reaches beyond 1677-09-21 to 2262-04-11");
		check_format("s", NULL, "9223372037", "9223372037 s reaches beyond 1677-09-21 to 2262-04-11");
		check_format(
		    "s", NULL, "0000000000000000000000000001", "'0000000000000000000000000001' is no number of s");
		check_format("s", NULL, "1.00000000000000000000000000000000000000000000000001", "1970-01-01T00:00:01Z");
		check_format("s", NULL, "noon", "'noon' is no number of s");
	}
	TEST("COUNT-UNIT counts steps from the start")
	{
		check_format("1-min", "2026-01-01T00:00:00Z", "3", "2026-01-01T00:03:00Z");
		check_format("100-ms", "2026-01-01T00:00:00Z", "7", "2026-01-01T00:00:00.7Z");
		check_format("0.5-h", "2026-01-01T00:00:00Z", "1.5", "2026-01-01T00:45:00Z");
		check_format("1-d", "2026-01-01T00:00:00Z", "-1", "2025-12-31T00:00:00Z");
	}
	TEST("an axis counts whole steps of a second each")
	{
		check_format("cycle", NULL, "192", "1970-01-01T00:03:12Z");
		check_format("10-cycle", "2026-01-01T00:00:00Z", "3.0", "2026-01-01T00:00:30Z");
		check_format("cycle", NULL, "1.5", "'1.5' is no whole number of cycle");
		check_format("cycle", NULL, "9223372036854775807", "9223372036854775807 cycle is too large");
	}
	TEST("patterns read what strptime reads, in English, with fractions")
	{
		check_format("%d.%m.%Y %H:%M", NULL, "9.3.2020 7:05", "2020-03-09T07:05:00Z");
		check_format("%d/%b/%Y:%H:%M:%S %z", NULL, "09/Mar/2020:10:14:33 +0100", "2020-03-09T09:14:33Z");
		check_format("%m/%d/%y %I:%M:%S %p", NULL, "03/09/69 12:00:00 AM", "1969-03-09T00:00:00Z");
		check_format("%m/%d/%y %I:%M %p", NULL, "03/09/68 12:30 pm", "2068-03-09T12:30:00Z");
		check_format("%Y-%j %T", NULL, "2020-366 23:59:59.5", "2020-12-31T23:59:59.5Z");
		check_format("%Y-%j", NULL, "2021-366", "'2021-366' is no time by %Y-%j");
		check_format("%A, %d %B %Y", NULL, "Monday, 09 march 2020", "2020-03-09T00:00:00Z");
		check_format("%F %H.%M.%S.%f", NULL, "2020-03-09 10.14.33.25", "2020-03-09T10:14:33.25Z");
		check_format("%s", NULL, "1583748873", "2020-03-09T10:14:33Z");
		check_format("%Y%m%d", NULL, "20200309", "2020-03-09T00:00:00Z");
		check_format("%Y %m %d", NULL, "2020   3\t9", "2020-03-09T00:00:00Z");
		check_format("%F", NULL, "2020-03-09 ", "'2020-03-09 ' is no time by %F");
		check_format("100%% %F", NULL, "100% 2020-03-09", "2020-03-09T00:00:00Z");
		check_format("%d.%m.%Y", NULL, "31.02.2020", "day 31 does not exist in 2020-02");
	}
	TEST("a format that cannot give a time is refused at once")
	{
		check_parse_error("%H:%M", "pattern '%H:%M' gives no date: year, month and day");
		check_parse_error("%Y-%m", "pattern '%Y-%m' gives no date: year, month and day");
		check_parse_error("%F %I:%M", "pattern '%F %I:%M' has one of %I and %p without the other");
		check_parse_error("%Q", "'%Q' in a time pattern is not known");
		check_parse_error("%F %", "the pattern ends in '%'");
		check_parse_error("0-min", "a step of 0 in '0-min'");
		check_parse_error("1.5-cycle", "'1.5-cycle': a unit that is counted takes whole steps");
		check_parse_error("seconds", "'seconds' is no time format: did you mean s?");
		check_parse_error("", "'' is no time format: COUNT-UNIT is a number, '-' and a unit");
	}
	TEST("guesses name the format, and both where there are two")
	{
		check_guess("2020-03-09 10:14:33", "iso");
		check_guess("2020-03-09", "iso");
		check_guess("09.03.2020 10:14", "%d.%m.%Y %H:%M");
		check_guess("25/12/2020 10:14:33", "%d/%m/%Y %H:%M:%S");
		check_guess("12/25/2020 10:14:33.5", "%m/%d/%Y %H:%M:%S");
		check_guess("12/25/20 1:05 PM", "%m/%d/%y %I:%M %p");
		check_guess("9 Mar 2020 10:14:33", "%d %b %Y %H:%M:%S");
		check_guess("Mon Mar  9 10:14:33 2020", "%a %b %e %H:%M:%S %Y");
		check_guess("2020/03/09", "%Y/%m/%d");
		check_guess("20200309", "%Y%m%d");
		check_guess("1583748873", "s");
		check_guess("1583748873.25", "s");
		check_guess("1583748873125", "ms");
		check_guess("1583748873125000", "us");
		check_guess("1583748873125000000", "ns");
		check_guess("03/04/2020",
		    "'03/04/2020' is a time by two formats, day first (%d/%m/%Y) and month first (%m/%d/%Y): say which "
		    "with "
		    "--time-format");
		check_guess(
		    "3690.234", "'3690.234' is no time in a format that can be guessed: say it with --time-format");
		check_guess("", "'' is no time in a format that can be guessed: say it with --time-format");
	}
	TEST("numbers, words and times of day are no dates")
	{
		static const char *const no[] = {
		    "", "1583748873", "20200309", "12:30:05", "M14860", "1.5.2", "hello world", "May"};

		for (size_t i = 0; i < sizeof no / sizeof *no; i++)
			CHECK(!time_format_is_date(slice_from_string(no[i])));
		CHECK(time_format_is_date(SLICE_LITERAL("03/04/2020")));
		CHECK(time_format_is_date(SLICE_LITERAL("2020-03-09")));
	}
	TEST("local times where clocks change are read, and told")
	{
		struct error error;
		struct time_zone *berlin = time_zone_new(SLICE_LITERAL("Europe/Berlin"), &error);
		struct time_format format;
		struct foreign_time time;

		CHECK(berlin && time_format_parse(SLICE_LITERAL("iso"), &format, &error) == 0);
		zone = berlin;
		check_format("iso", NULL, "2020-07-01 12:00:00", "2020-07-01T10:00:00Z");
		check_format("iso", NULL, "2020-03-29 02:30:00", "2020-03-29T01:30:00Z");
		check_format("iso", NULL, "2020-10-25 02:30:00", "2020-10-25T00:30:00Z");
		check_format("iso", NULL, "2020-10-25T02:30:00+01:00", "2020-10-25T01:30:00Z");
		CHECK(time_format_read(&format, zone, 0, SLICE_LITERAL("2020-03-29 02:30:00"), &time, &error) == 0);
		CHECK(time.kind == LOCAL_TIME_GAP);
		CHECK(time_format_read(&format, zone, 0, SLICE_LITERAL("2020-10-25 02:30:00"), &time, &error) == 0);
		CHECK(time.kind == LOCAL_TIME_FOLD);
		CHECK(time_format_read(&format, zone, 0, SLICE_LITERAL("2020-10-25T02:30:00Z"), &time, &error) == 0);
		CHECK(time.kind == LOCAL_TIME_UNIQUE);
		zone = NULL;
		time_zone_free(berlin);
	}
	TEST("what a pattern wrote it reads back")
	{
		uint64_t random = 11;

		for (int i = 0; i < 20000; i++) {
			int64_t seconds = (int64_t)random_below(&random, UINT64_C(8000000000)) - INT64_C(3000000000);
			struct civil_time civil = civil_from_seconds(seconds);
			char text[80];
			struct time_format format;
			struct foreign_time time;
			struct error error;
			int length = snprintf(text, sizeof text, "%d/%d/%04d %d:%02d:%02d %s", civil.month, civil.day,
			    (int)civil.year, civil.hour % 12 ? civil.hour % 12 : 12, civil.minute, civil.second,
			    civil.hour < 12 ? "am" : "PM");

			CHECK(time_format_parse(SLICE_LITERAL("%m/%d/%Y %I:%M:%S %p"), &format, &error) == 0);
			CHECK(time_format_read(&format, NULL, 0, slice_of(text, (size_t)length), &time, &error) == 0);
			CHECK(time.nanoseconds == seconds * NANOSECONDS_PER_SECOND);
		}
	}
	return unit_end();
}
