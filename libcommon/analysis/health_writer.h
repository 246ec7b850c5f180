// Where the records of a report go: as NDJSON, as the table of health_table.h, or as CSV with a column for each measure.
#ifndef ANALYSIS_HEALTH_WRITER_H
#define ANALYSIS_HEALTH_WRITER_H

#include "analysis/health_table.h"
#include "record/columns.h"
#include "record/record_sink.h"

struct health_writer {
	struct record_sink *sink; // NULL: nowhere
	struct health_table table;
	struct columns columns;
	struct slice *names; // of the columns
	struct buffer line;
};

// The sink is borrowed.
void health_writer_init(struct health_writer *writer, struct record_sink *sink);
void health_writer_release(struct health_writer *writer);

// For health_report_write; context is the writer.
void health_writer_write(void *context, struct slice record);

#endif
