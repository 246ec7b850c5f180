#define _GNU_SOURCE // qsort_r
// Timelines of a store against a sorted array: as a merge of cursors and sorted, whole and in part, the newest only, by what was known and stored.
#include "twin/store_timeline.h"

#include "history_items.h"
#include "io/shared_options.h"
#include "scratch.h"
#include "twin/history_pack.h"
#include "twin/store.h"
#include "unit.h"

struct state {
	struct store store;
	struct item_model model; // by series and key
	struct store_series *series;
	uint32_t series_count; // their numbers begin with 1
	struct arena arena;
	uint64_t random;
	struct error error;
};

static bool succeeds(const struct state *state, int result)
{
	if (result < 0)
		printf("# %s\n", state->error.message);
	return result >= 0;
}

// Names are short, so that some are prefixes of others, and do not ascend with the numbers.
static void add_series(struct state *state, uint32_t number)
{
	struct store_series *series = &state->series[number - 1];
	struct buffer sql = BUFFER_INIT;
	uint32_t twin = (number - 1) / 8 + 1;
	char entity_id[16], path[16];
	int entity_length = snprintf(entity_id, sizeof entity_id, "%x", twin * 7919 % 1024);
	int path_length = snprintf(path, sizeof path, "p%x", number % 8 * 5 % 8);

	*series = (struct store_series){.number = number,
	    .kind = (int)((number * 3 + number / 8) % (SERIES_FORECAST + 1)),
	    .entity_id = arena_dup(&state->arena, slice_of(entity_id, (size_t)entity_length)),
	    .path = arena_dup(&state->arena, slice_of(path, (size_t)path_length))};
	if (number % 11 == 0)
		series->kind = SERIES_REFUSED;
	buffer_printf(&sql,
	    "INSERT OR IGNORE INTO twins VALUES (%u, '%s', NULL, 0, ''); INSERT INTO series VALUES (%u, %u, %d, '%s')",
	    twin, entity_id, number, twin, series->kind, path);
	CHECK(succeeds(state, store_execute(&state->store, buffer_string(&sql), &state->error)));
	buffer_release(&sql);
}

static void append(struct state *state, size_t count, uint32_t range)
{
	struct history *history = history_new(state->store.database);
	struct history_item *items = memory_new_zeroed(count, sizeof *items);

	for (size_t i = 0; i < count; i++) {
		items[i] = random_item(&state->random, &state->arena, state->series_count, range);
		items[i].series++;
		// As a store writes them, and so that of two that meet the larger stays.
		items[i].rest = RANDOM_CHOICE(&state->random, "", "", "{\"ack\":{\"a\":1}}", "{\"ack\":{\"b\":1}}");
	}
	CHECK(succeeds(state, store_begin(&state->store, &state->error)));
	CHECK(succeeds(state, append_items(history, items, count, &state->error)));
	CHECK(succeeds(state, store_commit(&state->store, &state->error)));
	model_add(&state->model, items, count);
	free(items);
	history_free(history);
}

static void start(struct state *state, uint32_t series_count, size_t runs, size_t count, uint32_t range)
{
	*state = (struct state){.random = series_count + runs, .series_count = series_count};
	CHECK(succeeds(state, store_open(&state->store, "s.twin", STORE_CREATE, 0, true, &state->error)));
	CHECK(succeeds(state, store_execute(&state->store, "PRAGMA synchronous = OFF", &state->error)));
	state->series = memory_new_zeroed(series_count, sizeof *state->series);
	CHECK(succeeds(state, store_begin(&state->store, &state->error)));
	for (uint32_t number = 1; number <= series_count; number++)
		add_series(state, number);
	CHECK(succeeds(state, store_commit(&state->store, &state->error)));
	for (size_t i = 0; i < runs; i++)
		append(state, count, range);
}

static void stop(struct state *state)
{
	store_close(&state->store);
	free(state->model.items);
	free(state->series);
	arena_release(&state->arena);
	CHECK(unlink("s.twin") == 0);
}

// The plain way: all that are asked for, sorted.
struct wanted {
	const struct history_item **items;
	size_t count;
	const struct state *state;
};

