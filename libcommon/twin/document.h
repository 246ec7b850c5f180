// A nested JSON object written from a flat, sorted list of paths and values.
#ifndef TWIN_DOCUMENT_H
#define TWIN_DOCUMENT_H

#include "base/buffer.h"
#include "base/slice.h"

struct document_writer {
	struct buffer *out;
	struct slice path; // of the value written last
	size_t depth;      // objects open below the outermost
	bool is_empty;
};

// Opens the object.
void document_begin(struct document_writer *writer, struct buffer *out);

// Paths come in the order of path_compare, none a prefix of another, and stay readable until the next call. value: JSON text.
void document_put(struct document_writer *writer, struct slice path, struct slice value);

void document_end(struct document_writer *writer);

#endif
