#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// Exponents of so many digits fit int64_t with room for any length of text added to them.
#define SMALL_EXPONENT_DIGITS 18

// No double needs more significant digits than 767 to be told from its neighbours; one digit more stands for the rest.
#define DOUBLE_DIGITS 780

// The value is 0.DDDD... * 10^(point + exponent), where D are the digits of text from `first` on (an int point among them is
// skipped), `significant` in number, the first and the last not 0.
struct parts {
	bool negative;
	const char *first;
	size_t significant; // 0 for zero
	int64_t point;
	int64_t exponent;          // when it is small
	struct slice big_exponent; // its digits when it is not, without leading zeros
	bool big_negative;
};

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(struct slice text, size_t from)
{
	size_t at = from;

	while (at < text.length && is_digit(text.data[at]))
		at++;
	return at - from;
}

bool decimal_is_number(struct slice text)
{
	size_t at = text.length && text.data[0] == '-', digits = count_digits(text, at);

	if (!digits || (digits > 1 && text.data[at] == '0'))
		return false;
	at += digits;
	if (at < text.length && text.data[at] == '.') {
		digits = count_digits(text, at + 1);
		if (!digits)
			return false;
		at += digits + 1;
	}
	if (at < text.length && (text.data[at] == 'e' || text.data[at] == 'E')) {
		at++;
		if (at < text.length && (text.data[at] == '+' || text.data[at] == '-'))
			at++;
		digits = count_digits(text, at);
		if (!digits)
			return false;
		at += digits;
	}
	return at == text.length;
}

static void read_exponent(struct slice text, struct parts *parts)
{
	bool negative = text.length && text.data[0] == '-';

	if (text.length && !is_digit(text.data[0]))
		text = slice_skip(text, 1);
	while (text.length && text.data[0] == '0')
		text = slice_skip(text, 1);
	if (text.length > SMALL_EXPONENT_DIGITS) {
		parts->big_exponent = text;
		parts->big_negative = negative;
		return;
	}
	for (size_t i = 0; i < text.length; i++)
		parts->exponent = parts->exponent * 10 + (text.data[i] - '0');
	if (negative)
		parts->exponent = -parts->exponent;
}

int64_t decimal_exponent(struct slice text, int64_t limit)
{
	bool negative = text.length && text.data[0] == '-';
	int64_t exponent = 0;

	if (text.length && !is_digit(text.data[0]))
		text = slice_skip(text, 1);
	for (size_t i = 0; i < text.length && exponent <= limit; i++)
		exponent = exponent * 10 + (text.data[i] - '0');
	return negative ? -exponent : exponent;
}

static inline size_t digits_between(const char *from, const char *end, const char *dot)
{
	return (size_t)(end - from) - (dot && from <= dot && dot < end);
}

// Takes the zeros off both ends of the digits in [from, end), which hold at most one point.
static void read_digits(const char *from, const char *end, struct parts *parts)
{
	const char *dot = memchr(from, '.', (size_t)(end - from));
	const char *whole_end = dot ? dot : end;

	while (from < end && (*from == '0' || *from == '.'))
		from++;
	while (end > from && (end[-1] == '0' || end[-1] == '.'))
		end--;
	parts->first = from;
	parts->significant = digits_between(from, end, dot);
	parts->point = from <= whole_end ? whole_end - from : -(from - whole_end - 1);
}

static struct parts split(struct slice text)
{
	struct parts parts = {.negative = text.length && text.data[0] == '-'};
	size_t begin = parts.negative, end = begin;

	while (end < text.length && (is_digit(text.data[end]) || text.data[end] == '.'))
		end++;
	read_digits(text.data + begin, text.data + end, &parts);
	if (end < text.length && parts.significant)
		read_exponent(slice_skip(text, end + 1), &parts);
	return parts;
}

static inline char digit_at(const char **at)
{
	if (**at == '.')
		++*at;
	return *(*at)++;
}

static void append_int64(struct buffer *out, int64_t value)
{
	char text[24], *at = text + sizeof text;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--at = '-';
	buffer_append(out, at, (size_t)(text + sizeof text - at));
}

