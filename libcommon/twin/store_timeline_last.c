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

static int search_cursor(
    struct store_timeline *timeline, struct history_cursor *cursor, size_t *left, struct error *error)
{
	struct search search = {.place = SIZE_MAX};
	struct history_item item;
	int got;

	while ((got = history_cursor_next(cursor, &item, error)) > 0) {
		size_t place = timeline_place(timeline, &item);

		if (look(timeline, &search, place, &item)) {
			search.over = 0;
		} else if (++search.over == READ_OVER) {
			*left = place;
			return 0;
		}
	}
	*left = 0;
	return got;
}

// Reads the first *left series, beginning with the last of them; then *left is how many have not been read.
static int search_some(struct store_timeline *timeline, size_t *left, struct error *error)
{
	const struct store_timeline_question *question = &timeline->question;
	struct history_range range = {.first = timeline->series.numbers[0],
	    .last = timeline->series.numbers[*left - 1],
	    .from = question->from,
	    .to = question->to,
	    .after = question->after,
	    .series = timeline->series.numbers,
	    .series_count = *left,
	    .newest_first = true};
	struct history_cursor *cursor = history_cursor_open(timeline->history, &range, error);

	if (!cursor)
		return -1;
	int failed = search_cursor(timeline, cursor, left, error);

	history_cursor_close(cursor);
	return failed;
}

int timeline_find_starts(struct store_timeline *timeline, struct error *error)
{
	size_t left = timeline->series.count;

	timeline->starts = memory_new_zeroed(left + 1, sizeof *timeline->starts);
	for (size_t i = 0; i < left; i++)
		timeline->starts[i].is_empty = true;
	while (left)
		if (search_some(timeline, &left, error))
			return -1;
	return 0;
}
