// The twins of a store in memory, as far as a run speaks of them: they are read when the first record of theirs comes, folded in a twin_set
// as without a store, and those that have changed are written with each commit.
//
// What is kept of a twin is its state as twin-record(5) writes it, without what is derived from it. That holds every register, so reading is
// folding that record, and joining it again after another writer's commit does no harm.
#ifndef TWIN_STORE_TWINS_H
#define TWIN_STORE_TWINS_H

#include "record/record.h"
#include "twin/model.h"
#include "twin/state_text.h"
#include "twin/store.h"
#include "twin/store_aside.h"
#include "twin/store_items.h"
#include "twin/store_state.h"
#include "twin/store_texts.h"
#include "twin/twin_set.h"

struct store_twins {
	struct store *store;
	struct twin_set *set;
	const struct model *model;
	struct store_items items;
	struct store_aside aside;
	struct twin **dirty;
	size_t dirty_count, dirty_capacity;
	struct store_texts texts;
	int64_t last_number; // of a twin
	bool has_last_number;
	struct store_state states;
	sqlite3_stmt *find, *change, *put, *all;
	// Told of each twin that has been read, when it stands in the set. May be NULL.
	void (*loaded)(void *context, struct twin *twin);
	void *context;
};

// The set must be empty. Everything is borrowed.
void store_twins_init(struct store_twins *twins, struct store *store, struct twin_set *set, const struct model *model);
void store_twins_release(struct store_twins *twins);

// After store_begin: its result says whether somebody else has written.
int store_twins_begin(struct store_twins *twins, bool others_wrote, struct error *error)
    __attribute__((warn_unused_result));

// Reads every twin that is not in memory.
int store_twins_load_all(struct store_twins *twins, struct error *error) __attribute__((warn_unused_result));

// Sees to it that the twin is in the set as it is in the store, and has a number.
int store_twins_touch(struct store_twins *twins, struct slice entity_id, struct twin **twin, struct error *error)
    __attribute__((warn_unused_result));

// The record makes this the revision.
void store_twins_changed(struct store_twins *twins, struct twin *twin);

// Before what the assignments of a record say is remembered: see store_items_record.
void store_twins_record(struct store_twins *twins, const struct record *record, const int64_t *received, size_t count);

// What the record said goes into the history, whatever became of it: the twin that touch gave, the series of twin_set_put, quality as in
// store_items.h.
int store_twins_remember(struct store_twins *twins, struct twin *twin, struct series *series,
    const struct assignment *item, double quality, struct error *error) __attribute__((warn_unused_result));

// The same for what was refused and may never become state.
int store_twins_refuse(struct store_twins *twins, const struct assignment *item, double quality, struct slice reason,
    struct error *error) __attribute__((warn_unused_result));

// The same for a reading that twin_set_take_newer has taken.
int store_twins_took(struct store_twins *twins, struct series *series, const struct record *record, struct error *error)
    __attribute__((warn_unused_result));

// A forecast says nothing of a twin's state and is remembered only. 1 when the record was one, 0 when it is something else, -1.
int store_twins_forecast(struct store_twins *twins, const struct record *record, const int64_t *received,
    struct error *error) __attribute__((warn_unused_result));

// Writes what has changed, before store_commit.
int store_twins_save(struct store_twins *twins, struct state_writer *writer, struct error *error)
    __attribute__((warn_unused_result));

#endif
