// Records as CSV (RFC 4180 quoting, LF), under a header and fixed columns; members that have no column are left out.
// What tells of properties (readings, states, changes, deletes, desires, deltas) is one table whose first column is the
// type: a row for each property, and one without a property for what is about the whole twin. Each other type is a
// table of its own; where the table changes, an empty line and a new header follow.
#ifndef RECORD_CSV_TEXT_H
#define RECORD_CSV_TEXT_H

#include "base/buffer.h"
#include "base/slice.h"
#include "record/state_rows.h"
#include "record/value.h"

struct csv_text {
	const char *const *header;     // the columns named last, NULL when none were
	const struct value_tree *tree; // of the record being written
	const struct csv_shape *shape;
	const struct value *record;     // the one a row is about: of a refused record its input
	const struct value *refused;    // the refused record, NULL for others
	const struct value *objects[3]; // where columns are looked up, in this order; NULL at the end
	struct slice leaf_path;
	const struct value *leaf;
	const struct state_row *row;
	const struct value *reading; // of the row: what `properties` shows, or the unusable one there is instead
	bool is_deletion;            // the row tells that the whole twin, or a property on its own, was deleted
	struct buffer *out;
	struct buffer field;
	struct state_rows rows;
};

void csv_text_init(struct csv_text *csv);
void csv_text_release(struct csv_text *csv);

// Appends the record's rows to out, the header before them when it is due. line is the record's text; a type that is
// not known, or a line that is no JSON (tree NULL), is written as one field under the header `record`.
void csv_text_append(struct csv_text *csv, struct buffer *out, const struct value_tree *tree, struct slice line);

// One field, quoted when RFC 4180 asks for it, and when it is empty (nothing at all stands for a member that is
// absent).
void csv_append_field(struct buffer *out, struct slice text);

#endif
