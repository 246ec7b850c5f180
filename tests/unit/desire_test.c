#include "twin/desire.h"

#include "base/buffer.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "record/value.h"
#include "twin/desire_value.h"
#include "unit.h"

#define NOON INT64_C(1772366400000000000)

static void check_value(const char *typed, const char *want)
{
	struct buffer out = BUFFER_INIT;
	struct error error;

	CHECK(desire_value_append(&out, slice_from_string(typed), &error) == 0);
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_release(&out);
}

static void check_no_value(const char *typed, const char *words)
{
	struct buffer out = BUFFER_INIT;
	struct error error = {""};

	CHECK(desire_value_append(&out, slice_from_string(typed), &error) == -1);
	if (!strstr(error.message, words))
		unit_fail(typed, 0, error.message);
	buffer_release(&out);
}

static void check_json_values(void)
{
	const char *const same[] = {"0", "-1.50", "21.5", "1e400", "12345678901234567890", "true", "false", "null",
	    "\"7\"", "\"\\u0041\"", "[1,[]]", "{\"a\":{\"b\":[]}}", "{}", "-0", "2E3", "\"\""};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		check_value(same[i], same[i]);
	check_value(" [ 1 , \"a b\" ]\n", "[1,\"a b\"]");
	check_value("\t7 ", "7");
}

static void check_texts(void)
{
	check_value("open", "\"open\"");
	check_value("True", "\"True\"");
	check_value("two words", "\"two words\"");
	check_value("it's \"so\"", "\"it's \\\"so\\\"\"");
	check_value("back\\slash\n", "\"back\\\\slash\\n\"");
	check_value("\xc3\xa9t\xc3\xa9", "\"\xc3\xa9t\xc3\xa9\"");
	check_value("10.0.0.1", "\"10.0.0.1\"");
	check_value("2026-03-01", "\"2026-03-01\"");
	check_value("1.2.3", "\"1.2.3\"");
	check_value("7up", "\"7up\"");
	check_value("1e", "\"1e\"");
	check_value("1e+", "\"1e+\"");
	check_value("-", "\"-\"");
	check_value(".", "\".\"");
	check_value("+.", "\"+.\"");
	check_value("e5", "\"e5\"");
	check_value("nul", "\"nul\"");
	check_value("0x10", "\"0x10\"");
	check_value("a{", "\"a{\"");
	check_value(" ", "\" \"");
	check_value("1,5,2", "\"1,5,2\"");
}

static void check_slips(void)
{
	const char *const numbers[] = {".5", "5.", "+5", "007", "-.5", "1,5", "-007", "+1e3", "01.5e-3", "1.e3", "00"};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		check_no_value(numbers[i], "no number of JSON");
	check_no_value("{\"a\":1", "begins like JSON");
	check_no_value(" [1,2", "begins like JSON");
	check_no_value("\"open", "begins like JSON");
	check_no_value("{a}", "begins like JSON");
	check_no_value("{\"a\":1,\"a\":2}", "begins like JSON");
	check_no_value("[\"\xff\"]", "begins like JSON");
	check_no_value("", "empty");
}

static struct desire desire;
static struct error error;

// forms: a letter for each operand: v, s or u.
static int make(const char *forms, const char *const *operands)
{
	static const enum desire_form known[] = {['v'] = DESIRE_VALUE, ['s'] = DESIRE_STRING, ['u'] = DESIRE_UNSET};

	desire_init(&desire, "pump", NOON);
	error.message[0] = '\0';
	for (size_t i = 0; forms[i]; i++)
		if (desire_add(&desire, known[(unsigned char)forms[i]], operands[i], &error))
			return -1;
	return desire_make(&desire, &error);
}

#define OPERANDS(...) ((const char *const[]){__VA_ARGS__})

static void check_line(const char *forms, const char *const *operands, const char *properties)
{
	struct buffer want = BUFFER_INIT;

	CHECK(make(forms, operands) == 0);
	buffer_printf(&want,
	    "{\"type\":\"desired\",\"entity_id\":\"pump\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"properties\":%s}",
	    properties);
	CHECK_TEXT(buffer_slice(&desire.line), buffer_string(&want));
	buffer_release(&want);
	desire_release(&desire);
}

