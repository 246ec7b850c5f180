#include <stdlib.h>

#include "base/time_option.h"
#include "twin/sync_parts.h"

// So many records before its turn a series is brought into the cache, and before that its slot.
#define SERIES_AHEAD 8
#define SLOT_AHEAD   16

static void emit_event(void *context, struct slice event)
{
	struct sync *sync = context;

	record_sink_write(sync->emit->sinks[SYNC_EMIT_EVENT], event);
}

void sync_release(struct sync *sync)
{
	sync_deltas_release(&sync->deltas);
	free(sync->changed);
	buffer_release(&sync->text);
	assignments_release(&sync->assignments);
	admission_release(&sync->admission);
	state_writer_release(&sync->writer);
	watch_release(&sync->watch);
	if (sync->has_store)
		store_twins_release(&sync->store);
	twin_set_release(&sync->set);
}

static enum sync_reason reason_of_admission(enum admission_result result)
{
	switch (result) {
	case ADMISSION_FUTURE:
		return REASON_FUTURE;
	case ADMISSION_UNKNOWN_ENTITY:
		return REASON_UNKNOWN_ENTITY;
	case ADMISSION_WRONG_TYPE:
		return REASON_WRONG_TYPE;
	default:
		return REASON_OUT_OF_RANGE;
	}
}

static enum sync_reason reason_of_fold(enum fold_outcome outcome)
{
	switch (outcome) {
	case FOLD_STALE:
		return REASON_STALE;
	case FOLD_OUTRANKED:
		return REASON_OUTRANKED;
	case FOLD_DUPLICATE:
		return REASON_DUPLICATE;
	default:
		return REASON_CONFLICT;
	}
}

