#include "record/unit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"

// As many as a product with a multiplier of 64 bits leaves room for in most cases; where it does not, doubles are used.
#define DIGITS_MAX       36
#define EXACT_DIGITS     12
#define MORE_DIGITS      2
#define FEWEST_DIGITS    7
#define INEXACT_DIGITS   15
#define PLAIN_SMALLEST   -7
#define PLAIN_LARGEST    21
#define EXPONENT_CAP     1000000
#define EXPONENT_READ    (INT64_C(1) << 40) // no line has so many digits that an exponent beyond it comes back into range
#define EXPONENT_SMALL   -5000
#define INTEGER_TEXT_MAX 40

__extension__ typedef unsigned __int128 wide;

// digits * 10^exponent
struct number {
	bool negative;
	wide digits;
	int count; // of digits without leading zeros
	int exponent;
};

static bool multiply(wide *value, wide factor)
{
	return !__builtin_mul_overflow(*value, factor, value);
}

static bool scale_up(wide *value, int power)
{
	if (power > DIGITS_MAX + 2)
		return *value == 0;
	for (; power > 0; power--)
		if (!multiply(value, 10))
			return false;
	return true;
}

// Digits behind the first DIGITS_MAX only count.
static struct number read_number(struct slice text)
{
	struct number number = {0};
	const char *at = text.data, *end = text.data + text.length;
	int64_t shift = 0;
	bool fraction = false;

	number.negative = *at == '-';
	for (at += number.negative; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		if (number.count < DIGITS_MAX) {
			number.digits = number.digits * 10 + (unsigned)(*at - '0');
			number.count += number.digits > 0;
			shift -= fraction;
		} else {
			shift += !fraction;
		}
	}
	shift += at < end ? decimal_exponent(slice_of(at + 1, (size_t)(end - at - 1)), EXPONENT_READ) : 0;
	number.exponent = shift > EXPONENT_CAP ? EXPONENT_CAP : shift < -EXPONENT_CAP ? -EXPONENT_CAP : (int)shift;
	return number;
}

static void append_plain(struct buffer *out, struct slice digits, int exponent)
{
	int before = (int)digits.length + exponent;

	if (before <= 0) {
		buffer_append_string(out, "0.");
		for (int i = before; i < 0; i++)
			buffer_append_char(out, '0');
		buffer_append_slice(out, digits);
		return;
	}
	for (int i = 0; i < before; i++)
		buffer_append_char(out, i < (int)digits.length ? digits.data[i] : '0');
	if (exponent < 0) {
		buffer_append_char(out, '.');
		buffer_append_slice(out, slice_skip(digits, (size_t)before));
	}
}

static void append_scientific(struct buffer *out, struct slice digits, int exponent)
{
	buffer_append_char(out, digits.data[0]);
	if (digits.length > 1) {
		buffer_append_char(out, '.');
		buffer_append_slice(out, slice_skip(digits, 1));
	}
	buffer_printf(out, "e%d", exponent + (int)digits.length - 1);
}

static int check_range(struct buffer *out, size_t before, struct error *error)
{
	if (isfinite(decimal_to_double(slice_of(out->data + before, out->length - before))))
		return 0;
	out->length = before;
	return error_set(error, "the converted number is too large");
}

static int append_digits(struct buffer *out, bool negative, struct slice digits, int64_t exponent, struct error *error)
{
	size_t before = out->length;
	int64_t largest;

	while (digits.length && digits.data[0] == '0')
		digits = slice_skip(digits, 1);
	for (; digits.length && digits.data[digits.length - 1] == '0'; exponent++)
		digits.length--;
	largest = exponent + (int64_t)digits.length;
	if (digits.length == 0 || largest < EXPONENT_SMALL) {
		buffer_append_char(out, '0');
		return 0;
	}
	if (largest > DBL_MAX_10_EXP + 2)
		return error_set(error, "the converted number is too large");
	if (negative)
		buffer_append_char(out, '-');
	if (largest > PLAIN_SMALLEST && largest <= PLAIN_LARGEST)
		append_plain(out, digits, (int)exponent);
	else
		append_scientific(out, digits, (int)exponent);
	return largest > DBL_MAX_10_EXP ? check_range(out, before, error) : 0;
}

static int append_wide(struct buffer *out, bool negative, wide digits, int exponent, struct error *error)
{
	char text[INTEGER_TEXT_MAX], *at = text + sizeof text;

	for (; digits; digits /= 10)
		*--at = (char)('0' + (int)(digits % 10));
	return append_digits(out, negative, slice_of(at, (size_t)(text + sizeof text - at)), exponent, error);
}

static int append_double(struct buffer *out, long double value, int digits, struct error *error)
{
	char text[64], plain[32];
	size_t length = 0;
	char *e;

	if (!isfinite(value))
		return error_set(
		    error, isnan(value) ? "the number has no value in that unit" : "the converted number is too large");
	snprintf(text, sizeof text, "%.*Le", digits - 1, fabsl(value));
	e = strchr(text, 'e');
	for (char *at = text; at < e; at++)
		if (*at != '.')
			plain[length++] = *at;
	return append_digits(out, value < 0, slice_of(plain, length), strtol(e + 1, NULL, 10) - (digits - 1), error);
}

static int significant(int count, int most)
{
	int digits = count + MORE_DIGITS;

	return digits < FEWEST_DIGITS ? FEWEST_DIGITS : digits > most ? most : digits;
}

static int convert_double(const struct unit_converter *converter, struct slice text, const struct number *number,
    struct buffer *out, struct error *error)
{
	double value = decimal_to_double(text);
	long double result = converter->linear
	    ? (long double)value * (long double)converter->gain + (long double)converter->offset
	    : (long double)unit_convert(converter, value);

