// Expressions: grammar, kinds, logic and errors by example, and random ones against a plain recursive evaluator.
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "record/expression.h"
#include "record/value.h"
#include "unit.h"
#include "unit_random.h"

static const char reading[] = "{\"entity_id\":\"pump-7\",\"property\":\"bearing/temperature\",\"timestamp\":"
			      "\"2026-03-01T12:00:05.25Z\",\"value\":82.5,\"unit\":\"degC\",\"quality\":0.95,"
			      "\"received\":\"2026-03-01T12:00:35Z\"}";

static const char rich[] =
    "{\"entity_id\":\"a\\u00e9\",\"property\":\"p\",\"timestamp\":\"2026-03-01T13:00:00+01:00\","
    "\"value\":{\"x\":[1,2.50,\"three\",null],\"flow-rate\":7,\"on\":true},\"unit\":null,\"note\":\"a \\\"b\\\"\","
    "\"nothing\":null,\"big\":9007199254740993,\"metadata\":{\"site\":\"North\",\"a/b\":{\"and\":1}}}";

struct scene {
	struct record_scanner scanner;
	struct arena arena;
	struct record record;
	struct buffer line;
};

static void scene_start(struct scene *scene, const char *text)
{
	struct error error;
	size_t length = strlen(text);

	*scene = (struct scene){.arena = ARENA_INIT};
	record_scanner_init(&scene->scanner);
	buffer_append(&scene->line, text, length);
	memset(buffer_reserve(&scene->line, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	const char *end = scene->line.data + length;

	// As the reader does: the usual ones by the plain scanner.
	if (record_scan_plain(&scene->scanner, scene->line.data, end, &scene->record))
		return;
	if (record_scan(&scene->scanner, slice_of(scene->line.data, length), &scene->arena, &scene->record, &error))
		printf("# %s\n", error.message);
}

static void scene_end(struct scene *scene)
{
	record_scanner_release(&scene->scanner);
	arena_release(&scene->arena);
	buffer_release(&scene->line);
}

// 1 true, 0 false, -1 when the text is wrong.
static int test_of(const char *record, const char *text)
{
	struct scene scene;
	struct error error;
	struct expression *expression = expression_parse_condition(slice_from_string(text), &error);

	if (!expression) {
		printf("# %s: %s\n", text, error.message);
		return -1;
	}
	struct expression_run *run = expression_run_new(expression);

	scene_start(&scene, record);
	int result = expression_test(run, &scene.record);

	expression_run_free(run);
	expression_free(expression);
	scene_end(&scene);
	return result;
}

static bool holds(const char *text)
{
	return test_of(reading, text) == 1;
}

static bool fails(const char *text)
{
	return test_of(reading, text) == 0;
}

static bool rich_holds(const char *text)
{
	return test_of(rich, text) == 1;
}

static bool rich_fails(const char *text)
{
	return test_of(rich, text) == 0;
}

static struct slice error_of(const char *text, struct error *error)
{
	struct expression *expression = expression_parse_condition(slice_from_string(text), error);

	expression_free(expression);
	return expression ? SLICE_LITERAL("no error") : slice_from_string(error->message);
}

#define CHECK_ERROR(text, want) CHECK_TEXT(error_of(text, &error), want)

static void test_grammar(void)
{
	TEST("operators bind as in mathematics")
	{
		CHECK(holds("1 + 2 * 3 == 7"));
		CHECK(holds("(1 + 2) * 3 == 9"));
		CHECK(holds("-2^2 == -4"));
		CHECK(holds("(-2)^2 == 4"));
		CHECK(holds("2^3^2 == 512"));
		CHECK(holds("2^-1 == 0.5"));
		CHECK(holds("10 - 4 - 3 == 3"));
		CHECK(holds("16 / 4 / 2 == 2"));
		CHECK(holds("- -3 == 3"));
		CHECK(holds("-2 * -3 == 6"));
		CHECK(holds("1e-3 + 2E+1 == 20.001"));
	}
	TEST("or is weaker than and, and and than not")
	{
		CHECK(holds("true or false and false"));
		CHECK(fails("(true or false) and false"));
		CHECK(holds("not false and true"));
		CHECK(fails("not (false or true)"));
		CHECK(holds("not 1 == 2"));
		CHECK(holds("not not value > 80"));
	}
	TEST("names of members are words, words behind a point, and anything in brackets")
	{
		CHECK(rich_holds("value.x[1] == 2.5"));
		CHECK(rich_holds("value.x[2] == \"three\""));
		CHECK(rich_holds("value[\"flow-rate\"] == 7"));
		CHECK(rich_holds("value.on"));
		CHECK(rich_holds("metadata['a/b'].and == 1"));
		CHECK(rich_holds("[\"metadata\"].site == 'North'"));
		CHECK(rich_holds("at(\"/metadata/a~1b/and\") == 1"));
		CHECK(rich_holds("at('/value/x')[0] == 1"));
		CHECK(rich_fails("value.x[4] == 1 or value.x['01'] == 2 or value.y.z == 1 or entity_id.x == 1"));
	}
	TEST("text between double quotes has JSON's escapes, between single ones none")
	{
		CHECK(rich_holds("note == \"a \\\"b\\\"\""));
		CHECK(rich_holds("note == 'a \"b\"'"));
		CHECK(rich_holds("entity_id == \"a\\u00e9\" and entity_id == 'a\xc3\xa9'"));
		CHECK(holds("'\\n' != \"\\n\""));
	}
}

static void test_members(void)
{
	TEST("members that the scanner knows are found in usual readings and in all others")
	{
		CHECK(holds("entity_id == 'pump-7' and property == 'bearing/temperature' and unit == 'degC'"));
		CHECK(holds("value > 80 and value < 82.51 and quality >= 0.95 and quality != 1"));
		CHECK(rich_holds("big == 9007199254740993 and metadata.site == 'North' and note != 'x'"));
		CHECK(test_of("{\"type\":\"mine\",\"quality\":\"good\",\"value\":\"v\",\"timestamp\":5}",
			  "type == 'mine' and quality == 'good' and value == 'v' and timestamp == 5") == 1);
	}
	TEST("a member that is null counts as absent at the top of a record, except value, and is null inside")
	{
		CHECK(rich_fails("exists(unit) or exists(nothing) or unit == null or nothing == null"));
		CHECK(rich_holds("value.x[3] == null and exists(value.x[3]) and value.on != null and value != null"));
		CHECK(test_of("{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\","
			      "\"value\":null}",
			  "value == null and exists(value) and not (value != null)") == 1);
	}
	TEST("what a reading leaves out has the value that this means, and exists tells what is written")
	{
		static const char bare[] =
		    "{\"entity_id\":\"a\",\"property\":\"p\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":1}";

		CHECK(test_of(bare,
			  "type == 'reading' and quality == 1 and sensor_id == '' and seq == 0 and counter == 0") == 1);
		CHECK(
		    test_of(bare,
			"exists(type) or exists(quality) or exists(sensor_id) or exists(seq) or exists(counter)") == 0);
		CHECK(test_of(bare,
			  "unit == '' or unit != '' or received != '2026-03-01' or quality.x == 1 or type[0] == 'r'") ==
		    0);
		CHECK(test_of("{\"type\":\"mine\"}", "quality == 1 or type != 'mine' or seq == 0") == 0);
	}
	TEST("exists says whether a member is there")
	{
		CHECK(holds("exists(value) and exists(quality) and not exists(origin)"));
		CHECK(rich_holds("exists(value.x) and exists(value.x[0]) and not exists(value.z) and exists(big)"));
	}
}

static void test_kinds(void)
{
	TEST("numbers that were written compare by all their digits")
	{
		CHECK(holds("9007199254740993 > 9007199254740992"));
		CHECK(holds("-9007199254740993 < -9007199254740992"));
		CHECK(holds("9007199254740993 != 9007199254740992.0"));
		CHECK(holds("0.1000000000000000000001 > 0.1"));
		CHECK(holds("1e400 > 1e399 and 1.0 == 1 and 100 == 1e2"));
		CHECK(rich_holds("big > 9007199254740992 and big < 9007199254740994"));
		CHECK(rich_holds("abs(-9007199254740993) == big and floor(big) == big and max(1, big) == big"));
	}
	TEST("arithmetic is that of doubles, and what has no answer is missing")
	{
		CHECK(holds("0.1 + 0.2 != 0.3 and abs(0.1 + 0.2 - 0.3) < 1e-15"));
		CHECK(fails("1 / 0 > 0 or 1 / 0 == 1 / 0 or 0 / 0 != 1 or 10 ^ 400 > 1 or sqrt(-1) == sqrt(-1)"));
		CHECK(holds("not (1 / 0 > 0)"));
		CHECK(fails("unit + 1 > 0 or origin + 1 > 0 or origin != 1"));
	}
	TEST("times compare as instants, and their differences are lengths of time")
	{
		CHECK(
		    rich_holds("timestamp == '2026-03-01T12:00:00Z' and timestamp < '2026-03-01T12:00:00.000000001Z'"));
		CHECK(
		    holds("timestamp >= '2026-03-01' and timestamp < '2026-03-02' and timestamp > '2026-03-01T12:00'"));
		CHECK(holds("received - timestamp == 29.75s and received - timestamp > 10s"));
		CHECK(holds("timestamp + 29750ms == received and received - 29.75s == timestamp"));
		CHECK(holds("(received - timestamp) / 1s == 29.75 and (received - timestamp) * 2 < 1m"));
		CHECK(holds("1h30m == 90m and -1s < 0s and abs(timestamp - received) == 29.75s and 3 * 5m == 900s"));
		CHECK(holds("timestamp - '2026-03-01' > 12h and 1d / 2 == 12h"));
		CHECK(fails("timestamp + 100000d + 100000d > timestamp"));
		CHECK(holds("unit > '2026-03-01T00:00:00Z'"));
	}
	TEST("text compares byte by byte, and a time that was written by day alone is one only beside a time")
	{
		CHECK(holds("'a' < 'b' and 'B' < 'a' and 'a' < 'ab' and '' < 'a'"));
		CHECK(holds("'2026-03-01' != '2026-03-01T00:00'"));
		CHECK(holds("'2026-03-01' == '2026-03-01T00:00:00Z'"));
		CHECK(holds("unit != '2026-03-01' and unit < 'z'"));
	}
	TEST("what is missing or of another type compares false whichever way")
	{
		CHECK(fails("origin == 1 or origin != 1 or origin < 1 or origin >= 1"));
		CHECK(fails("unit == 5 or unit != 5 or unit > 5"));
		CHECK(holds("not (origin == 1) and not (unit == 5)"));
		CHECK(rich_fails("value == 1 or value != 1 or value.x == value.x"));
		CHECK(rich_holds("value.on == true and value.on != false and not (value.on > value.on)"));
	}
	TEST("only true is true")
	{
		CHECK(fails("value"));
		CHECK(fails("unit and true"));
		CHECK(fails("origin or value"));
		CHECK(holds("not value and not origin"));
		CHECK(holds("if(origin, false, true) and if(value > 80, unit, 'x') == 'degC'"));
	}
}

static void test_functions(void)
{
	TEST("functions of numbers")
	{
		CHECK(holds(
		    "abs(-2.5) == 2.5 and sign(-3) == -1 and sqrt(16) == 4 and floor(-1.5) == -2 and ceil(1.2) == 2"));
		CHECK(
		    holds("round(2.5) == 3 and round(-2.5) == -3 and min(3, 1, 2) == 1 and max(3, value, 2) == 82.5"));
		CHECK(
		    holds("exp(0) == 1 and log(e) == 1 and log10(1000) == 3 and abs(sin(pi)) < 1e-9 and cos(0) == 1"));
		CHECK(holds("tan(0) == 0 and asin(1) == pi / 2 and acos(1) == 0 and atan2(1, 1) == atan(1)"));
		CHECK(holds("sinh(0) == 0 and cosh(0) == 1 and tanh(0) == 0 and asinh(0) == 0 and erf(0) == 0 and "
			    "gamma(5) == 24"));
		CHECK(fails("min(1, origin) == 1 or sqrt(unit) == 1 or max('a', 1) == 1"));
	}
	TEST("convert() takes the unit from the record, keeps decimals exact, and has no answer where there is no "
	     "conversion")
	{
		CHECK(holds("convert(value, unit, 'K') == 355.65 and convert(value, unit, '[degF]') == 180.5"));
		CHECK(holds("convert(value, 'degC', 'degC') == value and convert(212, 'degF', 'degC') == 100"));
		CHECK(holds("convert(9007199254740993, 'mV', 'V') == 9007199254740.993"));
		CHECK(holds("convert(value * 2, unit, 'K') > 438.1 and convert(value * 2, unit, 'K') < 438.2"));
		CHECK(fails("convert(value, unit, 'kPa') == convert(value, unit, 'kPa')"));
		CHECK(fails("convert(value, entity_id, 'kPa') > 0 or convert(entity_id, unit, 'K') > 0"));
		CHECK(fails("convert(absent, unit, 'K') > 0 or convert(value, absent, 'K') > 0"));
		CHECK(fails("convert(-1, 'W', 'dBm') < 0 or convert(1e308, 'km', 'm') > 0"));
	}
	TEST("functions of text")
	{
		CHECK(holds("lower(unit) == 'degc' and upper('a-b') == 'A-B' and contains(property, 'ring/')"));
		CHECK(holds("starts_with(entity_id, 'pump') and ends_with(entity_id, '-7') and contains('', '')"));
		CHECK(holds(
		    "matches(property, '*temp*') and matches(entity_id, 'pump-[0-9]') and not matches(unit, 'deg')"));
		CHECK(fails("contains(value, '8') or matches(origin, '*') or lower(value) == '82.5' or "
			    "starts_with('a', 'ab')"));
		CHECK(fails("matches(\"a\\u0000b\", 'a*')"));
	}
}

static void test_errors(void)
{
	struct error error;

	TEST("errors name the column, and say what is meant")
	{
		CHECK_ERROR("value >", "column 8: a value is missing at the end");
		CHECK_ERROR("", "column 1: a value is missing at the end");
		CHECK_ERROR("value > )", "column 9: expected a value, found )");
		CHECK_ERROR(
		    "timestamp < '2026-13-01'", "column 13: the text is no time such as \"2026-03-01T12:00:00Z\"");
		CHECK_ERROR(
		    "'2026-02' == (received)", "column 1: the text is no time such as \"2026-03-01T12:00:00Z\"");
		CHECK_ERROR(
		    "['timestamp'] != ('foo')", "column 19: the text is no time such as \"2026-03-01T12:00:00Z\"");
		CHECK(holds("timestamp < '2026-12-01' and not (metadata.timestamp < 'foo') and property < 'foo'"));
		CHECK(holds("starts_with(timestamp, '2026') and if(true, property, 'x') != 'x'"));
		CHECK_ERROR("value = 3", "column 7: '=' is not used here: write '=='");
		CHECK_ERROR("a && b", "column 3: '&' is not used here: write 'and'");
		CHECK_ERROR("1 < value < 3", "column 11: comparisons do not chain: join two by 'and'");
		CHECK_ERROR("value > 3 value", "column 11: expected an operator, found value");
		CHECK_ERROR("(value > 3", "column 11: ')' is missing at the end");
		CHECK_ERROR("'\xc3\xa9' == 'x", "column 8: the text has no closing '");
		CHECK_ERROR(
		    "value > 12x", "column 9: duration '12x': unit 'x' is not one of ns, us, ms, s, m, h, d, w");
		CHECK_ERROR("value > 012", "column 9: '012' is not a number");
		CHECK_ERROR("sqr(value) > 3", "column 1: there is no function sqr(): did you mean sqrt()?");
		CHECK_ERROR("foo(value) > 3", "column 1: there is no function foo()");
		CHECK_ERROR("sqrt() > 1", "column 1: sqrt() takes 1 argument");
		CHECK_ERROR("min() > 1", "column 1: min() takes 1 to 32 arguments");
		CHECK_ERROR("exists(3)", "column 8: expected the name of a member, found 3");
		CHECK_ERROR("exists(abs(x))", "column 8: expected the name of a member, found a function");
		CHECK_ERROR(
		    "at('value') == 1", "column 4: expected a JSON Pointer such as \"/metadata/site\", found 'value'");
		CHECK_ERROR("value. == 3", "column 8: expected a name behind '.', found ==");
		CHECK_ERROR(
		    "value[x] == 3", "column 7: expected the number of an element or a name in quotes, found x");
		CHECK_ERROR("value == not true", "column 10: 'not' needs parentheses around it here");
	}
	TEST("types that cannot meet are errors of the text")
	{
		CHECK_ERROR("3 > 'x'", "column 3: a number and text do not compare by size");
		CHECK_ERROR(
		    "value > 5s", "column 7: a member of the record and a length of time do not compare by size");
		CHECK_ERROR("value and 3", "column 11: 'and' takes a condition, not a number");
		CHECK_ERROR("not 'x'", "column 5: 'not' takes a condition, not text");
		CHECK_ERROR("value + 'x' > 3", "column 7: '+' does not go between a member of the record and text");
		CHECK_ERROR("-unit == 'x'", "column 7: a number and text do not compare");
		CHECK_ERROR("value < true", "column 7: a member of the record and a condition do not compare by size");
		CHECK_ERROR("null < 3", "column 6: null and a number do not compare by size");
		CHECK_ERROR("sqrt('x') > 1", "column 6: sqrt() does not take text");
		CHECK_ERROR("matches(unit, unit)", "column 15: the pattern of matches() is text in quotes");
		CHECK_ERROR("convert(value, unit, unit) > 1", "column 22: the unit of convert() is text in quotes");
		CHECK_ERROR("convert(value, unit, if(true, 'a', 'b')) > 1",
		    "column 22: the unit of convert() is text in quotes");
		CHECK_ERROR("convert(value, unit, 'smoots') > 1", "column 22: unknown unit 'smoots'");
		CHECK_ERROR("convert(value, 'smoots', 'm') > 1", "column 26: unknown unit 'smoots'");
		CHECK_ERROR("convert(value, 'kPa', 'K') > 1",
		    "column 23: cannot convert 'kPa' to 'K': they measure different things");
		CHECK_ERROR("convert('x', 'kPa', 'K') > 1", "column 9: convert() does not take text");
		CHECK_ERROR("convert(value, 3, 'K') > 1", "column 16: convert() does not take a number");
		CHECK_ERROR("convert(value, 'K') > 1", "column 1: convert() takes 3 arguments");
		CHECK_ERROR("value * 2", "a number can never be true: expected a condition");
		CHECK_ERROR("'x'", "text can never be true: expected a condition");
	}
	TEST("a path alone is read as one, and nothing else is")
	{
		struct expression *path = expression_parse_path(SLICE_LITERAL("metadata.site[2]['a b']"), &error);

		CHECK(path && expression_path_count(path) == 1);
		CHECK_TEXT(expression_path_text(path, 0), "metadata.site[2]['a b']");
		CHECK_TEXT(expression_path_name(path, 0), "a b");
		expression_free(path);
		CHECK(!expression_parse_path(SLICE_LITERAL("value + 1"), &error));
		CHECK_TEXT(slice_from_string(error.message), "column 7: expected nothing more, found +");
	}
}

static struct slice repeated(struct buffer *out, const char *head, size_t count, const char *tail)
{
	buffer_reset(out);
	for (size_t i = 0; i < count; i++)
		buffer_append_string(out, head);
	buffer_append_string(out, tail);
	return buffer_slice(out);
}

static void test_bounds(void)
{
	struct buffer text = BUFFER_INIT;
	struct error error;
	struct expression *expression;

	TEST("depth and size are bounded, length is not depth")
	{
		CHECK(!expression_parse(repeated(&text, "(", 64, "1"), &error));
		CHECK_TEXT(slice_from_string(error.message), "column 65: nested deeper than 64");
		CHECK(!expression_parse(repeated(&text, "2^", 5000, "1"), &error));
		CHECK(!expression_parse(repeated(&text, "not ", 4000, "true"), &error));
		CHECK(!expression_parse(repeated(&text, " ", 20000, "1"), &error));
		CHECK_TEXT(slice_from_string(error.message), "the expression is longer than 16384 bytes");
		expression = expression_parse(repeated(&text, "1+", 8000, "1"), &error);
		CHECK(expression);
		expression_free(expression);
		expression = expression_parse(repeated(&text, "a or ", 3000, "b"), &error);
		CHECK(expression && expression_path_count(expression) == 2);
		expression_free(expression);
		CHECK(!expression_parse(slice_of("'\xff'", 3), &error));
		CHECK(!expression_parse(slice_of("1\0", 2), &error));
	}
	buffer_release(&text);
}

static void test_unseen(void)
{
	struct error error;
	struct scene scene;

	TEST("a path that was looked for and never found is told, one that was not looked for is not")
	{
		struct expression *expression =
		    expression_parse(SLICE_LITERAL("valeu > 1 and sensor_id == 'x' or value > 3"), &error);
		struct expression_run *run = expression_run_new(expression);

		scene_start(&scene, reading);
		CHECK(expression_test(run, &scene.record));
		CHECK(expression_path_unseen(run, 0));
		CHECK(!expression_path_unseen(run, 1));
		CHECK(!expression_path_unseen(run, 2));
		scene_end(&scene);
		expression_run_free(run);
		expression_free(expression);
	}
	TEST("the text of a member is its own bytes")
	{
		static const struct {
			const char *path, *want;
		} cases[] = {{"value", "{\"x\":[1,2.50,\"three\",null],\"flow-rate\":7,\"on\":true}"},
		    {"value.x[1]", "2.50"}, {"value.x[2]", "\"three\""}, {"note", "\"a \\\"b\\\"\""},
		    {"entity_id", "\"a\xc3\xa9\""}, {"metadata.site", "\"North\""}};

		scene_start(&scene, rich);
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct expression *path = expression_parse_path(slice_from_string(cases[i].path), &error);
			struct expression_run *run = expression_run_new(path);
			struct slice json = SLICE_EMPTY;

			CHECK(expression_member_text(run, &scene.record, &json));
			CHECK_TEXT(json, cases[i].want);
			expression_run_free(run);
			expression_free(path);
		}
		scene_end(&scene);
	}
}

