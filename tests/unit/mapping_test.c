#include "format/mapping.h"

#include "unit.h"

static void check_error(const char *json, const char *want)
{
	struct mapping mapping;
	struct error error = {"accepted"};

	mapping_init(&mapping);
	CHECK(mapping_read_text(&mapping, slice_from_string(json), &error) < 0);
	CHECK_TEXT(slice_from_string(error.message), want);
	mapping_release(&mapping);
}

// Printed, read and printed again.
static void check_same(const char *json)
{
	struct mapping first, second;
	struct error error = {""};
	struct buffer a = BUFFER_INIT, b = BUFFER_INIT;

	mapping_init(&first);
	mapping_init(&second);
	CHECK(mapping_read_text(&first, slice_from_string(json), &error) == 0);
	CHECK_TEXT(slice_from_string(error.message), "");
	mapping_append_json(&a, &first);
	CHECK(mapping_read_text(&second, buffer_slice(&a), &error) == 0);
	mapping_append_json(&b, &second);
	CHECK_TEXT(buffer_slice(&b), buffer_string(&a));
	CHECK_TEXT(buffer_slice(&a), json);
	mapping_release(&first);
	mapping_release(&second);
	buffer_release(&a);
	buffer_release(&b);
}

int main(void)
{
	TEST("a mapping that is printed reads back as itself")
	{
		check_same("{\n}\n");
		check_same("{\n"
			   "  \"format\": \"csv\",\n"
			   "  \"precision\": \"ms\",\n"
			   "  \"delimiter\": \"tab\",\n"
			   "  \"header\": false,\n"
			   "  \"columns\": [\"t\", \"a\", \"b\"],\n"
			   "  \"entity_id\": \"{dir}/{stem}\",\n"
			   "  \"time\": {\"from\": \"t\", \"format\": \"%d.%m.%Y %H:%M\", \"zone\": \"Europe/Berlin\", "
			   "\"start\": "
			   "\"2026-01-01T00:00:00Z\"},\n"
			   "  \"received\": {\"from\": \"r\", \"format\": \"ms\"},\n"
			   "  \"values\": [\n"
			   "    \"m*\",\n"
			   "    {\"from\": \"a\", \"property\": \"bearing/temperature\", \"unit\": \"Cel\", \"type\": "
			   "\"number\"}\n"
			   "  ],\n"
			   "  \"skip\": [\"x\"],\n"
			   "  \"labels\": [\"anomaly\"],\n"
			   "  \"units\": {\"a*\": \"K\"},\n"
			   "  \"types\": {\"b\": \"string\"},\n"
			   "  \"missing\": [\"\", \"-999\"],\n"
			   "  \"header_units\": true\n"
			   "}\n");
		check_same("{\n"
			   "  \"format\": \"ndjson\",\n"
			   "  \"time\": {\"row\": \"250000000ns\"},\n"
			   "  \"received\": {\"from\": \"/r\"},\n"
			   "  \"long\": {\"property\": \"p\", \"value\": \"v\"},\n"
			   "  \"members\": {\"unit\": \"u\", \"quality\": \"q\"},\n"
			   "  \"missing\": [],\n"
			   "  \"explode\": {\"from\": \"/samples\", \"step\": \"10s\"}\n"
			   "}\n");
	}
	TEST("what is not known or wrong is an error that names it")
	{
		check_error("{\"precision\": \"h\"}", "'precision': 'h' is no precision: ns, us, ms, s");
		check_error("[]", "a mapping is a JSON object");
		check_error("{\"valeus\": []}", "member 'valeus' is not known");
		check_error("{\"time\": {\"form\": \"t\"}}", "'time': member 'form' is not known");
		check_error(
		    "{\"time\": {\"from\": \"t\", \"row\": \"1s\"}}", "'time': 'from' and 'row' exclude each other");
		check_error("{\"values\": [{\"property\": \"a\"}]}", "'values': 'from' is missing");
		check_error("{\"values\": [{\"from\": \"a\", \"property\": \"a//b\"}]}",
		    "'values': property 'a//b' has an empty segment");
		check_error("{\"values\": [{\"from\": \"a\", \"type\": \"float\"}]}",
		    "'values': 'type' is one of auto, number, integer, string, boolean, json");
		check_error("{\"delimiter\": \"5\"}",
		    "'delimiter': '5' is no delimiter: one of , ; | and other marks of ASCII, or tab, or blanks for "
		    "runs of them");
		check_error("{\"header\": 1}", "'header': true or false is expected");
		check_error("{\"members\": {\"qualtiy\": \"q\"}}",
		    "'members': an object with some of unit, quality, sensor_id, seq, counter is expected");
		check_error("{\"header\": true, \"header\": false}", "line 1: duplicate object key near '\"header\"'");
	}
	TEST("names with marks of patterns in them are found as they are")
	{
		CHECK(mapping_glob_matches(SLICE_LITERAL("Torque [Nm]"), SLICE_LITERAL("Torque [Nm]")));
		CHECK(mapping_glob_matches(SLICE_LITERAL("T*"), SLICE_LITERAL("Torque [Nm]")));
		CHECK(mapping_glob_matches(SLICE_LITERAL("a*"), SLICE_LITERAL("a/b")));
		CHECK(!mapping_glob_matches(SLICE_LITERAL("t*"), SLICE_LITERAL("Torque [Nm]")));
		CHECK(!mapping_glob_matches(SLICE_EMPTY, SLICE_LITERAL("a")));
	}
	return unit_end();
}
