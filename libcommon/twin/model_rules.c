// Conditions of consistency against the units that the model gives to properties: kept apart from reading the model, since a condition
// may stand before the properties it is about, or in a model that is extended.
#include "record/expression_units.h"
#include "record/property_path.h"
#include "twin/model_parts.h"

struct unit_finder {
	const struct model *model;
	struct buffer path;
};

static bool find_unit(void *context, const struct slice *names, size_t count, struct slice *unit)
{
	struct unit_finder *finder = context;

	buffer_reset(&finder->path);
	for (size_t i = 0; i < count; i++)
		property_path_append(&finder->path, 0, names[i]);
	const struct model_property *property = model_property(finder->model, buffer_slice(&finder->path));

	if (!property || !property->unit)
		return false;
	*unit = slice_from_string(property->unit);
	return true;
}

// Whether there is anything to check: reading the units takes longer than reading the model.
static bool has_units(const struct expression *rule, struct unit_finder *finder)
{
	bool has = false;

	for (size_t i = 0; i < expression_path_count(rule) && !has; i++) {
		buffer_reset(&finder->path);
		expression_path_append_property(rule, i, &finder->path);
		const struct model_property *property = model_property(finder->model, buffer_slice(&finder->path));

		has = property && property->unit;
	}
	return has;
}

static int check_rule(const struct expression *rule, const char *text, struct unit_system *units,
    struct unit_finder *finder, const char *name, struct error *error)
{
	const struct expression_unit_lookup lookup = {.find = find_unit, .context = finder};
	struct error inner;

	if (!has_units(rule, finder) || expression_check_units(rule, units, &lookup, NULL, &inner) == 0)
		return 0;
	return error_set(error, "model '%.120s': consistency: '%.120s': %.240s", name, text, inner.message);
}

int model_check_rules(const struct model *model, const char *name, struct error *error)
{
	struct unit_finder finder = {.model = model, .path = BUFFER_INIT};
	struct unit_system *units = unit_system_new();
	int failed = 0;

	for (size_t i = 0; i < model->consistency_count && !failed; i++) {
		const char *text = model->consistency[i];
		struct expression *rule = expression_parse_condition(slice_from_string(text), error);

		failed = rule ? check_rule(rule, text, units, &finder, name, error) : -1;
		expression_free(rule);
	}
	unit_system_free(units);
	buffer_release(&finder.path);
	return failed;
}