// Random expressions: a tree, its text with as few parentheses as the grammar asks for, and its value by plain recursion.

enum node_kind { NODE_NUMBER, NODE_MEMBER, NODE_ABSENT, NODE_BOOLEAN, NODE_NEGATE, NODE_NOT, NODE_INFIX, NODE_IF };

struct node {
	enum node_kind kind;
	double number;
	bool truth;
	int sign; // index of signs
	struct node *children[3];
};

// How strongly each binds, from or to power.
static const struct {
	const char *text;
	int strength;
} signs[] = {{"or", 1}, {"and", 2}, {"<", 4}, {"<=", 4}, {">", 4}, {">=", 4}, {"==", 4}, {"!=", 4}, {"+", 5}, {"-", 5},
    {"*", 6}, {"/", 6}, {"^", 7}};

static struct node *random_node(uint64_t *seed, int depth, bool condition)
{
	struct node *node = memory_new_zeroed(1, sizeof *node);

	if (depth == 0 || random_below(seed, 6) == 0) {
		node->kind = condition ? NODE_BOOLEAN : (enum node_kind)random_below(seed, 3);
		node->number = (double)random_below(seed, 40) / 4;
		node->truth = random_below(seed, 2);
		return node;
	}
	uint64_t kind = random_below(seed, 10);

