#include "twin/history_columns.h"

#include <math.h>

#include "base/memory.h"

static int read_series(struct history_codec *codec, struct column_reader *reader, struct column_segments *segments)
{
	uint64_t version, count, series, begin = 0;
	uint32_t ends[2];

	if (column_read_unsigned(reader, &version) < 0 || version != HISTORY_COLUMNS_VERSION ||
	    column_read_unsigned(reader, &count) < 0 || !count || count > HISTORY_BLOCK_ROWS ||
	    column_read_unsigned(reader, &series) < 0 || !series || series > count)
		return -1;
	*segments = (struct column_segments){codec->begins, series};
	const struct column_segments each = history_one_each(segments, ends);

	if (column_read(reader, codec->lengths, &each) < 0 || column_read(reader, codec->series, &each) < 0 ||
	    column_read(reader, codec->scales, &each) < 0)
		return -1;
	for (size_t s = 0; s < series; s++) {
		if ((uint64_t)codec->lengths[s] - 1 >= count - begin || (uint64_t)codec->series[s] > UINT32_MAX ||
		    (codec->scales[s] & ~INT64_C(1)))
			return -1;
		codec->begins[s] = (uint32_t)begin;
		begin += (uint64_t)codec->lengths[s];
	}
	codec->begins[series] = (uint32_t)begin;
	return begin == count ? 0 : -1;
}

static int give_qualities(struct history_row *rows, const int64_t *numbers, size_t count, int as_bits)
{
	for (size_t i = 0; i < count; i++) {
		double *quality = &rows[i].item.quality;

		if (as_bits)
			memcpy(quality, &numbers[i], sizeof *quality);
		else
			*quality = numbers[i] == 1000000 ? 1 : (double)numbers[i] / 1e6;
		if (!isfinite(*quality))
			return -1;
	}
	return 0;
}

static int unscale_digits(int64_t *digits, const int64_t *decimals, size_t begin, size_t end)
{
	int most = history_most_decimals(decimals, begin, end);

	for (size_t i = begin; i < end; i++) {
		if (decimals[i] == most || decimals[i] == HISTORY_DECIMALS_TEXT)
			continue;
		if (digits[i] % history_powers[most - decimals[i]])
			return -1;
		digits[i] /= history_powers[most - decimals[i]];
	}
	return 0;
}

// Checks the decimals and returns how many values stand as text, or -1.
static int64_t read_values(struct history_codec *codec, const struct column_segments *segments)
{
	int64_t *decimals = codec->numbers[HISTORY_DECIMALS], *digits = codec->numbers[HISTORY_DIGITS];
	int64_t texts = 0;

	for (size_t i = 0; i < segments->at[segments->count]; i++) {
		texts += decimals[i] == HISTORY_DECIMALS_TEXT;
		if ((uint64_t)decimals[i] > HISTORY_DECIMALS_MAX && decimals[i] != HISTORY_DECIMALS_TEXT)
			return -1;
	}
	for (size_t s = 0; s < segments->count; s++)
		if (codec->scales[s] && unscale_digits(digits, decimals, segments->at[s], segments->at[s + 1]) < 0)
			return -1;
	return texts;
}

static int read_numbers(
    struct history_codec *codec, struct column_reader *reader, const struct column_segments *segments, int *as_bits)
{
	for (int i = 0; i < HISTORY_NUMBERS; i++) {
		if (i == HISTORY_QUALITY && (*as_bits = column_read_byte(reader, 1)) < 0)
			return -1;
		int failed = i == HISTORY_REVISION ? revision_read(reader, &codec->walk,
							 codec->numbers[HISTORY_TIMESTAMP], codec->numbers[i], segments)
						   : column_read(reader, codec->numbers[i], segments);

		if (failed < 0)
			return -1;
	}
	return 0;
}

static int read_all(
    struct history_codec *codec, struct column_reader *reader, const struct column_segments *segments, int *as_bits)
{
	if (read_numbers(codec, reader, segments, as_bits) < 0)
		return -1;
	int64_t values = read_values(codec, segments);

