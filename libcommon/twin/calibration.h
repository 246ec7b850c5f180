// What a sensor's raw reading stands for, as a model has it: see twin-model(5). Forms, directions, and what is done outside the range
// that a calibration is known for.
#ifndef TWIN_CALIBRATION_H
#define TWIN_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/decimal_exact.h"
#include "base/error.h"
#include "base/slice.h"
#include "twin/temperature_sensor.h"

struct json_t;

enum calibration_form {
	CALIBRATION_OFFSET,
	CALIBRATION_GAIN,
	CALIBRATION_LINEAR,
	CALIBRATION_POLYNOMIAL,
	CALIBRATION_TABLE,
	CALIBRATION_PT100,
	CALIBRATION_NTC,
	CALIBRATION_THERMOCOUPLE,
};

// What comes of the formula f.
enum calibration_gives {
	CALIBRATION_VALUE,      // value = f(raw)
	CALIBRATION_CORRECTION, // value = raw + f(raw)
	CALIBRATION_RAW,        // raw = f(value), which is solved for the value
};

#define CALIBRATION_DEGREE_MAX 10
#define CALIBRATION_POINTS_MAX 65536

// A number of the model, as a double and as the decimal that was written.
struct calibration_number {
	double value;
	struct decimal exact;
	bool is_exact;
};

struct calibration_point {
	double from, to;
};

struct calibration {
	enum calibration_form form;
	enum calibration_gives gives;
	char *property; // only readings of this one; NULL: of all
	char *raw_unit; // what raw readings are in; NULL: whatever they say
	char *unit;     // what values are in; NULL: what the reading says
	double minimum,
	    maximum; // of f's argument (of the temperature, where the form is a thermometer); infinite where open
	struct calibration_number gain, offset;              // offset, gain, linear
	double coefficients[CALIBRATION_DEGREE_MAX + 1], x0; // f(x) = sum of coefficients[i] (x - x0)^i
	size_t coefficient_count;
	struct calibration_point *points; // from rises, to rises or falls
	size_t point_count;
	struct platinum platinum;
	struct thermistor thermistor;
	double junction; // mV that the cold junction takes away
};

enum calibration_outcome {
	CALIBRATION_DONE,
	CALIBRATION_EXTRAPOLATED, // a value is there, half to be believed
	CALIBRATION_IMPOSSIBLE,   // no value stands for this reading
};

// The member `calibration` of a model. -1 with error, which begins with the member that is wrong ("table[3]: ..."); nothing is held then.
int calibration_read(struct calibration *calibration, struct json_t *node, struct error *error)
    __attribute__((warn_unused_result));
void calibration_release(struct calibration *calibration);

const char *calibration_form_name(const struct calibration *calibration);

// Appends the value that the raw number (JSON) stands for; nothing when that is impossible.
enum calibration_outcome calibration_apply(
    const struct calibration *calibration, struct slice raw, struct buffer *value);

// The parts that reading and applying share.

// The polynomial's value, and slope, at x.
double calibration_polynomial(const void *calibration, double x, double *slope);
// Whether it only rises or only falls between minimum and maximum, both of which are finite.
bool calibration_is_monotone(const struct calibration *calibration);

#endif
