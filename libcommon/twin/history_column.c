#include "twin/history_column.h"

#include "base/hash.h"

// Shorter planes are not worth statistics of their own.
#define PLANE_CUT_MIN 256
#define PROBES_MAX    64

static inline uint64_t zigzag(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static inline int64_t unzigzag(uint64_t number)
{
	return (int64_t)(number >> 1 ^ -(number & 1));
}

static inline int64_t subtract(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int64_t add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

void column_write_unsigned(struct column_writer *writer, uint64_t number)
{
	char *end = buffer_reserve(&writer->bytes, 10);
	size_t length = 0;

	for (; number > 127; number >>= 7)
		end[length++] = (char)(number | 128);
	end[length++] = (char)number;
	writer->bytes.length += length;
}

static void write_signed(struct column_writer *writer, int64_t number)
{
	column_write_unsigned(writer, zigzag(number));
}

// Divisors that the compiler knows cost a multiplication instead of a division.
#define POWER_MAX 9

static inline int64_t divide(int64_t number, int power)
{
	switch (power) {
	case 1:
		return number / 10;
	case 2:
		return number / 100;
	case 3:
		return number / 1000;
	case 4:
		return number / 10000;
	case 5:
		return number / 100000;
	case 6:
		return number / 1000000;
	case 7:
		return number / 10000000;
	case 8:
		return number / 100000000;
	case 9:
		return number / 1000000000;
	default:
		return number;
	}
}

static const int64_t powers[POWER_MAX + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static int common_power(const int64_t *numbers, size_t count)
{
	int power = POWER_MAX;

	for (size_t i = 0; i < count && power; i++)
		while (divide(numbers[i], power) * powers[power] != numbers[i])
			power--;
	return power;
}

static bool all_equal(const int64_t *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (numbers[i] != numbers[0])
			return false;
	return true;
}

static inline uint64_t bits(int64_t number)
{
	return (uint64_t)(64 - __builtin_clzll(zigzag(number) | 1));
}

// The number that more than half of them are, if there is one (Boyer, Moore 1981).
static int64_t majority(const int64_t *numbers, size_t count)
{
	int64_t candidate = 0;
	size_t votes = 0;

	for (size_t i = 0; i < count; i++) {
		if (!votes)
			candidate = numbers[i];
		votes += numbers[i] == candidate ? (size_t)1 : (size_t)-1;
	}
	return candidate;
}

static uint64_t cost(const int64_t *numbers, size_t count, int64_t from)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += bits(subtract(numbers[i], from));
	return sum;
}

static void add_cut(struct column_writer *writer)
{
	if (writer->cut_count < COLUMN_CUTS_MAX &&
	    (!writer->cut_count || writer->cuts[writer->cut_count - 1] < writer->bytes.length))
		writer->cuts[writer->cut_count++] = writer->bytes.length;
}

static void write_plane(struct column_writer *writer, const int64_t *numbers, size_t count, int64_t least, int shift)
{
	char *end;

	if (count >= PLANE_CUT_MIN)
		add_cut(writer);
	end = buffer_reserve(&writer->bytes, count);
	for (size_t i = 0; i < count; i++)
		end[i] = (char)(((uint64_t)numbers[i] - (uint64_t)least) >> shift);
	writer->bytes.length += count;
	if (count >= PLANE_CUT_MIN)
		add_cut(writer);
}

static void write_stream(struct column_writer *writer, const int64_t *numbers, size_t count)
{
	int64_t least = numbers[0], most = numbers[0];
	int width = 0;

	for (size_t i = 1; i < count; i++) {
		least = numbers[i] < least ? numbers[i] : least;
		most = numbers[i] > most ? numbers[i] : most;
	}
	for (uint64_t range = (uint64_t)most - (uint64_t)least; range; range >>= 8)
		width++;
	buffer_append_char(&writer->bytes, (char)width);
	write_signed(writer, least);
	for (int i = 0; i < width; i++)
		write_plane(writer, numbers, count, least, 8 * i);
}

// Cuts the column into its streams: heads and tails, each with all its differences. Returns the number of tails.
static size_t take_apart(struct column_writer *writer, const int64_t *numbers, const struct column_segments *segments)
{
	size_t tails = 0;

	for (size_t s = 0; s < segments->count; s++) {
		int64_t last = numbers[segments->at[s]], last_step = 0;

		writer->heads[0][s] = last;
		writer->heads[1][s] = s ? subtract(last, writer->heads[0][s - 1]) : last;
		for (size_t i = segments->at[s] + 1; i < segments->at[s + 1]; i++, tails++) {
			int64_t step = subtract(numbers[i], last);

			writer->tails[0][tails] = last = numbers[i];
			writer->tails[1][tails] = step;
			writer->tails[2][tails] = subtract(step, last_step);
			last_step = step;
		}
	}
	return tails;
}

static int cheapest_tails(const struct column_writer *writer, size_t count)
{
	uint64_t plain = cost(writer->tails[0], count, majority(writer->tails[0], count));
	uint64_t steps = cost(writer->tails[1], count, 0), bends = cost(writer->tails[2], count, 0);

	if (bends < steps && bends < plain)
		return 2;
	return steps < plain;
}

static int cheapest_heads(const struct column_writer *writer, size_t count)
{
	return cost(writer->heads[1], count, 0) < cost(writer->heads[0], count, majority(writer->heads[0], count));
}

void column_write(struct column_writer *writer, int64_t *numbers, const struct column_segments *segments)
{
	size_t count = segments->at[segments->count];

	if (all_equal(numbers, count)) {
		buffer_append_char(&writer->bytes, 0);
		write_signed(writer, numbers[0]);
		return;
	}
	int power = common_power(numbers, count);

	for (size_t i = 0; power && i < count; i++)
		numbers[i] = divide(numbers[i], power);
	size_t tails = take_apart(writer, numbers, segments);
	int tail_order = cheapest_tails(writer, tails), head_order = cheapest_heads(writer, segments->count);

	buffer_append_char(&writer->bytes, (char)(1 + tail_order + 4 * head_order));
	buffer_append_char(&writer->bytes, (char)power);
	write_stream(writer, writer->heads[head_order], segments->count);
	if (tails)
		write_stream(writer, writer->tails[tail_order], tails);
}

// Texts of a block mostly are few. When they are chosen to collide, some are written more than once.
static size_t find_text(struct column_writer *writer, struct slice text, size_t *count)
{
	size_t at = hash_bytes(text, 0) % (2 * COLUMN_ROWS_MAX);

	for (int probes = 0; probes < PROBES_MAX; probes++, at = (at + 1) % (2 * COLUMN_ROWS_MAX)) {
		if (!writer->slots[at]) {
			writer->slots[at] = (uint16_t)(*count + 1);
			break;
		}
		struct slice other = writer->texts[writer->slots[at] - 1];

		if (other.length == text.length && bytes_equal(other.data, text.data, text.length))
			return writer->slots[at] - 1u;
	}
	writer->texts[*count] = text;
	return (*count)++;
}

// Fills the table of texts and which of them each row is.
static size_t number_texts(struct column_writer *writer, const struct slice *texts, size_t rows)
{
	size_t count = 0;

	for (size_t i = 0; i < rows; i++) {
		struct slice text = texts[i];

		// The one before, or the one before that: two sensors take turns.
		if (i && texts[i - 1].length == text.length && bytes_equal(texts[i - 1].data, text.data, text.length)) {
			writer->rows[i] = writer->rows[i - 1];
			continue;
		}
		if (!count)
			memset(writer->slots, 0, sizeof writer->slots);
		writer->rows[i] = (int64_t)find_text(writer, text, &count);
	}
	return count;
}

void column_write_texts(struct column_writer *writer, const struct slice *texts, const struct column_segments *segments)
{
	size_t count = number_texts(writer, texts, segments->at[segments->count]);
	const struct column_segments whole = {(const uint32_t[]){0, (uint32_t)count}, 1};
	int64_t lengths[COLUMN_ROWS_MAX];

	column_write_unsigned(writer, count);
	for (size_t i = 0; i < count; i++)
		lengths[i] = (int64_t)writer->texts[i].length;
	column_write(writer, lengths, &whole);
	for (size_t i = 0; i < count; i++)
		buffer_append_slice(&writer->bytes, writer->texts[i]);
	add_cut(writer);
	if (count > 1)
		column_write(writer, writer->rows, segments);
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

static int read_byte(struct column_reader *reader, int most)
{
	if (reader->at == reader->end || *reader->at > most)
		return -1;
	return *reader->at++;
}

static int read_stream(struct column_reader *reader, int64_t *numbers, size_t count)
{
	int width = read_byte(reader, 8);
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
	int power = read_byte(reader, POWER_MAX);

	if (mode % 4 > 2 || power < 0 || read_stream(reader, heads, segments->count) < 0)
		return -1;
	if (count > segments->count && read_stream(reader, numbers + segments->count, count - segments->count) < 0)
		return -1;
	for (size_t s = 1; mode >= 4 && s < segments->count; s++)
		heads[s] = add(heads[s], heads[s - 1]);
	// What has been read lies behind what is written: there are as many heads as places before the tails.
	put_together(numbers, heads, numbers + segments->count, segments, mode % 4);
	for (size_t i = 0; power && i < count; i++)
		numbers[i] = (int64_t)((uint64_t)numbers[i] * (uint64_t)powers[power]);
	return 0;
}

int column_read(struct column_reader *reader, int64_t *numbers, const struct column_segments *segments)
{
	int mode = read_byte(reader, 7);
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
