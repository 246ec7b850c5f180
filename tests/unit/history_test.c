// A history in an SQLite file against a sorted array, through every way that items come in and go out.
#include "twin/history.h"

#include "history_items.h"
#include "scratch.h"
#include "twin/history_block.h"
#include "unit.h"

struct state {
	sqlite3 *database;
	struct history *history;
	struct item_model model;
	struct arena arena;
	uint64_t random;
	int64_t revision;
	struct error error;
};

static void run_sql(struct state *state, const char *sql)
{
	bool done = sqlite3_exec(state->database, sql, NULL, NULL, NULL) == SQLITE_OK;

	if (!done)
		printf("# %s: %s\n", sql, sqlite3_errmsg(state->database));
	CHECK(done);
}

static bool succeeds(const struct state *state, int result)
{
	if (result < 0)
		printf("# %s\n", state->error.message);
	return result >= 0;
}

static void open_store(struct state *state)
{
	CHECK(sqlite3_open("h.db", &state->database) == SQLITE_OK);
	run_sql(state, "PRAGMA synchronous = OFF");
	CHECK(succeeds(state, history_create_tables(state->database, &state->error)));
	state->history = history_new(state->database);
}

static void close_store(struct state *state)
{
	history_free(state->history);
	CHECK(sqlite3_close(state->database) == SQLITE_OK);
}

static void start(struct state *state, uint64_t seed)
{
	*state = (struct state){.random = seed};
	open_store(state);
}

static void stop(struct state *state)
{
	close_store(state);
	free(state->model.items);
	arena_release(&state->arena);
	CHECK(unlink("h.db") == 0);
}

static struct history_item *make_items(struct state *state, size_t count, uint32_t series, uint32_t range)
{
	struct history_item *items = memory_new_zeroed(count, sizeof *items);

	for (size_t i = 0; i < count; i++) {
		items[i] = random_item(&state->random, &state->arena, series, range);
		state->revision += random_below(&state->random, 3) != 0;
		items[i].revision = state->revision + 1;
	}
	return items;
}

static void append(struct state *state, size_t count, uint32_t series, uint32_t range)
{
	struct history_item *items = make_items(state, count, series, range);

	run_sql(state, "BEGIN IMMEDIATE");
	CHECK(succeeds(state, append_items(state->history, items, count, &state->error)));
	CHECK(succeeds(state, history_merge_step(state->history, count, &state->error)));
	run_sql(state, "COMMIT");
	model_add(&state->model, items, count);
	free(items);
}

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_named(const struct history_range *range, uint32_t series)
{
	return !range->series || bsearch(&series, range->series, range->series_count, sizeof series, compare_numbers);
}

static bool is_in(const struct history_range *range, const struct history_item *item)
{
	return is_named(range, item->series) && item->series >= range->first && item->series <= range->last &&
	    item->timestamp >= range->from && (item->timestamp < range->to || range->to == HISTORY_END);
}

static void compare(struct state *state, const struct history_range *range)
{
	struct history_cursor *cursor = history_cursor_open(state->history, range, &state->error);
	struct history_item item;
	size_t wrong = 0, extra = 0;
	int got = 0;

	CHECK(succeeds(state, cursor ? 0 : -1));
	for (size_t i = 0; cursor && i < state->model.count; i++) {
		size_t at = range->newest_first ? state->model.count - 1 - i : i;

		if (!is_in(range, &state->model.items[at]))
			continue;
		got = history_cursor_next(cursor, &item, &state->error);
		wrong += got <= 0 || !items_equal(&item, &state->model.items[at]);
	}
	while (cursor && (got = history_cursor_next(cursor, &item, &state->error)) > 0)
		extra++;
	CHECK(succeeds(state, got));
	CHECK(wrong == 0);
	CHECK(extra == 0);
	history_cursor_close(cursor);
}

static void compare_some(struct state *state, uint32_t series, uint32_t range, int times)
{
	for (int i = 0; i < times; i++) {
		struct history_range part = {
		    .first = (uint32_t)random_below(&state->random, series + 1),
		    .last = (uint32_t)random_below(&state->random, series + 1),
		    .from = random_instant(&state->random, range),
		    .to = random_instant(&state->random, range),
		    .newest_first = i % 2,
		};

		if (i % 3 == 0)
			part.last = part.first;
		if (i % 5 == 0)
			part.to = HISTORY_END;
		if (i % 7 == 0)
			part.from = HISTORY_BEGIN;
		compare(state, &part);
	}
}

