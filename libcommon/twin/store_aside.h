// Series of what a store remembers beside its registers: forecasts, and what was refused. Nothing of that is a state, and anybody may send ids
// and paths of any number, so neither their twins nor all of their names are kept in memory.
#ifndef TWIN_STORE_ASIDE_H
#define TWIN_STORE_ASIDE_H

#include "base/hash_map.h"
#include "twin/store_items.h"
#include "twin/twin_set.h"

struct store_aside {
	struct store_items *items;
	const struct twin_set *set;
	struct hash_map names; // of the series asked for lately
	uint32_t *numbers;     // of these
	size_t capacity;
	size_t size; // bytes of names
	struct buffer name;
	sqlite3_stmt *find, *add;
};

// Borrowed. The set holds the twins that have numbers already, also those that are not in the store yet.
void store_aside_init(struct store_aside *aside, struct store_items *items, const struct twin_set *set);
void store_aside_release(struct store_aside *aside);

// The number of a series. *last_number: the largest number of a twin; grows when the twin is new, which the store then has with an empty
// state.
int store_aside_series(struct store_aside *aside, struct slice entity_id, int kind, struct slice path,
    int64_t *last_number, uint32_t *number, struct error *error) __attribute__((warn_unused_result));

#endif
