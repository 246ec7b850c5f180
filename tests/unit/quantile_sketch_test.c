// quantile_sketch.h: quantiles against sorted numbers, bounds of error and memory, and joining.
#include <math.h>
#include <stdlib.h>

#include "analysis/quantile_sketch.h"
#include "base/memory.h"
#include "unit.h"
#include "unit_random.h"

#define ERROR_MAX 0.008

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double draw(uint64_t *random, int shape)
{
	double share = (double)(random_word(random) >> 11) / (double)(UINT64_C(1) << 53);

	switch (shape) {
	case 0:
		return share * 1e9;
	case 1:
		return exp(share * 20);
	case 2:
		return floor(share * 5) * 1e9;
	default:
		return 1e9 + share;
	}
}

static double exact(const double *sorted, size_t count, double share)
{
	double place = share * (double)(count - 1);
	size_t rank = (size_t)place;

	return rank + 1 < count ? sorted[rank] + (sorted[rank + 1] - sorted[rank]) * (place - (double)rank)
				: sorted[rank];
}

static void check_quantiles(const struct quantile_sketch *sketch, double *numbers, size_t count)
{
	static const double shares[] = {0, 0.01, 0.25, 0.5, 0.9, 0.99, 1};

	qsort(numbers, count, sizeof *numbers, compare_doubles);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
		double want = exact(numbers, count, shares[i]), got = quantile_sketch_at(sketch, shares[i]);

		CHECK(fabs(got - want) <= ERROR_MAX * want);
	}
	CHECK(quantile_sketch_minimum(sketch) >= numbers[0] && quantile_sketch_minimum(sketch) <= numbers[0]);
	CHECK(quantile_sketch_maximum(sketch) >= numbers[count - 1] &&
	    quantile_sketch_maximum(sketch) <= numbers[count - 1]);
}

static void test_error(void)
{
	uint64_t random = 7;

	for (int round = 0; round < 200; round++) {
		struct quantile_sketch sketch = QUANTILE_SKETCH_INIT, half = QUANTILE_SKETCH_INIT;
		size_t count = 1 + random_word(&random) % (round % 10 ? 50 : 20000);
		double *numbers = memory_new_zeroed(count, sizeof *numbers);

		for (size_t i = 0; i < count; i++) {
			numbers[i] = draw(&random, round % 4);
			quantile_sketch_add(i % 2 ? &half : &sketch, numbers[i]);
		}
		quantile_sketch_merge(&sketch, &half);
		CHECK(sketch.count == count);
		check_quantiles(&sketch, numbers, count);
		CHECK(quantile_sketch_above(&sketch, numbers[count - 1]) == 0);
		CHECK(quantile_sketch_above(&sketch, -1) == count);
		free(numbers);
		quantile_sketch_release(&sketch);
		quantile_sketch_release(&half);
	}
}

static void test_steady(void)
{
	struct quantile_sketch sketch = QUANTILE_SKETCH_INIT;

	CHECK(quantile_sketch_at(&sketch, 0.5) <= 0);
	for (int i = 0; i < 1000; i++)
		quantile_sketch_add(&sketch, i % 10 ? 59999999999.0 : 0);
	CHECK(sketch.bin_count == 2);
	CHECK(quantile_sketch_at(&sketch, 0.5) >= 59999999999.0 && quantile_sketch_at(&sketch, 0.5) <= 59999999999.0);
	CHECK(quantile_sketch_above(&sketch, 1) == 900);
	quantile_sketch_release(&sketch);
}

// Numbers of all sizes there are: bins stay bounded, and what is high stays exact.
static void test_bound(void)
{
	struct quantile_sketch sketch = QUANTILE_SKETCH_INIT;

	for (int exponent = -300; exponent < 300; exponent++)
		for (int step = 0; step < 50; step++)
			quantile_sketch_add(&sketch, ldexp(1 + step / 50.0, exponent));
	CHECK(sketch.bin_count == SKETCH_BINS_MAX);
	CHECK(sketch.count == 600 * 50);
	CHECK(fabs(quantile_sketch_at(&sketch, 0.999) / ldexp(1.4, 299) - 1) < 0.05);
	CHECK(quantile_sketch_minimum(&sketch) <= ldexp(1, -300));
	quantile_sketch_release(&sketch);
}

int main(void)
{
	TEST("quantiles are off by less than 0.8 %, ends not at all, joined or not")
	test_error();
	TEST("of equal numbers they are exact")
	test_steady();
	TEST("memory is bounded, and high quantiles keep their accuracy")
	test_bound();
	return unit_end();
}
