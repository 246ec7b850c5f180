#include "base/duration.h"

#include <stdbool.h>

#include "base/timestamp.h"

#define MICROSECOND INT64_C(1000)
#define MILLISECOND (1000 * MICROSECOND)
#define MINUTE      (60 * NANOSECONDS_PER_SECOND)
#define HOUR        (60 * MINUTE)
#define DAY         (24 * HOUR)
#define WEEK        (7 * DAY)

#define MAGNITUDE_MAX ((unsigned __int128)INT64_MAX + 1)

struct unit {
	const char *name;
	int64_t nanoseconds;
};

static int set_too_long(struct error *error)
{
	return error_set(error, "it is longer than 292 years");
}

// A number that was read: whole, and `decimals` digits behind the point without trailing zeros.
struct number {
	uint64_t whole;
	uint64_t fraction;
	unsigned decimals;
	bool has_point;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(struct slice text)
{
	size_t digits = 0;

	while (digits < text.length && is_digit(text.data[digits]))
		digits++;
	return digits;
}

static int read_digits(struct slice digits, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < digits.length; i++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(digits.data[i] - '0'), value))
			return -1;
	return 0;
}

static int take_number(struct slice *text, bool comma, struct number *number, struct error *error)
{
	struct slice digits = slice_of(text->data, count_digits(*text));

	*number = (struct number){0, 0, 0, false};
	if (!digits.length)
		return error_set(error, "there is no number before '%.*s'",
		    (int)(text->length < 20 ? text->length : 20), text->data);
	if (read_digits(digits, &number->whole) != 0)
		return set_too_long(error);
	*text = slice_skip(*text, digits.length);
	if (!text->length || (text->data[0] != '.' && !(comma && text->data[0] == ',')))
		return 0;
	*text = slice_skip(*text, 1);
	digits = slice_of(text->data, count_digits(*text));
	if (!digits.length)
		return error_set(error, "there is no digit behind the point");
	*text = slice_skip(*text, digits.length);
	while (digits.length && digits.data[digits.length - 1] == '0')
		digits.length--;
	// A week is 2^16 * 5^11 * 189 ns, so that no more than 16 digits can come out as whole nanoseconds; 10^18 stays
	// in 64 bits.
	if (digits.length > 18)
		return error_set(error, "it is finer than a nanosecond");
	number->has_point = true;
	number->decimals = (unsigned)digits.length;
	return read_digits(digits, &number->fraction);
}

static int add_term(unsigned __int128 *total, const struct number *number, int64_t unit, struct error *error)
{
	unsigned __int128 part = (unsigned __int128)number->fraction * (uint64_t)unit;
	uint64_t scale = 1;

	for (unsigned i = 0; i < number->decimals; i++)
		scale *= 10;
	if (part % scale != 0)
		return error_set(error, "it is finer than a nanosecond");
	*total += (unsigned __int128)number->whole * (uint64_t)unit + part / scale;
	return *total > MAGNITUDE_MAX ? set_too_long(error) : 0;
}

static size_t count_letters(struct slice text)
{
	size_t letters = 0;

	while (letters < text.length && !is_digit(text.data[letters]) && text.data[letters] != '.')
		letters++;
	return letters;
}

static int take_unit(struct slice *text, int64_t *nanoseconds, struct error *error)
{
	static const struct unit units[] = {{"s", NANOSECONDS_PER_SECOND}, {"ms", MILLISECOND}, {"m", MINUTE},
	    {"h", HOUR}, {"d", DAY}, {"us", MICROSECOND}, {"ns", 1}, {"min", MINUTE}, {"w", WEEK}};
	struct slice name = slice_of(text->data, count_letters(*text));

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slice_is(name, units[i].name)) {
			*nanoseconds = units[i].nanoseconds;
			*text = slice_skip(*text, name.length);
			return 0;
		}
	if (!name.length)
		return error_set(error, "a number needs a unit: ns, us, ms, s, m, h, d or w");
	return error_set(error, "unit '%.*s' is not one of ns, us, ms, s, m, h, d, w",
	    (int)(name.length < 20 ? name.length : 20), name.data);
}