// What is new since a revision: nothing is left out, nothing comes twice, and what was known before comes only as it was stored again.
static size_t compare_after(struct state *state, const struct history_range *range)
{
	struct history_cursor *cursor = history_cursor_open(state->history, range, &state->error);
	size_t lost = 0, wrong = 0, again = 0, i = 0;
	struct history_item item;
	int got;

	CHECK(succeeds(state, cursor ? 0 : -1));
	while (cursor && (got = history_cursor_next(cursor, &item, &state->error)) > 0) {
		const struct history_item *known = NULL;

		for (int order = 1; i < state->model.count && order > 0;) {
			known = &state->model.items[range->newest_first ? state->model.count - ++i : i++];
			order = history_item_compare(&item, known) * (range->newest_first ? -1 : 1);
			lost += order > 0 && is_in(range, known) && known->revision > range->after;
		}
		wrong += !known || history_item_compare(&item, known) != 0 || item.revision <= range->after;
		again += known && known->revision <= range->after;
		wrong += known && known->revision > range->after && !items_equal(&item, known);
	}
	for (; i < state->model.count; i++) {
		const struct history_item *known =
		    &state->model.items[range->newest_first ? state->model.count - 1 - i : i];

		lost += is_in(range, known) && known->revision > range->after;
	}
	CHECK(lost == 0);
	CHECK(wrong == 0);
	history_cursor_close(cursor);
	return again;
}

// Some series by name, few or many of those there are, and some that are not.
static void compare_named(struct state *state, uint32_t series, uint32_t range, int times)
{
	uint32_t *named = memory_new_zeroed(series + 2, sizeof *named);

	for (int i = 0; i < times; i++) {
		struct history_range part = {.from = random_instant(&state->random, range),
		    .to = random_instant(&state->random, range),
		    .newest_first = i % 2,
		    .series = named};
		uint64_t odds = 1 + random_below(&state->random, i % 4 ? series : 3);

		for (uint32_t number = 0; number <= series; number++)
			if (random_below(&state->random, odds) == 0)
				named[part.series_count++] = number;
		if (!part.series_count)
			continue;
		part.first = named[0];
		part.last = named[part.series_count - 1];
		if (i % 3)
			part.to = HISTORY_END;
		if (i % 5)
			part.from = HISTORY_BEGIN;
		compare(state, &part);
		part.newest_first = false;
		part.after = 1 + (int64_t)random_below(&state->random, (uint64_t)state->revision);
		(void)compare_after(state, &part);
	}
	free(named);
}

static size_t compare_after_some(struct state *state, uint32_t series, uint32_t range, int times)
{
	size_t again = 0;

	for (int i = 0; i < times; i++) {
		struct history_range part = HISTORY_EVERYTHING;

		part.newest_first = i % 2;
		part.after = 1 + (int64_t)random_below(&state->random, (uint64_t)state->revision);
		if (i % 3 == 0)
			part.first = part.last = (uint32_t)random_below(&state->random, series);
		if (i % 4 == 0)
			part.from = random_instant(&state->random, range);
		if (i % 5 == 0)
			part.to = random_instant(&state->random, range);
		again += compare_after(state, &part);
	}
	return again;
}

static void compare_all(struct state *state)
{
	struct history_range range = HISTORY_EVERYTHING;

	compare(state, &range);
	range.newest_first = true;
	compare(state, &range);
}

static void print_report(void *context, const char *message)
{
	(void)context;
	printf("# %s\n", message);
}

static void verify(struct state *state)
{
	CHECK(history_verify(state->history, state->revision + 1, print_report, NULL, &state->error) == 0);
}

static void check_totals(struct state *state)
{
	struct history_totals totals;
	int64_t oldest = HISTORY_END, newest = HISTORY_BEGIN;

	for (size_t i = 0; i < state->model.count; i++) {
		int64_t timestamp = state->model.items[i].timestamp;

		oldest = timestamp < oldest ? timestamp : oldest;
		newest = timestamp > newest ? timestamp : newest;
	}
	CHECK(succeeds(state, history_count(state->history, &totals, &state->error)));
	CHECK(totals.oldest == oldest);
	CHECK(totals.newest == newest);
	CHECK(totals.items >= state->model.count);
	CHECK((totals.runs > 0) == (state->model.count > 0));
	CHECK((totals.bytes > 0) == (state->model.count > 0));
}

