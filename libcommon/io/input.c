#define _GNU_SOURCE // ppoll
#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/timestamp.h"
#include "io/compression.h"
#include "io/descriptor.h"

static bool is_standard_input(const struct input *input)
{
	return strcmp(input->name, "-") == 0;
}

const char *input_display_name(const struct input *input)
{
	return is_standard_input(input) ? "standard input" : input->name;
}

static const char *quote(const struct input *input)
{
	return is_standard_input(input) ? "" : "'";
}

static int fail_with(struct input *input, const struct error *why)
{
	const char *q = quote(input);

	input->has_failed = true;
	return error_set(&input->failure, "cannot read %s%s%s: %s", q, input_display_name(input), q, why->message);
}

static int fail_with_errno(struct input *input)
{
	const char *q = quote(input);

	input->has_failed = true;
	return error_set_errno(&input->failure, "cannot read %s%s%s", q, input_display_name(input), q);
}

static void set_kind(struct input *input, enum compression kind)
{
	input->is_recognised = true;
	if (kind != COMPRESSION_NONE)
		input->decoder = decoder_new(kind);
}

// -1 with error when the stream is compressed in a way that is not read.
static int check_other(const struct input *input, struct slice first, struct error *error)
{
	const char *name, *program = compression_other(first, &name), *q = quote(input);

	if (!program)
		return 0;
	return error_set(error, "%s%s%s is compressed with %s, which is not read: use %s%s%.300s | ...", q,
	    input_display_name(input), q, name, program, *q ? " " : "", *q ? input->name : "");
}

// A file is looked at without moving in it, so that its first read is as large as the others.
static int look_at_file(struct input *input, int64_t file_size, struct error *error)
{
	char first[COMPRESSION_OTHER_SIZE];
	enum compression kind;
	off_t start = lseek(input->fd, 0, SEEK_CUR);
	ssize_t count = start < 0 ? -1 : pread(input->fd, first, sizeof first, start);

	input->is_regular = true;
	posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if (count < 0)
		return 0;
	if (check_other(input, slice_of(first, (size_t)count), error) < 0)
		return -1;
	compression_recognise(slice_of(first, (size_t)count), &kind);
	set_kind(input, kind);
	// Files of /proc say that they are empty, and are not.
	if (file_size > start)
		input->bytes_total = file_size - start;
	if (kind == COMPRESSION_NONE)
		input->size = input->bytes_total;
	return 0;
}

int input_open(struct input *input, const char *path, struct error *error)
{
	struct stat status;

	*input = (struct input){.fd = STDIN_FILENO, .name = path, .size = -1, .bytes_total = -1};
	if (!is_standard_input(input))
		input->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (input->fd < 0 || fstat(input->fd, &status) < 0) {
		error_set_errno(error, "cannot open %s%s%s", quote(input), input_display_name(input), quote(input));
		input_close(input);
		return -1;
	}
	if (S_ISDIR(status.st_mode)) {
		error_set(error, "%s%s%s is a directory", quote(input), input_display_name(input), quote(input));
		input_close(input);
		return -1;
	}
	if (S_ISREG(status.st_mode) && look_at_file(input, status.st_size, error) < 0) {
		input_close(input);
		return -1;
	}
	return 0;
}

void input_close(struct input *input)
{
	decoder_free(input->decoder);
	input->decoder = NULL;
	free(input->given_back);
	input->given_back = NULL;
	input->given_used = input->given_length = 0;
	if (input->fd > STDIN_FILENO)
		close(input->fd);
	input->fd = -1;
}

static ssize_t read_descriptor(struct input *input, void *data, size_t size)
{
	ssize_t count = descriptor_read(input->fd, data, size);

	if (count < 0)
		return fail_with_errno(input);
	if (count == 0)
		input->at_end = true;
	input->bytes_taken += count;
	return count;
}

// A byte or a few of what may be a magic number, into `ahead`. Never waits for more than tells: a first byte that no magic number
// has is enough.
static int take_magic(struct input *input)
{
	size_t have = input->ahead_length;
	ssize_t count = read_descriptor(input, input->ahead + have, COMPRESSION_MAGIC_SIZE - have);
	enum compression kind;

	if (count < 0)
		return -1;
	have += (size_t)count;
	input->ahead_length = (unsigned char)have;
	if (!compression_recognise(slice_of(input->ahead, have), &kind) && count > 0)
		return 0;
	if (check_other(input, slice_of(input->ahead, have), &input->failure) < 0) {
		input->has_failed = true;
		return -1;
	}
	set_kind(input, kind);
	if (input->decoder) {
		size_t room;

		memcpy(decoder_room(input->decoder, &room), input->ahead, have);
		decoder_feed(input->decoder, have);
		input->ahead_length = 0;
	}
	return 0;
}

