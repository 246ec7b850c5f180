// The difference of two twins, register by register: what their documents show, and with it when, where from and how good it is. A register
// is replaced as a whole, so that what a difference says can be put back exactly (twin_patch.h).
#ifndef TWIN_TWIN_DIFF_H
#define TWIN_TWIN_DIFF_H

#include "io/option.h"
#include "record/value_diff.h"
#include "twin/model.h"
#include "twin/view.h"

struct difference {
	struct slice entity_id; // empty for documents that are no twins
	struct slice path;      // JSON Pointer into the state, or the document
	enum diff_op op;
	struct slice from, to;                   // JSON; empty where nothing is shown
	struct slice from_metadata, to_metadata; // JSON objects; empty where there is no register
};

// Appends it as a record, without newline.
void difference_append(struct buffer *out, const struct difference *difference);

struct twin_diff {
	const struct diff_rules *rules;
	const struct model *model;            // tolerances; NULL for none
	const struct option_list *properties; // only those that match; NULL for all
	bool metadata;                        // what differs in metadata alone differs
	int64_t time_tolerance;               // nanoseconds; of times in metadata, and of `deleted`
	void (*found)(void *context, const struct difference *difference);
	void *context;
	struct twin_view views[2];
	struct value_diff values;
	struct value_tree trees[2];
	struct diff_pair *pairs;
	size_t pair_capacity;
	struct arena arena; // of what one difference says
	struct buffer text;
	const struct model *applied; // to the twin in hand
	struct buffer absolute, relative;
	uint64_t count;
};

struct twin_side {
	const struct twin_set *set;
	const struct twin *twin; // NULL: there is none
};

void twin_diff_init(struct twin_diff *diff, const struct diff_rules *rules);
void twin_diff_release(struct twin_diff *diff);

// Tells `found` of each difference, in the order of the paths' segments. 1 when there are any, 0, or -1 with error.
int twin_diff_run(struct twin_diff *diff, struct twin_side a, struct twin_side b, struct error *error)
    __attribute__((warn_unused_result));

// The tolerance of the model for what stands at a path of a state: see value_diff.h; context is the twin_diff.
struct tolerance twin_diff_known(void *context, const struct diff_path *path, size_t *length);

// Appends where a register stands in the state, as a JSON Pointer.
void register_append_pointer(struct buffer *out, enum register_kind kind, struct slice path);

#endif
