#include "twin/model.h"

#include <sys/stat.h>

#include "scratch.h"
#include "unit.h"

static struct error error;

static struct model *read_text(const char *text)
{
	scratch_write("model.json", slice_from_string(text));
	return model_read("model.json", &error);
}

// Is an error that names the file and says this.
static void check_wrong(const char *text, const char *what)
{
	struct model *model = read_text(text);

	if (model || !strstr(error.message, "model.json") || !strstr(error.message, what)) {
		printf("# %s: got '%s', want '%s'\n", text, model ? "a model" : error.message, what);
		unit_fail(__FILE__, __LINE__, "the message");
	}
	model_free(model);
}

static const struct model_property *property_of(const struct model *model, const char *path)
{
	return model_property(model, slice_from_string(path));
}

static void tell(const char *message)
{
	printf("# %s\n", message);
}

// count: slips that are told, the first as `what` says.
static void check_slips(const char *text, size_t count, const char *what)
{
	struct model *model = read_text(text);

	CHECK(model);
	if (model->slip_names.count != count || (count && !strstr(model->slips[0], what))) {
		model_tell_slips(model, tell);
		printf("# want %zu for %s\n", count, text);
		unit_fail(__FILE__, __LINE__, "slips");
	}
	model_free(model);
}

static void check_all_slips(void)
{
	check_slips("{\"propertys\":{}}", 1,
	    "model 'model.json': the file: the member 'propertys' is not known: did you mean 'properties'?");
	check_slips("{\"properties\":{\"t\":{\"rnage\":[0,1]},\"u\":{\"rnage\":[0,1],\"calibraton\":{}}}}", 2,
	    "t: the member 'rnage' is not known: did you mean 'range'?");
	check_slips("{\"properties\":{\"t\":{\"tolerance\":{\"abslute\":1}}}}", 1, "'absolute'");
	check_slips("{\"sensors\":{\"s\":{\"priorty\":1}}}", 1, "s: the member 'priorty'");
	check_slips("{\"sensors\":{\"s\":{\"calibration\":[{\"form\":\"gain\",\"gain\":2,\"rnage\":[0,1]}]}}}", 1,
	    "did you mean 'range'?");
	check_slips("{\"axis\":{\"unit\":\"cycle\",\"unti\":1}}", 1, "did you mean 'unit'?");
	// Of other programs.
	check_slips("{\"title\":\"x\",\"relationships\":{},\"rules\":[],\"rule\":[],\"my_own\":1,\"x\":1}", 0, NULL);
	check_slips("{\"properties\":{\"t\":{\"writable\":true,\"merge\":\"max\",\"precision\":2}}}", 0, NULL);
	check_slips("{\"properties\":{\"t\":{\"writeable\":false}}}", 1, "did you mean 'writable'?");
}

static void check_many_slips(void)
{
	struct buffer text = BUFFER_INIT;

	buffer_append_string(&text, "{\"properties\":{\"t\":{");
	for (int i = 0; i < 26 * 26; i++)
		buffer_printf(&text, "%s\"range%c%c\":1", i ? "," : "", 'a' + i / 26, 'a' + i % 26);
	buffer_append_string(&text, "}}}");
	check_slips(buffer_string(&text), 20, "'range'");
	buffer_release(&text);
}

#define SECONDS(n) (INT64_C(n) * 1000000000)

