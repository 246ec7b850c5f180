#include "record/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "record/unit_names.h"
#include "record/unit_parts.h"

#define TURN 6.283185307179586

static bool is_rate(const struct unit *unit, int radians)
{
	for (int i = 0; i < UNIT_BASES; i++)
		if (unit->exponents[i] != (i == UNIT_SECOND ? -2 : i == UNIT_RADIAN ? 2 * radians : 0))
			return false;
	return unit->kind == UNIT_LINEAR;
}

// The factor from one to the other in base units, 0 when they do not meet.
static double meet(const struct unit *from, const struct unit *to)
{
	if (is_rate(from, 0) && is_rate(to, 1))
		return TURN;
	if (is_rate(from, 1) && is_rate(to, 0))
		return 1 / TURN;
	return unit_same_dimension(from, to, true) ? 1 : 0;
}

// What has been through pi may be a fraction again: 60 arcmin are a degree.
static struct unit_ratio clean(struct unit_ratio ratio)
{
	return ratio.exact ? ratio : unit_ratio_from_double(unit_ratio_value(ratio));
}

static bool set_common(struct unit_converter *converter, struct unit_ratio gain, struct unit_ratio offset)
{
	int64_t a = gain.denominator, b = offset.denominator;

	while (b) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	converter->multiplier_exponent = gain.exponent;
	converter->addend_exponent = offset.exponent;
	return !__builtin_mul_overflow(gain.denominator / a, offset.denominator, &converter->divisor) &&
	    !__builtin_mul_overflow(gain.numerator, converter->divisor / gain.denominator, &converter->multiplier) &&
	    !__builtin_mul_overflow(offset.numerator, converter->divisor / offset.denominator, &converter->addend);
}

static struct unit_ratio as_decimal(struct unit_ratio ratio)
{
	double value = unit_ratio_value(ratio);
	int exponent = value == 0 ? 0 : (int)floor(log10(fabs(value))) - 16;

	return (struct unit_ratio){llrint(value / pow(10, exponent)), 1, exponent, false};
}

static void set_linear(struct unit_converter *converter, struct unit_ratio gain, struct unit_ratio offset)
{
	converter->linear = true;
	converter->exact = gain.exact && offset.exact;
	converter->gain = unit_ratio_value(gain);
	converter->offset = unit_ratio_value(offset);
	converter->gain_magnitude = (int)floor(log10(fabs(converter->gain)));
	if (!set_common(converter, gain, offset)) {
		converter->exact = false;
		(void)set_common(converter, as_decimal(gain), as_decimal(offset));
	}
	converter->same = converter->exact && converter->divisor == 1 && converter->multiplier == 1 &&
	    converter->multiplier_exponent == 0 && converter->addend == 0;
}

static void set_scales(struct unit_converter *converter, double factor)
{
	const struct unit *from = &converter->from, *to = &converter->to;
	struct unit_ratio gain = unit_ratio_multiply(from->scale, unit_ratio_invert(to->scale));

	if (factor != 1)
		gain = unit_ratio_from_double(unit_ratio_value(gain) * factor);
	gain = clean(gain);
	set_linear(converter, gain,
	    clean(unit_ratio_add(unit_ratio_multiply(gain, from->offset), unit_ratio_negate(to->offset))));
}

// dBm to dBW: their logarithms differ by a constant.
static void set_levels(struct unit_converter *converter)
{
	const struct unit *from = &converter->from, *to = &converter->to;
	double apart = log10(unit_ratio_value(from->scale) / unit_ratio_value(to->scale));

	set_linear(converter, unit_ratio_from_double((double)to->level / from->level),
	    unit_ratio_from_double(apart * to->level));
}

static void decide(struct unit_converter *converter)
{
	const struct unit *from = &converter->from, *to = &converter->to;
	double factor = meet(from, to);

	converter->outcome = factor == 0 ? UNIT_IMPOSSIBLE : UNIT_CONVERTS;
	converter->same = unit_equal(from, to);
	if (factor == 0 || converter->same)
		return;
	if (from->kind == UNIT_LINEAR && to->kind == UNIT_LINEAR)
		set_scales(converter, factor);
	else if (from->kind == UNIT_LEVEL && to->kind == UNIT_LEVEL)
		set_levels(converter);
}

