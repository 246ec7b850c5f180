// IANA time zones (from the system's tz database). A zone is always named by the caller: $TZ, $TZDIR and /etc/localtime
// are never consulted.
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "base/timestamp.h"

#define TIME_ZONE_DIRECTORY "/usr/share/zoneinfo"

struct time_zone; // immutable once made; safe to share between threads

// "UTC", "Z", an offset such as "+01:00", or an IANA name (Europe/Berlin); only the last needs a file. NULL with error
// filled for a name that is not known or that is not a plain relative path below the database. Free with time_zone_free
// (NULL is allowed).
struct time_zone *time_zone_new(struct slice name, struct error *error);

// The same from the bytes of a TZif file (RFC 8536), which may be anything at all.
struct time_zone *time_zone_from_tzif(struct slice name, struct slice file, struct error *error);
void time_zone_free(struct time_zone *zone);
const char *time_zone_name(const struct time_zone *zone);

// Seconds to add to UTC to get local time at that instant.
int32_t time_zone_offset(const struct time_zone *zone, int64_t nanoseconds);

// A gap is skipped when clocks go forward: the time is read with the offset before the gap, as RFC 5545 does. A fold
// happens twice when clocks go back: the first (earlier) instant is given, and the second beside it.
enum local_time_kind { LOCAL_TIME_UNIQUE, LOCAL_TIME_GAP, LOCAL_TIME_FOLD };

// transition_nanoseconds is set for a gap and a fold: when the clocks change, the first instant of the new offset.
struct local_time_result {
	enum local_time_kind kind;
	int64_t nanoseconds;
	int64_t later_nanoseconds; // the same as nanoseconds unless it is a fold
	int64_t transition_nanoseconds;
};

// Civil time in the zone to an instant. -1 when it does not exist in the calendar or is out of range.
int time_zone_resolve(const struct time_zone *zone, const struct civil_time *civil, struct local_time_result *result,
    struct error *error) __attribute__((warn_unused_result));

#endif
