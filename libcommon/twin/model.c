#include "twin/model.h"

#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/duration.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "io/atomic_file.h"
#include "record/expression.h"
#include "record/property_path.h"
#include "twin/model_checks.h"
#include "twin/model_parts.h"

_Static_assert(MODEL_BOUND_SIZE == QUALITY_BOUND_SIZE, "bounds are copied");

#define MODEL_SIZE_MAX ((size_t)64 << 20)
#define EXTEND_MAX     10

void model_free(struct model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->paths.count; i++) {
		free(model->properties[i].unit);
		model_calibrations_free(model->properties[i].calibration, 1);
	}
	for (size_t i = 0; i < model->applies_to_count; i++)
		free(model->applies_to[i]);
	free(model->applies_to);
	for (size_t i = 0; i < model->consistency_count; i++)
		free(model->consistency[i]);
	free(model->consistency);
	for (size_t i = 0; i < model->file_count; i++)
		free(model->files[i]);
	free(model->files);
	free(model->properties);
	model_sensors_release(model);
	model_slips_release(model);
	free(model->name);
	free(model->axis_unit);
	free(model->text);
	hash_map_release(&model->paths);
	free(model);
}

static int read_text(const struct model_source *source, const char *where, json_t *node, char **text)
{
	if (!json_is_string(node))
		return complain(source, where, "expected a string");
	free(*text);
	*text = memory_dup_string(json_string_value(node));
	return 0;
}

static int read_type(const struct model_source *source, const char *where, json_t *node, enum model_type *type)
{
	static const char *const names[] = {[MODEL_ANY] = "any",
	    [MODEL_NUMBER] = "number",
	    [MODEL_INTEGER] = "integer",
	    [MODEL_STRING] = "string",
	    [MODEL_BOOLEAN] = "boolean",
	    [MODEL_OBJECT] = "object",
	    [MODEL_ARRAY] = "array"};

	for (size_t i = 0; json_is_string(node) && i < sizeof names / sizeof *names; i++) {
		if (strcmp(json_string_value(node), names[i]) == 0) {
			*type = (enum model_type)i;
			return 0;
		}
	}
	return complain(source, where, "type is none of any, number, integer, string, boolean, object, array");
}

// As text, so that values are compared with it digit by digit.
static int read_bound(const struct model_source *source, const char *where, json_t *node, char bound[MODEL_BOUND_SIZE])
{
	if (!json_is_number(node) && !json_is_null(node))
		return complain(source, where, "range takes two numbers, or null for an open end");
	bound[0] = '\0';
	if (json_is_integer(node))
		snprintf(bound, MODEL_BOUND_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(node));
	else if (json_is_real(node))
		bound[decimal_format_double(bound, json_real_value(node))] = '\0';
	return 0;
}

static int read_range(
    const struct model_source *source, const char *where, json_t *node, struct model_property *property)
{
	char *minimum = property->minimum, *maximum = property->maximum;

	if (!json_is_array(node) || json_array_size(node) != 2)
		return complain(source, where, "range is not [minimum, maximum]");
	if (read_bound(source, where, json_array_get(node, 0), minimum) ||
	    read_bound(source, where, json_array_get(node, 1), maximum))
		return -1;
	if (*minimum && *maximum && decimal_compare(slice_from_string(minimum), slice_from_string(maximum)) > 0)
		return complain(source, where, "range: the minimum is above the maximum");
	return 0;
}

int model_duration(const struct model *model, struct slice text, int64_t *nanoseconds, struct error *error)
{
	int64_t count;
	struct error ignored;

	if (!model || !model->axis_unit ||
	    duration_parse_axis(text, slice_from_string(model->axis_unit), &count, &ignored))
		return duration_parse(text, nanoseconds, error);
	if (timestamp_scale(count, NANOSECONDS_PER_SECOND, nanoseconds))
		return error_set(error, "'%.*s' is too long", (int)text.length, text.data);
	return 0;
}

