// Mapping files: JSON, read with jansson. A member that is not known is an error, since a misspelled one would be lost in silence.
#include "format/mapping.h"

#include <jansson.h>

#include "base/duration.h"
#include "base/time_option.h"
#include "io/atomic_file.h"
#include "record/property_path.h"

#define FILE_SIZE_MAX ((size_t)16 << 20)

struct member_reader {
	const char *name;
	int (*read)(struct mapping *mapping, json_t *value, struct error *error);
};

static struct slice text_of(json_t *string)
{
	return slice_of(json_string_value(string), json_string_length(string));
}

static int want_string(json_t *value, struct error *error)
{
	return json_is_string(value) && json_string_length(value) > 0
	    ? 0
	    : error_set(error, "a string that is not empty is expected");
}

static int read_text(struct mapping *mapping, json_t *value, struct slice *text, struct error *error)
{
	if (want_string(value, error) < 0)
		return -1;
	*text = mapping_text(mapping, text_of(value));
	return 0;
}

// A string, or an array of strings.
static int read_names(struct mapping *mapping, json_t *value, struct mapping_names *names, struct error *error)
{
	size_t index;
	json_t *item;

	if (!json_is_array(value))
		return error_set(error, "an array of strings is expected");
	json_array_foreach(value, index, item)
	{
		if (!json_is_string(item))
			return error_set(error, "an array of strings is expected");
		mapping_add_name(mapping, names, text_of(item));
	}
	return 0;
}

static int read_duration(json_t *value, int64_t *nanoseconds, struct error *error)
{
	if (want_string(value, error) < 0 || duration_parse(text_of(value), nanoseconds, error) < 0)
		return -1;
	return *nanoseconds > 0 ? 0 : error_set(error, "the duration is not above 0");
}

static int read_format(struct mapping *mapping, json_t *value, struct error *error)
{
	return read_text(mapping, value, &mapping->format, error);
}

static int read_delimiter(struct mapping *mapping, json_t *value, struct error *error)
{
	return want_string(value, error) < 0 ? -1 : mapping_set_delimiter(mapping, text_of(value), error);
}

static int read_precision(struct mapping *mapping, json_t *value, struct error *error)
{
	return want_string(value, error) < 0 ? -1 : mapping_set_precision(mapping, text_of(value), error);
}

static int read_header(struct mapping *mapping, json_t *value, struct error *error)
{
	if (!json_is_boolean(value))
		return error_set(error, "true or false is expected");
	mapping->header = json_is_true(value) ? HEADER_YES : HEADER_NO;
	return 0;
}

static int read_columns(struct mapping *mapping, json_t *value, struct error *error)
{
	return read_names(mapping, value, &mapping->columns, error);
}

static int read_entity(struct mapping *mapping, json_t *value, struct error *error)
{
	return read_text(mapping, value, &mapping->entity_id, error);
}

static int read_time_format(struct mapping *mapping, json_t *value, struct time_format *format, struct error *error)
{
	struct slice text;

	if (read_text(mapping, value, &text, error) < 0)
		return -1;
	return time_format_parse(text, format, error);
}

static int read_start(struct mapping *mapping, json_t *value, struct error *error)
{
	struct time_context context = {0};

	mapping->has_start = true;
	if (want_string(value, error) < 0)
		return -1;
	return time_option_parse(text_of(value), &context, &mapping->start, error);
}

static int read_time_member(struct mapping *mapping, const char *name, json_t *value, struct error *error)
{
	if (strcmp(name, "from") == 0)
		return read_text(mapping, value, &mapping->time.name, error);
	if (strcmp(name, "row") == 0)
		return read_duration(value, &mapping->row_step, error);
	if (strcmp(name, "format") == 0)
		return read_time_format(mapping, value, &mapping->time.format, error);
	if (strcmp(name, "start") == 0)
		return read_start(mapping, value, error);
	if (strcmp(name, "zone") == 0)
		return want_string(value, error) < 0 ? -1 : mapping_set_zone(mapping, text_of(value), error);
	return error_set(error, "member '%.60s' is not known", name);
}

static int read_time(struct mapping *mapping, json_t *value, struct error *error)
{
	const char *name;
	json_t *member;

	if (!json_is_object(value))
		return error_set(error, "an object is expected");
	json_object_foreach(value, name, member)
	{
		if (read_time_member(mapping, name, member, error) < 0)
			return -1;
	}
	if (mapping->row_step && mapping->time.name.data)
		return error_set(error, "'from' and 'row' exclude each other");
	return 0;
}

