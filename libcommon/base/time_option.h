// Times as people write them in options: RFC 3339 (its seconds may be left out), a date (2026-03-01), a local date and
// time (2026-03-01T12:00, 2026-03-01 12:00:05.25), @EPOCH (seconds since 1970, negative too, with up to nine decimals),
// now, now-2h, now+1d12h, today, yesterday, tomorrow, `yesterday 03:12`, `today 14:00:05`. What has no offset is read
// in `zone`. A day alone is its first instant, also where clocks skip midnight; a day added to or taken from now is 24
// hours.
#ifndef BASE_TIME_OPTION_H
#define BASE_TIME_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "base/time_zone.h"

struct time_context {
	const struct time_zone *zone; // NULL is UTC
	bool has_now;
	int64_t now; // nanoseconds; meaningful with has_now
};

// A text that needs the clock (now, today, yesterday...) without has_now is an error that names --now. A local time in
// a gap or a fold of daylight saving is an error that says which two instants were possible.
int time_option_parse(struct slice text, const struct time_context *context, int64_t *nanoseconds, struct error *error)
    __attribute__((warn_unused_result));

// The machine's clock, nanoseconds since 1970. The only place that reads it; called only where the user asked for
// `live`, and by twin-set, whose user does something now.
int64_t time_machine_now(void);

#endif
