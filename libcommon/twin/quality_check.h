// Checks of readings as they come, series by series, after the QARTOD tests of U.S. IOOS as its ioos_qc library
// makes them (flags, bounds, windows), told as flags and as a factor for the quality. Values are never changed.
//
// A series is what one sensor tells of one property of one entity: readings of redundant sensors must not be mixed
// in one, since the steps between them are no rates. Readings come in the order of the input. One that is not newer
// than all before it is late: it is checked for its range, for being there before and for its order, and takes no
// part in the other tests, which compare neighbours in time.
//
// Whether a reading is a spike depends on the one behind it. With spike limits a series therefore holds its newest
// reading back: the verdict comes with a later reading, or when the series ends. Without them each verdict comes at
// once.
//
// Memory per series is bounded: 240 bytes, 784 more where duplicates are looked for, and for stuck and attenuated
// what twin/quality_window.h says (up to 100 KB each).
#ifndef TWIN_QUALITY_CHECK_H
#define TWIN_QUALITY_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "twin/quality_limits.h"
#include "twin/quality_window.h"

enum quality_flag {
	QUALITY_NOT_MADE = 0, // no limits for the test: no flag at all
	QUALITY_GOOD = 1,
	QUALITY_NOT_EVALUATED = 2,
	QUALITY_SUSPECT = 3,
	QUALITY_FAIL = 4,
	QUALITY_NO_VALUE = 9,
};

struct quality_verdict {
	uint8_t flags[QUALITY_TEST_COUNT]; // enum quality_flag
	bool conflict;                     // of QUALITY_DUPLICATE: the same time and another value
};

struct quality_reading {
	int64_t timestamp;
	uint64_t
	    tie; // tells readings of one time apart that are no duplicates (a counter or seq, hashed if need be); else 0
	struct slice value; // JSON text; null, or empty, is a missing value
};

struct quality_series {
	bool begun;        // newest is meaningful
	bool has_value;    // the newest reading in order is a number: value
	bool has_previous; // the one before that is one
	bool holds;        // the newest waits for its spike flag, with the rest of the verdict in held
	int64_t newest;
	uint64_t newest_tie;
	double value, previous;
	struct quality_verdict held;
	struct quality_run run;
	struct quality_period period;
	struct quality_recent *recent; // the readings that came last, where duplicates are looked for
};

struct quality_step {
	bool has_held; // the verdict of the reading that was held is complete
	struct quality_verdict held;
	bool holds; // the reading is held now: what now has is not complete, its verdict will be in a later step's held
	struct quality_verdict now;
};

// All zeros is a new series, too.
void quality_series_init(struct quality_series *series);
void quality_series_release(struct quality_series *series);

// The next reading. The caller keeps what it holds: at most one reading for each series. limits must be the same
// for all of a series.
void quality_series_put(struct quality_series *series, const struct quality_limits *limits,
    const struct quality_reading *reading, struct quality_step *step);

// The series ends: true with the verdict of the reading that was held. Readings may follow as if there had been
// none between.
bool quality_series_flush(
    struct quality_series *series, const struct quality_limits *limits, struct quality_verdict *held);

// What the quality is multiplied by: the smallest of the factors of the tests' flags.
//
//	1 good, 2 not evaluated    1    that there is no neighbour to compare with speaks against no reading
//	3 suspect                  0.6  still usable (above 0.5): what is unusual may be what the twin is watched for
//	4 fail, 9 no value         0
//
// Order, duplicates and gaps say something about how a reading came, not about its value, and leave the quality as
// it is: else one record would become two when it comes twice, and the state would depend on the order of arrival.
// Of QUALITY_MISSING only 9 counts.
double quality_factor(const struct quality_verdict *verdict);

// The flags joined into one by the order 4, 3, 1, 2, 9, as qartod_compare does. Flags of tests not made are passed
// over; 2 when none was made.
enum quality_flag quality_join(const uint8_t *flags, size_t count);

// Appends what is not good as an object, {"range":4,"spike":3}, for metadata.checks; returns false and appends
// nothing when all is. Flags 2 are not told.
bool quality_append_reasons(struct buffer *out, const struct quality_verdict *verdict);

// The single tests, for whole recordings: their statistic against its limits.
enum quality_flag quality_range_flag(const struct quality_limits *limits, struct slice number);
enum quality_flag quality_above_flag(const struct quality_threshold *threshold, double statistic); // NaN is good
enum quality_flag quality_spread_flag(const struct quality_attenuated *limits, double statistic);  // NaN: not evaluated

#endif
