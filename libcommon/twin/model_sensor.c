// The part of a model that tells of sensors: which to believe first, and what their raw readings stand for.
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "twin/model_parts.h"

#define CALIBRATIONS_MAX 1024

void model_calibrations_free(struct calibration *calibrations, size_t count)
{
	if (!calibrations)
		return;
	for (size_t i = 0; i < count; i++)
		calibration_release(&calibrations[i]);
	free(calibrations);
}

void model_sensors_release(struct model *model)
{
	for (size_t i = 0; i < model->sensor_ids.count; i++)
		model_calibrations_free(model->sensors[i].calibrations, model->sensors[i].calibration_count);
	free(model->sensors);
	hash_map_release(&model->sensor_ids);
}

// where: whose member it is. index: in an array of several, or -1.
static int read_calibration(
    const struct model_source *source, const char *where, json_t *node, int index, struct calibration *calibration)
{
	struct error inner;
	char path[240];

	model_check_names(source, where, MODEL_LEVEL_CALIBRATION, node);
	if (!calibration_read(calibration, node, &inner))
		return 0;
	if (index < 0)
		snprintf(path, sizeof path, "%.200s.calibration", where);
	else
		snprintf(path, sizeof path, "%.200s.calibration[%d]", where, index);
	return complain(source, path, inner.message);
}

int model_read_property_calibration(
    const struct model_source *source, const char *where, json_t *node, struct model_property *property)
{
	struct calibration *calibration = memory_new_zeroed(1, sizeof *calibration);

	if (read_calibration(source, where, node, -1, calibration)) {
		free(calibration);
		return -1;
	}
	model_calibrations_free(property->calibration, 1);
	property->calibration = calibration;
	return 0;
}

// One, or an array of them. What an extended model said is replaced.
static int read_calibrations(
    const struct model_source *source, const char *id, json_t *node, struct model_sensor *sensor)
{
	bool is_array = json_is_array(node);
	size_t count = is_array ? json_array_size(node) : 1;

	if (count > CALIBRATIONS_MAX)
		return complain(source, id, "calibration: there are more than 1024");
	struct calibration *calibrations = memory_new_zeroed(count + 1, sizeof *calibrations);

	for (size_t i = 0; i < count; i++) {
		if (read_calibration(source, id, is_array ? json_array_get(node, i) : node, is_array ? (int)i : -1,
			&calibrations[i])) {
			model_calibrations_free(calibrations, i);
			return -1;
		}
	}
	model_calibrations_free(sensor->calibrations, sensor->calibration_count);
	sensor->calibrations = calibrations;
	sensor->calibration_count = count;
	return 0;
}

int model_read_sensor(const struct model_source *source, struct model *model, const char *id, json_t *object)
{
	json_t *priority = json_object_get(object, "priority");
	json_t *calibration = json_object_get(object, "calibration");
	int added = 0;

	if (!json_is_object(object) || (priority && !json_is_integer(priority)))
		return complain(source, id, "a sensor is an object, its priority a whole number");
	model_check_names(source, id, MODEL_LEVEL_SENSOR, object);
	size_t at = hash_map_add(&model->sensor_ids, slice_from_string(id), &added);

	model->sensors = memory_grow(model->sensors, &model->sensor_capacity, at + 1, sizeof *model->sensors);
	if (added)
		model->sensors[at] = (struct model_sensor){0};
	if (priority)
		model->sensors[at].priority = json_integer_value(priority);
	return calibration ? read_calibrations(source, id, calibration, &model->sensors[at]) : 0;
}

static const struct model_sensor *find_sensor(const struct model *model, struct slice sensor_id)
{
	size_t at = model && model->sensor_ids.count ? hash_map_find(&model->sensor_ids, sensor_id) : HASH_MAP_NONE;

	return at == HASH_MAP_NONE ? NULL : &model->sensors[at];
}

int64_t model_priority(const struct model *model, struct slice sensor_id)
{
	const struct model_sensor *sensor = find_sensor(model, sensor_id);

	return sensor ? sensor->priority : 0;
}

static bool speaks_of(const struct calibration *calibration, struct slice property)
{
	return !calibration->property || slice_is(property, calibration->property);
}

const struct calibration *model_calibration(const struct model *model, struct slice sensor_id, struct slice property)
{
	const struct model_sensor *sensor = find_sensor(model, sensor_id);
	const struct model_property *described = model_property(model, property);

	for (size_t i = 0; sensor && i < sensor->calibration_count; i++)
		if (speaks_of(&sensor->calibrations[i], property))
			return &sensor->calibrations[i];
	return described ? described->calibration : NULL;
}
