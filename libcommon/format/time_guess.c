// Which format a time has: the guess of format/time_format.h.
#include "format/time_format.h"

#include <string.h>
#include <strings.h>

#include "format/cell.h"
#include "format/time_pattern.h"

#define SHOWN(s) ((s).length < 60 ? (int)(s).length : 60), (s).data

// What may stand for a time of day behind a date.
static const char *const clocks[] = {"", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %I:%M:%S %p", " %I:%M %p", " %I:%M:%S%p",
    " %I:%M%p", " %H:%M:%S %z", " %H:%M %z", " %H:%M:%S%z"};

// Dates that can be meant in one way only. A date with dots has the day first wherever it is used.
static const char *const dates[] = {"%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y", "%d-%b-%Y", "%d %b %Y", "%b %d %Y",
    "%b %d, %Y", "%d/%b/%Y", "%d-%b-%y", "%a %b %d %Y", "%a, %d %b %Y", "%Y-%b-%d", "%a %b %e %H:%M:%S %Y"};

// Dates with two readings, the day first and the month first.
static const char *const twins[][2] = {{"%d/%m/%Y", "%m/%d/%Y"}, {"%d-%m-%Y", "%m-%d-%Y"}, {"%d/%m/%y", "%m/%d/%y"}};

#define CLOCKS  (sizeof clocks / sizeof *clocks)
#define LONGEST 40

static struct slice join(char *text, const char *date, const char *clock)
{
	size_t first = strlen(date), second = strlen(clock);

	memcpy(text, date, first);
	memcpy(text + first, clock, second);
	return slice_of(text, first + second);
}

static bool fits(struct slice pattern, struct slice cell)
{
	struct pattern_time time;
	struct error ignored;
	int64_t nanoseconds;

	return time_pattern_read(pattern, cell, &time, NULL) == 0 &&
	    civil_to_timestamp(&time.civil, &nanoseconds, &ignored) == 0;
}

// The clock with which the cell is a date of that form, or NULL.
static const char *find_clock(const char *date, struct slice cell)
{
	char text[LONGEST];

	for (size_t i = 0; i < CLOCKS; i++)
		if (fits(join(text, date, clocks[i]), cell))
			return clocks[i];
	return NULL;
}

static int set_pattern(struct time_format *format, const char *date, const char *clock)
{
	*format = (struct time_format){.kind = TIME_FORMAT_PATTERN};
	format->guessed_length = join(format->guessed, date, clock).length;
	return 0;
}

static int two_readings(struct slice cell, const char *const *pair, struct error *error)
{
	return error_set(error,
	    "'%.*s' is a time by two formats, day first (%s) and month first (%s): say which with --time-format",
	    SHOWN(cell), pair[0], pair[1]);
}

// 1 when it is such a date, 0 when not, -1 when it is one in two ways.
static int guess_twin(struct slice cell, struct time_format *format, struct error *error)
{
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
		const char *day_first = find_clock(twins[i][0], cell), *month_first = find_clock(twins[i][1], cell);

		if (day_first && month_first)
			return two_readings(cell, twins[i], error);
		if (day_first)
			return set_pattern(format, twins[i][0], day_first) + 1;
		if (month_first)
			return set_pattern(format, twins[i][1], month_first) + 1;
	}
	return 0;
}

static bool guess_date(struct slice cell, struct time_format *format)
{
	struct foreign_time time;
	struct error ignored;

	*format = (struct time_format){.kind = TIME_FORMAT_ISO, .text = SLICE_LITERAL("iso")};
	if (time_format_read(format, NULL, 0, cell, &time, &ignored) == 0)
		return true;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		const char *clock = find_clock(dates[i], cell);

		if (clock)
			return set_pattern(format, dates[i], clock) == 0;
	}
	return false;
}

// Counts since 1970 of times from 1990 to 2100: the ranges of the four units lie far apart.
static bool guess_epoch(struct slice cell, struct time_format *format)
{
	static const char *const units[] = {"s", "ms", "us", "ns"};
	const int64_t first = INT64_C(631152000) * NANOSECONDS_PER_SECOND,
		      last = INT64_C(4102444800) * NANOSECONDS_PER_SECOND;
	struct foreign_time time;
	struct error ignored;

	if (!cell_is_number(cell))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (time_format_parse(slice_from_string(units[i]), format, &ignored) == 0 &&
		    time_format_read(format, NULL, 0, cell, &time, &ignored) == 0 && time.nanoseconds >= first &&
		    time.nanoseconds < last)
			return true;
	}
	return false;
}

static bool guess_digits(struct slice cell, struct time_format *format)
{
	static const struct {
		size_t length;
		const char *pattern;
	} shapes[] = {{8, "%Y%m%d"}, {14, "%Y%m%d%H%M%S"}};

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (cell.length == shapes[i].length && cell.data[0] != '-' &&
		    fits(slice_from_string(shapes[i].pattern), cell) &&
		    (slice_compare(cell, SLICE_LITERAL("1970")) > 0 && slice_compare(cell, SLICE_LITERAL("21")) < 0))
			return set_pattern(format, shapes[i].pattern, "") == 0;
	return false;
}

int time_format_guess(struct slice cell, struct time_format *format, struct error *error)
{
	int twin;

	if (guess_date(cell, format))
		return 0;
	twin = guess_twin(cell, format, error);
	if (twin)
		return twin < 0 ? TIME_GUESS_TWO : 0;
	if (guess_epoch(cell, format) || guess_digits(cell, format))
		return 0;
	*format = (struct time_format){.kind = TIME_FORMAT_GUESS};
	return error_set(
	    error, "'%.*s' is no time in a format that can be guessed: say it with --time-format", SHOWN(cell));
}

// A digit, or a month or a day of the week.
static bool begins_like_date(struct slice cell)
{
	static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
	    "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncasecmp(cell.data, names[i], 3) == 0)
			return true;
	return cell.data[0] >= '0' && cell.data[0] <= '9';
}

bool time_format_is_date(struct slice cell)
{
	struct time_format format;
	struct error ignored;

	// No date is shorter than 1/2/20 or, spelled out, much longer than this.
	if (cell.length < 6 || cell.length > 48 || !begins_like_date(cell) || cell_is_numeric(cell))
		return false;
	return guess_date(cell, &format) || guess_twin(cell, &format, &ignored) != 0;
}