	return append_double(out, result, significant(number->count, INEXACT_DIGITS), error);
}

// The decimals a fraction needs to come out even, or -1.
static int even_after(uint64_t divisor)
{
	int twos = 0, fives = 0;

	for (; divisor % 2 == 0; twos++)
		divisor /= 2;
	for (; divisor % 5 == 0; fives++)
		divisor /= 5;
	return divisor != 1 ? -1 : twos > fives ? twos : fives;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static int count_digits(wide value)
{
	int count = 0;

	for (; value && value % 10 == 0; value /= 10)
		;
	for (; value; value /= 10)
		count++;
	return count;
}

// numerator / divisor * 10^exponent, when it comes out even within the digits that are written exactly.
static bool divide_evenly(wide numerator, uint64_t divisor, int most, struct number *result)
{
	uint64_t common = greatest_divisor((uint64_t)(numerator % divisor), divisor);
	int decimals = even_after(divisor / common);

	if (decimals < 0)
		return false;
	numerator /= common;
	if (!scale_up(&numerator, decimals))
		return false;
	result->digits = numerator / (divisor / common);
	result->exponent -= decimals;
	return count_digits(result->digits) <= most;
}

// Rounded to the place 10^place, half away from zero.
static bool divide_rounded(wide numerator, wide divisor, int place, struct number *result)
{
	if (!(place <= result->exponent ? scale_up(&numerator, result->exponent - place)
					: scale_up(&divisor, place - result->exponent)))
		return false;
	result->digits = numerator / divisor;
	result->digits += numerator % divisor >= divisor - numerator % divisor;
	result->exponent = place;
	return true;
}

static int choose_place(const struct unit_converter *converter, wide numerator, int exponent, int number_exponent)
{
	double value = log10((double)numerator) - log10((double)converter->divisor);
	int magnitude = (int)floor(value) + exponent;
	int step = converter->gain_magnitude + number_exponent - MORE_DIGITS;
	int place = step < magnitude - (FEWEST_DIGITS - 1) ? step : magnitude - (FEWEST_DIGITS - 1);

	if (!converter->exact && place < magnitude - (INEXACT_DIGITS - 1))
		place = magnitude - (INEXACT_DIGITS - 1);
	return place;
}

// number * multiplier + addend, over the divisor. False when 128 bits do not hold it.
static bool add_up(const struct unit_converter *converter, const struct number *number, struct number *sum)
{
	wide product = number->digits, addend = (wide)llabs(converter->addend);
	bool negative = number->negative != (converter->multiplier < 0), addend_negative = converter->addend < 0;
	int exponent = number->exponent + converter->multiplier_exponent;
	int lowest = converter->addend && converter->addend_exponent < exponent ? converter->addend_exponent : exponent;

	if (!multiply(&product, (wide)llabs(converter->multiplier)) || !scale_up(&product, exponent - lowest))
		return false;
	if (addend && !scale_up(&addend, converter->addend_exponent - lowest))
		return false;
	sum->exponent = lowest;
	sum->negative = product >= addend ? negative : addend_negative;
	if (negative != addend_negative) {
		sum->digits = product >= addend ? product - addend : addend - product;
		return true;
	}
	return !__builtin_add_overflow(product, addend, &sum->digits);
}

static int convert_exactly(const struct unit_converter *converter, struct slice text, struct number number,
    struct buffer *out, struct error *error)
{
	int most = number.count + MORE_DIGITS > EXACT_DIGITS ? number.count + MORE_DIGITS : EXACT_DIGITS;
	struct number sum, even, rounded;

	if (!add_up(converter, &number, &sum))
		return convert_double(converter, text, &number, out, error);
	even = rounded = sum;
	if (converter->exact && divide_evenly(sum.digits, (uint64_t)converter->divisor, most, &even))
		return append_wide(out, even.negative, even.digits, even.exponent, error);
	if (sum.digits == 0)
		return append_wide(out, false, 0, 0, error);
	if (!divide_rounded(sum.digits, (wide)converter->divisor,
		choose_place(converter, sum.digits, sum.exponent, number.exponent), &rounded))
		return convert_double(converter, text, &number, out, error);
	return append_wide(out, rounded.negative, rounded.digits, rounded.exponent, error);
}

// A scale by a power of ten moves the point, whatever the number of digits.
static int shift_point(
    const struct unit_converter *converter, struct slice text, struct buffer *out, struct error *error)
{
	struct buffer digits = BUFFER_INIT;
	int64_t exponent = converter->multiplier_exponent;
	bool fraction = false;
	int status;
	size_t i = text.data[0] == '-';

	for (; i < text.length && text.data[i] != 'e' && text.data[i] != 'E'; i++) {
		if (text.data[i] == '.')
			fraction = true;
		else
			buffer_append_char(&digits, text.data[i]);
		exponent -= fraction && text.data[i] != '.';
	}
	if (i < text.length)
		exponent += decimal_exponent(slice_skip(text, i + 1), EXPONENT_READ);
	status = append_digits(out, text.data[0] == '-', buffer_slice(&digits), exponent, error);
	buffer_release(&digits);
	return status;
}

int unit_convert_text(
    const struct unit_converter *converter, struct slice text, struct buffer *out, struct error *error)
{
	struct number number;

	if (converter->same) {
		buffer_append_slice(out, text);
		return 0;
	}
	if (!decimal_is_number(text))
		return error_set(error, "not a number");
	number = read_number(text);
	if (!converter->linear)
		return convert_double(converter, text, &number, out, error);
	if (number.count == DIGITS_MAX && converter->exact && converter->multiplier == 1 && converter->divisor == 1 &&
	    !converter->addend)
		return shift_point(converter, text, out, error);
	return convert_exactly(converter, text, number, out, error);
}
