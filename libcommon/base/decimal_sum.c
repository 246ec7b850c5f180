#include "base/decimal_sum.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"

// No sum with a larger exponent has few enough digits, unless its number is 0.
#define EXPONENT_MAX (2 * DECIMAL_SUM_DIGITS)

// digits * 10^-scale; a point among the digits is skipped.
struct term {
	bool negative;
	const char *digits; // from the first that is not 0
	size_t count;       // of digits, without the point; 0 for zero
	int64_t scale;
};

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int read_term(struct slice text, struct term *term)
{
	size_t at = text.length && text.data[0] == '-';
	bool behind_point = false;

	*term = (struct term){.negative = at > 0};
	if (text.length > DECIMAL_SUM_LENGTH)
		return -1;
	for (; at < text.length && (is_digit(text.data[at]) || text.data[at] == '.'); at++) {
		if (text.data[at] == '.') {
			behind_point = true;
			continue;
		}
		term->scale += behind_point;
		if (!term->count && text.data[at] == '0')
			continue;
		if (!term->count)
			term->digits = text.data + at;
		term->count++;
	}
	if (at < text.length)
		term->scale -= decimal_exponent(slice_skip(text, at + 1), EXPONENT_MAX + DECIMAL_SUM_LENGTH);
	// Zero has decimals worth keeping, but no power of ten that could make it long.
	if (!term->count && (term->scale < 0 || term->scale > DECIMAL_SUM_DIGITS))
		term->scale = 0;
	return term->count > DECIMAL_SUM_DIGITS || term->scale > EXPONENT_MAX || term->scale < -EXPONENT_MAX ? -1 : 0;
}

// Puts the term's digits where they belong in a number of `count` digits with `scale` decimals.
static void place(const struct term *term, int64_t scale, unsigned char *digits, size_t count)
{
	const char *from = term->digits;
	size_t at = count - (size_t)(scale - term->scale) - term->count;

	memset(digits, 0, count);
	for (size_t i = 0; i < term->count; i++, from++) {
		if (*from == '.')
			from++;
		digits[at + i] = (unsigned char)(*from - '0');
	}
}

static void add(unsigned char *sum, const unsigned char *other, size_t count)
{
	unsigned char carry = 0;

	for (size_t i = count; i-- > 0;) {
		unsigned char digit = (unsigned char)(sum[i] + other[i] + carry);

		carry = digit >= 10;
		sum[i] = (unsigned char)(digit - (carry ? 10 : 0));
	}
}

// larger - smaller, into either.
static void subtract(const unsigned char *larger, const unsigned char *smaller, unsigned char *result, size_t count)
{
	int borrow = 0;

	for (size_t i = count; i-- > 0;) {
		int digit = larger[i] - smaller[i] - borrow;

		borrow = digit < 0;
		result[i] = (unsigned char)(borrow ? digit + 10 : digit);
	}
}

static void append_digits(struct buffer *out, bool negative, const unsigned char *digits, size_t count, size_t decimals)
{
	size_t first = 0;
	bool is_zero = true;

	for (size_t i = 0; i < count; i++)
		is_zero = is_zero && !digits[i];
	while (first + decimals + 1 < count && !digits[first])
		first++;
	if (negative && !is_zero)
		buffer_append_char(out, '-');
	for (size_t i = first; i < count; i++) {
		if (i == count - decimals)
			buffer_append_char(out, '.');
		buffer_append_char(out, (char)('0' + digits[i]));
	}
}

// Digits in front of those that the scale leaves behind the point, and all of these.
static size_t width(const struct term *term, int64_t scale)
{
	return term->count + (size_t)(scale - term->scale);
}

int decimal_append_sum(struct buffer *out, struct slice a, struct slice b)
{
	unsigned char first[DECIMAL_SUM_DIGITS + 2], second[DECIMAL_SUM_DIGITS + 2];
	struct term x, y;
	int64_t scale;
	size_t count;

	if (read_term(a, &x) < 0 || read_term(b, &y) < 0)
		return -1;
	scale = x.scale > y.scale ? x.scale : y.scale;
	scale = scale > 0 ? scale : 0;
	count = width(&x, scale) > width(&y, scale) ? width(&x, scale) : width(&y, scale);
	count = (count > (size_t)scale ? count : (size_t)scale) + 1; // one for the carry, or the 0 before the point
	if (count > DECIMAL_SUM_DIGITS)
		return -1;
	place(&x, scale, first, count);
	place(&y, scale, second, count);
	if (x.negative == y.negative)
		add(first, second, count);
	else if (memcmp(first, second, count) >= 0)
		subtract(first, second, first, count);
	else {
		subtract(second, first, first, count);
		x.negative = y.negative;
	}
	append_digits(out, x.negative, first, count, (size_t)scale);
	return 0;
}