static void check_wrong(const char *forms, const char *const *operands, const char *words)
{
	CHECK(make(forms, operands) == -1);
	if (!strstr(error.message, words))
		unit_fail(operands[0], 0, error.message);
	desire_release(&desire);
}

static void check_records(void)
{
	check_line("v", OPERANDS("valve=open"), "{\"valve\":\"open\"}");
	check_line("vs", OPERANDS("x=7", "y=7"), "{\"x\":7,\"y\":\"7\"}");
	check_line("vu", OPERANDS("x=null", "a"), "{\"a\":null,\"x\":null}");
	check_line(
	    "vvv", OPERANDS("b/t=1.50", "a=1", "b/s/u=[1, 2]"), "{\"a\":1,\"b\":{\"s\":{\"u\":[1,2]},\"t\":1.50}}");
	check_line("v", OPERANDS("a~1b~0c/d=1"), "{\"a/b~c\":{\"d\":1}}");
	check_line("v", OPERANDS("x=a=b"), "{\"x\":\"a=b\"}");
	check_line("v", OPERANDS("x={ \"b\" : 1, \"a\" : {} }"), "{\"x\":{\"b\":1,\"a\":{}}}");
	check_line("ss", OPERANDS("x=", "y={\"a\":1"), "{\"x\":\"\",\"y\":\"{\\\"a\\\":1\"}");
	check_line("vv", OPERANDS("a.b=1", "a=2"), "{\"a\":2,\"a.b\":1}");
	check_line("vvv", OPERANDS("a/b=1", "a!=3", "ab=2"), "{\"a\":{\"b\":1},\"a!\":3,\"ab\":2}");
}

static void check_assignment(size_t at, const char *path, const char *value)
{
	const struct assignment *item = &desire.assignments.items[at];

	CHECK_TEXT(item->path, path);
	CHECK_TEXT(item->tail.value, value);
	CHECK(item->kind == REGISTER_DESIRED && item->key.live == (*value != '\0') && item->key.timestamp == NOON);
	CHECK_TEXT(item->tail.command_id, "c7");
	CHECK_TEXT(item->tail.sensor_id, "operator \"7\"");
	CHECK(item->deadline == NOON + 1);
}

static void check_read_back(void)
{
	desire_init(&desire, "p\"u/m.p", NOON);
	desire.sensor_id = SLICE_LITERAL("operator \"7\"");
	desire.command_id = SLICE_LITERAL("c7");
	desire.deadline = NOON + 1;
	CHECK(desire_add(&desire, DESIRE_VALUE, "x={\"b\":1.0,\"a\":{\"/\":{}}}", &error) == 0);
	CHECK(desire_add(&desire, DESIRE_UNSET, "a/b", &error) == 0);
	CHECK(desire_make(&desire, &error) == 0);
	CHECK_TEXT(desire.record.text[MEMBER_ENTITY_ID], "p\"u/m.p");
	CHECK(desire.assignments.count == 3);
	check_assignment(0, "a/b", "");
	check_assignment(1, "x/b", "1.0");
	check_assignment(2, "x/a/~1", "{}");
	desire_release(&desire);
}

static void check_mistakes(void)
{
	check_wrong("v", OPERANDS("valve"), "'valve' has no equals sign");
	check_wrong("v", OPERANDS("=1"), "must not be empty");
	check_wrong("v", OPERANDS("a//b=1"), "an empty segment");
	check_wrong("v", OPERANDS("a~2=1"), "'~' without 0 or 1");
	check_wrong("u", OPERANDS(""), "must not be empty");
	check_wrong("v", OPERANDS("x="), "x: the value is empty");
	check_wrong("v", OPERANDS("x=.5"), "x: '.5' is no number");
	check_wrong("v", OPERANDS("x=\xff"), "no UTF-8");
	check_wrong("vv", OPERANDS("x=1", "x=1"), "'x' is given twice");
	check_wrong("vu", OPERANDS("x=1", "x"), "'x' is given twice");
	check_wrong("vvv", OPERANDS("b/c=1", "a=1", "b=2"), "'b/c' is inside of 'b'");
	check_wrong("vvv", OPERANDS("b/c/d=1", "b!=1", "b={}"), "'b/c/d' is inside of 'b'");
	check_wrong("v", OPERANDS("x={\"\":1}"), "empty name");
}

