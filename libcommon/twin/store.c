#include "twin/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/monotonic.h"
#include "twin/store_schema.h"

// A waiting writer looks again so often: other writers leave no longer gaps.
#define LOOK_AGAIN INT64_C(500000)

// A checkpoint each so many pages of log: it syncs the file, which a commit of a large input should not have to do each time.
#define LOG_PAGES 8192

static int on_busy(void *context, int count)
{
	struct store *store = context;
	int64_t now = monotonic_now();

	if (count == 0)
		store->waiting_since = now;
	if (now - store->waiting_since >= store->lock_wait)
		return 0;
	nanosleep(&(struct timespec){.tv_nsec = LOOK_AGAIN}, NULL);
	return 1;
}

int store_failure(const struct store *store, struct error *error)
{
	int code = sqlite3_errcode(store->database), number = sqlite3_system_errno(store->database);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(error, "store '%s' is locked by another program", store->path);
	case SQLITE_NOTADB:
		return error_set(error, "'%s' is not a store", store->path);
	case SQLITE_FULL:
		return error_set(error, "cannot write store '%s': No space left on device", store->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return error_set(error, "store '%s' cannot be written: it is read-only", store->path);
	case SQLITE_CORRUPT:
		return error_set(error, "store '%s' is damaged: %s", store->path, sqlite3_errmsg(store->database));
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		errno = number;
		if (number)
			return error_set_errno(
			    error, "cannot %s store '%s'", (code & 0xff) == SQLITE_IOERR ? "use" : "open", store->path);
		break;
	default:
		break;
	}
	return error_set(error, "store '%s': %s", store->path, sqlite3_errmsg(store->database));
}

int store_prepare(struct store *store, sqlite3_stmt **statement, const char *sql, struct error *error)
{
	if (*statement)
		return 0;
	if (sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK)
		return 0;
	return store_failure(store, error);
}

int store_step(struct store *store, sqlite3_stmt *statement, struct error *error)
{
	int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		return 1;
	int failed = result == SQLITE_DONE ? 0 : store_failure(store, error);

	sqlite3_reset(statement);
	return failed;
}

int store_execute(struct store *store, const char *sql, struct error *error)
{
	return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_failure(store, error);
}

struct slice store_text(sqlite3_stmt *statement, int column)
{
	const char *text = sqlite3_column_blob(statement, column);

	return text ? slice_of(text, (size_t)sqlite3_column_bytes(statement, column)) : SLICE_EMPTY;
}

void store_bind_text(sqlite3_stmt *statement, int at, struct slice text)
{
	sqlite3_bind_text64(statement, at, text.length ? text.data : "", text.length, SQLITE_STATIC, SQLITE_UTF8);
}

#define GET_VALUES "SELECT commits, revision, clock, events_told, history, EXISTS (SELECT 1 FROM twins), id FROM store"

static int read_values(struct store *store, struct error *error)
{
	if (store_prepare(store, &store->get_values, GET_VALUES, error))
		return -1;
	int row = store_step(store, store->get_values, error);

	if (row <= 0)
		return row < 0 ? -1 : error_set(error, "store '%s' is damaged: it has lost its counts", store->path);
	store->commits = (uint64_t)sqlite3_column_int64(store->get_values, 0);
	store->revision = (uint64_t)sqlite3_column_int64(store->get_values, 1);
	store->has_clock = sqlite3_column_type(store->get_values, 2) != SQLITE_NULL;
	store->clock = sqlite3_column_int64(store->get_values, 2);
	store->events_told = sqlite3_column_type(store->get_values, 3) == SQLITE_NULL
	    ? INT64_MIN
	    : sqlite3_column_int64(store->get_values, 3);
	store->has_history = sqlite3_column_int(store->get_values, 4);
	store->has_twins = sqlite3_column_int(store->get_values, 5);
	snprintf(store->id, sizeof store->id, "%s", (const char *)sqlite3_column_text(store->get_values, 6));
	sqlite3_reset(store->get_values);
	return 0;
}

static int write_values(struct store *store, struct error *error)
{
	sqlite3_stmt *put;

	if (store_prepare(store, &store->put_values,
		"UPDATE store SET commits = ?1, revision = ?2, clock = ?3, events_told = ?4", error))
		return -1;
	put = store->put_values;
	sqlite3_bind_int64(put, 1, (int64_t)store->commits + 1);
	sqlite3_bind_int64(put, 2, (int64_t)store->revision);
	if (store->has_clock)
		sqlite3_bind_int64(put, 3, store->clock);
	else
		sqlite3_bind_null(put, 3);
	if (store->events_told != INT64_MIN)
		sqlite3_bind_int64(put, 4, store->events_told);
	else
		sqlite3_bind_null(put, 4);
	return store_step(store, put, error);
}

