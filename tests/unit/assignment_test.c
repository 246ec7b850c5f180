#include "twin/assignment.h"

#include "twin_lines.h"

static struct twin_lines lines;
static struct buffer text = BUFFER_INIT;

// The assignments of a record, each as a record of its own, separated by blanks; or what is wrong with it.
static struct slice parts(const char *record)
{
	buffer_reset(&text);
	if (twin_lines_read(&lines, slice_from_string(record))) {
		buffer_printf(&text, "error: %s", lines.error.message);
		return buffer_slice(&text);
	}
	for (size_t i = 0; i < lines.list.count; i++) {
		if (i)
			buffer_append_char(&text, ' ');
		assignment_append_record(&text, &lines.list.items[i]);
	}
	return buffer_slice(&text);
}

#define T  "\"timestamp\":\"2026-03-01T12:00:00Z\""
#define T1 "\"timestamp\":\"2026-03-01T12:00:01Z\""
#define T2 "\"timestamp\":\"2026-03-01T12:00:02Z\""

static void check_readings(void)
{
	CHECK_TEXT(parts("{" T ",\"value\": {\"a\" : [1, 2] "
			 "},\"entity_id\":\"t\",\"quality\":0.50,\"property\":\"x\",\"seq\":3,\"unit\":\"K\","
			 "\"counter\":2,\"sensor_id\":\"s\",\"origin\":\"f:1\",\"ack\":{ \"code\":1}}"),
	    "{\"entity_id\":\"t\",\"property\":\"x\"," T
	    ",\"value\":{\"a\":[1,2]},\"unit\":\"K\",\"quality\":0.5,\"sensor_id\":\"s\",\"seq\":3,"
	    "\"counter\":2,\"origin\":\"f:1\",\"ack\":{\"code\":1}}");
	CHECK_TEXT(parts("{\"type\":\"deleted\",\"entity_id\":\"t\"," T "}"),
	    "{\"type\":\"deleted\",\"entity_id\":\"t\"," T "}");
	CHECK(lines.list.items[0].kind == REGISTER_TOMBSTONE && !lines.list.items[0].key.live);
	CHECK_TEXT(parts("{\"type\":\"deleted\",\"entity_id\":\"t\",\"property\":\"x\"," T "}"),
	    "{\"type\":\"deleted\",\"entity_id\":\"t\"," T ",\"property\":\"x\"}");
	CHECK(lines.list.items[0].kind == REGISTER_REPORTED && !lines.list.items[0].key.live);
}

static void check_desired(void)
{
	CHECK_TEXT(parts("{\"type\":\"desired\",\"entity_id\":\"t\"," T
			 ",\"command_id\":\"c\",\"deadline\":\"2026-03-01T13:00:09+01:00\","
			 "\"properties\":{\"a/b\":{\"c\":[{}],\"d\":null},\"e\":{},\"f\":{ \"g\" : {} }}}"),
	    "{\"type\":\"desired\",\"entity_id\":\"t\"," T
	    ",\"properties\":{\"a/b\":{\"c\":[{}]}},\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:09Z\"} "
	    "{\"type\":\"desired\",\"entity_id\":\"t\"," T
	    ",\"properties\":{\"a/b\":{\"d\":null}},\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:09Z\"} "
	    "{\"type\":\"desired\",\"entity_id\":\"t\"," T
	    ",\"properties\":{\"e\":{}},\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:09Z\"} "
	    "{\"type\":\"desired\",\"entity_id\":\"t\"," T
	    ",\"properties\":{\"f\":{\"g\":{}}},\"command_id\":\"c\",\"deadline\":\"2026-03-01T12:00:09Z\"}");
	CHECK_TEXT(lines.list.items[0].path, "a~1b/c");
	CHECK(!lines.list.items[1].key.live && lines.list.items[1].tail.value.length == 0);
	CHECK_TEXT(parts("{\"type\":\"desired\",\"entity_id\":\"t\"," T ",\"properties\":{}}"), "");
}

static void check_states(void)
{
	// What metadata describes, with last and hidden values, and what it does not.
	CHECK_TEXT(parts("{\"type\":\"state\",\"entity_id\":\"t\"," T2
			 ",\"properties\":{\"a\":{\"b\":1,\"c\":[2]},\"d\":{}},\"metadata\":{"
			 "\"a/b\":{" T ",\"unit\":\"K\",\"last\":{" T1 ",\"quality\":0,\"value\":null}},\"a\":{" T1
			 ",\"value\":\"hidden\"},"
			 "\"e\":{" T1 ",\"deleted\":true}}}"),
	    "{\"entity_id\":\"t\",\"property\":\"a/b\"," T1 ",\"value\":null,\"quality\":0} "
	    "{\"entity_id\":\"t\",\"property\":\"a/b\"," T ",\"value\":1,\"unit\":\"K\"} "
	    "{\"entity_id\":\"t\",\"property\":\"a\"," T1 ",\"value\":\"hidden\"} "
	    "{\"type\":\"deleted\",\"entity_id\":\"t\"," T1 ",\"property\":\"e\"} "
	    "{\"entity_id\":\"t\",\"property\":\"a/c\"," T2 ",\"value\":[2]} "
	    "{\"entity_id\":\"t\",\"property\":\"d\"," T2 ",\"value\":{}}");
	// Escaped names and times count as decoded.
	CHECK_TEXT(parts("{\"type\":\"change\",\"entity_id\":\"t\"," T2 ",\"properties\":{\"\\u0061\":{\"x\":1}},"
			 "\"metadata\":{\"\\u0061\":{\"time\\u0073tamp\":\"2026-03-01T12:00:00Z\"}}}"),
	    "{\"entity_id\":\"t\",\"property\":\"a\"," T ",\"value\":{\"x\":1}}");
}

