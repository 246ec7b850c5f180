#include "io/line_reader.h"

#include <string.h>

#define BLOCK_SIZE ((size_t)512 << 10)
#define READ_SIZE  ((size_t)256 << 10) // no read is smaller

void line_reader_init(struct line_reader *reader, char *const *operands, size_t operand_count)
{
	*reader = (struct line_reader){
	    .operands = operands,
	    .operand_count = operand_count,
	    .max_length = LINE_LENGTH_DEFAULT,
	    .source = "-",
	};
}

static void close_operand(struct line_reader *reader)
{
	if (reader->is_open)
		input_close(&reader->input);
	reader->is_open = false;
	reader->goes_on = false;
	reader->operand_index++;
}

void line_reader_release(struct line_reader *reader)
{
	if (reader->is_open)
		input_close(&reader->input);
	buffer_release(&reader->block);
	*reader = (struct line_reader){.source = "-"};
}

const char *line_reader_source(const struct line_reader *reader)
{
	return reader->source;
}

static enum line_result open_operand(struct line_reader *reader, struct error *error)
{
	size_t count = reader->operand_count ? reader->operand_count : 1;

	if (reader->operand_index >= count)
		return LINE_END;
	reader->source = reader->operand_count ? reader->operands[reader->operand_index] : "-";
	reader->line = 0;
	reader->position = reader->searched = 0;
	buffer_reset(&reader->block);
	if (input_open(&reader->input, reader->source, error) < 0) {
		close_operand(reader);
		return LINE_ERROR;
	}
	reader->is_open = true;
	return LINE_OK;
}

// Moves the unfinished line to the front, which happens once to each, and makes room for one more read behind it.
static void make_room(struct line_reader *reader)
{
	struct buffer *block = &reader->block;
	size_t rest = block->length - reader->position;

	if (reader->position > 0 && rest > 0)
		memmove(block->data, block->data + reader->position, rest);
	reader->position = 0;
	block->length = rest;
	if (block->data && block->capacity - rest >= READ_SIZE)
		return;
	size_t capacity = block->capacity < BLOCK_SIZE ? BLOCK_SIZE : block->capacity * 2;
	size_t most = rest + READ_SIZE; // enough whatever max_length is

	// A block never holds more than a line of max_length, so doubling ends there.
	if (capacity > reader->max_length && capacity - reader->max_length > BLOCK_SIZE)
		capacity = reader->max_length + BLOCK_SIZE;
	block->capacity = capacity > most ? capacity : most;
	block->data = memory_resize(block->data, block->capacity, 1);
}

static ssize_t fill(struct line_reader *reader, struct error *error)
{
	struct buffer *block = &reader->block;

	if (reader->before_wait && input_would_block(&reader->input))
		reader->before_wait(reader->context);
	make_room(reader);
	ssize_t count = input_read(&reader->input, block->data + block->length, block->capacity - block->length, error);

	if (count > 0)
		block->length += (size_t)count;
	return count;
}

// What is in the block and was not yet returned.
static struct slice unread(const struct line_reader *reader)
{
	const struct buffer *block = &reader->block;

	return block->data ? slice_of(block->data + reader->position, block->length - reader->position) : SLICE_EMPTY;
}

// The newline of the unread bytes whose first `searched` ones hold none, or NULL.
static const char *find_newline(struct slice rest, size_t searched)
{
	return rest.length > searched ? memchr(rest.data + searched, '\n', rest.length - searched) : NULL;
}

// Returns the line of that length which is next, or as much of it as a line may be long.
static enum line_result number_line(struct line_reader *reader, struct slice text, struct slice *line)
{
	reader->goes_on = text.length > reader->max_length;
	*line = slice_of(text.data, reader->goes_on ? reader->max_length : text.length);
	reader->position += line->length;
	reader->new_operand = reader->line++ == 0;
	reader->searched = 0;
	return reader->goes_on ? LINE_TOO_LONG : LINE_OK;
}

// More of a line that is too long; LINE_END when the block holds none.
static enum line_result take_piece(struct line_reader *reader, struct slice *line)
{
	struct slice rest = unread(reader);
	const char *newline = find_newline(rest, 0);

	if (!rest.length)
		return LINE_END;
	*line = slice_of(rest.data, newline ? (size_t)(newline - rest.data) : rest.length);
	reader->position += line->length + (newline != NULL);
	reader->goes_on = !newline;
	return LINE_LONG_PIECE;
}

// A line from what is in the block; LINE_END when it holds no whole one.
static enum line_result take_line(struct line_reader *reader, struct slice *line)
{
	struct slice rest = unread(reader);
	const char *newline = find_newline(rest, reader->searched);
	enum line_result result;

	if (newline) {
		result = number_line(reader, slice_of(rest.data, (size_t)(newline - rest.data)), line);
		reader->position += result == LINE_OK;
		return result;
	}
	reader->searched = rest.length;
	return rest.length > reader->max_length ? number_line(reader, rest, line) : LINE_END;
}

// The last line, when it has no newline.
static enum line_result take_last(struct line_reader *reader, struct slice *line)
{
	struct slice rest = unread(reader);

	if (reader->goes_on) {
		reader->goes_on = false;
		*line = SLICE_EMPTY;
		return LINE_LONG_PIECE;
	}
	return rest.length ? number_line(reader, rest, line) : LINE_END;
}

enum line_result line_reader_next(struct line_reader *reader, struct slice *line, struct error *error)
{
	for (;;) {
		enum line_result result = reader->is_open ? LINE_OK : open_operand(reader, error);

		if (result != LINE_OK)
			return result;
		result = reader->goes_on ? take_piece(reader, line) : take_line(reader, line);
		if (result != LINE_END)
			return result;
		ssize_t count = fill(reader, error);

		if (count > 0)
			continue;
		if (count == 0 && (result = take_last(reader, line)) != LINE_END)
			return result;
		close_operand(reader);
		if (count < 0)
			return LINE_ERROR;
	}
}
