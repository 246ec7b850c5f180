#define _GNU_SOURCE // qsort_r
#include <stdlib.h>

#include "base/memory.h"
#include "twin/history_parts.h"

// Where an item stands, while the items are sorted.
struct entry {
	int64_t timestamp;
	uint32_t series;
	uint32_t index;
};

// A pass of a stable radix sort over one byte of the series.
static void sort_by_byte(struct entry *to, const struct entry *from, size_t count, int shift)
{
	size_t starts[256] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i].series >> shift & 255]++;
	for (size_t i = 0; i < 256; i++) {
		size_t size = starts[i];

		starts[i] = sum;
		sum += size;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].series >> shift & 255]++] = from[i];
}

static int compare_entries(const void *a, const void *b, void *items)
{
	const struct entry *x = a, *y = b;
	const struct history_item *all = items;

	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	int order = history_item_compare(&all[x->index], &all[y->index]);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

// Streams come nearly in the order of time: what is sorted already is left alone.
static void sort_series(struct entry *entries, size_t count, const struct history_item *items)
{
	for (size_t i = 1; i < count; i++) {
		if (entries[i - 1].timestamp < entries[i].timestamp)
			continue;
		qsort_r(entries, count, sizeof *entries, compare_entries, (void *)(uintptr_t)items);
		return;
	}
}

static struct entry *sort_items(const struct history_item *items, size_t count)
{
	struct entry *entries = memory_new(2 * count * sizeof *entries), *from = entries, *to = entries + count;
	uint32_t used = 0;

	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct entry){items[i].timestamp, items[i].series, (uint32_t)i};
		used |= items[i].series;
	}
	for (int shift = 0; shift < 32 && used >> shift; shift += 8) {
		struct entry *swapped = from;

		sort_by_byte(to, from, count, shift);
		from = to;
		to = swapped;
	}
	if (from != entries)
		memcpy(entries, from, count * sizeof *entries);
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin + 1; end < count && entries[end].series == entries[begin].series;)
			end++;
		sort_series(entries + begin, end - begin, items);
	}
	return entries;
}

// The items are read in an order that is not theirs in memory.
#define AHEAD 12

static void prefetch(const struct history_item *items, const struct entry *entries, size_t count, size_t at)
{
	if (at + 2 * AHEAD < count) {
		const char *item = (const char *)&items[entries[at + 2 * AHEAD].index];

		__builtin_prefetch(item);
		__builtin_prefetch(item + CACHE_LINE);
		__builtin_prefetch(item + 2 * CACHE_LINE);
	}
	if (at + AHEAD < count)
		__builtin_prefetch(items[entries[at + AHEAD].index].value.data);
}

static int take_item(struct history_row *row, const struct history_item *item, struct error *error)
{
	history_row_set(row, item);
	if (history_row_bytes(row) > HISTORY_ITEM_BYTES)
		return error_set(error, "history: a record of %zu bytes is too long", history_row_bytes(row));
	if (item->revision < 1)
		return error_set(error, "history: a record without revision");
	if (!(row->item.quality - row->item.quality == 0))
		return error_set(error, "history: a quality is no number");
	return 0;
}

// rows: room for a block's.
static int write_items(struct history_writer *writer, struct history_row *rows, const struct history_item *items,
    const struct entry *entries, size_t count, struct error *error)
{
	struct arena joined = ARENA_INIT;
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++) {
		struct history_row row, *last = writer->count ? &rows[writer->count - 1] : NULL;

		prefetch(items, entries, count, i);
		result = take_item(&row, &items[entries[i].index], error);
		if (result < 0)
			break;
		if (last && last->item.timestamp == row.item.timestamp && history_row_compare(last, &row) == 0) {
			history_join(writer->history, &joined, last, &row);
			continue;
		}
		if (writer->count && history_writer_is_full(writer, &row)) {
			result = history_writer_flush(writer, error);
			arena_reset(&joined);
		}
		rows[writer->count] = row;
		history_writer_add(writer, &rows[writer->count]);
	}
	if (result == 0)
		result = history_writer_flush(writer, error);
	arena_release(&joined);
	return result;
}

int history_append(struct history *history, const struct history_item *items, size_t count, struct error *error)
{
	struct history_writer *writer;
	struct history_row *rows;
	int64_t run;

	if (!count)
		return 0;
	if (count > UINT32_MAX)
		return error_set(error, "history: more than %u records at once", UINT32_MAX);
	if (history_add_run(history, &run, error) < 0)
		return -1;
	struct entry *entries = sort_items(items, count);

	writer = memory_new(sizeof *writer);
	rows = memory_new(HISTORY_BLOCK_ROWS * sizeof *rows);
	int result = history_writer_start(writer, history, run, error);

	if (result == 0)
		result = write_items(writer, rows, items, entries, count, error);
	if (result == 0)
		result = history_finish_run(history, run, error);
	free(rows);
	free(writer);
	free(entries);
	return result;
}
