#include "twin/treatment.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/decimal_exact.h"
#include "base/hash_map.h"
#include "base/memory.h"
#include "format/reading_writer.h"
#include "record/value.h"
#include "twin/quality_stage.h"
#include "twin/treatment_metadata.h"

// Messages that are remembered, so that each is told once.
#define TOLD_MAX 1000

// What is asked of a property, the same for all twins that the model speaks of.
struct treated_property {
	struct slice unit;       // to convert to; empty: none
	struct slice model_unit; // which the limits are in; empty: whatever the readings are in
	bool is_asked;           // by an option, not only by the model
	bool is_checked;
};

struct treated_series {
	size_t property;
	const struct calibration *calibration; // NULL: none
};

struct treatment {
	struct treatment_settings settings;
	struct reading_hook hook;
	struct unit_system *units;
	struct hash_map property_names;
	struct treated_property *properties; // by entry
	size_t property_capacity;
	struct hash_map series_names;
	struct treated_series *series; // by entry
	size_t series_capacity;
	struct hash_map told;
	struct quality_stage checks;
	struct reading_writer *writer;      // of the reading in hand
	struct treatment_metadata metadata; // of the reading in hand
	struct buffer key, value, raw, converted, comparable, quality;
	struct buffer packed;
	struct buffer judged_metadata, judged_quality; // of the reading that goes out, which may be one that was held
};

bool treatment_is_asked(const struct treatment_settings *settings)
{
	const struct quality_options *checks = settings->checks;

	return settings->model || settings->to_units->count || checks->range.count || checks->rate.count ||
	    checks->stuck.count || checks->spike.count || checks->interval.count || checks->tests.count;
}

static void tell(struct treatment *treatment, struct slice property, const char *what)
{
	struct error message;
	int added = 0;

	error_set(
	    &message, "property '%.*s': %.380s", property.length < 80 ? (int)property.length : 80, property.data, what);
	if (treatment->told.count < TOLD_MAX)
		hash_map_add(&treatment->told, slice_from_string(message.message), &added);
	if (added)
		treatment->settings.tell(message.message);
}

static size_t find_property(struct treatment *treatment, const struct reading_parts *reading)
{
	const struct model *model =
	    model_applies(treatment->settings.model, reading->entity_id) ? treatment->settings.model : NULL;
	int added = 0;

	buffer_reset(&treatment->value);
	buffer_append_char(&treatment->value, model ? 'm' : '-');
	buffer_append_slice(&treatment->value, reading->property);
	size_t at = hash_map_add(&treatment->property_names, buffer_slice(&treatment->value), &added);

	if (!added)
		return at;
	treatment->properties =
	    memory_grow(treatment->properties, &treatment->property_capacity, at + 1, sizeof *treatment->properties);
	struct treated_property *property = &treatment->properties[at];
	const struct model_property *described = model_property(model, reading->property);

	*property = (struct treated_property){.unit = treatment_unit(&treatment->settings, model, reading->property),
	    .is_asked = treatment_unit(&treatment->settings, NULL, reading->property).length > 0,
	    .model_unit = described && described->unit ? slice_from_string(described->unit) : SLICE_EMPTY};
	struct quality_limits ignored;

	property->is_checked = quality_options_limits(
	    treatment->settings.checks, treatment->settings.model, reading->entity_id, reading->property, &ignored);
	return at;
}

static void append_key(struct buffer *key, struct slice text)
{
	buffer_append(key, &text.length, sizeof text.length);
	buffer_append_slice(key, text);
}

static struct treated_series *find_series(struct treatment *treatment, const struct reading_parts *reading)
{
	int added = 0;

	buffer_reset(&treatment->key);
	append_key(&treatment->key, reading->entity_id);
	append_key(&treatment->key, reading->property);
	buffer_append_slice(&treatment->key, reading->sensor_id);
	size_t at = hash_map_add(&treatment->series_names, buffer_slice(&treatment->key), &added);

	if (!added)
		return &treatment->series[at];
	treatment->series =
	    memory_grow(treatment->series, &treatment->series_capacity, at + 1, sizeof *treatment->series);
	treatment->series[at] = (struct treated_series){.property = find_property(treatment, reading)};
	if (model_applies(treatment->settings.model, reading->entity_id))
		treatment->series[at].calibration =
		    model_calibration(treatment->settings.model, reading->sensor_id, reading->property);
	return &treatment->series[at];
}

// The number in another unit, or as it is where the units are the same or one is not known. -1 when it cannot be converted, with reason.
static int convert(struct treatment *treatment, struct slice number, struct slice from, struct slice to,
    struct buffer *out, struct slice *converted, struct error *reason)
{
	const struct unit_converter *converter;

