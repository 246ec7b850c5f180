// The good lines of damaged or truncated recordings: those that hold a record, byte for byte, each with a newline. What else there is goes to the
// rejects; what cannot even be read is told.
#ifndef ANALYSIS_RECORDING_RECOVERY_H
#define ANALYSIS_RECORDING_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/output.h"
#include "io/program.h"
#include "io/salvage.h"
#include "io/shared_options.h"
#include "record/rejects.h"

struct recovery {
	struct output *output; // borrowed, as the rejects are
	struct rejects *rejects;
	size_t max_line;
	// Told of each stretch of a file that cannot be read: line is the number of the line in which it begins, counted as they are recovered.
	void (*damaged)(void *context, const char *path, const struct salvage_damage *damage, uint64_t line);
	void *context;

	uint64_t lines_kept, lines_lost;
	uint64_t bytes_lost;    // of the lost lines
	uint64_t damages;       // stretches of files that could not be read
	uint64_t damaged_bytes; // of the files, as far as it is known
};

// One file, or standard input for "-"; several are recovered into one output, in order. -1 with error when the file cannot be opened or
// read, 1 when a rejected line is to stop the work, else 0.
int recovery_run(struct recovery *recovery, const char *path, struct error *error) __attribute__((warn_unused_result));

// Of all operands (none: standard input) into a new file. Says on standard error what was lost and, unless it is quiet, what was kept;
// STATUS_REJECTED when anything was lost.
enum exit_status recovery_of_files(const char *path, const struct input_options *input, bool quiet,
    char *const *operands, size_t count) __attribute__((warn_unused_result));

#endif
