#include "twin/store_schema.h"

#include <time.h>

#include "base/buffer.h"
#include "base/timestamp.h"
#include "twin/history.h"

// "twin" in a SQLite file's header.
#define APPLICATION_ID 0x7477696e

// KiB, negative as SQLite wants it: with less, the states of some ten thousand twins are read again in each commit.
#define CACHE -32768

#define TEXT_OF(number) #number
#define TEXT(macro)     TEXT_OF(macro)

// A twin's state may be several lines: of one that is gone, its deletes.
#define STATE_LINES "twins, json_each('[' || replace(twins.state, char(10), ',') || ']') AS line"

static const char tables[] = "CREATE TABLE store ("
			     " commits INTEGER NOT NULL,"  // every one counts, also those that store nothing
			     " revision INTEGER NOT NULL," // records stored
			     " clock INTEGER,"             // newest event time, nanoseconds since 1970
			     " events_told INTEGER,"       // up to this event time events have come out
			     " history INTEGER NOT NULL,"  // 1 when records are remembered
			     " id TEXT NOT NULL);"         // drawn when it was made
			     "CREATE TABLE twins ("
			     " id INTEGER PRIMARY KEY,"
			     " entity_id TEXT NOT NULL UNIQUE,"
			     " timestamp TEXT,"            // as in the state
			     " revision INTEGER NOT NULL," // of the record that last changed it
			     " state TEXT NOT NULL);"
			     "CREATE TABLE series (" // what the history calls by number
			     " id INTEGER PRIMARY KEY,"
			     " twin INTEGER NOT NULL REFERENCES twins(id),"
			     " kind INTEGER NOT NULL," // store_series.h
			     " path TEXT NOT NULL,"
			     " UNIQUE (twin, kind, path));"
			     "CREATE TABLE models ("
			     " id INTEGER PRIMARY KEY," // the largest is the one in use
			     " name TEXT NOT NULL,"
			     " revision INTEGER NOT NULL," // of the store when it came into use
			     " model TEXT NOT NULL);"
			     "CREATE TABLE horizons ("     // what --retain has removed from the history
			     " property TEXT PRIMARY KEY," // a glob; '*' for all that no other one speaks of
			     " before TEXT NOT NULL) WITHOUT ROWID;"
			     "CREATE TABLE sources ("
			     " device INTEGER NOT NULL,"
			     " inode INTEGER NOT NULL,"
			     " path TEXT NOT NULL,"
			     " position INTEGER NOT NULL," // bytes up to the end of the last whole line taken
			     " head_length INTEGER NOT NULL,"
			     " head_hash INTEGER NOT NULL,"
			     " revision INTEGER NOT NULL,"
			     " PRIMARY KEY (device, inode)) WITHOUT ROWID;";

static const char views[] =
    "CREATE VIEW properties AS"
    " SELECT twins.entity_id AS entity_id, item.key AS property, item.value ->> 'timestamp' AS timestamp,"
    "  item.value ->> 'quality' AS quality, item.value ->> 'unit' AS unit, item.value ->> 'sensor_id' AS sensor_id,"
    "  item.value ->> 'deleted' AS deleted"
    " FROM " STATE_LINES ", json_each(line.value, '$.metadata') AS item WHERE substr(item.key, 1, 1) <> '/';"
    "CREATE VIEW desired AS"
    " SELECT twins.entity_id AS entity_id, item.key AS property, item.value ->> 'timestamp' AS timestamp,"
    "  item.value ->> 'command_id' AS command_id, item.value ->> 'deadline' AS deadline,"
    "  item.value ->> 'deleted' AS withdrawn"
    " FROM " STATE_LINES ", json_each(line.value, '$.desired_metadata') AS item;"
    "CREATE VIEW tombstones AS"
    " SELECT twins.entity_id AS entity_id, NULL AS property, line.value ->> 'deleted' AS timestamp"
    " FROM " STATE_LINES " WHERE line.value ->> 'deleted' IS NOT NULL"
    " UNION ALL SELECT twins.entity_id, line.value ->> 'property', line.value ->> 'timestamp'"
    " FROM " STATE_LINES " WHERE line.value ->> 'type' = 'deleted'"
    " UNION ALL SELECT entity_id, property, timestamp FROM properties WHERE deleted;"
    "CREATE VIEW events AS"
    " SELECT twins.entity_id AS entity_id, item.value ->> 'timestamp' AS timestamp, kind.key AS event,"
    "  item.key AS property, item.value ->> 'severity' AS severity, item.value ->> 'message' AS message,"
    "  item.value AS record"
    " FROM " STATE_LINES ", json_each(line.value, '$.computed_metrics.events') AS kind, json_each(kind.value) AS item;"
    "CREATE VIEW predictions AS"
    " SELECT twins.entity_id AS entity_id, item.value ->> 'timestamp' AS timestamp, item.key AS method,"
    "  item.value AS record"
    " FROM " STATE_LINES ", json_each(line.value, '$.computed_metrics.predictions') AS item;"
    "CREATE VIEW history AS"
    " SELECT run.id AS run, run.level AS level, block.id AS block, block.items AS items,"
    "  first.entity_id AS first_entity_id, from_series.path AS first_path,"
    "  strftime('%Y-%m-%dT%H:%M:%SZ', block.timestamp / 1000000000, 'unixepoch') AS first_timestamp,"
    "  last.entity_id AS last_entity_id, to_series.path AS last_path,"
    "  strftime('%Y-%m-%dT%H:%M:%SZ', block.last_timestamp / 1000000000, 'unixepoch') AS last_timestamp,"
    "  block.bytes AS bytes"
    " FROM history_block AS block JOIN history_run AS run ON run.id = block.run"
    " JOIN series AS from_series ON from_series.id = block.series JOIN twins AS first ON first.id = from_series.twin"
    " JOIN series AS to_series ON to_series.id = block.last_series JOIN twins AS last ON last.id = to_series.twin;";

