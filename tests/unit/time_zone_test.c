#include "base/time_zone.h"

#include <ftw.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/time_zone_rule.h"
#include "unit.h"

static struct time_zone *zone_of(const char *name)
{
	struct error error;
	size_t length = strlen(name);
	char *copy = malloc(length ? length : 1);
	struct time_zone *zone;

	memcpy(copy, name, length);
	zone = time_zone_new(slice_of(copy, length), &error);
	free(copy);
	if (!zone)
		printf("# %s\n", error.message);
	CHECK(zone);
	return zone;
}

static int64_t instant(const char *text)
{
	int64_t value = 0;

	CHECK(timestamp_parse(slice_from_string(text), &value, NULL) == 0);
	return value;
}

static void check_offset(const char *name, const char *at, int32_t want)
{
	struct time_zone *zone = zone_of(name);

	if (zone && time_zone_offset(zone, instant(at)) != want) {
		printf("# %s at %s: %d, want %d\n", name, at, (int)time_zone_offset(zone, instant(at)), (int)want);
		CHECK(!"the offset");
	}
	time_zone_free(zone);
}

static struct local_time_result resolved(const char *name, const char *local)
{
	struct time_zone *zone = zone_of(name);
	struct local_time_result result = {LOCAL_TIME_UNIQUE, 0, 0, 0};
	struct civil_time civil;
	struct error error;
	struct slice text = slice_from_string(local);

	CHECK(civil_take_date(&text, &civil, &error) == 0);
	text = slice_skip(text, 1);
	CHECK(civil_take_clock(&text, CIVIL_CLOCK_SECONDS, &civil, &error) == 0);
	CHECK(zone && time_zone_resolve(zone, &civil, &result, &error) == 0);
	time_zone_free(zone);
	return result;
}

static void check_unique(const char *name, const char *local, const char *want)
{
	struct local_time_result result = resolved(name, local);

	CHECK(result.kind == LOCAL_TIME_UNIQUE && result.nanoseconds == instant(want));
	CHECK(result.later_nanoseconds == result.nanoseconds);
}

static void check_gap(const char *name, const char *local, const char *want, const char *change)
{
	struct local_time_result result = resolved(name, local);

	CHECK(result.kind == LOCAL_TIME_GAP && result.nanoseconds == instant(want));
	CHECK(result.later_nanoseconds == result.nanoseconds);
	CHECK(result.transition_nanoseconds == instant(change));
}

static void check_fold(const char *name, const char *local, const char *first, const char *second, const char *change)
{
	struct local_time_result result = resolved(name, local);

	CHECK(result.kind == LOCAL_TIME_FOLD && result.nanoseconds == instant(first));
	CHECK(result.later_nanoseconds == instant(second) && result.transition_nanoseconds == instant(change));
}

static void test_names(void)
{
	TEST("UTC and offsets need no file and keep their name")
	{
		static const char *const names[] = {"UTC", "Z", "+01:00", "-00:00", "-09:30", "+23:59", "-23:59"};
		static const int32_t offsets[] = {0, 0, 3600, 0, -34200, 86340, -86340};

		for (size_t i = 0; i < 7; i++) {
			struct time_zone *zone = zone_of(names[i]);

			CHECK_TEXT(slice_from_string(time_zone_name(zone)), names[i]);
			CHECK(time_zone_offset(zone, 0) == offsets[i] &&
			    time_zone_offset(zone, INT64_MIN) == offsets[i] &&
			    time_zone_offset(zone, INT64_MAX) == offsets[i]);
			time_zone_free(zone);
		}
		time_zone_free(NULL);
	}
	TEST("a name that is no zone is refused with what to write")
	{
		static const char *const names[] = {"", "Europe", "Europe/", "/Europe/Berlin", "europe/berlin",
		    "Europe//Berlin", "../zoneinfo/Europe/Berlin", "Europe/../Europe/Berlin", "Europe/Berlin ",
		    "Europe/Berlin/x", "localtime", "/etc/localtime", ":Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3",
		    "zone.tab", "./UTC", "Mars/Olympus", "a/-b", "Europe\\Berlin", "\xc3\xa9"};
		struct error error;

		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			CHECK(!time_zone_new(slice_from_string(names[i]), &error));
			CHECK(strstr(error.message, "is not known: write a name as in /usr/share/zoneinfo"));
			CHECK(strstr(error.message, names[i]));
		}
		CHECK(!time_zone_new(slice_of("UTC\0", 4), &error));
		CHECK(!time_zone_new(SLICE_LITERAL("+0100"), &error) && strstr(error.message, "is written +hh:mm"));
		CHECK(!time_zone_new(SLICE_LITERAL("+24:00"), &error) &&
		    !time_zone_new(SLICE_LITERAL("+01:00x"), &error));
	}
	TEST("a name of any length is refused in few words")
	{
		char *large = malloc(100000);
		struct error error;

		memset(large, 'A', 100000);
		CHECK(!time_zone_new(slice_of(large, 100000), &error) && strlen(error.message) < 300);
		memset(large, '+', 100000);
		CHECK(!time_zone_new(slice_of(large, 100000), &error) && strlen(error.message) < 300);
		free(large);
	}
	TEST("TZ and TZDIR do not matter")
	{
		setenv("TZ", "Asia/Tokyo", 1);
		setenv("TZDIR", "/nonexistent", 1);
		check_offset("Europe/Berlin", "2026-07-01T00:00:00Z", 7200);
		check_offset("UTC", "2026-07-01T00:00:00Z", 0);
		unsetenv("TZ");
		unsetenv("TZDIR");
	}
}