static void check_members(void)
{
	struct model *model =
	    read_text("{\"name\":\"pump\",\"properties\":{"
		      "\"a/"
		      "b\":{\"type\":\"number\",\"unit\":\"K\",\"range\":[-1.5,null],\"interval\":\"10s\",\"required\":"
		      "true,\"deadband\":3},"
		      "\"c\":{\"stale_after\":\"1m\",\"tolerance\":0.5,\"writable\":false},"
		      "\"d\":{\"interval\":\"1s\",\"stale_after\":\"90s\",\"tolerance\":{\"relative\":0.1}}},"
		      "\"sensors\":{\"lab\":{\"priority\":-7},\"x\":{}}}");
	const struct model_property *b = property_of(model, "a/b"), *c = property_of(model, "c"),
				    *d = property_of(model, "d");

	CHECK(model && b && c && d && !property_of(model, "a") && !property_of(NULL, "c"));
	CHECK_TEXT(slice_from_string(model->name), "pump");
	CHECK(b->type == MODEL_NUMBER && b->required && strcmp(b->minimum, "-1.5") == 0 && !b->maximum[0]);
	CHECK_TEXT(slice_from_string(b->unit), "K");
	// Where one of the two is known, the other follows.
	CHECK(b->interval == SECONDS(10) && b->stale_after == SECONDS(40));
	CHECK(c->interval == SECONDS(15) && c->stale_after == SECONDS(60));
	CHECK(d->interval == SECONDS(1) && d->stale_after == SECONDS(90));
	CHECK(c->absolute == 0.5 && c->relative == 0 && d->absolute == 0 && d->relative == 0.1);
	CHECK(model->has_required && !c->required);
	CHECK(c->read_only && !b->read_only);
	CHECK(model_priority(model, SLICE_LITERAL("lab")) == -7);
	CHECK(model_priority(model, SLICE_LITERAL("x")) == 0 && model_priority(model, SLICE_LITERAL("y")) == 0);
	CHECK(model_priority(NULL, SLICE_LITERAL("lab")) == 0);
	model_free(model);
}

static void check_applies(void)
{
	struct model *model = read_text("{\"applies_to\":[\"pump-*\",\"x?\"]}");

	CHECK(model_applies(model, SLICE_LITERAL("pump-")) && model_applies(model, SLICE_LITERAL("pump-a/b")));
	CHECK(model_applies(model, SLICE_LITERAL("xy")) && !model_applies(model, SLICE_LITERAL("xyz")));
	CHECK(!model_applies(model, SLICE_LITERAL("my pump-1")) && !model_applies(NULL, SLICE_LITERAL("pump-1")));
	model_free(model);
	model = read_text("{}");
	CHECK(model_applies(model, SLICE_LITERAL("anything")) && !model->has_required);
	model_free(model);
	model = read_text("{\"applies_to\":[]}");
	CHECK(model != NULL);
	model_free(model);
}

static void check_extend(void)
{
	if (mkdir("kinds", 0777) < 0)
		scratch_fail("kinds");
	scratch_write("kinds/base.json",
	    SLICE_LITERAL(
		"{\"name\":\"base\",\"applies_to\":[\"a*\"],\"properties\":{\"x\":{\"type\":\"number\",\"range\":[0,1],"
		"\"interval\":\"1s\"},\"y\":{}},\"sensors\":{\"s\":{\"priority\":1},\"t\":{\"priority\":2}}}"));
	scratch_write("kinds/middle",
	    SLICE_LITERAL("{\"extend\":\"base.json\",\"properties\":{\"x\":{\"range\":[0,5]}},\"sensors\":{\"t\":{"
			  "\"priority\":3}}}"));
	struct model *model =
	    read_text("{\"extend\":\"kinds/"
		      "middle\",\"name\":\"top\",\"applies_to\":[\"b*\"],\"properties\":{\"z\":{\"required\":true}}}");

	CHECK(model && property_of(model, "y") && property_of(model, "z"));
	CHECK_TEXT(slice_from_string(model->name), "top");
	CHECK(strcmp(property_of(model, "x")->maximum, "5") == 0 && property_of(model, "x")->type == MODEL_NUMBER);
	CHECK(property_of(model, "x")->stale_after == SECONDS(4));
	CHECK(model_priority(model, SLICE_LITERAL("s")) == 1 && model_priority(model, SLICE_LITERAL("t")) == 3);
	CHECK(model_applies(model, SLICE_LITERAL("b1")) && !model_applies(model, SLICE_LITERAL("a1")));
	model_free(model);
	check_wrong("{\"extend\":\"model.json\"}", "circle");
	check_wrong("{\"extend\":7}", "extend");
	CHECK(!read_text("{\"extend\":\"nowhere\"}") && strstr(error.message, "nowhere"));
}

static void check_path(void)
{
	setenv("TWIN_MODEL_PATH", "missing::kinds", 1);
	struct model *model = model_read("base", &error);

	CHECK(model != NULL);
	model_free(model);
	model = model_read("middle", &error);
	CHECK(model != NULL);
	model_free(model);
	CHECK(!model_read("absent", &error) && strstr(error.message, "absent"));
	unsetenv("TWIN_MODEL_PATH");
	CHECK(!model_read("base", &error));
}

