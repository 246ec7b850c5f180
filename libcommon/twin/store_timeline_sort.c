// All series read one after the other, and sorted.
#include <endian.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/external_sort.h"
#include "twin/history_pack.h"
#include "twin/store_timeline_parts.h"

#define SORT_MEMORY ((size_t)192 << 20)

struct timeline_sort {
	struct external_sort *sorted;
	struct buffer packed;
};

// In the order of bytes; items of one series that have one time stay as they come, which is the order of their keys.
struct sort_key_bytes {
	uint64_t timestamp;
	uint32_t rank;
} __attribute__((packed));

// The place is put away instead of the number of the series: it would have to be looked for again.
static int add(struct store_timeline *timeline, struct timeline_sort *sort, size_t place, struct history_item *item,
    struct error *error)
{
	const struct sort_key_bytes key = {
	    htobe64((uint64_t)item->timestamp ^ UINT64_C(1) << 63), htobe32(timeline->ranks[place])};
	const char *bytes = (const char *)&key;

	item->series = (uint32_t)place;
	buffer_reset(&sort->packed);
	history_item_pack(&sort->packed, item);
	return external_sort_add(sort->sorted, slice_of(bytes, sizeof key), buffer_slice(&sort->packed), error);
}

static int add_all(
    struct store_timeline *timeline, struct timeline_sort *sort, uint64_t limit, bool *is_full, struct error *error)
{
	const struct history_range range = timeline_range(timeline);
	struct history_cursor *cursor = history_cursor_open(timeline->history, &range, error);
	struct history_item item;
	uint64_t count = 0;
	int got = -1;

	while (cursor && (got = history_cursor_next(cursor, &item, error)) > 0) {
		size_t place = timeline_place(timeline, &item);

		*is_full = count == limit;
		if (*is_full)
			break;
		if (!timeline_takes(timeline, place, &item))
			continue;
		count++;
		if (add(timeline, sort, place, &item, error))
			break;
	}
	history_cursor_close(cursor);
	return got;
}

struct timeline_sort *timeline_sort_open(
    struct store_timeline *timeline, uint64_t limit, bool *is_full, struct error *error)
{
	struct timeline_sort *sort = memory_new_zeroed(1, sizeof *sort);

	sort->sorted = external_sort_new(SORT_MEMORY, NULL);
	if (add_all(timeline, sort, limit, is_full, error) == 0 && external_sort_start(sort->sorted, error) == 0)
		return sort;
	timeline_sort_close(sort);
	return NULL;
}

void timeline_sort_close(struct timeline_sort *sort)
{
	if (!sort)
		return;
	external_sort_free(sort->sorted);
	buffer_release(&sort->packed);
	free(sort);
}

int timeline_sort_next(struct store_timeline *timeline, size_t *place, struct history_item *item, struct error *error)
{
	struct slice packed;
	int got = external_sort_next(timeline->sort->sorted, &packed, error);

	if (got <= 0)
		return got;
	*item = history_item_unpack(packed);
	*place = item->series;
	item->series = timeline->series.numbers[*place];
	return 1;
}
