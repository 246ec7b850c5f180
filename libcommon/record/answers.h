// What becomes of records that a program has made, before they are written: --where chooses, --sort puts them in order, --limit ends them, and
// --count counts them instead.
#ifndef RECORD_ANSWERS_H
#define RECORD_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "record/columns.h"
#include "record/emit.h"
#include "record/expression.h"
#include "record/ordering.h"
#include "record/record.h"

// As given; NULL for what is not.
struct answer_options {
	const char *where;
	const char *sort;
	int64_t limit; // negative: none
	bool count;
};

struct answers {
	const struct answer_options *options;
	struct emit *emit;
	struct expression *where;
	struct expression_run *where_run;
	struct ordering ordering;
	struct record_scanner scanner;
	struct arena arena;
	struct buffer line;
	uint64_t offered, taken, written;
	bool has_columns; // summaries are shown to people in these, by their measures
	struct columns columns;
};

// Wrong texts are wrong usage: it exits then.
void answers_init(struct answers *answers, const struct answer_options *options);
void answers_release(struct answers *answers);

// The line is a record without its newline, type the number of its sink in emit. 1 when no more are wanted, 0, or -1 with error.
int answers_add(struct answers *answers, int type, struct slice line, struct error *error)
    __attribute__((warn_unused_result));

// Several lines, each with its newline.
int answers_add_lines(struct answers *answers, int type, struct slice lines, struct error *error)
    __attribute__((warn_unused_result));

// At the end: what had to wait. count_type: the sink of the record that --count makes.
int answers_finish(struct answers *answers, int count_type, struct error *error) __attribute__((warn_unused_result));

// Before the outputs are flushed.
void answers_flush(struct answers *answers);

// Tells of members that --where and --sort ask for and no record had.
void answers_hint(const struct answers *answers);

#endif
