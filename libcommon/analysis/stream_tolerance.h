// How far apart two readings may be that still are the same, by property: |a-b| <= max(absolute, relative * max(|a|,|b|)), on decimals as they
// are written, so that 1.3 and 1.0 are within 0.3; or a multiple of the standard deviation that the differences had while all was well.
#ifndef ANALYSIS_STREAM_TOLERANCE_H
#define ANALYSIS_STREAM_TOLERANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/decimal_exact.h"
#include "base/error.h"
#include "base/slice.h"

struct stream_tolerance {
	struct decimal absolute, relative;
	double deviations; // above 0: this many standard deviations of the baseline, and nothing else
};

struct stream_tolerances {
	struct stream_tolerance_rule {
		struct slice path;
		struct stream_tolerance tolerance;
	} * rules;
	size_t count, capacity;
	struct stream_tolerance fallback;
};

#define STREAM_TOLERANCES_INIT                                                                                         \
	{                                                                                                              \
		0                                                                                                      \
	}

void stream_tolerances_release(struct stream_tolerances *tolerances);

// Of numbers from elsewhere; finite, not negative.
struct stream_tolerance stream_tolerance_of(double absolute, double relative);

// a and b: JSON numbers. Those of more than 38 digits, or far beyond the range of doubles, are compared as doubles are. Of a multiple only
// equal numbers are within.
bool stream_tolerance_within(const struct stream_tolerance *tolerance, struct slice a, struct slice b);

double stream_tolerance_absolute(const struct stream_tolerance *tolerance);
double stream_tolerance_relative(const struct stream_tolerance *tolerance);

// ABS, ABS,REL or Nsd. -1 with error.
int stream_tolerance_parse(struct stream_tolerance *tolerance, struct slice text, struct error *error)
    __attribute__((warn_unused_result));

// PATH=TOLERANCE, which holds for the property of that path and all below it, unless a longer path says otherwise; of one path given twice the
// later. text must live as long. -1 with error.
int stream_tolerances_add(struct stream_tolerances *tolerances, const char *text, struct error *error)
    __attribute__((warn_unused_result));

struct stream_tolerance stream_tolerances_find(const struct stream_tolerances *tolerances, struct slice path);

// Whether any is a multiple of the baseline's deviation.
bool stream_tolerances_need_baseline(const struct stream_tolerances *tolerances);

#endif
