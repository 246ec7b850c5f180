#define _GNU_SOURCE // memmem
#include "twin/quality_text.h"

#include <math.h>

#include "base/decimal.h"
#include "base/duration.h"
#include "base/timestamp.h"
#include "twin/model.h"

static int read_number(struct slice text, double *number, struct error *error)
{
	if (decimal_is_number(text))
		*number = decimal_to_double(text);
	if (!decimal_is_number(text) || !isfinite(*number) || *number < 0)
		return error_set(error, "'%.*s' is no number from 0 on", (int)text.length, text.data);
	return 0;
}

static int read_positive(struct slice text, double *number, struct error *error)
{
	if (read_number(text, number, error) < 0)
		return -1;
	return *number > 0 ? 0 : error_set(error, "a limit is above 0");
}

static int read_bound(struct slice text, char bound[QUALITY_BOUND_SIZE], struct error *error)
{
	if (text.length && !decimal_is_number(text))
		return error_set(error, "'%.*s' is no number", (int)text.length, text.data);
	if (text.length >= QUALITY_BOUND_SIZE)
		return error_set(error, "a bound has at most %d digits", QUALITY_BOUND_SIZE - 1);
	memcpy(bound, text.data, text.length);
	bound[text.length] = '\0';
	return 0;
}

static int read_range(struct slice text, struct quality_range *range, struct error *error)
{
	const char *dots = memmem(text.data, text.length, "..", 2);
	size_t before = dots ? (size_t)(dots - text.data) : 0;

	if (!dots || text.length == 2)
		return error_set(error, "'%.*s' is not MIN..MAX", (int)text.length, text.data);
	if (read_bound(slice_of(text.data, before), range->minimum, error) < 0 ||
	    read_bound(slice_skip(text, before + 2), range->maximum, error) < 0)
		return -1;
	if (*range->minimum && *range->maximum &&
	    decimal_compare(slice_from_string(range->minimum), slice_from_string(range->maximum)) > 0)
		return error_set(error, "the minimum of '%.*s' is above its maximum", (int)text.length, text.data);
	return 0;
}

static int read_length(const struct model *model, struct slice text, int64_t *length, struct error *error)
{
	if (model_duration(model, text, length, error) < 0)
		return -1;
	return *length > 0 ? 0 : error_set(error, "a length of time is above 0");
}

static int read_count(struct slice text, int64_t *count, struct error *error)
{
	if (!decimal_is_number(text) || decimal_to_int64(text, count) < 0 || *count < 2)
		return error_set(error, "'%.*s' is no count of readings from 2 on", (int)text.length, text.data);
	return 0;
}

// 5, 5/s, 30/min, 5/100ms.
static int read_rate(const struct model *model, struct slice text, double *rate, struct error *error)
{
	const char *slash = memchr(text.data, '/', text.length);
	struct slice number = slice_of(text.data, slash ? (size_t)(slash - text.data) : text.length);
	struct slice unit = slice_skip(text, number.length + 1);
	char one[32] = "1";
	int64_t length = NANOSECONDS_PER_SECOND;
	struct error ignored;

	if (read_positive(number, rate, error) < 0)
		return -1;
	if (slash && unit.length && unit.length < sizeof one - 1) {
		bool has_count = (unsigned char)(unit.data[0] - '0') < 10 || unit.data[0] == 'P';

		memcpy(one + !has_count, unit.data, unit.length);
		if (read_length(model, slice_of(one, unit.length + !has_count), &length, &ignored) < 0)
			return error_set(error, "'%.*s': '%.*s' is no length of time such as s, min, h, d or 100ms",
			    (int)text.length, text.data, (int)unit.length, unit.data);
	} else if (slash) {
		return error_set(error, "'%.*s' has no unit of time", (int)text.length, text.data);
	}
	*rate = length == NANOSECONDS_PER_SECOND ? *rate : *rate / ((double)length / 1e9);
	return 0;
}

static int read_method(struct slice text, const char *zero, const char *one, unsigned *method, struct error *error)
{
	if (!slice_is(text, zero) && !slice_is(text, one))
		return error_set(error, "method '%.*s' is none of %s, %s", (int)text.length, text.data, zero, one);
	*method = slice_is(text, one);
	return 0;
}

static int unknown(struct slice name, struct error *error)
{
	return error_set(error, "there is no limit '%.*s'", (int)name.length, name.data);
}

static int set_stuck(
    struct quality_stuck *stuck, const struct model *model, struct slice name, struct slice text, struct error *error)
{
	bool fails = slice_is(name, "fail");

