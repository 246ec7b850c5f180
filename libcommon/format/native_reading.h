// A reading that was read as a record, taken apart for a hook or to be given a unit; see format/reading_parts.h.
#ifndef FORMAT_NATIVE_READING_H
#define FORMAT_NATIVE_READING_H

#include "base/buffer.h"
#include "format/reading_writer.h"
#include "record/record.h"
#include "record/value.h"

// Reused from reading to reading.
struct native_reading {
	struct buffer head, middle, rest, value;
};

// tree: the record's line, which is a valid reading. unit: what it is given, or empty. whole: the line with the origin that belongs to it,
// empty when it is given a unit; line: its number. Goes to the writer's hook if there is one.
void native_reading_take(struct native_reading *native, struct reading_writer *writer, const struct value_tree *tree,
    const struct record *record, struct slice unit, struct slice whole, uint64_t line);

void native_reading_release(struct native_reading *native);

#endif
