// Forgetting history that is old. What counts at some time from the horizon on stays: what a fold of all that is older than the horizon
// holds. So what stands in the way of an item, and lets it go, is an item that stays.
#include <stdlib.h>

#include "twin/store_fold.h"
#include "twin/store_horizons.h"
#include "twin/store_twins.h"
#include "twin/store_upkeep.h"

// So many items of the history are gone through between two commits.
#define ITEMS_PER_COMMIT ((size_t)1000000)

struct retaining {
	struct store_fold fold; // its set: twins as they are now
	struct store_twins twins;
	const struct store_horizons *horizons;
	int64_t *befores;       // horizons by place in fold.series
	struct twin_set before; // each series as it was just before its horizon
};

static int64_t before_of(const struct retaining *retaining, const struct store_series *series)
{
	return retaining->befores ? retaining->befores[series - retaining->fold.series.items] : INT64_MIN;
}

// Whole-twin deletes are left out of the set: they always stay, and need not have been there when another series had its horizon.
static bool put_before(struct retaining *retaining, const struct history_item *item)
{
	struct assignment assignment;

	if (!store_fold_assignment(&retaining->fold, item, &assignment) || assignment.kind == REGISTER_TOMBSTONE)
		return false;
	enum fold_outcome outcome = twin_set_put(&retaining->before, &assignment).outcome;

	return outcome == FOLD_TAKEN || outcome == FOLD_DUPLICATE;
}

// An item that was stored since the set was filled counts as soon as it is met.
static bool keep(void *context, const struct history_item *item)
{
	struct retaining *retaining = context;
	const struct store_series *series = store_series_find(&retaining->fold.series, item->series);
	struct assignment assignment;

	if (!series || item->timestamp >= before_of(retaining, series))
		return true;
	if (series->kind >= REGISTER_KINDS)
		return false;
	return !item->live || put_before(retaining, item) ||
	    (store_fold_assignment(&retaining->fold, item, &assignment) &&
		twin_set_holds(&retaining->fold.set, &assignment));
}

static int fill_range(struct retaining *retaining, const struct history_range *range, struct error *error)
{
	struct history_cursor *cursor = history_cursor_open(retaining->fold.history, range, error);
	struct history_item item;
	int found = -1;

	while (cursor && (found = history_cursor_next(cursor, &item, error)) > 0) {
		const struct store_series *series = store_series_find(&retaining->fold.series, item.series);

		if (series && item.timestamp < before_of(retaining, series))
			(void)put_before(retaining, &item);
	}
	history_cursor_close(cursor);
	return found;
}

static int64_t newest_before(const struct store_horizons *horizons)
{
	int64_t newest = INT64_MIN;

	for (size_t i = 0; i < horizons->count; i++)
		if (horizons->items[i].before > newest)
			newest = horizons->items[i].before;
	return newest;
}

// As a reader: writers need not wait for it.
static int fill_before(struct retaining *retaining, struct error *error)
{
	struct history_range range = HISTORY_EVERYTHING;

	range.to = newest_before(retaining->horizons);
	if (store_look(retaining->fold.store, error) < 0)
		return -1;
	int failed = fill_range(retaining, &range, error);

	store_rollback(retaining->fold.store);
	return failed;
}

// Takes the writers' turn with the twins as they are now.
static int begin_with_twins(struct retaining *retaining, struct error *error)
{
	int others_wrote = store_begin(retaining->fold.store, error);

	if (others_wrote <= 0)
		return others_wrote;
	return store_twins_begin(&retaining->twins, true, error) || store_twins_load_all(&retaining->twins, error) ? -1
														   : 0;
}

// Once the horizon is written it holds, also when removing what lies before it does not come to its end.
static int begin_retaining(
    struct retaining *retaining, struct store *store, const struct model *model, struct error *error)
{
	if (store_begin(store, error) < 0 || store_fold_open(&retaining->fold, store, model, NULL, error))
		return -1;
	retaining->befores = store_horizons_of(retaining->horizons, &retaining->fold.series);
	store_twins_init(&retaining->twins, store, &retaining->fold.set, model);
	return store_twins_load_all(&retaining->twins, error) ||
		store_horizons_raise(store, retaining->horizons, error) || store_commit(store, error)
	    ? -1
	    : 0;
}

static int remove_items(struct retaining *retaining, struct error *error)
{
	struct history_retention retention = {.first = 0,
	    .last = UINT32_MAX,
	    .before = newest_before(retaining->horizons),
	    .keep = keep,
	    .context = retaining};
	int more = 1;

	while (more > 0) {
		more = begin_with_twins(retaining, error)
		    ? -1
		    : history_retain(retaining->fold.history, &retention, ITEMS_PER_COMMIT, error);
		if (more >= 0 && store_commit(retaining->fold.store, error))
			more = -1;
	}
	return more;
}

int store_retain(
    struct store *store, const struct model *model, const struct store_horizons *horizons, struct error *error)
{
	struct retaining retaining = {.horizons = horizons};

	twin_set_init(&retaining.before);
	int failed = begin_retaining(&retaining, store, model, error) || fill_before(&retaining, error) ||
	    remove_items(&retaining, error);

	store_rollback(store);
	if (retaining.twins.store)
		store_twins_release(&retaining.twins);
	twin_set_release(&retaining.before);
	free(retaining.befores);
	store_fold_release(&retaining.fold);
	return failed ? -1 : 0;
}
