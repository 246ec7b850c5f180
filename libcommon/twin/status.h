// How far a twin can be trusted: sync_status and confidence_score of twin-record(5).
#ifndef TWIN_STATUS_H
#define TWIN_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "twin/model.h"
#include "twin/view.h"

enum sync_status {
	SYNC_ERROR,        // the newest reading of a required property is unusable
	SYNC_INITIALIZING, // a required property has no usable reading yet
	SYNC_UNKNOWN,      // no interval is declared
	SYNC_STALE,        // an age is above its stale_after
	SYNC_SYNCHRONIZED,
};

struct status_rules {
	const struct model *model; // NULL for none
	int64_t stale_after;       // for all properties, over the model's; 0 when not given
	bool has_clock;
	int64_t clock;
};

struct status {
	enum sync_status sync;
	double confidence; // 0 to 1
};

struct status status_of(const struct twin_view *view, const struct status_rules *rules);
const char *sync_status_name(enum sync_status sync);

// Expected interval and stale time of a property of this twin, both 0 when neither is known. model: NULL, or one that applies.
void status_intervals(const struct status_rules *rules, const struct model *model, struct slice path, int64_t *interval,
    int64_t *stale_after);

#endif
