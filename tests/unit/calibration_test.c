#include "twin/calibration.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "io/atomic_file.h"
#include "unit.h"
#include "unit_random.h"

static struct error error;

static int read_text(struct calibration *calibration, const char *text)
{
	json_t *node = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

	CHECK(node);
	int result = calibration_read(calibration, node, &error);

	if (result)
		CHECK(!calibration->points && !calibration->unit && !calibration->raw_unit && !calibration->property);
	json_decref(node);
	return result;
}

static struct calibration make(const char *text)
{
	struct calibration calibration;

	if (read_text(&calibration, text)) {
		printf("# %s: %s\n", text, error.message);
		unit_fail(__FILE__, __LINE__, "a calibration");
	}
	return calibration;
}

static void check_wrong(const char *text, const char *what)
{
	struct calibration calibration;

	if (read_text(&calibration, text) == 0) {
		calibration_release(&calibration);
		error_set(&error, "no error");
	}
	if (strncmp(error.message, what, strlen(what)) != 0) {
		printf("# %s: got '%s', want '%s'\n", text, error.message, what);
		unit_fail(__FILE__, __LINE__, "the message");
	}
}

static void check_outcome(const char *text, const char *raw, const char *want, enum calibration_outcome outcome)
{
	struct calibration calibration = make(text);
	struct buffer value = BUFFER_INIT;

	if (calibration_apply(&calibration, slice_from_string(raw), &value) != outcome ||
	    !slice_is(buffer_slice(&value), want)) {
		printf("# %s of %s: got '%.*s', want '%s'\n", text, raw, (int)value.length,
		    value.data ? value.data : "", want);
		unit_fail(__FILE__, __LINE__, "the value or the outcome");
	}
	buffer_release(&value);
	calibration_release(&calibration);
}

static void check_value(const char *text, const char *raw, const char *want)
{
	check_outcome(text, raw, want, CALIBRATION_DONE);
}

static void check_exact(void)
{
	check_value("{\"form\":\"offset\",\"offset\":0.1}", "21.5", "21.6");
	check_value("{\"form\":\"offset\",\"offset\":0.1}", "9007199254740993", "9007199254740993");
	check_value("{\"form\":\"offset\",\"offset\":1}", "9007199254740993", "9007199254740994");
	check_value("{\"form\":\"offset\",\"offset\":-0.3,\"gives\":\"raw\"}", "2.10", "2.4");
	check_value("{\"form\":\"gain\",\"gain\":1.1}", "1.1", "1.21");
	check_value("{\"form\":\"gain\",\"gain\":3,\"gives\":\"raw\"}", "1", "0.333333333333333");
	check_value("{\"form\":\"gain\",\"gain\":0.001}", "21473", "21.473");
	check_value("{\"form\":\"linear\",\"gain\":1.8,\"offset\":32}", "36.6", "97.88");
	check_value("{\"form\":\"linear\",\"gain\":1.8,\"offset\":32,\"gives\":\"raw\"}", "97.88", "36.6");
	check_value("{\"form\":\"linear\",\"gain\":0.01,\"offset\":-0.5,\"gives\":\"correction\"}", "10", "9.6");
	// Beyond exact decimals it is done in doubles.
	check_value("{\"form\":\"gain\",\"gain\":2}", "1e300", "2e300");
	check_value("{\"form\":\"linear\",\"gain\":2,\"offset\":1e-30}", "1e30", "2e30");
	check_value("{\"form\":\"gain\",\"gain\":0}", "-5", "0");
}

