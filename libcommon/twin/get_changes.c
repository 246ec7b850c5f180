#include "twin/get_changes.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/time_option.h"
#include "twin/about.h"
#include "twin/get_history.h"

void get_changes_init(struct get_changes *changes, struct get *get, int64_t after)
{
	*changes = (struct get_changes){.get = get, .after = after, .has_past = after > 0};
	state_writer_init(&changes->writer, &get->set, &get->rules);
	changes->writer.properties = &get->question->properties;
	sync_deltas_init(&changes->deltas, &changes->writer);
	store_state_init(&changes->states, get->store, &get->set, get->model);
}

void get_changes_release(struct get_changes *changes)
{
	state_writer_release(&changes->writer);
	sync_deltas_release(&changes->deltas);
	store_state_release(&changes->states);
	sqlite3_finalize(changes->find);
	buffer_release(&changes->text);
	free(changes->changed);
}

int get_changes_adopt(struct get_changes *changes, struct error *error)
{
	struct get *get = changes->get;

	changes->has_past = false;
	if (!get->streams.emit.sinks[GET_DELTA])
		return 0;
	if (get_fold(get, error))
		return -1;
	for (size_t i = 0; i < get->set.entities.count; i++)
		if (get->set.twins[i]->desired_count)
			sync_deltas_adopt(&changes->deltas, get->set.twins[i]);
	return 0;
}

// The twin as it is now. NULL with 0 when the store has no state of it.
static int read_twin(struct get_changes *changes, struct slice entity_id, struct twin **twin, struct error *error)
{
	struct get *get = changes->get;

	*twin = NULL;
	if (store_prepare(get->store, &changes->find, "SELECT revision, state FROM twins WHERE entity_id = ?1", error))
		return -1;
	store_bind_text(changes->find, 1, entity_id);
	int row = store_step(get->store, changes->find, error);

	if (row <= 0)
		return row;
	int64_t revision = sqlite3_column_int64(changes->find, 0);
	int failed = store_state_join(&changes->states, store_text(changes->find, 1), error);

	sqlite3_reset(changes->find);
	*twin = failed ? NULL : twin_set_find(&get->set, entity_id);
	if (*twin)
		(*twin)->revision = (uint64_t)revision;
	return failed;
}

static bool holds(const struct twin_set *set, const struct series *series, const struct fold_register *held)
{
	if (!held->handle)
		return false;
	struct assignment item = register_assignment(series, held);

	item.hash = assignment_hash(item.kind, item.entity_id, item.path);
	return twin_set_holds(set, &item);
}

static bool is_new(const struct get_changes *changes, const struct twin_set *new, const struct series *series)
{
	return is_about((int)series->kind, series_path(series), &changes->get->question->properties) &&
	    (!new || holds(new, series, &series->usable) || holds(new, series, &series->last));
}

static size_t find_changed(struct get_changes *changes, const struct twin_set *new, const struct twin *twin)
{
	size_t count = 0;

	changes->changed =
	    memory_grow(changes->changed, &changes->changed_capacity, twin->series_count + 1, sizeof(struct series *));
	for (struct series *series = twin->series; series; series = series->next)
		if (is_new(changes, new, series))
			changes->changed[count++] = series;
	return count;
}

static bool is_deleted_anew(const struct twin_set *new, const struct twin *twin)
{
	const struct series whole = {.kind = REGISTER_TOMBSTONE, .twin = (struct twin *)(uintptr_t)twin};

	return new ? holds(new, &whole, &twin->tombstone) : twin->tombstone.handle != NULL;
}

static int add_change(
    struct get_changes *changes, const struct twin_set *new, const struct twin *twin, struct error *error)
{
	size_t count = find_changed(changes, new, twin);
	bool deleted = is_deleted_anew(new, twin);

	if (!count && !deleted)
		return 0;
	buffer_reset(&changes->text);
	state_append_change(&changes->writer, &changes->text, twin, changes->changed, count, deleted);
	return answers_add_lines(&changes->get->answers, GET_CHANGE, buffer_slice(&changes->text), error);
}

static int add_state(struct get_changes *changes, const struct twin *twin, struct error *error)
{
	buffer_reset(&changes->text);
	state_append(&changes->writer, &changes->text, twin);
	return answers_add_lines(&changes->get->answers, GET_STATE, buffer_slice(&changes->text), error);
}

