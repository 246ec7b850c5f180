// A patch put into a store: what it sets enters as records do, remembered in the history, all in one transaction.
#ifndef TWIN_PATCH_STORE_H
#define TWIN_PATCH_STORE_H

#include "twin/store.h"
#include "twin/store_twins.h"
#include "twin/twin_patch.h"

// Begin, put for each twin, end. What has not been committed has never happened.
struct patch_store {
	struct store *store;
	struct twin_patch *patch;
	struct twin_set set;
	struct store_twins *twins;
	struct record_scanner scanner;
	struct assignments said;
	struct arena arena;
	struct buffer line;
};

// store: open for writing. -1 with error.
int patch_store_begin(struct patch_store *into, struct store *store, struct twin_patch *patch, struct error *error)
    __attribute__((warn_unused_result));

// The items are all of one entity. 1 when they are in, 0 when something was refused, -1 with error.
int patch_store_put(struct patch_store *into, struct slice entity_id, const struct patch_item *items, size_t count,
    struct error *error) __attribute__((warn_unused_result));

// keep: commits. Release it in any case, once it has begun.
int patch_store_end(struct patch_store *into, bool keep, struct error *error) __attribute__((warn_unused_result));
void patch_store_release(struct patch_store *into);

#endif