	node->kind = kind == 0 ? NODE_IF : kind <= 2 ? (condition ? NODE_NOT : NODE_NEGATE) : NODE_INFIX;
	bool logic = condition && random_below(seed, 2);

	node->sign = logic ? (int)random_below(seed, 2)
	    : condition    ? 2 + (int)random_below(seed, 6)
			   : 8 + (int)random_below(seed, 5);
	bool inner = node->kind == NODE_IF || node->kind == NODE_NOT || logic;

	node->children[0] = random_node(seed, depth - 1, inner && (condition || node->kind == NODE_IF));
	if (node->kind == NODE_INFIX || node->kind == NODE_IF)
		node->children[1] = random_node(seed, depth - 1, node->kind == NODE_IF ? condition : inner);
	if (node->kind == NODE_IF)
		node->children[2] = random_node(seed, depth - 1, condition);
	return node;
}

static void free_node(struct node *node)
{
	if (!node)
		return;
	for (int i = 0; i < 3; i++)
		free_node(node->children[i]);
	free(node);
}

// A result: a number, a truth, or nothing.
struct plain {
	enum { PLAIN_NOTHING, PLAIN_NUMBER, PLAIN_TRUTH } kind;
	double number;
	bool truth;
};

static bool plainly_true(struct plain value)
{
	return value.kind == PLAIN_TRUTH && value.truth;
}

