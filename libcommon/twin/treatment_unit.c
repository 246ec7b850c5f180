// Which units readings are to be in, and whether they can be.
#include <string.h>

#include "base/hash_map.h"
#include "twin/treatment.h"

// At the last '=', since names may hold one.
static int split(const char *text, struct slice *property, struct slice *unit, struct error *error)
{
	const char *equals = strrchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return error_set(error, "--to-unit: '%.200s' is not PROPERTY=UNIT", text);
	*property = slice_of(text, (size_t)(equals - text));
	*unit = slice_from_string(equals + 1);
	return 0;
}

struct slice treatment_unit_glob(const char *to_unit)
{
	struct slice glob, unit;
	struct error ignored;

	return split(to_unit, &glob, &unit, &ignored) == 0 ? glob : SLICE_EMPTY;
}

// What the last --to-unit that fits says; empty: none does.
static struct slice asked_unit(const struct option_list *to_units, struct slice property)
{
	for (size_t i = to_units->count; i-- > 0;)
		if (mapping_glob_matches(treatment_unit_glob(to_units->items[i]), property))
			return slice_from_string(strrchr(to_units->items[i], '=') + 1);
	return SLICE_EMPTY;
}

static struct slice model_unit(const struct model *model, struct slice property)
{
	const struct model_property *described = model_property(model, property);

	return described && described->unit ? slice_from_string(described->unit) : SLICE_EMPTY;
}

struct slice treatment_unit(const struct treatment_settings *settings, const struct model *model, struct slice property)
{
	struct slice unit = asked_unit(settings->to_units, property);

	return unit.length ? unit : model_unit(model, property);
}

// What the source's readings of the property are in, as far as the mapping says; empty: it does not.
static struct slice declared_unit(const struct mapping *mapping, struct slice property)
{
	struct slice unit = SLICE_EMPTY;

	for (size_t i = 0; i < mapping->value_count; i++)
		if (slice_equal(mapping->values[i].property, property) ||
		    (!mapping->values[i].property.length && slice_equal(mapping->values[i].name, property)))
			unit = mapping->values[i].unit;
	for (size_t i = 0; i < mapping->units.count; i++)
		if (mapping_glob_matches(mapping->units.items[i].name, property))
			unit = mapping->units.items[i].text;
	return unit;
}

static int check_pair(
    struct unit_system *units, struct slice property, struct slice from, struct slice to, struct error *error)
{
	const struct unit_converter *converter;
	struct error reason;

	if (!from.length || !to.length || slice_equal(from, to))
		return 0;
	converter = unit_converter_find(units, from, to, &reason);
	if (!converter)
		return error_set(error, "%.400s", reason.message);
	if (converter->outcome != UNIT_IMPOSSIBLE)
		return 0;
	return error_set(error, "property '%.*s': %.300s", property.length < 80 ? (int)property.length : 80,
	    property.data, converter->message);
}

static struct slice text_or_empty(const char *text)
{
	return text ? slice_from_string(text) : SLICE_EMPTY;
}

// Whether readings that are declared so can be calibrated: a thermometer that says degrees itself needs no table of ohms.
static bool takes(
    struct unit_system *units, const struct calibration *calibration, struct slice property, struct slice declared)
{
	struct error ignored;

	return check_pair(units, property, declared, text_or_empty(calibration->raw_unit), &ignored) == 0;
}

// From what the source declares, over the calibration, to what is asked for.
static int check_property(const struct treatment_settings *settings, struct unit_system *units,
    const struct mapping *mapping, struct slice property, struct error *error)
{
	struct slice declared = declared_unit(mapping, property),
		     to = treatment_unit(settings, settings->model, property);
	const struct calibration *calibration = model_calibration(settings->model, SLICE_EMPTY, property);

	if (calibration && calibration->unit && takes(units, calibration, property, declared))
		declared = slice_from_string(calibration->unit);
	if (!declared.length)
		declared = model_unit(settings->model, property);
	return check_pair(units, property, declared, to, error);
}

static int check_sensors(const struct treatment_settings *settings, struct unit_system *units, struct error *error)
{
	const struct model *model = settings->model;

	for (size_t i = 0; model && i < model->sensor_ids.count; i++) {
		const struct model_sensor *sensor = &model->sensors[i];

		for (size_t j = 0; j < sensor->calibration_count; j++) {
			struct slice property = text_or_empty(sensor->calibrations[j].property);

			if (property.length &&
			    check_pair(units, property, text_or_empty(sensor->calibrations[j].unit),
				treatment_unit(settings, model, property), error))
				return -1;
		}
	}
	return 0;
}

static void add_exact(struct hash_map *names, struct slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (strchr("*?[\\", name.data[i]))
			return;
	if (name.length)
		hash_map_add(names, name, NULL);
}

// All properties that options, mapping or model call by their names.
static int collect(struct hash_map *names, const struct treatment_settings *settings, const struct mapping *mapping,
    struct error *error)
{
	struct slice name, unit;

	for (size_t i = 0; i < settings->to_units->count; i++) {
		if (split(settings->to_units->items[i], &name, &unit, error))
			return -1;
		add_exact(names, name);
	}
	for (size_t i = 0; i < mapping->units.count; i++)
		add_exact(names, mapping->units.items[i].name);
	for (size_t i = 0; i < mapping->value_count; i++)
		if (!mapping->values[i].is_glob)
			add_exact(names,
			    mapping->values[i].property.length ? mapping->values[i].property : mapping->values[i].name);
	for (size_t i = 0; settings->model && i < settings->model->paths.count; i++)
		hash_map_add(names, settings->model->paths.keys[i], NULL);
	return 0;
}

// A unit that is not known would leave all readings as they are.
static int check_asked(const struct option_list *to_units, struct unit_system *units, struct error *error)
{
	struct slice property, text;
	struct unit unit;
	struct error why;

	for (size_t i = 0; i < to_units->count; i++) {
		if (split(to_units->items[i], &property, &text, error) < 0)
			return -1;
		if (unit_parse(units, text, &unit, &why) < 0)
			return error_set(error, "--to-unit '%.100s': %.300s", to_units->items[i], why.message);
	}
	return 0;
}

int treatment_check(const struct treatment_settings *settings, const struct mapping *mapping, struct error *error)
{
	struct hash_map names = HASH_MAP_INIT;
	struct unit_system *units = unit_system_new();
	int result = check_asked(settings->to_units, units, error);

	if (result == 0)
		result = collect(&names, settings, mapping, error);

	for (size_t i = 0; i < names.count && result == 0; i++)
		result = check_property(settings, units, mapping, names.keys[i], error);
	if (result == 0)
		result = check_sensors(settings, units, error);
	unit_system_free(units);
	hash_map_release(&names);
	return result;
}