static bool is_wanted(
    const struct state *state, const struct store_timeline_question *question, const struct history_item *item)
{
	const struct store_series *series = &state->series[item->series - 1];

	return item->timestamp >= question->from && (item->timestamp < question->to || question->to == HISTORY_END) &&
	    (question->types & STORE_RECORD_BIT(store_record_type(series, item))) &&
	    (!item->has_received || item->received <= question->known_at) && item->revision <= question->revision &&
	    item->revision > question->after &&
	    (!question->entities || globs_match(question->entities, series->entity_id));
}

static int compare_wanted(const void *a, const void *b, void *context)
{
	const struct history_item *x = *(const struct history_item *const *)a,
				  *y = *(const struct history_item *const *)b;
	const struct state *state = context;
	const struct store_series *s = &state->series[x->series - 1], *t = &state->series[y->series - 1];

	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	int order = slice_compare(s->entity_id, t->entity_id);

	if (!order)
		order = slice_compare(s->path, t->path);
	if (!order)
		order = s->kind - t->kind;
	return order ? order : history_item_compare(x, y);
}

// The model has the items of a series behind each other: of those that are wanted, the last stay.
static void find_wanted(struct state *state, const struct store_timeline_question *question, struct wanted *wanted)
{
	uint64_t found = 0;

	*wanted = (struct wanted){.items = memory_new_zeroed(state->model.count + 1, sizeof *wanted->items)};
	for (size_t i = state->model.count; i-- > 0;) {
		const struct history_item *item = &state->model.items[i];

		if (i + 1 < state->model.count && item[1].series != item->series)
			found = 0;
		if (is_wanted(state, question, item) && (!question->last || found++ < question->last))
			wanted->items[wanted->count++] = item;
	}
	qsort_r(wanted->items, wanted->count, sizeof *wanted->items, compare_wanted, state);
}

static void check(struct state *state, const struct store_timeline_question *question)
{
	struct store_timeline *timeline;
	const struct store_series *series;
	struct history_item item;
	struct wanted wanted;
	size_t wrong = 0, undated = 0;
	int got = 0;

	find_wanted(state, question, &wanted);
	CHECK(succeeds(state, store_look(&state->store, &state->error)));
	timeline = store_timeline_open(&state->store, question, &state->error);
	CHECK(succeeds(state, timeline ? 0 : -1));
	for (size_t i = 0; timeline && i < wanted.count; i++) {
		const struct store_series *own = &state->series[wanted.items[i]->series - 1];

		got = store_timeline_next(timeline, &series, &item, &state->error);
		if (got <= 0)
			break;
		wrong += !items_equal(&item, wanted.items[i]) || series->number != own->number ||
		    !slice_equal(series->path, own->path);
		undated += !item.has_received;
	}
	CHECK(wrong == 0);
	CHECK(succeeds(state, got) && (got == 1 || !wanted.count));
	CHECK(timeline && store_timeline_next(timeline, &series, &item, &state->error) == 0);
	CHECK(timeline && store_timeline_next(timeline, &series, &item, &state->error) == 0);
	CHECK(timeline && store_timeline_undated(timeline) == undated);
	store_timeline_close(timeline);
	store_rollback(&state->store);
	free(wanted.items);
}

static void check_some(struct state *state, uint32_t range, int times)
{
	for (int i = 0; i < times; i++) {
		struct store_timeline_question question = STORE_TIMELINE_ALL;
		struct option_list entities = {.items = (const char *[]){"1*", "e*", "3"}, .count = 1 + (size_t)i % 3};

		if (i % 2)
			question.from = random_instant(&state->random, range);
		if (i % 3)
			question.to = random_instant(&state->random, range);
		if (i % 4 == 1)
			question.last = 1 + random_below(&state->random, i % 8 == 1 ? 3 : 500);
		if (i % 5 == 2)
			question.types = (unsigned)random_below(&state->random, STORE_RECORD_ALL + 1);
		if (i % 6 == 3)
			question.known_at = random_instant(&state->random, range);
		if (i % 7 == 4)
			question.revision = (int64_t)random_below(&state->random, 1000);
		if (i % 11 == 5)
			question.entities = &entities;
		check(state, &question);
	}
}