static void check_polynomials(void)
{
	check_value("{\"form\":\"polynomial\",\"coefficients\":[1,2,3]}", "2", "17");
	check_value("{\"form\":\"polynomial\",\"coefficients\":[1,2,3],\"x0\":1}", "3", "17");
	check_value("{\"form\":\"polynomial\",\"coefficients\":[7]}", "3", "7");
	check_value("{\"form\":\"polynomial\",\"coefficients\":[0,0.1]}", "3", "0.3");
	// A sum that cancels is no more exact than its terms.
	check_value("{\"form\":\"polynomial\",\"coefficients\":[-0.3,0.1]}", "3", "0");
	check_value("{\"form\":\"polynomial\",\"coefficients\":[0,0,1],\"gives\":\"raw\",\"range\":[0,10]}", "2",
	    "1.41421356237");
	check_value(
	    "{\"form\":\"polynomial\",\"coefficients\":[0,0,1],\"gives\":\"raw\",\"range\":[0.5,10]}", "100", "10");
	check_value(
	    "{\"form\":\"polynomial\",\"coefficients\":[0,-1,0,-1],\"gives\":\"raw\",\"range\":[-9,9]}", "10", "-2");
	// Beyond its range a curve that is solved goes on as straight as it ends.
	check_outcome("{\"form\":\"polynomial\",\"coefficients\":[0,0,1],\"gives\":\"raw\",\"range\":[1,10]}", "120",
	    "11", CALIBRATION_EXTRAPOLATED);
	check_outcome("{\"form\":\"polynomial\",\"coefficients\":[0,0,1],\"gives\":\"raw\",\"range\":[1,10]}", "0",
	    "0.5", CALIBRATION_EXTRAPOLATED);
	check_outcome("{\"form\":\"polynomial\",\"coefficients\":[0,-1,0,-1],\"gives\":\"raw\",\"range\":[-2,2]}", "23",
	    "-3", CALIBRATION_EXTRAPOLATED);
	check_outcome("{\"form\":\"polynomial\",\"coefficients\":[0,0,1],\"gives\":\"raw\",\"range\":[0,10]}", "-1", "",
	    CALIBRATION_IMPOSSIBLE);
	check_outcome("{\"form\":\"polynomial\",\"coefficients\":[0,1e300,1e300]}", "1e10", "", CALIBRATION_IMPOSSIBLE);
	check_outcome("{\"form\":\"polynomial\",\"coefficients\":[1,2]}", "1e400", "", CALIBRATION_IMPOSSIBLE);
}

static void check_range(void)
{
	check_value("{\"form\":\"offset\",\"offset\":1,\"range\":[0,10]}", "10.0", "11");
	check_value("{\"form\":\"offset\",\"offset\":1,\"range\":[0,null]}", "1e9", "1000000001");
	check_outcome(
	    "{\"form\":\"offset\",\"offset\":1,\"range\":[0,10]}", "10.001", "11.001", CALIBRATION_EXTRAPOLATED);
	check_outcome(
	    "{\"form\":\"offset\",\"offset\":1,\"range\":[0,10]}", "-0.001", "0.999", CALIBRATION_EXTRAPOLATED);
	// Where the formula gives the raw reading, the range is of the value.
	check_value("{\"form\":\"offset\",\"offset\":1,\"range\":[0,10],\"gives\":\"raw\"}", "11", "10");
	check_outcome("{\"form\":\"gain\",\"gain\":0.1,\"range\":[0,3],\"gives\":\"raw\"}", "0.31", "3.1",
	    CALIBRATION_EXTRAPOLATED);
	check_value("{\"form\":\"gain\",\"gain\":0.1,\"range\":[0,3],\"gives\":\"raw\"}", "0.3", "3");
	check_value("{\"form\":\"pt100\",\"range\":[0,100]}", "138.5055", "100");
	check_outcome("{\"form\":\"pt100\",\"range\":[0,100]}", "140", "103.942728", CALIBRATION_EXTRAPOLATED);
	check_outcome(
	    "{\"form\":\"pt100\",\"range\":[0,100],\"gives\":\"raw\"}", "-100", "60.25584", CALIBRATION_EXTRAPOLATED);
}

#define TABLE "{\"form\":\"table\",\"table\":[[0,10],[1,20],[3,60]]"

