#include <stdlib.h>

#include "base/memory.h"
#include "twin/history_parts.h"

void history_join(
    struct history *history, struct arena *arena, struct history_row *into, const struct history_row *other)
{
	struct slice rest = other->item.rest;

	history_row_join(into, other);
	if (slice_equal(into->item.rest, rest))
		return;
	if (history->join) {
		struct buffer joined = BUFFER_INIT;

		history->join(history->join_context, into->item.rest, rest, &joined);
		into->item.rest = arena_dup(arena, buffer_slice(&joined));
		buffer_release(&joined);
	} else if (slice_compare(rest, into->item.rest) > 0) {
		into->item.rest = rest;
	}
}

int history_add_run(struct history *history, int64_t *run, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_ADD_RUN, error);

	if (!statement || history_execute(history, statement, error) < 0)
		return -1;
	*run = sqlite3_last_insert_rowid(history->database);
	return 0;
}

static int count_written(
    struct history *history, int64_t run, int64_t written, int64_t revision, int64_t *items, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_COUNT_WRITTEN, error);

	*items = 0;
	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, run);
	sqlite3_bind_int64(statement, 2, written);
	sqlite3_bind_int64(statement, 3, revision);
	int got = history_step(history, statement, error);

	if (got > 0)
		*items = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return got < 0 ? -1 : 0;
}

int history_finish_run(struct history *history, int64_t run, struct error *error)
{
	sqlite3_stmt *statement;
	int64_t items, level = 0;

	if (count_written(history, run, 0, 0, &items, error) < 0)
		return -1;
	statement = history_statement(history, HISTORY_SQL_FINISH_RUN, error);
	if (!statement)
		return -1;
	for (; items >= HISTORY_FAN_IN; items /= HISTORY_FAN_IN)
		level++;
	sqlite3_bind_int64(statement, 1, run);
	sqlite3_bind_int64(statement, 2, level);
	return history_execute(history, statement, error);
}

int history_writer_start(struct history_writer *writer, struct history *history, int64_t run, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_LAST_BLOCK, error);

	writer->history = history;
	writer->run = run;
	writer->id = history_first_id(run);
	writer->count = 0;
	writer->bytes = 0;
	writer->written = 0;
	if (!statement)
		return -1;
	history_bind_blocks(statement, writer->id, history_first_id(run + 1), &HISTORY_EVERYTHING);
	int got = history_step(history, statement, error);

	if (got > 0)
		writer->id = sqlite3_column_int64(statement, 0) + 1;
	sqlite3_reset(statement);
	return got < 0 ? -1 : 0;
}

bool history_writer_is_full(const struct history_writer *writer, const struct history_row *row)
{
	// A series that fills blocks begins one of its own: whoever asks for it then reads little else.
	return writer->count == HISTORY_BLOCK_ROWS || writer->bytes >= HISTORY_BLOCK_BYTES ||
	    (writer->count >= HISTORY_BLOCK_ROWS / 2 &&
		writer->rows[writer->count - 1]->item.series != row->item.series);
}

static int bind_block(
    sqlite3_stmt *statement, int64_t id, int64_t run, const struct history_label *label, const struct buffer *data)
{
	int bad = sqlite3_bind_int64(statement, 1, id);

	bad |= sqlite3_bind_int64(statement, 2, run);
	bad |= sqlite3_bind_int64(statement, 3, label->first.series);
	bad |= sqlite3_bind_int64(statement, 4, label->first.timestamp);
	bad |= sqlite3_bind_int64(statement, 5, label->last.series);
	bad |= sqlite3_bind_int64(statement, 6, label->last.timestamp);
	bad |= sqlite3_bind_int64(statement, 7, label->extent.oldest);
	bad |= sqlite3_bind_int64(statement, 8, label->extent.newest);
	bad |= sqlite3_bind_int64(statement, 9, label->extent.revision);
	bad |= sqlite3_bind_int64(statement, 10, label->items);
	bad |= sqlite3_bind_int64(statement, 11, (int64_t)data->length);
	bad |= sqlite3_bind_blob64(statement, 12, data->data, data->length, SQLITE_STATIC);
	return bad ? -1 : 0;
}

int history_put_block(struct history *history, enum history_sql which, int64_t id,
    const struct history_row *const *rows, size_t count, int64_t *revision, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, which, error);
	struct history_label label = {
	    .first = history_row_place(rows[0]), .last = history_row_place(rows[count - 1]), .items = (int64_t)count};

	buffer_reset(&history->encoded);
	if (!statement || history_encode(history->codec, rows, count, &history->encoded, &label.extent, error) < 0)
		return -1;
	*revision = label.extent.revision;
	if (bind_block(statement, id, id >> HISTORY_BLOCK_BITS, &label, &history->encoded) < 0)
		return error_set(error, "history: %s", sqlite3_errmsg(history->database));
	return history_execute(history, statement, error);
}

int history_writer_flush(struct history_writer *writer, struct error *error)
{
	int64_t items, revision;

	if (!writer->count)
		return 0;
	if (writer->id >= history_first_id(writer->run + 1))
		return error_set(error, "history: run %lld has too many blocks", (long long)writer->run);
	if (history_put_block(
		writer->history, HISTORY_SQL_ADD_BLOCK, writer->id, writer->rows, writer->count, &revision, error) < 0)
		return -1;
	writer->id++;
	writer->written += (int64_t)writer->count;
	items = (int64_t)writer->count;
	writer->count = 0;
	writer->bytes = 0;
	return count_written(writer->history, writer->run, items, revision, &items, error);
}
