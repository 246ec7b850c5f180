#include "record/unit.h"

#include <math.h>
#include <stdlib.h>
#include <udunits2.h>
#include <unistd.h>

#include "base/decimal.h"
#include "record/unit_names.h"
#include "unit.h"
#include "unit_random.h"

static struct slice s(const char *text)
{
	return slice_from_string(text);
}

static const struct unit_converter *find(struct unit_system *system, const char *from, const char *to)
{
	struct error error;
	const struct unit_converter *converter = unit_converter_find(system, s(from), s(to), &error);

	CHECK(converter != NULL);
	return converter;
}

static void check(struct unit_system *system, const char *number, const char *from, const char *to, const char *want)
{
	const struct unit_converter *converter = find(system, from, to);
	struct buffer out = BUFFER_INIT;
	struct error error = {.message = ""};

	CHECK(converter->outcome == UNIT_CONVERTS);
	if (converter->outcome != UNIT_CONVERTS) {
		printf("# %s\n", converter->message);
		return;
	}
	if (unit_convert_text(converter, s(number), &out, &error) < 0)
		buffer_append_string(&out, error.message);
	if (!slice_is(buffer_slice(&out), want))
		printf("# %s %s to %s\n", number, from, to);
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_release(&out);
}

// 0.000...01e12000001, which is 1.
static void check_long_zeros(struct unit_system *system)
{
	enum { ZEROS = 12000000 };
	char *text = malloc(ZEROS + 32);

	if (!text)
		abort();
	memcpy(text, "0.", 2);
	memset(text + 2, '0', ZEROS);
	memcpy(text + 2 + ZEROS, "1e12000001", sizeof "1e12000001");
	check(system, text, "kW", "W", "1000");
	check(system, text, "min", "s", "60");
	free(text);
}

static void check_not(
    struct unit_system *system, const char *from, const char *to, enum unit_outcome outcome, const char *message)
{
	const struct unit_converter *converter = find(system, from, to);

	if (converter->outcome != outcome)
		printf("# %s to %s\n", from, to);
	CHECK(converter->outcome == outcome);
	CHECK_TEXT(s(converter->message), message);
}

static void check_unknown(struct unit_system *system, struct slice text)
{
	struct unit unit;
	struct error error;

	if (unit_parse(system, text, &unit, &error) == 0)
		printf("# known: %.*s\n", (int)text.length, text.data);
	CHECK(unit_parse(system, text, &unit, &error) == -1);
	CHECK(strncmp(error.message, "unknown unit '", 14) == 0);
}

static void check_same(struct unit_system *system, const char *a, const char *b)
{
	struct unit one, other;
	struct error error = {.message = ""};
	bool read = unit_parse(system, s(a), &one, &error) == 0 && unit_parse(system, s(b), &other, &error) == 0;

	if (!read || !unit_equal(&one, &other))
		printf("# %s and %s %s\n", a, b, error.message);
	CHECK(read && unit_equal(&one, &other));
}

static void check_all_same(struct unit_system *system, const char *const *texts)
{
	for (size_t i = 1; texts[i]; i++)
		check_same(system, texts[0], texts[i]);
}
#define SAME(...) check_all_same(system, (const char *const[]){__VA_ARGS__, NULL})

static void check_table(struct unit_system *system)
{
	struct unit unit;
	struct error error;

	for (size_t i = 0; i < unit_names_count; i++) {
		bool known = unit_parse(system, s(unit_names[i].spelling), &unit, &error) == 0;

		if (!known || find(system, unit_names[i].spelling, "m")->outcome == UNIT_UNKNOWN)
			printf("# %s: %s\n", unit_names[i].spelling, unit_names[i].meaning);
		CHECK(known);
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(unit_names[i].spelling, unit_names[j].spelling) != 0);
	}
}

static double step_of(struct slice number)
{
	const char *point = memchr(number.data, '.', number.length);

	return point ? pow(10, -(double)(number.data + number.length - point - 1)) : 1;
}