	*converted = number;
	if (!from.length || !to.length || slice_equal(from, to))
		return 0;
	converter = unit_converter_find(treatment->units, from, to, reason);
	if (!converter)
		return -1;
	if (converter->outcome != UNIT_CONVERTS)
		return error_set(reason, "%.300s", converter->message);
	buffer_reset(out);
	if (unit_convert_text(converter, number, out, reason))
		return -1;
	*converted = buffer_slice(out);
	return 0;
}

static bool is_number(struct slice value)
{
	return value.length && (value.data[0] == '-' || (value.data[0] >= '0' && value.data[0] <= '9'));
}

// The product, exact where it can be: 0.7 * 0.6 is 0.42.
static void scale_quality(struct buffer *scratch, struct reading_parts *reading, double factor)
{
	struct slice before = reading->quality.length ? reading->quality : SLICE_LITERAL("1");
	char text[DECIMAL_TEXT_SIZE];
	struct slice factor_text = slice_of(text, decimal_format_double(text, factor));
	struct buffer product = BUFFER_INIT;
	struct decimal a, b;

	if (decimal_read(before, &a) == 0 && decimal_read(factor_text, &b) == 0 && decimal_multiply(a, b, &a) == 0)
		decimal_append(&product, a);
	else
		decimal_append_double(&product, decimal_to_double(before) * factor);
	buffer_release(scratch);
	*scratch = product;
	reading->quality = buffer_slice(scratch);
	reading->whole = SLICE_EMPTY;
}

static void calibrate(struct treatment *treatment, const struct calibration *calibration, struct reading_parts *reading)
{
	struct slice raw_unit = calibration->raw_unit ? slice_from_string(calibration->raw_unit) : SLICE_EMPTY, raw;
	struct error reason, message;

	if (convert(treatment, reading->value, reading->unit, raw_unit, &treatment->raw, &raw, &reason)) {
		error_set(&message, "%.300s; it is not calibrated", reason.message);
		tell(treatment, reading->property, message.message);
		return;
	}
	buffer_reset(&treatment->value);
	enum calibration_outcome outcome = calibration_apply(calibration, raw, &treatment->value);

	treatment_metadata_raw(&treatment->metadata, reading->value, reading->unit);
	treatment_metadata_calibrated(&treatment->metadata, calibration_form_name(calibration));
	reading->whole = SLICE_EMPTY;
	reading->value = buffer_slice(&treatment->value);
	if (calibration->unit)
		reading->unit = slice_from_string(calibration->unit);
	else if (reading->unit.length && raw_unit.length)
		reading->unit = raw_unit;
	if (outcome == CALIBRATION_DONE)
		return;
	treatment_metadata_flag(
	    &treatment->metadata, outcome == CALIBRATION_EXTRAPOLATED ? "extrapolated" : "no-value");
	if (outcome == CALIBRATION_IMPOSSIBLE)
		reading->value = SLICE_LITERAL("null");
	scale_quality(&treatment->quality, reading, outcome == CALIBRATION_EXTRAPOLATED ? 0.5 : 0);
}

static void change_unit(
    struct treatment *treatment, const struct treated_property *property, struct reading_parts *reading)
{
	struct slice unit = property->unit;
	struct error reason, message;
	struct slice value;

	if (slice_equal(reading->unit, unit))
		return;
	if (!reading->unit.length) {
		if (property->is_asked) {
			error_set(&message, "readings that do not say their unit are not converted to '%.*s'",
			    (int)(unit.length < 80 ? unit.length : 80), unit.data);
			tell(treatment, reading->property, message.message);
		}
		return;
	}
	if (convert(treatment, reading->value, reading->unit, unit, &treatment->converted, &value, &reason)) {
		error_set(&message, "%.300s; it stays as it is", reason.message);
		tell(treatment, reading->property, message.message);
		return;
	}
	treatment_metadata_raw(&treatment->metadata, reading->value, reading->unit);
	reading->value = value;
	reading->unit = unit;
	reading->whole = SLICE_EMPTY;
}

// What a verdict makes of the reading, which then goes out. payload: whether it came with checks of its own, and its parts.
static void emit_judged(void *context, struct slice payload, const struct quality_verdict *verdict)
{
	struct treatment *treatment = context;
	bool is_judged = payload.data[0] == 'j';
	struct buffer *metadata = &treatment->judged_metadata;
	double factor = quality_factor(verdict);
	struct reading_parts reading;

	reading_parts_unpack(slice_skip(payload, 1), &reading);
	buffer_reset(metadata);
	buffer_append_slice(metadata, reading.metadata);
	buffer_append_string(metadata, reading.metadata.length ? ",\"checks\":" : "\"checks\":");
	if (!is_judged && quality_append_reasons(metadata, verdict)) {
		reading.metadata = buffer_slice(metadata);
		reading.whole = SLICE_EMPTY;
		if (factor < 1)
			scale_quality(&treatment->judged_quality, &reading, factor);
	}
	reading_writer_emit(treatment->writer, &reading);
}

