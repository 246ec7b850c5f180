#include "format/influx_plan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "format/row_member.h"
#include "record/record.h"
#include "record/value.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

// What is remembered before it is forgotten all at once.
#define ENTRIES_MAX ((size_t)1 << 16)
#define BYTES_MAX   ((size_t)64 << 20)

static const char *const member_options[MAPPING_MEMBERS] = {"--unit-column", "--quality-column", "--sensor-column",
    "members.seq of the mapping file", "members.counter of the mapping file"};

// What was asked for that would have no effect; NULL: nothing.
static const char *find_meaningless(const struct mapping *mapping)
{
	const struct {
		bool is_asked;
		const char *what;
	} options[] = {
	    {mapping->delimiter >= 0, "--delimiter"},
	    {mapping->header == HEADER_YES, "--header"},
	    {mapping->header == HEADER_NO, "--no-header"},
	    {mapping->columns.count > 0, "--columns"},
	    {mapping->header_units, "--header-units"},
	    {mapping->decimal_comma, "--decimal-comma"},
	    {mapping->time.name.data || mapping->row_step, "--time"},
	    {mapping->time.format.kind != TIME_FORMAT_GUESS, "--time-format"},
	    {mapping->has_start, "--time-start"},
	    {mapping->zone_name.length && !mapping->received.name.data, "--zone"},
	    {mapping->types.count > 0, "--value-type"},
	    {mapping->has_missing, "--missing"},
	    {mapping->property_column.data != NULL, "--property-column"},
	    {mapping->explode.data != NULL, "explode of a mapping file"},
	};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (options[i].is_asked)
			return options[i].what;
	for (size_t i = 0; i < mapping->value_count; i++)
		if (mapping->values[i].has_type)
			return "the type in values of a mapping file";
	return NULL;
}

static int check_template(const struct influx_plan *plan, struct error *error)
{
	struct buffer ignored = BUFFER_INIT;
	int result = 0;

	for (size_t i = 0; i < plan->entity.count && result == 0; i++)
		result = name_template_append(&ignored, &plan->entity.parts[i], plan->source, 1, error);
	buffer_release(&ignored);
	return result;
}

int influx_plan_init(struct influx_plan *plan, struct ingest *ingest, const char *source, struct error *error)
{
	const struct mapping *mapping = ingest->mapping;
	const char *meaningless = find_meaningless(mapping);

	*plan = (struct influx_plan){.ingest = ingest,
	    .source = source,
	    .precision = mapping->precision ? mapping->precision : 1,
	    .has_template = mapping->entity_id.data != NULL};
	row_clock_init(&plan->clock, ingest, source);
	plan->clock.has_received = mapping->received.name.data != NULL;
	if (meaningless)
		return error_set(error, "%s has no meaning for line protocol", meaningless);
	if (!plan->has_template)
		return 0;
	if (name_template_parse(&plan->entity, mapping->entity_id, error) < 0)
		return -1;
	return check_template(plan, error);
}

static void forget(struct influx_memory *memory)
{
	hash_map_release(&memory->map);
	arena_release(&memory->arena);
	*memory = (struct influx_memory){.map = HASH_MAP_INIT, .arena = ARENA_INIT};
}

void influx_plan_release(struct influx_plan *plan)
{
	forget(&plan->known_series);
	forget(&plan->known_properties);
	forget(&plan->known_twins);
	name_template_release(&plan->entity);
	free(plan->series);
	free(plan->properties);
	free(plan->twins);
	buffer_release(&plan->text);
	buffer_release(&plan->id);
}

static bool is_full(const struct influx_memory *memory)
{
	return memory->map.count > ENTRIES_MAX || memory->arena.total > BYTES_MAX;
}

static bool has_row(const struct name_template *name)
{
	for (size_t i = 0; i < name->count; i++)
		if (name->parts[i].kind == TEMPLATE_ROW)
			return true;
	return false;
}

void influx_plan_next_line(struct influx_plan *plan)
{
	if (is_full(&plan->known_series) ||
	    (plan->has_template && plan->known_series.map.count && has_row(&plan->entity)))
		forget(&plan->known_series);
	if (is_full(&plan->known_properties))
		forget(&plan->known_properties);
	if (is_full(&plan->known_twins))
		forget(&plan->known_twins);
}

const struct influx_series *influx_plan_find(const struct influx_plan *plan, struct slice text)
{
	size_t entry = hash_map_find(&plan->known_series.map, text);

	return entry == HASH_MAP_NONE ? NULL : &plan->series[entry];
}

