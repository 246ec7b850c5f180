// What a register holds beside the numbers of its key: the texts of one record, in one piece of memory. The registers `last` and `usable`
// of a property share one while they hold the same record.
#ifndef TWIN_CONTENT_H
#define TWIN_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "record/record.h"
#include "twin/assignment.h"

enum content_part {
	CONTENT_VALUE,
	CONTENT_UNIT,
	CONTENT_SENSOR_ID,
	CONTENT_COMMAND_ID,
	CONTENT_ORIGIN,
	CONTENT_ACK,
	CONTENT_AXIS,
	CONTENT_COUNT,
};

struct content {
	uint32_t references; // of registers
	uint32_t capacity;   // of bytes
	int64_t seq;
	int64_t deadline;
	struct fold_canonical *canonical; // of the value, once a tie has asked for it
	bool is_placed;                   // in memory of somebody else
	uint32_t ends[CONTENT_COUNT];     // where each part ends in bytes; it begins where the one before ends
	char bytes[];
};

// The next place where one may stand.
#define CONTENT_ALIGNED(offset) (((offset) + (_Alignof(struct content) - 1)) & ~(_Alignof(struct content) - 1))

static inline struct slice content_text(const struct content *content, enum content_part part)
{
	uint32_t begin = part ? content->ends[part - 1] : 0;

	return slice_of(content->bytes + begin, content->ends[part] - begin);
}

// The bytes that a content for the assignment and most of what will follow it should have.
size_t content_capacity(const struct assignment *item);

// Makes an empty content in memory of the caller's that has room for so many bytes behind it; that memory must outlive it.
void content_place(struct content *content, size_t capacity);

// Writes the assignment into `reuse` when it is large enough and held by nobody but the caller's own_references, else into `own`
// (content_place; may be NULL) when that is free and large enough, else into new memory; reuse loses those references. The result has none yet.
struct content *content_store(struct content *reuse, uint32_t own_references, struct content *own,
    const struct assignment *item) __attribute__((warn_unused_result));

// Writes a reading without ack and metadata over what all of its registers hold. False when it does not fit or its value would have to be made
// compact first: nothing has happened then.
bool content_overwrite(struct content *content, const struct record *record);

// One reference less. NULL is no reference.
void content_drop(struct content *content);

#endif
