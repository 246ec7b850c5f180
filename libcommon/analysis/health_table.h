// The records of a health report (health_report.h) as a table for people: a row for each series with a bar of how complete it is and a note of
// all that is wrong with it, rows for twins and sources that have something to say, and a line about all.
#ifndef ANALYSIS_HEALTH_TABLE_H
#define ANALYSIS_HEALTH_TABLE_H

#include "base/buffer.h"
#include "base/slice.h"
#include "io/output.h"
#include "record/table.h"
#include "record/value.h"

struct health_table {
	struct table table;
	struct output *output; // borrowed
	struct value_tree tree;
	struct buffer text;
};

void health_table_init(struct health_table *table, struct output *output);
void health_table_release(struct health_table *table);

// One record of a report; that about all, which is the last, prints what has been collected.
void health_table_add(struct health_table *table, struct slice record);

#endif
