#define _GNU_SOURCE
#include "record/record_sink.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "record/display.h"
#include "unit.h"

// What the sink writes of the lines (each ended by a newline), on a screen of so many columns (NULL: nothing says how many).
static struct slice shown_on(
    bool is_terminal, struct buffer *text, enum output_format format, const char *columns, struct slice lines)
{
	char path[] = "/tmp/record_sink_test.XXXXXX";
	int fd = mkstemp(path);
	struct output output;
	struct record_sink sink;
	struct error error;
	ssize_t got;

	if (columns)
		setenv("COLUMNS", columns, 1);
	else
		unsetenv("COLUMNS");
	CHECK(output_open(&output, path, &error) == 0);
	output.is_terminal = is_terminal;
	record_sink_init(&sink, &output, format);
	while (lines.length) {
		const char *end = memchr(lines.data, '\n', lines.length);
		struct slice line = slice_of(lines.data, (size_t)(end - lines.data));

		record_sink_write(&sink, line);
		lines = slice_skip(lines, line.length + 1);
	}
	CHECK(record_sink_flush(&sink, &error) == 0);
	record_sink_release(&sink);
	CHECK(output_close(&output, &error) == 0);
	buffer_reset(text);
	while ((got = read(fd, buffer_reserve(text, 65536), 65536)) > 0)
		text->length += (size_t)got;
	close(fd);
	unlink(path);
	return buffer_slice(text);
}

static struct slice shown(struct buffer *text, enum output_format format, const char *columns, struct slice lines)
{
	return shown_on(false, text, format, columns, lines);
}

static struct slice table(struct buffer *text, const char *columns, const char *lines)
{
	return shown(text, OUTPUT_FORMAT_TABLE, columns, slice_from_string(lines));
}

static struct slice csv(struct buffer *text, const char *lines)
{
	return shown(text, OUTPUT_FORMAT_CSV, "80", slice_from_string(lines));
}

static struct slice fit(struct buffer *text, struct slice raw, size_t limit)
{
	buffer_reset(text);
	display_append(text, raw, limit);
	return buffer_slice(text);
}

static void test_display(struct buffer *text)
{
	TEST("control characters and what turns the line around are shown, not sent")
	{
		CHECK_TEXT(
		    fit(text, SLICE_LITERAL("a\033[2Jb\n\t\r\a\x7f"), 100), "a\\u001b[2Jb\\n\\t\\r\\u0007\\u007f");
		CHECK_TEXT(fit(text, SLICE_LITERAL("a\0b"), 100), "a\\u0000b");
		CHECK_TEXT(fit(text,
			       SLICE_LITERAL("\xc2\x9b"
					     "31m"),
			       100),
		    "\\u009b31m");
		CHECK_TEXT(fit(text, SLICE_LITERAL("x\u202ey\u2066"), 100), "x\\u202ey\\u2066");
	}
	TEST("bytes that are no UTF-8 are shown as numbers")
	{
		CHECK_TEXT(fit(text, SLICE_LITERAL("\xff\xc3"), 100), "\\xff\\xc3");
		CHECK_TEXT(fit(text, SLICE_LITERAL("\xc0\xaf"), 100), "\\xc0\\xaf");
		CHECK_TEXT(fit(text, SLICE_LITERAL("\xed\xa0\x80"), 100), "\\xed\\xa0\\x80");
	}
	TEST("text that was made fit passes a second time unchanged")
	{
		CHECK_TEXT(fit(text, SLICE_LITERAL("a\\u001bb\\xff°"), 100), "a\\u001bb\\xff°");
	}
	TEST("width counts columns: two for wide characters, none for marks")
	{
		CHECK(display_width(SLICE_LITERAL("°C")) == 2);
		CHECK(display_width(SLICE_LITERAL("温度")) == 4);
		CHECK(display_width(SLICE_LITERAL("e\u0301")) == 1);
		CHECK(display_width(SLICE_LITERAL("😀")) == 2);
		CHECK(display_width(SLICE_LITERAL("ｱ")) == 1);
	}
	TEST("what is too long ends in an ellipsis and never exceeds the limit")
	{
		CHECK_TEXT(fit(text, SLICE_LITERAL("abcdef"), 6), "abcdef");
		CHECK_TEXT(fit(text, SLICE_LITERAL("abcdefg"), 6), "abcde…");
		CHECK_TEXT(fit(text, SLICE_LITERAL("温度温"), 5), "温度…");
		CHECK_TEXT(fit(text, SLICE_LITERAL("温度温"), 4), "温…");
		CHECK_TEXT(fit(text, SLICE_LITERAL("abc"), 1), "…");
		CHECK_TEXT(fit(text, SLICE_LITERAL("abc"), 0), "");
	}
	TEST("a pile of marks on one character is cut down")
	{
		CHECK(fit(text, SLICE_LITERAL("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301"), 9).length == 1 + 4 * 2);
	}
}

