// What two recordings say of one series, pair by pair: how many readings have no partner, how far apart the values and the clocks are, and when
// they began to stay apart. Constant memory.
//
// A pair is different when its values are (record/value.h, within the tolerance) or their units are. A tolerance of N standard deviations is
// N times that of the differences (to - from) of the baseline's pairs, about their mean; it is the size of the difference itself that is
// held against it. The pairs of the baseline are not judged by it, and without two of them no pair is.
//
// A divergence is sustained when so many pairs in a row are different; it began with the first of them.
#ifndef ANALYSIS_STREAM_SERIES_H
#define ANALYSIS_STREAM_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/clock_offset.h"
#include "analysis/quantile_sketch.h"
#include "analysis/stream_recording.h"
#include "analysis/stream_tolerance.h"
#include "record/value.h"

struct stream_divergence {
	bool is_found;
	int64_t time;      // of the reading of the first recording
	bool has_numbers;  // else the values are none
	double difference; // to - from, then
	double score;      // its size in deviations, or in tolerances; NaN when neither is known
};

// What comes of a series. Differences are of numbers: NaN when there were none.
struct stream_figures {
	uint64_t readings[2], beyond[2]; // by enum stream_side; beyond: later than what both have reached
	uint64_t pairs, missing, extra;
	uint64_t judged, different; // of the pairs
	uint64_t numbers;
	double maximum, sum, squares; // of the differences' sizes, of the differences, of their squares
	double deviation;             // of the baseline; NaN when it was not asked for, or is not known
	struct clock_estimate clock;  // by landmarks
	double distance;              // median of to - from over the pairs' times, nanoseconds; NaN without pairs
	struct stream_divergence divergence;
};

struct stream_series {
	struct stream_tolerance tolerance;
	double absolute, relative; // the same, for what lies within objects and arrays
	uint64_t sustain;
	int64_t baseline_end; // pairs before it are the baseline's
	struct stream_figures figures;
	uint64_t baseline_pairs;
	double mean, squares; // of the baseline, as Welford adds them up
	uint64_t run;         // different pairs in a row
	struct stream_divergence candidate;
	struct quantile_sketch behind, ahead; // distances of times
	struct clock_offset clock;
	uint64_t last_hash[2];
	bool has_last[2];
	struct value_tree from_tree, to_tree;
	struct buffer scratch;
};

void stream_series_init(struct stream_series *series);
void stream_series_release(struct stream_series *series);

// The next series begins.
void stream_series_begin(
    struct stream_series *series, struct stream_tolerance tolerance, uint64_t sustain, int64_t baseline_end);

// Each reading, in the order of time.
void stream_series_see(struct stream_series *series, enum stream_side side, const struct stream_reading *reading);

enum pair_verdict {
	PAIR_SAME,
	PAIR_DIFFERENT,
	PAIR_UNJUDGED, // of the baseline, or without one
};

// Each pair, in the order of time.
enum pair_verdict stream_series_pair(
    struct stream_series *series, const struct stream_reading *from, const struct stream_reading *to);

// When all have been seen. close: of clock_offset_estimate.
const struct stream_figures *stream_series_finish(struct stream_series *series, int64_t close);

double stream_figures_rms(const struct stream_figures *figures);
// Of the judged pairs; NaN without any.
double stream_figures_share(const struct stream_figures *figures);
// The offset of the clocks in nanoseconds: by landmarks where they know it, else by the pairs. NaN without either.
double stream_figures_offset(const struct stream_figures *figures);

// The hash of a change, for clock_offset_add.
uint64_t stream_change_hash(uint64_t series, uint64_t before, uint64_t value);

#endif
