// The newest N of each series (an entity and a property, and a type), by event time whatever the order they come in; of equal times the one
// that came later counts as newer. Memory grows with the number of series, not with the length of the stream.
#ifndef RECORD_NEWEST_H
#define RECORD_NEWEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash_map.h"
#include "base/slice.h"
#include "record/record.h"

struct newest_item {
	int64_t time;
	uint64_t number; // in the order of arrival
	char *text;      // a key, then a line
	size_t key_length;
	size_t length; // of both
};

struct newest {
	size_t limit; // of each series
	uint64_t count;
	struct hash_map index;
	struct newest_series *series;
	size_t series_capacity;
	struct buffer name;
	struct newest_item *items; // what newest_finish has found
};

void newest_init(struct newest *newest, size_t limit);
void newest_release(struct newest *newest);

// record says which series it is, and when; a record without a time is older than any with one. key and line are kept for newest_finish.
void newest_add(struct newest *newest, const struct record *record, struct slice key, struct slice line);

// All that are left, in the order they came. They belong to newest; nothing can be added any more.
const struct newest_item *newest_finish(struct newest *newest, size_t *count);

// The event time of any record: false when it has none.
bool record_event_time(const struct record *record, int64_t *nanoseconds);

#endif
