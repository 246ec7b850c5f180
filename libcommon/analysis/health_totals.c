#include "analysis/health_totals.h"

#include <math.h>

#include "analysis/measure_list.h"

void health_totals_init(struct health_totals *totals)
{
	*totals = (struct health_totals){.worst = NAN};
}

static void span_times(struct health_totals *totals, int64_t oldest, int64_t newest)
{
	if (!totals->has_times || oldest < totals->oldest)
		totals->oldest = oldest;
	if (!totals->has_times || newest > totals->newest)
		totals->newest = newest;
	totals->has_times = true;
}

void health_totals_add(
    struct health_totals *totals, const struct series_health *finished, const struct data_quality *quality)
{
	uint64_t ignored;

	totals->series++;
	totals->readings += finished->readings;
	totals->nulls += finished->nulls;
	totals->unusable += finished->unusable;
	span_times(totals, finished->oldest, finished->newest);
	totals->gaps += finished->gaps;
	totals->largest_gap = fmax(totals->largest_gap, quantile_sketch_maximum(&finished->intervals));
	totals->out_of_order += finished->out_of_order;
	totals->late += finished->late;
	totals->latest = fmax(totals->latest, quantile_sketch_maximum(&finished->lateness));
	totals->unplaced += finished->unplaced;
	totals->duplicates += finished->duplicates;
	totals->conflicts += finished->conflicts;
	totals->stuck += finished->runs.stuck_stretches;
	totals->clipped += value_runs_clipped(&finished->runs, &ignored);
	totals->resets += series_health_resets(finished);
	totals->unit_changes += finished->unit_changes;
	totals->type_changes += finished->type_changes;
	totals->wrong_type += finished->wrong_type;
	totals->wrong_unit += finished->wrong_unit;
	totals->out_of_range += finished->out_of_range;
	data_quality_add(&totals->quality, quality);
}

void health_totals_join(struct health_totals *totals, const struct health_totals *part)
{
	totals->series += part->series;
	totals->readings += part->readings;
	totals->nulls += part->nulls;
	totals->unusable += part->unusable;
	if (part->has_times)
		span_times(totals, part->oldest, part->newest);
	totals->gaps += part->gaps;
	totals->largest_gap = fmax(totals->largest_gap, part->largest_gap);
	totals->out_of_order += part->out_of_order;
	totals->late += part->late;
	totals->latest = fmax(totals->latest, part->latest);
	totals->unplaced += part->unplaced;
	totals->duplicates += part->duplicates;
	totals->conflicts += part->conflicts;
	totals->stuck += part->stuck;
	totals->clipped += part->clipped;
	totals->resets += part->resets;
	totals->unit_changes += part->unit_changes;
	totals->type_changes += part->type_changes;
	totals->unknown += part->unknown;
	totals->missing_required += part->missing_required;
	totals->wrong_type += part->wrong_type;
	totals->wrong_unit += part->wrong_unit;
	totals->out_of_range += part->out_of_range;
	data_quality_add(&totals->quality, &part->quality);
	totals->worst = fmin(totals->worst, part->worst); // NaN gives way
}

void quality_append(const struct data_quality *quality, struct buffer *out)
{
	measure_number(out, "completeness", data_quality_completeness(quality));
	measure_number(out, "validity", data_quality_validity(quality));
	measure_number(out, "timeliness", data_quality_timeliness(quality));
	measure_number(out, "consistency", data_quality_consistency(quality));
	measure_number(out, "uniqueness", data_quality_uniqueness(quality));
	measure_number(out, "ordering", data_quality_ordering(quality));
	measure_null(out, "accuracy");
}

static void append_conformance(const struct health_totals *totals, struct buffer *out)
{
	measure_count(out, "unknown_properties", totals->unknown);
	measure_count(out, "missing_required", totals->missing_required);
	measure_count(out, "wrong_type", totals->wrong_type);
	measure_count(out, "wrong_unit", totals->wrong_unit);
	measure_count(out, "out_of_range", totals->out_of_range);
}

void health_totals_append(const struct health_totals *totals, bool has_model, struct buffer *out)
{
	measure_count(out, "nulls", totals->nulls);
	measure_count(out, "unusable", totals->unusable);
	if (totals->has_times) {
		measure_time(out, "first", totals->oldest);
		measure_time(out, "last", totals->newest);
		measure_seconds(out, "span", (double)((uint64_t)totals->newest - (uint64_t)totals->oldest));
	}
	measure_count(out, "expected", totals->quality.expected);
	measure_count(out, "filled", totals->quality.filled);
	measure_count(out, "gaps", totals->gaps);
	measure_seconds(out, "gap_largest", totals->largest_gap);
	measure_count(out, "out_of_order", totals->out_of_order);
	measure_count(out, "late", totals->late);
	measure_seconds(out, "late_maximum", totals->latest);
	measure_count(out, "unplaced", totals->unplaced);
	measure_count(out, "duplicates", totals->duplicates);
	measure_count(out, "conflicts", totals->conflicts);
	measure_count(out, "stuck", totals->stuck);
	measure_count(out, "clipped", totals->clipped);
	measure_count(out, "counter_resets", totals->resets);
	measure_count(out, "unit_changes", totals->unit_changes);
	measure_count(out, "type_changes", totals->type_changes);
	if (has_model)
		append_conformance(totals, out);
	quality_append(&totals->quality, out);
	measure_number(out, "quality", totals->worst);
}
