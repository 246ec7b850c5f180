// The answers of a thing to one command, as they come into a store. They are looked for among all that was appended to the history since the last
// look, since a reading with an ack may have lost its place in the state to the next one, or never have had one there. A store that keeps no
// history shows those of the state.
#ifndef TWIN_DESIRE_ACKS_H
#define TWIN_DESIRE_ACKS_H

#include "twin/ack.h"
#include "twin/desire_store.h"
#include "twin/store_series.h"

struct desire_acks {
	struct desire_store *stored;
	struct slice command_id;
	int64_t since;    // event time of the command
	int64_t revision; // of the store, up to which all has been looked at
	bool has_looked;
	struct store_series_list series; // the twin's properties
	sqlite3_stmt *list;
	struct value_tree tree;
	struct ack ack;
	void (*found)(
	    void *context, struct slice path, const struct ack *ack); // each answer, with its reading's property
	void *context;
};

// After desire_store_put; borrows it and the command.
void desire_acks_init(struct desire_acks *acks, struct desire_store *stored, const struct desire *desire,
    void (*found)(void *context, struct slice path, const struct ack *ack), void *context);
void desire_acks_release(struct desire_acks *acks);

// Tells the answers that have come since the last call, within store_look and after desire_store_look. One may be told again.
int desire_acks_look(struct desire_acks *acks, struct error *error) __attribute__((warn_unused_result));

#endif
