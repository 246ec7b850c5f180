// What models and options say of checks, and the stage that makes them.
#include "twin/quality_options.h"

#include <stdlib.h>

#include "scratch.h"
#include "twin/quality_stage.h"
#include "twin/quality_text.h"
#include "unit.h"

#define SECONDS(n) (INT64_C(1000000000) * (n))

static struct error error;

static struct slice s(const char *text)
{
	return slice_from_string(text);
}

static void check_wrong_text(enum quality_test test, const char *text, const char *what)
{
	struct quality_limits limits = {0};
	int result = quality_text_parse(&limits, NULL, test, s(text), &error);

	if (result != -1 || !strstr(error.message, what)) {
		printf("# %s: got '%s', want '%s'\n", text, result ? error.message : "success", what);
		unit_fail(__FILE__, __LINE__, "the message");
	}
}

static void check_texts(void)
{
	struct quality_limits l = {.spike_method = QUALITY_SPIKE_AVERAGE, .spike = {1, 2}};

	CHECK(quality_text_parse(&l, NULL, QUALITY_RANGE, s("-1.50..1e3,suspect=0.."), &error) == 0);
	CHECK_TEXT(s(l.range.minimum), "-1.50");
	CHECK_TEXT(s(l.range.maximum), "1e3");
	CHECK_TEXT(s(l.suspect_range.minimum), "0");
	CHECK(!*l.suspect_range.maximum);
	CHECK(quality_text_parse(&l, NULL, QUALITY_RANGE, s("..7"), &error) == 0);
	CHECK(!*l.range.minimum && !*l.suspect_range.minimum);
	CHECK(quality_text_parse(&l, NULL, QUALITY_RATE, s("fail=30/min,suspect=5e-2"), &error) == 0);
	CHECK(l.rate.fail == 0.5 && l.rate.suspect == 0.05);
}

static void check_more_texts(void)
{
	struct quality_limits l = {.spike_method = QUALITY_SPIKE_AVERAGE, .spike = {1, 2}};

	CHECK(quality_text_parse(&l, NULL, QUALITY_RATE, s("3/100ms,suspect=0.1/s"), &error) == 0);
	CHECK(l.rate.fail == 30 && l.rate.suspect == 0.1);
	CHECK(quality_text_parse(&l, NULL, QUALITY_RATE, s("3/PT2S"), &error) == 0);
	CHECK(l.rate.fail == 1.5 && l.rate.suspect == 0);
	CHECK(quality_text_parse(&l, NULL, QUALITY_STUCK, s("1h30m,suspect=20,tolerance=0.25"), &error) == 0);
	CHECK(l.stuck.fail == SECONDS(5400) && l.stuck.suspect_length == 20 && l.stuck.tolerance == 0.25);
	CHECK(!l.stuck.suspect && !l.stuck.fail_length);
	CHECK(quality_text_parse(&l, NULL, QUALITY_SPIKE, s("suspect=4"), &error) == 0);
	CHECK(l.spike.suspect == 4 && l.spike.fail == 0 && l.spike_method == QUALITY_SPIKE_DIFFERENTIAL);
	CHECK(quality_text_parse(&l, NULL, QUALITY_SPIKE, s("4,method=average"), &error) == 0);
	CHECK(l.spike.fail == 4 && l.spike_method == QUALITY_SPIKE_AVERAGE);
	CHECK(quality_text_parse(
		  &l, NULL, QUALITY_ATTENUATED, s("0.5,suspect=1,period=1h,method=range,count=9"), &error) == 0);
	CHECK(l.attenuated.fail == 0.5 && l.attenuated.suspect == 1 && l.attenuated.period == SECONDS(3600));
	CHECK(l.attenuated.method == QUALITY_SPREAD_RANGE && l.attenuated.minimum_count == 9);
}

