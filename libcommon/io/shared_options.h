// Options that mean the same in every program that has them, written once. A program puts the groups it has into its table:
//
//	struct config { struct select_options select; struct time_settings clock; struct output_options output; ... };
//	const struct option_spec specs[] = {
//		{.kind = OPTION_HEADING, .help = "Selection"},
//		OPTIONS_SELECT(&config->select),
//		OPTIONS_CLOCK(&config->clock),
//		...
//		{.kind = OPTION_END},
//	};
//
// The macros hold compound literals: the table belongs into the function that calls option_parse.
#ifndef IO_SHARED_OPTIONS_H
#define IO_SHARED_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "io/option.h"

// -E, -P, --from, --to: which records count. Globs are fnmatch(3)'s with '*' crossing '/'; several of one option are alternatives.
struct select_options {
	struct option_list entities;
	struct option_list properties;
	struct option_time from; // from <= timestamp < to
	struct option_time to;
};

// --from not before --to is a usage error: call it after option_parse.
void select_options_check(const struct select_options *select);
void select_options_release(struct select_options *select);

// Whether one of the patterns fits or is the very text, or there is none. A text with a NUL inside matches by what stands before it.
bool globs_match(const struct option_list *globs, struct slice text);

// Whether there are patterns and none of them can match more than one text, the one that it is.
bool globs_are_names(const struct option_list *globs);

// Whether --from and --to leave the time in.
bool select_options_have_time(const struct select_options *select, int64_t timestamp);

// clang-format off
#define OPTIONS_SELECT(select) \
	{.kind = OPTION_LIST, .short_name = 'E', .long_name = "entity", .target = &(select)->entities, \
	 .argument = "GLOB", .help = "only twins whose id matches (repeatable)"}, \
	{.kind = OPTION_LIST, .short_name = 'P', .long_name = "property", .target = &(select)->properties, \
	 .argument = "GLOB", .help = "only properties that match (repeatable)"}, \
	{.kind = OPTION_TIME, .long_name = "from", .target = &(select)->from, \
	 .argument = "T", .help = "only from this time on"}, \
	{.kind = OPTION_TIME, .long_name = "to", .target = &(select)->to, \
	 .argument = "T", .help = "only before this time"}
// clang-format on

// An expression of twin-expr(7), for record/expression.h.
// clang-format off
#define OPTION_WHERE(text) \
	{.kind = OPTION_TEXT, .long_name = "where", .target = (text), \
	 .argument = "EXPR", .help = "only records for which this is true"}
// clang-format on

// clang-format off
#define OPTIONS_CLOCK(clock) \
	{.kind = OPTION_NOW, .long_name = "now", .target = (clock), \
	 .argument = "T|live", .help = "what time it is; live: the machine's clock"}, \
	{.kind = OPTION_ZONE, .long_name = "tz", .target = &(clock)->zone, \
	 .argument = "ZONE", .help = "zone of times in options, not UTC"}
// clang-format on

// What --explain says of them; the clock is that of programs whose time, without --now, is the newest reading's.
void explain_zone(const struct time_settings *settings);
void explain_clock(const struct time_settings *settings);

// clang-format off
#define OPTION_MODEL(path) \
	{.kind = OPTION_FILE, .short_name = 'm', .long_name = "model", .target = (path), \
	 .argument = "FILE", .help = "what kind of twin this is"}
// clang-format on

// The environment's TWIN_STORE says which where the option does not: store_option_path.
// clang-format off
#define OPTION_STORE(path) \
	{.kind = OPTION_FILE, .short_name = 's', .long_name = "store", .target = (path), \
	 .argument = "FILE", .help = "the store of twins"}
// clang-format on

// given: what the option says, NULL for nothing. NULL when no store is named anywhere.
const char *store_option_path(const char *given);

// names: NULL-terminated, of the program's own enum, whose index is stored.
// clang-format off
#define OPTION_INPUT_FORMAT(index, names) \
	{.kind = OPTION_CHOICE, .short_name = 'f', .long_name = "input-format", .target = (index), \
	 .choices = (names), .help = "format of the input"}
