#include "twin/why_newest.h"

#include <stdlib.h>

#include "base/memory.h"

void why_newest_release(struct why_newest *newest)
{
	for (size_t i = 0; i < newest->count; i++)
		why_record_drop(newest->records[i]);
	free(newest->records);
	*newest = (struct why_newest){.limit = newest->limit};
}

bool why_newest_wants(const struct why_newest *newest, const struct why_record *said)
{
	return !newest->is_full || why_record_compare(said, newest->records[newest->limit - 1]) >= 0;
}

int64_t why_newest_floor(const struct why_newest *newest)
{
	return newest->is_full ? newest->records[newest->limit - 1]->item.key.timestamp : INT64_MIN;
}

static int compare_newest_first(const void *a, const void *b)
{
	const struct why_record *const *x = a, *const *y = b;

	return why_record_compare(*y, *x);
}

void why_newest_sort(struct why_newest *newest)
{
	struct why_record **records = newest->records;
	size_t kept = 0;

	if (newest->count > 1)
		qsort(records, newest->count, sizeof *records, compare_newest_first);
	for (size_t i = 0; i < newest->count; i++) {
		if (kept && why_record_compare(records[kept - 1], records[i]) == 0) {
			records[kept - 1] = why_record_join(records[kept - 1], records[i]);
			why_record_drop(records[i]);
		} else if (kept < newest->limit) {
			records[kept++] = records[i];
		} else {
			why_record_drop(records[i]);
		}
	}
	newest->count = kept;
	newest->is_full = kept == newest->limit;
}

void why_newest_add(struct why_newest *newest, struct why_record *record)
{
	newest->records =
	    memory_grow(newest->records, &newest->capacity, newest->count + 1, sizeof(struct why_record *));
	newest->records[newest->count++] = record;
	record->references++;
	// As many as are wanted come between two sortings, so that each record costs no more than a few comparisons.
	if (newest->count >= 2 * newest->limit + 64)
		why_newest_sort(newest);
}
