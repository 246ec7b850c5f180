#include "analysis/stream_walk.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/stream_pairing.h"
#include "analysis/stream_report.h"
#include "base/memory.h"

// Bytes of an idle copy that are kept for the next.
#define HELD_TEXT_KEPT 4096

// A copy of a reading while it waits for its partner.
struct held_reading {
	struct stream_reading reading;
	struct buffer text;
	struct held_reading *next; // of the idle ones
};

// While the series are walked.
struct walk {
	struct stream_comparison *comparison;
	const struct stream_comparison_sinks *sinks;
	struct stream_pairing pairing;
	struct held_reading *idle;
	struct buffer names; // of the series
	size_t entity_length;
};

static bool is_beyond(const struct stream_comparison *comparison, const struct stream_reading *reading)
{
	return comparison->totals.has_until && reading->aligned > comparison->totals.until;
}

static void count_beyond(struct walk *walk, enum stream_side side)
{
	walk->comparison->current.figures.beyond[side]++;
}

static void settle_single(struct walk *walk, enum stream_side side, const struct stream_reading *reading)
{
	struct stream_comparison *comparison = walk->comparison;
	struct stream_figures *figures = &comparison->current.figures;

	if (!comparison->options.whole && is_beyond(comparison, reading)) {
		count_beyond(walk, side);
		return;
	}
	figures->missing += side == STREAM_FROM;
	figures->extra += side == STREAM_TO;
	stream_report_diff(
	    walk->sinks->diffs, side == STREAM_FROM ? reading : NULL, side == STREAM_TO ? reading : NULL);
}

static void settle_pair(struct walk *walk, const struct stream_reading *from, const struct stream_reading *to)
{
	if (stream_series_pair(&walk->comparison->current, from, to) == PAIR_DIFFERENT)
		stream_report_diff(walk->sinks->diffs, from, to);
}

static struct held_reading *hold(struct walk *walk, const struct stream_reading *reading)
{
	struct held_reading *held = walk->idle;

	if (held)
		walk->idle = held->next;
	else
		held = memory_new_zeroed(1, sizeof *held);
	buffer_reset(&held->text);
	buffer_append_slice(&held->text, reading->text);
	stream_reading_unpack(&held->reading, buffer_slice(&held->text));
	held->reading.aligned = reading->aligned;
	return held;
}

static void let_go(struct walk *walk, struct held_reading *held)
{
	if (!held)
		return;
	// A large one is not kept for the small ones to come.
	if (held->text.capacity > HELD_TEXT_KEPT) {
		buffer_release(&held->text);
		held->text = (struct buffer)BUFFER_INIT;
	}
	held->next = walk->idle;
	walk->idle = held;
}

static void settled(void *context, void *from_reading, void *to_reading)
{
	struct walk *walk = context;
	struct held_reading *from = from_reading, *to = to_reading;

	if (from && to)
		settle_pair(walk, &from->reading, &to->reading);
	else if (from)
		settle_single(walk, STREAM_FROM, &from->reading);
	else
		settle_single(walk, STREAM_TO, &to->reading);
	let_go(walk, from);
	let_go(walk, to);
}

static bool has_reading(const struct walk *walk, const struct stream_recording *recording)
{
	if (recording->is_over)
		return false;
	return slice_equal(recording->head.entity, slice_of(walk->names.data, walk->entity_length)) &&
	    slice_equal(recording->head.path, slice_skip(buffer_slice(&walk->names), walk->entity_length));
}

// Readings of one time are a pair at once.
static int take_both(struct walk *walk, struct error *error)
{
	struct stream_comparison *comparison = walk->comparison;
	struct stream_recording *from = &comparison->sides[STREAM_FROM], *to = &comparison->sides[STREAM_TO];

	stream_pairing_settle(&walk->pairing);
	stream_series_see(&comparison->current, STREAM_FROM, &from->head);
	stream_series_see(&comparison->current, STREAM_TO, &to->head);
	settle_pair(walk, &from->head, &to->head);
	return stream_recording_next(from, error) || stream_recording_next(to, error) ? -1 : 0;
}

static int take_one(struct walk *walk, enum stream_side side, struct error *error)
{
	struct stream_recording *recording = &walk->comparison->sides[side];
	struct pairing_item item = {
	    recording->head.aligned, side, hold(walk, &recording->head), recording->head.text.length};

	stream_series_see(&walk->comparison->current, side, &recording->head);
	stream_pairing_add(&walk->pairing, &item);
	return stream_recording_next(recording, error);
}

// The readings of both sides in the order of time.
static int pair_series(struct walk *walk, struct error *error)
{
	const struct stream_recording *from = &walk->comparison->sides[STREAM_FROM];
	const struct stream_recording *to = &walk->comparison->sides[STREAM_TO];
	int status = 0;

	while (status == 0) {
		bool has_from = has_reading(walk, from), has_to = has_reading(walk, to);

		if (!has_from && !has_to)
			break;
		if (has_from && has_to && from->head.aligned == to->head.aligned)
			status = take_both(walk, error);
		else if (!has_to || (has_from && from->head.aligned < to->head.aligned))
			status = take_one(walk, STREAM_FROM, error);
		else
			status = take_one(walk, STREAM_TO, error);
	}
	if (status == 0)
		stream_pairing_settle(&walk->pairing);
	return status;
}