static void check_random_life(uint64_t seed, size_t most, uint32_t series, uint32_t range, int rounds)
{
	struct state state;

	start(&state, seed);
	for (int i = 0; i < rounds; i++) {
		append(&state, 1 + random_below(&state.random, most), series, range);
		if (random_below(&state.random, 10) == 0) {
			close_store(&state);
			open_store(&state);
		}
		compare_some(&state, series, range, 2);
		compare_after_some(&state, series, range, 1);
	}
	compare_all(&state);
	compare_some(&state, series, range, 40);
	compare_after_some(&state, series, range, 40);
	check_totals(&state);
	verify(&state);
	stop(&state);
}

// Each step is taken back once before it counts: what a kill leaves behind.
static void check_rollbacks(void)
{
	struct state state;

	start(&state, 7);
	for (int i = 0; i < 60; i++) {
		size_t count = 1 + random_below(&state.random, 3000);
		struct history_item *items = make_items(&state, count, 5, 3000);

		for (int again = 0; again < 2; again++) {
			run_sql(&state, "BEGIN IMMEDIATE");
			CHECK(succeeds(&state, append_items(state.history, items, count, &state.error)));
			CHECK(succeeds(&state, history_merge_step(state.history, count, &state.error)));
			run_sql(&state, again ? "COMMIT" : "ROLLBACK");
			if (i % 20 == 0 && !again)
				compare_all(&state);
		}
		model_add(&state.model, items, count);
		free(items);
	}
	compare_all(&state);
	verify(&state);
	stop(&state);
}

static void compact(struct state *state, size_t budget)
{
	struct history_totals totals;
	int got;

	do {
		run_sql(state, "BEGIN IMMEDIATE");
		CHECK(succeeds(state, history_compact(state->history, budget, &state->error)));
		run_sql(state, "ROLLBACK");
		run_sql(state, "BEGIN IMMEDIATE");
		got = history_compact(state->history, budget, &state->error);
		CHECK(succeeds(state, got));
		run_sql(state, "COMMIT");
		compare_some(state, 5, 3000, 2);
	} while (got > 0);
	CHECK(succeeds(state, history_count(state->history, &totals, &state->error)));
	CHECK(totals.runs == 1);
	CHECK(totals.items == state->model.count);
	// All copies have met.
	CHECK(compare_after_some(state, 5, 3000, 30) == 0);
	check_totals(state);
}

static void check_compact(void)
{
	struct state state;

	start(&state, 11);
	for (int i = 0; i < 30; i++)
		append(&state, 1 + random_below(&state.random, 2000), 5, 3000);
	compact(&state, 5000);
	compare_all(&state);
	append(&state, 100, 5, 3000);
	compact(&state, 1);
	compare_all(&state);
	verify(&state);
	stop(&state);
}

static bool keep_some(void *context, const struct history_item *item)
{
	(void)context;
	return slice_is(item->sensor_id, "a") || item->series == 3;
}

static void retain_model(struct state *state, const struct history_retention *retention)
{
	size_t count = 0;

	for (size_t i = 0; i < state->model.count; i++) {
		const struct history_item *item = &state->model.items[i];

		if (item->series < retention->first || item->series > retention->last ||
		    item->timestamp >= retention->before || (retention->keep && retention->keep(NULL, item)))
			state->model.items[count++] = *item;
	}
	state->model.count = count;
}

// Merges go on in between, and one of them is under way when it begins.
static void retain(struct state *state, struct history_retention *retention)
{
	int got;

	do {
		run_sql(state, "BEGIN IMMEDIATE");
		got = history_retain(state->history, retention, 3000, &state->error);
		CHECK(succeeds(state, got));
		run_sql(state, "COMMIT");
		run_sql(state, "BEGIN IMMEDIATE");
		CHECK(succeeds(state, history_merge_step(state->history, 1500, &state->error)));
		run_sql(state, "COMMIT");
	} while (got > 0);
	retain_model(state, retention);
	compare_all(state);
	compare_after_some(state, 5, 3000, 10);
	check_totals(state);
	verify(state);
}

static void check_retain(void)
{
	int64_t middle = 1700000000000000000 + 1500 * INT64_C(1000000);
	struct state state;

	start(&state, 13);
	for (int i = 0; i < 39; i++)
		append(&state, 1500, 5, 3000);
	retain(&state, &(struct history_retention){.first = 1, .last = 4, .before = middle, .keep = keep_some});
	for (int i = 0; i < 8; i++)
		append(&state, 1500, 5, 3000);
	retain(&state, &(struct history_retention){.first = 2, .last = 2, .before = middle + 1000000000});
	retain(&state, &(struct history_retention){.last = UINT32_MAX, .before = INT64_MAX});
	CHECK(state.model.count > 0);
	retain(&state, &(struct history_retention){.last = UINT32_MAX, .before = INT64_MIN});
	stop(&state);
}

