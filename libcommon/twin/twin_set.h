// Twins in memory: the registers of many twins and the records they hold. Memory grows with the number of registers, not with the
// number of records offered to them.
#ifndef TWIN_TWIN_SET_H
#define TWIN_TWIN_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/hash_map.h"
#include "base/slice.h"
#include "twin/assignment.h"
#include "twin/fold.h"

struct content; // the texts of the record that a register holds

// One path of one kind. Reported properties have two registers, all others only `usable`.
//
// A large fold is memory that is walked at random: all that the usual reading touches stands in one piece here, on lines of its own.
struct series {
	struct twin *twin;
	struct series *next;         // of the same twin
	struct fold_register usable; // the newest that can be used, or a delete: this one is shown
	struct fold_register
	    last; // the newest reading of any quality; its key counts only where its handle is another than usable's
	enum register_kind kind;
	uint32_t watch;  // for the caller: index + 1 of what it knows about this series
	uint32_t number; // for the caller: what it calls this series elsewhere
	uint32_t entity_length;
	uint32_t path_length;
	char name[]; // entity_id and path; behind them room for what the registers hold
};

static inline struct slice series_path(const struct series *series)
{
	return slice_of(series->name + series->entity_length, series->path_length);
}

struct twin {
	struct slice entity_id;
	struct series *series;
	struct fold_register tombstone;
	size_t series_count;
	size_t desired_count; // of them REGISTER_DESIRED
	uint32_t watch;       // for the caller, as above
	uint32_t epoch;       // of the set when the twin was made or last told to be up to date
	int64_t number;       // for the caller, as above
	uint64_t revision;    // the same
	bool is_dirty;        // the same
	bool is_touched;      // the same
};

struct twin_set {
	struct twin_slot *slots; // open addressing by hash, capacity a power of two
	size_t slot_capacity;
	size_t series_count;
	struct hash_map entities;
	struct twin **twins; // by entry number of entities, that is in the order they came
	size_t twin_capacity;
	struct arena arena;
	struct fold_owner owner;
	bool keyed; // somebody chose ids that collide: slots are by a secret hash
	struct hash_key key;
	bool has_tombstones;
	bool has_clock;
	int64_t clock;  // newest timestamp of a reading or delete that has been admitted
	uint32_t epoch; // not 0 where the twins are copies: those of another epoch are out of date
};

void twin_set_init(struct twin_set *set);
void twin_set_release(struct twin_set *set);

// What became of an assignment.
struct twin_put {
	enum fold_outcome outcome;
	bool changed;      // some register holds something else than before (a duplicate may bring an earlier origin)
	struct twin *twin; // NULL when refused by a twin's delete before a series was made
	struct series *series; // NULL for a whole-twin delete
};

struct twin_put twin_set_put(struct twin_set *set, const struct assignment *assignment);

// What most records of most streams are: a usable reading that is newer than all before it. The series that has taken it; NULL when
// twin_set_put has to look at it.
struct series *twin_set_take_newer(struct twin_set *set, const struct record *record);

// Bring into the cache what twin_set_put will touch for a reading with that hash: first its slot, some records later the series. Half of the
// time of a large fold is waiting for memory without them.
void twin_set_prefetch_slot(const struct twin_set *set, uint64_t hash);
void twin_set_prefetch_series(const struct twin_set *set, uint64_t hash);

// Readings need quality above this to be shown.
#define USABLE_QUALITY 0.5

static inline bool reading_is_usable(const struct fold_key *key)
{
	return !key->live || key->quality > USABLE_QUALITY;
}

// The twin of that id, made when there is none yet.
struct twin *twin_set_add(struct twin_set *set, struct slice entity_id);

struct twin *twin_set_find(const struct twin_set *set, struct slice entity_id);
struct series *twin_set_find_series(
    const struct twin_set *set, enum register_kind kind, struct slice entity_id, struct slice path);

// All of them in the order of their ids. The array is the caller's to free.
const struct twin **twin_set_sorted(const struct twin_set *set, size_t *count);

// Whether a register of the set holds this very record.
bool twin_set_holds(const struct twin_set *set, const struct assignment *assignment);

// Whether a register holds something that its twin's delete leaves standing.
bool register_stands(const struct twin *twin, const struct fold_register *held);

// What a register holds, as an assignment of the series (slices borrowed until the register changes; without its hash).
struct assignment register_assignment(const struct series *series, const struct fold_register *held);

#endif