// digits + amount, in place; the first digit is a 0 that takes the carry.
static void add_to_digits(char *digits, size_t count, uint64_t amount)
{
	for (size_t i = count; i-- > 0 && amount;) {
		amount += (uint64_t)(digits[i] - '0');
		digits[i] = (char)('0' + amount % 10);
		amount /= 10;
	}
}

// digits - amount, which is the smaller of the two.
static void take_from_digits(char *digits, size_t count, uint64_t amount)
{
	for (size_t i = count; i-- > 0 && amount;) {
		int rest = digits[i] - '0' - (int)(amount % 10);

		amount /= 10;
		if (rest < 0) {
			rest += 10;
			amount++;
		}
		digits[i] = (char)('0' + rest);
	}
}

// The exponent and the shift added up, in decimal.
static void append_exponent(struct buffer *out, const struct parts *parts, int64_t shift)
{
	struct slice big = parts->big_exponent;
	uint64_t amount = shift < 0 ? 0 - (uint64_t)shift : (uint64_t)shift;
	char *digits;
	size_t zeros = 0;

	if (!big.length) {
		append_int64(out, parts->exponent + shift);
		return;
	}
	if (parts->big_negative)
		buffer_append_char(out, '-');
	digits = buffer_reserve(out, big.length + 1);
	digits[0] = '0';
	memcpy(digits + 1, big.data, big.length);
	if ((shift < 0) == parts->big_negative)
		add_to_digits(digits, big.length + 1, amount);
	else
		take_from_digits(digits, big.length + 1, amount);
	while (digits[zeros] == '0')
		zeros++;
	memmove(digits, digits + zeros, big.length + 1 - zeros);
	out->length += big.length + 1 - zeros;
}

void decimal_append_canonical(struct buffer *out, struct slice text)
{
	struct parts parts = split(text);
	const char *at = parts.first;
	char *to;

	if (!parts.significant) {
		buffer_append_char(out, '0');
		return;
	}
	if (parts.negative)
		buffer_append_char(out, '-');
	to = buffer_reserve(out, parts.significant + 1);
	for (size_t i = 0; i < parts.significant; i++)
		to[i] = digit_at(&at);
	to[parts.significant] = 'e';
	out->length += parts.significant + 1;
	append_exponent(out, &parts, parts.point - (int64_t)parts.significant);
}

static int compare_decimal_integers(struct slice a, struct slice b)
{
	bool a_negative = a.data[0] == '-', b_negative = b.data[0] == '-';
	int order;

	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	order = a.length != b.length ? (a.length < b.length ? -1 : 1) : slice_compare(a, b);
	return a_negative ? -order : order;
}

static int compare_big_magnitudes(const struct parts *a, const struct parts *b)
{
	struct buffer a_power = BUFFER_INIT, b_power = BUFFER_INIT;
	int order;

	append_exponent(&a_power, a, a->point);
	append_exponent(&b_power, b, b->point);
	order = compare_decimal_integers(buffer_slice(&a_power), buffer_slice(&b_power));
	buffer_release(&a_power);
	buffer_release(&b_power);
	return order;
}

static int compare_digits(const struct parts *a, const struct parts *b)
{
	size_t shorter = a->significant < b->significant ? a->significant : b->significant;
	const char *a_at = a->first, *b_at = b->first;

	for (size_t i = 0; i < shorter; i++) {
		int difference = digit_at(&a_at) - digit_at(&b_at);

		if (difference)
			return difference;
	}
	return (a->significant > b->significant) - (a->significant < b->significant);
}

// Of two numbers that are not zero, without their signs.
static int compare_magnitudes(const struct parts *a, const struct parts *b)
{
	int order;

	if (a->big_exponent.length || b->big_exponent.length) {
		order = compare_big_magnitudes(a, b);
	} else {
		int64_t a_power = a->exponent + a->point, b_power = b->exponent + b->point;

		order = (a_power > b_power) - (a_power < b_power);
	}
	return order ? order : compare_digits(a, b);
}

static int sign_of(const struct parts *parts)
{
	return !parts->significant ? 0 : parts->negative ? -1 : 1;
}

