// The record scanner against jansson and a plain walk over the document: one scanner goes over all lines, so that whatever it
// learns from them is put to the test too.
#include <dirent.h>

#include "record_compare.h"
#include "unit.h"
#include "unit_random.h"

#define LINES 300000

static const char *const seeds[] = {
    "{\"entity_id\":\"pump-1\",\"property\":\"bearing/temperature\",\"timestamp\":\"2026-03-01T12:00:00.250Z\","
    "\"value\":71.5}",
    "{\"entity_id\":\"station-00645\",\"property\":\"flow\",\"timestamp\":\"2026-03-01T12:00:59Z\",\"value\":-0.125,"
    "\"unit\":\"l/s\",\"quality\":0.95,\"sensor_id\":\"a\",\"received\":\"2026-03-01T12:01:00.5Z\","
    "\"origin\":\"a.csv:12\"}",
    "{\"timestamp\":\"2026-03-01T12:00:01Z\",\"entity_id\":\"p\",\"value\":\"on\",\"property\":\"mode\"}",
    "{\"type\":\"reading\",\"entity_id\":\"p\",\"property\":\"a~1b/~0\",\"timestamp\":\"2026-03-01T13:00:00+01:00\","
    "\"value\":{\"a\":[1,2.50,{}]},\"seq\":12,\"counter\":3.0e0,\"ack\":{\"code\":200}}",
    "{ \"type\" : \"desired\", \"entity_id\" : \"p\" , \"timestamp\":\"2026-03-01t12:00:00z\","
    "\"properties\":{\"valve\":{\"open\":null}},\"command_id\":\"c1\",\"deadline\":\"2026-03-01T12:00:09Z\"}\r",
    "{\"type\":\"deleted\",\"entity_id\":\"caf\xc3\xa9\",\"timestamp\":\"2016-12-31T23:59:60Z\",\"property\":null}",
    "{\"type\":\"state\",\"entity_id\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"deleted\":\"2026-02-01T00:00:"
    "00Z\","
    "\"model\":\"pump\",\"properties\":{\"speed\":1480},\"desired\":{},\"relationships\":{},\"computed_metrics\":{},"
    "\"metadata\":{\"speed\":{\"seq\":1}},\"desired_metadata\":{},\"sync_status\":\"stale\",\"confidence_score\":1}",
    "{\"type\":\"prediction\",\"entity_id\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"method\":\"rul\",\"level\":"
    "0.9}",
    "{\"type\":\"event\",\"entity_id\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"event\":\"alert\",\"property\":"
    "\"a\"}",
    "{\"type\":\"label\",\"entity_id\":7,\"timestamp\":[],\"value\":\"\\u00e9\"}",
    "{\"entity\\u005fid\":\"p\\u0031\",\"prope\\u0072ty\":\"a\\/b\",\"timestamp\":\"2026-03-01T12:00:00\\u005a\","
    "\"value\":\"\\ud83d\\ude00\\u0000\"}",
    "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":1,\"k\":2,\"l\":3,\"m\":4,\"n\":5,"
    "\"o\":6,\"p\":7,\"q\":8,\"r\":9,\"entity_id\":\"p\",\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\","
    "\"value\":null}",
};

#define SEED_COUNT (sizeof seeds / sizeof *seeds)

// What may stand behind a name, right for some of the members and wrong for the others.
static const char *const values[] = {"\"p\"", "\"\"", "\"a/b\"", "\"a//b\"", "\"~\"", "\"2026-03-01T12:00:00Z\"",
    "\"2026-03-01T12:00:07.125Z\"", "\"2026-03-01T12:01:60Z\"", "\"2026-03-01t12:00:00z\"", "\"1677-09-21T00:12:44Z\"",
    "\"2262-04-11T23:47:16.854775807Z\"", "\"2262-04-11T23:47:17Z\"",
    "\"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"
    ":05Z\"",
    "0", "1", "-1", "0.5", "0.333333333333333", "0.3333333333333333333333", "1.0", "1e0", "-0", "-0.0", "0.0", "1.5",
    "1e-400", "9223372036854775807", "9223372036854775808", "123456789012345678901234567890123456789", "01", "1.", ".5",
    "1e5", "null", "true", "false", "tru", "{}", "[]", "{\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[1,]", "[[[]]]",
    "{\"a\":{\"b\":[{}]}}", "\"\\\"\"", "\"\\ud800\"", "\"\xc3\xa9\"", "\"\xc3\"", "\"a\tb\"", "\"reading\"",
    "\"desired\"", "\"deleted\"", "\"state\"", "\"change\"", "\"prediction\"", "\"event\"", "\"other\"",
    "\"a string that is long enough to be looked at in more than two steps of sixteen bytes\""};

