#include "analysis/recording_health.h"

#include <stdlib.h>

#include "analysis/measure_list.h"
#include "base/memory.h"

// Of a series, what each reading touches.
#define HOT_BYTES 448

// How many readings ahead what they will need is brought near, part by part.
#define HINT_AHEAD    24
#define SERIES_AHEAD  16
#define CONTENT_AHEAD 8

// Hints for each series, at least: few of them then want the same place.
#define HINTS_EACH 3

void recording_health_init(struct recording_health *health, const struct health_options *options)
{
	*health = (struct recording_health){.options = *options};
	if (options->model)
		health->options.series.units = unit_system_new();
	rule_book_init(&health->rules, options->model);
}

void recording_health_release(struct recording_health *health)
{
	for (size_t i = 0; i < health->twin_ids.count; i++)
		rule_state_release(&health->twins[i].rules, &health->rules);
	for (size_t i = 0; i < health->series_names.count; i++)
		series_health_release(&health->series[i].health);
	for (size_t i = 0; i < health->source_names.count; i++)
		source_health_release(&health->sources[i].health);
	free(health->twins);
	free(health->series);
	free(health->hints);
	free(health->sources);
	hash_map_release(&health->twin_ids);
	hash_map_release(&health->series_names);
	hash_map_release(&health->source_names);
	rule_book_release(&health->rules);
	unit_system_free(health->options.series.units);
	buffer_release(&health->name);
	buffer_release(&health->scratch);
}

static size_t find_twin(struct recording_health *health, struct slice id)
{
	int added = 0;
	size_t at = hash_map_add(&health->twin_ids, id, &added);

	if (!added)
		return at;
	health->twins = memory_grow(health->twins, &health->twin_capacity, at + 1, sizeof *health->twins);
	struct health_twin *twin = &health->twins[at];

	*twin = (struct health_twin){.id = health->twin_ids.keys[at]};
	if (model_applies(health->options.model, id)) {
		twin->model = health->options.model;
		rule_state_init(&twin->rules, &health->rules);
	}
	return at;
}

static void begin_series(struct recording_health *health, size_t at, size_t twin_at, size_t property_length)
{
	struct slice name = health->series_names.keys[at];
	struct health_twin *twin = &health->twins[twin_at];

	health->series = memory_grow(health->series, &health->series_capacity, at + 1, sizeof *health->series);
	struct health_series *series = &health->series[at];

	*series = (struct health_series){
	    .name = name,
	    .property = slice_skip(name, name.length - property_length),
	    .twin = twin_at,
	    .rule_path = HASH_MAP_NONE,
	};
	const struct model_property *property = model_property(twin->model, series->property);

	twin->unknown += twin->model && !property;
	if (twin->model)
		series->rule_path = rule_book_see(&health->rules, series->property);
	series_health_init(&series->health, &health->options.series, property);
}

// Named by the length of the id, the id and the property: no two pairs have one name.
static struct slice series_name(struct recording_health *health, struct slice id, struct slice property)
{
	uint16_t length = (uint16_t)id.length;

	buffer_reset(&health->name);
	buffer_append(&health->name, &length, sizeof length);
	buffer_append_slice(&health->name, id);
	buffer_append_slice(&health->name, property);
	return buffer_slice(&health->name);
}

// The first of the two places where a hash may stand.
static struct series_hint *hints_of(const struct recording_health *health, uint64_t hash)
{
	return health->hint_count ? &health->hints[hash & (health->hint_count - 2)] : NULL;
}

static const struct series_hint *find_hint(const struct recording_health *health, uint64_t hash)
{
	const struct series_hint *hints = hash ? hints_of(health, hash) : NULL;

	if (!hints)
		return NULL;
	return hints[0].hash == hash ? &hints[0] : hints[1].hash == hash ? &hints[1] : NULL;
}

static void set_hint(struct recording_health *health, uint64_t hash, size_t series)
{
	if (health->series_names.count * HINTS_EACH > health->hint_count) {
		size_t count = health->hint_count ? health->hint_count * 4 : 64;

		free(health->hints);
		health->hints = memory_new_zeroed(count, sizeof *health->hints);
		health->hint_count = count;
	}
	struct series_hint *hints = hints_of(health, hash);

	hints[hints[0].hash && !hints[1].hash] = (struct series_hint){hash, series};
}

static bool is_series(const struct health_series *series, struct slice id, struct slice property)
{
	return series->name.length == sizeof(uint16_t) + id.length + property.length &&
	    series->property.length == property.length &&
	    memcmp(series->property.data, property.data, property.length) == 0 &&
	    memcmp(series->name.data + sizeof(uint16_t), id.data, id.length) == 0;
}

static struct health_series *find_series(struct recording_health *health, const struct record *record)
{
	struct slice id = record->text[MEMBER_ENTITY_ID], property = record->text[MEMBER_PROPERTY];
	const struct series_hint *hint = find_hint(health, record->series_hash);
	int added = 0;

