#include "twin/delta.h"

#include "twin_lines.h"

static struct twin_lines lines;
static struct twin_view view;
static struct delta delta;
static struct buffer text;

static void begin(void)
{
	twin_lines_init(&lines);
	view = (struct twin_view)TWIN_VIEW_INIT;
	delta = (struct delta)DELTA_INIT;
	text = (struct buffer)BUFFER_INIT;
}

static void end(void)
{
	twin_view_release(&view);
	delta_release(&delta);
	twin_lines_release(&lines);
	buffer_release(&text);
}

static struct slice unmet(const struct model *model)
{
	twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
	delta_compute(&delta, &view, model);
	buffer_reset(&text);
	delta_append_properties(&text, &delta);
	return buffer_slice(&text);
}

// What is left of desired, reported as a state of the same time.
static void check(const char *desired, const char *reported, const char *left)
{
	struct buffer record = BUFFER_INIT;

	begin();
	twin_lines_desired(&lines, 0, desired, "");
	buffer_printf(&record,
	    "{\"type\":\"state\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"properties\":%s}",
	    reported);
	twin_lines_put(&lines, buffer_string(&record));
	CHECK_TEXT(unmet(NULL), left);
	buffer_release(&record);
	end();
}

static void check_rules(void)
{
	check("{\"a\":1}", "{\"a\":1,\"b\":2}", "{}");
	check("{\"a\":1}", "{}", "{\"a\":1}");
	check("{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"a\":1.0,\"b\":{\"c\":2,\"d\":4}}", "{\"b\":{\"d\":3}}");
	check("{\"a\":100}", "{\"a\":1e2}", "{}");
	check("{\"a\":9007199254740993}", "{\"a\":9007199254740992}", "{\"a\":9007199254740993}");
	check("{\"a\":\"x\"}", "{\"a\":\"\\u0078\"}", "{}");
	check("{\"a\":true}", "{\"a\":\"true\"}", "{\"a\":true}");
	check("{\"a\":{\"b\":1}}", "{\"a\":[1]}", "{\"a\":{\"b\":1}}");
	check("{\"a\":1}", "{\"a\":{\"b\":1}}", "{\"a\":1}");
}

static void check_arrays(void)
{
	check("{\"a\":[1,[2,{\"b\":3}]]}", "{\"a\":[1,[2,{\"b\":3.0}]]}", "{}");
	check("{\"a\":[1,2]}", "{\"a\":[2,1]}", "{\"a\":[1,2]}");
	check("{\"a\":[]}", "{\"a\":[]}", "{}");
	check("{\"a\":[]}", "{\"a\":{}}", "{\"a\":[]}");
	check("{\"a\":[{\"b\":1}]}", "{\"a\":[{\"b\":1,\"c\":2}]}", "{\"a\":[{\"b\":1}]}");
}

static void check_empty_objects(void)
{
	check("{\"a\":{}}", "{\"a\":{}}", "{}");
	check("{\"a\":{}}", "{\"a\":{\"b\":1}}", "{}");
	check("{\"a\":{\"b\":{}}}", "{\"a\":{\"b\":{\"c\":{\"d\":1}}}}", "{}");
	check("{\"a\":{}}", "{\"a\":1}", "{\"a\":{}}");
	check("{\"a\":{}}", "{\"b\":{}}", "{\"a\":{}}");
}

