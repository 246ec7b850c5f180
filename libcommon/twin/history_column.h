// Columns of whole numbers and of texts within a block of history: the parts of history_block.h.
//
// A column of numbers is cut into segments (series); the first number of each segment stands in a stream of heads, the others in a stream of
// tails, each as itself, as the difference to the one before, or as the difference of differences, whatever is shortest. A stream is its
// smallest number and, byte by byte of what is above it, one plane of all numbers' lowest bytes, one of the next ... : each plane is
// compressed with statistics of its own, which comes close to the entropy of random walks and random times. A column of equal numbers is one
// number. All arithmetic is modulo 2^64, so that every int64_t comes back.
//
//	number   zigzag varint
//	column   0 number | 1 + differences of tails + 4 * differences of heads, power of ten that divides all, heads, tails
//	stream   width, smallest number, width planes
//	texts    count, column of lengths, the bytes of all; then, when count is above 1, a column of which one
#ifndef TWIN_HISTORY_COLUMN_H
#define TWIN_HISTORY_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

#define COLUMN_ROWS_MAX 4096

// Where series begin among the rows: at[0] is 0, at[count] the number of rows.
struct column_segments {
	const uint32_t *at;
	size_t count;
};

// Numbers may have so many zeros in common.
#define COLUMN_POWER_MAX 9
extern const int64_t column_powers[COLUMN_POWER_MAX + 1];

#define COLUMN_CUTS_MAX 512

struct column_writer {
	struct buffer bytes;
	size_t cuts[COLUMN_CUTS_MAX]; // where statistics change, ascending
	size_t cut_count;
	int64_t tails[3][COLUMN_ROWS_MAX];
	int64_t heads[2][COLUMN_ROWS_MAX];
	int64_t rows[COLUMN_ROWS_MAX];
	struct slice texts[COLUMN_ROWS_MAX];
	uint16_t slots[2 * COLUMN_ROWS_MAX]; // hash table of texts, index + 1
};

void column_write_unsigned(struct column_writer *writer, uint64_t number);

// About how many bits the column would take, to choose between two forms of it.
uint64_t column_cost(struct column_writer *writer, const int64_t *numbers, const struct column_segments *segments);

// The numbers are spoilt.
void column_write(struct column_writer *writer, int64_t *numbers, const struct column_segments *segments);
void column_write_texts(
    struct column_writer *writer, const struct slice *texts, const struct column_segments *segments);

struct column_reader {
	const unsigned char *at;
	const unsigned char *end;
};

// All trust nothing: -1 when the bytes are no such column.
int column_read_unsigned(struct column_reader *reader, uint64_t *number) __attribute__((warn_unused_result));
int column_read_byte(struct column_reader *reader, int most) __attribute__((warn_unused_result));
int column_read(struct column_reader *reader, int64_t *numbers, const struct column_segments *segments)
    __attribute__((warn_unused_result));

struct column_texts {
	struct slice texts[COLUMN_ROWS_MAX]; // they point into what is read
	size_t count;
	int64_t rows[COLUMN_ROWS_MAX]; // which text; all below count
};
int column_read_texts(struct column_reader *reader, struct column_texts *texts, const struct column_segments *segments)
    __attribute__((warn_unused_result));

#endif
