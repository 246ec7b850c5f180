// Limits of the checks as models and options write them. A test has named limits, each of them text:
//
//	range       fail, suspect      MIN..MAX; either end may be left out
//	rate        fail, suspect      N, or N/UNIT such as 30/min or 5/100ms; per second where no unit is given
//	stuck       fail, suspect      a length of time, or a count of readings in a row; tolerance: a number
//	spike       fail, suspect      a number; method: differential, average
//	attenuated  fail, suspect      a number; period: a length of time; method: deviation, range; count: a whole number
//	missing     fail               a length of time between readings; what takes longer by half is told
//
// The unnamed limit is the one to fail.
#ifndef TWIN_QUALITY_TEXT_H
#define TWIN_QUALITY_TEXT_H

#include "base/error.h"
#include "base/slice.h"
#include "twin/quality_limits.h"

struct model;

// One named limit. model (or NULL) knows lengths of time that are counts. -1 with error, which names what is wrong
// in the text; whose text it is, is for the caller to say.
int quality_text_set(struct quality_limits *limits, const struct model *model, enum quality_test test,
    struct slice name, struct slice text, struct error *error) __attribute__((warn_unused_result));

// LIMIT, or LIMIT,NAME=LIMIT,... or NAME=LIMIT,...: in place of all that was set for the test. Checked against each
// other.
int quality_text_parse(struct quality_limits *limits, const struct model *model, enum quality_test test,
    struct slice text, struct error *error) __attribute__((warn_unused_result));

// Forgets what is set for the test.
void quality_text_clear(struct quality_limits *limits, enum quality_test test);

#endif