static void test_ndjson(struct buffer *text)
{
	TEST("NDJSON passes a line as it is")
	{
		CHECK_TEXT(shown(text, OUTPUT_FORMAT_NDJSON, "80", SLICE_LITERAL("{ \"a\": 1 }\nrubbish\n")),
		    "{ \"a\": 1 }\nrubbish\n");
	}
	TEST("auto is NDJSON when the output is no terminal")
	{
		CHECK_TEXT(shown(text, OUTPUT_FORMAT_AUTO, "80", SLICE_LITERAL("{\"type\":\"state\"}\n")),
		    "{\"type\":\"state\"}\n");
	}
}

#define PUMP_2                                                                                                         \
	"{\"type\":\"state\",\"entity_id\":\"pump-2\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"properties\":{"         \
	"\"bearing\":{"                                                                                                \
	"\"temperature\":61.4},\"running\":true,\"mode\":\"auto\",\"setpoint\":4},\"desired\":{\"setpoint\":5,"        \
	"\"mode\":\"auto\"},"                                                                                          \
	"\"delta\":{\"setpoint\":5},\"sync_status\":\"stale\",\"confidence_score\":0.5,\"metadata\":{\"bearing/"       \
	"temperature\":"                                                                                               \
	"{\"timestamp\":\"2026-03-01T12:00:00Z\",\"quality\":0.8,\"unit\":\"°C\",\"sensor_id\":\"s2\"},\"running\":{" \
	"\"timestamp\":"                                                                                               \
	"\"2026-03-01T11:59:50Z\",\"last\":{\"timestamp\":\"2026-03-01T12:00:00Z\",\"quality\":0,\"value\":false}}}}"  \
	"\n"

static void test_state_blocks(struct buffer *text)
{
	TEST("a few twins are a block each: a heading and a line for each property")
	{
		CHECK_TEXT(table(text, "100",
			       PUMP_2 "{\"type\":\"state\",\"entity_id\":\"tank-1\",\"timestamp\":"
				      "\"2026-03-01T12:00:00Z\",\"properties\":{},\"sync_status\":\"unknown\"}\n"),
		    "pump-2  stale  confidence 0.5  2026-03-01T12:00:00Z\n"
		    "  bearing/temperature  61.4  °C  2026-03-01T12:00:00Z  quality 0.8, sensor s2\n"
		    "  mode                 auto                            desired auto\n"
		    "  running              true      2026-03-01T11:59:50Z  not used: false, quality 0, of 2026-03-01"
		    "T12…\n"
		    "  setpoint                4                            desired 5 (differs)\n"
		    "\n"
		    "tank-1  unknown  2026-03-01T12:00:00Z\n");
	}
	TEST("an object that was one reading is one line, other objects are taken apart")
	{
		CHECK_TEXT(table(text, "80",
			       "{\"type\":\"state\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{\"p\":{"
			       "\"x\":1,\"y\":2},"
			       "\"q\":{\"x\":1}},\"metadata\":{\"p\":{\"timestamp\":\"T\"}}}\n"),
		    "a  T\n"
		    "  p    {\"x\":1,\"y\":2}  T\n"
		    "  q/x              1\n");
	}
	TEST("a twin that is gone is told of among the others")
	{
		CHECK_TEXT(
		    table(text, "80",
			"{\"type\":\"state\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{\"p\":1}}\n"
			"{\"type\":\"deleted\",\"entity_id\":\"b\",\"timestamp\":\"T\"}\n"
			"{\"type\":\"deleted\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"property\":\"p\"}\n"
			"{\"type\":\"desired\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"properties\":{\"p\":null}}\n"),
		    "a  T\n  p  1\n\nb  deleted  T\n\nb  deleted p  T\n\nb  desired {\"p\":null}  T\n");
	}
	TEST("confidence is rounded down to hundredths")
	{
		CHECK_TEXT(
		    table(text, "80",
			"{\"type\":\"state\",\"entity_id\":\"a\",\"properties\":{},\"confidence_score\":0.9999}\n"),
		    "a  confidence 0.99\n");
		CHECK_TEXT(table(text, "80",
			       "{\"type\":\"state\",\"entity_id\":\"a\",\"properties\":{},\"confidence_score\":1.0}\n"),
		    "a  confidence 1\n");
	}
	TEST("a text that looks like a number keeps its quotes")
	{
		CHECK_TEXT(table(text, "80",
			       "{\"type\":\"state\",\"entity_id\":\"a\",\"properties\":{\"p\":\"12\",\"q\":\"\",\"r\":"
			       "\"on\"}}\n"),
		    "a\n  p  \"12\"\n  q  \"\"\n  r  on\n");
	}
	TEST("escape sequences in ids, names and values do not reach the terminal")
	{
		struct slice out = table(text, "80",
		    "{\"type\":\"state\",\"entity_id\":\"a\\u001b[2J\",\"properties\":{\"p\\u001b\":\"v\\u009b\\n\"}}"
		    "\n");

		CHECK_TEXT(out, "a\\u001b[2J\n  p\\u001b  v\\u009b\\n\n");
	}
}

// Builds one record in two pieces, between record_sink_begin and record_sink_end.
static struct slice built(struct buffer *text, enum output_format format)
{
	char path[] = "/tmp/record_sink_test.XXXXXX";
	int fd = mkstemp(path);
	struct output output;
	struct record_sink sink;
	struct error error;
	struct buffer *line;

