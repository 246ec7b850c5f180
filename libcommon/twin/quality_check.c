#include "twin/quality_check.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/timestamp.h"

// Readings a series remembers, among which one that is not new is looked for.
#define RECENT_MAX 32

struct quality_recent {
	size_t count, next;
	struct {
		int64_t timestamp;
		uint64_t tie, value;
	} items[RECENT_MAX];
};

// A reading as the tests see it.
struct sample {
	int64_t timestamp;
	bool is_missing, is_number; // a number that is finite as a double
	double number;
};

void quality_series_init(struct quality_series *series)
{
	*series = (struct quality_series){0};
}

void quality_series_release(struct quality_series *series)
{
	quality_run_release(&series->run);
	quality_period_release(&series->period);
	free(series->recent);
	quality_series_init(series);
}

static bool is_number(struct slice value)
{
	return value.length && (value.data[0] == '-' || (unsigned char)(value.data[0] - '0') < 10);
}

static struct sample sample_of(const struct quality_reading *reading)
{
	struct sample sample = {.timestamp = reading->timestamp};

	sample.is_missing = !reading->value.length || reading->value.data[0] == 'n';
	if (is_number(reading->value)) {
		sample.number = decimal_to_double(reading->value);
		sample.is_number = isfinite(sample.number);
	}
	return sample;
}

static bool is_made(const struct quality_limits *limits, enum quality_test test)
{
	return limits->tests & QUALITY_BIT(test);
}

static uint64_t elapsed(int64_t since, int64_t time)
{
	return (uint64_t)time - (uint64_t)since;
}

// Exact for whole seconds, however many.
static double seconds(uint64_t nanoseconds)
{
	uint64_t second = (uint64_t)NANOSECONDS_PER_SECOND;

	return (double)(nanoseconds / second) + (double)(nanoseconds % second) / 1e9;
}

static bool is_within(const struct quality_range *range, struct slice number)
{
	return (!*range->minimum || decimal_compare(number, slice_from_string(range->minimum)) >= 0) &&
	    (!*range->maximum || decimal_compare(number, slice_from_string(range->maximum)) <= 0);
}

enum quality_flag quality_range_flag(const struct quality_limits *limits, struct slice number)
{
	if (!is_within(&limits->range, number))
		return QUALITY_FAIL;
	return is_within(&limits->suspect_range, number) ? QUALITY_GOOD : QUALITY_SUSPECT;
}

enum quality_flag quality_above_flag(const struct quality_threshold *threshold, double statistic)
{
	if (threshold->fail > 0 && statistic > threshold->fail)
		return QUALITY_FAIL;
	return threshold->suspect > 0 && statistic > threshold->suspect ? QUALITY_SUSPECT : QUALITY_GOOD;
}

enum quality_flag quality_spread_flag(const struct quality_attenuated *limits, double statistic)
{
	if (isnan(statistic))
		return QUALITY_NOT_EVALUATED;
	if (statistic < limits->fail)
		return QUALITY_FAIL;
	return statistic < limits->suspect ? QUALITY_SUSPECT : QUALITY_GOOD;
}

static enum quality_flag rate_flag(
    const struct quality_series *series, const struct quality_limits *limits, const struct sample *sample)
{
	// Where there is nothing to compare with, ioos_qc calls it good.
	if (!series->has_value)
		return QUALITY_GOOD;
	uint64_t time = elapsed(series->newest, sample->timestamp);

	if (!time)
		return QUALITY_NOT_EVALUATED;
	return quality_above_flag(&limits->rate, fabs((sample->number - series->value) / seconds(time)));
}

static bool is_stuck(const struct quality_run *run, int64_t time, int64_t duration, int64_t length)
{
	uint64_t count = quality_run_length(run);

	return (duration && count > 1 && elapsed(run->start_time, time) >= (uint64_t)duration) ||
	    (length && count >= (uint64_t)length);
}

static enum quality_flag stuck_flag(
    struct quality_series *series, const struct quality_stuck *stuck, const struct sample *sample)
{
	quality_run_put(&series->run, sample->timestamp, sample->number, stuck->tolerance);
	if (is_stuck(&series->run, sample->timestamp, stuck->fail, stuck->fail_length))
		return QUALITY_FAIL;
	return is_stuck(&series->run, sample->timestamp, stuck->suspect, stuck->suspect_length) ? QUALITY_SUSPECT
												: QUALITY_GOOD;
}

static enum quality_flag attenuated_flag(
    struct quality_series *series, const struct quality_attenuated *attenuated, const struct sample *sample)
{
	quality_period_put(&series->period, sample->timestamp, sample->number, attenuated->period);
	struct quality_spread spread = quality_period_spread(&series->period);

	if (spread.count < (uint64_t)attenuated->minimum_count)
		return QUALITY_NOT_EVALUATED;
	return quality_spread_flag(attenuated,
	    attenuated->method == QUALITY_SPREAD_RANGE ? quality_spread_range(&spread)
						       : quality_spread_deviation(&spread, 1));
}

