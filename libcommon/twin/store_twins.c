#include "twin/store_twins.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"

void store_twins_init(struct store_twins *twins, struct store *store, struct twin_set *set, const struct model *model)
{
	*twins = (struct store_twins){.store = store, .set = set, .model = model};
	set->epoch = 1;
	store_state_init(&twins->states, store, set, model);
	store_items_init(&twins->items, store);
	store_aside_init(&twins->aside, &twins->items, set);
	set->has_clock = store->has_clock;
	set->clock = store->clock;
}

void store_twins_release(struct store_twins *twins)
{
	sqlite3_finalize(twins->find);
	sqlite3_finalize(twins->change);
	sqlite3_finalize(twins->put);
	sqlite3_finalize(twins->all);
	store_items_release(&twins->items);
	store_aside_release(&twins->aside);
	store_texts_release(&twins->texts);
	store_state_release(&twins->states);
	free(twins->dirty);
}

int store_twins_begin(struct store_twins *twins, bool others_wrote, struct error *error)
{
	struct store *store = twins->store;
	struct twin_set *set = twins->set;
	sqlite3_stmt *newest = NULL;

	if (others_wrote) {
		set->epoch++;
		if (store->has_clock && (!set->has_clock || store->clock > set->clock))
			set->clock = store->clock;
		set->has_clock |= store->has_clock;
	}
	if (twins->has_last_number && !others_wrote)
		return 0;
	if (store_prepare(store, &newest, "SELECT max(id) FROM twins", error))
		return -1;
	int row = store_step(store, newest, error);

	if (row > 0)
		twins->last_number = sqlite3_column_int64(newest, 0);
	sqlite3_finalize(newest);
	twins->has_last_number = true;
	return row < 0 ? -1 : 0;
}

static int load(struct store_twins *twins, struct twin *twin, int64_t number, uint64_t revision, struct slice state,
    struct error *error)
{
	bool is_known = twin->number && twin->revision == revision;

	twin->number = number;
	twin->epoch = twins->set->epoch;
	twin->revision = revision;
	if (is_known)
		return 0;
	if (store_state_join(&twins->states, state, error))
		return -1;
	if (twins->loaded)
		twins->loaded(twins->context, twin);
	return 0;
}

static void mark_dirty(struct store_twins *twins, struct twin *twin)
{
	if (twin->is_dirty)
		return;
	twin->is_dirty = true;
	twins->dirty = memory_grow(twins->dirty, &twins->dirty_capacity, twins->dirty_count + 1, sizeof(struct twin *));
	twins->dirty[twins->dirty_count++] = twin;
}

static int find(struct store_twins *twins, struct twin *twin, struct error *error)
{
	if (store_prepare(
		twins->store, &twins->find, "SELECT id, revision, state FROM twins WHERE entity_id = ?1", error))
		return -1;
	store_bind_text(twins->find, 1, twin->entity_id);
	int row = store_step(twins->store, twins->find, error);

	if (row <= 0)
		return row;
	int failed = load(twins, twin, sqlite3_column_int64(twins->find, 0),
	    (uint64_t)sqlite3_column_int64(twins->find, 1), store_text(twins->find, 2), error);

	sqlite3_reset(twins->find);
	return failed ? -1 : 1;
}

int store_twins_touch(struct store_twins *twins, struct slice entity_id, struct twin **found, struct error *error)
{
	struct twin *twin = twin_set_add(twins->set, entity_id);
	int row = 0;

	*found = twin;
	if (twin->number && twin->epoch == twins->set->epoch)
		return 0;
	if (twins->store->has_twins) {
		row = find(twins, twin, error);
		if (row < 0)
			return -1;
	}
	if (!row) {
		twin->number = ++twins->last_number;
		twin->epoch = twins->set->epoch;
		mark_dirty(twins, twin);
	}
	return 0;
}

int store_twins_load_all(struct store_twins *twins, struct error *error)
{
	int row;

	if (store_prepare(twins->store, &twins->all, "SELECT id, revision, state, entity_id FROM twins", error))
		return -1;
	while ((row = store_step(twins->store, twins->all, error)) > 0) {
		struct twin *twin = twin_set_add(twins->set, store_text(twins->all, 3));

		if (load(twins, twin, sqlite3_column_int64(twins->all, 0),
			(uint64_t)sqlite3_column_int64(twins->all, 1), store_text(twins->all, 2), error)) {
			sqlite3_reset(twins->all);
			return -1;
		}
	}
	return row;
}

void store_twins_changed(struct store_twins *twins, struct twin *twin)
{
	twin->revision = twins->store->revision;
	mark_dirty(twins, twin);
}

void store_twins_record(struct store_twins *twins, const struct record *record, const int64_t *received, size_t count)
{
	if (twins->items.history)
		store_items_record(&twins->items, record, received, count);
}

int store_twins_remember(struct store_twins *twins, struct twin *twin, struct series *series,
    const struct assignment *item, double quality, struct error *error)
{
	uint32_t number = series ? series->number : 0;

	if (!twins->items.history)
		return 0;
	if (!number && store_items_series(&twins->items, twin->number, (int)item->kind, item->path, &number, error))
		return -1;
	if (series)
		series->number = number;
	return store_items_add(&twins->items, number, item, quality, SLICE_EMPTY, error);
}