// Whether a tag holds a member of the readings or when they were received, and so is no part of what the twin is called.
static bool is_about_reading(const struct mapping *mapping, struct slice key)
{
	bool found = mapping->received.name.data && slice_equal(mapping->received.name, key);

	for (int i = 0; i < MAPPING_MEMBERS; i++)
		found |= mapping->members[i].data && slice_equal(mapping->members[i], key);
	return found;
}

static void append_escaped(struct buffer *out, struct slice text, bool is_measurement)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == ',' || (text.data[i] == '=' && !is_measurement))
			buffer_append_char(out, '\\');
		buffer_append_char(out, text.data[i]);
	}
}

// The series as line protocol writes it, with its tags in order; blanks need no backslash here.
static void append_series(struct buffer *out, const struct mapping *mapping, const struct point *point)
{
	append_escaped(out, point->measurement, true);
	for (size_t i = 0; i < point->tag_count; i++) {
		if (is_about_reading(mapping, point->tags[i].key))
			continue;
		buffer_append_char(out, ',');
		append_escaped(out, point->tags[i].key, false);
		buffer_append_char(out, '=');
		append_escaped(out, point->tags[i].value, false);
	}
}

static const struct point_tag *find_tag(const struct point *point, struct slice key)
{
	for (size_t i = 0; i < point->tag_count; i++)
		if (slice_equal(point->tags[i].key, key))
			return &point->tags[i];
	return NULL;
}

static bool is_measurement(const struct template_part *part)
{
	return part->kind == TEMPLATE_COLUMN && !part->is_literal && slice_is(part->text, "measurement");
}

static int append_part(struct influx_plan *plan, const struct template_part *part, const struct point *point,
    uint64_t row, struct error *error)
{
	const struct point_tag *tag;

	if (part->kind != TEMPLATE_COLUMN)
		return name_template_append(&plan->id, part, plan->source, row, error);
	if (is_measurement(part)) {
		buffer_append_slice(&plan->id, point->measurement);
		return 0;
	}
	tag = find_tag(point, part->text);
	if (!tag)
		return error_set(error, "the name of the twin is missing (tag '%.*s')", SHOWN(part->text));
	buffer_append_slice(&plan->id, tag->value);
	return 0;
}

// The id of the twin to plan->id.
static int make_id(struct influx_plan *plan, const struct point *point, uint64_t row, struct error *error)
{
	buffer_reset(&plan->id);
	if (!plan->has_template)
		append_series(&plan->id, plan->ingest->mapping, point);
	for (size_t i = 0; i < plan->entity.count; i++)
		if (append_part(plan, &plan->entity.parts[i], point, row, error) < 0)
			return -1;
	if (plan->id.length > RECORD_ENTITY_MAX)
		return error_set(error, "the name of the twin is longer than %d bytes", RECORD_ENTITY_MAX);
	return 0;
}

static void append_metadata_tag(struct buffer *out, const struct point_tag *tag)
{
	json_append_string(out, tag->key);
	buffer_append_char(out, ':');
	json_append_string(out, tag->value);
}

static bool template_uses(const struct influx_plan *plan, struct slice key)
{
	for (size_t i = 0; i < plan->entity.count; i++) {
		const struct template_part *part = &plan->entity.parts[i];

		if (part->kind == TEMPLATE_COLUMN && !is_measurement(part) && slice_equal(part->text, key))
			return true;
	}
	return false;
}

// What the template leaves out, to plan->text.
static void make_metadata(struct influx_plan *plan, const struct point *point)
{
	struct buffer *out = &plan->text;
	bool uses_measurement = !plan->has_template, any = false;

	buffer_reset(out);
	for (size_t i = 0; i < plan->entity.count; i++)
		uses_measurement |= is_measurement(&plan->entity.parts[i]);
	if (!uses_measurement) {
		buffer_append_string(out, "\"measurement\":");
		json_append_string(out, point->measurement);
	}
	for (size_t i = 0; plan->has_template && i < point->tag_count; i++) {
		const struct point_tag *tag = &point->tags[i];

		if (template_uses(plan, tag->key) || is_about_reading(plan->ingest->mapping, tag->key))
			continue;
		buffer_append_string(out, any ? "," : out->length ? ",\"tags\":{" : "\"tags\":{");
		append_metadata_tag(out, tag);
		any = true;
	}
	if (any)
		buffer_append_char(out, '}');
}

// One member of the readings that a tag holds; *json is empty when the line has no such tag.
static int read_member(struct influx_plan *plan, enum mapping_member member, const struct point *point,
    struct slice *json, struct error *error)
{
	struct slice name = plan->ingest->mapping->members[member];
	const struct point_tag *tag = name.data ? find_tag(point, name) : NULL;
	bool is_text = member == MAPPING_UNIT || member == MAPPING_SENSOR_ID;
	struct buffer *out = &plan->text;
	struct error reason;

