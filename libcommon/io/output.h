// Buffered bytes to standard output or a file. Write errors stick: after the first one nothing more is written, and flush and close
// tell, so that callers need no test at each write. A file is created by the first open and written in place (state files use
// io/atomic_file.h); a path that ends in .gz or .zst is compressed, the same contents always to the same bytes.
#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

struct output {
	int fd;
	char *name; // for messages: standard output, or 'path' in quotes
	struct buffer buffer;
	size_t flush_size;       // buffered bytes from which on output_write writes
	struct encoder *encoder; // NULL for plain bytes
	struct buffer encoded;
	int saved_errno; // first failure, 0 when none
	bool is_terminal;
};

// From here on everything stays in memory until output_release_held lets it go or output_drop_held forgets it. Nothing may be flushed
// in between, and nothing may be buffered before.
void output_hold(struct output *output);
void output_release_held(struct output *output);
void output_drop_held(struct output *output);

// path NULL or "-" is standard output. -1 with error "cannot open 'f': Permission denied"; there is nothing to close then.
int output_open(struct output *output, const char *path, struct error *error) __attribute__((warn_unused_result));

// Hands everything buffered to the system: before a read that may wait, and after each answer to a terminal. -1 with error
// "cannot write 'f': No space left on device" once anything has failed; output_close says it again, so a caller that only wants to
// go on may ignore it. A compressed file keeps back what its encoder holds, since its bytes must not depend on when this is called.
int output_flush(struct output *output, struct error *error);

// Flushes, ends compression, closes (fsync is not done), and checks all of it. Releases the struct either way.
int output_close(struct output *output, struct error *error) __attribute__((warn_unused_result));

bool output_failed(const struct output *output);
void output_drain(struct output *output); // what output_write calls when the buffer is full

static inline void output_write(struct output *output, const void *data, size_t length)
{
	buffer_append(&output->buffer, data, length);
	if (output->buffer.length >= output->flush_size)
		output_drain(output);
}

static inline void output_write_slice(struct output *output, struct slice s)
{
	output_write(output, s.data, s.length);
}

// Opening an output empties its file. -1 with error when that file is one of the inputs (by identity, not by name; no inputs: standard
// input), to be asked before output_open. path NULL or "-" never is.
int output_check_inputs(const char *path, char *const *inputs, size_t count, struct error *error)
    __attribute__((warn_unused_result));

// Whether path is the file that is written here already, under whatever name: a second writer would garble it. NULL and "-" are none.
bool output_is_file(const struct output *output, const char *path);

#endif
