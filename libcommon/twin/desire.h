// One `desired` record from what a person types: which twin, and PROPERTY=VALUE for each wish.
//
//	desire_init(&desire, entity_id, timestamp);
//	for each operand: desire_add(&desire, DESIRE_VALUE, operand, &error);
//	desire_make(&desire, &error); // then line, record and assignments are there
#ifndef TWIN_DESIRE_H
#define TWIN_DESIRE_H

#include "base/time_option.h"
#include "record/record.h"
#include "twin/assignment.h"
#include "twin/model.h"

struct desire_wish {
	struct slice path;
	struct slice value; // JSON text; null withdraws
};

struct desire {
	struct slice entity_id;
	int64_t timestamp;
	struct slice sensor_id;  // empty: nobody in particular says so
	struct slice command_id; // empty: none
	int64_t deadline;        // NO_DEADLINE for none
	struct desire_wish *wishes;
	size_t count, capacity;
	struct arena texts;

	// What desire_make made, as our own reader reads it.
	struct buffer line; // without its newline
	struct record record;
	struct assignments assignments;
	struct record_scanner scanner;
	struct arena strings;
};

// All texts are borrowed for as long as the desire is used.
void desire_init(struct desire *desire, const char *entity_id, int64_t timestamp);
void desire_release(struct desire *desire);

enum desire_form {
	DESIRE_VALUE,  // PROPERTY=VALUE: see desire_value.h
	DESIRE_STRING, // PROPERTY=TEXT: the value is a string, whatever it looks like
	DESIRE_UNSET,  // PROPERTY: withdrawn
};

// -1 with error when the operand is not of that form.
int desire_add(struct desire *desire, enum desire_form form, const char *operand, struct error *error)
    __attribute__((warn_unused_result));

// A length of time from the desire's timestamp on, which may count in the model's unit, or a time; it must lie behind the timestamp.
int desire_read_deadline(struct desire *desire, const char *text, const struct model *model,
    const struct time_context *context, struct error *error) __attribute__((warn_unused_result));

// The wishes may come in any order and give the same record. -1 with error where two of them speak of the same property, or of one inside the other,
// or where they make no record.
int desire_make(struct desire *desire, struct error *error) __attribute__((warn_unused_result));

// Whether the model allows what is desired: -1 with error for what it says is not writable, of another type, or out of range. Withdrawing is
// always allowed. model may be NULL or apply to other twins.
int desire_check(const struct desire *desire, const struct model *model, struct error *error)
    __attribute__((warn_unused_result));

#endif
