// Where the records of a report go: as NDJSON, as the table of health_table.h, or as CSV with a column for each measure. And whether a
// condition (--fail-if) is true of any of them.
#ifndef ANALYSIS_HEALTH_WRITER_H
#define ANALYSIS_HEALTH_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/health_table.h"
#include "base/arena.h"
#include "record/columns.h"
#include "record/expression.h"
#include "record/record.h"
#include "record/record_sink.h"

struct health_writer {
	struct record_sink *sink; // NULL: nowhere
	struct health_table table;
	struct columns columns;
	struct slice *names; // of the columns
	struct expression_run *condition;
	struct record_scanner scanner; // of our own records
	struct arena arena;
	struct buffer line;
	uint64_t failures; // records of which the condition is true
	void (*failed)(void *context, const struct record *record);
	void *context;
};

// -1 with error when the condition asks for a member that no summary ever has.
int health_writer_check(const struct expression *condition, struct error *error) __attribute__((warn_unused_result));

// condition may be NULL; it and the sink are borrowed. failed is called with each record of which it is true.
void health_writer_init(struct health_writer *writer, struct record_sink *sink, const struct expression *condition,
    void (*failed)(void *context, const struct record *record), void *context);
void health_writer_release(struct health_writer *writer);

// For health_report_write; context is the writer.
void health_writer_write(void *context, struct slice record);

#endif