static const char *const pieces[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "-", "+", ".", "e", "0", "1", "9", " ",
    "\t", "\r", "\n", "\x01", "\x1f", "\x7f", "\x80", "\xc0\x80", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
    "\\u", "\\u0000", "\\ud83d\\ude00", "true", "null", "1e999", "\"a\":", ",\"a\":1", "\"seq\":1,", ",\"value\":2",
    "\"entity\\u005fid\":\"q\",", "00000000000000000000000000000000", "12:00:60", "Z"};

static struct slice pick(const char *const *list, size_t count, uint64_t *random)
{
	return slice_from_string(list[random_below(random, count)]);
}

#define PICK(list, random) pick((list), sizeof(list) / sizeof *(list), (random))

static void append_blanks(struct buffer *line, uint64_t *random, bool spaced)
{
	while (spaced && random_below(random, 2))
		buffer_append_char(line, " \t\r "[random_below(random, 4)]);
}

// In one of the spellings that JSON has for it.
static void append_name(struct buffer *line, const char *name, uint64_t *random)
{
	size_t escaped = random_below(random, 12) ? SIZE_MAX : random_below(random, strlen(name));

	buffer_append_char(line, '"');
	for (size_t i = 0; name[i]; i++)
		if (i == escaped)
			buffer_printf(line, random_below(random, 2) ? "\\u%04x" : "\\u%04X", (unsigned)name[i]);
		else
			buffer_append_char(line, name[i]);
	buffer_append_char(line, '"');
}

static void append_nest(struct buffer *line, uint64_t *random)
{
	size_t depth = 509 + random_below(random, 6);
	uint64_t shapes = random_word(random);

	for (size_t i = 0; i < depth; i++)
		buffer_append_string(line, shapes >> i % 64 & 1 ? "[" : "{\"n\":");
	buffer_append_string(line, "1");
	for (size_t i = depth; i-- > 0;)
		buffer_append_char(line, shapes >> i % 64 & 1 ? ']' : '}');
}

static void append_right_value(struct buffer *line, enum record_member member, uint64_t *random)
{
	static const char *const times[] = {"\"2026-03-01T12:00:00Z\"", "\"2026-03-01T12:00:07.125Z\"",
	    "\"2026-03-01T12:00:59.999999999Z\"", "\"2026-03-01T12:01:00+00:30\"", "\"1969-12-31T23:59:59Z\""};
	static const char *const numbers[] = {"0", "1", "1.0", "0.5", "0.25", "0.99"};
	static const char *const types[] = {"\"reading\"", "\"desired\"", "\"deleted\"", "\"state\"", "\"change\"",
	    "\"prediction\"", "\"event\"", "\"x\""};
	static const char *const objects[] = {"{}", "{\"a\":1}", "{ \"b\" : [ 1 , 2 ] }"};
	bool is_time = member == MEMBER_TIMESTAMP || member == MEMBER_RECEIVED || member == MEMBER_DELETED ||
	    member == MEMBER_DEADLINE;
	bool is_number = member == MEMBER_QUALITY || member == MEMBER_SEQ || member == MEMBER_COUNTER;
	bool is_object = member == MEMBER_ACK || member == MEMBER_METADATA || member == MEMBER_PROPERTIES ||
	    member == MEMBER_DESIRED || member == MEMBER_RELATIONSHIPS || member == MEMBER_COMPUTED_METRICS ||
	    member == MEMBER_DESIRED_METADATA;

	buffer_append_slice(line,
	    is_time                     ? PICK(times, random)
		: is_number             ? PICK(numbers, random)
		: is_object             ? PICK(objects, random)
		: member == MEMBER_TYPE ? PICK(types, random)
					: SLICE_LITERAL("\"p/q\""));
}