static void check_times(void)
{
	begin();
	twin_lines_reading(&lines, "o", 5, "{\"x\":1,\"y\":{\"z\":[2]}}", "");
	twin_lines_desired(&lines, 6, "{\"o\":{\"x\":1}}", "");
	twin_lines_desired(&lines, 4, "{\"o\":{\"y\":{\"z\":[2]}},\"n\":1}", "");
	CHECK_TEXT(unmet(NULL), "{\"n\":1,\"o\":{\"x\":1}}");
	CHECK(delta.since == AT_SECOND(4));
	// As new is new enough.
	twin_lines_reading(&lines, "o", 6, "{\"x\":1,\"y\":{\"z\":[2]}}", "");
	CHECK_TEXT(unmet(NULL), "{\"n\":1}");
	// A bad reading meets nothing, and what is deleted is not reported.
	twin_lines_reading(&lines, "n", 9, "1", "\"quality\":0.5");
	CHECK_TEXT(unmet(NULL), "{\"n\":1}");
	twin_lines_reading(&lines, "n", 9, "1", "");
	CHECK_TEXT(unmet(NULL), "{}");
	twin_lines_put(&lines,
	    "{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"n\",\"timestamp\":\"2026-03-01T12:00:10Z\"}");
	CHECK_TEXT(unmet(NULL), "{\"n\":1}");
	// An object made of several readings is as new as the newest.
	twin_lines_reading(&lines, "p/a", 1, "1", "");
	twin_lines_desired(&lines, 5, "{\"p\":{}}", "");
	CHECK_TEXT(unmet(NULL), "{\"n\":1,\"p\":{}}");
	twin_lines_reading(&lines, "p/b", 5, "1", "");
	CHECK_TEXT(unmet(NULL), "{\"n\":1}");
	end();
}

static void check_withdrawn(void)
{
	begin();
	twin_lines_desired(&lines, 1, "{\"a\":1,\"b\":{\"c\":2}}", "");
	twin_lines_desired(&lines, 2, "{\"a\":null,\"b\":3}", "");
	CHECK_TEXT(unmet(NULL), "{\"b\":3}");
	twin_lines_put(&lines, "{\"type\":\"deleted\",\"entity_id\":\"t\",\"timestamp\":\"2026-03-01T12:00:03Z\"}");
	CHECK_TEXT(unmet(NULL), "{}");
	CHECK(delta.count == 0);
	end();
}

static void check_acks(void)
{
	struct slice c = SLICE_LITERAL("c\"");

	CHECK(ack_refuses(SLICE_LITERAL("{\"command_id\":\"c\\\"\",\"code\":400}"), c));
	CHECK(ack_refuses(SLICE_LITERAL("{\"code\":4e99,\"command_id\":\"\\u0063\\\"\"}"), c));
	CHECK(!ack_refuses(SLICE_LITERAL("{\"command_id\":\"c\\\"\",\"code\":399.9}"), c));
	CHECK(!ack_refuses(SLICE_LITERAL("{\"command_id\":\"c\\\"\",\"code\":\"400\"}"), c));
	CHECK(!ack_refuses(SLICE_LITERAL("{\"command_id\":\"c\",\"code\":400}"), c));
	CHECK(!ack_refuses(SLICE_LITERAL("{\"code\":400}"), SLICE_EMPTY));
	CHECK(!ack_refuses(SLICE_EMPTY, c));
	begin();
	twin_lines_desired(&lines, 1, "{\"o\":{\"x\":1,\"y\":2}}", "\"command_id\":\"c1\"");
	twin_lines_desired(&lines, 1, "{\"o\":{\"z\":3}}", "\"command_id\":\"c2\"");
	twin_lines_reading(&lines, "o", 2, "{\"x\":1,\"y\":2,\"z\":3}", "\"ack\":{\"command_id\":\"c1\",\"code\":500}");
	CHECK_TEXT(unmet(NULL), "{\"o\":{\"x\":1,\"y\":2}}");
	twin_lines_reading(&lines, "o", 3, "{\"x\":1,\"y\":2,\"z\":3}", "\"ack\":{\"command_id\":\"c1\",\"code\":200}");
	CHECK_TEXT(unmet(NULL), "{}");
	end();
}

