#include "analysis/instant_window.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void instant_window_init(struct instant_window *window, size_t limit)
{
	*window = (struct instant_window){.limit = limit};
}

void instant_window_release(struct instant_window *window)
{
	free(window->items);
	window->items = NULL;
}

void instant_window_copy(struct instant_window *window, const struct instant_window *other)
{
	*window = *other;
	window->capacity = other->count + 1;
	window->first = 0;
	window->items = memory_new_zeroed(window->capacity, sizeof *window->items);
	if (other->count)
		memcpy(window->items, other->items + other->first, other->count * sizeof *window->items);
}

// Room for one more behind the last: a quarter more than the limit, so that moving down costs little per instant.
static void make_room(struct instant_window *window)
{
	size_t most = window->limit + window->limit / 4 + 2;
	size_t end = window->first + window->count;

	if (end < window->capacity)
		return;
	if (window->first && window->capacity >= most) {
		memmove(window->items, window->items + window->first, window->count * sizeof *window->items);
		window->first = 0;
		return;
	}
	size_t wanted = window->capacity * 2 > 8 ? window->capacity * 2 : 8;

	if (wanted > most && end < most)
		wanted = most;
	window->items = memory_resize(window->items, wanted, sizeof *window->items);
	window->capacity = wanted;
}

// How many are not newer than time, looked for from the end: most readings come in order.
static size_t place_of(const struct instant_window *window, int64_t time)
{
	const struct instant *items = window->items + window->first;
	size_t low = 0, high = window->count;

	if (high && items[high - 1].time <= time)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (items[middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum instant_place instant_window_add(struct instant_window *window, const struct instant *instant)
{
	enum instant_place place = INSTANT_PLACED;

	if (window->has_left && instant->time <= window->left &&
	    (!window->count || window->items[window->first].time > instant->time))
		return INSTANT_TOO_LATE;
	size_t at = place_of(window, instant->time);

	for (size_t i = at; i-- > 0 && window->items[window->first + i].time == instant->time;) {
		if (window->items[window->first + i].identity == instant->identity)
			return INSTANT_DUPLICATE;
		place = INSTANT_CONFLICT;
	}
	make_room(window);
	struct instant *items = window->items + window->first;

	if (at < window->count)
		memmove(items + at + 1, items + at, (window->count - at) * sizeof *items);
	items[at] = *instant;
	window->count++;
	return place;
}

struct instant instant_window_take(struct instant_window *window)
{
	struct instant oldest = window->items[window->first];

	window->first++;
	window->count--;
	window->has_left = true;
	window->left = oldest.time;
	return oldest;
}

static int compare_intervals(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double instant_window_median_interval(const struct instant_window *window)
{
	// A series without intervals may be asked again and again.
	if (!window->count || instant_window_at(window, 0)->time == instant_window_at(window, window->count - 1)->time)
		return 0;
	uint64_t *intervals = memory_new_zeroed(window->count + 1, sizeof *intervals);
	size_t count = 0;
	double median = 0;

	for (size_t i = 1; i < window->count; i++) {
		const struct instant *here = instant_window_at(window, i);

		if (here->time != here[-1].time)
			intervals[count++] = (uint64_t)here->time - (uint64_t)here[-1].time;
	}
	if (count) {
		qsort(intervals, count, sizeof *intervals, compare_intervals);
		median = ((double)intervals[(count - 1) / 2] + (double)intervals[count / 2]) / 2;
	}
	free(intervals);
	return median;
}
