// Calibrations as models write them.
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "record/property_path.h"
#include "twin/calibration.h"

static const char *const form_names[] = {[CALIBRATION_OFFSET] = "offset",
    [CALIBRATION_GAIN] = "gain",
    [CALIBRATION_LINEAR] = "linear",
    [CALIBRATION_POLYNOMIAL] = "polynomial",
    [CALIBRATION_TABLE] = "table",
    [CALIBRATION_PT100] = "pt100",
    [CALIBRATION_NTC] = "ntc",
    [CALIBRATION_THERMOCOUPLE] = "thermocouple"};
static const char *const gives_names[] = {
    [CALIBRATION_VALUE] = "value", [CALIBRATION_CORRECTION] = "correction", [CALIBRATION_RAW] = "raw"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *calibration_form_name(const struct calibration *calibration)
{
	return form_names[calibration->form];
}

void calibration_release(struct calibration *calibration)
{
	free(calibration->property);
	free(calibration->raw_unit);
	free(calibration->unit);
	free(calibration->points);
	*calibration = (struct calibration){0};
}

// "none of offset, gain and linear (did you mean 'gain'?)"
static int refuse_choice(json_t *node, const char *name, const char *const *names, size_t count, struct error *error)
{
	const char *typed = json_is_string(node) ? json_string_value(node) : "";
	struct buffer list = BUFFER_INIT;
	struct nearest nearest;

	nearest_init(&nearest, typed, strlen(typed));
	for (size_t i = 0; i < count; i++) {
		nearest_offer(&nearest, names[i]);
		buffer_printf(&list, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " and ", names[i]);
	}
	if (nearest.word)
		buffer_printf(&list, " (did you mean '%s'?)", nearest.word);
	error_set(error, "%s: '%.40s' is none of %.300s", name, typed, buffer_string(&list));
	buffer_release(&list);
	return -1;
}

static int read_choice(json_t *object, const char *name, const char *const *names, size_t count, struct error *error)
{
	json_t *node = json_object_get(object, name);

	for (size_t i = 0; json_is_string(node) && i < count; i++)
		if (strcmp(json_string_value(node), names[i]) == 0)
			return (int)i;
	return node ? refuse_choice(node, name, names, count, error) : error_set(error, "%s: is missing", name);
}

// *number is left as it is where the member is not there; *found (may be NULL) says whether it is.
static int read_number(json_t *object, const char *name, double *number, bool *found, struct error *error)
{
	json_t *node = json_object_get(object, name);

	if (found)
		*found = node != NULL;
	if (!node)
		return 0;
	if (!json_is_number(node))
		return error_set(error, "%s: expected a number", name);
	*number = json_number_value(node);
	return isfinite(*number) ? 0 : error_set(error, "%s: is too large", name);
}

static int need_number(json_t *object, const char *name, double *number, struct error *error)
{
	bool found;

	if (read_number(object, name, number, &found, error))
		return -1;
	return found ? 0 : error_set(error, "%s: is missing", name);
}

static int need_exact(json_t *object, const char *name, struct calibration_number *number, struct error *error)
{
	char text[DECIMAL_TEXT_SIZE];

	if (need_number(object, name, &number->value, error))
		return -1;
	number->is_exact =
	    decimal_read(slice_of(text, decimal_format_double(text, number->value)), &number->exact) == 0;
	return 0;
}

static int read_text(json_t *object, const char *name, char **text, struct error *error)
{
	json_t *node = json_object_get(object, name);

	if (!node)
		return 0;
	if (!json_is_string(node) || !json_string_length(node))
		return error_set(error, "%s: expected a string", name);
	free(*text);
	*text = memory_dup_string(json_string_value(node));
	return 0;
}

// Which of the two numbers of the range it is.
static int read_end(json_t *range, size_t index, double *end, struct error *error)
{
	json_t *node = json_array_get(range, index);

	if (!json_is_number(node) && !json_is_null(node))
		return error_set(error, "range[%zu]: expected a number, or null for an open end", index);
	if (json_is_number(node))
		*end = json_number_value(node);
	return 0;
}

static int read_range(struct calibration *calibration, json_t *object, struct error *error)
{
	json_t *range = json_object_get(object, "range");

	calibration->minimum = -INFINITY;
	calibration->maximum = INFINITY;
	if (!range)
		return 0;
	if (json_array_size(range) != 2)
		return error_set(error, "range: expected two numbers");
	if (read_end(range, 0, &calibration->minimum, error) || read_end(range, 1, &calibration->maximum, error))
		return -1;
	if (!(calibration->minimum < calibration->maximum))
		return error_set(error, "range: the first number is not below the second");
	return 0;
}

static int read_linear(struct calibration *calibration, json_t *object, struct error *error)
{
	calibration->gain = (struct calibration_number){1, {1, 0}, true};
	calibration->offset = (struct calibration_number){0, {0, 0}, true};
	if (calibration->form != CALIBRATION_GAIN && need_exact(object, "offset", &calibration->offset, error))
		return -1;
	if (calibration->form != CALIBRATION_OFFSET && need_exact(object, "gain", &calibration->gain, error))
		return -1;
	if (calibration->gives == CALIBRATION_RAW && calibration->gain.value == 0)
		return error_set(error, "gain: with 0 no value can be told from a raw reading");
	return 0;
}

// The degree is that of the last coefficient that is not 0.
static int check_inverse_polynomial(const struct calibration *calibration, struct error *error)
{
	const double *coefficients = calibration->coefficients;
	bool is_curved = false;

	for (size_t i = 2; i < calibration->coefficient_count; i++)
		is_curved |= coefficients[i] != 0;
	if (!is_curved)
		return calibration->coefficient_count > 1 && coefficients[1] != 0
		    ? 0
		    : error_set(error, "coefficients: a polynomial that is constant cannot be solved for the value");
	if (!isfinite(calibration->minimum) || !isfinite(calibration->maximum))
		return error_set(
		    error, "range: both ends are needed where a polynomial of degree 2 or more gives the raw reading");
	return calibration_is_monotone(calibration)
	    ? 0
	    : error_set(
		  error, "coefficients: the polynomial turns inside the range, where one raw reading has two values");
}

static int read_polynomial(struct calibration *calibration, json_t *object, struct error *error)
{
	json_t *array = json_object_get(object, "coefficients");
	size_t count = json_array_size(array);

	if (!json_is_array(array) || !count)
		return error_set(error, "coefficients: expected an array of numbers, the constant first");
	if (count > CALIBRATION_DEGREE_MAX + 1)
		return error_set(error, "coefficients: the degree is above %d", CALIBRATION_DEGREE_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!json_is_number(json_array_get(array, i)))
			return error_set(error, "coefficients[%zu]: expected a number", i);
		calibration->coefficients[i] = json_number_value(json_array_get(array, i));
	}
	calibration->coefficient_count = count;
	if (read_number(object, "x0", &calibration->x0, NULL, error))
		return -1;
	return calibration->gives == CALIBRATION_RAW ? check_inverse_polynomial(calibration, error) : 0;
}

