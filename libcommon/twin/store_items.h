// What a run adds to a store's history: items are gathered until there are enough for a run of the history, at the latest until the commit.
#ifndef TWIN_STORE_ITEMS_H
#define TWIN_STORE_ITEMS_H

#include "base/arena.h"
#include "record/record.h"
#include "twin/assignment.h"
#include "twin/history.h"
#include "twin/history_block.h"
#include "twin/store.h"
#include "twin/store_rest.h"
#include "twin/store_series.h"

// Units, sensors and files are said again and again.
#define STORE_TEXTS_KNOWN 256

struct store_items {
	struct store *store;
	struct history *history; // NULL where the store keeps none
	struct history_row *rows;
	size_t count, capacity;
	size_t appended; // of this transaction
	struct arena texts;
	struct slice known[STORE_TEXTS_KNOWN]; // some that are in it
	struct buffer scratch;
	bool has_received; // the record in hand: when it came,
	int64_t received;
	struct store_rest_common common; // and what all of its assignments say
	sqlite3_stmt *find_series, *add_series;
};

void store_items_init(struct store_items *items, struct store *store);
void store_items_release(struct store_items *items);

// The number of a series, a new one if it has none. twin: the number of its twin; is_new: the twin was made in this transaction.
int store_items_series(struct store_items *items, int64_t twin, int kind, struct slice path, uint32_t *number,
    struct error *error) __attribute__((warn_unused_result));

// Before the assignments of a record, of which there are `count`. received: where the record does not
// say, NULL for not known.
void store_items_record(struct store_items *items, const struct record *record, const int64_t *received, size_t count);

// One assignment of the record, as the record says it: `quality` is that of the record, whatever a model makes of it. refused: why it was, or
// empty.
int store_items_add(struct store_items *items, uint32_t series, const struct assignment *item, double quality,
    struct slice refused, struct error *error) __attribute__((warn_unused_result));

// A reading without ack, metadata and members of no meaning whose value is no container.
int store_items_add_plain(struct store_items *items, uint32_t series, const struct record *record, struct error *error)
    __attribute__((warn_unused_result));

// Before each commit.
int store_items_commit(struct store_items *items, struct error *error) __attribute__((warn_unused_result));

#endif
