// A store: twins and all that was ever said of them in one SQLite file, which outlives the programs that write it. twin-store(5) tells what its
// tables hold and what is promised.
//
// Everything is written in transactions. A writer takes its turn with store_begin, which waits for other writers, and gives it back with
// store_commit; what is not committed has never happened. Readers do not wait for them and make nobody wait (write-ahead log);
// only while the last program closes the store, or the first one after a crash opens it, they do, for lock_wait too.
//
// Functions that return -1 fill error; the transaction, if there was one, is the caller's to give up with store_rollback.
#ifndef TWIN_STORE_H
#define TWIN_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "base/slice.h"

#define STORE_FORMAT 1

// How long to wait for other writers where nobody says, in nanoseconds.
#define STORE_LOCK_WAIT (INT64_C(60) * 1000000000)

struct store {
	sqlite3 *database;
	char *path;
	char id[33];       // hexadecimal, drawn when the store was made: another store has another one
	int64_t lock_wait; // nanoseconds to wait for others
	int64_t waiting_since;
	bool in_transaction;
	bool is_new;    // this open has made it
	bool is_frozen; // read where nothing can be written, not even the lock of a reader: see store_still
	struct timespec frozen_at;
	bool has_history;  // records are remembered, not just the state that they made
	uint64_t commits;  // by anybody
	uint64_t revision; // records stored, by anybody
	bool has_clock;
	int64_t clock;       // newest event time of all readings and deletes
	int64_t events_told; // event time up to which events have come out; INT64_MIN for none
	bool has_twins;
	sqlite3_stmt *get_values, *put_values;
};

enum store_mode {
	STORE_CREATE, // or open one that is there
	STORE_WRITE,  // one that is there
	STORE_READ,   // the same, without ever writing to it
};

// lock_wait: how long to wait for other writers, in nanoseconds. has_history counts where the store is made.
int store_open(struct store *store, const char *path, enum store_mode mode, int64_t lock_wait, bool has_history,
    struct error *error) __attribute__((warn_unused_result));

// A store that lies where its reader may write nothing (on a read-only disk, in somebody else's folder) and that no program has in use is read
// as if it could not change. 0 when it has not changed since, -1 with error when it has and what was read of it may be wrong.
int store_still(const struct store *store, struct error *error) __attribute__((warn_unused_result));

// Gives up what is not committed.
void store_close(struct store *store);

// Takes the writers' turn. 1 when somebody else has written since this store was opened or last committed (what was read before may be
// out of date), 0 when nobody has, -1.
int store_begin(struct store *store, struct error *error) __attribute__((warn_unused_result));

// One look at the store: until store_rollback all that is read is as of one commit. 1 when somebody has written since the last look, 0, -1.
int store_look(struct store *store, struct error *error) __attribute__((warn_unused_result));

// Makes all since store_begin last, with the members from revision on.
int store_commit(struct store *store, struct error *error) __attribute__((warn_unused_result));
void store_rollback(struct store *store);

// For what works on the store's tables.

// A statement for as long as the store is open, made at its first use and finalized by the caller.
int store_prepare(struct store *store, sqlite3_stmt **statement, const char *sql, struct error *error)
    __attribute__((warn_unused_result));

// 1 and a row, 0 at the end, -1. Behind the end or a failure the statement is reset.
int store_step(struct store *store, sqlite3_stmt *statement, struct error *error) __attribute__((warn_unused_result));

// One or more statements without parameters or rows.
int store_execute(struct store *store, const char *sql, struct error *error) __attribute__((warn_unused_result));

// Borrowed until the statement is stepped on. Empty for NULL.
struct slice store_text(sqlite3_stmt *statement, int column);

// Borrowed until the statement is reset: bind again before each use.
void store_bind_text(sqlite3_stmt *statement, int at, struct slice text);

// -1 with error from what SQLite says went wrong last.
int store_failure(const struct store *store, struct error *error);

#endif
