#include "io/input.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "io/compression.h"
#include "scratch.h"
#include "unit.h"

// What gzip(1) and zstd(1) make of "one\n".
static const unsigned char one_gz[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0xcf, 0x4b,
    0xe5, 0x02, 0x00, 0x9f, 0xa8, 0x17, 0xf8, 0x04, 0x00, 0x00, 0x00};
static const unsigned char one_zst[] = {
    0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x21, 0x00, 0x00, 0x6f, 0x6e, 0x65, 0x0a, 0xdf, 0x16, 0x68, 0x09};
static const unsigned char skippable[] = {0x53, 0x2a, 0x4d, 0x18, 0x03, 0x00, 0x00, 0x00, 'a', 'b', 'c'};

static int pipe_write_end;

static struct slice bytes_of(const unsigned char *data, size_t length)
{
	return slice_of((const char *)data, length);
}

static void put(int fd, struct slice bytes)
{
	if (bytes.length && write(fd, bytes.data, bytes.length) != (ssize_t)bytes.length)
		scratch_fail("write");
}

// An input that reads a pipe; its other end is returned.
static int open_pipe(struct input *input)
{
	char name[32];
	struct error error;
	int ends[2];

	if (pipe(ends) < 0)
		scratch_fail("pipe");
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	if (input_open(input, name, &error) < 0)
		scratch_fail(error.message);
	input->name = "pipe";
	close(ends[0]);
	return ends[1];
}

static int read_all(struct input *input, struct buffer *out, size_t step, struct error *error)
{
	ssize_t count;

	buffer_reset(out);
	while ((count = input_read(input, buffer_reserve(out, step), step, error)) > 0)
		out->length += (size_t)count;
	return (int)count;
}

static int read_file(const char *path, struct buffer *out, struct error *error)
{
	struct input input;

	if (input_open(&input, path, error) < 0)
		return -1;
	int result = read_all(&input, out, 4096, error);

	input_close(&input);
	return result;
}

// The contents as a file, and then as a pipe that brings them byte by byte.
static int read_both_ways(struct slice contents, struct buffer *out, struct error *error)
{
	struct input input;
	struct buffer other = BUFFER_INIT;

	scratch_write("f", contents);
	int result = read_file("f", out, error);
	int end = open_pipe(&input);

	for (size_t i = 0; i < contents.length; i++) {
		put(end, slice_of(contents.data + i, 1));
		(void)input_would_block(&input);
	}
	close(end);
	CHECK(read_all(&input, &other, 3, error) == result);
	if (result == 0)
		CHECK(slice_equal(buffer_slice(&other), buffer_slice(out)));
	input_close(&input);
	buffer_release(&other);
	return result;
}

static void encode(enum compression kind, struct slice contents, struct buffer *out)
{
	struct encoder *encoder = encoder_new(kind);

	encoder_write(encoder, contents, out);
	encoder_finish(encoder, out);
	encoder_free(encoder);
}

static void append_numbers(struct buffer *out, int count)
{
	for (int i = 0; i < count; i++)
		buffer_printf(out, "%d %u\n", i, (unsigned)i * 2654435761u);
}

static void test_plain(struct buffer *out)
{
	struct error error;
	struct input input;

	TEST("a plain file is read as it is, and its size is known")
	{
		scratch_write("f", SLICE_LITERAL("one\r\n\0two"));
		CHECK(input_open(&input, "f", &error) == 0);
		CHECK(input.size == 9 && input.is_regular && input.bytes_total == 9);
		CHECK(!input_would_block(&input));
		CHECK(read_all(&input, out, 100, &error) == 0);
		CHECK(slice_equal(buffer_slice(out), SLICE_LITERAL("one\r\n\0two")));
		CHECK(input.bytes_taken == 9);
		input_close(&input);
	}
	TEST("an empty file and an empty pipe end at once")
	{
		CHECK(read_both_ways(SLICE_EMPTY, out, &error) == 0);
		CHECK(out->length == 0);
	}
	TEST("bytes that only begin like a magic number are plain")
	{
		const char *texts[] = {
		    "\x1f", "\x1f!", "(", "(\xb5", "(\xb5/", "(\xb5/x", "P", "P*", "P*Mx", "Property,1\n"};

		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
			CHECK(read_both_ways(slice_from_string(texts[i]), out, &error) == 0);
			CHECK_TEXT(buffer_slice(out), texts[i]);
		}
	}
	TEST("a file in /proc has contents though it says that it is empty")
	{
		CHECK(input_open(&input, "/proc/self/status", &error) == 0);
		CHECK(input.size == -1);
		CHECK(read_all(&input, out, 4096, &error) == 0 && out->length > 100);
		input_close(&input);
	}
}