int store_twins_refuse(
    struct store_twins *twins, const struct assignment *item, double quality, struct slice reason, struct error *error)
{
	uint32_t number;

	if (!twins->items.history)
		return 0;
	return store_aside_series(&twins->aside, item->entity_id, SERIES_REFUSED + (int)item->kind, item->path,
		   &twins->last_number, &number, error) ||
		store_items_add(&twins->items, number, item, quality, reason, error)
	    ? -1
	    : 0;
}

int store_twins_took(struct store_twins *twins, struct series *series, const struct record *record, struct error *error)
{
	store_twins_changed(twins, series->twin);
	if (!twins->items.history)
		return 0;
	if (!series->number &&
	    store_items_series(
		&twins->items, series->twin->number, (int)series->kind, series_path(series), &series->number, error))
		return -1;
	return store_items_add_plain(&twins->items, series->number, record, error);
}

static bool is_string(const struct record *record, enum record_member member)
{
	return record_has(record, member) && record->kind[member] == VALUE_STRING && record->text[member].length;
}

static bool is_forecast(const struct record *record, int64_t *timestamp)
{
	struct error ignored;

	return record->type == RECORD_OTHER && is_string(record, MEMBER_TYPE) &&
	    slice_is(record->text[MEMBER_TYPE], "forecast") && is_string(record, MEMBER_ENTITY_ID) &&
	    record->text[MEMBER_ENTITY_ID].length <= RECORD_ENTITY_MAX && is_string(record, MEMBER_PROPERTY) &&
	    property_path_check(record->text[MEMBER_PROPERTY], &ignored) == 0 && is_string(record, MEMBER_TIMESTAMP) &&
	    timestamp_parse(record->text[MEMBER_TIMESTAMP], timestamp, &ignored) == 0;
}

// The whole record is the value: nothing of it is a register's.
int store_twins_forecast(
    struct store_twins *twins, const struct record *record, const int64_t *received, struct error *error)
{
	struct assignment item = {.entity_id = record->text[MEMBER_ENTITY_ID],
	    .path = record->text[MEMBER_PROPERTY],
	    .key = {.live = true, .quality = 1},
	    .deadline = NO_DEADLINE};
	struct buffer text = BUFFER_INIT;
	uint32_t number;

	if (!is_forecast(record, &item.key.timestamp))
		return 0;
	if (!twins->items.history)
		return 1;
	value_append_compact(&text, record->line);
	item.tail.value = buffer_slice(&text);
	store_twins_record(twins, record, received, 1);
	int failed = store_aside_series(&twins->aside, item.entity_id, SERIES_FORECAST, item.path, &twins->last_number,
			 &number, error) ||
	    store_items_add(&twins->items, number, &item, 1, SLICE_EMPTY, error);

	buffer_release(&text);
	return failed ? -1 : 1;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct twin *const *x = a, *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static int put_twin(struct store_twins *twins, sqlite3_stmt *put, size_t at, struct error *error)
{
	const struct twin *twin = twins->dirty[at];
	const struct store_text *item = &twins->texts.items[at];
	char timestamp[TIMESTAMP_TEXT_SIZE];

	sqlite3_bind_int64(put, 1, twin->number);
	if (put == twins->put)
		store_bind_text(put, 2, twin->entity_id);
	sqlite3_bind_null(put, 3);
	if (item->has_time)
		store_bind_text(put, 3, slice_of(timestamp, timestamp_format(timestamp, item->timestamp)));
	sqlite3_bind_int64(put, 4, (int64_t)twin->revision);
	store_bind_text(put, 5, store_texts_get(&twins->texts, at));
	return store_step(twins->store, put, error);
}

static int put_twins(struct store_twins *twins, struct error *error)
{
	struct store *store = twins->store;

	if (store_prepare(store, &twins->change,
		"UPDATE twins SET timestamp = ?3, revision = ?4, state = ?5 WHERE id = ?1", error) ||
	    store_prepare(store, &twins->put,
		"INSERT INTO twins (id, entity_id, timestamp, revision, state) VALUES (?1, ?2, ?3, ?4, ?5)", error))
		return -1;
	// An insertion that may find its row there would look up its name too.
	for (size_t i = 0; i < twins->dirty_count; i++) {
		if (put_twin(twins, twins->change, i, error))
			return -1;
		if (!sqlite3_changes(store->database) && put_twin(twins, twins->put, i, error))
			return -1;
		twins->dirty[i]->is_dirty = false;
	}
	twins->dirty_count = 0;
	return 0;
}

int store_twins_save(struct store_twins *twins, struct state_writer *writer, struct error *error)
{
	// In the order of the table its pages are written once.
	if (twins->dirty_count > 1)
		qsort(twins->dirty, twins->dirty_count, sizeof(struct twin *), compare_numbers);
	store_texts_start(&twins->texts, writer, twins->dirty, twins->dirty_count);
	int failed = store_items_commit(&twins->items, error);

	store_texts_finish(&twins->texts);
	twins->store->has_clock = twins->set->has_clock;
	twins->store->clock = twins->set->clock;
	return failed ? -1 : put_twins(twins, error);
}
