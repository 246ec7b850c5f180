// What the files of history.h share.
#ifndef TWIN_HISTORY_PARTS_H
#define TWIN_HISTORY_PARTS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "twin/history.h"
#include "twin/history_block.h"
#include "twin/history_encoder.h"

// So many runs of one level are merged into one. With this number no power of ten, as commits may be large, is at the bounds of a level.
#define HISTORY_FAN_IN 9

// So many at once, when there are more.
#define HISTORY_RUNS_MAX 64

enum history_sql {
	HISTORY_SQL_ADD_RUN,
	HISTORY_SQL_FINISH_RUN,
	HISTORY_SQL_COUNT_WRITTEN,
	HISTORY_SQL_DELETE_RUN,
	HISTORY_SQL_RUNS,
	HISTORY_SQL_RUN_INPUTS,
	HISTORY_SQL_FULL_LEVEL,
	HISTORY_SQL_RESTING,
	HISTORY_SQL_JOIN_MERGE,
	HISTORY_SQL_ADD_MERGE,
	HISTORY_SQL_MERGES,
	HISTORY_SQL_ADVANCE_MERGE,
	HISTORY_SQL_ADD_CREDIT,
	HISTORY_SQL_DELETE_MERGE,
	HISTORY_SQL_ADD_BLOCK,
	HISTORY_SQL_CHANGE_BLOCK,
	HISTORY_SQL_DELETE_BLOCK,
	HISTORY_SQL_DELETE_PASSED,
	HISTORY_SQL_SEEK_BLOCK,
	HISTORY_SQL_NEXT_BLOCK,
	HISTORY_SQL_LAST_BLOCK,
	HISTORY_SQL_TOTALS,
	HISTORY_SQL_DELETE_EMPTY,
	HISTORY_SQL_VERIFY_RUNS,
	HISTORY_SQL_VERIFY_MERGES,
	HISTORY_SQL_COUNT,
};

struct history {
	sqlite3 *database;
	sqlite3_stmt *statements[HISTORY_SQL_COUNT];
	struct history_codec *codec;
	struct history_encoder *encoder; // NULL until one is needed
	history_join_rest *join;
	void *join_context;
	struct buffer encoded;
	struct history_pooled *spare; // for the next merger: some of what the last one had
};

// The statement, reset and without bindings, or NULL.
sqlite3_stmt *history_statement(struct history *history, enum history_sql which, struct error *error);

// sqlite3_step of a statement that returns no rows.
int history_execute(struct history *history, sqlite3_stmt *statement, struct error *error)
    __attribute__((warn_unused_result));

// sqlite3_step: 1 for a row, 0 at the end (the statement is reset), or -1.
int history_step(struct history *history, sqlite3_stmt *statement, struct error *error)
    __attribute__((warn_unused_result));

// Blocks that have been left but whose rows are still needed, and such that can be used again.
struct history_pooled {
	struct history_block block;
	struct history_pooled *next;
};

struct history_pool {
	struct history_pooled *spare;
	struct history_pooled *left;
	struct history_pooled *lent;
	struct arena texts; // of joined rows
	struct arena lent_texts;
};

struct history_pooled *history_pool_take(struct history_pool *pool);
void history_pool_leave(struct history_pool *pool, struct history_pooled *pooled);
// The rows of all blocks that have been left are not needed any more.
void history_pool_reuse(struct history_pool *pool);
// Those that were left before the last turn are not.
void history_pool_turn(struct history_pool *pool);
void history_pool_release(struct history_pool *pool, struct history *history);
void history_pool_free(struct history_pooled *list);

// One place in the order of series and time.
struct history_place {
	int64_t series;
	int64_t timestamp;
};

static inline int history_place_compare(struct history_place a, struct history_place b)
{
	if (a.series != b.series)
		return a.series < b.series ? -1 : 1;
	return (a.timestamp > b.timestamp) - (a.timestamp < b.timestamp);
}

static inline struct history_place history_row_place(const struct history_row *row)
{
	return (struct history_place){row->item.series, row->item.timestamp};
}

#define HISTORY_BLOCK_BITS 24

static inline int64_t history_first_id(int64_t run)
{
	return run << HISTORY_BLOCK_BITS;
}

// The columns of a block's row beside its id and data.
struct history_label {
	struct history_place first;
	struct history_place last;
	struct history_extent extent;
	int64_t items;
	int64_t bytes;
};

