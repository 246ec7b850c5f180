#include "io/line_reader.h"

#include <stdint.h>

#include "io/compression.h"
#include "scratch.h"
#include "unit.h"

static char name_f[] = "f", name_g[] = "g", name_none[] = "none", name_empty[] = "empty";
static int pipe_write_end;
static int waits;

static struct slice next_line(struct line_reader *reader)
{
	struct slice line = SLICE_EMPTY;
	struct error error;

	CHECK(line_reader_next(reader, &line, &error) == LINE_OK);
	return line;
}

static enum line_result next_result(struct line_reader *reader)
{
	struct slice line;
	struct error error;

	return line_reader_next(reader, &line, &error);
}

static void test_lines(void)
{
	struct line_reader reader;
	char *const operands[] = {name_f};

	TEST("lines come without their newline, and carriage returns and NULs stay")
	{
		scratch_write("f", SLICE_LITERAL("one\r\n\n\0two\nlast"));
		line_reader_init(&reader, operands, 1);
		CHECK_TEXT(next_line(&reader), "one\r");
		CHECK(reader.new_operand && reader.line == 1);
		CHECK_TEXT(next_line(&reader), "");
		CHECK(!reader.new_operand && reader.line == 2);
		CHECK(slice_equal(next_line(&reader), SLICE_LITERAL("\0two")));
		CHECK_TEXT(next_line(&reader), "last");
		CHECK(reader.line == 4);
		CHECK(next_result(&reader) == LINE_END);
		CHECK(next_result(&reader) == LINE_END);
		line_reader_release(&reader);
	}
	TEST("nothing comes behind a final newline, and nothing at all of an empty file")
	{
		scratch_write("f", SLICE_LITERAL("one\n"));
		line_reader_init(&reader, operands, 1);
		CHECK_TEXT(next_line(&reader), "one");
		CHECK(next_result(&reader) == LINE_END);
		line_reader_release(&reader);
		scratch_write("f", SLICE_EMPTY);
		line_reader_init(&reader, operands, 1);
		CHECK(next_result(&reader) == LINE_END);
		line_reader_release(&reader);
	}
}

static void test_operands(void)
{
	struct line_reader reader;
	struct slice line;
	struct error error;

	TEST("operands are read in order, lines are numbered in each, and a missing one does not stop the rest")
	{
		char *const operands[] = {name_f, name_none, name_empty, name_g};

		scratch_write("f", SLICE_LITERAL("one\ntwo"));
		scratch_write("empty", SLICE_EMPTY);
		scratch_write("g", SLICE_LITERAL("three\n"));
		line_reader_init(&reader, operands, 4);
		CHECK_TEXT(next_line(&reader), "one");
		CHECK_TEXT(next_line(&reader), "two");
		CHECK(strcmp(line_reader_source(&reader), "f") == 0);
		CHECK(line_reader_next(&reader, &line, &error) == LINE_ERROR);
		CHECK(strcmp(line_reader_source(&reader), "none") == 0);
		CHECK_TEXT(slice_from_string(error.message), "cannot open 'none': No such file or directory");
		CHECK_TEXT(next_line(&reader), "three");
		CHECK(strcmp(line_reader_source(&reader), "g") == 0);
		CHECK(reader.new_operand && reader.line == 1);
		CHECK(next_result(&reader) == LINE_END);
		line_reader_release(&reader);
	}
	TEST("a damaged file gives its whole lines, then the error, then the next operand follows")
	{
		char *const operands[] = {name_f, name_g};
		struct encoder *encoder = encoder_new(COMPRESSION_GZIP);
		struct buffer packed = BUFFER_INIT;

		encoder_write(encoder, SLICE_LITERAL("one\ntwo"), &packed);
		encoder_finish(encoder, &packed);
		encoder_free(encoder);
		scratch_write("f", slice_of(packed.data, packed.length - 4));
		line_reader_init(&reader, operands, 2);
		CHECK_TEXT(next_line(&reader), "one");
		CHECK(line_reader_next(&reader, &line, &error) == LINE_ERROR);
		CHECK_TEXT(slice_from_string(error.message), "cannot read 'f': gzip data is cut off");
		CHECK_TEXT(next_line(&reader), "three");
		CHECK(next_result(&reader) == LINE_END);
		line_reader_release(&reader);
		buffer_release(&packed);
	}
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

// Lines of lengths from none to several blocks.
static void random_text(struct buffer *out, uint64_t *state)
{
	static const size_t lengths[] = {1, 10, 100, 300000, 2000000};
	int count = (int)(next_random(state) % 40);

	buffer_reset(out);
	for (int i = 0; i < count; i++) {
		size_t length = next_random(state) % lengths[next_random(state) % 5];
		char *room = buffer_reserve(out, length + 1);

		memset(room, 'a' + i % 26, length);
		room[length] = '\n';
		out->length += length + 1;
	}
	if (count && next_random(state) % 2)
		out->length--;
}

// The pieces behind the first one of a line that is too long, which have to be `rest`.
static void compare_pieces(struct line_reader *reader, struct slice rest)
{
	uint64_t number = reader->line;
	struct slice piece;
	struct error error;

	while (reader->goes_on) {
		if (line_reader_next(reader, &piece, &error) != LINE_LONG_PIECE)
			break;
		CHECK(reader->line == number);
		CHECK(piece.length <= rest.length && slice_equal(piece, slice_of(rest.data, piece.length)));
		rest = slice_skip(rest, piece.length);
	}
	CHECK(!reader->goes_on && rest.length == 0);
}

// Takes the text apart the plain way beside the reader.
static void compare(struct slice text, size_t max_length)
{
	struct line_reader reader;
	struct slice line;
	struct error error;
	char *const operands[] = {name_f};

	scratch_write("f", text);
	line_reader_init(&reader, operands, 1);
	reader.max_length = max_length;
	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		struct slice want = slice_of(text.data, newline ? (size_t)(newline - text.data) : text.length);
		struct slice rest = slice_skip(want, max_length);
		bool is_long = want.length > max_length;

		text = slice_skip(text, want.length + 1);
		if (is_long)
			want.length = max_length;
		CHECK(line_reader_next(&reader, &line, &error) == (is_long ? LINE_TOO_LONG : LINE_OK));
		CHECK(slice_equal(line, want));
		CHECK(reader.goes_on == is_long);
		compare_pieces(&reader, rest);
	}
	CHECK(next_result(&reader) == LINE_END);
	CHECK(reader.block.capacity <= max_length + (1 << 20));
	line_reader_release(&reader);
}

