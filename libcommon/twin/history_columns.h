// Between the rows of a block of history and its columns: the inner part of history_block.h.
#ifndef TWIN_HISTORY_COLUMNS_H
#define TWIN_HISTORY_COLUMNS_H

#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

#include "twin/history_block.h"
#include "twin/history_column.h"

enum history_number {
	HISTORY_TIMESTAMP,
	HISTORY_COUNTER,
	HISTORY_SEQ,
	HISTORY_FLAGS,
	HISTORY_QUALITY,
	HISTORY_RECEIVED,
	HISTORY_LINE,
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

struct history_codec {
	ZSTD_CCtx *compress;
	ZSTD_DCtx *decompress;
	struct column_writer writer;
	uint32_t begins[COLUMN_ROWS_MAX + 1];
	int64_t series[COLUMN_ROWS_MAX];
	int64_t lengths[COLUMN_ROWS_MAX];
	int64_t scales[COLUMN_ROWS_MAX];
	int64_t numbers[HISTORY_NUMBERS][COLUMN_ROWS_MAX];
	struct slice texts[HISTORY_TEXTS][COLUMN_ROWS_MAX];
	struct column_texts read[HISTORY_TEXTS];
};

// Replaces what the writer holds.
void history_columns_write(struct history_codec *codec, const struct history_row *const *rows, size_t count);

// From the block's bytes its rows; -1 when they are no such columns.
int history_columns_read(struct history_codec *codec, struct history_block *block) __attribute__((warn_unused_result));

#endif
