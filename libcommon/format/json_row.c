#include "format/json_row.h"

#include <inttypes.h>

#include "base/timestamp.h"
#include "format/json_leaves.h"
#include "format/row_member.h"

void json_row_init(struct json_row *row, struct ingest *ingest, struct source_lines *lines)
{
	*row = (struct json_row){.ingest = ingest, .lines = lines, .cells = CELL_READER_INIT};
	json_plan_init(&row->plan, ingest, lines->name);
}

void json_row_release(struct json_row *row)
{
	struct buffer *const buffers[] = {&row->entity, &row->property, &row->unit, &row->value, &row->label,
	    &row->own_property, &row->own_unit_text, &row->path, &row->scratch};

	json_plan_release(&row->plan);
	value_tree_release(&row->tree);
	cell_reader_release(&row->cells);
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
		buffer_release(buffers[i]);
}

enum format_result json_row_reject(struct json_row *row, const char *message)
{
	bool stop = rejects_add(row->ingest->rejects, row->lines->name, row->lines->line, row->line, message);

	return stop ? FORMAT_STOPPED : FORMAT_DONE;
}

// A scalar as the text that a cell of CSV would have; empty for what is not there, null or missing.
static struct slice scalar_text(struct json_row *row, const struct value *node)
{
	struct slice text;

	if (!node || node->kind == VALUE_NULL)
		return SLICE_EMPTY;
	text = node->kind == VALUE_STRING ? value_string(node, &row->scratch) : node->text;
	return missing_words_have(&row->plan.missing, text) ? SLICE_EMPTY : text;
}

// What {NAME} in the template of ids stands for.
static struct slice name_text(struct json_row *row, struct slice name, const struct value *element)
{
	struct slice text = row->around ? row->around->find_name(row->around->context, name) : SLICE_EMPTY;

	if (text.length)
		return text;
	buffer_reset(&row->scratch);
	return scalar_text(row, json_plan_find(&row->tree, name, element));
}

static int make_entity(struct json_row *row, const struct value *element, struct error *error)
{
	const struct name_template *name = &row->plan.entity;

	buffer_reset(&row->entity);
	for (size_t i = 0; i < name->count; i++) {
		const struct template_part *part = &name->parts[i];
		struct slice text;

		if (part->kind != TEMPLATE_COLUMN) {
			if (name_template_append(&row->entity, part, row->lines->name, row->number, error) < 0)
				return -1;
			continue;
		}
		text = name_text(row, part->text, element);
		if (!text.length)
			return error_set(error, "the name of the twin is missing (%.*s)",
			    part->text.length < 100 ? (int)part->text.length : 100, part->text.data);
		buffer_append_slice(&row->entity, text);
	}
	return 0;
}

static int read_members(struct json_row *row, const struct value *element, struct error *error)
{
	const struct mapping *mapping = row->ingest->mapping;

	for (int i = 0; i < MAPPING_MEMBERS; i++) {
		enum mapping_member member = (enum mapping_member)i;
		const struct value *node =
		    mapping->members[i].data ? json_plan_find(&row->tree, mapping->members[i], element) : NULL;
		bool is_there = node && node->kind != VALUE_NULL;

		if (is_there && row_member_check(member, node->text, error) < 0)
			return -1;
		row_member_set(&row->facts, member, is_there ? node->text : SLICE_EMPTY);
	}
	return 0;
}

static enum row_clock_result read_clock(struct json_row *row, const struct value *element, struct error *error)
{
	struct json_plan *plan = &row->plan;
	struct slice time, received;
	int64_t since;
	enum row_clock_result result;
	struct buffer second = BUFFER_INIT;

