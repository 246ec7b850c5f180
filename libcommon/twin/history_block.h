// A block of history: up to HISTORY_BLOCK_ROWS items, by series and key and without copies, as one zstd frame (RFC 8878) with its checksum.
// Within it stand, as columns of history_column.h:
//
//	version (1), number of items, number of series
//	lengths of the series, their ids, whether their digits are brought to common decimals, then for each item
//	timestamp, counter, seq, flags (1 live, 2 has received, 4 origin is a file and a line), quality (in millionths; when the byte
//	before it is 1, as the bits of a double), received minus timestamp, line of the origin, revision (history_revision.h),
//	decimals (of a number without exponent and with up to 18 digits; 31: the value stands as text), its digits as a whole number, with as
//	many decimals as the one of its series in this block that has most unless that is too large for 64 bits,
//	texts: sensor_id, unit, command_id, origin (or its file), rest; values that stand as text
//
// Members that do not apply repeat the one before, and columns that do not change take no room. Values come back byte for byte.
#ifndef TWIN_HISTORY_BLOCK_H
#define TWIN_HISTORY_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "twin/history_item.h"

#define HISTORY_BLOCK_ROWS 4096

// Texts of a block are cut off here, behind the item that goes beyond it; a longer item is refused.
#define HISTORY_BLOCK_BYTES ((size_t)256 << 10)
#define HISTORY_ITEM_BYTES  ((size_t)256 << 20)

// An item on its way between blocks: a number or a line needs no text until somebody reads it.
struct history_row {
	struct history_item
	    item; // without a value while `decimals` says that it is a number; its origin is the file while `line` has the line
	int64_t digits;
	int64_t line;    // HISTORY_TEXT, or the origin is "FILE:line"
	int8_t decimals; // HISTORY_TEXT, or the value is digits / 10^decimals
};

#define HISTORY_TEXT (-1)

// The row of an item; its texts are borrowed.
void history_row_set(struct history_row *row, const struct history_item *item);

// Where texts are made, for one item at a time.
struct history_text {
	char number[48];
	struct buffer origin;
};

#define HISTORY_TEXT_INIT                                                                                              \
	{                                                                                                              \
		.origin = BUFFER_INIT                                                                                  \
	}

struct history_item history_row_item(const struct history_row *row, struct history_text *text);

// Between which instants the items of a block lie, and the largest of their revisions.
struct history_extent {
	int64_t oldest;
	int64_t newest;
	int64_t revision;
};

// As history_item_compare and history_item_join.
int history_row_compare(const struct history_row *a, const struct history_row *b);
void history_row_join(struct history_row *into, const struct history_row *other);

// What of a row needs room of its own in a block.
size_t history_row_bytes(const struct history_row *row);

// Contexts and scratch, for any number of blocks one after the other.
struct history_codec;
struct history_codec *history_codec_new(void);
void history_codec_free(struct history_codec *codec);

// Appends to out. The rows ascend, without equal ones; at most HISTORY_BLOCK_ROWS.
int history_encode(struct history_codec *codec, const struct history_row *const *rows, size_t count, struct buffer *out,
    struct history_extent *extent, struct error *error) __attribute__((warn_unused_result));

// What has been decoded: rows whose texts point into bytes.
struct history_block {
	struct history_row *rows;
	size_t count;
	size_t capacity;
	struct history_extent extent;
	struct buffer bytes;
};

#define HISTORY_BLOCK_INIT                                                                                             \
	{                                                                                                              \
		0                                                                                                      \
	}

void history_block_release(struct history_block *block);

// Replaces the contents of the block. Nothing is trusted: -1 when the bytes are damaged or the rows do not ascend. Memory is bounded by
// what a valid block may hold, time by what it says it holds.
int history_decode(struct history_codec *codec, const void *data, size_t length, struct history_block *block,
    struct error *error) __attribute__((warn_unused_result));

#endif
