#include "twin/store_horizons.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/timestamp.h"

static bool is_all(const char *glob)
{
	return glob[0] == '*' && !glob[1];
}

static int compare_horizons(const void *a, const void *b)
{
	const struct store_horizon *x = a, *y = b;
	bool x_all = is_all(x->property), y_all = is_all(y->property);

	return x_all != y_all ? x_all - y_all : strcmp(x->property, y->property);
}

void store_horizons_add(struct store_horizons *horizons, const char *property, int64_t before)
{
	horizons->items =
	    memory_grow(horizons->items, &horizons->capacity, horizons->count + 1, sizeof *horizons->items);
	horizons->items[horizons->count++] = (struct store_horizon){memory_dup_string(property), before};
	qsort(horizons->items, horizons->count, sizeof *horizons->items, compare_horizons);
}

void store_horizons_release(struct store_horizons *horizons)
{
	for (size_t i = 0; i < horizons->count; i++)
		free((void *)(uintptr_t)horizons->items[i].property);
	free(horizons->items);
	*horizons = (struct store_horizons)STORE_HORIZONS_INIT;
}

int store_horizons_read(struct store_horizons *horizons, struct store *store, struct error *error)
{
	sqlite3_stmt *rows = NULL;
	struct error why;
	int64_t before;
	int row;

	*horizons = (struct store_horizons)STORE_HORIZONS_INIT;
	if (store_prepare(store, &rows, "SELECT property, before FROM horizons", error))
		return -1;
	while ((row = store_step(store, rows, error)) > 0) {
		if (timestamp_parse(store_text(rows, 1), &before, &why)) {
			row = error_set(error, "store '%s' is damaged: a horizon: %s", store->path, why.message);
			break;
		}
		store_horizons_add(horizons, (const char *)sqlite3_column_text(rows, 0), before);
	}
	sqlite3_finalize(rows);
	return row;
}

static bool has_own_horizon(const struct store_series *series)
{
	int kind = series_own_kind(series->kind);

	return kind == REGISTER_REPORTED || kind == REGISTER_DESIRED;
}

int64_t store_horizon_of(const struct store_horizons *horizons, const struct store_series *series)
{
	bool has_property = has_own_horizon(series);
	char *path = memory_dup_slice(has_property ? series->path : SLICE_EMPTY);
	int64_t before = INT64_MIN;

	for (size_t i = 0; i < horizons->count; i++) {
		const char *glob = horizons->items[i].property;

		if (is_all(glob) || (has_property && fnmatch(glob, path, 0) == 0)) {
			before = horizons->items[i].before;
			break;
		}
	}
	free(path);
	return before;
}

int64_t *store_horizons_of(const struct store_horizons *horizons, const struct store_series_list *list)
{
	int64_t *all;

	if (!horizons->count)
		return NULL;
	all = memory_new_zeroed(list->count + 1, sizeof *all);
	for (size_t i = 0; i < list->count; i++)
		all[i] = store_horizon_of(horizons, &list->items[i]);
	return all;
}

// What a glob says in letters before its first wildcard, and behind its last.
static struct slice letters_before(const char *glob)
{
	return slice_of(glob, strcspn(glob, "*?[\\"));
}

static struct slice letters_behind(const char *glob)
{
	size_t length = strlen(glob), start = length;

	while (start && !strchr("*?[]\\", glob[start - 1]))
		start--;
	return slice_of(glob + start, length - start);
}

static bool ends_alike(struct slice a, struct slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;

	return shorter == 0 || memcmp(a.data + a.length - shorter, b.data + b.length - shorter, shorter) == 0;
}

// Whether some property may match both: of two patterns, what their ends do not rule out.
static bool may_meet(const char *a, const char *b)
{
	struct slice a_start = letters_before(a), b_start = letters_before(b);
	size_t shorter = a_start.length < b_start.length ? a_start.length : b_start.length;

	if (!a[a_start.length])
		return fnmatch(b, a, 0) == 0;
	if (!b[b_start.length])
		return fnmatch(a, b, 0) == 0;
	return memcmp(a_start.data, b_start.data, shorter) == 0 && ends_alike(letters_behind(a), letters_behind(b));
}

