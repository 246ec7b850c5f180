// Which assignments may try to become state, and why the others may not: selection, known entities, readings from the future, and the
// model's types and ranges. Decided from the assignment and the options alone, never from what is already known.
#ifndef TWIN_ADMISSION_H
#define TWIN_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash_map.h"
#include "io/shared_options.h"
#include "record/record.h"
#include "twin/assignment.h"
#include "twin/model.h"

struct admission {
	const struct select_options *select;
	const struct model *model; // NULL for none
	struct hash_map entities;  // of --entities
	bool only_entities;
	bool is_open; // nothing is asked for: everything is admitted as it is
	bool enforce;
	int64_t max_future; // nanoseconds; negative: anything goes
	bool has_now;
	int64_t now;
};

enum admission_result {
	ADMISSION_ADMIT,
	ADMISSION_SKIP, // not selected: nobody's loss
	ADMISSION_FUTURE,
	ADMISSION_UNKNOWN_ENTITY,
	ADMISSION_WRONG_TYPE,
	ADMISSION_OUT_OF_RANGE,
};

// A file of entity ids, one a line: a bare id, or any record with an entity_id.
int admission_read_entities(struct admission *admission, const char *path, struct error *error)
    __attribute__((warn_unused_result));
void admission_release(struct admission *admission);

// Once everything else is filled in.
void admission_start(struct admission *admission);

// What the model says of an assignment: sets its sensor's priority. ADMISSION_WRONG_TYPE and ADMISSION_OUT_OF_RANGE are readings that are taken as
// worthless: their quality is 0 now. NULL for no model.
enum admission_result admission_weigh(const struct model *model, struct assignment *assignment);

// Whether there are readings of the property that the model would take as worthless.
bool admission_judges_values(const struct model *model, struct slice path);

// May lower the assignment's quality, and gives it its sensor's priority.
enum admission_result admission_judge(
    const struct admission *admission, const struct record *record, struct assignment *assignment);

#endif
