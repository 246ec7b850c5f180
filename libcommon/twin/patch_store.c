#include "twin/patch_store.h"

#include <stdlib.h>

#include "base/memory.h"
#include "twin/admission.h"

int patch_store_begin(struct patch_store *into, struct store *store, struct twin_patch *patch, struct error *error)
{
	*into =
	    (struct patch_store){.store = store, .patch = patch, .twins = memory_new_zeroed(1, sizeof *into->twins)};
	twin_set_init(&into->set);
	store_twins_init(into->twins, store, &into->set, patch->model);
	record_scanner_init(&into->scanner);
	patch->joins = true;
	int others_wrote = store_begin(store, error);

	return others_wrote < 0 || store_twins_begin(into->twins, others_wrote, error) ? -1 : 0;
}

static int put_record(struct patch_store *into, struct twin *twin, const struct record *record, struct error *error)
{
	store_twins_record(into->twins, record, NULL, into->said.count);
	for (size_t i = 0; i < into->said.count; i++) {
		struct assignment *item = &into->said.items[i];
		double quality = item->key.quality;

		admission_weigh(into->patch->model, item);
		struct twin_put put = twin_set_put(&into->set, item);

		if (put.changed)
			store_twins_changed(into->twins, twin);
		if (store_twins_remember(into->twins, twin, put.series, item, quality, error))
			return -1;
	}
	return 0;
}

static int put_line(struct patch_store *into, struct twin *twin, struct slice line, struct error *error)
{
	struct record record;

	buffer_reset(&into->line);
	buffer_append_slice(&into->line, line);
	buffer_reserve(&into->line, LINE_SCAN_PADDING);
	arena_reset(&into->arena);
	if (record_scan(&into->scanner, buffer_slice(&into->line), &into->arena, &record, error) ||
	    assignments_of_record(&into->said, &record, error))
		return -1;
	into->store->revision++;
	return put_record(into, twin, &record, error);
}

int patch_store_put(
    struct patch_store *into, struct slice entity_id, const struct patch_item *items, size_t count, struct error *error)
{
	struct slice lines;
	struct twin *twin;

	if (store_twins_touch(into->twins, entity_id, &twin, error))
		return -1;
	if (!twin_patch_apply(into->patch, &into->set, twin, entity_id, items, count))
		return 0;
	lines = buffer_slice(&into->patch->lines);
	while (lines.length) {
		size_t length = (size_t)((const char *)memchr(lines.data, '\n', lines.length) - lines.data);

		if (put_line(into, twin, slice_of(lines.data, length), error))
			return -1;
		lines = slice_skip(lines, length + 1);
	}
	return 1;
}

int patch_store_end(struct patch_store *into, bool keep, struct error *error)
{
	const struct status_rules rules = {.model = into->patch->model};
	struct state_writer writer;
	int failed = 0;

	if (!keep)
		return 0;
	state_writer_init(&writer, &into->set, &rules);
	failed = store_twins_save(into->twins, &writer, error) || store_commit(into->store, error);
	state_writer_release(&writer);
	return failed ? -1 : 0;
}

void patch_store_release(struct patch_store *into)
{
	store_rollback(into->store);
	store_twins_release(into->twins);
	free(into->twins);
	twin_set_release(&into->set);
	record_scanner_release(&into->scanner);
	assignments_release(&into->said);
	arena_release(&into->arena);
	buffer_release(&into->line);
}