int decimal_compare(struct slice a, struct slice b)
{
	struct parts a_parts, b_parts;
	int a_sign, b_sign, order;

	if (slice_equal(a, b))
		return 0;
	a_parts = split(a);
	b_parts = split(b);
	a_sign = sign_of(&a_parts);
	b_sign = sign_of(&b_parts);
	if (a_sign != b_sign)
		return a_sign < b_sign ? -1 : 1;
	if (!a_sign)
		return 0;
	order = compare_magnitudes(&a_parts, &b_parts);
	return ((order > 0) - (order < 0)) * a_sign;
}

// Writes 0.DDDe±N with a bounded number of digits: what follows them only matters by not being zero.
static void write_bounded(char *text, size_t size, const struct parts *parts)
{
	size_t count = parts->significant < DOUBLE_DIGITS ? parts->significant : DOUBLE_DIGITS;
	int64_t power = parts->exponent + parts->point;
	const char *from = parts->first;
	char *at = text;

	if (parts->big_exponent.length)
		power = parts->big_negative ? INT64_MIN : INT64_MAX;
	power = power > 100000 ? 100000 : power < -100000 ? -100000 : power;
	if (parts->negative)
		*at++ = '-';
	*at++ = '.';
	for (size_t i = 0; i < count; i++)
		*at++ = digit_at(&from);
	if (count < parts->significant)
		*at++ = '1';
	snprintf(at, size - (size_t)(at - text), "e%lld", (long long)power);
}

static long double to_long_double(struct slice text)
{
	struct parts parts = split(text);
	char bounded[DOUBLE_DIGITS + 32];

	if (!parts.significant)
		return 0;
	write_bounded(bounded, sizeof bounded, &parts);
	return strtold(bounded, NULL);
}

bool decimal_within(struct slice a, struct slice b, double absolute, double relative)
{
	long double a_value, b_value, difference, larger, allowed;

	if (decimal_compare(a, b) == 0)
		return true;
	if (!(absolute > 0) && !(relative > 0))
		return false;
	a_value = to_long_double(a);
	b_value = to_long_double(b);
	difference = fabsl(a_value - b_value);
	larger = fmaxl(fabsl(a_value), fabsl(b_value));
	if (isinf(larger))
		return false;
	if (larger == 0)
		return absolute > 0;
	allowed = fmaxl(absolute, relative * larger);
	return difference <= allowed;
}

int decimal_to_int64(struct slice text, int64_t *value)
{
	struct parts parts = split(text);
	int64_t power = parts.exponent + parts.point;
	const char *at = parts.first;
	__int128 sum = 0;

	*value = 0;
	if (!parts.significant)
		return 0;
	if (parts.big_exponent.length || power > 19 || power < (int64_t)parts.significant)
		return -1;
	for (int64_t i = 0; i < power; i++)
		sum = sum * 10 + (i < (int64_t)parts.significant ? digit_at(&at) - '0' : 0);
	if (parts.negative)
		sum = -sum;
	if (sum < INT64_MIN || sum > INT64_MAX)
		return -1;
	*value = (int64_t)sum;
	return 0;
}

static const double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
    1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#define EXACT_POWER_MAX  22
#define EXACT_DIGITS_MAX 15

// Up to 15 digits and 10^22 are exact doubles, and one product or quotient of such is rounded once (Clinger 1990, "How
// to read floating point numbers accurately").
static bool read_exactly(const struct parts *parts, double *value)
{
	int64_t power = parts->exponent + parts->point - (int64_t)parts->significant;
	const char *at = parts->first;
	int64_t digits = 0;

	if (parts->big_exponent.length || parts->significant > EXACT_DIGITS_MAX || power < -EXACT_POWER_MAX ||
	    power > EXACT_POWER_MAX)
		return false;
	for (size_t i = 0; i < parts->significant; i++)
		digits = digits * 10 + (digit_at(&at) - '0');
	*value = power < 0 ? (double)digits / powers_of_ten[-power] : (double)digits * powers_of_ten[power];
	if (parts->negative)
		*value = -*value;
	return true;
}

double decimal_to_double(struct slice text)
{
	struct parts parts = split(text);
	char bounded[DOUBLE_DIGITS + 32];
	double value;

	if (!parts.significant)
		return parts.negative ? -0.0 : 0.0;
	if (read_exactly(&parts, &value))
		return value;
	write_bounded(bounded, sizeof bounded, &parts);
	return strtod(bounded, NULL);
}
