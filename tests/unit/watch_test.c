#include "twin/watch.h"

#include "base/timestamp.h"
#include "record/value.h"
#include "twin_lines.h"
#include "unit_random.h"

static struct twin_lines lines;
static struct watch watch;
static struct buffer heard = BUFFER_INIT; // "SECOND TWIN PROPERTY EVENT, ..."
static int64_t newest;
static bool in_order;

static struct slice member(const struct value_tree *tree, const char *name)
{
	const struct value *node = value_member(tree, value_root(tree), slice_from_string(name));

	return node ? slice_of(node->text.data + 1, node->text.length - 2) : SLICE_EMPTY;
}

static void hear(void *context, struct slice event)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	int64_t timestamp;

	(void)context;
	if (value_parse(&tree, event, &error) || timestamp_parse(member(&tree, "timestamp"), &timestamp, &error)) {
		unit_fail(__FILE__, __LINE__, "an event is no record");
		return;
	}
	in_order &= timestamp >= newest;
	newest = timestamp;
	struct slice words[] = {
	    member(&tree, "entity_id"), member(&tree, "property"), member(&tree, "event"), member(&tree, "message")};

	buffer_printf(&heard, "%s%lld", heard.length ? ", " : "", (long long)((timestamp - NOON) / 1000000000));
	size_t said = words[3].length && !slice_is(words[2], "stale") ? 4 : 3;

	for (size_t i = 0; i < said; i++)
		buffer_printf(&heard, " %.*s", (int)words[i].length, words[i].data);
	value_tree_release(&tree);
}

static void begin(int stale_after, const struct model *model)
{
	const struct status_rules rules = {.stale_after = stale_after * INT64_C(1000000000), .model = model};

	twin_lines_init(&lines);
	watch_init(&watch, &lines.set, &rules, hear, NULL);
	buffer_reset(&heard);
	newest = INT64_MIN;
	in_order = true;
}

static void end(void)
{
	watch_release(&watch);
	twin_lines_release(&lines);
	buffer_release(&heard);
}

// What has been heard since the last time.
static void check(const char *want)
{
	CHECK_TEXT(buffer_slice(&heard), want);
	buffer_reset(&heard);
}

// Folds a record as twin-sync does, without moving the clock.
static void put(const char *record)
{
	if (twin_lines_read(&lines, slice_from_string(record))) {
		unit_fail(record, 0, lines.error.message);
		return;
	}
	for (size_t i = 0; i < lines.list.count; i++) {
		struct twin_put result = twin_set_put(&lines.set, &lines.list.items[i]);

		if (result.changed && result.series)
			watch_changed(&watch, result.series, &lines.list.items[i], result.outcome == FOLD_TAKEN);
	}
}

static void reading(const char *twin, const char *property, int second, const char *value, const char *more)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(&text,
	    "{\"entity_id\":\"%s\",\"property\":\"%s\",\"timestamp\":\"2026-03-01T12:%02d:%02dZ\",\"value\":%s%s%s}",
	    twin, property, second / 60, second % 60, value, *more ? "," : "", more);
	put(buffer_string(&text));
	buffer_release(&text);
}

static void desired(int second, const char *properties, const char *more)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(&text,
	    "{\"type\":\"desired\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:%02dZ\",\"properties\":%s%s%s}",
	    second, properties, *more ? "," : "", more);
	put(buffer_string(&text));
	buffer_release(&text);
}

static void advance(int second)
{
	watch_advance(&watch, AT_SECOND(second));
}

static void check_stale(void)
{
	begin(10, NULL);
	CHECK(watch_next(&watch) == INT64_MAX);
	reading("t", "x", 0, "1", "");
	CHECK(watch_next(&watch) == AT_SECOND(10));
	// At its moment it is not too old yet.
	advance(10);
	check("");
	watch_advance(&watch, AT_SECOND(10) + 1);
	check("10 t x stale");
	CHECK(watch_next(&watch) == INT64_MAX);
	advance(100);
	check("");
	reading("t", "x", 95, "1", "");
	check("95 t x recovered");
	reading("t", "x", 99, "1", "");
	check("");
	advance(110);
	check("109 t x stale");
	end();
}

