#include "twin/quality_check.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "unit.h"
#include "unit_random.h"

#define SECONDS(n)   (INT64_C(1000000000) * (n))
#define READINGS_MAX 300

static struct slice s(const char *text)
{
	return slice_from_string(text);
}

static struct quality_limits chosen(struct quality_limits limits)
{
	quality_limits_choose(&limits);
	return limits;
}

// A series put reading by reading, the verdicts of all in order.
struct run {
	struct quality_series series;
	struct quality_limits limits;
	struct quality_verdict verdicts[READINGS_MAX];
	size_t count, held;
};

static bool put_tied(struct run *run, int64_t seconds, const char *value, uint64_t tie)
{
	struct quality_reading reading = {SECONDS(seconds), tie, s(value)};
	struct quality_step step;

	quality_series_put(&run->series, &run->limits, &reading, &step);
	if (step.has_held)
		run->verdicts[run->held] = step.held;
	if (step.holds)
		run->held = run->count;
	run->verdicts[run->count++] = step.now;
	return step.holds;
}

static bool put(struct run *run, int64_t seconds, const char *value)
{
	return put_tied(run, seconds, value, 0);
}

static void end(struct run *run)
{
	struct quality_verdict held;

	if (quality_series_flush(&run->series, &run->limits, &held))
		run->verdicts[run->held] = held;
	CHECK(!quality_series_flush(&run->series, &run->limits, &held));
	quality_series_release(&run->series);
}

// Digits, one for each reading.
static void check_flags(const struct run *run, enum quality_test test, const char *want)
{
	char got[READINGS_MAX + 1];

	for (size_t i = 0; i < run->count; i++)
		got[i] = (char)('0' + run->verdicts[i].flags[test]);
	CHECK_TEXT(slice_of(got, run->count), want);
}

static void check_range(void)
{
	struct run run = {.limits = chosen((struct quality_limits){
			      .range = {"-0.1", "9007199254740993"}, .suspect_range = {"0", ""}})};

	put(&run, 1, "-0.1");
	put(&run, 2, "-0.10000000000000000000000000001");
	put(&run, 3, "9007199254740993");
	put(&run, 4, "9007199254740994");
	put(&run, 5, "0");
	put(&run, 6, "null");
	put(&run, 7, "\"off\"");
	put(&run, 8, "1e400");
	put(&run, 1, "-5"); // late, and checked all the same
	end(&run);
	check_flags(&run, QUALITY_RANGE, "341419244");
	check_flags(&run, QUALITY_MISSING, "111119112");
	check_flags(&run, QUALITY_ORDER, "000000000");
	check_flags(&run, QUALITY_SPIKE, "000000000");
}

static void check_rate(void)
{
	struct run run = {.limits = chosen((struct quality_limits){.rate = {.suspect = 1, .fail = 2}})};

	put(&run, 0, "0");
	put(&run, 10, "10");   // 1 per second is no more than 1
	put(&run, 20, "20.1"); // 1.01
	put(&run, 30, "0");    // -2.01
	put(&run, 40, "20");   // 2
	put(&run, 50, "null");
	put(&run, 60, "900"); // there is nothing to compare with
	put(&run, 55, "-900");
	put(&run, 61, "901");
	put(&run, 62, "\"x\"");
	put(&run, 63, "0");
	put_tied(&run, 63, "500", 1); // at once: no rate
	put_tied(&run, 64, "501", 0);
	end(&run);
	check_flags(&run, QUALITY_RATE, "1134391212121");
}

static uint8_t rate_over_all_time(double fail)
{
	struct quality_limits limits = chosen((struct quality_limits){.rate = {.fail = fail}});
	struct quality_series series = {0};
	struct quality_reading first = {INT64_MIN, 0, s("0")}, last = {INT64_MAX, 0, s("2")};
	struct quality_step step;

	quality_series_put(&series, &limits, &first, &step);
	quality_series_put(&series, &limits, &last, &step);
	quality_series_release(&series);
	return step.now.flags[QUALITY_RATE];
}

