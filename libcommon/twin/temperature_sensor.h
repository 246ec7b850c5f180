// What resistance thermometers, thermistors and thermocouples give, and the temperatures that stands for. Temperatures are in degC,
// resistances in ohms, voltages in mV. Outside what is known of a sensor the answer is NAN: a broken wire is no temperature.
#ifndef TWIN_TEMPERATURE_SENSOR_H
#define TWIN_TEMPERATURE_SENSOR_H

#define PLATINUM_MIN       (-200.0)
#define PLATINUM_MAX       850.0
#define THERMOCOUPLE_K_MIN (-270.0)
#define THERMOCOUPLE_K_MAX 1372.0
#define ABSOLUTE_ZERO      (-273.15)

// Callendar and Van Dusen: R = r0 (1 + a t + b t^2), and + c (t - 100) t^3 in it below 0 degC. IEC 60751 gives a, b and c.
struct platinum {
	double r0, a, b, c;
};

#define PLATINUM_IEC_60751                                                                                             \
	{                                                                                                              \
		.r0 = 100, .a = 3.9083e-3, .b = -5.775e-7, .c = -4.183e-12                                             \
	}

double platinum_resistance(const struct platinum *platinum, double temperature);

// A resistance that is beyond an end by no more than tables are rounded (0.005 ohms of a Pt100) is at the end.
double platinum_temperature(const struct platinum *platinum, double resistance);

// Steinhart and Hart 1968: 1/T = a + b ln R + c (ln R)^3, T in kelvins. The Beta form 1/T = 1/T0 + ln(R/R0)/B has a = 1/T0 - ln(R0)/B,
// b = 1/B and c = 0.
struct thermistor {
	double a, b, c;
};

struct thermistor thermistor_from_beta(double beta, double r0, double t0);
double thermistor_resistance(const struct thermistor *thermistor, double temperature);
double thermistor_temperature(const struct thermistor *thermistor, double resistance);

// Type K by ITS-90 (NIST Monograph 175). The junction that is not measured is at 0 degC.
double thermocouple_k_voltage(double temperature);

// The inverse polynomials of the monograph, made exact against thermocouple_k_voltage; the same rounding at the ends (0.5 uV).
double thermocouple_k_temperature(double voltage);

#endif
