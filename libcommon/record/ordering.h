// Lines that have to wait for the end of the input: the newest of each series, or all, in the order of keys. Without keys they stay in the
// order they came.
#ifndef RECORD_ORDERING_H
#define RECORD_ORDERING_H

#include "io/external_sort.h"
#include "record/newest.h"
#include "record/sort_key.h"

struct ordering {
	struct sort_key key;
	struct external_sort *sort; // NULL without keys
	struct newest newest;       // its limit is 0 when all are wanted
	const struct newest_item *items;
	size_t item_count, item_next;
	struct buffer text;
};

// keys: KEY,... of sort_key_parse, or NULL. newest: how many of each series, 0 for all. memory: of external_sort_new. -1 with error;
// ordering_release is due either way.
int ordering_init(struct ordering *ordering, const char *keys, size_t newest, size_t memory, struct error *error)
    __attribute__((warn_unused_result));
void ordering_release(struct ordering *ordering);

// Whether anything has to wait at all.
static inline bool ordering_waits(const struct ordering *ordering)
{
	return ordering->sort || ordering->newest.limit;
}

// Keeps the line, which may be another than the record's own.
int ordering_add(struct ordering *ordering, const struct record *record, struct slice line, struct error *error)
    __attribute__((warn_unused_result));

// At the end of the input, once; then the lines one by one: 1, 0 at the end, -1 with error. line is valid until the next call.
int ordering_start(struct ordering *ordering, struct error *error) __attribute__((warn_unused_result));
int ordering_next(struct ordering *ordering, struct slice *line, struct error *error)
    __attribute__((warn_unused_result));

#endif
