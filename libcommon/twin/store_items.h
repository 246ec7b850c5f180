// What a run adds to a store's history: items are gathered until there are enough for a run of the history, at the latest until the commit.
#ifndef TWIN_STORE_ITEMS_H
#define TWIN_STORE_ITEMS_H

#include "base/arena.h"
#include "record/record.h"
#include "twin/assignment.h"
#include "twin/history.h"
#include "twin/store.h"
#include "twin/store_series.h"

struct store_items {
	struct store *store;
	struct history *history; // NULL where the store keeps none
	struct history_item *items;
	size_t count, capacity;
	size_t appended; // of this transaction
	struct arena texts;
	struct buffer scratch;
	struct value_tree tree;
	sqlite3_stmt *find_series, *add_series;
};

void store_items_init(struct store_items *items, struct store *store);
void store_items_release(struct store_items *items);

// The number of a series, a new one if it has none. twin: the number of its twin; is_new: the twin was made in this transaction.
int store_items_series(struct store_items *items, int64_t twin, int kind, struct slice path, uint32_t *number,
    struct error *error) __attribute__((warn_unused_result));

// One assignment of the record, as the record says it: `quality` is that of the record, whatever a model makes of it. received: where the record does
// not say, NULL for not known.
int store_items_add(struct store_items *items, uint32_t series, const struct record *record,
    const struct assignment *item, double quality, const int64_t *received, struct error *error)
    __attribute__((warn_unused_result));

// A reading without ack and metadata whose value is no container.
int store_items_add_plain(struct store_items *items, uint32_t series, const struct record *record, struct error *error)
    __attribute__((warn_unused_result));

// Before each commit.
int store_items_commit(struct store_items *items, struct error *error) __attribute__((warn_unused_result));

#endif
