#include "twin/store_upkeep.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "twin/state_text.h"
#include "twin/store_fold.h"
#include "twin/store_rest.h"
#include "twin/store_twins.h"

// So many items of the history are gone through between two commits.
#define ITEMS_PER_COMMIT ((size_t)1000000)

// Goes through the twins and compares what the store has with what the fold gives.
struct comparison {
	struct store_fold *fold;
	struct state_writer writer;
	struct buffer text;
	char timestamp[TIMESTAMP_TEXT_SIZE];
	sqlite3_stmt *all, *put;
	int (*differs)(struct comparison *comparison, struct error *error);
	void (*report)(void *context, const char *message);
	void *context;
	size_t count;
};

static int compare_row(struct comparison *comparison, struct error *error)
{
	const struct twin *twin = twin_set_find(&comparison->fold->set, store_text(comparison->all, 1));

	buffer_reset(&comparison->text);
	if (twin)
		state_append_registers(&comparison->writer, &comparison->text, twin);
	if (comparison->text.length)
		comparison->text.length--; // the last newline
	if (slice_equal(buffer_slice(&comparison->text), store_text(comparison->all, 2)))
		return 0;
	comparison->count++;
	return comparison->differs(comparison, error);
}

static int compare_all(struct comparison *comparison, struct error *error)
{
	struct store *store = comparison->fold->store;
	const struct status_rules rules = {.model = NULL};
	int row, failed = 0;

	if (store_fold_history(comparison->fold, NULL, error) ||
	    store_prepare(store, &comparison->all, "SELECT id, entity_id, state FROM twins ORDER BY id", error))
		return -1;
	state_writer_init(&comparison->writer, &comparison->fold->set, &rules);
	while (!failed && (row = store_step(store, comparison->all, error)) != 0)
		failed = row < 0 || compare_row(comparison, error);
	state_writer_release(&comparison->writer);
	sqlite3_finalize(comparison->all);
	sqlite3_finalize(comparison->put);
	buffer_release(&comparison->text);
	return failed ? -1 : 0;
}

static int write_state(struct comparison *comparison, struct error *error)
{
	struct store *store = comparison->fold->store;
	bool has_time = comparison->text.length;

	if (store_prepare(store, &comparison->put, "UPDATE twins SET timestamp = ?2, state = ?3 WHERE id = ?1", error))
		return -1;
	sqlite3_bind_int64(comparison->put, 1, sqlite3_column_int64(comparison->all, 0));
	sqlite3_bind_null(comparison->put, 2);
	if (has_time)
		store_bind_text(comparison->put, 2,
		    slice_of(comparison->timestamp,
			timestamp_format(comparison->timestamp, comparison->writer.view.timestamp)));
	store_bind_text(comparison->put, 3, buffer_slice(&comparison->text));
	return store_step(store, comparison->put, error);
}

int store_rebuild(struct store *store, const struct model *model, size_t *changed, struct error *error)
{
	struct store_fold fold;
	struct comparison comparison = {.fold = &fold, .differs = write_state};

	if (store_begin(store, error) < 0)
		return -1;
	int failed = store_fold_open(&fold, store, model, NULL, error) || compare_all(&comparison, error) ||
	    store_commit(store, error);

	*changed = comparison.count;
	store_fold_release(&fold);
	store_rollback(store);
	return failed ? -1 : 0;
}

static int report_state(struct comparison *comparison, struct error *error)
{
	struct buffer message = BUFFER_INIT;

	(void)error;
	buffer_append_string(&message, "twin '");
	buffer_append_slice(&message, store_text(comparison->all, 1));
	buffer_append_string(&message, "' has another state than its history gives");
	comparison->report(comparison->context, buffer_string(&message));
	buffer_release(&message);
	return 0;
}

static int check_structure(
    struct store *store, void (*report)(void *context, const char *message), void *context, struct error *error)
{
	sqlite3_stmt *check = NULL;
	int row, wrong = 0;

	if (store_prepare(store, &check, "PRAGMA integrity_check", error))
		return -1;
	while ((row = store_step(store, check, error)) > 0) {
		if (slice_is(store_text(check, 0), "ok"))
			continue;
		wrong = 1;
		report(context, (const char *)sqlite3_column_text(check, 0));
	}
	sqlite3_finalize(check);
	return row < 0 ? -1 : wrong;
}

// The states last: what is wrong in the history makes them differ.
static int check_all(struct comparison *comparison, struct store *store, const struct model *model, struct error *error)
{
	int wrong = check_structure(store, comparison->report, comparison->context, error);

	if (wrong < 0 || !store->has_history)
		return wrong;
	if (store_fold_open(comparison->fold, store, model, NULL, error))
		return -1;
	int damaged = history_verify(
	    comparison->fold->history, (int64_t)store->revision, comparison->report, comparison->context, error);

	if (damaged)
		return damaged;
	return compare_all(comparison, error) ? -1 : wrong || comparison->count;
}

