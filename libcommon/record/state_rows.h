// A state (or change) record taken apart into its properties, for output that stands one property to a line.
#ifndef RECORD_STATE_ROWS_H
#define RECORD_STATE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash_map.h"
#include "base/slice.h"
#include "record/value.h"

struct state_row {
	struct slice property;        // decoded path
	const struct value *value;    // what `properties` shows; NULL when it shows nothing
	const struct value *metadata; // its entry, NULL when there is none
	const struct value *desired;  // NULL when nothing is desired
	bool differs;                 // `delta` names it
	bool is_withdrawn;            // a change that withdraws what was desired
};

struct state_rows {
	struct state_row *rows; // by property
	size_t count, capacity;
	struct hash_map index;
};

#define STATE_ROWS_INIT                                                                                                \
	{                                                                                                              \
		0                                                                                                      \
	}

void state_rows_release(struct state_rows *rows);

// Rows for all leaves of properties and desired (objects that have a metadata entry are one value) and all metadata
// entries but those of the twin itself ("/model"). What an earlier call left is gone. -1 when the paths together would
// be far longer than the record: no honest record nests like that. The rows point into tree's text and into rows.
int state_rows_read(struct state_rows *rows, const struct value_tree *tree, const struct value *state)
    __attribute__((warn_unused_result));

// What a walk meets: a value that is no object, or is an empty one. path: decoded, valid during the call.
typedef void leaf_function(void *context, struct slice path, const struct value *leaf);

// Every leaf below (or at) value in order. -1 as above.
int value_leaves(const struct value_tree *tree, const struct value *value, leaf_function *leaf, void *context)
    __attribute__((warn_unused_result));

#endif
