// What a plan tells people: the line about what was guessed, and the mapping that needs no guessing.
#include "format/csv_plan.h"

static void append_part(struct buffer *out, const char *text)
{
	buffer_append_string(out, out->length ? ", " : "");
	buffer_append_string(out, text);
}

static void append_entity(struct buffer *out, const struct csv_plan *plan)
{
	const struct template_part *part = &plan->entity.parts[0];

	append_part(out, "");
	if (part->kind != TEMPLATE_COLUMN) {
		ingest_append_stem(out, plan->ingest, plan->source);
		return;
	}
	buffer_append_string(out, "twins by column '");
	buffer_append_slice(out, part->text);
	buffer_append_char(out, '\'');
}

void csv_plan_append_guesses(struct buffer *out, const struct csv_plan *plan, const struct csv_dialect *dialect)
{
	if (dialect->guessed_delimiter && plan->column_count > 1) {
		append_part(out, "delimiter '");
		mapping_append_delimiter(out, dialect->delimiter);
		buffer_append_char(out, '\'');
	}
	if (dialect->guessed_header)
		append_part(out, dialect->has_header ? "header" : "no header");
	if (plan->guessed_time ||
	    (plan->clock.has_time && plan->ingest->mapping->time.format.kind == TIME_FORMAT_GUESS)) {
		append_part(out, "");
		row_clock_append(out, &plan->clock);
	}
	if (plan->guessed_entity)
		append_entity(out, plan);
	if (!plan->guessed_long)
		return;
	append_part(out, "one reading a row");
	if (!slice_is(plan->columns[plan->property].name, "property")) {
		buffer_append_string(out, " (property by column '");
		buffer_append_slice(out, plan->columns[plan->property].name);
		buffer_append_string(out, "')");
	}
}

static struct slice name_of(const struct csv_plan *plan, size_t column)
{
	return column == CSV_NO_COLUMN ? (struct slice){NULL, 0} : plan->columns[column].name;
}

static void copy_names(struct mapping *to, struct mapping_names *names, const struct mapping_names *from)
{
	for (size_t i = 0; i < from->count; i++)
		mapping_add_name(to, names, from->items[i].text);
}

static void copy_pairs(struct mapping *to, struct mapping_pairs *pairs, const struct mapping_pairs *from)
{
	for (size_t i = 0; i < from->count; i++)
		mapping_add_pair(to, pairs, from->items[i].name, from->items[i].text);
}

static void copy_values(struct mapping *to, const struct csv_plan *plan)
{
	for (size_t i = 0; i < plan->value_count; i++) {
		struct mapping_value *value = mapping_add_value(to, plan->values[i].name);

		value->property = plan->values[i].path;
		value->unit = plan->values[i].unit_text;
		value->type = plan->values[i].type;
		value->has_type = value->type != CELL_AUTO;
	}
	for (size_t i = 0; i < plan->label_count; i++)
		mapping_add_name(to, &to->labels, plan->labels[i].name);
}

// The long form has no columns to list: what is asked of properties stays as it is.
static void copy_long(struct mapping *to, const struct csv_plan *plan, const struct mapping *asked)
{
	to->property_column = name_of(plan, plan->property);
	to->value_column = name_of(plan, plan->value);
	for (size_t i = 0; i < asked->value_count; i++)
		*mapping_add_value(to, asked->values[i].name) = asked->values[i];
	copy_names(to, &to->skip, &asked->skip);
	copy_pairs(to, &to->units, &asked->units);
}

static void copy_types_of_labels(struct mapping *to, const struct csv_plan *plan)
{
	for (size_t i = 0; i < plan->label_count; i++)
		if (plan->labels[i].type != CELL_AUTO)
			mapping_add_pair(to, &to->types, plan->labels[i].name,
			    slice_from_string(cell_type_name(plan->labels[i].type)));
}

void csv_plan_append_mapping(struct buffer *out, const struct csv_plan *plan, const struct csv_dialect *dialect)
{
	const struct mapping *asked = plan->ingest->mapping;
	struct mapping mapping;

	mapping_init(&mapping);
	mapping.format = SLICE_LITERAL("csv");
	mapping.delimiter = dialect->delimiter;
	mapping.header = dialect->has_header ? HEADER_YES : HEADER_NO;
	if (!dialect->has_header || asked->columns.count)
		for (size_t i = 0; i < plan->column_count; i++)
			mapping_add_name(&mapping, &mapping.columns, plan->columns[i].name);
	mapping.entity_id = plan->entity_text;
	mapping.time = (struct mapping_time){.name = name_of(plan, plan->time), .format = plan->clock.time};
	mapping.received = (struct mapping_time){.name = name_of(plan, plan->received), .format = plan->clock.received};
	mapping.row_step = plan->time == CSV_NO_COLUMN ? asked->row_step : 0;
	mapping.has_start = asked->has_start;
	mapping.start = asked->start;
	mapping.zone_name = asked->zone_name;
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		mapping.members[i] = name_of(plan, plan->members[i]);
	if (plan->property != CSV_NO_COLUMN)
		copy_long(&mapping, plan, asked);
	else
		copy_values(&mapping, plan);
	if (plan->property != CSV_NO_COLUMN)
		copy_pairs(&mapping, &mapping.types, &asked->types);
	else
		copy_types_of_labels(&mapping, plan);
	copy_names(&mapping, &mapping.missing, &asked->missing);
	mapping.has_missing = asked->has_missing;
	mapping.header_units = asked->header_units;
	mapping.decimal_comma = asked->decimal_comma;
	mapping_append_json(out, &mapping);
	mapping_release(&mapping);
}
