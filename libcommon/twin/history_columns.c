#include "twin/history_columns.h"

#include <math.h>

#include "base/memory.h"

#define VERSION       1
#define DECIMALS_MAX  18
#define DECIMALS_TEXT 31

enum {
	FLAG_LIVE = 1,
	FLAG_RECEIVED = 2,
	FLAG_LINE = 4,
};

static const int64_t powers[DECIMALS_MAX + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

static struct column_segments find_segments(
    struct history_codec *codec, const struct history_row *const *rows, size_t count)
{
	size_t segments = 0;

	for (size_t i = 0; i < count; i++) {
		if (i && rows[i]->item.series == rows[i - 1]->item.series)
			continue;
		codec->series[segments] = rows[i]->item.series;
		codec->begins[segments++] = (uint32_t)i;
	}
	codec->begins[segments] = (uint32_t)count;
	for (size_t s = 0; s < segments; s++)
		codec->lengths[s] = codec->begins[s + 1] - codec->begins[s];
	return (struct column_segments){codec->begins, segments};
}

static void take_row(struct history_codec *codec, const struct history_row *row, size_t i)
{
	const struct history_item *item = &row->item;

	codec->numbers[HISTORY_TIMESTAMP][i] = item->timestamp;
	codec->numbers[HISTORY_COUNTER][i] = item->counter;
	codec->numbers[HISTORY_SEQ][i] = item->seq;
	codec->numbers[HISTORY_FLAGS][i] = (item->live ? FLAG_LIVE : 0) | (item->has_received ? FLAG_RECEIVED : 0) |
	    (row->line != HISTORY_TEXT ? FLAG_LINE : 0);
	// What does not apply repeats the one before, and costs nothing.
	codec->numbers[HISTORY_RECEIVED][i] = item->has_received
	    ? (int64_t)((uint64_t)item->received - (uint64_t)item->timestamp)
	    : i ? codec->numbers[HISTORY_RECEIVED][i - 1]
		: 0;
	codec->numbers[HISTORY_LINE][i] = row->line != HISTORY_TEXT ? row->line
	    : i                                                     ? codec->numbers[HISTORY_LINE][i - 1]
								    : 0;
	codec->texts[HISTORY_SENSOR_ID][i] = item->sensor_id;
	codec->texts[HISTORY_UNIT][i] = item->unit;
	codec->texts[HISTORY_COMMAND_ID][i] = item->command_id;
	codec->texts[HISTORY_ORIGIN][i] = item->origin;
	codec->texts[HISTORY_REST][i] = item->rest;
}

static bool to_millionths(double quality, int64_t *millionths)
{
	if (!(quality >= -1e6 && quality <= 1e6))
		return false;
	*millionths = llrint(quality * 1e6);
	return (double)*millionths / 1e6 == quality;
}

// Returns 1 when the bits of all had to be taken.
static int take_qualities(int64_t *numbers, const struct history_row *const *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->item.quality == 1)
			numbers[i] = 1000000;
		else if (!to_millionths(rows[i]->item.quality, &numbers[i]))
			goto bits;
	}
	return 0;
bits:
	for (size_t i = 0; i < count; i++)
		memcpy(&numbers[i], &rows[i]->item.quality, sizeof numbers[i]);
	return 1;
}

static int most_decimals(const int64_t *decimals, size_t begin, size_t end)
{
	int64_t most = 0;

	for (size_t i = begin; i < end; i++)
		if (decimals[i] != DECIMALS_TEXT && decimals[i] > most)
			most = decimals[i];
	return (int)most;
}

// Brings the numbers of one series to the same decimals; false when they have no common scale in 64 bits.
static bool scale_digits(int64_t *digits, const int64_t *decimals, size_t begin, size_t end)
{
	int most = most_decimals(decimals, begin, end);
	int64_t scaled;

	for (size_t i = begin; i < end; i++)
		if (decimals[i] != DECIMALS_TEXT &&
		    __builtin_mul_overflow(digits[i], powers[most - decimals[i]], &scaled))
			return false;
	for (size_t i = begin; i < end; i++)
		if (decimals[i] != DECIMALS_TEXT)
			digits[i] *= powers[most - decimals[i]];
	return true;
}

// Returns how many stand as text.
static size_t take_values(
    struct history_codec *codec, const struct history_row *const *rows, const struct column_segments *segments)
{
	int64_t *decimals = codec->numbers[HISTORY_DECIMALS], *digits = codec->numbers[HISTORY_DIGITS];
	size_t texts = 0, count = segments->at[segments->count];

	for (size_t i = 0; i < count; i++) {
		decimals[i] = rows[i]->decimals == HISTORY_TEXT ? DECIMALS_TEXT : rows[i]->decimals;
		digits[i] = rows[i]->digits;
		if (rows[i]->decimals == HISTORY_TEXT)
			codec->texts[HISTORY_VALUE][texts++] = rows[i]->item.value;
	}
	for (size_t s = 0; s < segments->count; s++)
		codec->scales[s] = scale_digits(digits, decimals, segments->at[s], segments->at[s + 1]);
	for (size_t i = 0; texts && i < count; i++)
		if (decimals[i] == DECIMALS_TEXT)
			digits[i] = i ? digits[i - 1] : 0;
	return texts;
}

// Columns that have one number for each series.
static struct column_segments one_each(const struct column_segments *segments, uint32_t ends[2])
{
	ends[0] = 0;
	ends[1] = (uint32_t)segments->count;
	return (struct column_segments){ends, 1};
}