static double spike_height(enum quality_spike_method method, double before, double value, double after)
{
	double rise = value - before, fall = value - after;

	if (method == QUALITY_SPIKE_AVERAGE)
		return fabs(value - (before + after) / 2);
	return rise && fall && (rise > 0) == (fall > 0) ? fmin(fabs(rise), fabs(fall)) : 0;
}

// Of the newest reading in order, now that the one behind it is known.
static enum quality_flag spike_flag(
    const struct quality_series *series, const struct quality_limits *limits, const struct sample *after)
{
	if (!series->has_value)
		return QUALITY_NO_VALUE;
	if (!after->is_number)
		return QUALITY_NOT_EVALUATED;
	double height = spike_height(limits->spike_method, series->previous, series->value, after->number);

	return isfinite(height) ? quality_above_flag(&limits->spike, height) : QUALITY_NOT_EVALUATED;
}

// Whether its spike flag depends on what follows; if not, it is told. A missing value at an end of the series is
// "not evaluated" by the differential method of ioos_qc, and missing everywhere else.
static bool spike_waits(const struct quality_series *series, const struct quality_limits *limits,
    const struct sample *sample, uint8_t *flag)
{
	bool differential = limits->spike_method == QUALITY_SPIKE_DIFFERENTIAL;

	*flag = QUALITY_NOT_EVALUATED;
	if (sample->is_missing && !differential)
		*flag = QUALITY_NO_VALUE;
	if (sample->is_missing)
		return differential && series->begun;
	return sample->is_number && series->has_value;
}

static enum quality_flag missing_flag(
    const struct quality_series *series, const struct quality_limits *limits, const struct sample *sample)
{
	uint64_t interval = (uint64_t)limits->interval;

	if (sample->is_missing)
		return QUALITY_NO_VALUE;
	if (!interval)
		return QUALITY_GOOD;
	if (!series->begun)
		return QUALITY_NOT_EVALUATED;
	return elapsed(series->newest, sample->timestamp) > interval + interval / 2 ? QUALITY_SUSPECT : QUALITY_GOOD;
}

// What can be said of a reading without its neighbours; the other tests as if they could not be made.
static void judge_alone(const struct quality_limits *limits, const struct sample *sample, struct slice value,
    struct quality_verdict *verdict)
{
	uint8_t flag = sample->is_missing ? QUALITY_NO_VALUE : QUALITY_NOT_EVALUATED;

	for (int test = QUALITY_RANGE; test <= QUALITY_MISSING; test++)
		if (is_made(limits, test))
			verdict->flags[test] = flag;
	if (is_made(limits, QUALITY_RANGE) && is_number(value))
		verdict->flags[QUALITY_RANGE] = (uint8_t)quality_range_flag(limits, value);
}

static void judge_in_order(struct quality_series *series, const struct quality_limits *limits,
    const struct sample *sample, struct quality_verdict *verdict)
{
	uint8_t *flags = verdict->flags;

	if (is_made(limits, QUALITY_MISSING))
		flags[QUALITY_MISSING] = (uint8_t)missing_flag(series, limits, sample);
	if (!sample->is_number) {
		if (is_made(limits, QUALITY_STUCK))
			quality_run_skip(&series->run, sample->timestamp);
		return;
	}
	if (is_made(limits, QUALITY_RATE))
		flags[QUALITY_RATE] = (uint8_t)rate_flag(series, limits, sample);
	if (is_made(limits, QUALITY_STUCK))
		flags[QUALITY_STUCK] = (uint8_t)stuck_flag(series, &limits->stuck, sample);
	if (is_made(limits, QUALITY_ATTENUATED))
		flags[QUALITY_ATTENUATED] = (uint8_t)attenuated_flag(series, &limits->attenuated, sample);
}

static uint64_t value_hash(struct slice value, struct buffer *scratch)
{
	if (!decimal_is_number(value))
		return hash_bytes(value, 0);
	decimal_append_canonical(scratch, value);
	return hash_bytes(buffer_slice(scratch), 0);
}

// Numbers are the same by value, other things by their bytes.
static void judge_repeat(
    struct quality_series *series, const struct quality_reading *reading, bool is_new, struct quality_verdict *verdict)
{
	struct buffer scratch = BUFFER_INIT;
	uint64_t value = value_hash(reading->value, &scratch);

	buffer_release(&scratch);
	if (!series->recent)
		series->recent = memory_new_zeroed(1, sizeof *series->recent);
	struct quality_recent *recent = series->recent;