// A statement that gives blocks: those with id >= from and id < to that may have items of the range's times and revisions.
void history_bind_blocks(sqlite3_stmt *statement, int64_t from, int64_t to, const struct history_range *range);

// Checks that the block that `statement` stands on is what its row says.
int history_load(struct history *history, sqlite3_stmt *statement, struct history_block *block, struct error *error)
    __attribute__((warn_unused_result));
struct history_label history_stored_label(sqlite3_stmt *statement);

// For a range that names its series.
bool history_is_wanted(const struct history_range *range, uint32_t series);
// The first place from there on where a row that is asked for can stand; false when there is none.
bool history_next_wanted(const struct history_range *range, struct history_place from, struct history_place *wanted);
// The place before which the last one stands that is asked for, of those before `before`.
bool history_previous_wanted(const struct history_range *range, struct history_place before, struct history_place *end);

// The rows of one run within a range, a block at a time.
struct history_reader {
	struct history *history;
	struct history_pool *pool;
	int64_t run;
	const struct history_range *range;
	struct history_place low;  // inclusive
	struct history_place high; // exclusive
	int64_t series;            // of the row found last, where the range names its series
	bool skips;                // blocks without rows of the range may stand between those with some
	int64_t from_id;           // blocks that are left, inclusive
	int64_t to_id;             // exclusive
	struct history_pooled *pooled;
	size_t at;
	int64_t id;              // of the block that is read
	struct history_row *row; // NULL behind the last
};

int history_reader_start(struct history_reader *reader, struct error *error) __attribute__((warn_unused_result));
int history_reader_next_block(struct history_reader *reader, struct error *error) __attribute__((warn_unused_result));
void history_reader_leave(struct history_reader *reader);

// All rows of several runs in one order, equal ones joined.
struct history_merger {
	struct history *history;
	struct history_pool pool;
	struct history_range range;
	struct history_reader *readers;
	struct history_reader **heap;
	size_t count; // of readers
	size_t active;
	size_t taken; // rows so far, each of equal ones
};

// With `low`, what stands before it is left out; otherwise the range says where it begins. To be released in any case.
int history_merger_start(struct history_merger *merger, struct history *history, const int64_t *runs, size_t count,
    const struct history_range *range, const struct history_place *low, struct error *error)
    __attribute__((warn_unused_result));
// 1 and a row that lives until history_pool_reuse, 0, or -1.
int history_merger_next(struct history_merger *merger, struct history_row **row, struct error *error)
    __attribute__((warn_unused_result));
void history_merger_release(struct history_merger *merger);

// Rows become blocks of a run.
struct history_writer {
	struct history *history;
	int64_t run;
	int64_t id; // of the next block
	const struct history_row *rows[HISTORY_BLOCK_ROWS];
	size_t count;
	size_t bytes;
	bool has_given; // the encoder a block, which stands before these rows:
	struct history_label given;
};

int history_add_run(struct history *history, int64_t *run, struct error *error) __attribute__((warn_unused_result));
int history_finish_run(struct history *history, int64_t run, struct error *error) __attribute__((warn_unused_result));
int history_writer_start(struct history_writer *writer, struct history *history, int64_t run, struct error *error)
    __attribute__((warn_unused_result));
// Whether the row has to begin a new block: the caller flushes then.
bool history_writer_is_full(const struct history_writer *writer, const struct history_row *row);
static inline void history_writer_add(struct history_writer *writer, const struct history_row *row)
{
	writer->rows[writer->count++] = row;
	writer->bytes += history_row_bytes(row);
}
// Before another row than those that have been added: they become a block, which is being made until the next one begins. They have to stay
// as they are until then.
int history_writer_flush(struct history_writer *writer, struct error *error) __attribute__((warn_unused_result));
// All rows are in blocks of the run.
int history_writer_finish(struct history_writer *writer, struct error *error) __attribute__((warn_unused_result));
// After a failure: the rows are not needed any more.
void history_writer_abandon(struct history_writer *writer);
int history_change_block(struct history *history, int64_t id, const struct history_row *const *rows, size_t count,
    struct error *error) __attribute__((warn_unused_result));

// The second row's origin, received and rest into the first, whose key is equal. Texts that are made go to the arena.
void history_join(
    struct history *history, struct arena *arena, struct history_row *into, const struct history_row *other);

// The ids of all runs, those of a merge's inputs first or after its output. The array is the caller's to free.
int history_list_runs(struct history *history, enum history_sql which, int64_t parameter, int64_t **runs, size_t *count,
    struct error *error) __attribute__((warn_unused_result));

#endif
