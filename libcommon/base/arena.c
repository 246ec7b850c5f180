#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/message.h"

#define CHUNK_SIZE ((size_t)64 << 10)

// An arena that grows large is walked at random as a rule: its chunks grow to this.
#define LARGE_CHUNK ((size_t)4 << 20)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	alignas(max_align_t) char data[];
};

static void free_chunks(struct arena_chunk *chunk)
{
	while (chunk) {
		struct arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void arena_release(struct arena *arena)
{
	free_chunks(arena->chunks);
	free_chunks(arena->spare);
	*arena = (struct arena)ARENA_INIT;
}

// Chunks of the common size are kept; larger ones were made for one large thing and go.
void arena_reset(struct arena *arena)
{
	while (arena->chunks) {
		struct arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		if (chunk->size == CHUNK_SIZE) {
			chunk->next = arena->spare;
			arena->spare = chunk;
		} else {
			free(chunk);
		}
	}
	arena->used = 0;
	arena->total = 0;
}

// As much as there is already, within bounds, and never less than asked for.
static size_t chunk_size(const struct arena *arena, size_t size)
{
	size_t chosen = arena->total;

	if (chosen < CHUNK_SIZE)
		chosen = CHUNK_SIZE;
	if (chosen > LARGE_CHUNK)
		chosen = LARGE_CHUNK;
	return size > chosen ? size : chosen;
}

static struct arena_chunk *new_chunk(size_t size)
{
	struct arena_chunk *chunk;

	if (size > SIZE_MAX / 2)
		message_die("out of memory");
	chunk = memory_new_large(sizeof *chunk + size);
	chunk->size = size;
	return chunk;
}

static void add_chunk(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->spare;

	if (size <= CHUNK_SIZE && chunk) {
		arena->spare = chunk->next;
	} else {
		chunk = new_chunk(chunk_size(arena, size));
	}
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->total += chunk->size;
	arena->used = 0;
}

void *arena_new(struct arena *arena, size_t size)
{
	size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

	if (rounded < size)
		message_die("out of memory");
	if (!arena->chunks || arena->chunks->size - arena->used < rounded)
		add_chunk(arena, rounded);
	void *block = arena->chunks->data + arena->used;

	arena->used += rounded;
	return block;
}

void *arena_new_aligned(struct arena *arena, size_t size, size_t alignment)
{
	if (size > SIZE_MAX - alignment)
		message_die("out of memory");
	if (!arena->chunks || arena->chunks->size - arena->used < size + alignment)
		add_chunk(arena, size + alignment);
	uintptr_t here = (uintptr_t)(arena->chunks->data + arena->used);

	arena->used += -here & (alignment - 1);
	return arena_new(arena, size);
}

struct slice arena_dup(struct arena *arena, struct slice s)
{
	char *copy = arena_new(arena, s.length ? s.length : 1);

	if (s.length)
		memcpy(copy, s.data, s.length);
	return slice_of(copy, s.length);
}