	verdict->flags[QUALITY_DUPLICATE] = QUALITY_GOOD;
	for (size_t i = 0; i < recent->count && !is_new; i++) {
		if (recent->items[i].timestamp != reading->timestamp || recent->items[i].tie != reading->tie)
			continue;
		verdict->flags[QUALITY_DUPLICATE] = QUALITY_SUSPECT;
		verdict->conflict = recent->items[i].value != value;
		if (!verdict->conflict)
			return;
	}
	recent->items[recent->next].timestamp = reading->timestamp;
	recent->items[recent->next].tie = reading->tie;
	recent->items[recent->next].value = value;
	recent->next = (recent->next + 1) % RECENT_MAX;
	recent->count += recent->count < RECENT_MAX;
}

static void advance(struct quality_series *series, const struct quality_reading *reading, const struct sample *sample)
{
	series->has_previous = series->has_value;
	series->previous = series->value;
	series->has_value = sample->is_number;
	series->value = sample->number;
	series->newest = reading->timestamp;
	series->newest_tie = reading->tie;
	series->begun = true;
}

static void take_in_order(struct quality_series *series, const struct quality_limits *limits,
    const struct quality_reading *reading, const struct sample *sample, struct quality_step *step)
{
	if (series->holds) {
		step->has_held = true;
		step->held = series->held;
		step->held.flags[QUALITY_SPIKE] = (uint8_t)spike_flag(series, limits, sample);
		series->holds = false;
	}
	judge_in_order(series, limits, sample, &step->now);
	if (is_made(limits, QUALITY_SPIKE))
		series->holds = spike_waits(series, limits, sample, &step->now.flags[QUALITY_SPIKE]);
	if (series->holds)
		series->held = step->now;
	step->holds = series->holds;
	advance(series, reading, sample);
}

void quality_series_put(struct quality_series *series, const struct quality_limits *limits,
    const struct quality_reading *reading, struct quality_step *step)
{
	struct sample sample = sample_of(reading);
	bool is_new = !series->begun || reading->timestamp > series->newest;
	bool is_late = !is_new && reading->timestamp < series->newest;

	*step = (struct quality_step){0};
	judge_alone(limits, &sample, reading->value, &step->now);
	if (is_made(limits, QUALITY_ORDER))
		step->now.flags[QUALITY_ORDER] = is_late ? QUALITY_SUSPECT : QUALITY_GOOD;
	if (is_made(limits, QUALITY_DUPLICATE))
		judge_repeat(series, reading, is_new, &step->now);
	if (is_new || (!is_late && reading->tie != series->newest_tie))
		take_in_order(series, limits, reading, &sample, step);
}

bool quality_series_flush(
    struct quality_series *series, const struct quality_limits *limits, struct quality_verdict *held)
{
	if (!series->holds)
		return false;
	*held = series->held;
	if (is_made(limits, QUALITY_SPIKE))
		held->flags[QUALITY_SPIKE] = QUALITY_NOT_EVALUATED;
	series->holds = false;
	return true;
}

static double flag_factor(uint8_t flag)
{
	switch (flag) {
	case QUALITY_SUSPECT:
		return 0.6;
	case QUALITY_FAIL:
	case QUALITY_NO_VALUE:
		return 0;
	default:
		return 1;
	}
}

double quality_factor(const struct quality_verdict *verdict)
{
	double factor = verdict->flags[QUALITY_MISSING] == QUALITY_NO_VALUE ? 0 : 1;

	for (int test = QUALITY_RANGE; test <= QUALITY_ATTENUATED; test++)
		factor = fmin(factor, flag_factor(verdict->flags[test]));
	return factor;
}

enum quality_flag quality_join(const uint8_t *flags, size_t count)
{
	static const enum quality_flag order[] = {
	    QUALITY_FAIL, QUALITY_SUSPECT, QUALITY_GOOD, QUALITY_NOT_EVALUATED, QUALITY_NO_VALUE};

	for (size_t rank = 0; rank < sizeof order / sizeof *order; rank++)
		for (size_t i = 0; i < count; i++)
			if (flags[i] == order[rank])
				return order[rank];
	return QUALITY_NOT_EVALUATED;
}

static const char *reason_name(const struct quality_verdict *verdict, enum quality_test test)
{
	return test == QUALITY_DUPLICATE && verdict->conflict ? "conflict" : quality_test_name(test);
}

// That a value is missing is told once, not by each test that had none.
static bool is_reason(const struct quality_verdict *verdict, int test)
{
	if (verdict->flags[test] == QUALITY_NO_VALUE && verdict->flags[QUALITY_MISSING] == QUALITY_NO_VALUE)
		return test == QUALITY_MISSING;
	return verdict->flags[test] >= QUALITY_SUSPECT;
}

bool quality_append_reasons(struct buffer *out, const struct quality_verdict *verdict)
{
	const char *before = "{";

	for (int test = 0; test < QUALITY_TEST_COUNT; test++) {
		if (!is_reason(verdict, test))
			continue;
		buffer_printf(out, "%s\"%s\":%d", before, reason_name(verdict, test), verdict->flags[test]);
		before = ",";
	}
	if (*before == ',')
		buffer_append_char(out, '}');
	return *before == ',';
}
