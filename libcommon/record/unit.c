#include "record/unit.h"

#include <math.h>
#include <stdlib.h>

#include "record/unit_parts.h"

// Beyond it nothing is a unit, and products of a few stay within double.
#define SCALE_MAX 1e150

void unit_set_number(struct unit *unit)
{
	*unit = (struct unit){.kind = UNIT_LINEAR, .scale = UNIT_RATIO_ONE, .offset = {0, 1, 0, true}};
}

bool unit_same_dimension(const struct unit *a, const struct unit *b, bool with_angle)
{
	if (a->kind == UNIT_OPAQUE || b->kind == UNIT_OPAQUE)
		return unit_equal(a, b);
	for (int i = 0; i < UNIT_BASES; i++)
		if (a->exponents[i] != b->exponents[i] && (with_angle || i != UNIT_RADIAN))
			return false;
	return true;
}

bool unit_is_number(const struct unit *unit)
{
	struct unit number;

	unit_set_number(&number);
	return unit->kind == UNIT_LINEAR && unit_same_dimension(unit, &number, false);
}

static bool same_ratio(struct unit_ratio a, struct unit_ratio b)
{
	return a.numerator == b.numerator && a.denominator == b.denominator &&
	    (a.exponent == b.exponent || a.numerator == 0);
}

bool unit_equal(const struct unit *a, const struct unit *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == UNIT_OPAQUE)
		return strcmp(a->name, b->name) == 0;
	return memcmp(a->exponents, b->exponents, sizeof a->exponents) == 0 && a->level == b->level &&
	    same_ratio(a->scale, b->scale) && same_ratio(a->offset, b->offset);
}

static bool is_held(const struct unit *unit)
{
	double scale = fabs(unit_ratio_value(unit->scale));

	for (int i = 0; i < UNIT_BASES; i++)
		if (abs(unit->exponents[i]) > 2 * UNIT_EXPONENT_MAX)
			return false;
	return scale <= SCALE_MAX && scale >= 1 / SCALE_MAX;
}

int unit_multiply(struct unit *product, const struct unit *a, const struct unit *b)
{
	struct unit result;

	if (a->kind != UNIT_LINEAR || b->kind != UNIT_LINEAR)
		return -1;
	unit_set_number(&result);
	for (int i = 0; i < UNIT_BASES; i++)
		result.exponents[i] = (int8_t)(a->exponents[i] + b->exponents[i]);
	result.scale = unit_ratio_multiply(a->scale, b->scale);
	*product = result;
	return is_held(product) ? 0 : -1;
}

static struct unit_ratio raise_scale(struct unit_ratio scale, int twice)
{
	return twice % 2 == 0 ? unit_ratio_power(scale, twice / 2)
			      : unit_ratio_from_double(pow(unit_ratio_value(scale), twice / 2.0));
}

int unit_power(struct unit *result, const struct unit *unit, int twice)
{
	struct unit power;

	if (unit->kind != UNIT_LINEAR || abs(twice) > 4 * UNIT_EXPONENT_MAX)
		return -1;
	if (twice == 2) {
		*result = *unit;
		return 0;
	}
	unit_set_number(&power);
	for (int i = 0; i < UNIT_BASES; i++) {
		int exponent = unit->exponents[i] * twice;

		if (exponent % 2 != 0 || abs(exponent) > 4 * UNIT_EXPONENT_MAX)
			return -1;
		power.exponents[i] = (int8_t)(exponent / 2);
	}
	power.scale = raise_scale(unit->scale, twice);
	*result = power;
	return is_held(result) ? 0 : -1;
}