// The newest usable reading of one side at the time that both have reached; *held is NULL when there is none.
static int find_anchor(struct walk *walk, enum stream_side side, struct held_reading **held, struct error *error)
{
	struct stream_comparison *comparison = walk->comparison;
	struct stream_recording *recording = &comparison->sides[side];

	*held = NULL;
	while (has_reading(walk, recording)) {
		stream_series_see(&comparison->current, side, &recording->head);
		if (is_beyond(comparison, &recording->head)) {
			count_beyond(walk, side);
		} else if (recording->head.quality > 0.5) {
			let_go(walk, *held);
			*held = hold(walk, &recording->head);
		}
		if (stream_recording_next(recording, error))
			return -1;
	}
	return 0;
}

static int compare_anchor(struct walk *walk, struct error *error)
{
	struct held_reading *from = NULL, *to = NULL;
	int status = find_anchor(walk, STREAM_FROM, &from, error) || find_anchor(walk, STREAM_TO, &to, error) ? -1 : 0;

	if (status == 0 && (from || to)) {
		settled(walk, from, to);
	} else {
		let_go(walk, from);
		let_go(walk, to);
	}
	return status;
}

static struct stream_result *add_result(struct stream_result **results, size_t *count, size_t *capacity)
{
	*results = memory_grow(*results, capacity, *count + 1, sizeof **results);
	return &(*results)[(*count)++];
}

static void keep_result(const struct walk *walk, struct stream_result *result)
{
	const struct stream_series *series = &walk->comparison->current;

	*result = (struct stream_result){.names = BUFFER_INIT,
	    .entity_length = walk->entity_length,
	    .tolerance = series->tolerance,
	    .figures = series->figures};
	buffer_append_slice(&result->names, buffer_slice(&walk->names));
}

static void add_totals(struct stream_totals *totals, const struct stream_figures *figures)
{
	totals->series++;
	for (int side = STREAM_FROM; side <= STREAM_TO; side++) {
		totals->readings[side] += figures->readings[side];
		totals->beyond[side] += figures->beyond[side];
	}
	totals->pairs += figures->pairs;
	totals->missing += figures->missing;
	totals->extra += figures->extra;
	totals->judged += figures->judged;
	totals->different += figures->different;
	totals->diverged += figures->divergence.is_found;
}

static void finish_series(struct walk *walk)
{
	struct stream_comparison *comparison = walk->comparison;
	const struct stream_figures *figures = stream_series_finish(&comparison->current, comparison->options.within);

	// How far apart the newest values were said is no matter of clocks.
	if (comparison->options.anchor_count)
		comparison->current.figures.distance = NAN;
	stream_report_series(walk->sinks->summaries, slice_of(walk->names.data, walk->entity_length),
	    slice_skip(buffer_slice(&walk->names), walk->entity_length), comparison->current.tolerance, figures);
	add_totals(&comparison->totals, figures);
	if (figures->divergence.is_found)
		keep_result(walk,
		    add_result(&comparison->diverged, &comparison->diverged_count, &comparison->diverged_capacity));
	if (comparison->keeps_results)
		keep_result(
		    walk, add_result(&comparison->results, &comparison->result_count, &comparison->result_capacity));
}

static int64_t baseline_end(const struct stream_comparison *comparison)
{
	int64_t end;

	if (!comparison->options.baseline)
		return INT64_MIN;
	if (__builtin_add_overflow(comparison->sides[STREAM_FROM].oldest, comparison->options.baseline, &end))
		return INT64_MAX;
	return end;
}

// The first that either side has not been compared of.
static void begin_series(struct walk *walk)
{
	struct stream_comparison *comparison = walk->comparison;
	const struct stream_recording *from = &comparison->sides[STREAM_FROM], *to = &comparison->sides[STREAM_TO];
	bool is_to = from->is_over || (!to->is_over && stream_reading_compare_series(&to->head, &from->head) < 0);
	const struct stream_reading *head = is_to ? &to->head : &from->head;
	const struct stream_comparison_options *options = &comparison->options;
	struct stream_tolerance tolerance = {.deviations = 0};

	buffer_reset(&walk->names);
	buffer_append_slice(&walk->names, head->entity);
	walk->entity_length = head->entity.length;
	buffer_append_slice(&walk->names, head->path);
	if (options->tolerance)
		tolerance = options->tolerance(options->context, head->entity, head->path);
	stream_series_begin(&comparison->current, tolerance, options->sustain, baseline_end(comparison));
}

static int walk_series(struct walk *walk, struct error *error)
{
	struct stream_comparison *comparison = walk->comparison;

	while (!comparison->sides[STREAM_FROM].is_over || !comparison->sides[STREAM_TO].is_over) {
		begin_series(walk);
		if (comparison->options.anchor_count ? compare_anchor(walk, error) : pair_series(walk, error))
			return -1;
		finish_series(walk);
	}
	return 0;
}

static void release_walk(struct walk *walk)
{
	struct held_reading *next;

	for (struct held_reading *held = walk->idle; held; held = next) {
		next = held->next;
		buffer_release(&held->text);
		free(held);
	}
	stream_pairing_release(&walk->pairing);
	buffer_release(&walk->names);
}

int stream_walk(struct stream_comparison *comparison, const struct stream_comparison_sinks *sinks, struct error *error)
{
	struct walk walk = {.comparison = comparison, .sinks = sinks};
	int status;

	stream_pairing_init(&walk.pairing, comparison->options.within, settled, &walk);
	status = walk_series(&walk, error);
	// What is still held after a failure is told to nobody.
	for (size_t i = 0; status && i < walk.pairing.count; i++)
		let_go(&walk, walk.pairing.chain[i].item.reading);
	release_walk(&walk);
	return status;
}
