#include <stdlib.h>

#include "base/memory.h"
#include "twin/history_parts.h"

// Merges get through so many items for four that are appended, so that one is done a little before its level is full again: the longer it
// takes, the more evenly its work is spread.
#define PACE 5

struct merge {
	int64_t run; // that is being written
	int64_t credit;
	int64_t inputs; // items of them
	struct history_block frontier;
};

// The first merge behind merge->run: 1, 0, or -1.
static int read_merge(struct history *history, struct merge *merge, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_MERGES, error);
	struct error why;

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, merge->run);
	int got = history_step(history, statement, error);

	if (got <= 0)
		return got;
	merge->run = sqlite3_column_int64(statement, 0);
	merge->credit = sqlite3_column_int64(statement, 1);
	merge->inputs = sqlite3_column_int64(statement, 3);
	merge->frontier.count = 0;
	const void *data = sqlite3_column_blob(statement, 2);

	if (data &&
	    history_decode(history->codec, data, (size_t)sqlite3_column_bytes(statement, 2), &merge->frontier, &why) <
		0)
		got = error_set(error, "history: merge into run %lld: %s", (long long)merge->run, why.message);
	sqlite3_reset(statement);
	return got;
}

static int join_merge(struct history *history, int64_t run, int64_t output, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_JOIN_MERGE, error);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, run);
	sqlite3_bind_int64(statement, 2, output);
	return history_execute(history, statement, error);
}

// A merge of resting runs, the smallest first: those of a level, or of all levels (-1).
static int begin_merge(struct history *history, int64_t level, struct error *error)
{
	sqlite3_stmt *statement;
	int64_t *runs, output;
	size_t count;
	int result = history_list_runs(history, HISTORY_SQL_RESTING, level, &runs, &count, error);

	if (result < 0)
		return -1;
	result = history_add_run(history, &output, error);
	for (size_t i = 0; i < count && i < HISTORY_RUNS_MAX && result == 0; i++)
		result = join_merge(history, runs[i], output, error);
	free(runs);
	if (result < 0)
		return -1;
	statement = history_statement(history, HISTORY_SQL_ADD_MERGE, error);
	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, output);
	return history_execute(history, statement, error);
}

static int begin_due_merges(struct history *history, struct error *error)
{
	for (;;) {
		sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_FULL_LEVEL, error);

		if (!statement)
			return -1;
		sqlite3_bind_int64(statement, 1, HISTORY_FAN_IN);
		int got = history_step(history, statement, error);

		if (got <= 0)
			return got;
		int64_t level = sqlite3_column_int64(statement, 0);

		sqlite3_reset(statement);
		if (begin_merge(history, level, error) < 0)
			return -1;
	}
}

// Of one run, the blocks before an id whose last item lies before the place.
static int delete_blocks(
    struct history *history, int64_t run, int64_t before, struct history_place place, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_DELETE_PASSED, error);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, history_first_id(run));
	sqlite3_bind_int64(statement, 2, before);
	sqlite3_bind_int64(statement, 3, place.series);
	sqlite3_bind_int64(statement, 4, place.timestamp);
	return history_execute(history, statement, error);
}

static int delete_by_run(struct history *history, enum history_sql which, int64_t run, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, which, error);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, run);
	return history_execute(history, statement, error);
}

static int finish(
    struct history *history, const struct merge *merge, const struct history_merger *merger, struct error *error)
{
	const struct history_place end = {INT64_MAX, INT64_MAX};

	for (size_t i = 0; i < merger->count; i++) {
		int64_t run = merger->readers[i].run;

		if (delete_blocks(history, run, history_first_id(run + 1), end, error) < 0 ||
		    delete_by_run(history, HISTORY_SQL_DELETE_RUN, run, error) < 0)
			return -1;
	}
	if (delete_by_run(history, HISTORY_SQL_DELETE_MERGE, merge->run, error) < 0)
		return -1;
	return history_finish_run(history, merge->run, error);
}

// What has been written is given up in the inputs as far as it fills blocks.
static int pause(struct history *history, const struct merge *merge, const struct history_merger *merger,
    const struct history_row *last, struct error *error)
{
	struct history_extent extent;
	sqlite3_stmt *statement;

	for (size_t i = 0; i < merger->count; i++) {
		const struct history_reader *reader = &merger->readers[i];
		int64_t before = reader->row ? reader->id : history_first_id(reader->run + 1);

		if (delete_blocks(history, reader->run, before, history_row_place(last), error) < 0)
			return -1;
	}
	statement = history_statement(history, HISTORY_SQL_ADVANCE_MERGE, error);
	buffer_reset(&history->encoded);
	if (!statement || history_encode(history->codec, &last, 1, &history->encoded, &extent, error) < 0)
		return -1;
	sqlite3_bind_int64(statement, 1, merge->run);
	sqlite3_bind_int64(statement, 2, merge->credit - (int64_t)merger->taken);
	if (sqlite3_bind_blob64(statement, 3, history->encoded.data, history->encoded.length, SQLITE_STATIC) !=
	    SQLITE_OK)
		return error_set(error, "history: %s", sqlite3_errmsg(history->database));
	return history_execute(history, statement, error);
}