static int read_axis(const struct model_source *source, struct model *model, json_t *axis)
{
	if (!json_is_object(axis) || !json_object_get(axis, "unit"))
		return complain(source, "axis", "expected {\"unit\": NAME}");
	model_check_names(source, "axis", MODEL_LEVEL_AXIS, axis);
	if (read_text(source, "axis", json_object_get(axis, "unit"), &model->axis_unit))
		return -1;
	return *model->axis_unit ? 0 : complain(source, "axis", "its unit has no name");
}

static int read_duration(const struct model_source *source, const char *where, json_t *node, int64_t *duration)
{
	struct error inner;

	if (!json_is_string(node))
		return complain(source, where, "a length of time is a string such as \"10s\"");
	if (model_duration(
		source->model, slice_of(json_string_value(node), json_string_length(node)), duration, &inner))
		return complain(source, where, inner.message);
	return *duration > 0 ? 0 : complain(source, where, "a length of time must be above 0");
}

static int read_tolerance(
    const struct model_source *source, const char *where, json_t *node, struct model_property *property)
{
	json_t *absolute = json_is_object(node) ? json_object_get(node, "absolute") : node;
	json_t *relative = json_is_object(node) ? json_object_get(node, "relative") : NULL;

	if ((absolute && !json_is_number(absolute)) || (relative && !json_is_number(relative)))
		return complain(source, where, "tolerance is a number or {\"absolute\": N, \"relative\": N}");
	model_check_names(source, where, MODEL_LEVEL_TOLERANCE, json_is_object(node) ? node : NULL);
	property->absolute = absolute ? json_number_value(absolute) : 0;
	property->relative = relative ? json_number_value(relative) : 0;
	if (!(property->absolute >= 0) || !(property->relative >= 0))
		return complain(source, where, "tolerance: neither absolute nor relative is below 0");
	return 0;
}

static int read_deadband(
    const struct model_source *source, const char *where, json_t *node, struct model_property *property)
{
	property->deadband = json_number_value(node);
	return json_is_number(node) && property->deadband >= 0
	    ? 0
	    : complain(source, where, "deadband is a number that is not below 0");
}

static int read_flag(
    const struct model_source *source, const char *where, const char *expected, json_t *node, bool *flag)
{
	*flag = json_is_true(node);
	return json_is_boolean(node) ? 0 : complain(source, where, expected);
}

static int read_writable(
    const struct model_source *source, const char *where, json_t *node, struct model_property *property)
{
	bool writable = true;
	int failed = read_flag(source, where, "writable is true or false", node, &writable);

	property->read_only = !writable;
	return failed;
}

static const char *const merge_rules[] = {[MERGE_NEWEST] = "newest",
    [MERGE_QUALITY] = "quality",
    [MERGE_MAX] = "max",
    [MERGE_MIN] = "min",
    [MERGE_MEAN] = "mean"};

enum merge_rule merge_rule_of(struct slice name)
{
	for (enum merge_rule rule = MERGE_NEWEST; rule <= MERGE_MEAN; rule++)
		if (slice_is(name, merge_rules[rule]))
			return rule;
	return MERGE_BASE;
}

const char *merge_rule_name(enum merge_rule rule)
{
	return merge_rules[rule];
}

static int read_merge(
    const struct model_source *source, const char *where, json_t *node, struct model_property *property)
{
	property->merge = json_is_string(node) ? merge_rule_of(slice_from_string(json_string_value(node))) : MERGE_BASE;
	return property->merge != MERGE_BASE
	    ? 0
	    : complain(source, where, "merge is none of newest, quality, max, min, mean");
}

static int read_property_member(const struct model_source *source, const char *where, const char *name, json_t *node,
    struct model_property *property)
{
	if (strcmp(name, "type") == 0)
		return read_type(source, where, node, &property->type);
	if (strcmp(name, "unit") == 0)
		return read_text(source, where, node, &property->unit);
	if (strcmp(name, "range") == 0)
		return read_range(source, where, node, property);
	if (strcmp(name, "interval") == 0)
		return read_duration(source, where, node, &property->interval);
	if (strcmp(name, "stale_after") == 0)
		return read_duration(source, where, node, &property->stale_after);
	if (strcmp(name, "tolerance") == 0)
		return read_tolerance(source, where, node, property);
	if (strcmp(name, "calibration") == 0)
		return model_read_property_calibration(source, where, node, property);
	if (strcmp(name, "deadband") == 0)
		return read_deadband(source, where, node, property);
	if (strcmp(name, "required") == 0)
		return read_flag(source, where, "required is true or false", node, &property->required);
	if (strcmp(name, "writable") == 0)
		return read_writable(source, where, node, property);
	if (strcmp(name, "merge") == 0)
		return read_merge(source, where, node, property);
	if (strcmp(name, "counter") == 0)
		return read_flag(source, where, "counter is true or false", node, &property->counter);
	// Members that other programs read pass.
	struct error inner;

