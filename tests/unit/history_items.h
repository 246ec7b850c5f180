// Random items of history for tests, and a plain model of what a history remembers: a sorted array without copies.
#ifndef TESTS_HISTORY_ITEMS_H
#define TESTS_HISTORY_ITEMS_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/memory.h"
#include "twin/history.h"
#include "twin/history_block.h"
#include "unit_random.h"

// Few of each, so that items meet.
static inline struct slice random_value(uint64_t *state, struct arena *arena)
{
	static const char *const odd[] = {"1.50", "1.5", "1e3", "1E3", "-0", "-0.0", "0", "0.0", "-1.5",
	    "123456789012345678901234567890", "9223372036854775807", "-9223372036854775808", "0.000000000000000001",
	    "999999999999999999", "0.1234567890123456789", "true", "null", "\"open\"", "\"\"", "{\"a\":[1,2.50]}", "[]",
	    "0.30000000000000004", "100", "1000000000000000000"};
	char text[32];

	if (random_below(state, 3) == 0)
		return slice_from_string(odd[random_below(state, sizeof odd / sizeof odd[0])]);
	int64_t number = (int64_t)random_below(state, 40);
	int length =
	    snprintf(text, sizeof text, "%lld.%03lld", (long long)(number / 10), (long long)(number % 10 * 111));

	return arena_dup(arena, slice_of(text, (size_t)length));
}

static inline struct slice random_choice(uint64_t *state, const char *const *choices, size_t count)
{
	return slice_from_string(choices[random_below(state, count)]);
}

#define RANDOM_CHOICE(state, ...)                                                                                      \
	random_choice(state, (const char *const[]){__VA_ARGS__},                                                       \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static inline struct slice random_origin(uint64_t *state, struct arena *arena)
{
	char text[32];

	if (random_below(state, 3) == 0)
		return RANDOM_CHOICE(state, "", "a", "a:", ":1", "a:007", "a:7", "b:12345678901234567890", "a:x:9");
	int length = snprintf(
	    text, sizeof text, "%c.csv:%d", (int)('a' + random_below(state, 2)), (int)random_below(state, 3000));

	return arena_dup(arena, slice_of(text, (size_t)length));
}

static inline int64_t random_instant(uint64_t *state, uint32_t range)
{
	static const int64_t odd[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};

	if (random_below(state, 100) == 0)
		return odd[random_below(state, sizeof odd / sizeof odd[0])];
	return 1700000000000000000 + (int64_t)random_below(state, range) * 1000000;
}

static inline struct history_item random_item(uint64_t *state, struct arena *arena, uint32_t series, uint32_t range)
{
	static const double qualities[] = {1, 1, 1, 0.5, 0.25, 0.37, 1.0 / 3, 0};
	struct history_item item = {
	    .series = (uint32_t)random_below(state, series),
	    .live = random_below(state, 20) != 0,
	    .timestamp = random_instant(state, range),
	    .counter = random_below(state, 10) ? 0 : (int64_t)random_below(state, 3) - 1,
	    .seq = random_below(state, 10) ? 0 : (int64_t)random_below(state, 2),
	    .revision = 1 + (int64_t)random_below(state, random_below(state, 10) ? 1000 : UINT32_MAX),
	    .quality = qualities[random_below(state, 8)],
	    .sensor_id = RANDOM_CHOICE(state, "", "a", "b"),
	    .unit = RANDOM_CHOICE(state, "bar", "bar", "degC", ""),
	    .command_id = RANDOM_CHOICE(state, "", "", "", "c1"),
	    .rest = RANDOM_CHOICE(state, "", "", "{\"ack\":1}", "{\"deadline\":2}"),
	    .value = SLICE_EMPTY,
	};

	if (item.live)
		item.value = random_value(state, arena);
	item.origin = random_origin(state, arena);
	item.has_received = random_below(state, 3) != 0;
	if (item.has_received)
		item.received = (int64_t)((uint64_t)item.timestamp + random_below(state, 50));
	return item;
}

struct item_model {
	struct history_item *items;
	size_t count;
};

static inline void model_join(struct history_item *into, const struct history_item *other)
{
	history_item_join(into, other);
	if (slice_compare(other->rest, into->rest) > 0)
		into->rest = other->rest;
}

static inline int compare_items(const void *a, const void *b)
{
	return history_item_compare(a, b);
}

static inline void model_put(struct item_model *model, const struct history_item *item)
{
	struct history_item *last = model->count ? &model->items[model->count - 1] : NULL;

	if (last && history_item_compare(last, item) == 0)
		model_join(last, item);
	else
		model->items[model->count++] = *item;
}

// The items are sorted on the way.
static inline void model_add(struct item_model *model, struct history_item *items, size_t count)
{
	struct item_model old = *model;
	size_t i = 0, j = 0;

	qsort(items, count, sizeof *items, compare_items);
	*model = (struct item_model){memory_new((old.count + count + 1) * sizeof *items), 0};
	while (i < old.count || j < count) {
		if (j == count || (i < old.count && history_item_compare(&old.items[i], &items[j]) <= 0))
			model_put(model, &old.items[i++]);
		else
			model_put(model, &items[j++]);
	}
	free(old.items);
}

// Every member, byte for byte.
static inline bool items_equal(const struct history_item *a, const struct history_item *b)
{
	return a->series == b->series && a->live == b->live && a->has_received == b->has_received &&
	    a->timestamp == b->timestamp && a->counter == b->counter && a->seq == b->seq &&
	    (!a->has_received || a->received == b->received) && a->revision == b->revision &&
	    a->quality == b->quality && slice_equal(a->sensor_id, b->sensor_id) && slice_equal(a->value, b->value) &&
	    slice_equal(a->unit, b->unit) && slice_equal(a->command_id, b->command_id) &&
	    slice_equal(a->origin, b->origin) && slice_equal(a->rest, b->rest);
}

// Items as the rows that history_append takes.
static inline int append_items(
    struct history *history, const struct history_item *items, size_t count, struct error *error)
{
	struct history_row *rows = memory_new(count * sizeof *rows);

	for (size_t i = 0; i < count; i++)
		history_row_set(&rows[i], &items[i]);
	int result = history_append(history, rows, count, error);

	free(rows);
	return result;
}

#endif
