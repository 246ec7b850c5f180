#include "twin/twin_set.h"

#include <endian.h>
#include <malloc.h>
#include <time.h>

#include "twin_lines.h"

static struct twin_lines lines;

static struct slice numbered(char text[32], const char *what, size_t number)
{
	return slice_of(text, (size_t)snprintf(text, 32, "%s-%zu", what, number));
}

static struct assignment reading(struct slice entity_id, struct slice path, int64_t timestamp, const char *value)
{
	return (struct assignment){.kind = REGISTER_REPORTED,
	    .entity_id = entity_id,
	    .path = path,
	    .hash = assignment_hash(REGISTER_REPORTED, entity_id, path),
	    .key = {.timestamp = timestamp, .live = true, .quality = 1},
	    .tail = {.sensor_id = SLICE_EMPTY,
		.value = slice_from_string(value),
		.unit = SLICE_EMPTY,
		.command_id = SLICE_EMPTY},
	    .origin = SLICE_EMPTY,
	    .ack = SLICE_EMPTY,
	    .deadline = NO_DEADLINE};
}

static void check_many(void)
{
	struct twin_set set;
	char entity[32], path[32], value[32];

	twin_set_init(&set);
	for (size_t i = 0; i < 100000; i++) {
		snprintf(value, sizeof value, "%zu", i);
		struct assignment item =
		    reading(numbered(entity, "twin", i / 10), numbered(path, "p", i % 10), (int64_t)i, value);
		struct twin_put put = twin_set_put(&set, &item);

		CHECK(put.outcome == FOLD_TAKEN && put.changed && put.series && put.twin == put.series->twin);
	}
	CHECK(set.entities.count == 10000 && set.series_count == 100000 && !set.keyed && set.clock == 99999);
	for (size_t i = 0; i < 100000; i++) {
		struct series *series = twin_set_find_series(
		    &set, REGISTER_REPORTED, numbered(entity, "twin", i / 10), numbered(path, "p", i % 10));

		snprintf(value, sizeof value, "%zu", i);
		CHECK(series && series->usable.handle == series->last.handle);
		CHECK_TEXT(register_assignment(series, &series->usable).tail.value, value);
		CHECK(series->twin->series_count == 10 && series->twin->desired_count == 0);
	}
	CHECK(!twin_set_find_series(&set, REGISTER_DESIRED, SLICE_LITERAL("twin-1"), SLICE_LITERAL("p-1")));
	CHECK(!twin_set_find(&set, SLICE_LITERAL("twin-10000")));
	twin_set_release(&set);
}

// Eight bytes that make one factor of the hash's product zero, so that the next eight do not count (see hash_map_test.c).
static struct slice colliding(char text[32], uint64_t number)
{
	uint64_t words[4] = {htole64(UINT64_C(0xe7037ed1a0b428db)), number + UINT64_C(0x0101010101010101), 0, 0};

	memcpy(text, words, sizeof words);
	return slice_of(text, sizeof words);
}

static void check_collisions(void)
{
	struct twin_set set;
	char path[32];
	clock_t start = clock();

	twin_set_init(&set);
	for (uint64_t i = 0; i < 100000; i++) {
		struct assignment item = reading(SLICE_LITERAL("t"), colliding(path, i), (int64_t)i, "1");

		CHECK(
		    i == 0 || item.hash == assignment_hash(REGISTER_REPORTED, SLICE_LITERAL("t"), colliding(path, 0)));
		item.path = colliding(path, i);
		CHECK(twin_set_put(&set, &item).outcome == FOLD_TAKEN);
		CHECK(twin_set_put(&set, &item).outcome == FOLD_DUPLICATE);
	}
	CHECK(set.keyed && set.series_count == 100000);
	for (uint64_t i = 0; i < 100000; i++) {
		struct series *series =
		    twin_set_find_series(&set, REGISTER_REPORTED, SLICE_LITERAL("t"), colliding(path, i));

		CHECK(series && series->usable.key.timestamp == (int64_t)i);
	}
	// A walk along all of them for each would be 10^10 steps.
	CHECK((clock() - start) / CLOCKS_PER_SEC < 10);
	twin_set_release(&set);
}

// What malloc holds does not grow with the number of records, whatever their lengths, ties and qualities.
static void check_memory(void)
{
	struct twin_set set;
	char value[200];
	size_t early = 0;

	twin_set_init(&set);
	for (int i = 0; i < 400000; i++) {
		snprintf(value, sizeof value, "\"%0*d\"", 1 + i % 97, i);
		struct assignment item = reading(SLICE_LITERAL("t"), SLICE_LITERAL("p"), i / 3, value);

		item.key.quality = i % 7 ? 1 : 0.25;
		item.origin = slice_from_string(i % 2 ? "file:1" : "");
		twin_set_put(&set, &item);
		if (i == 200000) // malloc has settled
			early = mallinfo2().uordblks;
	}
	CHECK(mallinfo2().uordblks < early + 4096);
	CHECK(set.series_count == 1 && set.entities.count == 1);
	twin_set_release(&set);
}

static struct series *series_of(const char *property)
{
	return twin_set_find_series(&lines.set, REGISTER_REPORTED, SLICE_LITERAL("t"), slice_from_string(property));
}

