// The history of a store: every record that was ever stored, as items of numbered series, on a borrowed SQLite connection.
//
// It is a log-structured merge tree (O'Neil et al. 1996, tiered) inside SQLite's transactions. What one commit brings is appended as one
// run: sorted by series and key, cut into compressed blocks (history_block.h). Whenever HISTORY_FAN_IN runs are about as large as each
// other, they are merged into one, a few blocks in each later commit, so that the work of a commit does not grow with the store.
//
// An item is the same wherever it stands, and a reader takes equal items for one. So a merge may stop after any step and a reader needs to
// know nothing of it: what has been written to the new run and still stands in the old ones is seen once.
//
//	CREATE TABLE history_run (       -- sorted sequences of blocks
//		id INTEGER PRIMARY KEY AUTOINCREMENT, -- a run is written from older ones only: its id is larger than theirs
//		level INTEGER,           -- it had between 9^level and 9^(level+1) items when it was complete; 0 while it is being written
//		items INTEGER,           -- that have been written to it, with those that a merge has moved on since
//		revision INTEGER,        -- no item of it has a larger one
//		merge INTEGER            -- id of the run that this one is being merged into, NULL when it rests
//	);
//	CREATE TABLE history_merge (     -- merges that have begun
//		run INTEGER PRIMARY KEY, -- id of the run being written, from all runs whose `merge` it is
//		credit INTEGER,          -- items that later commits owe it (below 0: that are done ahead of time)
//		frontier BLOB            -- a block of one item, the last that has been written; NULL at the beginning
//	);
//	CREATE TABLE history_block (     -- up to 4096 items that follow each other; those of one run do not overlap
//		id INTEGER PRIMARY KEY,  -- run * 2^24 + number; ids of a run ascend as its items do
//		run INTEGER,
//		series INTEGER, timestamp INTEGER,           -- of the first item; nanoseconds since 1970
//		last_series INTEGER, last_timestamp INTEGER, -- of the last item
//		oldest INTEGER, newest INTEGER, revision INTEGER, -- the smallest and the largest timestamp, the largest revision
//		items INTEGER,
//		bytes INTEGER,           -- of data
//		data BLOB                -- one zstd frame with checksum: columns, see history_block.h
//	);
//	CREATE INDEX history_block_place ON history_block(run, series, timestamp, id, oldest, newest, items, bytes);
//
// Functions return -1 with error filled when SQLite fails or a block is damaged (the error names it); the caller then rolls back.
#ifndef TWIN_HISTORY_H
#define TWIN_HISTORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "twin/history_item.h"

struct history;

// Makes the tables where they are missing, inside the caller's transaction.
int history_create_tables(sqlite3 *database, struct error *error) __attribute__((warn_unused_result));

// The connection is borrowed and outlives the history. Nothing is read yet; the tables must be there when something is.
struct history *history_new(sqlite3 *database);
void history_free(struct history *history);

// How the `rest` of equal items is joined, where they differ; by default the larger in byte order stays. The rule must be commutative,
// associative and idempotent, since copies meet in any order. `joined` is empty.
typedef void history_join_rest(void *context, struct slice a, struct slice b, struct buffer *joined);
void history_set_join(struct history *history, history_join_rest *join, void *context);

struct history_row;

// One new run from rows (history_row_set) in any order, with copies or without, each with its revision. Inside the caller's transaction; the
// texts are borrowed for the call, and the rows spoilt.
int history_append(struct history *history, struct history_row *rows, size_t count, struct error *error)
    __attribute__((warn_unused_result));

// The share of merging that `budget` newly appended items have to bear: call it once after history_append with its count, in the same
// transaction or one of its own. 1 when a merge is under way or due, 0 when there is nothing to merge, or -1.
int history_merge_step(struct history *history, size_t budget, struct error *error) __attribute__((warn_unused_result));

// Merges about `budget` items towards a single run, whatever the levels. 1 until that is all there is (commit and call again), then 0, or -1.
int history_compact(struct history *history, size_t budget, struct error *error) __attribute__((warn_unused_result));

#define HISTORY_BEGIN INT64_MIN
#define HISTORY_END   INT64_MAX

// What a cursor runs over: the items of the series `first` to `last` (inclusive) with from <= timestamp < to; with `to` HISTORY_END there is
// no end. In the order of series and key, or all the other way round.
//
// With `after`, only those whose revision is larger: 0 for all. Blocks without any are not read, so that asking for what is new costs little
// where the store is old. None that was first stored after it is left out. One that was first stored earlier and was stored again
// since may come out, as the record that it was then: with the smallest revision that is larger than `after`, until a merge has
// found that it is a copy.
//
// With `series`, only those of them, which ascend from `first` to `last`: NULL for all. What lies between them is not read where it fills blocks.
struct history_range {
	uint32_t first;
	uint32_t last;
	int64_t from;
	int64_t to;
	bool newest_first;
	int64_t after;
	const uint32_t *series;
	size_t series_count;
};

#define HISTORY_EVERYTHING ((struct history_range){0, UINT32_MAX, HISTORY_BEGIN, HISTORY_END, false, 0, NULL, 0})

// Reads as it goes, a block of each run at a time. From opening to closing it the caller holds one transaction (for readers a deferred one),
// in which nothing is appended, merged or retained.
struct history_cursor;
struct history_cursor *history_cursor_open(struct history *history, const struct history_range *range,
    struct error *error) __attribute__((warn_unused_result));
void history_cursor_close(struct history_cursor *cursor);

// 1 and the next item, each distinct one once, with texts that are valid until the next call; 0 behind the last, or -1.
int history_cursor_next(struct history_cursor *cursor, struct history_item *item, struct error *error)
    __attribute__((warn_unused_result));

struct history_totals {
	uint64_t items; // copies that have not met yet count more than once
	uint64_t bytes; // of compressed blocks
	uint64_t runs;
	uint64_t blocks;
	int64_t oldest; // timestamps of the items; HISTORY_END and HISTORY_BEGIN when there are none
	int64_t newest;
};

// From the index of blocks, without looking at them.
int history_count(struct history *history, struct history_totals *totals, struct error *error)
    __attribute__((warn_unused_result));

// How many blocks a cursor may hold at once: one of each run.
int history_count_runs(struct history *history, size_t *count, struct error *error) __attribute__((warn_unused_result));

// Removal of old items. Starts with position 0; all other members stay the same from call to call. Each pass looks at all blocks: several
// series with horizons of their own are one pass, with the newest horizon as `before` and the rest of the rule in `keep`.
struct history_retention {
	uint32_t first; // series, inclusive
	uint32_t last;
	int64_t before; // items with a smaller timestamp go, unless keep says so
	bool (*keep)(void *context, const struct history_item *item); // NULL keeps none
	void *context;
	int64_t position; // the block to go on from
};

// Goes through about `budget` items. 1 until all blocks have been seen (commit and call again), then 0, or -1. Merges and appends may come
// in between: what is appended after the first call may not be seen. When forgotten halfway, it is begun anew.
int history_retain(struct history *history, struct history_retention *retention, size_t budget, struct error *error)
    __attribute__((warn_unused_result));

// Checks every run, merge and block: checksums, decoding, order within and between blocks, counts, ranges, ids, and that no revision is
// above `revision`. Each thing that is wrong is told to report. 0 when there is none, 1 when there is, or -1 when it cannot be read.
int history_verify(struct history *history, int64_t revision, void (*report)(void *context, const char *message),
    void *context, struct error *error) __attribute__((warn_unused_result));

#endif
