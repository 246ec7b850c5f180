#include "base/distinct.h"

#include <stdlib.h>

#include "base/memory.h"

void distinct_release(struct distinct *distinct)
{
	free(distinct->slots);
	*distinct = (struct distinct)DISTINCT_INIT;
}

// False when it was there.
static bool insert(uint64_t *slots, size_t capacity, uint64_t hash)
{
	size_t at = hash & (capacity - 1);

	while (slots[at] && slots[at] != hash)
		at = (at + 1) & (capacity - 1);
	if (slots[at])
		return false;
	slots[at] = hash;
	return true;
}

static void grow(struct distinct *distinct)
{
	size_t capacity = distinct->capacity ? distinct->capacity * 2 : 64;
	uint64_t *slots = memory_new_zeroed(capacity, sizeof *slots);

	if (!distinct->capacity)
		distinct->key = hash_key_random();
	for (size_t i = 0; i < distinct->capacity; i++)
		if (distinct->slots[i])
			insert(slots, capacity, distinct->slots[i]);
	free(distinct->slots);
	distinct->slots = slots;
	distinct->capacity = capacity;
}

void distinct_add(struct distinct *distinct, struct slice text)
{
	distinct->added++;
	if (distinct->is_over)
		return;
	if (distinct->count * 2 >= distinct->capacity && distinct->count < DISTINCT_MAX)
		grow(distinct);
	uint64_t hash = hash_bytes_keyed(text, distinct->key);

	distinct->count += insert(distinct->slots, distinct->capacity, hash ? hash : 1);
	if (distinct->count <= DISTINCT_MAX)
		return;
	distinct->is_over = true;
	free(distinct->slots);
	distinct->slots = NULL;
	distinct->capacity = 0;
}

uint64_t distinct_count(const struct distinct *distinct)
{
	return distinct->is_over ? distinct->added : distinct->count;
}
