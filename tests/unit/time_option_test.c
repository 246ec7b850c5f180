#include "base/time_option.h"

#include <stdlib.h>

#include "base/timestamp.h"
#include "unit.h"

static int parse_exact(const char *text, const struct time_context *context, int64_t *value, struct error *error)
{
	size_t length = strlen(text);
	char *copy = malloc(length ? length : 1);
	int status;

	memcpy(copy, text, length);
	status = time_option_parse(slice_of(copy, length), context, value, error);
	free(copy);
	return status;
}

static void check_reads(const char *text, const struct time_context *context, const char *want)
{
	char out[TIMESTAMP_TEXT_SIZE];
	struct error error;
	int64_t value;

	if (parse_exact(text, context, &value, &error) != 0)
		CHECK_TEXT(slice_from_string(error.message), want);
	else
		CHECK_TEXT(slice_of(out, timestamp_format(out, value)), want);
}

static void check_refuses(const char *text, const struct time_context *context, const char *words)
{
	struct error error = {"accepted"};
	int64_t value;

	(void)!parse_exact(text, context, &value, &error);
	if (!strstr(error.message, words))
		CHECK_TEXT(slice_from_string(error.message), words);
	CHECK(strstr(error.message, "time '") == error.message);
}

static int64_t instant(const char *text)
{
	int64_t value = 0;

	CHECK(timestamp_parse(slice_from_string(text), &value, NULL) == 0);
	return value;
}

static void test_absolute(const struct time_context *utc)
{
	TEST("RFC 3339 is read, with or without seconds")
	{
		check_reads("2026-03-01T12:00:00Z", utc, "2026-03-01T12:00:00Z");
		check_reads("2026-03-01 12:00:00.25+01:00", utc, "2026-03-01T11:00:00.25Z");
		check_reads("2026-03-01T12:00-02:30", utc, "2026-03-01T14:30:00Z");
		check_reads("2016-12-31T23:59:60Z", utc, "2016-12-31T23:59:59.999999999Z");
		check_reads("2262-04-11T23:47:16.854775807Z", utc, "2262-04-11T23:47:16.854775807Z");
		check_reads("1677-09-21T00:12:43.145224192Z", utc, "1677-09-21T00:12:43.145224192Z");
	}
	TEST("a date and a local time are UTC without a zone")
	{
		check_reads("2026-03-01", utc, "2026-03-01T00:00:00Z");
		check_reads("2024-02-29", utc, "2024-02-29T00:00:00Z");
		check_reads("2026-03-01T12:30", utc, "2026-03-01T12:30:00Z");
		check_reads("2026-03-01 12:30:05.5", utc, "2026-03-01T12:30:05.5Z");
	}
	TEST("@EPOCH counts seconds exactly, to both ends of the range")
	{
		check_reads("@0", utc, "1970-01-01T00:00:00Z");
		check_reads("@1772366400.123456789", utc, "2026-03-01T12:00:00.123456789Z");
		check_reads("@-1.5", utc, "1969-12-31T23:59:58.5Z");
		check_reads("@-0.000000001", utc, "1969-12-31T23:59:59.999999999Z");
		check_reads("@9223372036.854775807", utc, "2262-04-11T23:47:16.854775807Z");
		check_reads("@-9223372036.854775808", utc, "1677-09-21T00:12:43.145224192Z");
		check_refuses("@9223372036.854775808", utc, "it is outside 1677-09-21 to 2262-04-11");
		check_refuses("@-9223372036.854775809", utc, "it is outside");
		check_refuses("@1772366400123", utc, "(@EPOCH counts seconds)");
		check_refuses("@99999999999999999999999999", utc, "it is outside");
		check_refuses("@1.1234567890", utc, "more than nine decimals");
		check_refuses("@1.", utc, "no digit behind the point");
		check_refuses("@", utc, "behind '@' go seconds since 1970");
		check_refuses("@+1", utc, "behind '@' go seconds since 1970");
		check_refuses("@1e9", utc, "something follows the seconds");
		check_refuses("@1 ", utc, "something follows the seconds");
	}
}