// 2 in 18446744073.709551615 seconds.
static void check_rate_at_ends_of_time(void)
{
	CHECK(rate_over_all_time(1.08e-10) == QUALITY_FAIL);
	CHECK(rate_over_all_time(1.09e-10) == QUALITY_GOOD);
}

static void check_spike(void)
{
	struct run run = {.limits = chosen((struct quality_limits){
			      .spike = {.suspect = 1, .fail = 2}, .spike_method = QUALITY_SPIKE_AVERAGE})};

	CHECK(!put(&run, 0, "0")); // the first needs no neighbour to have none
	CHECK(put(&run, 1, "0"));
	CHECK(put(&run, 2, "3")); // 3 above 0
	CHECK(put(&run, 3, "0")); // 0.5 above (3 - 4) / 2
	CHECK(!put(&run, 2, "99"));
	CHECK(put(&run, 4, "-4")); // 3 below
	CHECK(put(&run, 5, "-2"));
	CHECK(!put(&run, 6, "null"));
	CHECK(!put(&run, 7, "5"));
	CHECK(put(&run, 8, "6"));
	CHECK(!put(&run, 9, "[1]"));
	CHECK(!put(&run, 10, "5"));
	CHECK(put(&run, 11, "5"));
	CHECK(run.held == 12);
	end(&run);
	check_flags(&run, QUALITY_SPIKE, "2341242922222");
}

static void check_differential(void)
{
	struct run run = {.limits = chosen((struct quality_limits){.spike = {.suspect = 1, .fail = 2}})};
	const char *const values[] = {"null", "0", "5", "3", "3", "4.5", "2", "0", "1e-200", "0", "null", "1", "null"};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		put(&run, (int64_t)i, values[i]);
	end(&run);
	check_flags(&run, QUALITY_SPIKE, "2231131112922");
}

static void check_stuck_in_time(void)
{
	struct run run = {.limits = chosen((struct quality_limits){
			      .stuck = {.suspect = SECONDS(20), .fail = SECONDS(30), .tolerance = 0.5}})};

	put(&run, 0, "1");
	put(&run, 10, "1.25");
	put(&run, 20, "1");    // 20 s
	put(&run, 29, "null"); // is no change
	put(&run, 30, "1.49"); // 30 s
	put(&run, 40, "1.5");  // 0.5 above the 1 at 20: begins behind it
	put(&run, 45, "1.5");
	put(&run, 48, "\"x\"");
	put(&run, 49, "1.6"); // since 29: the null is part of the run
	put(&run, 58, "1.6");
	put(&run, 59, "1.9"); // since 29
	put(&run, 5, "1.6");
	end(&run);
	check_flags(&run, QUALITY_STUCK, "113941123342");
}

static void check_stuck_in_number(void)
{
	struct run run = {.limits = chosen((struct quality_limits){.stuck = {.suspect_length = 3, .fail_length = 4}})};
	const char *const values[] = {"7", "7.0", "70e-1", "7.00000000000000001", "7.1", "7.1", "0", "-0.0", "0e5"};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		put(&run, (int64_t)i, values[i]);
	end(&run);
	check_flags(&run, QUALITY_STUCK, "113411113");
}

static void check_attenuated(void)
{
	struct run run = {.limits = chosen((struct quality_limits){.attenuated = {.period = SECONDS(3),
								       .suspect = 2,
								       .fail = 1,
								       .method = QUALITY_SPREAD_RANGE,
								       .minimum_count = 2}})};
	const char *const values[] = {"0", "1", "0.5", "0.75", "9", "null", "9.5", "9.75", "11"};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		put(&run, (int64_t)i, values[i]);
	end(&run);
	// The reading of three seconds ago is out.
	check_flags(&run, QUALITY_ATTENUATED, "233419443");
}

