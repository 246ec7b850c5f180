// What happens to readings between a format and the output: calibration by sensor or property, then conversion to the unit that was asked for, then
// checks. What was changed keeps its raw value in metadata.raw; see twin-ingest(1), "Units, calibration and checks".
//
// Readings may be held back until the next of their series comes (a spike is known by what follows it), never by the clock: what is
// written depends on the input alone. Memory grows with the number of series.
#ifndef TWIN_TREATMENT_H
#define TWIN_TREATMENT_H

#include <stdbool.h>

#include "base/error.h"
#include "format/mapping.h"
#include "format/reading_parts.h"
#include "io/option.h"
#include "record/unit.h"
#include "twin/model.h"
#include "twin/quality_options.h"

// What is asked for; borrowed as long as the treatment lives.
struct treatment_settings {
	const struct model *model;            // NULL: none
	const struct option_list *to_units;   // PROP=UNIT; PROP is a glob, the last that fits counts
	const struct quality_options *checks; // checked by quality_options_check
	void (*tell)(const char *message);    // of what is left as it is; each message once
};

struct treatment;

// Whether there is anything to do at all.
bool treatment_is_asked(const struct treatment_settings *settings);

// -1 with error for a --to-unit that is no PROP=UNIT or whose unit is not known, and for a conversion that is impossible where both units are known by now: from the
// mapping, a calibration, or the model.
int treatment_check(const struct treatment_settings *settings, const struct mapping *mapping, struct error *error)
    __attribute__((warn_unused_result));

struct treatment *treatment_new(const struct treatment_settings *settings);
void treatment_free(struct treatment *treatment);

// For reading_writer; valid as long as the treatment.
const struct reading_hook *treatment_hook(const struct treatment *treatment);

// Tells of each PROP= option of the settings that fits no property of the readings that came. True when there was one to tell; false too
// when no reading came.
bool treatment_tell_unused(const struct treatment *treatment);

// The properties that a --to-unit, PROP=UNIT, is for.
struct slice treatment_unit_glob(const char *to_unit);

// The unit that readings of the property are to be in; empty: whatever they are in. model: NULL where it says nothing of the twin.
struct slice treatment_unit(
    const struct treatment_settings *settings, const struct model *model, struct slice property);

#endif
