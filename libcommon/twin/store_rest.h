// The `rest` of a history's item: what a record says beside its key, as a JSON object of the members deadline, ack and metadata. Empty
// when it says none of them.
#ifndef TWIN_STORE_REST_H
#define TWIN_STORE_REST_H

#include "base/buffer.h"
#include "record/record.h"
#include "twin/assignment.h"

void store_rest_append(struct buffer *out, const struct record *record, const struct assignment *item);

// The rest of the one record that two equal ones are, as a register joins them: the earlier deadline, and of ack and metadata the larger bytes.
void store_rest_join(void *context, struct slice a, struct slice b, struct buffer *joined);

// Fills in what the rest says: deadline, ack and axis. The tree must outlive the item.
void store_rest_read(struct slice rest, struct value_tree *tree, struct assignment *item);

#endif