static void check_gaps(void)
{
	struct run run = {.limits = chosen((struct quality_limits){.interval = SECONDS(10)})};

	put(&run, 0, "1");
	put(&run, 15, "1");
	put(&run, 31, "1");
	put(&run, 20, "1");
	put(&run, 40, "null");
	put(&run, 41, "true");
	end(&run);
	check_flags(&run, QUALITY_MISSING, "213291");
	for (size_t i = 0; i < run.count; i++)
		CHECK(quality_factor(&run.verdicts[i]) == (i == 4 ? 0 : 1));
}

static void check_repeats(void)
{
	struct run run = {.limits = {.tests = QUALITY_BIT(QUALITY_DUPLICATE) | QUALITY_BIT(QUALITY_ORDER)}};

	put(&run, 10, "1.50");
	put(&run, 20, "2");
	put(&run, 10, "15e-1"); // the same again, and late
	put(&run, 20, "2.5");   // another value
	put(&run, 20, "2");
	put_tied(&run, 20, "2.5", 7); // told apart by its counter
	put_tied(&run, 20, "2.5", 7);
	put(&run, 15, "null");
	put(&run, 15, "null");
	put(&run, 15, "0");
	put(&run, 30, "2");
	end(&run);
	check_flags(&run, QUALITY_DUPLICATE, "11333131331");
	check_flags(&run, QUALITY_ORDER, "11311113331");
	for (size_t i = 0; i < run.count; i++) {
		CHECK(run.verdicts[i].conflict == (i == 3 || i == 9));
		CHECK(quality_factor(&run.verdicts[i]) == 1);
	}
}

static void check_reasons(void)
{
	struct quality_verdict verdict = {.flags = {[QUALITY_RANGE] = 4, [QUALITY_RATE] = 2, [QUALITY_STUCK] = 1}};
	struct buffer out = BUFFER_INIT;

	CHECK(quality_append_reasons(&out, &verdict) && quality_factor(&verdict) == 0);
	verdict = (struct quality_verdict){.flags = {[QUALITY_RATE] = 3, [QUALITY_DUPLICATE] = 3}};
	CHECK(quality_append_reasons(&out, &verdict) && quality_factor(&verdict) == 0.6);
	verdict.conflict = true;
	verdict.flags[QUALITY_RATE] = 2;
	CHECK(quality_append_reasons(&out, &verdict) && quality_factor(&verdict) == 1);
	verdict.flags[QUALITY_DUPLICATE] = 1;
	CHECK(!quality_append_reasons(&out, &verdict));
	CHECK_TEXT(buffer_slice(&out), "{\"range\":4}{\"rate\":3,\"duplicate\":3}{\"conflict\":3}");
	buffer_reset(&out);
	verdict = (struct quality_verdict){.flags = {[QUALITY_RANGE] = 9, [QUALITY_RATE] = 9, [QUALITY_ORDER] = 3}};
	CHECK(quality_append_reasons(&out, &verdict) && quality_factor(&verdict) == 0);
	verdict.flags[QUALITY_MISSING] = 9;
	CHECK(quality_append_reasons(&out, &verdict) && quality_factor(&verdict) == 0);
	CHECK_TEXT(buffer_slice(&out), "{\"range\":9,\"rate\":9,\"order\":3}{\"missing\":9,\"order\":3}");
	buffer_release(&out);
}

static void check_join(void)
{
	const uint8_t flags[] = {9, 0, 2, 1, 3, 4};
	const enum quality_flag want[] = {2, 9, 9, 2, 1, 3, 4};

	for (size_t count = 0; count <= 6; count++)
		CHECK(quality_join(flags, count) == want[count]);
}

// What a plain program that keeps all readings makes of them.
struct plain {
	int64_t time[READINGS_MAX];
	double value[READINGS_MAX]; // NaN: no number
	bool missing[READINGS_MAX];
	size_t count;
};

static uint8_t plain_above(const struct quality_threshold *threshold, double statistic)
{
	return statistic > threshold->fail ? 4 : statistic > threshold->suspect ? 3 : 1;
}

