// A desire goes into a store as twin-sync puts records there: in one transaction, folded into the twin as the store has it, and remembered in the
// history, whatever became of it.
#ifndef TWIN_DESIRE_STORE_H
#define TWIN_DESIRE_STORE_H

#include "twin/desire.h"
#include "twin/store.h"
#include "twin/store_twins.h"
#include "twin/view.h"

struct desire_store {
	struct store *store; // these two are borrowed
	const struct model *model;
	struct twin_set set;
	struct store_twins twins;
	struct status_rules rules;
	struct state_writer writer;
	struct twin_view view;
	struct twin *twin;     // once it was put
	struct buffer refused; // why which wish is not what is desired now, a line each
	struct buffer notes;   // what may be a slip, the same
};

void desire_store_init(struct desire_store *into, struct store *store, const struct model *model);
void desire_store_release(struct desire_store *into);

// received: when the desire became known. 0 when all of it is desired now, also when it was before; 1 when some of it is not, having lost against what the
// store has; -1 with error when nothing has happened.
int desire_store_put(struct desire_store *into, const struct desire *desire, int64_t received, struct error *error)
    __attribute__((warn_unused_result));

// The twin as the store has it now, within store_look.
int desire_store_look(struct desire_store *into, const struct desire *desire, struct error *error)
    __attribute__((warn_unused_result));

// What stands in the way of a wish in the view that was drawn last, for a person: `a desire of 2026-03-01T12:00:30Z (command c1) stands`.
void desire_store_append_winner(struct desire_store *into, struct buffer *out, const struct assignment *wish);

#endif