	if (hint && is_series(&health->series[hint->series], id, property))
		return &health->series[hint->series];
	size_t at = hash_map_add(&health->series_names, series_name(health, id, property), &added);

	if (added)
		begin_series(health, at, find_twin(health, id), property.length);
	set_hint(health, record->series_hash, at);
	return &health->series[at];
}

static void fetch_hint(const struct recording_health *health, uint64_t hash)
{
	if (hash && health->hint_count)
		__builtin_prefetch(hints_of(health, hash));
}

static const struct health_series *hinted(const struct recording_health *health, uint64_t hash)
{
	const struct series_hint *hint = find_hint(health, hash);

	return hint ? &health->series[hint->series] : NULL;
}

static void fetch_series(const struct recording_health *health, uint64_t hash)
{
	const char *series = (const char *)hinted(health, hash);

	for (size_t line = 0; series && line < HOT_BYTES; line += 64)
		__builtin_prefetch(series + line, 1);
}

static void fetch_content(const struct recording_health *health, uint64_t hash)
{
	const struct health_series *series = hinted(health, hash);

	if (!series)
		return;
	const struct instant_window *window = &series->health.window;

	__builtin_prefetch(series->name.data);
	if (window->count)
		__builtin_prefetch(window->items + window->first + window->count - 1, 1);
}

void recording_health_prefetch(const struct recording_health *health, const uint64_t *hashes, size_t count)
{
	if (count > HINT_AHEAD)
		fetch_hint(health, hashes[HINT_AHEAD]);
	if (count > SERIES_AHEAD)
		fetch_series(health, hashes[SERIES_AHEAD]);
	if (count > CONTENT_AHEAD)
		fetch_content(health, hashes[CONTENT_AHEAD]);
}

bool recording_health_has(struct recording_health *health, struct slice id, struct slice property)
{
	return hash_map_find(&health->series_names, series_name(health, id, property)) != HASH_MAP_NONE;
}

// The id of a twin stands for readings that name no sensor.
static void add_to_source(struct recording_health *health, const struct record *record)
{
	bool is_twin = !record_has(record, MEMBER_SENSOR_ID);
	int added = 0;

	buffer_reset(&health->name);
	buffer_append_char(&health->name, is_twin ? 't' : 's');
	buffer_append_slice(&health->name, record->text[is_twin ? MEMBER_ENTITY_ID : MEMBER_SENSOR_ID]);
	size_t at = hash_map_add(&health->source_names, buffer_slice(&health->name), &added);

	if (added) {
		health->sources =
		    memory_grow(health->sources, &health->source_capacity, at + 1, sizeof *health->sources);
		health->sources[at] =
		    (struct health_source){.name = slice_skip(health->source_names.keys[at], 1), .is_twin = is_twin};
	}
	source_health_add(&health->sources[at].health, record, health->options.jump_limit);
}

void recording_health_add(struct recording_health *health, const struct record *record)
{
	if (record->type != RECORD_READING) {
		health->ignored++;
		return;
	}
	struct health_series *series = find_series(health, record);

	if (!health->readings++ || record->timestamp > health->newest)
		health->newest = record->timestamp;
	series_health_add(&series->health, record, &health->scratch);
	struct slice value;

	if (series->rule_path != HASH_MAP_NONE && record->kind[MEMBER_VALUE] != VALUE_NULL &&
	    series_health_comparable(&series->health, record, &health->scratch, &value))
		rule_state_add(
		    &health->twins[series->twin].rules, &health->rules, series->rule_path, record->timestamp, value);
	if (record_has(record, MEMBER_RECEIVED) || record_has(record, MEMBER_SEQ))
		add_to_source(health, record);
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

bool recording_health_passes(const struct recording_health *health, int64_t time, int64_t every)
{
	return health->readings && time > health->newest &&
	    floor_divide(time, every) > floor_divide(health->newest, every);
}

int64_t recording_health_clock(const struct recording_health *health)
{
	return health->options.has_clock ? health->options.clock : health->newest;
}

int64_t recording_health_stale_after(const struct recording_health *health, const struct health_series *series)
{
	if (health->options.stale_after)
		return health->options.stale_after;
	return series->health.property ? series->health.property->stale_after : 0;
}

void recording_health_append_sources(const struct recording_health *health, struct buffer *out)
{
	uint64_t jumps = 0, gaps = 0, missing = 0, restarts = 0;

	for (size_t i = 0; i < health->source_names.count; i++) {
		const struct source_health *source = &health->sources[i].health;

		jumps += source->jumps;
		gaps += source_health_gaps(source);
		missing += source_health_missing(source);
		restarts += source->seq_restarts;
	}
	measure_count(out, "clock_jumps", jumps);
	measure_count(out, "seq_gaps", gaps);
	measure_count(out, "seq_missing", missing);
	measure_count(out, "seq_restarts", restarts);
}