	buffer_reset(&row->scratch);
	received =
	    scalar_text(row, plan->clock.has_received ? json_plan_find(&row->tree, plan->received, element) : NULL);
	buffer_append_slice(&second, received);
	buffer_reset(&row->scratch);
	time = scalar_text(row, plan->clock.has_time ? json_plan_find_time(plan, &row->tree, element) : NULL);
	if (row->around)
		result = row->around->read_times(row->around->context, time, buffer_slice(&second), error);
	else
		result = row_clock_read(&plan->clock, time, buffer_slice(&second), row->number, &row->facts, error);
	buffer_release(&second);
	if (result != ROW_CLOCK_OK)
		return result;
	if (timestamp_scale(row->element_index, row->ingest->mapping->explode_step, &since) < 0 ||
	    __builtin_add_overflow(row->facts.timestamp, since, &row->facts.timestamp)) {
		error_set(error, "the time of element %" PRId64 " is beyond 2262-04-11", row->element_index);
		return ROW_CLOCK_BAD;
	}
	return ROW_CLOCK_OK;
}

static void note_bad(struct json_row *row, struct slice path, const char *message)
{
	if (row->bad_values++ == 0)
		error_set(&row->bad, "%.*s%s%.300s", path.length < 100 ? (int)path.length : 100, path.data,
		    path.length ? ": " : "", message);
}

// JSON of the value; false when it is missing or does not fit, which is noted.
static bool read_value(
    struct json_row *row, const struct value *node, struct slice path, enum cell_type type, struct slice *text)
{
	struct error error;

	buffer_reset(&row->scratch);
	if (!node || node->kind == VALUE_NULL ||
	    (node->kind == VALUE_STRING && row->ingest->mapping->has_missing && !scalar_text(row, node).length)) {
		row->ingest->missing_count++;
		return false;
	}
	if (type == CELL_AUTO) {
		*text = node->text;
		if (node->kind >= VALUE_ARRAY) {
			buffer_reset(&row->value);
			value_append_compact(&row->value, node->text);
			*text = buffer_slice(&row->value);
		}
		return true;
	}
	struct slice cell = node->kind == VALUE_STRING ? value_string(node, &row->scratch) : node->text;

	if (cell_read(&row->cells, cell, type, text, &error) == 0)
		return true;
	note_bad(row, path, error.message);
	return false;
}

static void append_label(struct json_row *row, struct slice path, struct slice text)
{
	buffer_append_char(&row->label, row->label.length ? ',' : '{');
	json_append_string(&row->label, path);
	buffer_append_char(&row->label, ':');
	buffer_append_slice(&row->label, text);
}

// A property of the mapping with {index} replaced, below what surrounds the object.
static struct slice asked_path(struct json_row *row, struct slice property, struct buffer *out)
{
	static const struct slice word = SLICE_LITERAL("{index}");

	if (row->around && row->around->above.length) {
		buffer_append_slice(out, row->around->above);
		buffer_append_char(out, '/');
	}
	for (; property.length; property = slice_skip(property, 1)) {
		if (slice_starts_with(property, word)) {
			buffer_printf(out, "%" PRId64, row->element_index);
			property = slice_skip(property, word.length - 1);
		} else {
			buffer_append_char(out, property.data[0]);
		}
	}
	return buffer_slice(out);
}

// asked: what the mapping says of the value, or NULL.
static void take_value(
    struct json_row *row, const struct value *node, struct slice path, const struct mapping_value *asked)
{
	struct mapping *mapping = row->ingest->mapping;
	struct buffer expanded = BUFFER_INIT;
	struct slice property = asked && asked->property.length ? asked_path(row, asked->property, &expanded) : path,
		     text;
	const struct mapping_pair *type = mapping_find_pair(&mapping->types, path);
	const struct mapping_pair *unit = mapping_find_pair(&mapping->units, property);
	struct slice unit_text = row->own_unit.length ? row->own_unit
	    : unit                                    ? unit->text
	    : asked                                   ? asked->unit
						      : SLICE_EMPTY;
	enum cell_type kind = type     ? (enum cell_type)cell_type_from_name(type->text)
	    : asked && asked->has_type ? asked->type
				       : CELL_AUTO;
	struct error error;