static int read_point(json_t *pair, size_t index, struct calibration_point *point, struct error *error)
{
	json_t *from = json_array_get(pair, 0), *to = json_array_get(pair, 1);

	if (json_array_size(pair) != 2 || !json_is_number(from) || !json_is_number(to))
		return error_set(error, "table[%zu]: expected two numbers", index);
	*point = (struct calibration_point){json_number_value(from), json_number_value(to)};
	return 0;
}

static int direction_of(double from, double to)
{
	return (to > from) - (to < from);
}

// Rising on the left; on the right rising or falling all the way, level stretches only where nothing is solved for.
static int check_table(const struct calibration *calibration, struct error *error)
{
	const struct calibration_point *points = calibration->points;
	int trend = 0;

	for (size_t i = 1; i < calibration->point_count; i++) {
		int direction = direction_of(points[i - 1].to, points[i].to);

		if (!(points[i].from > points[i - 1].from))
			return error_set(error, "table[%zu]: its first number is not above the one before", i);
		if (direction && trend && direction != trend && calibration->gives != CALIBRATION_CORRECTION)
			return error_set(error, "table[%zu]: the second numbers rise and fall", i);
		if (!direction && calibration->gives == CALIBRATION_RAW)
			return error_set(error, "table[%zu]: one raw reading has two values", i);
		trend = direction ? direction : trend;
	}
	return 0;
}

static int read_table(struct calibration *calibration, json_t *object, struct error *error)
{
	json_t *table = json_object_get(object, "table");
	size_t count = json_array_size(table);

	if (!json_is_array(table) || count < 2 || count > CALIBRATION_POINTS_MAX)
		return error_set(error, "table: expected an array of 2 to %d pairs of numbers", CALIBRATION_POINTS_MAX);
	calibration->points = memory_new_zeroed(count, sizeof *calibration->points);
	calibration->point_count = count;
	for (size_t i = 0; i < count; i++)
		if (read_point(json_array_get(table, i), i, &calibration->points[i], error))
			return -1;
	return check_table(calibration, error);
}

static int read_platinum(struct calibration *calibration, json_t *object, struct error *error)
{
	struct platinum *platinum = &calibration->platinum;
	double slope_at_top;

	*platinum = (struct platinum)PLATINUM_IEC_60751;
	if (read_number(object, "r0", &platinum->r0, NULL, error) ||
	    read_number(object, "a", &platinum->a, NULL, error) ||
	    read_number(object, "b", &platinum->b, NULL, error) || read_number(object, "c", &platinum->c, NULL, error))
		return -1;
	if (!(platinum->r0 > 0))
		return error_set(error, "r0: a resistance is above 0");
	slope_at_top = platinum->a + 2 * platinum->b * PLATINUM_MAX;
	if (!(platinum->a > 0 && platinum->b <= 0 && slope_at_top > 0 && platinum->c <= 0 && platinum->c > -1e-10))
		return error_set(error, "a, b, c: are no coefficients of platinum");
	return 0;
}

