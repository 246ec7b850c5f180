#include "twin/temperature_sensor.h"

#include <math.h>
#include <stddef.h>

#include "base/root.h"

#define TABLE_ROUNDING_OHMS 5e-5 // of r0: 0.005 in 100
#define TABLE_ROUNDING_MV   5e-4
#define ZERO_IN_KELVINS     273.15

#define COUNT(array) (sizeof(array) / sizeof *(array))

// The sum of coefficients[i] * x^i, by Horner's rule.
static double evaluate(const double *coefficients, size_t count, double x)
{
	double sum = 0;

	for (size_t i = count; i-- > 0;)
		sum = sum * x + coefficients[i];
	return sum;
}

static double evaluate_slope(const double *coefficients, size_t count, double x)
{
	double sum = 0;

	for (size_t i = count; i-- > 1;)
		sum = sum * x + coefficients[i] * (double)i;
	return sum;
}

static double platinum_ratio(const void *context, double t, double *slope)
{
	const struct platinum *p = context;
	double cubic = t < 0 ? p->c : 0;

	*slope = p->a + 2 * p->b * t + cubic * (4 * t - 300) * t * t;
	return 1 + p->a * t + p->b * t * t + cubic * (t - 100) * t * t * t;
}

double platinum_resistance(const struct platinum *platinum, double temperature)
{
	double slope;

	if (!(temperature >= PLATINUM_MIN && temperature <= PLATINUM_MAX))
		return NAN;
	return platinum->r0 * platinum_ratio(platinum, temperature, &slope);
}

// Of a t + b t^2 = excess, the root that is 0 for 0; in this form nothing cancels.
static double solve_quadratic(const struct platinum *platinum, double excess)
{
	return 2 * excess / (platinum->a + sqrt(platinum->a * platinum->a + 4 * platinum->b * excess));
}

double platinum_temperature(const struct platinum *platinum, double resistance)
{
	double slope, ratio = resistance / platinum->r0;
	double lowest = platinum_ratio(platinum, PLATINUM_MIN, &slope),
	       highest = platinum_ratio(platinum, PLATINUM_MAX, &slope);

	if (!(ratio >= lowest - TABLE_ROUNDING_OHMS && ratio <= highest + TABLE_ROUNDING_OHMS))
		return NAN;
	if (ratio >= 1)
		return fmin(solve_quadratic(platinum, ratio - 1), PLATINUM_MAX);
	return root_find(platinum_ratio, platinum, ratio, PLATINUM_MIN, 0, solve_quadratic(platinum, ratio - 1));
}

struct thermistor thermistor_from_beta(double beta, double r0, double t0)
{
	return (struct thermistor){.a = 1 / (t0 + ZERO_IN_KELVINS) - log(r0) / beta, .b = 1 / beta};
}

double thermistor_temperature(const struct thermistor *thermistor, double resistance)
{
	double l = log(resistance), inverse = thermistor->a + thermistor->b * l + thermistor->c * l * l * l;

	return resistance > 0 && inverse > 0 ? 1 / inverse - ZERO_IN_KELVINS : NAN;
}

// The real root of c l^3 + b l = rest, where b and c are above 0 or c is 0 (Cardano, without what would cancel).
static double solve_cubic(double b, double c, double rest)
{
	double p = b / c / 3, q = fabs(rest) / c / 2, u, l;

	if (c == 0)
		return rest / b;
	u = cbrt(q + sqrt(q * q + p * p * p));
	l = 2 * q / (u * u + p + (p / u) * (p / u));
	return rest < 0 ? -l : l;
}

double thermistor_resistance(const struct thermistor *thermistor, double temperature)
{
	if (!(temperature > ABSOLUTE_ZERO))
		return NAN;
	double rest = 1 / (temperature + ZERO_IN_KELVINS) - thermistor->a;

	return rest == 0 ? 1 : exp(solve_cubic(thermistor->b, thermistor->c, rest));
}

static const double k_below_zero[] = {0, 0.394501280250e-1, 0.236223735980e-4, -0.328589067840e-6, -0.499048287770e-8,
    -0.675090591730e-10, -0.574103274280e-12, -0.310888728940e-14, -0.104516093650e-16, -0.198892668780e-19,
    -0.163226974860e-22};
static const double k_above_zero[] = {-0.176004136860e-1, 0.389212049750e-1, 0.185587700320e-4, -0.994575928740e-7,
    0.318409457190e-9, -0.560728448890e-12, 0.560750590590e-15, -0.320207200030e-18, 0.971511471520e-22,
    -0.121047212750e-25};

// Added to the polynomial above zero: a0 exp(a1 (t - a2)^2).
#define K_A0 0.118597600000
#define K_A1 (-0.118343200000e-3)
#define K_A2 0.126968600000e3

static const double k_inverse_cold[] = {
    0, 2.5173462e1, -1.1662878, -1.0833638, -8.9773540e-1, -3.7342377e-1, -8.6632643e-2, -1.0450598e-2, -5.1920577e-4};
static const double k_inverse_warm[] = {0, 2.508355e1, 7.860106e-2, -2.503131e-1, 8.315270e-2, -1.228034e-2,
    9.804036e-4, -4.413030e-5, 1.057734e-6, -1.052755e-8};
static const double k_inverse_hot[] = {
    -1.318058e2, 4.830222e1, -1.646031, 5.464731e-2, -9.650715e-4, 8.802193e-6, -3.110810e-8};

#define K_HOT_FROM 20.644 // mV

static double k_voltage(const void *context, double t, double *slope)
{
	double bump;

	(void)context;
	if (t < 0) {
		*slope = evaluate_slope(k_below_zero, COUNT(k_below_zero), t);
		return evaluate(k_below_zero, COUNT(k_below_zero), t);
	}
	bump = K_A0 * exp(K_A1 * (t - K_A2) * (t - K_A2));
	*slope = evaluate_slope(k_above_zero, COUNT(k_above_zero), t) + 2 * K_A1 * (t - K_A2) * bump;
	return evaluate(k_above_zero, COUNT(k_above_zero), t) + bump;
}

double thermocouple_k_voltage(double temperature)
{
	double slope;

	if (!(temperature >= THERMOCOUPLE_K_MIN && temperature <= THERMOCOUPLE_K_MAX))
		return NAN;
	return k_voltage(NULL, temperature, &slope);
}

static double k_estimate(double voltage)
{
	if (voltage < 0)
		return evaluate(k_inverse_cold, COUNT(k_inverse_cold), voltage);
	if (voltage < K_HOT_FROM)
		return evaluate(k_inverse_warm, COUNT(k_inverse_warm), voltage);
	return evaluate(k_inverse_hot, COUNT(k_inverse_hot), voltage);
}

double thermocouple_k_temperature(double voltage)
{
	double slope, lowest = k_voltage(NULL, THERMOCOUPLE_K_MIN, &slope),
		      highest = k_voltage(NULL, THERMOCOUPLE_K_MAX, &slope);

	if (!(voltage >= lowest - TABLE_ROUNDING_MV && voltage <= highest + TABLE_ROUNDING_MV))
		return NAN;
	if (voltage == 0) // the two functions do not quite meet there
		return 0;
	return root_find(k_voltage, NULL, voltage, THERMOCOUPLE_K_MIN, THERMOCOUPLE_K_MAX, k_estimate(voltage));
}
