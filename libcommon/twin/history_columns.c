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

static bool to_millionths(double quality, int64_t *millionths)
{
	*millionths = 1000000;
	if (quality == 1)
		return true;
	if (!(quality >= -1e6 && quality <= 1e6))
		return false;
	*millionths = llrint(quality * 1e6);
	return (double)*millionths / 1e6 == quality;
}

// What does not apply repeats the one before, and costs nothing.
static inline int64_t repeat(const int64_t *numbers, size_t i)
{
	return i ? numbers[i - 1] : 0;
}

static void take_numbers(struct history_codec *codec, const struct history_row *row, size_t i)
{
	int64_t(*numbers)[HISTORY_COLUMN_ROOM] = codec->numbers;
	const struct history_item *item = &row->item;

	numbers[HISTORY_TIMESTAMP][i] = item->timestamp;
	numbers[HISTORY_COUNTER][i] = item->counter;
	numbers[HISTORY_SEQ][i] = item->seq;
	numbers[HISTORY_FLAGS][i] = (item->live ? HISTORY_FLAG_LIVE : 0) |
	    (item->has_received ? HISTORY_FLAG_RECEIVED : 0) | (row->line != HISTORY_TEXT ? HISTORY_FLAG_LINE : 0);
	numbers[HISTORY_RECEIVED][i] = item->has_received
	    ? (int64_t)((uint64_t)item->received - (uint64_t)item->timestamp)
	    : repeat(numbers[HISTORY_RECEIVED], i);
	numbers[HISTORY_LINE][i] = row->line != HISTORY_TEXT ? row->line : repeat(numbers[HISTORY_LINE], i);
	numbers[HISTORY_REVISION][i] = item->revision;
	numbers[HISTORY_DECIMALS][i] = row->decimals == HISTORY_TEXT ? HISTORY_DECIMALS_TEXT : row->decimals;
	numbers[HISTORY_DIGITS][i] = row->digits;
}

static void take_texts(struct history_codec *codec, const struct history_row *row, size_t i)
{
	codec->texts[HISTORY_SENSOR_ID][i] = row->item.sensor_id;
	codec->texts[HISTORY_UNIT][i] = row->item.unit;
	codec->texts[HISTORY_COMMAND_ID][i] = row->item.command_id;
	codec->texts[HISTORY_ORIGIN][i] = row->item.origin;
	codec->texts[HISTORY_REST][i] = row->item.rest;
}

struct taken {
	struct column_segments segments;
	size_t value_texts; // values that stand as text
	bool quality_bits;  // qualities had to be taken as the bits of doubles
};

static void take_series(struct history_codec *codec, struct column_segments *segments, size_t count)
{
	segments->at = codec->begins;
	codec->begins[segments->count] = (uint32_t)count;
	for (size_t s = 0; s < segments->count; s++)
		codec->lengths[s] = codec->begins[s + 1] - codec->begins[s];
}

// Each row is looked at once: together they are more than the caches next to the processor hold.
static struct taken take_rows(struct history_codec *codec, const struct history_row *const *rows, size_t count)
{
	struct taken taken = {.value_texts = 0};
	uint32_t series = ~rows[0]->item.series;

	for (size_t i = 0; i < count; i++) {
		const struct history_row *row = rows[i];

		if (row->item.series != series) {
			series = row->item.series;
			codec->series[taken.segments.count] = series;
			codec->begins[taken.segments.count++] = (uint32_t)i;
		}
		take_numbers(codec, row, i);
		take_texts(codec, row, i);
		taken.quality_bits |= !to_millionths(row->item.quality, &codec->numbers[HISTORY_QUALITY][i]);
		if (row->decimals == HISTORY_TEXT)
			codec->texts[HISTORY_VALUE][taken.value_texts++] = row->item.value;
	}
	take_series(codec, &taken.segments, count);
	for (size_t i = 0; taken.quality_bits && i < count; i++)
		memcpy(&codec->numbers[HISTORY_QUALITY][i], &rows[i]->item.quality, sizeof(int64_t));
	return taken;
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

static void scale_values(struct history_codec *codec, const struct taken *taken)
{
	int64_t *decimals = codec->numbers[HISTORY_DECIMALS], *digits = codec->numbers[HISTORY_DIGITS];
	const struct column_segments *segments = &taken->segments;

	for (size_t s = 0; s < segments->count; s++)
		codec->scales[s] = scale_digits(digits, decimals, segments->at[s], segments->at[s + 1]);
	for (size_t i = 0; taken->value_texts && i < segments->at[segments->count]; i++)
		if (decimals[i] == HISTORY_DECIMALS_TEXT)
			digits[i] = repeat(digits, i);
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
	const struct taken taken = take_rows(codec, rows, count);
	const struct column_segments segments = taken.segments;
	const struct history_extent extent = history_extent_of(codec, count);
	bool is_walk = revision_walk_find(
	    &codec->walk, writer, codec->numbers[HISTORY_TIMESTAMP], codec->numbers[HISTORY_REVISION], &segments);

	scale_values(codec, &taken);
	buffer_reset(&writer->bytes);
	writer->cut_count = 0;
	column_write_unsigned(writer, HISTORY_COLUMNS_VERSION);
	column_write_unsigned(writer, count);
	column_write_unsigned(writer, segments.count);
	write_series(codec, &segments);
	for (int i = 0; i < HISTORY_NUMBERS; i++) {
		if (i == HISTORY_QUALITY)
			buffer_append_char(&writer->bytes, (char)taken.quality_bits);
		if (i == HISTORY_REVISION)
			revision_write(writer, is_walk ? &codec->walk : NULL, codec->numbers[i], &segments);
		else
			column_write(writer, codec->numbers[i], &segments);
	}
	for (int i = 0; i < HISTORY_VALUE; i++)
		column_write_texts(writer, codec->texts[i], &segments);
	if (taken.value_texts) {
		const struct column_segments whole = {(const uint32_t[]){0, (uint32_t)taken.value_texts}, 1};

		column_write_texts(writer, codec->texts[HISTORY_VALUE], &whole);
	}
	return extent;
}