static int add_delta(struct get_changes *changes, struct twin *twin, struct error *error)
{
	if (changes->has_past)
		sync_deltas_doubt(&changes->deltas, twin);
	struct slice delta = sync_deltas_renew(&changes->deltas, twin);

	return delta.length ? answers_add(&changes->get->answers, GET_DELTA, delta, error) : 0;
}

// A delete takes the desires along, and with them what a delta that was told before spoke of.
static bool has_delta(const struct get_changes *changes, const struct twin_set *new, const struct twin *twin)
{
	return changes->get->streams.emit.sinks[GET_DELTA] &&
	    (twin->desired_count || (changes->has_past && is_deleted_anew(new, twin)));
}

// What the twin's new records have made of it.
static int tell_twin(
    struct get_changes *changes, const struct twin_set *new, struct slice entity_id, struct error *error)
{
	const struct emit *emit = &changes->get->streams.emit;
	struct twin *twin;
	int full = read_twin(changes, entity_id, &twin, error);

	if (full || !twin)
		return full;
	if (emit->sinks[GET_CHANGE])
		full = add_change(changes, new, twin, error);
	if (!full && emit->sinks[GET_STATE])
		full = add_state(changes, twin, error);
	if (!full && has_delta(changes, new, twin))
		full = add_delta(changes, twin, error);
	return full;
}

// Of a store without history nobody knows which registers have changed: all of those twins.
static int tell_whole_twins(struct get_changes *changes, struct error *error)
{
	struct get *get = changes->get;
	sqlite3_stmt *rows = NULL;
	int row, full = 0;

	if (store_prepare(
		get->store, &rows, "SELECT entity_id FROM twins WHERE revision > ?1 ORDER BY entity_id", error))
		return -1;
	sqlite3_bind_int64(rows, 1, changes->after);
	while (!full && (row = store_step(get->store, rows, error)) != 0)
		if (row < 0)
			full = -1;
		else if (globs_match(&get->question->entities, store_text(rows, 0)))
			full = tell_twin(changes, NULL, store_text(rows, 0), error);
	sqlite3_finalize(rows);
	return full;
}

static int tell_twins(struct get_changes *changes, struct twin_set *new, struct error *error)
{
	size_t count;
	const struct twin **twins = twin_set_sorted(new, &count);
	int full = 0;

	for (size_t i = 0; i < count && !full; i++)
		full = tell_twin(changes, new, twins[i]->entity_id, error);
	free(twins);
	return full;
}

// The records that are new, folded by themselves.
static int tell_new(struct get_changes *changes, struct error *error)
{
	struct get *get = changes->get;
	struct store_instant instant = STORE_ALWAYS;
	struct store_series_choice choice = {.entities = &get->question->entities,
	    .properties = &get->question->properties,
	    .kinds = SERIES_ALL_KINDS,
	    .changed_after = changes->after};
	struct store_fold fold;

	instant.after = changes->after;
	int full =
	    store_fold_open(&fold, get->store, get->model, &choice, error) || store_fold_history(&fold, &instant, error)
	    ? -1
	    : tell_twins(changes, &fold.set, error);

	store_fold_release(&fold);
	return full;
}

static void set_clock(struct get_changes *changes)
{
	const struct get *get = changes->get;
	struct status_rules *rules = &changes->writer.rules;

	if (get->live)
		rules->clock = time_machine_now();
	else if (!get->rules.has_clock && get->store->has_clock) {
		rules->has_clock = true;
		rules->clock = get->store->clock;
	}
}

static bool asks_for_twins(const struct get_changes *changes)
{
	struct record_sink *const *sinks = changes->get->streams.emit.sinks;

	return sinks[GET_CHANGE] || sinks[GET_STATE] || sinks[GET_DELTA];
}

int get_changes_tell(struct get_changes *changes, struct error *error)
{
	struct store *store = changes->get->store;

	set_clock(changes);
	int full = get_history_since(changes->get, changes->after, error);

	if (!full && asks_for_twins(changes))
		full = store->has_history ? tell_new(changes, error) : tell_whole_twins(changes, error);

	if (full >= 0)
		changes->after = (int64_t)store->revision;
	return full;
}
