// The rule that a time zone follows after the last change its file lists: a POSIX TZ string (IEEE Std 1003.1, 8.3, with
// the hours up to 167 of RFC 8536, 3.3.1), such as CET-1CEST,M3.5.0,M10.5.0/3. It is text from a file and never the TZ
// of the environment.
#ifndef BASE_TIME_ZONE_RULE_H
#define BASE_TIME_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

enum time_zone_day_kind {
	TIME_ZONE_DAY_MONTH_WEEK, // Mm.w.d: weekday d (0 is Sunday) of week w (5 is the last) of month m
	TIME_ZONE_DAY_NO_LEAP,    // Jn: day 1 to 365, 29 February never counted
	TIME_ZONE_DAY_OF_YEAR,    // n: day 0 to 365
};

struct time_zone_change {
	enum time_zone_day_kind kind;
	int month, week, day;
	int32_t time; // seconds after local midnight, from -167 to 167 hours
};

// Offsets are seconds to add to UTC (the other sign than in the text).
struct time_zone_rule {
	int32_t standard;
	bool has_saving;
	int32_t saving;
	struct time_zone_change start; // of saving, by the standard clock
	struct time_zone_change end;   // by the saving clock
};

int time_zone_rule_parse(struct slice text, struct time_zone_rule *rule, struct error *error)
    __attribute__((warn_unused_result));

// Seconds since 1970 at which saving starts and ends in that year.
int64_t time_zone_rule_start(const struct time_zone_rule *rule, int64_t year);
int64_t time_zone_rule_end(const struct time_zone_rule *rule, int64_t year);

#endif
