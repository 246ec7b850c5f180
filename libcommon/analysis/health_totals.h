// Sums over finished series, of a twin or of a whole recording, and their measures.
#ifndef ANALYSIS_HEALTH_TOTALS_H
#define ANALYSIS_HEALTH_TOTALS_H

#include "analysis/data_quality.h"
#include "analysis/series_health.h"

struct health_totals {
	uint64_t series, readings, nulls, unusable;
	bool has_times;
	int64_t oldest, newest;
	uint64_t gaps, out_of_order, late, unplaced, duplicates, conflicts;
	double largest_gap, latest; // nanoseconds
	uint64_t stuck, clipped, resets, unit_changes, type_changes;
	uint64_t unknown, missing_required, wrong_type, wrong_unit, out_of_range; // against the model
	struct data_quality quality;
	double worst; // the lowest quality of what counts; NaN when nothing does
};

void health_totals_init(struct health_totals *totals);

// quality: of this series.
void health_totals_add(
    struct health_totals *totals, const struct series_health *finished, const struct data_quality *quality);

// Those of twins into that of all. worst becomes the lower of the two.
void health_totals_join(struct health_totals *totals, const struct health_totals *part);

// From nulls to ordering.
void health_totals_append(const struct health_totals *totals, bool has_model, struct buffer *out);

// completeness to ordering, and accuracy, which nothing in a recording alone can tell.
void quality_append(const struct data_quality *quality, struct buffer *out);

#endif
