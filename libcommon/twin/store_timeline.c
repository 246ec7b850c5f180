#define _GNU_SOURCE // qsort_r
#include <stdlib.h>

#include "base/memory.h"
#include "twin/store_rest.h"
#include "twin/store_timeline_parts.h"

// Each cursor of a merge holds a block of each run, which takes half a megabyte: so many blocks at once, and so many cursors.
#define MERGE_BLOCKS 256
#define MERGE_SERIES 64

// Opening that many cursors takes as long as sorting so many items of one.
#define SORT_AT_ONCE 100000

bool timeline_has(
    const struct store_timeline *timeline, const struct store_series *series, const struct history_item *item)
{
	const struct store_timeline_question *question = &timeline->question;

	return (question->types & STORE_RECORD_BIT(store_record_type(series, item))) &&
	    (!item->has_received || item->received <= question->known_at) && item->revision <= question->revision;
}

bool timeline_takes(struct store_timeline *timeline, size_t place, const struct history_item *item)
{
	if (!timeline_has(timeline, &timeline->series.items[place], item))
		return false;
	if (!timeline->starts)
		return true;
	struct timeline_start *start = &timeline->starts[place];

	if (start->is_empty || item->timestamp < start->from)
		return false;
	return item->timestamp > start->from || timeline->passed[place]++ >= start->behind;
}

struct history_range timeline_range(const struct store_timeline *timeline)
{
	const struct store_timeline_question *question = &timeline->question;
	struct history_range range = store_series_range(&timeline->series);

	range.from = timeline->starts ? HISTORY_END : question->from;
	range.to = question->to;
	range.after = question->after;
	for (size_t i = 0; timeline->starts && i < timeline->series.count; i++)
		if (!timeline->starts[i].is_empty && timeline->starts[i].from < range.from)
			range.from = timeline->starts[i].from;
	return range;
}

struct history_range timeline_range_of(const struct store_timeline *timeline, size_t place)
{
	const struct store_timeline_question *question = &timeline->question;
	uint32_t number = timeline->series.numbers[place];

	return (struct history_range){.first = number,
	    .last = number,
	    .from = timeline->starts ? timeline->starts[place].from : question->from,
	    .to = question->to,
	    .after = question->after};
}

size_t timeline_place(struct store_timeline *timeline, const struct history_item *item)
{
	const struct store_series *series = store_series_find(&timeline->series, item->series);

	return series ? (size_t)(series - timeline->series.items) : SIZE_MAX;
}

static int compare_names(const void *a, const void *b, void *context)
{
	const struct store_series *all = context, *x = &all[*(const uint32_t *)a], *y = &all[*(const uint32_t *)b];
	int order = slice_compare(x->entity_id, y->entity_id);

	if (!order)
		order = slice_compare(x->path, y->path);
	return order ? order : x->kind - y->kind;
}

static void rank_series(struct store_timeline *timeline)
{
	const struct store_series_list *series = &timeline->series;
	uint32_t *places = memory_new_zeroed(series->count + 1, sizeof *places);

	for (size_t i = 0; i < series->count; i++)
		places[i] = (uint32_t)i;
	qsort_r(places, series->count, sizeof *places, compare_names, series->items);
	timeline->ranks = memory_new_zeroed(series->count + 1, sizeof *timeline->ranks);
	for (size_t i = 0; i < series->count; i++)
		timeline->ranks[places[i]] = (uint32_t)i;
	free(places);
}

// Of a few series that have few items, reading all at once is faster than a cursor for each.
static int open_source(struct store_timeline *timeline, struct error *error)
{
	size_t count = timeline->series.count, runs;
	bool is_full = false;

	if (history_count_runs(timeline->history, &runs, error))
		return -1;
	bool may_merge = count <= 1 || (count <= MERGE_SERIES && count * runs <= MERGE_BLOCKS);

	timeline->passed = memory_new_zeroed(count + 1, sizeof *timeline->passed);
	if (count > 1)
		timeline->sort = timeline_sort_open(timeline, may_merge ? SORT_AT_ONCE : UINT64_MAX, &is_full, error);
	if (timeline->sort)
		return 0;
	if (count > 1 && !is_full)
		return -1;
	memset(timeline->passed, 0, count * sizeof *timeline->passed);
	timeline->merge = timeline_merge_open(timeline, error);
	return timeline->merge ? 0 : -1;
}

static int start(struct store_timeline *timeline, struct store *store, struct error *error)
{
	const struct store_timeline_question *question = &timeline->question;
	const struct store_series_choice choice = {.entities = question->entities,
	    .properties = question->properties,
	    .kinds = store_record_kinds(question->types)};

	if (!store->has_history)
		return error_set(error, "store '%s' keeps no history", store->path);
	timeline->history = history_new(store->database);
	history_set_join(timeline->history, store_rest_join, NULL);
	if (store_series_read(&timeline->series, store, &choice, error))
		return -1;
	rank_series(timeline);
	if (question->last && timeline_find_starts(timeline, error))
		return -1;
	return open_source(timeline, error);
}

struct store_timeline *store_timeline_open(
    struct store *store, const struct store_timeline_question *question, struct error *error)
{
	struct store_timeline *timeline = memory_new_zeroed(1, sizeof *timeline);

	timeline->question = *question;
	if (start(timeline, store, error) == 0)
		return timeline;
	store_timeline_close(timeline);
	return NULL;
}

void store_timeline_close(struct store_timeline *timeline)
{
	if (!timeline)
		return;
	timeline_merge_close(timeline->merge);
	timeline_sort_close(timeline->sort);
	history_free(timeline->history);
	store_series_release(&timeline->series);
	free(timeline->ranks);
	free(timeline->starts);
	free(timeline->passed);
	free(timeline);
}

const struct store_series_list *store_timeline_series(const struct store_timeline *timeline)
{
	return &timeline->series;
}

int store_timeline_next(
    struct store_timeline *timeline, const struct store_series **series, struct history_item *item, struct error *error)
{
	size_t place = 0;
	int got = timeline->merge ? timeline_merge_next(timeline, &place, item, error)
				  : timeline_sort_next(timeline, &place, item, error);

	if (got <= 0)
		return got;
	*series = &timeline->series.items[place];
	timeline->undated += !item->has_received;
	return 1;
}

uint64_t store_timeline_undated(const struct store_timeline *timeline)
{
	return timeline->undated;
}