// Readings in a unit that the limits cannot be compared with are not checked. False: it was not.
static bool check(
    struct treatment *treatment, const struct treated_property *property, const struct reading_parts *reading)
{
	struct quality_reading checked = {
	    .timestamp = reading->timestamp, .tie = reading->tie, .value = reading->value};
	struct buffer *packed = &treatment->packed;
	struct error ignored;

	if (!property->is_checked ||
	    (is_number(reading->value) &&
		convert(treatment, reading->value, reading->unit, property->model_unit, &treatment->comparable,
		    &checked.value, &ignored)))
		return false;
	buffer_reset(packed);
	buffer_append_char(packed, treatment->metadata.is_judged ? 'j' : '-');
	reading_parts_pack(packed, reading);
	quality_stage_put(&treatment->checks, reading->entity_id, reading->property, reading->sensor_id, &checked,
	    buffer_slice(packed));
	return true;
}

static void take(void *context, struct reading_writer *writer, const struct reading_parts *taken)
{
	struct treatment *treatment = context;
	struct treated_series *series = find_series(treatment, taken);
	const struct treated_property *property = &treatment->properties[series->property];
	struct reading_parts reading = *taken;

	treatment_metadata_begin(&treatment->metadata, taken->metadata);
	if (series->calibration && is_number(reading.value) && !treatment->metadata.is_calibrated)
		calibrate(treatment, series->calibration, &reading);
	if (property->unit.length && is_number(reading.value))
		change_unit(treatment, property, &reading);
	reading.metadata = treatment_metadata_end(&treatment->metadata);
	treatment->writer = writer;
	if (!check(treatment, property, &reading))
		reading_writer_emit(writer, &reading);
}

static void finish(void *context, struct reading_writer *writer)
{
	struct treatment *treatment = context;

	treatment->writer = writer;
	quality_stage_flush(&treatment->checks);
}

struct treatment *treatment_new(const struct treatment_settings *settings)
{
	struct treatment *treatment = memory_new_zeroed(1, sizeof *treatment);

	treatment->settings = *settings;
	treatment->hook = (struct reading_hook){.take = take, .finish = finish, .context = treatment};
	treatment->units = unit_system_new();
	quality_stage_init(&treatment->checks, settings->checks, settings->model, emit_judged, treatment);
	return treatment;
}

void treatment_free(struct treatment *treatment)
{
	if (!treatment)
		return;
	struct buffer *const buffers[] = {&treatment->key, &treatment->value, &treatment->raw, &treatment->converted,
	    &treatment->comparable, &treatment->quality, &treatment->judged_metadata, &treatment->judged_quality,
	    &treatment->packed};

	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
		buffer_release(buffers[i]);
	free(treatment->series);
	free(treatment->properties);
	quality_stage_release(&treatment->checks);
	treatment_metadata_release(&treatment->metadata);
	hash_map_release(&treatment->series_names);
	hash_map_release(&treatment->property_names);
	hash_map_release(&treatment->told);
	unit_system_free(treatment->units);
	free(treatment);
}

static bool tell_unless_used(const struct treatment *treatment, const char *option, struct slice glob)
{
	const struct hash_map *names = &treatment->property_names;
	struct error message;

	// Behind the mark of those that the model is about.
	for (size_t i = 0; i < names->count; i++)
		if (mapping_glob_matches(glob, slice_skip(names->keys[i], 1)))
			return false;
	error_set(&message, "no property matches '%.*s' of --%s", (int)(glob.length < 200 ? glob.length : 200),
	    glob.data, option);
	treatment->settings.tell(message.message);
	return true;
}

bool treatment_tell_unused(const struct treatment *treatment)
{
	const struct option_list *to_units = treatment->settings.to_units;
	struct quality_option limit;
	bool told = false;

	if (!treatment->series_names.count)
		return false;
	for (size_t i = 0; i < to_units->count; i++)
		told |= tell_unless_used(treatment, "to-unit", treatment_unit_glob(to_units->items[i]));
	for (size_t i = 0; quality_options_get(treatment->settings.checks, i, &limit); i++)
		told |= tell_unless_used(treatment, limit.name, limit.glob);
	return told;
}

const struct reading_hook *treatment_hook(const struct treatment *treatment)
{
	return &treatment->hook;
}
