// The options that say what readings are checked for, for programs that make readings: the limits of a property, in
// place of the model's, and which checks are made.
#ifndef TWIN_QUALITY_OPTIONS_H
#define TWIN_QUALITY_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/slice.h"
#include "io/option.h"
#include "twin/model.h"
#include "twin/quality_limits.h"

struct quality_options {
	struct option_list range, rate, stuck, spike, interval; // PROP=LIMIT[,NAME=LIMIT...]; PROP is a glob
	struct option_list tests;                               // names, with commas between them
	unsigned chosen; // QUALITY_BIT of those; all that have limits when there are none
};

// clang-format off
#define OPTIONS_QUALITY(options) \
	{.kind = OPTION_LIST, .long_name = "range", .target = &(options)->range, \
	 .argument = "PROP=MIN..MAX", .help = "readings outside fail"}, \
	{.kind = OPTION_LIST, .long_name = "max-rate", .target = &(options)->rate, \
	 .argument = "PROP=N/UNIT", .help = "readings that change faster fail"}, \
	{.kind = OPTION_LIST, .long_name = "stuck", .target = &(options)->stuck, \
	 .argument = "PROP=DUR", .help = "readings that stay the same so long fail"}, \
	{.kind = OPTION_LIST, .long_name = "spike", .target = &(options)->spike, \
	 .argument = "PROP=N", .help = "readings so far off both neighbours fail"}, \
	{.kind = OPTION_LIST, .long_name = "interval", .target = &(options)->interval, \
	 .argument = "PROP=DUR", .help = "how often readings come; gaps are told"}, \
	{.kind = OPTION_LIST, .long_name = "check", .target = &(options)->tests, \
	 .choices = (const char *const[]){"all", "none", "range", "rate", "stuck", "spike", "attenuated", "missing", \
	     "duplicate", "order", NULL}, \
	 .argument = "LIST", .help = "make these checks; all, none, duplicate, order..."}
// clang-format on

// Reads the names of the checks and tries the limits once, so that a mistake is one of usage. model: for lengths of
// time that are counts; may be NULL.
int quality_options_check(struct quality_options *options, const struct model *model, struct error *error)
    __attribute__((warn_unused_result));
void quality_options_release(struct quality_options *options);

// What a series is checked for: the model's limits (where it applies to the entity), replaced test by test by those
// of the options, the last that fits. False when there is nothing to check. options must have passed
// quality_options_check.
bool quality_options_limits(const struct quality_options *options, const struct model *model, struct slice entity_id,
    struct slice property, struct quality_limits *limits);

// A PROP=LIMIT.
struct quality_option {
	const char *name; // of the option, without dashes
	struct slice glob;
};

// They are counted from 0 over all options. False behind the last.
bool quality_options_get(const struct quality_options *options, size_t index, struct quality_option *option);

#endif
