#include "record/rejects.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/atomic_file.h"
#include "unit.h"

static char path[] = "/tmp/rejects_test.XXXXXX";
static char errors[] = "/tmp/rejects_test.XXXXXX";

static void keep_record(void *context, struct slice record)
{
	buffer_append_slice(context, record);
	buffer_append_char(context, '\n');
}

// What has been printed since the last call.
static void check_told(const char *want)
{
	struct buffer told = BUFFER_INIT;
	struct error error;

	CHECK(file_read_whole(errors, 1 << 20, &told, &error) == 0);
	CHECK_TEXT(buffer_slice(&told), want);
	CHECK(ftruncate(STDERR_FILENO, 0) == 0 && lseek(STDERR_FILENO, 0, SEEK_SET) == 0);
	buffer_release(&told);
}

static void check_kept(struct slice want)
{
	struct buffer kept = BUFFER_INIT;
	struct error error;

	CHECK(file_read_whole(path, 1 << 20, &kept, &error) == 0);
	CHECK(slice_equal(buffer_slice(&kept), want));
	buffer_release(&kept);
}

static void check_record(struct slice input, const char *want)
{
	struct rejects rejects;
	struct buffer records = BUFFER_INIT;
	struct error error;

	rejects_init(&rejects, false);
	rejects.emit = keep_record;
	rejects.context = &records;
	CHECK(!rejects_add(&rejects, "a.csv", 3, input, "bad"));
	CHECK_TEXT(buffer_slice(&records), want);
	CHECK(rejects_finish(&rejects, &error) == 0);
	buffer_release(&records);
	check_told("twin: a.csv:3: bad\n");
}

int main(void)
{
	struct rejects rejects;
	struct error error;

	close(mkstemp(path));
	dup2(mkstemp(errors), STDERR_FILENO);
	TEST("a record tells reason, source, line and input, byte for byte")
	{
		check_record(SLICE_LITERAL("1,\"x\"\r"),
		    "{\"type\":\"rejected\",\"reason\":\"invalid\",\"message\":\"bad\",\"source\":\"a.csv\",\"line\":3,"
		    "\"input\":\"1,\\\"x\\\"\\r\"}\n");
		check_record(SLICE_LITERAL("\xff"),
		    "{\"type\":\"rejected\",\"reason\":\"invalid\",\"message\":\"bad\",\"source\":\"a.csv\",\"line\":3,"
		    "\"input\":{\"base64\":\"/w==\"}}\n");
		check_record(SLICE_LITERAL("\xff\0"),
		    "{\"type\":\"rejected\",\"reason\":\"invalid\",\"message\":\"bad\",\"source\":\"a.csv\",\"line\":3,"
		    "\"input\":{\"base64\":\"/wA=\"}}\n");
		check_record(SLICE_LITERAL("\xff\xfe\xfd"),
		    "{\"type\":\"rejected\",\"reason\":\"invalid\",\"message\":\"bad\",\"source\":\"a.csv\",\"line\":3,"
		    "\"input\":{\"base64\":\"//79\"}}\n");
	}
	TEST("ten are told, then their number")
	{
		rejects_init(&rejects, false);
		for (int i = 0; i < 12; i++)
			CHECK(!rejects_add(&rejects, "-", (uint64_t)i + 1, SLICE_LITERAL("x"), "bad"));
		CHECK(rejects_count(&rejects) == 12);
		CHECK(rejects_finish(&rejects, &error) == 0);
		check_told("twin: standard input:1: bad\ntwin: standard input:2: bad\ntwin: standard input:3: bad\n"
			   "twin: standard input:4: bad\ntwin: standard input:5: bad\ntwin: standard input:6: bad\n"
			   "twin: standard input:7: bad\ntwin: standard input:8: bad\ntwin: standard input:9: bad\n"
			   "twin: standard input:10: bad\ntwin: 12 lines rejected, 2 not shown\n");
	}
	TEST("the file holds what was rejected, and strict says stop")
	{
		rejects_init(&rejects, true);
		CHECK(rejects_open(&rejects, path, &error) == 0);
		CHECK(rejects_add(&rejects, "a", 1, SLICE_LITERAL("a\0b\r"), "bad"));
		CHECK(rejects_add(&rejects, "a", 2, SLICE_LITERAL("\xff"), "bad"));
		CHECK(rejects_finish(&rejects, &error) == 0);
		check_kept(SLICE_LITERAL("a\0b\r\n\xff\n"));
		check_told("twin: a:1: bad\ntwin: a:2: bad\n");
	}
	TEST("pieces of a line are one reject and stay together")
	{
		rejects_init(&rejects, true);
		CHECK(rejects_open(&rejects, path, &error) == 0);
		CHECK(!rejects_add_piece(&rejects, "a", 1, SLICE_LITERAL("one "), "too long", true));
		CHECK(!rejects_add_piece(&rejects, "a", 1, SLICE_LITERAL("two "), "too long", true));
		CHECK(rejects_add_piece(&rejects, "a", 1, SLICE_LITERAL("three"), "too long", false));
		CHECK(rejects_count(&rejects) == 1);
		CHECK(rejects_finish(&rejects, &error) == 0);
		check_kept(SLICE_LITERAL("one two three\n"));
		check_told("twin: a:1: too long\n");
	}
	TEST("a file that cannot be written is told at the end, standard output is no file")
	{
		rejects_init(&rejects, false);
		CHECK(rejects_open(&rejects, "-", &error) < 0);
		CHECK(rejects_open(&rejects, "/dev/full", &error) == 0);
		CHECK(!rejects_add(&rejects, "a", 1, SLICE_LITERAL("x"), "bad"));
		CHECK(rejects_finish(&rejects, &error) < 0);
		CHECK_TEXT(slice_from_string(error.message), "cannot write '/dev/full': No space left on device");
		check_told("twin: a:1: bad\n");
	}
	unlink(path);
	unlink(errors);
	return unit_end();
}