static void append_member(struct buffer *line, unsigned member, uint64_t *random, bool spaced)
{
	char other[24];

	append_blanks(line, random, spaced);
	if (member < MEMBER_COUNT) {
		append_name(line, record_member_name((enum record_member)member), random);
	} else {
		snprintf(other, sizeof other, "m%u", (unsigned)random_below(random, 400));
		append_name(line, other, random);
	}
	append_blanks(line, random, spaced);
	buffer_append_char(line, ':');
	append_blanks(line, random, spaced);
	if (!random_below(random, 4000))
		append_nest(line, random);
	else if (member < MEMBER_COUNT && random_below(random, 25))
		append_right_value(line, (enum record_member)member, random);
	else
		buffer_append_slice(line, PICK(values, random));
	append_blanks(line, random, spaced);
}

// The members that a reading needs, and others, in any order; sometimes one too few or one twice.
static void make_members(struct buffer *line, uint64_t *random)
{
	unsigned members[64], count = 0;
	bool usual = random_below(random, 3) == 0, spaced = !usual && random_below(random, 3) == 0;

	for (unsigned i = usual; i < (usual ? MEMBER_ACK : MEMBER_COUNT); i++)
		if (i >= MEMBER_ENTITY_ID && i <= MEMBER_VALUE ? random_below(random, 30) : !random_below(random, 6))
			members[count++] = i;
	for (uint64_t others = usual || random_below(random, 4) ? 0 : random_below(random, 24); others; others--)
		members[count++] = MEMBER_COUNT;
	if (count && !random_below(random, 20)) {
		members[count] = members[random_below(random, count)];
		count++;
	}
	if (random_below(random, 3))
		for (unsigned i = count; i > 1; i--) {
			unsigned other = (unsigned)random_below(random, i), moved = members[i - 1];

			members[i - 1] = members[other];
			members[other] = moved;
		}
	append_blanks(line, random, spaced);
	buffer_append_char(line, '{');
	for (unsigned i = 0; i < count; i++) {
		if (i)
			buffer_append_char(line, ',');
		append_member(line, members[i], random, spaced);
	}
	buffer_append_char(line, '}');
	append_blanks(line, random, spaced);
}

static void replace(struct buffer *text, size_t at, size_t length, struct slice by)
{
	struct buffer changed = BUFFER_INIT;

	buffer_append(&changed, text->data, at);
	buffer_append_slice(&changed, by);
	buffer_append_slice(&changed, slice_skip(buffer_slice(text), at + length));
	buffer_release(text);
	*text = changed;
}

static void mutate(struct buffer *text, uint64_t *random)
{
	size_t at = random_below(random, text->length + 1), left = text->length - at;
	size_t some = left ? 1 + random_below(random, left < 4 ? left : 4) : 0;
	struct slice seed = PICK(seeds, random);
	char byte = (char)random_word(random);

	switch (random_below(random, 6)) {
	case 0:
		if (left)
			text->data[at] ^= (char)(1 << random_below(random, 8));
		break;
	case 1:
		replace(text, at, left > 0, slice_of(&byte, 1));
		break;
	case 2:
		replace(text, at, random_below(random, 2) && left, PICK(pieces, random));
		break;
	case 3:
		replace(text, at, some, SLICE_EMPTY);
		break;
	case 4:
		replace(text, at, random_below(random, left + 1), slice_skip(seed, random_below(random, seed.length)));
		break;
	default:
		replace(text, at, 0, PICK(values, random));
	}
}

static void make_line(struct buffer *line, uint64_t *random)
{
	uint64_t changes = random_below(random, 3) ? 0 : 1 + random_below(random, 3);

	buffer_reset(line);
	if (random_below(random, 3))
		make_members(line, random);
	else
		buffer_append_slice(line, PICK(seeds, random));
	while (changes--)
		mutate(line, random);
}

static void show(const char *reason, struct slice text)
{
	size_t shown = text.length < 2000 ? text.length : 2000;

	printf("# %s (%zu bytes): ", reason, text.length);
	for (size_t i = 0; i < shown; i++)
		printf((unsigned char)text.data[i] < 0x20 || (unsigned char)text.data[i] > 0x7e ? "\\x%02x" : "%c",
		    (unsigned char)text.data[i]);
	printf("\n");
}

static size_t failures;

static enum line_verdict judged(struct line_check *check, struct slice line)
{
	enum line_verdict verdict = check_line(check, line);

	if (verdict == LINE_DIFFERS && failures++ < 10)
		show(check->reason, line);
	return verdict;
}