	if (property_path_check(property, &error) < 0) {
		note_bad(row, path, error.message);
	} else if (selection_has_property(&row->ingest->selection, property) &&
	    read_value(row, node, path, kind, &text)) {
		buffer_reset(&row->property);
		buffer_reset(&row->unit);
		reading_writer_property(&row->property, property);
		reading_writer_unit(&row->unit, unit_text);
		reading_writer_put(&row->ingest->writer, buffer_slice(&row->property), text, buffer_slice(&row->unit));
	}
	buffer_release(&expanded);
}

static const struct mapping_value *find_glob(struct mapping *mapping, struct slice path)
{
	const struct mapping_value *found = NULL;

	for (size_t i = 0; i < mapping->value_count; i++) {
		struct mapping_value *value = &mapping->values[i];

		if (value->is_glob && mapping_glob_matches(value->name, path)) {
			value->used = true;
			found = found ? found : value;
		}
	}
	return found;
}

// The entry that names the property, else the first pattern that it matches.
static const struct mapping_value *find_asked(struct mapping *mapping, struct slice property)
{
	for (size_t i = 0; i < mapping->value_count; i++)
		if (!mapping->values[i].is_glob && slice_equal(mapping->values[i].name, property)) {
			mapping->values[i].used = true;
			return &mapping->values[i];
		}
	return find_glob(mapping, property);
}

// The path of a leaf as that of a property, below what surrounds the object. Valid until the next call.
static struct slice whole_path(struct json_row *row, struct slice path)
{
	if (!row->around)
		return path;
	if (!path.length)
		return row->around->bare;
	if (!row->around->above.length)
		return path;
	buffer_reset(&row->path);
	buffer_append_slice(&row->path, row->around->above);
	buffer_append_char(&row->path, '/');
	buffer_append_slice(&row->path, path);
	return buffer_slice(&row->path);
}

static void take_leaf(void *context, const struct value *node, struct slice path)
{
	struct json_row *row = context;
	struct mapping *mapping = row->ingest->mapping;
	const struct mapping_value *asked;
	struct slice text;

	if (json_plan_is_marked(&row->plan, node))
		return;
	path = whole_path(row, path);
	if (mapping_names_match(&mapping->labels, path)) {
		if (read_value(row, node, path, CELL_AUTO, &text))
			append_label(row, path, text);
		return;
	}
	asked = find_glob(mapping, path);
	if (mapping_names_match(&mapping->skip, path))
		return;
	if (asked || !mapping->value_count)
		take_value(row, node, path, asked);
}

// Values that the mapping names one by one.
static void take_named(struct json_row *row, const struct value *element)
{
	struct mapping *mapping = row->ingest->mapping;

	for (size_t i = 0; i < mapping->value_count; i++) {
		struct mapping_value *asked = &mapping->values[i];
		const struct value *node = asked->is_glob ? NULL : json_plan_find(&row->tree, asked->name, element);

		if (!node)
			continue;
		asked->used = true;
		buffer_reset(&row->plan.path);
		take_value(row, node, whole_path(row, json_plan_path(&row->plan, asked->name)), asked);
	}
}

// The text of a member that has to be a string. -1 with error: "the property is missing (x)".
static int read_string_member(struct json_row *row, const struct value *element, const char *what, struct slice name,
    struct buffer *text, struct error *error)
{
	const struct value *node = json_plan_find(&row->tree, name, element);

	if (!node || node->kind == VALUE_NULL)
		return error_set(
		    error, "the %s is missing (%.*s)", what, name.length < 100 ? (int)name.length : 100, name.data);
	if (node->kind != VALUE_STRING)
		return error_set(
		    error, "the %s is no string (%.*s)", what, name.length < 100 ? (int)name.length : 100, name.data);
	buffer_reset(text);
	buffer_reset(&row->scratch);
	buffer_append_slice(text, value_string(node, &row->scratch));
	return 0;
}