static void check_tables(void)
{
	check_value(TABLE "}", "0", "10");
	check_value(TABLE "}", "0.5", "15");
	check_value(TABLE "}", "1", "20");
	check_value(TABLE "}", "1.1", "22");
	check_value(TABLE "}", "3", "60");
	check_outcome(TABLE "}", "3.5", "70", CALIBRATION_EXTRAPOLATED);
	check_outcome(TABLE "}", "-1", "0", CALIBRATION_EXTRAPOLATED);
	check_value(TABLE ",\"gives\":\"raw\"}", "15", "0.5");
	check_value(TABLE ",\"gives\":\"raw\"}", "60", "3");
	check_outcome(TABLE ",\"gives\":\"raw\"}", "80", "4", CALIBRATION_EXTRAPOLATED);
	check_value(TABLE ",\"gives\":\"correction\"}", "1", "21");
	check_value("{\"form\":\"table\",\"table\":[[0,9],[1,5],[2,5],[3,1]]}", "1.5", "5");
	check_value("{\"form\":\"table\",\"table\":[[0,9],[1,5],[3,1]],\"gives\":\"raw\"}", "3", "2");
	check_value("{\"form\":\"table\",\"table\":[[0,9],[1,5],[3,1]],\"gives\":\"raw\"}", "7", "0.5");
	// Corrections rise and fall as they like.
	check_value("{\"form\":\"table\",\"table\":[[0,0.1],[1,-0.1],[2,0.2]],\"gives\":\"correction\"}", "2", "2.2");
}

// IEC 60751's table has two decimals.
static void check_platinum(void)
{
	static const double points[][2] = {{-200, 18.52}, {-150, 39.72}, {-100, 60.26}, {-50, 80.31}, {-10, 96.09},
	    {0, 100}, {10, 103.90}, {25, 109.73}, {100, 138.51}, {200, 175.86}, {400, 247.09}, {600, 313.71},
	    {850, 390.48}};
	const struct platinum platinum = PLATINUM_IEC_60751;

	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		CHECK(fabs(platinum_resistance(&platinum, points[i][0]) - points[i][1]) <= 0.00501);
		CHECK(fabs(platinum_temperature(&platinum, points[i][1]) - points[i][0]) < 0.02);
	}
	for (double t = -200; t <= 850; t += 0.37)
		CHECK(fabs(platinum_temperature(&platinum, platinum_resistance(&platinum, t)) - t) < 1e-10);
	CHECK(isnan(platinum_resistance(&platinum, -200.1)) && isnan(platinum_resistance(&platinum, 850.1)));
	check_value("{\"form\":\"pt100\"}", "100", "0");
	check_value("{\"form\":\"pt100\"}", "138.5055", "100");
	check_value("{\"form\":\"pt100\",\"r0\":1000}", "1385.055", "100");
	check_value("{\"form\":\"pt100\"}", "60.25584", "-100");
	check_value("{\"form\":\"pt100\",\"gives\":\"raw\"}", "100", "138.5055");
	check_value("{\"form\":\"pt100\"}", "390.48", "849.996156");
	// The table's last digit is no wire that is broken; these are.
	check_value("{\"form\":\"pt100\"}", "18.52", "-200");
	check_value("{\"form\":\"pt100\"}", "390.486", "850");
	check_outcome("{\"form\":\"pt100\"}", "0", "", CALIBRATION_IMPOSSIBLE);
	check_outcome("{\"form\":\"pt100\"}", "391", "", CALIBRATION_IMPOSSIBLE);
	check_outcome("{\"form\":\"pt100\"}", "1e99", "", CALIBRATION_IMPOSSIBLE);
}