static void check_state_registers(void)
{
	CHECK_TEXT(
	    parts("{\"type\":\"state\",\"entity_id\":\"t\"," T2
		  ",\"deleted\":\"2026-03-01T12:00:00Z\",\"model\":\"m\",\"properties\":{},"
		  "\"relationships\":{\"r/s\":\"u\"},\"metadata\":{\"/deleted\":{\"sensor_id\":\"s\"},\"/model\":{" T1
		  "},"
		  "\"/relationships/r~1s\":{" T1
		  ",\"deleted\":true}},\"desired\":{\"x\":1},\"desired_metadata\":{\"x\":{" T1
		  ",\"command_id\":\"c\"}}}"),
	    "{\"type\":\"deleted\",\"entity_id\":\"t\"," T ",\"sensor_id\":\"s\"} "
	    "{\"type\":\"state\",\"entity_id\":\"t\"," T1 ",\"model\":\"m\"} "
	    "{\"type\":\"state\",\"entity_id\":\"t\"," T1 ",\"relationships\":{\"r/s\":\"u\"}} "
	    "{\"type\":\"desired\",\"entity_id\":\"t\"," T1 ",\"properties\":{\"x\":1},\"command_id\":\"c\"}");
	CHECK_TEXT(parts("{\"type\":\"state\",\"entity_id\":\"t\"," T2
			 ",\"properties\":{},\"computed_metrics\":{\"predictions\":{\"m\":{" T "}},"
			 "\"events\":{\"e\":{\"\":{" T ",\"event\":\"e\"},\"x\":{" T1
			 ",\"event\":\"e\",\"property\":\"x\"}}}}}"),
	    "{\"type\":\"prediction\",\"entity_id\":\"t\"," T "} "
	    "{\"type\":\"event\",\"entity_id\":\"t\"," T ",\"event\":\"e\"} "
	    "{\"type\":\"event\",\"entity_id\":\"t\"," T1 ",\"event\":\"e\",\"property\":\"x\"}");
}

static void check_errors(void)
{
	static const char *const wrong[] = {
	    "\"metadata\":{\"x\":{}}",
	    "\"metadata\":{\"x\":[]}",
	    "\"metadata\":{\"x\":{" T "}}",
	    "\"metadata\":{\"x\":{\"last\":{" T "}}}",
	    "\"metadata\":{\"x\":{\"timestamp\":0,\"value\":1}}",
	    "\"metadata\":{\"x\":{" T ",\"value\":1,\"quality\":1.5}}",
	    "\"metadata\":{\"x\":{" T ",\"value\":1,\"seq\":-1}}",
	    "\"metadata\":{\"x//y\":{" T ",\"value\":1}}",
	    "\"metadata\":{\"x~\":{" T ",\"value\":1}}",
	    "\"desired_metadata\":{\"x\":{" T ",\"value\":1,\"deadline\":\"soon\"}}",
	    "\"computed_metrics\":{\"events\":{\"e\":{\"\":{}}}}",
	    "\"deleted\":\"noon\"",
	};
	struct buffer record = BUFFER_INIT;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		buffer_reset(&record);
		buffer_printf(&record, "{\"type\":\"state\",\"entity_id\":\"t\"," T ",\"properties\":{},%s}", wrong[i]);
		if (!slice_starts_with(parts(buffer_string(&record)), SLICE_LITERAL("error: ")))
			unit_fail(wrong[i], 0, "is accepted");
	}
	buffer_release(&record);
}

int main(void)
{
	twin_lines_init(&lines);
	TEST("a reading or a delete is one assignment, its value without white space") check_readings();
	TEST("a desired is one for each leaf and each empty object, null withdraws") check_desired();
	TEST("a state gives back readings, deletes and hidden values, and leaves without metadata are as old as itself")
	check_states();
	TEST("a state gives back delete, model, relationships, desires and metrics") check_state_registers();
	TEST("a state whose metadata contradicts itself is an error") check_errors();
	TEST("the hash is that of a reading's record, and differs by kind")
	{
		struct slice t = SLICE_LITERAL("t"), x = SLICE_LITERAL("x");

		CHECK(twin_lines_read(
			  &lines, SLICE_LITERAL("{\"entity_id\":\"t\",\"property\":\"x\"," T ",\"value\":1}")) == 0);
		CHECK(lines.list.items[0].hash == assignment_hash(REGISTER_REPORTED, t, x));
		CHECK(assignment_hash(REGISTER_DESIRED, t, x) != assignment_hash(REGISTER_REPORTED, t, x));
	}
	twin_lines_release(&lines);
	buffer_release(&text);
	return unit_end();
}
