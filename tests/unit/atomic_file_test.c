// Run as `atomic_file_test PATH CONTENTS` it replaces one file and does nothing else, so that tests/fault.bats can make that fail.
#include "io/atomic_file.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/message.h"
#include "scratch.h"
#include "unit.h"

static mode_t mode_of(const char *path)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		scratch_fail(path);
	return status.st_mode;
}

static void check_contents(const char *path, const char *want)
{
	struct buffer got = BUFFER_INIT;
	struct error error;

	CHECK(file_read_whole(path, 1000, &got, &error) == 0);
	CHECK_TEXT(buffer_slice(&got), want);
	buffer_release(&got);
}

static void test_replace(void)
{
	struct error error;

	TEST("a new file is made with the mode that the umask allows, and no other name is left")
	{
		umask(027);
		CHECK(atomic_file_write("f", SLICE_LITERAL("one\n"), &error) == 0);
		check_contents("f", "one\n");
		CHECK(mode_of("f") == (S_IFREG | 0640));
		CHECK(scratch_count(".") == 1);
	}
	TEST("an old file is replaced, not written into, and keeps its mode")
	{
		int fd = open("f", O_RDONLY);
		char bytes[10];

		CHECK(chmod("f", 0604) == 0);
		CHECK(atomic_file_write("f", SLICE_LITERAL("two\n"), &error) == 0);
		check_contents("f", "two\n");
		CHECK(mode_of("f") == (S_IFREG | 0604));
		CHECK(read(fd, bytes, sizeof bytes) == 4 && memcmp(bytes, "one\n", 4) == 0);
		CHECK(scratch_count(".") == 1);
		close(fd);
	}
	TEST("an empty file can be written, and a name in another directory")
	{
		CHECK(mkdir("d", 0755) == 0);
		CHECK(atomic_file_write("d/f", SLICE_EMPTY, &error) == 0);
		check_contents("d/f", "");
		CHECK(scratch_count("d") == 1 && scratch_count(".") == 2);
	}
	TEST("a temporary file that is left over does not stand in the way")
	{
		char name[64];

		snprintf(name, sizeof name, ".twin-%ld-0.tmp", (long)getpid());
		scratch_write(name, SLICE_LITERAL("somebody else's"));
		CHECK(atomic_file_write("f", SLICE_LITERAL("three\n"), &error) == 0);
		check_contents("f", "three\n");
		check_contents(name, "somebody else's");
		unlink(name);
	}
}

static void test_links(void)
{
	struct error error;

	TEST("a chain of links is followed, relative to where each link is, and stays")
	{
		CHECK(symlink("d/second", "first") == 0 && symlink("target", "d/second") == 0);
		CHECK(atomic_file_write("first", SLICE_LITERAL("made\n"), &error) == 0);
		check_contents("d/target", "made\n");
		CHECK(atomic_file_write("first", SLICE_LITERAL("changed\n"), &error) == 0);
		check_contents("d/target", "changed\n");
		CHECK(S_ISLNK(mode_of("first")) && S_ISLNK(mode_of("d/second")) && S_ISREG(mode_of("d/target")));
	}
	TEST("links in a circle are an error")
	{
		CHECK(symlink("loop", "loop") == 0);
		CHECK(atomic_file_write("loop", SLICE_LITERAL("x"), &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot write 'loop': Too many levels of symbolic links");
	}
}

static void test_refusals(void)
{
	struct error error;

	TEST("what is no regular file is left alone")
	{
		CHECK(atomic_file_write("d", SLICE_LITERAL("x"), &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot write 'd': not a regular file");
		CHECK(mkfifo("fifo", 0600) == 0);
		CHECK(atomic_file_write("fifo", SLICE_LITERAL("x"), &error) == -1);
		CHECK(S_ISFIFO(mode_of("fifo")));
	}
	TEST("a directory that is missing is named")
	{
		CHECK(atomic_file_write("none/f", SLICE_LITERAL("x"), &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot write 'none/f': No such file or directory");
	}
}

static void test_read(void)
{
	struct buffer got = BUFFER_INIT;
	struct error error;

	TEST("a file is read whole up to the limit, appended to what is there, and refused above it")
	{
		scratch_write("r", SLICE_LITERAL("12345"));
		buffer_append_string(&got, "<");
		CHECK(file_read_whole("r", 5, &got, &error) == 0);
		CHECK_TEXT(buffer_slice(&got), "<12345");
		CHECK(file_read_whole("r", 4, &got, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "'r' is longer than 4 bytes");
		CHECK(file_read_whole("/dev/zero", 1000000, &got, &error) == -1);
		CHECK(file_read_whole("none", 4, &got, &error) == -1);
		CHECK_TEXT(slice_from_string(error.message), "cannot open 'none': No such file or directory");
	}
	buffer_release(&got);
}

static int replace_one(const char *path, const char *contents)
{
	struct error error;

	message_set_program("atomic_file_test");
	if (atomic_file_write(path, slice_from_string(contents), &error) < 0)
		message_die("%s", error.message);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return replace_one(argv[1], argv[2]);
	char *scratch = scratch_enter();

	test_replace();
	test_links();
	test_refusals();
	test_read();
	scratch_leave(scratch);
	return unit_end();
}
