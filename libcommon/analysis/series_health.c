#include "analysis/series_health.h"

#include <math.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "record/value.h"

// Numbers of no more bytes are told apart by their double.
#define PLAIN_NUMBER_MAX 15
#define USABLE_QUALITY   0.5

void series_health_init(
    struct series_health *series, const struct series_options *options, const struct model_property *property)
{
	*series = (struct series_health){.property = property, .units = options->units};
	instant_window_init(&series->window, options->window);
	value_runs_init(&series->runs, options->stuck_run, options->wants_steps);
	if (property && property->interval) {
		series->period = (double)property->interval;
		series->period_is_declared = true;
	}
}

void series_health_release(struct series_health *series)
{
	instant_window_release(&series->window);
	value_runs_release(&series->runs);
	quantile_sketch_release(&series->intervals);
	quantile_sketch_release(&series->lateness);
	buffer_release(&series->unit);
}

static enum value_class class_of(uint8_t kind)
{
	switch ((enum value_kind)kind) {
	case VALUE_STRING:
		return CLASS_STRING;
	case VALUE_TRUE:
	case VALUE_FALSE:
		return CLASS_BOOLEAN;
	case VALUE_OBJECT:
		return CLASS_OBJECT;
	case VALUE_ARRAY:
		return CLASS_ARRAY;
	default:
		return CLASS_NUMBER;
	}
}

static uint64_t identity_of_double(double number)
{
	double plain = number + 0.0; // -0 is 0
	uint64_t bits;

	memcpy(&bits, &plain, sizeof bits);
	return bits;
}

// Of numbers by exact value: 1, 1.0 and 1e0 are the same, and so are long ones only when all their digits are.
static uint64_t identity_of_number(struct slice text, double number, struct buffer *scratch)
{
	if (text.length <= PLAIN_NUMBER_MAX)
		return identity_of_double(number);
	buffer_reset(scratch);
	decimal_append_canonical(scratch, text);
	const char *e = memchr(scratch->data, 'e', scratch->length);

	// Canonical digits and a sign; with so few of them the double tells all there is, as above.
	if (e && e - scratch->data <= PLAIN_NUMBER_MAX && isfinite(number) && fabs(number) > 1e-290)
		return identity_of_double(number);
	return hash_bytes(buffer_slice(scratch), 1);
}

static uint64_t identity_of_other(struct slice text, bool is_plain, struct buffer *scratch)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;
	uint64_t identity;

	if (is_plain)
		return hash_bytes(text, 2);
	buffer_reset(scratch);
	if (value_parse(&tree, text, &ignored) == 0)
		value_append_canonical(scratch, &tree, value_root(&tree));
	identity = hash_bytes(buffer_slice(scratch), 2);
	value_tree_release(&tree);
	return identity;
}

// What the value is, with its unit: 21 degC and 21 degF differ.
static struct instant read_instant(
    const struct series_health *series, const struct record *record, struct buffer *scratch)
{
	struct slice text = record->text[MEMBER_VALUE];
	enum value_kind kind = (enum value_kind)record->kind[MEMBER_VALUE];
	struct instant instant = {.time = record->timestamp, .identity = IDENTITY_NULL, .number = NAN};

	if (kind == VALUE_NULL)
		return instant;
	if (kind == VALUE_NUMBER) {
		instant.number = decimal_to_double(text);
		instant.identity = identity_of_number(text, instant.number, scratch);
	} else {
		bool is_plain = kind == VALUE_TRUE || kind == VALUE_FALSE ||
		    (kind == VALUE_STRING && !memchr(text.data, '\\', text.length));

		instant.identity = identity_of_other(text, is_plain, scratch);
	}
	instant.identity = (instant.identity ^ series->unit_hash) * UINT64_C(0x9e3779b97f4a7c15);
	instant.identity += instant.identity == IDENTITY_NULL;
	return instant;
}

