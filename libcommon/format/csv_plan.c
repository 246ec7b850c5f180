#include "format/csv_plan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "format/known_names.h"
#include "record/property_path.h"
#include "record/value.h"

#define SHOWN(s) ((s).length < 80 ? (int)(s).length : 80), (s).data

void csv_plan_init(struct csv_plan *plan, struct ingest *ingest, const char *source)
{
	*plan = (struct csv_plan){.ingest = ingest,
	    .source = source,
	    .time = CSV_NO_COLUMN,
	    .received = CSV_NO_COLUMN,
	    .property = CSV_NO_COLUMN,
	    .value = CSV_NO_COLUMN};
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		plan->members[i] = CSV_NO_COLUMN;
	row_clock_init(&plan->clock, ingest, source);
}

void csv_plan_release(struct csv_plan *plan)
{
	free(plan->columns);
	free(plan->values);
	free(plan->labels);
	name_template_release(&plan->entity);
	hash_map_release(&plan->properties);
	missing_words_release(&plan->missing);
	arena_release(&plan->arena);
}

static struct slice keep(struct csv_plan *plan, struct slice text)
{
	return text.length ? arena_dup(&plan->arena, text) : SLICE_EMPTY;
}

// "Torque [Nm]" and "Torque (Nm)": the unit goes off the name.
static void take_header_unit(struct csv_column *column)
{
	struct slice name = column->name;
	char close = name.length ? name.data[name.length - 1] : '\0', open = close == ']' ? '[' : '(';

	if (close != ']' && close != ')')
		return;
	for (size_t i = name.length - 1; i > 1; i--) {
		if (name.data[i - 1] != open)
			continue;
		column->header_unit = slice_of(name.data + i, name.length - i - 1);
		for (i--; i > 0 && name.data[i - 1] == ' '; i--)
			;
		if (i > 0 && column->header_unit.length)
			column->name.length = i;
		else
			column->header_unit = SLICE_EMPTY;
		return;
	}
}

static int check_names(const struct csv_plan *plan, struct error *error)
{
	struct hash_map seen = HASH_MAP_INIT;
	int result = 0;

	for (size_t i = 0; i < plan->column_count && result == 0; i++) {
		struct slice name = plan->columns[i].name;
		int added;
		size_t first = hash_map_add(&seen, name, &added);

		if (!name.length)
			result = error_set(error, "column %zu has no name (--columns gives names)", i + 1);
		else if (!added)
			result =
			    error_set(error, "columns %zu and %zu have the same name '%.*s' (--columns gives names)",
				first + 1, i + 1, SHOWN(name));
	}
	hash_map_release(&seen);
	return result;
}

int csv_plan_set_names(struct csv_plan *plan, const struct slice *names, size_t count, struct error *error)
{
	plan->columns = memory_new_zeroed(count + 1, sizeof *plan->columns);
	plan->column_count = count;
	for (size_t i = 0; i < count; i++) {
		plan->columns[i].name = keep(plan, names[i]);
		if (plan->ingest->mapping->header_units)
			take_header_unit(&plan->columns[i]);
	}
	return check_names(plan, error);
}

void csv_plan_number_columns(struct csv_plan *plan, size_t count)
{
	struct buffer name = BUFFER_INIT;

	plan->columns = memory_new_zeroed(count + 1, sizeof *plan->columns);
	plan->column_count = count;
	for (size_t i = 0; i < count; i++) {
		buffer_reset(&name);
		buffer_printf(&name, "column%zu", i + 1);
		plan->columns[i].name = keep(plan, buffer_slice(&name));
	}
	buffer_release(&name);
}

static size_t find_column(const struct csv_plan *plan, struct slice name)
{
	for (size_t i = 0; i < plan->column_count; i++)
		if (slice_equal(plan->columns[i].name, name))
			return i;
	return CSV_NO_COLUMN;
}

static int no_such_column(const struct csv_plan *plan, struct slice name, struct error *error)
{
	struct buffer list = BUFFER_INIT;

	for (size_t i = 0; i < plan->column_count && list.length < 250; i++) {
		buffer_append_string(&list, i ? ", " : "");
		buffer_append(&list, plan->columns[i].name.data,
		    plan->columns[i].name.length < 60 ? plan->columns[i].name.length : 60);
		if (list.length >= 250 && i + 1 < plan->column_count)
			buffer_append_string(&list, ", ...");
	}
	error_set(error, "there is no column '%.*s' among: %s", SHOWN(name), buffer_string(&list));
	buffer_release(&list);
	return -1;
}

