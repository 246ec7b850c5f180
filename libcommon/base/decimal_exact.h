// Sums, products and quotients of decimal numbers: 21.5 + 0.1 is 21.6, as on paper. Exact while the digits fit (38 of them); what
// does not fit is said, never rounded in silence.
#ifndef BASE_DECIMAL_EXACT_H
#define BASE_DECIMAL_EXACT_H

#include "base/buffer.h"
#include "base/slice.h"

// digits * 10^power; no zeros at the end of digits, and 0 has power 0.
struct decimal {
	__int128 digits;
	int power;
};

// -1 when the number (JSON's grammar) has more digits, or an exponent beyond 10^400. No error is filled: callers go on with doubles.
int decimal_read(struct slice text, struct decimal *number) __attribute__((warn_unused_result));

// -1 when the result does not fit. The result may be one of the operands.
int decimal_add(struct decimal a, struct decimal b, struct decimal *sum) __attribute__((warn_unused_result));
int decimal_multiply(struct decimal a, struct decimal b, struct decimal *product) __attribute__((warn_unused_result));

// Rounded to that many significant digits, at most 18. -1 when b is 0, or there is no room for so many.
int decimal_divide(struct decimal a, struct decimal b, int significant, struct decimal *quotient)
    __attribute__((warn_unused_result));

struct decimal decimal_negate(struct decimal number);

int decimal_digit_count(struct decimal number);

// To that many significant digits; halves to even.
struct decimal decimal_round(struct decimal number, int significant);

// As a JSON number: 21.6, 5, 1e22.
void decimal_append(struct buffer *out, struct decimal number);

#endif