	CHECK(output_open(&output, path, &error) == 0);
	record_sink_init(&sink, &output, format);
	for (int i = 0; i < 2; i++) {
		line = record_sink_begin(&sink);
		buffer_append_string(line, "{\"type\":\"clock\"");
		buffer_append_string(line, ",\"timestamp\":\"T\"}");
		record_sink_end(&sink);
	}
	CHECK(record_sink_flush(&sink, &error) == 0);
	record_sink_release(&sink);
	CHECK(output_close(&output, &error) == 0);
	buffer_reset(text);
	text->length = (size_t)read(fd, buffer_reserve(text, 4096), 4096);
	close(fd);
	unlink(path);
	return buffer_slice(text);
}

static void test_built(struct buffer *text)
{
	TEST("records that are built in place come out in every format")
	{
		CHECK_TEXT(built(text, OUTPUT_FORMAT_NDJSON),
		    "{\"type\":\"clock\",\"timestamp\":\"T\"}\n{\"type\":\"clock\",\"timestamp\":\"T\"}\n");
		CHECK_TEXT(built(text, OUTPUT_FORMAT_TABLE), "TIME  NOTE\nT     clock\nT     clock\n");
		CHECK_TEXT(built(text, OUTPUT_FORMAT_CSV), "timestamp\nT\nT\n");
	}
}

static struct slice first_line(struct slice text)
{
	const char *end = memchr(text.data, '\n', text.length);

	return slice_of(text.data, end ? (size_t)(end - text.data) + 1 : text.length);
}

static bool contains(struct slice text, const char *what)
{
	return memmem(text.data, text.length, what, strlen(what)) != NULL;
}

static void test_colour(struct buffer *text)
{
	struct slice line =
	    SLICE_LITERAL("{\"type\":\"state\",\"entity_id\":\"a\",\"properties\":{},\"sync_status\":\"error\"}\n");

	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	TEST("auto is a table on a terminal, with colour for what is wrong")
	{
		CHECK_TEXT(shown_on(true, text, OUTPUT_FORMAT_AUTO, "80", line), "a  \033[31merror\033[0m\n");
	}
	TEST("there is no colour off a terminal, on a dumb one, or with NO_COLOR")
	{
		CHECK_TEXT(shown_on(false, text, OUTPUT_FORMAT_TABLE, "80", line), "a  error\n");
		setenv("TERM", "dumb", 1);
		CHECK_TEXT(shown_on(true, text, OUTPUT_FORMAT_AUTO, "80", line), "a  error\n");
		setenv("TERM", "xterm", 1);
		setenv("NO_COLOR", "1", 1);
		CHECK_TEXT(shown_on(true, text, OUTPUT_FORMAT_AUTO, "80", line), "a  error\n");
		unsetenv("NO_COLOR");
	}
}

static void append_twins(struct buffer *lines, int first, int count)
{
	for (int i = first; i < first + count; i++)
		buffer_printf(lines,
		    "{\"type\":\"state\",\"entity_id\":\"pump-%d\",\"timestamp\":\"2026-03-01T12:00:00Z\","
		    "\"properties\":{"
		    "\"flow\":%d.5,\"level\":%d,\"pressure\":2},\"sync_status\":\"synchronized\",\"confidence_score\":"
		    "1}\n",
		    i, i, i * 100);
}

static void test_state_rows(struct buffer *text)
{
	struct buffer lines = BUFFER_INIT;

	append_twins(&lines, 1, 8);
	buffer_append_string(
	    &lines, "{\"type\":\"deleted\",\"entity_id\":\"pump-9\",\"timestamp\":\"2026-03-01T11:00:00Z\"}\n");
	append_twins(&lines, 10, 1);
	TEST("many twins are a row each")
	{
		struct slice out = shown(text, OUTPUT_FORMAT_TABLE, "100", buffer_slice(&lines));

		CHECK(slice_starts_with(out,
		    SLICE_LITERAL("ENTITY   STATUS        CONF  TIME                  flow  level  pressure\n"
				  "pump-1   synchronized     1  2026-03-01T12:00:00Z   1.5    100         2\n")));
		CHECK(contains(out, "pump-9   deleted             2026-03-01T11:00:00Z\n"));
		CHECK(contains(out, "pump-10  synchronized     1  2026-03-01T12:00:00Z  10.5   1000         2\n"));
	}
	TEST("rows leave out status and confidence where no twin has any to tell of")
	{
		struct buffer unknown = BUFFER_INIT;
		struct slice out;

		for (int i = 0; i < 9; i++)
			buffer_printf(&unknown,
			    "{\"type\":\"state\",\"entity_id\":\"p%d\",\"properties\":{\"x\":%d},\"sync_status\":"
			    "\"unknown\",\"confidence_score\":1}\n",
			    i, i);
		out = shown(text, OUTPUT_FORMAT_TABLE, "80", buffer_slice(&unknown));
		CHECK(slice_starts_with(out, SLICE_LITERAL("ENTITY  x\np0      0\n")));
		buffer_release(&unknown);
	}
	TEST("properties that the screen has no room for are counted")
	{
		struct slice out = shown(text, OUTPUT_FORMAT_TABLE, "58", buffer_slice(&lines));

		CHECK(
		    slice_starts_with(out, SLICE_LITERAL("ENTITY   STATUS        CONF  TIME                  flow\n")));
		CHECK(contains(out, "(2 more properties: a wider terminal or -F ndjson shows them)\n"));
	}
	TEST("properties that appear after the titles were printed are told of")
	{
		struct slice out;

		buffer_reset(&lines);
		append_twins(&lines, 1, 4000);
		buffer_append_string(
		    &lines, "{\"type\":\"state\",\"entity_id\":\"late\",\"properties\":{\"other\":1}}\n");
		out = shown(text, OUTPUT_FORMAT_TABLE, "100", buffer_slice(&lines));
		CHECK(contains(out, "(more properties: -F ndjson shows them)\n"));
	}
	TEST("more twins than are kept go on under the same titles")
	{
		size_t count = 0, titles = 0;
		struct slice rest;

		buffer_reset(&lines);
		append_twins(&lines, 1, 9000);
		rest = shown(text, OUTPUT_FORMAT_TABLE, "100", buffer_slice(&lines));
		for (; rest.length; count++) {
			titles += slice_starts_with(rest, SLICE_LITERAL("ENTITY"));
			rest = slice_skip(rest, first_line(rest).length);
		}
		CHECK(count == 9001);
		CHECK(titles == 1);
	}
	buffer_release(&lines);
}

