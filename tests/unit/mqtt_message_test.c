#include "format/mqtt_message.h"

#include <inttypes.h>

#include "base/timestamp.h"

#include "unit.h"

static void check_time(const char *text, const char *want)
{
	struct buffer out = BUFFER_INIT;
	struct error error = {""};
	int64_t time;

	if (mqtt_time_parse(slice_from_string(text), &time, &error) == 0)
		timestamp_append(&out, time);
	else
		buffer_append_string(&out, "error");
	CHECK_TEXT(buffer_slice(&out), want);
	CHECK((error.message[0] != '\0') == slice_is(buffer_slice(&out), "error"));
	buffer_release(&out);
}

// "TOPIC j|J PAYLOAD METADATA", "TOPIC empty" or the error.
static void check_read(struct mqtt_reader *reader, const char *line, const char *want)
{
	struct buffer out = BUFFER_INIT;
	struct mqtt_message message;
	struct error error = {""};

	if (mqtt_reader_read(reader, slice_from_string(line), &message, &error) < 0) {
		CHECK_TEXT(slice_from_string(error.message), want);
		return;
	}
	buffer_append_slice(&out, message.topic);
	buffer_append_string(&out, message.is_empty ? " empty " : message.is_json ? " J " : " j ");
	buffer_append_slice(&out, message.payload);
	buffer_append_string(&out, message.metadata.length ? " " : "");
	buffer_append_slice(&out, message.metadata);
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_release(&out);
}

int main(void)
{
	struct mqtt_reader reader;

	TEST("tst is read with any offset that is written")
	{
		check_time("2026-03-01T12:00:00.250000Z+0000", "2026-03-01T12:00:00.25Z");
		check_time("2026-03-01T13:00:00.250000Z+0100", "2026-03-01T12:00:00.25Z");
		check_time("2026-03-01T13:00:00+0100", "2026-03-01T12:00:00Z");
		check_time("2026-03-01T08:30:00.123456789-03:30", "2026-03-01T12:00:00.123456789Z");
		check_time("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z");
		check_time("2026-03-01T12:00:00", "error");
		check_time("2026-03-01T12:00:00ZZ", "error");
		check_time("2026-03-01T12:00:00Z+01000", "error");
		check_time("2026-03-01T12:00:00+2400", "error");
		check_time("2026-03-01 12:00:00Z", "error");
		check_time("2026-03-01T25:00:00Z", "error");
		check_time("", "error");
	}
	TEST("the length of the payload tells both forms apart")
	{
		mqtt_reader_init(&reader);
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payloadlen\":4,\"payload\":\"on\"}", "a J \"on\"");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payloadlen\":2,\"payload\":\"on\"}", "a j on");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payloadlen\":4,\"payload\":\"on\"}",
		    "only 2 of 4 bytes of the payload are in the line (mosquitto_sub cuts it at a NUL byte: see its "
		    "%x)");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payloadlen\":3,\"payload\":1.0}", "a J 1.0");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payloadlen\":14,\"payload\":\"on\"}", "a J \"on\"");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payloadlen\":3,\"payload\":\"on\"}",
		    "only 2 of 3 bytes of the payload are in the line (mosquitto_sub cuts it at a NUL byte: see its "
		    "%x)");
		mqtt_reader_release(&reader);
	}
	TEST("without a length a string is text until something else was there")
	{
		mqtt_reader_init(&reader);
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payload\":\"1\"}", "a j 1");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payload\":1}", "a J 1");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payload\":\"1\"}", "a J \"1\"");
		check_read(&reader, "{\"tst\":1,\"topic\":\"a\",\"payload\":null}", "a empty ");
		mqtt_reader_release(&reader);
	}
	TEST("what readings do not say is metadata, in one order")
	{
		mqtt_reader_init(&reader);
		check_read(&reader,
		    "{\"x\":[1, 2],\"tst\":1,\"topic\":\"a\",\"retain\":1,\"qos\":1,\"mid\":2,\"payload\":1}",
		    "a J 1 \"qos\":1,\"retain\":1,\"x\":[1,2],\"mid\":2");
		check_read(&reader,
		    "{\"tst\":1,\"topic\":\"a\",\"payload\":1,\"properties\":{\"u\":{\"k\":1,\"\\u006b\":2},\"v\":{}}}",
		    "a J 1 \"properties\":{\"u\":[[\"k\",1],[\"\\u006b\",2]],\"v\":{}}");
		mqtt_reader_release(&reader);
	}
	return unit_end();
}
