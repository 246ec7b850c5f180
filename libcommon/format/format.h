// The foreign formats. Each fills one struct format; programs and other formats know it by that alone. A format has the directions
// whose functions it fills.
#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/slice.h"
#include "format/source_lines.h"

struct ingest;

enum format_result {
	FORMAT_FAILED = -1, // error is filled: the source cannot be read (further)
	FORMAT_DONE,
	FORMAT_STOPPED, // something was rejected and the rejects say stop
};

struct format {
	const char *name; // as -f has it
	// Whether a source that begins with this line, which is not blank, is written so. The first format that says yes is taken.
	bool (*recognise)(struct slice line);
	// Reads a source to its end and hands readings to ingest->writer.
	enum format_result (*read)(struct ingest *ingest, struct source_lines *lines, struct error *error);
};

extern const struct format format_csv, format_tsv, format_ndjson;

// In the order in which they are asked; NULL ends them.
extern const struct format *const formats[];

// NULL when there is none.
const struct format *format_find(struct slice name);

#endif
