// Reading what a store keeps of a twin's state: the records that make it are folded into a set, so that reading again joins.
#ifndef TWIN_STORE_STATE_H
#define TWIN_STORE_STATE_H

#include "record/record.h"
#include "twin/assignment.h"
#include "twin/model.h"
#include "twin/store.h"
#include "twin/twin_set.h"

struct store_state {
	const struct store *store;
	struct twin_set *set;
	const struct model *model;
	struct record_scanner scanner;
	struct assignments assignments;
	struct arena arena;
	struct buffer text;
};

// All borrowed.
void store_state_init(
    struct store_state *state, const struct store *store, struct twin_set *set, const struct model *model);
void store_state_release(struct store_state *state);

// text: the column `state`, one or more lines. -1 with error when it is damaged.
int store_state_join(struct store_state *state, struct slice text, struct error *error)
    __attribute__((warn_unused_result));

#endif