static void test_errors(struct buffer *out)
{
	struct error error;

	TEST("a missing file and a directory are named")
	{
		CHECK(read_file("none", out, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot open 'none': No such file or directory");
		CHECK(read_file(".", out, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "'.' is a directory");
	}
	TEST("a failed read is named and stays failed")
	{
		struct input input;

		CHECK(input_open(&input, "/proc/self/mem", &error) == 0);
		for (int i = 0; i < 2; i++) {
			CHECK(read_all(&input, out, 10, &error) == -1);
			CHECK_TEXT(
			    slice_from_string(error.message), "cannot read '/proc/self/mem': Input/output error");
		}
		input_close(&input);
	}
}

static void test_compressed(struct buffer *out)
{
	struct buffer packed = BUFFER_INIT;
	struct error error;

	TEST("what gzip and zstd wrote is read, whatever the file is called")
	{
		CHECK(read_both_ways(bytes_of(one_gz, sizeof one_gz), out, &error) == 0);
		CHECK_TEXT(buffer_slice(out), "one\n");
		CHECK(read_both_ways(bytes_of(one_zst, sizeof one_zst), out, &error) == 0);
		CHECK_TEXT(buffer_slice(out), "one\n");
	}
	TEST("concatenated members are read through, empty ones and zstd's skippable frames too")
	{
		for (enum compression kind = COMPRESSION_GZIP; kind <= COMPRESSION_ZSTD; kind++) {
			buffer_reset(&packed);
			if (kind == COMPRESSION_ZSTD)
				buffer_append(&packed, skippable, sizeof skippable);
			encode(kind, SLICE_LITERAL("one\n"), &packed);
			encode(kind, SLICE_EMPTY, &packed);
			if (kind == COMPRESSION_ZSTD)
				buffer_append(&packed, skippable, sizeof skippable);
			encode(kind, SLICE_LITERAL("two\n"), &packed);
			CHECK(read_both_ways(buffer_slice(&packed), out, &error) == 0);
			CHECK_TEXT(buffer_slice(out), "one\ntwo\n");
		}
	}
	TEST("a file that unpacks to a thousand times its size is streamed")
	{
		struct buffer zeros = BUFFER_INIT;
		struct input input;
		int64_t total = 0;
		ssize_t count;

		memset(buffer_reserve(&zeros, 32 << 20), 0, 32 << 20);
		zeros.length = 32 << 20;
		for (enum compression kind = COMPRESSION_GZIP; kind <= COMPRESSION_ZSTD; kind++, total = 0) {
			buffer_reset(&packed);
			encode(kind, buffer_slice(&zeros), &packed);
			scratch_write("f", buffer_slice(&packed));
			CHECK(input_open(&input, "f", &error) == 0);
			CHECK(input.size == -1 && input.bytes_total == (int64_t)packed.length);
			while ((count = input_read(&input, zeros.data, 100000, &error)) > 0)
				total += count;
			CHECK(count == 0 && total == 32 << 20);
			input_close(&input);
		}
		buffer_release(&zeros);
	}
	buffer_release(&packed);
}

static void test_damage(struct buffer *out)
{
	struct buffer packed = BUFFER_INIT, text = BUFFER_INIT;
	struct error error;

	append_numbers(&text, 40);
	TEST("a member that is cut off anywhere is an error")
	{
		for (enum compression kind = COMPRESSION_GZIP; kind <= COMPRESSION_ZSTD; kind++) {
			buffer_reset(&packed);
			encode(kind, buffer_slice(&text), &packed);
			for (size_t length = kind == COMPRESSION_GZIP ? 2 : 4; length < packed.length; length++) {
				CHECK(read_both_ways(slice_of(packed.data, length), out, &error) == -1);
				CHECK(strstr(error.message, "data is cut off"));
			}
		}
		CHECK_TEXT(slice_from_string(error.message), "cannot read 'pipe': zstd data is cut off");
	}
	TEST("a second member that is cut off is an error too")
	{
		for (enum compression kind = COMPRESSION_GZIP; kind <= COMPRESSION_ZSTD; kind++) {
			buffer_reset(&packed);
			encode(kind, SLICE_LITERAL("one\n"), &packed);
			size_t whole = packed.length;

			encode(kind, buffer_slice(&text), &packed);
			CHECK(read_both_ways(slice_of(packed.data, whole), out, &error) == 0);
			for (size_t length = whole + 1; length < packed.length; length++)
				CHECK(read_both_ways(slice_of(packed.data, length), out, &error) == -1);
		}
	}
	TEST("a changed byte in the data or in the check sum is an error")
	{
		for (enum compression kind = COMPRESSION_GZIP; kind <= COMPRESSION_ZSTD; kind++) {
			buffer_reset(&packed);
			encode(kind, buffer_slice(&text), &packed);
			for (size_t i = kind == COMPRESSION_GZIP ? 10 : packed.length - 4; i < packed.length; i++) {
				packed.data[i] ^= 0x01;
				CHECK(read_both_ways(buffer_slice(&packed), out, &error) == -1);
				packed.data[i] ^= 0x01;
			}
		}
		CHECK_TEXT(slice_from_string(error.message),
		    "cannot read 'pipe': zstd data is damaged: Restored data doesn't match checksum");
	}
	TEST("zeros may follow the last gzip member, anything else is an error")
	{
		buffer_reset(&packed);
		buffer_append(&packed, one_gz, sizeof one_gz);
		buffer_append(&packed, "\0\0\0", 3);
		CHECK(read_both_ways(buffer_slice(&packed), out, &error) == 0);
		CHECK_TEXT(buffer_slice(out), "one\n");
		buffer_append_char(&packed, 'x');
		CHECK(read_both_ways(buffer_slice(&packed), out, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message),
		    "cannot read 'pipe': the gzip data is followed by something else");
	}
	TEST("a zstd frame that asks for too much memory is an error")
	{
		CHECK(read_both_ways(SLICE_LITERAL("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"), out, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message),
		    "cannot read 'pipe': zstd data asks for a window of more than 128 MiB");
	}
	buffer_release(&packed);
	buffer_release(&text);
}

static void write_now(int signal)
{
	(void)signal;
	put(pipe_write_end, SLICE_LITERAL("late"));
}

static void test_waiting(struct buffer *out)
{
	struct error error;
	struct input input;
	char bytes[100];

	TEST("a read waits only where nothing is there and a writer is left")
	{
		int end = open_pipe(&input);

		CHECK(input_would_block(&input));
		put(end, SLICE_LITERAL("abc"));
		CHECK(!input_would_block(&input));
		CHECK(input_read(&input, bytes, 2, &error) == 2);
		CHECK(!input_would_block(&input));
		CHECK(input_read(&input, bytes, 2, &error) == 1);
		CHECK(input_would_block(&input));
		CHECK(input_wait(&input, 1000) == 0);
		close(end);
		CHECK(!input_would_block(&input));
		CHECK(input_wait(&input, -1) == 1);
		CHECK(input_read(&input, bytes, 2, &error) == 0);
		input_close(&input);
	}
	TEST("compressed bytes of which nothing can be read yet do not count as there")
	{
		int end = open_pipe(&input);

		put(end, bytes_of(one_gz, 11));
		CHECK(input_would_block(&input));
		put(end, bytes_of(one_gz + 11, sizeof one_gz - 11));
		CHECK(!input_would_block(&input));
		CHECK(input_read(&input, bytes, sizeof bytes, &error) == 4);
		CHECK(input_would_block(&input));
		close(end);
		CHECK(!input_would_block(&input));
		CHECK(input_read(&input, bytes, sizeof bytes, &error) == 0);
		input_close(&input);
	}
	TEST("a signal ends a wait, and one that was blocked until then is not lost")
	{
		sigset_t blocked, open_mask;
		int end = open_pipe(&input);

		pipe_write_end = open("/dev/null", O_WRONLY);
		signal(SIGUSR1, write_now);
		sigemptyset(&blocked);
		sigaddset(&blocked, SIGUSR1);
		sigprocmask(SIG_BLOCK, &blocked, &open_mask);
		raise(SIGUSR1);
		input.wait_mask = &open_mask;
		CHECK(input_wait(&input, -1) == -1);
		sigprocmask(SIG_SETMASK, &open_mask, NULL);
		close(pipe_write_end);
		close(end);
		input_close(&input);
	}
	TEST("a signal does not disturb a read, on a non-blocking descriptor either")
	{
		for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
			struct itimerval soon = {.it_value = {.tv_usec = 2000}};
			struct sigaction action = {.sa_handler = write_now};

			pipe_write_end = open_pipe(&input);
			fcntl(input.fd, F_SETFL, flags);
			sigaction(SIGALRM, &action, NULL);
			setitimer(ITIMER_REAL, &soon, NULL);
			CHECK(input_read(&input, bytes, sizeof bytes, &error) == 4);
			close(pipe_write_end);
			CHECK(read_all(&input, out, 10, &error) == 0 && out->length == 0);
			input_close(&input);
		}
	}
}

int main(void)
{
	char *scratch = scratch_enter();
	struct buffer out = BUFFER_INIT;

	test_plain(&out);
	test_errors(&out);
	test_compressed(&out);
	test_damage(&out);
	test_waiting(&out);
	buffer_release(&out);
	scratch_leave(scratch);
	return unit_end();
}
