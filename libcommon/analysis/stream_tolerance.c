#include "analysis/stream_tolerance.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "record/property_path.h"

void stream_tolerances_release(struct stream_tolerances *tolerances)
{
	free(tolerances->rules);
}

static double decimal_double(struct decimal number)
{
	struct buffer text = BUFFER_INIT;
	double result;

	decimal_append(&text, number);
	result = decimal_to_double(buffer_slice(&text));
	buffer_release(&text);
	return result;
}

double stream_tolerance_absolute(const struct stream_tolerance *tolerance)
{
	return decimal_double(tolerance->absolute);
}

double stream_tolerance_relative(const struct stream_tolerance *tolerance)
{
	return decimal_double(tolerance->relative);
}

// The shortest text of a double has few digits: it always fits.
static struct decimal double_decimal(double number)
{
	char text[DECIMAL_TEXT_SIZE];
	struct decimal result = {0, 0};

	if (decimal_read(slice_of(text, decimal_format_double(text, number)), &result))
		return (struct decimal){0, 0};
	return result;
}

struct stream_tolerance stream_tolerance_of(double absolute, double relative)
{
	return (struct stream_tolerance){.absolute = double_decimal(absolute), .relative = double_decimal(relative)};
}

static struct decimal size_of(struct decimal number)
{
	return number.digits < 0 ? decimal_negate(number) : number;
}

// 1 when a <= b, 0 when not, -1 when the digits do not fit.
static int not_above(struct decimal a, struct decimal b)
{
	struct decimal rest;

	return decimal_add(b, decimal_negate(a), &rest) ? -1 : rest.digits >= 0;
}

static int within_exactly(const struct stream_tolerance *tolerance, struct slice a_text, struct slice b_text)
{
	struct decimal a, b, difference, allowed;
	int is_within;

	if (decimal_read(a_text, &a) || decimal_read(b_text, &b) || decimal_add(b, decimal_negate(a), &difference))
		return -1;
	difference = size_of(difference);
	is_within = not_above(difference, tolerance->absolute);
	if (is_within || !tolerance->relative.digits)
		return is_within;
	is_within = not_above(size_of(a), size_of(b));
	if (is_within < 0 || decimal_multiply(tolerance->relative, size_of(is_within ? b : a), &allowed))
		return -1;
	return not_above(difference, allowed);
}

bool stream_tolerance_within(const struct stream_tolerance *tolerance, struct slice a, struct slice b)
{
	int is_within;

	if (decimal_compare(a, b) == 0)
		return true;
	if (!tolerance->absolute.digits && !tolerance->relative.digits)
		return false;
	is_within = within_exactly(tolerance, a, b);
	if (is_within >= 0)
		return is_within;
	return decimal_within(a, b, stream_tolerance_absolute(tolerance), stream_tolerance_relative(tolerance));
}

static int read_size(struct slice text, struct decimal *size)
{
	if (!decimal_is_number(text) || decimal_read(text, size) || size->digits < 0)
		return -1;
	return isfinite(decimal_to_double(text)) ? 0 : -1;
}

static int read_sizes(struct stream_tolerance *tolerance, struct slice text)
{
	const char *comma = memchr(text.data, ',', text.length);
	size_t length = comma ? (size_t)(comma - text.data) : text.length;

	if (read_size(slice_of(text.data, length), &tolerance->absolute))
		return -1;
	return comma ? read_size(slice_skip(text, length + 1), &tolerance->relative) : 0;
}

static int read_multiple(struct stream_tolerance *tolerance, struct slice text)
{
	struct decimal multiple;

	if (read_size(text, &multiple) || !multiple.digits)
		return -1;
	tolerance->deviations = decimal_double(multiple);
	return 0;
}

int stream_tolerance_parse(struct stream_tolerance *tolerance, struct slice text, struct error *error)
{
	bool is_multiple = text.length > 2 && memcmp(text.data + text.length - 2, "sd", 2) == 0;
	int status;

	*tolerance = (struct stream_tolerance){.deviations = 0};
	if (is_multiple)
		status = read_multiple(tolerance, slice_of(text.data, text.length - 2));
	else
		status = read_sizes(tolerance, text);
	if (status)
		return error_set(error, "'%.*s' is no tolerance: ABS, ABS,REL or Nsd is one (0.5, 0.5,0.01, 5sd)",
		    (int)(text.length < 100 ? text.length : 100), text.data);
	return 0;
}

int stream_tolerances_add(struct stream_tolerances *tolerances, const char *text, struct error *error)
{
	const char *equals = strrchr(text, '=');
	struct stream_tolerance_rule rule;

	if (!equals)
		return error_set(error, "'%.100s' is not PATH=TOLERANCE", text);
	rule.path = slice_of(text, (size_t)(equals - text));
	if (property_path_check(rule.path, error))
		return -1;
	if (stream_tolerance_parse(&rule.tolerance, slice_from_string(equals + 1), error))
		return -1;
	tolerances->rules =
	    memory_grow(tolerances->rules, &tolerances->capacity, tolerances->count + 1, sizeof *tolerances->rules);
	tolerances->rules[tolerances->count++] = rule;
	return 0;
}

struct stream_tolerance stream_tolerances_find(const struct stream_tolerances *tolerances, struct slice path)
{
	const struct stream_tolerance_rule *best = NULL;

	for (size_t i = 0; i < tolerances->count; i++) {
		const struct stream_tolerance_rule *rule = &tolerances->rules[i];

		if (!slice_equal(path, rule->path) && !property_path_is_under(path, rule->path))
			continue;
		if (!best || rule->path.length >= best->path.length)
			best = rule;
	}
	return best ? best->tolerance : tolerances->fallback;
}

bool stream_tolerances_need_baseline(const struct stream_tolerances *tolerances)
{
	bool needs = tolerances->fallback.deviations > 0;

	for (size_t i = 0; i < tolerances->count; i++)
		needs |= tolerances->rules[i].tolerance.deviations > 0;
	return needs;
}
