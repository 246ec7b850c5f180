#include "base/decimal.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

#define DECIMALS_MAX 6

// Few decimals, as most measurements have: when scaled/10^k reads back as the value, its digits are the text. Digits and
// power are small enough for the quotient to be rounded once, as when decimal_to_double reads it.
static bool scale_exactly(double value, int64_t *digits, int *decimals)
{
	if (fabs(value) >= 1e15 || fabs(value) < 1e-4)
		return false;
	for (*decimals = 0; *decimals <= DECIMALS_MAX; ++*decimals) {
		double scaled = nearbyint(value * powers_of_ten[*decimals]);

		if (fabs(scaled) >= 1e15)
			return false;
		if (scaled / powers_of_ten[*decimals] == value) {
			*digits = (int64_t)scaled;
			return true;
		}
	}
	return false;
}

static size_t write_scaled(char *out, int64_t digits, int decimals)
{
	char text[32], *at = text + sizeof text;
	uint64_t rest = digits < 0 ? 0 - (uint64_t)digits : (uint64_t)digits;
	size_t length;

	for (int i = 0; rest || i <= decimals; i++) {
		if (i == decimals && decimals)
			*--at = '.';
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (digits < 0)
		*--at = '-';
	length = (size_t)(text + sizeof text - at);
	memcpy(out, at, length);
	return length;
}

// printf's exponent without '+' and leading zeros: e+22 is e22, e-07 is e-7.
static size_t shorten_exponent(char *text, size_t length)
{
	char *e = memchr(text, 'e', length), *from, *to;

	if (!e)
		return length;
	from = to = e + 1;
	if (*from == '-')
		to++;
	from++;
	while (*from == '0')
		from++;
	memmove(to, from, (size_t)(text + length - from));
	return length - (size_t)(from - to);
}

size_t decimal_format_double(char out[DECIMAL_TEXT_SIZE], double value)
{
	// Any 15 digits survive in a normal double; the subnormal ones have fewer.
	int precision = fabs(value) < DBL_MIN ? 1 : 15;
	int64_t digits;
	int decimals, length;

	if (value == 0) {
		out[0] = '0';
		return 1;
	}
	if (scale_exactly(value, &digits, &decimals))
		return write_scaled(out, digits, decimals);
	do
		length = snprintf(out, DECIMAL_TEXT_SIZE, "%.*g", precision, value);
	while (precision++ < 17 && strtod(out, NULL) != value);
	return shorten_exponent(out, (size_t)length);
}

void decimal_append_double(struct buffer *out, double value)
{
	out->length += decimal_format_double(buffer_reserve(out, DECIMAL_TEXT_SIZE), value);
}
