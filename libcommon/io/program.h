// Start and end of every program.
#ifndef IO_PROGRAM_H
#define IO_PROGRAM_H

#include "io/output.h"

// Exit statuses of all programs (several apply: 2, then 3, then 1).
enum exit_status {
	STATUS_DONE = 0,
	STATUS_DIFFERS = 1,  // the answer is no: only where the page defines it
	STATUS_TROUBLE = 2,  // usage, or the work could not be done
	STATUS_REJECTED = 3, // done, but some input was rejected
};

// Name for messages, descriptors 0-2 open, SIGPIPE default and unblocked, LC_NUMERIC "C". A standard descriptor that was closed
// fails in use as a closed one does ("cannot write standard output: Bad file descriptor"), but no file gets its number.
void program_start(const char *name);

// The worse of the two by the order above.
enum exit_status status_join(enum exit_status a, enum exit_status b);

// Prints the error, unless it has no message since it has been told; STATUS_TROUBLE, always.
enum exit_status program_trouble(const struct error *error);

// Closes the outputs (NULL entries are skipped), prints what failed, and returns the status to leave main with: STATUS_TROUBLE when
// something could not be written. Also checks and closes stdio's stdout, which --help uses. Outputs that main has closed itself are
// not passed.
int program_end(enum exit_status status, struct output *const *outputs, size_t count);

#endif
