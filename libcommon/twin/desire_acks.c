#include "twin/desire_acks.h"

#include "base/memory.h"
#include "twin/history.h"
#include "twin/store_rest.h"

void desire_acks_init(struct desire_acks *acks, struct desire_store *stored, const struct desire *desire,
    void (*found)(void *context, struct slice path, const struct ack *ack), void *context)
{
	*acks = (struct desire_acks){
	    .stored = stored,
	    .command_id = desire->command_id,
	    .since = desire->timestamp,
	    .revision = (int64_t)stored->store->revision,
	    .found = found,
	    .context = context,
	};
}

void desire_acks_release(struct desire_acks *acks)
{
	sqlite3_finalize(acks->list);
	store_series_release(&acks->series);
	value_tree_release(&acks->tree);
	ack_release(&acks->ack);
}

static void tell(struct desire_acks *acks, struct slice path, struct slice text)
{
	if (ack_read(&acks->ack, text) && slice_equal(acks->ack.command_id, acks->command_id))
		acks->found(acks->context, path, &acks->ack);
}

static int list_properties(struct desire_acks *acks, struct error *error)
{
	struct store *store = acks->stored->store;
	struct store_series_list *series = &acks->series;
	int row;

	if (store_prepare(store, &acks->list,
		"SELECT id, path FROM series WHERE twin = ?1 AND kind IN (?2, ?3) ORDER BY id", error))
		return -1;
	store_series_release(series);
	sqlite3_bind_int64(acks->list, 1, acks->stored->twin->number);
	sqlite3_bind_int(acks->list, 2, REGISTER_REPORTED);
	sqlite3_bind_int(acks->list, 3, REGISTER_REPORTED + SERIES_REFUSED);
	while ((row = store_step(store, acks->list, error)) > 0) {
		series->items = memory_grow(series->items, &series->capacity, series->count + 1, sizeof *series->items);
		series->items[series->count++] = (struct store_series){
		    .number = (uint32_t)sqlite3_column_int64(acks->list, 0),
		    .kind = REGISTER_REPORTED,
		    .path = arena_dup(&series->names, store_text(acks->list, 1)),
		};
	}
	store_series_complete(series);
	return row;
}

static int read_range(struct desire_acks *acks, const struct history_range *range, struct error *error)
{
	struct history_cursor *cursor = history_cursor_open(acks->stored->twins.items.history, range, error);
	struct history_item item;
	struct store_rest rest;
	int got = -1;

	while (cursor && (got = history_cursor_next(cursor, &item, error)) > 0) {
		const struct store_series *series = store_series_find(&acks->series, item.series);

		if (!series || !item.rest.length)
			continue;
		store_rest_parse(item.rest, &acks->tree, &rest);
		tell(acks, series->path, rest.ack);
	}
	history_cursor_close(cursor);
	return got;
}

// from: of event time; after: of revisions.
static int read_properties(struct desire_acks *acks, int64_t from, int64_t after, struct error *error)
{
	if (!acks->series.count)
		return 0;
	struct history_range range = store_series_range(&acks->series);

	range.from = from;
	range.after = after;
	return read_range(acks, &range, error);
}

// What a thing answers bears its own time, which may be wrong: among what is new all times count.
static int look_into_history(struct desire_acks *acks, struct error *error)
{
	if (list_properties(acks, error) || read_properties(acks, HISTORY_BEGIN, acks->revision, error))
		return -1;
	// The same command may have been put before, and answered.
	if (!acks->has_looked && read_properties(acks, acks->since, 0, error))
		return -1;
	acks->has_looked = true;
	acks->revision = (int64_t)acks->stored->store->revision;
	return 0;
}

static void tell_register(struct desire_acks *acks, const struct series *series, const struct fold_register *held)
{
	if (held->handle)
		tell(acks, series_path(series), register_assignment(series, held).ack);
}

int desire_acks_look(struct desire_acks *acks, struct error *error)
{
	if (acks->stored->store->has_history)
		return look_into_history(acks, error);
	for (const struct series *series = acks->stored->twin->series; series; series = series->next) {
		if (series->kind != REGISTER_REPORTED)
			continue;
		tell_register(acks, series, &series->last);
		tell_register(acks, series, &series->usable);
	}
	return 0;
}