static uint8_t plain_rate(const struct plain *plain, const struct quality_limits *limits, size_t i)
{
	if (i == 0 || isnan(plain->value[i - 1]))
		return 1;
	double seconds = (double)(plain->time[i] - plain->time[i - 1]) / 1e9;

	return plain_above(&limits->rate, fabs(plain->value[i] - plain->value[i - 1]) / seconds);
}

static uint8_t plain_spike(const struct plain *plain, const struct quality_limits *limits, size_t i)
{
	if (i == 0 || i + 1 == plain->count || isnan(plain->value[i - 1]) || isnan(plain->value[i + 1]))
		return 2;
	double in = plain->value[i] - plain->value[i - 1], out = plain->value[i + 1] - plain->value[i];

	if (limits->spike_method == QUALITY_SPIKE_AVERAGE)
		return plain_above(&limits->spike, fabs(in - out) / 2);
	return plain_above(&limits->spike, in * out < 0 ? fmin(fabs(in), fabs(out)) : 0);
}

static uint8_t plain_stuck(const struct plain *plain, const struct quality_limits *limits, size_t i)
{
	double low = plain->value[i], high = low;
	size_t first = i;

	while (first > 0) {
		double value = plain->value[first - 1];

		// Comparisons with what is no number are false.
		low = value < low ? value : low;
		high = value > high ? value : high;
		if (high - low >= limits->stuck.tolerance)
			break;
		first--;
	}
	int64_t length = (int64_t)(i - first + 1), lasted = plain->time[i] - plain->time[first];
	bool fails = (length > 1 && lasted >= limits->stuck.fail) || length >= limits->stuck.fail_length;
	bool is_suspect = (length > 1 && lasted >= limits->stuck.suspect) || length >= limits->stuck.suspect_length;

	return fails ? 4 : is_suspect ? 3 : 1;
}

static uint8_t plain_attenuated(const struct plain *plain, const struct quality_limits *limits, size_t i)
{
	double sum = 0, squares = 0, count = 0, low = INFINITY, high = -INFINITY;

	for (int pass = 0; pass < 2; pass++)
		for (size_t j = 0; j <= i; j++) {
			double value = plain->value[j];

			if (isnan(value) || plain->time[j] <= plain->time[i] - limits->attenuated.period)
				continue;
			if (pass == 0) {
				sum += value;
				count++;
				low = fmin(low, value);
				high = fmax(high, value);
			} else {
				squares += (value - sum / count) * (value - sum / count);
			}
		}
	if (count < (double)limits->attenuated.minimum_count)
		return 2;
	double spread = limits->attenuated.method == QUALITY_SPREAD_RANGE ? high - low : sqrt(squares / (count - 1));

	return spread < limits->attenuated.fail ? 4 : spread < limits->attenuated.suspect ? 3 : 1;
}

static void plain_verdict(
    const struct plain *plain, const struct quality_limits *limits, size_t i, struct quality_verdict *verdict)
{
	uint8_t none = plain->missing[i] ? 9 : 2;

	for (int test = QUALITY_RATE; test <= QUALITY_ATTENUATED; test++)
		verdict->flags[test] = none;
	if (limits->spike_method == QUALITY_SPIKE_DIFFERENTIAL && (i == 0 || i + 1 == plain->count))
		verdict->flags[QUALITY_SPIKE] = 2;
	if (isnan(plain->value[i]))
		return;
	verdict->flags[QUALITY_RATE] = plain_rate(plain, limits, i);
	verdict->flags[QUALITY_SPIKE] = plain_spike(plain, limits, i);
	verdict->flags[QUALITY_STUCK] = plain_stuck(plain, limits, i);
	verdict->flags[QUALITY_ATTENUATED] = plain_attenuated(plain, limits, i);
}

// Limits that no sum of quarters meets, so that how a statistic is rounded does not decide.
static struct quality_limits random_limits(uint64_t *seed)
{
	struct quality_limits limits = {.range = {"-20", "20"}};
	double small = 0.03 + (double)random_below(seed, 8) / 4;

