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
	writer->has_given = false;
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
    sqlite3_stmt *statement, int64_t id, int64_t run, const struct history_label *label, struct slice data)
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
	bad |= sqlite3_bind_int64(statement, 11, (int64_t)data.length);
	bad |= sqlite3_bind_blob64(statement, 12, data.data, data.length, SQLITE_STATIC);
	return bad ? -1 : 0;
}

static int put_block(struct history *history, enum history_sql which, int64_t id, const struct history_label *label,
    struct slice data, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, which, error);

	if (!statement)
		return -1;
	if (bind_block(statement, id, id >> HISTORY_BLOCK_BITS, label, data) < 0)
		return error_set(error, "history: %s", sqlite3_errmsg(history->database));
	return history_execute(history, statement, error);
}

// What can be said of a block before it has been made.
static struct history_label label_of(const struct history_row *const *rows, size_t count)
{
	return (struct history_label){
	    .first = history_row_place(rows[0]), .last = history_row_place(rows[count - 1]), .items = (int64_t)count};
}

static int encode(struct history *history, const struct history_row *const *rows, size_t count,
    struct history_label *label, struct error *error)
{
	*label = label_of(rows, count);
	buffer_reset(&history->encoded);
	return history_encode(history->codec, rows, count, &history->encoded, &label->extent, error);
}

int history_change_block(
    struct history *history, int64_t id, const struct history_row *const *rows, size_t count, struct error *error)
{
	struct history_label label;

	if (encode(history, rows, count, &label, error) < 0)
		return -1;
	return put_block(history, HISTORY_SQL_CHANGE_BLOCK, id, &label, buffer_slice(&history->encoded), error);
}

static int add_block(
    struct history_writer *writer, const struct history_label *label, struct slice data, struct error *error)
{
	int64_t items;

	if (writer->id >= history_first_id(writer->run + 1))
		return error_set(error, "history: run %lld has too many blocks", (long long)writer->run);
	if (put_block(writer->history, HISTORY_SQL_ADD_BLOCK, writer->id, label, data, error) < 0)
		return -1;
	writer->id++;
	return count_written(writer->history, writer->run, label->items, label->extent.revision, &items, error);
}

// The block that the encoder has been given, if there is one.
static int add_given(struct history_writer *writer, struct error *error)
{
	struct history_label label = writer->given;
	struct slice data;

	if (!writer->has_given)
		return 0;
	writer->has_given = false;
	if (history_encoder_take(writer->history->encoder, &data, &label.extent, error) < 0)
		return -1;
	return add_block(writer, &label, data, error);
}

int history_writer_flush(struct history_writer *writer, struct error *error)
{
	struct history *history = writer->history;

	if (add_given(writer, error) < 0)
		return -1;
	if (!history->encoder)
		history->encoder = history_encoder_new();
	writer->given = label_of(writer->rows, writer->count);
	writer->has_given = true;
	history_encoder_give(history->encoder, writer->rows, writer->count);
	writer->count = 0;
	writer->bytes = 0;
	return 0;
}

int history_writer_finish(struct history_writer *writer, struct error *error)
{
	struct history *history = writer->history;
	struct history_label label;
	size_t count = writer->count;

	writer->count = 0;
	writer->bytes = 0;
	// Meanwhile the encoder makes the one before.
	if (count && encode(history, writer->rows, count, &label, error) < 0)
		return -1;
	if (add_given(writer, error) < 0)
		return -1;
	return count ? add_block(writer, &label, buffer_slice(&history->encoded), error) : 0;
}

void history_writer_abandon(struct history_writer *writer)
{
	if (writer->has_given)
		history_encoder_drop(writer->history->encoder);
	writer->has_given = false;
}