// What may have been meant by a unit that does not measure what the other one does; NULL: no guess.
static const struct unit_trap *find_trap(struct unit_system *system, struct slice text, const struct unit *other)
{
	struct unit meant;
	struct error ignored;

	for (size_t i = 0; i < unit_traps_count; i++)
		if (slice_is(text, unit_traps[i].spelling) &&
		    unit_parse(system, slice_from_string(unit_traps[i].meant), &meant, &ignored) == 0 &&
		    unit_same_dimension(&meant, other, true))
			return &unit_traps[i];
	return NULL;
}

static void say_impossible(
    struct unit_system *system, struct unit_converter *converter, struct slice from, struct slice to)
{
	const struct unit_trap *trap = find_trap(system, to, &converter->from);
	struct error error;
	char hint[80] = "";

	if (!trap)
		trap = find_trap(system, from, &converter->to);
	if (trap)
		snprintf(
		    hint, sizeof hint, " ('%s' is %s; did you mean '%s'?)", trap->spelling, trap->name, trap->meant);
	error_set(&error, "cannot convert '%.*s' to '%.*s': they measure different things%s", UNIT_QUOTED(from),
	    UNIT_QUOTED(to), hint);
	memcpy(converter->message, error.message, sizeof converter->message - 1);
}

static void build(struct unit_system *system, struct unit_converter *converter, struct slice from, struct slice to)
{
	struct error error;

	*converter = (struct unit_converter){.outcome = UNIT_UNKNOWN};
	if (unit_parse(system, from, &converter->from, &error) < 0 ||
	    unit_parse(system, to, &converter->to, &error) < 0) {
		memcpy(converter->message, error.message, sizeof converter->message - 1);
		return;
	}
	decide(converter);
	if (converter->outcome == UNIT_IMPOSSIBLE)
		say_impossible(system, converter, from, to);
	if (converter->same) {
		converter->linear = true;
		converter->gain = 1;
		converter->offset = 0;
	}
}

static const struct unit_converter *find_or_build(struct unit_system *system, struct slice from, struct slice to)
{
	struct slice key = buffer_slice(&system->key);
	size_t entry = hash_map_find(&system->pairs, key);

	if (entry != HASH_MAP_NONE)
		return system->converters[entry];
	if (system->pairs.count >= UNIT_PAIRS_MAX || key.length > 2 * UNIT_TEXT_MAX) {
		build(system, &system->spare, from, to);
		return &system->spare;
	}
	entry = hash_map_add(&system->pairs, key, NULL);
	system->converters =
	    memory_grow(system->converters, &system->converters_capacity, entry + 1, sizeof *system->converters);
	system->converters[entry] = memory_new(sizeof **system->converters);
	build(system, system->converters[entry], from, to);
	return system->converters[entry];
}

static void set_key(struct buffer *key, struct slice from, struct slice to)
{
	uint64_t length = from.length;

	buffer_reset(key);
	buffer_append(key, &length, sizeof length);
	buffer_append_slice(key, from);
	buffer_append_slice(key, to);
}

static bool is_last(const struct unit_system *system, struct slice from, struct slice to)
{
	return system->last && slice_equal(system->last_from, from) && slice_equal(system->last_to, to);
}

const struct unit_converter *unit_converter_find(
    struct unit_system *system, struct slice from, struct slice to, struct error *error)
{
	static const struct unit_converter same = {.outcome = UNIT_CONVERTS, .same = true, .linear = true, .gain = 1};
	const struct unit_converter *found;
	size_t length = sizeof(uint64_t) + from.length;

	if (slice_equal(from, to))
		return &same;
	if (is_last(system, from, to))
		return system->last;
	if (unit_system_open(system, error) < 0)
		return NULL;
	set_key(&system->key, from, to);
	found = find_or_build(system, from, to);
	system->last = found == &system->spare ? NULL : found;
	system->last_from = slice_of(system->key.data + sizeof(uint64_t), from.length);
	system->last_to = slice_of(system->key.data + length, to.length);
	return found;
}

double unit_convert(const struct unit_converter *converter, double value)
{
	const struct unit *from = &converter->from, *to = &converter->to;
	double base;

	if (converter->linear)
		return value * converter->gain + converter->offset;
	base = from->kind == UNIT_LEVEL ? unit_ratio_value(from->scale) * pow(10, value / from->level)
					: (value + unit_ratio_value(from->offset)) * unit_ratio_value(from->scale);
	if (to->kind == UNIT_LEVEL)
		return base > 0 ? to->level * log10(base / unit_ratio_value(to->scale)) : NAN;
	return base / unit_ratio_value(to->scale) - unit_ratio_value(to->offset);
}
