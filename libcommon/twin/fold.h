// The rule that makes a twin's state independent of the order of arrival: a register holds the record with the largest key.
//
// Keys are totally ordered, so taking the larger one is associative, commutative and idempotent: folding a stream, folding its parts
// and joining them, or folding it twice in another order all give the same registers (a join-semilattice; Shapiro et al.,
// "Conflict-free Replicated Data Types", 2011).
//
// A register is the key's numbers plus an opaque handle. This module neither parses nor stores records: it asks the handles'
// owner for the rest of a key, and only when all numbers are equal.
#ifndef TWIN_FOLD_H
#define TWIN_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

// The first part of a key, in order of weight.
struct fold_key {
	int64_t timestamp;
	int64_t counter;
	bool live; // false for a delete or a withdrawal
	double quality;
	int64_t priority; // of the sensor, by the model
};

// The rest, in order of weight; behind them comes the command_id, then the value's bytes.
struct fold_tail {
	struct slice sensor_id;
	int64_t seq;
	struct slice
	    value; // without white space between tokens; compared by its canonical form first; empty for a delete
	struct slice unit;
	struct slice command_id;
	struct fold_canonical *
	    *canonical; // where the owner keeps the value's canonical form once it was needed; NULL for nowhere
};

// Made by the fold, freed by the owner with free().
struct fold_canonical {
	size_t length;
	char text[];
};

struct fold_owner {
	void (*resolve)(void *context, const void *handle, struct fold_tail *tail);
	void *context;
};

struct fold_register {
	void *handle; // NULL while the register is empty
	struct fold_key key;
};

enum fold_outcome {
	FOLD_TAKEN,     // the larger key (or the register is empty)
	FOLD_STALE,     // older than what the register holds
	FOLD_OUTRANKED, // as old, but the smaller key
	FOLD_DUPLICATE, // the same record again
	FOLD_CONFLICT,  // outranked by another value of the same source, time and seq: it says two things at once
};

int fold_compare_tails(const struct fold_tail *a, const struct fold_tail *b);

// <0, 0 or >0. Both registers hold something.
int fold_compare(const struct fold_register *a, const struct fold_register *b, const struct fold_owner *owner);

// The parts of a key, in order of weight.
enum fold_part {
	FOLD_PART_TIMESTAMP,
	FOLD_PART_COUNTER,
	FOLD_PART_DELETED,
	FOLD_PART_QUALITY,
	FOLD_PART_PRIORITY,
	FOLD_PART_SENSOR_ID,
	FOLD_PART_SEQ,
	FOLD_PART_VALUE,
	FOLD_PART_UNIT,
	FOLD_PART_COMMAND_ID,
	FOLD_PART_BYTES, // one value, written in two ways
	FOLD_PART_COUNT, // none: the keys are equal
};

// The first part in which the keys differ: it is what fold_compare decides by. Both registers hold something.
enum fold_part fold_difference(
    const struct fold_register *a, const struct fold_register *b, const struct fold_owner *owner);

// As answers say it: "timestamp", "sensor_priority". Not for FOLD_PART_COUNT.
const char *fold_part_name(enum fold_part part);

// What becomes of a record offered to the register. Storing it is the owner's part.
enum fold_outcome fold_judge(const struct fold_register *held, const struct fold_key *key, const struct fold_tail *tail,
    const struct fold_owner *owner);

#endif
