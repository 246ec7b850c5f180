// What is asked of the readings of a property: the limits of the checks in twin/quality_check.h. A limit that is 0
// (a bound that is empty) is not set; a check without limits is not made. Nothing is owned: copy it freely.
#ifndef TWIN_QUALITY_LIMITS_H
#define TWIN_QUALITY_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

enum quality_test {
	QUALITY_RANGE,
	QUALITY_RATE,
	QUALITY_STUCK,
	QUALITY_SPIKE,
	QUALITY_ATTENUATED,
	QUALITY_MISSING,   // no value, or readings before it that did not come
	QUALITY_DUPLICATE, // its time was there before: the same reading again, or another value
	QUALITY_ORDER,     // older than one that came before it
	QUALITY_TEST_COUNT,
};

#define QUALITY_BIT(test) (1u << (test))

// What the tests are called in metadata.checks, in models and options.
const char *quality_test_name(enum quality_test test);

#define QUALITY_BOUND_SIZE 33

// Decimal text, both inclusive; empty for an open end.
struct quality_range {
	char minimum[QUALITY_BOUND_SIZE], maximum[QUALITY_BOUND_SIZE];
};

// What is above the limit is suspect, or fails.
struct quality_threshold {
	double suspect, fail;
};

enum quality_spike_method {
	QUALITY_SPIKE_DIFFERENTIAL, // the smaller of the two steps, where they go opposite ways
	QUALITY_SPIKE_AVERAGE, // |x - (previous + next) / 2|, which the neighbours of a spike, and of a step, exceed as well
};

// Readings in a row whose largest and smallest are less than `tolerance` apart (QUALITY_TOLERANCE_NONE: all the
// same number).
#define QUALITY_TOLERANCE_NONE 0x1p-1074
struct quality_stuck {
	int64_t suspect, fail;               // nanoseconds from the first of them to the last
	int64_t suspect_length, fail_length; // or so many of them
	double tolerance;
};

enum quality_spread_method {
	QUALITY_SPREAD_DEVIATION, // of a sample: divided by n - 1
	QUALITY_SPREAD_RANGE,
};

// Readings of the last `period` nanoseconds (it excluded) that lie closer together than the limits.
struct quality_attenuated {
	int64_t period;
	double suspect, fail;
	enum quality_spread_method method;
	int64_t minimum_count; // numbers in the period for a verdict
};

struct quality_limits {
	unsigned tests; // QUALITY_BIT of each that is made; see quality_limits_choose
	struct quality_range range, suspect_range;
	struct quality_threshold rate; // per second
	struct quality_threshold spike;
	enum quality_spike_method spike_method;
	struct quality_stuck stuck;
	struct quality_attenuated attenuated;
	int64_t interval; // nanoseconds expected between readings
};

// -1 with error, and which test they are of, when limits contradict each other: a suspect limit that is beyond the one to fail.
int quality_limits_check(const struct quality_limits *limits, enum quality_test *test, struct error *error)
    __attribute__((warn_unused_result));

// Sets `tests` to what the limits ask for: each test that has any; QUALITY_MISSING where there is another test, or
// an interval. Duplicates and order have no limits: who wants them adds their bits.
void quality_limits_choose(struct quality_limits *limits);

#endif
