// What records say, one register at a time: a reading is one assignment, a `desired` one for each of its leaves, a printed state as
// many as it has registers. See twin-record(5).
#ifndef TWIN_ASSIGNMENT_H
#define TWIN_ASSIGNMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"
#include "twin/fold.h"

enum register_kind {
	REGISTER_REPORTED,     // path: the property
	REGISTER_DESIRED,      // path: the property
	REGISTER_TOMBSTONE,    // the whole twin is gone; path empty
	REGISTER_MODEL,        // path empty
	REGISTER_RELATIONSHIP, // path: its name, as one segment
	REGISTER_PREDICTION,   // path: its method, as one segment
	REGISTER_EVENT,        // path: the event as one segment, then the property's segments when it has one
	REGISTER_KINDS,
};

#define NO_DEADLINE INT64_MAX

struct assignment {
	enum register_kind kind;
	struct slice entity_id;
	struct slice path;
	uint64_t hash; // assignment_hash of the three above
	struct fold_key key;
	struct fold_tail tail;
	struct slice origin;
	struct slice ack;  // JSON object, or empty
	struct slice axis; // {"unit","value"} of a recording that counts cycles or the like, or empty
	int64_t deadline;
};

struct assignments {
	struct assignment *items;
	size_t count;
	size_t capacity;
	struct arena arena; // of texts that do not stand in the record as such
	struct value_tree trees[4];
	struct buffer path;
	struct buffer scratch;
};

#define ASSIGNMENTS_INIT                                                                                               \
	{                                                                                                              \
		0                                                                                                      \
	}

void assignments_release(struct assignments *list);

// The assignments of one record replace what the list held; their slices point into the record or the list. None for
// types that say nothing about a twin. -1 with error when the record contradicts itself.
int assignments_of_record(struct assignments *list, const struct record *record, struct error *error)
    __attribute__((warn_unused_result));

uint64_t assignment_hash(enum register_kind kind, struct slice entity_id, struct slice path);

// A record that says just this, as one line without newline: what is shown of a refused register.
void assignment_append_record(struct buffer *out, const struct assignment *assignment);

// What its record said beside it.
struct assignment_rest {
	bool has_received;
	int64_t received;
	struct slice metadata; // JSON object with the axis, or empty: then the axis is all there is
	struct slice others;   // members without a meaning, as a JSON object, or empty
};

// The same with the rest, as far as a record of that type has room for it: predictions and events, which are values as a whole, come as they are.
void assignment_append_whole(
    struct buffer *out, const struct assignment *assignment, const struct assignment_rest *rest);

#endif
