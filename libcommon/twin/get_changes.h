// What is new in a store since a revision of it: of each twin that has changed the registers that did, as twin-sync(1) would write them if the store's
// state of then were joined with that of now.
//
// Only what was stored since is read: a register has changed exactly when it holds what wins among the new records.
#ifndef TWIN_GET_CHANGES_H
#define TWIN_GET_CHANGES_H

#include "twin/get.h"
#include "twin/state_text.h"
#include "twin/store_state.h"
#include "twin/sync_delta.h"

struct get_changes {
	struct get *get; // its set are the twins that have changed so far
	struct state_writer writer;
	struct sync_deltas deltas;
	struct store_state states;
	sqlite3_stmt *find;
	struct series **changed;
	size_t changed_capacity;
	struct buffer text;
	int64_t after; // what has been told of
	bool has_past; // deltas may have been told before, which are not known
};

// after: the revision from which on there is something to tell.
void get_changes_init(struct get_changes *changes, struct get *get, int64_t after);
void get_changes_release(struct get_changes *changes);

// The deltas of now count as told: for whoever wants to know of new ones only. In the caller's look at the store, also below.
int get_changes_adopt(struct get_changes *changes, struct error *error) __attribute__((warn_unused_result));

// Tells what is new. 1 when no more answers are wanted, 0, or -1 with error.
int get_changes_tell(struct get_changes *changes, struct error *error) __attribute__((warn_unused_result));

#endif
