// One assignment as a `state` record that says just this: for what no record of its own type can say, such as which model a twin is of, a desired
// value that is an object, or a metric that a state called by another name.
#ifndef TWIN_STATE_PART_H
#define TWIN_STATE_PART_H

#include "base/buffer.h"
#include "twin/assignment.h"

// Not for deletes, which have a type. received: NULL when it is not known. Without newline.
void state_append_part(struct buffer *out, const struct assignment *item, const int64_t *received);

#endif
