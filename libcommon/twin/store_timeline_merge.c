// A cursor for each series, and a heap of those that have an item.
#include <stdlib.h>

#include "base/memory.h"
#include "twin/store_timeline_parts.h"

struct lane {
	struct history_cursor *cursor;
	struct history_item item;
	size_t place;
	uint32_t rank;
};

struct timeline_merge {
	struct lane *lanes;
	struct lane **heap;
	size_t count; // of lanes
	size_t active;
	bool has_taken; // the first of the heap has been given away
};

static bool comes_first(const struct lane *a, const struct lane *b)
{
	return a->item.timestamp != b->item.timestamp ? a->item.timestamp < b->item.timestamp : a->rank < b->rank;
}

static void sift_down(struct timeline_merge *merge, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < merge->active; at = child) {
		if (child + 1 < merge->active && comes_first(merge->heap[child + 1], merge->heap[child]))
			child++;
		if (!comes_first(merge->heap[child], merge->heap[at]))
			break;
		struct lane *swapped = merge->heap[at];

		merge->heap[at] = merge->heap[child];
		merge->heap[child] = swapped;
	}
}

// The next that is asked for: 1, 0 at the end, or -1.
static int advance(struct store_timeline *timeline, struct lane *lane, struct error *error)
{
	int got;

	while ((got = history_cursor_next(lane->cursor, &lane->item, error)) > 0)
		if (timeline_takes(timeline, lane->place, &lane->item))
			return 1;
	return got;
}

static int open_lane(struct timeline_merge *merge, struct store_timeline *timeline, size_t place, struct error *error)
{
	struct history_range range = timeline_range_of(timeline, place);
	struct lane *lane = &merge->lanes[merge->count];

	if (timeline->starts && timeline->starts[place].is_empty)
		return 0;
	*lane = (struct lane){.place = place, .rank = timeline->ranks[place]};
	lane->cursor = history_cursor_open(timeline->history, &range, error);
	if (!lane->cursor)
		return -1;
	merge->count++;
	int got = advance(timeline, lane, error);

	if (got > 0)
		merge->heap[merge->active++] = lane;
	return got < 0 ? -1 : 0;
}

struct timeline_merge *timeline_merge_open(struct store_timeline *timeline, struct error *error)
{
	size_t count = timeline->series.count;
	struct timeline_merge *merge = memory_new_zeroed(1, sizeof *merge);

	merge->lanes = memory_new_zeroed(count + 1, sizeof *merge->lanes);
	merge->heap = memory_new_zeroed(count + 1, sizeof(struct lane *));
	for (size_t i = 0; i < count; i++) {
		if (open_lane(merge, timeline, i, error)) {
			timeline_merge_close(merge);
			return NULL;
		}
	}
	for (size_t i = merge->active / 2; i-- > 0;)
		sift_down(merge, i);
	return merge;
}

void timeline_merge_close(struct timeline_merge *merge)
{
	if (!merge)
		return;
	for (size_t i = 0; i < merge->count; i++)
		history_cursor_close(merge->lanes[i].cursor);
	free(merge->lanes);
	free(merge->heap);
	free(merge);
}

int timeline_merge_next(struct store_timeline *timeline, size_t *place, struct history_item *item, struct error *error)
{
	struct timeline_merge *merge = timeline->merge;

	if (merge->has_taken) {
		int got = advance(timeline, merge->heap[0], error);

		if (got < 0)
			return -1;
		if (!got)
			merge->heap[0] = merge->heap[--merge->active];
		sift_down(merge, 0);
	}
	merge->has_taken = merge->active > 0;
	if (!merge->active)
		return 0;
	*place = merge->heap[0]->place;
	*item = merge->heap[0]->item;
	return 1;
}