static void test_offsets(void)
{
	TEST("the offset changes in the very nanosecond of the transition")
	{
		check_offset("Europe/Berlin", "2026-03-29T00:59:59.999999999Z", 3600);
		check_offset("Europe/Berlin", "2026-03-29T01:00:00Z", 7200);
		check_offset("Europe/Berlin", "2026-10-25T00:59:59.999999999Z", 7200);
		check_offset("Europe/Berlin", "2026-10-25T01:00:00Z", 3600);
		check_offset("America/New_York", "2026-03-08T06:59:59.999999999Z", -18000);
		check_offset("America/New_York", "2026-03-08T07:00:00Z", -14400);
		check_offset("Europe/Berlin", "1969-12-31T23:59:59.5Z", 3600);
	}
	TEST("after the last listed change the closing rule goes on to the end of the range")
	{
		check_offset("Europe/Berlin", "2100-07-01T00:00:00Z", 7200);
		check_offset("Europe/Berlin", "2100-03-28T00:59:59Z", 3600);
		check_offset("Europe/Berlin", "2100-03-28T01:00:00Z", 7200);
		check_offset("Europe/Berlin", "2261-12-31T00:00:00Z", 3600);
		check_offset("Europe/Berlin", "2262-04-11T23:47:16.854775807Z", 7200);
		check_offset("America/New_York", "2150-11-01T05:59:59Z", -14400);
		check_offset("America/New_York", "2150-11-01T06:00:00Z", -18000);
		check_offset("Australia/Sydney", "2200-01-01T00:00:00Z", 39600);
		check_offset("Australia/Sydney", "2200-07-01T00:00:00Z", 36000);
		check_offset("Europe/Dublin", "2100-07-01T00:00:00Z", 3600);
		check_offset("Europe/Dublin", "2100-01-01T00:00:00Z", 0);
		check_offset("Asia/Kolkata", "2262-04-11T00:00:00Z", 19800);
	}
	TEST("the first instants have the local mean time of the place")
	{
		check_offset("Europe/Berlin", "1677-09-21T00:12:43.145224192Z", 3208);
		check_offset("America/New_York", "1800-01-01T00:00:00Z", -17762);
	}
}

