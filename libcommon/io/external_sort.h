// Sorts any number of pairs of key and text by the bytes of their keys, in bounded memory: what does not fit is sorted in parts, which go
// to files that have no name and vanish with the program, and are merged at the end. Pairs with equal keys stay in the order they came.
#ifndef IO_EXTERNAL_SORT_H
#define IO_EXTERNAL_SORT_H

#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"

struct external_sort;

// memory: bytes that pairs may take before they go to a file. directory: where; NULL is what the environment's TMPDIR says, else /tmp.
struct external_sort *external_sort_new(size_t memory, const char *directory);
void external_sort_free(struct external_sort *sort);

// -1 with error "cannot write a temporary file in '/tmp': No space left on device".
int external_sort_add(struct external_sort *sort, struct slice key, struct slice text, struct error *error)
    __attribute__((warn_unused_result));

// When all have been added, once: then they come one by one. 1, 0 at the end, -1 with error. text is valid until the next call.
int external_sort_start(struct external_sort *sort, struct error *error) __attribute__((warn_unused_result));
int external_sort_next(struct external_sort *sort, struct slice *text, struct error *error)
    __attribute__((warn_unused_result));

// Parts that went to files so far: for counters.
size_t external_sort_spilled(const struct external_sort *sort);

#endif
