#include "format/time_format.h"

#include <string.h>

#include "base/decimal.h"
#include "base/duration.h"
#include "format/cell.h"
#include "format/time_pattern.h"

#define SHOWN(s) ((s).length < 60 ? (int)(s).length : 60), (s).data

static const struct {
	const char *name;
	int64_t step;
} epoch_units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};

static bool is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!is_letter(text.data[i]))
			return false;
	return text.length > 0;
}

// Other names of units of time. said: the format that is probably meant by the word alone.
static const struct {
	const char *word, *unit, *said;
} near_units[] = {{"unix", "s", "s"}, {"epoch", "s", "s"}, {"unixtime", "s", "s"}, {"sec", "s", "s"},
    {"secs", "s", "s"}, {"second", "s", "s"}, {"seconds", "s", "s"}, {"msec", "ms", "ms"}, {"msecs", "ms", "ms"},
    {"millis", "ms", "ms"}, {"millisecond", "ms", "ms"}, {"milliseconds", "ms", "ms"}, {"usec", "us", "us"},
    {"usecs", "us", "us"}, {"micros", "us", "us"}, {"microsecond", "us", "us"}, {"microseconds", "us", "us"},
    {"nsec", "ns", "ns"}, {"nsecs", "ns", "ns"}, {"nanos", "ns", "ns"}, {"nanosecond", "ns", "ns"},
    {"nanoseconds", "ns", "ns"}, {"min", "min", "1-min"}, {"mins", "min", "1-min"}, {"minute", "min", "1-min"},
    {"minutes", "min", "1-min"}, {"m", "min", "1-min"}, {"hour", "h", "1-h"}, {"hours", "h", "1-h"}, {"h", "h", "1-h"},
    {"day", "d", "1-d"}, {"days", "d", "1-d"}, {"d", "d", "1-d"}, {"week", "w", "1-w"}, {"weeks", "w", "1-w"},
    {"w", "w", "1-w"}};

#define NEAR_UNITS (sizeof near_units / sizeof *near_units)

static struct slice usual_unit(struct slice unit)
{
	for (size_t i = 0; i < NEAR_UNITS; i++)
		if (slice_is(unit, near_units[i].word))
			return slice_from_string(near_units[i].unit);
	return unit;
}

// Words that somebody who writes them means as something else than the name of an axis.
static int check_axis_name(struct slice name, struct error *error)
{
	static const char *const others[] = {
	    "iso8601", "ISO", "rfc3339", "RFC", "timestamp", "datetime", "date", "time"};

	for (size_t i = 0; i < NEAR_UNITS; i++)
		if (slice_is(name, near_units[i].word))
			return error_set(
			    error, "'%.*s' is no time format: did you mean %s?", SHOWN(name), near_units[i].said);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (slice_is(name, others[i]))
			return error_set(error,
			    "'%.*s' is no time format: iso, s, ms, us, ns, COUNT-UNIT such as 1-min, a unit that is "
			    "counted "
			    "such as cycle, or a pattern such as %%d.%%m.%%Y %%H:%%M",
			    SHOWN(name));
	return 0;
}

static bool is_time_unit(struct slice name)
{
	static const char *const units[] = {"ns", "us", "ms", "s", "m", "min", "h", "d", "w"};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slice_is(name, units[i]))
			return true;
	return false;
}

static int parse_count(struct slice count, struct slice unit, struct time_format *format, struct error *error)
{
	char text[64];
	int64_t multiplier;

	if (format->text.length > unit.length) // COUNT-UNIT, not the word alone
		unit = usual_unit(unit);
	if (!is_name(unit) || count.length + unit.length > sizeof text || !is_digit(count.data[0]))
		return error_set(
		    error, "'%.*s' is no time format: COUNT-UNIT is a number, '-' and a unit", SHOWN(format->text));
	if (is_time_unit(unit)) {
		memcpy(text, count.data, count.length);
		memcpy(text + count.length, unit.data, unit.length);
		format->kind = TIME_FORMAT_ELAPSED;
		if (duration_parse(slice_of(text, count.length + unit.length), &format->step, error) < 0)
			return -1;
		return format->step > 0 ? 0 : error_set(error, "a step of 0 in '%.*s'", SHOWN(format->text));
	}
	if (check_axis_name(unit, error) < 0)
		return -1;
	if (!cell_is_number(count) || decimal_to_int64(count, &multiplier) < 0 || multiplier < 1)
		return error_set(error, "'%.*s': a unit that is counted takes whole steps", SHOWN(format->text));
	format->kind = TIME_FORMAT_AXIS;
	format->axis = unit;
	format->multiplier = multiplier;
	return 0;
}

static bool parse_epoch(struct slice text, struct time_format *format)
{
	for (size_t i = 0; i < sizeof epoch_units / sizeof *epoch_units; i++)
		if (slice_is(text, epoch_units[i].name)) {
			format->kind = TIME_FORMAT_EPOCH;
			format->step = epoch_units[i].step;
			return true;
		}
	return false;
}

