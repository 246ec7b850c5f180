#include "twin/store_fold.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "twin/admission.h"
#include "twin/store_horizons.h"
#include "twin/store_rest.h"

int store_fold_open(struct store_fold *fold, struct store *store, const struct model *model,
    const struct store_series_choice *choice, struct error *error)
{
	*fold = (struct store_fold){.store = store, .model = model};
	twin_set_init(&fold->set);
	if (!store->has_history)
		return error_set(error, "store '%s' keeps no history", store->path);
	fold->history = history_new(store->database);
	history_set_join(fold->history, store_rest_join, NULL);
	return store_series_read(
	    &fold->series, store, choice ? choice : &(struct store_series_choice){.kinds = SERIES_ALL_KINDS}, error);
}

void store_fold_release(struct store_fold *fold)
{
	twin_set_release(&fold->set);
	history_free(fold->history);
	store_series_release(&fold->series);
	value_tree_release(&fold->tree);
	free(fold->held);
	free(fold->horizons);
}

void store_item_assignment(const struct store_series *series, const struct history_item *item, struct value_tree *tree,
    struct assignment *assignment)
{
	*assignment = (struct assignment){
	    .kind = (enum register_kind)series_own_kind(series->kind),
	    .entity_id = series->entity_id,
	    .path = series->path,
	    .key = {.timestamp = item->timestamp,
		.counter = item->counter,
		.live = item->live,
		.quality = item->quality},
	    .tail = {.sensor_id = item->sensor_id,
		.seq = item->seq,
		.value = item->value,
		.unit = item->unit,
		.command_id = item->command_id},
	    .origin = item->origin,
	};
	store_rest_read(item->rest, tree, assignment);
}

bool store_fold_assignment(struct store_fold *fold, const struct history_item *item, struct assignment *assignment)
{
	const struct store_series *series = store_series_find(&fold->series, item->series);

	if (!series || series->kind >= REGISTER_KINDS)
		return false;
	store_item_assignment(series, item, &fold->tree, assignment);
	assignment->hash = assignment_hash(assignment->kind, assignment->entity_id, assignment->path);
	admission_weigh(fold->model, assignment);
	return true;
}

// The revisions of what a series' registers hold, and of its twin's delete.
struct store_held {
	int64_t usable, last;
};

static struct store_held *held_of(struct store_fold *fold, uint32_t *watch)
{
	if (!*watch) {
		fold->held = memory_grow(fold->held, &fold->held_capacity, fold->held_count + 1, sizeof *fold->held);
		fold->held[fold->held_count++] = (struct store_held){0, 0};
		*watch = (uint32_t)fold->held_count;
	}
	return &fold->held[*watch - 1];
}

// What has been taken is held by the register that shows it, if it can be shown, or else by the one of the newest.
static void put(struct store_fold *fold, const struct assignment *assignment, int64_t revision)
{
	struct twin_put put = twin_set_put(&fold->set, assignment);

	if (put.outcome != FOLD_TAKEN)
		return;
	struct store_held *held = held_of(fold, put.series ? &put.series->watch : &put.twin->watch);

	if (assignment->kind != REGISTER_REPORTED || reading_is_usable(&assignment->key))
		held->usable = revision;
	else
		held->last = revision;
}

static void set_revisions(struct store_fold *fold)
{
	for (size_t i = 0; i < fold->set.entities.count; i++) {
		struct twin *twin = fold->set.twins[i];
		int64_t revision = twin->watch ? fold->held[twin->watch - 1].usable : 0;

		for (const struct series *series = twin->series; series; series = series->next) {
			if (!series->watch)
				continue;
			const struct store_held *held = &fold->held[series->watch - 1];
			bool has_last = series->last.handle && series->last.handle != series->usable.handle;

			revision = held->usable > revision ? held->usable : revision;
			revision = has_last && held->last > revision ? held->last : revision;
		}
		twin->revision = (uint64_t)revision;
	}
}

// Something that counted before the horizon is left out: what counted in its place may have been forgotten.
static void note_gap(struct store_fold *fold, const struct history_item *item)
{
	const struct store_series *series = store_series_find(&fold->series, item->series);
	int64_t horizon = fold->horizons ? fold->horizons[series - fold->series.items] : INT64_MIN;

	if (item->timestamp < horizon && (!fold->has_gap || horizon > fold->gap)) {
		fold->has_gap = true;
		fold->gap = horizon;
	}
}

bool store_fold_counts(struct store_fold *fold, const struct store_instant *instant, const struct history_item *item)
{
	// No range of the history ends before the last moment of all.
	if (item->timestamp > instant->at)
		return false;
	if ((!item->has_received || item->received <= instant->known_at) && item->revision <= instant->revision) {
		fold->undated += !item->has_received;
		return true;
	}
	note_gap(fold, item);
	return false;
}

static int fold_all(struct store_fold *fold, const struct store_instant *instant, struct error *error)
{
	struct history_range range = store_series_range(&fold->series);
	struct history_item item;
	struct assignment assignment;
	int found = -1;

	range.after = instant->after;
	if (instant->at != INT64_MAX)
		range.to = instant->at + 1;
	struct history_cursor *cursor = history_cursor_open(fold->history, &range, error);

	while (cursor && (found = history_cursor_next(cursor, &item, error)) > 0)
		if (store_fold_assignment(fold, &item, &assignment) && store_fold_counts(fold, instant, &item))
			put(fold, &assignment, item.revision);
	history_cursor_close(cursor);
	set_revisions(fold);
	return found;
}

static int read_horizons(struct store_fold *fold, struct error *error)
{
	struct store_horizons horizons;
	int failed = store_horizons_read(&horizons, fold->store, error);

	if (!failed)
		fold->horizons = store_horizons_of(&horizons, &fold->series);
	store_horizons_release(&horizons);
	return failed;
}

int store_fold_begin(struct store_fold *fold, const struct store_instant *instant, struct error *error)
{
	return store_horizon_check(fold->store, &fold->series, instant->at, error) || read_horizons(fold, error) ? -1
														 : 0;
}

int store_fold_end(const struct store_fold *fold, struct error *error)
{
	char text[TIMESTAMP_TEXT_SIZE];

	if (!fold->has_gap)
		return 0;
	return error_set(error,
	    "store '%s' has forgotten the history before %.*s (--retain): what was known of it then cannot be told",
	    fold->store->path, (int)timestamp_format(text, fold->gap), text);
}

int store_fold_history(struct store_fold *fold, const struct store_instant *instant, struct error *error)
{
	const struct store_instant always = STORE_ALWAYS;

	if (!instant)
		return fold_all(fold, &always, error);
	return store_fold_begin(fold, instant, error) || fold_all(fold, instant, error) || store_fold_end(fold, error)
	    ? -1
	    : 0;
}