static struct plain plain_infix(int sign, struct plain a, struct plain b)
{
	const char *text = signs[sign].text;
	double result = 0;

	if (a.kind != PLAIN_NUMBER || b.kind != PLAIN_NUMBER)
		return (struct plain){.kind = signs[sign].strength == 4 ? PLAIN_TRUTH : PLAIN_NOTHING};
	if (signs[sign].strength == 4) {
		bool equal = a.number == b.number, less = a.number < b.number;
		bool truth = strcmp(text, "<") == 0 ? less
		    : strcmp(text, "<=") == 0       ? less || equal
		    : strcmp(text, ">") == 0        ? !less && !equal
		    : strcmp(text, ">=") == 0       ? !less
		    : strcmp(text, "==") == 0       ? equal
						    : !equal;

		return (struct plain){.kind = PLAIN_TRUTH, .truth = truth};
	}
	switch (*text) {
	case '+':
		result = a.number + b.number;
		break;
	case '-':
		result = a.number - b.number;
		break;
	case '*':
		result = a.number * b.number;
		break;
	case '/':
		result = a.number / b.number;
		break;
	default:
		result = pow(a.number, b.number);
	}
	return (struct plain){.kind = isfinite(result) ? PLAIN_NUMBER : PLAIN_NOTHING, .number = result};
}

