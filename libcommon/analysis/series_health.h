// The health of one series (a property of a twin), in one pass over its readings in the order they arrive, in bounded memory: the newest
// instants (instant_window.h) and three sketches, whatever the length.
//
// Counts of arrival (late, out of order, changes of unit and type) are made at once. What belongs to the order of times (intervals, gaps,
// slots, stretches, resets) is made of instants as they leave the window; series_health_finish lets the rest leave.
#ifndef ANALYSIS_SERIES_HEALTH_H
#define ANALYSIS_SERIES_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/instant_window.h"
#include "analysis/quantile_sketch.h"
#include "analysis/value_runs.h"
#include "base/buffer.h"
#include "record/record.h"
#include "record/unit.h"
#include "twin/model.h"

// An interval of more than so many periods is a gap.
#define GAP_PERIODS 1.5

struct series_options {
	size_t window;             // instants
	uint64_t stuck_run;        // readings
	bool wants_steps;          // for a deadband
	struct unit_system *units; // which spellings mean the same; borrowed, NULL when texts are to be the same
};

enum value_class {
	CLASS_NUMBER = 1,
	CLASS_STRING = 2,
	CLASS_BOOLEAN = 4,
	CLASS_OBJECT = 8,
	CLASS_ARRAY = 16,
};

struct series_health {
	const struct model_property *property; // NULL when no model knows it
	struct instant_window window;

	// Of all readings.
	uint64_t readings, nulls, unusable;
	int64_t oldest, newest, previous; // times; previous: of the reading before
	int64_t newest_value;             // of those that are not null
	uint64_t out_of_order, late, unplaced, duplicates, conflicts;
	bool newest_unusable;

	// Of those that are no duplicates and not null.
	uint64_t values;
	uint64_t wrong_type, wrong_unit, out_of_range, invalid; // invalid: type or range
	struct breach {
		uint64_t line;
		int64_t time;
	} first_wrong_type, first_wrong_unit, first_out_of_range;

	unsigned classes; // enum value_class, all that came
	unsigned last_class;
	bool has_fraction; // a number that is not whole, or is not written so
	bool has_numbers;
	double low, high; // the smallest and the largest, placed or not
	uint64_t type_changes, unit_changes;
	struct buffer unit; // of the last reading that is not null
	uint64_t unit_hash; // two units are told apart by it: their text lies elsewhere
	bool knows_unit;    // a reading has said, be it that there is none
	bool has_unit;      // the last one that has said has one
	bool unit_fits;     // it is the model's, however it is spelled
	struct unit_system *units;

	// Of instants that have left the window; behind what every reading touches.
	struct value_runs runs;
	struct quantile_sketch intervals, lateness; // nanoseconds
	double period;                              // nanoseconds, 0 while it is not known
	bool period_is_declared;
	bool has_settled;
	int64_t origin, settled;
	uint64_t last_slot, last_filled; // last_filled: once any is
	uint64_t filled, gaps;
	struct stretch largest_gap;
};

void series_health_init(
    struct series_health *series, const struct series_options *options, const struct model_property *property);
void series_health_release(struct series_health *series);

// A reading of this series. scratch is for its own use.
void series_health_add(struct series_health *series, const struct record *record, struct buffer *scratch);

// The value of the reading that was added last in the unit of the model: as it is where the reading says none, or it is no number. False
// when it cannot be told: the units are not known, or measure different things. *value is valid until scratch changes.
bool series_health_comparable(
    const struct series_health *series, const struct record *record, struct buffer *scratch, struct slice *value);

// A copy as it is when no more readings come. Release it too.
void series_health_finish(struct series_health *finished, const struct series_health *series);

// Of a finished one: slots between the oldest and the newest reading; 0 when the period is not known.
uint64_t series_health_expected(const struct series_health *finished);

// Decreases of a counter, declared or found to be one.
uint64_t series_health_resets(const struct series_health *finished);

#endif
