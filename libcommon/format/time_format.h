// How a foreign source writes its times, and their reading, exactly: digits never go through a double.
//
//	iso            2020-03-09 10:14:33.25, 2020-03-09T10:14:33+01:00, 2020-03-09, 20200309T101433Z
//	s ms us ns     a count since 1970-01-01T00:00:00Z, fractions too
//	COUNT-UNIT     1-min, 100-ms, 0.5-h: steps of that length since the start
//	NAME, N-NAME   cycle: whole steps of an axis that is no clock; a step counts as one second since the start
//	%Y-%m-%d ...   a pattern after strptime(3): %Y %y %m %d %e %b %B %h %j %H %I %M %S %f %p %z %a %A %s %F %T %R %D %n %t %%
//
// Names of months and days are English whatever the locale. %S takes a fraction where there is one. A blank in a pattern is any run of
// blanks. Times without an offset are of the given zone.
#ifndef FORMAT_TIME_FORMAT_H
#define FORMAT_TIME_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "base/time_zone.h"

enum time_format_kind {
	TIME_FORMAT_GUESS, // not known yet
	TIME_FORMAT_ISO,
	TIME_FORMAT_EPOCH,   // count * step since 1970
	TIME_FORMAT_ELAPSED, // count * step since the start
	TIME_FORMAT_AXIS,    // whole count * multiplier, a second each, since the start
	TIME_FORMAT_PATTERN,
};

struct time_format {
	enum time_format_kind kind;
	int64_t step;       // nanoseconds: EPOCH, ELAPSED
	int64_t multiplier; // AXIS
	struct slice axis;  // AXIS: name of the unit, within text
	struct slice text;  // as written, borrowed; a pattern that was guessed stands in guessed
	char guessed[48];
	size_t guessed_length;
};

static inline struct slice time_format_text(const struct time_format *format)
{
	return format->guessed_length ? slice_of(format->guessed, format->guessed_length) : format->text;
}

// text is borrowed for as long as the format is used. -1 with error: "pattern '%H:%M' gives no date".
int time_format_parse(struct slice text, struct time_format *format, struct error *error)
    __attribute__((warn_unused_result));

struct foreign_time {
	int64_t nanoseconds;
	enum local_time_kind kind; // UNIQUE unless the zone's clocks were changed then
	int64_t axis;              // TIME_FORMAT_AXIS: the count
};

// zone: NULL is UTC. start: what counts are added to. format->kind is not GUESS.
int time_format_read(const struct time_format *format, const struct time_zone *zone, int64_t start, struct slice cell,
    struct foreign_time *time, struct error *error) __attribute__((warn_unused_result));

#define TIME_GUESS_TWO (-2)

// The format of a cell that is known to hold a time. -1 with error when there is none, TIME_GUESS_TWO when two give different times.
int time_format_guess(struct slice cell, struct time_format *format, struct error *error)
    __attribute__((warn_unused_result));

// Whether a cell is a date with or without a time beyond doubt, whatever its column is called (numbers never are). An ambiguous one
// (03/04/2020) is.
bool time_format_is_date(struct slice cell);

#endif
