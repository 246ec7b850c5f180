// Lengths of time as options, models and mappings write them: 250ms, 10s, 5m, 2h, 7d, 1w, 1.5h, sums such as 1h30m, and
// ISO 8601 (PT5M, P1DT2H, P2W). A count of a declared axis unit (30cycle) is no length of time: it is read by
// duration_parse_axis.
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

// Units: ns us ms s m (or min) h d w. A day is 24 hours; ISO years and months have no fixed length and are an error
// that says so. Exact: 0.1s is 100000000 ns; what is finer than a nanosecond is an error. Negative only with a leading
// '-', which holds for the whole sum. A bare number is an error that names the units (except 0). ISO 8601: the parts
// from large to small, each once, a fraction (with '.' or ',') only in the last.
int duration_parse(struct slice text, int64_t *nanoseconds, struct error *error) __attribute__((warn_unused_result));

// A whole count of the named unit, with a '-' or without: "30cycle" with unit "cycle" gives 30. -1 when it is not that.
int duration_parse_axis(struct slice text, struct slice unit, int64_t *count, struct error *error)
    __attribute__((warn_unused_result));

// For people: below a minute one unit with up to three decimals (250ms, 1.25s); from there on two units of d h m s ms
// us ns (1m30s, 2d3h, 1d5m), rounded to the unit after the largest where two cannot hold it (1h30m45s is 1h31m). 0 is
// 0s. duration_parse reads it.
void duration_append(struct buffer *out, int64_t nanoseconds);

#endif
