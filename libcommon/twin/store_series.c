#include "twin/store_series.h"

#include <stdlib.h>

#include "base/memory.h"
#include "io/shared_options.h"
#include "twin/about.h"

#define COLUMNS "SELECT series.id, kind, entity_id, path FROM twins JOIN series ON series.twin = twins.id"

void store_series_release(struct store_series_list *list)
{
	free(list->items);
	free(list->numbers);
	arena_release(&list->names);
	*list = (struct store_series_list)STORE_SERIES_LIST_INIT;
}

static void add(struct store_series_list *list, sqlite3_stmt *row, const struct store_series_choice *choice)
{
	int kind = sqlite3_column_int(row, 1);
	struct slice entity_id = store_text(row, 2), path = store_text(row, 3);
	const struct slice *before = list->count ? &list->items[list->count - 1].entity_id : NULL;

	if (kind < 0 || kind >= SERIES_KINDS || !(choice->kinds & SERIES_KIND(kind)) ||
	    (choice->entities && !globs_match(choice->entities, entity_id)) ||
	    !is_about(kind, path, choice->properties))
		return;
	entity_id = before && slice_equal(*before, entity_id) ? *before : arena_dup(&list->names, entity_id);
	list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = (struct store_series){
	    .number = (uint32_t)sqlite3_column_int64(row, 0),
	    .kind = kind,
	    .entity_id = entity_id,
	    .path = arena_dup(&list->names, path),
	};
}

static int read_rows(struct store_series_list *list, struct store *store, sqlite3_stmt *rows,
    const struct store_series_choice *choice, struct error *error)
{
	int row;

	while ((row = store_step(store, rows, error)) > 0)
		add(list, rows, choice);
	return row;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct store_series *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

// Each id by itself; two globs may be the same.
static int read_named(
    struct store_series_list *list, struct store *store, const struct store_series_choice *choice, struct error *error)
{
	sqlite3_stmt *rows = NULL;
	int failed = store_prepare(store, &rows, COLUMNS " WHERE entity_id = ?1 AND twins.revision > ?2", error);
	size_t kept = 0;

	for (size_t i = 0; !failed && i < choice->entities->count; i++) {
		store_bind_text(rows, 1, slice_from_string(choice->entities->items[i]));
		sqlite3_bind_int64(rows, 2, choice->changed_after ? choice->changed_after : -1);
		failed = read_rows(list, store, rows, choice, error);
	}
	sqlite3_finalize(rows);
	if (failed || !list->count)
		return failed;
	qsort(list->items, list->count, sizeof *list->items, compare_numbers);
	for (size_t i = 1; i < list->count; i++)
		if (list->items[i].number != list->items[kept].number)
			list->items[++kept] = list->items[i];
	list->count = kept + 1;
	return 0;
}

static int read_all(
    struct store_series_list *list, struct store *store, const struct store_series_choice *choice, struct error *error)
{
	sqlite3_stmt *rows = NULL;

	if (store_prepare(store, &rows, COLUMNS " WHERE twins.revision > ?1 ORDER BY series.id", error))
		return -1;
	sqlite3_bind_int64(rows, 1, choice->changed_after ? choice->changed_after : -1);
	int failed = read_rows(list, store, rows, choice, error);

	sqlite3_finalize(rows);
	return failed;
}

void store_series_complete(struct store_series_list *list)
{
	free(list->numbers);
	list->numbers = memory_new_zeroed(list->count + 1, sizeof *list->numbers);
	for (size_t i = 0; i < list->count; i++)
		list->numbers[i] = list->items[i].number;
}

int store_series_read(
    struct store_series_list *list, struct store *store, const struct store_series_choice *choice, struct error *error)
{
	bool are_named = choice->entities && globs_are_names(choice->entities);

	*list = (struct store_series_list)STORE_SERIES_LIST_INIT;
	if (are_named ? read_named(list, store, choice, error) : read_all(list, store, choice, error))
		return -1;
	store_series_complete(list);
	return 0;
}

struct history_range store_series_range(const struct store_series_list *list)
{
	struct history_range range = HISTORY_EVERYTHING;

	range.first = list->numbers[0];
	range.last = list->numbers[list->count ? list->count - 1 : 0];
	range.series = list->numbers;
	range.series_count = list->count;
	return range;
}

const struct store_series *store_series_find(struct store_series_list *list, uint32_t number)
{
	size_t low = 0, high = list->count;

	if (list->near < list->count && list->items[list->near].number == number)
		return &list->items[list->near];
	if (list->near + 1 < list->count && list->items[list->near + 1].number == number)
		return &list->items[++list->near];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == list->count || list->items[low].number != number)
		return NULL;
	list->near = low;
	return &list->items[low];
}