static void check_random_lines(void)
{
	struct line_check check;
	struct buffer line = BUFFER_INIT;
	size_t verdicts[4] = {0};
	uint64_t random = 20260302;

	line_check_init(&check);
	for (size_t i = 0; i < LINES && failures < 10; i++) {
		make_line(&line, &random);
		verdicts[judged(&check, buffer_slice(&line))]++;
	}
	printf("# %zu records, %zu of them the short way, %zu refused, %zu no JSON object\n", verdicts[LINE_RECORD],
	    check.plain, verdicts[LINE_USELESS], verdicts[LINE_NO_JSON]);
	CHECK(verdicts[LINE_DIFFERS] == 0);
	CHECK(verdicts[LINE_RECORD] > LINES / 10 && verdicts[LINE_USELESS] > LINES / 10 &&
	    verdicts[LINE_NO_JSON] > LINES / 10);
	CHECK(check.plain > LINES / 50);
	line_check_release(&check);
	buffer_release(&line);
}

// Every line cut off at every byte, and every byte replaced by those that mean something.
static void check_each_byte(void)
{
	static const char bytes[] = "\"\\{}[],:-+.eE019 \t\r\n\x00\x1f\x7f\x80\xc3\xff~/TtZz";
	struct line_check check;
	struct buffer line = BUFFER_INIT;
	bool fine = true;

	line_check_init(&check);
	for (size_t s = 0; s < SEED_COUNT; s++) {
		struct slice seed = slice_from_string(seeds[s]);

		for (size_t at = 0; at <= seed.length; at++)
			fine &= judged(&check, slice_of(seed.data, at)) != LINE_DIFFERS;
		for (size_t at = 0; at < seed.length; at++) {
			buffer_reset(&line);
			buffer_append_slice(&line, seed);
			for (size_t b = 0; b < sizeof bytes - 1; b++) {
				line.data[at] = bytes[b];
				fine &= judged(&check, buffer_slice(&line)) != LINE_DIFFERS;
			}
		}
	}
	CHECK(fine);
	line_check_release(&check);
	buffer_release(&line);
}

// The record is itself one of the 512 containers.
static void check_nesting(void)
{
	struct line_check check;
	struct buffer line = BUFFER_INIT;

	line_check_init(&check);
	for (size_t depth = 508; depth <= 515; depth++) {
		buffer_reset(&line);
		buffer_append_string(&line, "{\"type\":\"x\",\"value\":");
		for (size_t i = 0; i < depth; i++)
			buffer_append_char(&line, '[');
		for (size_t i = 0; i < depth; i++)
			buffer_append_char(&line, ']');
		buffer_append_char(&line, '}');
		CHECK(judged(&check, buffer_slice(&line)) == (depth <= 511 ? LINE_RECORD : LINE_NO_JSON));
	}
	line_check_release(&check);
	buffer_release(&line);
}

static void append_nested(struct buffer *line, char open, char close, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buffer_append_string(line, open == '[' || i + 1 == depth ? (char[]){open, 0} : "{\"a\":");
	for (size_t i = 0; i < depth; i++)
		buffer_append_char(line, close);
}