// What the step before has written and still stands in blocks of the inputs.
static int skip_written(struct history_merger *merger, const struct history_block *frontier, struct error *error)
{
	struct history_row *row;

	while (frontier->count && merger->active && history_row_compare(merger->heap[0]->row, &frontier->rows[0]) <= 0)
		if (history_merger_next(merger, &row, error) < 0)
			return -1;
	history_pool_reuse(&merger->pool);
	return 0;
}

// Writes rows until there are none (0), or so many have been taken and all are in blocks (1): then *last is the last one.
static int write_rows(struct history_merger *merger, struct history_writer *writer, size_t limit,
    const struct history_row **last, struct error *error)
{
	struct history_row *row;

	while (merger->active) {
		if (writer->count && history_writer_is_full(writer, merger->heap[0]->row)) {
			*last = writer->rows[writer->count - 1];
			if (merger->taken >= limit)
				return history_writer_finish(writer, error) < 0 ? -1 : 1;
			if (history_writer_flush(writer, error) < 0)
				return -1;
			history_pool_turn(&merger->pool);
		}
		if (history_merger_next(merger, &row, error) < 0)
			return -1;
		history_writer_add(writer, row);
	}
	return history_writer_finish(writer, error);
}

static int run_merge(struct history *history, const struct merge *merge, struct history_merger *merger,
    struct history_writer *writer, size_t limit, struct error *error)
{
	const struct history_row *last = NULL;

	if (skip_written(merger, &merge->frontier, error) < 0)
		return -1;
	int got = write_rows(merger, writer, limit, &last, error);

	if (got < 0)
		return -1;
	return got ? pause(history, merge, merger, last, error) : finish(history, merge, merger, error);
}

static int advance_merge(struct history *history, const struct merge *merge, size_t limit, struct error *error)
{
	const struct history_place *low = NULL;
	struct history_place place;
	struct history_merger merger;
	int64_t *runs;
	size_t count;

	if (history_list_runs(history, HISTORY_SQL_RUN_INPUTS, merge->run, &runs, &count, error) < 0)
		return -1;
	if (merge->frontier.count) {
		place = history_row_place(&merge->frontier.rows[0]);
		low = &place;
	}
	struct history_writer *writer = memory_new_zeroed(1, sizeof *writer);
	int result = history_merger_start(&merger, history, runs, count, &HISTORY_EVERYTHING, low, error);

	if (result == 0)
		result = history_writer_start(writer, history, merge->run, error);
	if (result == 0)
		result = run_merge(history, merge, &merger, writer, limit, error);
	history_writer_abandon(writer);
	history_merger_release(&merger);
	free(writer);
	free(runs);
	return result;
}

static int keep_credit(struct history *history, const struct merge *merge, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_ADD_CREDIT, error);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, merge->run);
	sqlite3_bind_int64(statement, 2, merge->credit);
	return history_execute(history, statement, error);
}

// Whether there is credit for at least one block, or for all there is.
static bool is_worth_a_step(const struct merge *merge)
{
	return merge->credit >= HISTORY_BLOCK_ROWS || merge->credit >= merge->inputs;
}

int history_merge_step(struct history *history, size_t budget, struct error *error)
{
	struct merge merge = {.run = 0};
	int got = begin_due_merges(history, error), result = 0;

	while (got == 0 && (got = read_merge(history, &merge, error)) > 0) {
		result = 1;
		merge.credit += PACE * (int64_t)budget / 4;
		got = is_worth_a_step(&merge) ? advance_merge(history, &merge, (size_t)merge.credit, error)
					      : keep_credit(history, &merge, error);
	}
	history_block_release(&merge.frontier);
	return got < 0 ? -1 : result;
}

static int begin_last_merge(struct history *history, struct error *error)
{
	int64_t *runs;
	size_t count;

	if (history_list_runs(history, HISTORY_SQL_RUNS, 0, &runs, &count, error) < 0)
		return -1;
	free(runs);
	if (count < 2)
		return 0;
	return begin_merge(history, -1, error) < 0 ? -1 : 1;
}

int history_compact(struct history *history, size_t budget, struct error *error)
{
	struct merge merge = {.run = 0};
	int got = read_merge(history, &merge, error);

	if (got == 0) {
		got = begin_last_merge(history, error);
		if (got > 0)
			got = read_merge(history, &merge, error);
	}
	if (got > 0 && advance_merge(history, &merge, budget, error) < 0)
		got = -1;
	history_block_release(&merge.frontier);
	return got;
}