static int read_received(struct mapping *mapping, json_t *value, struct error *error)
{
	const char *name;
	json_t *member;

	if (json_is_string(value))
		return read_text(mapping, value, &mapping->received.name, error);
	if (!json_is_object(value))
		return error_set(error, "a string or an object is expected");
	json_object_foreach(value, name, member)
	{
		int result;

		if (strcmp(name, "from") == 0)
			result = read_text(mapping, member, &mapping->received.name, error);
		else if (strcmp(name, "format") == 0)
			result = read_time_format(mapping, member, &mapping->received.format, error);
		else
			result = error_set(error, "member '%.60s' is not known", name);
		if (result < 0)
			return -1;
	}
	return mapping->received.name.data ? 0 : error_set(error, "'from' is missing");
}

static int read_value_member(
    struct mapping *mapping, struct mapping_value *into, const char *name, json_t *value, struct error *error)
{
	if (strcmp(name, "from") == 0)
		return read_text(mapping, value, &into->name, error);
	if (strcmp(name, "property") == 0) {
		if (read_text(mapping, value, &into->property, error) < 0)
			return -1;
		return property_path_check(into->property, error);
	}
	if (strcmp(name, "unit") == 0)
		return read_text(mapping, value, &into->unit, error);
	if (strcmp(name, "type") == 0) {
		int type = json_is_string(value) ? cell_type_from_name(text_of(value)) : -1;

		into->has_type = true;
		into->type = type < 0 ? CELL_AUTO : (enum cell_type)type;
		return type < 0 ? error_set(error, "'type' is one of auto, number, integer, string, boolean, json") : 0;
	}
	return error_set(error, "member '%.60s' is not known", name);
}

static int read_value(struct mapping *mapping, json_t *value, struct error *error)
{
	struct mapping_value *into;
	const char *name;
	json_t *member;

	if (json_is_string(value)) {
		mapping_add_value(mapping, text_of(value))->is_glob = true;
		return 0;
	}
	if (!json_is_object(value))
		return error_set(error, "strings and objects are expected");
	into = mapping_add_value(mapping, SLICE_EMPTY);
	json_object_foreach(value, name, member)
	{
		if (read_value_member(mapping, into, name, member, error) < 0)
			return -1;
	}
	return into->name.length ? 0 : error_set(error, "'from' is missing");
}

static int read_values(struct mapping *mapping, json_t *value, struct error *error)
{
	size_t index;
	json_t *item;

	if (!json_is_array(value))
		return error_set(error, "an array is expected");
	json_array_foreach(value, index, item)
	{
		if (read_value(mapping, item, error) < 0)
			return -1;
	}
	return 0;
}

static int read_skip(struct mapping *mapping, json_t *value, struct error *error)
{
	return read_names(mapping, value, &mapping->skip, error);
}

static int read_topics(struct mapping *mapping, json_t *value, struct error *error)
{
	size_t index;
	json_t *item;

	if (!json_is_array(value))
		return error_set(error, "an array of strings is expected");
	json_array_foreach(value, index, item)
	{
		if (want_string(item, error) < 0 || mapping_add_topic(mapping, text_of(item), error) < 0)
			return -1;
	}
	return 0;
}

static int read_labels(struct mapping *mapping, json_t *value, struct error *error)
{
	return read_names(mapping, value, &mapping->labels, error);
}

static int read_missing(struct mapping *mapping, json_t *value, struct error *error)
{
	mapping->has_missing = true;
	return read_names(mapping, value, &mapping->missing, error);
}

static int read_long(struct mapping *mapping, json_t *value, struct error *error)
{
	json_t *property = json_object_get(value, "property"), *text = json_object_get(value, "value");

	if (!json_is_object(value) || json_object_size(value) != 2 || !property || !text)
		return error_set(error, "an object with 'property' and 'value' is expected");
	if (read_text(mapping, property, &mapping->property_column, error) < 0)
		return -1;
	return read_text(mapping, text, &mapping->value_column, error);
}

