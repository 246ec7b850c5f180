#include "twin/store_models.h"

#include <stdio.h>

// 1 and the row of the model in use, 0 when there is none, -1.
static int ask_newest(struct store *store, sqlite3_stmt **newest, struct error *error)
{
	if (store_prepare(store, newest, "SELECT name, model FROM models ORDER BY id DESC LIMIT 1", error))
		return -1;
	return store_step(store, *newest, error);
}

int store_models_read(struct store *store, struct model **model, struct error *error)
{
	sqlite3_stmt *newest = NULL;
	int row = ask_newest(store, &newest, error);

	*model = NULL;
	if (row > 0) {
		char name[256];

		snprintf(name, sizeof name, "%s", (const char *)sqlite3_column_text(newest, 0));
		*model = model_parse(store_text(newest, 1), name, error);
		row = *model ? 0 : -1;
	}
	sqlite3_finalize(newest);
	return row;
}

static int insert(struct store *store, const struct model *model, const char *name, struct error *error)
{
	sqlite3_stmt *put = NULL;

	if (store_prepare(store, &put, "INSERT INTO models (name, revision, model) VALUES (?1, ?2, ?3)", error))
		return -1;
	store_bind_text(put, 1, slice_from_string(model->name ? model->name : name));
	sqlite3_bind_int64(put, 2, (int64_t)store->revision);
	store_bind_text(put, 3, slice_from_string(model->text));
	int failed = store_step(store, put, error);

	sqlite3_finalize(put);
	return failed;
}

int store_models_write(struct store *store, const struct model *model, const char *name, struct error *error)
{
	sqlite3_stmt *newest = NULL;

	if (store_begin(store, error) < 0)
		return -1;
	int row = ask_newest(store, &newest, error);
	bool is_same = row > 0 && slice_is(store_text(newest, 1), model->text);

	sqlite3_finalize(newest);
	if (row < 0)
		return -1;
	if (is_same) {
		store_rollback(store);
		return 0;
	}
	return insert(store, model, name, error) || store_commit(store, error) ? -1 : 0;
}

int store_models_choose(
    struct store *store, const char *path, void (*tell)(const char *message), struct model **model, struct error *error)
{
	*model = NULL;
	if (!path)
		return store ? store_models_read(store, model, error) : 0;
	*model = model_read(path, error);
	if (!*model)
		return -1;
	if (tell)
		model_tell_slips(*model, tell);
	return store ? store_models_write(store, *model, path, error) : 0;
}
