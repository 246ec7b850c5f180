// State records for people. A few twins are blocks: a heading, then a line for each property. Many are a row each, with
// as many properties as the screen has room for. Which of the two is known when the states end, so they are kept until
// state_table_print, and bounded: after some thousand twins or some megabytes, what there is is printed and the rows go
// on with those columns. Where tables are endless no property is left out: new ones begin new rows under new titles,
// and twins with too many for columns are blocks, however many twins there are.
#ifndef RECORD_STATE_TABLE_H
#define RECORD_STATE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "record/state_rows.h"
#include "record/table.h"
#include "record/value.h"

#define STATE_TABLE_BLOCKS_MAX 8

struct state_table {
	struct buffer kept; // lines, each with its newline
	size_t count;       // of the twins in it
	bool in_rows;       // the rows have begun: later twins are rows too, until state_table_end
	struct table table;
	struct hash_map columns; // property -> number of its column, less the fixed ones
	bool has_more;           // a property came that has no column
	bool has_status;         // a status came that says something: the columns for it are worth their room
	struct value_tree tree;
	struct state_rows rows;
	struct buffer text;
	bool was_printed; // a block has been printed: the next is set off by an empty line
};

// is_endless: as for tables.
void state_table_init(struct state_table *states, bool is_endless);
void state_table_release(struct state_table *states);

// Keeps one state, or what stands among states for a twin that is gone: its `deleted` and `desired` records.
void state_table_add(struct state_table *states, struct slice line, struct output *output);

static inline bool state_table_is_empty(const struct state_table *states)
{
	return states->count == 0;
}

// Prints all that is kept; what comes next is a new table.
void state_table_print(struct state_table *states, struct output *output);

#endif