static bool moves_clock(const struct assignment *item)
{
	return item->kind == REGISTER_REPORTED || item->kind == REGISTER_TOMBSTONE;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

// Event time is about to reach the item's: what is due before it comes first.
static void advance(struct sync *sync, const struct assignment *item)
{
	const struct twin_set *set = &sync->set;

	if (!moves_clock(item) || (set->has_clock && item->key.timestamp <= set->clock))
		return;
	if (sync->emit->sinks[SYNC_EMIT_EVENT] && !sync->rules.has_clock && !sync->live)
		sync_tick(sync, item->key.timestamp);
	if (sync->every && set->has_clock &&
	    floor_divide(item->key.timestamp, sync->every) > floor_divide(set->clock, sync->every))
		sync_write_states(sync);
}

// The store has failed: nothing more can be done.
static void fail(struct sync *sync, const struct error *error)
{
	sync->has_failed = true;
	sync->failure = *error;
}

// When a record came that does not say so itself; NULL when nobody knows.
static const int64_t *received_now(struct sync *sync)
{
	return sync->live ? &sync->admission.now : NULL;
}

static struct twin_put put_into_store(struct sync *sync, const struct assignment *item, double quality)
{
	struct twin_put put = {.outcome = FOLD_STALE};
	struct twin *twin;
	struct error error;

	if (store_twins_touch(&sync->store, item->entity_id, &twin, &error)) {
		fail(sync, &error);
		return put;
	}
	put = twin_set_put(&sync->set, item);
	twin->is_touched = true;
	if (put.changed)
		store_twins_changed(&sync->store, twin);
	if (store_twins_remember(&sync->store, twin, put.series, item, quality, &error))
		fail(sync, &error);
	return put;
}

// What may not become state is remembered all the same.
static void refuse_at_admission(struct sync *sync, enum sync_reason reason, const struct record *record,
    const struct assignment *item, double quality)
{
	struct error error;

	if (sync->has_store &&
	    store_twins_refuse(&sync->store, item, quality, slice_from_string(sync_reason_names[reason]), &error))
		fail(sync, &error);
	else
		sync_refuse(sync, reason, record, item);
}

static void put_assignment(struct sync *sync, const struct record *record, struct assignment *item)
{
	double quality = item->key.quality;
	enum admission_result admitted = admission_judge(&sync->admission, record, item);

	if (admitted == ADMISSION_SKIP) {
		sync->skipped++;
		return;
	}
	if (admitted != ADMISSION_ADMIT) {
		refuse_at_admission(sync, reason_of_admission(admitted), record, item, quality);
		return;
	}
	advance(sync, item);
	struct twin_put put = sync->has_store ? put_into_store(sync, item, quality) : twin_set_put(&sync->set, item);

	if (put.outcome != FOLD_TAKEN && !sync->has_failed)
		sync_refuse(sync, reason_of_fold(put.outcome), record, item);
	if (put.changed && sync->on_the_way)
		sync_note_change(sync, &put, item);
}

// What the watch and the deltas would know of a twin if they had seen all that the store has.
static void twin_loaded(void *context, struct twin *twin)
{
	struct sync *sync = context;

	if (sync->emit->sinks[SYNC_EMIT_EVENT])
		watch_adopt(&sync->watch, twin);
	if (sync->emit->sinks[SYNC_EMIT_DELTA] && twin->desired_count)
		sync_deltas_adopt(&sync->deltas, twin);
}

static int start_store(struct sync *sync, struct store *store, struct error *error)
{
	bool has_events = sync->emit->sinks[SYNC_EMIT_EVENT];

	sync->has_store = true;
	store_twins_init(&sync->store, store, &sync->set, sync->rules.model);
	sync->store.loaded = twin_loaded;
	sync->store.context = sync;
	// What happens to a twin that is silent is an event too.
	sync->watch.now = store->events_told;
	return has_events ? store_twins_load_all(&sync->store, error) : 0;
}

int sync_start(struct sync *sync, struct store *store, struct error *error)
{
	admission_start(&sync->admission);
	twin_set_init(&sync->set);
	state_writer_init(&sync->writer, &sync->set, &sync->rules);
	sync_deltas_init(&sync->deltas, &sync->writer);
	watch_init(&sync->watch, &sync->set, &sync->rules, emit_event, sync);
	sync->assignments = (struct assignments)ASSIGNMENTS_INIT;
	sync->is_plain = sync->admission.is_open && !sync->pass && !sync->every && !sync->live;
	sync->on_the_way = sync->emit->sinks[SYNC_EMIT_CHANGE] || sync->emit->sinks[SYNC_EMIT_DELTA] ||
	    sync->emit->sinks[SYNC_EMIT_EVENT];
	sync->is_plain &= !sync->on_the_way;
	return store ? start_store(sync, store, error) : 0;
}

void sync_prefetch(const struct sync *sync, const struct record_reader *reader)
{
	size_t count;
	const uint64_t *hashes = record_reader_hashes(reader, &count);

	if (count > SLOT_AHEAD)
		twin_set_prefetch_slot(&sync->set, hashes[SLOT_AHEAD]);
	if (count > SERIES_AHEAD)
		twin_set_prefetch_series(&sync->set, hashes[SERIES_AHEAD]);
}

// What most records are: see twin_set_take_newer.
static bool take_plain(struct sync *sync, const struct record *record)
{
	bool is_plain = !(sync->has_store && record->present & RECORD_OTHERS);
	struct series *series = is_plain ? twin_set_take_newer(&sync->set, record) : NULL;
	struct error error;

	if (!series)
		return false;
	sync->records[RECORD_READING]++;
	if (!sync->has_store)
		return true;
	sync->store.store->revision++;
	series->twin->is_touched = true;
	if (store_twins_took(&sync->store, series, record, &error))
		fail(sync, &error);
	return true;
}

// What says nothing about a twin's state.
static void take_other(struct sync *sync, const struct record *record)
{
	struct error error;
	int is_forecast = 0;

	if (sync->has_store) {
		sync->store.store->revision++;
		is_forecast = store_twins_forecast(&sync->store, record, received_now(sync), &error);
		sync->store.store->revision -= is_forecast <= 0;
	}
	if (is_forecast < 0)
		fail(sync, &error);
	sync->forecasts += is_forecast > 0;
	sync->records[RECORD_OTHER] += !is_forecast && !sync->pass;
}

bool sync_record(struct sync *sync, const struct record *record, const char *source)
{
	struct error error;

	if (sync->is_plain && take_plain(sync, record))
		return sync->has_failed;
	if (assignments_of_record(&sync->assignments, record, &error))
		return rejects_add(sync->rejects, source, record->line_number, record->line, error.message);
	if (sync->pass)
		sync_pass(sync, record);
	if (sync->live)
		sync->admission.now = time_machine_now();
	if (record->type == RECORD_OTHER) {
		take_other(sync, record);
		return sync->has_failed;
	}
	sync->records[record->type]++;
	if (sync->has_store) {
		sync->store.store->revision++;
		store_twins_record(&sync->store, record, received_now(sync), sync->assignments.count);
	}
	for (size_t i = 0; i < sync->assignments.count; i++)
		put_assignment(sync, record, &sync->assignments.items[i]);
	if (sync->on_the_way)
		sync_write_products(sync);
	return sync->has_failed;
}

void sync_tick(struct sync *sync, int64_t now)
{
	if (sync->emit->sinks[SYNC_EMIT_EVENT] && now > sync->watch.now)
		watch_advance(&sync->watch, now);
}

int64_t sync_next_tick(const struct sync *sync)
{
	return sync->emit->sinks[SYNC_EMIT_EVENT] ? watch_next(&sync->watch) : INT64_MAX;
}

void sync_end_events(struct sync *sync)
{
	struct status_rules rules = sync_current_rules(sync);

	if (rules.has_clock)
		sync_tick(sync, rules.clock);
}
