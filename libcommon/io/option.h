// The typed option table: one per program gives parsing, --help, --version, and --dump-options (from which completions are made and
// against which the pages are tested). -h/--help and -V/--version are in every table without being written there.
//
// What needs the clock or the zone (OPTION_TIME) is converted after all options have been read, so --tz and --now may stand
// anywhere. Long names and choices may be cut to a unique beginning. A usage error prints `twin-x: what` and
// `Try 'twin-x --help'.` and exits with 2. Groups that several programs share are in io/shared_options.h.
#ifndef IO_OPTION_H
#define IO_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time_option.h"
#include "base/time_zone.h"

enum option_kind {
	OPTION_FLAG,     // bool: set to true
	OPTION_TEXT,     // const char *: points into argv
	OPTION_FILE,     // the same, completed as a file name; never empty
	OPTION_LIST,     // struct option_list: repeatable
	OPTION_CHOICE,   // int: index into choices
	OPTION_COUNT,    // int64_t: within minimum..maximum
	OPTION_SIZE,     // int64_t bytes: 4096, 512K, 64M, 1G, 1T (powers of 1024)
	OPTION_DURATION, // int64_t nanoseconds
	OPTION_TIME,     // struct option_time; read with the clock of the table's OPTION_NOW
	OPTION_NUMBER,   // double, finite
	OPTION_ZONE,     // struct time_zone *: a new zone, the caller's to free; what was there is freed
	OPTION_NOW,      // struct time_settings: a time or the word live; at most one in a table
	OPTION_HEADING,  // no option: help is a line of --help above the ones that follow
	OPTION_END,
};

struct option_list {
	const char **items; // argv's own strings; free the array with option_list_release
	size_t count;
	size_t capacity;
};

struct option_time {
	bool given;
	int64_t nanoseconds;
};

// What the pair --now and --tz of io/shared_options.h fills.
struct time_settings {
	struct time_zone *zone; // NULL is UTC; owned
	bool has_now;
	bool live;   // --now live: now is the machine's clock at the start
	int64_t now; // nanoseconds; meaningful with has_now
};

struct option_spec {
	enum option_kind kind;
	char short_name; // 0 for none
	const char *long_name;
	void *target;               // by kind, see above
	const char *argument;       // name in the help: FILE, DUR, N... (choices are listed when it is NULL)
	const char *help;           // one line, lower case, no full stop
	const char *const *choices; // OPTION_CHOICE: NULL-terminated; OPTION_LIST: known items, for completions
	int64_t minimum, maximum;   // COUNT, SIZE, DURATION, NUMBER; both 0: at least 0 (a NUMBER: any)
};

struct program_info {
	const char *name;     // "twin-sync"
	const char *summary;  // the words of the page's .Nd
	const char *operands; // "[FILE ...]"; "" for none
};

// Operands may stand between options; "--" ends options (getopt_long's rules, whatever POSIXLY_CORRECT says).
// On return *argc counts and *argv holds the operands alone. specs ends with OPTION_END and has at most 120 entries.
void option_parse(const struct program_info *info, const struct option_spec *specs, int *argc, char ***argv);

// For checks across options: prints `twin-x: ...` and `Try 'twin-x --help'.`, exits with 2.
void option_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

void option_list_release(struct option_list *list);

// What base/time_option.h needs to read further times the same way; borrows the zone.
struct time_context time_settings_context(const struct time_settings *settings);
void time_settings_release(struct time_settings *settings);

#endif
