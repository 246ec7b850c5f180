#include <stdlib.h>

#include "base/memory.h"
#include "twin/history_parts.h"

// A pooled block that was larger once is not kept so.
#define SPARE_BYTES_MAX ((size_t)4 << 20)

struct history_pooled *history_pool_take(struct history_pool *pool)
{
	struct history_pooled *pooled = pool->spare;

	if (pooled)
		pool->spare = pooled->next;
	else
		pooled = memory_new_zeroed(1, sizeof *pooled);
	return pooled;
}

void history_pool_leave(struct history_pool *pool, struct history_pooled *pooled)
{
	pooled->next = pool->left;
	pool->left = pooled;
}

static void recycle(struct history_pool *pool, struct history_pooled *list, struct arena *texts)
{
	while (list) {
		struct history_pooled *pooled = list;

		list = pooled->next;
		pooled->next = pool->spare;
		pool->spare = pooled;
		if (pooled->block.bytes.capacity > SPARE_BYTES_MAX) {
			buffer_release(&pooled->block.bytes);
			pooled->block.bytes = (struct buffer)BUFFER_INIT;
		}
	}
	if (texts->total)
		arena_reset(texts);
}

void history_pool_reuse(struct history_pool *pool)
{
	recycle(pool, pool->left, &pool->texts);
	pool->left = NULL;
}

void history_pool_turn(struct history_pool *pool)
{
	struct arena texts = pool->lent_texts;

	recycle(pool, pool->lent, &texts);
	pool->lent = pool->left;
	pool->left = NULL;
	pool->lent_texts = pool->texts;
	pool->texts = texts;
}

void history_pool_free(struct history_pooled *list)
{
	while (list) {
		struct history_pooled *next = list->next;

		history_block_release(&list->block);
		free(list);
		list = next;
	}
}

// Of a merger that is given up, so many blocks are kept: memory that is new has to be cleared first.
#define KEPT_MAX 32

void history_pool_release(struct history_pool *pool, struct history *history)
{
	struct history_pooled *last;

	history_pool_turn(pool);
	history_pool_turn(pool);
	history_pool_free(history->spare);
	history->spare = last = pool->spare;
	for (int kept = 1; last && kept < KEPT_MAX; kept++)
		last = last->next;
	if (last) {
		history_pool_free(last->next);
		last->next = NULL;
	}
	arena_release(&pool->texts);
	arena_release(&pool->lent_texts);
}

struct history_label history_stored_label(sqlite3_stmt *statement)
{
	return (struct history_label){
	    .first = {sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2)},
	    .last = {sqlite3_column_int64(statement, 3), sqlite3_column_int64(statement, 4)},
	    .extent = {.oldest = sqlite3_column_int64(statement, 5),
		.newest = sqlite3_column_int64(statement, 6),
		.revision = sqlite3_column_int64(statement, 7)},
	    .items = sqlite3_column_int64(statement, 8),
	    .bytes = sqlite3_column_int64(statement, 9),
	};
}

static bool is_labelled(const struct history_block *block, size_t bytes, const struct history_label *label)
{
	const struct history_extent *extent = &block->extent, *said = &label->extent;

	return label->items == (int64_t)block->count && label->bytes == (int64_t)bytes &&
	    history_place_compare(label->first, history_row_place(&block->rows[0])) == 0 &&
	    history_place_compare(label->last, history_row_place(&block->rows[block->count - 1])) == 0 &&
	    said->oldest == extent->oldest && said->newest == extent->newest && said->revision == extent->revision;
}

int history_load(struct history *history, sqlite3_stmt *statement, struct history_block *block, struct error *error)
{
	long long id = sqlite3_column_int64(statement, 0);
	struct history_label label = history_stored_label(statement);
	const void *data = sqlite3_column_blob(statement, 10);
	size_t bytes = (size_t)sqlite3_column_bytes(statement, 10);
	struct error why;

	if (history_decode(history->codec, data, bytes, block, &why) < 0)
		return error_set(
		    error, "history: block %lld of run %lld: %s", id, id >> HISTORY_BLOCK_BITS, why.message);
	if (!is_labelled(block, bytes, &label))
		return error_set(error,
		    "history: block %lld of run %lld: damaged: it holds other items than its row says", id,
		    id >> HISTORY_BLOCK_BITS);
	return 0;
}

static bool is_in_range(const struct history_range *range, const struct history_row *row)
{
	return row->item.timestamp >= range->from && (row->item.timestamp < range->to || range->to == HISTORY_END);
}

