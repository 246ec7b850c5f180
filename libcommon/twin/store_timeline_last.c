// Where the newest so many of each series begin, found by reading them backwards: what they are is read again, since all of it may be more than
// memory holds.
#include <stdlib.h>

#include "base/memory.h"
#include "twin/store_timeline_parts.h"

// Opening a cursor costs about as much as reading so many items over.
#define READ_OVER 50000

// What is known of the series that is being read.
struct search {
	size_t place; // SIZE_MAX before the first
	uint64_t found;
	uint64_t over; // items that nobody asked for, one after the other
};

static struct timeline_start *start_of(struct store_timeline *timeline, struct search *search, size_t place)
{
	if (place != search->place)
		*search = (struct search){.place = place};
	return &timeline->starts[place];
}

// Items come from the newest to the oldest. False when it is of no use.
static bool look(struct store_timeline *timeline, struct search *search, size_t place, const struct history_item *item)
{
	struct timeline_start *start = start_of(timeline, search, place);

	if (search->found == timeline->question.last && item->timestamp < start->from)
		return false;
	if (!timeline_has(timeline, &timeline->series.items[place], item))
		return true;
	if (search->found == timeline->question.last) {
		start->behind++;
		return true;
	}
	*start = (struct timeline_start){.from = item->timestamp};
	search->found++;
	return true;
}

// How many of the list come before that number.
static size_t count_before(const struct store_series_list *series, uint32_t number)
{
	size_t low = 0, high = series->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (series->items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int search_cursor(
    struct store_timeline *timeline, struct history_cursor *cursor, size_t first, size_t *left, struct error *error)
{
	struct search search = {.place = SIZE_MAX};
	struct history_item item;
	int got;

	*left = first;
	while ((got = history_cursor_next(cursor, &item, error)) > 0) {
		size_t place = timeline_place(timeline, &item);

		if (place != SIZE_MAX && look(timeline, &search, place, &item)) {
			search.over = 0;
		} else if (++search.over == READ_OVER) {
			*left = count_before(&timeline->series, item.series);
			return 0;
		}
	}
	return got;
}

// Reads the series at the places from first up to *left, beginning with the last. *left: up to there they have not been read.
static int search_range(struct store_timeline *timeline, size_t first, size_t *left, struct error *error)
{
	const struct store_series *series = timeline->series.items;
	const struct history_range range = {.first = series[first].number,
	    .last = series[*left - 1].number,
	    .from = timeline->question.from,
	    .to = timeline->question.to,
	    .after = timeline->question.after,
	    .newest_first = true};
	struct history_cursor *cursor = history_cursor_open(timeline->history, &range, error);

	if (!cursor)
		return -1;
	int failed = search_cursor(timeline, cursor, first, left, error);

	history_cursor_close(cursor);
	return failed;
}

int timeline_find_starts(struct store_timeline *timeline, struct error *error)
{
	const struct store_series_list *series = &timeline->series;

	timeline->starts = memory_new_zeroed(series->count + 1, sizeof *timeline->starts);
	for (size_t i = 0; i < series->count; i++)
		timeline->starts[i].is_empty = true;
	for (size_t i = 0, next; i < series->count; i = next) {
		next = store_series_run(series, i);
		for (size_t left = next; left > i;)
			if (search_range(timeline, i, &left, error))
				return -1;
	}
	return 0;
}
