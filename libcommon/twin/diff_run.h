// The work of twin-diff(1): what its two operands hold, and comparing that.
#ifndef TWIN_DIFF_RUN_H
#define TWIN_DIFF_RUN_H

#include "record/emit.h"
#include "record/rejects.h"
#include "twin/diff_output.h"
#include "twin/twin_source.h"

enum diff_input { DIFF_INPUT_AUTO, DIFF_INPUT_RECORDS, DIFF_INPUT_DOCUMENT };

// What an operand is.
struct diff_operand {
	const char *path;
	bool is_store;
	bool is_document;
	bool can_restart; // it can be read once more
	bool has_text;    // it has been read
	struct buffer text;
};

void diff_operand_release(struct diff_operand *operand);

// Looks at the operand, reading all of it where it is no file that can be read again. -1 with error.
int diff_operand_find(struct diff_operand *operand, const char *path, int input, bool sorted, struct error *error)
    __attribute__((warn_unused_result));

struct diff_run {
	struct diff_operand operands[2];
	struct twin_diff diff;
	struct diff_output output;
	const struct option_list *entities;
	const struct model *model;
	struct rejects *rejects;
	struct emit *emit;
	void (*before_wait)(void *context);
	void *context;
	size_t max_line;
	bool sorted;
	bool brief; // stop at the first difference
};

// 1 when they differ, 0, or -1 with error (whose message is empty where it has been told).
int diff_run(struct diff_run *run, struct error *error) __attribute__((warn_unused_result));

#endif