// The first row that is not below the place.
static size_t find_place(const struct history_block *block, struct history_place place)
{
	size_t low = 0, high = block->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history_place_compare(history_row_place(&block->rows[middle]), place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void history_reader_leave(struct history_reader *reader)
{
	if (reader->pooled)
		history_pool_leave(reader->pool, reader->pooled);
	reader->pooled = NULL;
	reader->row = NULL;
}

// The last block that begins before the place.
static int seek(struct history_reader *reader, struct history_place place, int64_t *id, struct error *error)
{
	sqlite3_stmt *statement = history_statement(reader->history, HISTORY_SQL_SEEK_BLOCK, error);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, reader->run);
	sqlite3_bind_int64(statement, 2, place.series);
	sqlite3_bind_int64(statement, 3, place.timestamp);
	int got = history_step(reader->history, statement, error);

	if (got > 0)
		*id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return got;
}

// Where a block holds none of the series that are asked for, the blocks to go on with: 1 when it does, 0, 2 when no later one does, or -1.
static int skip_unwanted(struct history_reader *reader, const struct history_label *label, struct error *error)
{
	const struct history_range *range = reader->range;
	bool backwards = range->newest_first;
	struct history_place place;
	int64_t id = reader->id;

	if (backwards && history_is_wanted(range, (uint32_t)label->last.series))
		return 1;
	if (!(backwards ? history_previous_wanted(range, label->last, &place)
			: history_next_wanted(range, label->first, &place)))
		return 2;
	if (backwards ? history_place_compare(place, label->first) > 0 : history_place_compare(place, label->last) <= 0)
		return 1;
	if (seek(reader, place, &id, error) < 0)
		return -1;
	if (backwards && id < reader->id)
		reader->to_id = id + 1;
	if (!backwards && id > reader->id)
		reader->from_id = id;
	return 0;
}

// 1 when the block that the statement stands on has rows for the reader: then they are loaded. 0 to go on, 2 when no later one has any.
static int judge_block(struct history_reader *reader, sqlite3_stmt *statement, struct error *error)
{
	struct history_label label = history_stored_label(statement);
	bool before = history_place_compare(label.last, reader->low) < 0;
	bool behind = history_place_compare(label.first, reader->high) >= 0;
	int wanted = 1;

	if (before || behind)
		return before == reader->range->newest_first ? 2 : 0;
	if (reader->range->series)
		wanted = skip_unwanted(reader, &label, error);
	if (wanted != 1)
		return wanted;
	reader->pooled = history_pool_take(reader->pool);
	if (history_load(reader->history, statement, &reader->pooled->block, error) < 0)
		return -1;
	return 1;
}

static int fetch_block(struct history_reader *reader, struct error *error)
{
	bool backwards = reader->range->newest_first;
	sqlite3_stmt *statement =
	    history_statement(reader->history, backwards ? HISTORY_SQL_LAST_BLOCK : HISTORY_SQL_NEXT_BLOCK, error);

	if (!statement)
		return -1;
	history_bind_blocks(
	    statement, reader->from_id, reader->to_id, reader->skips ? reader->range : &HISTORY_EVERYTHING);
	int got = history_step(reader->history, statement, error);

	if (got <= 0)
		return got < 0 ? -1 : 2;
	reader->id = sqlite3_column_int64(statement, 0);
	*(backwards ? &reader->to_id : &reader->from_id) = backwards ? reader->id : reader->id + 1;
	got = judge_block(reader, statement, error);
	sqlite3_reset(statement);
	return got;
}

// Where reading begins in a block that has just been loaded.
static void enter_block(struct history_reader *reader)
{
	const struct history_block *block = &reader->pooled->block;

	if (!reader->range->newest_first)
		reader->at = find_place(block, reader->low);
	else
		reader->at = find_place(block, reader->high) - 1; // of nothing: SIZE_MAX, which is behind all rows
}

// Where to go on behind a row that is not asked for; behind all rows when there is nothing more in the block.
static size_t jump(const struct history_reader *reader, struct history_place place)
{
	const struct history_block *block = &reader->pooled->block;
	struct history_place to;

	if (reader->range->newest_first)
		return history_previous_wanted(reader->range, place, &to) ? find_place(block, to) - 1 : SIZE_MAX;
	return history_next_wanted(reader->range, place, &to) ? find_place(block, to) : SIZE_MAX;
}

static bool is_wanted(struct history_reader *reader, const struct history_row *row)
{
	if (!is_in_range(reader->range, row))
		return false;
	if (!reader->range->series || row->item.series == reader->series)
		return true;
	if (!history_is_wanted(reader->range, row->item.series))
		return false;
	reader->series = row->item.series;
	return true;
}

// From reader->at on, in the block. NULL when there is none.
static struct history_row *find_row(struct history_reader *reader)
{
	struct history_block *block = &reader->pooled->block;
	bool backwards = reader->range->newest_first;

	while (reader->at < block->count) {
		struct history_row *row = &block->rows[reader->at];
		struct history_place place = history_row_place(row);

		if (backwards ? history_place_compare(place, reader->low) < 0
			      : history_place_compare(place, reader->high) >= 0)
			break;
		if (is_wanted(reader, row))
			return row;
		if (reader->range->series)
			reader->at = jump(reader, place);
		else
			reader->at += backwards ? (size_t)-1 : (size_t)1;
	}
	return NULL;
}

// A block of which no row was given out is free at once.
static void put_back(struct history_reader *reader)
{
	reader->pooled->next = reader->pool->spare;
	reader->pool->spare = reader->pooled;
	reader->pooled = NULL;
}

// When the rows of the block that is read, if any, have been used up.
int history_reader_next_block(struct history_reader *reader, struct error *error)
{
	int got = 0;

	do {
		history_reader_leave(reader);
		do
			got = fetch_block(reader, error);
		while (got == 0);
		if (got < 0)
			return -1;
		if (got == 1) {
			enter_block(reader);
			reader->row = find_row(reader);
			if (!reader->row)
				put_back(reader);
		}
	} while (got == 1 && !reader->row);
	return 0;
}

// Where each block has rows of the range until there are no more, only one end of it is looked for.
static bool has_gaps(const struct history_range *range)
{
	return range->after ||
	    (range->first != range->last && (range->from != HISTORY_BEGIN || range->to != HISTORY_END));
}

int history_reader_start(struct history_reader *reader, struct error *error)
{
	const struct history_range *range = reader->range;
	int got = 1;

	reader->high = range->to == HISTORY_END ? (struct history_place){(int64_t)range->last + 1, INT64_MIN}
						: (struct history_place){range->last, range->to};
	reader->skips = has_gaps(range);
	reader->from_id = history_first_id(reader->run);
	reader->to_id = history_first_id(reader->run + 1);
	if ((!range->newest_first || reader->skips) && seek(reader, reader->low, &reader->from_id, error) < 0)
		return -1;
	if (range->newest_first || reader->skips) {
		got = seek(reader, reader->high, &reader->to_id, error);
		reader->to_id += got > 0;
	}
	if (got <= 0)
		return got;
	return history_reader_next_block(reader, error);
}

static inline int advance(struct history_reader *reader, struct error *error)
{
	reader->at += reader->range->newest_first ? (size_t)-1 : (size_t)1;
	reader->row = find_row(reader);
	return reader->row ? 0 : history_reader_next_block(reader, error);
}

// Whether a comes out of the heap before b.
static inline bool comes_first(const struct history_reader *a, const struct history_reader *b, bool newest_first)
{
	int order = history_place_compare(history_row_place(a->row), history_row_place(b->row));

	if (!order)
		order = history_row_compare(a->row, b->row);
	return newest_first ? order > 0 : order < 0;
}

static void sift_down(struct history_merger *merger, size_t at)
{
	bool newest_first = merger->range.newest_first;

	for (size_t child; (child = 2 * at + 1) < merger->active; at = child) {
		if (child + 1 < merger->active &&
		    comes_first(merger->heap[child + 1], merger->heap[child], newest_first))
			child++;
		if (!comes_first(merger->heap[child], merger->heap[at], newest_first))
			break;
		struct history_reader *swapped = merger->heap[at];

		merger->heap[at] = merger->heap[child];
		merger->heap[child] = swapped;
	}
}

int history_merger_start(struct history_merger *merger, struct history *history, const int64_t *runs, size_t count,
    const struct history_range *range, const struct history_place *low, struct error *error)
{
	*merger = (struct history_merger){
	    .history = history,
	    .pool = {.spare = history->spare},
	    .range = *range,
	    .readers = memory_new_zeroed(count + 1, sizeof *merger->readers),
	    .heap = memory_new_zeroed(count + 1, sizeof(struct history_reader *)),
	    .count = count,
	};
	history->spare = NULL;
	for (size_t i = 0; i < count; i++) {
		struct history_reader *reader = &merger->readers[i];

		*reader = (struct history_reader){
		    .history = history,
		    .pool = &merger->pool,
		    .run = runs[i],
		    .range = &merger->range,
		    .low = low ? *low : (struct history_place){range->first, range->from},
		    .series = -1,
		};
		if (history_reader_start(reader, error) < 0)
			return -1;
		if (reader->row)
			merger->heap[merger->active++] = reader;
	}
	for (size_t i = merger->active / 2; i-- > 0;)
		sift_down(merger, i);
	return 0;
}

static int advance_top(struct history_merger *merger, struct error *error)
{
	merger->taken++;
	if (advance(merger->heap[0], error) < 0)
		return -1;
	if (!merger->heap[0]->row)
		merger->heap[0] = merger->heap[--merger->active];
	sift_down(merger, 0);
	return 0;
}

int history_merger_next(struct history_merger *merger, struct history_row **row, struct error *error)
{
	if (!merger->active)
		return 0;
	*row = merger->heap[0]->row;
	if (advance_top(merger, error) < 0)
		return -1;
	while (merger->active && (*row)->item.timestamp == merger->heap[0]->row->item.timestamp &&
	    history_row_compare(*row, merger->heap[0]->row) == 0) {
		history_join(merger->history, &merger->pool.texts, *row, merger->heap[0]->row);
		if (advance_top(merger, error) < 0)
			return -1;
	}
	return 1;
}

void history_merger_release(struct history_merger *merger)
{
	for (size_t i = 0; i < merger->count; i++)
		history_reader_leave(&merger->readers[i]);
	history_pool_release(&merger->pool, merger->history);
	free(merger->readers);
	free(merger->heap);
}
