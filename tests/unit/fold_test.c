#include "twin/fold.h"

#include <stdlib.h>

#include "unit.h"
#include "unit_random.h"

struct held {
	struct fold_key key;
	struct fold_tail tail;
};

static int resolved;

static void resolve(void *context, const void *handle, struct fold_tail *tail)
{
	(void)context;
	resolved++;
	*tail = ((const struct held *)handle)->tail;
}

static const struct fold_owner owner = {.resolve = resolve};

static struct held held_new(int64_t timestamp, const char *value)
{
	return (struct held){.key = {.timestamp = timestamp, .live = true, .quality = 1},
	    .tail = {.sensor_id = SLICE_EMPTY,
		.value = slice_from_string(value),
		.unit = SLICE_EMPTY,
		.command_id = SLICE_EMPTY}};
}

static enum fold_outcome judge(struct held *holds, const struct held *offered)
{
	return fold_judge(
	    &(struct fold_register){.key = holds->key, .handle = holds}, &offered->key, &offered->tail, &owner);
}

// b is the larger: it is taken over a, and a is refused by b with that outcome.
static void check_order(struct held a, struct held b, enum fold_outcome refused)
{
	struct fold_register x = {.key = a.key, .handle = &a}, y = {.key = b.key, .handle = &b};

	CHECK(judge(&a, &b) == FOLD_TAKEN);
	CHECK(judge(&b, &a) == refused);
	CHECK(judge(&a, &a) == FOLD_DUPLICATE);
	CHECK(fold_compare(&x, &y, &owner) < 0);
	CHECK(fold_compare(&y, &x, &owner) > 0);
	CHECK(fold_compare(&x, &x, &owner) == 0);
}

static void check_each_part(void)
{
	struct held a = held_new(5, "1"), b = a;

	b.key.timestamp = 6;
	a.key.counter = 9;
	check_order(a, b, FOLD_STALE);
	b = a;
	b.key.counter = 10;
	a.key.quality = 2;
	check_order(a, b, FOLD_OUTRANKED);
	b = a = held_new(5, "1");
	a.key.live = false;
	a.key.priority = 7;
	check_order(a, b, FOLD_OUTRANKED);
	b = a = held_new(5, "1");
	a.key.quality = 0.75;
	a.key.priority = 7;
	check_order(a, b, FOLD_OUTRANKED);
	b = a = held_new(5, "1");
	a.key.priority = -1;
	a.tail.sensor_id = SLICE_LITERAL("z");
	check_order(a, b, FOLD_OUTRANKED);
	b = a = held_new(5, "1");
	b.tail.sensor_id = SLICE_LITERAL("\xc3\xa9");
	a.tail.sensor_id = SLICE_LITERAL("z");
	a.tail.seq = 7;
	check_order(a, b, FOLD_OUTRANKED);
	b = a = held_new(5, "2");
	b.tail.seq = 1;
	b.tail.value = SLICE_LITERAL("1");
	check_order(a, b, FOLD_OUTRANKED);
	b = a = held_new(5, "1");
	b.tail.unit = SLICE_LITERAL("K");
	check_order(a, b, FOLD_CONFLICT);
	b = a = held_new(5, "1");
	b.tail.command_id = SLICE_LITERAL("c");
	check_order(a, b, FOLD_OUTRANKED);
	check_order(held_new(INT64_MIN, "9"), held_new(INT64_MAX, "1"), FOLD_STALE);
}

// a and b differ in the part.
static void differ(struct held *a, struct held *b, enum fold_part part)
{
	static const struct slice less = {"a", 1}, more = {"b", 1};

	a->key.timestamp += part == FOLD_PART_TIMESTAMP;
	a->key.counter += part == FOLD_PART_COUNTER;
	a->key.live = part != FOLD_PART_DELETED;
	b->key.quality = part == FOLD_PART_QUALITY ? 0.75 : 1;
	b->key.priority += part == FOLD_PART_PRIORITY;
	a->tail.seq += part == FOLD_PART_SEQ;
	if (part == FOLD_PART_SENSOR_ID)
		a->tail.sensor_id = less, b->tail.sensor_id = more;
	if (part == FOLD_PART_VALUE)
		b->tail.value = SLICE_LITERAL("2");
	if (part == FOLD_PART_UNIT)
		a->tail.unit = more, b->tail.unit = less;
	if (part == FOLD_PART_COMMAND_ID)
		a->tail.command_id = less, b->tail.command_id = more;
	if (part == FOLD_PART_BYTES)
		a->tail.value = SLICE_LITERAL("1.0");
}