static void write_series(struct history_codec *codec, const struct column_segments *segments)
{
	uint32_t ends[2];
	const struct column_segments each = one_each(segments, ends);

	column_write(&codec->writer, codec->lengths, &each);
	column_write(&codec->writer, codec->series, &each);
	column_write(&codec->writer, codec->scales, &each);
}

void history_columns_write(struct history_codec *codec, const struct history_row *const *rows, size_t count)
{
	struct column_writer *writer = &codec->writer;
	const struct column_segments segments = find_segments(codec, rows, count);

	for (size_t i = 0; i < count; i++)
		take_row(codec, rows[i], i);
	uint32_t values = (uint32_t)take_values(codec, rows, &segments);
	int as_bits = take_qualities(codec->numbers[HISTORY_QUALITY], rows, count);

	buffer_reset(&writer->bytes);
	writer->cut_count = 0;
	column_write_unsigned(writer, VERSION);
	column_write_unsigned(writer, count);
	column_write_unsigned(writer, segments.count);
	write_series(codec, &segments);
	for (int i = 0; i < HISTORY_NUMBERS; i++) {
		if (i == HISTORY_QUALITY)
			buffer_append_char(&writer->bytes, (char)as_bits);
		column_write(writer, codec->numbers[i], &segments);
	}
	for (int i = 0; i < HISTORY_VALUE; i++)
		column_write_texts(writer, codec->texts[i], &segments);
	if (values) {
		const struct column_segments whole = {(const uint32_t[]){0, values}, 1};

		column_write_texts(writer, codec->texts[HISTORY_VALUE], &whole);
	}
}

static int read_series(struct history_codec *codec, struct column_reader *reader, struct column_segments *segments)
{
	uint64_t version, count, series, begin = 0;
	uint32_t ends[2];

	if (column_read_unsigned(reader, &version) < 0 || version != VERSION ||
	    column_read_unsigned(reader, &count) < 0 || !count || count > HISTORY_BLOCK_ROWS ||
	    column_read_unsigned(reader, &series) < 0 || !series || series > count)
		return -1;
	*segments = (struct column_segments){codec->begins, series};
	const struct column_segments each = one_each(segments, ends);

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
	int most = most_decimals(decimals, begin, end);

	for (size_t i = begin; i < end; i++) {
		if (decimals[i] == most || decimals[i] == DECIMALS_TEXT)
			continue;
		if (digits[i] % powers[most - decimals[i]])
			return -1;
		digits[i] /= powers[most - decimals[i]];
	}
	return 0;
}

// Checks the decimals and returns how many values stand as text, or -1.
static int64_t read_values(struct history_codec *codec, const struct column_segments *segments)
{
	int64_t *decimals = codec->numbers[HISTORY_DECIMALS], *digits = codec->numbers[HISTORY_DIGITS];
	int64_t texts = 0;

	for (size_t i = 0; i < segments->at[segments->count]; i++) {
		texts += decimals[i] == DECIMALS_TEXT;
		if ((uint64_t)decimals[i] > DECIMALS_MAX && decimals[i] != DECIMALS_TEXT)
			return -1;
	}
	for (size_t s = 0; s < segments->count; s++)
		if (codec->scales[s] && unscale_digits(digits, decimals, segments->at[s], segments->at[s + 1]) < 0)
			return -1;
	return texts;
}

static int read_all(
    struct history_codec *codec, struct column_reader *reader, const struct column_segments *segments, int *as_bits)
{
	for (int i = 0; i < HISTORY_NUMBERS; i++) {
		if (i == HISTORY_QUALITY) {
			if (reader->at == reader->end || *reader->at > 1)
				return -1;
			*as_bits = *reader->at++;
		}
		if (column_read(reader, codec->numbers[i], segments) < 0)
			return -1;
	}
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
	bool has_received = flags & FLAG_RECEIVED;

	if ((uint64_t)flags > (FLAG_LIVE | FLAG_RECEIVED | FLAG_LINE) || ((flags & FLAG_LINE) && line < 0))
		return -1;
	row->item.live = flags & FLAG_LIVE;
	row->item.has_received = has_received;
	row->item.timestamp = timestamp;
	row->item.counter = codec->numbers[HISTORY_COUNTER][i];
	row->item.seq = codec->numbers[HISTORY_SEQ][i];
	row->item.received =
	    has_received ? (int64_t)((uint64_t)timestamp + (uint64_t)codec->numbers[HISTORY_RECEIVED][i]) : 0;
	row->item.sensor_id = text_of(codec, HISTORY_SENSOR_ID, i);
	row->item.unit = text_of(codec, HISTORY_UNIT, i);
	row->item.command_id = text_of(codec, HISTORY_COMMAND_ID, i);
	row->item.origin = text_of(codec, HISTORY_ORIGIN, i);
	row->item.rest = text_of(codec, HISTORY_REST, i);
	row->item.value = SLICE_EMPTY;
	row->line = flags & FLAG_LINE ? line : HISTORY_TEXT;
	row->decimals = decimals == DECIMALS_TEXT ? HISTORY_TEXT : (int8_t)decimals;
	row->digits = decimals == DECIMALS_TEXT ? 0 : codec->numbers[HISTORY_DIGITS][i];
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
	block->count = count;
	return 0;
}
