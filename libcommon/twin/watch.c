#include "twin/watch.h"

#include <stdlib.h>

#include "base/duration.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "record/value.h"
#include "twin/ack.h"

enum watch_state {
	WATCH_FRESH, // of a property: no older than it may be
	WATCH_STALE,
	WATCH_OPEN, // of a desire: not met yet
	WATCH_MET,
	WATCH_OVERDUE,
	WATCH_REFUSED,
};

struct watch_item {
	struct series *series;
	enum watch_state state;
	size_t timer;  // index + 1 in the heap, 0 when none is set
	int64_t since; // when it became stale
};

struct watch_timer {
	int64_t due;
	size_t item;
};

void watch_init(struct watch *watch, const struct twin_set *set, const struct status_rules *rules,
    void (*emit)(void *context, struct slice event), void *context)
{
	*watch = (struct watch){.set = set, .rules = *rules, .now = INT64_MIN, .emit = emit, .context = context};
}

void watch_release(struct watch *watch)
{
	free(watch->items);
	free(watch->timers);
	twin_view_release(&watch->view);
	delta_release(&watch->delta);
	buffer_release(&watch->event);
}

static bool timer_before(const struct watch *watch, const struct watch_timer *a, const struct watch_timer *b)
{
	const struct series *x = watch->items[a->item].series;
	const struct series *y = watch->items[b->item].series;

	// By what is due, not by when the timer was set: that may depend on records which changed nothing.
	if (a->due != b->due)
		return a->due < b->due;
	int order = slice_compare(x->twin->entity_id, y->twin->entity_id);

	if (!order)
		order = path_compare(series_path(x), series_path(y));
	return order ? order < 0 : x->kind < y->kind;
}

static void place(struct watch *watch, size_t at, struct watch_timer timer)
{
	watch->timers[at] = timer;
	watch->items[timer.item].timer = at + 1;
}

static void sift_up(struct watch *watch, size_t at, struct watch_timer timer)
{
	for (; at && timer_before(watch, &timer, &watch->timers[(at - 1) / 2]); at = (at - 1) / 2)
		place(watch, at, watch->timers[(at - 1) / 2]);
	place(watch, at, timer);
}

static void sift_down(struct watch *watch, size_t at, struct watch_timer timer)
{
	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= watch->timer_count)
			break;
		if (child + 1 < watch->timer_count &&
		    timer_before(watch, &watch->timers[child + 1], &watch->timers[child]))
			child++;
		if (!timer_before(watch, &watch->timers[child], &timer))
			break;
		place(watch, at, watch->timers[child]);
		at = child;
	}
	place(watch, at, timer);
}

// Saturates: what is due beyond the end of time is never due.
static int64_t add_time(int64_t time, int64_t duration)
{
	int64_t sum;

	return __builtin_add_overflow(time, duration, &sum) ? INT64_MAX : sum;
}

// One timer for an item: it may go off too early, never too late.
static void set_timer(struct watch *watch, size_t item, int64_t due)
{
	struct watch_timer timer = {.due = due, .item = item};
	size_t at = watch->items[item].timer;

	if (due == INT64_MAX || (at && watch->timers[at - 1].due <= due))
		return;
	if (!at) {
		watch->timers =
		    memory_grow(watch->timers, &watch->timer_capacity, watch->timer_count + 1, sizeof timer);
		at = ++watch->timer_count;
	}
	sift_up(watch, at - 1, timer);
}

static size_t item_of(struct watch *watch, struct series *series)
{
	if (!series->watch) {
		watch->items =
		    memory_grow(watch->items, &watch->item_capacity, watch->item_count + 1, sizeof *watch->items);
		watch->items[watch->item_count++] = (struct watch_item){
		    .series = series, .state = series->kind == REGISTER_DESIRED ? WATCH_OPEN : WATCH_FRESH};
		series->watch = (uint32_t)watch->item_count;
	}
	return series->watch - 1;
}

static const struct model *model_of(const struct watch *watch, const struct series *series)
{
	return model_applies(watch->rules.model, series->twin->entity_id) ? watch->rules.model : NULL;
}

static int64_t stale_after(const struct watch *watch, const struct series *series)
{
	int64_t interval, stale;

	status_intervals(&watch->rules, model_of(watch, series), series_path(series), &interval, &stale);
	return stale;
}

struct event_text {
	const char *name;
	const char *severity;
	int64_t timestamp;
	bool has_begin;
	int64_t begin;
	struct slice message;
};

// The same happening has the same id in every run: a hash of what makes it one.
static uint64_t event_id(const struct series *series, const struct event_text *text)
{
	uint64_t hash = assignment_hash(series->kind, series->twin->entity_id, series_path(series));

	hash = hash_bytes(slice_from_string(text->name), hash);
	return hash_bytes(slice_of((const char *)&text->timestamp, sizeof text->timestamp), hash);
}

static void put_time(struct buffer *out, const char *name, int64_t time)
{
	buffer_printf(out, ",\"%s\":\"", name);
	timestamp_append(out, time);
	buffer_append_char(out, '"');
}

