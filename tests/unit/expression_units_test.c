#include "record/expression_units.h"

#include "unit.h"
#include "unit_random.h"

static struct slice s(const char *text)
{
	return slice_from_string(text);
}

// The unit of each name stands in its own text, so that tests read by themselves: p_kPa is in kPa.
static bool find(void *context, const struct slice *names, size_t count, struct slice *unit)
{
	static const char *const units[][2] = {{"p", "kPa"}, {"p2", "bar"}, {"t", "degC"}, {"t2", "Cel"}, {"f", "degF"},
	    {"k", "K"}, {"v", "V"}, {"i", "A"}, {"w", "kW"}, {"power", "W"}, {"share", "%"}, {"angle", "rad"},
	    {"turned", "deg"}, {"n", "rpm"}, {"rate", "Hz"}, {"omega", "rad/s"}, {"length", "m"}, {"speed", "m/s"},
	    {"area", "m2"}, {"level", "dBm"}, {"gain", "dB"}, {"acid", "pH"}, {"one", "1"}, {"odd", "smoots"},
	    {"evil", "%s%n"}};

	(void)context;
	if (count == 2 && slice_is(names[0], "properties") && slice_is(names[1], "temperature")) {
		*unit = s("degC");
		return true;
	}
	for (size_t j = 0; count == 1 && j < sizeof units / sizeof *units; j++)
		if (slice_is(names[0], units[j][0])) {
			*unit = s(units[j][1]);
			return true;
		}
	return false;
}

static int check(struct unit_system *system, const char *text, struct expression_unit *unit, struct error *error)
{
	const struct expression_unit_lookup lookup = {.find = find};
	struct expression *expression = expression_parse(s(text), error);
	int result = expression ? expression_check_units(expression, system, &lookup, unit, error) : -1;

	expression_free(expression);
	return result;
}

static void check_good(struct unit_system *system, const char *text, const char *want)
{
	struct error error = {.message = ""};
	struct expression_unit got = {.known = false};
	struct unit unit;
	int result = check(system, text, &got, &error);

	CHECK(result == 0);
	if (result)
		printf("# %s: %s\n", text, error.message);
	bool same = want ? got.known && unit_parse(system, s(want), &unit, &error) == 0 && unit_equal(&got.unit, &unit)
			 : !got.known;

	if (!same)
		printf("# %s is not in %s\n", text, want ? want : "nothing");
	CHECK(same);
}

static void check_bad(struct unit_system *system, const char *text, const char *message)
{
	struct error error = {.message = ""};

	if (check(system, text, NULL, &error) == 0)
		printf("# %s passes\n", text);
	CHECK_TEXT(s(error.message), message);
}
#define GOOD(text, unit)   check_good(system, text, unit)
#define BAD(text, message) check_bad(system, text, message)

// Any expression that parses is checked without trouble, and the same again.
static void check_random(struct unit_system *system)
{
	static const char *const words[] = {"p", "t", "2", " + ", " - ", " * ", " / ", "^", "(", ")", "min(", "if(",
	    ",", " > ", " and ", "not ", "sqrt(", "exp(", "convert(", "'kPa'", "'degC'", "w", "other", "0.5", "abs(",
	    " or ", "level", "-"};
	uint64_t state = 11;
	int parsed = 0;

	for (int i = 0; i < 200000; i++) {
		struct buffer text = BUFFER_INIT;
		struct error error, again;
		int count = 1 + (int)random_below(&state, 11);

		for (int k = 0; k < count; k++)
			buffer_append_string(&text, words[random_below(&state, sizeof words / sizeof *words)]);
		struct expression *expression = expression_parse(buffer_slice(&text), &error);

		expression_free(expression);
		if (expression) {
			int first = check(system, buffer_string(&text), NULL, &error);

			CHECK(check(system, buffer_string(&text), NULL, &again) == first);
			CHECK(first == 0 || strcmp(error.message, again.message) == 0);
			parsed++;
		}
		buffer_release(&text);
	}
	CHECK(parsed > 5000);
}