	if (model_checks_read(&property->checks, source->model, name, node, &inner) < 0)
		return complain(source, where, inner.message);
	return 0;
}

static int read_property(const struct model_source *source, struct model *model, const char *path, json_t *object)
{
	struct error inner;
	const char *name;
	json_t *node;
	int added = 0;

	if (property_path_check(slice_from_string(path), &inner))
		return complain(source, path, inner.message);
	if (!json_is_object(object))
		return complain(source, path, "a property is an object");
	model_check_names(source, path, MODEL_LEVEL_PROPERTY, object);
	size_t at = hash_map_add(&model->paths, slice_from_string(path), &added);

	model->properties =
	    memory_grow(model->properties, &model->property_capacity, at + 1, sizeof *model->properties);
	if (added)
		model->properties[at] = (struct model_property){.path = model->paths.keys[at]};
	json_object_foreach(
	    object, name, node) if (read_property_member(source, path, name, node, &model->properties[at])) return -1;
	return 0;
}

// An array of strings takes the place of what a model that was extended gave.
static int read_texts(const struct model_source *source, const char *where, json_t *array, char ***texts, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		free((*texts)[i]);
	free(*texts);
	*count = json_array_size(array);
	*texts = memory_new_zeroed(*count, sizeof **texts);
	for (size_t i = 0; i < *count; i++)
		if (read_text(source, where, json_array_get(array, i), &(*texts)[i]))
			return -1;
	return 0;
}

static int read_applies_to(const struct model_source *source, struct model *model, json_t *globs)
{
	if (!json_is_array(globs))
		return complain(source, "applies_to", "expected an array of patterns of entities");
	return read_texts(source, "applies_to", globs, &model->applies_to, &model->applies_to_count);
}

static int read_consistency(const struct model_source *source, struct model *model, json_t *rules)
{
	struct error inner;

	if (!json_is_array(rules))
		return complain(source, "consistency", "expected an array of conditions");
	if (read_texts(source, "consistency", rules, &model->consistency, &model->consistency_count))
		return -1;
	for (size_t i = 0; i < model->consistency_count; i++) {
		struct expression *rule = expression_parse_condition(slice_from_string(model->consistency[i]), &inner);

		if (!rule)
			return complain(source, "consistency", inner.message);
		expression_free(rule);
	}
	return 0;
}

static int read_members(const struct model_source *source, struct model *model, json_t *root)
{
	json_t *name = json_object_get(root, "name");
	json_t *axis = json_object_get(root, "axis");
	json_t *globs = json_object_get(root, "applies_to");
	json_t *properties = json_object_get(root, "properties");
	json_t *sensors = json_object_get(root, "sensors");
	json_t *rules = json_object_get(root, "consistency");
	const char *key;
	json_t *node;

	model_check_names(source, "the file", MODEL_LEVEL_FILE, root);
	if (rules && read_consistency(source, model, rules))
		return -1;
	if (axis && read_axis(source, model, axis))
		return -1;
	if ((name && read_text(source, "name", name, &model->name)) || (globs && read_applies_to(source, model, globs)))
		return -1;
	if (properties && !json_is_object(properties))
		return complain(source, "properties", "expected an object");
	json_object_foreach(properties, key, node) if (read_property(source, model, key, node)) return -1;
	if (sensors && !json_is_object(sensors))
		return complain(source, "sensors", "expected an object");
	json_object_foreach(sensors, key, node) if (model_read_sensor(source, model, key, node)) return -1;
	return 0;
}