static int take_compressed(struct input *input)
{
	struct error why;
	size_t size;
	char *room = decoder_room(input->decoder, &size);
	ssize_t count = read_descriptor(input, room, size);

	if (count < 0)
		return -1;
	if (count > 0)
		decoder_feed(input->decoder, (size_t)count);
	else if (decoder_finish(input->decoder, &why) < 0)
		return fail_with(input, &why);
	return 0;
}

// One read that brings nearer the moment when there are bytes to hand out.
static int take_in(struct input *input)
{
	return input->is_recognised ? take_compressed(input) : take_magic(input);
}

static ssize_t decode(struct input *input, void *data, size_t size)
{
	struct error why;
	ssize_t count = decoder_read(input->decoder, data, size, &why);

	return count < 0 ? fail_with(input, &why) : count;
}

static ssize_t hand_out_ahead(struct input *input, void *data, size_t size)
{
	size_t left = (size_t)(input->ahead_length - input->ahead_used);
	size_t count = left < size ? left : size;

	memcpy(data, input->ahead + input->ahead_used, count);
	input->ahead_used += (unsigned char)count;
	return (ssize_t)count;
}

void input_give_back(struct input *input, char *bytes, size_t length)
{
	free(input->given_back);
	input->given_back = bytes;
	input->given_used = 0;
	input->given_length = length;
}

static ssize_t hand_out_given(struct input *input, void *data, size_t size)
{
	size_t left = input->given_length - input->given_used;
	size_t count = left < size ? left : size;

	memcpy(data, input->given_back + input->given_used, count);
	input->given_used += count;
	return (ssize_t)count;
}

// 0 when there is nothing to hand out before something more is taken in; then at_end says whether that makes sense.
static ssize_t read_ready(struct input *input, void *data, size_t size)
{
	if (!input->is_recognised)
		return 0;
	if (input->ahead_used < input->ahead_length)
		return hand_out_ahead(input, data, size);
	if (input->at_end)
		return 0;
	return input->decoder ? decode(input, data, size) : read_descriptor(input, data, size);
}

ssize_t input_read(struct input *input, void *data, size_t size, struct error *error)
{
	ssize_t count = 0;

	if (input->given_used < input->given_length)
		return hand_out_given(input, data, size);
	while (!input->has_failed) {
		count = read_ready(input, data, size);
		if (count > 0 || (count == 0 && input->is_recognised && input->at_end))
			return count;
		if (!input->has_failed && take_in(input) < 0)
			break;
	}
	*error = input->failure;
	return -1;
}

// Whether input_read has something to say without asking the system. What a decoder has is decoded a little way to know it: its
// input may be the beginning of a block of which nothing can be read yet.
static bool is_ready(struct input *input)
{
	if (input->is_regular || input->has_failed || input->given_used < input->given_length)
		return true;
	if (!input->is_recognised)
		return false;
	if (input->at_end || input->ahead_used < input->ahead_length)
		return true;
	if (!input->decoder)
		return false;
	ssize_t count = decode(input, input->ahead, sizeof input->ahead);

	input->ahead_used = 0;
	input->ahead_length = count > 0 ? (unsigned char)count : 0;
	return count != 0;
}

int input_skip(struct input *input, uint64_t count, struct error *error)
{
	char scratch[4096];

	// What is not compressed need not be read.
	if (input->is_regular && input->is_recognised && !input->decoder &&
	    lseek(input->fd, (off_t)count, SEEK_CUR) >= 0) {
		input->bytes_taken += (int64_t)count;
		return 0;
	}
	while (count) {
		ssize_t got = input_read(input, scratch, count < sizeof scratch ? count : sizeof scratch, error);

		if (got <= 0)
			return (int)got;
		count -= (uint64_t)got;
	}
	return 0;
}

// 1 when the descriptor has bytes or has ended, 0 when the deadline has passed first, -1 interrupted.
static int poll_until(struct input *input, bool has_deadline, int64_t deadline)
{
	struct pollfd wait = {.fd = input->fd, .events = POLLIN};
	int64_t left = has_deadline ? deadline - monotonic_now() : 0;
	struct timespec timeout = {0, 0};

	if (left > 0)
		timeout = (struct timespec){left / NANOSECONDS_PER_SECOND, left % NANOSECONDS_PER_SECOND};
	int result = ppoll(&wait, 1, has_deadline ? &timeout : NULL, input->wait_mask);

	// Any other failure shows itself in the read.
	return result < 0 && errno != EINTR ? 1 : result;
}

int input_wait(struct input *input, int64_t timeout_nanoseconds)
{
	int64_t deadline = 0;
	bool has_deadline = timeout_nanoseconds >= 0 &&
	    !__builtin_add_overflow(timeout_nanoseconds > 0 ? monotonic_now() : 0, timeout_nanoseconds, &deadline);

	while (!is_ready(input)) {
		int result = poll_until(input, has_deadline, deadline);

		if (result <= 0)
			return result;
		if (input->is_recognised && !input->decoder)
			return 1;
		if (take_in(input) < 0)
			return 1;
	}
	return 1;
}

bool input_would_block(struct input *input)
{
	return input_wait(input, 0) != 1;
}