// Series that fill blocks, the same items again and again, and values too large for a block.
static void check_large(void)
{
	struct state state;
	char *text = memory_new(600000);
	struct history_item item = {.series = 4, .live = true, .quality = 1};

	memset(text, 'x', 600000);
	text[0] = text[599999] = '"';
	item.sensor_id = item.unit = item.command_id = item.origin = item.rest = SLICE_EMPTY;
	item.value = slice_of(text, 600000);
	start(&state, 17);
	for (int i = 0; i < 20; i++) {
		append(&state, 9000, 2, 40000);
		item.timestamp = i % 12;
		item.revision = ++state.revision;
		run_sql(&state, "BEGIN");
		CHECK(succeeds(&state, append_items(state.history, &item, 1, &state.error)));
		run_sql(&state, "COMMIT");
		model_add(&state.model, &item, 1);
	}
	compare_all(&state);
	compare_some(&state, 5, 40000, 20);
	compact(&state, 10000);
	compare_all(&state);
	verify(&state);
	stop(&state);
	free(text);
}

static void count_report(void *context, const char *message)
{
	(void)message;
	++*(int *)context;
}

static void check_damage(const char *sql, int reports)
{
	struct state state;
	int count = 0;

	start(&state, 19);
	append(&state, 2000, 3, 1000);
	append(&state, 2000, 3, 1000);
	CHECK(history_verify(state.history, state.revision + 1, count_report, &count, &state.error) == 0);
	run_sql(&state, sql);
	CHECK(history_verify(state.history, state.revision + 1, count_report, &count, &state.error) == 1);
	CHECK(count == reports);
	stop(&state);
}

static void check_revisions(void)
{
	struct state state;
	int count = 0;

	start(&state, 41);
	append(&state, 2000, 3, 1000);
	CHECK(history_verify(state.history, state.revision, count_report, &count, &state.error) == 1);
	CHECK(count == 1);
	stop(&state);
}

static void check_damaged_read(void)
{
	const struct history_range range = HISTORY_EVERYTHING;
	struct history_cursor *cursor;
	struct state state;

	start(&state, 23);
	append(&state, 2000, 3, 1000);
	run_sql(&state, "UPDATE history_block SET data = substr(data, 1, 500) || x'00' || substr(data, 502)");
	cursor = history_cursor_open(state.history, &range, &state.error);
	CHECK(!cursor);
	CHECK(strstr(state.error.message, "block 16777216 of run 1: damaged"));
	stop(&state);
}

static bool reads(struct state *state, const struct history_range *range, size_t want)
{
	struct history_cursor *cursor = history_cursor_open(state->history, range, &state->error);
	struct history_item item;
	size_t count = 0;
	int got = -1;

	while (cursor && (got = history_cursor_next(cursor, &item, &state->error)) > 0)
		count++;
	history_cursor_close(cursor);
	return got == 0 && count == want;
}

// What is damaged shows what is read.
static void check_blocks_passed_over(void)
{
	const size_t count = 3 * HISTORY_BLOCK_ROWS;
	const int64_t middle = HISTORY_BLOCK_ROWS;
	struct history_item *items = memory_new_zeroed(count, sizeof *items);
	struct history_range range = HISTORY_EVERYTHING;
	struct state state;

	start(&state, 37);
	for (size_t i = 0; i < count; i++) {
		items[i] = random_item(&state.random, &state.arena, 1, 1);
		items[i].timestamp = (int64_t)i;
		items[i].revision = (int64_t)i + 1;
	}
	CHECK(succeeds(&state, append_items(state.history, items, count, &state.error)));
	items[0].revision = (int64_t)count + 1;
	CHECK(succeeds(&state, append_items(state.history, items, 1, &state.error)));
	run_sql(&state, "UPDATE history_block SET data = x'00' WHERE id = 16777216");
	CHECK(!reads(&state, &range, count));
	range.after = middle;
	for (int backwards = 0; backwards < 2; backwards++) {
		range.newest_first = backwards;
		CHECK(reads(&state, &range, count - (size_t)middle + 1));
		range.from = middle;
		CHECK(reads(&state, &range, count - (size_t)middle));
		range.from = HISTORY_BEGIN;
	}
	range.after = 0;
	range.from = middle;
	range.to = 2 * middle;
	CHECK(reads(&state, &range, (size_t)middle));
	range.newest_first = false;
	CHECK(reads(&state, &range, (size_t)middle));
	run_sql(&state, "UPDATE history_block SET data = x'00' WHERE id < 33554432");
	range = HISTORY_EVERYTHING;
	range.after = (int64_t)count;
	CHECK(reads(&state, &range, 1));
	items[0].revision = 0;
	CHECK(append_items(state.history, items, 1, &state.error) < 0);
	stop(&state);
	free(items);
}