int time_format_parse(struct slice text, struct time_format *format, struct error *error)
{
	const char *dash = text.length ? memchr(text.data, '-', text.length) : NULL;

	*format = (struct time_format){.text = text};
	if (text.length && memchr(text.data, '%', text.length)) {
		format->kind = TIME_FORMAT_PATTERN;
		return time_pattern_check(text, error);
	}
	if (slice_is(text, "iso")) {
		format->kind = TIME_FORMAT_ISO;
		return 0;
	}
	if (parse_epoch(text, format))
		return 0;
	if (dash && dash > text.data) {
		size_t count = (size_t)(dash - text.data);

		return parse_count(slice_of(text.data, count), slice_skip(text, count + 1), format, error);
	}
	return parse_count(SLICE_LITERAL("1"), text, format, error);
}

// The instant of a clock reading in the zone.
static int resolve(
    const struct time_zone *zone, const struct civil_time *civil, struct foreign_time *time, struct error *error)
{
	struct local_time_result local;

	if (!zone)
		return civil_to_timestamp(civil, &time->nanoseconds, error);
	if (time_zone_resolve(zone, civil, &local, error) < 0)
		return -1;
	time->nanoseconds = local.nanoseconds;
	time->kind = local.kind;
	return 0;
}

static int read_pattern(const struct time_format *format, const struct time_zone *zone, struct slice cell,
    struct foreign_time *time, struct error *error)
{
	struct pattern_time parts;

	if (time_pattern_read(time_format_text(format), cell, &parts, error) < 0)
		return -1;
	if (parts.is_epoch) {
		time->nanoseconds = parts.nanoseconds;
		return 0;
	}
	if (parts.has_offset)
		return civil_at_offset(&parts.civil, parts.offset, &time->nanoseconds, error);
	return resolve(zone, &parts.civil, time, error);
}

static bool has_digits(struct slice text, size_t at, size_t count)
{
	for (size_t i = at; i < at + count; i++)
		if (i >= text.length || !is_digit(text.data[i]))
			return false;
	return true;
}

// 2020-03-09 or 20200309, then nothing or a time of day behind 'T' or blanks.
static bool looks_iso(struct slice cell)
{
	if (cell.length >= 10 && has_digits(cell, 0, 4) && cell.data[4] == '-' && has_digits(cell, 5, 2) &&
	    cell.data[7] == '-' && has_digits(cell, 8, 2))
		return cell.length == 10 || cell.data[10] == ' ' || (cell.data[10] | 0x20) == 't';
	return cell.length > 9 && has_digits(cell, 0, 8) && (cell.data[8] | 0x20) == 't' && has_digits(cell, 9, 4);
}

static bool has_offset(struct slice clock)
{
	for (size_t i = 0; i < clock.length; i++)
		if (clock.data[i] == '+' || clock.data[i] == '-' || is_letter(clock.data[i]))
			return true;
	return false;
}

// The pattern for what looks like ISO 8601; text has room for 32 bytes.
static struct slice iso_pattern(struct slice cell, char *text)
{
	bool basic = cell.data[4] != '-';
	size_t date = basic ? 8 : 10, length;
	struct slice clock = slice_skip(cell, date + 1);

	length = basic ? 6 : 8;
	memcpy(text, basic ? "%Y%m%d" : "%Y-%m-%d", length);
	if (cell.length == date)
		return slice_of(text, length);
	text[length++] = cell.data[date];
	if (basic)
		memcpy(text + length, "%H%M", 4);
	else
		memcpy(text + length, "%H:%M", 5);
	length += basic ? 4 : 5;
	if (basic ? has_digits(clock, 4, 2) : clock.length > 5 && clock.data[5] == ':') {
		memcpy(text + length, basic ? "%S" : ":%S", basic ? 2 : 3);
		length += basic ? 2 : 3;
	}
	if (has_offset(clock)) {
		// A blank before the offset is common ("2020-03-09 10:14:33 UTC" and "... +0100").
		if (memchr(clock.data, ' ', clock.length))
			text[length++] = ' ';
		memcpy(text + length, "%z", 2);
		length += 2;
	}
	return slice_of(text, length);
}

// 2020-03-09 10:14:33 with an optional fraction, in UTC: what most recordings hold goes the short way of RFC 3339.
static bool read_iso_utc(struct slice cell, int64_t *nanoseconds)
{
	char text[40];

	if (cell.length < 19 || cell.length > 29 || !(is_digit(cell.data[cell.length - 1])))
		return false;
	memcpy(text, cell.data, cell.length);
	text[cell.length] = 'Z';
	return timestamp_parse(slice_of(text, cell.length + 1), nanoseconds, NULL) == 0;
}

