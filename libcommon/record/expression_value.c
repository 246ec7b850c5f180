#include <math.h>

#include "base/decimal.h"
#include "base/time_option.h"
#include "base/timestamp.h"
#include "record/expression_parts.h"

// So few characters without an exponent hold at most so many digits that no two different numbers share a double.
#define EXACT_LENGTH_MAX 15

// The shortest RFC 3339 time, 2026-03-01T12:00:00Z.
#define TIME_LENGTH_MIN 20

struct expression_value value_of_double(double number)
{
	// No infinity or NaN, and no -0.
	if (!isfinite(number))
		return (struct expression_value){.kind = EXPRESSION_MISSING};
	return (struct expression_value){.kind = EXPRESSION_NUMBER, .number = number + 0.0};
}

struct expression_value value_of_text(struct slice number)
{
	return (struct expression_value){
	    .kind = EXPRESSION_NUMBER, .number = decimal_to_double(number), .text = number};
}

struct expression_value value_of_string(struct slice decoded)
{
	return (struct expression_value){.kind = EXPRESSION_STRING, .text = decoded};
}

struct expression_value value_of_boolean(bool truth)
{
	return (struct expression_value){.kind = EXPRESSION_BOOLEAN, .truth = truth};
}

static struct expression_value value_of_nanoseconds(enum expression_kind kind, int64_t nanoseconds)
{
	return (struct expression_value){.kind = (uint8_t)kind, .nanoseconds = nanoseconds};
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_time(struct slice text, int64_t *nanoseconds)
{
	return text.length >= TIME_LENGTH_MIN && is_digit(text.data[0]) &&
	    timestamp_parse(text, nanoseconds, NULL) == 0;
}

void value_read_time_literal(struct expression_value *string)
{
	const struct time_context utc = {.zone = NULL};
	struct error ignored;

	string->time = EXPRESSION_TIME_NOT;
	if (read_time(string->text, &string->nanoseconds))
		string->time = EXPRESSION_TIME_IS;
	else if (string->text.length && is_digit(string->text.data[0]) &&
	    time_option_parse(string->text, &utc, &string->nanoseconds, &ignored) == 0)
		string->time = EXPRESSION_TIME_MAYBE;
}

// The same value as EXPRESSION_TIME when it is a time, or may be one.
static struct expression_value as_time(const struct expression_value *value)
{
	struct expression_value time = *value;

	if (value->kind != EXPRESSION_STRING || value->time == EXPRESSION_TIME_NOT)
		return time;
	if (value->time == EXPRESSION_TIME_UNKNOWN && !read_time(value->text, &time.nanoseconds))
		return time;
	time.kind = EXPRESSION_TIME;
	return time;
}

bool expression_read_time(const struct expression_value *value, int64_t *nanoseconds)
{
	struct expression_value time = as_time(value);

	*nanoseconds = time.nanoseconds;
	return time.kind == EXPRESSION_TIME;
}

static enum expression_order order_of(int order)
{
	return order < 0 ? EXPRESSION_LESS : order > 0 ? EXPRESSION_GREATER : EXPRESSION_EQUAL;
}

static bool is_short(struct slice number)
{
	if (number.length > EXACT_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < number.length; i++)
		if (number.data[i] == 'e' || number.data[i] == 'E')
			return false;
	return true;
}

static enum expression_order compare_numbers(const struct expression_value *a, const struct expression_value *b)
{
	// Doubles that differ have never changed their order in the reading.
	if (a->number != b->number)
		return a->number < b->number ? EXPRESSION_LESS : EXPRESSION_GREATER;
	if (!a->text.length || !b->text.length || (is_short(a->text) && is_short(b->text)))
		return EXPRESSION_EQUAL;
	return order_of(decimal_compare(a->text, b->text));
}

static enum expression_order compare_nanoseconds(const struct expression_value *a, const struct expression_value *b)
{
	return order_of((a->nanoseconds > b->nanoseconds) - (a->nanoseconds < b->nanoseconds));
}

// Two strings are instants when both are times, one of them beyond doubt; else they are bytes.
static enum expression_order compare_strings(const struct expression_value *a, const struct expression_value *b)
{
	struct expression_value a_time, b_time;

	if (a->time != EXPRESSION_TIME_NOT && b->time != EXPRESSION_TIME_NOT &&
	    !(a->time == EXPRESSION_TIME_MAYBE && b->time == EXPRESSION_TIME_MAYBE)) {
		a_time = as_time(a);
		b_time = as_time(b);
		if (a_time.kind == EXPRESSION_TIME && b_time.kind == EXPRESSION_TIME)
			return compare_nanoseconds(&a_time, &b_time);
	}
	return order_of(slice_compare(a->text, b->text));
}

enum expression_order expression_compare(const struct expression_value *a, const struct expression_value *b)
{
	struct expression_value a_time, b_time;

