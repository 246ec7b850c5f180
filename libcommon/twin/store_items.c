#include "twin/store_items.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/timestamp.h"

// A run of the history is made of so many at most, so that memory is bounded whatever a commit holds.
#define ITEMS_MAX ((size_t)100000)
#define TEXTS_MAX ((size_t)64 << 20)

void store_items_init(struct store_items *items, struct store *store)
{
	*items = (struct store_items){.store = store};
	if (!store->has_history)
		return;
	items->history = history_new(store->database);
	history_set_join(items->history, store_rest_join, NULL);
}

void store_items_release(struct store_items *items)
{
	sqlite3_finalize(items->find_series);
	sqlite3_finalize(items->add_series);
	history_free(items->history);
	arena_release(&items->texts);
	buffer_release(&items->scratch);
	store_rest_common_release(&items->common);
	free(items->rows);
}

static void bind_series(sqlite3_stmt *statement, int64_t twin, int kind, struct slice path)
{
	sqlite3_bind_int64(statement, 1, twin);
	sqlite3_bind_int(statement, 2, kind);
	store_bind_text(statement, 3, path);
}

static int add_series(
    struct store_items *items, int64_t twin, int kind, struct slice path, uint32_t *number, struct error *error)
{
	if (store_prepare(
		items->store, &items->add_series, "INSERT INTO series (twin, kind, path) VALUES (?1, ?2, ?3)", error))
		return -1;
	bind_series(items->add_series, twin, kind, path);
	if (store_step(items->store, items->add_series, error))
		return -1;
	int64_t made = sqlite3_last_insert_rowid(items->store->database);

	if (made > UINT32_MAX)
		return error_set(error, "store '%s' has no room for more properties", items->store->path);
	*number = (uint32_t)made;
	return 0;
}

int store_items_series(
    struct store_items *items, int64_t twin, int kind, struct slice path, uint32_t *number, struct error *error)
{
	if (store_prepare(items->store, &items->find_series,
		"SELECT id FROM series WHERE twin = ?1 AND kind = ?2 AND path = ?3", error))
		return -1;
	bind_series(items->find_series, twin, kind, path);
	int row = store_step(items->store, items->find_series, error);

	if (row < 0)
		return -1;
	if (!row)
		return add_series(items, twin, kind, path, number, error);
	*number = (uint32_t)sqlite3_column_int64(items->find_series, 0);
	sqlite3_reset(items->find_series);
	return 0;
}

static int append(struct store_items *items, struct error *error)
{
	if (items->count && history_append(items->history, items->rows, items->count, error))
		return -1;
	items->appended += items->count;
	items->count = 0;
	arena_reset(&items->texts);
	memset(items->known, 0, sizeof items->known);
	return 0;
}

#define KNOWN_BYTES_MAX 64

static struct slice keep(struct store_items *items, struct slice text)
{
	if (!text.length)
		return SLICE_EMPTY;
	if (text.length > KNOWN_BYTES_MAX)
		return arena_dup(&items->texts, text);
	struct slice *known = &items->known[hash_bytes(text, 0) % STORE_TEXTS_KNOWN];

	if (known->length != text.length || !bytes_equal(known->data, text.data, text.length))
		*known = arena_dup(&items->texts, text);
	return *known;
}

// They are read in an order that is not theirs: on large pages that takes less time.
static void make_room(struct store_items *items)
{
	size_t capacity = items->capacity ? 2 * items->capacity : 64;

	if (items->count < items->capacity)
		return;
	struct history_row *rows = memory_new_large(capacity * sizeof *rows);

	if (items->count)
		memcpy(rows, items->rows, items->count * sizeof *rows);
	free(items->rows);
	items->rows = rows;
	items->capacity = capacity;
}

static int add(struct store_items *items, const struct history_item *item, struct error *error)
{
	if (items->count >= ITEMS_MAX || items->texts.total > TEXTS_MAX)
		if (append(items, error))
			return -1;
	make_room(items);
	struct history_row *row = &items->rows[items->count++];

	history_row_set(row, item);
	row->item.sensor_id = keep(items, row->item.sensor_id);
	row->item.value = keep(items, row->item.value);
	row->item.unit = keep(items, row->item.unit);
	row->item.command_id = keep(items, row->item.command_id);
	row->item.origin = keep(items, row->item.origin);
	row->item.rest = keep(items, row->item.rest);
	return 0;
}

void store_items_record(struct store_items *items, const struct record *record, const int64_t *received, size_t count)
{
	bool says = record_has(record, MEMBER_RECEIVED);

	items->has_received = says || received;
	items->received = says ? record->received : received ? *received : 0;
	store_rest_common_make(&items->common, record, count);
}

int store_items_add(struct store_items *items, uint32_t series, const struct assignment *item, double quality,
    struct slice refused, struct error *error)
{
	buffer_reset(&items->scratch);
	store_rest_append(&items->scratch, item, buffer_slice(&items->common.text), refused);
	return add(items,
	    &(struct history_item){
		.series = series,
		.live = item->key.live,
		.has_received = items->has_received,
		.timestamp = item->key.timestamp,
		.counter = item->key.counter,
		.seq = item->tail.seq,
		.received = items->received,
		.revision = (int64_t)items->store->revision,
		.quality = quality,
		.sensor_id = item->tail.sensor_id,
		.value = item->tail.value,
		.unit = item->tail.unit,
		.command_id = item->tail.command_id,
		.origin = item->origin,
		.rest = buffer_slice(&items->scratch),
	    },
	    error);
}

int store_items_add_plain(struct store_items *items, uint32_t series, const struct record *record, struct error *error)
{
	return add(items,
	    &(struct history_item){
		.series = series,
		.live = true,
		.has_received = record_has(record, MEMBER_RECEIVED),
		.timestamp = record->timestamp,
		.counter = record->counter,
		.seq = record->seq,
		.received = record_has(record, MEMBER_RECEIVED) ? record->received : 0,
		.revision = (int64_t)items->store->revision,
		.quality = record->quality,
		.sensor_id = record_text(record, MEMBER_SENSOR_ID),
		.value = record->text[MEMBER_VALUE],
		.unit = record_text(record, MEMBER_UNIT),
		.command_id = SLICE_EMPTY,
		.origin = record_text(record, MEMBER_ORIGIN),
		.rest = SLICE_EMPTY,
	    },
	    error);
}

int store_items_commit(struct store_items *items, struct error *error)
{
	if (!items->history)
		return 0;
	if (append(items, error))
		return -1;
	size_t appended = items->appended;

	items->appended = 0;
	return appended && history_merge_step(items->history, appended, error) < 0 ? -1 : 0;
}
