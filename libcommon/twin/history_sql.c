#include "base/memory.h"
#include "twin/history_parts.h"

#include <stdlib.h>

static const char tables[] = "CREATE TABLE IF NOT EXISTS history_run (\n"
			     "	id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
			     "	level INTEGER NOT NULL,\n"
			     "	items INTEGER NOT NULL,\n"
			     "	revision INTEGER NOT NULL,\n"
			     "	merge INTEGER\n"
			     ");\n"
			     "CREATE TABLE IF NOT EXISTS history_merge (\n"
			     "	run INTEGER PRIMARY KEY,\n"
			     "	credit INTEGER NOT NULL,\n"
			     "	frontier BLOB\n"
			     ");\n"
			     "CREATE TABLE IF NOT EXISTS history_block (\n"
			     "	id INTEGER PRIMARY KEY,\n"
			     "	run INTEGER NOT NULL,\n"
			     "	series INTEGER NOT NULL,\n"
			     "	timestamp INTEGER NOT NULL,\n"
			     "	last_series INTEGER NOT NULL,\n"
			     "	last_timestamp INTEGER NOT NULL,\n"
			     "	oldest INTEGER NOT NULL,\n"
			     "	newest INTEGER NOT NULL,\n"
			     "	revision INTEGER NOT NULL,\n"
			     "	items INTEGER NOT NULL,\n"
			     "	bytes INTEGER NOT NULL,\n"
			     "	data BLOB NOT NULL\n"
			     ");\n"
			     // With all that history_count asks for: a block is some pages, its entry here is not.
			     "CREATE INDEX IF NOT EXISTS history_block_place"
			     " ON history_block(run, series, timestamp, id, oldest, newest, items, bytes);\n";

// Of what stands before `data` SQLite reads no more than one page.
#define BLOCKS                                                                                                         \
	"SELECT id, series, timestamp, last_series, last_timestamp, oldest, newest, revision, items, bytes, data"      \
	" FROM history_block WHERE id >= ?1 AND id < ?2 AND revision > ?3 AND newest >= ?4 AND oldest <= ?5 "

// Resting: complete, and in no merge.
#define RESTING "merge IS NULL AND id NOT IN (SELECT run FROM history_merge)"

static const char *const texts[HISTORY_SQL_COUNT] = {
    [HISTORY_SQL_ADD_RUN] = "INSERT INTO history_run(level, items, revision) VALUES (0, 0, 0)",
    [HISTORY_SQL_FINISH_RUN] = "UPDATE history_run SET level = ?2 WHERE id = ?1",
    [HISTORY_SQL_COUNT_WRITTEN] = "UPDATE history_run SET items = items + ?2, revision = max(revision, ?3)"
				  " WHERE id = ?1 RETURNING items",
    [HISTORY_SQL_DELETE_RUN] = "DELETE FROM history_run WHERE id = ?1",
    [HISTORY_SQL_RUNS] = "SELECT id FROM history_run WHERE revision > ?1 OR ?1 = 0 ORDER BY id",
    [HISTORY_SQL_RUN_INPUTS] = "SELECT id FROM history_run WHERE merge = ?1 ORDER BY id",
    [HISTORY_SQL_FULL_LEVEL] =
	"SELECT level FROM history_run WHERE " RESTING " GROUP BY level HAVING count(*) >= ?1 ORDER BY level LIMIT 1",
    [HISTORY_SQL_RESTING] =
	"SELECT id FROM history_run WHERE " RESTING " AND (level = ?1 OR ?1 < 0) ORDER BY items, id",
    [HISTORY_SQL_JOIN_MERGE] = "UPDATE history_run SET merge = ?2 WHERE id = ?1",
    [HISTORY_SQL_ADD_MERGE] = "INSERT INTO history_merge(run, credit) VALUES (?1, 0)",
    [HISTORY_SQL_MERGES] = "SELECT run, credit, frontier, (SELECT sum(items) FROM history_run WHERE merge = run)"
			   " FROM history_merge WHERE run > ?1 ORDER BY run LIMIT 1",
    [HISTORY_SQL_ADVANCE_MERGE] = "UPDATE history_merge SET credit = ?2, frontier = ?3 WHERE run = ?1",
    [HISTORY_SQL_ADD_CREDIT] = "UPDATE history_merge SET credit = ?2 WHERE run = ?1",
    [HISTORY_SQL_DELETE_MERGE] = "DELETE FROM history_merge WHERE run = ?1",
    [HISTORY_SQL_ADD_BLOCK] =
	"INSERT INTO history_block(id, run, series, timestamp, last_series, last_timestamp, oldest, newest, revision,"
	" items, bytes, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [HISTORY_SQL_CHANGE_BLOCK] = "UPDATE history_block SET series = ?3, timestamp = ?4, last_series = ?5,"
				 " last_timestamp = ?6, oldest = ?7, newest = ?8, revision = ?9,"
				 " items = ?10, bytes = ?11, data = ?12 WHERE id = ?1 AND run = ?2",
    [HISTORY_SQL_DELETE_BLOCK] = "DELETE FROM history_block WHERE id = ?1",
    [HISTORY_SQL_DELETE_PASSED] = "DELETE FROM history_block WHERE id >= ?1 AND id < ?2"
				  " AND (last_series, last_timestamp) < (?3, ?4)",
    [HISTORY_SQL_SEEK_BLOCK] = "SELECT id FROM history_block WHERE run = ?1 AND (series, timestamp) < (?2, ?3)"
			       " ORDER BY series DESC, timestamp DESC, id DESC LIMIT 1",
    [HISTORY_SQL_NEXT_BLOCK] = BLOCKS "ORDER BY id LIMIT 1",
    [HISTORY_SQL_LAST_BLOCK] = BLOCKS "ORDER BY id DESC LIMIT 1",
    [HISTORY_SQL_TOTALS] =
	"SELECT total(items), total(bytes), count(*), min(oldest), max(newest), (SELECT count(*) FROM history_run)"
	" FROM history_block INDEXED BY history_block_place",
    [HISTORY_SQL_DELETE_EMPTY] = "DELETE FROM history_run WHERE " RESTING
				 " AND NOT EXISTS (SELECT 1 FROM history_block WHERE run = history_run.id)",
    [HISTORY_SQL_VERIFY_RUNS] =
	"SELECT id, items, (SELECT total(items) FROM history_block WHERE run = history_run.id),"
	" merge, merge IS NULL OR merge IN (SELECT run FROM history_merge WHERE run > history_run.id),"
	" revision, (SELECT max(revision) FROM history_block WHERE run = history_run.id) FROM history_run"
	" UNION ALL SELECT DISTINCT run, NULL, NULL, NULL, 0, 0, 0 FROM history_block"
	" WHERE run NOT IN (SELECT id FROM history_run)",
    [HISTORY_SQL_VERIFY_MERGES] = "SELECT run, frontier, run IN (SELECT id FROM history_run) FROM history_merge",
};

