// Units of measure: what a text such as "kPa", "degC", "m3/h", "[degF]" or "KWH" means, and numbers converted from one to another.
//
// A text is looked up, as it is spelled and in this order; what is found first counts:
//   1. the whole text in the table of unit_names.c: the SenML registry (RFC 8428, RFC 8798), spellings people use, UCUM, and last the
//      common codes of UN/CEFACT Recommendation 20 (P1, C62, MTR, CEL, KWH). Codes that are also an SI spelling (GV, MA, GL) are left
//      out. So "C" is coulomb and "F" farad (degrees are degC, Cel, °C, CEL and degF, [degF], FAH), "m" is metre, "A" ampere, "min" and
//      "MIN" minute, "M" nothing, "%" a hundredth, "h" hour, "a" year, "gal" a US gallon and "Gal" a cm/s2, "P1" percent;
//   2. as an expression: names with exponents (m2, m^2, m**2, m², s-1, s⁻¹), products (N.m, N·m, N*m, N m, kW-h), quotients (m/s,
//      "miles per hour"; left to right, so m/s.kg is (m/s).kg), parentheses, plain numbers as factors (0.1.kPa), powers of ten (10*3/uL,
//      10^6) and UCUM's annotations ({beats}/min). Each name is looked up in the table, with an SI prefix where the table
//      allows it, and then in the database of udunits2 (both names and symbols, prefixes, plurals).
// The database is read when the first name is looked up, which takes some 4 ms, and not before.
//
// A unit has its own zero only when it stands alone: "degC" is the scale (0 degC is 273.15 K), while in a compound (W/(m2.degC),
// degC/min) it is a difference, as is K; "delta_degC" and "delta_degF" are differences alone. Angle (rad) is kept apart from pure
// numbers: % does not convert to deg, nor lm to cd; only a rate and an angular velocity meet, as whole turns: 50 Hz, 3000 rpm and
// 314.159 rad/s.
// bit and byte have a dimension of their own. Levels (dBm, dBW, dBV, dBuV, Bspl) convert to what they are levels of; what has no
// conversion (pH, dB, dBA, NTU, barg, Nm3) equals only itself. V.A, var and W are one dimension.
//
// udunits is not to be called by two threads at once, not even through two systems, and keeps some kilobytes of each database that was
// read until the end of the program: a program has one system.
#ifndef RECORD_UNIT_H
#define RECORD_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/unit_ratio.h"

#define UNIT_TEXT_MAX     128  // bytes; longer texts are unknown units
#define UNIT_DEPTH_MAX    8    // of parentheses
#define UNIT_EXPONENT_MAX 15   // of a base unit
#define UNIT_PAIRS_MAX    4096 // converters kept

enum unit_base {
	UNIT_METRE,
	UNIT_KILOGRAM,
	UNIT_SECOND,
	UNIT_AMPERE,
	UNIT_KELVIN,
	UNIT_MOLE,
	UNIT_CANDELA,
	UNIT_RADIAN,
	UNIT_BIT,
	UNIT_BASES,
};

enum unit_kind {
	UNIT_LINEAR, // value * scale + ... of the base units
	UNIT_LEVEL,  // 10^(value / level) of scale
	UNIT_OPAQUE, // equals itself only
};

// A plain value: it may be copied and outlives the system.
struct unit {
	enum unit_kind kind;
	int8_t exponents[UNIT_BASES]; // twice the exponent, so that square roots can be taken
	struct unit_ratio scale;      // in base units; of what a level refers to
	struct unit_ratio offset;     // value + offset counts from absolute zero, in this unit
	int level;                    // 10 for a level of power in decibel, 20 for one of a field
	const char *name;             // of an opaque unit; in the table
};

struct unit_system;

struct unit_system *unit_system_new(void);
void unit_system_free(struct unit_system *system);

// Reads the database if that has not been done. -1: it is not there.
int unit_system_open(struct unit_system *system, struct error *error) __attribute__((warn_unused_result));

// -1: the unit is not known (or the database is not there).
int unit_parse(struct unit_system *system, struct slice text, struct unit *unit, struct error *error)
    __attribute__((warn_unused_result));

// Whether they measure the same kind of thing, so that sums and comparisons have a meaning after conversion. with_angle: rad counts.
bool unit_same_dimension(const struct unit *a, const struct unit *b, bool with_angle);
bool unit_is_number(const struct unit *unit); // no dimension, angle aside
bool unit_equal(const struct unit *a, const struct unit *b);

// Products, and powers (2 is the unit itself, 1 its root). A zero of their own is lost. -1: one of them is not linear, or the result is
// beyond what can be held.
int unit_multiply(struct unit *product, const struct unit *a, const struct unit *b) __attribute__((warn_unused_result));
int unit_power(struct unit *result, const struct unit *unit, int twice_the_power) __attribute__((warn_unused_result));

enum unit_outcome {
	UNIT_CONVERTS,
	UNIT_UNKNOWN,    // one of the two is not a known unit
	UNIT_IMPOSSIBLE, // both are, and measure different things
};

struct unit_converter {
	enum unit_outcome outcome;
	bool same;   // the numbers are the same: 5 Cel are 5 degC
	bool linear; // result = value * gain + offset
	double gain;
	double offset;
	char message[256]; // unless it converts: "cannot convert 'kPa' to 'degC': ..."

	// (digits * multiplier * 10^multiplier_exponent + addend * 10^addend_exponent) / divisor
	int64_t multiplier, addend, divisor;
	int multiplier_exponent, addend_exponent;
	int gain_magnitude; // floor(log10(gain))
	bool exact;
	struct unit from, to; // of what is not linear
};

// Kept for the pair of texts, so asking per reading costs little. Valid until the system is freed; beyond UNIT_PAIRS_MAX different
// pairs, until the next call. Equal texts convert without a look at what they mean. NULL: the database cannot be read.
const struct unit_converter *unit_converter_find(
    struct unit_system *system, struct slice from, struct slice to, struct error *error);

// Appends the converted number; both are in JSON's grammar. -1, and nothing appended: it is no number, the result is beyond the range of
// double, or the unit has no such value (the level of a negative power). converter->outcome is UNIT_CONVERTS.
//
// Digits. The same unit leaves the bytes as they are. Otherwise the exact result is computed with decimals and fractions: 21.5 degC are
// 294.65 K, 212 degF are 100 degC, 1013.25 hPa are 101325 Pa. It is written exactly when that takes at most 12 significant
// digits, or 2 more than the number had, and always when the units differ by a power of ten: no integer loses a digit. Else it is
// rounded to a hundredth of what the last digit of the number amounts to, but to not fewer than 7 significant digits (writers of
// records drop zeros: 100 degF are 37.77778 degC). Where the factor itself is no fraction (deg to rad) or a logarithm is taken, no more
// than 15 digits are written. Trailing zeros are not.
int unit_convert_text(const struct unit_converter *converter, struct slice number, struct buffer *out,
    struct error *error) __attribute__((warn_unused_result));

// In double; NaN where the unit has no such value.
double unit_convert(const struct unit_converter *converter, double value);

#endif
