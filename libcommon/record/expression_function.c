#define _GNU_SOURCE // memmem
#include <fnmatch.h>
#include <math.h>

#include "base/nearest.h"
#include "record/expression_parts.h"

#define NUMBER   KIND_BIT(EXPRESSION_NUMBER)
#define STRING   KIND_BIT(EXPRESSION_STRING)
#define BOOLEAN  KIND_BIT(EXPRESSION_BOOLEAN)
#define TIME     KIND_BIT(EXPRESSION_TIME)
#define DURATION KIND_BIT(EXPRESSION_DURATION)

static const struct expression_value missing = {.kind = EXPRESSION_MISSING};

static double sign_of(double number)
{
	return (number > 0) - (number < 0);
}

static bool is_whole(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] != '-' && (text.data[i] < '0' || text.data[i] > '9'))
			return false;
	return text.length > 0;
}

// Whole numbers keep all their digits, also those that no double has.
static struct expression_value round_by(const struct expression_value *value, double (*function)(double))
{
	if (value->kind != EXPRESSION_NUMBER)
		return missing;
	return is_whole(value->text) ? *value : value_of_double(function(value->number));
}

static struct expression_value call_floor(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	(void)arena;
	return round_by(arguments, floor);
}

static struct expression_value call_ceil(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	(void)arena;
	return round_by(arguments, ceil);
}

static struct expression_value call_round(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	(void)arena;
	return round_by(arguments, round);
}

static struct expression_value call_abs(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	struct expression_value value = *arguments;

	(void)count;
	(void)arena;
	if (value.kind == EXPRESSION_DURATION)
		return value.nanoseconds < 0 ? value_negate(&value) : value;
	if (value.kind != EXPRESSION_NUMBER)
		return missing;
	value.number = fabs(value.number);
	if (value.text.length && value.text.data[0] == '-')
		value.text = slice_skip(value.text, 1);
	return value;
}

static struct expression_value call_atan2(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	(void)arena;
	if (arguments[0].kind != EXPRESSION_NUMBER || arguments[1].kind != EXPRESSION_NUMBER)
		return missing;
	return value_of_double(atan2(arguments[0].number, arguments[1].number));
}

// The first of the smallest (or largest), when all of them have an order.
static struct expression_value choose(
    const struct expression_value *arguments, size_t count, enum expression_order wanted)
{
	const struct expression_value *best = arguments;

	if (best->kind != EXPRESSION_NUMBER && best->kind != EXPRESSION_STRING && best->kind != EXPRESSION_TIME &&
	    best->kind != EXPRESSION_DURATION)
		return missing;
	for (size_t i = 1; i < count; i++) {
		enum expression_order order = expression_compare(&arguments[i], best);

		if (order == EXPRESSION_INCOMPARABLE || order == EXPRESSION_UNEQUAL)
			return missing;
		if (order == wanted)
			best = &arguments[i];
	}
	return *best;
}

static struct expression_value call_min(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)arena;
	return choose(arguments, count, EXPRESSION_LESS);
}

static struct expression_value call_max(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)arena;
	return choose(arguments, count, EXPRESSION_GREATER);
}

static struct expression_value change_case(
    const struct expression_value *value, char first, char last, char to, struct arena *arena)
{
	char *text;

	if (value->kind != EXPRESSION_STRING)
		return missing;
	text = arena_new(arena, value->text.length + 1);
	for (size_t i = 0; i < value->text.length; i++) {
		char c = value->text.data[i];

		text[i] = c >= first && c <= last ? (char)(c - first + to) : c;
	}
	return value_of_string(slice_of(text, value->text.length));
}

static struct expression_value call_lower(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	return change_case(arguments, 'A', 'Z', 'a', arena);
}

static struct expression_value call_upper(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	return change_case(arguments, 'a', 'z', 'A', arena);
}

static bool are_strings(const struct expression_value *arguments)
{
	return arguments[0].kind == EXPRESSION_STRING && arguments[1].kind == EXPRESSION_STRING;
}

static struct expression_value call_contains(
    const struct expression_value *arguments, size_t count, struct arena *arena)
{
	struct slice text = arguments[0].text, part = arguments[1].text;

	(void)count;
	(void)arena;
	if (!are_strings(arguments))
		return value_of_boolean(false);
	return value_of_boolean(!part.length || memmem(text.data, text.length, part.data, part.length));
}

static struct expression_value call_starts_with(
    const struct expression_value *arguments, size_t count, struct arena *arena)
{
	(void)count;
	(void)arena;
	return value_of_boolean(are_strings(arguments) && slice_starts_with(arguments[0].text, arguments[1].text));
}

static struct expression_value call_ends_with(
    const struct expression_value *arguments, size_t count, struct arena *arena)
{
	struct slice text = arguments[0].text, end = arguments[1].text;

	(void)count;
	(void)arena;
	return value_of_boolean(are_strings(arguments) && text.length >= end.length &&
	    slice_equal(slice_skip(text, text.length - end.length), end));
}

