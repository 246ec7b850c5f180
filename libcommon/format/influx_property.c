// What the keys of fields stand for.
#include "base/memory.h"
#include "format/influx_plan.h"
#include "record/property_path.h"
#include "record/value.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

// What the mapping says of a field: the entry that names it, else the first pattern that it matches.
static const struct mapping_value *find_asked(struct mapping *mapping, struct slice name)
{
	const struct mapping_value *found = NULL;

	for (size_t i = 0; i < mapping->value_count; i++) {
		struct mapping_value *value = &mapping->values[i];
		bool matches =
		    value->is_glob ? mapping_glob_matches(value->name, name) : slice_equal(value->name, name);

		value->used |= matches;
		if (matches && (!found || (found->is_glob && !value->is_glob)))
			found = value;
	}
	return found;
}

static struct slice keep(struct influx_plan *plan, const struct buffer *text)
{
	return text->length ? arena_dup(&plan->known_properties.arena, buffer_slice(text)) : SLICE_EMPTY;
}

// A field that may become a reading.
static int make_property(
    struct influx_plan *plan, struct slice name, struct influx_property *property, struct error *error)
{
	struct mapping *mapping = plan->ingest->mapping;
	const struct mapping_value *asked = find_asked(mapping, name);
	bool is_skipped = mapping_names_match(&mapping->skip, name);
	const struct mapping_pair *unit;
	struct buffer path = BUFFER_INIT;
	int result;

	if (asked && asked->property.length)
		buffer_append_slice(&path, asked->property);
	else
		property_path_append(&path, 0, name);
	result = property_path_check(buffer_slice(&path), error);
	unit = mapping_find_pair(&mapping->units, buffer_slice(&path));
	property->role = is_skipped || (!asked && mapping->value_count) ||
		!selection_has_property(&plan->ingest->selection, buffer_slice(&path))
	    ? INFLUX_SKIPPED
	    : INFLUX_READING;
	buffer_reset(&plan->text);
	reading_writer_property(&plan->text, buffer_slice(&path));
	property->property = keep(plan, &plan->text);
	buffer_reset(&plan->text);
	reading_writer_unit(&plan->text, unit ? unit->text : asked ? asked->unit : SLICE_EMPTY);
	property->unit = keep(plan, &plan->text);
	buffer_release(&path);
	return result;
}

static int make_role(struct influx_plan *plan, struct slice name, struct influx_property *property, struct error *error)
{
	struct mapping *mapping = plan->ingest->mapping;

	*property = (struct influx_property){.property = SLICE_EMPTY, .unit = SLICE_EMPTY};
	if (mapping->received.name.data && slice_equal(mapping->received.name, name)) {
		plan->found_received = true;
		property->role = INFLUX_RECEIVED;
		return 0;
	}
	if (!mapping_names_match(&mapping->labels, name))
		return make_property(plan, name, property, error);
	property->role = INFLUX_LABEL;
	buffer_reset(&plan->text);
	json_append_string(&plan->text, name);
	buffer_append_char(&plan->text, ':');
	property->property = keep(plan, &plan->text);
	return 0;
}

int influx_plan_property(struct influx_plan *plan, struct slice key, size_t *entry, struct error *error)
{
	const struct hash_map *known = &plan->known_properties.map;
	struct influx_property property;
	struct error reason;

	if (*entry < known->count && slice_equal(known->keys[*entry], key))
		return 0;
	*entry = hash_map_find(known, key);
	if (*entry != HASH_MAP_NONE)
		return 0;
	buffer_reset(&plan->id);
	point_append_key(&plan->id, key);
	if (make_role(plan, buffer_slice(&plan->id), &property, &reason) < 0)
		return error_set(error, "field '%.*s': %.300s", SHOWN(key), reason.message);
	*entry = hash_map_add(&plan->known_properties.map, key, NULL);
	plan->properties =
	    memory_grow(plan->properties, &plan->property_capacity, *entry + 1, sizeof *plan->properties);
	plan->properties[*entry] = property;
	return 0;
}
