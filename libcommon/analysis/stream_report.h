// What a comparison of recordings (stream_comparison.h) says, as records and as text for people.
#ifndef ANALYSIS_STREAM_REPORT_H
#define ANALYSIS_STREAM_REPORT_H

#include "analysis/stream_comparison.h"
#include "base/buffer.h"
#include "record/record_sink.h"

// A reading that is missing (to is NULL), extra (from is NULL) or different.
void stream_report_diff(struct record_sink *sink, const struct stream_reading *from, const struct stream_reading *to);

void stream_report_series(struct record_sink *sink, struct slice entity, struct slice path,
    struct stream_tolerance tolerance, const struct stream_figures *figures);

// The first sustained divergence of a series.
void stream_report_event(struct record_sink *sink, const struct stream_result *result, uint64_t sustain);

void stream_report_all(struct record_sink *sink, const struct stream_totals *totals, const struct stream_result *first);

// A line about where they began to differ, `first: XMEAS20 at 08:06 (5.3 sd), then XMV5 +12m`, one for each series with a difference, and
// what was left out. Twins are named where there are several. Of a finished comparison that kept its results.
void stream_report_append_text(struct buffer *out, const struct stream_comparison *comparison);

// By how much a series diverged: "5.3 sd", where that is its tolerance, "+0.35", "another value".
void stream_report_append_amount(struct buffer *out, const struct stream_result *result);

// Parts of a result's names.
struct slice stream_result_entity(const struct stream_result *result);
struct slice stream_result_path(const struct stream_result *result);

#endif
