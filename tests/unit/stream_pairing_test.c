// Pairs of two recordings' readings: against all ways there are, and by hand.
#include <stdlib.h>

#include "analysis/stream_pairing.h"
#include "unit.h"
#include "unit_random.h"

#define READINGS_MAX 14

struct outcome {
	char text[4096];
	size_t length;
	uint64_t worth, told;
	int64_t last, within;
};

// A reading is its own time.
static void settled(void *context, void *from, void *to)
{
	struct outcome *outcome = context;
	int64_t a = from ? *(int64_t *)from : -1, b = to ? *(int64_t *)to : -1;
	int64_t first = !from ? b : !to || a < b ? a : b;
	size_t room = sizeof outcome->text - outcome->length;

	if (from && to)
		outcome->worth += (uint64_t)(outcome->within - llabs(b - a) + 1);
	outcome->told += (from != NULL) + (to != NULL);
	if (first < outcome->last)
		outcome->told = UINT64_MAX / 2;
	outcome->last = first;
	if (room > 60)
		outcome->length +=
		    (size_t)snprintf(outcome->text + outcome->length, room, "%lld:%lld ", (long long)a, (long long)b);
}

struct reading {
	int64_t time;
	enum stream_side side;
};

static void pair_all(struct outcome *outcome, struct reading *readings, size_t count, int64_t within)
{
	struct stream_pairing pairing;

	*outcome = (struct outcome){.within = within, .last = INT64_MIN};
	stream_pairing_init(&pairing, within, settled, outcome);
	for (size_t i = 0; i < count; i++)
		stream_pairing_add(
		    &pairing, &(struct pairing_item){readings[i].time, readings[i].side, &readings[i].time, 1});
	stream_pairing_settle(&pairing);
	stream_pairing_release(&pairing);
}

// F and T with their times: "F0 T3".
static const char *pair_text(struct outcome *outcome, const char *text, int64_t within)
{
	struct reading readings[READINGS_MAX];
	size_t count = 0;

	for (char *at; *text; text = *at ? at + 1 : at) {
		readings[count].side = *text == 'F' ? STREAM_FROM : STREAM_TO;
		readings[count++].time = strtoll(text + 1, &at, 10);
	}
	pair_all(outcome, readings, count, within);
	return outcome->text;
}

static bool is_paired(const char *text, int64_t within, const char *want)
{
	struct outcome outcome;

	pair_text(&outcome, text, within);
	if (strcmp(outcome.text, want) == 0)
		return true;
	printf("# %s: got '%s', want '%s'\n", text, outcome.text, want);
	return false;
}

// The best there is from i on, by trying.
static uint64_t best(const struct reading *readings, size_t count, size_t i, int64_t within)
{
	if (i + 1 >= count)
		return 0;
	uint64_t alone = best(readings, count, i + 1, within), paired = 0;
	int64_t distance = readings[i + 1].time - readings[i].time;

	if (readings[i].side != readings[i + 1].side && distance <= within)
		paired = (uint64_t)(within - distance + 1) + best(readings, count, i + 2, within);
	return alone > paired ? alone : paired;
}

static void swap_sides(struct reading *readings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		readings[i].side = readings[i].side == STREAM_FROM ? STREAM_TO : STREAM_FROM;
}

int main(void)
{
	TEST("the nearest are pairs, the others stay alone")
	{
		CHECK(is_paired("F0 T8 F10 T18", 10, "0:-1 10:8 -1:18 "));
		CHECK(is_paired("F0 T1 F100 T101", 10, "0:1 100:101 "));
		CHECK(is_paired("F0 T11", 10, "0:-1 -1:11 "));
		CHECK(is_paired("F0 T10", 10, "0:10 "));
		CHECK(is_paired("", 10, ""));
		CHECK(is_paired("T5", 10, "-1:5 "));
	}
	TEST("half a period apart all are pairs")
	{
		CHECK(is_paired("F0 T5 F10 T15 F20 T25", 5, "0:5 10:15 20:25 "));
		CHECK(is_paired("F0 T10 F19 T28", 15, "0:10 19:28 "));
	}
	TEST("a lost reading does not move the pairs behind it")
	{
		CHECK(is_paired("F0 T1 F10 F20 T21", 15, "0:1 10:-1 20:21 "));
	}
	TEST("as good ways go to the earlier pair")
	{
		CHECK(is_paired("F0 T1 F2", 5, "0:1 2:-1 "));
		CHECK(is_paired("F0 T1 F2 T3", 5, "0:1 2:3 "));
	}
	TEST("of all ways the best is found, and told in order, and the sides are alike")
	{
		struct reading readings[READINGS_MAX];
		struct outcome outcome, swapped;
		uint64_t state = 5;

		for (int round = 0; round < 20000; round++) {
			size_t count = random_below(&state, READINGS_MAX + 1);
			int64_t within = (int64_t)random_below(&state, 12), time = 0;

			for (size_t i = 0; i < count; i++) {
				time += (int64_t)random_below(&state, 8);
				readings[i] = (struct reading){time, (enum stream_side)random_below(&state, 2)};
			}
			pair_all(&outcome, readings, count, within);
			CHECK(outcome.told == count);
			CHECK(outcome.worth == best(readings, count, 0, within));
			swap_sides(readings, count);
			pair_all(&swapped, readings, count, within);
			CHECK(swapped.worth == outcome.worth && swapped.told == count);
		}
	}
	TEST("a chain that never closes is settled in parts")
	{
		enum { COUNT = 3 * PAIRING_CHAIN_MAX };
		struct reading *readings = calloc(COUNT, sizeof *readings);
		struct outcome outcome;
		int64_t time = 0;

		// Each distance is shorter than the one before, so that the last one decides about all.
		for (int i = 0; i < COUNT; i++) {
			readings[i] = (struct reading){time, i % 2 ? STREAM_TO : STREAM_FROM};
			time += 2 * COUNT - i;
		}
		pair_all(&outcome, readings, COUNT, 1000000);
		CHECK(outcome.told == COUNT);
		CHECK(outcome.worth > (uint64_t)(COUNT / 2 - 4) * (1000000 - 2 * COUNT));
		free(readings);
	}
	TEST("times from end to end do not overflow")
	{
		struct reading readings[] = {{INT64_MIN, STREAM_FROM}, {INT64_MAX, STREAM_TO}};
		struct outcome outcome;

		pair_all(&outcome, readings, 2, INT64_MAX);
		CHECK(outcome.told == 2 && outcome.worth == 0);
	}
	return unit_end();
}