static void check_thermistors(void)
{
	const char *beta = "{\"form\":\"ntc\",\"beta\":3950,\"r0\":10000}";
	const struct thermistor steinhart = {1.129241e-3, 2.341077e-4, 8.775468e-8};

	check_value(beta, "10000", "25");
	check_value("{\"form\":\"ntc\",\"beta\":3950,\"r0\":10000,\"t0\":20}", "10000", "20");
	check_value("{\"form\":\"ntc\",\"beta\":3950,\"r0\":10000,\"gives\":\"raw\"}", "25", "10000");
	// 1/T = 1/298.15 + ln(0.5)/3950.
	check_value(beta, "5000", "41.460235");
	check_outcome(beta, "0", "", CALIBRATION_IMPOSSIBLE);
	check_outcome(beta, "-10", "", CALIBRATION_IMPOSSIBLE);
	check_outcome(
	    "{\"form\":\"ntc\",\"beta\":3950,\"r0\":10000,\"gives\":\"raw\"}", "-274", "", CALIBRATION_IMPOSSIBLE);
	CHECK(fabs(thermistor_temperature(&steinhart, 10000) - 24.999968671519) < 1e-10);
	for (double t = -60; t <= 300; t += 0.41)
		CHECK(fabs(thermistor_temperature(&steinhart, thermistor_resistance(&steinhart, t)) - t) < 1e-9);
}

// NIST Monograph 175's table has three decimals.
static void check_thermocouples(void)
{
	static const double points[][2] = {{-270, -6.458}, {-200, -5.891}, {-100, -3.554}, {-50, -1.889}, {0, 0},
	    {25, 1.000}, {50, 2.023}, {100, 4.096}, {200, 8.138}, {300, 12.209}, {500, 20.644}, {800, 33.275},
	    {1000, 41.276}, {1300, 52.410}, {1372, 54.886}};

	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		double slope = points[i][0] < -250 ? 1e-3 : 1.5e-2;

		CHECK(fabs(thermocouple_k_voltage(points[i][0]) - points[i][1]) <= 0.000501);
		CHECK(fabs(thermocouple_k_temperature(points[i][1]) - points[i][0]) < 0.00051 / slope);
	}
	for (double t = -270; t <= 1372; t += 0.53)
		CHECK(fabs(thermocouple_k_temperature(thermocouple_k_voltage(t)) - t) < 1e-9);
	check_value("{\"form\":\"thermocouple\",\"type\":\"K\"}", "0", "0");
	check_outcome("{\"form\":\"thermocouple\",\"type\":\"K\"}", "55", "", CALIBRATION_IMPOSSIBLE);
	check_outcome("{\"form\":\"thermocouple\",\"type\":\"K\"}", "-6.46", "", CALIBRATION_IMPOSSIBLE);
	// With the cold junction as warm as the hot one there is no voltage.
	check_value("{\"form\":\"thermocouple\",\"type\":\"K\",\"cold_junction\":21.5}", "0", "21.5");
	check_value("{\"form\":\"thermocouple\",\"type\":\"K\",\"cold_junction\":25,\"gives\":\"raw\"}", "25", "0");
}

static double random_double(uint64_t *seed, double low, double high)
{
	return low + (high - low) * (double)(random_word(seed) >> 11) / 9007199254740992.0;
}

static double apply(struct calibration *calibration, enum calibration_gives gives, double x)
{
	struct buffer in = BUFFER_INIT, out = BUFFER_INIT;
	double result = NAN;

	calibration->gives = gives;
	decimal_append_double(&in, x);
	if (calibration_apply(calibration, buffer_slice(&in), &out) != CALIBRATION_IMPOSSIBLE)
		result = decimal_to_double(buffer_slice(&out));
	buffer_release(&in);
	buffer_release(&out);
	return result;
}

static void check_round_trip(const char *text, double low, double high, double tolerance)
{
	struct calibration calibration = make(text);
	uint64_t seed = 42;

	for (int i = 0; i < 2000; i++) {
		double x = random_double(&seed, low, high);
		double y = apply(&calibration, CALIBRATION_VALUE, x), back = apply(&calibration, CALIBRATION_RAW, y);

		if (!(fabs(back - x) <= tolerance * fmax(1, fabs(x)))) {
			printf("# %s: %.17g to %.17g to %.17g\n", text, x, y, back);
			unit_fail(__FILE__, __LINE__, "there and back");
		}
	}
	calibration_release(&calibration);
}

