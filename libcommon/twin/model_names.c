// Which members of a model are known, and which unknown ones are probably slips.
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "twin/model_parts.h"

#define SLIPS_MAX 20

// A model may hold any number of members of other programs.
#define TRIED_MAX 10000

// One slip makes any name of two letters another one.
#define SHORTEST 3

// Of others: what programs that are no readers of these members may be told by a model.
struct level {
	const char *const *known, *const *others;
};

static const char *const file_known[] = {
    "name", "extend", "applies_to", "consistency", "properties", "sensors", "axis", NULL};
static const char *const file_others[] = {"title", "description", "comment", "version", "relationships", "computed",
    "metrics", "physics", "models", "parts", "rules", "alerts", "failure", "limits", "maintenance", "costs", NULL};
static const char *const axis_known[] = {"unit", NULL};
static const char *const property_known[] = {"type", "unit", "range", "suspect_range", "interval", "stale_after",
    "tolerance", "maximum_rate", "stuck", "spike", "attenuated", "deadband", "counter", "required", "writable",
    "calibration", "merge", NULL};
static const char *const described[] = {
    "name", "title", "description", "comment", "label", "merge", "property", "properties", NULL};
static const char *const tolerance_known[] = {"absolute", "relative", NULL};
static const char *const sensor_known[] = {"priority", "calibration", NULL};
static const char *const calibration_known[] = {"form", "gives", "property", "raw_unit", "unit", "range", "offset",
    "gain", "coefficients", "table", "type", "beta", "cold_junction", NULL};

static struct level level_of(enum model_level level)
{
	const struct level levels[] = {
	    [MODEL_LEVEL_FILE] = {file_known, file_others},
	    [MODEL_LEVEL_AXIS] = {axis_known, described},
	    [MODEL_LEVEL_PROPERTY] = {property_known, described},
	    [MODEL_LEVEL_TOLERANCE] = {tolerance_known, described},
	    [MODEL_LEVEL_SENSOR] = {sensor_known, described},
	    [MODEL_LEVEL_CALIBRATION] = {calibration_known, described},
	};

	return levels[level];
}

static bool is_among(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

// The known member that was probably meant; NULL: none, or one of another program.
static const char *find_meant(const struct level *level, const char *name)
{
	struct nearest nearest;

	nearest_init(&nearest, name, strlen(name));
	for (const char *const *known = level->known; *known; known++)
		nearest_offer(&nearest, *known);
	const char *meant = nearest.word;

	for (const char *const *other = level->others; *other; other++)
		nearest_offer(&nearest, *other);
	return nearest.word == meant ? meant : NULL;
}

// Once for each slip, however many properties have it.
static void add_slip(
    const struct model_source *source, const char *where, enum model_level level, const char *name, const char *meant)
{
	struct model *model = source->model;
	struct error key, message;
	int added = 0;

	error_set(&key, "%d %.300s", (int)level, name);
	hash_map_add(&model->slip_names, slice_from_string(key.message), &added);
	if (!added)
		return;
	error_set(&message, "model '%.120s': %.100s: the member '%.60s' is not known: did you mean '%s'?", source->file,
	    where, name, meant);
	model->slips = memory_grow(model->slips, &model->slip_capacity, model->slip_names.count, sizeof *model->slips);
	model->slips[model->slip_names.count - 1] = memory_dup_string(message.message);
}

void model_check_names(const struct model_source *source, const char *where, enum model_level level, json_t *object)
{
	const struct level names = level_of(level);
	struct model *model = source->model;
	const char *name;
	json_t *node;

	json_object_foreach(object, name, node)
	{
		if (model->slip_names.count >= SLIPS_MAX || model->tried_count >= TRIED_MAX)
			return;
		if (is_among(names.known, name) || is_among(names.others, name) || strnlen(name, SHORTEST) < SHORTEST)
			continue;
		model->tried_count++;
		const char *meant = find_meant(&names, name);

		if (meant)
			add_slip(source, where, level, name, meant);
	}
}

void model_slips_release(struct model *model)
{
	for (size_t i = 0; i < model->slip_names.count; i++)
		free(model->slips[i]);
	free(model->slips);
	hash_map_release(&model->slip_names);
}

void model_tell_slips(const struct model *model, void (*tell)(const char *message))
{
	for (size_t i = 0; model && i < model->slip_names.count; i++)
		tell(model->slips[i]);
}
