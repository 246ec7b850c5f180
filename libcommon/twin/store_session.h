// A run of twin-sync on a store: which transaction each record is in, when that is committed, and that no output leaves before.
//
// A transaction begins with the first record that is not in one and ends with a commit: after so many records, and when the next read
// would wait, the latter only some time after the commit before, since a commit waits for the disk. From its first record to its commit
// other writers wait.
#ifndef TWIN_STORE_SESSION_H
#define TWIN_STORE_SESSION_H

#include "record/record_streams.h"
#include "twin/store.h"
#include "twin/store_sources.h"
#include "twin/sync.h"

struct store_options {
	const char *path;
	const char *commit; // N, DUR or `eof`; NULL for the usual
	int64_t lock_wait;  // nanoseconds
	bool resume;
	bool no_history;
};

struct store_session {
	struct store store;
	struct store_sources sources;
	struct sync *sync;
	struct record_streams *streams;
	uint64_t records_max; // of a transaction
	int64_t time_between; // commits, when the next read would wait; INT64_MAX for never
	bool by_time;         // and also when it would not
	uint64_t records;     // of this transaction
	int64_t last_commit;  // on the monotonic clock
	size_t told;          // operands of which has been told how they were found
	bool has_failed;
	bool quiet;
};

// Opens the store and looks up the operands. What --model and the like say is the caller's to look after before the start.
int store_session_open(struct store_session *session, const struct store_options *options, char *const *operands,
    size_t count, struct error *error) __attribute__((warn_unused_result));
void store_session_release(struct store_session *session);

// Before and after each record that goes into sync: begins a transaction where none is, and commits it when it is large enough. -1 when the store fails.
int store_session_begin(struct store_session *session, struct error *error) __attribute__((warn_unused_result));
int store_session_record(struct store_session *session, struct error *error) __attribute__((warn_unused_result));

// When the next wait for input has to end for a commit, on the monotonic clock; READER_NO_DEADLINE for never.
int64_t store_session_deadline(const struct store_session *session);

// The input is silent: commits if it is time.
int store_session_silent(struct store_session *session, struct error *error) __attribute__((warn_unused_result));

// The end of the input, while the reader is still there: commits what is left, with the events that are due by then.
int store_session_end(struct store_session *session, struct error *error) __attribute__((warn_unused_result));

// Nothing more is to be stored: gives up what is not committed, with the outputs that speak of it.
void store_session_abandon(struct store_session *session);

#endif
