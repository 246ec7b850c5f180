#include "twin/quality_stage.h"

#include <stdlib.h>

#include "base/memory.h"

struct quality_entry {
	struct quality_limits limits;
	struct quality_series series;
	struct buffer held;
	uint64_t held_number; // of what is held, among all that was put
};

void quality_stage_init(struct quality_stage *stage, const struct quality_options *options, const struct model *model,
    void (*take)(void *context, struct slice payload, const struct quality_verdict *verdict), void *context)
{
	*stage = (struct quality_stage){.options = options, .model = model, .take = take, .context = context};
}

void quality_stage_release(struct quality_stage *stage)
{
	for (size_t i = 0; i < stage->series.count; i++) {
		struct quality_entry *entry = stage->entries[i];

		if (!entry)
			continue;
		quality_series_release(&entry->series);
		buffer_release(&entry->held);
		free(entry);
	}
	free(stage->entries);
	hash_map_release(&stage->series);
	buffer_release(&stage->key);
}

static struct quality_entry *new_entry(const struct quality_stage *stage, struct slice entity_id, struct slice property)
{
	struct quality_limits limits;

	if (!quality_options_limits(stage->options, stage->model, entity_id, property, &limits))
		return NULL;
	struct quality_entry *entry = memory_new_zeroed(1, sizeof *entry);

	entry->limits = limits;
	return entry;
}

// Lengths keep two parts from being read as others: names may hold any byte.
static void append_part(struct buffer *key, struct slice part)
{
	buffer_append(key, &part.length, sizeof part.length);
	buffer_append_slice(key, part);
}

static struct quality_entry *find_entry(
    struct quality_stage *stage, struct slice entity_id, struct slice property, struct slice sensor_id)
{
	int added = 0;

	buffer_reset(&stage->key);
	append_part(&stage->key, entity_id);
	append_part(&stage->key, property);
	append_part(&stage->key, sensor_id);
	size_t at = hash_map_add(&stage->series, buffer_slice(&stage->key), &added);

	stage->entries = memory_grow(stage->entries, &stage->capacity, at + 1, sizeof *stage->entries);
	if (added)
		stage->entries[at] = new_entry(stage, entity_id, property);
	return stage->entries[at];
}

void quality_stage_put(struct quality_stage *stage, struct slice entity_id, struct slice property,
    struct slice sensor_id, const struct quality_reading *reading, struct slice payload)
{
	struct quality_entry *entry = find_entry(stage, entity_id, property, sensor_id);
	struct quality_step step = {0};

	stage->put_count++;
	if (entry)
		quality_series_put(&entry->series, &entry->limits, reading, &step);
	if (step.has_held)
		stage->take(stage->context, buffer_slice(&entry->held), &step.held);
	if (!step.holds) {
		stage->take(stage->context, payload, &step.now);
		return;
	}
	buffer_reset(&entry->held);
	buffer_append_slice(&entry->held, payload);
	entry->held_number = stage->put_count;
}

static int compare_entries(const void *a, const void *b)
{
	const struct quality_entry *const *first = a, *const *second = b;

	return ((*first)->held_number > (*second)->held_number) - ((*first)->held_number < (*second)->held_number);
}

void quality_stage_flush(struct quality_stage *stage)
{
	struct quality_entry **holding = memory_new_zeroed(stage->series.count + 1, sizeof(struct quality_entry *));
	struct quality_verdict verdict;
	size_t count = 0;

	for (size_t i = 0; i < stage->series.count; i++)
		if (stage->entries[i] && stage->entries[i]->series.holds)
			holding[count++] = stage->entries[i];
	qsort(holding, count, sizeof(struct quality_entry *), compare_entries);
	for (size_t i = 0; i < count; i++)
		if (quality_series_flush(&holding[i]->series, &holding[i]->limits, &verdict))
			stage->take(stage->context, buffer_slice(&holding[i]->held), &verdict);
	free(holding);
}