static void check_round_trips(void)
{
	check_round_trip("{\"form\":\"linear\",\"gain\":-1.0021,\"offset\":0.26}", -1e6, 1e6, 1e-8);
	check_round_trip(
	    "{\"form\":\"polynomial\",\"coefficients\":[-3,1.5,0.02,1e-4],\"range\":[-20,80],\"gives\":\"raw\"}", -20,
	    80, 1e-8);
	check_round_trip(
	    "{\"form\":\"polynomial\",\"coefficients\":[0,-1,0,-1,0,-1],\"range\":[-5,5],\"gives\":\"raw\"}", -5, 5,
	    1e-8);
	check_round_trip(
	    "{\"form\":\"table\",\"table\":[[-5,100],[0,40],[1,39],[7,-200]],\"gives\":\"raw\"}", -10, 12, 1e-8);
	check_round_trip("{\"form\":\"pt100\"}", 18.6, 390, 1e-6);
	check_round_trip("{\"form\":\"ntc\",\"a\":1.129241e-3,\"b\":2.341077e-4,\"c\":8.775468e-8}", 10, 1e6, 1e-6);
	check_round_trip("{\"form\":\"thermocouple\",\"type\":\"K\",\"cold_junction\":-3}", -6.2, 54, 1e-6);
}

// A curve is monotone exactly when its slope has no zero: against products of known zeros.
static void check_turns(void)
{
	static const struct {
		const char *coefficients, *range;
		bool is_monotone;
	} curves[] = {
	    {"0,0,1", "0.1,5", true},
	    {"0,0,1", "-0.1,5", false},
	    {"0,0,1", "0,5", true},    // level at the end, and rising all the way
	    {"0,0,0,1", "-5,5", true}, // level inside
	    {"7,0,0,0", "0,5", false},
	    {"0,-3,0,1", "-0.9,0.9", true},
	    {"0,-3,0,1", "-2,2", false}, // turns twice, and ends higher than it begins
	    {"0,-3,0,1", "1.01,9", true},
	    {"0,1,0,0,0,0,0,0,0,0,-0.1", "0,0.9", true},
	    {"0,1,0,0,0,0,0,0,0,0,-0.1", "0,1.1", false},
	    {"0,4,0,-5,0,1", "-3,3", false}, // four turns
	    {"0,4,0,-5,0,1", "2,30", true},
	};

	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
		char text[200];
		struct calibration calibration;

		snprintf(text, sizeof text,
		    "{\"form\":\"polynomial\",\"gives\":\"raw\",\"coefficients\":[%s],\"range\":[%s]}",
		    curves[i].coefficients, curves[i].range);
		bool is_read = read_text(&calibration, text) == 0;

		if (is_read != curves[i].is_monotone) {
			printf("# %s\n", text);
			unit_fail(__FILE__, __LINE__, "monotone or not");
		}
		if (is_read)
			calibration_release(&calibration);
	}
}

