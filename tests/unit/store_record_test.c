// Records become items of a history, and items the records that they were.
#include "twin/store_record.h"

#include "twin/store_fold.h"
#include "twin/store_rest.h"
#include "twin_lines.h"

static struct twin_lines lines;
static struct store_record_writer writer;
static struct store_rest_common common;

#define ITEMS_MAX 8

// What is kept of one record: an item of a series for each of its assignments.
struct kept {
	struct store_series series[ITEMS_MAX];
	struct history_item items[ITEMS_MAX];
	size_t count;
	struct arena arena;
};

static struct slice keep(struct kept *kept, struct slice text)
{
	return arena_dup(&kept->arena, text);
}

static void keep_assignment(struct kept *kept, const struct assignment *item, const char *refused)
{
	size_t at = kept->count++;
	struct buffer rest = BUFFER_INIT;

	store_rest_append(&rest, item, buffer_slice(&common.text), slice_from_string(refused));
	kept->series[at] = (struct store_series){.kind = (int)item->kind + (*refused ? SERIES_REFUSED : 0),
	    .entity_id = keep(kept, item->entity_id),
	    .path = keep(kept, item->path)};
	kept->items[at] = (struct history_item){.live = item->key.live,
	    .has_received = record_has(&lines.record, MEMBER_RECEIVED),
	    .timestamp = item->key.timestamp,
	    .counter = item->key.counter,
	    .seq = item->tail.seq,
	    .received = lines.record.received,
	    .quality = item->key.quality,
	    .sensor_id = keep(kept, item->tail.sensor_id),
	    .value = keep(kept, item->tail.value),
	    .unit = keep(kept, item->tail.unit),
	    .command_id = keep(kept, item->tail.command_id),
	    .origin = keep(kept, item->origin),
	    .rest = keep(kept, buffer_slice(&rest))};
	buffer_release(&rest);
}

static void keep_record(struct kept *kept, struct slice record, const char *refused)
{
	*kept = (struct kept){.count = 0};
	if (twin_lines_read(&lines, record)) {
		printf("# %.*s\n", (int)record.length, record.data);
		unit_fail(__FILE__, __LINE__, lines.error.message);
		return;
	}
	store_rest_common_make(&common, &lines.record, lines.list.count);
	for (size_t i = 0; i < lines.list.count && i < ITEMS_MAX; i++)
		keep_assignment(kept, &lines.list.items[i], refused);
}

static bool is_same(const struct kept *a, size_t at, const struct kept *b)
{
	const struct history_item *x = &a->items[at], *y = &b->items[0];

	return b->count == 1 && a->series[at].kind == b->series[0].kind &&
	    slice_equal(a->series[at].entity_id, b->series[0].entity_id) &&
	    slice_equal(a->series[at].path, b->series[0].path) && history_item_compare(x, y) == 0 &&
	    slice_equal(x->origin, y->origin) && slice_equal(x->rest, y->rest) && x->has_received == y->has_received &&
	    (!x->has_received || x->received == y->received);
}

// The records that are made of this one, separated by blanks; each of them is kept as the item that it was made of.
static struct slice records(const char *record, const char *refused)
{
	static struct buffer text = BUFFER_INIT;
	struct kept kept, again;

	buffer_reset(&text);
	keep_record(&kept, slice_from_string(record), refused);
	for (size_t i = 0; i < kept.count; i++) {
		size_t start = text.length + (i > 0);

		if (i)
			buffer_append_char(&text, ' ');
		store_record_append(&writer, &text, &kept.series[i], &kept.items[i]);
		if (*refused)
			continue;
		keep_record(&again, slice_skip(buffer_slice(&text), start), "");
		CHECK(is_same(&kept, i, &again));
		arena_release(&again.arena);
	}
	arena_release(&kept.arena);
	return buffer_slice(&text);
}

#define T  "\"timestamp\":\"2026-03-01T12:00:00Z\""
#define R  "\"received\":\"2026-03-01T13:00:00.5Z\""
#define E  "\"entity_id\":\"t\","
#define T1 "\"timestamp\":\"2026-03-01T12:00:01Z\""

// A record that comes as it is.
static void check_same(const char *record)
{
	CHECK_TEXT(records(record, ""), record);
}