static void test_clock(const struct time_context *utc, const struct time_context *noon)
{
	TEST("now and what is counted from it")
	{
		check_reads("now", noon, "2026-03-01T12:00:00.5Z");
		check_reads("now-2h", noon, "2026-03-01T10:00:00.5Z");
		check_reads("now+5m", noon, "2026-03-01T12:05:00.5Z");
		check_reads("now-1d12h", noon, "2026-02-28T00:00:00.5Z");
		check_reads("now-PT30M", noon, "2026-03-01T11:30:00.5Z");
		check_reads("now-1.5h", noon, "2026-03-01T10:30:00.5Z");
		check_reads("now-0", noon, "2026-03-01T12:00:00.5Z");
		check_refuses("now-5", noon, "a number needs a unit");
		check_refuses("now-", noon, "behind now goes + or - and a duration");
		check_refuses("now--5m", noon, "behind now goes + or - and a duration");
		check_refuses("now+-5m", noon, "behind now goes + or - and a duration");
		check_refuses("now -5m", noon, "behind now goes + or - and a duration");
		check_refuses("nowhere", noon, "behind now goes + or - and a duration");
		check_refuses("now+290y", noon, "unit 'y'");
		check_refuses("now+100000d", noon, "it is outside 1677-09-21 to 2262-04-11");
		check_reads("now-100000d", noon, "1752-05-16T12:00:00.5Z");
	}
	TEST("today, yesterday and tomorrow, with a time of day or without")
	{
		check_reads("today", noon, "2026-03-01T00:00:00Z");
		check_reads("yesterday", noon, "2026-02-28T00:00:00Z");
		check_reads("tomorrow", noon, "2026-03-02T00:00:00Z");
		check_reads("yesterday 03:12", noon, "2026-02-28T03:12:00Z");
		check_reads("today 14:00:05", noon, "2026-03-01T14:00:05Z");
		check_reads("tomorrow 00:00:00.000000001", noon, "2026-03-02T00:00:00.000000001Z");
		check_refuses("today 24:00", noon, "hour 24 is not 00 to 23");
		check_refuses("today ", noon, "the hour is not 2 digits");
		check_refuses("todayish", noon, "only a blank and a time of day can follow the day");
		check_refuses("today-1h", noon, "only a blank and a time of day can follow the day");
		check_refuses("today 12:00Z", noon, "something follows the time of day");
	}
	TEST("the days around a leap day and the turn of a year")
	{
		struct time_context leap = {NULL, true, instant("2024-03-01T00:00:00Z")};
		struct time_context new_year = {NULL, true, instant("2025-12-31T23:59:59.999999999Z")};

		check_reads("yesterday 23:59:59", &leap, "2024-02-29T23:59:59Z");
		check_reads("tomorrow", &new_year, "2026-01-01T00:00:00Z");
		check_reads("today", &new_year, "2025-12-31T00:00:00Z");
	}
	TEST("without a clock what needs one names --now")
	{
		check_refuses("now", utc, "it needs a clock: give --now");
		check_refuses("now-2h", utc, "it needs a clock: give --now");
		check_refuses("today", utc, "it needs a clock: give --now");
		check_refuses("yesterday 03:12", utc, "it needs a clock: give --now");
	}
	TEST("a clock at either end of the range does no harm")
	{
		struct time_context first = {NULL, true, INT64_MIN}, last = {NULL, true, INT64_MAX};

		check_refuses("yesterday", &first, "is outside");
		check_refuses("today", &first, "is outside");
		check_reads("tomorrow", &first, "1677-09-22T00:00:00Z");
		check_refuses("tomorrow", &last, "is outside");
		check_refuses("now+1ns", &last, "is outside");
		check_refuses("now-1ns", &first, "is outside");
		check_reads("now-0.1s", &last, "2262-04-11T23:47:16.754775807Z");
	}
}

