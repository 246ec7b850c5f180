// Memory for many small things that are given up together. Chunks are kept for reuse by arena_reset.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

// Bytes that memory is moved in.
#define CACHE_LINE 64

struct arena {
	struct arena_chunk *chunks; // the one in use first
	struct arena_chunk *spare;
	size_t used;
	size_t total; // of the chunks in use
};

#define ARENA_INIT                                                                                                     \
	{                                                                                                              \
		NULL, NULL, 0, 0                                                                                       \
	}

void arena_release(struct arena *arena);
void arena_reset(struct arena *arena);

// Aligned for any object, not initialised.
void *arena_new(struct arena *arena, size_t size) __attribute__((returns_nonnull, alloc_size(2)));

// A power of two up to a page.
void *arena_new_aligned(struct arena *arena, size_t size, size_t alignment)
    __attribute__((returns_nonnull, alloc_size(2), alloc_align(3)));
struct slice arena_dup(struct arena *arena, struct slice s);

#endif
