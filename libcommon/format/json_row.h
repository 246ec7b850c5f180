// The readings and labels of one JSON value: its time, its twin and its values are found as the plan says, or every leaf becomes a
// reading.
//
// An array can be exploded: each element is then a row of its own, and names that begin with a dot are looked for in the element:
// "./v" is its member v, "." the element itself.
#ifndef FORMAT_JSON_ROW_H
#define FORMAT_JSON_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/cell.h"
#include "format/format.h"
#include "format/json_plan.h"
#include "format/reading_writer.h"
#include "record/value.h"

// What a message says about the JSON that it carries.
struct json_around {
	void *context;
	// What a name in the template of ids stands for outside of the JSON; empty: nothing.
	struct slice (*find_name)(void *context, struct slice name);
	// Fills the times of the row's facts; arguments and result as those of row_clock_read.
	enum row_clock_result (*read_times)(
	    void *context, struct slice time, struct slice received, struct error *error);
	struct slice above; // path below which all properties are; empty: none
	struct slice bare;  // path of JSON that is no object
};

struct json_row {
	struct ingest *ingest;      // borrowed
	struct source_lines *lines; // borrowed
	struct json_plan plan;
	struct value_tree tree;           // the value: for the caller to fill
	struct slice line;                // what is rejected: for the caller to set
	uint64_t number;                  // of the row in the source, from 1: for the caller to set
	const struct json_around *around; // borrowed; NULL: the JSON stands alone
	struct row_facts facts;
	struct cell_reader cells;
	struct buffer entity, property, unit, value, label, path, scratch;
	struct buffer own_property, own_unit_text; // of an object that is one reading
	struct slice own_unit;                     // empty: none
	int64_t element_index;                     // of the array that is exploded; 0 without
	size_t bad_values;                         // of the row
	struct error bad;
};

void json_row_init(struct json_row *row, struct ingest *ingest, struct source_lines *lines);
void json_row_release(struct json_row *row);

// Hands what the value holds to the writer, and what cannot be read to the rejects. The plan is made.
enum format_result json_row_take(struct json_row *row, struct error *error);

// Rejects the line.
enum format_result json_row_reject(struct json_row *row, const char *message);

#endif
