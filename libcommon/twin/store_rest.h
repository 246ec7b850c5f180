// The `rest` of a history's item: what a record says beside its key, as a JSON object of the members below, in this order. Empty when it
// says none of them.
//
//	deadline  of a desire
//	ack       of a reading
//	metadata  of a reading, desire or delete; of a part of a state what is known of it
//	axis      that of another copy's metadata, where it is larger
//	others    an object of the members that mean nothing in a record of its type
//	refused   why the record was kept out; stands in series of refused records only
#ifndef TWIN_STORE_REST_H
#define TWIN_STORE_REST_H

#include "base/buffer.h"
#include "record/record.h"
#include "twin/assignment.h"

// What all assignments of a record have in common, made once for each: `metadata` and `others`, without braces.
struct store_rest_common {
	struct buffer text;
	struct value_tree tree;
};

void store_rest_common_release(struct store_rest_common *common);

// count: how many assignments the record has. Where all their copies would take too much memory there is none.
void store_rest_common_make(struct store_rest_common *common, const struct record *record, size_t count);

// refused: the reason, empty for a record that was taken.
void store_rest_append(struct buffer *out, const struct assignment *item, struct slice common, struct slice refused);

// The rest of the one record that two equal ones are, as a register joins them: the earlier deadline, and of all else the larger bytes.
void store_rest_join(void *context, struct slice a, struct slice b, struct buffer *joined);

struct store_rest {
	int64_t deadline; // NO_DEADLINE without one
	struct slice ack; // JSON objects, or empty
	struct slice metadata;
	struct slice axis; // as a register has it: of metadata, or the larger one
	struct slice others;
	struct slice refused; // text, or empty
};

// The texts point into the rest.
void store_rest_parse(struct slice rest, struct value_tree *tree, struct store_rest *parts);

// What a register holds of it: deadline, ack and axis, each where the kind of the assignment has it. The rest and the tree must outlive it.
void store_rest_read(struct slice rest, struct value_tree *tree, struct assignment *item);

#endif
