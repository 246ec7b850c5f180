// How many different texts were seen: exactly, up to a bound that keeps memory bounded. Only hashes are kept, by a secret key, so that nobody
// can choose texts that count as one; two of four million do by chance once in two million runs.
#ifndef BASE_DISTINCT_H
#define BASE_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/slice.h"

// Different texts; they take at most 64 MiB.
#define DISTINCT_MAX ((size_t)4 << 20)

struct distinct {
	uint64_t *slots; // open addressing, capacity a power of two; 0 is free
	size_t capacity;
	size_t count;
	uint64_t added;
	bool is_over; // there were more than DISTINCT_MAX
	struct hash_key key;
};

#define DISTINCT_INIT                                                                                                  \
	{                                                                                                              \
		0                                                                                                      \
	}

void distinct_release(struct distinct *distinct);
void distinct_add(struct distinct *distinct, struct slice text);

// Beyond the bound all texts that were added, copies too. Either is the same in whatever order they came.
uint64_t distinct_count(const struct distinct *distinct);

#endif
