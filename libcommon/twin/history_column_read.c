#include "twin/history_column.h"

const int64_t column_powers[COLUMN_POWER_MAX + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static inline int64_t unzigzag(uint64_t number)
{
	return (int64_t)(number >> 1 ^ -(number & 1));
}

static inline int64_t add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

int column_read_unsigned(struct column_reader *reader, uint64_t *number)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		unsigned char byte = *reader->at++;

		value |= (uint64_t)(byte & 127) << shift;
		if (byte < 128) {
			*number = value;
			return 0;
		}
	}
	return -1;
}

static int read_signed(struct column_reader *reader, int64_t *number)
{
	uint64_t value;

	if (column_read_unsigned(reader, &value) < 0)
		return -1;
	*number = unzigzag(value);
	return 0;
}

int column_read_byte(struct column_reader *reader, int most)
{
	if (reader->at == reader->end || *reader->at > most)
		return -1;
	return *reader->at++;
}

static int read_stream(struct column_reader *reader, int64_t *numbers, size_t count)
{
	int width = column_read_byte(reader, 8);
	int64_t least;

	if (width < 0 || read_signed(reader, &least) < 0 ||
	    (size_t)(reader->end - reader->at) / (size_t)(width ? width : 1) < (width ? count : 0))
		return -1;
	for (size_t i = 0; i < count; i++)
		numbers[i] = least;
	for (int shift = 0; shift < 8 * width; shift += 8, reader->at += count)
		for (size_t i = 0; i < count; i++)
			numbers[i] = add(numbers[i], (int64_t)((uint64_t)reader->at[i] << shift));
	return 0;
}

// The tails stand at the end of numbers[] and the heads are given: puts both in place.
static void put_together(
    int64_t *numbers, const int64_t *heads, const int64_t *tail, const struct column_segments *segments, int order)
{
	for (size_t s = 0; s < segments->count; s++) {
		int64_t last = heads[s], step = 0;

		numbers[segments->at[s]] = last;
		for (size_t i = segments->at[s] + 1; i < segments->at[s + 1]; i++, tail++) {
			step = order == 2 ? add(step, *tail) : *tail;
			last = order ? add(last, step) : *tail;
			numbers[i] = last;
		}
	}
}

static int read_streams(
    struct column_reader *reader, int64_t *numbers, const struct column_segments *segments, int mode)
{
	size_t count = segments->at[segments->count];
	int64_t heads[COLUMN_ROWS_MAX];
	int power = column_read_byte(reader, COLUMN_POWER_MAX);

	if (mode % 4 > 2 || power < 0 || read_stream(reader, heads, segments->count) < 0)
		return -1;
	if (count > segments->count && read_stream(reader, numbers + segments->count, count - segments->count) < 0)
		return -1;
	for (size_t s = 1; mode >= 4 && s < segments->count; s++)
		heads[s] = add(heads[s], heads[s - 1]);
	// What has been read lies behind what is written: there are as many heads as places before the tails.
	put_together(numbers, heads, numbers + segments->count, segments, mode % 4);
	for (size_t i = 0; power && i < count; i++)
		numbers[i] = (int64_t)((uint64_t)numbers[i] * (uint64_t)column_powers[power]);
	return 0;
}

int column_read(struct column_reader *reader, int64_t *numbers, const struct column_segments *segments)
{
	int mode = column_read_byte(reader, 7);
	int64_t number;

	if (mode < 0)
		return -1;
	if (mode > 0)
		return read_streams(reader, numbers, segments, mode - 1);
	if (read_signed(reader, &number) < 0)
		return -1;
	for (size_t i = 0; i < segments->at[segments->count]; i++)
		numbers[i] = number;
	return 0;
}

static int read_text_bytes(struct column_reader *reader, struct column_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		uint64_t length = (uint64_t)texts->rows[i];

		if (length > (uint64_t)(reader->end - reader->at))
			return -1;
		texts->texts[i] = slice_of((const char *)reader->at, (size_t)length);
		reader->at += length;
	}
	return 0;
}

int column_read_texts(struct column_reader *reader, struct column_texts *texts, const struct column_segments *segments)
{
	size_t rows = segments->at[segments->count];
	uint64_t count;

	if (column_read_unsigned(reader, &count) < 0 || !count || count > rows)
		return -1;
	const struct column_segments whole = {(const uint32_t[]){0, (uint32_t)count}, 1};

	texts->count = count;
	if (column_read(reader, texts->rows, &whole) < 0 || read_text_bytes(reader, texts) < 0)
		return -1;
	if (count > 1 && column_read(reader, texts->rows, segments) < 0)
		return -1;
	for (size_t i = 0; i < rows; i++) {
		if (count == 1)
			texts->rows[i] = 0;
		if ((uint64_t)texts->rows[i] >= count)
			return -1;
	}
	return 0;
}
