#include "analysis/model_suggestion.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/duration.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "record/value.h"

// One property, over all twins that have it.
struct suggestion {
	struct slice path;
	unsigned classes;
	bool has_fraction, has_numbers, is_counter;
	double low, high;
	struct buffer unit;
	bool has_unit, unit_varies;
	uint64_t series;
	struct quantile_sketch intervals, steps;
};

static void take_unit(struct suggestion *suggestion, const struct series_health *series)
{
	bool differs = suggestion->series &&
	    (series->has_unit != suggestion->has_unit ||
		!slice_equal(buffer_slice(&series->unit), buffer_slice(&suggestion->unit)));

	suggestion->unit_varies |= differs || series->unit_changes;
	suggestion->has_unit = series->has_unit;
	buffer_reset(&suggestion->unit);
	buffer_append_slice(&suggestion->unit, buffer_slice(&series->unit));
}

static void take_numbers(struct suggestion *suggestion, const struct series_health *series)
{
	if (!series->has_numbers)
		return;
	if (!suggestion->has_numbers || series->low < suggestion->low)
		suggestion->low = series->low;
	if (!suggestion->has_numbers || series->high > suggestion->high)
		suggestion->high = series->high;
	suggestion->has_numbers = true;
}

static void take_series(struct suggestion *suggestion, const struct series_health *series)
{
	struct series_health finished;

	series_health_finish(&finished, series);
	take_unit(suggestion, &finished);
	take_numbers(suggestion, &finished);
	suggestion->classes |= finished.classes;
	suggestion->has_fraction |= finished.has_fraction;
	suggestion->is_counter |= series_health_resets(&finished) > 0;
	suggestion->series++;
	quantile_sketch_merge(&suggestion->intervals, &finished.intervals);
	quantile_sketch_merge(&suggestion->steps, &finished.runs.steps);
	series_health_release(&finished);
}

static const char *type_of(const struct suggestion *suggestion)
{
	switch (suggestion->classes) {
	case CLASS_NUMBER:
		return suggestion->has_fraction ? "number" : "integer";
	case CLASS_STRING:
		return "string";
	case CLASS_BOOLEAN:
		return "boolean";
	case CLASS_OBJECT:
		return "object";
	case CLASS_ARRAY:
		return "array";
	default:
		return "any";
	}
}

// As many decimals as the step has, so that 0.3 is not written 0.30000000000000004.
static void append_stepped(struct buffer *out, double number, double step)
{
	int decimals = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;

	if (decimals > 15 || fabs(number) > 1e15 || !(fabs(number) > 0))
		decimal_append_double(out, number);
	else
		buffer_printf(out, "%.*f", decimals, number);
}

// Of a limit outward of the extreme that the text must not cut off.
static void append_bound(struct buffer *out, double limit, double step, double extreme, int sign)
{
	double rounded = (sign < 0 ? floor(limit / step) : ceil(limit / step)) * step;
	size_t start = out->length;

	// A series that does not cross 0 is not expected to.
	if ((sign < 0 && extreme >= 0 && rounded < 0) || (sign > 0 && extreme <= 0 && rounded > 0))
		rounded = 0;
	if (!isfinite(rounded)) {
		buffer_append_string(out, "null");
		return;
	}
	append_stepped(out, rounded, step);
	double written = decimal_to_double(slice_of(out->data + start, out->length - start));

	if (sign * (written - extreme) >= 0)
		return;
	out->length = start;
	decimal_append_double(out, extreme);
}

static void append_range(struct buffer *out, const struct suggestion *suggestion)
{
	double low = suggestion->low, high = suggestion->high;
	double span = high - low;

	if (!(span > 0))
		span = fabs(high) > 0 ? fabs(high) : 1;
	double margin = span / 10, step = pow(10, floor(log10(span)) - 1);

	// Where doubles are further apart than that, a step would round nothing.
	step = fmax(step, fmax(fabs(low), fabs(high)) * 1e-15);
	if (!suggestion->has_fraction)
		step = fmax(step, 1);
	buffer_append_string(out, ", \"range\": [");
	append_bound(out, low - margin, step, low, -1);
	buffer_append_string(out, ", ");
	append_bound(out, high + margin, step, high, 1);
	buffer_append_char(out, ']');
}