static void test_resolving(void)
{
	TEST("a local time that happens once is that instant")
	{
		check_unique("Europe/Berlin", "2026-03-29T01:59:59.999999999", "2026-03-29T00:59:59.999999999Z");
		check_unique("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z");
		check_unique("Europe/Berlin", "2026-10-25T01:59:59.999999999", "2026-10-24T23:59:59.999999999Z");
		check_unique("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z");
		check_unique("UTC", "2026-03-29T02:30:00", "2026-03-29T02:30:00Z");
		check_unique("+05:45", "2026-03-29T02:30:00", "2026-03-28T20:45:00Z");
		check_unique("Europe/Berlin", "2017-01-01T00:59:60", "2016-12-31T23:59:59.999999999Z");
	}
	TEST("a local time in a gap is read with the offset before it")
	{
		check_gap("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z");
		check_gap("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z");
		check_gap("Europe/Berlin", "2026-03-29T02:59:59.999999999", "2026-03-29T01:59:59.999999999Z",
		    "2026-03-29T01:00:00Z");
		check_gap("America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:30:00Z", "2026-03-08T07:00:00Z");
		check_gap("America/New_York", "2101-03-13T02:30:00", "2101-03-13T07:30:00Z", "2101-03-13T07:00:00Z");
		check_gap("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z");
		check_gap("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", "2011-12-30T10:00:00Z");
	}
	TEST("a local time in a fold has both instants")
	{
		check_fold("Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z",
		    "2026-10-25T01:00:00Z");
		check_fold("Europe/Berlin", "2026-10-25T02:30:00.5", "2026-10-25T00:30:00.5Z", "2026-10-25T01:30:00.5Z",
		    "2026-10-25T01:00:00Z");
		check_fold("America/New_York", "2026-11-01T01:59:59", "2026-11-01T05:59:59Z", "2026-11-01T06:59:59Z",
		    "2026-11-01T06:00:00Z");
		check_fold("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z",
		    "2026-04-04T15:00:00Z");
		check_fold("Europe/Berlin", "2200-10-26T02:30:00", "2200-10-26T00:30:00Z", "2200-10-26T01:30:00Z",
		    "2200-10-26T01:00:00Z");
	}
	TEST("what is not in the calendar or out of range is refused")
	{
		struct time_zone *zone = zone_of("Europe/Berlin");
		struct civil_time none = {2026, 2, 29, 0, 0, 0, 0}, late = {2262, 4, 12, 2, 0, 0, 0},
				  far = {INT64_MAX, 1, 1, 0, 0, 0, 0};
		struct civil_time last = {2262, 4, 12, 1, 47, 16, 854775807}, leap = {2016, 12, 31, 23, 59, 60, 0};
		struct local_time_result result;
		struct error error;

		CHECK(time_zone_resolve(zone, &none, &result, &error) == -1 &&
		    strstr(error.message, "day 29 does not exist in 2026-02"));
		CHECK(time_zone_resolve(zone, &late, &result, &error) == -1 && strstr(error.message, "is outside"));
		CHECK(time_zone_resolve(zone, &far, &result, &error) == -1 && strstr(error.message, "is outside"));
		CHECK(time_zone_resolve(zone, &leap, &result, &error) == -1 && strstr(error.message, "second 60"));
		CHECK(time_zone_resolve(zone, &last, &result, &error) == 0 && result.nanoseconds == INT64_MAX);
		time_zone_free(zone);
	}
}

// Compares with the C library over the years 1970 to 2200, and every instant with what its own local time resolves to.
static int compare_zone(const char *name)
{
	struct time_zone *zone = zone_of(name);
	uint64_t state = UINT64_C(0x2545f4914f6cdd1d);
	int wrong = !zone;

	setenv("TZ", name, 1);
	tzset();
	for (int i = 0; zone && i < 1500; i++) {
		struct local_time_result result = {LOCAL_TIME_UNIQUE, 0, 0, 0};
		struct civil_time civil;
		struct error error;
		struct tm tm;
		time_t seconds;
		int32_t offset;

		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		seconds = (time_t)((state >> 11) % UINT64_C(7258118400));
		localtime_r(&seconds, &tm);
		offset = time_zone_offset(zone, seconds * NANOSECONDS_PER_SECOND);
		civil = civil_from_seconds(seconds + offset);
		wrong += offset != tm.tm_gmtoff || time_zone_resolve(zone, &civil, &result, &error) != 0 ||
		    result.kind == LOCAL_TIME_GAP ||
		    (result.nanoseconds != seconds * NANOSECONDS_PER_SECOND &&
			result.later_nanoseconds != seconds * NANOSECONDS_PER_SECOND);
	}
	unsetenv("TZ");
	time_zone_free(zone);
	if (wrong)
		printf("# %s: %d differences\n", name, wrong);
	return wrong;
}

static int zones_compared, zones_different;

static int visit_file(const char *path, const struct stat *status, int kind)
{
	const char *name = path + strlen(TIME_ZONE_DIRECTORY) + 1;

	(void)status;
	// The names of zones begin with a capital; right/ counts leap seconds, and tables have a point in the name.
	if (kind != FTW_F || *name < 'A' || *name > 'Z' || strchr(name, '.'))
		return 0;
	zones_compared++;
	zones_different += compare_zone(name) != 0;
	return 0;
}

struct image {
	char bytes[512];
	size_t length;
};

static void put(struct image *image, const void *bytes, size_t length)
{
	memcpy(image->bytes + image->length, bytes, length);
	image->length += length;
}

static void put_number(struct image *image, int64_t value, int width)
{
	for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
		char byte = (char)((uint64_t)value >> shift);

		put(image, &byte, 1);
	}
}

