// The newest instants of a series in the order of their times, whatever the order they came in: a window in which late readings still find their
// place, duplicates and conflicts are seen, and from which instants leave in order, so that all that is computed of what has left
// (intervals, gaps, stretches, resets) is as if the series had come sorted.
//
// A reading older than everything that has left can no longer be placed, nor can it be told whether it is a duplicate.
#ifndef ANALYSIS_INSTANT_WINDOW_H
#define ANALYSIS_INSTANT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct instant {
	int64_t time;
	uint64_t identity; // of value and unit: equal values have equal ones
	double number;     // NaN for what is none
};

// The identity of null.
#define IDENTITY_NULL 0

struct instant_window {
	struct instant *items; // from first on, `count` of them
	size_t first, count, capacity;
	size_t limit;
	bool has_left;
	int64_t left; // time of the one that left last
};

enum instant_place {
	INSTANT_PLACED,
	INSTANT_CONFLICT,  // placed, beside another value of the same time
	INSTANT_DUPLICATE, // the same value at the same time is there already: not placed again
	INSTANT_TOO_LATE,  // not placed
};

// limit: instants that are kept, at least 1.
void instant_window_init(struct instant_window *window, size_t limit);
void instant_window_release(struct instant_window *window);
void instant_window_copy(struct instant_window *window, const struct instant_window *other);

enum instant_place instant_window_add(struct instant_window *window, const struct instant *instant);

// Whether it holds more than its limit; the oldest has to be taken then.
static inline bool instant_window_is_over(const struct instant_window *window)
{
	return window->count > window->limit;
}

// The oldest leaves. There must be one.
struct instant instant_window_take(struct instant_window *window);

static inline const struct instant *instant_window_at(const struct instant_window *window, size_t index)
{
	return &window->items[window->first + index];
}

// The median of the intervals between different times, in nanoseconds, exact; 0 when there are none.
double instant_window_median_interval(const struct instant_window *window);

#endif
