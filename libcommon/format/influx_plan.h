// What line protocol stands for in one source: a series (measurement and tags) for a twin, the key of a field for a property. What has been
// found out about a text is kept for the next line that has it, within bounds: a source may have any number of series.
#ifndef FORMAT_INFLUX_PLAN_H
#define FORMAT_INFLUX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/hash_map.h"
#include "format/ingest.h"
#include "format/mapping.h"
#include "format/name_template.h"
#include "format/point.h"
#include "format/row_clock.h"

struct influx_series {
	struct slice entity_id;
	struct slice metadata;                 // members of it, for row_facts
	struct slice members[MAPPING_MEMBERS]; // JSON of what tags hold; the unit as reading_writer_put takes it
	struct slice received;                 // text of the tag that holds it
	bool is_wanted;
};

enum influx_role {
	INFLUX_SKIPPED,
	INFLUX_READING,
	INFLUX_LABEL,
	INFLUX_RECEIVED,
};

struct influx_property {
	enum influx_role role;
	struct slice property; // of a reading, as reading_writer_put takes it; of a label `"NAME":`
	struct slice unit;     // as reading_writer_put takes it
};

// A map from texts to what was found out about them, which lives in the arena.
struct influx_memory {
	struct hash_map map;
	struct arena arena;
};

struct influx_plan {
	struct ingest *ingest; // borrowed
	const char *source;
	int64_t precision; // nanoseconds that times count
	struct name_template entity;
	bool has_template;
	struct row_clock clock; // for lines without a time, and times of receipt
	struct influx_memory known_series, known_properties, known_twins;
	struct influx_series *series; // by entry
	struct influx_property *properties;
	struct slice *twins; // the series each was first made of
	size_t series_capacity, property_capacity, twin_capacity;
	struct buffer text, id;
	bool found_members[MAPPING_MEMBERS], found_received; // some line had what was named
	bool told_mixed;
};

// -1 with error when something was asked for that line protocol has no use for.
int influx_plan_init(struct influx_plan *plan, struct ingest *ingest, const char *source, struct error *error)
    __attribute__((warn_unused_result));
void influx_plan_release(struct influx_plan *plan);

// Before each line: what the functions below gave ends here.
void influx_plan_next_line(struct influx_plan *plan);

// The series whose text has been seen before; NULL: not yet. Valid until the next one is added.
const struct influx_series *influx_plan_find(const struct influx_plan *plan, struct slice text);

// The series that has been read; row counts the records of the source from 1. NULL with error when no twin can be made of it.
const struct influx_series *influx_plan_add(
    struct influx_plan *plan, struct slice text, const struct point *point, uint64_t row, struct error *error);

// The place in plan->properties for a key as it is written. *entry is tried first: a place that another line gave, or any other number. -1 with error when no property can be made of it.
int influx_plan_property(struct influx_plan *plan, struct slice key, size_t *entry, struct error *error)
    __attribute__((warn_unused_result));

// -1 with error when a tag was asked for that no line had.
int influx_plan_check_found(const struct influx_plan *plan, struct error *error) __attribute__((warn_unused_result));

// The mapping in use.
void influx_plan_append_mapping(struct buffer *out, const struct influx_plan *plan);

#endif