static int parse_sum(struct slice text, unsigned __int128 *total, struct error *error)
{
	while (text.length) {
		struct number number;
		int64_t unit = 0;

		if (take_number(&text, false, &number, error) != 0 || take_unit(&text, &unit, error) != 0 ||
		    add_term(total, &number, unit, error) != 0)
			return -1;
	}
	return 0;
}

// The parts of ISO 8601 from large to small; `in_time` are those behind the 'T'.
struct iso_part {
	char letter;
	bool in_time;
	int64_t nanoseconds;
};

// The place of the letter among the parts, at or after `from`; -1 with the reason when it cannot stand here.
static int find_iso_part(
    const struct iso_part *parts, int count, int from, bool in_time, char letter, struct error *error)
{
	for (int i = from; i < count; i++)
		if (parts[i].letter == letter && parts[i].in_time == in_time)
			return i;
	if (!in_time && (letter == 'Y' || letter == 'M'))
		return error_set(error, "years and months have no fixed length: write days, or PT for minutes");
	return error_set(error, "'%c' cannot stand there in an ISO 8601 duration (PnW, PnDTnHnMnS)", letter);
}

// Behind the 'P'.
static int parse_iso(struct slice text, unsigned __int128 *total, struct error *error)
{
	static const struct iso_part parts[] = {{'W', false, WEEK}, {'D', false, DAY}, {'H', true, HOUR},
	    {'M', true, MINUTE}, {'S', true, NANOSECONDS_PER_SECOND}};
	const int count = sizeof parts / sizeof *parts;
	struct number number = {0, 0, 0, false};
	bool in_time = false;
	int next = 0;

	do {
		if (!in_time && text.length && text.data[0] == 'T') {
			in_time = true;
			text = slice_skip(text, 1);
		}
		if (number.has_point)
			return error_set(error, "only the last part can have a fraction");
		if (!text.length)
			return error_set(error, "nothing follows the '%c'", in_time ? 'T' : 'P');
		if (take_number(&text, true, &number, error) != 0)
			return -1;
		if (!text.length)
			return error_set(error, "the last number has no letter (W, D, H, M or S)");
		next = find_iso_part(parts, count, next, in_time, text.data[0], error);
		if (next < 0 || add_term(total, &number, parts[next].nanoseconds, error) != 0)
			return -1;
		next++;
		text = slice_skip(text, 1);
	} while (text.length);
	return 0;
}

static int parse_magnitude(struct slice text, unsigned __int128 *total, struct error *error)
{
	*total = 0;
	if (!text.length)
		return error_set(error, "it is empty");
	if (slice_is(text, "0"))
		return 0;
	if (text.data[0] == 'P')
		return parse_iso(slice_skip(text, 1), total, error);
	return parse_sum(text, total, error);
}

// The value with its sign, when int64_t holds it.
static int apply_sign(bool negative, unsigned __int128 magnitude, int64_t *value)
{
	if (magnitude > MAGNITUDE_MAX - !negative)
		return -1;
	*value = (int64_t)(negative ? -(uint64_t)magnitude : (uint64_t)magnitude);
	return 0;
}

int duration_parse(struct slice text, int64_t *nanoseconds, struct error *error)
{
	bool negative = text.length && text.data[0] == '-';
	int shown = (int)(text.length < 60 ? text.length : 60);
	unsigned __int128 magnitude;
	struct error why;

	if (parse_magnitude(negative ? slice_skip(text, 1) : text, &magnitude, &why) == 0) {
		if (apply_sign(negative, magnitude, nanoseconds) == 0)
			return 0;
		set_too_long(&why);
	}
	return error_set(error, "duration '%.*s': %s", shown, text.data, why.message);
}