int store_verify(struct store *store, const struct model *model, void (*report)(void *context, const char *message),
    void *context, struct error *error)
{
	struct store_fold fold = {.store = NULL};
	struct comparison comparison = {.fold = &fold, .differs = report_state, .report = report, .context = context};

	// A reader's transaction: one view of everything.
	int result = store_look(store, error) < 0 ? -1 : check_all(&comparison, store, model, error);

	store_fold_release(&fold);
	store_rollback(store);
	return result;
}

int store_compact(struct store *store, struct error *error)
{
	struct history *history = store->has_history ? history_new(store->database) : NULL;
	int more = history ? 1 : 0;

	if (history)
		history_set_join(history, store_rest_join, NULL);
	while (more > 0) {
		more = store_begin(store, error) < 0 ? -1 : history_compact(history, ITEMS_PER_COMMIT, error);
		if (more >= 0 && store_commit(store, error))
			more = -1;
	}
	store_rollback(store);
	history_free(history);
	if (more < 0 || store_execute(store, "VACUUM", error))
		return -1;
	return store_execute(store, "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

struct retaining {
	struct store_fold fold;
	struct store_twins twins;
	const struct store_horizon *horizons;
	size_t horizon_count;
};

static bool is_refused(const struct store_series *series)
{
	return series && series->kind >= SERIES_REFUSED;
}

static int64_t horizon_of(const struct retaining *retaining, const struct store_series *series)
{
	int kind = is_refused(series) ? series->kind - SERIES_REFUSED : series ? series->kind : -1;
	bool has_property = kind == REGISTER_REPORTED || kind == REGISTER_DESIRED;
	char *path = memory_dup_slice(has_property ? series->path : SLICE_LITERAL(""));
	int64_t before = INT64_MIN;

	for (size_t i = 0; i < retaining->horizon_count; i++) {
		const char *glob = retaining->horizons[i].property;

		if (has_property ? fnmatch(glob, path, 0) == 0 : glob[0] == '*' && !glob[1]) {
			before = retaining->horizons[i].before;
			break;
		}
	}
	free(path);
	return before;
}

static bool keep(void *context, const struct history_item *item)
{
	struct retaining *retaining = context;
	const struct store_series *series = store_series_find(&retaining->fold.series, item->series);
	struct assignment assignment;

	return (!item->live && !is_refused(series)) || item->timestamp >= horizon_of(retaining, series) ||
	    (store_fold_assignment(&retaining->fold, item, &assignment) &&
		twin_set_holds(&retaining->fold.set, &assignment));
}

static int put_horizons(struct store *store, const struct store_horizon *horizons, size_t count, struct error *error)
{
	sqlite3_stmt *put = NULL;
	char text[TIMESTAMP_TEXT_SIZE];
	int failed =
	    store_prepare(store, &put, "INSERT OR REPLACE INTO horizons (property, before) VALUES (?1, ?2)", error);

	for (size_t i = 0; i < count && !failed; i++) {
		store_bind_text(put, 1, slice_from_string(horizons[i].property));
		store_bind_text(put, 2, slice_of(text, timestamp_format(text, horizons[i].before)));
		failed = store_step(store, put, error);
	}
	sqlite3_finalize(put);
	return failed;
}

// Takes the writers' turn with the twins as they are now.
static int begin_with_twins(struct retaining *retaining, struct error *error)
{
	int others_wrote = store_begin(retaining->fold.store, error);

	if (others_wrote <= 0)
		return others_wrote;
	return store_twins_begin(&retaining->twins, true, error) || store_twins_load_all(&retaining->twins, error) ? -1
														   : 0;
}

// Once the horizon is written it holds, also when removing what lies before it does not come to its end.
static int begin_retaining(
    struct retaining *retaining, struct store *store, const struct model *model, struct error *error)
{
	if (store_begin(store, error) < 0 || store_fold_open(&retaining->fold, store, model, NULL, error))
		return -1;
	store_twins_init(&retaining->twins, store, &retaining->fold.set, model);
	return store_twins_load_all(&retaining->twins, error) ||
		put_horizons(store, retaining->horizons, retaining->horizon_count, error) || store_commit(store, error)
	    ? -1
	    : 0;
}

static int remove_items(struct retaining *retaining, struct error *error)
{
	struct history_retention retention = {
	    .first = 0, .last = UINT32_MAX, .before = INT64_MIN, .keep = keep, .context = retaining};
	int more = 1;

	for (size_t i = 0; i < retaining->horizon_count; i++)
		if (retaining->horizons[i].before > retention.before)
			retention.before = retaining->horizons[i].before;
	while (more > 0) {
		more = begin_with_twins(retaining, error)
		    ? -1
		    : history_retain(retaining->fold.history, &retention, ITEMS_PER_COMMIT, error);
		if (more >= 0 && store_commit(retaining->fold.store, error))
			more = -1;
	}
	return more;
}

int store_retain(struct store *store, const struct model *model, const struct store_horizon *horizons, size_t count,
    struct error *error)
{
	struct retaining retaining = {.horizons = horizons, .horizon_count = count};
	int failed = begin_retaining(&retaining, store, model, error) || remove_items(&retaining, error);

	store_rollback(store);
	if (retaining.twins.store)
		store_twins_release(&retaining.twins);
	store_fold_release(&retaining.fold);
	return failed ? -1 : 0;
}