void history_bind_blocks(sqlite3_stmt *statement, int64_t from, int64_t to, const struct history_range *range)
{
	bool has_end = range->to != HISTORY_END && range->to != INT64_MIN;

	sqlite3_bind_int64(statement, 1, from);
	sqlite3_bind_int64(statement, 2, to);
	sqlite3_bind_int64(statement, 3, range->after);
	sqlite3_bind_int64(statement, 4, range->from);
	sqlite3_bind_int64(statement, 5, has_end ? range->to - 1 : range->to);
}

static int failed(struct history *history, struct error *error)
{
	return error_set(error, "history: %s", sqlite3_errmsg(history->database));
}

int history_create_tables(sqlite3 *database, struct error *error)
{
	if (sqlite3_exec(database, tables, NULL, NULL, NULL) != SQLITE_OK)
		return error_set(error, "history: %s", sqlite3_errmsg(database));
	return 0;
}

struct history *history_new(sqlite3 *database)
{
	struct history *history = memory_new_zeroed(1, sizeof *history);

	history->database = database;
	history->codec = history_codec_new();
	return history;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	for (size_t i = 0; i < HISTORY_SQL_COUNT; i++)
		sqlite3_finalize(history->statements[i]);
	history_encoder_free(history->encoder);
	history_codec_free(history->codec);
	history_pool_free(history->spare);
	buffer_release(&history->encoded);
	free(history);
}

void history_set_join(struct history *history, history_join_rest *join, void *context)
{
	history->join = join;
	history->join_context = context;
}

sqlite3_stmt *history_statement(struct history *history, enum history_sql which, struct error *error)
{
	sqlite3_stmt **statement = &history->statements[which];

	if (*statement) {
		sqlite3_reset(*statement);
		return *statement;
	}
	if (sqlite3_prepare_v3(history->database, texts[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) !=
	    SQLITE_OK)
		(void)failed(history, error);
	return *statement;
}

int history_step(struct history *history, sqlite3_stmt *statement, struct error *error)
{
	int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		return 1;
	if (result != SQLITE_DONE)
		(void)failed(history, error);
	sqlite3_reset(statement);
	return result == SQLITE_DONE ? 0 : -1;
}

int history_execute(struct history *history, sqlite3_stmt *statement, struct error *error)
{
	int result = history_step(history, statement, error);

	sqlite3_reset(statement);
	return result < 0 ? -1 : 0;
}

int history_list_runs(struct history *history, enum history_sql which, int64_t parameter, int64_t **runs, size_t *count,
    struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, which, error);
	size_t capacity = 0;
	int got;

	*runs = NULL;
	*count = 0;
	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, parameter);
	while ((got = history_step(history, statement, error)) > 0) {
		*runs = memory_grow(*runs, &capacity, *count + 1, sizeof **runs);
		(*runs)[(*count)++] = sqlite3_column_int64(statement, 0);
	}
	if (got < 0)
		free(*runs);
	return got;
}

int history_count_runs(struct history *history, size_t *count, struct error *error)
{
	int64_t *runs;

	if (history_list_runs(history, HISTORY_SQL_RUNS, 0, &runs, count, error) < 0)
		return -1;
	free(runs);
	return 0;
}

int history_count(struct history *history, struct history_totals *totals, struct error *error)
{
	sqlite3_stmt *statement = history_statement(history, HISTORY_SQL_TOTALS, error);

	*totals = (struct history_totals){.oldest = HISTORY_END, .newest = HISTORY_BEGIN};
	if (!statement || history_step(history, statement, error) < 0)
		return -1;
	totals->items = (uint64_t)sqlite3_column_int64(statement, 0);
	totals->bytes = (uint64_t)sqlite3_column_int64(statement, 1);
	totals->blocks = (uint64_t)sqlite3_column_int64(statement, 2);
	totals->runs = (uint64_t)sqlite3_column_int64(statement, 5);
	if (totals->blocks) {
		totals->oldest = sqlite3_column_int64(statement, 3);
		totals->newest = sqlite3_column_int64(statement, 4);
	}
	sqlite3_reset(statement);
	return 0;
}