static void check_two_registers(void)
{
	twin_lines_reading(&lines, "q", 5, "1", "");
	CHECK(twin_lines_reading(&lines, "q", 7, "2", "\"quality\":0.5").outcome == FOLD_TAKEN);
	struct series *q = series_of("q");

	CHECK(q->usable.handle != q->last.handle);
	CHECK_TEXT(register_assignment(q, &q->usable).tail.value, "1");
	CHECK_TEXT(register_assignment(q, &q->last).tail.value, "2");
	// Between the two: usable moves on, last stays.
	CHECK(twin_lines_reading(&lines, "q", 6, "3", "").outcome == FOLD_TAKEN);
	CHECK_TEXT(register_assignment(q, &q->usable).tail.value, "3");
	CHECK_TEXT(register_assignment(q, &q->last).tail.value, "2");
	CHECK(twin_lines_reading(&lines, "q", 6, "4", "\"quality\":0.4").outcome == FOLD_STALE);
	CHECK(twin_lines_reading(&lines, "q", 8, "5", "").outcome == FOLD_TAKEN);
	CHECK(q->usable.handle == q->last.handle);
	CHECK(twin_lines_reading(&lines, "q", 7, "2", "\"quality\":0.5").outcome == FOLD_STALE);
}

static void check_duplicates(void)
{
	CHECK(twin_lines_reading(&lines, "d", 1, "1", "\"origin\":\"b:10\"").changed);
	struct twin_put put = twin_lines_reading(&lines, "d", 1, "1", "\"origin\":\"b:9\"");

	CHECK(put.outcome == FOLD_DUPLICATE && put.changed);
	put = twin_lines_reading(&lines, "d", 1, "1", "\"origin\":\"b:11\"");
	CHECK(put.outcome == FOLD_DUPLICATE && !put.changed);
	put = twin_lines_reading(&lines, "d", 1, "1", "\"ack\":{\"code\":200}");
	CHECK(put.outcome == FOLD_DUPLICATE && put.changed);
	struct series *d = series_of("d");
	struct assignment held = register_assignment(d, &d->usable);

	CHECK_TEXT(held.origin, "b:9");
	CHECK_TEXT(held.ack, "{\"code\":200}");
	CHECK(d->usable.handle == d->last.handle);
}

static void check_deletes(void)
{
	twin_lines_reading(&lines, "x", 10, "1", "");
	CHECK(twin_lines_put(&lines,
		  "{\"type\":\"deleted\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:20Z\",\"counter\":1}")
		  .outcome == FOLD_TAKEN);
	const struct twin *twin = twin_lines_twin(&lines);

	CHECK(twin->tombstone.handle && !register_stands(twin, &series_of("x")->usable));
	struct twin_put put = twin_lines_reading(&lines, "x", 20, "2", "");

	CHECK(put.outcome == FOLD_STALE && !put.changed && !put.series);
	CHECK(twin_lines_reading(&lines, "x", 20, "2", "\"counter\":1").outcome == FOLD_TAKEN);
	CHECK(register_stands(twin, &series_of("x")->usable));
	CHECK(lines.set.clock == AT_SECOND(20));
}

static void check_newer(void)
{
	struct twin_lines own;

	twin_lines_init(&own);
	twin_lines_reading(&own, "x", 1, "1", "\"unit\":\"a long unit, so that there is room\"");
	CHECK(twin_lines_read(&own,
		  SLICE_LITERAL("{\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:02Z\","
				"\"value\":2,\"seq\":4}")) == 0);
	CHECK(twin_set_take_newer(&own.set, &own.record));
	struct series *x = twin_set_find_series(&own.set, REGISTER_REPORTED, SLICE_LITERAL("t"), SLICE_LITERAL("x"));
	struct assignment held = register_assignment(x, &x->usable);

	CHECK_TEXT(held.tail.value, "2");
	CHECK(held.tail.unit.length == 0 && held.tail.seq == 4 && held.key.timestamp == AT_SECOND(2));
	CHECK(own.set.clock == AT_SECOND(2));
	// Again, it is not newer; a bad one, one with an ack and an unknown one are not its business.
	CHECK(!twin_set_take_newer(&own.set, &own.record));
	static const char *const others[] = {"{\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:"
					     "03Z\",\"value\":2,\"quality\":0.5}",
	    "{\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:03Z\",\"value\":2,\"ack\":{}}",
	    "{\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:03Z\",\"value\":{ }}",
	    "{\"entity_id\":\"t\",\"property\":\"y\",\"timestamp\":\"2026-03-01T12:00:03Z\",\"value\":2}",
	    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:03Z\"}"};

	for (size_t i = 0; i < 5; i++)
		CHECK(twin_lines_read(&own, slice_from_string(others[i])) == 0 &&
		    !twin_set_take_newer(&own.set, &own.record));
	twin_lines_release(&own);
}

int main(void)
{
	twin_lines_init(&lines);
	TEST("a hundred thousand series are found again, each with its own record") check_many();
	TEST("ids that were chosen to collide are as fast as others") check_collisions();
	TEST("memory does not grow with the number of records") check_memory();
	TEST("usable and last are two registers, and one record where they agree") check_two_registers();
	TEST("of duplicates the smallest origin and the largest ack are kept") check_duplicates();
	TEST("a twin's delete hides what is older, by time and counter") check_deletes();
	TEST("the short way takes newer usable readings, and leaves all others to the long one") check_newer();
	twin_lines_release(&lines);
	return unit_end();
}