static struct plain plain_value(const struct node *node)
{
	switch (node->kind) {
	case NODE_NUMBER:
		return (struct plain){.kind = PLAIN_NUMBER, .number = node->number};
	case NODE_MEMBER:
		return (struct plain){.kind = PLAIN_NUMBER, .number = 82.5};
	case NODE_ABSENT:
		return (struct plain){.kind = PLAIN_NOTHING};
	case NODE_BOOLEAN:
		return (struct plain){.kind = PLAIN_TRUTH, .truth = node->truth};
	case NODE_NOT:
		return (struct plain){.kind = PLAIN_TRUTH, .truth = !plainly_true(plain_value(node->children[0]))};
	case NODE_IF:
		return plain_value(node->children[plainly_true(plain_value(node->children[0])) ? 1 : 2]);
	default:
		break;
	}
	struct plain a = plain_value(node->children[0]);

	if (node->kind == NODE_NEGATE)
		return (struct plain){
		    .kind = a.kind == PLAIN_NUMBER ? PLAIN_NUMBER : PLAIN_NOTHING, .number = -a.number};
	struct plain b = plain_value(node->children[1]);

	if (node->sign == 0)
		return (struct plain){.kind = PLAIN_TRUTH, .truth = plainly_true(a) || plainly_true(b)};
	if (node->sign == 1)
		return (struct plain){.kind = PLAIN_TRUTH, .truth = plainly_true(a) && plainly_true(b)};
	return plain_infix(node->sign, a, b);
}

