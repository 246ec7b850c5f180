// What records hold and which lines are none; and the short ways of the scanner against the plain ones, one by one.
#include "record/record.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "unit.h"
#include "unit_random.h"

struct scanned {
	struct record_scanner scanner;
	struct arena arena;
	struct record record;
	struct error error;
	bool ok;
};

static void scan(struct scanned *s, const char *line)
{
	arena_reset(&s->arena);
	s->error.message[0] = '\0';
	s->ok = record_scan(&s->scanner, slice_from_string(line), &s->arena, &s->record, &s->error) == 0;
}

static void scanned_init(struct scanned *s)
{
	*s = (struct scanned){.arena = ARENA_INIT};
	record_scanner_init(&s->scanner);
}

static void scanned_release(struct scanned *s)
{
	record_scanner_release(&s->scanner);
	arena_release(&s->arena);
}

#define READING "\"entity_id\":\"p\",\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\""

static void check_reading(void)
{
	struct scanned s;

	scanned_init(&s);
	scan(&s,
	    "{\"type\":\"reading\",\"entity_id\":\"caf\\u00e9\",\"property\":\"a\\/"
	    "b\",\"timestamp\":\"2026-03-01T13:00:00+01:00\","
	    "\"value\": \"o\\u006e\" ,\"quality\":2.5e-1,\"received\":\"1970-01-01T00:00:00.000000001Z\",\"seq\":7.0,"
	    "\"counter\":9223372036854775807,\"unit\":null,\"ack\":{ \"code\": 1 }}");
	CHECK(s.ok && s.record.type == RECORD_READING);
	CHECK_TEXT(record_text(&s.record, MEMBER_ENTITY_ID), "caf\xc3\xa9");
	CHECK_TEXT(record_text(&s.record, MEMBER_PROPERTY), "a/b");
	CHECK_TEXT(record_text(&s.record, MEMBER_VALUE), "\"o\\u006e\"");
	CHECK_TEXT(record_text(&s.record, MEMBER_ACK), "{ \"code\": 1 }");
	CHECK_TEXT(record_text(&s.record, MEMBER_UNIT), "");
	CHECK(!record_has(&s.record, MEMBER_UNIT) && !record_has(&s.record, MEMBER_SENSOR_ID));
	CHECK(s.record.timestamp == INT64_C(1772366400000000000) && s.record.received == 1);
	CHECK(s.record.quality == 0.25 && s.record.seq == 7 && s.record.counter == INT64_MAX);
	CHECK(s.record.series_hash == record_series_hash(slice_from_string("caf\xc3\xa9"), slice_from_string("a/b")));
	scan(&s, "{" READING ",\"value\":null}");
	CHECK(s.ok && record_has(&s.record, MEMBER_VALUE) && s.record.kind[MEMBER_VALUE] == VALUE_NULL);
	CHECK(s.record.received == 0 && s.record.quality == 1 && s.record.seq == 0 && s.record.counter == 0);
	scanned_release(&s);
}

