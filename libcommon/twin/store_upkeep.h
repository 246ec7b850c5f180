// What is done to a whole store now and then: checking it, making its states again from its history, and making it smaller. Each works in
// transactions of bounded size where it can, so that writers have their turns.
#ifndef TWIN_STORE_UPKEEP_H
#define TWIN_STORE_UPKEEP_H

#include "twin/model.h"
#include "twin/store.h"
#include "twin/store_horizons.h"

// Makes every state again from the history, under the model, in one transaction. *changed: how many had to be written. -1 also when the store
// keeps no history.
int store_rebuild(struct store *store, const struct model *model, size_t *changed, struct error *error)
    __attribute__((warn_unused_result));

// Checks SQLite's own structures, every block of the history, and that the states are those that store_rebuild would make. Each thing that is
// wrong is told to report. 0 when there is none, 1 when there is, -1 when it cannot be read.
int store_verify(struct store *store, const struct model *model, void (*report)(void *context, const char *message),
    void *context, struct error *error) __attribute__((warn_unused_result));

// Merges the history to one run and gives free space back.
int store_compact(struct store *store, struct error *error) __attribute__((warn_unused_result));

// Removes from the history what is older than the horizon of its property, but for what still counts from there on: see store_horizons.h.
int store_retain(struct store *store, const struct model *model, const struct store_horizons *horizons,
    struct error *error) __attribute__((warn_unused_result));

#endif
