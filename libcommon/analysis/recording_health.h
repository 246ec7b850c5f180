// The health of a recording or a live stream: all its series, its twins against their model, its sources. One pass; memory grows with the
// number of series and sources, never with the length.
#ifndef ANALYSIS_RECORDING_HEALTH_H
#define ANALYSIS_RECORDING_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/rule_check.h"
#include "analysis/series_health.h"
#include "analysis/source_health.h"
#include "base/hash_map.h"
#include "record/record.h"
#include "twin/model.h"

struct health_options {
	struct series_options series;
	const struct model *model; // NULL for none
	int64_t stale_after;       // for all properties, over the model's; 0 when not given
	bool has_clock;
	int64_t clock;      // otherwise the newest reading's time
	int64_t jump_limit; // nanoseconds
};

struct health_twin {
	struct slice id;
	const struct model *model; // NULL when none applies
	struct rule_state rules;
	uint64_t unknown; // properties that the model does not know
};

struct health_series {
	struct slice name; // what series_names knows it by
	struct slice property;
	size_t twin;
	size_t rule_path; // of the rule book, or HASH_MAP_NONE
	struct series_health health;
};

struct health_source {
	struct source_health health;
	struct slice name; // a sensor_id, or the id of the twin
	bool is_twin;
};

// Where a series of this hash was found last: saves most look-ups, and can be fetched ahead.
struct series_hint {
	uint64_t hash; // 0: none
	size_t series;
};

struct recording_health {
	struct health_options options;
	struct rule_book rules;
	struct hash_map twin_ids, series_names, source_names;
	struct health_twin *twins;
	struct health_series *series;
	struct health_source *sources;
	struct series_hint *hints; // a power of two
	size_t hint_count;
	size_t twin_capacity, series_capacity, source_capacity;
	uint64_t readings, ignored; // ignored: records of other types
	int64_t newest;
	struct buffer name, scratch;
};

void recording_health_init(struct recording_health *health, const struct health_options *options);
void recording_health_release(struct recording_health *health);

void recording_health_add(struct recording_health *health, const struct record *record);

// Readings with these series_hashes come next (0: no reading): brings near what they will need.
void recording_health_prefetch(const struct recording_health *health, const uint64_t *hashes, size_t count);

bool recording_health_has(struct recording_health *health, struct slice id, struct slice property);

// Whether a reading of this time passes a multiple of `every` (nanoseconds) that the newest so far has not passed.
bool recording_health_passes(const struct recording_health *health, int64_t time, int64_t every);

// What time it is.
int64_t recording_health_clock(const struct recording_health *health);

// stale_after of a series: nanoseconds, 0 when not known.
int64_t recording_health_stale_after(const struct recording_health *health, const struct health_series *series);

// The sums of all sources, as measures.
void recording_health_append_sources(const struct recording_health *health, struct buffer *out);

#endif