static int strength_of(const struct node *node)
{
	return node->kind == NODE_INFIX ? signs[node->sign].strength
	    : node->kind == NODE_NOT    ? 3
	    : node->kind == NODE_NEGATE ? 7
					: 8;
}

static void write_node(struct buffer *out, const struct node *node);

static void write_child(struct buffer *out, const struct node *node, bool parentheses)
{
	if (parentheses)
		buffer_append_char(out, '(');
	write_node(out, node);
	if (parentheses)
		buffer_append_char(out, ')');
}

static void write_infix(struct buffer *out, const struct node *node)
{
	const struct node *left = node->children[0], *right = node->children[1];
	int strength = signs[node->sign].strength;
	bool is_power = strength == 7;

	// A sign before a power takes the whole power; behind it, it stands by itself.
	write_child(out, left, strength_of(left) < strength + (strength == 4 || is_power));
	buffer_printf(out, " %s ", signs[node->sign].text);
	write_child(out, right, strength_of(right) < strength + !is_power);
}

static void write_node(struct buffer *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_NUMBER:
		buffer_printf(out, "%g", node->number);
		break;
	case NODE_MEMBER:
		buffer_append_string(out, "value");
		break;
	case NODE_ABSENT:
		buffer_append_string(out, "origin");
		break;
	case NODE_BOOLEAN:
		buffer_append_string(out, node->truth ? "true" : "false");
		break;
	case NODE_NEGATE:
		buffer_append_char(out, '-');
		write_child(out, node->children[0], strength_of(node->children[0]) < 7);
		break;
	case NODE_NOT:
		buffer_append_string(out, "not ");
		write_child(out, node->children[0], strength_of(node->children[0]) < 3);
		break;
	case NODE_INFIX:
		write_infix(out, node);
		break;
	case NODE_IF:
		for (int i = 0; i < 3; i++) {
			buffer_append_string(out, i ? ", " : "if(");
			write_node(out, node->children[i]);
		}
		buffer_append_char(out, ')');
	}
}

