// Which whole records -E, -P, --from, --to and --type choose, whatever their type.
//
// A record's time is its `timestamp`; without one it is in no range. A record is about the property in `property`, else about the
// `path` of what a diff or a conflict compares, else about every leaf of `properties`: one that matches is enough. The delete of a
// whole twin is about all.
#ifndef RECORD_RECORD_FILTER_H
#define RECORD_RECORD_FILTER_H

#include <stdbool.h>

#include "base/buffer.h"
#include "io/option.h"
#include "io/shared_options.h"
#include "record/record.h"
#include "record/value.h"

struct record_filter {
	const struct select_options *options;
	const struct option_list *types; // items are TYPE,...; none, or NULL: all types
	struct value_tree tree;
};

// Borrows both; types may be NULL.
void record_filter_init(
    struct record_filter *filter, const struct select_options *options, const struct option_list *types);
void record_filter_release(struct record_filter *filter);

bool record_filter_takes(struct record_filter *filter, const struct record *record);

#endif
