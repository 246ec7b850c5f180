#include "twin/calibration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/root.h"

// Digits of a value that was computed in doubles, counted from the first digit of the largest number that went into it: what comes
// behind is noise of the computation.
#define DIGITS 12
// Of one that was computed in decimals, unless the raw reading has more.
#define EXACT_DIGITS 15
// Temperatures have six decimals: their largest number is always one of six digits.
#define TEMPERATURE_SCALE 100000

struct computed {
	double value; // NAN: there is none
	double scale; // the largest number that went into it
	bool is_outside;
};

double calibration_polynomial(const void *context, double x, double *slope)
{
	const struct calibration *calibration = context;
	double sum = 0, dx = x - calibration->x0;

	*slope = 0;
	for (size_t i = calibration->coefficient_count; i-- > 0;) {
		*slope = *slope * dx + sum;
		sum = sum * dx + calibration->coefficients[i];
	}
	return sum;
}

// The largest of its terms.
static double polynomial_scale(const struct calibration *calibration, double x)
{
	double largest = 0, power = 1;

	for (size_t i = 0; i < calibration->coefficient_count; i++) {
		largest = fmax(largest, fabs(calibration->coefficients[i] * power));
		power *= x - calibration->x0;
	}
	return largest;
}

// Takes the derivative.
static void derive(struct calibration *polynomial)
{
	for (size_t i = 1; i < polynomial->coefficient_count; i++)
		polynomial->coefficients[i - 1] = polynomial->coefficients[i] * (double)i;
	polynomial->coefficient_count--;
}

// Where the polynomial is 0 between neighbours of turns: at most one place each. Returns how many; found has room for them.
static size_t find_zeros(const struct calibration *polynomial, const double *turns, size_t turn_count, double *found)
{
	double low = polynomial->minimum, slope;
	size_t count = 0;

	for (size_t i = 0; i <= turn_count; i++) {
		double high = i < turn_count ? turns[i] : polynomial->maximum;
		double at_low = calibration_polynomial(polynomial, low, &slope),
		       at_high = calibration_polynomial(polynomial, high, &slope);

		if ((at_low <= 0) != (at_high <= 0))
			found[count++] = root_find(calibration_polynomial, polynomial, 0, low, high, NAN);
		low = high;
	}
	return count;
}

// A slope turns only where its own slope is 0, and so on down to one that is straight: the zeros of each derivative divide the range
// into pieces on which the one above it is monotone.
bool calibration_is_monotone(const struct calibration *calibration)
{
	double turns[CALIBRATION_DEGREE_MAX + 2], zeros[CALIBRATION_DEGREE_MAX + 1], ignored;
	size_t count = 0;
	struct calibration slope = *calibration;

	if (calibration->coefficient_count < 2)
		return false;
	for (size_t degree = calibration->coefficient_count - 1; degree > 1; degree--) {
		struct calibration derivative = *calibration;

		for (size_t i = 0; i < degree; i++)
			derive(&derivative);
		count = find_zeros(&derivative, turns, count, zeros);
		for (size_t i = 0; i < count; i++)
			turns[i] = zeros[i];
	}
	derive(&slope);
	turns[count++] = slope.minimum;
	turns[count++] = slope.maximum;
	bool rises = true, falls = true;

	// Level at single places is still one value for each: the polynomial is not constant.
	for (size_t i = 0; i < count; i++) {
		double at_turn = calibration_polynomial(&slope, turns[i], &ignored);

		rises &= at_turn >= 0;
		falls &= at_turn <= 0;
	}
	return rises != falls;
}

// Beyond an end of the range it goes on straight, as steep as it is there; where it is level there is no value.
static double solve_curve(const struct calibration *calibration, double raw)
{
	double slope, low_slope, high_slope;
	double low = calibration->minimum, high = calibration->maximum;
	double at_low = calibration_polynomial(calibration, low, &low_slope);
	double at_high = calibration_polynomial(calibration, high, &high_slope);
	double end = (raw < at_low) == (at_low < at_high) ? low : high;

	if (raw >= fmin(at_low, at_high) && raw <= fmax(at_low, at_high))
		return root_find(calibration_polynomial, calibration, raw, low, high,
		    low + (raw - at_low) / (at_high - at_low) * (high - low));
	double at_end = calibration_polynomial(calibration, end, &slope);

	return end + (raw - at_end) / slope;
}

static bool is_straight(const struct calibration *calibration)
{
	for (size_t i = 2; i < calibration->coefficient_count; i++)
		if (calibration->coefficients[i] != 0)
			return false;
	return true;
}

static struct computed apply_polynomial(const struct calibration *calibration, double raw)
{
	struct computed done = {.value = 0};
	double slope;

	if (calibration->gives != CALIBRATION_RAW) {
		done.value = calibration_polynomial(calibration, raw, &slope);
		done.scale = polynomial_scale(calibration, raw);
		return done;
	}
	done.value = is_straight(calibration)
	    ? calibration->x0 + (raw - calibration->coefficients[0]) / calibration->coefficients[1]
	    : solve_curve(calibration, raw);
	calibration_polynomial(calibration, done.value, &slope);
	done.scale = fmax(fabs(done.value), polynomial_scale(calibration, done.value) / fabs(slope));
	return done;
}

// The first of the two points between which x lies, or to which it is nearest; is_reversed: x is looked for on the right.
static size_t find_segment(const struct calibration *calibration, double x, bool is_reversed)
{
	const struct calibration_point *points = calibration->points;
	size_t low = 0, high = calibration->point_count - 1;
	bool falls = is_reversed && points[high].to < points[0].to;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		double at = is_reversed ? points[middle].to : points[middle].from;

		if (falls ? x > at : x < at)
			high = middle;
		else
			low = middle;
	}
	return low;
}

