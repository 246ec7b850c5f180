#include "io/output.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/message.h"
#include "io/atomic_file.h"
#include "io/program.h"
#include "scratch.h"
#include "unit.h"

#define BIG 3000000

static void read_back(const char *path, struct buffer *out)
{
	struct error error;

	buffer_reset(out);
	if (file_read_whole(path, BIG * 2, out, &error) < 0)
		scratch_fail(error.message);
}

// The file's own bytes, compressed or not.
static void read_raw(const char *path, struct buffer *out)
{
	int fd = open(path, O_RDONLY);
	ssize_t count;

	buffer_reset(out);
	while ((count = read(fd, buffer_reserve(out, 65536), 65536)) > 0)
		out->length += (size_t)count;
	close(fd);
}

static void make_text(struct buffer *text)
{
	buffer_reset(text);
	for (unsigned i = 0; text->length < BIG; i++)
		buffer_printf(text, "%u pump-%u\n", i, i * 2654435761u % 5000);
}

// In pieces of growing sizes, with a flush after some of them.
static void write_in_pieces(const char *path, struct slice text, size_t piece, int flush_every)
{
	struct output output;
	struct error error;

	CHECK(output_open(&output, path, &error) == 0);
	for (int i = 1; text.length; i++) {
		size_t length = piece < text.length ? piece : text.length;

		output_write(&output, text.data, length);
		text = slice_skip(text, length);
		piece += piece / 3;
		if (flush_every && i % flush_every == 0)
			CHECK(output_flush(&output, &error) == 0);
	}
	CHECK(output_close(&output, &error) == 0);
}