// Each with the words that say why.
static const struct {
	const char *line, *why;
} refused[] = {
    {"", "empty line"},
    {" \t\r", "empty line"},
    {"[]", "expected a JSON object at byte 1"},
    {"{}", "entity_id is missing"},
    {"{\"a\":1", "line ends early: expected ',' or '}'"},
    {"{\"a\" 1}", "expected ':' at byte 6"},
    {"{\"a\":1,}", "expected a member name at byte 8"},
    {"{\"a\":1}x", "more behind the object at byte 8"},
    {"{\"type\":7}", "type is not a string"},
    {"{\"x\":1,\"\\u0078\":2}", "member name used twice"},
    {"{" READING ",\"value\":1,\"v\\u0061lue\":1}", "value stands twice"},
    {"{" READING "}", "value is missing"},
    {"{\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}", "entity_id is missing"},
    {"{\"entity_id\":null,\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}",
	"entity_id is missing"},
    {"{\"entity_id\":\"\",\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}",
	"entity_id is empty"},
    {"{\"entity_id\":5,\"property\":\"a\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}",
	"entity_id is not a string"},
    {"{\"entity_id\":\"p\",\"property\":\"a\",\"value\":1}", "timestamp is missing"},
    {"{\"entity_id\":\"p\",\"property\":\"a\",\"timestamp\":1772366400,\"value\":1}",
	"timestamp is not a string in RFC 3339"},
    {"{\"entity_id\":\"p\",\"property\":\"a\",\"timestamp\":\"2026-02-30T12:00:00Z\",\"value\":1}",
	"day 30 does not exist"},
    {"{\"entity_id\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}", "property is missing"},
    {"{\"entity_id\":\"p\",\"property\":\"a//b\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}",
	"an empty segment"},
    {"{\"entity_id\":\"p\",\"property\":\"a~\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}",
	"'~' without 0 or 1"},
    {"{" READING ",\"value\":1,\"quality\":1.5}", "quality is not between 0 and 1"},
    {"{" READING ",\"value\":1,\"quality\":-0.1}", "quality is not between 0 and 1"},
    {"{" READING ",\"value\":1,\"quality\":\"1\"}", "quality is not a number"},
    {"{" READING ",\"value\":1,\"seq\":-1}", "seq is not a whole number"},
    {"{" READING ",\"value\":1,\"seq\":1.5}", "seq is not a whole number"},
    {"{" READING ",\"value\":1,\"counter\":9223372036854775808}", "counter is not a whole number"},
    {"{" READING ",\"value\":1,\"unit\":5}", "unit is not a string"},
    {"{" READING ",\"value\":1,\"sensor_id\":{}}", "sensor_id is not a string"},
    {"{" READING ",\"value\":1,\"origin\":[]}", "origin is not a string"},
    {"{" READING ",\"value\":1,\"ack\":1}", "ack is not an object"},
    {"{" READING ",\"value\":1,\"metadata\":1}", "metadata is not an object"},
    {"{" READING ",\"value\":1,\"received\":1}", "received is not a string"},
    {"{\"type\":\"desired\"," READING "}", "properties is missing"},
    {"{\"type\":\"desired\"," READING ",\"properties\":[]}", "properties is not an object"},
    {"{\"type\":\"desired\"," READING ",\"properties\":{},\"deadline\":\"soon\"}", "deadline: time 'soon'"},
    {"{\"type\":\"deleted\",\"entity_id\":\"p\"}", "timestamp is missing"},
    {"{\"type\":\"state\"," READING ",\"properties\":1}", "properties is not an object"},
    {"{\"type\":\"change\"," READING ",\"deleted\":true}", "deleted is not a string in RFC 3339"},
    {"{\"type\":\"prediction\"," READING ",\"method\":1}", "method is not a string"},
    {"{\"type\":\"event\"," READING "}", "event is missing"},
    {"{\"type\":\"event\"," READING ",\"event\":1}", "event is not a string"},
};

static void check_refused(void)
{
	struct scanned s;

	scanned_init(&s);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		scan(&s, refused[i].line);
		if (s.ok || !strstr(s.error.message, refused[i].why)) {
			printf("# %s: %s\n", refused[i].line, s.ok ? "accepted" : s.error.message);
			unit_fail(__FILE__, __LINE__, refused[i].why);
		}
	}
	scanned_release(&s);
}

static void check_other_types(void)
{
	struct scanned s;

	scanned_init(&s);
	scan(&s, "{\"type\":\"summary\",\"entity_id\":5,\"timestamp\":\"never\",\"quality\":7,\"seq\":\"x\"}");
	CHECK(s.ok && s.record.type == RECORD_OTHER && s.record.quality == 1 && s.record.timestamp == 0);
	scan(&s, "{\"type\":null," READING ",\"value\":1}");
	CHECK(s.ok && s.record.type == RECORD_READING && !record_has(&s.record, MEMBER_TYPE));
	scan(&s, "{\"type\":\"Reading\"}");
	CHECK(s.ok && s.record.type == RECORD_OTHER);
	scanned_release(&s);
}

// NULL when p stands in the middle of something that is no plain string.
static const char *plain_end(const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '"')
			return p;
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e || *p == '\\')
			return NULL;
	}
	return NULL;
}

// Without SSE2, 0x7f is left to the long way: both are right.
static bool same_end(const char *got, const char *p, const char *end)
{
	const char *want = plain_end(p, end);
	bool has_delete = memchr(p, 0x7f, (size_t)(end - p)) != NULL;

	return got == want || (has_delete && (!want || !got));
}

