// Between the rows of a block of history and its columns: the inner part of history_block.h.
#ifndef TWIN_HISTORY_COLUMNS_H
#define TWIN_HISTORY_COLUMNS_H

#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

#include "twin/history_block.h"
#include "twin/history_column.h"
#include "twin/history_revision.h"

enum history_number {
	HISTORY_TIMESTAMP,
	HISTORY_COUNTER,
	HISTORY_SEQ,
	HISTORY_FLAGS,
	HISTORY_QUALITY,
	HISTORY_RECEIVED,
	HISTORY_LINE,
	HISTORY_REVISION,
	HISTORY_DECIMALS,
	HISTORY_DIGITS,
	HISTORY_NUMBERS,
};

enum history_text_column {
	HISTORY_SENSOR_ID,
	HISTORY_UNIT,
	HISTORY_COMMAND_ID,
	HISTORY_ORIGIN,
	HISTORY_REST,
	HISTORY_VALUE,
	HISTORY_TEXTS,
};

#define HISTORY_COLUMNS_VERSION 1
#define HISTORY_DECIMALS_MAX    18
#define HISTORY_DECIMALS_TEXT   31

enum {
	HISTORY_FLAG_LIVE = 1,
	HISTORY_FLAG_RECEIVED = 2,
	HISTORY_FLAG_LINE = 4,
};

extern const int64_t history_powers[HISTORY_DECIMALS_MAX + 1];

// All columns are filled row by row: if they were a power of two apart, they would contend for the same lines of the cache.
#define HISTORY_COLUMN_ROOM (COLUMN_ROWS_MAX + 24)

struct history_codec {
	ZSTD_CCtx *compress;
	ZSTD_DCtx *decompress;
	struct column_writer writer;
	uint32_t begins[COLUMN_ROWS_MAX + 1];
	int64_t series[COLUMN_ROWS_MAX];
	int64_t lengths[COLUMN_ROWS_MAX];
	int64_t scales[COLUMN_ROWS_MAX];
	int64_t numbers[HISTORY_NUMBERS][HISTORY_COLUMN_ROOM];
	struct slice texts[HISTORY_TEXTS][HISTORY_COLUMN_ROOM];
	struct column_texts read[HISTORY_TEXTS];
	struct revision_walk walk;
};

// Of the rows from `begin` on, those before `end`.
int history_most_decimals(const int64_t *decimals, size_t begin, size_t end);

// Of the columns that the codec holds.
struct history_extent history_extent_of(const struct history_codec *codec, size_t count);

// Columns that have one number for each series.
static inline struct column_segments history_one_each(const struct column_segments *segments, uint32_t ends[2])
{
	ends[0] = 0;
	ends[1] = (uint32_t)segments->count;
	return (struct column_segments){ends, 1};
}

// Replaces what the writer holds.
struct history_extent history_columns_write(
    struct history_codec *codec, const struct history_row *const *rows, size_t count);

// From the block's bytes its rows; -1 when they are no such columns.
int history_columns_read(struct history_codec *codec, struct history_block *block) __attribute__((warn_unused_result));

#endif
