// Records of all types but states as table lines: time, entity, property, value, unit and a note that says what else
// there is to say. A record that sets several properties takes a line for each; a type that is not known is shown as
// the JSON it is.
#ifndef RECORD_RECORD_LINES_H
#define RECORD_RECORD_LINES_H

#include "base/buffer.h"
#include "base/slice.h"
#include "record/state_rows.h"
#include "record/table.h"
#include "record/value.h"

struct record_lines {
	struct table table;
	struct state_rows rows; // of the change being shown
	// The record being shown:
	const struct value_tree *tree;
	const struct value *record;
	const struct line_shape *shape;
	struct slice prefix;    // begins the note
	enum table_style style; // of the note
	struct buffer note;
	struct buffer text;
};

// is_endless: as for tables.
void record_lines_init(struct record_lines *lines, bool is_endless);
void record_lines_release(struct record_lines *lines);

// Adds the lines of one record to the table; line is its text. tree is NULL when it is no JSON.
void record_lines_add(struct record_lines *lines, const struct value_tree *tree, struct slice line);

// Adds the lines of a record that stands in the one being shown, whose notes begin with the prefix. -1 when nothing is known of its type.
int record_lines_add_part(struct record_lines *lines, struct slice prefix, const struct value *record);

// Adds what the metadata entry of a property says beside its value: "quality 0.8, sensor s2".
void register_note(struct buffer *note, const struct value_tree *tree, const struct state_row *row);

// Sets the last row's note. Its first part is what a narrow screen should still show.
void table_set_note(struct table *table, size_t column, struct slice note, enum table_style style);

// Adds a part to a note, with ", " before it when it is not the first. NULL adds nothing.
void note_add(struct buffer *note, const char *label, const struct value *value);

#endif
