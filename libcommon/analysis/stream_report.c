#include "analysis/stream_report.h"

#include <math.h>

#include "analysis/measure_list.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "record/value.h"

struct slice stream_result_entity(const struct stream_result *result)
{
	return slice_of(result->names.data, result->entity_length);
}

struct slice stream_result_path(const struct stream_result *result)
{
	return slice_skip(buffer_slice(&result->names), result->entity_length);
}

static void append_text(struct buffer *out, const char *name, struct slice text)
{
	buffer_printf(out, ",\"%s\":", name);
	json_append_string(out, text);
}

static void append_time(struct buffer *out, const char *name, int64_t time)
{
	buffer_printf(out, "%s\"%s\":\"", out->data[out->length - 1] == '{' ? "" : ",", name);
	timestamp_append(out, time);
	buffer_append_char(out, '"');
}

// As the metadata of a state has them: what has its default is left out.
static void append_metadata(struct buffer *out, const char *name, const struct stream_reading *reading)
{
	buffer_printf(out, ",\"%s\":{", name);
	append_time(out, "timestamp", reading->time);
	if (reading->counter)
		buffer_printf(out, ",\"counter\":%lld", (long long)reading->counter);
	if (reading->quality < 1) {
		buffer_append_string(out, ",\"quality\":");
		decimal_append_double(out, reading->quality);
	}
	if (reading->has_unit)
		append_text(out, "unit", reading->unit);
	if (reading->sensor_id.length)
		append_text(out, "sensor_id", reading->sensor_id);
	if (reading->seq)
		buffer_printf(out, ",\"seq\":%lld", (long long)reading->seq);
	if (reading->origin.length)
		append_text(out, "origin", reading->origin);
	buffer_append_char(out, '}');
}

static void append_member(struct buffer *out, const char *name, struct slice json)
{
	buffer_printf(out, ",\"%s\":", name);
	buffer_append_slice(out, json);
}

void stream_report_diff(struct record_sink *sink, const struct stream_reading *from, const struct stream_reading *to)
{
	const struct stream_reading *one = from ? from : to;
	struct buffer *out;

	if (!sink)
		return;
	out = record_sink_begin(sink);
	buffer_append_string(out, "{\"type\":\"diff\"");
	append_text(out, "entity_id", one->entity);
	append_text(out, "path", one->path);
	append_time(out, "timestamp", one->time);
	buffer_printf(out, ",\"op\":\"%s\"", !to ? "remove" : !from ? "add" : "replace");
	if (from)
		append_member(out, "from", from->value);
	if (to)
		append_member(out, "to", to->value);
	if (from)
		append_metadata(out, "from_metadata", from);
	if (to)
		append_metadata(out, "to_metadata", to);
	buffer_append_char(out, '}');
	record_sink_end(sink);
}

static void measure_time_or_null(struct buffer *out, const char *name, bool is_known, int64_t time)
{
	if (is_known)
		measure_time(out, name, time);
	else
		measure_null(out, name);
}

// The tolerance in the property's own unit, where it is one size.
static double tolerance_size(struct stream_tolerance tolerance, const struct stream_figures *figures)
{
	if (tolerance.deviations > 0)
		return tolerance.deviations * figures->deviation;
	return tolerance.relative.digits ? NAN : stream_tolerance_absolute(&tolerance);
}

static void append_differences(
    struct buffer *out, struct stream_tolerance tolerance, const struct stream_figures *figures)
{
	double count = (double)figures->numbers;

	measure_number(out, "difference_mean", figures->numbers ? figures->sum / count : NAN);
	measure_number(out, "difference_rms", stream_figures_rms(figures));
	measure_number(out, "difference_maximum", figures->maximum);
	measure_number(out, "tolerance", tolerance_size(tolerance, figures));
	if (tolerance.deviations > 0)
		measure_number(out, "deviation", figures->deviation);
	measure_count(out, "judged", figures->judged);
	measure_number(out, "within", stream_figures_share(figures));
}

void stream_report_series(struct record_sink *sink, struct slice entity, struct slice path,
    struct stream_tolerance tolerance, const struct stream_figures *figures)
{
	const struct stream_divergence *divergence = &figures->divergence;
	struct buffer *out;

