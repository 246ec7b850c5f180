#include "record/unit_ratio.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECIMAL_DIGITS  13
#define DENOMINATOR_MAX 100000
#define TOLERANCE       1e-15L

static int64_t greatest_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

static struct unit_ratio reduce(struct unit_ratio ratio)
{
	int64_t divisor = greatest_divisor(ratio.numerator, ratio.denominator);

	if (ratio.numerator == 0)
		return (struct unit_ratio){0, 1, 0, ratio.exact};
	ratio.numerator /= divisor;
	ratio.denominator /= divisor;
	for (; ratio.numerator % 10 == 0; ratio.exponent++)
		ratio.numerator /= 10;
	for (; ratio.denominator % 10 == 0; ratio.exponent--)
		ratio.denominator /= 10;
	return ratio;
}

// A double's digits without a point: 2.54e-2 is 254 and -4.
static struct unit_ratio read_digits(double value, int digits, int *used)
{
	char text[40];
	long long mantissa;
	char *exponent;
	struct unit_ratio ratio;

	snprintf(text, sizeof text, "%.*e", digits - 1, value);
	exponent = strchr(text, 'e');
	ratio.exponent = (int)strtol(exponent + 1, NULL, 10) - (digits - 1);
	*exponent = '\0';
	for (char *at = strchr(text, '.'); at && *at; at++)
		at[0] = at[1];
	mantissa = strtoll(text, NULL, 10);
	for (*used = digits; mantissa && mantissa % 10 == 0; --*used, ratio.exponent++)
		mantissa /= 10;
	ratio.numerator = mantissa;
	ratio.denominator = 1;
	ratio.exact = true;
	return ratio;
}

// The convergents of the continued fraction of a value in [1, 10).
static bool find_fraction(long double value, int64_t *numerator, int64_t *denominator)
{
	int64_t p = 1, p_before = 0, q = 0, q_before = 1;
	long double rest = value;

	while (rest < 1e9L) {
		int64_t whole = (int64_t)rest, p_next = whole * p + p_before, q_next = whole * q + q_before;

		if (q_next > DENOMINATOR_MAX)
			return false;
		p_before = p, q_before = q, p = p_next, q = q_next;
		if (fabsl((long double)p / q / value - 1) < TOLERANCE) {
			*numerator = p;
			*denominator = q;
			return true;
		}
		rest = 1 / (rest - whole);
	}
	return false;
}

struct unit_ratio unit_ratio_from_double(double value)
{
	int digits;
	struct unit_ratio ratio, fraction = {0, 1, 0, true};

	if (!isfinite(value))
		return (struct unit_ratio){0, 1, 0, false};
	ratio = read_digits(value, DECIMAL_DIGITS + 1, &digits);
	if (value == 0 || digits <= DECIMAL_DIGITS)
		return reduce(ratio);
	fraction.exponent = (int)floor(log10(fabs(value)));
	if (find_fraction(
		(long double)fabs(value) / powl(10, fraction.exponent), &fraction.numerator, &fraction.denominator)) {
		if (value < 0)
			fraction.numerator = -fraction.numerator;
		return reduce(fraction);
	}
	ratio = read_digits(value, 17, &digits);
	ratio.exact = false;
	return ratio;
}

static struct unit_ratio inexact(double value)
{
	struct unit_ratio ratio = unit_ratio_from_double(value);

	ratio.exact = false;
	return ratio;
}

double unit_ratio_value(struct unit_ratio ratio)
{
	long double scale = powl(10, abs(ratio.exponent)), value = (long double)ratio.numerator;

	return (double)((ratio.exponent < 0 ? value / scale : value * scale) / ratio.denominator);
}

struct unit_ratio unit_ratio_multiply(struct unit_ratio a, struct unit_ratio b)
{
	int64_t left, right;
	struct unit_ratio product = {0, 1, a.exponent + b.exponent, a.exact && b.exact};

	if (a.numerator == 0 || b.numerator == 0)
		return (struct unit_ratio){0, 1, 0, product.exact};
	left = greatest_divisor(a.numerator, b.denominator);
	right = greatest_divisor(b.numerator, a.denominator);
	if (__builtin_mul_overflow(a.numerator / left, b.numerator / right, &product.numerator) ||
	    __builtin_mul_overflow(a.denominator / right, b.denominator / left, &product.denominator))
		return inexact(unit_ratio_value(a) * unit_ratio_value(b));
	return reduce(product);
}

static bool scale_up(int64_t *value, int power)
{
	if (power > 18)
		return *value == 0;
	for (; power > 0; power--)
		if (__builtin_mul_overflow(*value, 10, value))
			return false;
	return true;
}

struct unit_ratio unit_ratio_add(struct unit_ratio a, struct unit_ratio b)
{
	struct unit_ratio sum = {0, 1, a.exponent < b.exponent ? a.exponent : b.exponent, a.exact && b.exact};
	int64_t divisor = greatest_divisor(a.denominator, b.denominator), left = a.numerator, right = b.numerator;

	if (left == 0)
		return b;
	if (right == 0)
		return a;
	if (!scale_up(&left, a.exponent - sum.exponent) || !scale_up(&right, b.exponent - sum.exponent) ||
	    __builtin_mul_overflow(left, b.denominator / divisor, &left) ||
	    __builtin_mul_overflow(right, a.denominator / divisor, &right) ||
	    __builtin_add_overflow(left, right, &sum.numerator) ||
	    __builtin_mul_overflow(a.denominator, b.denominator / divisor, &sum.denominator))
		return inexact(unit_ratio_value(a) + unit_ratio_value(b));
	return reduce(sum);
}

struct unit_ratio unit_ratio_invert(struct unit_ratio ratio)
{
	int64_t sign = ratio.numerator < 0 ? -1 : 1;

	if (ratio.numerator == 0)
		return ratio;
	return reduce(
	    (struct unit_ratio){ratio.denominator * sign, ratio.numerator * sign, -ratio.exponent, ratio.exact});
}

struct unit_ratio unit_ratio_negate(struct unit_ratio ratio)
{
	ratio.numerator = -ratio.numerator;
	return ratio;
}

struct unit_ratio unit_ratio_power(struct unit_ratio ratio, int power)
{
	struct unit_ratio result = UNIT_RATIO_ONE;

	for (int i = abs(power); i > 0; i--)
		result = unit_ratio_multiply(result, ratio);
	return power < 0 ? unit_ratio_invert(result) : result;
}