static void test_files(void)
{
	struct buffer text = BUFFER_INIT, other = BUFFER_INIT, first = BUFFER_INIT;
	struct output output;
	struct error error;

	make_text(&text);
	TEST("what is written to a file is in it, also after being flushed")
	{
		write_in_pieces("f", buffer_slice(&text), 7, 3);
		read_raw("f", &other);
		CHECK(slice_equal(buffer_slice(&other), buffer_slice(&text)));
		CHECK(output_open(&output, "f", &error) == 0);
		output_write(&output, "one", 3);
		CHECK(output_flush(&output, &error) == 0);
		read_raw("f", &other);
		CHECK_TEXT(buffer_slice(&other), "one");
		CHECK(output_close(&output, &error) == 0);
	}
	TEST("names in .gz and .zst are compressed, to the same bytes however the text was cut and flushed")
	{
		const char *names[] = {"f.gz", "f.zst"};

		for (int i = 0; i < 2; i++) {
			write_in_pieces(names[i], buffer_slice(&text), BIG, 0);
			read_back(names[i], &other);
			CHECK(slice_equal(buffer_slice(&other), buffer_slice(&text)));
			read_raw(names[i], &first);
			CHECK(first.length < text.length / 2);
			for (size_t piece = 3; piece < BIG; piece *= 17) {
				write_in_pieces(names[i], buffer_slice(&text), piece, 1);
				read_raw(names[i], &other);
				CHECK(slice_equal(buffer_slice(&other), buffer_slice(&first)));
			}
		}
	}
	TEST("nothing written to a compressed file reads as nothing")
	{
		write_in_pieces("f.gz", SLICE_EMPTY, 1, 0);
		read_back("f.gz", &other);
		CHECK(other.length == 0);
		read_raw("f.gz", &other);
		CHECK(other.length == 20 && memcmp(other.data + 4, "\0\0\0\0", 4) == 0);
	}
	TEST("a file that cannot be made is named")
	{
		CHECK(output_open(&output, "none/f", &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot open 'none/f': No such file or directory");
	}
	buffer_release(&text);
	buffer_release(&other);
	buffer_release(&first);
}

static void test_full_disk(void)
{
	static const char full[] = "cannot write '/dev/full': No space left on device";
	struct output output;
	struct error error = {""};

	TEST("a full disk is told by flush and by close, and nothing more is kept in memory")
	{
		CHECK(output_open(&output, "/dev/full", &error) == 0);
		for (int i = 0; i < 100000; i++)
			output_write(&output, "a line of some length\n", 22);
		CHECK(output_failed(&output) && output.buffer.capacity < 1000000);
		CHECK(output_flush(&output, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), full);
		error.message[0] = '\0';
		CHECK(output_close(&output, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), full);
	}
	TEST("a full disk is told by close alone, for compressed bytes too")
	{
		if (symlink("/dev/full", "full.gz") < 0)
			scratch_fail("symlink");
		CHECK(output_open(&output, "full.gz", &error) == 0);
		output_write(&output, "one\n", 4);
		CHECK(output_close(&output, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot write 'full.gz': No space left on device");
	}
}

// How a child ended, and what it said on standard error.
static int run_child(void (*body)(void), struct buffer *said)
{
	int ends[2], status;
	ssize_t count;

	fflush(stdout);
	if (pipe(ends) < 0)
		scratch_fail("pipe");
	pid_t child = fork();

	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		body();
		_exit(99);
	}
	close(ends[1]);
	buffer_reset(said);
	while ((count = read(ends[0], buffer_reserve(said, 4096), 4096)) > 0)
		said->length += (size_t)count;
	close(ends[0]);
	if (waitpid(child, &status, 0) < 0)
		scratch_fail("waitpid");
	return status;
}

static void say_and_end(const char *text)
{
	struct output output, *const outputs[] = {NULL, &output};
	struct error error;

	if (output_open(&output, NULL, &error) < 0)
		_exit(98);
	output_write_slice(&output, slice_from_string(text));
	_exit(program_end(STATUS_REJECTED, outputs, 2));
}

static void write_to_full(void)
{
	dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	program_start("twin-x");
	say_and_end("one\n");
}

static void print_to_full(void)
{
	dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	program_start("twin-x");
	printf("one\n");
	_exit(program_end(STATUS_DONE, NULL, 0));
}

// The failure comes in the middle, the last flush has nothing to complain of.
static void print_to_full_early(void)
{
	dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	program_start("twin-x");
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("one\n");
	_exit(program_end(STATUS_DONE, NULL, 0));
}

static void write_to_closed(void)
{
	close(STDOUT_FILENO);
	program_start("twin-x");
	say_and_end("one\n");
}

static void be_silent_when_closed(void)
{
	close(STDOUT_FILENO);
	program_start("twin-x");
	say_and_end("");
}

static void read_from_closed(void)
{
	struct buffer text = BUFFER_INIT;
	struct error error;

	close(STDIN_FILENO);
	program_start("twin-x");
	if (file_read_whole("-", 10, &text, &error) < 0)
		message_die("%s", error.message);
}

static void write_to_nobody(void)
{
	sigset_t all;
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	if (pipe(ends) < 0)
		_exit(98);
	close(ends[0]);
	dup2(ends[1], STDOUT_FILENO);
	program_start("twin-x");
	say_and_end("one\n");
}

// Unless it writes to standard output, its own end is what counts.
static void write_to_null(void)
{
	dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
	program_start("twin-x");
	printf("one\n");
	say_and_end("two\n");
}

static void check_end(void (*body)(void), int status, const char *message)
{
	struct buffer said = BUFFER_INIT;
	int end = run_child(body, &said);

	CHECK(WIFEXITED(end) && WEXITSTATUS(end) == status);
	CHECK_TEXT(buffer_slice(&said), message);
	buffer_release(&said);
}

static void test_program(void)
{
	TEST("the worst status wins: trouble, then rejected, then differs")
	{
		CHECK(status_join(STATUS_DONE, STATUS_DIFFERS) == STATUS_DIFFERS);
		CHECK(status_join(STATUS_REJECTED, STATUS_DIFFERS) == STATUS_REJECTED);
		CHECK(status_join(STATUS_REJECTED, STATUS_TROUBLE) == STATUS_TROUBLE);
		CHECK(status_join(STATUS_TROUBLE, STATUS_DIFFERS) == STATUS_TROUBLE);
	}
	TEST("a program whose standard output is full says so and ends with 2")
	{
		static const char full[] = "twin-x: cannot write standard output: No space left on device\n";

		check_end(write_to_full, 2, full);
		check_end(print_to_full, 2, full);
		check_end(print_to_full_early, 2, "twin-x: cannot write standard output\n");
	}
	TEST("a closed standard descriptor is trouble only when it is used")
	{
		check_end(write_to_closed, 2, "twin-x: cannot write standard output: Bad file descriptor\n");
		check_end(be_silent_when_closed, 3, "");
		check_end(read_from_closed, 2, "twin-x: cannot read standard input: Bad file descriptor\n");
		check_end(write_to_null, 3, "");
	}
	TEST("a program whose reader has gone dies of SIGPIPE, whatever its parent did with that signal")
	{
		struct buffer said = BUFFER_INIT;
		int end = run_child(write_to_nobody, &said);

		CHECK(WIFSIGNALED(end) && WTERMSIG(end) == SIGPIPE);
		CHECK(said.length == 0);
		buffer_release(&said);
	}
}

// Reads slowly enough that the pipe is full again and again.
static int count_bytes(int fd)
{
	char bytes[1000];
	size_t total = 0;
	ssize_t count;

	while ((count = read(fd, bytes, sizeof bytes)) > 0)
		for (ssize_t i = 0; i < count; i++, total++)
			if (bytes[i] != (char)('a' + total % 26))
				return 1;
	return total == BIG ? 0 : 2;
}

static void test_non_blocking(void)
{
	TEST("a non-blocking pipe that is full is waited for")
	{
		struct output output;
		struct error error;
		char name[32];
		int ends[2], status;

		fflush(stdout);
		if (pipe(ends) < 0)
			scratch_fail("pipe");
		pid_t child = fork();

		if (child == 0) {
			close(ends[1]);
			_exit(count_bytes(ends[0]));
		}
		snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
		CHECK(output_open(&output, name, &error) == 0);
		fcntl(output.fd, F_SETFL, O_NONBLOCK);
		close(ends[0]);
		close(ends[1]);
		for (int i = 0; i < BIG; i++)
			output_write(&output, &"abcdefghijklmnopqrstuvwxyz"[i % 26], 1);
		CHECK(output_close(&output, &error) == 0);
		CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

int main(void)
{
	char *scratch = scratch_enter();

	test_files();
	test_full_disk();
	test_program();
	test_non_blocking();
	scratch_leave(scratch);
	return unit_end();
}