static void emit_event(struct watch *watch, const struct series *series, const struct event_text *text)
{
	struct buffer *out = &watch->event;

	buffer_reset(out);
	buffer_printf(
	    out, "{\"type\":\"event\",\"id\":\"%016llx\",\"entity_id\":", (unsigned long long)event_id(series, text));
	json_append_string(out, series->twin->entity_id);
	put_time(out, "timestamp", text->timestamp);
	if (text->has_begin) {
		put_time(out, "begin", text->begin);
		put_time(out, "end", text->timestamp);
	}
	buffer_printf(out, ",\"event\":\"%s\",\"severity\":\"%s\",\"property\":", text->name, text->severity);
	json_append_string(out, series_path(series));
	if (text->message.length) {
		buffer_append_string(out, ",\"message\":");
		json_append_string(out, text->message);
	}
	buffer_append_char(out, '}');
	watch->emit(watch->context, buffer_slice(out));
}

static void become_stale(struct watch *watch, struct watch_item *item, int64_t due)
{
	struct buffer message = BUFFER_INIT;

	item->state = WATCH_STALE;
	item->since = due;
	buffer_append_string(&message, "no reading since ");
	timestamp_append(&message, item->series->usable.key.timestamp);
	buffer_append_string(&message, ", stale after ");
	duration_append(&message, stale_after(watch, item->series));
	emit_event(watch, item->series,
	    &(struct event_text){
		.name = "stale", .severity = "warning", .timestamp = due, .message = buffer_slice(&message)});
	buffer_release(&message);
}

static bool is_live(const struct series *series)
{
	return register_stands(series->twin, &series->usable) && series->usable.key.live;
}

static void reading_taken(struct watch *watch, struct series *series)
{
	int64_t allowed = stale_after(watch, series);

	if (!allowed || !is_live(series))
		return;
	size_t at = item_of(watch, series);
	struct watch_item *item = &watch->items[at];
	int64_t due = add_time(series->usable.key.timestamp, allowed);

	// A late reading may be newer than the one before and still too old.
	if (item->state == WATCH_STALE && due >= watch->now) {
		item->state = WATCH_FRESH;
		emit_event(watch, series,
		    &(struct event_text){.name = "recovered",
			.severity = "info",
			.timestamp = series->usable.key.timestamp,
			.has_begin = series->usable.key.timestamp >= item->since,
			.begin = item->since,
			.message = SLICE_EMPTY});
	}
	set_timer(watch, at, due);
}

static void emit_desire(
    struct watch *watch, struct watch_item *item, enum watch_state state, int64_t timestamp, struct slice message)
{
	static const char *const names[] = {
	    [WATCH_MET] = "desired-met", [WATCH_OVERDUE] = "desired-overdue", [WATCH_REFUSED] = "desired-refused"};

	item->state = state;
	emit_event(watch, item->series,
	    &(struct event_text){.name = names[state],
		.severity = state == WATCH_MET ? "info" : "warning",
		.timestamp = timestamp,
		.message = message});
}

// What the reading says of the command it refuses.
static void refuse(struct watch *watch, struct watch_item *item, const struct assignment *reading)
{
	struct ack ack = ACK_INIT;
	bool is_read = ack_read(&ack, reading->ack);

	emit_desire(watch, item, WATCH_REFUSED, reading->key.timestamp, is_read ? ack.message : SLICE_EMPTY);
	ack_release(&ack);
}

static bool is_at_or_above(struct slice path, struct slice other)
{
	return slice_equal(path, other) || property_path_is_under(other, path);
}

static void check_desire(struct watch *watch, const struct view_entry *entry, const struct assignment *cause)
{
	struct series *series = (struct series *)(uintptr_t)entry->series;
	struct watch_item *item = &watch->items[item_of(watch, series)];
	struct assignment want = register_assignment(series, &series->usable);
	bool met = delta_is_met(&watch->delta, &watch->view, entry, model_of(watch, series));

	if (met && item->state != WATCH_MET)
		emit_desire(watch, item, WATCH_MET, cause->key.timestamp, SLICE_EMPTY);
	else if (!met && item->state == WATCH_MET)
		item->state = WATCH_OPEN;
	if (!met && item->state != WATCH_REFUSED && cause->kind == REGISTER_REPORTED &&
	    is_at_or_above(cause->path, want.path) && ack_refuses(cause->ack, want.tail.command_id))
		refuse(watch, item, cause);
}

static void check_desires(struct watch *watch, const struct twin *twin, const struct assignment *cause)
{
	const struct view_list *desired = &watch->view.kinds[REGISTER_DESIRED];

	twin_view_draw(&watch->view, watch->set, twin);
	for (size_t i = 0; i < desired->count; i++)
		if (entry_is_shown(&desired->entries[i]))
			check_desire(watch, &desired->entries[i], cause);
}

