#include "analysis/health_columns.h"

#include <string.h>

#include "base/nearest.h"

const char *const health_columns[] = {"entity_id", "property", "sensor_id", "unit", "twins", "series", "sources",
    "readings", "ignored", "rejected", "unfinished", "damaged", "nulls", "unusable", "first", "last", "span",
    "interval_minimum", "interval_median", "interval_maximum", "period", "expected", "filled", "gaps", "gap_largest",
    "gap_begin", "out_of_order", "late", "late_p50", "late_p99", "late_maximum", "unplaced", "duplicates", "conflicts",
    "minimum", "maximum", "stuck", "stuck_readings", "stuck_longest", "stuck_begin", "clipped", "clipped_readings",
    "counter_resets", "unit_changes", "type_changes", "unknown_properties", "missing_required", "wrong_type",
    "wrong_unit", "out_of_range", "clock_offset_minimum", "clock_offset_median", "clock_offset_maximum", "clock_jumps",
    "clock_jump_largest", "clock_jump_at", "seq_gaps", "seq_missing", "seq_restarts", "age", "stale_after", "status",
    "completeness", "validity", "timeliness", "consistency", "uniqueness", "ordering", "accuracy", "quality"};

const size_t health_column_count = sizeof health_columns / sizeof *health_columns;

// What else a summary has.
static const char *const members[] = {"type", "entity_id", "property", "unit", "by", "measures", "differs"};

// The measures are those columns that are no members of the record itself.
#define FIRST_MEASURE 4

static bool is_measure(struct slice name)
{
	for (size_t i = FIRST_MEASURE; i < health_column_count; i++)
		if (slice_is(name, health_columns[i]))
			return true;
	return false;
}

bool health_has_member(struct slice path)
{
	const char *slash = path.length ? memchr(path.data, '/', path.length) : NULL;
	struct slice first = slash ? slice_of(path.data, (size_t)(slash - path.data)) : path;

	if (slash && slice_is(first, "measures"))
		return is_measure(slice_skip(path, first.length + 1));
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (slice_is(first, members[i]))
			return true;
	return false;
}

const char *health_nearest_measure(struct slice name)
{
	struct nearest nearest;

	nearest_init(&nearest, name.data, name.length);
	for (size_t i = FIRST_MEASURE; i < health_column_count; i++)
		nearest_offer(&nearest, health_columns[i]);
	return nearest.word;
}