	limits.rate = (struct quality_threshold){small, small + 1};
	limits.spike = (struct quality_threshold){small, small * 2};
	limits.spike_method = random_below(seed, 2) ? QUALITY_SPIKE_AVERAGE : QUALITY_SPIKE_DIFFERENTIAL;
	limits.stuck.tolerance = (double)random_below(seed, 6) / 4;
	limits.stuck.suspect = SECONDS(1 + (int64_t)random_below(seed, 10));
	limits.stuck.fail = limits.stuck.suspect + SECONDS((int64_t)random_below(seed, 10));
	limits.stuck.suspect_length = 2 + (int64_t)random_below(seed, 6);
	limits.stuck.fail_length = limits.stuck.suspect_length + (int64_t)random_below(seed, 6);
	limits.attenuated.period = SECONDS(1 + (int64_t)random_below(seed, 30));
	limits.attenuated.suspect = small + 0.0123;
	limits.attenuated.fail = small / 2 + 0.00321;
	limits.attenuated.method = random_below(seed, 2) ? QUALITY_SPREAD_RANGE : QUALITY_SPREAD_DEVIATION;
	limits.attenuated.minimum_count = 2 + (int64_t)random_below(seed, 3);
	return chosen(limits);
}

static void check_against_plain(uint64_t *seed)
{
	struct run run = {.limits = random_limits(seed)};
	struct plain plain = {.count = 0};
	size_t place[READINGS_MAX]; // of the readings in order among all
	int64_t seconds = 0;
	int level = 0;

	while (run.count < READINGS_MAX - 1) {
		char text[32] = "null";
		bool is_late = plain.count && random_below(seed, 12) == 0;
		uint64_t kind = random_below(seed, 20);

		level += random_below(seed, 3) ? 0 : (int)random_below(seed, 9) - 4;
		if (kind > 1)
			snprintf(text, sizeof text, "%.2f", level / 4.0);
		else if (kind == 1)
			snprintf(text, sizeof text, "\"x\"");
		if (!is_late) {
			seconds += 1 + (int64_t)random_below(seed, random_below(seed, 20) ? 3 : 40);
			plain.time[plain.count] = SECONDS(seconds);
			plain.value[plain.count] = kind > 1 ? level / 4.0 : NAN;
			plain.missing[plain.count] = kind == 0;
			place[plain.count++] = run.count;
		}
		put(&run, is_late ? seconds - (int64_t)random_below(seed, 5) : seconds, text);
	}
	end(&run);
	for (size_t i = 0; i < plain.count; i++) {
		struct quality_verdict want = {{0}, false};
		const struct quality_verdict *got = &run.verdicts[place[i]];

		plain_verdict(&plain, &run.limits, i, &want);
		for (int test = QUALITY_RATE; test <= QUALITY_ATTENUATED; test++) {
			if (got->flags[test] == want.flags[test])
				continue;
			printf("# %s of reading %zu: got %d, want %d\n", quality_test_name(test), place[i],
			    got->flags[test], want.flags[test]);
			unit_fail(__FILE__, __LINE__, "the flag");
			return;
		}
	}
}

// Up and down in steps so small that a queue cannot hold them all.
static void check_long_run(double sign)
{
	struct quality_run run = {0};
	double step = 0x1p-16, tolerance = 0.1;
	uint64_t most = (uint64_t)ceil(tolerance / step);

	for (int64_t i = 0; i < 30000; i++) {
		quality_run_put(&run, SECONDS(i), sign * (double)i * step, tolerance);
		uint64_t want = (uint64_t)i + 1 < most ? (uint64_t)i + 1 : most;

		if (quality_run_length(&run) > want || (double)quality_run_length(&run) < 0.98 * (double)want)
			unit_fail(__FILE__, __LINE__, "the length of the run");
		if (run.start_time != SECONDS((int64_t)run.start))
			unit_fail(__FILE__, __LINE__, "where the run begins");
		if (run.lows.capacity > 4 * QUALITY_RUN_MAX || run.highs.capacity > 4 * QUALITY_RUN_MAX)
			unit_fail(__FILE__, __LINE__, "memory of a run is bounded");
	}
	quality_run_release(&run);
}

