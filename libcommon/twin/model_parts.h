// What the files that read a model share; for everybody else there is twin/model.h.
#ifndef TWIN_MODEL_PARTS_H
#define TWIN_MODEL_PARTS_H

#include <jansson.h>

#include "base/error.h"
#include "twin/model.h"

struct model_source {
	const char *file;
	struct model *model;
	struct error *error;
};

static inline int complain(const struct model_source *source, const char *where, const char *what)
{
	return error_set(source->error, "model '%s': %.200s: %.200s", source->file, where, what);
}

enum model_level {
	MODEL_LEVEL_FILE,
	MODEL_LEVEL_AXIS,
	MODEL_LEVEL_PROPERTY,
	MODEL_LEVEL_TOLERANCE,
	MODEL_LEVEL_SENSOR,
	MODEL_LEVEL_CALIBRATION,
};

// Notes members that are not known and nearly called like one that is. Others are left to other programs.
void model_check_names(const struct model_source *source, const char *where, enum model_level level, json_t *object);
void model_slips_release(struct model *model);

// A member of `sensors`, added to what a model that was extended says of it.
int model_read_sensor(const struct model_source *source, struct model *model, const char *id, json_t *object)
    __attribute__((warn_unused_result));
void model_sensors_release(struct model *model);

// The member `calibration` of a property.
int model_read_property_calibration(const struct model_source *source, const char *where, json_t *node,
    struct model_property *property) __attribute__((warn_unused_result));

// The conditions of `consistency` against the units of the properties, once both are known; name is that of the model.
int model_check_rules(const struct model *model, const char *name, struct error *error)
    __attribute__((warn_unused_result));

// calibrations: from the heap, or NULL.
void model_calibrations_free(struct calibration *calibrations, size_t count);

#endif