int main(void)
{
	struct unit_system *system = unit_system_new();

	TEST("sums and comparisons are of one unit, however it is spelled")
	{
		GOOD("p + p", "kPa");
		GOOD("p - 5", "kPa");
		GOOD("5 - p", "kPa");
		GOOD("-p", "kPa");
		GOOD("p > 5", NULL);
		GOOD("t > t2 and p > 5 or t != 3", NULL);
		GOOD("properties.temperature > t", NULL);
		GOOD("v * i > power", NULL);
		BAD("p > t", "column 3: cannot compare kPa with degC");
		BAD("p + t > 5", "column 3: cannot add kPa and degC");
		BAD("p - t", "column 3: cannot subtract from kPa what is in degC");
		BAD("5 > 3 and not (p == v * i)", "column 18: cannot compare kPa with V.A");
		BAD("properties.temperature < p", "column 24: cannot compare degC with kPa");
		BAD("'äö' == x and p > t", "column 17: cannot compare kPa with degC");
	}

	TEST("units that convert are an error that says how")
	{
		BAD("p > p2", "column 3: cannot compare kPa with bar: write convert(..., 'bar', 'kPa')");
		BAD("p + p2", "column 3: cannot add kPa and bar: write convert(..., 'bar', 'kPa')");
		BAD("t > f", "column 3: cannot compare degC with degF: write convert(..., 'degF', 'degC')");
		BAD("t > k", "column 3: cannot compare degC with K: write convert(..., 'K', 'degC')");
		BAD("v * i > w", "column 7: cannot compare V.A with kW: write convert(..., 'kW', 'V.A')");
		GOOD("p > convert(p2, 'bar', 'kPa')", NULL);
		GOOD("t > convert(f, 'degF', 'degC')", NULL);
		GOOD("convert(p, 'kPa', 'bar')", "bar");
		GOOD("convert(2, 'kPa', 'bar') + p2", "bar");
		GOOD("convert(other, unit, 'bar') + p2", "bar");
		BAD("convert(p2, 'kPa', 'Pa') > 5", "column 1: convert() is told kPa of what is in bar");
		BAD("p > convert(p2, 'bar', 'Pa')",
		    "column 3: cannot compare kPa with Pa: write convert(..., 'Pa', 'kPa')");
	}

	TEST("products, quotients, powers and roots make units")
	{
		GOOD("v * i", "W");
		GOOD("2 * v * i / 4", "W");
		GOOD("length / speed", "s");
		GOOD("1 / speed", "s/m");
		GOOD("length ^ 2 + area", "m2");
		GOOD("length ^ (1 + 1)", "m2");
		GOOD("sqrt(area)", "m");
		GOOD("area ^ 0.5 + length", "m");
		GOOD("area ^ -1", "1/m2");
		GOOD("sqrt(length) * sqrt(length)", "m");
		GOOD("w / power", "1000");
		GOOD("2 ^ 3", NULL);
		GOOD("2 ^ one", NULL);
		BAD("length + area", "column 8: cannot add m and m2");
		BAD("length * length + length", "column 17: cannot add m.m and m");
		BAD("sqrt(sqrt(length))", "column 1: no unit can be made of that power of m^0.5");
		BAD("length ^ 0.3", "column 8: no unit can be made of that power of m");
		BAD("length ^ one", "column 8: the exponent of m is a number in the text");
		BAD("2 ^ length", "column 3: an exponent is a number, not m");
		BAD("2 ^ share", "column 3: an exponent is a number, not %");
		BAD("length ^ 400", "column 8: no unit can be made of that power of m");
		BAD("length ^ 1e300", "column 8: no unit can be made of that power of m");
	}

	TEST("functions take and give units")
	{
		GOOD("abs(p - 3)", "kPa");
		GOOD("round(p) + floor(p) + ceil(p)", "kPa");
		GOOD("min(p, 3, p)", "kPa");
		GOOD("min(3, p)", "kPa");
		GOOD("if(p > 3, t, t2)", "degC");
		GOOD("if(p > 3, 0, t2)", "degC");
		GOOD("if(p > 3, if(t > 2, p, 5), if(t > 1, p, p))", "kPa");
		GOOD("exp(p / p) + log(one) + log10(2)", "1");
		GOOD("sin(angle) + cos(1) + tan(length / length)", "1");
		GOOD("asin(one) + atan2(v, v)", "rad");
		GOOD("sign(p) * p", "kPa");
		GOOD("contains(unit, 'a') and exists(p)", NULL);
		BAD("min(p, 3, t)", "column 1: min() does not take kPa and degC");
		BAD("max(p, p2)", "column 1: max() does not take kPa and bar: write convert(..., 'bar', 'kPa')");
		BAD("atan2(v, i)", "column 1: atan2() does not take V and A");
		BAD("1 > 2 or if(p > 3, t, p) > 3", "column 10: if() gives degC or kPa");
		BAD("if(p > 3, if(t > 2, p, 5), v)", "column 1: if() gives kPa or V");
		BAD("if(p > t, 1, 2)", "column 6: cannot compare kPa with degC");
		BAD("exp(p)", "column 1: exp() takes a plain number, not kPa");
		BAD("exp(share)", "column 1: exp() takes a plain number, not %");
		BAD("log(angle)", "column 1: log() takes a plain number, not rad");
		BAD("sin(turned)", "column 1: sin() takes radians, not deg");
		BAD("sin(p)", "column 1: sin() takes radians, not kPa");
	}

	TEST("temperatures: what is on the scale and what is a difference")
	{
		GOOD("t - t2", "delta_degC");
		GOOD("t - t2 + t", "degC");
		GOOD("t + (t - t2)", "degC");
		GOOD("t + k", "degC");
		GOOD("k + t", "degC");
		GOOD("t - k", "degC");
		GOOD("(t + t2) / 2 > 80", NULL);
		GOOD("(t - t2) * power", "K.W");
		GOOD("f - 3", "degF");
		BAD("t - t2 > t", "column 8: cannot compare a difference in degC with degC");
		BAD("t * power", "column 3: degC counts from a zero of its own: take a difference, or convert() it");
		BAD("1 / t", "column 3: degC counts from a zero of its own: take a difference, or convert() it");
		BAD("t ^ 2", "column 3: degC counts from a zero of its own: take a difference, or convert() it");
		BAD("sqrt(t)", "column 1: degC counts from a zero of its own: take a difference, or convert() it");
	}

	TEST("levels, angles, and what has no conversion")
	{
		GOOD("level + gain", "dBm");
		GOOD("gain + level - gain", "dBm");
		GOOD("level - level", "dB");
		GOOD("acid > 7 and acid - acid < 1", NULL);
		GOOD("omega * length + speed", "rad.m/s");
		GOOD("omega + omega", "rad/s");
		BAD("acid > p", "column 6: cannot compare pH with kPa");
		BAD("level * p", "column 7: dBm has no products or powers");
		BAD("acid ^ 2", "column 6: pH has no products or powers");
		BAD("omega > rate", "column 7: cannot compare rad/s with Hz: write convert(..., 'Hz', 'rad/s')");
		BAD("n > rate", "column 3: cannot compare rpm with Hz: write convert(..., 'Hz', 'rpm')");
		BAD("turned + angle", "column 8: cannot add deg and rad: write convert(..., 'rad', 'deg')");
	}

	TEST("what has no known unit goes with anything")
	{
		GOOD("other > p and other > t", NULL);
		BAD("other + t > v", "column 11: cannot compare degC with V");
		GOOD("odd > p and odd + 1 > t", NULL);
		GOOD("evil > p", NULL);
		GOOD("other + p", "kPa");
		GOOD("other * p", NULL);
		GOOD("other * p > t", NULL);
		GOOD("exp(other)", "1");
		GOOD("p ^ 2 / other", NULL);
		GOOD("received - timestamp > 10s", NULL);
		GOOD("timestamp + 10s > received", NULL);
		GOOD("p == 'text' or p == null", NULL);
		GOOD("pi * 2", NULL);
	}

	TEST("long names of units are not told in full")
	{
		BAD("length*length*length*length*length*length*length*length*length*length*length*length*length + "
		    "p*length*length*length > 1",
		    "column 92: cannot add m.m.m.m.m.m.m.m.m.m.m.m.m and kPa.m.m.m");
		BAD("(v*i)*(v*i)*(v*i)/(v*i)*speed*speed*speed/(speed*speed)*speed*i/i*i/i*speed*speed*speed*speed > p",
		    "column 95: cannot compare another unit with kPa");
		BAD("area/(v*i)/(length^2)^2 > p", "column 25: cannot compare m2/(V.A)/(m^2)^2 with kPa");
	}

	TEST("random expressions are checked alike each time")
	check_random(system);

	unit_system_free(system);
	return unit_end();
}
