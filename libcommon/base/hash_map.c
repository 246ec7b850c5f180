#include "base/hash_map.h"

#include <stdlib.h>

#include "base/memory.h"

// At most half of the slots are in use. Ten million keys that nobody chose then need about 80 probes at worst, so
// that more than this tells of keys made to collide.
#define PROBES_MAX 256

#define CHUNK_SMALLEST ((size_t)1 << 10)
#define CHUNK_LARGEST  ((size_t)1 << 20)

struct hash_map_slot {
	uint64_t hash;
	size_t entry; // number + 1, 0 when the slot is free
};

struct hash_map_chunk {
	struct hash_map_chunk *next;
	size_t used;
	size_t size;
	char data[];
};

void hash_map_release(struct hash_map *map)
{
	for (struct hash_map_chunk *chunk = map->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(map->slots);
	free(map->keys);
	*map = (struct hash_map)HASH_MAP_INIT;
}

static struct hash_map_chunk *add_chunk(struct hash_map *map, size_t size)
{
	struct hash_map_chunk *chunk = memory_new(sizeof *chunk + size);

	chunk->used = 0;
	chunk->size = size;
	// A chunk made for one long key goes behind the first, whose room is still good for short ones.
	if (map->chunks && size > CHUNK_LARGEST) {
		chunk->next = map->chunks->next;
		map->chunks->next = chunk;
	} else {
		chunk->next = map->chunks;
		map->chunks = chunk;
	}
	return chunk;
}

static struct slice store_key(struct hash_map *map, struct slice key)
{
	struct hash_map_chunk *chunk = map->chunks;
	char *copy;

	if (!chunk || chunk->size - chunk->used < key.length) {
		size_t size = chunk ? chunk->size * 2 : CHUNK_SMALLEST;

		if (size > CHUNK_LARGEST)
			size = CHUNK_LARGEST;
		chunk = add_chunk(map, size < key.length ? key.length : size);
	}
	copy = chunk->data + chunk->used;
	if (key.length)
		memcpy(copy, key.data, key.length);
	chunk->used += key.length;
	return slice_of(copy, key.length);
}

// The slot that holds the key or is free for it.
static struct hash_map_slot *probe(const struct hash_map *map, struct slice key, uint64_t hash, size_t *probes)
{
	size_t mask = map->capacity - 1, at = (size_t)hash & mask;

	for (*probes = 1;; at = (at + 1) & mask, ++*probes) {
		struct hash_map_slot *slot = &map->slots[at];

		if (!slot->entry || (slot->hash == hash && slice_equal(map->keys[slot->entry - 1], key)))
			return slot;
	}
}

static void put(struct hash_map *map, uint64_t hash, size_t entry)
{
	size_t mask = map->capacity - 1, at = (size_t)hash & mask;

	while (map->slots[at].entry)
		at = (at + 1) & mask;
	map->slots[at] = (struct hash_map_slot){hash, entry};
}

static void grow(struct hash_map *map)
{
	struct hash_map_slot *old = map->slots;
	size_t old_capacity = map->capacity;

	map->capacity = old_capacity ? old_capacity * 2 : 16;
	map->slots = memory_new_zeroed(map->capacity, sizeof *map->slots);
	for (size_t i = 0; i < old_capacity; i++)
		if (old[i].entry)
			put(map, old[i].hash, old[i].entry);
	free(old);
}

static void change_to_secret_key(struct hash_map *map)
{
	map->keyed = true;
	map->key = hash_key_random();
	memset(map->slots, 0, map->capacity * sizeof *map->slots);
	for (size_t i = 0; i < map->count; i++)
		put(map, hash_bytes_keyed(map->keys[i], map->key), i + 1);
}

size_t hash_map_find_hashed(const struct hash_map *map, struct slice key, uint64_t hash)
{
	size_t probes;

	if (!map->count)
		return HASH_MAP_NONE;
	if (map->keyed)
		hash = hash_bytes_keyed(key, map->key);
	return probe(map, key, hash, &probes)->entry - 1;
}

size_t hash_map_find(const struct hash_map *map, struct slice key)
{
	return hash_map_find_hashed(map, key, map->keyed ? 0 : hash_bytes(key, 0));
}

static size_t add_entry(struct hash_map *map, struct slice key)
{
	map->keys = memory_grow(map->keys, &map->keys_capacity, map->count + 1, sizeof *map->keys);
	map->keys[map->count] = store_key(map, key);
	return map->count++;
}

size_t hash_map_add_hashed(struct hash_map *map, struct slice key, uint64_t hash, int *added)
{
	struct hash_map_slot *slot;
	size_t probes;

	if (map->count >= map->capacity / 2)
		grow(map);
	if (map->keyed)
		hash = hash_bytes_keyed(key, map->key);
	slot = probe(map, key, hash, &probes);
	if (added)
		*added = !slot->entry;
	if (slot->entry)
		return slot->entry - 1;
	*slot = (struct hash_map_slot){hash, add_entry(map, key) + 1};
	if (probes > PROBES_MAX && !map->keyed)
		change_to_secret_key(map);
	return map->count - 1;
}

size_t hash_map_add(struct hash_map *map, struct slice key, int *added)
{
	return hash_map_add_hashed(map, key, map->keyed ? 0 : hash_bytes(key, 0), added);
}
