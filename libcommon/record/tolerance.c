#include "record/tolerance.h"

#include "base/decimal.h"
#include "base/decimal_exact.h"

int tolerance_check_number(struct slice text, struct error *error)
{
	if (!decimal_is_number(text))
		return error_set(error, "'%.*s' is no number", (int)text.length, text.data);
	if (decimal_compare(text, SLICE_LITERAL("0")) < 0)
		return error_set(error, "a tolerance is not below 0");
	return 0;
}

int tolerance_check_relative(struct slice text, bool large, struct error *error)
{
	if (tolerance_check_number(text, error))
		return -1;
	if (!large && decimal_compare(text, SLICE_LITERAL("1")) >= 0)
		return error_set(error, "a relative tolerance of 1 or more needs --large");
	return 0;
}

int tolerance_parse(struct tolerance *tolerance, struct slice text, bool large, struct error *error)
{
	const char *comma = memchr(text.data, ',', text.length);
	size_t length = comma ? (size_t)(comma - text.data) : text.length;

	*tolerance = (struct tolerance){.absolute = slice_of(text.data, length), .relative = SLICE_EMPTY};
	if (tolerance_check_number(tolerance->absolute, error))
		return -1;
	if (!comma)
		return 0;
	tolerance->relative = slice_skip(text, length + 1);
	return tolerance_check_relative(tolerance->relative, large, error);
}

static struct decimal magnitude(struct decimal number)
{
	return number.digits < 0 ? decimal_negate(number) : number;
}

// 1 when a <= b, 0 when not, -1 when the digits do not fit.
static int not_above(struct decimal a, struct decimal b)
{
	struct decimal difference;

	if (decimal_add(b, decimal_negate(a), &difference))
		return -1;
	return difference.digits >= 0;
}

static int within_exactly(const struct tolerance *tolerance, struct slice a_text, struct slice b_text)
{
	struct decimal a, b, distance, allowed;

	if (decimal_read(a_text, &a) || decimal_read(b_text, &b) || decimal_add(a, decimal_negate(b), &distance))
		return -1;
	distance = magnitude(distance);
	if (tolerance->absolute.length) {
		if (decimal_read(tolerance->absolute, &allowed))
			return -1;
		int result = not_above(distance, allowed);

		if (result)
			return result;
	}
	if (!tolerance->relative.length)
		return 0;
	a = magnitude(a);
	b = magnitude(b);
	int a_not_above = not_above(a, b);

	if (a_not_above < 0 || decimal_read(tolerance->relative, &allowed) ||
	    decimal_multiply(allowed, a_not_above ? b : a, &allowed))
		return -1;
	return not_above(distance, allowed);
}

bool tolerance_within(const struct tolerance *tolerance, struct slice a, struct slice b)
{
	if (decimal_compare(a, b) == 0)
		return true;
	if (tolerance_is_exact(tolerance))
		return false;
	int exactly = within_exactly(tolerance, a, b);

	if (exactly >= 0)
		return exactly;
	return decimal_within(a, b, tolerance->absolute.length ? decimal_to_double(tolerance->absolute) : 0,
	    tolerance->relative.length ? decimal_to_double(tolerance->relative) : 0);
}