static void test_blocks(void)
{
	struct buffer text = BUFFER_INIT;
	uint64_t state = 88172645463325252u;

	TEST("lines of any length, across blocks and above the limit, are those of a plain split")
	{
		static const size_t limits[] = {0, 1, 9, 100, 99999, 524288, 1000000, (size_t)64 << 20};

		for (int i = 0; i < 80; i++) {
			random_text(&text, &state);
			compare(buffer_slice(&text), limits[i % 8]);
		}
	}
	TEST("a line of just the limit is whole, one more byte is too long")
	{
		for (size_t length = 524286; length <= 524290; length++) {
			buffer_reset(&text);
			memset(buffer_reserve(&text, length), 'x', length);
			text.length = length;
			compare(buffer_slice(&text), 524288);
			buffer_append(&text, "\nnext\n", 6);
			compare(buffer_slice(&text), 524288);
		}
	}
	TEST("a line of 64 MiB is read, in memory for it and a block")
	{
		buffer_reset(&text);
		memset(buffer_reserve(&text, LINE_LENGTH_DEFAULT), 'x', LINE_LENGTH_DEFAULT);
		text.length = LINE_LENGTH_DEFAULT;
		buffer_append(&text, "\nnext", 5);
		compare(buffer_slice(&text), LINE_LENGTH_DEFAULT);
	}
	buffer_release(&text);
}

static void put(const char *text)
{
	if (write(pipe_write_end, text, strlen(text)) != (ssize_t)strlen(text))
		scratch_fail("write");
}

// The reader has read all there is: the writer goes on.
static void go_on(void *context)
{
	(void)context;
	if (waits++ == 0)
		put("ne\ntwo\nthr");
	else if (waits == 2)
		put("ee\n");
	else
		close(pipe_write_end);
}

static void test_waiting(void)
{
	TEST("the caller is told before a read that waits, and only then")
	{
		struct line_reader reader;
		int ends[2];

		if (pipe(ends) < 0 || dup2(ends[0], 0) < 0)
			scratch_fail("pipe");
		pipe_write_end = ends[1];
		put("zero\no");
		line_reader_init(&reader, NULL, 0);
		reader.before_wait = go_on;
		CHECK_TEXT(next_line(&reader), "zero");
		CHECK(strcmp(line_reader_source(&reader), "-") == 0);
		CHECK(waits == 0);
		CHECK_TEXT(next_line(&reader), "one");
		CHECK_TEXT(next_line(&reader), "two");
		CHECK(waits == 1);
		CHECK_TEXT(next_line(&reader), "three");
		CHECK(waits == 2);
		CHECK(next_result(&reader) == LINE_END);
		CHECK(waits == 3);
		line_reader_release(&reader);
		close(ends[0]);
	}
	TEST("a file is never waited for")
	{
		struct line_reader reader;
		char *const operands[] = {name_f};

		waits = 0;
		scratch_write("f", SLICE_LITERAL("one\ntwo\n"));
		line_reader_init(&reader, operands, 1);
		reader.before_wait = go_on;
		while (next_result(&reader) == LINE_OK)
			;
		CHECK(waits == 0);
		line_reader_release(&reader);
	}
}

int main(void)
{
	char *scratch = scratch_enter();

	test_lines();
	test_operands();
	test_blocks();
	test_waiting();
	scratch_leave(scratch);
	return unit_end();
}