static void check_wrong_texts(void)
{
	check_wrong_text(QUALITY_RANGE, "5", "'5' is not MIN..MAX");
	check_wrong_text(QUALITY_RANGE, "..", "is not MIN..MAX");
	check_wrong_text(QUALITY_RANGE, "1..x", "'x' is no number");
	check_wrong_text(QUALITY_RANGE, "2..1", "the minimum of '2..1' is above its maximum");
	check_wrong_text(QUALITY_RANGE, "0..1,suspect=0..2", "reaches beyond");
	check_wrong_text(QUALITY_RANGE, "0..1,suspect=-1..", "reaches beyond");
	check_wrong_text(QUALITY_RANGE, "0..1,low=0..1", "there is no limit 'low'");
	check_wrong_text(QUALITY_RANGE, "1234567890123456789012345678901234..", "at most 32 digits");
	check_wrong_text(QUALITY_RATE, "5/", "'5/' has no unit of time");
	check_wrong_text(QUALITY_RATE, "5/parsec", "parsec");
	check_wrong_text(QUALITY_RATE, "0", "above 0");
	check_wrong_text(QUALITY_RATE, "-1", "no number from 0 on");
	check_wrong_text(QUALITY_RATE, "1e999", "no number from 0 on");
	check_wrong_text(QUALITY_RATE, "1,suspect=2", "the suspect limit is above the one to fail");
	check_wrong_text(QUALITY_STUCK, "1", "no count of readings from 2 on");
	check_wrong_text(QUALITY_STUCK, "0s", "above 0");
	check_wrong_text(QUALITY_STUCK, "1h,suspect=2h", "longer");
	check_wrong_text(QUALITY_STUCK, "1h,tolerance=x", "'x' is no number");
	check_wrong_text(QUALITY_SPIKE, "1,method=median", "none of differential, average");
	check_wrong_text(QUALITY_ATTENUATED, "1", "no period");
	check_wrong_text(QUALITY_ATTENUATED, "2,suspect=1,period=1h", "below the one to fail");
	check_wrong_text(QUALITY_ATTENUATED, "1,period=1h,count=1e-9-----------", "no count of readings");
	check_wrong_text(QUALITY_MISSING, "1", "a number needs a unit");
	check_wrong_text(QUALITY_MISSING, "suspect=1m", "there is no limit 'suspect'");
	check_wrong_text(QUALITY_SPIKE, "", "no number");
}

static struct model *read_model(const char *text)
{
	scratch_write("model.json", s(text));
	return model_read("model.json", &error);
}

static void check_model(void)
{
	struct model *model = read_model(
	    "{\"axis\":{\"unit\":\"cycle\"},\"applies_to\":[\"pump*\"],\"properties\":{"
	    "\"t\":{\"range\":[-10,60],\"suspect_range\":[-11,null],\"interval\":\"10s\",\"maximum_rate\":\"30/min\"},"
	    "\"p\":{\"stuck\":{\"fail\":\"30cycle\",\"suspect\":5,\"tolerance\":0.5},\"spike\":2.5},"
	    "\"v\":{\"attenuated\":{\"suspect\":1,\"period\":\"1h\"},\"stale_after\":\"4s\"},"
	    "\"w\":{\"unit\":\"m\"}}}");

	CHECK(!model);
	CHECK(strstr(error.message, "model.json") && strstr(error.message, "t: suspect_range: what is not suspect"));
	model = read_model(
	    "{\"axis\":{\"unit\":\"cycle\"},\"applies_to\":[\"pump*\"],\"properties\":{"
	    "\"t\":{\"range\":[-10,60],\"suspect_range\":[0,55.5],\"interval\":\"10s\",\"maximum_rate\":\"30/min\"},"
	    "\"p\":{\"stuck\":{\"fail\":\"30cycle\",\"suspect\":5,\"tolerance\":0.5},\"spike\":2.5},"
	    "\"v\":{\"attenuated\":{\"suspect\":1,\"period\":\"1h\"},\"stale_after\":\"4s\"},"
	    "\"w\":{\"unit\":\"m\"}}}");
	CHECK(model);
	const struct quality_limits *t = &model_property(model, s("t"))->checks,
				    *p = &model_property(model, s("p"))->checks;
	const struct quality_limits *v = &model_property(model, s("v"))->checks;

	CHECK_TEXT(s(t->range.minimum), "-10");
	CHECK_TEXT(s(t->suspect_range.maximum), "55.5");
	CHECK(t->interval == SECONDS(10) && t->rate.fail == 0.5);
	CHECK(t->tests == (QUALITY_BIT(QUALITY_RANGE) | QUALITY_BIT(QUALITY_RATE) | QUALITY_BIT(QUALITY_MISSING)));
	CHECK(p->stuck.fail == SECONDS(30) && p->stuck.suspect_length == 5 && p->stuck.tolerance == 0.5);
	CHECK(p->spike.fail == 2.5 && p->interval == 0);
	// An interval that only follows from stale_after is no promise.
	CHECK(v->interval == 0 && v->attenuated.period == SECONDS(3600) && v->attenuated.suspect == 1);
	CHECK(model_property(model, s("w"))->checks.tests == 0);
	model_free(model);
}

