#include "twin/store_aside.h"

#include <stdlib.h>

#include "base/memory.h"

// Names are forgotten when there are more bytes of them.
#define NAMES_SIZE_MAX ((size_t)8 << 20)

void store_aside_init(struct store_aside *aside, struct store_items *items, const struct twin_set *set)
{
	*aside = (struct store_aside){.items = items, .set = set, .names = HASH_MAP_INIT};
}

void store_aside_release(struct store_aside *aside)
{
	sqlite3_finalize(aside->find);
	sqlite3_finalize(aside->add);
	hash_map_release(&aside->names);
	buffer_release(&aside->name);
	free(aside->numbers);
}

static int add_twin(struct store_aside *aside, struct slice entity_id, int64_t number, struct error *error)
{
	struct store *store = aside->items->store;

	if (store_prepare(
		store, &aside->add, "INSERT INTO twins (id, entity_id, revision, state) VALUES (?1, ?2, 0, '')", error))
		return -1;
	sqlite3_bind_int64(aside->add, 1, number);
	store_bind_text(aside->add, 2, entity_id);
	// Whoever comes to speak of the twin has to look for it.
	store->has_twins = true;
	return store_step(store, aside->add, error);
}

static int find_twin(
    struct store_aside *aside, struct slice entity_id, int64_t *last_number, int64_t *number, struct error *error)
{
	struct store *store = aside->items->store;
	const struct twin *twin = twin_set_find(aside->set, entity_id);

	if (twin && twin->number) {
		*number = twin->number;
		return 0;
	}
	if (store_prepare(store, &aside->find, "SELECT id FROM twins WHERE entity_id = ?1", error))
		return -1;
	store_bind_text(aside->find, 1, entity_id);
	int row = store_step(store, aside->find, error);

	if (row < 0)
		return -1;
	*number = row ? sqlite3_column_int64(aside->find, 0) : ++*last_number;
	sqlite3_reset(aside->find);
	return row ? 0 : add_twin(aside, entity_id, *number, error);
}

static void make_name(struct store_aside *aside, struct slice entity_id, int kind, struct slice path)
{
	uint32_t head[2] = {(uint32_t)kind, (uint32_t)entity_id.length};

	buffer_reset(&aside->name);
	buffer_append(&aside->name, head, sizeof head);
	buffer_append_slice(&aside->name, entity_id);
	buffer_append_slice(&aside->name, path);
}

static void note(struct store_aside *aside, uint32_t number)
{
	if (aside->size > NAMES_SIZE_MAX) {
		hash_map_release(&aside->names);
		aside->names = (struct hash_map)HASH_MAP_INIT;
		aside->size = 0;
	}
	size_t at = hash_map_add(&aside->names, buffer_slice(&aside->name), NULL);

	aside->size += aside->name.length;
	aside->numbers = memory_grow(aside->numbers, &aside->capacity, at + 1, sizeof *aside->numbers);
	aside->numbers[at] = number;
}

int store_aside_series(struct store_aside *aside, struct slice entity_id, int kind, struct slice path,
    int64_t *last_number, uint32_t *number, struct error *error)
{
	int64_t twin;

	make_name(aside, entity_id, kind, path);
	size_t at = hash_map_find(&aside->names, buffer_slice(&aside->name));

	if (at != HASH_MAP_NONE) {
		*number = aside->numbers[at];
		return 0;
	}
	if (find_twin(aside, entity_id, last_number, &twin, error) ||
	    store_items_series(aside->items, twin, kind, path, number, error))
		return -1;
	note(aside, *number);
	return 0;
}
