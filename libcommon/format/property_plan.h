// What the mapping and the selection make of each property of a source whose records name their properties themselves: asked once for
// each, then looked up.
#ifndef FORMAT_PROPERTY_PLAN_H
#define FORMAT_PROPERTY_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash_map.h"
#include "base/slice.h"
#include "format/cell.h"
#include "format/ingest.h"

struct planned_property {
	bool is_wanted;
	struct slice member; // as reading_writer_property makes it
	struct slice unit;   // what the mapping says; empty: nothing
	enum cell_type type; // CELL_AUTO: nothing is said
};

struct property_plan {
	struct ingest *ingest; // borrowed
	struct hash_map entries;
	struct planned_property *items; // by entry
	size_t capacity;
	struct arena arena;
};

void property_plan_init(struct property_plan *plan, struct ingest *ingest);
void property_plan_release(struct property_plan *plan);

// Forgets what was asked when that has become much: a stream of ever new properties must not grow without end. For every record.
void property_plan_trim(struct property_plan *plan);

// path: of the property by itself; the mapping may give it another. Valid until the next call, what it points to until that of
// property_plan_trim. NULL with error when it is no path.
const struct planned_property *property_plan_find(struct property_plan *plan, struct slice path, struct error *error)
    __attribute__((warn_unused_result));

#endif
