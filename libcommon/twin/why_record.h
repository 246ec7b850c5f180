// One record as an answer to `why` keeps it: what it says of one register, and where it was read. Records with equal keys are one, as in
// registers (fold.h), and what is not in the key is joined as it is there.
#ifndef TWIN_WHY_RECORD_H
#define TWIN_WHY_RECORD_H

#include "twin/assignment.h"

struct why_record {
	struct assignment item;
	struct assignment_rest rest;
	struct slice place;   // FILE:LINE of where it was read, for records that have no origin; or empty
	struct slice refused; // why it never came to a register; empty for what did
	const char *unusable; // what the model says against its value, NULL for nothing
	unsigned references;  // 0 for one that borrows its texts
	struct fold_canonical *canonical;
	char texts[];
};

// All without a rest and a place.
#define WHY_RECORD(assignment)                                                                                         \
	((struct why_record){.item = (assignment),                                                                     \
	    .rest = {.metadata = SLICE_EMPTY, .others = SLICE_EMPTY},                                                  \
	    .place = SLICE_EMPTY,                                                                                      \
	    .refused = SLICE_EMPTY})

// A copy with its texts and one reference; but that of entity_id and unusable, which must outlive it.
struct why_record *why_record_keep(const struct why_record *said);
void why_record_drop(struct why_record *record); // NULL is nothing to drop

// The one record that both are, whose keys are equal. kept loses a reference; the result has one.
struct why_record *why_record_join(struct why_record *kept, const struct why_record *other)
    __attribute__((warn_unused_result));

struct fold_register why_record_register(const struct why_record *record);
extern const struct fold_owner why_record_owner;

// By key, then by what they are about. 0: they are one record.
int why_record_compare(const struct why_record *a, const struct why_record *b);

// All that makes it another record, as bytes: equal ones for equal records only.
void why_record_append_identity(struct buffer *out, const struct why_record *record);

// As a record without newline.
void why_record_append(struct buffer *out, const struct why_record *record);

#endif
