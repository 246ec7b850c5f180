#include "analysis/health_report.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/data_quality.h"
#include "analysis/health_totals.h"
#include "analysis/measure_list.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "record/value.h"
#include "twin/status.h"

// While a report is written.
struct report {
	struct recording_health *health;
	void (*write)(void *context, struct slice record);
	void *context;
	struct buffer line;
	struct buffer differs; // elements of the twin's
	struct rule_count *rules;
	struct health_totals totals;
};

static void begin_record(struct report *report)
{
	buffer_reset(&report->line);
	buffer_append_string(&report->line, "{\"type\":\"summary\"");
}

static void append_member(struct buffer *out, const char *name, struct slice text)
{
	buffer_printf(out, ",\"%s\":", name);
	json_append_string(out, text);
}

static void begin_measures(struct report *report)
{
	buffer_append_char(&report->line, ',');
	measure_begin(&report->line);
}

static void end_record(struct report *report)
{
	buffer_append_char(&report->line, '}');
	report->write(report->context, buffer_slice(&report->line));
}

static void append_intervals(const struct series_health *series, struct buffer *out)
{
	const struct quantile_sketch *intervals = &series->intervals;
	bool is_known = intervals->count > 0;

	measure_seconds(out, "span", (double)((uint64_t)series->newest - (uint64_t)series->oldest));
	measure_seconds(out, "interval_minimum", is_known ? quantile_sketch_minimum(intervals) : NAN);
	// Of all intervals when none had left the window, and then exact; else of the sketch.
	measure_seconds(out, "interval_median", is_known ? quantile_sketch_at(intervals, 0.5) : NAN);
	measure_seconds(out, "interval_maximum", is_known ? quantile_sketch_maximum(intervals) : NAN);
	measure_seconds(out, "period", series->period > 0 ? series->period : NAN);
	measure_count(out, "expected", series_health_expected(series));
	measure_count(out, "filled", series_health_expected(series) ? series->filled : 0);
	measure_count(out, "gaps", series->gaps);
	measure_seconds(out, "gap_largest", is_known ? quantile_sketch_maximum(intervals) : NAN);
	if (is_known)
		measure_time(out, "gap_begin", series->largest_gap.begin);
	else
		measure_null(out, "gap_begin");
}

static void append_order(const struct series_health *series, struct buffer *out)
{
	const struct quantile_sketch *lateness = &series->lateness;

	measure_count(out, "out_of_order", series->out_of_order);
	measure_count(out, "late", series->late);
	measure_seconds(out, "late_p50", lateness->count ? quantile_sketch_at(lateness, 0.5) : NAN);
	measure_seconds(out, "late_p99", lateness->count ? quantile_sketch_at(lateness, 0.99) : NAN);
	measure_seconds(out, "late_maximum", lateness->count ? quantile_sketch_maximum(lateness) : NAN);
	measure_count(out, "unplaced", series->unplaced);
	measure_count(out, "duplicates", series->duplicates);
	measure_count(out, "conflicts", series->conflicts);
}

static void append_values(const struct series_health *series, struct buffer *out)
{
	const struct value_runs *runs = &series->runs;
	bool is_stuck = runs->stuck_stretches > 0;
	uint64_t clipped_readings, clipped = value_runs_clipped(runs, &clipped_readings);

	measure_number(out, "minimum", series->has_numbers ? series->low : NAN);
	measure_number(out, "maximum", series->has_numbers ? series->high : NAN);
	measure_count(out, "stuck", runs->stuck_stretches);
	measure_count(out, "stuck_readings", runs->stuck_readings);
	measure_seconds(out, "stuck_longest",
	    is_stuck ? (double)((uint64_t)runs->longest.end - (uint64_t)runs->longest.begin) : NAN);
	if (is_stuck)
		measure_time(out, "stuck_begin", runs->longest.begin);
	else
		measure_null(out, "stuck_begin");
	measure_count(out, "clipped", clipped);
	measure_count(out, "clipped_readings", clipped_readings);
	measure_count(out, "counter_resets", series_health_resets(series));
	measure_count(out, "unit_changes", series->unit_changes);
	measure_count(out, "type_changes", series->type_changes);
	if (series->property) {
		measure_count(out, "wrong_type", series->wrong_type);
		measure_count(out, "wrong_unit", series->wrong_unit);
		measure_count(out, "out_of_range", series->out_of_range);
	}
}

static enum sync_status status_of_series(const struct series_health *series, double age, int64_t stale_after)
{
	if (series->newest_unusable)
		return SYNC_ERROR;
	if (series->readings == series->nulls)
		return SYNC_INITIALIZING;
	if (!stale_after)
		return SYNC_UNKNOWN;
	return age > (double)stale_after ? SYNC_STALE : SYNC_SYNCHRONIZED;
}

