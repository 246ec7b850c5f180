// All twins of a store in memory at once, made from its states or anew from its history.
#ifndef TWIN_STORE_FOLD_H
#define TWIN_STORE_FOLD_H

#include "base/arena.h"
#include "twin/history.h"
#include "twin/model.h"
#include "twin/store.h"
#include "twin/twin_set.h"

struct store_series {
	struct slice entity_id; // NULL data where there is no such series
	struct slice path;
	int kind;
};

struct store_fold {
	struct store *store;
	const struct model *model;
	struct history *history;
	struct twin_set set;
	struct store_series *series; // by number
	size_t series_count;
	struct arena names;
	struct value_tree tree; // of the assignment made last
};

// Reads the names of all series, in the caller's transaction. -1 with error also when the store keeps no history; release it either way.
int store_fold_open(struct store_fold *fold, struct store *store, const struct model *model, struct error *error)
    __attribute__((warn_unused_result));
void store_fold_release(struct store_fold *fold);

// Puts all of the history into the set.
int store_fold_history(struct store_fold *fold, struct error *error) __attribute__((warn_unused_result));

// An item as an assignment under the model, valid until the next one. False when it is none (a forecast).
bool store_fold_assignment(struct store_fold *fold, const struct history_item *item, struct assignment *assignment);

#endif