static void check_differences(void)
{
	// Whatever comes behind the first part that differs, and whichever of the two has it.
	for (int part = 0; part < FOLD_PART_COUNT; part++)
		for (int later = part; later < FOLD_PART_COUNT; later++) {
			struct held a = held_new(5, "1"), b = a;

			differ(&a, &b, (enum fold_part)part);
			if (later != part && part != FOLD_PART_VALUE)
				differ(&b, &a, (enum fold_part)later);
			if (part == FOLD_PART_DELETED)
				a.key.live = !b.key.live;
			struct fold_register x = {.key = a.key, .handle = &a}, y = {.key = b.key, .handle = &b};

			CHECK(fold_difference(&x, &y, &owner) == (enum fold_part)part);
			CHECK(fold_difference(&y, &x, &owner) == (enum fold_part)part);
			CHECK(fold_compare(&x, &y, &owner) != 0);
		}
	struct held same = held_new(5, "1"), copy = same;

	CHECK(fold_difference(&(struct fold_register){.key = same.key, .handle = &same},
		  &(struct fold_register){.key = copy.key, .handle = &copy}, &owner) == FOLD_PART_COUNT);
	CHECK(!strcmp(fold_part_name(FOLD_PART_TIMESTAMP), "timestamp"));
	CHECK(!strcmp(fold_part_name(FOLD_PART_PRIORITY), "sensor_priority"));
	CHECK(!strcmp(fold_part_name(FOLD_PART_BYTES), "bytes"));
}

static void check_values(void)
{
	// In canonical order, each larger than the one before.
	static const char *const values[] = {"\"a\"", "\"b\"", "-5", "0", "10", "2.5", "7e400", "[1]", "[2.5]", "false",
	    "null", "true", "{\"a\":1}", "{\"a\":2,\"b\":1}", "{\"a\":2}", "{\"b\":0}"};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		for (size_t j = i + 1; j < sizeof values / sizeof *values; j++)
			check_order(held_new(5, values[i]), held_new(5, values[j]), FOLD_CONFLICT);
	// Spelled otherwise: bytes decide last, and it is no conflict.
	check_order(held_new(5, "2.5"), held_new(5, "25e-1"), FOLD_OUTRANKED);
	check_order(held_new(5, "{\"a\":1,\"b\":2}"), held_new(5, "{\"b\":2,\"a\":1}"), FOLD_OUTRANKED);
	struct held a = held_new(5, "2.50"), b = held_new(5, "2.5");

	a.tail.unit = SLICE_LITERAL("K");
	check_order(b, a, FOLD_CONFLICT);
}

static void check_deletes(void)
{
	struct held gone = held_new(5, ""), other = gone;

	gone.key.live = other.key.live = false;
	CHECK(judge(&gone, &other) == FOLD_DUPLICATE);
	other.tail.sensor_id = SLICE_LITERAL("s");
	check_order(gone, other, FOLD_OUTRANKED);
}

static void check_no_resolve_without_tie(void)
{
	struct held a = held_new(5, "1"), b = held_new(6, "1");

	resolved = 0;
	CHECK(judge(&a, &b) == FOLD_TAKEN);
	CHECK(judge(&b, &a) == FOLD_STALE);
	a.key.timestamp = 6;
	a.key.counter = 1;
	CHECK(judge(&b, &a) == FOLD_TAKEN);
	CHECK(resolved == 0);
	CHECK(fold_judge(&(struct fold_register){.handle = NULL}, &a.key, &a.tail, &owner) == FOLD_TAKEN);
}

static struct held random_held(uint64_t *seed)
{
	static const char *const values[] = {
	    "1", "1.0", "10e-1", "2", "\"x\"", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "[]"};
	static const char *const texts[] = {"", "a", "b"};
	struct held held = held_new((int64_t)random_below(seed, 2), values[random_below(seed, 8)]);

	held.key.counter = (int64_t)random_below(seed, 2);
	held.key.quality = random_below(seed, 4) ? 1 : 0.75;
	held.tail.seq = (int64_t)random_below(seed, 2);
	held.tail.sensor_id = slice_from_string(texts[random_below(seed, 3)]);
	held.tail.unit = slice_from_string(texts[random_below(seed, 2)]);
	return held;
}

// A total order: antisymmetric and transitive, and the same as what is taken.
static void check_total_order(void)
{
	enum { COUNT = 60 };
	struct held held[COUNT];
	struct fold_register registers[COUNT];
	uint64_t seed = 11;

	for (int i = 0; i < COUNT; i++)
		held[i] = random_held(&seed);
	for (int i = 0; i < COUNT; i++)
		registers[i] = (struct fold_register){.key = held[i].key, .handle = &held[i]};
	for (int i = 0; i < COUNT; i++)
		for (int j = 0; j < COUNT; j++) {
			int order = fold_compare(&registers[i], &registers[j], &owner);

			CHECK((order < 0) == (fold_compare(&registers[j], &registers[i], &owner) > 0));
			CHECK((order < 0) == (judge(&held[i], &held[j]) == FOLD_TAKEN));
			CHECK((order == 0) == (judge(&held[i], &held[j]) == FOLD_DUPLICATE));
			CHECK(
			    (order == 0) == (fold_difference(&registers[i], &registers[j], &owner) == FOLD_PART_COUNT));
			for (int k = 0; k < COUNT; k++)
				if (order <= 0 && fold_compare(&registers[j], &registers[k], &owner) <= 0)
					CHECK(fold_compare(&registers[i], &registers[k], &owner) <= 0);
		}
}

int main(void)
{
	TEST("each part of the key decides before all that come after it") check_each_part();
	TEST("the first part that differs is named") check_differences();
	TEST("values compare by their canonical form, then as they are written") check_values();
	TEST("deletes of one time are told apart by their source") check_deletes();
	TEST("records are resolved only where all numbers of the key are equal") check_no_resolve_without_tie();
	TEST("keys are totally ordered, and the larger is taken") check_total_order();
	return unit_end();
}
