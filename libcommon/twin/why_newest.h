// The newest of many records, by key, without copies: memory is bounded by how many are wanted, whatever the number and order of those
// offered. Which ones they are does not depend on that order either.
#ifndef TWIN_WHY_NEWEST_H
#define TWIN_WHY_NEWEST_H

#include "twin/why_record.h"

struct why_newest {
	struct why_record **records;
	size_t count, capacity;
	size_t limit; // so many are wanted; at least 1
	bool is_full; // records[limit - 1] is the last of the newest of all but those that came behind it
};

void why_newest_release(struct why_newest *newest);

// Whether the record may be among them.
bool why_newest_wants(const struct why_newest *newest, const struct why_record *said);

// Takes a reference more.
void why_newest_add(struct why_newest *newest, struct why_record *record);

// No record of before that time can be among them; INT64_MIN for none that is known.
int64_t why_newest_floor(const struct why_newest *newest);

// Puts them in order, the newest first, and forgets the others.
void why_newest_sort(struct why_newest *newest);

#endif
