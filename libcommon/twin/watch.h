// What happens to twins as time passes: readings that stop coming (stale, recovered), desires that are met, refused or overdue. Each becomes an
// `event` record. Time is the caller's clock, in steps; the same steps give the same events.
#ifndef TWIN_WATCH_H
#define TWIN_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "twin/delta.h"
#include "twin/status.h"
#include "twin/twin_set.h"
#include "twin/view.h"

struct watch {
	const struct twin_set *set;
	struct status_rules rules;
	struct watch_item *items; // by series->watch - 1
	size_t item_count;
	size_t item_capacity;
	struct watch_timer *timers; // a heap, earliest first
	size_t timer_count;
	size_t timer_capacity;
	int64_t now; // as of the last watch_advance
	struct twin_view view;
	struct delta delta;
	struct buffer event;
	void (*emit)(void *context, struct slice event); // gets each event, one line without its newline
	void *context;
};

void watch_init(struct watch *watch, const struct twin_set *set, const struct status_rules *rules,
    void (*emit)(void *context, struct slice event), void *context);
void watch_release(struct watch *watch);

// A register of series was changed by the assignment; is_new: it was taken, and did not just add to an equal record (an earlier deadline).
void watch_changed(struct watch *watch, struct series *series, const struct assignment *assignment, bool is_new);

// The twin is as it was when this was last told of it, up to watch->now: what is stale, met, refused or overdue by then has come out before.
void watch_adopt(struct watch *watch, const struct twin *twin);

// The clock has come to `now`: what was due before it happens, in order of its time.
void watch_advance(struct watch *watch, int64_t now);

// The time at which something will be due next, or INT64_MAX.
int64_t watch_next(const struct watch *watch);

#endif