static void test_lines(struct buffer *text)
{
	TEST("readings are aligned, numbers to the right")
	{
		CHECK_TEXT(table(text, "100",
			       "{\"entity_id\":\"pump-1\",\"property\":\"flow\",\"timestamp\":\"2026-03-01T12:00:00Z\","
			       "\"value\":41.25,\"unit\":\"l/s\"}\n"
			       "{\"type\":\"reading\",\"entity_id\":\"p2\",\"property\":\"pressure\",\"timestamp\":"
			       "\"2026-03-01T12:00:00.5Z\",\"value\":3,\"quality\":0.5}\n"),
		    "TIME                    ENTITY  PROPERTY  VALUE  UNIT  NOTE\n"
		    "2026-03-01T12:00:00Z    pump-1  flow      41.25  l/s\n"
		    "2026-03-01T12:00:00.5Z  p2      pressure      3        quality 0.5\n");
	}
	TEST("a quality is told with the checks that were not passed, and flags also where there is none")
	{
		CHECK_TEXT(table(text, "100",
			       "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":9,\"quality\":0,"
			       "\"sensor_id\":\"s\",\"metadata\":{\"checks\":{\"range\":4,\"rate\":3,\"spike\":4,"
			       "\"stuck\":1},\"flags\":[\"extrapolated\"]}}\n"
			       "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":9,"
			       "\"metadata\":{\"flags\":[\"extra\\u001bpolated\"],\"checks\":7}}\n"
			       "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":null,"
			       "\"quality\":0,\"metadata\":{\"flags\":\"x\",\"checks\":{\"missing\":9}}}\n"
			       "{\"type\":\"refused\",\"reason\":\"stale\",\"input\":{\"entity_id\":\"a\",\"property\":"
			       "\"p\",\"timestamp\":\"T\",\"value\":1,\"metadata\":{\"checks\":{\"order\":3}}}}\n"),
		    "TIME  ENTITY  PROPERTY  VALUE  NOTE\n"
		    "T     a       p             9  quality 0: fails range, spike, suspect rate, extrapolated, sensor "
		    "s\n"
		    "T     a       p             9  extra\\u001bpolated\n"
		    "T     a       p          null  quality 0\n"
		    "T     a       p             1  refused: stale, suspect order\n");
	}
	TEST("refused records say why and show what was refused")
	{
		CHECK_TEXT(table(text, "100",
			       "{\"type\":\"refused\",\"reason\":\"stale\",\"input\":{\"entity_id\":\"a\",\"property\":"
			       "\"p\",\"timestamp\":\"T\",\"value\":1}}\n"
			       "{\"type\":\"refused\",\"reason\":\"stale\",\"input\":{\"type\":\"desired\",\"entity_"
			       "id\":\"a\",\"timestamp\":\"T\",\"properties\":{\"m\":{\"n\":null}}}}\n"),
		    "TIME  ENTITY  PROPERTY  VALUE  NOTE\n"
		    "T     a       p             1  refused: stale\n"
		    "T     a       m/n        null  refused: stale, desired\n");
	}
	TEST("every type has a line, an unknown one the JSON it is")
	{
		CHECK_TEXT(
		    table(text, "100",
			"{\"type\":\"event\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"event\":\"stale\",\"severity\":"
			"\"warning\",\"property\":\"p\"}\n"
			"{\"type\":\"delta\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{},\"since\":\"S\"}"
			"\n"
			"{\"type\":\"change\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{\"p\":7},"
			"\"metadata\":{\"p\":{\"timestamp\":\"U\",\"unit\":\"m\"}}}\n"
			"{\"type\":\"clock\",\"timestamp\":\"T\"}\n"
			"{\"type\":\"summary\",\"entity_id\":\"a\",\"property\":\"p\",\"measures\":{\"rows\":3}}\n"
			"{\"type\":\"rejected\",\"reason\":\"invalid\",\"message\":\"no\",\"source\":\"f\",\"line\":3,"
			"\"input\":\"x\"}\n"
			"{\"type\":\"novelty\",\"x\":[1]}\n"
			"[1,2]\n"
			"rub\033bish\n"),
		    "TIME  ENTITY  PROPERTY  VALUE  UNIT  NOTE\n"
		    "T     a       p         stale        warning\n"
		    "T     a                              delta, since S, met\n"
		    "U     a       p             7  m\n"
		    "T                                    clock\n"
		    "      a       p             3        summary, rows\n"
		    "                                     rejected: invalid, f, line 3, no, x\n"
		    "{\"type\":\"novelty\",\"x\":[1]}\n"
		    "[1,2]\n"
		    "rub\\u001bbish\n");
	}
	TEST("changes of the twin itself say what changed, a delete that it is one")
	{
		CHECK_TEXT(table(text, "100",
			       "{\"type\":\"change\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"deleted\":\"S\","
			       "\"properties\":{}}\n"
			       "{\"type\":\"change\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{},"
			       "\"model\":\"m\","
			       "\"relationships\":{\"r\":[\"b\"]}}\n"
			       "{\"type\":\"change\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{},"
			       "\"computed_metrics\":{\"events\":{\"leak\":{\"\":{}}},\"predictions\":{\"k\":{}}}}\n"
			       "{\"type\":\"change\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{}}\n"),
		    "TIME  ENTITY  NOTE\n"
		    "S     a       deleted\n"
		    "T     a       model m, relationships {\"r\":[\"b\"]}\n"
		    "T     a       event leak, prediction k\n"
		    "T     a       change\n");
	}
	TEST("reasons and the names of events stay whole where values and messages are cut")
	{
		CHECK_TEXT(
		    table(text, "80",
			"{\"type\":\"refused\",\"reason\":\"unknown-entity\",\"input\":{\"entity_id\":\"chiller-"
			"station-"
			"12\",\"property\":\"supply/temperature\",\"timestamp\":\"2026-03-01T06:01:00.123456789Z\","
			"\"value\":{\"a\":[1,2,3,4,5,6,7,8]},\"unit\":\"C\",\"sensor_id\":\"plc\"}}\n"),
		    "TIME      ENTITY         PROPERTY       VALUE     UNIT  NOTE\n"
		    "06:01:00  chille…ion-12  supply…rature  {\"a\":[1…  C     refused: unknown-entity…\n");
		CHECK_TEXT(
		    table(text, "80",
			"{\"type\":\"event\",\"entity_id\":\"a\",\"timestamp\":\"2026-03-01T06:01:00.123456789Z\","
			"\"event\":\"bearing-wear-critical\",\"severity\":\"critical\",\"message\":\"far beyond what "
			"it should be\"}\n"),
		    "TIME                            ENTITY  VALUE                  NOTE\n"
		    "2026-03-01T06:01:00.123456789Z  a       bearing-wear-critical  critical, far be…\n");
	}
	TEST("what was refused and has no columns still says why first")
	{
		CHECK_TEXT(
		    table(text, "30", "{\"type\":\"refused\",\"reason\":\"odd\",\"input\":{\"type\":\"novelty\"}}\n"),
		    "refused: odd  {\"type\":\"refuse…\n");
	}
	TEST("no line is wider than the screen")
	{
		CHECK_TEXT(table(text, "40",
			       "{\"entity_id\":\"a-rather-long-name-of-a-twin\",\"property\":\"bearing/"
			       "temperature\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":41.25}\n"),
		    "TIME      ENTITY       PROPERTY    VALUE\n"
		    "12:00:00  a-rat…-twin  bear…ature  41.25\n");
	}
}