static int read_members(struct mapping *mapping, json_t *value, struct error *error)
{
	size_t known = 0;

	for (int i = 0; i < MAPPING_MEMBERS; i++) {
		json_t *member = json_object_get(value, mapping_member_names[i]);

		known += member != NULL;
		if (member && read_text(mapping, member, &mapping->members[i], error) < 0)
			return -1;
	}
	if (!json_is_object(value) || json_object_size(value) != known)
		return error_set(error, "an object with some of unit, quality, sensor_id, seq, counter is expected");
	return 0;
}

static int read_header_units(struct mapping *mapping, json_t *value, struct error *error)
{
	mapping->header_units = json_is_true(value);
	return json_is_boolean(value) ? 0 : error_set(error, "true or false is expected");
}

static int read_explode(struct mapping *mapping, json_t *value, struct error *error)
{
	json_t *from = json_is_string(value) ? value : json_object_get(value, "from");
	json_t *step = json_object_get(value, "step");

	if (!from || (json_is_object(value) && json_object_size(value) != (size_t)1 + (step != NULL)))
		return error_set(error, "a pointer, or an object with 'from' and perhaps 'step' is expected");
	if (read_text(mapping, from, &mapping->explode, error) < 0)
		return -1;
	return step ? read_duration(step, &mapping->explode_step, error) : 0;
}

static int read_units(struct mapping *mapping, json_t *value, struct error *error)
{
	const char *name;
	json_t *unit;

	if (!json_is_object(value))
		return error_set(error, "an object of units by property is expected");
	json_object_foreach(value, name, unit)
	{
		if (want_string(unit, error) < 0)
			return -1;
		mapping_add_pair(mapping, &mapping->units, slice_from_string(name), text_of(unit));
	}
	return 0;
}

static int read_types(struct mapping *mapping, json_t *value, struct error *error)
{
	const char *name;
	json_t *type;

	if (!json_is_object(value))
		return error_set(error, "an object of types by column is expected");
	json_object_foreach(value, name, type)
	{
		if (want_string(type, error) < 0 ||
		    mapping_add_type(mapping, slice_from_string(name), text_of(type), error) < 0)
			return -1;
	}
	return 0;
}

static int read_decimal(struct mapping *mapping, json_t *value, struct error *error)
{
	bool is_comma = json_is_string(value) && slice_is(text_of(value), ",");

	if (!is_comma && !(json_is_string(value) && slice_is(text_of(value), ".")))
		return error_set(error, "\",\" or \".\" is expected");
	mapping->decimal_comma = is_comma;
	return 0;
}

static const struct member_reader members[] = {
    {"decimal", read_decimal},
    {"format", read_format},
    {"precision", read_precision},
    {"delimiter", read_delimiter},
    {"header", read_header},
    {"columns", read_columns},
    {"entity_id", read_entity},
    {"time", read_time},
    {"received", read_received},
    {"values", read_values},
    {"skip", read_skip},
    {"labels", read_labels},
    {"units", read_units},
    {"types", read_types},
    {"missing", read_missing},
    {"long", read_long},
    {"members", read_members},
    {"header_units", read_header_units},
    {"explode", read_explode},
    {"topics", read_topics},
};

static int read_member(struct mapping *mapping, const char *name, json_t *value, struct error *error)
{
	struct error reason;

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (strcmp(members[i].name, name) != 0)
			continue;
		if (members[i].read(mapping, value, &reason) == 0)
			return 0;
		return error_set(error, "'%s': %.300s", name, reason.message);
	}
	return error_set(error, "member '%.60s' is not known", name);
}

int mapping_read_text(struct mapping *mapping, struct slice json, struct error *error)
{
	json_error_t fault;
	json_t *root = json_loadb(json.data, json.length, JSON_REJECT_DUPLICATES, &fault), *member;
	const char *name;
	int result = 0;

	if (!root)
		return error_set(error, "line %d: %s", fault.line, fault.text);
	if (!json_is_object(root))
		result = error_set(error, "a mapping is a JSON object");
	json_object_foreach(root, name, member)
	{
		if (result == 0)
			result = read_member(mapping, name, member, error);
	}
	json_decref(root);
	return result;
}

int mapping_read_file(struct mapping *mapping, const char *path, struct error *error)
{
	struct buffer text = BUFFER_INIT;
	struct error reason;
	int result = file_read_whole(path, FILE_SIZE_MAX, &text, error);

	if (result == 0 && mapping_read_text(mapping, buffer_slice(&text), &reason) < 0)
		result = error_set(error, "mapping '%.200s': %.250s", path, reason.message);
	buffer_release(&text);
	return result;
}
