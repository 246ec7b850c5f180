// Offsets of clocks by what two recordings have in common.
#include "analysis/clock_offset.h"
#include "unit.h"
#include "unit_random.h"

#define SECOND INT64_C(1000000000)

int main(void)
{
	struct clock_offset offset;
	struct clock_estimate estimate;
	uint64_t state = 3;

	TEST("what both saw once says how far the clocks are apart")
	{
		clock_offset_init(&offset, 64);
		for (int i = 0; i < 10; i++) {
			uint64_t hash = random_word(&state);

			clock_offset_add(&offset, STREAM_FROM, hash, i * SECOND);
			clock_offset_add(&offset, STREAM_TO, hash, i * SECOND + 3 * SECOND + i % 3);
		}
		estimate = clock_offset_estimate(&offset, 10);
		CHECK(estimate.is_known && estimate.landmarks == 10);
		CHECK(estimate.offset >= 3 * SECOND && estimate.offset <= 3 * SECOND + 2);
		clock_offset_release(&offset);
	}
	TEST("what one saw twice, or alone, says nothing")
	{
		clock_offset_init(&offset, 64);
		for (int i = 0; i < 6; i++) {
			clock_offset_add(&offset, STREAM_FROM, (uint64_t)i, i);
			clock_offset_add(&offset, STREAM_TO, (uint64_t)i, i);
			clock_offset_add(&offset, STREAM_TO, (uint64_t)i, i + 1);
			clock_offset_add(&offset, STREAM_FROM, (uint64_t)(i + 100), i);
		}
		estimate = clock_offset_estimate(&offset, 10);
		CHECK(!estimate.is_known && estimate.landmarks == 0);
		clock_offset_release(&offset);
	}
	TEST("four are too few")
	{
		clock_offset_init(&offset, 64);
		for (uint64_t i = 0; i < 4; i++) {
			clock_offset_add(&offset, STREAM_FROM, i, 0);
			clock_offset_add(&offset, STREAM_TO, i, 0);
		}
		CHECK(!clock_offset_estimate(&offset, 10).is_known);
		clock_offset_add(&offset, STREAM_FROM, 99, 0);
		clock_offset_add(&offset, STREAM_TO, 99, 0);
		CHECK(clock_offset_estimate(&offset, 10).is_known);
		clock_offset_release(&offset);
	}
	TEST("what agrees by chance is no offset")
	{
		clock_offset_init(&offset, 1024);
		for (int i = 0; i < 200; i++) {
			uint64_t hash = random_word(&state);

			clock_offset_add(&offset, STREAM_FROM, hash, (int64_t)random_below(&state, 1000000));
			clock_offset_add(&offset, STREAM_TO, hash, (int64_t)random_below(&state, 1000000));
		}
		CHECK(!clock_offset_estimate(&offset, 1000).is_known);
		clock_offset_release(&offset);
	}
	TEST("of long recordings, one behind the other, both sides keep the same landmarks")
	{
		clock_offset_init(&offset, 512);
		for (uint64_t i = 0; i < 100000; i++)
			clock_offset_add(&offset, STREAM_FROM, i * UINT64_C(0x9e3779b97f4a7c15), (int64_t)i);
		for (uint64_t i = 100000; i-- > 0;)
			clock_offset_add(&offset, STREAM_TO, i * UINT64_C(0x9e3779b97f4a7c15), (int64_t)i + 77);
		estimate = clock_offset_estimate(&offset, 0);
		CHECK(estimate.is_known && estimate.offset == 77);
		CHECK(estimate.landmarks >= 100 && estimate.landmarks <= 256);
		clock_offset_release(&offset);
	}
	TEST("one landmark seen all the time is no endless search for room")
	{
		clock_offset_init(&offset, 4);
		for (int64_t i = 0; i < 1000; i++)
			clock_offset_add(&offset, STREAM_FROM, (uint64_t)i % 3, i);
		CHECK(!clock_offset_estimate(&offset, 0).is_known);
		clock_offset_release(&offset);
	}
	TEST("differences beyond what fits are the largest there are")
	{
		CHECK(time_difference(INT64_MIN, INT64_MAX) == INT64_MAX);
		CHECK(time_difference(INT64_MAX, INT64_MIN) == INT64_MIN);
		CHECK(time_difference(5, 3) == -2);
	}
	return unit_end();
}
