// Which types of record a program writes, and where: -e TYPE[=FILE],...
#ifndef RECORD_EMIT_H
#define RECORD_EMIT_H

#include <stdbool.h>

#include "base/error.h"
#include "io/option.h"
#include "io/output.h"
#include "record/record_sink.h"

#define EMIT_TYPES_MAX 16

struct emit {
	const char *const *types;                  // NULL-terminated; the program's own enum indexes them
	struct record_sink *sinks[EMIT_TYPES_MAX]; // NULL for what is not asked for
	struct record_sink main_sink;
	struct output main_output;
	const char *main_path;   // "-" for standard output
	struct emit_file *files; // the FILEs, each opened once
	size_t file_count;
	size_t file_capacity;
	bool is_held;
};

// Before emit_open: -1 with error when one of the files that the options name is one of the inputs, which opening it would empty before it
// is read.
int emit_check_inputs(const struct option_list *asked, const struct output_options *options, char *const *inputs,
    size_t count, struct error *error) __attribute__((warn_unused_result));

// Opens what the options name, each file once; "-" is standard output. Types that are not asked for have no sink. Without any -e, the
// types whose bits are set in defaults go to the main output. -1 with error.
int emit_open(struct emit *emit, const char *const *types, unsigned defaults, const struct option_list *asked,
    const struct output_options *options, struct error *error) __attribute__((warn_unused_result));

// After emit_open: -1 with error when one of the files that it opened is to be written by somebody else too. path may be NULL.
int emit_check_other(const struct emit *emit, const char *path, struct error *error)
    __attribute__((warn_unused_result));

// Shows and writes all that is buffered. -1 once anything could not be written (emit_close says what).
int emit_flush(struct emit *emit);

// Keeps everything that is written from here on, flushed or not, until emit_release_held (which writes it) or emit_drop_held (which
// forgets it). What was written before is flushed.
void emit_hold(struct emit *emit);
void emit_release_held(struct emit *emit);
void emit_drop_held(struct emit *emit);

// Flushes and closes; prints what failed. Returns 0, or -1 when something could not be written.
int emit_close(struct emit *emit);

#endif