#define PROPERTY_HEADER                                                                                                \
	"type,entity_id,property,value,timestamp,unit,quality,sensor_id,desired,delta,deleted,sync_status,"            \
	"confidence_score,received,seq,counter,origin,command_id,deadline,since\n"

static void test_csv_of_properties(struct buffer *text)
{
	TEST("readings, states, changes, deletes, desires and deltas are rows of one table")
	{
		CHECK_TEXT(
		    csv(text,
			"{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":1,\"seq\":4,"
			"\"origin\":\"f:1\"}\n"
			"{\"type\":\"deleted\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"sensor_id\":\"s\"}\n"
			"{\"type\":\"deleted\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"property\":\"p\"}\n"
			"{\"type\":\"desired\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"properties\":{\"p\":null,"
			"\"q\":{\"r\":2}},\"command_id\":\"c\",\"deadline\":\"D\"}\n"
			"{\"type\":\"delta\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"properties\":{\"p\":3},"
			"\"since\":\"S\"}\n"
			"{\"type\":\"state\",\"entity_id\":\"c\",\"timestamp\":\"T\",\"properties\":{}}\n"),
		    PROPERTY_HEADER "reading,a,p,1,T,,,,,,,,,,4,,f:1,,,\n"
				    "deleted,b,,,T,,,s,,,true,,,,,,,,,\n"
				    "deleted,b,p,,T,,,,,,true,,,,,,,,,\n"
				    "desired,b,p,,T,,,,null,,,,,,,,,c,D,\n"
				    "desired,b,q/r,,T,,,,2,,,,,,,,,c,D,\n"
				    "delta,b,p,,T,,,,,3,,,,,,,,,,S\n"
				    "state,c,,,T,,,,,,,,,,,,,,,\n");
	}
	TEST("the delete of a whole twin is a row of its change, and an earlier one none of a state")
	{
		CHECK_TEXT(csv(text,
			       "{\"type\":\"change\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"deleted\":\"S\","
			       "\"properties\":{\"p\":1},\"metadata\":{\"p\":{\"timestamp\":\"T\"}}}\n"
			       "{\"type\":\"change\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"deleted\":\"T\","
			       "\"properties\":{}}\n"
			       "{\"type\":\"state\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"deleted\":\"S\","
			       "\"properties\":{\"p\":1},\"metadata\":{\"p\":{\"timestamp\":\"T\"}}}\n"),
		    PROPERTY_HEADER "change,b,,,S,,,,,,true,,,,,,,,,\n"
				    "change,b,p,1,T,,,,,,,,,,,,,,,\n"
				    "change,b,,,T,,,,,,true,,,,,,,,,\n"
				    "state,b,p,1,T,,,,,,,,,,,,,,,\n");
	}
	TEST("a change that withdraws a wish says so")
	{
		static const char change[] =
		    "{\"type\":\"change\",\"entity_id\":\"b\",\"timestamp\":\"T\",\"properties\":{},"
		    "\"desired_metadata\":{\"p\":{\"timestamp\":\"T\",\"deleted\":true}}}\n";

		CHECK_TEXT(csv(text, change), PROPERTY_HEADER "change,b,p,,T,,,,null,,,,,,,,,,,\n");
		CHECK_TEXT(
		    table(text, "80", change), "TIME  ENTITY  PROPERTY  NOTE\nT     b       p         desired null\n");
	}
	TEST("a property that was never reported has no time, and one with only an unusable reading shows that")
	{
		CHECK_TEXT(csv(text,
			       "{\"type\":\"state\",\"entity_id\":\"a\",\"timestamp\":\"T\",\"properties\":{\"y\":1},"
			       "\"desired\":{\"s\":5},\"delta\":{\"s\":5},\"metadata\":{\"x\":{\"last\":{\"timestamp\":"
			       "\"U\",\"quality\":0,\"value\":7,\"unit\":\"m\"}},\"y\":{\"timestamp\":\"V\",\"last\":{"
			       "\"timestamp\":\"W\",\"quality\":0,\"value\":8}}}}\n"),
		    PROPERTY_HEADER "state,a,s,,,,,,5,5,,,,,,,,,,\n"
				    "state,a,x,7,U,m,0,,,,,,,,,,,,,\n"
				    "state,a,y,1,V,,,,,,,,,,,,,,,\n");
	}
	TEST("what was refused of a state is shown as what was refused of readings and desires")
	{
		CHECK_TEXT(csv(text,
			       "{\"type\":\"refused\",\"reason\":\"stale\",\"input\":{\"type\":\"state\",\"entity_id\":"
			       "\"a\",\"timestamp\":\"T\",\"properties\":{\"x\":1},\"desired\":{\"y\":2}}}\n"),
		    "reason,type,entity_id,property,value,timestamp,unit,quality,sensor_id,received,seq,counter,"
		    "origin\n"
		    "stale,state,a,x,1,T,,,,,,,\nstale,state,a,y,2,T,,,,,,,\n");
	}
}

