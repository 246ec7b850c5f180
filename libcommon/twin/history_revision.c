#include "twin/history_revision.h"

#include <string.h>

// Of fewer rows a line is not worth its bytes.
#define WALK_MIN 32

static inline uint64_t since(int64_t timestamp, int64_t oldest)
{
	return (uint64_t)timestamp - (uint64_t)oldest;
}

// How far a range has to be shifted to the right to be below a power of two.
static int shift_below(uint64_t range, int bits)
{
	int length = range ? 64 - __builtin_clzll(range) : 0;

	return length > bits ? length - bits : 0;
}

static uint64_t find_range(struct revision_walk *walk, const int64_t *timestamps, size_t count)
{
	int64_t oldest = timestamps[0], newest = timestamps[0];

	for (size_t i = 1; i < count; i++) {
		oldest = timestamps[i] < oldest ? timestamps[i] : oldest;
		newest = timestamps[i] > newest ? timestamps[i] : newest;
	}
	walk->oldest = oldest;
	return since(newest, oldest);
}

// A counting sort: what falls into one slot need not be sorted, since the line knows the time of each row.
static void sort_rows(struct revision_walk *walk, const int64_t *timestamps, size_t count)
{
	uint64_t range = find_range(walk, timestamps, count);
	int shift = shift_below(range, __builtin_ctz(REVISION_SLOTS));
	uint16_t begin = 0;

	walk->scale = shift_below(range, 31);
	memset(walk->ends, 0, sizeof walk->ends);
	for (size_t i = 0; i < count; i++)
		walk->ends[since(timestamps[i], walk->oldest) >> shift]++;
	for (size_t slot = 0; slot < REVISION_SLOTS; slot++) {
		uint16_t size = walk->ends[slot];

		walk->ends[slot] = begin;
		begin = (uint16_t)(begin + size);
	}
	for (size_t i = 0; i < count; i++)
		walk->rows[walk->ends[since(timestamps[i], walk->oldest) >> shift]++] = (uint16_t)i;
}

static inline uint64_t units(const struct revision_walk *walk, int64_t timestamp)
{
	return since(timestamp, walk->oldest) >> walk->scale;
}

// What the line says of an instant.
static inline uint64_t line_at(const struct revision_walk *walk, int64_t timestamp)
{
	return (uint64_t)((int64_t)(units(walk, timestamp) * (uint64_t)walk->slope) >> 32);
}

// The line goes through the rows at a quarter and at three quarters of the way: at the ends stand those that came late or early.
static int64_t find_slope(
    const struct revision_walk *walk, const int64_t *timestamps, const int64_t *revisions, size_t count)
{
	size_t a = walk->rows[count / 4], b = walk->rows[count - 1 - count / 4];
	__int128 run = (__int128)units(walk, timestamps[b]) - units(walk, timestamps[a]);
	__int128 rise = (__int128)revisions[b] - revisions[a];

	return run > 0 ? (int64_t)(rise * (INT64_C(1) << 32) / run) : 0;
}

bool revision_walk_find(struct revision_walk *walk, struct column_writer *writer, const int64_t *timestamps,
    const int64_t *revisions, const struct column_segments *segments)
{
	size_t count = segments->at[segments->count];
	const struct column_segments whole = {(const uint32_t[]){0, (uint32_t)count}, 1};

	if (count < WALK_MIN)
		return false;
	sort_rows(walk, timestamps, count);
	walk->slope = find_slope(walk, timestamps, revisions, count);
	for (size_t i = 0; i < count; i++) {
		size_t row = walk->rows[i];

		walk->heights[i] = (int64_t)((uint64_t)revisions[row] - line_at(walk, timestamps[row]));
	}
	return column_cost(writer, walk->heights, &whole) < column_cost(writer, revisions, segments);
}

void revision_write(struct column_writer *writer, struct revision_walk *walk, int64_t *revisions,
    const struct column_segments *segments)
{
	const struct column_segments whole = {(const uint32_t[]){0, segments->at[segments->count]}, 1};

	buffer_append_char(&writer->bytes, walk != NULL);
	if (!walk) {
		column_write(writer, revisions, segments);
		return;
	}
	column_write_unsigned(writer, (uint64_t)walk->slope);
	column_write(writer, walk->heights, &whole);
}

static int read_walk(struct column_reader *reader, struct revision_walk *walk, const int64_t *timestamps,
    int64_t *revisions, size_t count)
{
	const struct column_segments whole = {(const uint32_t[]){0, (uint32_t)count}, 1};
	uint64_t slope;

	if (column_read_unsigned(reader, &slope) < 0 || column_read(reader, walk->heights, &whole) < 0)
		return -1;
	walk->slope = (int64_t)slope;
	sort_rows(walk, timestamps, count);
	for (size_t i = 0; i < count; i++) {
		size_t row = walk->rows[i];

		revisions[row] = (int64_t)((uint64_t)walk->heights[i] + line_at(walk, timestamps[row]));
	}
	return 0;
}

int revision_read(struct column_reader *reader, struct revision_walk *walk, const int64_t *timestamps,
    int64_t *revisions, const struct column_segments *segments)
{
	int is_walk = column_read_byte(reader, 1);

	if (is_walk < 0)
		return -1;
	if (is_walk)
		return read_walk(reader, walk, timestamps, revisions, segments->at[segments->count]);
	return column_read(reader, revisions, segments);
}
