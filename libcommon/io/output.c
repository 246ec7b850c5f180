#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/compression.h"
#include "io/descriptor.h"

#define FLUSH_SIZE ((size_t)64 << 10)

static char *quote(const char *path)
{
	struct buffer text = BUFFER_INIT;

	buffer_append_char(&text, '\'');
	buffer_append_string(&text, path);
	buffer_append(&text, "'", 2);
	return text.data;
}

int output_open(struct output *output, const char *path, struct error *error)
{
	enum compression kind = COMPRESSION_NONE;

	*output = (struct output){.fd = STDOUT_FILENO, .flush_size = FLUSH_SIZE};
	if (path && strcmp(path, "-") != 0) {
		output->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
		if (output->fd < 0)
			return error_set_errno(error, "cannot open '%s'", path);
		output->name = quote(path);
		kind = compression_of_path(path);
	} else {
		output->name = memory_dup_string("standard output");
	}
	if (kind != COMPRESSION_NONE)
		output->encoder = encoder_new(kind);
	output->is_terminal = isatty(output->fd);
	return 0;
}

void output_hold(struct output *output)
{
	output->flush_size = SIZE_MAX;
}

void output_release_held(struct output *output)
{
	output->flush_size = FLUSH_SIZE;
}

void output_drop_held(struct output *output)
{
	buffer_reset(&output->buffer);
	output_release_held(output);
}

static void write_bytes(struct output *output, struct slice bytes)
{
	if (!output->saved_errno && descriptor_write(output->fd, bytes.data, bytes.length) < 0)
		output->saved_errno = errno;
}

static void write_encoded(struct output *output, bool finish)
{
	buffer_reset(&output->encoded);
	encoder_write(output->encoder, buffer_slice(&output->buffer), &output->encoded);
	if (finish)
		encoder_finish(output->encoder, &output->encoded);
	write_bytes(output, buffer_slice(&output->encoded));
}

void output_drain(struct output *output)
{
	if (!output->encoder)
		write_bytes(output, buffer_slice(&output->buffer));
	else if (!output->saved_errno)
		write_encoded(output, false);
	buffer_reset(&output->buffer);
}

bool output_failed(const struct output *output)
{
	return output->saved_errno != 0;
}

static int tell(const struct output *output, struct error *error)
{
	if (!output->saved_errno)
		return 0;
	errno = output->saved_errno;
	return error_set_errno(error, "cannot write %s", output->name);
}

int output_flush(struct output *output, struct error *error)
{
	if (output->buffer.length > 0)
		output_drain(output);
	return tell(output, error);
}

int output_close(struct output *output, struct error *error)
{
	if (output->encoder && !output->saved_errno)
		write_encoded(output, true);
	else
		output_drain(output);
	int result = close(output->fd);

	// Standard output that was never open is no failure while nobody has written to it.
	if (result < 0 && !output->saved_errno && !(errno == EBADF && output->fd == STDOUT_FILENO))
		output->saved_errno = errno;
	result = tell(output, error);
	encoder_free(output->encoder);
	buffer_release(&output->buffer);
	buffer_release(&output->encoded);
	free(output->name);
	*output = (struct output){.fd = -1};
	return result;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return S_ISREG(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int output_check_inputs(const char *path, char *const *inputs, size_t count, struct error *error)
{
	struct stat output, input;

	if (!path || strcmp(path, "-") == 0 || stat(path, &output))
		return 0;
	for (size_t i = 0; i < (count ? count : 1); i++) {
		bool is_stdin = !count || strcmp(inputs[i], "-") == 0;

		if ((is_stdin ? fstat(STDIN_FILENO, &input) : stat(inputs[i], &input)) == 0 &&
		    is_same_file(&output, &input))
			return error_set(error, "'%s' is an input: write to another file and rename it", path);
	}
	return 0;
}

bool output_is_file(const struct output *output, const char *path)
{
	struct stat own, other;

	return path && strcmp(path, "-") != 0 && stat(path, &other) == 0 && fstat(output->fd, &own) == 0 &&
	    is_same_file(&own, &other);
}