static bool unit_fits(const struct series_health *series)
{
	struct slice unit = buffer_slice(&series->unit);
	struct unit is, should;
	struct error ignored;

	if (!series->property || !series->property->unit || !series->has_unit || slice_is(unit, series->property->unit))
		return true;
	return series->units && unit_parse(series->units, unit, &is, &ignored) == 0 &&
	    unit_parse(series->units, slice_from_string(series->property->unit), &should, &ignored) == 0 &&
	    unit_equal(&is, &should);
}

static void note_unit(struct series_health *series, const struct record *record)
{
	bool has_unit = record_has(record, MEMBER_UNIT);
	struct slice unit = record_text(record, MEMBER_UNIT);
	uint64_t hash = has_unit ? hash_bytes(unit, 3) | 1 : 0;

	bool is_null = record->kind[MEMBER_VALUE] == VALUE_NULL;

	// A null without a unit says nothing of units.
	if ((is_null && !has_unit) || (series->knows_unit && hash == series->unit_hash))
		return;
	series->unit_changes += series->knows_unit;
	series->knows_unit = true;
	series->has_unit = has_unit;
	series->unit_hash = hash;
	buffer_reset(&series->unit);
	buffer_append_slice(&series->unit, unit);
	series->unit_fits = unit_fits(series);
}

static void note_type(struct series_health *series, const struct record *record, double number)
{
	enum value_class class = class_of(record->kind[MEMBER_VALUE]);
	struct slice text = record->text[MEMBER_VALUE];

	series->classes |= class;
	series->type_changes += series->last_class && series->last_class != class;
	series->last_class = class;
	if (class != CLASS_NUMBER)
		return;
	if (!isfinite(number) || floor(number) < number || memchr(text.data, '.', text.length))
		series->has_fraction = true;
	if (!series->has_numbers || number < series->low)
		series->low = number;
	if (!series->has_numbers || number > series->high)
		series->high = number;
	series->has_numbers = true;
}

static void note_arrival(struct series_health *series, const struct record *record)
{
	int64_t time = record->timestamp;

	if (series->readings++ == 0) {
		series->oldest = series->newest = series->previous = series->newest_value = time;
		series->newest_unusable = record->quality <= USABLE_QUALITY;
	}
	series->out_of_order += time < series->previous;
	if (time < series->newest) {
		series->late++;
		quantile_sketch_add(&series->lateness, (double)((uint64_t)series->newest - (uint64_t)time));
	} else {
		series->newest_unusable = record->quality <= USABLE_QUALITY;
		series->newest = time;
	}
	if (time < series->oldest)
		series->oldest = time;
	series->previous = time;
	series->unusable += record->quality <= USABLE_QUALITY;
}

static void note_breach(struct breach *first, uint64_t *count, const struct record *record)
{
	if ((*count)++ == 0)
		*first = (struct breach){record->line_number, record->timestamp};
}

bool series_health_comparable(
    const struct series_health *series, const struct record *record, struct buffer *scratch, struct slice *value)
{
	const struct unit_converter *converter;
	struct error ignored;

	*value = record->text[MEMBER_VALUE];
	if (series->unit_fits || record->kind[MEMBER_VALUE] != VALUE_NUMBER)
		return true;
	if (!series->units)
		return false;
	converter = unit_converter_find(
	    series->units, buffer_slice(&series->unit), slice_from_string(series->property->unit), &ignored);
	buffer_reset(scratch);
	if (!converter || converter->outcome != UNIT_CONVERTS ||
	    unit_convert_text(converter, *value, scratch, &ignored))
		return false;
	*value = buffer_slice(scratch);
	return true;
}

// Against the model, once for each reading that is no duplicate.
static void judge(struct series_health *series, const struct record *record, struct buffer *scratch)
{
	const struct model_property *property = series->property;
	struct slice value;

	series->values++;
	if (!property)
		return;
	bool type_fits = model_type_fits(property, record->text[MEMBER_VALUE]);
	bool range_fits =
	    !series_health_comparable(series, record, scratch, &value) || model_range_fits(property, value);

	if (!type_fits)
		note_breach(&series->first_wrong_type, &series->wrong_type, record);
	if (!range_fits)
		note_breach(&series->first_out_of_range, &series->out_of_range, record);
	series->invalid += !type_fits || !range_fits;
	if (!series->unit_fits)
		note_breach(&series->first_wrong_unit, &series->wrong_unit, record);
}

