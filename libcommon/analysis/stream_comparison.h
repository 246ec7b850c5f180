// Two recordings of the same thing, compared: a twin and its object, two gateways, before and after a change. Each reading of one is paired with
// one of the other at most, of the same entity and property, by time (stream_pairing.h); what is missing, extra or different comes out as
// `diff` records, in the order of entity, path and time, with a `summary` of each series behind its own and one of all at the end, and
// each first sustained divergence (stream_series.h) as an `event`, in the order of time: twin-record(5) and twin-diff(1).
//
// Nothing depends on the order of the input, or on which recording is read first. Memory: what the sort may take, a few readings, and where the
// report is asked for a few hundred bytes for each series.
//
// Replicas lag, each by its own: what is later than the newest time that both have reached is not compared, but counted as beyond.
#ifndef ANALYSIS_STREAM_COMPARISON_H
#define ANALYSIS_STREAM_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/stream_recording.h"
#include "analysis/stream_series.h"
#include "base/error.h"
#include "record/record.h"
#include "record/record_sink.h"
#include "record/record_streams.h"

enum stream_align {
	STREAM_ALIGN_NONE,
	STREAM_ALIGN_START,  // the oldest readings of both are of one time
	STREAM_ALIGN_OFFSET, // the clock of the second is set by what both saw (clock_offset.h)
};

// All borrowed.
struct stream_comparison_options {
	int64_t within; // nanoseconds, at least 0
	// How exact a series is: stream_tolerances_find, or what knows models too.
	struct stream_tolerance (*tolerance)(const void *context, struct slice entity, struct slice path);
	const void *context;
	int64_t baseline; // nanoseconds from the oldest reading of the first recording; 0 for none
	uint64_t sustain; // at least 1
	enum stream_align align;
	bool whole;  // what is beyond is missing or extra too
	bool events; // instead of readings
	// Compares only these properties and what is below them, and only once: the newest usable readings (quality above 0.5) at the newest
	// time that both have reached. None: all, throughout.
	const char *const *anchors;
	size_t anchor_count;
	const char *const *only,
	    *const *ignored; // properties that are taken (none: all) or left out, with all below them
	size_t only_count, ignored_count;
	size_t memory; // for sorting, in bytes
};

// Where the records go; NULL for what is not wanted.
struct stream_comparison_sinks {
	struct record_sink *diffs, *summaries, *events;
};

struct stream_result {
	struct buffer names; // of entity and path
	size_t entity_length;
	struct stream_tolerance tolerance;
	struct stream_figures figures;
};

struct stream_totals {
	uint64_t series, readings[2], copies[2], beyond[2];
	uint64_t pairs, missing, extra, judged, different, diverged;
	bool has_until;
	int64_t reached[2];          // newest of each, aligned; while it has readings
	int64_t until;               // the newest that both have reached
	int64_t shift;               // of the second's times
	struct clock_estimate clock; // before the shift
};

struct stream_comparison {
	struct stream_comparison_options options;
	struct stream_recording sides[2]; // by enum stream_side
	struct clock_offset clock;
	struct hash_map series; // of which the last values are known
	struct stream_last {
		uint64_t hash[2];
		bool is_known[2];
	} * last; // by number of the series
	size_t last_capacity;
	struct stream_series current;
	struct buffer scratch;

	// Once it is finished.
	struct stream_totals totals;
	struct stream_result *diverged; // in the order of time
	size_t diverged_count, diverged_capacity;
	struct stream_result *results; // in the order of entity and path, where they are kept
	size_t result_count, result_capacity;
	bool keeps_results;
};

// keeps_results: for stream_report_append_text.
void stream_comparison_init(
    struct stream_comparison *comparison, const struct stream_comparison_options *options, bool keeps_results);
void stream_comparison_release(struct stream_comparison *comparison);

// A record of one of them. Those that are not compared are counted nowhere.
int stream_comparison_add(struct stream_comparison *comparison, enum stream_side side, const struct record *record,
    struct error *error) __attribute__((warn_unused_result));

// When both have been added, once. -1 with error, also when the clocks are to be aligned and cannot be.
int stream_comparison_finish(struct stream_comparison *comparison, const struct stream_comparison_sinks *sinks,
    struct error *error) __attribute__((warn_unused_result));

// Whether nothing is missing, extra or different.
bool stream_comparison_is_same(const struct stream_comparison *comparison);

// Both operands of streams, filtered by wants (NULL: all), and the comparison finished. STATUS_DIFFERS as the name says; trouble has been
// told. Nothing is flushed.
enum exit_status compare_streams(struct stream_comparison *comparison, struct record_streams *streams,
    bool (*wants)(void *context, const struct record *record), void *context,
    const struct stream_comparison_sinks *sinks) __attribute__((warn_unused_result));

#endif