// A value must fit into a state below its property, and names have their longest length, as decoded.
static void check_bounds(void)
{
	struct line_check check;
	struct buffer line = BUFFER_INIT;

	line_check_init(&check);
	for (size_t depth = RECORD_DEPTH_MAX - 4; depth <= RECORD_DEPTH_MAX + 2; depth++) {
		for (size_t segments = 1; segments <= 3; segments++) {
			buffer_reset(&line);
			buffer_printf(&line, "{\"entity_id\":\"p\",\"property\":\"%s\",", "a/a/a" + (3 - segments) * 2);
			buffer_append_string(&line, "\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":");
			append_nested(&line, '[', ']', depth);
			buffer_append_char(&line, '}');
			CHECK(judged(&check, buffer_slice(&line)) ==
			    (depth + segments <= RECORD_DEPTH_MAX ? LINE_RECORD : LINE_USELESS));
		}
		buffer_reset(&line);
		buffer_append_string(&line, "{\"type\":\"desired\",\"entity_id\":\"p\",");
		buffer_append_string(&line, "\"timestamp\":\"2026-03-01T12:00:00Z\",\"properties\":");
		append_nested(&line, '{', '}', depth);
		buffer_append_char(&line, '}');
		CHECK(judged(&check, buffer_slice(&line)) == (depth <= RECORD_DEPTH_MAX ? LINE_RECORD : LINE_USELESS));
	}
	for (size_t length = RECORD_ENTITY_MAX - 1; length <= RECORD_ENTITY_MAX + 1; length++) {
		for (size_t escaped = 0; escaped < 2; escaped++) {
			buffer_reset(&line);
			buffer_append_string(&line, "{\"entity_id\":\"");
			for (size_t i = escaped; i < length; i++)
				buffer_append_char(&line, 'p');
			buffer_append_string(&line, escaped ? "\\u0070\"" : "\"");
			buffer_append_string(
			    &line, ",\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}");
			CHECK(judged(&check, buffer_slice(&line)) ==
			    (length <= RECORD_ENTITY_MAX ? LINE_RECORD : LINE_USELESS));
		}
	}
	line_check_release(&check);
	buffer_release(&line);
}

static void check_many_members(void)
{
	struct line_check check;
	struct buffer line = BUFFER_INIT;

	line_check_init(&check);
	for (unsigned count = 14; count < 40; count++) {
		for (unsigned again = 0; again <= count; again++) {
			buffer_reset(&line);
			buffer_append_string(&line, "{\"type\":\"x\"");
			for (unsigned i = 0; i < count; i++)
				buffer_printf(&line, ",\"m%u\":0", i);
			// None of them when again is count.
			buffer_printf(&line, ",\"\\u006d%u\":0}", again);
			CHECK(judged(&check, buffer_slice(&line)) == (again == count ? LINE_RECORD : LINE_NO_JSON));
		}
	}
	line_check_release(&check);
	buffer_release(&line);
}

static void read_file(struct buffer *text, const char *directory, const char *name)
{
	struct buffer path = BUFFER_INIT;
	FILE *file;
	size_t got;

	buffer_printf(&path, "%s/%s", directory, name);
	file = fopen(buffer_string(&path), "rb");
	CHECK(file);
	while (file && (got = fread(buffer_reserve(text, 65536), 1, 65536, file)) > 0)
		text->length += got;
	if (file)
		fclose(file);
	buffer_release(&path);
}

static void check_wrapped(struct line_check *check, struct slice text, const char *front, const char *behind)
{
	struct buffer line = BUFFER_INIT;

	buffer_append_string(&line, front);
	buffer_append_slice(&line, text);
	buffer_append_string(&line, behind);
	CHECK(judged(check, buffer_slice(&line)) != LINE_DIFFERS);
	buffer_release(&line);
}

static void check_directory(const char *data, const char *below)
{
	struct buffer directory = BUFFER_INIT, text = BUFFER_INIT;
	struct line_check check;
	struct dirent *entry;
	size_t files = 0;

	line_check_init(&check);
	buffer_printf(&directory, "%s/vectors/jsontestsuite/%s", data, below);
	DIR *listing = opendir(buffer_string(&directory));

	CHECK(listing);
	while (listing && (entry = readdir(listing))) {
		if (entry->d_name[0] == '.')
			continue;
		files++;
		buffer_reset(&text);
		read_file(&text, buffer_string(&directory), entry->d_name);
		check_wrapped(&check, buffer_slice(&text), "", "");
		check_wrapped(&check, buffer_slice(&text), "{\"type\":\"x\",\"v\":", "}");
		check_wrapped(&check, buffer_slice(&text),
		    "{\"entity_id\":\"p\",\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":", "}");
		check_wrapped(&check, buffer_slice(&text), "{\"type\":\"x\",", ":1}");
	}
	if (listing)
		closedir(listing);
	CHECK(files >= 20);
	line_check_release(&check);
	buffer_release(&directory);
	buffer_release(&text);
}

int main(void)
{
	const char *data = getenv("TWIN_TEST_DATA");

	TEST("a record may be nested 512 deep, itself included") check_nesting();
	TEST("what is too long or too deep for a state is no record") check_bounds();
	TEST("a name that stands twice is found among few members and many, however it is written")
	check_many_members();
	TEST("lines cut off or changed at any byte are judged as the page says") check_each_byte();
	TEST("random lines are read as jansson does, whatever came before and lies behind them") check_random_lines();
	if (!data) {
		unit_close();
		printf("ok %d - the public parsing tests # SKIP TWIN_TEST_DATA is not set\n", ++unit_count);
		return unit_end();
	}
	TEST("the public parsing tests are judged as by jansson") check_directory(data, "test_parsing");
	TEST("the public transformation tests are judged as by jansson") check_directory(data, "test_transform");
	return unit_end();
}
