// Measures of data quality as shares: A of B elements do what is asked (ISO/IEC 25012's inherent dimensions, measured as in 25024). Parts are
// added up, so that the share of a whole recording weighs every element alike.
//
// completeness: slots of one period, from the oldest to the newest reading, with a value that is not null, of all slots.
// validity:     values of the declared type and in the declared range, of all that are neither null nor duplicates.
// timeliness:   1 up to an age of stale_after, then max(0, 1 - (age - stale_after) / stale_after).
// consistency:  conditions that hold, of those that were checked.
// uniqueness:   readings that are no duplicates, of all.
// ordering:     readings that are not older than the one that came before, of all but the first.
//
// A share of nothing is not known (NaN): no declared interval and fewer than two times, no model, no conditions, no stale_after.
#ifndef ANALYSIS_DATA_QUALITY_H
#define ANALYSIS_DATA_QUALITY_H

#include <stdint.h>

#include "analysis/rule_check.h"
#include "analysis/series_health.h"

struct data_quality {
	uint64_t expected, filled;
	uint64_t judged, valid;
	uint64_t readings, duplicates;
	uint64_t pairs, descents;
	struct rule_count rules;
	double timely;     // sum over series
	uint64_t timeable; // series
};

// Nanoseconds; below 0 when the newest is ahead of the clock.
double data_quality_age(int64_t clock, int64_t newest);

// Of one finished series. clock: what time it is; stale_after: nanoseconds, 0 when not known.
struct data_quality data_quality_of(
    const struct series_health *finished, struct rule_count rules, int64_t clock, int64_t stale_after);
void data_quality_add(struct data_quality *sum, const struct data_quality *part);

double data_quality_completeness(const struct data_quality *quality);
double data_quality_validity(const struct data_quality *quality);
double data_quality_timeliness(const struct data_quality *quality);
double data_quality_consistency(const struct data_quality *quality);
double data_quality_uniqueness(const struct data_quality *quality);
double data_quality_ordering(const struct data_quality *quality);

// The mean of the first five that are known, with equal weights.
double data_quality_overall(const struct data_quality *quality);

#endif
