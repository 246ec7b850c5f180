// twin-sync's work on a stream: records in, twins in memory, and whatever was asked for along the way. With a store the twins in memory are
// copies of the store's: each record is one of a transaction that the caller has begun.
#ifndef TWIN_SYNC_H
#define TWIN_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "record/emit.h"
#include "record/record_reader.h"
#include "record/rejects.h"
#include "twin/admission.h"
#include "twin/state_text.h"
#include "twin/store_twins.h"
#include "twin/sync_delta.h"
#include "twin/twin_set.h"
#include "twin/watch.h"

enum sync_emit {
	SYNC_EMIT_STATE,
	SYNC_EMIT_CHANGE,
	SYNC_EMIT_DELTA,
	SYNC_EMIT_EVENT,
	SYNC_EMIT_REFUSED,
	SYNC_EMIT_REJECTED,
	SYNC_EMIT_COUNT,
};

extern const char *const sync_emit_types[];

enum sync_reason {
	REASON_STALE,
	REASON_OUTRANKED,
	REASON_DUPLICATE,
	REASON_CONFLICT,
	REASON_FUTURE,
	REASON_UNKNOWN_ENTITY,
	REASON_WRONG_TYPE,
	REASON_OUT_OF_RANGE,
	REASON_COUNT,
};

extern const char *const sync_reason_names[];

struct sync {
	struct twin_set set;
	struct admission admission;
	struct status_rules rules; // clock: --now, where it is fixed
	struct state_writer writer;
	struct watch watch;
	struct assignments assignments;
	struct emit *emit;       // borrowed
	struct rejects *rejects; // borrowed
	bool live;               // the clock is the machine's
	bool pass;
	int64_t every; // nanoseconds of event time between states, 0 for never
	uint64_t records[RECORD_INVALID];
	uint64_t refused[REASON_COUNT];
	uint64_t skipped; // what -E, -P, --from and --to leave out
	struct sync_deltas deltas;
	struct series **changed; // by the record in hand
	size_t changed_count, changed_capacity;
	struct twin *changed_twin; // NULL when it changed nothing
	bool changed_delete;
	bool on_the_way; // change, delta or event is asked for
	bool is_plain;   // nothing but the newest reading of each series matters
	struct buffer text;
	bool has_store;
	struct store_twins store;
	uint64_t forecasts; // remembered by the store
	bool has_failed;    // the store has
	struct error failure;
};

// Fill admission, rules, emit, rejects, live, pass and every; then start. store: NULL for twins in memory only. -1 with error when the store
// cannot be read.
int sync_start(struct sync *sync, struct store *store, struct error *error) __attribute__((warn_unused_result));
void sync_release(struct sync *sync);

// Some records ahead of sync_record: see twin_set.h.
void sync_prefetch(const struct sync *sync, const struct record_reader *reader);

// One record; its source is named in messages. True when the work has to stop: because --strict forbids what the record holds, or the store
// has failed.
bool sync_record(struct sync *sync, const struct record *record, const char *source);

// The machine's clock has come to `now` (live only).
void sync_tick(struct sync *sync, int64_t now);

// When sync_tick is next needed, or INT64_MAX.
int64_t sync_next_tick(const struct sync *sync);

// All twins as they are now, in the order of their ids; with a store, those of which records have come.
void sync_write_states(struct sync *sync);

// At the end of the input: the events that it makes due, then the states.
void sync_end_events(struct sync *sync);

#endif