static const struct store_horizon *find(const struct store_horizons *horizons, const char *property)
{
	for (size_t i = 0; i < horizons->count; i++)
		if (strcmp(horizons->items[i].property, property) == 0)
			return &horizons->items[i];
	return NULL;
}

// Of one glob, with what the other list has taken of properties that match it. Those that match one before it are not its.
static int64_t raised(const struct store_horizon *own, const struct store_horizons *others)
{
	int64_t before = own->before;

	for (size_t i = 0; i < others->count; i++)
		if (others->items[i].before > before && compare_horizons(own, &others->items[i]) < 0 &&
		    may_meet(own->property, others->items[i].property))
			before = others->items[i].before;
	return before;
}

static int put(struct store *store, sqlite3_stmt *statement, const char *property, int64_t before, struct error *error)
{
	char text[TIMESTAMP_TEXT_SIZE];

	store_bind_text(statement, 1, slice_from_string(property));
	store_bind_text(statement, 2, slice_of(text, timestamp_format(text, before)));
	return store_step(store, statement, error);
}

// A glob that is new takes over what older ones have taken of its properties; one that is known does so where only the other one was asked for.
static int put_all(struct store *store, sqlite3_stmt *statement, const struct store_horizons *known,
    const struct store_horizons *asked, struct error *error)
{
	int failed = 0;

	for (size_t i = 0; i < asked->count && !failed; i++) {
		const struct store_horizon *own = &asked->items[i], *old = find(known, own->property);
		int64_t before = !old ? raised(own, known) : old->before > own->before ? old->before : own->before;

		failed = put(store, statement, own->property, before, error);
	}
	for (size_t i = 0; i < known->count && !failed; i++)
		if (!find(asked, known->items[i].property))
			failed =
			    put(store, statement, known->items[i].property, raised(&known->items[i], asked), error);
	return failed;
}

int store_horizons_raise(struct store *store, const struct store_horizons *asked, struct error *error)
{
	struct store_horizons known;
	sqlite3_stmt *statement = NULL;
	int failed = store_horizons_read(&known, store, error) ||
	    store_prepare(
		store, &statement, "INSERT OR REPLACE INTO horizons (property, before) VALUES (?1, ?2)", error) ||
	    put_all(store, statement, &known, asked, error);

	sqlite3_finalize(statement);
	store_horizons_release(&known);
	return failed ? -1 : 0;
}

// And whose it is.
static int find_newest(struct store *store, const struct store_series_list *list, int64_t *horizon,
    const struct store_series **whose, struct error *error)
{
	struct store_horizons horizons;
	int failed = store_horizons_read(&horizons, store, error);

	*horizon = INT64_MIN;
	for (size_t i = 0; !failed && horizons.count && i < list->count; i++) {
		int64_t own = store_horizon_of(&horizons, &list->items[i]);

		if (own <= *horizon)
			continue;
		*horizon = own;
		*whose = &list->items[i];
	}
	store_horizons_release(&horizons);
	return failed;
}

int store_horizon_newest(
    struct store *store, const struct store_series_list *list, int64_t *horizon, struct error *error)
{
	const struct store_series *whose;

	return find_newest(store, list, horizon, &whose, error);
}

int store_horizon_check(struct store *store, const struct store_series_list *list, int64_t from, struct error *error)
{
	const struct store_series *whose = NULL;
	char text[TIMESTAMP_TEXT_SIZE];
	int64_t horizon;

	if (find_newest(store, list, &horizon, &whose, error))
		return -1;
	if (from >= horizon)
		return 0;
	bool has_property = has_own_horizon(whose);

	return error_set(error, "store '%s' has forgotten the history before %.*s (--retain)%s%.*s%s", store->path,
	    (int)timestamp_format(text, horizon), text, has_property ? " of '" : "",
	    has_property ? (int)(whose->path.length < 100 ? whose->path.length : 100) : 0, whose->path.data,
	    has_property ? "'" : "");
}