static void test_csv(struct buffer *text)
{
	TEST("CSV quotes what needs quotes and leaves absent members empty")
	{
		CHECK_TEXT(csv(text,
			       "{\"entity_id\":\"a,\\\"b\\\"\\n\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":"
			       "\"\",\"unit\":\"m\"}\n"),
		    PROPERTY_HEADER "reading,\"a,\"\"b\"\"\n\",p,\"\",T,m,,,,,,,,,,,,,,\n");
	}
	TEST("a state is a row for each property")
	{
		CHECK_TEXT(
		    csv(text,
			PUMP_2 "{\"type\":\"state\",\"entity_id\":\"tank\",\"timestamp\":\"T\",\"properties\":{}}\n"),
		    PROPERTY_HEADER
		    "state,pump-2,bearing/temperature,61.4,2026-03-01T12:00:00Z,°C,0.8,s2,,,,stale,0.5,,,,,,,\n"
		    "state,pump-2,mode,auto,2026-03-01T12:00:00Z,,,,auto,,,stale,0.5,,,,,,,\n"
		    "state,pump-2,running,true,2026-03-01T11:59:50Z,,,,,,,stale,0.5,,,,,,,\n"
		    "state,pump-2,setpoint,4,2026-03-01T12:00:00Z,,,,5,5,,stale,0.5,,,,,,,\n"
		    "state,tank,,,T,,,,,,,,,,,,,,,\n");
	}
	TEST("another type starts another table, and what is not known is one field")
	{
		CHECK_TEXT(csv(text,
			       "{\"type\":\"clock\",\"timestamp\":\"T\"}\n"
			       "{\"type\":\"refused\",\"reason\":\"stale\",\"input\":{\"entity_id\":\"a\",\"property\":"
			       "\"p\",\"timestamp\":\"T\",\"value\":{\"x\":1}}}\n"
			       "{\"type\":\"summary\",\"entity_id\":\"a\",\"property\":\"p\",\"measures\":{\"rows\":3,"
			       "\"gaps\":{\"count\":1}}}\n"
			       "{\"type\":\"novelty\"}\n"
			       "rubbish\n"),
		    "timestamp\nT\n"
		    "\nreason,type,entity_id,property,value,timestamp,unit,quality,sensor_id,received,seq,counter,"
		    "origin\n"
		    "stale,reading,a,p,\"{\"\"x\"\":1}\",T,,,,,,,\n"
		    "\nentity_id,property,measure,value\na,p,rows,3\na,p,gaps/count,1\n"
		    "\nrecord\n\"{\"\"type\"\":\"\"novelty\"\"}\"\nrubbish\n");
	}
}