static void check_string_ends(void)
{
	static const unsigned char odd[] = {
	    '"', '\\', 0x00, 0x1f, 0x20, 0x7f, 0x80, 0xc3, 0xff, '\n', '!', '#', '[', ']'};
	static const char fills[] = "\"\\\n0a\xff";
	bool fine = true;

	for (size_t align = 0; align < 17; align++) {
		for (size_t length = 0; length < 50; length++) {
			// Of just the size, so that a read beyond the padding is seen; malloc aligns to 16.
			char *block = memory_new(align + length + LINE_SCAN_PADDING);
			char *p = block + align, *end = p + length;

			for (size_t f = 0; f < sizeof fills - 1; f++) {
				memset(end, fills[f], LINE_SCAN_PADDING);
				memset(block, 'a', align + length);
				fine &= !line_find_plain_end(p, end);
				for (size_t at = 0; at < length; at++) {
					for (size_t o = 0; o < sizeof odd; o++) {
						p[at] = (char)odd[o];
						fine &= same_end(line_find_plain_end(p, end), p, end);
						end[-1] = '"';
						fine &= same_end(line_find_plain_end(p, end), p, end);
						end[-1] = 'a';
					}
					p[at] = 'a';
				}
			}
			free(block);
		}
	}
	CHECK(fine);
}

// Judged with what lies behind the line cut away, as the scanner does it: an end beyond the line counts for nothing.
static const char *end_within(const char *p, const char *end)
{
	const char *stop = line_find_number_end(p);

	return stop && stop < end ? stop : NULL;
}

// A number by JSON, without an exponent and not too long; some byte must follow it in the line.
static const char *plain_number_end(const char *p, const char *end)
{
	const char *stop = json_scan_number(p, end);

	if (!stop || stop == end || memchr(p, 'e', (size_t)(stop - p)) || memchr(p, 'E', (size_t)(stop - p)))
		return NULL;
	return stop;
}

static bool number_fits(const char *p, const char *end)
{
	const char *got = end_within(p, end), *want = plain_number_end(p, end);

	if (got == want)
		return true;
	// What the long way is to see: a number with an exponent, too long, or none at all; the byte behind it tells.
	return !got || (*got != ',' && *got != '}');
}

static void check_number_ends(void)
{
	static const char *const fills[] = {"0123456789", ",", "}", ".5,", "-1", "e5"};
	static const char bytes[] = "00123456789-.eE,} \"x";
	uint64_t random = 7;
	size_t found = 0;
	bool fine = true;

	for (int i = 0; i < 300000; i++) {
		size_t align = random_below(&random, 17), length = 1 + random_below(&random, 40);
		const char *fill = fills[random_below(&random, 6)];
		char *block = memory_new(align + length + LINE_SCAN_PADDING), *p = block + align, *end = p + length;
		size_t kinds = random_below(&random, 3) ? 11 : sizeof bytes - 1;

		for (size_t at = 0; at < length; at++)
			p[at] = bytes[random_below(&random, kinds)];
		if (random_below(&random, 2))
			p[random_below(&random, length)] = '.';
		if (random_below(&random, 2))
			end[-1] = ',';
		for (size_t at = 0; at < LINE_SCAN_PADDING; at++)
			end[at] = fill[at % strlen(fill)];
		fine &= number_fits(p, end);
		found += end_within(p, end) != NULL;
		free(block);
	}
	CHECK(fine);
	CHECK(found > 50000);
}

static void check_plain_numbers(void)
{
	static const char *const numbers[] = {
	    "0", "7", "-0", "-12.375", "1480", "0.1", "123456789012345678901234567890"};
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		size_t length = strlen(numbers[i]);

		buffer_reset(&text);
		buffer_append_string(&text, numbers[i]);
		buffer_append_string(
		    &text, ",                                                                        ");
		CHECK(line_find_number_end(text.data) == text.data + length);
	}
	buffer_release(&text);
}

