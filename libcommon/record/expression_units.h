// Units of measure in expressions, checked once before there is a record, where somebody knows the units of members: a model knows those
// of properties.temperature. Nothing is converted behind the writer's back, so an expression gives the same numbers with and without
// the check; it is told instead to write convert(x, 'kPa', 'bar').
//
//   Sums, comparisons, if(), min, max and atan2 take operands of one unit, in whatever spelling. Units that would convert into each other
//   are an error that says so, as are units of different things.
//   Products, quotients, sqrt and powers make a unit of their own. An exponent of what has a unit is a number in the text. What counts from
//   a zero of its own (degC) or is a level (dBm) has no products with other units.
//   exp, log and their like take plain numbers (not %, which are hundredths), sin, cos and tan plain numbers or radians.
//   The difference of two degC is no longer one on the scale; it can be added to degC, as can K. dB can be added to dBm.
//   rad counts for nothing beside other units (m/s and rad.m/s are one), except that Hz and rad/s are two.
//
// A number in the text has whatever unit is wanted of it in sums and comparisons, and none in products. What has no known unit goes with
// anything: members that nobody knows the unit of, units that are not known, times and lengths of time.
#ifndef RECORD_EXPRESSION_UNITS_H
#define RECORD_EXPRESSION_UNITS_H

#include "record/expression.h"
#include "record/unit.h"

// The unit of the member that a path of `count` decoded names leads to. False when it has none or it is not known.
struct expression_unit_lookup {
	bool (*find)(void *context, const struct slice *names, size_t count, struct slice *unit);
	void *context;
};

struct expression_unit {
	bool known; // else it goes with anything
	struct unit unit;
};

// result: of the expression as a whole; may be NULL. -1 with error: "column 9: cannot compare kPa with degC".
int expression_check_units(const struct expression *expression, struct unit_system *system,
    const struct expression_unit_lookup *lookup, struct expression_unit *result, struct error *error)
    __attribute__((warn_unused_result));

#endif
