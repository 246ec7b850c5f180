#include "record/newest.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"

// A heap: the oldest on top.
struct newest_series {
	struct newest_item *items;
	size_t count, capacity;
};

void newest_init(struct newest *newest, size_t limit)
{
	*newest = (struct newest){.limit = limit, .index = HASH_MAP_INIT};
}

void newest_release(struct newest *newest)
{
	for (size_t i = 0; i < newest->index.count; i++) {
		for (size_t j = 0; j < newest->series[i].count; j++)
			free(newest->series[i].items[j].text);
		free(newest->series[i].items);
	}
	free(newest->series);
	free(newest->items);
	buffer_release(&newest->name);
	hash_map_release(&newest->index);
}

bool record_event_time(const struct record *record, int64_t *nanoseconds)
{
	*nanoseconds = record->timestamp;
	if (!record_has(record, MEMBER_TIMESTAMP))
		return false;
	// Of records that only pass through, times have not been read.
	if (record->type != RECORD_OTHER)
		return true;
	return record->kind[MEMBER_TIMESTAMP] == VALUE_STRING &&
	    timestamp_parse(record->text[MEMBER_TIMESTAMP], nanoseconds, NULL) == 0;
}

static bool is_older(const struct newest_item *a, const struct newest_item *b)
{
	return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static void swap(struct newest_item *a, struct newest_item *b)
{
	struct newest_item moved = *a;

	*a = *b;
	*b = moved;
}

static void sift_down(struct newest_series *series)
{
	for (size_t at = 0;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child < 2 * at + 3 && child < series->count; child++)
			if (is_older(&series->items[child], &series->items[least]))
				least = child;
		if (least == at)
			return;
		swap(&series->items[at], &series->items[least]);
		at = least;
	}
}

static void sift_up(struct newest_series *series)
{
	for (size_t at = series->count - 1; at; at = (at - 1) / 2) {
		if (!is_older(&series->items[at], &series->items[(at - 1) / 2]))
			return;
		swap(&series->items[at], &series->items[(at - 1) / 2]);
	}
}

// Lengths go before the names, so that no two series share a name.
static struct newest_series *series_of(struct newest *newest, const struct record *record)
{
	static const enum record_member members[] = {MEMBER_TYPE, MEMBER_ENTITY_ID, MEMBER_PROPERTY};
	int added;

	buffer_reset(&newest->name);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		struct slice text = record_text(record, members[i]);

		if (members[i] == MEMBER_TYPE && record->type == RECORD_READING)
			text = SLICE_EMPTY;
		buffer_append(&newest->name, &text.length, sizeof text.length);
		buffer_append_slice(&newest->name, text);
	}
	size_t index = hash_map_add(&newest->index, buffer_slice(&newest->name), &added);

	newest->series =
	    memory_grow(newest->series, &newest->series_capacity, newest->index.count, sizeof *newest->series);
	if (added)
		newest->series[index] = (struct newest_series){.items = NULL};
	return &newest->series[index];
}

static void fill_item(struct newest_item *item, struct slice key, struct slice line)
{
	item->key_length = key.length;
	item->length = key.length + line.length;
	item->text = memory_resize(item->text, item->length + 1, 1);
	if (key.length)
		memcpy(item->text, key.data, key.length);
	memcpy(item->text + key.length, line.data, line.length);
}

void newest_add(struct newest *newest, const struct record *record, struct slice key, struct slice line)
{
	struct newest_series *series = series_of(newest, record);
	struct newest_item item = {.number = newest->count++};

	if (!record_event_time(record, &item.time))
		item.time = INT64_MIN;
	if (series->count < newest->limit) {
		series->items = memory_grow(series->items, &series->capacity, series->count + 1, sizeof *series->items);
		fill_item(&item, key, line);
		series->items[series->count++] = item;
		sift_up(series);
	} else if (series->count && is_older(&series->items[0], &item)) {
		item.text = series->items[0].text;
		fill_item(&item, key, line);
		series->items[0] = item;
		sift_down(series);
	}
}

static int compare_numbers(const void *left, const void *right)
{
	const struct newest_item *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

const struct newest_item *newest_finish(struct newest *newest, size_t *count)
{
	size_t total = 0;

	for (size_t i = 0; i < newest->index.count; i++)
		total += newest->series[i].count;
	free(newest->items);
	newest->items = memory_new_zeroed(total + 1, sizeof *newest->items);
	*count = 0;
	for (size_t i = 0; i < newest->index.count; i++)
		for (size_t j = 0; j < newest->series[i].count; j++)
			newest->items[(*count)++] = newest->series[i].items[j];
	qsort(newest->items, total, sizeof *newest->items, compare_numbers);
	return newest->items;
}
