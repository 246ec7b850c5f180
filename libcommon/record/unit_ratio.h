// Factors between units as exact fractions: numerator / denominator * 10^exponent in lowest terms. 0.0254 is 254e-4 and the degree of
// Fahrenheit is 5/9, where doubles would give 37.00000000000001 for 98.6. A factor that is no such fraction (pi/180) or has grown beyond
// 64 bits is held as the 17 digits of the nearest double, and known to be inexact.
#ifndef RECORD_UNIT_RATIO_H
#define RECORD_UNIT_RATIO_H

#include <stdbool.h>
#include <stdint.h>

struct unit_ratio {
	int64_t numerator;
	int64_t denominator; // above 0
	int exponent;
	bool exact;
};

#define UNIT_RATIO_ONE ((struct unit_ratio){1, 1, 0, true})

// The decimal of at most 13 digits, or the fraction with a small denominator, that is within a few units in the last place of value: a
// number that has been through binary arithmetic is taken for what it was meant to be. Beyond the range of double everything here is an
// inexact 0.
struct unit_ratio unit_ratio_from_double(double value);

double unit_ratio_value(struct unit_ratio ratio);
struct unit_ratio unit_ratio_multiply(struct unit_ratio a, struct unit_ratio b);
struct unit_ratio unit_ratio_add(struct unit_ratio a, struct unit_ratio b);
struct unit_ratio unit_ratio_invert(struct unit_ratio ratio); // 0 stays 0
struct unit_ratio unit_ratio_negate(struct unit_ratio ratio);
struct unit_ratio unit_ratio_power(struct unit_ratio ratio, int power);

#endif
