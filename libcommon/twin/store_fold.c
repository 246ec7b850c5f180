#include "twin/store_fold.h"

#include <stdlib.h>

#include "base/memory.h"
#include "twin/admission.h"
#include "twin/store_items.h"
#include "twin/store_rest.h"

static int read_series(struct store_fold *fold, struct error *error)
{
	sqlite3_stmt *all = NULL;
	size_t capacity = 0;
	int row;

	if (store_prepare(fold->store, &all,
		"SELECT series.id, entity_id, kind, path FROM series JOIN twins ON twins.id = series.twin ORDER BY "
		"series.id",
		error))
		return -1;
	while ((row = store_step(fold->store, all, error)) > 0) {
		size_t number = (size_t)sqlite3_column_int64(all, 0);

		fold->series = memory_grow(fold->series, &capacity, number + 1, sizeof *fold->series);
		for (; fold->series_count < number; fold->series_count++)
			fold->series[fold->series_count] = (struct store_series){.kind = -1};
		fold->series[fold->series_count++] = (struct store_series){
		    .entity_id = arena_dup(&fold->names, store_text(all, 1)),
		    .path = arena_dup(&fold->names, store_text(all, 3)),
		    .kind = sqlite3_column_int(all, 2),
		};
	}
	sqlite3_finalize(all);
	return row;
}

int store_fold_open(struct store_fold *fold, struct store *store, const struct model *model, struct error *error)
{
	*fold = (struct store_fold){.store = store, .model = model};
	twin_set_init(&fold->set);
	if (!store->has_history)
		return error_set(error, "store '%s' keeps no history", store->path);
	fold->history = history_new(store->database);
	history_set_join(fold->history, store_rest_join, NULL);
	return read_series(fold, error);
}

void store_fold_release(struct store_fold *fold)
{
	twin_set_release(&fold->set);
	history_free(fold->history);
	free(fold->series);
	arena_release(&fold->names);
	value_tree_release(&fold->tree);
}

bool store_fold_assignment(struct store_fold *fold, const struct history_item *item, struct assignment *assignment)
{
	const struct store_series *series = item->series < fold->series_count ? &fold->series[item->series] : NULL;

	if (!series || series->kind < 0 || series->kind >= REGISTER_KINDS)
		return false;
	*assignment = (struct assignment){
	    .kind = (enum register_kind)series->kind,
	    .entity_id = series->entity_id,
	    .path = series->path,
	    .hash = assignment_hash((enum register_kind)series->kind, series->entity_id, series->path),
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
	store_rest_read(item->rest, &fold->tree, assignment);
	admission_weigh(fold->model, assignment);
	return true;
}

int store_fold_history(struct store_fold *fold, struct error *error)
{
	struct history_cursor *cursor = history_cursor_open(fold->history, &HISTORY_EVERYTHING, error);
	struct history_item item;
	struct assignment assignment;
	int found = -1;

	while (cursor && (found = history_cursor_next(cursor, &item, error)) > 0)
		if (store_fold_assignment(fold, &item, &assignment))
			twin_set_put(&fold->set, &assignment);
	if (cursor)
		history_cursor_close(cursor);
	return found;
}
