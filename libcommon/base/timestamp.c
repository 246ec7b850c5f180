#include "base/timestamp.h"

#include <endian.h>
#include <stdbool.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

// Days from 0000-03-01, where the years of the algorithms below begin so that a leap day comes last, to 1970-01-01.
#define EPOCH_DAYS 719468

static bool is_leap_year(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_days_in_month(int64_t year, int month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

int64_t civil_days(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_DAYS;
}

static int64_t floor_divide(int64_t value, int64_t divisor)
{
	return value / divisor - (value % divisor < 0);
}

// civil_from_days of the same source.
static void set_date(struct civil_time *civil, int64_t days)
{
	int64_t era = floor_divide(days + EPOCH_DAYS, 146097);
	unsigned day_of_era = (unsigned)(days + EPOCH_DAYS - era * 146097);
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned march_month = (5 * day_of_year + 2) / 153;

	civil->day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	civil->month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	civil->year = era * 400 + year_of_era + (civil->month <= 2);
}

struct civil_time civil_from_seconds(int64_t seconds)
{
	int64_t days = floor_divide(seconds, SECONDS_PER_DAY);
	unsigned second_of_day = (unsigned)(seconds - days * SECONDS_PER_DAY);
	struct civil_time civil = {.nanosecond = 0};

	set_date(&civil, days);
	civil.hour = (int)(second_of_day / 3600);
	civil.minute = (int)(second_of_day / 60 % 60);
	civil.second = (int)(second_of_day % 60);
	return civil;
}

struct civil_time civil_from_timestamp(int64_t nanoseconds)
{
	int64_t seconds = floor_divide(nanoseconds, NANOSECONDS_PER_SECOND);
	struct civil_time civil = civil_from_seconds(seconds);

	// The product may lie below INT64_MIN although the difference is small.
	civil.nanosecond = (int32_t)((uint64_t)nanoseconds - (uint64_t)seconds * NANOSECONDS_PER_SECOND);
	return civil;
}

static int check_range(struct error *error, const char *what, int value, int low, int high)
{
	if (value >= low && value <= high)
		return 0;
	return error_set(error, "%s %02d is not %02d to %02d", what, value, low, high);
}

static int check_civil(const struct civil_time *c, struct error *error)
{
	if (check_range(error, "month", c->month, 1, 12) != 0 || check_range(error, "day", c->day, 1, 31) != 0)
		return -1;
	if (c->day > civil_days_in_month(c->year, c->month))
		return error_set(error, "day %d does not exist in %04lld-%02d", c->day, (long long)c->year, c->month);
	if (check_range(error, "hour", c->hour, 0, 23) != 0 || check_range(error, "minute", c->minute, 0, 59) != 0 ||
	    check_range(error, "second", c->second, 0, 60) != 0)
		return -1;
	if (c->nanosecond < 0 || c->nanosecond >= NANOSECONDS_PER_SECOND)
		return error_set(error, "nanosecond %ld is not 0 to 999999999", (long)c->nanosecond);
	return 0;
}

static int set_out_of_reach(struct error *error, const struct civil_time *c)
{
	return error_set(error,
	    "%04lld-%02d-%02d is outside 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z",
	    (long long)c->year, c->month, c->day);
}

int civil_to_seconds(const struct civil_time *civil, int64_t *seconds, struct error *error)
{
	int second = civil->second == 60 ? 59 : civil->second;

	if (check_civil(civil, error) != 0)
		return -1;
	if (civil->year < 1600 || civil->year > 2300)
		return set_out_of_reach(error, civil);
	*seconds = civil_days(civil->year, civil->month, civil->day) * SECONDS_PER_DAY + civil->hour * 3600 +
	    civil->minute * 60 + second;
	return 0;
}

int civil_at_offset(const struct civil_time *civil, int64_t offset, int64_t *nanoseconds, struct error *error)
{
	int64_t nanosecond = civil->second == 60 ? NANOSECONDS_PER_SECOND - 1 : civil->nanosecond;
	int64_t seconds;
	__int128 total;

	if (civil_to_seconds(civil, &seconds, error) != 0)
		return -1;
	seconds -= offset;
	if (civil->second == 60 &&
	    seconds - floor_divide(seconds, SECONDS_PER_DAY) * SECONDS_PER_DAY != SECONDS_PER_DAY - 1)
		return error_set(error, "second 60 (a leap second) can only be at 23:59:60 UTC");
	total = (__int128)seconds * NANOSECONDS_PER_SECOND + nanosecond;
	if (total < TIMESTAMP_MIN || total > TIMESTAMP_MAX)
		return set_out_of_reach(error, civil);
	*nanoseconds = (int64_t)total;
	return 0;
}

int civil_to_timestamp(const struct civil_time *civil, int64_t *nanoseconds, struct error *error)
{
	return civil_at_offset(civil, 0, nanoseconds, error);
}

int timestamp_scale(int64_t count, int64_t nanoseconds_each, int64_t *result)
{
	return __builtin_mul_overflow(count, nanoseconds_each, result) ? -1 : 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// Exactly `digits` digits from the front.
static int take_number(struct slice *text, size_t digits, const char *name, int *value, struct error *error)
{
	int number = 0;

	*value = 0;
	for (size_t i = 0; i < digits; i++) {
		if (i >= text->length || !is_digit(text->data[i]))
			return error_set(error, "the %s is not %zu digits", name, digits);
		number = number * 10 + (text->data[i] - '0');
	}
	*text = slice_skip(*text, digits);
	*value = number;
	return 0;
}

static bool take_char(struct slice *text, char c)
{
	if (!text->length || text->data[0] != c)
		return false;
	*text = slice_skip(*text, 1);
	return true;
}

int civil_take_date(struct slice *text, struct civil_time *civil, struct error *error)
{
	int year;

	if (take_number(text, 4, "year", &year, error) != 0)
		return -1;
	civil->year = year;
	if (!take_char(text, '-'))
		return error_set(error, "there is no '-' behind the year");
	if (take_number(text, 2, "month", &civil->month, error) != 0)
		return -1;
	if (!take_char(text, '-'))
		return error_set(error, "there is no '-' behind the month");
	return take_number(text, 2, "day", &civil->day, error);
}

static int take_fraction(struct slice *text, int32_t *nanosecond, struct error *error)
{
	int32_t value = 0;
	size_t digits = 0;

	for (; digits < text->length && is_digit(text->data[digits]); digits++) {
		if (digits == 9)
			return error_set(error, "the second has more than nine decimals");
		value = value * 10 + (text->data[digits] - '0');
	}
	if (!digits)
		return error_set(error, "there is no digit behind the point");
	*text = slice_skip(*text, digits);
	for (; digits < 9; digits++)
		value *= 10;
	*nanosecond = value;
	return 0;
}

int civil_take_clock(struct slice *text, enum civil_clock_shape shape, struct civil_time *civil, struct error *error)
{
	civil->second = 0;
	civil->nanosecond = 0;
	if (take_number(text, 2, "hour", &civil->hour, error) != 0)
		return -1;
	if (!take_char(text, ':'))
		return error_set(error, "there is no ':' behind the hour");
	if (take_number(text, 2, "minute", &civil->minute, error) != 0)
		return -1;
	if (!take_char(text, ':'))
		return shape == CIVIL_CLOCK_MINUTES ? 0 : error_set(error, "there is no ':' behind the minute");
	if (take_number(text, 2, "second", &civil->second, error) != 0)
		return -1;
	return take_char(text, '.') ? take_fraction(text, &civil->nanosecond, error) : 0;
}

int civil_take_offset(struct slice *text, int32_t *offset, struct error *error)
{
	bool west;
	int hours, minutes;

	*offset = 0;
	if (take_char(text, 'Z') || take_char(text, 'z'))
		return 0;
	west = take_char(text, '-');
	if (!west && !take_char(text, '+'))
		return error_set(error, "the offset from UTC (Z, +hh:mm or -hh:mm) is missing");
	if (take_number(text, 2, "hour of the offset", &hours, error) != 0)
		return -1;
	if (!take_char(text, ':'))
		return error_set(error, "there is no ':' in the offset");
	if (take_number(text, 2, "minute of the offset", &minutes, error) != 0)
		return -1;
	if (check_range(error, "hour of the offset", hours, 0, 23) != 0 ||
	    check_range(error, "minute of the offset", minutes, 0, 59) != 0)
		return -1;
	*offset = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
	return 0;
}

static int parse_parts(struct slice text, int64_t *nanoseconds, struct error *error)
{
	struct civil_time civil;
	int32_t offset;

	if (civil_take_date(&text, &civil, error) != 0)
		return -1;
	if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
		return error_set(error, text.length ? "there is no 'T' behind the date" : "the time of day is missing");
	if (civil_take_clock(&text, CIVIL_CLOCK_SECONDS, &civil, error) != 0 ||
	    civil_take_offset(&text, &offset, error) != 0)
		return -1;
	if (text.length)
		return error_set(error, "something follows the offset");
	return civil_at_offset(&civil, offset, nanoseconds, error);
}

int timestamp_parse_plain(struct slice text, int64_t *nanoseconds, struct error *error)
{
	const int shown = 60;
	struct error why;

	if (parse_parts(text, nanoseconds, &why) == 0)
		return 0;
	if (!error)
		return -1;
	if (text.length > (size_t)shown)
		return error_set(error, "time '%.*s...': %s", shown, text.data, why.message);
	return error_set(error, "time '%.*s': %s", (int)text.length, text.data, why.message);
}

// Eight bytes, the first in the lowest place.
static inline uint64_t load_bytes(const char *data)
{
	uint64_t word;

	memcpy(&word, data, sizeof word);
	return le64toh(word);
}

// What two digits that stand side by side are worth, given the values of the single digits, at the place of the first.
static inline unsigned pair_at(uint64_t digits, int place)
{
	return (unsigned)((digits * 10 + (digits >> 8)) >> (8 * place)) & 0xff;
}

// The value of eight digits, given as the values of the single ones, the first in the lowest place.
static inline uint32_t number_of_eight(uint64_t digits)
{
	digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000ffff0000ffff);
	return (uint32_t)(digits * 10000 + (digits >> 32));
}

// The `count` digits (up to 9; none is wrong) before `end`, as nanoseconds; eight bytes before `end` may be read
// always.
static inline bool read_fraction(const char *end, size_t count, int64_t *nanoseconds)
{
	static const uint32_t scale[] = {0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	unsigned unused = count < 8 ? 8 * (unsigned)(8 - count) : 0;
	uint64_t first = count == 9 ? (unsigned char)(end[-9] ^ '0') : 0;
	uint64_t digits;

	if (!count)
		return false;
	digits = (load_bytes(end - 8) ^ load_bytes("00000000")) >> unused << unused;
	if (((digits + UINT64_C(0x7676767676767676)) | digits) & HIGH_BITS || first > 9)
		return false;
	*nanoseconds = (int64_t)(first * 100000000 + number_of_eight(digits)) * scale[count];
	return true;
}

// Whether digits and separators stand where they must, in three words that were XORed with '0' for a digit or with the
// separator: then adding 0x76 (0x7f) reaches the high bit exactly for what is more than 9 (than 0).
static inline bool is_common_shape(uint64_t date, uint64_t hours, uint64_t clock)
{
	uint64_t wrong = ((date + load_bytes("\x76\x76\x76\x76\x7f\x76\x76\x7f")) | date);

	wrong |= ((hours + load_bytes("\x76\x76\x7f\x76\x76\x7f\x76\x76")) | hours);
	wrong |= ((clock + load_bytes("\x76\x76\x7f\x76\x76\x7f\x76\x76")) | clock);
	return !(wrong & HIGH_BITS);
}

// civil_days for a date that exists in the years 1678 to 2261, in small unsigned numbers.
static inline int64_t common_days(unsigned year, unsigned month, unsigned day)
{
	static const uint16_t month_start[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
	unsigned y = year - (month <= 2);

	return (int64_t)(365 * y + y / 4 - y / 100 + y / 400 + month_start[month - 1] + day - 1) - EPOCH_DAYS;
}

// The shape 2026-03-01T12:00:00[.digits]Z, with values that need no second look: a year that is wholly in reach, second
// 00 to 59. false says nothing: the plain way then decides.
static inline bool parse_common(struct slice text, int64_t *nanoseconds)
{
	size_t length = text.length;
	uint64_t date, hours, clock;
	unsigned year, month, day, second_of_day;
	int64_t fraction = 0;

	if (length < 20 || length > 30 || text.data[length - 1] != 'Z')
		return false;
	date = load_bytes(text.data) ^ load_bytes("0000-00-");
	hours = load_bytes(text.data + 8) ^ load_bytes("00T00:00");
	clock = load_bytes(text.data + 11) ^ load_bytes("00:00:00");
	if (!is_common_shape(date, hours, clock))
		return false;
	year = pair_at(date, 0) * 100 + pair_at(date, 2);
	month = pair_at(date, 5);
	day = pair_at(hours, 0);
	if (year < 1678 || year > 2261 || month - 1 > 11 || pair_at(clock, 0) > 23 || pair_at(clock, 3) > 59 ||
	    pair_at(clock, 6) > 59)
		return false;
	if (day - 1 > 27 && (!day || day > (unsigned)civil_days_in_month(year, (int)month)))
		return false;
	if (length > 20 && (text.data[19] != '.' || !read_fraction(text.data + length - 1, length - 21, &fraction)))
		return false;
	second_of_day = pair_at(clock, 0) * 3600 + pair_at(clock, 3) * 60 + pair_at(clock, 6);
	*nanoseconds =
	    (common_days(year, month, day) * SECONDS_PER_DAY + second_of_day) * NANOSECONDS_PER_SECOND + fraction;
	return true;
}

int timestamp_parse(struct slice text, int64_t *nanoseconds, struct error *error)
{
	if (parse_common(text, nanoseconds))
		return 0;
	return timestamp_parse_plain(text, nanoseconds, error);
}

static inline void put_pair(char *out, unsigned value)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
				    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";

	memcpy(out, pairs + 2 * value, 2);
}

// The point and the digits up to the last that is not 0; returns how many bytes.
static size_t put_fraction(char *out, uint32_t nanosecond)
{
	size_t length = 4;

	out[0] = '.';
	out[1] = (char)('0' + nanosecond / 100000000);
	put_pair(out + 2, nanosecond / 1000000 % 100);
	if (nanosecond % 1000000 != 0) {
		put_pair(out + 4, nanosecond / 10000 % 100);
		put_pair(out + 6, nanosecond / 100 % 100);
		put_pair(out + 8, nanosecond % 100);
		length = 10;
	}
	while (out[length - 1] == '0')
		length--;
	return length;
}

// What follows the seconds; returns the length of it all.
static size_t put_end(char *out, size_t length, uint32_t nanosecond)
{
	if (nanosecond)
		length += put_fraction(out + length, nanosecond);
	out[length++] = 'Z';
	return length;
}

size_t timestamp_format(char out[TIMESTAMP_TEXT_SIZE], int64_t nanoseconds)
{
	struct civil_time civil = civil_from_timestamp(nanoseconds);
	size_t length = 19;

	memcpy(out, "0000-00-00T00:00:00", length);
	put_pair(out, (unsigned)civil.year / 100);
	put_pair(out + 2, (unsigned)civil.year % 100);
	put_pair(out + 5, (unsigned)civil.month);
	put_pair(out + 8, (unsigned)civil.day);
	put_pair(out + 11, (unsigned)civil.hour);
	put_pair(out + 14, (unsigned)civil.minute);
	put_pair(out + 17, (unsigned)civil.second);
	return put_end(out, length, (uint32_t)civil.nanosecond);
}

void timestamp_append(struct buffer *out, int64_t nanoseconds)
{
	out->length += timestamp_format(buffer_reserve(out, TIMESTAMP_TEXT_SIZE), nanoseconds);
}

#define MINUTE_LENGTH (sizeof "2026-03-01T12:00:" - 1)
#define MINUTE        (60 * NANOSECONDS_PER_SECOND)

void timestamp_writer_append(struct timestamp_writer *writer, struct buffer *out, int64_t nanoseconds)
{
	char *text = buffer_reserve(out, TIMESTAMP_TEXT_SIZE);
	// Of times before the minute the difference may wrap around to a small one: the last minute of all is next to the first.
	uint64_t within = (uint64_t)nanoseconds - (uint64_t)writer->minute_start;

	if (writer->has_minute && nanoseconds >= writer->minute_start && within < MINUTE) {
		memcpy(text, writer->minute, MINUTE_LENGTH);
		put_pair(text + MINUTE_LENGTH, (unsigned)(within / NANOSECONDS_PER_SECOND));
		out->length += put_end(text, MINUTE_LENGTH + 2, (uint32_t)(within % NANOSECONDS_PER_SECOND));
		return;
	}
	out->length += timestamp_format(text, nanoseconds);
	memcpy(writer->minute, text, MINUTE_LENGTH);
	writer->has_minute = nanoseconds >= 0;
	writer->minute_start = nanoseconds - nanoseconds % MINUTE;
}
