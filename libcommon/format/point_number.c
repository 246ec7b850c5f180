#include "format/point_number.h"

#include <math.h>

#include "base/decimal.h"

// No number with less digits before the point and an exponent of less digits is beyond a double.
#define SAFE_DIGITS          200
#define SAFE_EXPONENT_DIGITS 2

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

// Digits without zeros in front.
static struct slice significant(struct slice digits)
{
	while (digits.length > 1 && digits.data[0] == '0')
		digits = slice_skip(digits, 1);
	return digits;
}

static bool is_in_range(struct slice digits, const char *limit)
{
	struct slice most = slice_from_string(limit), kept = significant(digits);

	return kept.length < most.length || (kept.length == most.length && slice_compare(kept, most) <= 0);
}

static const char *skip_digits(const char *at, const char *stop)
{
	while (at < stop && is_digit(*at))
		at++;
	return at;
}

const char *point_number_take(const char *at, const char *stop, struct point_number *number)
{
	const char *begin, *after;

	*number = (struct point_number){.is_negative = at < stop && *at == '-'};
	at += number->is_negative;
	after = skip_digits(at, stop);
	number->whole = slice_of(at, (size_t)(after - at));
	at = after;
	if (at < stop && *at == '.') {
		number->has_point = true;
		after = skip_digits(++at, stop);
		number->fraction = slice_of(at, (size_t)(after - at));
		at = after;
	}
	if (!number->whole.length && !number->fraction.length)
		return NULL;
	if (at == stop || (*at | 0x20) != 'e')
		return at;
	begin = ++at;
	at += at < stop && (*at == '+' || *at == '-');
	after = skip_digits(at, stop);
	number->exponent = slice_of(begin, (size_t)(after - begin));
	return after > at ? after : NULL;
}

void point_number_append(struct buffer *out, const struct point_number *number)
{
	if (number->is_negative)
		buffer_append_char(out, '-');
	buffer_append_slice(out, number->whole.length ? significant(number->whole) : SLICE_LITERAL("0"));
	if (number->fraction.length) {
		buffer_append_char(out, '.');
		buffer_append_slice(out, number->fraction);
	}
	if (number->exponent.length) {
		buffer_append_char(out, 'e');
		buffer_append_slice(out, number->exponent);
	}
}

bool point_number_is_json(const struct point_number *number)
{
	return number->whole.length && (number->whole.length == 1 || number->whole.data[0] != '0') &&
	    (number->fraction.length || !number->has_point);
}

static bool is_finite(const struct point_number *number)
{
	struct buffer text = BUFFER_INIT;
	bool result;

	size_t sign = number->exponent.length && !is_digit(number->exponent.data[0]);

	if (number->whole.length < SAFE_DIGITS && number->exponent.length - sign <= SAFE_EXPONENT_DIGITS)
		return true;
	point_number_append(&text, number);
	result = isfinite(decimal_to_double(buffer_slice(&text)));
	buffer_release(&text);
	return result;
}

int point_number_check(const struct point_number *number, enum point_kind kind, struct error *error)
{
	if (kind == POINT_UNSIGNED && !is_in_range(number->whole, "18446744073709551615"))
		return error_set(error, "the number is beyond what an unsigned integer of 64 bits holds");
	if (kind == POINT_INTEGER &&
	    !is_in_range(number->whole, number->is_negative ? "9223372036854775808" : "9223372036854775807"))
		return error_set(error, "the number is beyond what an integer of 64 bits holds");
	if (kind == POINT_FLOAT && !is_finite(number))
		return error_set(error, "the number is beyond what a double holds");
	return 0;
}
