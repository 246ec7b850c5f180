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

static int read_size(struct slice text, double *size)
{
	if (!decimal_is_number(text))
		return -1;
	*size = decimal_to_double(text);
	return isfinite(*size) && *size >= 0 ? 0 : -1;
}

static int read_sizes(struct stream_tolerance *tolerance, struct slice text)
{
	const char *comma = memchr(text.data, ',', text.length);
	size_t length = comma ? (size_t)(comma - text.data) : text.length;

	if (read_size(slice_of(text.data, length), &tolerance->absolute))
		return -1;
	return comma ? read_size(slice_skip(text, length + 1), &tolerance->relative) : 0;
}

int stream_tolerance_parse(struct stream_tolerance *tolerance, struct slice text, struct error *error)
{
	bool is_multiple = text.length > 2 && memcmp(text.data + text.length - 2, "sd", 2) == 0;
	int status;

	*tolerance = (struct stream_tolerance){0};
	if (is_multiple)
		status = read_size(slice_of(text.data, text.length - 2), &tolerance->deviations);
	else
		status = read_sizes(tolerance, text);
	if (status || (is_multiple && tolerance->deviations <= 0))
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