	if (slice_is(name, "tolerance"))
		return read_number(text, &stuck->tolerance, error);
	if (!fails && !slice_is(name, "suspect"))
		return unknown(name, error);
	if (decimal_is_number(text))
		return read_count(text, fails ? &stuck->fail_length : &stuck->suspect_length, error);
	return read_length(model, text, fails ? &stuck->fail : &stuck->suspect, error);
}

static int set_spike(struct quality_limits *limits, struct slice name, struct slice text, struct error *error)
{
	unsigned method = 0;

	if (slice_is(name, "fail"))
		return read_positive(text, &limits->spike.fail, error);
	if (slice_is(name, "suspect"))
		return read_positive(text, &limits->spike.suspect, error);
	if (!slice_is(name, "method"))
		return unknown(name, error);
	if (read_method(text, "differential", "average", &method, error) < 0)
		return -1;
	limits->spike_method = method ? QUALITY_SPIKE_AVERAGE : QUALITY_SPIKE_DIFFERENTIAL;
	return 0;
}

static int set_attenuated(struct quality_attenuated *attenuated, const struct model *model, struct slice name,
    struct slice text, struct error *error)
{
	unsigned method = 0;

	if (slice_is(name, "fail"))
		return read_positive(text, &attenuated->fail, error);
	if (slice_is(name, "suspect"))
		return read_positive(text, &attenuated->suspect, error);
	if (slice_is(name, "period"))
		return read_length(model, text, &attenuated->period, error);
	if (slice_is(name, "count"))
		return read_count(text, &attenuated->minimum_count, error);
	if (!slice_is(name, "method"))
		return unknown(name, error);
	if (read_method(text, "deviation", "range", &method, error) < 0)
		return -1;
	attenuated->method = method ? QUALITY_SPREAD_RANGE : QUALITY_SPREAD_DEVIATION;
	return 0;
}

static int set_limit(struct quality_limits *limits, const struct model *model, enum quality_test test,
    struct slice name, struct slice text, struct error *error)
{
	bool fails = slice_is(name, "fail");

	if (test == QUALITY_STUCK)
		return set_stuck(&limits->stuck, model, name, text, error);
	if (test == QUALITY_SPIKE)
		return set_spike(limits, name, text, error);
	if (test == QUALITY_ATTENUATED)
		return set_attenuated(&limits->attenuated, model, name, text, error);
	if (test == QUALITY_MISSING)
		return fails ? read_length(model, text, &limits->interval, error) : unknown(name, error);
	if (!fails && !slice_is(name, "suspect"))
		return unknown(name, error);
	if (test == QUALITY_RATE)
		return read_rate(model, text, fails ? &limits->rate.fail : &limits->rate.suspect, error);
	return read_range(text, fails ? &limits->range : &limits->suspect_range, error);
}

int quality_text_set(struct quality_limits *limits, const struct model *model, enum quality_test test,
    struct slice name, struct slice text, struct error *error)
{
	if (text.length > 200)
		return error_set(error, "a limit is longer than 200 bytes");
	return set_limit(limits, model, test, name, text, error);
}

void quality_text_clear(struct quality_limits *limits, enum quality_test test)
{
	const struct quality_limits none = {0};

	if (test == QUALITY_RANGE) {
		limits->range = none.range;
		limits->suspect_range = none.suspect_range;
	} else if (test == QUALITY_RATE) {
		limits->rate = none.rate;
	} else if (test == QUALITY_STUCK) {
		limits->stuck = none.stuck;
	} else if (test == QUALITY_SPIKE) {
		limits->spike = none.spike;
		limits->spike_method = none.spike_method;
	} else if (test == QUALITY_ATTENUATED) {
		limits->attenuated = none.attenuated;
	} else if (test == QUALITY_MISSING) {
		limits->interval = none.interval;
	}
}

int quality_text_parse(struct quality_limits *limits, const struct model *model, enum quality_test test,
    struct slice text, struct error *error)
{
	quality_text_clear(limits, test);
	do {
		const char *comma = memchr(text.data, ',', text.length);
		struct slice part = slice_of(text.data, comma ? (size_t)(comma - text.data) : text.length);
		const char *equals = memchr(part.data, '=', part.length);
		size_t named = equals ? (size_t)(equals - part.data) : 0;
		struct slice name = equals ? slice_of(part.data, named) : SLICE_LITERAL("fail");

		if (quality_text_set(limits, model, test, name, equals ? slice_skip(part, named + 1) : part, error) < 0)
			return -1;
		text = slice_skip(text, part.length + 1);
	} while (text.length);
	return quality_limits_check(limits, &test, error);
}
