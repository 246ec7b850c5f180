// Twins of a store in memory, made anew from its history: as they are, or as they were.
#ifndef TWIN_STORE_FOLD_H
#define TWIN_STORE_FOLD_H

#include "twin/history.h"
#include "twin/model.h"
#include "twin/store_series.h"
#include "twin/twin_set.h"

// How much of the history counts. All of it: STORE_ALWAYS.
struct store_instant {
	int64_t at;       // event times up to this one
	int64_t known_at; // records received up to then, and those of which nobody knows
	int64_t revision; // records stored up to this one,
	int64_t after;    // and after this one
};

#define STORE_ALWAYS ((struct store_instant){INT64_MAX, INT64_MAX, INT64_MAX, 0})

struct store_fold {
	struct store *store;
	const struct model *model;
	struct history *history;
	struct twin_set set;
	struct store_series_list series;
	struct value_tree tree;  // of the assignment made last
	struct store_held *held; // by series->watch - 1 and twin->watch - 1: which revisions its registers are of
	size_t held_count, held_capacity;
	uint64_t undated;  // items that counted without saying when they were received, while known_at asked for it
	int64_t *horizons; // by place in series: see store_horizons.h; NULL where nothing has been forgotten
	// An item that counted before its horizon was left out: another one, which it beat, may have been forgotten.
	bool has_gap;
	int64_t gap; // that horizon
};

// Reads the names of the chosen series (NULL: of all), in the caller's transaction. -1 with error also when the store keeps no history; release
// it either way.
int store_fold_open(struct store_fold *fold, struct store *store, const struct model *model,
    const struct store_series_choice *choice, struct error *error) __attribute__((warn_unused_result));
void store_fold_release(struct store_fold *fold);

// Puts the history of these series into the set, whose twins then have the revision of the record that last changed them. instant: NULL for all.
// -1 with error also when what was so at that instant has been forgotten.
int store_fold_history(struct store_fold *fold, const struct store_instant *instant, struct error *error)
    __attribute__((warn_unused_result));

// The parts of that, for who reads the series in another way. First: -1 with error when the question reaches back behind what is remembered of
// them.
int store_fold_begin(struct store_fold *fold, const struct store_instant *instant, struct error *error)
    __attribute__((warn_unused_result));

// Whether an item of theirs was known and stored by then.
bool store_fold_counts(struct store_fold *fold, const struct store_instant *instant, const struct history_item *item);

// Last: -1 with error when something that did not count may have beaten what has been forgotten.
int store_fold_end(const struct store_fold *fold, struct error *error) __attribute__((warn_unused_result));

// An item as an assignment under the model, valid until the next one. False when it is none (a forecast or refused, or not of these series).
bool store_fold_assignment(struct store_fold *fold, const struct history_item *item, struct assignment *assignment);

// An item of a register's series, taken or refused, as the assignment that it was, without its hash and what a model says of it. The texts are
// the item's and the series'; the tree is scratch.
void store_item_assignment(const struct store_series *series, const struct history_item *item, struct value_tree *tree,
    struct assignment *assignment);

#endif