int duration_parse_axis(struct slice text, struct slice unit, int64_t *count, struct error *error)
{
	bool negative = text.length && text.data[0] == '-';
	struct slice digits = slice_skip(text, negative);
	struct slice name = slice_skip(digits, count_digits(digits));
	uint64_t magnitude;

	digits.length -= name.length;
	if (!digits.length || !slice_equal(name, unit))
		return error_set(error, "'%.*s' is not a whole count of %.*s, such as 30%.*s",
		    (int)(text.length < 60 ? text.length : 60), text.data, (int)unit.length, unit.data,
		    (int)unit.length, unit.data);
	if (read_digits(digits, &magnitude) != 0 || apply_sign(negative, magnitude, count) != 0)
		return error_set(
		    error, "'%.*s' is more than can be counted", (int)(text.length < 60 ? text.length : 60), text.data);
	return 0;
}

enum print_unit { PRINT_DAY, PRINT_HOUR, PRINT_MINUTE, PRINT_SECOND, PRINT_NANOSECOND = 6, PRINT_UNITS };

static struct unit print_unit(int index)
{
	static const struct unit units[PRINT_UNITS] = {{"d", DAY}, {"h", HOUR}, {"m", MINUTE},
	    {"s", NANOSECONDS_PER_SECOND}, {"ms", MILLISECOND}, {"us", MICROSECOND}, {"ns", 1}};

	return units[index];
}

static uint64_t unit_size(int index)
{
	return (uint64_t)print_unit(index).nanoseconds;
}

static int largest_unit(uint64_t magnitude)
{
	int index = 0;

	while (index < PRINT_NANOSECOND && magnitude < unit_size(index))
		index++;
	return index;
}

static int count_units(uint64_t magnitude)
{
	int count = 0;

	for (int i = 0; i < PRINT_UNITS; magnitude %= unit_size(i), i++)
		count += magnitude >= unit_size(i);
	return count;
}

// To the nearest multiple, but not beyond what can be read back.
static uint64_t round_to(uint64_t magnitude, uint64_t step)
{
	uint64_t rounded = (magnitude + step / 2) / step * step;

	return rounded > INT64_MAX ? magnitude / step * step : rounded;
}

static void append_units(struct buffer *out, uint64_t magnitude)
{
	for (int i = 0; i < PRINT_UNITS; magnitude %= unit_size(i), i++)
		if (magnitude >= unit_size(i))
			buffer_printf(
			    out, "%llu%s", (unsigned long long)(magnitude / unit_size(i)), print_unit(i).name);
}

static void append_decimal(struct buffer *out, uint64_t magnitude, int unit)
{
	uint64_t size = unit_size(unit);
	unsigned thousandths = (unsigned)(magnitude % size * 1000 / size);

	buffer_printf(out, "%llu", (unsigned long long)(magnitude / size));
	if (thousandths) {
		buffer_printf(out, ".%03u", thousandths);
		while (out->data[out->length - 1] == '0')
			out->length--;
	}
	buffer_append_string(out, print_unit(unit).name);
}

void duration_append(struct buffer *out, int64_t nanoseconds)
{
	uint64_t magnitude = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
	int unit = largest_unit(magnitude);

	if (nanoseconds < 0)
		buffer_append_char(out, '-');
	if (!nanoseconds) {
		buffer_append_string(out, "0s");
		return;
	}
	if (unit >= PRINT_SECOND)
		magnitude = round_to(magnitude, unit < PRINT_NANOSECOND ? unit_size(unit) / 1000 : 1);
	else if (count_units(magnitude) > 2)
		magnitude = round_to(magnitude, unit_size(unit + 1));
	// Rounding may have carried into a larger unit: 59.9996s is 1m.
	unit = largest_unit(magnitude);
	if (unit >= PRINT_SECOND)
		append_decimal(out, magnitude, unit);
	else
		append_units(out, magnitude);
}
