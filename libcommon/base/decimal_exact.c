#include "base/decimal_exact.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"

#define POWER_MAX  400
#define DIGITS_MAX 38

// Of the exponent's size where a number is written with one: 1e21, 1e-7.
#define PLAIN_MAX 21
#define PLAIN_MIN (-6)

// Most numbers do, and are divided ten times as fast.
static inline bool fits_int64(__int128 digits)
{
	return digits == (int64_t)digits;
}

static struct decimal normal(__int128 digits, int power)
{
	if (!digits)
		return (struct decimal){0, 0};
	for (; !fits_int64(digits) && digits % 10 == 0; power++)
		digits /= 10;
	if (!fits_int64(digits))
		return (struct decimal){digits, power};
	int64_t few = (int64_t)digits;

	for (; few % 10 == 0; power++)
		few /= 10;
	return (struct decimal){few, power};
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int decimal_read(struct slice text, struct decimal *number)
{
	const char *at = text.data, *end = text.data + text.length;
	bool negative = at < end && *at == '-', is_fraction = false;
	__int128 digits = 0;
	int64_t power = 0;
	int shift = 0;

	for (at += negative; at < end && (is_digit(*at) || *at == '.'); at++) {
		if (*at == '.') {
			is_fraction = true;
			continue;
		}
		if (shift > POWER_MAX || __builtin_mul_overflow(digits, (__int128)10, &digits) ||
		    __builtin_add_overflow(digits, (__int128)(*at - '0'), &digits))
			return -1;
		shift += is_fraction;
	}
	if (at < end)
		power = decimal_exponent(slice_of(at + 1, (size_t)(end - at - 1)), POWER_MAX);
	if (power > POWER_MAX || power < -POWER_MAX)
		return -1;
	*number = normal(negative ? -digits : digits, (int)power - shift);
	return 0;
}

// digits * 10^count; -1 when there is no room.
static int scale(__int128 *digits, int count)
{
	if (count > DIGITS_MAX && *digits)
		return -1;
	for (; count > 0; count--)
		if (__builtin_mul_overflow(*digits, (__int128)10, digits))
			return -1;
	return 0;
}

int decimal_add(struct decimal a, struct decimal b, struct decimal *sum)
{
	int power = a.power < b.power ? a.power : b.power;
	__int128 digits;

	if (!a.digits || !b.digits) {
		*sum = a.digits ? a : b;
		return 0;
	}
	if (scale(&a.digits, a.power - power) || scale(&b.digits, b.power - power) ||
	    __builtin_add_overflow(a.digits, b.digits, &digits))
		return -1;
	*sum = normal(digits, power);
	return 0;
}

int decimal_multiply(struct decimal a, struct decimal b, struct decimal *product)
{
	__int128 digits;

	if (__builtin_mul_overflow(a.digits, b.digits, &digits))
		return -1;
	*product = normal(digits, a.power + b.power);
	return 0;
}

int decimal_digit_count(struct decimal number)
{
	__int128 rest = number.digits;
	int count = 0;

	for (; !fits_int64(rest); rest /= 10)
		count++;
	for (int64_t few = (int64_t)rest; few; few /= 10)
		count++;
	return count;
}

struct decimal decimal_negate(struct decimal number)
{
	number.digits = -number.digits;
	return number;
}

// Nearest whole number to dividend / divisor, halves to even. divisor is above 0.
static __int128 divide_nearest(__int128 dividend, __int128 divisor)
{
	__int128 whole = dividend / divisor, rest = dividend % divisor;
	__int128 above = rest < 0 ? -rest : rest;
	bool up = above > divisor - above || (above == divisor - above && whole % 2);

	return whole + (up ? (dividend < 0 ? -1 : 1) : 0);
}

struct decimal decimal_round(struct decimal number, int significant)
{
	int excess = decimal_digit_count(number) - significant;
	__int128 divisor = 1;

	if (excess <= 0)
		return number;
	for (int i = 0; i < excess; i++)
		divisor *= 10;
	return normal(divide_nearest(number.digits, divisor), number.power + excess);
}

int decimal_divide(struct decimal a, struct decimal b, int significant, struct decimal *quotient)
{
	if (!b.digits)
		return -1;
	if (b.digits < 0) {
		a = decimal_negate(a);
		b = decimal_negate(b);
	}
	// One digit more than asked for, and whether anything is behind it, make rounding twice the same as rounding once.
	int more = significant + 1 + decimal_digit_count(b) - decimal_digit_count(a);

	more = more > 0 ? more : 0;
	if (scale(&a.digits, more))
		return -1;
	__int128 whole = a.digits / b.digits, rest = a.digits % b.digits;

	if (scale(&whole, 1))
		return -1;
	whole += rest > 0 ? 1 : rest < 0 ? -1 : 0;
	*quotient = decimal_round(normal(whole, a.power - b.power - more - 1), significant);
	return 0;
}

static void append_zeros(struct buffer *out, int count)
{
	for (; count > 0; count--)
		buffer_append_char(out, '0');
}

static inline char last_digit(int remainder)
{
	return (char)('0' + (remainder < 0 ? -remainder : remainder));
}

void decimal_append(struct buffer *out, struct decimal number)
{
	char text[DIGITS_MAX + 2], *at = text + sizeof text;
	int count = decimal_digit_count(number), leading;

	__int128 rest = number.digits;

	for (; !fits_int64(rest); rest /= 10)
		*--at = last_digit((int)(rest % 10));
	for (int64_t few = (int64_t)rest; few; few /= 10)
		*--at = last_digit((int)(few % 10));
	if (!count)
		*--at = '0', count = 1;
	if (number.digits < 0)
		buffer_append_char(out, '-');
	leading = count + number.power; // digits before the point
	if (leading - 1 >= PLAIN_MAX || leading - 1 < PLAIN_MIN) {
		buffer_append(out, at, 1);
		if (count > 1)
			buffer_append_char(out, '.');
		buffer_append(out, at + 1, (size_t)count - 1);
		buffer_printf(out, "e%d", leading - 1);
	} else if (number.power >= 0) {
		buffer_append(out, at, (size_t)count);
		append_zeros(out, number.power);
	} else if (leading > 0) {
		buffer_append(out, at, (size_t)leading);
		buffer_append_char(out, '.');
		buffer_append(out, at + leading, (size_t)(count - leading));
	} else {
		buffer_append_string(out, "0.");
		append_zeros(out, -leading);
		buffer_append(out, at, (size_t)count);
	}
}