// An object that is one reading.
static int take_long(struct json_row *row, const struct value *element, struct error *error)
{
	struct mapping *mapping = row->ingest->mapping;
	struct slice name = mapping->value_column, unit = mapping->members[MAPPING_UNIT], property;
	const struct value *value = json_plan_find(&row->tree, name, element), *unit_node;
	const struct mapping_value *asked;

	if (read_string_member(row, element, "property", mapping->property_column, &row->own_property, error) < 0)
		return -1;
	if (!value)
		return error_set(
		    error, "the value is missing (%.*s)", name.length < 100 ? (int)name.length : 100, name.data);
	unit_node = unit.data ? json_plan_find(&row->tree, unit, element) : NULL;
	if (unit_node && unit_node->kind != VALUE_NULL) {
		if (read_string_member(row, element, "unit", unit, &row->own_unit_text, error) < 0)
			return -1;
		row->own_unit = buffer_slice(&row->own_unit_text);
	}
	property = whole_path(row, buffer_slice(&row->own_property));
	asked = find_asked(mapping, property);
	if (!mapping_names_match(&mapping->skip, property) && (asked || !mapping->value_count))
		take_value(row, value, property, asked);
	row->own_unit = SLICE_EMPTY;
	return 0;
}

static enum format_result end_row(struct json_row *row)
{
	struct error error = row->bad;

	if (row->label.length) {
		buffer_append_char(&row->label, '}');
		reading_writer_label(&row->ingest->writer, buffer_slice(&row->label));
	}
	if (!row->bad_values)
		return FORMAT_DONE;
	if (row->bad_values > 1)
		error_set(&error, "%.400s, and %zu more", row->bad.message, row->bad_values - 1);
	return json_row_reject(row, error.message);
}

static bool is_selected(struct json_row *row)
{
	struct selection *selection = &row->ingest->selection;

	return selection_has_time(selection, row->facts.timestamp) &&
	    selection_has_entity(selection, buffer_slice(&row->entity));
}

static enum format_result take_row(struct json_row *row, const struct value *element, struct error *error)
{
	const struct value *from = element ? element : value_root(&row->tree);
	enum row_clock_result clock;

	ingest_count_row(row->ingest, row->lines);
	row->bad_values = 0;
	buffer_reset(&row->label);
	json_plan_mark(&row->plan, &row->tree, element);
	row->facts.line = row->lines->line;
	clock = read_clock(row, element, error);
	if (clock == ROW_CLOCK_UNCLEAR)
		return FORMAT_FAILED;
	if (clock == ROW_CLOCK_BAD || make_entity(row, element, error) < 0)
		return json_row_reject(row, error->message);
	if (!is_selected(row))
		return FORMAT_DONE;
	if (read_members(row, element, error) < 0)
		return json_row_reject(row, error->message);
	row->facts.entity_id = buffer_slice(&row->entity);
	reading_writer_row(&row->ingest->writer, &row->facts);
	if (row->ingest->mapping->property_column.data)
		return take_long(row, element, error) < 0 ? json_row_reject(row, error->message) : end_row(row);
	take_named(row, element);
	if (element && element->kind != VALUE_OBJECT && !row->ingest->mapping->value_count) {
		buffer_reset(&row->plan.path);
		take_value(
		    row, element, whole_path(row, json_plan_path(&row->plan, row->ingest->mapping->explode)), NULL);
	} else {
		json_leaves(&row->tree, from, take_leaf, row);
	}
	return end_row(row);
}

static enum format_result take_elements(struct json_row *row, struct error *error)
{
	struct slice name = row->ingest->mapping->explode;
	const struct value *array = json_plan_find(&row->tree, name, NULL);
	enum format_result result = FORMAT_DONE;

	if (!array || array->kind != VALUE_ARRAY) {
		error_set(error, "no array is at %.*s", name.length < 100 ? (int)name.length : 100, name.data);
		return json_row_reject(row, error->message);
	}
	row->element_index = 0;
	for (const struct value *element = value_first(&row->tree, array); element && result == FORMAT_DONE;
	     element = value_next(&row->tree, element), row->element_index++)
		result = take_row(row, element, error);
	row->element_index = 0;
	return result;
}

enum format_result json_row_take(struct json_row *row, struct error *error)
{
	return row->ingest->mapping->explode.data ? take_elements(row, error) : take_row(row, NULL, error);
}