static void put_header(struct image *image, char version, const int counts[6])
{
	char reserved[15] = {0};

	put(image, "TZif", 4);
	put(image, &version, 1);
	put(image, reserved, 15);
	for (int i = 0; i < 6; i++)
		put_number(image, counts[i], 4);
}

// Two transitions at 1000 and 2000 to +01:00 and back to +00:10, and a closing rule.
static struct image make_image(const char *rule)
{
	static const int none[6] = {0, 0, 0, 0, 1, 1}, counts[6] = {0, 0, 0, 2, 2, 4};
	struct image image = {{0}, 0};

	put_header(&image, '2', none);
	put(&image, "\0\0\0\0\0\0\0", 7);
	put_header(&image, '2', counts);
	put_number(&image, 1000, 8);
	put_number(&image, 2000, 8);
	put(&image, "\1\0", 2);
	put_number(&image, 600, 4);
	put(&image, "\0\0", 2);
	put_number(&image, 3600, 4);
	put(&image, "\1\0", 2);
	put(&image, "ABC\0", 4);
	put(&image, "\n", 1);
	put(&image, rule, strlen(rule));
	put(&image, "\n", 1);
	return image;
}

static struct time_zone *zone_from(const struct image *image, struct error *error)
{
	char *copy = malloc(image->length ? image->length : 1);
	struct time_zone *zone;

	memcpy(copy, image->bytes, image->length);
	zone = time_zone_from_tzif(SLICE_LITERAL("Test/Zone"), slice_of(copy, image->length), error);
	free(copy);
	return zone;
}

static int32_t rule_offset(const char *rule, const char *at)
{
	struct image image = make_image(rule);
	struct error error;
	struct time_zone *zone = zone_from(&image, &error);
	int32_t offset = zone ? time_zone_offset(zone, instant(at)) : -1;

	if (!zone)
		printf("# %s\n", error.message);
	CHECK(zone);
	time_zone_free(zone);
	return offset;
}

static bool refused_rule(const char *rule)
{
	struct image image = make_image(rule);
	struct error error;
	struct time_zone *zone = zone_from(&image, &error);
	bool refused = !zone && strstr(error.message, "is not a rule for daylight saving");

	time_zone_free(zone);
	return refused;
}