static struct computed apply_table(const struct calibration *calibration, double raw)
{
	bool is_reversed = calibration->gives == CALIBRATION_RAW;
	size_t at = find_segment(calibration, raw, is_reversed);
	struct calibration_point a = calibration->points[at], b = calibration->points[at + 1];

	if (is_reversed) {
		a = (struct calibration_point){a.to, a.from};
		b = (struct calibration_point){b.to, b.from};
	}
	double share = (raw - a.from) / (b.from - a.from);

	// At a point of the table it is what stands there.
	return (struct computed){.value = share == 1 ? b.to : a.to + share * (b.to - a.to),
	    .scale = fmax(fabs(a.to), fabs(b.to)),
	    .is_outside = share < 0 || share > 1};
}

static double temperature_of(const struct calibration *calibration, double raw)
{
	if (calibration->form == CALIBRATION_PT100)
		return platinum_temperature(&calibration->platinum, raw);
	if (calibration->form == CALIBRATION_NTC)
		return thermistor_temperature(&calibration->thermistor, raw);
	return thermocouple_k_temperature(raw + calibration->junction);
}

static double signal_of(const struct calibration *calibration, double temperature)
{
	if (calibration->form == CALIBRATION_PT100)
		return platinum_resistance(&calibration->platinum, temperature);
	if (calibration->form == CALIBRATION_NTC)
		return thermistor_resistance(&calibration->thermistor, temperature);
	return thermocouple_k_voltage(temperature) - calibration->junction;
}

static struct computed apply_thermometer(const struct calibration *calibration, double raw)
{
	struct computed done = {.scale = calibration->junction};

	if (calibration->gives == CALIBRATION_RAW) {
		done.value = signal_of(calibration, raw);
	} else {
		done.value = temperature_of(calibration, raw);
		done.scale = TEMPERATURE_SCALE;
	}
	return done;
}

static struct computed apply_linear(const struct calibration *calibration, double raw)
{
	double gain = calibration->gain.value, offset = calibration->offset.value;
	bool is_reversed = calibration->gives == CALIBRATION_RAW;

	return (struct computed){.value = is_reversed ? (raw - offset) / gain : raw * gain + offset,
	    .scale = is_reversed ? fmax(fabs(raw), fabs(offset)) / fabs(gain) : fmax(fabs(raw * gain), fabs(offset))};
}

static struct computed compute(const struct calibration *calibration, double raw)
{
	struct computed done = calibration->form == CALIBRATION_POLYNOMIAL ? apply_polynomial(calibration, raw)
	    : calibration->form == CALIBRATION_TABLE                       ? apply_table(calibration, raw)
	    : calibration->form >= CALIBRATION_PT100                       ? apply_thermometer(calibration, raw)
									   : apply_linear(calibration, raw);

	if (calibration->gives == CALIBRATION_CORRECTION) {
		done.value += raw;
		done.scale = fmax(done.scale, fabs(raw));
	}
	done.scale = fmax(done.scale, fabs(done.value));
	return done;
}

// The same in decimals, as far as their digits fit. -1 when they do not.
static int compute_exactly(const struct calibration *calibration, struct slice raw_text, struct decimal *value)
{
	struct decimal raw, gain = calibration->gain.exact, offset = calibration->offset.exact;

	if (!calibration->gain.is_exact || !calibration->offset.is_exact || decimal_read(raw_text, &raw))
		return -1;
	int digits = decimal_digit_count(raw) > EXACT_DIGITS ? decimal_digit_count(raw) : EXACT_DIGITS;

	if (calibration->gives == CALIBRATION_RAW) {
		if (decimal_add(raw, decimal_negate(offset), value) || decimal_divide(*value, gain, digits, value))
			return -1;
	} else if (decimal_multiply(raw, gain, value) || decimal_add(*value, offset, value) ||
	    (calibration->gives == CALIBRATION_CORRECTION && decimal_add(*value, raw, value))) {
		return -1;
	}
	*value = decimal_round(*value, digits);
	return 0;
}

static int exponent_of(double number)
{
	return (int)floor(log10(fabs(number)));
}

static void append_rounded(struct buffer *out, const struct computed *done)
{
	char text[40];
	int digits = done->value == 0 ? 0 : DIGITS + exponent_of(done->value) - exponent_of(done->scale);

	if (digits <= 0) {
		buffer_append_char(out, '0');
		return;
	}
	snprintf(text, sizeof text, "%.*e", digits - 1, done->value);
	decimal_append_double(out, strtod(text, NULL));
}

// Whether the formula's argument is where the calibration is known.
static bool is_in_range(const struct calibration *calibration, double raw, double value)
{
	bool of_value = (calibration->gives == CALIBRATION_RAW) != (calibration->form >= CALIBRATION_PT100);
	double x = of_value ? value : raw;

	return x >= calibration->minimum && x <= calibration->maximum;
}

enum calibration_outcome calibration_apply(
    const struct calibration *calibration, struct slice raw_text, struct buffer *value)
{
	double raw = decimal_to_double(raw_text);
	size_t start = value->length;
	struct computed done = compute(calibration, raw);
	struct decimal exact;

	if (!isfinite(done.value) || !isfinite(done.scale))
		return CALIBRATION_IMPOSSIBLE;
	if (calibration->form <= CALIBRATION_LINEAR && compute_exactly(calibration, raw_text, &exact) == 0)
		decimal_append(value, exact);
	else
		append_rounded(value, &done);
	// As it is written: noise behind the last digit must not put a value at an end of the range beyond it.
	double written = decimal_to_double(slice_skip(buffer_slice(value), start));

	return done.is_outside || !is_in_range(calibration, raw, written) ? CALIBRATION_EXTRAPOLATED : CALIBRATION_DONE;
}
