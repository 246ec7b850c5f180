#include "format/property_plan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"

#define PLANNED_MAX 4096

void property_plan_init(struct property_plan *plan, struct ingest *ingest)
{
	*plan = (struct property_plan){.ingest = ingest, .entries = HASH_MAP_INIT, .arena = ARENA_INIT};
}

void property_plan_release(struct property_plan *plan)
{
	hash_map_release(&plan->entries);
	arena_release(&plan->arena);
	free(plan->items);
	property_plan_init(plan, plan->ingest);
}

// The entry that names the property, else the first pattern that it matches.
static struct mapping_value *find_asked(struct mapping *mapping, struct slice path)
{
	struct mapping_value *found = NULL;

	for (size_t i = 0; i < mapping->value_count; i++) {
		struct mapping_value *value = &mapping->values[i];

		if (!value->is_glob && slice_equal(value->name, path)) {
			value->used = true;
			return value;
		}
		if (value->is_glob && mapping_glob_matches(value->name, path)) {
			value->used = true;
			found = found ? found : value;
		}
	}
	return found;
}

static int make(struct property_plan *plan, struct slice path, struct planned_property *made, struct error *error)
{
	struct mapping *mapping = plan->ingest->mapping;
	const struct mapping_value *asked = find_asked(mapping, path);
	struct slice property = asked && asked->property.length ? asked->property : path;
	bool is_skipped = mapping_names_match(&mapping->skip, path);
	const struct mapping_pair *type = mapping_find_pair(&mapping->types, path),
				  *unit = mapping_find_pair(&mapping->units, property);
	struct buffer member = BUFFER_INIT;

	if (property_path_check(property, error) < 0)
		return -1;
	reading_writer_property(&member, property);
	*made = (struct planned_property){
	    .is_wanted = !is_skipped && (asked || !mapping->value_count) &&
		selection_has_property(&plan->ingest->selection, property),
	    .member = arena_dup(&plan->arena, buffer_slice(&member)),
	    .unit = unit ? unit->text
		: asked  ? asked->unit
			 : SLICE_EMPTY,
	    .type = type                   ? (enum cell_type)cell_type_from_name(type->text)
		: asked && asked->has_type ? asked->type
					   : CELL_AUTO,
	};
	buffer_release(&member);
	return 0;
}

void property_plan_trim(struct property_plan *plan)
{
	if (plan->entries.count >= PLANNED_MAX)
		property_plan_release(plan);
}

const struct planned_property *property_plan_find(struct property_plan *plan, struct slice path, struct error *error)
{
	size_t entry = hash_map_find(&plan->entries, path);
	struct planned_property made;

	if (entry != HASH_MAP_NONE)
		return &plan->items[entry];
	if (make(plan, path, &made, error) < 0)
		return NULL;
	entry = hash_map_add(&plan->entries, path, NULL);
	plan->items = memory_grow(plan->items, &plan->capacity, entry + 1, sizeof *plan->items);
	plan->items[entry] = made;
	return &plan->items[entry];
}