static void append_trust(
    const struct report *report, const struct series_health *series, int64_t stale_after, struct buffer *out)
{
	double age = data_quality_age(recording_health_clock(report->health), series->newest_value);
	bool has_values = series->readings > series->nulls;

	measure_seconds(out, "age", has_values ? age : NAN);
	measure_seconds(out, "stale_after", stale_after ? (double)stale_after : NAN);
	measure_text(out, "status", sync_status_name(status_of_series(series, age, stale_after)));
}

// What the conditions that are about a property have come to.
static struct rule_count rules_of(const struct report *report, size_t path)
{
	const struct rule_book *book = &report->health->rules;
	struct rule_count sum = {0};

	for (size_t i = 0; path != HASH_MAP_NONE && i < book->rule_count; i++) {
		bool is_about = false;

		for (size_t k = 0; k < book->rules[i].path_count && !is_about; k++)
			is_about = book->rules[i].paths[k] == path;
		sum.checked += is_about ? report->rules[i].checked : 0;
		sum.satisfied += is_about ? report->rules[i].satisfied : 0;
	}
	return sum;
}

static void write_series(struct report *report, const struct health_twin *twin, const struct health_series *entry,
    const struct series_health *series, const struct data_quality *quality)
{
	struct buffer *out = &report->line;

	begin_record(report);
	append_member(out, "entity_id", twin->id);
	append_member(out, "property", entry->property);
	if (series->has_unit)
		append_member(out, "unit", buffer_slice(&series->unit));
	begin_measures(report);
	measure_count(out, "readings", series->readings);
	measure_count(out, "nulls", series->nulls);
	measure_count(out, "unusable", series->unusable);
	measure_time(out, "first", series->oldest);
	measure_time(out, "last", series->newest);
	append_intervals(series, out);
	append_order(series, out);
	append_values(series, out);
	append_trust(report, series, recording_health_stale_after(report->health, entry), out);
	quality_append(quality, out);
	measure_number(out, "quality", data_quality_overall(quality));
	measure_end(out);
	end_record(report);
}

static void differ(
    struct report *report, struct slice path, const char *reason, uint64_t count, const struct breach *first)
{
	struct buffer *out = &report->differs;

	if (!count)
		return;
	if (out->length)
		buffer_append_char(out, ',');
	buffer_append_string(out, "{\"path\":");
	json_append_string(out, path);
	buffer_printf(out, ",\"reason\":\"%s\"", reason);
	if (first) {
		buffer_printf(out, ",\"count\":%llu,\"timestamp\":\"", (unsigned long long)count);
		timestamp_append(out, first->time);
		buffer_printf(out, "\",\"line\":%llu", (unsigned long long)first->line);
	}
	buffer_append_char(out, '}');
}

static void note_differences(
    struct report *report, const struct health_series *entry, const struct series_health *series, bool has_model)
{
	if (has_model && !series->property) {
		differ(report, entry->property, "unknown-property", 1, NULL);
		return;
	}
	differ(report, entry->property, "wrong-type", series->wrong_type, &series->first_wrong_type);
	differ(report, entry->property, "wrong-unit", series->wrong_unit, &series->first_wrong_unit);
	differ(report, entry->property, "out-of-range", series->out_of_range, &series->first_out_of_range);
}

static void report_series(struct report *report, const struct health_twin *twin, const struct health_series *entry,
    struct health_totals *totals)
{
	struct series_health finished;

	series_health_finish(&finished, &entry->health);
	struct data_quality quality = data_quality_of(&finished, rules_of(report, entry->rule_path),
	    recording_health_clock(report->health), recording_health_stale_after(report->health, entry));
	bool counts = !twin->model || !twin->model->has_required || (finished.property && finished.property->required);

	write_series(report, twin, entry, &finished, &quality);
	note_differences(report, entry, &finished, twin->model);
	if (counts)
		totals->worst = fmin(totals->worst, data_quality_overall(&quality));
	// Of the twin a condition counts once, however many properties it is about.
	quality.rules = (struct rule_count){0};
	health_totals_add(totals, &finished, &quality);
	series_health_release(&finished);
}

static void find_missing(struct report *report, const struct health_twin *twin, struct health_totals *totals)
{
	const struct model *model = twin->model;

	for (size_t i = 0; i < model->paths.count; i++) {
		const struct model_property *property = &model->properties[i];

		if (!property->required || recording_health_has(report->health, twin->id, property->path))
			continue;
		totals->missing_required++;
		totals->worst = 0;
		differ(report, property->path, "missing", 1, NULL);
	}
}