// Numbers in no order leave the queues short. A large drop ends the run.
static void check_noisy_run(uint64_t *seed)
{
	struct quality_run run = {0};
	double noise[4000];

	for (size_t i = 0; i < 4000; i++)
		noise[i] = (double)(random_word(seed) >> 11) * 0x1p-53 + (double)i * 1e-4;
	for (size_t i = 0; i < 4000; i++) {
		quality_run_put(&run, (int64_t)i, noise[i], 1.1);
		double low = noise[i], high = low;
		uint64_t length = 0;

		for (size_t j = i + 1; j-- > 0; length++) {
			low = fmin(low, noise[j]);
			high = fmax(high, noise[j]);
			if (high - low >= 1.1)
				break;
		}
		if (quality_run_length(&run) != length)
			unit_fail(__FILE__, __LINE__, "noise needs no rounding");
	}
	quality_run_put(&run, 4000, -5, 1.1);
	CHECK(quality_run_length(&run) == 1 && run.start_time == 4000);
	quality_run_release(&run);
}

static void check_long_period(void)
{
	struct quality_period window = {0};
	int64_t period = 20000;

	for (int64_t i = 0; i < 100000; i++) {
		quality_period_put(&window, i, (double)i, period);
		struct quality_spread spread = quality_period_spread(&window);
		int64_t want = i + 1 < period ? i + 1 : period;

		if ((int64_t)spread.count > want || (int64_t)spread.count < want - period / 256)
			unit_fail(__FILE__, __LINE__, "the readings in the period");
		if (spread.maximum - spread.minimum != (double)(spread.count - 1) || (int64_t)spread.maximum != i)
			unit_fail(__FILE__, __LINE__, "the extremes");
		double n = (double)spread.count, deviation = sqrt(n * (n + 1) / 12);

		if (spread.count > 1 && fabs(quality_spread_deviation(&spread, 1) / deviation - 1) > 1e-9)
			unit_fail(__FILE__, __LINE__, "the deviation");
		if (window.capacity > 4 * QUALITY_BLOCKS_MAX)
			unit_fail(__FILE__, __LINE__, "memory of a period is bounded");
	}
	quality_period_put(&window, INT64_MAX, 7, period);
	struct quality_spread spread = quality_period_spread(&window);

	CHECK(spread.count == 1 && isnan(quality_spread_deviation(&spread, 1)) && quality_spread_range(&spread) == 0);
	quality_period_release(&window);
}

int main(void)
{
	uint64_t seed = 1;

	TEST("a range is compared digit by digit, both ends included, for late readings too") check_range();
	TEST("a rate is measured against the reading before it, if that is a number") check_rate();
	TEST("a rate over all of time is one") check_rate_at_ends_of_time();
	TEST("a reading is held until its neighbour says whether it is a spike") check_spike();
	TEST("a differential spike goes up and down again") check_differential();
	TEST("a value is stuck after a length of time, through missing values") check_stuck_in_time();
	TEST("a value is stuck after a count of equal numbers") check_stuck_in_number();
	TEST("a signal is attenuated when its last readings lie close together") check_attenuated();
	TEST("a gap is told of the reading behind it and takes nothing from its quality") check_gaps();
	TEST("what comes twice is a duplicate, another value of the same time a conflict") check_repeats();
	TEST("reasons are the flags that are not good") check_reasons();
	TEST("flags are joined with the worst first, and missing last") check_join();
	TEST("random series are judged as by a program that keeps them whole")
	for (int i = 0; i < 300; i++)
		check_against_plain(&seed);
	TEST("a long run is known in bounded memory, and never taken for longer than it is")
	{
		check_long_run(1);
		check_long_run(-1);
		check_noisy_run(&seed);
	}
	TEST("a long period is known in bounded memory") check_long_period();
	return unit_end();
}
