// twin-sync's work on a stream: records in, twins in memory, and whatever was asked for along the way.
#ifndef TWIN_SYNC_H
#define TWIN_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "record/emit.h"
#include "record/record_reader.h"
#include "record/rejects.h"
#include "twin/admission.h"
#include "twin/state_text.h"
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
	uint64_t skipped;          // what -E, -P, --from and --to leave out
	struct sync_delta *deltas; // by twin->watch - 1: the delta written last
	size_t delta_count, delta_capacity;
	struct series **changed; // by the record in hand
	size_t changed_count, changed_capacity;
	struct twin *changed_twin; // NULL when it changed nothing
	bool changed_delete;
	bool on_the_way; // change, delta or event is asked for
	bool is_plain;   // nothing but the newest reading of each series matters
	struct buffer text;
};

// Fill admission, rules, emit, rejects, live, pass and every; then start.
void sync_start(struct sync *sync);
void sync_release(struct sync *sync);

// Some records ahead of sync_record: see twin_set.h.
void sync_prefetch(const struct sync *sync, const struct record_reader *reader);

// One record; its source is named in messages. True when the work has to stop because --strict forbids what the record holds.
bool sync_record(struct sync *sync, const struct record *record, const char *source);

// The machine's clock has come to `now` (live only).
void sync_tick(struct sync *sync, int64_t now);

// When sync_tick is next needed, or INT64_MAX.
int64_t sync_next_tick(const struct sync *sync);

// All twins as they are now, in the order of their ids.
void sync_write_states(struct sync *sync);

// What only the end of the input makes due, then the states.
void sync_end(struct sync *sync);

uint64_t sync_refused(const struct sync *sync);

// `9176 readings, 12 refused (9 stale, 3 duplicate)`
void sync_append_summary(const struct sync *sync, struct buffer *out);
// The same as JSON, without what the caller counts.
void sync_append_counters(const struct sync *sync, struct buffer *out);

#endif
