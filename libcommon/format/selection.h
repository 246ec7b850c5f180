// What of the readings and labels is wanted: -E, -P, --from and --to, for formats that know the parts before a record is made of them.
#ifndef FORMAT_SELECTION_H
#define FORMAT_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "io/shared_options.h"

struct selection {
	const struct select_options *options; // borrowed; NULL: everything is wanted
	bool by_row;                          // by twin or time: some rows are not wanted as a whole
	struct buffer entity;                 // the id that was asked for last,
	bool knows_entity;
	bool has_entity;   // and the answer
	bool has_left_out; // something was asked for that is not wanted
};

void selection_init(struct selection *selection, const struct select_options *options);
void selection_release(struct selection *selection);

bool selection_has_entity(struct selection *selection, struct slice entity_id);
bool selection_has_property(struct selection *selection, struct slice path);

// Whether anything in begin <= t <= end is wanted.
bool selection_has_span(struct selection *selection, int64_t begin, int64_t end);

static inline bool selection_has_time(struct selection *selection, int64_t timestamp)
{
	return selection_has_span(selection, timestamp, timestamp);
}

#endif