static void settle_slot(struct series_health *series, const struct instant *instant)
{
	if (!(series->period > 0))
		return;
	// In halves of a nanosecond, which a median may have: exact, also over years.
	unsigned __int128 twice = (unsigned __int128)(series->period * 2);
	uint64_t since = (uint64_t)instant->time - (uint64_t)series->origin;
	uint64_t slot = (uint64_t)((unsigned __int128)since * 2 / twice);
	bool is_filled = series->filled && slot == series->last_filled;

	series->last_slot = slot;
	if (instant->identity == IDENTITY_NULL || is_filled)
		return;
	series->filled++;
	series->last_filled = slot;
}

static void settle_interval(struct series_health *series, int64_t time)
{
	uint64_t interval = (uint64_t)time - (uint64_t)series->settled;
	const struct stretch *largest = &series->largest_gap;

	if (!interval)
		return;
	quantile_sketch_add(&series->intervals, (double)interval);
	series->gaps += series->period > 0 && (double)interval > series->period * GAP_PERIODS;
	if (interval > (uint64_t)largest->end - (uint64_t)largest->begin)
		series->largest_gap = (struct stretch){.begin = series->settled, .end = time};
}

// The oldest instant leaves the window; nothing older will be looked at any more.
static void settle(struct series_health *series)
{
	if (!(series->period > 0))
		series->period = instant_window_median_interval(&series->window);
	struct instant instant = instant_window_take(&series->window);

	if (series->has_settled)
		settle_interval(series, instant.time);
	else
		series->origin = instant.time;
	series->has_settled = true;
	series->settled = instant.time;
	settle_slot(series, &instant);
	if (isfinite(instant.number))
		value_runs_add(&series->runs, instant.time, instant.number);
}

void series_health_add(struct series_health *series, const struct record *record, struct buffer *scratch)
{
	note_arrival(series, record);
	note_unit(series, record);
	struct instant instant = read_instant(series, record, scratch);

	if (instant.identity == IDENTITY_NULL)
		series->nulls++;
	else {
		note_type(series, record, instant.number);
		if (record->timestamp > series->newest_value || series->readings - series->nulls == 1)
			series->newest_value = record->timestamp;
	}
	enum instant_place place = instant_window_add(&series->window, &instant);

	series->duplicates += place == INSTANT_DUPLICATE;
	series->conflicts += place == INSTANT_CONFLICT;
	series->unplaced += place == INSTANT_TOO_LATE;
	if (place != INSTANT_DUPLICATE && instant.identity != IDENTITY_NULL)
		judge(series, record, scratch);
	if (instant_window_is_over(&series->window))
		settle(series);
}

void series_health_finish(struct series_health *finished, const struct series_health *series)
{
	*finished = *series;
	instant_window_copy(&finished->window, &series->window);
	value_runs_copy(&finished->runs, &series->runs);
	finished->intervals = (struct quantile_sketch)QUANTILE_SKETCH_INIT;
	quantile_sketch_merge(&finished->intervals, &series->intervals);
	finished->lateness = (struct quantile_sketch)QUANTILE_SKETCH_INIT;
	quantile_sketch_merge(&finished->lateness, &series->lateness);
	finished->unit = (struct buffer)BUFFER_INIT;
	buffer_append_slice(&finished->unit, buffer_slice(&series->unit));
	while (finished->window.count)
		settle(finished);
}

uint64_t series_health_expected(const struct series_health *finished)
{
	return finished->period > 0 && finished->has_settled ? finished->last_slot + 1 : 0;
}

uint64_t series_health_resets(const struct series_health *finished)
{
	bool is_declared = finished->property && finished->property->counter;

	return is_declared || value_runs_is_counter(&finished->runs) ? finished->runs.decreases : 0;
}
