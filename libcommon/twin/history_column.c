#include "twin/history_column.h"

#include "base/hash.h"

// Shorter planes are not worth statistics of their own.
#define PLANE_CUT_MIN 256
#define PROBES_MAX    64

static inline uint64_t zigzag(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}

static inline int64_t subtract(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
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

static int common_power(const int64_t *numbers, size_t count)
{
	int power = COLUMN_POWER_MAX;

	for (size_t i = 0; i < count && power; i++)
		while (divide(numbers[i], power) * column_powers[power] != numbers[i])
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

// Of many numbers, some tell enough; a step that is not even does not fall in with what alternates.
static size_t step_through(size_t count)
{
	return count > 512 ? 5 : 1;
}

// The number that more than half of them are, if there is one (Boyer, Moore 1981).
static int64_t majority(const int64_t *numbers, size_t count)
{
	size_t votes = 0, step = step_through(count);
	int64_t candidate = 0;

	for (size_t i = 0; i < count; i += step) {
		if (!votes)
			candidate = numbers[i];
		votes += numbers[i] == candidate ? (size_t)1 : (size_t)-1;
	}
	return candidate;
}

static uint64_t cost(const int64_t *numbers, size_t count, int64_t from)
{
	size_t step = step_through(count);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i += step)
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

// Which differences are the cheapest, and what they cost.
static int cheapest_tails(const struct column_writer *writer, size_t count, uint64_t *least)
{
	uint64_t plain = cost(writer->tails[0], count, majority(writer->tails[0], count));
	uint64_t steps = cost(writer->tails[1], count, 0), bends = cost(writer->tails[2], count, 0);
	int order = steps < plain;

	*least = order ? steps : plain;
	if (bends >= *least)
		return order;
	*least = bends;
	return 2;
}

static int cheapest_heads(const struct column_writer *writer, size_t count, uint64_t *least)
{
	uint64_t plain = cost(writer->heads[0], count, majority(writer->heads[0], count));
	uint64_t steps = cost(writer->heads[1], count, 0);

	*least = steps < plain ? steps : plain;
	return steps < plain;
}

uint64_t column_cost(struct column_writer *writer, const int64_t *numbers, const struct column_segments *segments)
{
	uint64_t tails, heads;

	(void)cheapest_tails(writer, take_apart(writer, numbers, segments), &tails);
	(void)cheapest_heads(writer, segments->count, &heads);
	return tails + heads;
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
	uint64_t ignored;
	int tail_order = cheapest_tails(writer, tails, &ignored);
	int head_order = cheapest_heads(writer, segments->count, &ignored);

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
		if (i && texts[i - 1].length == text.length &&
		    (texts[i - 1].data == text.data || bytes_equal(texts[i - 1].data, text.data, text.length))) {
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