static bool same_value(struct expression_value got, struct plain want)
{
	switch (want.kind) {
	case PLAIN_NUMBER:
		return got.kind == EXPRESSION_NUMBER && got.number == want.number;
	case PLAIN_TRUTH:
		return got.kind == EXPRESSION_BOOLEAN && got.truth == want.truth;
	default:
		return got.kind == EXPRESSION_MISSING;
	}
}

static void compare_random(uint64_t *seed, const struct record *record)
{
	struct buffer text = BUFFER_INIT;
	struct error error = {""};
	struct node *node = random_node(seed, 5, random_below(seed, 4) > 0);

	write_node(&text, node);
	struct expression *expression = expression_parse(buffer_slice(&text), &error);
	bool same = false;

	if (expression) {
		struct expression_run *run = expression_run_new(expression);

		same = same_value(expression_evaluate(run, record), plain_value(node));
		expression_run_free(run);
	}
	if (!same)
		printf("# %s: %s\n", buffer_string(&text), expression ? "another value" : error.message);
	CHECK(same);
	expression_free(expression);
	free_node(node);
	buffer_release(&text);
}

int main(void)
{
	struct scene scene;
	uint64_t seed = 7;

	test_grammar();
	test_members();
	test_kinds();
	test_functions();
	test_errors();
	test_bounds();
	test_unseen();
	TEST("random expressions have the values that a plain recursive evaluator gives them")
	{
		scene_start(&scene, reading);
		for (int i = 0; i < 20000; i++)
			compare_random(&seed, &scene.record);
		scene_end(&scene);
	}
	return unit_end();
}