// The column of that name, if one was asked for, gets the role.
static int give_role(struct csv_plan *plan, struct slice name, enum csv_role role, size_t *index, struct error *error)
{
	if (!name.data)
		return 0;
	*index = find_column(plan, name);
	if (*index == CSV_NO_COLUMN)
		return no_such_column(plan, name, error);
	plan->columns[*index].role = role;
	return 0;
}

// The only column that is called like one of properties, of a table that has a column of times too.
static size_t find_property(const struct csv_plan *plan)
{
	size_t found = CSV_NO_COLUMN;
	bool has_time = plan->time != CSV_NO_COLUMN;

	for (size_t i = 0; i < plan->column_count; i++) {
		has_time |= row_clock_is_time_name(&plan->clock, plan->columns[i].name);
		if (plan->columns[i].role != CSV_ROLE_NONE || !known_name_is_property(plan->columns[i].name))
			continue;
		if (found != CSV_NO_COLUMN)
			return CSV_NO_COLUMN;
		found = i;
	}
	return has_time ? found : CSV_NO_COLUMN;
}

// Records of this toolkit that were written as CSV: one reading a row, its members by their names.
static void guess_long(struct csv_plan *plan)
{
	size_t property = find_column(plan, SLICE_LITERAL("property")),
	       value = find_column(plan, SLICE_LITERAL("value"));

	if (property == CSV_NO_COLUMN)
		property = find_property(plan);
	if (property == CSV_NO_COLUMN || value == CSV_NO_COLUMN || plan->columns[value].role != CSV_ROLE_NONE ||
	    plan->ingest->mapping->value_count)
		return;
	plan->guessed_long = true;
	plan->property = property;
	plan->value = value;
	plan->columns[property].role = CSV_ROLE_PROPERTY;
	plan->columns[value].role = CSV_ROLE_VALUE;
	for (int i = 0; i < MAPPING_MEMBERS; i++) {
		size_t member = find_column(plan, slice_from_string(mapping_member_names[i]));

		if (plan->members[i] == CSV_NO_COLUMN && member != CSV_NO_COLUMN) {
			plan->members[i] = member;
			plan->columns[member].role = CSV_ROLE_MEMBER;
		}
	}
}

static int give_asked_roles(struct csv_plan *plan, struct error *error)
{
	const struct mapping *mapping = plan->ingest->mapping;

	for (int i = 0; i < MAPPING_MEMBERS; i++)
		if (give_role(plan, mapping->members[i], CSV_ROLE_MEMBER, &plan->members[i], error) < 0)
			return -1;
	if (give_role(plan, mapping->property_column, CSV_ROLE_PROPERTY, &plan->property, error) < 0 ||
	    give_role(plan, mapping->value_column, CSV_ROLE_VALUE, &plan->value, error) < 0 ||
	    give_role(plan, mapping->received.name, CSV_ROLE_RECEIVED, &plan->received, error) < 0 ||
	    give_role(plan, mapping->time.name, CSV_ROLE_TIME, &plan->time, error) < 0)
		return -1;
	for (size_t i = 0; i < plan->column_count; i++)
		if (plan->columns[i].role == CSV_ROLE_NONE &&
		    mapping_names_match(&plan->ingest->mapping->labels, plan->columns[i].name))
			plan->columns[i].role = CSV_ROLE_LABEL;
	if (plan->property == CSV_NO_COLUMN)
		guess_long(plan);
	if (plan->property == CSV_NO_COLUMN && plan->members[MAPPING_UNIT] != CSV_NO_COLUMN)
		return error_set(error,
		    "column '%.*s' cannot be the unit of every reading: only a table with one reading in each row "
		    "(--property-column) has such a column",
		    SHOWN(mapping->members[MAPPING_UNIT]));
	return 0;
}