static void check_mistakes(void)
{
	check_wrong("{", "line 1");
	check_wrong("[]", "not a JSON object");
	check_wrong("{\"name\":1}", "name");
	check_wrong("{\"a\":1,\"a\":2}", "line 1");
	check_wrong("{\"properties\":[]}", "properties");
	check_wrong("{\"properties\":{\"\":{}}}", "empty");
	check_wrong("{\"properties\":{\"a//b\":{}}}", "a//b");
	check_wrong("{\"properties\":{\"a\":1}}", "a: a property is an object");
	check_wrong("{\"properties\":{\"a\":{\"type\":\"float\"}}}", "a: type");
	check_wrong("{\"properties\":{\"a\":{\"unit\":1}}}", "a: expected a string");
	check_wrong("{\"properties\":{\"a\":{\"range\":[1]}}}", "a: range");
	check_wrong("{\"properties\":{\"a\":{\"range\":[2,1]}}}", "a: range");
	check_wrong("{\"properties\":{\"a\":{\"range\":[\"1\",2]}}}", "a: range");
	check_wrong("{\"properties\":{\"a\":{\"interval\":10}}}", "a: a length of time");
	check_wrong("{\"properties\":{\"a\":{\"interval\":\"0s\"}}}", "above 0");
	check_wrong("{\"properties\":{\"a\":{\"stale_after\":\"soon\"}}}", "a: ");
	check_wrong("{\"properties\":{\"a\":{\"tolerance\":-1}}}", "tolerance");
	check_wrong("{\"properties\":{\"a\":{\"tolerance\":{\"absolute\":\"1\"}}}}", "tolerance");
	check_wrong("{\"properties\":{\"a\":{\"required\":1}}}", "required");
	check_wrong("{\"properties\":{\"a\":{\"writable\":\"no\"}}}", "writable is true or false");
	check_wrong("{\"applies_to\":\"a\"}", "applies_to");
	check_wrong("{\"applies_to\":[1]}", "applies_to");
	check_wrong("{\"sensors\":{\"s\":{\"priority\":1.5}}}", "s: ");
	check_wrong("{\"sensors\":{\"s\":[]}}", "s: ");
}

static bool fits(enum model_type type, const char *value)
{
	return model_type_fits(&(struct model_property){.type = type}, slice_from_string(value));
}

static void check_types(void)
{
	static const char *const values[] = {"1.5", "\"1\"", "true", "{}", "[]", "null"};
	static const enum model_type types[] = {MODEL_NUMBER, MODEL_STRING, MODEL_BOOLEAN, MODEL_OBJECT, MODEL_ARRAY};

	for (size_t i = 0; i < 6; i++) {
		for (size_t j = 0; j < 5; j++)
			CHECK(fits(types[j], values[i]) == (i == j));
		CHECK(fits(MODEL_ANY, values[i]));
		CHECK(!fits(MODEL_INTEGER, values[i]));
	}
	CHECK(fits(MODEL_BOOLEAN, "false") && fits(MODEL_NUMBER, "-1"));
	CHECK(fits(MODEL_INTEGER, "5.0") && fits(MODEL_INTEGER, "-0") && fits(MODEL_INTEGER, "25e-1") == false);
	CHECK(fits(MODEL_INTEGER, "18446744073709551616") && fits(MODEL_INTEGER, "1e400") &&
	    fits(MODEL_INTEGER, "50e-1"));
}

static void check_axis(void)
{
	struct model *model =
	    read_text("{\"axis\":{\"unit\":\"cycle\"},\"properties\":{\"p\":{\"interval\":\"30cycle\"}}}");
	struct error what;
	int64_t nanoseconds;

	CHECK(model && property_of(model, "p")->interval == SECONDS(30));
	CHECK(!model_duration(model, SLICE_LITERAL("2cycle"), &nanoseconds, &what) && nanoseconds == SECONDS(2));
	CHECK(!model_duration(model, SLICE_LITERAL("5m"), &nanoseconds, &what) && nanoseconds == SECONDS(300));
	CHECK(model_duration(model, SLICE_LITERAL("9223372037cycle"), &nanoseconds, &what));
	CHECK(model_duration(NULL, SLICE_LITERAL("2cycle"), &nanoseconds, &what));
	model_free(model);
}

