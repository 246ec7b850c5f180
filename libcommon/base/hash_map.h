// Map from bytes to a number: open addressing, linear probing, whole keys compared. Keys are copied into the map.
// Entries are numbered 0, 1, 2 ... in the order they were first added, so the number can index the caller's array;
// entries are never removed one by one. Keys that were chosen to collide are found by their long probes: the map then
// hashes with a secret key from there on, which changes no entry's number.
#ifndef BASE_HASH_MAP_H
#define BASE_HASH_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/slice.h"

struct hash_map {
	struct hash_map_slot *slots; // capacity is a power of two
	size_t capacity;
	struct slice *keys; // by entry number; the bytes do not move while the map lives
	size_t count;
	size_t keys_capacity;
	struct hash_map_chunk *chunks; // memory of the keys
	bool keyed;
	struct hash_key key;
};

#define HASH_MAP_INIT                                                                                                  \
	{                                                                                                              \
		0                                                                                                      \
	}
#define HASH_MAP_NONE ((size_t)-1)

void hash_map_release(struct hash_map *map);

// The entry's number, or HASH_MAP_NONE.
size_t hash_map_find(const struct hash_map *map, struct slice key);

// The entry's number; *added (may be NULL) says whether the key is new.
size_t hash_map_add(struct hash_map *map, struct slice key, int *added);

// The same with a hash the caller has computed with hash_bytes(key, 0).
size_t hash_map_find_hashed(const struct hash_map *map, struct slice key, uint64_t hash);
size_t hash_map_add_hashed(struct hash_map *map, struct slice key, uint64_t hash, int *added);

#endif
