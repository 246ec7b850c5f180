// libFuzzer target: limits as text on the first line, then readings, one a line: a step of time, a blank, a value.
// Whatever they are, each reading gets one verdict with flags that exist, and memory stays within its bounds.
#include <stdlib.h>

#include "base/decimal.h"
#include "record/value.h"
#include "twin/quality_check.h"
#include "twin/quality_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static struct slice take_until(struct slice *text, char mark)
{
	const char *end = memchr(text->data, mark, text->length);
	struct slice part = slice_of(text->data, end ? (size_t)(end - text->data) : text->length);

	*text = slice_skip(*text, part.length + 1);
	return part;
}

// TEST:LIMITS;TEST:LIMITS...; what cannot be read is left out.
static struct quality_limits read_limits(struct slice line)
{
	struct quality_limits limits = {.interval = 1000};
	struct error error;

	while (line.length) {
		struct slice part = take_until(&line, ';'), name = take_until(&part, ':');

		for (int test = 0; test <= QUALITY_ATTENUATED; test++) {
			struct quality_limits tried = limits;

			if (slice_is(name, quality_test_name((enum quality_test)test)) &&
			    quality_text_parse(&tried, NULL, (enum quality_test)test, part, &error) == 0)
				limits = tried;
		}
	}
	quality_limits_choose(&limits);
	limits.tests |= QUALITY_BIT(QUALITY_DUPLICATE) | QUALITY_BIT(QUALITY_ORDER);
	return limits;
}

static void check_verdict(const struct quality_limits *limits, const struct quality_verdict *verdict)
{
	struct buffer reasons = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	double factor = quality_factor(verdict);

	for (int test = 0; test < QUALITY_TEST_COUNT; test++) {
		int flag = verdict->flags[test];

		require((flag == 0) == !(limits->tests & QUALITY_BIT(test)));
		require(flag <= QUALITY_FAIL || flag == QUALITY_NO_VALUE);
	}
	require(factor == 0 || factor == 0.6 || factor == 1);
	require(!quality_append_reasons(&reasons, verdict) || value_parse(&tree, buffer_slice(&reasons), &error) == 0);
	value_tree_release(&tree);
	buffer_release(&reasons);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct quality_limits limits = read_limits(take_until(&text, '\n'));
	struct quality_series series = {0};
	struct quality_verdict held;
	struct quality_step step;
	size_t put = 0, judged = 0;
	uint64_t time = 0;

	while (text.length) {
		struct slice value = take_until(&text, '\n'), delta = take_until(&value, ' ');
		int64_t seconds = 0;

		if (!decimal_is_number(delta) || decimal_to_int64(delta, &seconds) < 0 ||
		    (!decimal_is_number(value) && !slice_is(value, "null") && !slice_is(value, "\"x\"")))
			continue;
		time += (uint64_t)seconds;
		struct quality_reading reading = {(int64_t)time, put % 7 == 0, value};

		quality_series_put(&series, &limits, &reading, &step);
		put++;
		judged += step.has_held + !step.holds;
		if (step.has_held)
			check_verdict(&limits, &step.held);
		if (!step.holds)
			check_verdict(&limits, &step.now);
		require(series.run.lows.count <= QUALITY_RUN_MAX && series.run.highs.count <= QUALITY_RUN_MAX);
		require(quality_run_length(&series.run) <= put);
	}
	if (quality_series_flush(&series, &limits, &held)) {
		check_verdict(&limits, &held);
		judged++;
	}
	require(judged == put);
	quality_series_release(&series);
	return 0;
}