// Of seconds, two digits.
static double round_up(double nanoseconds)
{
	double step = pow(10, floor(log10(nanoseconds)) - 1);

	return ceil(nanoseconds / step - 1e-9) * step;
}

// Two units are as exact as a length for people is; a sketch's median is no more than that.
static void append_times(struct buffer *out, const struct suggestion *suggestion)
{
	double interval = quantile_sketch_at(&suggestion->intervals, 0.5);
	double stale = fmax(4 * interval, 2 * quantile_sketch_at(&suggestion->intervals, 0.99));

	if (!(interval >= 1) || stale > 8e18)
		return;
	buffer_append_string(out, ", \"interval\": \"");
	duration_append(out, (int64_t)llround(interval));
	buffer_append_string(out, "\", \"stale_after\": \"");
	duration_append(out, (int64_t)llround(round_up(stale)));
	buffer_append_char(out, '"');
}

static void append_deadband(struct buffer *out, const struct suggestion *suggestion)
{
	double half = quantile_sketch_at(&suggestion->steps, 0.5) / 2;

	if (suggestion->classes != CLASS_NUMBER || suggestion->is_counter || !(half > 0) || !isfinite(half))
		return;
	double power = pow(10, floor(log10(half)));
	double deadband = floor(half / power + 1e-9) * power;

	if (!suggestion->has_fraction && deadband < 1)
		return;
	buffer_append_string(out, ", \"deadband\": ");
	append_stepped(out, deadband, power);
}

static void append_property(struct buffer *out, const struct suggestion *suggestion, bool is_first)
{
	buffer_append_string(out, is_first ? "\n    " : ",\n    ");
	json_append_string(out, suggestion->path);
	buffer_printf(out, ": {\"type\": \"%s\"", type_of(suggestion));
	if (suggestion->has_unit && !suggestion->unit_varies) {
		buffer_append_string(out, ", \"unit\": ");
		json_append_string(out, buffer_slice(&suggestion->unit));
	}
	if (suggestion->classes == CLASS_NUMBER && isfinite(suggestion->low) && isfinite(suggestion->high))
		append_range(out, suggestion);
	append_times(out, suggestion);
	append_deadband(out, suggestion);
	if (suggestion->is_counter)
		buffer_append_string(out, ", \"counter\": true");
	buffer_append_char(out, '}');
}

static int compare_paths(const void *a, const void *b)
{
	const struct suggestion *x = a, *y = b;

	return slice_compare(x->path, y->path);
}

void model_suggestion_append(const struct recording_health *health, struct buffer *out)
{
	struct hash_map paths = HASH_MAP_INIT;
	struct suggestion *suggestions = memory_new_zeroed(health->series_names.count, sizeof *suggestions);

	for (size_t i = 0; i < health->series_names.count; i++) {
		size_t at = hash_map_add(&paths, health->series[i].property, NULL);

		suggestions[at].path = paths.keys[at];
		take_series(&suggestions[at], &health->series[i].health);
	}
	if (paths.count)
		qsort(suggestions, paths.count, sizeof *suggestions, compare_paths);
	buffer_append_string(out, "{\n  \"properties\": {");
	for (size_t i = 0; i < paths.count; i++)
		append_property(out, &suggestions[i], i == 0);
	buffer_append_string(out, paths.count ? "\n  }\n}\n" : "}\n}\n");
	for (size_t i = 0; i < paths.count; i++) {
		buffer_release(&suggestions[i].unit);
		quantile_sketch_release(&suggestions[i].intervals);
		quantile_sketch_release(&suggestions[i].steps);
	}
	free(suggestions);
	hash_map_release(&paths);
}