static void check_mistakes(void)
{
	check_wrong("7", "expected an object");
	check_wrong("{}", "form: is missing");
	check_wrong("{\"form\":\"spline\"}", "form: 'spline' is none of offset, gain, linear, polynomial, table, ");
	check_wrong("{\"form\":\"Pt100\"}",
	    "form: 'Pt100' is none of offset, gain, linear, polynomial, table, pt100, ntc and thermocouple (did you "
	    "mean 'pt100'?)");
	check_wrong("{\"form\":1}", "form: '' is none of offset");
	check_wrong("{\"form\":7}", "form: ");
	check_wrong("{\"form\":\"offset\"}", "offset: is missing");
	check_wrong("{\"form\":\"offset\",\"offset\":\"NaN\"}", "offset: expected a number");
	check_wrong("{\"form\":\"offset\",\"offset\":1,\"gives\":\"correction\"}", "gives: ");
	check_wrong("{\"form\":\"pt100\",\"gives\":\"correction\"}", "gives: ");
	check_wrong(
	    "{\"form\":\"gain\",\"gain\":1,\"gives\":\"x\"}", "gives: 'x' is none of value, correction and raw");
	check_wrong("{\"form\":\"gain\",\"gain\":0,\"gives\":\"raw\"}", "gain: ");
	check_wrong("{\"form\":\"linear\",\"gain\":1}", "offset: is missing");
	check_wrong("{\"form\":\"offset\",\"offset\":1,\"range\":[2,1]}", "range: ");
	check_wrong("{\"form\":\"offset\",\"offset\":1,\"range\":[1]}", "range: expected two numbers");
	check_wrong("{\"form\":\"offset\",\"offset\":1,\"range\":[1,\"2\"]}", "range[1]: ");
	check_wrong("{\"form\":\"offset\",\"offset\":1,\"unit\":1}", "unit: ");
	check_wrong("{\"form\":\"offset\",\"offset\":1,\"property\":\"a//b\",\"unit\":\"K\"}", "property: ");
	check_wrong("{\"form\":\"polynomial\"}", "coefficients: ");
	check_wrong("{\"form\":\"polynomial\",\"coefficients\":[]}", "coefficients: ");
	check_wrong("{\"form\":\"polynomial\",\"coefficients\":[1,null]}", "coefficients[1]: ");
	check_wrong(
	    "{\"form\":\"polynomial\",\"coefficients\":[0,1,2,3,4,5,6,7,8,9,10,11]}", "coefficients: the degree");
	check_wrong("{\"form\":\"polynomial\",\"coefficients\":[1,0,0],\"gives\":\"raw\"}",
	    "coefficients: a polynomial that is constant");
	check_wrong("{\"form\":\"polynomial\",\"coefficients\":[1],\"gives\":\"raw\"}",
	    "coefficients: a polynomial that is constant");
	check_wrong("{\"form\":\"polynomial\",\"coefficients\":[1,0,1],\"gives\":\"raw\",\"range\":[0,null]}",
	    "range: both ends");
	check_wrong("{\"form\":\"polynomial\",\"coefficients\":[1,0,1],\"gives\":\"raw\",\"range\":[-1,1]}",
	    "coefficients: the polynomial turns");
	check_wrong("{\"form\":\"table\",\"table\":[]}", "table: ");
	check_wrong("{\"form\":\"table\",\"table\":[[0,1]]}", "table: ");
	check_wrong("{\"form\":\"table\",\"table\":{\"0\":1}}", "table: ");
	check_wrong("{\"form\":\"table\",\"table\":[[0,1],[1]]}", "table[1]: expected two numbers");
	check_wrong("{\"form\":\"table\",\"table\":[[0,1],[0,2]]}", "table[1]: its first number");
	check_wrong("{\"form\":\"table\",\"table\":[[0,1],[1,3],[2,2]]}", "table[2]: the second numbers");
	check_wrong(
	    "{\"form\":\"table\",\"table\":[[0,1],[1,2],[2,2]],\"gives\":\"raw\"}", "table[2]: one raw reading");
	check_wrong("{\"form\":\"pt100\",\"r0\":0}", "r0: ");
	check_wrong("{\"form\":\"pt100\",\"a\":-1}", "a, b, c: ");
	check_wrong("{\"form\":\"ntc\",\"a\":1,\"b\":1}", "c: is missing");
	check_wrong("{\"form\":\"ntc\",\"a\":1,\"b\":-1,\"c\":0}", "b, c: ");
	check_wrong("{\"form\":\"ntc\",\"beta\":-1,\"r0\":1}", "beta: ");
	check_wrong("{\"form\":\"ntc\",\"beta\":3950,\"r0\":0}", "r0: ");
	check_wrong("{\"form\":\"ntc\",\"beta\":3950,\"r0\":1,\"t0\":-300}", "t0: ");
	check_wrong("{\"form\":\"thermocouple\",\"type\":\"J\"}", "type: ");
	check_wrong("{\"form\":\"thermocouple\",\"type\":\"K\",\"cold_junction\":2000}", "cold_junction: ");
}

