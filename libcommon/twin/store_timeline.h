// What a store remembers, item by item in the order of time: by timestamp, entity_id, path and kind of series, and within a series by key.
//
// One series comes straight from the history, several as a merge of cursors while these are few. The history of many lies by series, not by time, and
// each block of it holds long times of few: it is read through once and sorted, in bounded memory, in temporary files where that is not
// enough. (The other way, reading it again for each slice of time that fits into memory, needs no files, but its work grows with the square of the
// history: for 50 million readings that is as much, for more it is more.)
#ifndef TWIN_STORE_TIMELINE_H
#define TWIN_STORE_TIMELINE_H

#include "io/option.h"
#include "twin/history.h"
#include "twin/store_record.h"

struct store_timeline_question {
	const struct option_list *entities; // globs, NULL for all
	const struct option_list *properties;
	unsigned types; // bits of STORE_RECORD_BIT
	int64_t from;   // from <= timestamp < to; to HISTORY_END: no end
	int64_t to;
	uint64_t last;    // only so many of each series, the newest of those that are asked for; 0 for all
	int64_t known_at; // received by then, or nobody knows when; INT64_MAX for all
	int64_t revision; // stored by then; INT64_MAX for all
	int64_t after;    // stored after this revision: see history.h; 0 for all
};

#define STORE_TIMELINE_ALL                                                                                             \
	((struct store_timeline_question){.types = STORE_RECORD_ALL,                                                   \
	    .from = HISTORY_BEGIN,                                                                                     \
	    .to = HISTORY_END,                                                                                         \
	    .known_at = INT64_MAX,                                                                                     \
	    .revision = INT64_MAX})

struct store_timeline;

// In the caller's transaction, which lasts until the close. NULL with error, also when the store keeps no history.
struct store_timeline *store_timeline_open(struct store *store, const struct store_timeline_question *question,
    struct error *error) __attribute__((warn_unused_result));
void store_timeline_close(struct store_timeline *timeline);

// The series that are asked for.
const struct store_series_list *store_timeline_series(const struct store_timeline *timeline);

// 1 and the next, with texts that are valid until the next call, 0 at the end, or -1.
int store_timeline_next(struct store_timeline *timeline, const struct store_series **series, struct history_item *item,
    struct error *error) __attribute__((warn_unused_result));

// How many came that do not say when they were received.
uint64_t store_timeline_undated(const struct store_timeline *timeline);

#endif
