// Records of this toolkit among lines of JSON: they pass as they are, those of their types that are known once they have been checked.
#ifndef FORMAT_NATIVE_RECORD_H
#define FORMAT_NATIVE_RECORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/ingest.h"
#include "format/native_reading.h"
#include "format/source_lines.h"
#include "record/record.h"
#include "record/value.h"

struct native_records {
	struct ingest *ingest;         // borrowed
	struct source_lines *lines;    // borrowed
	bool has_any;                  // a record has passed
	bool has_foreign_type;         // one of a type that is not known has been told
	const struct value_tree *tree; // of the line
	struct record_scanner scanner;
	struct arena arena;
	struct buffer copy, scratch;
	struct buffer whole;         // the line with its origin,
	struct native_reading parts; // and its parts, for a hook
};

void native_records_init(struct native_records *native, struct ingest *ingest, struct source_lines *lines);
void native_records_release(struct native_records *native);

// Whether an object has what makes a reading of this toolkit, whatever else it has.
bool native_record_is_reading(const struct value_tree *tree);

// Whether the object says itself that it is a record: by its type, whatever that is, or as a reading. The mapping may say that no object is.
bool native_records_have(struct native_records *native, const struct value_tree *tree);

// Writes the record of the line, if it is selected. -1 with error when it is not valid.
int native_records_take(struct native_records *native, const struct value_tree *tree, struct slice line,
    struct error *error) __attribute__((warn_unused_result));

#endif
