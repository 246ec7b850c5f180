// The deltas of twins that were written last, so that one is written again only when it says something else.
#ifndef TWIN_SYNC_DELTA_H
#define TWIN_SYNC_DELTA_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "twin/state_text.h"
#include "twin/twin_set.h"

struct sync_deltas {
	struct state_writer *writer; // borrowed
	struct buffer
	    *last; // by twin->watch - 1: from `properties` on, since what stands before it changes with every reading
	size_t count, capacity;
	struct buffer text;
};

void sync_deltas_init(struct sync_deltas *deltas, struct state_writer *writer);
void sync_deltas_release(struct sync_deltas *deltas);

// The twin's delta record as it is now, without a newline and valid until the next call; nothing when it says what the last one said, or the
// twin's desires never were unmet.
struct slice sync_deltas_renew(struct sync_deltas *deltas, struct twin *twin);

// As if the delta of now had been the last.
void sync_deltas_adopt(struct sync_deltas *deltas, struct twin *twin);

// A twin that none has been written of yet may have had one that is not known: the next is written whatever it says.
void sync_deltas_doubt(struct sync_deltas *deltas, struct twin *twin);

#endif
