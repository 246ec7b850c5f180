// The rest of items: what is written of a record comes back, and joining is the same whatever meets first.
#include "twin/store_rest.h"

#include "base/timestamp.h"
#include "twin_lines.h"
#include "unit.h"
#include "unit_random.h"

struct rests {
	struct arena arena;
	uint64_t random;
};

static const char *choose(struct rests *rests, const char *const *choices, size_t count)
{
	return choices[random_below(&rests->random, count)];
}

#define CHOOSE(rests, ...)                                                                                             \
	choose(rests, (const char *const[]){__VA_ARGS__},                                                              \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

// As store_rest_append writes them, from few parts, so that they meet. Members of others are called like those of the rest.
static struct slice random_rest(struct rests *rests)
{
	const char *const parts[] = {
	    CHOOSE(rests, "", "", "\"deadline\":\"2026-03-01T00:00:00Z\"", "\"deadline\":\"2026-03-01T00:00:00.5Z\""),
	    CHOOSE(rests, "", "\"ack\":{\"code\":200}", "\"ack\":{\"code\":400}", "\"ack\":{}"),
	    CHOOSE(rests, "", "\"metadata\":{\"axis\":{\"value\":7}}", "\"metadata\":{\"axis\":{\"value\":10},\"a\":1}",
		"\"metadata\":{\"b\":[1,2]}", "\"metadata\":{\"axis\":3,\"z\":1}", "\"metadata\":{}"),
	    CHOOSE(rests, "", "\"others\":{\"refused\":\"future\"}", "\"others\":{\"ack\":{\"code\":1},\"n\":1.50}"),
	    CHOOSE(rests, "", "", "\"refused\":\"future\"", "\"refused\":\"unknown-entity\""),
	};
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!*parts[i])
			continue;
		buffer_append_char(&text, text.length ? ',' : '{');
		buffer_append_string(&text, parts[i]);
	}
	if (text.length)
		buffer_append_char(&text, '}');
	struct slice rest = arena_dup(&rests->arena, buffer_slice(&text));

	buffer_release(&text);
	return rest;
}

static struct slice join(struct rests *rests, struct slice a, struct slice b)
{
	struct buffer joined = BUFFER_INIT;

	store_rest_join(NULL, a, b, &joined);
	struct slice rest = arena_dup(&rests->arena, buffer_slice(&joined));

	buffer_release(&joined);
	return rest;
}

static bool check_triple(struct rests *rests)
{
	struct slice a = random_rest(rests), b = random_rest(rests), c = random_rest(rests);
	struct slice ab = join(rests, a, b);

	return slice_equal(join(rests, a, a), a) && slice_equal(ab, join(rests, b, a)) &&
	    slice_equal(join(rests, ab, ab), ab) && slice_equal(join(rests, ab, b), ab) &&
	    slice_equal(join(rests, ab, c), join(rests, a, join(rests, b, c)));
}

static void check_algebra(void)
{
	struct rests rests = {.random = 1};
	size_t wrong = 0;

	for (int i = 0; i < 30000; i++) {
		wrong += !check_triple(&rests);
		arena_reset(&rests.arena);
	}
	CHECK(wrong == 0);
	arena_release(&rests.arena);
}

static void check_join(const char *a, const char *b, const char *want)
{
	struct rests rests = {.random = 1};

	CHECK_TEXT(join(&rests, slice_from_string(a), slice_from_string(b)), want);
	CHECK_TEXT(join(&rests, slice_from_string(b), slice_from_string(a)), want);
	arena_release(&rests.arena);
}

