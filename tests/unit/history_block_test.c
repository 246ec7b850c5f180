// Blocks of history: what goes in comes out byte for byte, and nothing else is taken for a block.
#include "twin/history_block.h"

#include "history_items.h"
#include "unit.h"

struct state {
	struct history_codec *codec;
	struct buffer data;
	struct history_block block;
	struct history_extent extent;
	struct arena arena;
	uint64_t random;
	struct error error;
};

// Encodes the items of a model, that is in order and without copies.
static int encode(struct state *state, const struct item_model *model)
{
	struct history_row *rows = memory_new_zeroed(model->count, sizeof *rows);
	const struct history_row **pointers = memory_new(model->count * sizeof *pointers);

	for (size_t i = 0; i < model->count; i++) {
		history_row_set(&rows[i], &model->items[i]);
		pointers[i] = &rows[i];
	}
	buffer_reset(&state->data);
	int result = history_encode(state->codec, pointers, model->count, &state->data, &state->extent, &state->error);

	free(rows);
	free(pointers);
	return result;
}

static int decode(struct state *state, size_t length)
{
	return history_decode(state->codec, state->data.data, length, &state->block, &state->error);
}

static void check_round_trip(struct state *state, const struct item_model *model)
{
	struct history_text text = HISTORY_TEXT_INIT;
	size_t wrong = 0;

	CHECK(encode(state, model) == 0);
	CHECK(decode(state, state->data.length) == 0);
	CHECK(state->block.count == model->count);
	for (size_t i = 0; i < model->count && i < state->block.count; i++) {
		struct history_item item = history_row_item(&state->block.rows[i], &text);

		wrong += !items_equal(&item, &model->items[i]);
	}
	CHECK(wrong == 0);
	buffer_release(&text.origin);
}

static void fill(struct state *state, struct item_model *model, size_t count, uint32_t series, uint32_t range)
{
	struct history_item *items = memory_new_zeroed(count, sizeof *items);

	for (size_t i = 0; i < count; i++)
		items[i] = random_item(&state->random, &state->arena, series, range);
	*model = (struct item_model){0};
	model_add(model, items, count);
	free(items);
}

static void check_random(struct state *state)
{
	struct item_model model;

	for (int i = 0; i < 300; i++) {
		uint32_t series = 1 + (uint32_t)random_below(&state->random, 1u << random_below(&state->random, 12));

		fill(state, &model, 1 + random_below(&state->random, 1u << random_below(&state->random, 13)), series,
		    5000);
		if (model.count > HISTORY_BLOCK_ROWS)
			model.count = HISTORY_BLOCK_ROWS;
		check_round_trip(state, &model);
		free(model.items);
	}
}

static struct history_item plain_item(int64_t timestamp, struct slice value)
{
	return (struct history_item){
	    .live = true,
	    .quality = 1,
	    .timestamp = timestamp,
	    .revision = 1,
	    .sensor_id = SLICE_EMPTY,
	    .value = value,
	    .unit = SLICE_EMPTY,
	    .command_id = SLICE_EMPTY,
	    .origin = SLICE_EMPTY,
	    .rest = SLICE_EMPTY,
	};
}

// One series of these values, one after the other.
static void check_values(struct state *state, const char *const *values, size_t count)
{
	struct history_item items[32];

	for (size_t i = 0; i < count; i++)
		items[i] = plain_item((int64_t)i, slice_from_string(values[i]));
	check_round_trip(state, &(struct item_model){items, count});
}