static void check_wrong_models(void)
{
	static const char *const wrong[][2] = {
	    {"\"suspect_range\":[1]", "p: suspect_range: it is not [minimum, maximum]"},
	    {"\"suspect_range\":[\"1\",2]", "p: suspect_range: it takes two numbers"},
	    {"\"suspect_range\":[2,1]", "p: suspect_range: the minimum of '2..1'"},
	    {"\"maximum_rate\":true", "p: maximum_rate: a limit is a number or a string"},
	    {"\"maximum_rate\":{\"fail\":[1]}", "p: maximum_rate: a limit is a number or a string"},
	    {"\"maximum_rate\":\"5/minute\"",
		"p: maximum_rate: '5/minute': 'minute' is no length of time such as s, min, h"},
	    {"\"maximum_rate\":{\"suspect\":2,\"fail\":1}", "p: maximum_rate: the suspect limit is above"},
	    {"\"range\":[0,1],\"suspect_range\":[0,2]", "p: suspect_range: what is not suspect"},
	    {"\"stuck\":{\"for\":\"1h\"}", "p: stuck: there is no limit 'for'"},
	    {"\"spike\":-1", "p: spike: '-1' is no number from 0 on"},
	    {"\"spike\":{\"suspect\":2,\"fail\":1}", "p: spike: the suspect limit"},
	    {"\"attenuated\":0.5", "p: attenuated: there is no period"},
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char text[200];

		snprintf(text, sizeof text, "{\"properties\":{\"p\":{%s}}}", wrong[i][0]);
		struct model *model = read_model(text);

		if (model || !strstr(error.message, wrong[i][1])) {
			printf("# got '%s', want '%s'\n", model ? "a model" : error.message, wrong[i][1]);
			unit_fail(__FILE__, __LINE__, "the message");
		}
		model_free(model);
	}
}

static void check_extended(void)
{
	scratch_write("base.json",
	    s("{\"properties\":{\"p\":{\"spike\":{\"fail\":9,\"method\":\"average\"},"
	      "\"range\":[0,10],\"suspect_range\":[1,9],\"stuck\":\"1h\"}}}"));
	struct model *model =
	    read_model("{\"extend\":\"base.json\",\"properties\":{\"p\":{\"spike\":3,\"suspect_range\":[null,null]}}}");

	CHECK(model);
	const struct quality_limits *p = &model_property(model, s("p"))->checks;

	CHECK(p->spike.fail == 3 && p->spike_method == QUALITY_SPIKE_DIFFERENTIAL && p->stuck.fail == SECONDS(3600));
	CHECK_TEXT(s(p->range.maximum), "10");
	CHECK(!*p->suspect_range.minimum && !*p->suspect_range.maximum);
	model_free(model);
}

static void add(struct option_list *list, const char *text)
{
	list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = text;
}

static void check_option(const char *text, const char *what)
{
	struct quality_options options = {0};

	add(&options.spike, text);
	CHECK(quality_options_check(&options, NULL, &error) == (what ? -1 : 0));
	if (what)
		CHECK_TEXT(s(error.message), what);
	quality_options_release(&options);
}

static void check_options(void)
{
	struct model *model = read_model("{\"applies_to\":[\"pump*\"],\"properties\":{\"a/b\":{\"range\":[0,9],"
					 "\"suspect_range\":[1,8],\"spike\":1,\"interval\":\"1s\"}}}");
	struct quality_options options = {0};
	struct quality_limits l;

	CHECK(quality_options_limits(&options, model, s("pump-1"), s("a/b"), &l) && l.spike.fail == 1);
	CHECK(!quality_options_limits(&options, model, s("fan-1"), s("a/b"), &l));
	CHECK(!quality_options_limits(&options, NULL, s("pump-1"), s("a/b"), &l));
	add(&options.range, "a*=0..5");
	add(&options.range, "c=..7");
	add(&options.range, "a/b=0..6");
	add(&options.spike, "*=suspect=2");
	CHECK(quality_options_check(&options, model, &error) == 0);
	CHECK(quality_options_limits(&options, model, s("pump-1"), s("a/b"), &l));
	CHECK_TEXT(s(l.range.maximum), "6");
	CHECK(!*l.suspect_range.minimum && l.spike.suspect == 2 && l.spike.fail == 0 && l.interval == SECONDS(1));
	CHECK(quality_options_limits(&options, model, s("fan-1"), s("a/c"), &l));
	CHECK_TEXT(s(l.range.maximum), "5");
	CHECK(l.tests == (QUALITY_BIT(QUALITY_RANGE) | QUALITY_BIT(QUALITY_SPIKE) | QUALITY_BIT(QUALITY_MISSING)));
	CHECK(!quality_options_limits(&options, NULL, s("fan-1"), s("b"), &l) || l.interval == 0);
	add(&options.interval, "b=1m");
	add(&options.interval, "a/b=2s");
	CHECK(quality_options_check(&options, model, &error) == 0);
	CHECK(quality_options_limits(&options, NULL, s("fan-1"), s("b"), &l) && l.interval == SECONDS(60));
	CHECK(quality_options_limits(&options, model, s("pump-1"), s("a/b"), &l) && l.interval == SECONDS(2));
	add(&options.tests, "range,order");
	add(&options.tests, "stuck");
	CHECK(quality_options_check(&options, model, &error) == 0);
	CHECK(quality_options_limits(&options, model, s("pump-1"), s("a/b"), &l));
	CHECK(l.tests == (QUALITY_BIT(QUALITY_RANGE) | QUALITY_BIT(QUALITY_ORDER)));
	quality_options_release(&options);
	model_free(model);
}