static void check_series_passed_over(void)
{
	const size_t count = 7 * HISTORY_BLOCK_ROWS;
	struct history_item *items = memory_new_zeroed(count, sizeof *items);
	struct history_range range = {.last = 6,
	    .from = HISTORY_BEGIN,
	    .to = HISTORY_END,
	    .series = (const uint32_t[]){0, 3, 6},
	    .series_count = 3};
	struct state state;

	start(&state, 41);
	for (size_t i = 0; i < count; i++) {
		items[i] = random_item(&state.random, &state.arena, 1, 1);
		items[i].series = (uint32_t)(i / HISTORY_BLOCK_ROWS);
		items[i].timestamp = (int64_t)i;
		items[i].revision = (int64_t)i + 1;
	}
	CHECK(succeeds(&state, append_items(state.history, items, count, &state.error)));
	run_sql(&state, "UPDATE history_block SET data = x'00' WHERE series IN (2, 4, 5) AND last_series = series");
	for (int backwards = 0; backwards < 2; backwards++) {
		range.newest_first = backwards;
		CHECK(reads(&state, &range, 3 * HISTORY_BLOCK_ROWS));
	}
	range.series = NULL;
	CHECK(!reads(&state, &range, count));
	stop(&state);
	free(items);
}

static void check_join_text(void)
{
	struct history_item a = {
	    .live = true, .quality = 1, .timestamp = 5, .has_received = true, .received = 9, .revision = 3};
	struct history_item b, got;
	const struct history_range range = {.from = 5, .to = 6};
	struct history_cursor *cursor;
	struct state state;

	a.sensor_id = a.unit = a.command_id = a.rest = SLICE_EMPTY;
	a.value = SLICE_LITERAL("1.50");
	a.origin = SLICE_LITERAL("f:10");
	b = a;
	b.received = 7;
	b.origin = SLICE_LITERAL("f:9");
	b.revision = 2;
	start(&state, 29);
	CHECK(succeeds(&state, append_items(state.history, &a, 1, &state.error)));
	CHECK(succeeds(&state, append_items(state.history, &b, 1, &state.error)));
	cursor = history_cursor_open(state.history, &range, &state.error);
	CHECK(cursor && history_cursor_next(cursor, &got, &state.error) == 1);
	CHECK(got.received == 7);
	CHECK(got.revision == 2);
	CHECK_TEXT(got.origin, "f:9");
	CHECK_TEXT(got.value, "1.50");
	CHECK(cursor && history_cursor_next(cursor, &got, &state.error) == 0);
	history_cursor_close(cursor);
	b.has_received = false;
	b.origin = SLICE_EMPTY;
	CHECK(succeeds(&state, append_items(state.history, &b, 1, &state.error)));
	cursor = history_cursor_open(state.history, &range, &state.error);
	CHECK(cursor && history_cursor_next(cursor, &got, &state.error) == 1);
	CHECK(!got.has_received);
	CHECK_TEXT(got.origin, "f:9");
	history_cursor_close(cursor);
	stop(&state);
}

static void join_smaller(void *context, struct slice a, struct slice b, struct buffer *joined)
{
	++*(int *)context;
	buffer_append_slice(joined, slice_compare(a, b) < 0 ? a : b);
}

static void check_rest(struct state *state, const char *want)
{
	struct history_cursor *cursor = history_cursor_open(state->history, &HISTORY_EVERYTHING, &state->error);
	struct history_item got = {.rest = SLICE_EMPTY};

	CHECK(cursor && history_cursor_next(cursor, &got, &state->error) == 1);
	CHECK_TEXT(got.rest, want);
	CHECK(cursor && history_cursor_next(cursor, &got, &state->error) == 0);
	history_cursor_close(cursor);
}

