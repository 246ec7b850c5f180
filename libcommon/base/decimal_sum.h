// The exact sum of two decimals, as one adds on paper.
#ifndef BASE_DECIMAL_SUM_H
#define BASE_DECIMAL_SUM_H

#include "base/buffer.h"
#include "base/slice.h"

// Digits of the longest sum: 1e400 + 1e-400 has 801 of them.
#define DECIMAL_SUM_DIGITS 1000

// Bytes of the longest number that is added, so that adding one number many times costs little however long it is.
#define DECIMAL_SUM_LENGTH 4000

// Appends a + b without exponent and with as many decimals as the longer of the two: 1.20 + 1.3 is 2.50, 1e2 + 0.5 is 100.5. a and b:
// JSON numbers. -1, and nothing appended, when that takes more digits than DECIMAL_SUM_DIGITS, or one
// of them is longer than DECIMAL_SUM_LENGTH.
int decimal_append_sum(struct buffer *out, struct slice a, struct slice b) __attribute__((warn_unused_result));

#endif