// There and back is the number again, to a hundredth of its last digit or so.
static void check_round_trip(struct unit_system *system, const char *from, const char *to, struct slice number)
{
	const struct unit_converter *there = find(system, from, to), *back = find(system, to, from);
	struct buffer middle = BUFFER_INIT, end = BUFFER_INIT;
	struct error error;

	CHECK(unit_convert_text(there, number, &middle, &error) == 0);
	CHECK(decimal_is_number(buffer_slice(&middle)));
	CHECK(unit_convert_text(back, buffer_slice(&middle), &end, &error) == 0);
	if (!decimal_within(buffer_slice(&end), number, step_of(number) * 0.02, 0))
		printf("# %.*s %s to %s: %s, back %s\n", (int)number.length, number.data, from, to,
		    buffer_string(&middle), buffer_string(&end));
	CHECK(decimal_within(buffer_slice(&end), number, step_of(number) * 0.02, 0));
	// And it is what doubles say.
	double expected = unit_convert(there, decimal_to_double(number));

	CHECK(fabs(decimal_to_double(buffer_slice(&middle)) - expected) <=
	    1e-6 * fabs(expected) + fabs(there->gain) * step_of(number) * 0.02);
	buffer_release(&middle);
	buffer_release(&end);
}

static void check_round_trips(struct unit_system *system)
{
	static const char *const pairs[][2] = {{"degC", "degF"}, {"K", "[degF]"}, {"psi", "hPa"}, {"mmHg", "kPa"},
	    {"kWh", "BTU"}, {"mph", "m/s"}, {"rpm", "rad/s"}, {"deg", "rad"}, {"gal", "l"}, {"m3/h", "gpm"},
	    {"hp", "kW"}, {"mi", "ft"}, {"g/cm3", "[lb_av]/[cft_i]"}, {"d", "ms"}, {"GiB", "kbit"}, {"kV", "uV"},
	    {"lbf", "kgf"}, {"%", "ppm"}};
	uint64_t state = 7;

	for (int i = 0; i < 40000; i++) {
		const char *const *pair = pairs[random_below(&state, sizeof pairs / sizeof *pairs)];
		int decimals = (int)random_below(&state, 7);
		char text[40];
		int length = snprintf(text, sizeof text, "%s%llu", random_below(&state, 2) ? "-" : "",
		    (unsigned long long)random_below(&state, 1 + random_below(&state, 1000000)));

		if (decimals)
			length += snprintf(text + length, sizeof text - (size_t)length, ".%0*llu", decimals,
			    (unsigned long long)random_below(&state, (uint64_t)pow(10, decimals)));
		check_round_trip(system, pair[0], pair[1], slice_of(text, (size_t)length));
	}
}

static void append_random_unit(char *text, size_t size, uint64_t *state)
{
	static const char *const names[] = {"m", "km", "kg", "s", "h", "A", "K", "Pa", "kPa", "N", "W", "J", "inch",
	    "degF", "rad", "lm", "mol", "V", "ohm", "T", "celsius", "day", "foot", "mmol", "bar"};
	int count = 1 + (int)random_below(state, 2);

	text[0] = '\0';
	for (int i = 0; i < count; i++) {
		size_t length = strlen(text);

		snprintf(text + length, size - length, "%s%s^2",
		    i == 0                       ? ""
			: random_below(state, 2) ? "."
						 : "/",
		    names[random_below(state, sizeof names / sizeof *names)]);
	}
}

// Squares have no zero of their own, so 1 converts to what 1 unit is in base units.
static double base_units_of(ut_system *database, const char *text, const struct unit *unit)
{
	static const char *const bases[] = {"m", "kg", "s", "A", "K", "mol", "cd", "rad"};
	ut_unit *theirs = ut_parse(database, text, UT_ASCII), *base = ut_get_dimensionless_unit_one(database);
	cv_converter *converter;
	double factor;

	for (int i = 0; i < (int)(sizeof bases / sizeof *bases); i++) {
		ut_unit *one = ut_parse(database, bases[i], UT_ASCII), *power = ut_raise(one, unit->exponents[i] / 2);
		ut_unit *product = ut_multiply(base, power);

		ut_free(one);
		ut_free(power);
		ut_free(base);
		base = product;
	}
	converter = ut_get_converter(theirs, base);
	factor = converter ? cv_convert_double(converter, 1) : 0;
	cv_free(converter);
	ut_free(base);
	ut_free(theirs);
	return factor;
}

