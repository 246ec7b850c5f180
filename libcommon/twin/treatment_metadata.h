// The metadata of a reading while it is treated: what it came with is kept, and what was done to it is added.
//
//	raw          {"value": V, "unit": U} before the first change
//	calibration  the form of the calibration that was applied
//	flags        ["extrapolated"], ["no-value"]
#ifndef TWIN_TREATMENT_METADATA_H
#define TWIN_TREATMENT_METADATA_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "record/value.h"

// All zeros is a valid start; reused from reading to reading.
struct treatment_metadata {
	bool is_calibrated; // the reading has been calibrated before
	bool is_judged;     // and checked, with a result worth telling
	bool has_raw;       // its raw value is there, or has been given
	bool is_changed;
	struct slice members, raw_value, raw_unit;
	const char *form, *flag;
	struct value_tree tree;
	struct buffer text, out;
};

// members: the text between the braces, or empty. It lives as long as the reading.
void treatment_metadata_begin(struct treatment_metadata *metadata, struct slice members);

// The value (JSON) and unit before a change. Only the first call of a reading that has no raw value counts.
void treatment_metadata_raw(struct treatment_metadata *metadata, struct slice value, struct slice unit);
void treatment_metadata_calibrated(struct treatment_metadata *metadata, const char *form);
void treatment_metadata_flag(struct treatment_metadata *metadata, const char *flag);

// The members as they are now; valid until the next reading.
struct slice treatment_metadata_end(struct treatment_metadata *metadata);

void treatment_metadata_release(struct treatment_metadata *metadata);

#endif