static int guess_entity(struct csv_plan *plan, struct error *error)
{
	size_t found = CSV_NO_COLUMN;
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < plan->column_count; i++) {
		if (plan->columns[i].role != CSV_ROLE_NONE || !known_name_is_entity(plan->columns[i].name))
			continue;
		if (found != CSV_NO_COLUMN)
			return error_set(error,
			    "columns '%.*s' and '%.*s' can both name the twin: say which with --entity-id",
			    SHOWN(plan->columns[found].name), SHOWN(plan->columns[i].name));
		found = i;
	}
	plan->guessed_entity = true;
	if (found == CSV_NO_COLUMN) {
		plan->entity_text = SLICE_LITERAL("{stem}");
		return ingest_claim_stem(plan->ingest, plan->source, error);
	}
	buffer_append_string(&text, "{");
	buffer_append_slice(&text, plan->columns[found].name);
	buffer_append_string(&text, "}");
	plan->entity_text = keep(plan, buffer_slice(&text));
	buffer_release(&text);
	return 0;
}

static int make_entity(struct csv_plan *plan, struct error *error)
{
	plan->entity_text = plan->ingest->mapping->entity_id;
	if (!plan->entity_text.data && guess_entity(plan, error) < 0)
		return -1;
	if (name_template_parse(&plan->entity, plan->entity_text, error) < 0)
		return -1;
	for (size_t i = 0; i < plan->entity.count; i++) {
		struct template_part *part = &plan->entity.parts[i];

		if (part->kind != TEMPLATE_COLUMN)
			continue;
		part->index = find_column(plan, part->text);
		if (part->index == CSV_NO_COLUMN)
			return no_such_column(plan, part->text, error);
		if (plan->columns[part->index].role == CSV_ROLE_NONE)
			plan->columns[part->index].role = CSV_ROLE_ENTITY;
	}
	return 0;
}

static bool is_missing(const struct csv_plan *plan, struct slice cell)
{
	return missing_words_have(&plan->missing, cell);
}

// A date in any column; a number, or nothing yet, only where the name says that it is a time.
static bool may_be_time(const struct csv_plan *plan, size_t i, struct slice cell)
{
	struct slice name = plan->columns[i].name;

	if (plan->columns[i].role != CSV_ROLE_NONE)
		return false;
	return row_clock_may_be_time(&plan->clock, name, cell) ||
	    (is_missing(plan, cell) && row_clock_is_time_name(&plan->clock, name));
}

// 10:14 or 10:14:33
static bool is_time_of_day(struct slice cell)
{
	size_t colons = 0;

	for (size_t i = 0; i < cell.length; i++) {
		if (cell.data[i] == ':')
			colons++;
		else if (cell.data[i] != '.' && (cell.data[i] < '0' || cell.data[i] > '9'))
			return false;
	}
	return colons == 1 || colons == 2;
}

static int check_time_of_day(const struct csv_plan *plan, const struct slice *row, struct error *error)
{
	if (!time_format_is_date(row[plan->time]) || memchr(row[plan->time].data, ':', row[plan->time].length))
		return 0;
	for (size_t i = 0; i < plan->column_count; i++)
		if (i != plan->time && known_name_is_time(plan->columns[i].name) && is_time_of_day(row[i]))
			return error_set(error,
			    "date and time of day stand in two columns, '%.*s' and '%.*s': join them first, or say "
			    "--time '%.*s' "
			    "for the date alone",
			    SHOWN(plan->columns[plan->time].name), SHOWN(plan->columns[i].name),
			    SHOWN(plan->columns[plan->time].name));
	return 0;
}

// The only column that can be the time, or the only one of these that is called so.
static int guess_time(struct csv_plan *plan, const struct slice *row, struct error *error)
{
	size_t found = CSV_NO_COLUMN, second = CSV_NO_COLUMN, named = CSV_NO_COLUMN, named_count = 0;

	for (size_t i = 0; i < plan->column_count; i++) {
		if (!may_be_time(plan, i, row[i]))
			continue;
		if (found == CSV_NO_COLUMN)
			found = i;
		else if (second == CSV_NO_COLUMN)
			second = i;
		if (row_clock_is_time_name(&plan->clock, plan->columns[i].name)) {
			named = i;
			named_count++;
		}
	}
	if (second != CSV_NO_COLUMN && named_count != 1)
		return error_set(error, "columns '%.*s' and '%.*s' can both be the time: say which with --time",
		    SHOWN(plan->columns[found].name), SHOWN(plan->columns[second].name));
	plan->time = second != CSV_NO_COLUMN ? named : found;
	if (plan->time == CSV_NO_COLUMN)
		return 0;
	plan->guessed_time = true;
	plan->columns[plan->time].role = CSV_ROLE_TIME;
	return check_time_of_day(plan, row, error);
}