static void check_late(void)
{
	begin(10, NULL);
	reading("t", "x", 0, "1", "");
	advance(30);
	check("10 t x stale");
	// Newer, and still too old; then of the very last moment that counts.
	reading("t", "x", 19, "1", "");
	check("");
	reading("t", "x", 20, "1", "\"quality\":0.5");
	check("");
	reading("t", "x", 20, "1", "");
	check("20 t x recovered");
	// A first reading that is too old when it comes.
	reading("t", "y", 5, "1", "");
	advance(31);
	check("15 t y stale, 30 t x stale");
	end();
}

static void check_flapping(void)
{
	begin(2, NULL);
	for (int i = 0; i < 300; i++) {
		reading("t", "x", i * 5, "1", "");
		advance(i * 5 + 1);
		advance(i * 5 + 4);
	}
	CHECK(watch.item_count == 1 && watch.timer_count == 0);
	CHECK(in_order);
	size_t events = 1;

	for (size_t i = 0; i < heard.length; i++)
		events += heard.data[i] == ',';
	CHECK(events == 599);
	// While readings come in time there is one timer, however many they are.
	for (int i = 0; i < 1000; i++) {
		reading("t", "x", 1600 + i, "1", "");
		advance(1600 + i);
		CHECK(watch.timer_count == 1);
	}
	end();
}

static void check_deleted(void)
{
	begin(10, NULL);
	reading("t", "x", 0, "1", "");
	reading("t", "y", 0, "1", "");
	put("{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"x\",\"timestamp\":\"2026-03-01T12:00:01Z\"}");
	put("{\"type\":\"deleted\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:02Z\"}");
	advance(100);
	check("");
	reading("t", "x", 95, "1", "");
	advance(200);
	check("105 t x stale");
	end();
}

static void check_order(void)
{
	uint64_t seed = 3;
	char twin[16], property[16];

	begin(10, NULL);
	for (int i = 0; i < 3000; i++) {
		snprintf(twin, sizeof twin, "t%d", (int)random_below(&seed, 20));
		snprintf(property, sizeof property, "p%d", (int)random_below(&seed, 20));
		reading(twin, property, (int)random_below(&seed, 500), "1", "");
	}
	for (int second = 0; second < 700; second += 1 + (int)random_below(&seed, 60))
		advance(second);
	CHECK(watch.timer_count == 0 && heard.length > 0);
	CHECK(in_order);
	buffer_reset(&heard);
	// Of one time: by twin, then by property, whatever the order they came in.
	for (int i = 9; i >= 0; i--) {
		snprintf(twin, sizeof twin, "u%d", i % 2);
		snprintf(property, sizeof property, "p%d", i);
		reading(twin, property, 1000, "1", "");
	}
	advance(1100);
	check("1010 u0 p0 stale, 1010 u0 p2 stale, 1010 u0 p4 stale, 1010 u0 p6 stale, 1010 u0 p8 stale, "
	      "1010 u1 p1 stale, 1010 u1 p3 stale, 1010 u1 p5 stale, 1010 u1 p7 stale, 1010 u1 p9 stale");
	end();
}

static void check_met(void)
{
	begin(0, NULL);
	reading("t", "x", 0, "1", "");
	desired(0, "{\"x\":1}", "");
	check("0 t x desired-met");
	desired(1, "{\"x\":2,\"o\":{\"y\":3}}", "");
	check("");
	reading("t", "x", 2, "2.0", "");
	check("2 t x desired-met");
	reading("t", "x", 3, "2", "");
	reading("t", "z", 3, "2", "");
	check("");
	reading("t", "x", 4, "1", "");
	check("");
	reading("t", "x", 5, "2", "");
	check("5 t x desired-met");
	reading("t", "o", 6, "{\"y\":3}", "");
	check("6 t o/y desired-met");
	desired(7, "{\"x\":null}", "");
	reading("t", "x", 8, "2", "");
	check("");
	end();
}

