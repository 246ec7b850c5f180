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

// Negative when a is the smaller; an open end is beyond all numbers.
static int compare_ends(const char *a, const char *b, int open)
{
	if (!*a || !*b)
		return !*a && !*b ? 0 : *a ? -open : open;
	return decimal_compare(slice_from_string(a), slice_from_string(b));
}

static bool is_inside(const struct quality_range *inner, const struct quality_range *outer)
{
	return compare_ends(inner->minimum, outer->minimum, -1) >= 0 &&
	    compare_ends(inner->maximum, outer->maximum, 1) <= 0;
}

static bool has_range(const struct quality_range *range)
{
	return *range->minimum || *range->maximum;
}

static int complete_ranges(struct quality_limits *limits, struct error *error)
{
	if (has_range(&limits->suspect_range) && !is_inside(&limits->suspect_range, &limits->range))
		return error_set(error, "the range that is not suspect reaches beyond the range");
	if (has_range(&limits->range) || has_range(&limits->suspect_range))
		limits->tests |= QUALITY_BIT(QUALITY_RANGE);
	return 0;
}

static int complete_threshold(struct quality_limits *limits, enum quality_test test,
    const struct quality_threshold *threshold, struct error *error)
{
	if (threshold->suspect > 0 && threshold->fail > 0 && threshold->suspect > threshold->fail)
		return error_set(error, "%s: the suspect limit is above the one to fail", quality_test_name(test));
	if (threshold->suspect > 0 || threshold->fail > 0)
		limits->tests |= QUALITY_BIT(test);
	return 0;
}

static int complete_stuck(struct quality_limits *limits, struct error *error)
{
	struct quality_stuck *stuck = &limits->stuck;

	if ((stuck->suspect && stuck->fail && stuck->suspect > stuck->fail) ||
	    (stuck->suspect_length && stuck->fail_length && stuck->suspect_length > stuck->fail_length))
		return error_set(error, "stuck: the suspect limit is longer than the one to fail");
	if (!stuck->suspect && !stuck->fail && !stuck->suspect_length && !stuck->fail_length)
		return 0;
	if (!(stuck->tolerance > 0))
		stuck->tolerance = QUALITY_TOLERANCE_NONE;
	limits->tests |= QUALITY_BIT(QUALITY_STUCK);
	return 0;
}

static int complete_attenuated(struct quality_limits *limits, struct error *error)
{
	struct quality_attenuated *attenuated = &limits->attenuated;

	if (!(attenuated->suspect > 0) && !(attenuated->fail > 0))
		return 0;
	if (!attenuated->period)
		return error_set(error, "attenuated: there is no period");
	if (attenuated->suspect > 0 && attenuated->fail > attenuated->suspect)
		return error_set(error, "attenuated: the suspect limit is below the one to fail");
	limits->tests |= QUALITY_BIT(QUALITY_ATTENUATED);
	return 0;
}

int quality_limits_complete(struct quality_limits *limits, struct error *error)
{
	if (complete_ranges(limits, error) < 0 || complete_threshold(limits, QUALITY_RATE, &limits->rate, error) < 0 ||
	    complete_threshold(limits, QUALITY_SPIKE, &limits->spike, error) < 0 || complete_stuck(limits, error) < 0 ||
	    complete_attenuated(limits, error) < 0)
		return -1;
	if (limits->tests || limits->interval)
		limits->tests |= QUALITY_BIT(QUALITY_MISSING);
	return 0;
}