// The folders of TWIN_MODEL_PATH, one after the other; true when a file is found.
static bool find_on_path(const char *name, struct buffer *file)
{
	const char *folders = getenv("TWIN_MODEL_PATH");

	while (folders && *folders) {
		size_t length = strcspn(folders, ":");

		for (int with_ending = 0; length && with_ending < 2; with_ending++) {
			buffer_reset(file);
			buffer_printf(file, "%.*s/%s%s", (int)length, folders, name, with_ending ? ".json" : "");
			if (access(buffer_string(file), R_OK) == 0)
				return true;
		}
		folders += length + (folders[length] == ':');
	}
	return false;
}

static void find_file(const char *name, struct buffer *file)
{
	if (access(name, R_OK) != 0 && !strchr(name, '/') && find_on_path(name, file))
		return;
	buffer_reset(file);
	buffer_append_string(file, name);
}

// Where a name that is no path was looked for as well.
static void add_folders(struct error *error, const char *name)
{
	const char *folders = getenv("TWIN_MODEL_PATH");
	struct error first = *error;

	if (folders && *folders && !strchr(name, '/') && access(name, F_OK) != 0)
		error_set(error, "%.200s; nor is '%.60s' or '%.60s.json' in TWIN_MODEL_PATH (%.100s)", first.message,
		    name, name, folders);
}

static int read_file(struct model *model, const char *name, int depth, struct error *error);

// `extend` names a file beside the one that extends it, or a model on TWIN_MODEL_PATH.
static int read_extended(const struct model_source *source, struct model *model, json_t *extend, int depth)
{
	struct buffer beside = BUFFER_INIT;
	const char *slash = strrchr(source->file, '/');
	const char *name = json_string_value(extend);

	if (!name)
		return complain(source, "extend", "expected the name of a model");
	if (depth >= EXTEND_MAX)
		return complain(source, "extend", "more than 10 models extend one another (a circle?)");
	if (slash && *name != '/')
		buffer_append(&beside, source->file, (size_t)(slash - source->file) + 1);
	buffer_append_string(&beside, name);
	if (access(buffer_string(&beside), R_OK) == 0)
		name = buffer_string(&beside);
	int failed = read_file(model, name, depth + 1, source->error);

	buffer_release(&beside);
	return failed;
}

// Keeps what was read, behind what it extends.
static void add_text(struct model *model, struct slice text)
{
	struct buffer all = BUFFER_INIT;

	buffer_append_char(&all, '[');
	if (model->text) {
		buffer_append(&all, model->text + 1, strlen(model->text) - 2);
		buffer_append_char(&all, ',');
	}
	buffer_append_slice(&all, text);
	buffer_append_char(&all, ']');
	free(model->text);
	model->text = memory_dup_slice(buffer_slice(&all));
	buffer_release(&all);
}

static int read_file(struct model *model, const char *name, int depth, struct error *error)
{
	struct buffer file = BUFFER_INIT, text = BUFFER_INIT;
	json_error_t where;
	json_t *root = NULL;
	int failed = -1;

	find_file(name, &file);
	struct model_source source = {buffer_string(&file), model, error};

	model->files = memory_resize(model->files, model->file_count + 1, sizeof *model->files);
	model->files[model->file_count++] = memory_dup_string(source.file);
	if (file_read_whole(source.file, MODEL_SIZE_MAX, &text, error) == 0) {
		root = json_loadb(text.data ? text.data : "", text.length, JSON_REJECT_DUPLICATES, &where);
		if (!root)
			error_set(error, "model '%s', line %d: %s", source.file, where.line, where.text);
		else if (!json_is_object(root))
			complain(&source, "the file", "is not a JSON object");
		else if (json_object_get(root, "extend") &&
		    read_extended(&source, model, json_object_get(root, "extend"), depth))
			failed = -1;
		else
			failed = read_members(&source, model, root);
		if (!failed)
			add_text(model, buffer_slice(&text));
	} else {
		add_folders(error, name);
	}
	json_decref(root);
	buffer_release(&text);
	buffer_release(&file);
	return failed;
}

