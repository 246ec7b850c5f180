#include "twin/store_upkeep.h"

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
