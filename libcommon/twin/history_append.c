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

static int compare_entries(const void *a, const void *b, void *rows)
{
	const struct entry *x = a, *y = b;
	const struct history_row *all = rows;

	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	int order = history_row_compare(&all[x->index], &all[y->index]);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

// Streams come nearly in the order of time: what is sorted already is left alone.
static void sort_series(struct entry *entries, size_t count, struct history_row *rows)
{
	for (size_t i = 1; i < count; i++) {
		if (entries[i - 1].timestamp < entries[i].timestamp)
			continue;
		qsort_r(entries, count, sizeof *entries, compare_entries, rows);
		return;
	}
}

static struct entry *sort_rows(struct history_row *rows, size_t count)
{
	struct entry *entries = memory_new(2 * count * sizeof *entries), *from = entries, *to = entries + count;
	uint32_t used = 0;

	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct entry){rows[i].item.timestamp, rows[i].item.series, (uint32_t)i};
		used |= rows[i].item.series;
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
		sort_series(entries + begin, end - begin, rows);
	}
	return entries;
}

// The rows are read in an order that is not theirs in memory.
#define AHEAD 16

static void prefetch(const struct history_row *rows, const struct entry *entries, size_t count, size_t at)
{
	if (at + AHEAD >= count)
		return;
	const char *row = (const char *)&rows[entries[at + AHEAD].index];

	for (size_t i = 0; i < sizeof *rows; i += CACHE_LINE)
		__builtin_prefetch(row + i);
}

static int check_row(const struct history_row *row, struct error *error)
{
	if (history_row_bytes(row) > HISTORY_ITEM_BYTES)
		return error_set(error, "history: a record of %zu bytes is too long", history_row_bytes(row));
	if (row->item.revision < 1)
		return error_set(error, "history: a record without revision");
	if (!(row->item.quality - row->item.quality == 0))
		return error_set(error, "history: a quality is no number");
	return 0;
}

static int write_rows(struct history_writer *writer, struct history_row *rows, const struct entry *entries,
    size_t count, struct error *error)
{
	struct arena joined = ARENA_INIT;
	struct history_row *last = NULL;
	int result = 0;

	for (size_t i = 0; i < count; i++) {
		struct history_row *row = &rows[entries[i].index];

		prefetch(rows, entries, count, i);
		result = check_row(row, error);
		if (result < 0)
			break;
		if (last && last->item.timestamp == row->item.timestamp && history_row_compare(last, row) == 0) {
			history_join(writer->history, &joined, last, row);
			continue;
		}
		if (last && history_writer_is_full(writer, row))
			result = history_writer_flush(writer, error);
		if (result < 0)
			break;
		history_writer_add(writer, row);
		last = row;
	}
	if (result == 0)
		result = history_writer_finish(writer, error);
	history_writer_abandon(writer);
	arena_release(&joined);
	return result;
}

int history_append(struct history *history, struct history_row *rows, size_t count, struct error *error)
{
	struct history_writer *writer;
	int64_t run;

	if (!count)
		return 0;
	if (count > UINT32_MAX)
		return error_set(error, "history: more than %u records at once", UINT32_MAX);
	if (history_add_run(history, &run, error) < 0)
		return -1;
	struct entry *entries = sort_rows(rows, count);

	writer = memory_new_zeroed(1, sizeof *writer);
	int result = history_writer_start(writer, history, run, error);

	if (result == 0)
		result = write_rows(writer, rows, entries, count, error);
	if (result == 0)
		result = history_finish_run(history, run, error);
	free(writer);
	free(entries);
	return result;
}
