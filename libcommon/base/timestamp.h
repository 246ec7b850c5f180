// Instants as signed nanoseconds since 1970-01-01T00:00:00Z without leap seconds, in int64_t: from
// 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z. Text is read digit by digit and never goes through
// a double.
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

#define TIMESTAMP_MIN          INT64_MIN
#define TIMESTAMP_MAX          INT64_MAX
#define NANOSECONDS_PER_SECOND INT64_C(1000000000)
#define SECONDS_PER_DAY        INT64_C(86400)

// Room that timestamp_format needs; it writes at most 30 bytes and no terminator.
#define TIMESTAMP_TEXT_SIZE 32

// RFC 3339 with any offset (Z, z, +hh:mm, -hh:mm up to 23:59; -00:00 is +00:00), 'T', 't' or one blank between date and
// time, one to nine digits behind the point. Years 0000 to 9999 are read, and must lie in the range above once the
// offset is applied. Second 60 is a leap second, which by RFC 3339 5.7 stands only at 23:59:60 UTC (15:59:60-08:00):
// there it is read as the last nanosecond before the next minute, whatever its fraction; the day is not looked up in a
// table of past leap seconds. Elsewhere it is an error. 0, or -1 with error filled with the text and the part that is
// wrong ("time '2023-02-30T00:00:00Z': day 30 does not exist in 2023-02"). error may be NULL.
int timestamp_parse(struct slice text, int64_t *nanoseconds, struct error *error) __attribute__((warn_unused_result));

// The same without the short cut for the common shape, for tests that compare the two.
int timestamp_parse_plain(struct slice text, int64_t *nanoseconds, struct error *error)
    __attribute__((warn_unused_result));

// The normal form: UTC, 'Z', the fraction without trailing zeros (none for whole seconds): 2026-03-01T12:00:00.25Z.
// Returns the length; writes no terminator.
size_t timestamp_format(char out[TIMESTAMP_TEXT_SIZE], int64_t nanoseconds);
void timestamp_append(struct buffer *out, int64_t nanoseconds);

// The same for one who writes many: times of streams mostly fall into the minute of the one before. Starts as all zeros.
struct timestamp_writer {
	char minute[TIMESTAMP_TEXT_SIZE]; // the text of the time written last, of which the minute counts
	int64_t minute_start;
	bool has_minute;
};

void timestamp_writer_append(struct timestamp_writer *writer, struct buffer *out, int64_t nanoseconds);

// A civil date and time, proleptic Gregorian, without a zone.
struct civil_time {
	int64_t year;
	int month;  // 1 to 12
	int day;    // 1 to 31
	int hour;   // 0 to 23
	int minute; // 0 to 59
	int second; // 0 to 60
	int32_t nanosecond;
};

// Days since 1970-01-01 (days_from_civil of Howard Hinnant's "chrono-compatible low-level date algorithms") and back,
// for years within a thousand million of year 0.
int64_t civil_days(int64_t year, int month, int day);
int civil_days_in_month(int64_t year, int month);
struct civil_time civil_from_timestamp(int64_t nanoseconds);

// Seconds since 1970-01-01T00:00:00 on the civil clock itself, without its nanosecond; second 60 counts as 59.
// civil_to_seconds is -1 when that date or time of day does not exist, or lies years outside what nanoseconds reach.
int civil_to_seconds(const struct civil_time *civil, int64_t *seconds, struct error *error)
    __attribute__((warn_unused_result));
struct civil_time civil_from_seconds(int64_t seconds);

// Reads the civil time as UTC, or as the time of a clock that is `offset` seconds ahead of UTC. -1 when it does not
// exist or lies outside what nanoseconds reach. Second 60 as in timestamp_parse.
int civil_to_timestamp(const struct civil_time *civil, int64_t *nanoseconds, struct error *error)
    __attribute__((warn_unused_result));
int civil_at_offset(const struct civil_time *civil, int64_t offset, int64_t *nanoseconds, struct error *error)
    __attribute__((warn_unused_result));

// The parts of a time, taken from the front of *text: YYYY-MM-DD, hh:mm:ss with an optional fraction, and the offset in
// seconds (Z, z, +hh:mm, -hh:mm). -1 when it is not written so; whether the values exist is for the functions above to
// say.
enum civil_clock_shape {
	CIVIL_CLOCK_SECONDS, // hh:mm:ss
	CIVIL_CLOCK_MINUTES, // hh:mm, with seconds if they are there
};
int civil_take_date(struct slice *text, struct civil_time *civil, struct error *error)
    __attribute__((warn_unused_result));
int civil_take_clock(struct slice *text, enum civil_clock_shape shape, struct civil_time *civil, struct error *error)
    __attribute__((warn_unused_result));
int civil_take_offset(struct slice *text, int32_t *offset, struct error *error) __attribute__((warn_unused_result));

// count * nanoseconds_each, or -1 when that is more than int64_t holds: the one place where units of time are
// multiplied.
int timestamp_scale(int64_t count, int64_t nanoseconds_each, int64_t *result) __attribute__((warn_unused_result));

#endif