#define CHECK_VALUES(state, ...)                                                                                       \
	check_values(                                                                                                  \
	    state, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void check_numbers(struct state *state)
{
	CHECK_VALUES(state, "1.50", "1.5", "1.500", "1", "1.0", "10", "0", "0.0", "0.00", "-0", "-0.0", "-1", "-0.5");
	CHECK_VALUES(state, "1e3", "1E3", "1e+3", "-1.5e-7", "0e0", "1000");
	CHECK_VALUES(state, "999999999999999999", "1000000000000000000", "9223372036854775807", "9223372036854775808",
	    "-9223372036854775808", "18446744073709551616", "123456789012345678901234567890.5");
	// No common number of decimals fits 64 bits.
	CHECK_VALUES(state, "999999999999999999", "0.00000000000000001", "0.12345678901234567", "-99999999999999999.9");
	CHECK_VALUES(state, "0.1234567890123456789", "0.000000000000000001", "0.0000000000000000001");
	CHECK_VALUES(state, "1.25", "\"off\"", "1.5", "true", "null", "", "[1,2]", "{\"a\":1.0}", "1.75", "\"1.75\"");
}

static void check_instants(struct state *state)
{
	const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
	struct history_item items[14];

	for (size_t i = 0; i < 14; i++) {
		items[i] = plain_item(times[i % 7], SLICE_LITERAL("0"));
		items[i].series = i < 7 ? 0 : UINT32_MAX;
		items[i].has_received = i % 2;
		items[i].received = items[i].has_received ? times[6 - i % 7] : 0;
		items[i].counter = times[(i + 3) % 7];
		items[i].seq = times[(i + 5) % 7];
	}
	check_round_trip(state, &(struct item_model){items, 14});
}

static void check_origins(struct state *state)
{
	const char *const origins[] = {"a.csv:1", "a.csv:2", "a.csv:02", "a.csv:", ":5", "5", "a:b:7", "", "a.csv:0",
	    "a.csv:999999999999999999", "a.csv:1000000000000000000", "a.csv:-1", ":", "a.csv:3"};
	struct history_item items[14];

	for (size_t i = 0; i < 14; i++) {
		items[i] = plain_item((int64_t)i, SLICE_LITERAL("1"));
		items[i].origin = slice_from_string(origins[i]);
	}
	check_round_trip(state, &(struct item_model){items, 14});
}

static void check_qualities(struct state *state)
{
	struct history_item items[102];

	for (size_t i = 0; i < 102; i++) {
		items[i] = plain_item((int64_t)i, SLICE_LITERAL("1"));
		items[i].quality = (double)i / 100;
	}
	check_round_trip(state, &(struct item_model){items, 101});
	items[101].quality = 1.0 / 3;
	check_round_trip(state, &(struct item_model){items, 102});
}

// Bytes of a block of `count` readings of one series, a walk or a constant.
static size_t size_of_series(struct state *state, size_t count, bool walk)
{
	struct history_item *items = memory_new(count * sizeof *items);
	int64_t timestamp = 1735689600000000000, value = 20250;
	char text[32];

	for (size_t i = 0; i < count; i++) {
		timestamp += 1000000 * (walk ? 1 + (int64_t)random_below(&state->random, 1000000) : 10000);
		value +=
		    walk ? (int64_t)random_below(&state->random, 801) - 400 : random_below(&state->random, 20) == 0;
		int length = snprintf(
		    text, sizeof text, "%lld.%03lld", (long long)(value / 1000) + 100, (long long)llabs(value % 1000));

		items[i] = plain_item(timestamp, arena_dup(&state->arena, slice_of(text, (size_t)length)));
		items[i].unit = SLICE_LITERAL("m3/h");
		items[i].sensor_id = SLICE_LITERAL("a");
		items[i].quality = walk && random_below(&state->random, 10) == 0 ? 0.25 : 1;
	}
	check_round_trip(state, &(struct item_model){items, count});
	free(items);
	return state->data.length;
}

// Readings of 16 series that take turns, with revisions as the test says.
static size_t size_of_revisions(struct state *state, int64_t (*revision)(struct state *state, int64_t number))
{
	struct history_item *items = memory_new(HISTORY_BLOCK_ROWS * sizeof *items);

	for (size_t i = 0; i < HISTORY_BLOCK_ROWS; i++) {
		int64_t number = (int64_t)(i % (HISTORY_BLOCK_ROWS / 16) * 16 + i / (HISTORY_BLOCK_ROWS / 16));

		items[i] = plain_item(1735689600000000000 + number * 10000000, SLICE_LITERAL("1"));
		items[i].series = (uint32_t)(i / (HISTORY_BLOCK_ROWS / 16));
		items[i].revision = revision(state, number);
	}
	check_round_trip(state, &(struct item_model){items, HISTORY_BLOCK_ROWS});
	free(items);
	return state->data.length;
}

static int64_t same_revision(struct state *state, int64_t number)
{
	(void)state;
	(void)number;
	return 7;
}

static int64_t rising_revision(struct state *state, int64_t number)
{
	(void)state;
	return 1000000 + 3 * number;
}

static int64_t falling_revision(struct state *state, int64_t number)
{
	(void)state;
	return INT64_MAX - 5 * number;
}

static int64_t scattered_revision(struct state *state, int64_t number)
{
	return 1000000 + 1000 * number + (int64_t)random_below(&state->random, 64);
}

static int64_t any_revision(struct state *state, int64_t number)
{
	(void)number;
	return 1 + (int64_t)(random_word(&state->random) >> 1) % INT64_MAX;
}

static void check_revisions(struct state *state)
{
	size_t least = size_of_revisions(state, same_revision);

	CHECK(size_of_revisions(state, rising_revision) < least + HISTORY_BLOCK_ROWS / 16);
	CHECK(size_of_revisions(state, falling_revision) < least + HISTORY_BLOCK_ROWS / 16);
	CHECK(size_of_revisions(state, scattered_revision) < least + HISTORY_BLOCK_ROWS);
	CHECK(size_of_revisions(state, any_revision) > least + 7 * HISTORY_BLOCK_ROWS);
}

static void check_no_revision(struct state *state)
{
	struct history_item item = plain_item(5, SLICE_LITERAL("1"));

	item.revision = 0;
	CHECK(encode(state, &(struct item_model){&item, 1}) == 0);
	CHECK(decode(state, state->data.length) < 0);
}

// The labels that blocks are chosen by.
static void check_extent(struct state *state)
{
	struct item_model model;
	struct history_extent want = {INT64_MAX, INT64_MIN, 0};

	fill(state, &model, 500, 7, 500);
	CHECK(encode(state, &model) == 0);
	CHECK(decode(state, state->data.length) == 0);
	for (size_t i = 0; i < model.count; i++) {
		const struct history_item *item = &model.items[i];

		want.oldest = item->timestamp < want.oldest ? item->timestamp : want.oldest;
		want.newest = item->timestamp > want.newest ? item->timestamp : want.newest;
		want.revision = item->revision > want.revision ? item->revision : want.revision;
	}
	for (int i = 0; i < 2; i++) {
		const struct history_extent *got = i ? &state->block.extent : &state->extent;

		CHECK(got->oldest == want.oldest && got->newest == want.newest && got->revision == want.revision);
	}
	free(model.items);
}

static void check_damage(struct state *state)
{
	struct item_model model;
	size_t taken = 0;

	fill(state, &model, 300, 7, 500);
	CHECK(encode(state, &model) == 0);
	for (size_t i = 0; i < state->data.length; i++) {
		taken += decode(state, i) == 0;
		for (int bit = 0; bit < 8; bit++) {
			state->data.data[i] ^= (char)(1 << bit);
			taken += decode(state, state->data.length) == 0 && state->block.count != model.count;
			state->data.data[i] ^= (char)(1 << bit);
		}
	}
	CHECK(taken == 0);
	CHECK(decode(state, state->data.length) == 0);
	free(model.items);
}

// Encoding does not look at the order: reading does.
static void check_order(struct state *state)
{
	struct history_item items[3] = {
	    plain_item(5, SLICE_LITERAL("1")), plain_item(4, SLICE_LITERAL("1")), plain_item(5, SLICE_LITERAL("1"))};

	CHECK(encode(state, &(struct item_model){items, 2}) == 0);
	CHECK(decode(state, state->data.length) < 0);
	CHECK_TEXT(slice_from_string(state->error.message), "damaged: item 2 is out of order");
	items[1] = items[0];
	CHECK(encode(state, &(struct item_model){items, 2}) == 0);
	CHECK(decode(state, state->data.length) < 0);
	items[0].series = 2;
	items[1].series = 1;
	CHECK(encode(state, &(struct item_model){items, 2}) == 0);
	CHECK(decode(state, state->data.length) < 0);
}

int main(void)
{
	struct state state = {.codec = history_codec_new(), .random = 5};

	TEST("random items come back byte for byte")
	check_random(&state);
	TEST("numbers keep their spelling")
	check_numbers(&state);
	TEST("the first and the last instants come back")
	check_instants(&state);
	TEST("origins keep their spelling")
	check_origins(&state);
	TEST("qualities come back, hundredths and others")
	check_qualities(&state);
	TEST("a random walk at random times takes at most 5 bytes a reading")
	CHECK(size_of_series(&state, HISTORY_BLOCK_ROWS, true) < 5 * HISTORY_BLOCK_ROWS);
	TEST("a regular reading that seldom changes takes at most a fifth of a byte")
	CHECK(size_of_series(&state, HISTORY_BLOCK_ROWS, false) < HISTORY_BLOCK_ROWS / 5);
	TEST("a single reading takes less than 150 bytes")
	CHECK(size_of_series(&state, 1, true) < 150);
	TEST("revisions that rise or fall with time take little, and any others come back")
	check_revisions(&state);
	TEST("an item without revision is damage")
	check_no_revision(&state);
	TEST("the extent of a block is that of its items")
	check_extent(&state);
	TEST("cut short or changed by a bit, a block is not read as another")
	check_damage(&state);
	TEST("rows that do not ascend are damage")
	check_order(&state);
	history_codec_free(state.codec);
	history_block_release(&state.block);
	buffer_release(&state.data);
	arena_release(&state.arena);
	return unit_end();
}