static void check_against_udunits(struct unit_system *system)
{
	ut_system *database;
	uint64_t state = 3;

	ut_set_error_message_handler(ut_ignore);
	database = ut_read_xml(NULL);
	for (int i = 0; i < 3000; i++) {
		char text[128];
		struct unit unit;
		struct error error;

		append_random_unit(text, sizeof text, &state);
		CHECK(unit_parse(system, s(text), &unit, &error) == 0);
		double factor = base_units_of(database, text, &unit), ours = unit_ratio_value(unit.scale);

		if (!(fabs(factor / ours - 1) < 1e-12))
			printf("# %s: %.17g, udunits %.17g\n", text, ours, factor);
		CHECK(fabs(factor / ours - 1) < 1e-12);
	}
	ut_free_system(database);
}

static void check_hostile(struct unit_system *system)
{
	char text[4096];
	struct slice nul = slice_of("m\0s", 3);

	check_unknown(system, s(""));
	check_unknown(system, s(" "));
	check_unknown(system, nul);
	check_unknown(system, s("\xff\xfe"));
	check_unknown(system, s("m\xc2"));
	check_unknown(system, s("m^999999999"));
	check_unknown(system, s("m99999999999999999999"));
	check_unknown(system, s("m^16"));
	check_unknown(system, s("m^8.m^8"));
	check_unknown(system, s("m^-"));
	check_unknown(system, s("m^"));
	check_unknown(system, s("m**"));
	check_unknown(system, s("m..s"));
	check_unknown(system, s("m/"));
	check_unknown(system, s("//m"));
	check_unknown(system, s("(m"));
	check_unknown(system, s("m)"));
	check_unknown(system, s("m("));
	check_unknown(system, s("{m"));
	check_unknown(system, s("[degF"));
	check_unknown(system, s("10*999"));
	check_unknown(system, s("10*"));
	check_unknown(system, s("0"));
	check_unknown(system, s("0.m"));
	check_unknown(system, s("m/0"));
	check_unknown(system, s("99999999999999999999.m"));
	check_unknown(system, s("1e999 m"));
	check_unknown(system, s("10*100.10*100"));
	check_unknown(system, s("seconds since 1970-01-01"));
	check_unknown(system, s("s @ 5"));
	check_unknown(system, s("lg(re 1 mW)"));
	check_unknown(system, s("since"));
	check_unknown(system, s("per"));
	check_unknown(system, s("lg"));
	check_unknown(system, s("now"));
	check_unknown(system, s("dBm/s"));
	check_unknown(system, s("pH.m"));
	check_unknown(system, s("BW"));
	check_unknown(system, s("mbit"));
	check_unknown(system, s("decibyte"));
	check_unknown(system, s("Nm3.m"));
	check_unknown(system, s("m\n"));
	check_unknown(system, s("furlongs-per-fortnigh"));
	memset(text, '(', sizeof text);
	check_unknown(system, slice_of(text, UNIT_TEXT_MAX));
	check_unknown(system, slice_of(text, sizeof text));
	memset(text, 'm', sizeof text);
	check_unknown(system, slice_of(text, UNIT_TEXT_MAX));
	check_unknown(system, slice_of(text, sizeof text));
	check_same(system, "((((((((m))))))))", "m");
	check_unknown(system, s("(((((((((m)))))))))"));
}

// What a silent library has written to the standard error.
static long errors_written(FILE *file)
{
	fflush(stderr);
	return ftell(file) < 0 ? -1 : lseek(fileno(file), 0, SEEK_END);
}

static void check_silence(void)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct unit_system *system = unit_system_new();

	dup2(fileno(file), STDERR_FILENO);
	check_hostile(system);
	dup2(saved, STDERR_FILENO);
	CHECK(errors_written(file) == 0);
	close(saved);
	fclose(file);
	unit_system_free(system);
}

static void check_database_is_lazy(void)
{
	struct unit_system *system = unit_system_new();
	struct error error = {.message = ""};
	struct unit unit;

	setenv("UDUNITS2_XML_PATH", "/nonexistent/udunits2.xml", 1);
	CHECK(unit_converter_find(system, s("degC"), s("degC"), &error)->same);
	CHECK(unit_converter_find(system, s("degC"), s("K"), &error) == NULL);
	CHECK_TEXT(s(error.message), "cannot read the units database of udunits2");
	CHECK(unit_parse(system, s("m"), &unit, &error) == -1);
	CHECK(unit_system_open(system, &error) == -1);
	unsetenv("UDUNITS2_XML_PATH");
	CHECK(unit_converter_find(system, s("degC"), s("K"), &error)->outcome == UNIT_CONVERTS);
	unit_system_free(system);
	unit_system_free(NULL);
}

