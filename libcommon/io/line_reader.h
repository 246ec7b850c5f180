// Lines of a list of operands (files, or standard input when there are none), one at a time, in large reads. For programs that
// take lines apart themselves; records are read by record/record_reader.h.
//
// A line's slice excludes its '\n' and is valid until the next call. The last line may lack its newline. '\r' and NUL bytes are kept.
// Memory: max_length and one block, however long the lines are.
#ifndef IO_LINE_READER_H
#define IO_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "io/input.h"

#define LINE_LENGTH_DEFAULT ((size_t)64 << 20)

enum line_result {
	LINE_END = 0, // no more operands
	LINE_OK = 1,
	// Longer than max_length: the slice holds the first max_length bytes. The rest follows in pieces, as LINE_LONG_PIECE each; of the
	// last one, which may be empty, goes_on is false.
	LINE_TOO_LONG = 2,
	LINE_LONG_PIECE = 3,
	// The operand cannot be opened or read (an unfinished last line is dropped, of one that is too long no more pieces come); error is
	// filled; the next call goes on with the next operand.
	LINE_ERROR = -1,
};

struct line_reader {
	char *const *operands; // borrowed
	size_t operand_count;
	size_t operand_index; // of the operand in use
	size_t max_length;
	// Called before a read that would block: to flush outputs, and to wait for timers with input_wait(&reader->input, ...).
	void (*before_wait)(void *context);
	void *context;
	uint64_t line;    // number of the line last returned, from 1, in its operand
	bool new_operand; // the line last returned is the first of its operand
	bool is_open;
	bool goes_on; // the line last returned does: LINE_LONG_PIECE comes next
	struct input input;
	const char *source;
	struct buffer block;
	size_t position; // in the block: where the next line begins
	size_t searched; // bytes from there on that hold no newline
};

// max_length is LINE_LENGTH_DEFAULT and before_wait NULL; set them after this.
void line_reader_init(struct line_reader *reader, char *const *operands, size_t operand_count);
void line_reader_release(struct line_reader *reader);
enum line_result line_reader_next(struct line_reader *reader, struct slice *line, struct error *error)
    __attribute__((warn_unused_result));

// Name of the operand of the line or error last returned: the path, or "-" for standard input.
const char *line_reader_source(const struct line_reader *reader);

#endif