static const char *terminated(struct arena *arena, struct slice text)
{
	char *copy = arena_new(arena, text.length + 1);

	if (text.length)
		memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	return copy;
}

// The globs of -E and -P. A pattern comes from whoever wrote the expression, never from a record.
static struct expression_value call_matches(const struct expression_value *arguments, size_t count, struct arena *arena)
{
	struct slice text = arguments[0].text;

	(void)count;
	if (!are_strings(arguments) || (text.length && memchr(text.data, '\0', text.length)))
		return value_of_boolean(false);
	return value_of_boolean(fnmatch(terminated(arena, arguments[1].text), terminated(arena, text), 0) == 0);
}

// clang-format off
static const struct function functions[] = {
    {.name = "abs", .measure = MEASURE_SAME, .least = 1, .most = 1, .takes = NUMBER | DURATION, .call = call_abs},
    {.name = "sign", .measure = MEASURE_SIGN, .least = 1, .most = 1, .takes = NUMBER, .of_number = sign_of},
    {.name = "floor", .measure = MEASURE_SAME, .least = 1, .most = 1, .takes = NUMBER, .call = call_floor},
    {.name = "ceil", .measure = MEASURE_SAME, .least = 1, .most = 1, .takes = NUMBER, .call = call_ceil},
    {.name = "round", .measure = MEASURE_SAME, .least = 1, .most = 1, .takes = NUMBER, .call = call_round},
    {.name = "min", .measure = MEASURE_SAME, .least = 1, .most = EXPRESSION_ARGUMENTS_MAX, .takes = NUMBER | STRING | TIME | DURATION, .call = call_min},
    {.name = "max", .measure = MEASURE_SAME, .least = 1, .most = EXPRESSION_ARGUMENTS_MAX, .takes = NUMBER | STRING | TIME | DURATION, .call = call_max},
    {.name = "sqrt", .measure = MEASURE_ROOT, .least = 1, .most = 1, .takes = NUMBER, .of_number = sqrt},
    {.name = "exp", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = exp},
    {.name = "log", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = log},
    {.name = "log10", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = log10},
    {.name = "sin", .measure = MEASURE_ANGLE, .least = 1, .most = 1, .takes = NUMBER, .of_number = sin},
    {.name = "cos", .measure = MEASURE_ANGLE, .least = 1, .most = 1, .takes = NUMBER, .of_number = cos},
    {.name = "tan", .measure = MEASURE_ANGLE, .least = 1, .most = 1, .takes = NUMBER, .of_number = tan},
    {.name = "asin", .measure = MEASURE_ARC, .least = 1, .most = 1, .takes = NUMBER, .of_number = asin},
    {.name = "acos", .measure = MEASURE_ARC, .least = 1, .most = 1, .takes = NUMBER, .of_number = acos},
    {.name = "atan", .measure = MEASURE_ARC, .least = 1, .most = 1, .takes = NUMBER, .of_number = atan},
    {.name = "atan2", .measure = MEASURE_ARC_2, .least = 2, .most = 2, .takes = NUMBER, .call = call_atan2},
    {.name = "sinh", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = sinh},
    {.name = "cosh", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = cosh},
    {.name = "tanh", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = tanh},
    {.name = "asinh", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = asinh},
    {.name = "erf", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = erf},
    {.name = "gamma", .measure = MEASURE_NUMBER, .least = 1, .most = 1, .takes = NUMBER, .of_number = tgamma},
    {.name = "convert", .measure = MEASURE_CONVERT, .least = 3, .most = 3, .takes = NUMBER | STRING, .gives = NUMBER, .literal_last = "unit", .converts = true},
    {.name = "lower", .least = 1, .most = 1, .takes = STRING, .gives = STRING, .call = call_lower},
    {.name = "upper", .least = 1, .most = 1, .takes = STRING, .gives = STRING, .call = call_upper},
    {.name = "contains", .least = 2, .most = 2, .takes = STRING, .gives = BOOLEAN, .call = call_contains},
    {.name = "starts_with", .least = 2, .most = 2, .takes = STRING, .gives = BOOLEAN, .call = call_starts_with},
    {.name = "ends_with", .least = 2, .most = 2, .takes = STRING, .gives = BOOLEAN, .call = call_ends_with},
    {.name = "matches", .least = 2, .most = 2, .takes = STRING, .gives = BOOLEAN, .literal_last = "pattern", .call = call_matches},
};
// clang-format on

int function_find(struct slice name)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (slice_is(name, functions[i].name))
			return (int)i;
	return -1;
}

const struct function *function_get(size_t index)
{
	return &functions[index];
}

const char *function_nearest(struct slice name)
{
	struct nearest nearest;

	nearest_init(&nearest, name.data, name.length);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		nearest_offer(&nearest, functions[i].name);
	nearest_offer(&nearest, "exists");
	nearest_offer(&nearest, "if");
	return nearest.word;
}