static int make_clock(struct csv_plan *plan, const struct slice *row, struct error *error)
{
	struct row_clock *clock = &plan->clock;
	struct slice time = SLICE_EMPTY, received = SLICE_EMPTY;

	if (plan->time == CSV_NO_COLUMN && !clock->row_step && guess_time(plan, row, error) < 0)
		return -1;
	clock->has_time = plan->time != CSV_NO_COLUMN;
	clock->has_received = plan->received != CSV_NO_COLUMN;
	if (row_clock_check(clock, error) < 0)
		return -1;
	if (clock->has_time) {
		clock->time_name = plan->columns[plan->time].name;
		time = is_missing(plan, row[plan->time]) ? SLICE_EMPTY : row[plan->time];
	}
	if (clock->has_received)
		received = is_missing(plan, row[plan->received]) ? SLICE_EMPTY : row[plan->received];
	return row_clock_guess(clock, time, received, error) == ROW_CLOCK_UNCLEAR ? -1 : 0;
}

// What is asked of a column: the entry that names it, else the first pattern that it matches.
static struct mapping_value *find_value(struct mapping *mapping, struct slice name, bool exactly)
{
	struct mapping_value *found = NULL;

	for (size_t i = 0; i < mapping->value_count; i++) {
		struct mapping_value *value = &mapping->values[i];
		bool matches = slice_equal(value->name, name) ||
		    (value->is_glob && !exactly && mapping_glob_matches(value->name, name));

		if (!matches)
			continue;
		value->used = true;
		if (!found || (found->is_glob && !value->is_glob))
			found = value;
	}
	return found;
}

// What the options say of units and types goes before what a mapping file says of the value.
static void describe_value(
    struct csv_plan *plan, const struct mapping_value *asked, struct slice header_unit, struct csv_value *value)
{
	struct mapping *mapping = plan->ingest->mapping;
	const struct mapping_pair *unit = mapping_find_pair(&mapping->units, value->path);
	const struct mapping_pair *type = mapping_find_pair(&mapping->types, value->name);
	struct buffer text = BUFFER_INIT;

	value->unit_text = unit ? unit->text : asked && asked->unit.length ? asked->unit : header_unit;
	if (type)
		value->type = (enum cell_type)cell_type_from_name(type->text);
	else if (asked && asked->has_type)
		value->type = asked->type;
	reading_writer_property(&text, value->path);
	value->property = keep(plan, buffer_slice(&text));
	buffer_reset(&text);
	reading_writer_unit(&text, value->unit_text);
	value->unit = keep(plan, buffer_slice(&text));
	buffer_release(&text);
}

static struct csv_value *add_value(struct csv_plan *plan)
{
	plan->values = memory_grow(plan->values, &plan->value_capacity, plan->value_count + 1, sizeof *plan->values);
	plan->values[plan->value_count] = (struct csv_value){0};
	return &plan->values[plan->value_count++];
}

// Of what is not selected nothing is left for the rows to do.
static void make_value(struct csv_plan *plan, size_t index, const struct mapping_value *asked)
{
	struct csv_value *value = add_value(plan);
	struct buffer path = BUFFER_INIT;

	value->column = index;
	value->name = plan->columns[index].name;
	if (asked && asked->property.length) {
		value->path = asked->property;
	} else {
		property_path_append(&path, 0, value->name);
		value->path = keep(plan, buffer_slice(&path));
	}
	buffer_release(&path);
	describe_value(plan, asked, plan->columns[index].header_unit, value);
	if (!selection_has_property(&plan->ingest->selection, value->path))
		plan->value_count--;
}

static void make_label(struct csv_plan *plan, size_t index)
{
	const struct mapping_pair *type = mapping_find_pair(&plan->ingest->mapping->types, plan->columns[index].name);
	struct buffer name = BUFFER_INIT;

	json_append_string(&name, plan->columns[index].name);
	buffer_append_char(&name, ':');
	plan->labels = memory_grow(plan->labels, &plan->label_capacity, plan->label_count + 1, sizeof *plan->labels);
	plan->labels[plan->label_count++] = (struct csv_value){
	    .column = index,
	    .name = plan->columns[index].name,
	    .property = keep(plan, buffer_slice(&name)),
	    .type = type ? (enum cell_type)cell_type_from_name(type->text) : CELL_AUTO,
	};
	buffer_release(&name);
}

