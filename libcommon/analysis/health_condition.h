// The condition of --fail-if: of which summaries of a health report it is true, and whether there was what it asks for.
#ifndef ANALYSIS_HEALTH_CONDITION_H
#define ANALYSIS_HEALTH_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "record/expression.h"
#include "record/record.h"

struct health_condition {
	struct expression *expression; // NULL: none was given, and nothing fails
	struct expression_run *run;
	struct record_scanner scanner; // of our own records
	struct arena arena;
	struct buffer line;
	bool quiet;
	uint64_t failures; // summaries of which it is true
};

// text: NULL for none. quiet: failures are counted only. -1 with error when it is no condition, and when it asks for a member that no summary
// ever has: it would never be true, and a check that is meant to fail would pass. To be released either way.
int health_condition_parse(struct health_condition *condition, const char *text, bool quiet, struct error *error)
    __attribute__((warn_unused_result));
void health_condition_release(struct health_condition *condition);

// Tells the first ten summaries of which it is true.
void health_condition_test(struct health_condition *condition, struct slice summary);

// Whether it asks for a measure that could not be taken, such as those of a model without --model: it has no answer then.
bool health_condition_lacks_measure(const struct health_condition *condition);

// When all summaries have been tested: what was asked for and not there, also when quiet if that is an error, and how many more failed.
void health_condition_tell_rest(const struct health_condition *condition, bool is_error);

#endif
