#include "analysis/clock_offset.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void clock_offset_init(struct clock_offset *offset, size_t capacity)
{
	*offset = (struct clock_offset){
	    .slots = memory_new_zeroed(capacity, sizeof *offset->slots), .capacity = capacity, .limit = UINT64_MAX};
}

void clock_offset_release(struct clock_offset *offset)
{
	free(offset->slots);
}

// Most series of a fleet's snapshots never change: they should not pay for the slots.
void clock_offset_clear(struct clock_offset *offset)
{
	if (!offset->count && offset->limit == UINT64_MAX)
		return;
	memset(offset->slots, 0, offset->capacity * sizeof *offset->slots);
	offset->count = 0;
	offset->limit = UINT64_MAX;
}

static bool is_free(const struct landmark *landmark)
{
	return !landmark->seen[STREAM_FROM] && !landmark->seen[STREAM_TO];
}

static struct landmark *find(struct clock_offset *offset, uint64_t hash)
{
	size_t mask = offset->capacity - 1, i = hash & mask;

	while (!is_free(&offset->slots[i]) && offset->slots[i].hash != hash)
		i = (i + 1) & mask;
	return &offset->slots[i];
}

// Halves the limit, and drops what is above it.
static void make_room(struct clock_offset *offset)
{
	struct landmark *kept = memory_new_zeroed(offset->capacity, sizeof *kept);
	struct landmark *old = offset->slots;

	offset->slots = kept;
	offset->count = 0;
	offset->limit /= 2;
	for (size_t i = 0; i < offset->capacity; i++)
		if (!is_free(&old[i]) && old[i].hash <= offset->limit) {
			*find(offset, old[i].hash) = old[i];
			offset->count++;
		}
	free(old);
}

void clock_offset_add(struct clock_offset *offset, enum stream_side side, uint64_t hash, int64_t time)
{
	struct landmark *landmark;

	while (offset->count >= offset->capacity / 2)
		make_room(offset);
	if (hash > offset->limit)
		return;
	landmark = find(offset, hash);
	offset->count += is_free(landmark);
	landmark->hash = hash;
	landmark->time[side] = time;
	landmark->seen[side] += landmark->seen[side] < 2;
}

int64_t time_difference(int64_t a, int64_t b)
{
	int64_t difference;

	if (__builtin_sub_overflow(b, a, &difference))
		return b > a ? INT64_MAX : INT64_MIN;
	return difference;
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t collect(const struct clock_offset *offset, int64_t *differences)
{
	size_t count = 0;

	for (size_t i = 0; i < offset->capacity; i++) {
		const struct landmark *landmark = &offset->slots[i];

		if (landmark->seen[STREAM_FROM] == 1 && landmark->seen[STREAM_TO] == 1)
			differences[count++] = time_difference(landmark->time[STREAM_FROM], landmark->time[STREAM_TO]);
	}
	return count;
}

static size_t count_close(const int64_t *differences, size_t count, int64_t median, int64_t close)
{
	size_t near = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t away = time_difference(median, differences[i]);

		near += away >= -close && away <= close;
	}
	return near;
}

struct clock_estimate clock_offset_estimate(const struct clock_offset *offset, int64_t close)
{
	struct clock_estimate estimate = {0};
	int64_t *differences;

	if (!offset->count)
		return estimate;
	differences = memory_new_zeroed(offset->count, sizeof *differences);
	estimate.landmarks = collect(offset, differences);
	if (estimate.landmarks >= CLOCK_LANDMARKS_MIN) {
		qsort(differences, estimate.landmarks, sizeof *differences, compare_times);
		estimate.offset = differences[(estimate.landmarks - 1) / 2];
		estimate.is_known =
		    2 * count_close(differences, estimate.landmarks, estimate.offset, close) >= estimate.landmarks;
	}
	free(differences);
	return estimate;
}