static void write_twin(struct report *report, const struct health_twin *twin, const struct health_totals *totals)
{
	struct buffer *out = &report->line;

	begin_record(report);
	append_member(out, "entity_id", twin->id);
	begin_measures(report);
	measure_count(out, "series", totals->series);
	measure_count(out, "readings", totals->readings);
	health_totals_append(totals, true, out);
	measure_end(out);
	buffer_append_string(out, ",\"differs\":[");
	buffer_append_slice(out, buffer_slice(&report->differs));
	buffer_append_char(out, ']');
	end_record(report);
}

// A series, and what it is sorted by.
struct place {
	struct slice id;
	const struct health_series *series;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = slice_compare(x->id, y->id);

	return order ? order : slice_compare(x->series->property, y->series->property);
}

static void add_twin_rules(struct report *report, struct health_totals *totals)
{
	for (size_t i = 0; i < report->health->rules.rule_count; i++) {
		totals->quality.rules.checked += report->rules[i].checked;
		totals->quality.rules.satisfied += report->rules[i].satisfied;
	}
}

static void report_twin(struct report *report, const struct place *places, size_t count)
{
	struct recording_health *health = report->health;
	const struct health_twin *twin = &health->twins[places->series->twin];
	struct health_totals totals;

	health_totals_init(&totals);
	buffer_reset(&report->differs);
	if (twin->model)
		rule_state_finish(&twin->rules, &health->rules, report->rules);
	for (size_t i = 0; i < count; i++)
		report_series(report, twin, places[i].series, &totals);
	if (twin->model) {
		totals.unknown = twin->unknown;
		add_twin_rules(report, &totals);
		find_missing(report, twin, &totals);
		write_twin(report, twin, &totals);
	}
	health_totals_join(&report->totals, &totals);
}

static void report_twins(struct report *report)
{
	struct recording_health *health = report->health;
	size_t count = health->series_names.count;
	struct place *places = memory_new_zeroed(count, sizeof *places);

	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){health->twins[health->series[i].twin].id, &health->series[i]};
	if (count)
		qsort(places, count, sizeof *places, compare_places);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && places[next].series->twin == places[i].series->twin;)
			next++;
		report_twin(report, places + i, next - i);
	}
	free(places);
}

static int compare_sources(const void *a, const void *b)
{
	const struct health_source *const *x = a, *const *y = b;
	int order = slice_compare((*x)->name, (*y)->name);

	return order ? order : (*x)->is_twin - (*y)->is_twin;
}

static void write_source(struct report *report, const struct health_source *source)
{
	begin_record(report);
	if (source->is_twin)
		append_member(&report->line, "entity_id", source->name);
	buffer_append_string(&report->line, ",\"by\":{\"sensor_id\":");
	json_append_string(&report->line, source->is_twin ? SLICE_EMPTY : source->name);
	buffer_append_string(&report->line, "},");
	measure_begin(&report->line);
	source_health_append(&source->health, &report->line);
	measure_end(&report->line);
	end_record(report);
}

static void report_sources(struct report *report)
{
	struct recording_health *health = report->health;
	size_t count = health->source_names.count;
	const struct health_source **sources = memory_new_zeroed(count, sizeof(struct health_source *));

	for (size_t i = 0; i < count; i++)
		sources[i] = &health->sources[i];
	if (count)
		qsort(sources, count, sizeof(struct health_source *), compare_sources);
	for (size_t i = 0; i < count; i++)
		write_source(report, sources[i]);
	free(sources);
}

static void report_all(struct report *report, const struct recording_damage *damage)
{
	const struct recording_health *health = report->health;
	struct buffer *out = &report->line;

	begin_record(report);
	begin_measures(report);
	measure_count(out, "twins", health->twin_ids.count);
	measure_count(out, "series", health->series_names.count);
	measure_count(out, "sources", health->source_names.count);
	measure_count(out, "readings", health->readings);
	measure_count(out, "ignored", health->ignored);
	measure_count(out, "rejected", damage->rejected);
	measure_count(out, "unfinished", damage->unfinished);
	measure_count(out, "damaged", damage->damaged);
	recording_health_append_sources(health, out);
	health_totals_append(&report->totals, health->options.model, out);
	measure_end(out);
	end_record(report);
}

void health_report_write(struct recording_health *health, const struct recording_damage *damage,
    void (*write)(void *context, struct slice record), void *context)
{
	struct report report = {.health = health, .write = write, .context = context};

	report.rules = memory_new_zeroed(health->rules.rule_count, sizeof *report.rules);
	health_totals_init(&report.totals);
	report_twins(&report);
	report_sources(&report);
	report_all(&report, damage);
	free(report.rules);
	buffer_release(&report.line);
	buffer_release(&report.differs);
}