static void test_rules(void)
{
	TEST("all forms of the closing rule are followed")
	{
		CHECK(rule_offset("", "2026-07-01T00:00:00Z") == 600);
		CHECK(rule_offset("XXX-2", "1970-01-01T00:20:00Z") == 3600);
		CHECK(rule_offset("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-07-01T00:00:00Z") == -7200);
		CHECK(rule_offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z") == -7200);
		CHECK(rule_offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z") == -3600);
		CHECK(rule_offset("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z") == 7200);
		CHECK(rule_offset("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z") == 10800);
		CHECK(rule_offset("AAA-1BBB,J60/0,J300/0", "2024-02-29T23:30:00Z") == 7200);
		CHECK(rule_offset("AAA-1BBB,J60/0,J300/0", "2024-02-29T22:59:59Z") == 3600);
		CHECK(rule_offset("AAA-1BBB,J60/0,J300/0", "2023-02-28T23:00:00Z") == 7200);
		CHECK(rule_offset("AAA-1BBB,59/0,299/0", "2024-02-28T23:00:00Z") == 7200);
		CHECK(rule_offset("AAA-1BBB,59/0,299/0", "2024-02-28T22:59:59Z") == 3600);
		CHECK(rule_offset("AAA3:30:15BBB2:29:05,M1.1.0,M12.5.6", "2026-06-01T00:00:00Z") ==
		    -(2 * 3600 + 29 * 60 + 5));
	}
	TEST("a rule of saving all the year round has no hole at New Year")
	{
		CHECK(rule_offset("XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z") == -14400);
		CHECK(rule_offset("XXX3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z") == -14400);
		CHECK(rule_offset("XXX3EDT4,0/0,J365/23", "2029-01-01T02:59:59Z") == -14400);
		CHECK(rule_offset("XXX3EDT4,0/0,J365/23", "2029-01-01T04:00:00Z") == -14400);
	}
	TEST("what is no rule is refused")
	{
		static const char *const rules[] = {"X", "XX1", "XXX", "XXX-", "XXX25", "XXX1:60", "XXX1YYY",
		    "XXX1YYY,M3.5.0", "XXX1YYY,M0.5.0,M10.5.0", "XXX1YYY,M3.6.0,M10.5.0", "XXX1YYY,M3.0.0,M10.5.0",
		    "XXX1YYY,M3.5.7,M10.5.0", "XXX1YYY,J0,J5", "XXX1YYY,J366,J5", "XXX1YYY,366,5",
		    "XXX1YYY,M3.5.0/168,M10.5.0", "XXX1YYY,M3.5.0,M10.5.0,", "<XXX1", "XXX1 ", "XXX00001",
		    "XXX1YYY,M3.5.0/,M10.5.0"};

		for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
			if (!refused_rule(rules[i])) {
				printf("# %s\n", rules[i]);
				CHECK(!"refused");
			}
	}
}

static void test_files(void)
{
	struct image whole = make_image("XXX-1YYY,M3.5.0,M10.5.0/3"), image;
	struct time_zone *zone;
	struct error error;

	TEST("a file is read as its table says")
	{
		zone = zone_from(&whole, &error);
		CHECK(zone && time_zone_offset(zone, 999 * NANOSECONDS_PER_SECOND) == 600);
		CHECK(zone && time_zone_offset(zone, 1000 * NANOSECONDS_PER_SECOND) == 3600);
		CHECK(zone && time_zone_offset(zone, 2000 * NANOSECONDS_PER_SECOND) == 600);
		CHECK(zone && time_zone_offset(zone, instant("2026-07-01T00:00:00Z")) == 7200);
		time_zone_free(zone);
	}
	TEST("a file that is cut short anywhere is refused")
	{
		for (size_t length = 0; length < whole.length; length++) {
			image = whole;
			image.length = length;
			CHECK(!zone_from(&image, &error) &&
			    strstr(error.message, "time zone 'Test/Zone' cannot be used: "));
		}
	}
	TEST("wild numbers in a file are refused")
	{
		size_t header = 51, table = header + 44;

		for (size_t at = 20; at < 44; at += 4) {
			image = whole;
			memset(image.bytes + header + at, 0xff, 4);
			CHECK(!zone_from(&image, &error));
		}
		image = whole;
		image.bytes[table + 16] = 2;
		CHECK(!zone_from(&image, &error) && strstr(error.message, "names a type that it does not hold"));
		image = whole;
		image.bytes[table + 18] = 0x7f;
		CHECK(!zone_from(&image, &error) && strstr(error.message, "more than 26 hours"));
		image = whole;
		memcpy(image.bytes + table + 8, image.bytes + table, 8);
		CHECK(!zone_from(&image, &error) && strstr(error.message, "do not ascend"));
	}
	TEST("a damaged file is refused or answers, and never more")
	{
		uint64_t state = 42;

		for (int i = 0; i < 3000; i++) {
			image = whole;
			for (int k = 0; k < 1 + i % 3; k++) {
				state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
				image.bytes[(state >> 33) % image.length] = (char)(state >> 25);
			}
			zone = zone_from(&image, &error);
			for (int day = -200; zone && day < 400; day += 7) {
				struct civil_time civil = civil_from_seconds(day * SECONDS_PER_DAY * 180 + day);
				struct local_time_result result;

				if (time_zone_resolve(zone, &civil, &result, &error) == 0)
					CHECK(abs(time_zone_offset(zone, result.nanoseconds)) <= 26 * 3600);
			}
			time_zone_free(zone);
		}
	}
	TEST("a file whose times count leap seconds is refused")
	{
		static const int counts[6] = {0, 0, 1, 0, 1, 1};

		image = (struct image){{0}, 0};
		put_header(&image, '\0', counts);
		put(&image, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
		CHECK(!zone_from(&image, &error) && strstr(error.message, "count leap seconds"));
	}
	TEST("a file of version 1 is read from its 32-bit table")
	{
		static const int counts[6] = {0, 0, 0, 1, 2, 1};

		image = (struct image){{0}, 0};
		put_header(&image, '\0', counts);
		put_number(&image, -1000, 4);
		put(&image, "\1\0\0\0\0\0\0\0\0\16\20\1\0\0", 14);
		zone = zone_from(&image, &error);
		CHECK(zone && time_zone_offset(zone, -1001 * NANOSECONDS_PER_SECOND) == 0);
		CHECK(zone && time_zone_offset(zone, -1000 * NANOSECONDS_PER_SECOND) == 3600);
		time_zone_free(zone);
	}
}

int main(void)
{
	test_names();
	test_offsets();
	test_resolving();
	TEST("every zone of the database agrees with the C library")
	{
		CHECK(ftw(TIME_ZONE_DIRECTORY, visit_file, 16) == 0);
		CHECK(zones_compared > 300 && zones_different == 0);
	}
	test_rules();
	test_files();
	return unit_end();
}
