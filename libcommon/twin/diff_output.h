// Differences written as -F of twin-diff(1) asks: as records, as patches that others understand, as text for people, or counted.
#ifndef TWIN_DIFF_OUTPUT_H
#define TWIN_DIFF_OUTPUT_H

#include "base/hash_map.h"
#include "record/emit.h"
#include "twin/twin_diff.h"

enum diff_form { DIFF_FORM_RECORDS, DIFF_FORM_PATCH, DIFF_FORM_MERGE, DIFF_FORM_TEXT, DIFF_FORM_STAT };

struct diff_counts {
	uint64_t ops[3];
	uint64_t twins;
};

struct diff_output {
	enum diff_form form;
	struct record_sink *sink; // NULL: nothing is written
	bool colour;
	struct buffer line;
	struct diff_counts total, twin;
	struct slice twin_id; // of counts, in twin_name
	struct buffer twin_name;
	struct hash_map properties; // entry numbers index counts
	struct diff_counts *counts;
	size_t count_capacity;
};

void diff_output_release(struct diff_output *output);

// One difference, in the forms that take them one by one.
void diff_output_put(struct diff_output *output, const struct difference *difference);

// The patches of one twin or document: a and b may be NULL. -1 with error.
int diff_output_patch(struct diff_output *output, struct value_diff *diff, struct slice entity_id,
    const struct value *a, const struct value *b) __attribute__((warn_unused_result));

// At the end: the counts.
void diff_output_finish(struct diff_output *output);

#endif
