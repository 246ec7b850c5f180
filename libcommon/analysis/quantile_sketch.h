// Quantiles of a stream of numbers that are not negative, in bounded memory: a log-linear histogram, as HdrHistogram (Tene) and DDSketch
// (Masson, Rim, Lee, VLDB 2019) keep it. Bins are the sign-free top bits of a double: 128 to each power of two, so a bin is at most 1/128
// of its lower end wide.
//
// A quantile is off by less than 0.8 % of itself, and exact where all numbers of its bin are the same (which is so for
// intervals of a steady series), since a bin keeps its smallest and largest. Beyond SKETCH_BINS_MAX bins the lowest two become one:
// then low quantiles lose accuracy, high ones keep it. Memory: 32 bytes for each bin in use, 64 KiB at most.
#ifndef ANALYSIS_QUANTILE_SKETCH_H
#define ANALYSIS_QUANTILE_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#define SKETCH_BINS_MAX 2048

struct sketch_bin {
	uint32_t index;
	uint64_t count;
	double lowest, highest;
};

struct quantile_sketch {
	struct sketch_bin *bins; // in the order of their indices
	size_t bin_count, capacity;
	size_t recent; // the bin used last: streams repeat themselves
	uint64_t count;
};

#define QUANTILE_SKETCH_INIT                                                                                           \
	{                                                                                                              \
		0                                                                                                      \
	}

void quantile_sketch_release(struct quantile_sketch *sketch);

// number: finite; below 0 counts as 0.
void quantile_sketch_add(struct quantile_sketch *sketch, double number);
void quantile_sketch_merge(struct quantile_sketch *sketch, const struct quantile_sketch *other);

// The number at `share` (0 to 1) of the way from the smallest to the largest; of an even count the median is the middle between
// two, as everywhere. 0 when there are none.
double quantile_sketch_at(const struct quantile_sketch *sketch, double share);

// Both exact; 0 when there are none.
double quantile_sketch_minimum(const struct quantile_sketch *sketch);
double quantile_sketch_maximum(const struct quantile_sketch *sketch);

// How many are above limit: exact but for those in limit's own bin, which are counted by where limit lies in it.
uint64_t quantile_sketch_above(const struct quantile_sketch *sketch, double limit);

#endif