static void check_all(struct state *state, uint32_t range, int times)
{
	const struct store_timeline_question all = STORE_TIMELINE_ALL;
	struct store_timeline_question question = all;

	check(state, &question);
	for (question.last = 1; question.last < 1000; question.last *= 7)
		check(state, &question);
	check_some(state, range, times);
	question = all;
	question.types = 0;
	check(state, &question);
}

static void check_after(struct state *state)
{
	struct store_timeline_question question = STORE_TIMELINE_ALL;

	for (question.after = 1; question.after < 2000; question.after *= 3)
		check(state, &question);
	question.last = 2;
	for (question.after = 1; question.after < 2000; question.after *= 3)
		check(state, &question);
}

static void check_packing(void)
{
	uint64_t random = 1;
	struct arena arena = ARENA_INIT;
	struct buffer packed = BUFFER_INIT;
	size_t wrong = 0;

	for (int i = 0; i < 10000; i++) {
		struct history_item item = random_item(&random, &arena, UINT32_MAX, 1000), again;

		buffer_reset(&packed);
		history_item_pack(&packed, &item);
		again = history_item_unpack(buffer_slice(&packed));
		wrong += !items_equal(&item, &again);
	}
	CHECK(wrong == 0);
	for (size_t length = 127; length < 40000; length = length * 2 + 1) {
		char *text = memory_new_zeroed(length, 1);
		struct history_item item = {.value = slice_of(text, length), .origin = slice_of(text, length - 1)},
				    again;

		buffer_reset(&packed);
		history_item_pack(&packed, &item);
		again = history_item_unpack(buffer_slice(&packed));
		CHECK(again.value.length == length && again.origin.length == length - 1 && !again.unit.length);
		free(text);
	}
	buffer_release(&packed);
	arena_release(&arena);
}

static void check_nothing(void)
{
	struct store_timeline_question question = STORE_TIMELINE_ALL;
	struct state state = {.random = 1};

	CHECK(succeeds(&state, store_open(&state.store, "n.twin", STORE_CREATE, 0, false, &state.error)));
	CHECK(!store_timeline_open(&state.store, &question, &state.error));
	CHECK_TEXT(slice_from_string(state.error.message), "store 'n.twin' keeps no history");
	store_close(&state.store);
	CHECK(unlink("n.twin") == 0);
	start(&state, 3, 0, 0, 1);
	check(&state, &question);
	question.last = 3;
	check(&state, &question);
	stop(&state);
}

int main(void)
{
	char *scratch = scratch_enter();
	struct state state;

	TEST("items are packed and unpacked as they were")
	check_packing();
	TEST("a store without history says so, and one without records has none")
	check_nothing();
	TEST("one series")
	{
		start(&state, 1, 3, 3000, 700);
		check_all(&state, 700, 40);
		stop(&state);
	}
	TEST("few series with few items, sorted")
	{
		start(&state, 20, 4, 2000, 300);
		check_all(&state, 300, 60);
		stop(&state);
	}
	TEST("few series with many items, merged")
	{
		start(&state, 20, 2, 80000, 60000);
		check_all(&state, 60000, 30);
		stop(&state);
	}
	TEST("many series, sorted")
	{
		start(&state, 600, 5, 4000, 5000);
		check_all(&state, 5000, 60);
		stop(&state);
	}
	// Of copies that have not met, one may come that is not the first: here there are none.
	TEST("what was stored after a revision")
	{
		start(&state, 20, 4, 2000, 100000000);
		check_after(&state);
		stop(&state);
		start(&state, 600, 5, 4000, 100000000);
		check_after(&state);
		stop(&state);
	}
	TEST("few series in many runs, sorted")
	{
		start(&state, 40, 12, 500, 50);
		check_all(&state, 50, 60);
		stop(&state);
	}
	TEST("the newest of long series are found without reading all of them")
	{
		start(&state, 3, 2, 200000, 100000000);
		struct store_timeline_question question = STORE_TIMELINE_ALL;

		question.last = 2;
		check(&state, &question);
		question.types = STORE_RECORD_BIT(store_record_type(&state.series[1], &state.model.items[0]));
		check(&state, &question);
		stop(&state);
	}
	scratch_leave(scratch);
	return unit_end();
}
