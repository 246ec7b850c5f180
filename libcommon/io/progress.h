// A progress line on standard error for long work: only when it is a terminal, the input is a regular file, and the work has
// lasted a second; rewritten at most four times a second and removed at the end.
#ifndef IO_PROGRESS_H
#define IO_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool enabled;
	bool drawn;
	int64_t total;          // bytes
	int64_t looked;         // bytes done when the clock was last looked at
	int64_t started, shown; // monotonic nanoseconds
};

// total_bytes is input.bytes_total: not positive when unknown, and then nothing is shown.
void progress_start(struct progress *progress, int64_t total_bytes, bool quiet);

// Cheap: it looks at the clock once in a mebibyte.
void progress_update(struct progress *progress, int64_t done_bytes);
void progress_end(struct progress *progress);

#endif
