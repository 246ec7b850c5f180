// A reading taken apart for whoever changes it on its way out, and put together again.
#ifndef FORMAT_READING_PARTS_H
#define FORMAT_READING_PARTS_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

struct reading_writer;

// Whoever changes a part clears `whole`.
struct reading_parts {
	struct slice entity_id, property, unit, sensor_id; // decoded; empty: absent
	int64_t timestamp;
	uint64_t tie;          // of counter and seq: tells readings of one time apart; else 0
	struct slice value;    // JSON
	struct slice quality;  // JSON; empty: absent, which is 1
	struct slice head;     // text of all members up to the timestamp, '{' included
	struct slice middle;   // text of the members between quality and metadata, each with a comma before it
	struct slice metadata; // members of it with commas between them; empty: none
	struct slice rest;     // members behind it, each with a comma before it
	struct slice whole;    // the record as it is; empty: to be made of the parts
};

// What happens to readings between a format and the output. take may write the reading (reading_writer_emit), keep a copy of it to be written
// later, or both with another; finish writes what is kept.
struct reading_hook {
	void (*take)(void *context, struct reading_writer *writer, const struct reading_parts *reading);
	void (*finish)(void *context, struct reading_writer *writer);
	void *context;
};

// The record, without a newline.
void reading_parts_append(struct buffer *out, const struct reading_parts *reading);

// All of it as bytes, appended to out, for what has to be kept; and taken from them again. bytes: from reading_parts_pack alone; the reading's
// slices point into them.
void reading_parts_pack(struct buffer *out, const struct reading_parts *reading);
void reading_parts_unpack(struct slice bytes, struct reading_parts *reading);

// The tie of a reading with these two, as JSON; empty: absent.
uint64_t reading_parts_tie(struct slice counter, struct slice seq);

#endif