static void check_many_pairs(void)
{
	struct unit_system *system = unit_system_new();
	const struct unit_converter *first = find(system, "m", "mm");
	char text[64];

	for (int i = 1; i < UNIT_PAIRS_MAX + 100; i++) {
		snprintf(text, sizeof text, "%d.m", i);
		CHECK(find(system, text, "m")->gain == i);
	}
	CHECK(find(system, "5.m", "m") == find(system, "5.m", "m"));
	CHECK(find(system, "m", "mm") == first);
	check(system, "1", "4150.m", "m", "4150");
	check(system, "1", "4151.m", "m", "4151");
	unit_system_free(system);
}

static void check_arithmetic(struct unit_system *system)
{
	struct unit a, b, product;
	struct error error;

	CHECK(unit_parse(system, s("kW"), &a, &error) == 0 && unit_parse(system, s("h"), &b, &error) == 0);
	CHECK(unit_multiply(&product, &a, &b) == 0 && unit_parse(system, s("kWh"), &a, &error) == 0);
	CHECK(unit_equal(&product, &a) && unit_same_dimension(&product, &a, true));
	CHECK(!unit_same_dimension(&product, &b, true) && !unit_is_number(&product));
	CHECK(unit_parse(system, s("m2"), &a, &error) == 0 && unit_parse(system, s("m"), &b, &error) == 0);
	CHECK(unit_power(&product, &a, 1) == 0 && unit_equal(&product, &b));
	CHECK(unit_power(&product, &b, 1) == 0 && unit_power(&product, &product, 4) == 0 && unit_equal(&product, &b));
	CHECK(unit_power(&product, &b, 1) == 0 && unit_power(&product, &product, 1) == -1);
	CHECK(unit_power(&product, &a, 1000000) == -1);
	CHECK(unit_parse(system, s("degC"), &a, &error) == 0 && unit_power(&b, &a, 2) == 0 && unit_equal(&a, &b));
	CHECK(unit_parse(system, s("%"), &a, &error) == 0 && unit_is_number(&a));
	CHECK(unit_parse(system, s("deg"), &b, &error) == 0 && unit_is_number(&b));
	CHECK(unit_same_dimension(&a, &b, false) && !unit_same_dimension(&a, &b, true));
	CHECK(unit_parse(system, s("dBm"), &a, &error) == 0 && unit_multiply(&product, &a, &b) == -1 &&
	    !unit_is_number(&a));
}