static int complete_checks(struct model_property *property, const char *name, struct error *error)
{
	struct quality_limits *checks = &property->checks;
	enum quality_test test;
	struct error inner;

	memcpy(checks->range.minimum, property->minimum, sizeof property->minimum);
	memcpy(checks->range.maximum, property->maximum, sizeof property->maximum);
	checks->interval = property->interval;
	quality_limits_choose(checks);
	if (quality_limits_check(checks, &test, &inner) == 0)
		return 0;
	return error_set(error, "model '%s': %.*s: %s: %.200s", name, (int)property->path.length, property->path.data,
	    model_checks_name(test), inner.message);
}

// With only one of the two known the other follows: stale_after is four intervals.
static int complete(struct model *model, const char *name, struct error *error)
{
	for (size_t i = 0; i < model->paths.count; i++) {
		struct model_property *property = &model->properties[i];

		if (complete_checks(property, name, error) < 0)
			return -1;
		if (property->interval && !property->stale_after)
			property->stale_after = property->interval < INT64_MAX / 4 ? property->interval * 4 : INT64_MAX;
		else if (property->stale_after && !property->interval)
			property->interval = property->stale_after / 4;
		model->has_required |= property->required;
	}
	return 0;
}

struct model *model_read(const char *name, struct error *error)
{
	struct model *model = memory_new_zeroed(1, sizeof *model);

	if (read_file(model, name, 0, error) || complete(model, name, error) || model_check_rules(model, name, error)) {
		model_free(model);
		return NULL;
	}
	return model;
}

struct model *model_parse(struct slice text, const char *name, struct error *error)
{
	struct model *model = memory_new_zeroed(1, sizeof *model);
	struct model_source source = {name, model, error};
	json_error_t where;
	json_t *files = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &where);
	int failed = json_is_array(files) ? 0 : error_set(error, "model '%s' cannot be read again", name);

	for (size_t i = 0; i < json_array_size(files) && !failed; i++)
		failed = read_members(&source, model, json_array_get(files, i));
	json_decref(files);
	if (failed || complete(model, name, error) || model_check_rules(model, name, error)) {
		model_free(model);
		return NULL;
	}
	model->text = memory_dup_slice(text);
	return model;
}

bool model_applies(const struct model *model, struct slice entity_id)
{
	if (!model)
		return false;
	if (!model->applies_to_count)
		return true;
	char *id = memory_dup_slice(entity_id);
	bool found = false;

	for (size_t i = 0; i < model->applies_to_count && !found; i++)
		found = fnmatch(model->applies_to[i], id, 0) == 0;
	free(id);
	return found;
}

const struct model_property *model_property(const struct model *model, struct slice path)
{
	size_t at = model ? hash_map_find(&model->paths, path) : HASH_MAP_NONE;

	return at == HASH_MAP_NONE ? NULL : &model->properties[at];
}

static bool is_number(struct slice value)
{
	return value.length && (value.data[0] == '-' || (unsigned char)(value.data[0] - '0') < 10);
}

// By value, of any size: 5.0 and 1e30 are.
static bool is_whole(struct slice number)
{
	struct buffer canonical = BUFFER_INIT;

	decimal_append_canonical(&canonical, number);
	const char *e = memchr(canonical.data, 'e', canonical.length);
	bool whole = !e || e[1] != '-';

	buffer_release(&canonical);
	return whole;
}

bool model_type_fits(const struct model_property *property, struct slice value)
{
	char first = value.length ? value.data[0] : '\0';

	switch (property->type) {
	case MODEL_NUMBER:
		return is_number(value);
	case MODEL_INTEGER:
		return is_number(value) && is_whole(value);
	case MODEL_STRING:
		return first == '"';
	case MODEL_BOOLEAN:
		return first == 't' || first == 'f';
	case MODEL_OBJECT:
		return first == '{';
	case MODEL_ARRAY:
		return first == '[';
	default:
		return true;
	}
}

bool model_range_fits(const struct model_property *property, struct slice value)
{
	if (!is_number(value))
		return true;
	return (!property->minimum[0] || decimal_compare(value, slice_from_string(property->minimum)) >= 0) &&
	    (!property->maximum[0] || decimal_compare(value, slice_from_string(property->maximum)) <= 0);
}
