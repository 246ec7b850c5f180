// What the checks remember of the last readings of a series, in memory that is bounded whatever the length of the
// window.
#ifndef TWIN_QUALITY_WINDOW_H
#define TWIN_QUALITY_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "twin/quality_limits.h"

// The longest run of readings up to the newest whose largest and smallest number are less than a tolerance apart.
// Its extremes are kept in two monotonic queues, O(1) amortised: only numbers that may yet become the smallest or
// largest are held, so that a run holds at most as many as there are distinct numbers within the tolerance. Beyond
// QUALITY_RUN_MAX of them they are rounded outward to 1/256 of the tolerance or finer: a run can then be taken for
// shorter than it is, never for longer.
#define QUALITY_RUN_MAX 1024

struct quality_extreme {
	double value;
	uint64_t index; // of the last reading that had it
	int64_t after;  // time of the reading behind that one
};

struct quality_queue {
	struct quality_extreme *items; // from `first` on, in a block that is moved to its front when its end is reached
	size_t first, count, capacity;
};

struct quality_run {
	struct quality_queue lows, highs;
	uint64_t index; // readings put so far
	uint64_t start; // the first of the run
	int64_t start_time;
};

void quality_run_release(struct quality_run *run);

// Readings are put in order of time. One without a number is part of the run, whatever it is.
void quality_run_put(struct quality_run *run, int64_t time, double value, double tolerance);
void quality_run_skip(struct quality_run *run, int64_t time);

static inline uint64_t quality_run_length(const struct quality_run *run)
{
	return run->index - run->start;
}

// How far numbers lie apart: of a whole series, or of a part of it. Moments as by Welford (1962), joined as by
// Chan, Golub and LeVeque (1979).
struct quality_spread {
	uint64_t count;
	double mean, squares; // sum of squared distances from the mean
	double minimum, maximum;
};

void quality_spread_add(struct quality_spread *spread, double value);
void quality_spread_join(struct quality_spread *spread, const struct quality_spread *other);
double quality_spread_deviation(
    const struct quality_spread *spread, unsigned freedom); // divided by count - freedom; NaN when that is not above 0
double quality_spread_range(const struct quality_spread *spread); // NaN when empty

// The spread of the last readings, of those later than the newest less a period. Two stacks of blocks of one
// reading each, O(1) amortised; when there are more than QUALITY_BLOCKS_MAX, blocks of neighbours become one, which
// leaves the window as soon as its oldest reading does.
#define QUALITY_BLOCKS_MAX 1024

struct quality_block {
	int64_t first; // the time of its oldest
	struct quality_spread spread;
};

struct quality_period {
	struct quality_block
	    *blocks; // oldest first; those before `turned` hold the spread of themselves and all up to `turned`
	size_t first, turned, count, capacity;
	struct quality_spread back; // of those from `turned` on
	int64_t width;              // of a block
};

void quality_period_release(struct quality_period *period);
void quality_period_put(struct quality_period *window, int64_t time, double value, int64_t period);
struct quality_spread quality_period_spread(const struct quality_period *window);

#endif