void watch_changed(struct watch *watch, struct series *series, const struct assignment *cause, bool is_new)
{
	if (series->kind == REGISTER_REPORTED) {
		if (reading_is_usable(&cause->key))
			reading_taken(watch, series);
	} else if (series->kind == REGISTER_DESIRED) {
		size_t at = item_of(watch, series);

		if (is_new)
			watch->items[at].state = WATCH_OPEN;
		set_timer(watch, at, register_assignment(series, &series->usable).deadline);
	} else {
		return;
	}
	if (series->kind == REGISTER_DESIRED || twin_desires_near(series->twin, series_path(series)))
		check_desires(watch, series->twin, cause);
}

static void adopt_reading(struct watch *watch, struct series *series)
{
	int64_t allowed = stale_after(watch, series);

	if (!allowed || !is_live(series))
		return;
	size_t at = item_of(watch, series);
	int64_t due = add_time(series->usable.key.timestamp, allowed);
	bool is_told = due < watch->now;

	watch->items[at].state = is_told ? WATCH_STALE : WATCH_FRESH;
	watch->items[at].since = due;
	if (!is_told)
		set_timer(watch, at, due);
}

static bool is_refused(const struct twin *twin, const struct assignment *want)
{
	for (const struct series *series = twin->series; series; series = series->next) {
		if (series->kind != REGISTER_REPORTED || !is_at_or_above(series_path(series), want->path))
			continue;
		const struct fold_register *held = series->last.handle ? &series->last : &series->usable;

		if (held->handle && ack_refuses(register_assignment(series, held).ack, want->tail.command_id))
			return true;
	}
	return false;
}

static void adopt_desire(struct watch *watch, const struct view_entry *entry)
{
	struct series *series = (struct series *)(uintptr_t)entry->series;
	struct assignment want = register_assignment(series, &series->usable);
	size_t at = item_of(watch, series);
	struct watch_item *item = &watch->items[at];

	if (delta_is_met(&watch->delta, &watch->view, entry, model_of(watch, series)))
		item->state = WATCH_MET;
	else if (is_refused(series->twin, &want))
		item->state = WATCH_REFUSED;
	else
		item->state = want.deadline < watch->now ? WATCH_OVERDUE : WATCH_OPEN;
	if (want.deadline >= watch->now)
		set_timer(watch, at, want.deadline);
}

void watch_adopt(struct watch *watch, const struct twin *twin)
{
	const struct view_list *desired = &watch->view.kinds[REGISTER_DESIRED];

	for (struct series *series = twin->series; series; series = series->next)
		if (series->kind == REGISTER_REPORTED)
			adopt_reading(watch, series);
	if (!twin->desired_count)
		return;
	twin_view_draw(&watch->view, watch->set, twin);
	for (size_t i = 0; i < desired->count; i++)
		if (entry_is_shown(&desired->entries[i]))
			adopt_desire(watch, &desired->entries[i]);
}

// A timer went off; the register may have moved on since it was set, and its turn come later.
static void reading_due(struct watch *watch, size_t at, int64_t set_for)
{
	struct watch_item *item = &watch->items[at];

	if (!is_live(item->series))
		return;
	int64_t due = add_time(item->series->usable.key.timestamp, stale_after(watch, item->series));

	if (due > set_for)
		set_timer(watch, at, due);
	else if (item->state == WATCH_FRESH)
		become_stale(watch, item, due);
}

static void desire_due(struct watch *watch, size_t at, int64_t set_for, const struct twin **drawn)
{
	struct watch_item *item = &watch->items[at];

	if (!is_live(item->series))
		return;
	int64_t deadline = register_assignment(item->series, &item->series->usable).deadline;

	if (deadline > set_for) {
		set_timer(watch, at, deadline);
		return;
	}
	if (item->state != WATCH_OPEN)
		return;
	if (*drawn != item->series->twin)
		twin_view_draw(&watch->view, watch->set, item->series->twin);
	*drawn = item->series->twin;
	const struct view_entry *entry =
	    view_list_find(&watch->view.kinds[REGISTER_DESIRED], series_path(item->series));

	if (entry && entry_is_shown(entry) &&
	    !delta_is_met(&watch->delta, &watch->view, entry, model_of(watch, item->series)))
		emit_desire(watch, item, WATCH_OVERDUE, deadline, SLICE_EMPTY);
}

void watch_advance(struct watch *watch, int64_t now)
{
	const struct twin *drawn = NULL; // nothing changes meanwhile: many desires of one twin need one view

	watch->now = now;
	while (watch->timer_count && watch->timers[0].due < now) {
		size_t at = watch->timers[0].item;
		int64_t due = watch->timers[0].due;

		watch->items[at].timer = 0;
		if (--watch->timer_count)
			sift_down(watch, 0, watch->timers[watch->timer_count]);
		if (watch->items[at].series->kind == REGISTER_DESIRED)
			desire_due(watch, at, due, &drawn);
		else
			reading_due(watch, at, due);
	}
}

int64_t watch_next(const struct watch *watch)
{
	return watch->timer_count ? watch->timers[0].due : INT64_MAX;
}