	if (!sink)
		return;
	out = record_sink_begin(sink);
	buffer_append_string(out, "{\"type\":\"summary\"");
	append_text(out, "entity_id", entity);
	append_text(out, "property", path);
	buffer_append_char(out, ',');
	measure_begin(out);
	measure_count(out, "readings_from", figures->readings[STREAM_FROM]);
	measure_count(out, "readings_to", figures->readings[STREAM_TO]);
	measure_count(out, "pairs", figures->pairs);
	measure_count(out, "missing", figures->missing);
	measure_count(out, "extra", figures->extra);
	measure_count(out, "different", figures->different);
	measure_count(out, "beyond", figures->beyond[STREAM_FROM] + figures->beyond[STREAM_TO]);
	append_differences(out, tolerance, figures);
	measure_seconds(out, "clock_offset", stream_figures_offset(figures));
	measure_count(out, "landmarks", figures->clock.is_known ? figures->clock.landmarks : 0);
	measure_time_or_null(out, "diverged", divergence->is_found, divergence->time);
	measure_number(out, "divergence", divergence->is_found ? divergence->score : NAN);
	measure_end(out);
	buffer_append_char(out, '}');
	record_sink_end(sink);
}

void stream_report_all(struct record_sink *sink, const struct stream_totals *totals, const struct stream_result *first)
{
	struct buffer *out;

	if (!sink)
		return;
	out = record_sink_begin(sink);
	buffer_append_string(out, "{\"type\":\"summary\",");
	measure_begin(out);
	measure_count(out, "series", totals->series);
	measure_count(out, "readings_from", totals->readings[STREAM_FROM]);
	measure_count(out, "readings_to", totals->readings[STREAM_TO]);
	measure_count(out, "copies_from", totals->copies[STREAM_FROM]);
	measure_count(out, "copies_to", totals->copies[STREAM_TO]);
	measure_count(out, "pairs", totals->pairs);
	measure_count(out, "missing", totals->missing);
	measure_count(out, "extra", totals->extra);
	measure_count(out, "different", totals->different);
	measure_count(out, "beyond_from", totals->beyond[STREAM_FROM]);
	measure_count(out, "beyond_to", totals->beyond[STREAM_TO]);
	measure_number(out, "within",
	    totals->judged ? (double)(totals->judged - totals->different) / (double)totals->judged : NAN);
	measure_time_or_null(out, "until", totals->has_until, totals->until);
	measure_seconds(out, "shift", (double)totals->shift);
	measure_count(out, "landmarks", totals->clock.landmarks);
	measure_count(out, "diverging", totals->diverged);
	measure_time_or_null(out, "diverged", first, first ? first->figures.divergence.time : 0);
	measure_end(out);
	buffer_append_char(out, '}');
	record_sink_end(sink);
}

void stream_report_append_amount(struct buffer *out, const struct stream_result *result)
{
	const struct stream_divergence *divergence = &result->figures.divergence;

	if (!divergence->has_numbers)
		buffer_append_string(out, "another value");
	else if (result->tolerance.deviations > 0 && isfinite(divergence->score))
		buffer_printf(out, "%.1f sd", divergence->score);
	else
		buffer_printf(out, "%+.4g", divergence->difference);
}

static uint64_t event_id(const struct stream_result *result)
{
	uint64_t hash = hash_bytes(stream_result_entity(result), 0);

	hash = hash_bytes(stream_result_path(result), hash);
	hash = hash_bytes(SLICE_LITERAL("divergence"), hash);
	return hash_bytes(slice_of((const char *)&result->figures.divergence.time, sizeof(int64_t)), hash);
}

void stream_report_event(struct record_sink *sink, const struct stream_result *result, uint64_t sustain)
{
	const struct stream_divergence *divergence = &result->figures.divergence;
	struct buffer *out;

	if (!sink)
		return;
	out = record_sink_begin(sink);
	buffer_printf(out, "{\"type\":\"event\",\"id\":\"%016llx\"", (unsigned long long)event_id(result));
	append_text(out, "entity_id", stream_result_entity(result));
	append_time(out, "timestamp", divergence->time);
	buffer_append_string(out, ",\"event\":\"divergence\",\"severity\":\"warning\"");
	append_text(out, "property", stream_result_path(result));
	if (isfinite(divergence->score)) {
		buffer_append_string(out, ",\"score\":");
		decimal_append_double(out, divergence->score);
	}
	buffer_append_string(out, ",\"message\":\"");
	stream_report_append_amount(out, result);
	buffer_printf(out, ", and different in %llu pairs in a row\"}", (unsigned long long)sustain);
	record_sink_end(sink);
}
