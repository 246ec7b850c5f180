// A reading that was read as a record, taken apart for a hook; see format/reading_parts.h.
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

// tree: the record's line, which is a valid reading. whole: the line with the origin that belongs to it; line: its number.
void native_reading_take(struct native_reading *native, struct reading_writer *writer, const struct value_tree *tree,
    const struct record *record, struct slice whole, uint64_t line);

void native_reading_release(struct native_reading *native);

#endif
