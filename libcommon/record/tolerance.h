// How far two numbers may be apart and still count as equal: |a-b| <= max(absolute, relative * max(|a|,|b|)), on decimals as they are
// written, so that 1.3 and 1.0 are within 0.3.
#ifndef RECORD_TOLERANCE_H
#define RECORD_TOLERANCE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/slice.h"

// JSON numbers that are not negative; empty for 0.
struct tolerance {
	struct slice absolute, relative;
};

// ABS[,REL] or, with is_relative, REL alone. The slices point into text. -1 with error when it is no such thing, or when a relative one is 1
// or more (which makes everything of one sign equal, and is probably 1e6 typed for 1e-6), unless large.
int tolerance_parse(struct tolerance *tolerance, struct slice text, bool large, struct error *error)
    __attribute__((warn_unused_result));
int tolerance_check_number(struct slice text, struct error *error) __attribute__((warn_unused_result));
int tolerance_check_relative(struct slice text, bool large, struct error *error) __attribute__((warn_unused_result));

static inline bool tolerance_is_exact(const struct tolerance *tolerance)
{
	return !tolerance->absolute.length && !tolerance->relative.length;
}

// a and b: JSON numbers. Numbers of more than 38 digits, or far beyond the range of doubles, are compared as doubles are.
bool tolerance_within(const struct tolerance *tolerance, struct slice a, struct slice b);

#endif