static const struct calibration *calibration_of(const struct model *model, const char *sensor, const char *property)
{
	return model_calibration(model, slice_from_string(sensor), slice_from_string(property));
}

static void check_calibrations(void)
{
	scratch_write("kinds/probe.json",
	    SLICE_LITERAL("{\"properties\":{\"t\":{\"calibration\":{\"form\":\"pt100\"}},\"r\":{}},\"sensors\":{"
			  "\"a\":{\"calibration\":{\"form\":\"offset\",\"offset\":1}},"
			  "\"b\":{\"priority\":3,\"calibration\":[{\"form\":\"gain\",\"gain\":2,\"property\":\"t\"},"
			  "{\"form\":\"ntc\",\"beta\":3950,\"r0\":1e4,\"property\":\"u/v\"}]}}}"));
	struct model *model = read_text("{\"extend\":\"kinds/probe.json\",\"sensors\":{\"a\":{\"priority\":1},"
					"\"c\":{\"calibration\":[]}}}");

	CHECK(model);
	CHECK(calibration_of(model, "a", "t")->form == CALIBRATION_OFFSET);
	CHECK(calibration_of(model, "a", "r")->form == CALIBRATION_OFFSET);
	CHECK(calibration_of(model, "b", "t")->form == CALIBRATION_GAIN);
	CHECK(calibration_of(model, "b", "u/v")->form == CALIBRATION_NTC);
	CHECK(!calibration_of(model, "b", "u"));
	// What no sensor has, the property has.
	CHECK(calibration_of(model, "c", "t")->form == CALIBRATION_PT100);
	CHECK(calibration_of(model, "", "t")->form == CALIBRATION_PT100);
	CHECK(!calibration_of(model, "c", "r") && !calibration_of(model, "", "x") && !calibration_of(NULL, "a", "t"));
	CHECK(model_priority(model, SLICE_LITERAL("a")) == 1 && model_priority(model, SLICE_LITERAL("b")) == 3);
	model_free(model);
	model = read_text("{\"extend\":\"kinds/probe.json\",\"properties\":{\"t\":{\"calibration\":{\"form\":\"gain\","
			  "\"gain\":5}}},\"sensors\":{\"b\":{\"calibration\":{\"form\":\"offset\",\"offset\":9}}}}");
	CHECK(calibration_of(model, "", "t")->form == CALIBRATION_GAIN);
	CHECK(calibration_of(model, "b", "u/v")->form == CALIBRATION_OFFSET);
	model_free(model);
	check_wrong("{\"sensors\":{\"s\":{\"calibration\":7}}}", "s.calibration: expected an object");
	check_wrong("{\"sensors\":{\"s\":{\"calibration\":[{\"form\":\"pt100\"},{\"form\":\"table\",\"table\":[[0,1],["
		    "0,2]]}]}}}",
	    "s.calibration[1]: table[1]: its first number");
	check_wrong(
	    "{\"properties\":{\"p\":{\"calibration\":{\"form\":\"gain\"}}}}", "p.calibration: gain: is missing");
}

static void check_ranges(void)
{
	const struct model_property both = {.minimum = "0", .maximum = "10"};
	const struct model_property open = {.minimum = "0"};

	CHECK(model_range_fits(&both, SLICE_LITERAL("0")) && model_range_fits(&both, SLICE_LITERAL("10.0")));
	CHECK(!model_range_fits(&both, SLICE_LITERAL("-0.001")) && !model_range_fits(&both, SLICE_LITERAL("10.001")));
	CHECK(!model_range_fits(&both, SLICE_LITERAL("1e400")) && model_range_fits(&open, SLICE_LITERAL("1e400")));
	const struct model_property exact = {.maximum = "9007199254740992"};

	CHECK(model_range_fits(&exact, SLICE_LITERAL("9007199254740992")));
	CHECK(!model_range_fits(&exact, SLICE_LITERAL("9007199254740993")));
	CHECK(model_range_fits(&both, SLICE_LITERAL("\"11\"")) && model_range_fits(&both, SLICE_LITERAL("[11]")));
}

