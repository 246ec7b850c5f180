// What is desired and not (yet) so: by AWS's rules for device shadows (over desired only; nested; arrays whole; numbers by value), with
// the model's tolerances; and a desire is met only by a reading that is not older than itself and does not refuse it.
#ifndef TWIN_DELTA_H
#define TWIN_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "twin/model.h"
#include "twin/view.h"

struct delta {
	const struct series **unmet; // the desired series, in the order of their paths
	size_t count;
	size_t capacity;
	int64_t since; // oldest timestamp among them
	struct value_tree desired_tree, reported_tree;

	// The reading that was looked at last, in which drawing of which view.
	const struct twin_view *view;
	const struct view_entry *supplier;
	uint64_t drawn;
	bool is_readable;         // its value is in reported_tree
	struct buffer refused_id; // the command that it refuses, or empty
};

#define DELTA_INIT                                                                                                     \
	{                                                                                                              \
		0                                                                                                      \
	}

void delta_release(struct delta *delta);

// model: NULL for none, or one that applies to the twin.
void delta_compute(struct delta *delta, const struct twin_view *view, const struct model *model);

// What becomes of a desire.
enum delta_verdict {
	DELTA_MET,
	DELTA_MISSING, // nothing is reported at its path
	DELTA_OLDER,   // what is reported there was so before the desire
	DELTA_REFUSED, // the reading says that the command failed
	DELTA_DIFFERS, // another value is reported
};

enum delta_verdict delta_judge(
    struct delta *scratch, const struct twin_view *view, const struct view_entry *desired, const struct model *model);

// Whether the view's desire for this path is met; true when there is none.
bool delta_is_met(
    struct delta *scratch, const struct twin_view *view, const struct view_entry *desired, const struct model *model);

// Whether a reading refuses a command: {"command_id": ID, "code": 400 or more}. ack: JSON object or empty.
bool ack_refuses(struct slice ack, struct slice command_id);

// The unmet part of desired, as a JSON object.
void delta_append_properties(struct buffer *out, const struct delta *delta);

#endif