static size_t occurrences(struct slice text, const char *what)
{
	size_t count = 0;

	for (const char *found; (found = memmem(text.data, text.length, what, strlen(what))); count++)
		text = slice_skip(text, (size_t)(found - text.data) + strlen(what));
	return count;
}

// Twins that have a number and 1000 bytes of text each, under as many names as asked for.
static void append_wide_twins(struct buffer *lines, int count, int properties, int names)
{
	for (int i = 0; i < count; i++) {
		buffer_printf(lines, "{\"type\":\"state\",\"entity_id\":\"t%d\",\"properties\":{\"long\":\"", i);
		memset(buffer_reserve(lines, 1000), 'x', 1000);
		lines->length += 1000;
		buffer_append_char(lines, '"');
		for (int p = 0; p < properties; p++)
			buffer_printf(lines, ",\"p%d\":\"v%d.\"", (i * properties + p) % names, p);
		buffer_append_string(lines, "}}\n");
	}
}

static void test_endless(struct buffer *text)
{
	struct buffer lines = BUFFER_INIT;
	struct slice out;

	TEST("a table that goes to no terminal is cut nowhere")
	{
		buffer_append_string(
		    &lines, "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":\"");
		memset(buffer_reserve(&lines, 1000), 'v', 1000);
		lines.length += 1000;
		buffer_append_string(&lines, "\",\"sensor_id\":\"the-end\"}\n");
		buffer_append_string(
		    &lines, "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":1}\n");
		out = shown(text, OUTPUT_FORMAT_TABLE, NULL, buffer_slice(&lines));
		CHECK(contains(out, "vvv  sensor the-end\n"));
		CHECK(!contains(out, "…"));
		CHECK(occurrences(out, "v") == 1000);
		CHECK(out.length < 1300);
		out = shown_on(true, text, OUTPUT_FORMAT_TABLE, NULL, buffer_slice(&lines));
		CHECK(contains(out, "…"));
		CHECK(out.length < 240);
	}
	TEST("rows show every property, also those that come late")
	{
		buffer_reset(&lines);
		append_wide_twins(&lines, 20, 40, 40);
		out = shown(text, OUTPUT_FORMAT_TABLE, NULL, buffer_slice(&lines));
		CHECK(slice_starts_with(out, SLICE_LITERAL("ENTITY  long ")));
		CHECK(occurrences(out, "v39.") == 20);
		CHECK(occurrences(out, "x") == 20 * 1000);
		buffer_reset(&lines);
		append_twins(&lines, 1, 4000);
		append_wide_twins(&lines, 20, 3, 3);
		out = shown(text, OUTPUT_FORMAT_TABLE, NULL, buffer_slice(&lines));
		CHECK(occurrences(out, "ENTITY ") == 2);
		CHECK(occurrences(out, "v2.") == 20);
		CHECK(!contains(out, "more propert"));
	}
	TEST("twins with more properties than there are columns are blocks")
	{
		buffer_reset(&lines);
		append_wide_twins(&lines, 20, 10, 200);
		out = shown(text, OUTPUT_FORMAT_TABLE, NULL, buffer_slice(&lines));
		CHECK(slice_starts_with(out, SLICE_LITERAL("t0\n  long ")));
		CHECK(occurrences(out, "v9.") == 20);
	}
	buffer_release(&lines);
}

#define RIG                                                                                                            \
	"{\"entity_id\":\"rig-1\",\"property\":\"Accelerometer1RMS\",\"timestamp\":\"2020-02-08T13:30:47.5Z\","        \
	"\"value\":"                                                                                                   \
	"0.0270429,\"unit\":\"degC\"}\n"                                                                               \
	"{\"entity_id\":\"rig-1\",\"property\":\"Accelerometer2RMS\",\"timestamp\":\"2020-02-08T13:30:48Z\","          \
	"\"value\":"                                                                                                   \
	"62.00012345}\n"