static void check_health_members(void)
{
	struct model *model = read_text("{\"properties\":{\"n\":{\"counter\":true,\"deadband\":0.5},\"m\":{}},"
					"\"consistency\":[\"n > m\",\"a.b < 3\"]}");

	CHECK(model && property_of(model, "n")->counter && !property_of(model, "m")->counter);
	CHECK(property_of(model, "n")->deadband >= 0.5 && property_of(model, "m")->deadband <= 0);
	CHECK(model->consistency_count == 2 && strcmp(model->consistency[1], "a.b < 3") == 0);
	model_free(model);
	check_wrong("{\"properties\":{\"n\":{\"counter\":1}}}", "counter is true or false");
	check_wrong("{\"properties\":{\"n\":{\"deadband\":-1}}}", "deadband");
	check_wrong("{\"consistency\":\"n > 3\"}", "expected an array of conditions");
	check_wrong("{\"consistency\":[\"n > 3\",\"n >\"]}", "consistency: ");
	check_wrong("{\"consistency\":[3]}", "expected a string");
}

// Which is told with both units and what to write; what has no unit goes with anything.
static void check_units_of_rules(void)
{
	static const char properties[] = "\"properties\":{\"p\":{\"unit\":\"kW\"},\"v\":{\"unit\":\"V\"},"
					 "\"i\":{\"unit\":\"A\"},\"in/t\":{\"unit\":\"degC\"},\"n\":{}}";
	static const char *const right[] = {
	    "abs(p - convert(v*i, 'V.A', 'kW')) < 0.05*p", "in.t < 90", "p > n", "n > zzz", "v == 230"};
	static const char *const wrong[][2] = {
	    {"abs(p - v*i) < 0.05*p",
		"column 7: cannot subtract from kW what is in V.A: write convert(..., 'V.A', 'kW')"},
	    {"p > in.t", "'p > in.t': column 3: cannot compare kW with degC"}};
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		buffer_reset(&text);
		buffer_printf(&text, "{\"consistency\":[\"%s\"],%s}", right[i], properties);
		struct model *model = read_text(buffer_string(&text));

		if (!model)
			printf("# %s: %s\n", right[i], error.message);
		CHECK(model != NULL);
		model_free(model);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		buffer_reset(&text);
		buffer_printf(&text, "{\"consistency\":[\"n > 1\",\"%s\"],%s}", wrong[i][0], properties);
		check_wrong(buffer_string(&text), wrong[i][1]);
	}
	buffer_release(&text);
	// A unit that is only known once another model is read.
	scratch_write(
	    "base.json", SLICE_LITERAL("{\"consistency\":[\"a > b\"],\"properties\":{\"a\":{\"unit\":\"m\"}}}"));
	check_wrong("{\"extend\":\"base.json\",\"properties\":{\"b\":{\"unit\":\"s\"}}}", "cannot compare m with s");
}

static void check_files(void)
{
	scratch_write("base.json", SLICE_LITERAL("{}"));
	struct model *model = read_text("{\"extend\":\"base.json\"}");

	CHECK(model && model->file_count == 2 && strcmp(model->files[0], "model.json") == 0 &&
	    strcmp(model->files[1], "base.json") == 0);
	model_free(model);
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("members are read, and of interval and stale_after one gives the other") check_members();
	TEST("members that are nearly known ones are told, those of other programs are not") check_all_slips();
	TEST("no more than 20 are told") check_many_slips();
	TEST("a model speaks about the twins that fit a pattern, or about all") check_applies();
	TEST("a model is added to what it extends, member by member") check_extend();
	TEST("names are found on TWIN_MODEL_PATH, with .json or without") check_path();
	TEST("mistakes are told by file and member") check_mistakes();
	TEST("types are those of JSON, and an integer is whole by value") check_types();
	TEST("a model that counts cycles reads lengths of time as counts too") check_axis();
	TEST("calibrations are found by sensor and property, and replaced as a whole") check_calibrations();
	TEST("ranges include their ends and concern numbers only") check_ranges();
	TEST("counters, deadbands and conditions of consistency are read, and mistakes in them told")
	check_health_members();
	TEST("conditions of consistency that mix units are mistakes, and told by units and what to write")
	check_units_of_rules();
	TEST("a model knows all files that it was read from") check_files();
	scratch_leave(scratch);
	return unit_end();
}