static void check_joins(void)
{
	check_join("", "", "");
	check_join("", "{\"ack\":{\"code\":1}}", "{\"ack\":{\"code\":1}}");
	check_join("{\"deadline\":\"2026-03-01T00:00:00.5Z\"}", "{\"deadline\":\"2026-03-01T00:00:00Z\"}",
	    "{\"deadline\":\"2026-03-01T00:00:00Z\"}");
	// The larger text of metadata has the smaller axis, or none.
	check_join("{\"metadata\":{\"axis\":{\"value\":7}}}", "{\"metadata\":{\"axis\":{\"value\":10},\"a\":1}}",
	    "{\"metadata\":{\"axis\":{\"value\":7}}}");
	check_join("{\"metadata\":{\"axis\":{\"value\":7}}}", "{\"metadata\":{\"b\":1}}",
	    "{\"metadata\":{\"b\":1},\"axis\":{\"value\":7}}");
	check_join("{\"metadata\":{\"axis\":{\"value\":7},\"b\":1}}", "{\"metadata\":{\"axis\":{\"value\":8},\"a\":1}}",
	    "{\"metadata\":{\"axis\":{\"value\":8},\"a\":1}}");
	check_join("{\"others\":{\"a\":2}}", "{\"others\":{\"b\":1}}", "{\"others\":{\"b\":1}}");
	check_join("{\"refused\":\"future\"}", "{\"refused\":\"wrong-type\"}", "{\"refused\":\"wrong-type\"}");
}

// Nothing that a damaged store may hold does harm.
static void check_damaged(void)
{
	static const char *const texts[] = {
	    "x", "{", "[1]", "{\"ack\":1,\"deadline\":2,\"metadata\":[],\"refused\":3}", "7"};
	struct value_tree tree = VALUE_TREE_INIT;
	struct store_rest parts;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		store_rest_parse(slice_from_string(texts[i]), &tree, &parts);
		CHECK(
		    parts.deadline == NO_DEADLINE && !parts.ack.length && !parts.metadata.length && !parts.axis.length);
		CHECK(!parts.others.length && !parts.refused.length);
		check_join(texts[i], "{\"ack\":{}}", "{\"ack\":{}}");
	}
	value_tree_release(&tree);
}

// The rest of the last assignment of a record.
static struct slice rest_of(struct twin_lines *lines, struct buffer *out, const char *line, const char *refused)
{
	struct store_rest_common common = {.text = BUFFER_INIT, .tree = VALUE_TREE_INIT};

	buffer_reset(out);
	CHECK(twin_lines_read(lines, slice_from_string(line)) == 0);
	store_rest_common_make(&common, &lines->record, lines->list.count);
	store_rest_append(
	    out, &lines->list.items[lines->list.count - 1], buffer_slice(&common.text), slice_from_string(refused));
	store_rest_common_release(&common);
	return buffer_slice(out);
}

#define ABOUT "\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:00Z\""

static void check_records(void)
{
	struct twin_lines lines;
	struct buffer out = BUFFER_INIT;

	twin_lines_init(&lines);
	CHECK_TEXT(rest_of(&lines, &out, "{" ABOUT ",\"property\":\"p\",\"value\":1,\"unit\":\"K\"}", ""), "");
	CHECK_TEXT(
	    rest_of(&lines, &out, "{" ABOUT ",\"property\":\"p\",\"value\":1}", "future"), "{\"refused\":\"future\"}");
	CHECK_TEXT(rest_of(&lines, &out,
		       "{\"x\": [1, 2]," ABOUT
		       ",\"property\":\"p\",\"value\":1,\"metadata\": {\"y\" : 1.50},\"ack\":{\"code\":"
		       "200}}",
		       "out-of-range"),
	    "{\"ack\":{\"code\":200},\"metadata\":{\"y\":1.50},\"others\":{\"x\":[1,2]},\"refused\":\"out-of-range\"}");
	CHECK_TEXT(rest_of(&lines, &out,
		       "{\"type\":\"desired\"," ABOUT
		       ",\"properties\":{\"a\":1,\"b\":null},\"deadline\":\"2026-03-01T13:00:00+"
		       "01:00\",\"metadata\":{},\"ack\":null}",
		       ""),
	    "{\"deadline\":\"2026-03-01T12:00:00Z\",\"metadata\":{},\"others\":{\"ack\":null}}");
	CHECK_TEXT(
	    rest_of(&lines, &out, "{\"type\":\"deleted\"," ABOUT ",\"value\":\"x y\",\"metadata\":{\"axis\":{}}}", ""),
	    "{\"metadata\":{\"axis\":{}},\"others\":{\"value\":\"x y\"}}");
	// Predictions are kept whole elsewhere, and states part by part.
	CHECK_TEXT(rest_of(&lines, &out, "{\"type\":\"prediction\"," ABOUT ",\"x\":1,\"metadata\":{}}", ""), "");
	CHECK_TEXT(rest_of(&lines, &out,
		       "{\"type\":\"state\"," ABOUT ",\"x\":1,\"properties\":{\"p\":1},\"metadata\":{\"p\":{"
		       "\"timestamp\":\"2026-03-01T12:00:00Z\",\"axis\":{\"u\":1}}}}",
		       ""),
	    "{\"metadata\":{\"axis\":{\"u\":1}}}");
	buffer_release(&out);
	twin_lines_release(&lines);
}

