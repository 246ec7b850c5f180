#include "record/expression_units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "record/expression_parts.h"

#define NAME_MAX_BYTES 60

enum fact_kind {
	FACT_ANY,    // goes with anything
	FACT_NUMBER, // written in the text, or made of such
	FACT_UNIT,
};

struct fact {
	enum fact_kind kind;
	double number; // of a FACT_NUMBER
	struct unit unit;
	struct slice name; // for messages
};

// Where both values of an if() have come together.
struct meeting {
	size_t step;
	size_t at;
};

struct checker {
	const struct expression *expression;
	struct unit_system *system;
	const struct expression_unit_lookup *lookup;
	struct fact *stack;
	size_t used;
	struct meeting *meetings;
	size_t meeting_count;
	struct arena arena; // of names
	struct error *error;
};

#define NAME(fact) (int)(fact)->name.length, (fact)->name.data

// Always -1.
static int fail(struct checker *checker, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(struct checker *checker, size_t at, const char *format, ...)
{
	const struct token_reader reader = {.text = checker->expression->text, .error = checker->error};
	char what[sizeof checker->error->message];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	return token_error(&reader, at, "%s", what);
}

static struct slice join_names(struct checker *checker, struct slice a, const char *between, struct slice b)
{
	struct buffer name = BUFFER_INIT;
	struct slice joined, too_long = SLICE_LITERAL("another unit");

	if (slice_equal(a, too_long) || slice_equal(b, too_long))
		return too_long;
	buffer_append_slice(&name, a);
	buffer_append_string(&name, between);
	buffer_append_slice(&name, b);
	joined = name.length <= NAME_MAX_BYTES ? arena_dup(&checker->arena, buffer_slice(&name)) : too_long;
	buffer_release(&name);
	return joined;
}

// A product under a fraction line or a power.
static struct slice bracket(struct checker *checker, struct slice name, const char *operators)
{
	for (size_t i = 0; i < name.length; i++)
		if (name.data[i] && strchr(operators, name.data[i]))
			return join_names(checker, SLICE_LITERAL("("), "", join_names(checker, name, ")", SLICE_EMPTY));
	return name;
}

static struct fact fact_any(void)
{
	return (struct fact){.kind = FACT_ANY, .name = SLICE_LITERAL("anything")};
}

static struct fact fact_number(double number)
{
	return (struct fact){.kind = FACT_NUMBER, .number = number, .name = SLICE_LITERAL("a number")};
}

static struct fact fact_of_text(struct checker *checker, struct slice text)
{
	struct fact fact = {.kind = FACT_UNIT, .name = text};
	struct error error;

	if (unit_parse(checker->system, text, &fact.unit, &error) < 0)
		return fact_any();
	fact.name = arena_dup(&checker->arena, text);
	return fact;
}

static bool has_own_zero(const struct fact *fact)
{
	return fact->unit.kind != UNIT_LINEAR || fact->unit.offset.numerator != 0;
}

static bool same_scale(const struct unit *a, const struct unit *b)
{
	return unit_ratio_value(a->scale) == unit_ratio_value(b->scale);
}

static bool is_plain_number(const struct unit *unit)
{
	return unit_is_number(unit) && unit_ratio_value(unit->scale) == 1;
}

// Whether a number in the one is the same number in the other.
static bool same_unit(const struct unit *a, const struct unit *b)
{
	struct unit rate = *b;

	if (unit_equal(a, b))
		return true;
	if (a->kind != UNIT_LINEAR || b->kind != UNIT_LINEAR || a->offset.numerator || b->offset.numerator ||
	    !same_scale(a, b) || !unit_same_dimension(a, b, false))
		return false;
	// Hz and rad/s differ by a turn.
	for (int i = 0; i < UNIT_BASES; i++)
		if (rate.exponents[i] != (i == UNIT_SECOND ? -2 : 0) && i != UNIT_RADIAN)
			return true;
	return unit_same_dimension(a, b, true);
}

// What is added to a number on a scale: K to degC, dB to dBm.
static bool is_difference_of(const struct unit *difference, const struct unit *scale)
{
	if (scale->kind == UNIT_LEVEL)
		return difference->kind == UNIT_OPAQUE && strcmp(difference->name, "=dB") == 0;
	return scale->kind == UNIT_LINEAR && scale->offset.numerator != 0 && difference->kind == UNIT_LINEAR &&
	    difference->offset.numerator == 0 && same_scale(difference, scale) &&
	    unit_same_dimension(difference, scale, true);
}

// The advice where one unit would convert to the other.
static int fail_to_meet(
    struct checker *checker, size_t at, const char *verb, const char *with, const struct fact *a, const struct fact *b)
{
	const struct unit_converter *converter;
	struct error error;
	converter = unit_converter_find(checker->system, b->name, a->name, &error);
	if (converter && converter->outcome == UNIT_CONVERTS && !converter->same)
		return fail(checker, at, "%s %.*s %s %.*s: write convert(..., '%.*s', '%.*s')", verb, NAME(a), with,
		    NAME(b), NAME(b), NAME(a));
	return fail(checker, at, "%s %.*s %s %.*s", verb, NAME(a), with, NAME(b));
}

// a becomes what both of them are.
static int meet(
    struct checker *checker, size_t at, const char *verb, const char *with, struct fact *a, const struct fact *b)
{
	if (a->kind == FACT_UNIT && b->kind == FACT_UNIT)
		return same_unit(&a->unit, &b->unit) ? 0 : fail_to_meet(checker, at, verb, with, a, b);
	if (b->kind == FACT_UNIT)
		*a = *b;
	else if (a->kind != FACT_UNIT && (a->kind == FACT_ANY || b->kind == FACT_ANY))
		*a = fact_any();
	return 0;
}

static struct fact difference_of(struct checker *checker, const struct fact *scale)
{
	struct fact difference = *scale;

	if (scale->unit.kind != UNIT_LINEAR)
		return fact_of_text(checker, SLICE_LITERAL("dB"));
	difference.unit.offset = (struct unit_ratio){0, 1, 0, true};
	difference.name = join_names(checker, SLICE_LITERAL("a difference in "), "", scale->name);
	return difference;
}

static int add(struct checker *checker, const struct step *step, struct fact *a, const struct fact *b)
{
	bool minus = step->operation == OPERATION_SUBTRACT;
	bool both = a->kind == FACT_UNIT && b->kind == FACT_UNIT;

	if (a->kind == FACT_NUMBER && b->kind == FACT_NUMBER) {
		a->number = minus ? a->number - b->number : a->number + b->number;
		return 0;
	}
	if (both && is_difference_of(&b->unit, &a->unit))
		return 0;
	if (both && !minus && is_difference_of(&a->unit, &b->unit)) {
		*a = *b;
		return 0;
	}
	if (meet(checker, step->at, minus ? "cannot subtract from" : "cannot add", minus ? "what is in" : "and", a, b))
		return -1;
	if (both && minus && has_own_zero(a) && a->unit.kind != UNIT_OPAQUE)
		*a = difference_of(checker, a);
	return 0;
}

static int fail_product(struct checker *checker, size_t at, const struct fact *fact)
{
	if (fact->unit.kind == UNIT_LINEAR)
		return fail(
		    checker, at, "%.*s counts from a zero of its own: take a difference, or convert() it", NAME(fact));
	return fail(checker, at, "%.*s has no products or powers", NAME(fact));
}

// A plain factor leaves the unit: 2 * t, (a + b) / 2.
static int multiply(struct checker *checker, const struct step *step, struct fact *a, const struct fact *b)
{
	bool divide = step->operation == OPERATION_DIVIDE;
	struct fact factor = *b;

	if (a->kind == FACT_NUMBER && b->kind == FACT_NUMBER) {
		a->number = divide ? a->number / b->number : a->number * b->number;
		return 0;
	}
	if (b->kind == FACT_NUMBER && a->kind == FACT_UNIT)
		return 0;
	if (a->kind == FACT_NUMBER && b->kind == FACT_UNIT && !divide) {
		*a = *b;
		return 0;
	}
	if (a->kind == FACT_ANY || b->kind == FACT_ANY) {
		*a = fact_any();
		return 0;
	}
	if (a->kind == FACT_NUMBER) {
		*a = (struct fact){.kind = FACT_UNIT, .name = SLICE_LITERAL("1")};
		if (unit_power(&a->unit, &b->unit, 0))
			return fail_product(checker, step->at, b);
	}
	if (has_own_zero(a) || has_own_zero(b))
		return fail_product(checker, step->at, has_own_zero(a) ? a : b);
	if ((divide && unit_power(&factor.unit, &b->unit, -2)) || unit_multiply(&a->unit, &a->unit, &factor.unit))
		return fail(checker, step->at, "no unit can be made of %.*s and %.*s", NAME(a), NAME(b));
	a->name = join_names(checker, a->name, divide ? "/" : ".", divide ? bracket(checker, b->name, "./") : b->name);
	return 0;
}

static int raise(struct checker *checker, size_t at, struct fact *base, double exponent, const char *sign)
{
	double twice = 2 * exponent;
	char power[32];

	if (has_own_zero(base))
		return fail_product(checker, at, base);
	if (twice != floor(twice) || fabs(twice) > 1000 || unit_power(&base->unit, &base->unit, (int)twice))
		return fail(checker, at, "no unit can be made of that power of %.*s", NAME(base));
	snprintf(power, sizeof power, "%s%g", sign, exponent);
	base->name = join_names(checker, bracket(checker, base->name, "./^"), power, SLICE_EMPTY);
	return 0;
}

static int raise_to(struct checker *checker, const struct step *step, struct fact *base, const struct fact *exponent)
{
	if (exponent->kind == FACT_UNIT && !is_plain_number(&exponent->unit))
		return fail(checker, step->at, "an exponent is a number, not %.*s", NAME(exponent));
	if (base->kind == FACT_NUMBER && exponent->kind == FACT_NUMBER)
		base->number = pow(base->number, exponent->number);
	else if (base->kind != FACT_UNIT)
		*base = fact_any();
	else if (exponent->kind == FACT_NUMBER)
		return raise(checker, step->at, base, exponent->number, "^");
	else if (!is_plain_number(&base->unit))
		return fail(checker, step->at, "the exponent of %.*s is a number in the text", NAME(base));
	return 0;
}

static int want_number(struct checker *checker, size_t at, const struct fact *fact, const char *what, bool angle)
{
	if (fact->kind != FACT_UNIT ||
	    (is_plain_number(&fact->unit) && (angle || unit_same_dimension(&fact->unit, &(struct unit){0}, true))))
		return 0;
	return fail(checker, at, "%s() takes %s, not %.*s", what, angle ? "radians" : "a plain number", NAME(fact));
}

static int call_same(struct checker *checker, const struct step *step, const char *name, struct fact *arguments)
{
	char verb[40];

	snprintf(verb, sizeof verb, "%s() does not take", name);
	for (int i = 1; i < step->count; i++)
		if (meet(checker, step->at, verb, "and", &arguments[0], &arguments[i]))
			return -1;
	return 0;
}

// The last two arguments are texts; the one in quotes at the end says what comes out.
static int call_convert(struct checker *checker, const struct step *step, struct fact *arguments)
{
	const struct expression *expression = checker->expression;
	size_t index = (size_t)(step - expression->steps);
	const struct step *from = &expression->steps[index - 2], *to = &expression->steps[index - 1];
	struct fact wanted;

	if (from->operation == OPERATION_CONSTANT && arguments[0].kind == FACT_UNIT) {
		wanted = fact_of_text(checker, expression->constants[from->operand].text);
		if (wanted.kind == FACT_UNIT && !same_unit(&wanted.unit, &arguments[0].unit))
			return fail(checker, step->at, "convert() is told %.*s of what is in %.*s", NAME(&wanted),
			    NAME(&arguments[0]));
	}
	arguments[0] = fact_of_text(checker, expression->constants[to->operand].text);
	return 0;
}

static int call(struct checker *checker, const struct step *step, struct fact *arguments)
{
	const struct function *function = function_get(step->operand);
	int result = 0;

	switch ((enum measure)function->measure) {
	case MEASURE_NONE:
		arguments[0] = fact_any();
		return 0;
	case MEASURE_SAME:
		result = call_same(checker, step, function->name, arguments);
		if (arguments[0].kind == FACT_NUMBER)
			arguments[0] = fact_any();
		return result;
	case MEASURE_CONVERT:
		return call_convert(checker, step, arguments);
	case MEASURE_ROOT:
		if (arguments[0].kind == FACT_UNIT)
			return raise(checker, step->at, &arguments[0], 0.5, "^");
		arguments[0] = fact_any();
		return 0;
	case MEASURE_NUMBER:
	case MEASURE_ARC:
	case MEASURE_ANGLE:
		result =
		    want_number(checker, step->at, &arguments[0], function->name, function->measure == MEASURE_ANGLE);
		break;
	case MEASURE_ARC_2:
		result = call_same(checker, step, function->name, arguments);
		break;
	case MEASURE_SIGN:
		break;
	}
	arguments[0] = fact_of_text(checker,
	    function->measure == MEASURE_ARC || function->measure == MEASURE_ARC_2 ? SLICE_LITERAL("rad")
										   : SLICE_LITERAL("1"));
	return result;
}

static struct fact fact_of_path(struct checker *checker, const struct path *path)
{
	struct slice unit;

	if (!checker->lookup->find(checker->lookup->context, path->segments, path->count, &unit))
		return fact_any();
	return fact_of_text(checker, unit);
}

static void push(struct checker *checker, struct fact fact)
{
	checker->stack[checker->used++] = fact;
}

static int check_infix(struct checker *checker, const struct step *step)
{
	struct fact *a = &checker->stack[checker->used - 2];
	const struct fact *b = a + 1;

	checker->used--;
	switch ((enum operation)step->operation) {
	case OPERATION_ADD:
	case OPERATION_SUBTRACT:
		return add(checker, step, a, b);
	case OPERATION_MULTIPLY:
	case OPERATION_DIVIDE:
		return multiply(checker, step, a, b);
	case OPERATION_POWER:
		return raise_to(checker, step, a, b);
	default:
		if (meet(checker, step->at, "cannot compare", "with", a, b))
			return -1;
		*a = fact_any();
		return 0;
	}
}

static int check_step(struct checker *checker, const struct step *step)
{
	const struct expression_value *constant;
	struct fact *top = &checker->stack[checker->used];

	switch ((enum operation)step->operation) {
	case OPERATION_CONSTANT:
		constant = &checker->expression->constants[step->operand];
		push(checker, constant->kind == EXPRESSION_NUMBER ? fact_number(constant->number) : fact_any());
		return 0;
	case OPERATION_PATH:
		push(checker, fact_of_path(checker, &checker->expression->paths[step->operand]));
		return 0;
	case OPERATION_EXISTS:
		push(checker, fact_any());
		return 0;
	case OPERATION_NEGATE:
		top[-1].number = -top[-1].number;
		return 0;
	case OPERATION_NOT:
	case OPERATION_TRUTH:
		top[-1] = fact_any();
		return 0;
	case OPERATION_AND:
	case OPERATION_OR:
	case OPERATION_IF:
		checker->used--;
		return 0;
	case OPERATION_JUMP:
		checker->meetings[checker->meeting_count++] = (struct meeting){step->operand, step->at};
		return 0;
	case OPERATION_CALL:
		checker->used -= step->count - 1u;
		return call(checker, step, top - step->count);
	default:
		return check_infix(checker, step);
	}
}

// Both branches of an if() have left their fact, the first one below.
static int end_branches(struct checker *checker, size_t step)
{
	while (checker->meeting_count && checker->meetings[checker->meeting_count - 1].step == step) {
		size_t at = checker->meetings[--checker->meeting_count].at;
		struct fact *first = &checker->stack[--checker->used - 1];

		if (meet(checker, at, "if() gives", "or", first, first + 1))
			return -1;
		// It may be either number.
		if (first->kind == FACT_NUMBER)
			*first = fact_any();
	}
	return 0;
}

static int check_all(struct checker *checker)
{
	const struct expression *expression = checker->expression;

	for (size_t i = 0; i < expression->step_count; i++)
		if (end_branches(checker, i) || check_step(checker, &expression->steps[i]))
			return -1;
	return end_branches(checker, expression->step_count);
}

int expression_check_units(const struct expression *expression, struct unit_system *system,
    const struct expression_unit_lookup *lookup, struct expression_unit *result, struct error *error)
{
	struct checker checker = {.expression = expression, .system = system, .lookup = lookup, .error = error};
	int status;

	if (unit_system_open(system, error) < 0)
		return -1;
	checker.stack = memory_new_zeroed(expression->step_count + 1, sizeof *checker.stack);
	checker.meetings = memory_new_zeroed(expression->step_count + 1, sizeof *checker.meetings);
	status = check_all(&checker);
	if (status == 0 && result) {
		result->known = checker.stack[0].kind == FACT_UNIT;
		result->unit = checker.stack[0].unit;
	}
	free(checker.stack);
	free(checker.meetings);
	arena_release(&checker.arena);
	return status;
}
