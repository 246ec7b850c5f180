// instant_window.h and number_ranges.h against plain lists.
#include <math.h>
#include <stdlib.h>

#include "analysis/instant_window.h"
#include "analysis/number_ranges.h"
#include "unit.h"
#include "unit_random.h"

#define TIMES 400

static void test_order(void)
{
	uint64_t random = 3;

	for (int round = 0; round < 100; round++) {
		struct instant_window window;
		bool seen[TIMES] = {false};
		int64_t last = INT64_MIN;
		size_t placed = 0, taken = 0;

		instant_window_init(&window, 1 + random_word(&random) % 20);
		for (int i = 0; i < 300; i++) {
			int64_t time = (int64_t)(random_word(&random) % TIMES);
			struct instant instant = {.time = time, .identity = 1, .number = NAN};
			enum instant_place place = instant_window_add(&window, &instant);

			CHECK(place != INSTANT_CONFLICT);
			CHECK(place != INSTANT_DUPLICATE || seen[time]);
			CHECK((place == INSTANT_TOO_LATE) == (window.has_left && time <= window.left));
			seen[time] |= place == INSTANT_PLACED;
			placed += place == INSTANT_PLACED;
			while (instant_window_is_over(&window)) {
				instant = instant_window_take(&window);
				CHECK(instant.time > last);
				last = instant.time;
				taken++;
			}
		}
		CHECK(placed == taken + window.count);
		instant_window_release(&window);
	}
}

static void test_same_time(void)
{
	struct instant_window window;
	struct instant instant = {.time = 5, .identity = 1};

	instant_window_init(&window, 8);
	CHECK(instant_window_add(&window, &instant) == INSTANT_PLACED);
	CHECK(instant_window_add(&window, &instant) == INSTANT_DUPLICATE);
	instant.identity = 2;
	CHECK(instant_window_add(&window, &instant) == INSTANT_CONFLICT);
	instant.identity = 1;
	CHECK(instant_window_add(&window, &instant) == INSTANT_DUPLICATE);
	CHECK(instant_window_median_interval(&window) <= 0);
	instant.time = INT64_MAX;
	CHECK(instant_window_add(&window, &instant) == INSTANT_PLACED);
	instant.time = INT64_MIN;
	CHECK(instant_window_add(&window, &instant) == INSTANT_PLACED);
	CHECK(instant_window_median_interval(&window) >= 9.2e18);
	CHECK(instant_window_take(&window).time == INT64_MIN);
	instant_window_release(&window);
}

static void test_ranges(void)
{
	uint64_t random = 5;

	for (int round = 0; round < 100; round++) {
		struct number_ranges set = NUMBER_RANGES_INIT;
		bool has[TIMES] = {false};
		uint64_t holes = 0, held = 0;
		int before = -1;

		for (int i = 0; i < 300; i++) {
			size_t number = random_word(&random) % TIMES;

			CHECK(number_ranges_add(&set, (int64_t)number) == !has[number]);
			has[number] = true;
		}
		for (int i = 0; i < TIMES; i++) {
			if (!has[i])
				continue;
			holes += before >= 0 && i > before + 1;
			held++;
			before = i;
		}
		CHECK(number_ranges_holes(&set) == holes);
		CHECK(set.held == held);
		number_ranges_release(&set);
	}
}

static void test_range_bound(void)
{
	struct number_ranges set = NUMBER_RANGES_INIT;

	for (int64_t i = 0; i < 10000; i++)
		number_ranges_add(&set, i * 2);
	CHECK(set.count == RANGES_MAX);
	CHECK(set.held == 10000);
	CHECK(number_ranges_holes(&set) == 9999);
	CHECK(!number_ranges_add(&set, 1));
	CHECK(number_ranges_add(&set, 10000 * 2 - 3));
	CHECK(number_ranges_holes(&set) == 9998);
	number_ranges_release(&set);
}

int main(void)
{
	TEST("instants leave in order, and none is lost")
	test_order();
	TEST("of one time, equal values are duplicates and others conflicts")
	test_same_time();
	TEST("ranges hold what was added")
	test_ranges();
	TEST("ranges are bounded, and forget the lowest holes first")
	test_range_bound();
	return unit_end();
}
