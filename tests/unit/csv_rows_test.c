#define _GNU_SOURCE // memmem

#include "format/csv_rows.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

// Rows of a text: "LINE:CELL|CELL" for each, and "LINE!" for what is rejected, with its bytes behind it.
struct run {
	struct source_lines lines;
	struct csv_rows rows;
	struct rejects rejects;
	struct buffer out;
};

static void note_reject(void *context, struct slice record)
{
	struct buffer *out = context;
	const char *line = memmem(record.data, record.length, "\"line\":", 7);

	buffer_append_char(out, '!');
	buffer_append(out, line + 7, (size_t)(record.data + record.length - 1 - (line + 7)));
	buffer_append_char(out, '\n');
}

static void note_row(struct run *run)
{
	buffer_printf(&run->out, "%d:", (int)run->rows.line);
	for (size_t i = 0; i < run->rows.split.count; i++) {
		buffer_append_string(&run->out, i ? "|" : "");
		buffer_append_slice(&run->out, run->rows.split.cells[i]);
	}
	buffer_append_char(&run->out, '\n');
}

// The messages of rejects would stand between the lines of TAP.
static void mute_stderr(void)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	close(null);
}

static char path[] = "/tmp/csv_rows_test.XXXXXX";

static void write_file(const char *text, size_t length)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	CHECK(fd >= 0 && write(fd, text, length) == (ssize_t)length);
	close(fd);
}

static struct run run_text(const char *text, size_t length, char delimiter, size_t columns, size_t max_line)
{
	struct run run = {.out = BUFFER_INIT};
	static char *operand = path;
	enum csv_row_result result;
	struct error error;

	write_file(text, length);
	source_lines_open(&run.lines, &operand, max_line, NULL, NULL);
	rejects_init(&run.rejects, false);
	run.rejects.emit = note_reject;
	run.rejects.context = &run.out;
	csv_rows_init(&run.rows, &run.lines, &run.rejects, delimiter);
	run.rows.columns = columns;
	while ((result = csv_rows_next(&run.rows, &error)) == CSV_ROW_RECORD)
		note_row(&run);
	CHECK(result == CSV_ROW_END);
	csv_rows_release(&run.rows);
	source_lines_close(&run.lines);
	CHECK(rejects_finish(&run.rejects, &error) == 0);
	return run;
}

static void check_rows(const char *text, size_t columns, size_t max_line, const char *want)
{
	struct run run = run_text(text, strlen(text), ',', columns, max_line);

	CHECK_TEXT(buffer_slice(&run.out), want);
	buffer_release(&run.out);
}

static uint64_t now_rows; // of the last check_linear

// Time grows with the input, not with its square: counted in rows and rejects, which must be as many as lines.
static void check_linear(const char *line, size_t count, uint64_t most_rejects)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < count; i++)
		buffer_append_string(&text, line);
	struct run run = run_text(text.data, text.length, ',', 2, (size_t)1 << 20);

	now_rows = run.rejects.count;
	CHECK(run.rejects.count <= most_rejects);
	buffer_release(&run.out);
	buffer_release(&text);
}

int main(void)
{
	int fd = mkstemp(path);

	close(fd);
	mute_stderr();
	TEST("rows have the number of their line, blank lines are none")
	{
		check_rows("a,b\n\n1,2\n  \n3,4", 2, 1000, "1:a|b\n3:1|2\n5:3|4\n");
	}
	TEST("a byte order mark before the first line is no part of it")
	{
		check_rows("\xef\xbb\xbf"
			   "a,b\n1,2\n",
		    2, 1000, "1:a|b\n2:1|2\n");
	}
	TEST("rows with another number of columns are rejected with their line")
	{
		check_rows(
		    "1,2\n3\n4,5,6\n7,8\n", 2, 1000, "1:1|2\n!2,\"input\":\"3\"\n!3,\"input\":\"4,5,6\"\n4:7|8\n");
	}
	TEST("a record over several lines has the number of the first")
	{
		check_rows("1,\"a\nb\nc\"\n2,d\n", 2, 1000, "1:1|a\nb\nc\n4:2|d\n");
	}
	TEST("a quote that is never closed costs its line alone")
	{
		check_rows("1,2\n3,\"open\n5,6\n7,8\n", 2, 1000, "1:1|2\n!2,\"input\":\"3,\\\"open\"\n3:5|6\n4:7|8\n");
	}
	TEST("a stray quote that another one closes does not swallow the rows between")
	{
		check_rows("1,\"stray\n2,a\n3,b\nstray\",4\n5,c\n", 2, 1000,
		    "!1,\"input\":\"1,\\\"stray\"\n2:2|a\n3:3|b\n!4,\"input\":\"stray\\\",4\"\n5:5|c\n");
	}
	TEST("what a quote keeps open is bounded by the longest line")
	{
		check_rows("1,\"0123456789\n2,0123456789\n3,0123456789\n4,\"x\"\n", 2, 30,
		    "!1,\"input\":\"1,\\\"0123456789\"\n2:2|0123456789\n3:3|0123456789\n4:4|x\n");
	}
	TEST("a line that is too long is rejected, also behind an open quote")
	{
		check_rows("1,\"a\n2,012345678901234567890123456789\n3,b\n", 2, 20,
		    "!1,\"input\":\"1,\\\"a\"\n!2,\"input\":\"2,012345678901234567\"\n3:3|b\n");
	}
	TEST("NUL bytes and bad UTF-8 are rejected")
	{
		struct run run = run_text("1,a\0b\n2,\xff\n3,c\n", 14, ',', 2, 1000);

		CHECK_TEXT(buffer_slice(&run.out),
		    "!1,\"input\":\"1,a\\u0000b\"\n!2,\"input\":{\"base64\":\"Miz/\"}\n3:3|c\n");
		buffer_release(&run.out);
	}
	TEST("an empty line of a single column is an empty cell")
	{
		check_rows("1\n\n3\n", 1, 1000, "1:1\n2:\n3:3\n");
	}
	TEST("hostile quotes cost no more than their lines")
	{
		check_linear("1,\"x\n", 50000, 50000);
		check_linear("1,\"x\n2,3\n2,3\n", 30000, 30000);
		check_linear("1,\"x\"\"\n", 50000, 50000);
		check_linear("\"\"\"\n", 50000, 50000);
		CHECK(now_rows > 0);
	}
	unlink(path);
	return unit_end();
}
