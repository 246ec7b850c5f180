#include "analysis/stream_comparison.h"

#include <stdlib.h>

#include "analysis/stream_report.h"
#include "analysis/stream_walk.h"
#include "base/hash.h"
#include "base/memory.h"
#include "record/property_path.h"

// Of both recordings' landmarks.
#define LANDMARK_SLOTS 16384

void stream_comparison_init(
    struct stream_comparison *comparison, const struct stream_comparison_options *options, bool keeps_results)
{
	*comparison = (struct stream_comparison){.options = *options, .keeps_results = keeps_results};
	for (int side = STREAM_FROM; side <= STREAM_TO; side++)
		stream_recording_init(&comparison->sides[side], options->memory / 2);
	clock_offset_init(&comparison->clock, LANDMARK_SLOTS);
	stream_series_init(&comparison->current);
}

static void release_results(struct stream_result *results, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_release(&results[i].names);
	free(results);
}

void stream_comparison_release(struct stream_comparison *comparison)
{
	for (int side = STREAM_FROM; side <= STREAM_TO; side++)
		stream_recording_release(&comparison->sides[side]);
	clock_offset_release(&comparison->clock);
	hash_map_release(&comparison->series);
	free(comparison->last);
	stream_series_release(&comparison->current);
	buffer_release(&comparison->scratch);
	release_results(comparison->diverged, comparison->diverged_count);
	release_results(comparison->results, comparison->result_count);
}

static bool is_among(struct slice path, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slice name = slice_from_string(names[i]);

		if (slice_equal(path, name) || property_path_is_under(path, name))
			return true;
	}
	return false;
}

static bool is_compared(const struct stream_comparison_options *options, struct slice path)
{
	if (options->anchor_count && !is_among(path, options->anchors, options->anchor_count))
		return false;
	if (options->only_count && !is_among(path, options->only, options->only_count))
		return false;
	return !is_among(path, options->ignored, options->ignored_count);
}

static void note_landmark(
    struct stream_comparison *comparison, enum stream_side side, const struct stream_reading *reading)
{
	struct buffer *name = &comparison->scratch;
	struct stream_last *last;
	uint64_t hash;
	int is_new;

	buffer_reset(name);
	buffer_append_slice(name, reading->entity);
	buffer_append_char(name, '\0');
	buffer_append_slice(name, reading->path);
	hash = hash_bytes(buffer_slice(name), 0);
	size_t number = hash_map_add_hashed(&comparison->series, buffer_slice(name), hash, &is_new);

	comparison->last =
	    memory_grow(comparison->last, &comparison->last_capacity, number + 1, sizeof *comparison->last);
	last = &comparison->last[number];
	if (is_new)
		*last = (struct stream_last){0};
	if (last->is_known[side] && last->hash[side] != reading->hash)
		clock_offset_add(
		    &comparison->clock, side, stream_change_hash(hash, last->hash[side], reading->hash), reading->time);
	last->hash[side] = reading->hash;
	last->is_known[side] = true;
}

int stream_comparison_add(
    struct stream_comparison *comparison, enum stream_side side, const struct record *record, struct error *error)
{
	const struct stream_comparison_options *options = &comparison->options;
	struct stream_reading reading;

	if (record->type != (options->events ? RECORD_EVENT : RECORD_READING) ||
	    !stream_recording_read(&comparison->sides[side], record, &reading) || !is_compared(options, reading.path))
		return 0;
	if (options->align == STREAM_ALIGN_OFFSET)
		note_landmark(comparison, side, &reading);
	return stream_recording_add(&comparison->sides[side], &reading, error);
}