static int make_values(struct csv_plan *plan, struct error *error)
{
	struct mapping *mapping = plan->ingest->mapping;
	bool has_value = plan->property != CSV_NO_COLUMN;

	for (size_t i = 0; i < plan->column_count; i++) {
		struct csv_column *column = &plan->columns[i];
		const struct mapping_value *asked;

		if (column->role == CSV_ROLE_LABEL)
			make_label(plan, i);
		if (plan->property != CSV_NO_COLUMN || column->role == CSV_ROLE_LABEL)
			continue;
		asked = find_value(mapping, column->name, column->role != CSV_ROLE_NONE);
		if (mapping_names_match(&mapping->skip, column->name))
			continue;
		if (asked || (column->role == CSV_ROLE_NONE && !mapping->value_count)) {
			make_value(plan, i, asked);
			has_value = true;
		}
	}
	if (!has_value && !plan->label_count)
		return error_set(error, "no column is left that would become readings");
	return 0;
}

static void make_missing(struct csv_plan *plan)
{
	const struct mapping *mapping = plan->ingest->mapping;
	static const char *const usual[] = {"", "NA", "N/A", "NaN", "nan", "null", "NULL"};

	for (size_t i = 0; i < mapping->missing.count; i++)
		missing_words_add(&plan->missing, mapping->missing.items[i].text);
	for (size_t i = 0; !mapping->has_missing && i < sizeof usual / sizeof *usual; i++)
		missing_words_add(&plan->missing, slice_from_string(usual[i]));
}

int csv_plan_check_decimal(
    const struct csv_plan *plan, const struct csv_value *value, struct slice cell, struct error *error)
{
	if (!plan->asks_decimal || value->type != CELL_AUTO || value->is_text || !cell_has_decimal_comma(cell))
		return 0;
	return error_set(error,
	    "'%.*s' in column '%.*s' can be text or a number with a decimal comma: say --decimal-comma, or "
	    "--value-type '%.*s=string'",
	    SHOWN(cell), SHOWN(value->name), SHOWN(value->name));
}

int csv_plan_make(struct csv_plan *plan, const struct slice *row, struct error *error)
{
	make_missing(plan);
	if (give_asked_roles(plan, error) < 0 || make_entity(plan, error) < 0)
		return -1;
	return csv_plan_make_by(plan, row, error);
}

bool csv_plan_names_time(const struct csv_plan *plan)
{
	for (size_t i = 0; i < plan->column_count; i++)
		if (row_clock_is_time_name(&plan->clock, plan->columns[i].name))
			return true;
	return false;
}

int csv_plan_make_by(struct csv_plan *plan, const struct slice *row, struct error *error)
{
	plan->clock.is_missing = false;
	if (make_clock(plan, row, error) < 0 || make_values(plan, error) < 0)
		return -1;
	for (size_t i = 0; plan->property == CSV_NO_COLUMN && i < plan->value_count; i++)
		if (csv_plan_check_decimal(plan, &plan->values[i], row[plan->values[i].column], error) < 0)
			return -1;
	for (size_t i = 0; i < plan->label_count; i++)
		if (csv_plan_check_decimal(plan, &plan->labels[i], row[plan->labels[i].column], error) < 0)
			return -1;
	return 0;
}

struct csv_value *csv_plan_property(struct csv_plan *plan, struct slice cell, struct error *error)
{
	struct mapping *mapping = plan->ingest->mapping;
	const struct mapping_value *asked;
	struct csv_value *value;
	size_t entry = hash_map_find(&plan->properties, cell);

	if (entry != HASH_MAP_NONE)
		return &plan->values[entry];
	if (property_path_check(cell, error) < 0)
		return NULL;
	hash_map_add(&plan->properties, cell, NULL);
	value = add_value(plan);
	value->name = keep(plan, cell);
	asked = find_value(mapping, cell, false);
	value->path = asked && asked->property.length ? asked->property : value->name;
	value->is_taken = (asked || !mapping->value_count) && !mapping_names_match(&mapping->skip, cell) &&
	    selection_has_property(&plan->ingest->selection, value->path);
	describe_value(plan, asked, SLICE_EMPTY, value);
	return value;
}
