#include "twin/quality_limits.h"

#include "base/decimal.h"

const char *quality_test_name(enum quality_test test)
{
	static const char *const names[QUALITY_TEST_COUNT] = {
	    [QUALITY_RANGE] = "range",
	    [QUALITY_RATE] = "rate",
	    [QUALITY_STUCK] = "stuck",
	    [QUALITY_SPIKE] = "spike",
	    [QUALITY_ATTENUATED] = "attenuated",
	    [QUALITY_MISSING] = "missing",
	    [QUALITY_DUPLICATE] = "duplicate",
	    [QUALITY_ORDER] = "order",
	};

	return names[test];
}

// Where an end is open, the other range ends: what is not suspect there goes as far as what does not fail.
static bool is_in_order(const char *low, const char *high)
{
	return !*low || !*high || decimal_compare(slice_from_string(low), slice_from_string(high)) <= 0;
}

static bool is_inside(const struct quality_range *inner, const struct quality_range *outer)
{
	return is_in_order(outer->minimum, inner->minimum) && is_in_order(inner->maximum, outer->maximum);
}

static bool has_range(const struct quality_range *range)
{
	return *range->minimum || *range->maximum;
}

static int check_threshold(const struct quality_threshold *threshold, struct error *error)
{
	if (threshold->suspect > 0 && threshold->fail > 0 && threshold->suspect > threshold->fail)
		return error_set(error, "the suspect limit is above the one to fail");
	return 0;
}

static int check_stuck(const struct quality_stuck *stuck, struct error *error)
{
	if ((stuck->suspect && stuck->fail && stuck->suspect > stuck->fail) ||
	    (stuck->suspect_length && stuck->fail_length && stuck->suspect_length > stuck->fail_length))
		return error_set(error, "the suspect limit is longer than the one to fail");
	return 0;
}

static bool is_attenuated_set(const struct quality_attenuated *attenuated)
{
	return attenuated->suspect > 0 || attenuated->fail > 0;
}

static int check_attenuated(const struct quality_attenuated *attenuated, struct error *error)
{
	if (is_attenuated_set(attenuated) && !attenuated->period)
		return error_set(error, "there is no period");
	if (attenuated->suspect > 0 && attenuated->fail > attenuated->suspect)
		return error_set(error, "the suspect limit is below the one to fail");
	return 0;
}

static int check_range(const struct quality_limits *limits, struct error *error)
{
	if (has_range(&limits->suspect_range) && !is_inside(&limits->suspect_range, &limits->range))
		return error_set(error, "what is not suspect reaches beyond what does not fail");
	return 0;
}

static int check_test(const struct quality_limits *limits, enum quality_test test, struct error *error)
{
	switch (test) {
	case QUALITY_RANGE:
		return check_range(limits, error);
	case QUALITY_RATE:
		return check_threshold(&limits->rate, error);
	case QUALITY_STUCK:
		return check_stuck(&limits->stuck, error);
	case QUALITY_SPIKE:
		return check_threshold(&limits->spike, error);
	case QUALITY_ATTENUATED:
		return check_attenuated(&limits->attenuated, error);
	default:
		return 0;
	}
}

int quality_limits_check(const struct quality_limits *limits, enum quality_test *test, struct error *error)
{
	for (int i = 0; i < QUALITY_TEST_COUNT; i++) {
		*test = (enum quality_test)i;
		if (check_test(limits, *test, error) < 0)
			return -1;
	}
	return 0;
}

void quality_limits_choose(struct quality_limits *limits)
{
	const struct quality_stuck *stuck = &limits->stuck;
	bool is_made[QUALITY_TEST_COUNT] = {
	    [QUALITY_RANGE] = has_range(&limits->range) || has_range(&limits->suspect_range),
	    [QUALITY_RATE] = limits->rate.suspect > 0 || limits->rate.fail > 0,
	    [QUALITY_STUCK] = stuck->suspect || stuck->fail || stuck->suspect_length || stuck->fail_length,
	    [QUALITY_SPIKE] = limits->spike.suspect > 0 || limits->spike.fail > 0,
	    [QUALITY_ATTENUATED] = is_attenuated_set(&limits->attenuated),
	};

	limits->tests = 0;
	for (int test = 0; test < QUALITY_TEST_COUNT; test++)
		if (is_made[test])
			limits->tests |= QUALITY_BIT(test);
	if (is_made[QUALITY_STUCK] && !(stuck->tolerance > 0))
		limits->stuck.tolerance = QUALITY_TOLERANCE_NONE;
	if (limits->tests || limits->interval)
		limits->tests |= QUALITY_BIT(QUALITY_MISSING);
}