	*json = SLICE_EMPTY;
	if (!tag)
		return 0;
	plan->found_members[member] = true;
	buffer_reset(out);
	if (member == MAPPING_UNIT)
		reading_writer_unit(out, tag->value);
	else if (is_text)
		json_append_string(out, tag->value);
	else
		buffer_append_slice(out, tag->value);
	if (member != MAPPING_UNIT && row_member_check(member, buffer_slice(out), &reason) < 0)
		return error_set(error, "tag '%.*s': %.300s", SHOWN(name), reason.message);
	*json = arena_dup(&plan->known_series.arena, buffer_slice(out));
	return 0;
}

static int read_members(
    struct influx_plan *plan, struct influx_series *series, const struct point *point, struct error *error)
{
	struct slice name = plan->ingest->mapping->received.name;
	const struct point_tag *received = name.data ? find_tag(point, name) : NULL;

	series->received = SLICE_EMPTY;
	if (received) {
		plan->found_received = true;
		series->received = arena_dup(&plan->known_series.arena, received->value);
	}
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		if (read_member(plan, (enum mapping_member)i, point, &series->members[i], error) < 0)
			return -1;
	return 0;
}

static void tell_mixed(struct influx_plan *plan, struct slice id, struct slice one, struct slice other)
{
	struct buffer text = BUFFER_INIT;

	plan->told_mixed = true;
	buffer_printf(&text,
	    "twins are made of several series each, such as '%.*s' of '%.*s' and '%.*s': fields of one name become one "
	    "property",
	    SHOWN(id), SHOWN(one), SHOWN(other));
	ingest_say(plan->ingest, plan->source, buffer_slice(&text));
	buffer_release(&text);
}

// A template may give several series one name. That is what it is for, but it is not to happen unseen.
static void note_twin(struct influx_plan *plan, struct slice id, const struct point *point)
{
	size_t entry;
	int added;

	if (!plan->has_template || plan->told_mixed)
		return;
	buffer_reset(&plan->text);
	append_series(&plan->text, plan->ingest->mapping, point);
	entry = hash_map_add(&plan->known_twins.map, id, &added);
	plan->twins = memory_grow(plan->twins, &plan->twin_capacity, entry + 1, sizeof *plan->twins);
	if (added)
		plan->twins[entry] = arena_dup(&plan->known_twins.arena, buffer_slice(&plan->text));
	else if (!slice_equal(plan->twins[entry], buffer_slice(&plan->text)))
		tell_mixed(plan, id, plan->twins[entry], buffer_slice(&plan->text));
}

const struct influx_series *influx_plan_add(
    struct influx_plan *plan, struct slice text, const struct point *point, uint64_t row, struct error *error)
{
	struct influx_memory *memory = &plan->known_series;
	struct influx_series series;
	size_t entry;

	if (make_id(plan, point, row, error) < 0 || read_members(plan, &series, point, error) < 0)
		return NULL;
	series.entity_id = arena_dup(&memory->arena, buffer_slice(&plan->id));
	make_metadata(plan, point);
	series.metadata = plan->text.length ? arena_dup(&memory->arena, buffer_slice(&plan->text)) : SLICE_EMPTY;
	series.is_wanted = selection_has_entity(&plan->ingest->selection, series.entity_id);
	note_twin(plan, series.entity_id, point);
	entry = hash_map_add(&memory->map, text, NULL);
	plan->series = memory_grow(plan->series, &plan->series_capacity, entry + 1, sizeof *plan->series);
	plan->series[entry] = series;
	return &plan->series[entry];
}

int influx_plan_check_found(const struct influx_plan *plan, struct error *error)
{
	const struct mapping *mapping = plan->ingest->mapping;

	if (mapping->received.name.data && !plan->found_received)
		return error_set(
		    error, "no line has the tag or field '%.*s' that --received names", SHOWN(mapping->received.name));
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		if (mapping->members[i].data && !plan->found_members[i])
			return error_set(error, "no line has the tag '%.*s' that %s names", SHOWN(mapping->members[i]),
			    member_options[i]);
	return 0;
}

void influx_plan_append_mapping(struct buffer *out, const struct influx_plan *plan)
{
	struct mapping shown = *plan->ingest->mapping; // borrows all it has

	shown.format = SLICE_LITERAL("influx");
	shown.precision = plan->precision;
	mapping_append_json(out, &shown);
}
