// Bytes from a file, a pipe or standard input. gzip and zstd are recognised by their first bytes (never by the name) and read as
// what they hold, concatenated members too; a truncated or damaged member is an error, never a silent end.
//
// Plain bytes go from the system straight into the caller's memory, so ask for a lot at a time (256 KiB or more).
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct input {
	int fd;
	const char *name;    // as given; "-" is standard input ("standard input" in messages: input_display_name)
	int64_t size;        // bytes ahead in a regular uncompressed file, at least 1; -1 when that is not known
	int64_t bytes_total; // the same for compressed files too, in compressed bytes: for a progress line
	int64_t bytes_taken; // how many of them have been read
	bool is_regular;     // reads never wait
	bool is_recognised;  // compressed or plain: decided
	bool at_end;
	bool has_failed;           // every read gives `failure` again
	const sigset_t *wait_mask; // of signals while input_wait waits; NULL: as it is. For the caller to set.
	struct decoder *decoder;   // NULL when the bytes are plain
	unsigned char ahead_used, ahead_length;
	char ahead[64];   // taken in to look at the first bytes or while waiting; handed out first
	char *given_back; // before all else: input_give_back
	size_t given_used, given_length;
	struct error failure;
};

// path "-" is standard input; it is borrowed. -1 with error "cannot open 'f': No such file or directory", or "'f' is a directory".
int input_open(struct input *input, const char *path, struct error *error) __attribute__((warn_unused_result));

// Leaves descriptor 0 open.
void input_close(struct input *input);

const char *input_display_name(const struct input *input);

// Up to size (at least 1) bytes; 0 at the end; -1 with error "cannot read 'f': gzip data is cut off". A short count is normal.
// Signals do not disturb it: who wants to wake up for one, or at a time, calls input_wait first.
ssize_t input_read(struct input *input, void *data, size_t size, struct error *error)
    __attribute__((warn_unused_result));

// What has been read is to be read again, by somebody else: bytes from the heap, which become the input's.
void input_give_back(struct input *input, char *bytes, size_t length);

// Leaves out so many bytes (decompressed ones). 0, also when there are fewer; -1 with error.
int input_skip(struct input *input, uint64_t count, struct error *error) __attribute__((warn_unused_result));

// Whether the next input_read may have to wait for a writer (always false for regular files). Used to flush before blocking.
bool input_would_block(struct input *input);

// Waits until input_read will not block, for at most timeout_nanoseconds (-1: for ever). 1 ready, 0 time is up, -1 interrupted by a
// signal. A handler that only sets a flag loses no signal when it is blocked everywhere else and wait_mask lets it in.
int input_wait(struct input *input, int64_t timeout_nanoseconds);

#endif
