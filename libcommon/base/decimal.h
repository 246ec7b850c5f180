// Exact work on numbers as text (the JSON grammar: -12.50e+3). Nothing here goes through a double except where a
// function says so: 64-bit integers, long decimals and exponents of any size are compared by value, digit by digit, in
// time that grows with the length of the text and never with the size of the number.
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

// Whether the whole slice is one number by the JSON grammar.
bool decimal_is_number(struct slice text);

// Appends the canonical form: an integer without trailing zeros, 'e', the power of ten. 2.5 is 25e-1, 1000 is 1e3, 7 is
// 7e0, -0.0 is 0. Two numbers are equal exactly when their canonical forms are the same bytes. text: a JSON number.
void decimal_append_canonical(struct buffer *out, struct slice text);

// -1, 0 or 1 by exact value. Both are JSON numbers.
int decimal_compare(struct slice a, struct slice b);

// |a-b| <= max(absolute, relative * max(|a|,|b|)); equal values are always within. Computed in long double after an
// exact test for equality; with both tolerances 0 it is the exact test alone, and so it is beyond the range of long
// double (about 1e4932).
bool decimal_within(struct slice a, struct slice b, double absolute, double relative);

// Whole numbers only (an integer by value: 5, 5.0, 5e0); -1 when not whole or not in the range of int64_t.
int decimal_to_int64(struct slice text, int64_t *value) __attribute__((warn_unused_result));

// The exponent that stands behind the e of a JSON number. One beyond limit, which is below 2^58, comes as limit + 1 or more.
int64_t decimal_exponent(struct slice text, int64_t limit);

// The nearest double; too large becomes an infinity, too small 0. text: a JSON number of any length.
double decimal_to_double(struct slice text);

// The shortest text that reads back as the same double, in JSON's grammar: 0.1, 1e+22 as 1e22, 5 for 5.0, 0 for -0.0.
// value is finite. Returns the length; out has room for 32 bytes; no terminator.
#define DECIMAL_TEXT_SIZE 32
size_t decimal_format_double(char out[DECIMAL_TEXT_SIZE], double value);
void decimal_append_double(struct buffer *out, double value);

#endif