	if (values < 0)
		return -1;
	for (int i = 0; i < HISTORY_VALUE; i++)
		if (column_read_texts(reader, &codec->read[i], segments) < 0)
			return -1;
	const struct column_segments whole = {(const uint32_t[]){0, (uint32_t)values}, 1};

	if (values && column_read_texts(reader, &codec->read[HISTORY_VALUE], &whole) < 0)
		return -1;
	return reader->at == reader->end ? 0 : -1;
}

static inline struct slice text_of(const struct history_codec *codec, enum history_text_column column, size_t row)
{
	const struct column_texts *read = &codec->read[column];

	return read->texts[read->rows[row]];
}

static int give_row(const struct history_codec *codec, struct history_row *row, size_t i)
{
	int64_t flags = codec->numbers[HISTORY_FLAGS][i], timestamp = codec->numbers[HISTORY_TIMESTAMP][i];
	int64_t line = codec->numbers[HISTORY_LINE][i], decimals = codec->numbers[HISTORY_DECIMALS][i];
	bool has_received = flags & HISTORY_FLAG_RECEIVED;

	if ((uint64_t)flags > (HISTORY_FLAG_LIVE | HISTORY_FLAG_RECEIVED | HISTORY_FLAG_LINE) ||
	    ((flags & HISTORY_FLAG_LINE) && line < 0) || codec->numbers[HISTORY_REVISION][i] < 1)
		return -1;
	row->item.live = flags & HISTORY_FLAG_LIVE;
	row->item.has_received = has_received;
	row->item.timestamp = timestamp;
	row->item.counter = codec->numbers[HISTORY_COUNTER][i];
	row->item.seq = codec->numbers[HISTORY_SEQ][i];
	row->item.received =
	    has_received ? (int64_t)((uint64_t)timestamp + (uint64_t)codec->numbers[HISTORY_RECEIVED][i]) : 0;
	row->item.revision = codec->numbers[HISTORY_REVISION][i];
	row->item.sensor_id = text_of(codec, HISTORY_SENSOR_ID, i);
	row->item.unit = text_of(codec, HISTORY_UNIT, i);
	row->item.command_id = text_of(codec, HISTORY_COMMAND_ID, i);
	row->item.origin = text_of(codec, HISTORY_ORIGIN, i);
	row->item.rest = text_of(codec, HISTORY_REST, i);
	row->item.value = SLICE_EMPTY;
	row->line = flags & HISTORY_FLAG_LINE ? line : HISTORY_TEXT;
	row->decimals = decimals == HISTORY_DECIMALS_TEXT ? HISTORY_TEXT : (int8_t)decimals;
	row->digits = decimals == HISTORY_DECIMALS_TEXT ? 0 : codec->numbers[HISTORY_DIGITS][i];
	return 0;
}

static int give_rows(
    const struct history_codec *codec, struct history_row *rows, const struct column_segments *segments)
{
	size_t values = 0;

	for (size_t s = 0; s < segments->count; s++) {
		for (size_t i = segments->at[s]; i < segments->at[s + 1]; i++) {
			rows[i].item.series = (uint32_t)codec->series[s];
			if (give_row(codec, &rows[i], i) < 0)
				return -1;
			if (rows[i].decimals == HISTORY_TEXT)
				rows[i].item.value = text_of(codec, HISTORY_VALUE, values++);
		}
	}
	return 0;
}

int history_columns_read(struct history_codec *codec, struct history_block *block)
{
	const unsigned char *data = (const unsigned char *)buffer_slice(&block->bytes).data;
	struct column_reader reader = {data, data + block->bytes.length};
	struct column_segments segments;
	int as_bits = 0;

	if (read_series(codec, &reader, &segments) < 0 || read_all(codec, &reader, &segments, &as_bits) < 0)
		return -1;
	size_t count = segments.at[segments.count];

	block->rows = memory_grow(block->rows, &block->capacity, count, sizeof *block->rows);
	if (give_rows(codec, block->rows, &segments) < 0 ||
	    give_qualities(block->rows, codec->numbers[HISTORY_QUALITY], count, as_bits) < 0)
		return -1;
	block->extent = history_extent_of(codec, count);
	block->count = count;
	return 0;
}