// expected.json of a recorded case, or NULL when there are no recorded data.
static json_t *expected_of(const char *name)
{
	const char *data = getenv("TWIN_TEST_DATA");
	struct buffer path = BUFFER_INIT;
	json_t *expected;

	if (!data || !*data)
		return NULL;
	buffer_printf(&path, "%s/reference/%s/expected.json", data, name);
	expected = json_load_file(buffer_string(&path), 0, NULL);
	buffer_release(&path);
	if (!expected)
		printf("# skipped: no recorded case %s\n", name);
	return expected;
}

static double number_at(json_t *object, const char *name)
{
	CHECK(json_is_number(json_object_get(object, name)));
	return json_number_value(json_object_get(object, name));
}

// The line of ozone monitors gives the raw reading, and is solved for the reference.
static void check_norris(void)
{
	json_t *expected = expected_of("estimate-calibrate-norris");

	if (!expected)
		return;
	json_t *node = json_pack("{s:s, s:s, s:O}", "form", "polynomial", "gives", "raw", "coefficients",
	    json_object_get(expected, "coefficients"));
	struct calibration calibration;

	CHECK(node && calibration_read(&calibration, node, &error) == 0);
	CHECK(fabs(apply(&calibration, CALIBRATION_RAW, 500) / number_at(expected, "inverse_at_raw_500") - 1) < 1e-11);
	calibration_release(&calibration);
	json_decref(node);
	json_decref(expected);
}

// A thermometer's corrections, a line around 20 degC.
static void check_gum(void)
{
	json_t *expected = expected_of("estimate-calibrate-gum-h3");

	if (!expected)
		return;
	json_t *computed = json_object_get(expected, "computed");
	json_t *node = json_pack("{s:s, s:s, s:f, s:[f,f]}", "form", "polynomial", "gives", "correction", "x0", 20.0,
	    "coefficients", number_at(computed, "y1"), number_at(computed, "y2"));
	struct calibration calibration;

	CHECK(node && calibration_read(&calibration, node, &error) == 0);
	double correction = apply(&calibration, CALIBRATION_CORRECTION, 30) - 30;

	CHECK(fabs(correction - number_at(computed, "correction_at_30")) < 1e-9);
	CHECK(fabs(correction - number_at(json_object_get(expected, "published"), "correction_at_30")) < 5e-5);
	calibration_release(&calibration);
	json_decref(node);
	json_decref(expected);
}

int main(void)
{
	TEST("offset, gain and both are computed as on paper") check_exact();
	TEST("polynomials are evaluated, or solved within their range") check_polynomials();
	TEST("outside its range a calibration goes on, and says so") check_range();
	TEST("tables are straight between their points and beyond their ends") check_tables();
	TEST("Pt100 agrees with the table of IEC 60751, both ways") check_platinum();
	TEST("thermistors by Beta and by Steinhart and Hart") check_thermistors();
	TEST("thermocouple K agrees with the table of ITS-90, both ways") check_thermocouples();
	TEST("the inverse of a value is the raw reading again") check_round_trips();
	TEST("curves that turn inside their range are not solved") check_turns();
	TEST("mistakes are told by their member") check_mistakes();
	TEST("the certified line of Norris gives 499.2056 for 500") check_norris();
	TEST("the correction of GUM H.3 at 30 degC is -0.1494") check_gum();
	return unit_end();
}