static void check_overdue(void)
{
	begin(0, NULL);
	desired(0, "{\"x\":1,\"y\":1,\"z\":1}", "\"deadline\":\"2026-03-01T12:00:10Z\"");
	reading("t", "x", 5, "1", "");
	check("5 t x desired-met");
	desired(6, "{\"z\":null}", "");
	advance(10);
	check("");
	advance(11);
	check("10 t y desired-overdue");
	reading("t", "x", 12, "0", "");
	advance(20);
	check("");
	reading("t", "y", 21, "1", "");
	check("21 t y desired-met");
	end();
}

static void check_deadlines(void)
{
	begin(0, NULL);
	desired(0, "{\"x\":1}", "\"deadline\":\"2026-03-01T12:00:50Z\"");
	CHECK(watch_next(&watch) == AT_SECOND(50));
	// An earlier one counts at once, a later one too, and none at all.
	desired(1, "{\"x\":1}", "\"deadline\":\"2026-03-01T12:00:10Z\"");
	CHECK(watch_next(&watch) == AT_SECOND(10) && watch.timer_count == 1);
	advance(11);
	check("10 t x desired-overdue");
	desired(2, "{\"x\":1}", "\"deadline\":\"2026-03-01T12:00:20Z\"");
	desired(3, "{\"x\":1}", "\"deadline\":\"2026-03-01T12:00:30Z\"");
	CHECK(watch.timer_count == 1);
	advance(29);
	check("");
	desired(4, "{\"x\":1}", "");
	advance(100);
	check("");
	// The same desire with an earlier deadline is the same desire, due earlier.
	desired(5, "{\"y\":1}", "\"deadline\":\"2026-03-01T12:10:00Z\"");
	reading("t", "y", 6, "1", "");
	check("6 t y desired-met");
	desired(5, "{\"y\":1}", "\"deadline\":\"2026-03-01T12:05:00Z\"");
	check("");
	CHECK(watch_next(&watch) == AT_SECOND(300));
	end();
}

static void check_refused(void)
{
	begin(0, NULL);
	desired(0, "{\"x\":1,\"o\":{\"y\":1,\"z\":1}}", "\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:10Z\"");
	reading("t", "x", 1, "1", "\"ack\":{\"command_id\":\"c\",\"code\":409,\"message\":\"locked\"}");
	check("1 t x desired-refused locked");
	reading("t", "x", 2, "0", "\"ack\":{\"command_id\":\"c\",\"code\":409}");
	check("");
	// One answer for all desires below it.
	reading("t", "o", 3, "{}", "\"ack\":{\"command_id\":\"c\",\"code\":500}");
	check("3 t o/y desired-refused, 3 t o/z desired-refused");
	advance(20);
	check("");
	reading("t", "x", 21, "1", "\"ack\":{\"command_id\":\"c\",\"code\":200}");
	check("21 t x desired-met");
	// A new command may be refused anew, and another command's answer is none.
	desired(30, "{\"x\":2}", "\"command_id\":\"d\"");
	reading("t", "x", 31, "1", "\"ack\":{\"command_id\":\"c\",\"code\":500}");
	check("");
	reading("t", "x", 32, "1", "\"quality\":0,\"ack\":{\"command_id\":\"d\",\"code\":500}");
	check("32 t x desired-refused");
	end();
}

int main(void)
{
	TEST("a reading is stale when its time is past, once, and recovers with the next") check_stale();
	TEST("late readings recover only what is not too old by now, bad ones nothing") check_late();
	TEST("what flaps is told each time, in constant memory") check_flapping();
	TEST("what is deleted does not become stale") check_deleted();
	TEST("events come in the order of their times, then of twins and properties") check_order();
	TEST("a desire is met once, and once again after it was not") check_met();
	TEST("a desire that is open at its deadline is overdue") check_overdue();
	TEST("the deadline that counts is that of the desire that holds") check_deadlines();
	TEST("a refusal is told once, for each desire that it concerns") check_refused();
	return unit_end();
}