static void check_join_rest(void)
{
	struct history_item items[2];
	struct state state;
	int calls = 0;

	start(&state, 31);
	items[0] = random_item(&state.random, &state.arena, 1, 10);
	items[0].rest = SLICE_LITERAL("{\"a\":1}");
	items[1] = items[0];
	items[1].rest = SLICE_LITERAL("{\"b\":1}");
	for (int i = 0; i < 2; i++)
		CHECK(succeeds(&state, append_items(state.history, &items[i], 1, &state.error)));
	check_rest(&state, "{\"b\":1}");
	history_set_join(state.history, join_smaller, &calls);
	check_rest(&state, "{\"a\":1}");
	CHECK(calls == 1);
	CHECK(succeeds(&state, append_items(state.history, items, 2, &state.error)));
	CHECK(calls == 2);
	check_rest(&state, "{\"a\":1}");
	stop(&state);
}

// One run and several; series that fill blocks, and blocks that are full of series.
static void check_named(void)
{
	static const struct {
		size_t count;
		uint32_t series, range;
	} cases[] = {{300, 3, 200}, {20000, 3, 100000}, {20000, 4000, 60}, {20000, 40, 3000}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct state state;

		start(&state, i + 7);
		append(&state, cases[i].count, cases[i].series, cases[i].range);
		compare_named(&state, cases[i].series, cases[i].range, 40);
		for (int run = 0; run < 5; run++)
			append(&state, cases[i].count / 10, cases[i].series, cases[i].range);
		compare_named(&state, cases[i].series, cases[i].range, 40);
		stop(&state);
	}
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("small commits of few series come back in order, each distinct item once")
	check_random_life(1, 30, 3, 60, 200);
	TEST("series that are named come back without those between them")
	check_named();
	TEST("large commits of many series come back in order, each distinct item once")
	check_random_life(2, 3000, 40, 4000, 60);
	TEST("items of one series come back in order, each distinct item once")
	check_random_life(3, 2000, 1, 30000, 60);
	TEST("a step that is rolled back leaves no trace")
	check_rollbacks();
	TEST("compacting ends in one run of all items without copies")
	check_compact();
	TEST("retention removes what is old and not kept, also while merges go on")
	check_retain();
	TEST("series that fill blocks and values larger than a block come back")
	check_large();
	TEST("blocks that hold nothing new, or nothing of the time asked for, are not read")
	check_blocks_passed_over();
	TEST("blocks that lie between those of named series are not read")
	check_series_passed_over();
	TEST("of equal items the smallest received, origin and revision stay, and none is smaller than any received")
	check_join_text();
	TEST("the other members of equal items are joined by the owner's rule")
	check_join_rest();
	TEST("a damaged block is an error that names it")
	check_damaged_read();
	TEST("verify finds a changed byte")
	check_damage(
	    "UPDATE history_block SET data = substr(data, 1, 500) || x'00' || substr(data, 502) WHERE run = 1", 1);
	TEST("verify finds a label that is not the block's")
	check_damage("UPDATE history_block SET last_timestamp = last_timestamp - 1 WHERE run = 1", 1);
	check_damage("UPDATE history_block SET newest = newest - 1 WHERE run = 1", 1);
	check_damage("UPDATE history_block SET oldest = oldest + 1 WHERE run = 1", 1);
	check_damage("UPDATE history_block SET revision = revision - 1 WHERE run = 1", 1);
	check_damage("UPDATE history_block SET bytes = bytes + 1 WHERE run = 1", 1);
	TEST("verify finds a run that says a smaller revision than its blocks")
	check_damage("UPDATE history_run SET revision = revision - 1 WHERE id = 1", 1);
	TEST("verify finds a block that is missing")
	check_damage("DELETE FROM history_block WHERE run = 2", 1);
	TEST("verify finds a run that is missing")
	check_damage("DELETE FROM history_run WHERE id = 2", 1);
	TEST("verify finds a merge that is missing")
	check_damage("UPDATE history_run SET merge = 9 WHERE id = 2", 1);
	TEST("verify finds blocks that overlap")
	check_damage("INSERT INTO history_block SELECT id + 1, run, series, timestamp, last_series, last_timestamp, "
		     "oldest, newest,"
		     " revision, items, bytes, data"
		     " FROM history_block WHERE id = 16777216; UPDATE history_run SET items = 2 * items WHERE id = 1",
	    1);
	TEST("verify finds revisions that the store has not come to")
	check_revisions();
	scratch_leave(scratch);
	return unit_end();
}