static int align(struct stream_comparison *comparison, struct error *error)
{
	struct stream_recording *from = &comparison->sides[STREAM_FROM], *to = &comparison->sides[STREAM_TO];
	struct stream_totals *totals = &comparison->totals;

	if (comparison->options.align == STREAM_ALIGN_START && from->readings && to->readings)
		to->shift = time_difference(to->oldest, from->oldest);
	if (comparison->options.align == STREAM_ALIGN_OFFSET) {
		totals->clock = clock_offset_estimate(&comparison->clock, comparison->options.within);
		if (!totals->clock.is_known)
			return error_set(error,
			    "the clocks cannot be aligned: both recordings have %zu changes of a value in common, %s",
			    totals->clock.landmarks,
			    totals->clock.landmarks < CLOCK_LANDMARKS_MIN ? "which are too few" : "which do not agree");
		to->shift = time_difference(totals->clock.offset, 0);
	}
	totals->shift = to->shift;
	return 0;
}

static void find_end(struct stream_comparison *comparison)
{
	struct stream_totals *totals = &comparison->totals;

	for (int side = STREAM_FROM; side <= STREAM_TO; side++)
		totals->reached[side] =
		    stream_recording_align(&comparison->sides[side], comparison->sides[side].newest);
	totals->has_until = comparison->sides[STREAM_FROM].readings && comparison->sides[STREAM_TO].readings;
	totals->until = totals->reached[totals->reached[STREAM_TO] < totals->reached[STREAM_FROM]];
}

static int compare_divergences(const void *a, const void *b)
{
	const struct stream_result *x = a, *y = b;
	int64_t x_time = x->figures.divergence.time, y_time = y->figures.divergence.time;
	int order = (x_time > y_time) - (x_time < y_time);

	if (!order)
		order = slice_compare(stream_result_entity(x), stream_result_entity(y));
	return order ? order : slice_compare(stream_result_path(x), stream_result_path(y));
}

static void report_all(struct stream_comparison *comparison, const struct stream_comparison_sinks *sinks)
{
	struct stream_totals *totals = &comparison->totals;

	if (comparison->diverged_count)
		qsort(comparison->diverged, comparison->diverged_count, sizeof *comparison->diverged,
		    compare_divergences);
	for (size_t i = 0; i < comparison->diverged_count; i++)
		stream_report_event(sinks->events, &comparison->diverged[i], comparison->options.sustain);
	for (int side = STREAM_FROM; side <= STREAM_TO; side++)
		totals->copies[side] = comparison->sides[side].copies;
	stream_report_all(sinks->summaries, totals, comparison->diverged_count ? &comparison->diverged[0] : NULL);
}

int stream_comparison_finish(
    struct stream_comparison *comparison, const struct stream_comparison_sinks *sinks, struct error *error)
{
	if (align(comparison, error))
		return -1;
	find_end(comparison);
	for (int side = STREAM_FROM; side <= STREAM_TO; side++)
		if (stream_recording_start(&comparison->sides[side], error))
			return -1;
	if (stream_walk(comparison, sinks, error))
		return -1;
	report_all(comparison, sinks);
	return 0;
}

bool stream_comparison_is_same(const struct stream_comparison *comparison)
{
	const struct stream_totals *totals = &comparison->totals;

	return !totals->missing && !totals->extra && !totals->different;
}

static enum exit_status read_streams(struct stream_comparison *comparison, struct record_streams *streams,
    bool (*wants)(void *context, const struct record *record), void *context)
{
	const struct record *record;
	struct error error;
	int got;

	while ((got = record_streams_read(streams, &record, &error)) > 0) {
		enum stream_side side = record_reader_operand(streams->reader) ? STREAM_TO : STREAM_FROM;

		if ((!wants || wants(context, record)) && stream_comparison_add(comparison, side, record, &error))
			return program_trouble(&error);
	}
	return got < 0 ? program_trouble(&error) : STATUS_DONE;
}

enum exit_status compare_streams(struct stream_comparison *comparison, struct record_streams *streams,
    bool (*wants)(void *context, const struct record *record), void *context,
    const struct stream_comparison_sinks *sinks)
{
	enum exit_status status = read_streams(comparison, streams, wants, context);
	struct error error;

	record_streams_end_input(streams);
	if (status == STATUS_TROUBLE)
		return status;
	if (stream_comparison_finish(comparison, sinks, &error))
		return program_trouble(&error);
	return stream_comparison_is_same(comparison) ? status : status_join(status, STATUS_DIFFERS);
}