int main(void)
{
	struct unit_system *system = unit_system_new();

	TEST("every spelling of the table is a unit, and stands there once")
	check_table(system);

	TEST("spellings of several vocabularies are one unit")
	{
		SAME("degC", "°C", "℃", "Cel", "CEL", "celsius", "degrees Celsius", " degC ", "Cel{outside}");
		SAME("degF", "°F", "[degF]", "FAH");
		SAME("kW.h", "kWh", "KWH", "kW h", "kW·h", "kW*h", "kW-h", "kilowatt hours", "(kW).(h)");
		SAME("m/s2", "m/s^2", "m/s**2", "m.s-2", "m·s⁻²", "m/s²", "MSK", "m s^-2", "metre per second/s",
		    "m/(s.s)", "(m/s)/s");
		SAME("m3/h", "m³/h", "MQH", "m^3/h", "m^3 h^-1");
		SAME("l/min", "L/min", "L2", "lpm", "liter/minute", "dm3/min");
		SAME("Ohm", "Ω", "\u2126", "ohm", "OHM", "V/A");
		SAME("kOhm", "kΩ", "B49", "kohm");
		SAME("um", "µm", "μm", "4H", "micrometer");
		SAME("ug/m3", "µg/m³", "GQ", "μg.m⁻³");
		SAME("mg/m3", "GP", "mg/m³");
		SAME("%", "percent", "P1", "%RH", "pct");
		SAME("count", "C62", "1", "{beats}", "/", "EA", "H87");
		SAME("beat/min", "1/min", "/min", "{beats}/min", "min-1", "bpm");
		SAME("rpm", "RPM", "r/min", "rev/min");
		SAME("mm[Hg]", "mmHg", "HN", "mm Hg");
		SAME("[in_i]", "in", "INH", "inch");
		SAME("kPa", "KPA", "kilopascal", "1000.Pa", "10*3.Pa", "10^3 Pa", "0.1e4 Pa", "10*+3.Pa");
		SAME("/m", "1/m", "m-1", "m^-1");
		SAME("10*3/uL", "1e9/l");
		SAME("MIN", "min", "minute");
		SAME("A97", "hPa", "mbar", "MBR");
		SAME("MB", "8e6.bit", "4L", "1000.kB");
		SAME("GB", "1e9.B");
		SAME("Mbit/s", "Mbps", "E20");
		SAME("KiB", "1024 B", "8192.bit");
		SAME("W/(m2.K)", "W/m2/K", "D55", "W.m-2.K-1", "W/(m2.degC)");
		SAME("kVA", "KVA", "kV.A");
		SAME("dBW", "dB[W]");
		SAME("kNm", "1000.N.m");
		SAME("mPas", "mPa.s", "C24");
		SAME("kilobytes", "kB", "8000 bits", "2P");
		SAME("mebibyte", "MiB", "1048576 byte");
		SAME("cd", "CDL", "candela");
		SAME("SEC", "s");
		SAME("m[H2O]", "mH2O");
		SAME("%/min", "percent per minute");
	}

	TEST("a spelling with two meanings has the one that is documented")
	{
		SAME("C", "A.s");
		SAME("F", "A.s/V");
		SAME("m", "MTR", "metre");
		SAME("GV", "1e9.V");
		SAME("MA", "1e6.A");
		SAME("P1", "0.01");
		SAME("a", "365.25.d");
		SAME("Gal", "cm/s2");
		SAME("gal", "GLL", "231.[in_i]3");
		SAME("h", "HUR");
		SAME("m/s.kg", "kg.m/s");
		SAME("t", "1000.kg");
		SAME("PS", "75.kgf.m/s");
	}

	TEST("known conversions")
	{
		check(system, "21.5", "degC", "K", "294.65");
		check(system, "212", "degF", "degC", "100");
		check(system, "98.6", "[degF]", "Cel", "37");
		check(system, "-40", "degC", "degF", "-40");
		check(system, "0", "K", "degF", "-459.67");
		check(system, "32", "degF", "degC", "0");
		check(system, "100", "degF", "degC", "37.77778");
		check(system, "1013.25", "hPa", "Pa", "101325");
		check(system, "760", "mmHg", "hPa", "1013.25");
		check(system, "1", "atm", "kPa", "101.325");
		check(system, "14.5", "psi", "kPa", "99.97398");
		check(system, "1", "in", "mm", "25.4");
		check(system, "1", "mile", "m", "1609.344");
		check(system, "100", "km/h", "m/s", "27.77778");
		check(system, "1", "kn", "km/h", "1.852");
		check(system, "60", "mph", "km/h", "96.56064");
		check(system, "1", "gal", "l", "3.785411784");
		check(system, "1", "lb", "kg", "0.45359237");
		check(system, "16", "oz", "lb", "1");
		check(system, "1", "kWh", "MJ", "3.6");
		check(system, "1", "BTU", "J", "1055.05585262");
		check(system, "1", "hp", "W", "745.6999");
		check(system, "1", "PS", "W", "735.49875");
		check(system, "1", "cal", "J", "4.1868");
		check(system, "1", "eV", "J", "1.602176634e-19");
		check(system, "1", "acre", "m2", "4046.8564224");
		check(system, "1", "d", "s", "86400");
		check(system, "90", "min", "h", "1.5");
		check(system, "50", "%", "1", "0.5");
		check(system, "250", "ppm", "%", "0.025");
		check(system, "5", "‰", "%", "0.5");
		check(system, "36", "m3/h", "l/s", "10");
		check(system, "1", "GiB", "MB", "1073.741824");
		check(system, "8", "Mbit/s", "kB/s", "1000");
		check(system, "1", "Ah", "C", "3600");
		check(system, "180", "deg", "rad", "3.141593");
		check(system, "1", "rad", "deg", "57.29578");
		check(system, "60", "arcmin", "deg", "1");
		check(system, "90", "deg", "rev", "0.25");
		check(system, "0.5", "g/cm3", "kg/m3", "500");
	}

	TEST("a temperature alone is on its scale, in a compound or as a delta it is a difference")
	{
		check(system, "10", "degC", "K", "283.15");
		check(system, "10", "delta_degC", "K", "10");
		check(system, "9", "delta_degF", "K", "5");
		check(system, "18", "degF/min", "K/min", "10");
		check(system, "10", "degC/min", "degF/min", "18");
		check(system, "7", "W/(m2.degC)", "W/(m2.K)", "7");
		check(system, "10", "2.degC", "K", "20");
	}

	TEST("rates and angular velocities meet as turns, and angles are no numbers")
	{
		check(system, "50", "Hz", "rpm", "3000");
		check(system, "3000", "rpm", "Hz", "50");
		check(system, "3000", "rpm", "rad/s", "314.1593");
		check(system, "1", "rad/s", "deg/s", "57.29578");
		check(system, "360", "deg/s", "1/s", "1");
		check_not(
		    system, "%", "deg", UNIT_IMPOSSIBLE, "cannot convert '%' to 'deg': they measure different things");
		check_not(
		    system, "lm", "cd", UNIT_IMPOSSIBLE, "cannot convert 'lm' to 'cd': they measure different things");
	}

	TEST("levels convert to each other and to what they are levels of")
	{
		check(system, "30", "dBm", "dBW", "0");
		check(system, "0", "dBW", "dBm", "30");
		check(system, "30", "dBm", "W", "1");
		check(system, "1", "W", "dBm", "30");
		check(system, "0.5", "mW", "dBm", "-3.0103");
		check(system, "0", "dBV", "dBuV", "120");
		check(system, "6", "dBV", "V", "1.995262");
		check(system, "94", "dBSPL", "Pa", "1.002374");
		check(system, "0", "W", "dBm", "the number has no value in that unit");
		check(system, "-1", "W", "dBm", "the number has no value in that unit");
		check(system, "1e9", "dBm", "W", "the converted number is too large");
		check_not(
		    system, "dBm", "V", UNIT_IMPOSSIBLE, "cannot convert 'dBm' to 'V': they measure different things");
	}

	TEST("what has no conversion equals itself in all its spellings, and nothing else")
	{
		check(system, "7.00", "pH", "[pH]", "7.00");
		check(system, "55.50", "dBA", "dB(A)", "55.50");
		check_not(
		    system, "pH", "1", UNIT_IMPOSSIBLE, "cannot convert 'pH' to '1': they measure different things");
		check_not(system, "Nm3/h", "m3/h", UNIT_IMPOSSIBLE,
		    "cannot convert 'Nm3/h' to 'm3/h': they measure different things");
		check_not(system, "barg", "bar", UNIT_IMPOSSIBLE,
		    "cannot convert 'barg' to 'bar': they measure different things");
		check_not(system, "dB", "dBA", UNIT_IMPOSSIBLE,
		    "cannot convert 'dB' to 'dBA': they measure different things");
	}

	TEST("a spelling that is another unit than may have been meant is told where that one would convert")
	{
		check_not(system, "Cel", "C", UNIT_IMPOSSIBLE,
		    "cannot convert 'Cel' to 'C': they measure different things ('C' is coulomb; did you mean "
		    "'degC'?)");
		check_not(system, "F", "degC", UNIT_IMPOSSIBLE,
		    "cannot convert 'F' to 'degC': they measure different things ('F' is farad; did you mean 'degF'?)");
		check_not(system, "m/s2", "g", UNIT_IMPOSSIBLE,
		    "cannot convert 'm/s2' to 'g': they measure different things ('g' is gram; did you mean "
		    "'gravity'?)");
		check_not(
		    system, "kPa", "C", UNIT_IMPOSSIBLE, "cannot convert 'kPa' to 'C': they measure different things");
		for (size_t i = 0; i < unit_traps_count; i++) {
			struct unit unit, meant;
			struct error error;

			CHECK(unit_parse(system, slice_from_string(unit_traps[i].spelling), &unit, &error) == 0);
			CHECK(unit_parse(system, slice_from_string(unit_traps[i].name), &meant, &error) == 0);
			CHECK(unit_equal(&unit, &meant));
			CHECK(unit_parse(system, slice_from_string(unit_traps[i].meant), &meant, &error) == 0);
			CHECK(!unit_same_dimension(&unit, &meant, true));
		}
	}

	TEST("other dimensions do not convert, unknown units are told from them")
	{
		check_not(system, "kPa", "degC", UNIT_IMPOSSIBLE,
		    "cannot convert 'kPa' to 'degC': they measure different things");
		check_not(
		    system, "bit", "1", UNIT_IMPOSSIBLE, "cannot convert 'bit' to '1': they measure different things");
		check_not(system, "smoots", "m", UNIT_UNKNOWN, "unknown unit 'smoots'");
		check_not(system, "m", "smoots", UNIT_UNKNOWN, "unknown unit 'smoots'");
	}

	TEST("the same unit leaves the bytes of a number as they are")
	{
		check(system, "21.500", "Cel", "degC", "21.500");
		check(system, "1E+2", "m", "m", "1E+2");
		check(system, "-0.0", "kWh", "KWH", "-0.0");
		check(system, "1.50", "l/min", "L/min", "1.50");
		check(system, "1.0", "mbar", "hPa", "1.0");
		check(system, "1e5", "smoots", "smoots", "1e5");
	}

	TEST("powers of ten lose no digit of any number")
	{
		check(system, "9223372036854775807", "ms", "s", "9223372036854775.807");
		check(system, "9223372036854775807", "km", "m", "9.223372036854775807e21");
		check(system, "18446744073709551615", "m", "km", "18446744073709551.615");
		check(system, "123456789012345678901234567890123456789012", "mV", "V",
		    "1.23456789012345678901234567890123456789012e38");
		check(system, "-0.00000000000000000000000000000000000000000123456789012345", "kV", "V",
		    "-1.23456789012345e-39");
		check(system, "12345678901234567890", "ms", "h", "3429355250342.935525");
	}

	TEST("digits are neither lost nor made up")
	{
		check(system, "1", "s", "h", "0.0002777778");
		check(system, "1.23456789", "mile", "km", "1.9868444264");
		check(system, "20.125", "degF", "degC", "-6.597222");
		check(system, "20.1234567", "degF", "degC", "-6.5980796111");
		check(system, "123456.789", "ft", "m", "37629.6292872");
		check(system, "0.1", "m", "mm", "100");
		check(system, "1.10", "m", "mm", "1100");
		check(system, "0.0", "m", "mm", "0");
		check(system, "-0", "m", "mm", "0");
		check(system, "1e-30", "m", "mm", "1e-27");
		check(system, "1E3", "m", "km", "1");
		check(system, "2.5e+3", "g", "kg", "2.5");
	}

	TEST("ends of the range: too large is an error, small stays itself")
	{
		check(system, "1e308", "km", "m", "the converted number is too large");
		check(system, "1e304", "km", "m", "1e307");
		check(system, "1.7e305", "km", "m", "1.7e308");
		check(system, "1.8e305", "km", "m", "the converted number is too large");
		check(system, "1e999999999999", "m", "km", "the converted number is too large");
		check(system, "1e999999999999", "degC", "K", "the converted number is too large");
		check(system, "0e999999999999", "degC", "K", "273.15");
		check(system, "1e-999999999999", "m", "km", "0");
		check(system, "1e-999999999999", "degC", "K", "273.15");
		check(system, "1e-300", "degC", "K", "273.15");
		check(system, "1e-400", "m", "km", "1e-403");
		check(system, "1e300", "degC", "degF", "1.8e300");
	}

	TEST("zeros and an exponent that cancel each other out are a number like others") check_long_zeros(system);
	TEST("what is no number is not converted")
	{
		check(system, "NaN", "m", "mm", "not a number");
		check(system, "", "m", "mm", "not a number");
		check(system, "+1", "m", "mm", "not a number");
		check(system, "1.", "degC", "K", "not a number");
	}

	TEST("there and back again")
	check_round_trips(system);

	TEST("factors are those of udunits")
	check_against_udunits(system);

	TEST("hostile texts are unknown units")
	check_hostile(system);

	TEST("nothing is printed")
	check_silence();

	TEST("the database is read at the first conversion, and its absence is an error then")
	check_database_is_lazy();

	TEST("more pairs than are kept still convert")
	check_many_pairs();

	TEST("units multiply, divide and have roots")
	check_arithmetic(system);

	unit_system_free(system);
	return unit_end();
}