static void append_random_time(struct buffer *text, uint64_t *random)
{
	static const char *const minutes[] = {"2026-03-01T12:00", "2026-03-01T12:01", "2026-03-01T23:59",
	    "2026-03-02T00:00", "2016-12-31T23:59", "2017-01-01T00:00", "1969-12-31T23:59", "1970-01-01T00:00",
	    "1970-01-01T00:01", "1677-09-21T00:12", "1677-09-21T00:13", "2262-04-11T23:45", "2262-04-11T23:46",
	    "2262-04-11T23:47", "2262-04-11T23:48", "2024-02-29T10:10", "2023-02-29T10:10", "2026-03-01t12:00",
	    "2026-03-01 12:00", "2026-03-01T12:60", "9999-12-31T23:59"};
	static const char *const ends[] = {
	    "Z", "Z", "Z", "Z", "z", "+00:00", "-00:00", "+01:00", "-23:59", "", "ZZ", "Z ", "+1Z"};
	uint64_t digits = random_below(random, 3) ? 0 : 1 + random_below(random, 10);
	size_t start = text->length;

	buffer_printf(text, "%s:%02u", minutes[random_below(random, sizeof minutes / sizeof *minutes)],
	    (unsigned)random_below(random, 63));
	if (digits)
		buffer_append_char(text, '.');
	while (digits--)
		buffer_append_char(text, (char)('0' + random_below(random, 10)));
	buffer_append_string(text, ends[random_below(random, sizeof ends / sizeof *ends)]);
	if (!random_below(random, 20))
		text->data[start + random_below(random, text->length - start)] = "0:.-TZ+9/;"[random_below(random, 10)];
}

// As check_values does it: the minute is noted from each time that had to be read the long way.
static void check_minutes(void)
{
	struct record_scanner scanner;
	struct buffer text = BUFFER_INIT;
	uint64_t random = 11;
	size_t hits = 0;
	bool fine = true;

	record_scanner_init(&scanner);
	for (int i = 0; i < 1000000; i++) {
		int64_t got, want, noted;
		int status;

		// The same minute several times, else it is never met again.
		if (i % 8 == 0 || random_below(&random, 10) == 0) {
			buffer_reset(&text);
			append_random_time(&text, &random);
		} else if (text.length > 18) {
			text.data[17] = (char)('0' + random_below(&random, 7));
			text.data[18] = (char)('0' + random_below(&random, 10));
		}
		status = timestamp_parse_plain(buffer_slice(&text), &want, NULL);
		if (record_same_minute(&scanner, buffer_slice(&text), &got)) {
			fine &= status == 0 && got == want;
			hits++;
		} else if (timestamp_parse(buffer_slice(&text), &noted, NULL) == 0) {
			fine &= status == 0 && noted == want;
			record_note_minute(&scanner, buffer_slice(&text), noted);
		} else {
			fine &= status != 0;
		}
	}
	CHECK(fine);
	CHECK(hits > 100000);
	record_scanner_release(&scanner);
	buffer_release(&text);
}

static bool quality_fits(const char *text, size_t *plain)
{
	double got, want = strtod(text, NULL), slow = decimal_to_double(slice_from_string(text));

	if (memcmp(&slow, &want, sizeof want) != 0)
		return false;
	if (!record_plain_quality(slice_from_string(text), &got))
		return true;
	++*plain;
	return memcmp(&got, &want, sizeof want) == 0 && got >= 0 && got <= 1;
}

static void check_qualities(void)
{
	char text[32];
	uint64_t random = 13;
	size_t plain = 0;
	bool fine = true;

	for (int digits = 1; digits <= 5; digits++)
		for (int i = 0,
			 limit = digits == 1 ? 10
			 : digits == 2       ? 100
			 : digits == 3       ? 1000
					     : 10000;
		     i < limit; i++) {
			snprintf(text, sizeof text, "0.%0*d", digits, i);
			fine &= quality_fits(text, &plain);
		}
	CHECK(plain == 10 + 100 + 1000 + 10000 + 10000);
	for (int i = 0; i < 500000; i++) {
		size_t digits = 1 + random_below(&random, 17), at = 2;

		memcpy(text, "0.", 2);
		while (digits--)
			text[at++] = (char)('0' + random_below(&random, 10));
		text[at] = '\0';
		fine &= quality_fits(text, &plain);
	}
	CHECK(fine && plain > 400000);
	for (const char *const *odd =
		 (const char *const[]){"1", "0", "1.0", "-0.5", "0.5e0", "0.", "0.1234567890123456", NULL};
	     *odd; odd++) {
		double quality;

		CHECK(!record_plain_quality(slice_from_string(*odd), &quality));
	}
}