static void check_readings(void)
{
	check_same("{" E "\"property\":\"x\"," T ",\"value\":1.50}");
	check_same(
	    "{" E "\"property\":\"x/y~1z\"," T ",\"value\":{\"a\":[1e400,-0.0]},\"unit\":\"\xc2\xb0"
	    "C\",\"quality\":0.25,\"sensor_id\":\"a\\\"b\"," R
	    ",\"seq\":3,\"counter\":2,\"origin\":\"f:1\",\"ack\":{\"code\":1},\"metadata\":{\"m\":{\"n\":1.0}}}");
	check_same(
	    "{" E "\"property\":\"x\"," T ",\"value\":null,\"metadata\":{\"axis\":{\"unit\":\"cycle\",\"value\":7}}}");
	check_same("{" E "\"property\":\"x\"," T ",\"value\":\"\",\"note\":\"a\\/b\",\"command_id\":\"c\"}");
	check_same("{\"type\":\"deleted\"," E T ",\"sensor_id\":\"s\"," R ",\"seq\":1,\"metadata\":{\"a\":1}}");
	check_same("{\"type\":\"deleted\"," E T ",\"property\":\"x\",\"origin\":\"f:2\",\"by\":\"hand\"}");
}

static void check_desired(void)
{
	CHECK_TEXT(records("{\"type\":\"desired\"," E T ",\"properties\":{\"a\":{\"b\":1,\"c\":null}}," R
			   ",\"command_id\":\"c1\",\"deadline\":\"2026-03-01T13:00:00Z\",\"metadata\":{\"m\":1}}",
		       ""),
	    "{\"type\":\"desired\"," E T ",\"properties\":{\"a\":{\"b\":1}}," R
	    ",\"metadata\":{\"m\":1},\"command_id\":\"c1\",\"deadline\":\"2026-03-01T13:00:00Z\"} "
	    "{\"type\":\"desired\"," E T ",\"properties\":{\"a\":{\"c\":null}}," R
	    ",\"metadata\":{\"m\":1},\"command_id\":\"c1\",\"deadline\":\"2026-03-01T13:00:00Z\"}");
	check_same("{\"type\":\"desired\"," E T ",\"properties\":{\"a\":{}}}");
}

static void check_metrics(void)
{
	check_same("{\"type\":\"event\"," E T ",\"event\":\"alert\",\"property\":\"x\"," R ",\"more\":[1]}");
	check_same("{\"type\":\"prediction\"," E T ",\"method\":\"m\\u0031\",\"metadata\":{\"a\":{}}}");
	check_same("{\"type\":\"prediction\"," E T "}");
	// Where a state has called it by another name, or given it members that name something else, it comes as a state.
	check_same(
	    "{\"type\":\"state\"," E T ",\"computed_metrics\":{\"predictions\":{\"m/1\":{" T ",\"method\":\"n\"}}}}");
	check_same(
	    "{\"type\":\"state\"," E T "," R ",\"computed_metrics\":{\"predictions\":{\"\":{" T ",\"type\":\"x\"}}}}");
	check_same("{\"type\":\"state\"," E T ",\"computed_metrics\":{\"events\":{\"e~\":{\"a//b\":{" T "}}}}}");
	check_same(
	    "{\"type\":\"state\"," E T ",\"computed_metrics\":{\"events\":{\"\":{\"\":{" T ",\"event\":\"f\"}}}}}");
	CHECK_TEXT(records("{\"type\":\"state\"," E T1 ",\"computed_metrics\":{\"events\":{\"e\":{\"\":{" T
			   ",\"event\":\"e\"}}}}}",
		       ""),
	    "{\"type\":\"event\"," E T ",\"event\":\"e\"}");
}

static void check_states(void)
{
	check_same("{\"type\":\"state\"," E T ",\"model\":\"pump\"}");
	check_same("{\"type\":\"state\"," E T "," R ",\"model\":{\"a\":1},\"metadata\":{\"/model\":{" T
		   ",\"counter\":2,\"sensor_id\":\"s\",\"seq\":1,\"origin\":\"f:1\"}}}");
	check_same("{\"type\":\"state\"," E T
		   ",\"relationships\":{\"a/b\":[\"c\"]},\"metadata\":{\"/relationships/a~1b\":{" T ",\"seq\":1}}}");
	// A desire that is an object in one piece.
	check_same("{\"type\":\"state\"," E T ",\"desired\":{\"a\":{\"b\":{\"c\":1}}},\"desired_metadata\":{\"a/b\":{" T
		   ",\"sensor_id\":\"s\",\"command_id\":\"c\",\"deadline\":\"2026-03-01T13:00:00Z\"}}}");
	CHECK_TEXT(records("{\"type\":\"state\"," E T1 ",\"properties\":{\"x\":1,\"y\":2},\"metadata\":{\"x\":{" T
			   ",\"unit\":\"K\",\"axis\":{\"unit\":\"cycle\",\"value\":7}}}}",
		       ""),
	    "{" E "\"property\":\"x\"," T
	    ",\"value\":1,\"unit\":\"K\",\"metadata\":{\"axis\":{\"unit\":\"cycle\",\"value\":7}}} "
	    "{" E "\"property\":\"y\"," T1 ",\"value\":2}");
}