static void test_zones(void)
{
	struct error error;
	struct time_zone *berlin = time_zone_new(SLICE_LITERAL("Europe/Berlin"), &error);
	struct time_zone *apia = time_zone_new(SLICE_LITERAL("Pacific/Apia"), &error);
	struct time_zone *sao_paulo = time_zone_new(SLICE_LITERAL("America/Sao_Paulo"), &error);
	struct time_zone *havana = time_zone_new(SLICE_LITERAL("America/Havana"), &error);
	struct time_context in_berlin = {berlin, true, instant("2026-03-28T23:30:00Z")};

	TEST("what has no offset is read in the zone, and what has one is not")
	{
		CHECK(berlin && apia && sao_paulo && havana);
		check_reads("2026-03-01", &in_berlin, "2026-02-28T23:00:00Z");
		check_reads("2026-07-01 12:00", &in_berlin, "2026-07-01T10:00:00Z");
		check_reads("2026-07-01 12:00Z", &in_berlin, "2026-07-01T12:00:00Z");
		check_reads("2026-03-29T02:30:00+01:00", &in_berlin, "2026-03-29T01:30:00Z");
		check_reads("today", &in_berlin, "2026-03-28T23:00:00Z");
		check_reads("yesterday 03:12", &in_berlin, "2026-03-28T02:12:00Z");
		check_reads("tomorrow", &in_berlin, "2026-03-29T22:00:00Z");
		check_reads("now-1d", &in_berlin, "2026-03-27T23:30:00Z");
	}
	TEST("a local time in a gap or a fold is an error with both instants")
	{
		check_refuses("2026-03-29 02:30", &in_berlin,
		    "time '2026-03-29 02:30': it is skipped in Europe/Berlin when the clocks change: write "
		    "2026-03-29T00:30:00Z or "
		    "2026-03-29T01:30:00Z");
		check_refuses("today 02:30", &in_berlin, "write 2026-03-29T00:30:00Z or 2026-03-29T01:30:00Z");
		check_refuses("2026-10-25T02:30:00.5", &in_berlin,
		    "it comes twice in Europe/Berlin when the clocks change: write 2026-10-25T00:30:00.5Z or "
		    "2026-10-25T01:30:00.5Z");
		check_reads("2026-03-29 03:00", &in_berlin, "2026-03-29T01:00:00Z");
	}
	TEST("a day begins with its first instant, also where clocks skip or repeat midnight")
	{
		check_reads("2018-11-04", &(struct time_context){.zone = sao_paulo}, "2018-11-04T03:00:00Z");
		check_refuses("2018-11-04 00:00", &(struct time_context){.zone = sao_paulo},
		    "it is skipped in America/Sao_Paulo");
		check_reads("2026-11-01", &(struct time_context){.zone = havana}, "2026-11-01T04:00:00Z");
		check_reads("2011-12-31", &(struct time_context){.zone = apia}, "2011-12-30T10:00:00Z");
		check_refuses("2011-12-30", &(struct time_context){.zone = apia}, "it is skipped in Pacific/Apia");
	}
	time_zone_free(berlin);
	time_zone_free(apia);
	time_zone_free(sao_paulo);
	time_zone_free(havana);
}

static void test_refusing(const struct time_context *noon)
{
	TEST("what is no time is refused with what to write")
	{
		check_refuses("", noon, "write 2026-03-01T12:00:00Z, 2026-03-01, @EPOCH, now-2h or yesterday 03:12");
		check_refuses("10:20", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("01.03.2026", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("1772366400", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("2026", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("soon", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("NOW", noon, "write 2026-03-01T12:00:00Z");
		check_refuses(" now", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("2h", noon, "write 2026-03-01T12:00:00Z");
		check_refuses("2026-3-1", noon, "the month is not 2 digits");
		check_refuses("2026-02-29", noon, "day 29 does not exist in 2026-02");
		check_refuses("2026-03-01T", noon, "the hour is not 2 digits");
		check_refuses("2026-03-01x", noon, "only 'T' or a blank and a time of day can follow the date");
		check_refuses("2026-03-01T12", noon, "there is no ':' behind the hour");
		check_refuses("2026-03-01T12:00:00 Z", noon, "the offset from UTC (Z, +hh:mm or -hh:mm) is missing");
		check_refuses("2026-03-01T12:00:00Zx", noon, "something follows the offset");
		check_refuses("2300-01-01", noon, "2300-01-01 is outside");
	}
	TEST("a text of any length and any bytes is refused in few words")
	{
		char *large = malloc(100000);
		struct error error;
		int64_t value;

		memset(large, '1', 100000);
		CHECK(time_option_parse(slice_of(large, 100000), noon, &value, &error) == -1 &&
		    strlen(error.message) < 300);
		large[0] = '@';
		CHECK(time_option_parse(slice_of(large, 100000), noon, &value, &error) == -1 &&
		    strlen(error.message) < 300);
		memcpy(large, "now+", 4);
		CHECK(time_option_parse(slice_of(large, 100000), noon, &value, &error) == -1 &&
		    strlen(error.message) < 300);
		CHECK(time_option_parse(SLICE_LITERAL("now\0"), noon, &value, &error) == -1);
		CHECK(time_option_parse(SLICE_LITERAL("2026-03-01\0"), noon, &value, &error) == -1);
		free(large);
	}
}

int main(void)
{
	struct time_context utc = {NULL, false, 0};
	struct time_context noon = {NULL, true, instant("2026-03-01T12:00:00.5Z")};

	test_absolute(&utc);
	test_clock(&utc, &noon);
	test_zones();
	test_refusing(&noon);
	TEST("the machine's clock runs after this was written")
	{
		int64_t one = time_machine_now();

		CHECK(one > instant("2024-01-01T00:00:00Z") && time_machine_now() >= one);
	}
	return unit_end();
}
