// Objects with members of the caller's choice, written as NDJSON, as a table or as CSV: those two have a column for each name that was
// chosen, unlike record/record_sink.h, which knows the columns of records.
#ifndef RECORD_COLUMNS_H
#define RECORD_COLUMNS_H

#include "record/record_sink.h"
#include "record/table.h"
#include "record/value.h"

struct columns {
	struct record_sink *sink;
	const struct slice *names;
	size_t count;
	bool has_header;
	struct table table;
	struct buffer text;
	struct value_tree tree;
};

// Borrows the sink, which says where and how, and the names.
void columns_init(struct columns *columns, struct record_sink *sink, const struct slice *names, size_t count);
void columns_release(struct columns *columns);

// One object on one line.
void columns_write(struct columns *columns, struct slice line);

// Prints what is kept for the table; flushing the sink is the caller's.
void columns_flush(struct columns *columns);

#endif