static int read_deadline(const char *text)
{
	const struct time_context context = {.has_now = true, .now = NOON};

	desire_init(&desire, "pump", NOON);
	return desire_read_deadline(&desire, text, NULL, &context, &error);
}

static void check_deadlines(void)
{
	CHECK(read_deadline("5m") == 0 && desire.deadline == NOON + 300 * NANOSECONDS_PER_SECOND);
	CHECK(read_deadline("2026-03-01T12:00:00.000000001Z") == 0 && desire.deadline == NOON + 1);
	CHECK(read_deadline("now+1s") == 0 && desire.deadline == NOON + NANOSECONDS_PER_SECOND);
	CHECK(read_deadline("0s") == -1 && read_deadline("-5m") == -1 && read_deadline("2026-03-01T12:00:00Z") == -1);
	CHECK(read_deadline("5") == -1 && strstr(error.message, "neither"));
	CHECK(read_deadline("106751d") == -1 && strstr(error.message, "too long"));
}

static const char model_text[] =
    "[{\"applies_to\":[\"pump\"],\"properties\":{\"position\":{\"type\":\"number\",\"range\":[0,100]},"
    "\"mode\":{\"type\":\"string\"},\"flow\":{\"writable\":false},\"in/temperature\":{\"writable\":false},"
    "\"count\":{\"type\":\"integer\",\"range\":[null,5]}}}]";

static void check_allowed(const char *operand, const char *words)
{
	struct model *model = model_parse(slice_from_string(model_text), "m", &error);

	CHECK(model && make("v", OPERANDS(operand)) == 0);
	int refused = desire_check(&desire, model, &error);

	CHECK(refused == (*words ? -1 : 0));
	if (refused && !strstr(error.message, words))
		unit_fail(operand, 0, error.message);
	desire_release(&desire);
	model_free(model);
}

static void check_model(void)
{
	check_allowed("position=75", "");
	check_allowed("position=100.0", "");
	check_allowed("position=100.01", "position: 100.01 is out of the model's range, 0 to 100");
	check_allowed("position=open", "position: the model has it as a number, and \"open\" is none");
	check_allowed("mode=7", "--string");
	check_allowed("mode=\"7\"", "");
	check_allowed("count=2.5", "a whole number");
	check_allowed("count=6", "anything to 5");
	check_allowed("flow=1", "flow: the model says that it is not writable");
	check_allowed("flow={\"a\":{\"b\":1}}", "flow: the model says that it is not writable");
	check_allowed("flow=null", "");
	check_allowed("in={\"pressure\":1}", "");
	check_allowed("in={\"temperature\":1}", "in/temperature: the model");
	check_allowed("other=1", "");
	make("v", OPERANDS("flow=1"));
	CHECK(desire_check(&desire, NULL, &error) == 0);
	desire_release(&desire);
}

static void check_uuid(void)
{
	char a[UUID_SIZE], b[UUID_SIZE];

	CHECK(uuid_random(a, &error) == 0 && uuid_random(b, &error) == 0);
	CHECK(strlen(a) == 36 && strcmp(a, b) != 0);
	CHECK(strspn(a, "0123456789abcdef-") == 36 && a[8] == '-' && a[13] == '-' && a[18] == '-' && a[23] == '-');
	CHECK(a[14] == '4' && strchr("89ab", a[19]));
}

int main(void)
{
	TEST("what is JSON is taken as it is, without blanks between its tokens")
	check_json_values();
	TEST("what is no JSON is a string")
	check_texts();
	TEST("what is nearly JSON, or nothing, is a mistake")
	check_slips();
	TEST("wishes become one patch, in the order of their paths")
	check_records();
	TEST("the record is read back as it was meant")
	check_read_back();
	TEST("wishes that are none, or stand in each other's way, are mistakes")
	check_mistakes();
	TEST("a deadline is a length of time or a time, behind the desire's own")
	check_deadlines();
	TEST("a model has a say in what is desired of its twins")
	check_model();
	TEST("no two identifiers are the same")
	check_uuid();
	return unit_end();
}