static int read_iso(const struct time_zone *zone, struct slice cell, struct foreign_time *time, struct error *error)
{
	char text[48];
	struct time_format format = {.kind = TIME_FORMAT_PATTERN};

	if (!zone && read_iso_utc(cell, &time->nanoseconds))
		return 0;
	if (timestamp_parse(cell, &time->nanoseconds, NULL) == 0)
		return 0;
	if (!looks_iso(cell))
		return error_set(error, "'%.*s' is no time by iso (2020-03-09 10:14:33)", SHOWN(cell));
	format.text = iso_pattern(cell, text);
	return read_pattern(&format, zone, cell, time, error);
}

// digits * 10^exponent * step, rounded to whole nanoseconds, half up. -1 when it does not fit.
static int scale_decimal(bool negative, struct slice digits, int64_t exponent, int64_t step, int64_t *result)
{
	__int128 value = 0;
	__int128 most = (__int128)1 << 100;

	for (size_t i = 0; i < digits.length; i++) {
		if (digits.data[i] == '.')
			continue;
		// Digits this far behind the point are below a nanosecond by a factor of 10^8 at least.
		if (value > most / 10) {
			int64_t left = 0;

			for (size_t k = i; k < digits.length; k++)
				left += digits.data[k] != '.';
			exponent += left;
			break;
		}
		value = value * 10 + (digits.data[i] - '0');
	}
	if (value > most / step) {
		for (; value > most / step; exponent++)
			value /= 10;
	}
	value *= step;
	for (; exponent > 0 && value; exponent--) {
		if (value > most)
			return -1;
		value *= 10;
	}
	for (; exponent < -1 && value; exponent++)
		value /= 10;
	if (exponent < 0)
		value = (value + 5) / 10;
	if (value > (__int128)INT64_MAX + negative)
		return -1;
	*result = (int64_t)(negative ? -value : value);
	return 0;
}

// The cell, a number, times step.
static int scale_cell(struct slice cell, int64_t step, int64_t *result)
{
	const char *mark = memchr(cell.data, 'e', cell.length);
	bool negative = cell.data[0] == '-';
	int64_t exponent = 0;
	struct slice digits;

	if (!mark)
		mark = memchr(cell.data, 'E', cell.length);
	size_t length = mark ? (size_t)(mark - cell.data) : cell.length;

	if (mark) {
		struct slice power = slice_skip(cell, length + 1);
		bool minus = power.data[0] == '-';

		if (power.data[0] == '-' || power.data[0] == '+')
			power = slice_skip(power, 1);
		for (size_t i = 0; i < power.length && exponent < 1000; i++)
			exponent = exponent * 10 + (power.data[i] - '0');
		exponent = minus ? -exponent : exponent;
	}
	digits = slice_of(cell.data + negative, length - negative);
	const char *point = memchr(digits.data, '.', digits.length);

	if (point)
		exponent -= digits.data + digits.length - point - 1;
	return scale_decimal(negative, digits, exponent, step, result);
}

static int read_count(
    const struct time_format *format, int64_t start, struct slice cell, struct foreign_time *time, struct error *error)
{
	int64_t since;

	if (!cell_is_number(cell))
		return error_set(error, "'%.*s' is no number of %.*s", SHOWN(cell), SHOWN(format->text));
	if (scale_cell(cell, format->step, &since) < 0 || __builtin_add_overflow(start, since, &time->nanoseconds))
		return error_set(
		    error, "%.*s %.*s reaches beyond 1677-09-21 to 2262-04-11", SHOWN(cell), SHOWN(format->text));
	return 0;
}

static int read_axis(
    const struct time_format *format, int64_t start, struct slice cell, struct foreign_time *time, struct error *error)
{
	int64_t since;

	if (!cell_is_number(cell) || decimal_to_int64(cell, &time->axis) < 0)
		return error_set(error, "'%.*s' is no whole number of %.*s", SHOWN(cell), SHOWN(format->axis));
	if (__builtin_mul_overflow(time->axis, format->multiplier, &time->axis) ||
	    timestamp_scale(time->axis, NANOSECONDS_PER_SECOND, &since) < 0 ||
	    __builtin_add_overflow(start, since, &time->nanoseconds))
		return error_set(error, "%.*s %.*s is too large", SHOWN(cell), SHOWN(format->axis));
	return 0;
}

int time_format_read(const struct time_format *format, const struct time_zone *zone, int64_t start, struct slice cell,
    struct foreign_time *time, struct error *error)
{
	time->kind = LOCAL_TIME_UNIQUE;
	switch (format->kind) {
	case TIME_FORMAT_ISO:
		return read_iso(zone, cell, time, error);
	case TIME_FORMAT_EPOCH:
		return read_count(format, 0, cell, time, error);
	case TIME_FORMAT_ELAPSED:
		return read_count(format, start, cell, time, error);
	case TIME_FORMAT_AXIS:
		return read_axis(format, start, cell, time, error);
	case TIME_FORMAT_PATTERN:
		return read_pattern(format, zone, cell, time, error);
	case TIME_FORMAT_GUESS:
		break;
	}
	return error_set(error, "the format of time '%.*s' is not known", SHOWN(cell));
}