	if (a->kind == EXPRESSION_MISSING || b->kind == EXPRESSION_MISSING)
		return EXPRESSION_INCOMPARABLE;
	if (a->kind == EXPRESSION_NUMBER && b->kind == EXPRESSION_NUMBER)
		return compare_numbers(a, b);
	if (a->kind == EXPRESSION_STRING && b->kind == EXPRESSION_STRING)
		return compare_strings(a, b);
	if (a->kind == EXPRESSION_NULL || b->kind == EXPRESSION_NULL)
		return a->kind == b->kind ? EXPRESSION_EQUAL : EXPRESSION_UNEQUAL;
	if (a->kind == EXPRESSION_BOOLEAN && b->kind == EXPRESSION_BOOLEAN)
		return a->truth == b->truth ? EXPRESSION_EQUAL : EXPRESSION_UNEQUAL;
	a_time = as_time(a);
	b_time = as_time(b);
	if (a_time.kind == b_time.kind && (a_time.kind == EXPRESSION_TIME || a_time.kind == EXPRESSION_DURATION))
		return compare_nanoseconds(&a_time, &b_time);
	return EXPRESSION_INCOMPARABLE;
}

bool comparison_holds(enum operation operation, const struct expression_value *a, const struct expression_value *b)
{
	enum expression_order order = expression_compare(a, b);

	if (order == EXPRESSION_INCOMPARABLE)
		return false;
	// null and conditions are equal or not, and that is all.
	bool has_order = order != EXPRESSION_UNEQUAL && a->kind != EXPRESSION_NULL && a->kind != EXPRESSION_BOOLEAN;

	switch (operation) {
	case OPERATION_LESS:
		return order == EXPRESSION_LESS;
	case OPERATION_LESS_EQUAL:
		return has_order && order != EXPRESSION_GREATER;
	case OPERATION_GREATER:
		return order == EXPRESSION_GREATER;
	case OPERATION_GREATER_EQUAL:
		return has_order && order != EXPRESSION_LESS;
	case OPERATION_EQUAL:
		return order == EXPRESSION_EQUAL;
	default:
		return order != EXPRESSION_EQUAL;
	}
}

// Arithmetic.

enum expression_kind arithmetic_kind(enum operation operation, enum expression_kind a, enum expression_kind b)
{
	const bool a_number = a == EXPRESSION_NUMBER, b_number = b == EXPRESSION_NUMBER;
	const bool a_length = a == EXPRESSION_DURATION, b_length = b == EXPRESSION_DURATION;
	const bool a_time = a == EXPRESSION_TIME, b_time = b == EXPRESSION_TIME;

	if (a_number && b_number)
		return EXPRESSION_NUMBER;
	switch (operation) {
	case OPERATION_ADD:
		if ((a_time && b_length) || (a_length && b_time))
			return EXPRESSION_TIME;
		return a_length && b_length ? EXPRESSION_DURATION : EXPRESSION_MISSING;
	case OPERATION_SUBTRACT:
		if (a_time && b_length)
			return EXPRESSION_TIME;
		return (a_length && b_length) || (a_time && b_time) ? EXPRESSION_DURATION : EXPRESSION_MISSING;
	case OPERATION_MULTIPLY:
		return (a_length && b_number) || (a_number && b_length) ? EXPRESSION_DURATION : EXPRESSION_MISSING;
	case OPERATION_DIVIDE:
		if (a_length && b_length)
			return EXPRESSION_NUMBER;
		return a_length && b_number ? EXPRESSION_DURATION : EXPRESSION_MISSING;
	default:
		return EXPRESSION_MISSING;
	}
}

static double compute(enum operation operation, double a, double b)
{
	switch (operation) {
	case OPERATION_ADD:
		return a + b;
	case OPERATION_SUBTRACT:
		return a - b;
	case OPERATION_MULTIPLY:
		return a * b;
	case OPERATION_DIVIDE:
		return a / b;
	default:
		return pow(a, b);
	}
}

// A length of time by a number, to the nearest nanosecond.
static struct expression_value scale(enum operation operation, int64_t nanoseconds, double number)
{
	long double exact =
	    operation == OPERATION_MULTIPLY ? (long double)nanoseconds * number : (long double)nanoseconds / number;

	// 2^63 is the first that is too much; NaN is not less than anything.
	if (!(fabsl(exact) < 0x1p63L))
		return (struct expression_value){.kind = EXPRESSION_MISSING};
	return value_of_nanoseconds(EXPRESSION_DURATION, (int64_t)llroundl(exact));
}

static struct expression_value add_nanoseconds(
    enum operation operation, enum expression_kind kind, int64_t a, int64_t b)
{
	int64_t result;
	bool overflow =
	    operation == OPERATION_ADD ? __builtin_add_overflow(a, b, &result) : __builtin_sub_overflow(a, b, &result);

	return overflow ? (struct expression_value){.kind = EXPRESSION_MISSING} : value_of_nanoseconds(kind, result);
}

struct expression_value arithmetic(
    enum operation operation, const struct expression_value *a, const struct expression_value *b)
{
	struct expression_value left, right;
	enum expression_kind kind;

	if (a->kind == EXPRESSION_NUMBER && b->kind == EXPRESSION_NUMBER)
		return value_of_double(compute(operation, a->number, b->number));
	left = as_time(a);
	right = as_time(b);
	kind = arithmetic_kind(operation, (enum expression_kind)left.kind, (enum expression_kind)right.kind);
	if (kind == EXPRESSION_MISSING)
		return (struct expression_value){.kind = EXPRESSION_MISSING};
	if (kind == EXPRESSION_NUMBER)
		return value_of_double((double)((long double)left.nanoseconds / right.nanoseconds));
	if (operation == OPERATION_ADD || operation == OPERATION_SUBTRACT)
		return add_nanoseconds(operation, kind, left.nanoseconds, right.nanoseconds);
	if (left.kind == EXPRESSION_NUMBER)
		return scale(operation, right.nanoseconds, left.number);
	return scale(operation, left.nanoseconds, right.number);
}

struct expression_value value_negate(const struct expression_value *value)
{
	if (value->kind == EXPRESSION_NUMBER)
		return value_of_double(-value->number);
	if (value->kind == EXPRESSION_DURATION)
		return add_nanoseconds(OPERATION_SUBTRACT, EXPRESSION_DURATION, 0, value->nanoseconds);
	return (struct expression_value){.kind = EXPRESSION_MISSING};
}