static void check_choices(void)
{
	struct quality_options options = {0};
	struct quality_limits l;

	add(&options.tests, "none");
	add(&options.range, "p=0..1");
	CHECK(quality_options_check(&options, NULL, &error) == 0);
	CHECK(!quality_options_limits(&options, NULL, s("e"), s("p"), &l));
	add(&options.tests, "all");
	CHECK(quality_options_check(&options, NULL, &error) == 0);
	CHECK(quality_options_limits(&options, NULL, s("e"), s("p"), &l));
	CHECK(l.tests ==
	    (QUALITY_BIT(QUALITY_RANGE) | QUALITY_BIT(QUALITY_MISSING) | QUALITY_BIT(QUALITY_DUPLICATE) |
		QUALITY_BIT(QUALITY_ORDER)));
	add(&options.tests, "order,gap");
	CHECK(quality_options_check(&options, NULL, &error) == -1 && strstr(error.message, "'gap' is none of range"));
	quality_options_release(&options);
	check_option("p=2", NULL);
	check_option("p", "--spike: 'p' is not PROPERTY=LIMIT");
	check_option("=2", "--spike: '=2' is not PROPERTY=LIMIT");
	check_option("p=", "--spike: 'p=' is not PROPERTY=LIMIT");
	check_option("p=x", "--spike: 'x' is no number from 0 on");
}

// "NAME:SPIKE FLAG" of each reading, as the stage hands it on.
static void take(void *context, struct slice payload, const struct quality_verdict *verdict)
{
	buffer_printf(context, "%.*s:%d ", (int)payload.length, payload.data, verdict->flags[QUALITY_SPIKE]);
}

static void put(struct quality_stage *stage, const char *property, const char *sensor, int64_t seconds,
    const char *value, const char *payload)
{
	struct quality_reading reading = {SECONDS(seconds), 0, s(value)};

	quality_stage_put(stage, s("pump"), s(property), s(sensor), &reading, s(payload));
}

static void check_stage(void)
{
	struct quality_options options = {0};
	struct quality_stage stage;
	struct buffer out = BUFFER_INIT;

	add(&options.spike, "a*=2");
	quality_stage_init(&stage, &options, NULL, take, &out);
	put(&stage, "a", "", 0, "1", "a0");
	put(&stage, "ab", "", 0, "1", "ab0");
	put(&stage, "ab", "", 1, "9", "ab1");
	put(&stage, "a", "", 1, "9", "a1");
	put(&stage, "c", "", 1, "1", "c");
	put(&stage, "a", "b", 2, "1", "other0");
	put(&stage, "a", "b", 3, "1", "other1");
	put(&stage, "a", "", 0, "1", "late");
	CHECK_TEXT(buffer_slice(&out), "a0:2 ab0:2 c:0 other0:2 late:2 ");
	put(&stage, "a", "", 2, "1", "a2");
	CHECK_TEXT(buffer_slice(&out), "a0:2 ab0:2 c:0 other0:2 late:2 a1:4 ");
	buffer_reset(&out);
	quality_stage_flush(&stage);
	CHECK_TEXT(buffer_slice(&out), "ab1:2 other1:2 a2:2 ");
	quality_stage_flush(&stage);
	put(&stage, "a", "", 3, "1", "a3");
	CHECK_TEXT(buffer_slice(&out), "ab1:2 other1:2 a2:2 ");
	quality_stage_release(&stage);
	quality_options_release(&options);
	buffer_release(&out);
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("limits are read from text")
	{
		check_texts();
		check_more_texts();
	}
	TEST("a wrong limit is told") check_wrong_texts();
	TEST("a model says what its properties are checked for") check_model();
	TEST("a wrong limit in a model is told with its property") check_wrong_models();
	TEST("a model replaces checks of the one it extends member by member") check_extended();
	TEST("options replace the limits of the model test by test") check_options();
	TEST("checks are chosen by name") check_choices();
	TEST("a stage holds one reading of a series, and hands on the rest at the end in order") check_stage();
	scratch_leave(scratch);
	return unit_end();
}