// A state may be nested deeper than the records of its parts.
static void check_depth(const char *beginning, const char *end, size_t depth)
{
	struct buffer text = BUFFER_INIT;

	buffer_append_string(&text, beginning);
	for (size_t i = 0; i < depth; i++)
		buffer_append_char(&text, '[');
	for (size_t i = 0; i < depth; i++)
		buffer_append_char(&text, ']');
	buffer_append_string(&text, end);
	buffer_append_char(&text, '\0');
	CHECK(records(text.data, "").length > 2 * depth);
	buffer_release(&text);
}

static void check_refused(void)
{
	CHECK_TEXT(records("{" E "\"property\":\"x\"," T ",\"value\":1," R ",\"note\":1}", "out-of-range"),
	    "{\"type\":\"refused\",\"reason\":\"out-of-range\",\"input\":{" E "\"property\":\"x\"," T ",\"value\":1," R
	    ",\"note\":1}}");
	CHECK_TEXT(records("{\"type\":\"event\"," E T ",\"event\":\"e\"}", "unknown-entity"),
	    "{\"type\":\"refused\",\"reason\":\"unknown-entity\",\"input\":{\"type\":\"event\"," E T
	    ",\"event\":\"e\"}}");
}

// Of two copies that said different things the axis and the metadata may be those of different ones.
static void check_axis(void)
{
	struct kept kept;
	struct buffer text = BUFFER_INIT;

	keep_record(&kept, SLICE_LITERAL("{" E "\"property\":\"x\"," T ",\"value\":1}"), "");
	kept.items[0].rest = SLICE_LITERAL("{\"metadata\":{\"b\":1,\"axis\":{\"v\":1},\"c\":2},\"axis\":{\"v\":2}}");
	store_record_append(&writer, &text, &kept.series[0], &kept.items[0]);
	CHECK_TEXT(buffer_slice(&text),
	    "{" E "\"property\":\"x\"," T ",\"value\":1,\"metadata\":{\"b\":1,\"c\":2,\"axis\":{\"v\":2}}}");
	buffer_release(&text);
	arena_release(&kept.arena);
}

static void check_types(void)
{
	const struct history_item live = {.live = true}, dead = {.live = false};
	unsigned all = 0;

	for (int kind = 0; kind < SERIES_KINDS; kind++) {
		const struct store_series series = {.kind = kind};

		if (kind > SERIES_FORECAST && kind < SERIES_REFUSED)
			continue;
		CHECK(store_record_kinds(STORE_RECORD_BIT(store_record_type(&series, &live))) & SERIES_KIND(kind));
		CHECK(store_record_kinds(STORE_RECORD_BIT(store_record_type(&series, &dead))) & SERIES_KIND(kind));
		all |= STORE_RECORD_BIT(store_record_type(&series, &live));
		all |= STORE_RECORD_BIT(store_record_type(&series, &dead));
	}
	CHECK(all == STORE_RECORD_ALL);
	CHECK(!(store_record_kinds(STORE_RECORD_ALL & ~STORE_RECORD_BIT(STORE_RECORD_REFUSED)) >> SERIES_REFUSED));
}

int main(void)
{
	twin_lines_init(&lines);
	store_record_writer_init(&writer);
	TEST("readings and deletes come as they were, members without a meaning last")
	check_readings();
	TEST("a desire comes as one record for each of its properties")
	check_desired();
	TEST("predictions and events come as they were, or as a state where that called them something else")
	check_metrics();
	TEST("a state comes as the records that it was made of")
	check_states();
	TEST("values that are nested too deep for a record of their own come as a state")
	{
		check_depth("{" E "\"property\":\"x\"," T ",\"value\":", "}", 503);
		check_depth("{\"type\":\"state\"," E T ",\"properties\":{\"x\":", "}}", 510);
		check_depth("{\"type\":\"state\"," E T ",\"properties\":{},\"metadata\":{\"x/y/z/u/v/w\":{" T
			    ",\"value\":",
		    "}}}", 509);
		check_depth("{\"type\":\"state\"," E T ",\"desired\":{\"x\":", "}}", 510);
	}
	TEST("what was refused comes with the reason around it")
	check_refused();
	TEST("an axis that is another copy's stands in the metadata")
	check_axis();
	TEST("each kind of series has its type of record")
	check_types();
	twin_lines_release(&lines);
	store_record_writer_release(&writer);
	store_rest_common_release(&common);
	return unit_end();
}