// clang-format on

// --rejects, --strict, --max-line: what happens to bad input.
struct input_options {
	const char *rejects; // NULL: not kept
	bool strict;
	int64_t max_line; // bytes
};

// clang-format off
#define INPUT_OPTIONS_DEFAULT \
	{.max_line = INT64_C(64) << 20}
// clang-format on

// clang-format off
#define OPTIONS_INPUT(input) \
	{.kind = OPTION_FILE, .long_name = "rejects", .target = &(input)->rejects, \
	 .argument = "FILE", .help = "keep rejected input there"}, \
	{.kind = OPTION_FLAG, .long_name = "strict", .target = &(input)->strict, \
	 .help = "stop at the first rejected input"}, \
	{.kind = OPTION_SIZE, .long_name = "max-line", .target = &(input)->max_line, .minimum = 1, \
	 .maximum = INT64_C(1) << 30, .argument = "SIZE", .help = "longest line of input (64M)"}
// clang-format on

enum output_format {
	OUTPUT_FORMAT_AUTO,
	OUTPUT_FORMAT_TABLE,
	OUTPUT_FORMAT_NDJSON,
	OUTPUT_FORMAT_CSV,
};

// -F, -o, -q.
struct output_options {
	int format;       // enum output_format, as asked; output_options_format says what to write
	const char *path; // NULL or "-": standard output
	bool quiet;
};

// Never OUTPUT_FORMAT_AUTO: what -F says; else NDJSON with -o or where standard output is no terminal; else what the environment's
// TWIN_FORMAT says; else a table. (TWIN_FORMAT is for eyes only, so that it cannot break a pipeline.)
enum output_format output_options_format(const struct output_options *output);

// clang-format off
#define OPTIONS_OUTPUT(output) \
	{.kind = OPTION_CHOICE, .short_name = 'F', .long_name = "format", .target = &(output)->format, \
	 .choices = (const char *const[]){"auto", "table", "ndjson", "csv", NULL}, .help = "format of the output"}, \
	{.kind = OPTION_FILE, .short_name = 'o', .long_name = "output", .target = &(output)->path, \
	 .argument = "FILE", .help = "write there, not to standard output"}, \
	{.kind = OPTION_FLAG, .short_name = 'q', .long_name = "quiet", .target = &(output)->quiet, \
	 .help = "no summary on standard error"}
// clang-format on

// Each item is TYPE[=FILE],...
// clang-format off
#define OPTION_EMIT(list) \
	{.kind = OPTION_LIST, .short_name = 'e', .long_name = "emit", .target = (list), \
	 .argument = "TYPE[=FILE],...", .help = "which records to write, and where"}
// clang-format on

// The same with its types for completions.
// clang-format off
#define OPTION_EMIT_TYPES(list, types) \
	{.kind = OPTION_LIST, .short_name = 'e', .long_name = "emit", .target = (list), .choices = (types), \
	 .argument = "TYPE[=FILE],...", .help = "which records to write, and where"}
// clang-format on

// clang-format off
#define OPTION_PASS(flag) \
	{.kind = OPTION_FLAG, .short_name = 'p', .long_name = "pass", .target = (flag), \
	 .help = "pass the input through too"}
// clang-format on

// -j, --stats, --explain.
struct run_options {
	int64_t threads; // 0: as many as help
	bool stats;
	bool explain;
};

// clang-format off
#define OPTIONS_RUN(run) \
	{.kind = OPTION_COUNT, .short_name = 'j', .long_name = "threads", .target = &(run)->threads, \
	 .maximum = 256, .argument = "N", .help = "threads (0: as many as help)"}, \
	{.kind = OPTION_FLAG, .long_name = "stats", .target = &(run)->stats, \
	 .help = "counters as JSON on standard error"}, \
	{.kind = OPTION_FLAG, .long_name = "explain", .target = &(run)->explain, \
	 .help = "say which files, clock and zone are in use"}
// clang-format on

#endif