// "file:" and the path with what means something in it written as %XX.
static void append_uri(struct buffer *out, const char *path)
{
	buffer_append_string(out, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buffer_printf(out, "%%%02X", (unsigned char)*path);
		else
			buffer_append_char(out, *path);
	}
	buffer_append_string(out, "?immutable=1");
}

static bool is_in_use(const char *path)
{
	struct buffer log = BUFFER_INIT;

	buffer_append_string(&log, path);
	buffer_append_string(&log, "-wal");
	bool there = access(buffer_string(&log), F_OK) == 0;

	buffer_release(&log);
	return there;
}

// A reader of a log locks it in a file beside the store, which it may not be able to make.
static int freeze(struct store *store)
{
	sqlite3_busy_handler(store->database, on_busy, store);
	int code =
	    sqlite3_exec(store->database, "PRAGMA query_only = 1; SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);
	struct stat file;

	if (((code & 0xff) != SQLITE_READONLY && (code & 0xff) != SQLITE_CANTOPEN) || is_in_use(store->path) ||
	    stat(store->path, &file))
		return SQLITE_OK;
	struct buffer uri = BUFFER_INIT;

	append_uri(&uri, store->path);
	sqlite3_close(store->database);
	store->database = NULL;
	store->is_frozen = true;
	store->frozen_at = file.st_mtim;
	code = sqlite3_open_v2(
	    buffer_string(&uri), &store->database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	buffer_release(&uri);
	return code;
}

int store_still(const struct store *store, struct error *error)
{
	struct stat file;

	if (!store->is_frozen ||
	    (stat(store->path, &file) == 0 && file.st_mtim.tv_sec == store->frozen_at.tv_sec &&
		file.st_mtim.tv_nsec == store->frozen_at.tv_nsec && !is_in_use(store->path)))
		return 0;
	return error_set(error, "store '%s' was written to while it was read: ask again", store->path);
}

static int open_database(struct store *store, enum store_mode mode, struct error *error)
{
	static const int modes[] = {
	    [STORE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	    [STORE_WRITE] = SQLITE_OPEN_READWRITE,
	    // The last one to close the log removes it, which only a connection that may write can.
	    [STORE_READ] = SQLITE_OPEN_READWRITE,
	};
	int flags = modes[mode] | SQLITE_OPEN_NOMUTEX;
	int result = sqlite3_open_v2(store->path, &store->database, flags, NULL);

	if (result == SQLITE_OK && mode == STORE_READ)
		result = freeze(store);
	if (!store->database)
		return error_set(error, "cannot open store '%s': out of memory", store->path);
	sqlite3_extended_result_codes(store->database, 1);
	if (result != SQLITE_OK)
		return store_failure(store, error);
	sqlite3_busy_handler(store->database, on_busy, store);
	return 0;
}

int store_open(struct store *store, const char *path, enum store_mode mode, int64_t lock_wait, bool has_history,
    struct error *error)
{
	*store = (struct store){.path = memory_dup_string(path), .lock_wait = lock_wait, .has_history = has_history};
	if (open_database(store, mode, error) || store_schema_open(store, mode, error) || read_values(store, error)) {
		store_close(store);
		return -1;
	}
	sqlite3_wal_autocheckpoint(store->database, LOG_PAGES);
	return 0;
}

void store_close(struct store *store)
{
	store_rollback(store);
	sqlite3_finalize(store->get_values);
	sqlite3_finalize(store->put_values);
	sqlite3_close(store->database);
	free(store->path);
	*store = (struct store){.database = NULL};
}

int store_begin(struct store *store, struct error *error)
{
	uint64_t commits = store->commits;

	if (store_execute(store, "BEGIN IMMEDIATE", error))
		return -1;
	store->in_transaction = true;
	return read_values(store, error) ? -1 : store->commits != commits;
}

int store_look(struct store *store, struct error *error)
{
	uint64_t commits = store->commits;

	if (store_execute(store, "BEGIN", error))
		return -1;
	store->in_transaction = true;
	return read_values(store, error) ? -1 : store->commits != commits;
}

int store_commit(struct store *store, struct error *error)
{
	if (write_values(store, error) || store_execute(store, "COMMIT", error))
		return -1;
	store->in_transaction = false;
	store->commits++;
	store->has_twins = true;
	return 0;
}

void store_rollback(struct store *store)
{
	// SQLite may have rolled back by itself.
	if (store->in_transaction && !sqlite3_get_autocommit(store->database))
		sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
	store->in_transaction = false;
}
