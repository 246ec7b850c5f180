#include "twin/history_columns.h"

#include <math.h>

const int64_t history_powers[HISTORY_DECIMALS_MAX + 1] = {
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

int history_most_decimals(const int64_t *decimals, size_t begin, size_t end)
{
	int64_t most = 0;

	for (size_t i = begin; i < end; i++)
		if (decimals[i] != HISTORY_DECIMALS_TEXT && decimals[i] > most)
			most = decimals[i];
	return (int)most;
}

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
	codec->numbers[HISTORY_FLAGS][i] = (item->live ? HISTORY_FLAG_LIVE : 0) |
	    (item->has_received ? HISTORY_FLAG_RECEIVED : 0) | (row->line != HISTORY_TEXT ? HISTORY_FLAG_LINE : 0);
	// What does not apply repeats the one before, and costs nothing.
	codec->numbers[HISTORY_RECEIVED][i] = item->has_received
	    ? (int64_t)((uint64_t)item->received - (uint64_t)item->timestamp)
	    : i ? codec->numbers[HISTORY_RECEIVED][i - 1]
		: 0;
	codec->numbers[HISTORY_LINE][i] = row->line != HISTORY_TEXT ? row->line
	    : i                                                     ? codec->numbers[HISTORY_LINE][i - 1]
								    : 0;
	codec->numbers[HISTORY_REVISION][i] = item->revision;
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

// Brings the numbers of one series to the same decimals; false when they have no common scale in 64 bits.
static bool scale_digits(int64_t *digits, const int64_t *decimals, size_t begin, size_t end)
{
	int most = history_most_decimals(decimals, begin, end);
	int64_t scaled;

	for (size_t i = begin; i < end; i++)
		if (decimals[i] != HISTORY_DECIMALS_TEXT &&
		    __builtin_mul_overflow(digits[i], history_powers[most - decimals[i]], &scaled))
			return false;
	for (size_t i = begin; i < end; i++)
		if (decimals[i] != HISTORY_DECIMALS_TEXT)
			digits[i] *= history_powers[most - decimals[i]];
	return true;
}

// Returns how many stand as text.
static size_t take_values(
    struct history_codec *codec, const struct history_row *const *rows, const struct column_segments *segments)
{
	int64_t *decimals = codec->numbers[HISTORY_DECIMALS], *digits = codec->numbers[HISTORY_DIGITS];
	size_t texts = 0, count = segments->at[segments->count];

	for (size_t i = 0; i < count; i++) {
		decimals[i] = rows[i]->decimals == HISTORY_TEXT ? HISTORY_DECIMALS_TEXT : rows[i]->decimals;
		digits[i] = rows[i]->digits;
		if (rows[i]->decimals == HISTORY_TEXT)
			codec->texts[HISTORY_VALUE][texts++] = rows[i]->item.value;
	}
	for (size_t s = 0; s < segments->count; s++)
		codec->scales[s] = scale_digits(digits, decimals, segments->at[s], segments->at[s + 1]);
	for (size_t i = 0; texts && i < count; i++)
		if (decimals[i] == HISTORY_DECIMALS_TEXT)
			digits[i] = i ? digits[i - 1] : 0;
	return texts;
}

struct history_extent history_extent_of(const struct history_codec *codec, size_t count)
{
	const int64_t *times = codec->numbers[HISTORY_TIMESTAMP], *revisions = codec->numbers[HISTORY_REVISION];
	struct history_extent extent = {times[0], times[0], revisions[0]};

	for (size_t i = 1; i < count; i++) {
		extent.oldest = times[i] < extent.oldest ? times[i] : extent.oldest;
		extent.newest = times[i] > extent.newest ? times[i] : extent.newest;
		extent.revision = revisions[i] > extent.revision ? revisions[i] : extent.revision;
	}
	return extent;
}

static void write_series(struct history_codec *codec, const struct column_segments *segments)
{
	uint32_t ends[2];
	const struct column_segments each = history_one_each(segments, ends);

	column_write(&codec->writer, codec->lengths, &each);
	column_write(&codec->writer, codec->series, &each);
	column_write(&codec->writer, codec->scales, &each);
}

struct history_extent history_columns_write(
    struct history_codec *codec, const struct history_row *const *rows, size_t count)
{
	struct column_writer *writer = &codec->writer;
	const struct column_segments segments = find_segments(codec, rows, count);

	for (size_t i = 0; i < count; i++)
		take_row(codec, rows[i], i);
	const struct history_extent extent = history_extent_of(codec, count);
	bool is_walk = revision_walk_find(
	    &codec->walk, writer, codec->numbers[HISTORY_TIMESTAMP], codec->numbers[HISTORY_REVISION], &segments);
	uint32_t values = (uint32_t)take_values(codec, rows, &segments);
	int as_bits = take_qualities(codec->numbers[HISTORY_QUALITY], rows, count);

	buffer_reset(&writer->bytes);
	writer->cut_count = 0;
	column_write_unsigned(writer, HISTORY_COLUMNS_VERSION);
	column_write_unsigned(writer, count);
	column_write_unsigned(writer, segments.count);
	write_series(codec, &segments);
	for (int i = 0; i < HISTORY_NUMBERS; i++) {
		if (i == HISTORY_QUALITY)
			buffer_append_char(&writer->bytes, (char)as_bits);
		if (i == HISTORY_REVISION)
			revision_write(writer, is_walk ? &codec->walk : NULL, codec->numbers[i], &segments);
		else
			column_write(writer, codec->numbers[i], &segments);
	}
	for (int i = 0; i < HISTORY_VALUE; i++)
		column_write_texts(writer, codec->texts[i], &segments);
	if (values) {
		const struct column_segments whole = {(const uint32_t[]){0, values}, 1};

		column_write_texts(writer, codec->texts[HISTORY_VALUE], &whole);
	}
	return extent;
}