// The short way takes the whole line and nothing of the next; where it does not, it says nothing.
static void check_blocks(void)
{
	static const char lines[] =
	    "{" READING ",\"value\":1}\n{" READING ",\"value\":\"x\",\"quality\":0.5}\n{" READING
	    ",\"value\":2}\r\n{" READING ",\"value\":\n3}\n{" READING ",\"value\":4}";
	struct record_scanner scanner;
	struct record record;
	struct buffer block = BUFFER_INIT;
	const char *p, *end;
	size_t taken = 0;

	record_scanner_init(&scanner);
	buffer_append(&block, lines, sizeof lines - 1);
	memset(buffer_reserve(&block, LINE_SCAN_PADDING), '}', LINE_SCAN_PADDING);
	p = block.data;
	end = p + block.length;
	while (p < end) {
		const char *next = record_scan_plain(&scanner, p, end, &record);
		const char *newline = memchr(p, '\n', (size_t)(end - p));

		if (next) {
			CHECK(next == (newline ? newline + 1 : end));
			CHECK(slice_equal(record.line, slice_of(p, (size_t)((newline ? newline : end) - p))));
			taken++;
		}
		p = newline ? newline + 1 : end;
	}
#ifdef __SSE2__
	CHECK(taken == 3);
#endif
	record_scanner_release(&scanner);
	buffer_release(&block);
}

static void check_others_of(const char *line, const char *others)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer out = BUFFER_INIT;
	struct scanned s;

	scanned_init(&s);
	scan(&s, line);
	CHECK(s.ok);
	record_append_others(&out, &s.record, &tree);
	CHECK_TEXT(buffer_slice(&out), others);
	CHECK(!(s.record.present & RECORD_OTHERS) || out.length || strstr(line, "[[[["));
	buffer_release(&out);
	value_tree_release(&tree);
	scanned_release(&s);
}

static void check_others(void)
{
	check_others_of("{" READING ",\"value\":1}", "");
	check_others_of(
	    "{\"\\u0074ype\":\"reading\"," READING ",\"value\":1,\"unit\":null,\"metadata\":{\"x\":1}}", "");
	check_others_of("{\"b\\u0061\": [ 1.50, \"x y\" ]," READING ",\"value\":1, \"a\" :null}",
	    "{\"b\\u0061\":[1.50,\"x y\"],\"a\":null}");
	// What other types have means nothing in a reading, and the other way round.
	check_others_of(
	    "{" READING ",\"value\":1,\"deadline\":\"x\",\"method\":null}", "{\"deadline\":\"x\",\"method\":null}");
	check_others_of("{\"type\":\"desired\"," READING
			",\"properties\":{},\"deadline\":\"2026-03-01T12:00:00Z\",\"ack\":1}",
	    "{\"property\":\"a\",\"ack\":1}");
	check_others_of("{\"type\":\"deleted\"," READING ",\"value\":1}", "{\"value\":1}");
	check_others_of("{\"type\":\"event\"," READING ",\"event\":\"e\",\"x\":1}", "");
	check_others_of("{\"type\":\"other\",\"x\":1}", "");
}

// As deep as a line may be, which no state could show.
static void check_deep_others(void)
{
	static const size_t depths[] = {RECORD_DEPTH_MAX, RECORD_DEPTH_MAX + 1, VALUE_DEPTH_MAX - 1};

	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		struct buffer line = BUFFER_INIT, want = BUFFER_INIT;

		buffer_append_string(&want, "{\"x\":");
		for (size_t level = 0; level < depths[i]; level++)
			buffer_append_char(&want, '[');
		for (size_t level = 0; level < depths[i]; level++)
			buffer_append_char(&want, ']');
		buffer_append_string(&line, "{" READING ",\"value\":1,");
		buffer_append_slice(&line, slice_skip(buffer_slice(&want), 1));
		buffer_append_char(&line, '}');
		buffer_append_char(&want, '}');
		buffer_reserve(&line, LINE_SCAN_PADDING);
		check_others_of(buffer_string(&line), i == 0 ? buffer_string(&want) : "");
		buffer_release(&line);
		buffer_release(&want);
	}
}

int main(void)
{
	TEST("a reading holds its members decoded, its value as written, and defaults") check_reading();
	TEST("a line that is no record is refused with the reason") check_refused();
	TEST("records of other types pass, whatever their members are") check_other_types();
	TEST("members that mean nothing in a record of its type are told, as they were written") check_others();
	TEST("members that are nested deeper than any state are left out") check_deep_others();
	TEST("the end of a plain string is found at every alignment, whatever follows the line") check_string_ends();
	TEST("the end of a plain number is found at every alignment, whatever follows the line") check_number_ends();
	TEST("plain numbers end where they end") check_plain_numbers();
	TEST("times of the minute before are read as all others are") check_minutes();
	TEST("a plain quality is what strtod makes of it, bit for bit") check_qualities();
	TEST("usual lines of a block are taken one by one") check_blocks();
	return unit_end();
}