static void check_tolerance(void)
{
	struct model model = {.paths = HASH_MAP_INIT};
	struct model_property property = {.absolute = 0.5, .relative = 0.01};

	model.properties = &property;
	hash_map_add(&model.paths, SLICE_LITERAL("x"), NULL);
	begin();
	twin_lines_desired(&lines, 0, "{\"x\":40,\"y\":40}", "");
	twin_lines_reading(&lines, "x", 1, "40.5", "");
	twin_lines_reading(&lines, "y", 1, "40.5", "");
	CHECK_TEXT(unmet(&model), "{\"y\":40}");
	CHECK_TEXT(unmet(NULL), "{\"x\":40,\"y\":40}");
	twin_lines_reading(&lines, "x", 2, "40.50001", "");
	CHECK_TEXT(unmet(&model), "{\"x\":40,\"y\":40}");
	twin_lines_desired(&lines, 3, "{\"x\":[4000,\"a\"]}", "");
	twin_lines_reading(&lines, "x", 3, "[4039,\"a\"]", "");
	CHECK_TEXT(unmet(&model), "{\"y\":40}");
	twin_lines_reading(&lines, "x", 4, "[4041,\"a\"]", "");
	CHECK_TEXT(unmet(&model), "{\"x\":[4000,\"a\"],\"y\":40}");
	end();
	hash_map_release(&model.paths);
}

static void check_verdict(enum delta_verdict verdict)
{
	twin_view_draw(&view, &lines.set, twin_lines_twin(&lines));
	CHECK(delta_judge(&delta, &view, &view.kinds[REGISTER_DESIRED].entries[0], NULL) == verdict);
	CHECK(delta_is_met(&delta, &view, &view.kinds[REGISTER_DESIRED].entries[0], NULL) == (verdict == DELTA_MET));
}

static void check_verdicts(void)
{
	begin();
	twin_lines_desired(&lines, 5, "{\"o\":{\"x\":1}}", "\"command_id\":\"c1\"");
	check_verdict(DELTA_MISSING);
	twin_lines_reading(&lines, "o", 4, "{\"x\":1}", "");
	check_verdict(DELTA_OLDER);
	twin_lines_reading(&lines, "o", 5, "{\"y\":1}", "");
	check_verdict(DELTA_MISSING);
	twin_lines_reading(&lines, "o", 6, "{\"x\":2}", "");
	check_verdict(DELTA_DIFFERS);
	twin_lines_reading(&lines, "o/x", 7, "1", "\"ack\":{\"command_id\":\"c1\",\"code\":400}");
	check_verdict(DELTA_REFUSED);
	twin_lines_reading(&lines, "o/x", 8, "1.0", "");
	check_verdict(DELTA_MET);
	end();
}

// Ten thousand desires below one reading: it is taken apart once.
static void check_large(void)
{
	struct buffer object = BUFFER_INIT;

	begin();
	for (int i = 0; i < 10000; i++)
		buffer_printf(&object, "%s\"k%d\":%d", i ? "," : "{", i, i);
	buffer_append_char(&object, '}');
	twin_lines_reading(&lines, "o", 1, buffer_string(&object), "");
	struct buffer desired = BUFFER_INIT;

	buffer_printf(&desired, "{\"o\":%s}", buffer_string(&object));
	twin_lines_desired(&lines, 1, buffer_string(&desired), "");
	CHECK_TEXT(unmet(NULL), "{}");
	twin_lines_reading(&lines, "o", 2, "{\"k7\":7}", "");
	unmet(NULL);
	CHECK(delta.count == 9999);
	buffer_release(&object);
	buffer_release(&desired);
	end();
}

int main(void)
{
	TEST("over desired only, nested, numbers by value") check_rules();
	TEST("arrays are compared as a whole") check_arrays();
	TEST("an empty object is met by any object") check_empty_objects();
	TEST("only a reading that is not older than the desire meets it") check_times();
	TEST("withdrawn, hidden and deleted desires are not in the delta") check_withdrawn();
	TEST("an ack refuses the command that it names") check_acks();
	TEST("the model's tolerance holds for its property, inside arrays too") check_tolerance();
	TEST("many desires below one reading") check_large();
	TEST("it is told what keeps a desire from being met") check_verdicts();
	return unit_end();
}
