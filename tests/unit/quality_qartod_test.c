// The checks against flags that ioos_qc gave: data/reference/validate-qartod of the recorded data, read in place.
// Each case goes through the streaming checks as a series; what ioos_qc takes from the whole series (the median
// interval) is worked out here and handed over as a limit.
#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "io/atomic_file.h"
#include "record/value.h"
#include "twin/quality_check.h"
#include "unit.h"

#define CASES_SIZE_MAX ((size_t)16 << 20)

struct qartod_case {
	const struct value_tree *tree;
	const struct value *root, *values, *flags, *times;
	size_t count;
	struct quality_limits limits;
	enum quality_test test;
};

static const struct value *member(const struct qartod_case *one, const char *name)
{
	return value_member(one->tree, one->root, slice_from_string(name));
}

static double number(const struct qartod_case *one, const char *name, double otherwise)
{
	const struct value *value = member(one, name);

	return value && value->kind == VALUE_NUMBER ? decimal_to_double(value->text) : otherwise;
}

static const struct value *element(const struct value_tree *tree, const struct value *array, size_t index)
{
	const struct value *value = array ? value_first(tree, array) : NULL;

	while (value && index--)
		value = value_next(tree, value);
	return value;
}

static int64_t time_of(const struct value *time, size_t index)
{
	double seconds = time ? decimal_to_double(time->text) : (double)index;

	return (int64_t)llround(seconds * 1e9);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

// Seconds between neighbours.
static double median_interval(const struct qartod_case *one)
{
	size_t count = one->count - 1;
	double *gaps = memory_new_zeroed(one->count, sizeof *gaps);
	const struct value *time = element(one->tree, one->times, 0);

	for (size_t i = 0; i < count && time; i++) {
		const struct value *next = value_next(one->tree, time);

		gaps[i] = next ? decimal_to_double(next->text) - decimal_to_double(time->text) : 0;
		time = next;
	}
	qsort(gaps, count, sizeof *gaps, compare_doubles);
	double median = count ? (gaps[(count - 1) / 2] + gaps[count / 2]) / 2 : 1;

	free(gaps);
	return median;
}

// ioos_qc looks at so many readings before each one.
static int64_t readings_before(const struct qartod_case *one, const char *name)
{
	return (int64_t)(trunc(number(one, name, 0)) / median_interval(one));
}

static void set_bound(char bound[QUALITY_BOUND_SIZE], const struct value *value)
{
	if (value && value->kind == VALUE_NUMBER && value->text.length < QUALITY_BOUND_SIZE)
		memcpy(bound, value->text.data, value->text.length);
}

// Spans may be written from high to low.
static void set_span(const struct qartod_case *one, const char *name, struct quality_range *range)
{
	const struct value *span = member(one, name);
	const struct value *low = element(one->tree, span, 0), *high = element(one->tree, span, 1);

	if (!low || !high)
		return;
	bool swapped = decimal_compare(low->text, high->text) > 0;

	set_bound(range->minimum, swapped ? high : low);
	set_bound(range->maximum, swapped ? low : high);
}

static void set_attenuated(struct qartod_case *one, enum quality_spread_method method)
{
	struct quality_attenuated *attenuated = &one->limits.attenuated;
	double minimum_period = number(one, "min_period", 0);

	one->test = QUALITY_ATTENUATED;
	attenuated->method = method;
	attenuated->suspect = number(one, "suspect_threshold", 0);
	attenuated->fail = number(one, "fail_threshold", 0);
	attenuated->period = (int64_t)llround(number(one, "test_period", 0) * 1e9);
	attenuated->minimum_count = (int64_t)number(one, "min_obs", 0);
	if (minimum_period > 0)
		attenuated->minimum_count = (int64_t)(minimum_period / median_interval(one));
}

static bool is_range_type(const struct qartod_case *one, struct slice name)
{
	const struct value *type = member(one, "check_type");

	return slice_is(name, "attenuated_signal_range") || (type && slice_is(type->text, "\"range\""));
}

static bool set_limits(struct qartod_case *one, struct slice name)
{
	struct quality_limits *limits = &one->limits;
	struct quality_threshold threshold = {number(one, "suspect_threshold", 0), number(one, "fail_threshold", 0)};

	if (slice_is(name, "gross_range")) {
		one->test = QUALITY_RANGE;
		set_span(one, "fail_span", &limits->range);
		set_span(one, "suspect_span", &limits->suspect_range);
	} else if (slice_is(name, "rate_of_change")) {
		one->test = QUALITY_RATE;
		limits->rate = threshold;
		limits->rate.suspect = number(one, "threshold", threshold.suspect);
	} else if (slice_starts_with(name, SLICE_LITERAL("spike"))) {
		const struct value *method = member(one, "method");

		one->test = QUALITY_SPIKE;
		limits->spike = threshold;
		if (!slice_is(name, "spike_differential") && !(method && slice_is(method->text, "\"differential\"")))
			limits->spike_method = QUALITY_SPIKE_AVERAGE;
	} else if (slice_is(name, "flat_line")) {
		one->test = QUALITY_STUCK;
		limits->stuck.tolerance = number(one, "tolerance", 0);
		limits->stuck.suspect_length = readings_before(one, "suspect_threshold") + 1;
		limits->stuck.fail_length = readings_before(one, "fail_threshold") + 1;
	} else if (slice_starts_with(name, SLICE_LITERAL("attenuated_signal"))) {
		set_attenuated(one, is_range_type(one, name) ? QUALITY_SPREAD_RANGE : QUALITY_SPREAD_DEVIATION);
	} else {
		return false;
	}
	limits->tests = QUALITY_BIT(one->test);
	return true;
}

static void run_series(const struct qartod_case *one, uint8_t *flags)
{
	struct quality_series series = {0};
	struct quality_verdict held;
	const struct value *value = element(one->tree, one->values, 0), *time = element(one->tree, one->times, 0);

	for (size_t i = 0; value; i++, value = value_next(one->tree, value)) {
		struct quality_reading reading = {time_of(time, i), 0, value->text};
		struct quality_step step;

		quality_series_put(&series, &one->limits, &reading, &step);
		if (step.has_held)
			flags[i - 1] = step.held.flags[one->test];
		if (!step.holds)
			flags[i] = step.now.flags[one->test];
		time = time ? value_next(one->tree, time) : NULL;
	}
	if (quality_series_flush(&series, &one->limits, &held))
		flags[one->count - 1] = held.flags[one->test];
	quality_series_release(&series);
}

// Without a period the whole series has one spread.
static void run_whole(const struct qartod_case *one, uint8_t *flags)
{
	const struct quality_attenuated *limits = &one->limits.attenuated;
	struct quality_spread spread = {0};

	for (const struct value *v = element(one->tree, one->values, 0); v; v = value_next(one->tree, v))
		if (v->kind == VALUE_NUMBER)
			quality_spread_add(&spread, decimal_to_double(v->text));
	double statistic = limits->method == QUALITY_SPREAD_RANGE ? quality_spread_range(&spread)
								  : quality_spread_deviation(&spread, 0);
	const struct value *v = element(one->tree, one->values, 0);

	for (size_t i = 0; v; i++, v = value_next(one->tree, v))
		flags[i] = (uint8_t)(v->kind == VALUE_NULL ? QUALITY_NO_VALUE : quality_spread_flag(limits, statistic));
}

static void run_aggregate(const struct qartod_case *one, uint8_t *flags)
{
	const struct value *inputs = member(one, "inputs");
	uint8_t *column = memory_new(inputs->count + 1);

	for (size_t i = 0; i < one->count; i++) {
		size_t rows = 0;

		for (const struct value *row = value_first(one->tree, inputs); row; row = value_next(one->tree, row)) {
			const struct value *flag = element(one->tree, row, i);

			column[rows++] = flag ? (uint8_t)decimal_to_double(flag->text) : 0;
		}
		flags[i] = (uint8_t)quality_join(column, rows);
	}
	free(column);
}

static void check_flags(const struct qartod_case *one, const uint8_t *flags)
{
	const struct value *want = element(one->tree, one->flags, 0);

	for (size_t i = 0; i < one->count; i++, want = value_next(one->tree, want)) {
		if (flags[i] == (uint8_t)decimal_to_double(want->text))
			continue;
		printf("# reading %zu: got %d, want %.*s\n", i, flags[i], (int)want->text.length, want->text.data);
		unit_fail(__FILE__, __LINE__, "the flag");
	}
}

static void check_case(const struct value_tree *tree)
{
	struct qartod_case one = {.tree = tree, .root = value_root(tree)};
	const struct value *name = member(&one, "test");

	one.values = member(&one, "values");
	one.times = member(&one, "times");
	one.flags = member(&one, "flags");
	CHECK(name && one.flags);
	if (!name || !one.flags)
		return;
	struct slice test = slice_of(name->text.data + 1, name->text.length - 2);

	one.count = one.flags->count;
	uint8_t *flags = memory_new_zeroed(one.count + 1, 1);

	printf("# %.*s, %zu flags\n", (int)test.length, test.data, one.count);
	if (slice_is(test, "aggregate"))
		run_aggregate(&one, flags);
	else if (!set_limits(&one, test))
		unit_fail(__FILE__, __LINE__, "a test that is known");
	else if (one.test == QUALITY_ATTENUATED && !one.limits.attenuated.period)
		run_whole(&one, flags);
	else
		run_series(&one, flags);
	check_flags(&one, flags);
	free(flags);
}

static void check_file(struct slice rest)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	size_t count = 0;

	while (rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		struct slice line = slice_of(rest.data, end ? (size_t)(end - rest.data) : rest.length);

		rest = slice_skip(rest, line.length + 1);
		if (!line.length)
			continue;
		CHECK(value_parse(&tree, line, &error) == 0);
		check_case(&tree);
		count++;
	}
	CHECK(count > 0);
	value_tree_release(&tree);
}

int main(void)
{
	const char *data = getenv("TWIN_TEST_DATA");
	struct buffer path = BUFFER_INIT, text = BUFFER_INIT;
	struct error error;

	buffer_printf(&path, "%s/reference/validate-qartod/cases.ndjson", data && *data ? data : "");
	bool is_there = data && *data && file_read_whole(buffer_string(&path), CASES_SIZE_MAX, &text, &error) == 0;

	TEST(is_there ? "the flags are those of ioos_qc" : "the flags are those of ioos_qc # SKIP no recorded data")
	{
		if (is_there)
			check_file(buffer_slice(&text));
	}
	buffer_release(&path);
	buffer_release(&text);
	return unit_end();
}