static void test_narrow(struct buffer *text)
{
	TEST("times give way first, then names, which stay different, and never numbers")
	{
		CHECK_TEXT(table(text, "64", RIG),
		    "TIME         ENTITY  PROPERTY                 VALUE  UNIT\n"
		    "13:30:47.5Z  rig-1   Accelerometer1RMS    0.0270429  degC\n"
		    "13:30:48Z    rig-1   Accelerometer2RMS  62.00012345\n");
		CHECK_TEXT(table(text, "50", RIG),
		    "TIME      ENTITY  PROPERTY             VALUE  UNIT\n"
		    "13:30:47  rig-1   Accele…er1RMS    0.0270429  degC\n"
		    "13:30:48  rig-1   Accele…er2RMS  62.00012345\n");
		CHECK_TEXT(table(text, "40", RIG),
		    "TIME      ENT…  PROP…        VALUE  UNIT\n"
		    "13:30:47  r…-1  …1RMS    0.0270429  degC\n"
		    "13:30:48  r…-1  …2RMS  62.00012345\n");
		CHECK_TEXT(table(text, "30", RIG),
		    "EN…  PROP…        VALUE  UN…\n"
		    "r…1  …1RMS    0.0270429  de…\n"
		    "r…1  …2RMS  62.00012345\n");
		CHECK_TEXT(table(text, "20", RIG),
		    "EN…  PR…        VAL…\n"
		    "r…1  A…S    0.0270429\n"
		    "r…1  A…S  62.00012345\n");
	}
	TEST("a number that is wider than the screen is whole all the same")
	{
		CHECK_TEXT(table(text, "20",
			       "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"T\",\"value\":"
			       "3.141592653589793238462643383279}\n"),
		    "…  …\n"
		    "a  p  3.141592653589793238462643383279\n");
	}
	TEST("names that only differ in their middle are cut elsewhere, until no place is left")
	{
		static const char lines[] = "{\"type\":\"deleted\",\"entity_id\":\"north-1-of-the-valley-stations\"}\n"
					    "{\"type\":\"deleted\",\"entity_id\":\"north-2-of-the-valley-stations\"}\n"
					    "{\"type\":\"deleted\",\"entity_id\":\"温度\"}\n";

		CHECK_TEXT(table(text, "24", lines),
		    "ENTITY           NOTE\n"
		    "north-1…tations  deleted\n"
		    "north-2…tations  deleted\n"
		    "温度             deleted\n");
	}
	TEST("titles and rows of twins keep their numbers whole")
	{
		CHECK_TEXT(table(text, "30",
			       "{\"type\":\"state\",\"entity_id\":\"rig\",\"timestamp\":\"2020-02-08T13:30:47Z\","
			       "\"properties\":{\"Accelerometer1RMS\":0.0270429,\"Accelerometer2RMS\":62.00012345},"
			       "\"sync_status\":\"synchronized\",\"confidence_score\":0.85,\"metadata\":{"
			       "\"Accelerometer1RMS\":{\"timestamp\":\"2020-02-08T13:30:47Z\"}}}\n"),
		    "rig  synchronized  confidence 0.85\n"
		    "  …1RMS    0.0270429  13:30:47\n"
		    "  …2RMS  62.00012345\n");
	}
}

// A name of half a million bytes over a quarter million leaves: their paths together would be 128 GB.
static void test_hostile(struct buffer *text)
{
	struct buffer line = BUFFER_INIT;

	buffer_append_string(&line, "{\"type\":\"state\",\"entity_id\":\"a\",\"properties\":{\"");
	memset(buffer_reserve(&line, 500000), 'n', 500000);
	line.length += 500000;
	buffer_append_string(&line, "\":{");
	for (int i = 0; i < 250000; i++)
		buffer_printf(&line, "%s\"%d\":0", i ? "," : "", i);
	buffer_append_string(&line, "}}}\n");
	TEST("paths that would outgrow the record are not built: the line is shown as it is")
	{
		struct slice out = shown(text, OUTPUT_FORMAT_TABLE, "80", buffer_slice(&line));

		CHECK(slice_starts_with(out, SLICE_LITERAL("{\"type\":\"state\",\"entity_id\":\"a\"")));
		CHECK(out.length < 100);
		out = shown(text, OUTPUT_FORMAT_CSV, "80", buffer_slice(&line));
		CHECK(out.length < 3 * line.length);
	}
	buffer_release(&line);
}

int main(void)
{
	struct buffer text = BUFFER_INIT;

	test_display(&text);
	test_ndjson(&text);
	test_built(&text);
	test_state_blocks(&text);
	test_colour(&text);
	test_state_rows(&text);
	test_lines(&text);
	test_narrow(&text);
	test_endless(&text);
	test_csv_of_properties(&text);
	test_csv(&text);
	test_hostile(&text);
	buffer_release(&text);
	return unit_end();
}
