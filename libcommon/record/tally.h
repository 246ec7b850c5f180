// Counts records, all together or by the values of chosen members: one `summary` record for each combination, in their order.
// Memory grows with the number of combinations.
#ifndef RECORD_TALLY_H
#define RECORD_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash_map.h"
#include "record/sort_key.h"

struct tally {
	struct sort_key key; // its parts are what is counted by
	struct slice *names; // of the columns: the parts' names, and "count"
	struct hash_map groups;
	struct tally_group *items;
	size_t capacity;
	uint64_t *order;
	struct buffer text;
	struct buffer line;
};

#define TALLY_INIT                                                                                                     \
	{                                                                                                              \
		.names = NULL                                                                                          \
	}

void tally_release(struct tally *tally);

// by: KEY,... or NULL. -1 with error.
int tally_parse(struct tally *tally, const char *by, struct error *error) __attribute__((warn_unused_result));
size_t tally_column_count(const struct tally *tally);

void tally_add(struct tally *tally, const struct record *record);

// When all have been added: how many lines there are.
size_t tally_finish(struct tally *tally);

// A line, valid until the next call: a record, or (flat) an object with a member for each column.
struct slice tally_line(struct tally *tally, size_t index, bool flat);

#endif