static int read_beta(struct calibration *calibration, json_t *object, struct error *error)
{
	double beta = 0, r0 = 0, t0 = 25;

	if (need_number(object, "beta", &beta, error) || need_number(object, "r0", &r0, error) ||
	    read_number(object, "t0", &t0, NULL, error))
		return -1;
	if (!(beta > 0))
		return error_set(error, "beta: is not above 0");
	if (!(r0 > 0))
		return error_set(error, "r0: a resistance is above 0");
	if (!(t0 > ABSOLUTE_ZERO))
		return error_set(error, "t0: is below absolute zero");
	calibration->thermistor = thermistor_from_beta(beta, r0, t0);
	return 0;
}

static int read_thermistor(struct calibration *calibration, json_t *object, struct error *error)
{
	struct thermistor *thermistor = &calibration->thermistor;

	if (json_object_get(object, "beta"))
		return read_beta(calibration, object, error);
	if (need_number(object, "a", &thermistor->a, error) || need_number(object, "b", &thermistor->b, error) ||
	    need_number(object, "c", &thermistor->c, error))
		return -1;
	if (!(thermistor->b > 0 && thermistor->c >= 0))
		return error_set(error, "b, c: b is not above 0, or c is below 0");
	return 0;
}

static int read_thermocouple(struct calibration *calibration, json_t *object, struct error *error)
{
	json_t *type = json_object_get(object, "type");
	double cold_junction = 0;

	if (!json_is_string(type) || strcmp(json_string_value(type), "K") != 0)
		return error_set(error, "type: the thermocouples known here are of type \"K\"");
	if (read_number(object, "cold_junction", &cold_junction, NULL, error))
		return -1;
	calibration->junction = thermocouple_k_voltage(cold_junction);
	return isnan(calibration->junction) ? error_set(error, "cold_junction: is not between -270 and 1372 degC") : 0;
}

static int read_form(struct calibration *calibration, json_t *object, struct error *error)
{
	switch (calibration->form) {
	case CALIBRATION_POLYNOMIAL:
		return read_polynomial(calibration, object, error);
	case CALIBRATION_TABLE:
		return read_table(calibration, object, error);
	case CALIBRATION_PT100:
		return read_platinum(calibration, object, error);
	case CALIBRATION_NTC:
		return read_thermistor(calibration, object, error);
	case CALIBRATION_THERMOCOUPLE:
		return read_thermocouple(calibration, object, error);
	default:
		return read_linear(calibration, object, error);
	}
}

// A thermometer has units of its own; they change places with the direction.
static void set_thermometer_units(struct calibration *calibration)
{
	const char *electric = calibration->form == CALIBRATION_THERMOCOUPLE ? "mV" : "ohm";
	bool is_reversed = calibration->gives == CALIBRATION_RAW;

	if (!calibration->raw_unit)
		calibration->raw_unit = memory_dup_string(is_reversed ? "degC" : electric);
	if (!calibration->unit)
		calibration->unit = memory_dup_string(is_reversed ? electric : "degC");
}

static int read_members(struct calibration *calibration, json_t *object, struct error *error)
{
	int form, gives = CALIBRATION_VALUE;

	if (!json_is_object(object))
		return error_set(error, "expected an object");
	form = read_choice(object, "form", form_names, COUNT(form_names), error);
	if (form < 0)
		return -1;
	if (json_object_get(object, "gives"))
		gives = read_choice(object, "gives", gives_names, COUNT(gives_names), error);
	if (gives < 0)
		return -1;
	calibration->form = (enum calibration_form)form;
	calibration->gives = (enum calibration_gives)gives;
	if (gives == CALIBRATION_CORRECTION && (form >= CALIBRATION_PT100 || form == CALIBRATION_OFFSET))
		return error_set(error, "gives: the form %s has no correction of its own", form_names[form]);
	if (read_text(object, "property", &calibration->property, error) ||
	    read_text(object, "raw_unit", &calibration->raw_unit, error) ||
	    read_text(object, "unit", &calibration->unit, error) || read_range(calibration, object, error) ||
	    read_form(calibration, object, error))
		return -1;
	if (form >= CALIBRATION_PT100)
		set_thermometer_units(calibration);
	struct error inner;

	if (calibration->property && property_path_check(slice_from_string(calibration->property), &inner))
		return error_set(error, "property: %s", inner.message);
	return 0;
}

int calibration_read(struct calibration *calibration, json_t *node, struct error *error)
{
	*calibration = (struct calibration){0};
	if (!read_members(calibration, node, error))
		return 0;
	calibration_release(calibration);
	return -1;
}
