// What the files of store_timeline.h share.
#ifndef TWIN_STORE_TIMELINE_PARTS_H
#define TWIN_STORE_TIMELINE_PARTS_H

#include "twin/store_timeline.h"

// Where the newest of a series begin: at this time, behind so many items of it.
struct timeline_start {
	bool is_empty; // there are none
	int64_t from;
	uint64_t behind;
};

struct store_timeline {
	struct history *history;
	struct store_series_list series;
	struct store_timeline_question question;
	uint32_t *ranks;               // by place in series: in which order they come at one time
	struct timeline_start *starts; // by place in series; NULL for all of each
	uint64_t *passed;              // of those that the newest begin behind, how many have been read
	struct timeline_merge *merge;  // one of the two
	struct timeline_sort *sort;
	uint64_t undated;
};

// Whether the item is one of those that are asked for.
bool timeline_has(
    const struct store_timeline *timeline, const struct store_series *series, const struct history_item *item);

// The same in the order of a series, where only the newest may be asked for: to be called once for each item.
bool timeline_takes(struct store_timeline *timeline, size_t place, const struct history_item *item);

// The history of all series, or of the one at that place, as far as it can hold what is asked for.
struct history_range timeline_range(const struct store_timeline *timeline);
struct history_range timeline_range_of(const struct store_timeline *timeline, size_t place);

// The place of an item's series.
size_t timeline_place(struct store_timeline *timeline, const struct history_item *item);

int timeline_find_starts(struct store_timeline *timeline, struct error *error) __attribute__((warn_unused_result));

struct timeline_merge;
struct timeline_merge *timeline_merge_open(struct store_timeline *timeline, struct error *error);
void timeline_merge_close(struct timeline_merge *merge);
int timeline_merge_next(struct store_timeline *timeline, size_t *place, struct history_item *item, struct error *error)
    __attribute__((warn_unused_result));

// With more items than limit it gives up: *is_full.
struct timeline_sort;
struct timeline_sort *timeline_sort_open(
    struct store_timeline *timeline, uint64_t limit, bool *is_full, struct error *error);
void timeline_sort_close(struct timeline_sort *sort);
int timeline_sort_next(struct store_timeline *timeline, size_t *place, struct history_item *item, struct error *error)
    __attribute__((warn_unused_result));

#endif
