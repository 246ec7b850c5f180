// Allocation that cannot fail: when the machine has no memory left the program says so and exits with 2.
// Everything obtained here is given back with free().
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#include "base/slice.h"

void *memory_new(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *memory_new_zeroed(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2), returns_nonnull));

// For what is large and walked at random: on huge pages where the system gives them, which saves a third of the time of a large fold.
void *memory_new_large(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *memory_resize(void *block, size_t count, size_t size)
    __attribute__((alloc_size(2, 3), returns_nonnull, warn_unused_result));
char *memory_dup_string(const char *text) __attribute__((malloc, returns_nonnull));

// A copy with a terminator behind its last byte.
char *memory_dup_slice(struct slice s) __attribute__((malloc, returns_nonnull));

// Makes room for at least `needed` elements in a growing array of `size`-byte elements; *capacity counts elements.
void *memory_grow(void *block, size_t *capacity, size_t needed, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