static int ask_number(struct store *store, const char *sql, int64_t *number, struct error *error)
{
	sqlite3_stmt *statement = NULL;

	if (store_prepare(store, &statement, sql, error))
		return -1;
	int row = store_step(store, statement, error);

	if (row > 0)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return row < 0 ? -1 : 0;
}

// -1 with error when it is something that we may not touch.
static int check_marks(struct store *store, bool *is_empty, struct error *error)
{
	int64_t application = 0, format = 0, things = 0;

	if (ask_number(store, "PRAGMA application_id", &application, error) ||
	    ask_number(store, "PRAGMA user_version", &format, error) ||
	    ask_number(store, "SELECT count(*) FROM sqlite_schema", &things, error))
		return -1;
	*is_empty = !application && !format && !things;
	if (*is_empty)
		return 0;
	if (application != APPLICATION_ID)
		return error_set(error, "'%s' is not a store", store->path);
	if (format > STORE_FORMAT)
		return error_set(error,
		    "store '%s' has format %lld, and this program knows none above %d: use a newer twin-sync",
		    store->path, (long long)format, STORE_FORMAT);
	return 0;
}

// Changing over to a log needs the file for itself for a moment; SQLite does not ask the busy handler then.
static int use_log(struct store *store, struct error *error)
{
	for (int64_t waited = 0;; waited += NANOSECONDS_PER_SECOND / 1000) {
		if (store_execute(store, "PRAGMA journal_mode = WAL", error) == 0)
			return 0;
		if ((sqlite3_errcode(store->database) & 0xff) != SQLITE_BUSY || waited >= store->lock_wait)
			return -1;
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
}

static int make(struct store *store, struct error *error)
{
	struct buffer sql = BUFFER_INIT;

	buffer_append_string(&sql, tables);
	buffer_append_string(&sql, views);
	buffer_printf(&sql,
	    "INSERT INTO store VALUES (0, 0, NULL, NULL, %d, lower(hex(randomblob(16))));"
	    "PRAGMA application_id = %d; PRAGMA user_version = " TEXT(STORE_FORMAT) ";",
	    store->has_history, APPLICATION_ID);
	int failed = history_create_tables(store->database, error) || store_execute(store, buffer_string(&sql), error);

	buffer_release(&sql);
	return failed ? -1 : 0;
}

// Two programs may come to make the same store at once: the second finds it made.
static int make_once(struct store *store, struct error *error)
{
	bool is_empty;

	if (store_execute(store, "PRAGMA page_size = 8192", error) || use_log(store, error) ||
	    store_execute(store, "BEGIN IMMEDIATE", error))
		return -1;
	store->in_transaction = true;
	if (check_marks(store, &is_empty, error) || (is_empty && make(store, error)) ||
	    store_execute(store, "COMMIT", error))
		return -1;
	store->in_transaction = false;
	store->is_new = is_empty;
	return 0;
}

// All marks as of one instant: another program may be making the store.
static int look_at_marks(struct store *store, bool *is_empty, struct error *error)
{
	if (store_execute(store, "BEGIN", error))
		return -1;
	store->in_transaction = true;
	int failed = check_marks(store, is_empty, error);

	store_rollback(store);
	return failed;
}

int store_schema_open(struct store *store, enum store_mode mode, struct error *error)
{
	bool is_empty;

	if (look_at_marks(store, &is_empty, error))
		return -1;
	if (is_empty && mode != STORE_CREATE)
		return error_set(error, "'%s' is not a store", store->path);
	if (mode == STORE_READ)
		return 0;
	if (sqlite3_db_readonly(store->database, "main"))
		return error_set(error, "store '%s' cannot be written: it is read-only", store->path);
	if (is_empty && make_once(store, error))
		return -1;
	return store_execute(store, "PRAGMA synchronous = FULL; PRAGMA cache_size = " TEXT(CACHE), error);
}