// Only a register that has a deadline, ack or axis gets it.
static void check_assigned(void)
{
	static const char rest[] =
	    "{\"deadline\":\"2026-03-01T00:00:00Z\",\"ack\":{},\"metadata\":{\"axis\":{\"v\":1}}}";
	struct value_tree tree = VALUE_TREE_INIT;
	struct assignment reading = {.kind = REGISTER_REPORTED, .key = {.live = true}};
	struct assignment deleted = {.kind = REGISTER_REPORTED},
			  desired = {.kind = REGISTER_DESIRED, .key = {.live = true}};

	store_rest_read(slice_from_string(rest), &tree, &reading);
	CHECK_TEXT(reading.ack, "{}");
	CHECK_TEXT(reading.axis, "{\"v\":1}");
	CHECK(reading.deadline == NO_DEADLINE);
	store_rest_read(slice_from_string(rest), &tree, &deleted);
	CHECK(!deleted.ack.length && !deleted.axis.length && deleted.deadline == NO_DEADLINE);
	store_rest_read(slice_from_string(rest), &tree, &desired);
	CHECK(!desired.ack.length && !desired.axis.length && desired.deadline < NO_DEADLINE);
	value_tree_release(&tree);
}

// A desire of so many leaves, with so many bytes of metadata.
static bool keeps_metadata(struct twin_lines *lines, size_t leaves, size_t length)
{
	struct buffer line = BUFFER_INIT, out = BUFFER_INIT;

	buffer_append_string(&line, "{\"type\":\"desired\"," ABOUT ",\"properties\":{");
	for (size_t i = 0; i < leaves; i++)
		buffer_printf(&line, "%s\"p%zu\":1", i ? "," : "", i);
	buffer_append_string(&line, "},\"metadata\":{\"x\":\"");
	memset(buffer_reserve(&line, length), 'x', length);
	line.length += length;
	buffer_append_string(&line, "\"}}");
	bool keeps = rest_of(lines, &out, buffer_string(&line), "").length;

	buffer_release(&line);
	buffer_release(&out);
	return keeps;
}

static void check_copies(void)
{
	struct twin_lines lines;

	twin_lines_init(&lines);
	CHECK(keeps_metadata(&lines, 1, (size_t)17 << 20));
	CHECK(keeps_metadata(&lines, 2, (size_t)7 << 20));
	CHECK(!keeps_metadata(&lines, 2, (size_t)9 << 20));
	CHECK(keeps_metadata(&lines, 10000, 1000));
	CHECK(!keeps_metadata(&lines, 20000, 1000));
	twin_lines_release(&lines);
}

int main(void)
{
	TEST("joining is commutative, associative and idempotent") check_algebra();
	TEST("the earlier deadline stays, and of all else the larger, of axes apart from the rest of metadata")
	check_joins();
	TEST("what is damaged counts as nothing") check_damaged();
	TEST("what a record says beside its key is written as it stood there") check_records();
	TEST("readings get ack and axis back, desires the deadline") check_assigned();
	TEST("the leaves of a desire do not multiply what they have in common without limit") check_copies();
	return unit_end();
}
