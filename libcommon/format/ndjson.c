// JSON objects, one a line, to readings. Records of this toolkit pass as they are; of other objects the time, the twin and the values are
// found by JSON Pointers (a name without a slash is a member), or every leaf becomes a reading.
//
// An array can be exploded: each element is then a row of its own, and names that begin with a dot are looked for in the element:
// "./v" is its member v, "." the element itself.
#include <inttypes.h>

#include "base/timestamp.h"
#include "format/cell.h"
#include "format/format.h"
#include "format/json_leaves.h"
#include "format/json_plan.h"
#include "format/known_names.h"
#include "format/row_member.h"
#include "record/line_scan.h"
#include "record/record.h"

struct json_source {
	struct ingest *ingest;
	struct source_lines *lines;
	struct json_plan plan;
	bool has_plan;
	bool has_native;        // a record of this toolkit has passed: one object that cannot be read ends nothing then
	bool has_foreign_type;  // that has been told
	uint64_t untimed_count; // lines rejected since nothing gives them a time
	struct value_tree tree;
	struct record_scanner scanner;
	struct arena arena;
	struct buffer native;
	struct cell_reader cells;
	struct row_facts facts;
	struct buffer entity, property, unit, value, label;
	struct buffer row_property, row_unit_text; // of an object that is one reading
	struct slice row_unit;                     // empty: none
	struct buffer scratch;
	struct slice line;
	uint64_t row;
	int64_t element_index; // of the array that is exploded; 0 without
	size_t bad_values;     // of the row
	struct error bad;
};

static enum format_result reject(struct json_source *json, const char *message)
{
	bool stop = rejects_add(json->ingest->rejects, json->lines->name, json->lines->line, json->line, message);

	return stop ? FORMAT_STOPPED : FORMAT_DONE;
}

static bool has_string(const struct json_source *json, struct slice name)
{
	const struct value *member = value_member(&json->tree, value_root(&json->tree), name);

	return member && member->kind == VALUE_STRING;
}

// Whether the object says itself that it is a record: by its type, whatever that is, or as a reading.
static bool is_native(const struct json_source *json)
{
	const struct mapping *mapping = json->ingest->mapping;
	const struct value *root = value_root(&json->tree);

	if (mapping->entity_id.data || mapping->time.name.data || mapping->row_step || mapping->value_count ||
	    mapping->explode.data || mapping->property_column.data)
		return false;
	return has_string(json, SLICE_LITERAL("type")) ||
	    (has_string(json, SLICE_LITERAL("entity_id")) &&
		value_member(&json->tree, root, SLICE_LITERAL("property")) &&
		value_member(&json->tree, root, SLICE_LITERAL("timestamp")));
}

// Where an origin belongs among the members of the record: before those that come behind it in twin-record(5).
static const char *origin_place(const struct json_source *json)
{
	const struct value *root = value_root(&json->tree);

	for (const struct value *member = value_first(&json->tree, root); member;
	     member = value_next(&json->tree, member))
		if (slice_is(member->name, "ack") || slice_is(member->name, "metadata"))
			return member->name.data - 1;
	return root->text.data + root->text.length - 1;
}

// The type of a native record; "reading" when it does not say.
static struct slice type_of(struct json_source *json)
{
	const struct value *type = value_member(&json->tree, value_root(&json->tree), SLICE_LITERAL("type"));

	buffer_reset(&json->scratch);
	return type && type->kind == VALUE_STRING ? value_string(type, &json->scratch) : SLICE_LITERAL("reading");
}

static void write_native(struct json_source *json)
{
	struct reading_writer *writer = &json->ingest->writer;
	struct slice type = type_of(json);
	bool is_label = slice_is(type, "label");
	struct record_sink *sink = is_label ? writer->labels : writer->readings;
	struct slice text = value_root(&json->tree)->text;
	const char *place = origin_place(json);
	size_t before = (size_t)(place - text.data);
	bool at_end = *place == '}';
	struct buffer *out;

	writer->label_count += is_label;
	writer->reading_count += slice_is(type, "reading");
	if (!sink || json->ingest->mapping_out)
		return;
	out = record_sink_begin(sink);
	if (!writer->has_origin || !known_type_has_origin(type) ||
	    value_member(&json->tree, value_root(&json->tree), SLICE_LITERAL("origin"))) {
		buffer_append_slice(out, text);
	} else {
		struct slice origin = slice_skip(buffer_slice(&writer->origin), 1); // without its comma

		buffer_append(out, text.data, before);
		buffer_append_string(out, at_end ? "," : "");
		buffer_append_slice(out, origin);
		buffer_printf(out, "%" PRIu64 "\"%s", json->lines->line, at_end ? "" : ",");
		buffer_append_slice(out, slice_skip(text, before));
	}
	record_sink_end(sink);
}

// The time that a member of the record holds, or what it was before.
static void find_time(const struct json_source *json, const char *name, int64_t *time)
{
	const struct value *node = value_member(&json->tree, value_root(&json->tree), slice_from_string(name));
	struct buffer scratch = BUFFER_INIT;
	int64_t found;

	if (node && node->kind == VALUE_STRING && timestamp_parse(value_string(node, &scratch), &found, NULL) == 0)
		*time = found;
	buffer_release(&scratch);
}

// The string that a member of the record holds; false when it holds none. *text is valid until the next call.
static bool find_text(struct json_source *json, struct slice name, struct slice *text)
{
	if (!has_string(json, name))
		return false;
	buffer_reset(&json->scratch);
	*text = value_string(value_member(&json->tree, value_root(&json->tree), name), &json->scratch);
	return true;
}

// By what the record has of twin, property and time, or of begin and end; what it does not have does not count.
static bool is_selected_native(struct json_source *json)
{
	struct selection *selection = &json->ingest->selection;
	int64_t begin = INT64_MIN, end = INT64_MAX;
	struct slice text;

	if (find_text(json, SLICE_LITERAL("property"), &text) && !selection_has_property(selection, text))
		return false;
	if (!selection->by_row)
		return true;
	if (has_string(json, SLICE_LITERAL("timestamp"))) {
		find_time(json, "timestamp", &begin);
		find_time(json, "timestamp", &end);
	} else {
		find_time(json, "begin", &begin);
		find_time(json, "end", &end);
	}
	return selection_has_span(selection, begin, end) &&
	    (!find_text(json, SLICE_LITERAL("entity_id"), &text) || selection_has_entity(selection, text));
}

static int check_native(struct json_source *json, struct error *error)
{
	struct record record;

	arena_reset(&json->arena);
	buffer_reset(&json->native);
	buffer_reserve(&json->native, json->line.length + LINE_SCAN_PADDING);
	buffer_append_slice(&json->native, json->line);
	return record_scan(&json->scanner, buffer_slice(&json->native), &json->arena, &record, error);
}

// Objects of somebody else may have a type as well, and must not be lost as readings in silence.
static void tell_type(struct json_source *json)
{
	struct slice type = type_of(json);
	struct buffer text = BUFFER_INIT;

	if (json->has_foreign_type || known_type(type))
		return;
	json->has_foreign_type = true;
	buffer_printf(&text,
	    "objects with a type such as '%.*s' are records and pass as they are (readings are made of them with "
	    "--time or --entity-id)",
	    type.length < 60 ? (int)type.length : 60, type.data);
	ingest_say(json->ingest, json->lines->name, buffer_slice(&text));
	buffer_release(&text);
}

static enum format_result take_native(struct json_source *json)
{
	struct error error;

	json->has_native = true;
	tell_type(json);
	if (known_type_has_origin(type_of(json)) && check_native(json, &error) < 0)
		return reject(json, error.message);
	if (is_selected_native(json))
		write_native(json);
	return FORMAT_DONE;
}

// A scalar as the text that a cell of CSV would have; empty for what is not there, null or missing.
static struct slice scalar_text(struct json_source *json, const struct value *node)
{
	struct slice text;

	if (!node || node->kind == VALUE_NULL)
		return SLICE_EMPTY;
	text = node->kind == VALUE_STRING ? value_string(node, &json->scratch) : node->text;
	return missing_words_have(&json->plan.missing, text) ? SLICE_EMPTY : text;
}

static int make_entity(struct json_source *json, const struct value *element, struct error *error)
{
	const struct name_template *name = &json->plan.entity;

	buffer_reset(&json->entity);
	for (size_t i = 0; i < name->count; i++) {
		const struct template_part *part = &name->parts[i];
		struct slice text;

		if (part->kind != TEMPLATE_COLUMN) {
			if (name_template_append(&json->entity, part, json->lines->name, json->row, error) < 0)
				return -1;
			continue;
		}
		buffer_reset(&json->scratch);
		text = scalar_text(json, json_plan_find(&json->tree, part->text, element));
		if (!text.length)
			return error_set(error, "the name of the twin is missing (%.*s)",
			    part->text.length < 100 ? (int)part->text.length : 100, part->text.data);
		buffer_append_slice(&json->entity, text);
	}
	return 0;
}

static int read_members(struct json_source *json, const struct value *element, struct error *error)
{
	const struct mapping *mapping = json->ingest->mapping;

	for (int i = 0; i < MAPPING_MEMBERS; i++) {
		enum mapping_member member = (enum mapping_member)i;
		const struct value *node =
		    mapping->members[i].data ? json_plan_find(&json->tree, mapping->members[i], element) : NULL;
		bool is_there = node && node->kind != VALUE_NULL;

		if (is_there && row_member_check(member, node->text, error) < 0)
			return -1;
		row_member_set(&json->facts, member, is_there ? node->text : SLICE_EMPTY);
	}
	return 0;
}

static enum row_clock_result read_clock(struct json_source *json, const struct value *element, struct error *error)
{
	struct json_plan *plan = &json->plan;
	struct slice time, received;
	int64_t since;
	enum row_clock_result result;
	struct buffer second = BUFFER_INIT;

	buffer_reset(&json->scratch);
	received =
	    scalar_text(json, plan->clock.has_received ? json_plan_find(&json->tree, plan->received, element) : NULL);
	buffer_append_slice(&second, received);
	buffer_reset(&json->scratch);
	time = scalar_text(json, plan->clock.has_time ? json_plan_find(&json->tree, plan->time, element) : NULL);
	result = row_clock_read(&plan->clock, time, buffer_slice(&second), json->row, &json->facts, error);
	buffer_release(&second);
	if (result != ROW_CLOCK_OK)
		return result;
	if (timestamp_scale(json->element_index, json->ingest->mapping->explode_step, &since) < 0 ||
	    __builtin_add_overflow(json->facts.timestamp, since, &json->facts.timestamp)) {
		error_set(error, "the time of element %" PRId64 " is beyond 2262-04-11", json->element_index);
		return ROW_CLOCK_BAD;
	}
	return ROW_CLOCK_OK;
}

static void note_bad(struct json_source *json, struct slice path, const char *message)
{
	if (json->bad_values++ == 0)
		error_set(&json->bad, "%.*s%s%.300s", path.length < 100 ? (int)path.length : 100, path.data,
		    path.length ? ": " : "", message);
}

// JSON of the value; false when it is missing or does not fit, which is noted.
static bool read_value(
    struct json_source *json, const struct value *node, struct slice path, enum cell_type type, struct slice *text)
{
	struct error error;

	buffer_reset(&json->scratch);
	if (!node || node->kind == VALUE_NULL ||
	    (node->kind == VALUE_STRING && json->ingest->mapping->has_missing && !scalar_text(json, node).length)) {
		json->ingest->missing_count++;
		return false;
	}
	if (type == CELL_AUTO) {
		*text = node->text;
		if (node->kind >= VALUE_ARRAY) {
			buffer_reset(&json->value);
			value_append_compact(&json->value, node->text);
			*text = buffer_slice(&json->value);
		}
		return true;
	}
	struct slice cell = node->kind == VALUE_STRING ? value_string(node, &json->scratch) : node->text;

	if (cell_read(&json->cells, cell, type, text, &error) == 0)
		return true;
	note_bad(json, path, error.message);
	return false;
}

static void append_label(struct json_source *json, struct slice path, struct slice text)
{
	buffer_append_char(&json->label, json->label.length ? ',' : '{');
	json_append_string(&json->label, path);
	buffer_append_char(&json->label, ':');
	buffer_append_slice(&json->label, text);
}

// A property of the mapping with {index} replaced.
static struct slice expand_index(struct json_source *json, struct slice property, struct buffer *out)
{
	static const struct slice word = SLICE_LITERAL("{index}");

	for (; property.length; property = slice_skip(property, 1)) {
		if (slice_starts_with(property, word)) {
			buffer_printf(out, "%" PRId64, json->element_index);
			property = slice_skip(property, word.length - 1);
		} else {
			buffer_append_char(out, property.data[0]);
		}
	}
	return buffer_slice(out);
}

// asked: what the mapping says of the value, or NULL.
static void take_value(
    struct json_source *json, const struct value *node, struct slice path, const struct mapping_value *asked)
{
	struct mapping *mapping = json->ingest->mapping;
	struct buffer expanded = BUFFER_INIT;
	struct slice property = asked && asked->property.length ? expand_index(json, asked->property, &expanded) : path,
		     text;
	const struct mapping_pair *type = mapping_find_pair(&mapping->types, path);
	const struct mapping_pair *unit = mapping_find_pair(&mapping->units, property);
	struct slice unit_text = json->row_unit.length ? json->row_unit
	    : unit                                     ? unit->text
	    : asked                                    ? asked->unit
						       : SLICE_EMPTY;
	enum cell_type kind = type     ? (enum cell_type)cell_type_from_name(type->text)
	    : asked && asked->has_type ? asked->type
				       : CELL_AUTO;
	struct error error;

	if (property_path_check(property, &error) < 0) {
		note_bad(json, path, error.message);
	} else if (selection_has_property(&json->ingest->selection, property) &&
	    read_value(json, node, path, kind, &text)) {
		buffer_reset(&json->property);
		buffer_reset(&json->unit);
		reading_writer_property(&json->property, property);
		reading_writer_unit(&json->unit, unit_text);
		reading_writer_put(
		    &json->ingest->writer, buffer_slice(&json->property), text, buffer_slice(&json->unit));
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

static void take_leaf(void *context, const struct value *node, struct slice path)
{
	struct json_source *json = context;
	struct mapping *mapping = json->ingest->mapping;
	const struct mapping_value *asked;
	struct slice text;

	if (json_plan_is_marked(&json->plan, node))
		return;
	if (mapping_names_match(&mapping->labels, path)) {
		if (read_value(json, node, path, CELL_AUTO, &text))
			append_label(json, path, text);
		return;
	}
	asked = find_glob(mapping, path);
	if (mapping_names_match(&mapping->skip, path))
		return;
	if (asked || !mapping->value_count)
		take_value(json, node, path, asked);
}

// Values that the mapping names one by one.
static void take_named(struct json_source *json, const struct value *element)
{
	struct mapping *mapping = json->ingest->mapping;

	for (size_t i = 0; i < mapping->value_count; i++) {
		struct mapping_value *asked = &mapping->values[i];
		const struct value *node = asked->is_glob ? NULL : json_plan_find(&json->tree, asked->name, element);

		if (!node)
			continue;
		asked->used = true;
		buffer_reset(&json->plan.path);
		take_value(json, node, json_plan_path(&json->plan, asked->name), asked);
	}
}

// The text of a member that has to be a string. -1 with error: "the property is missing (x)".
static int read_string_member(struct json_source *json, const struct value *element, const char *what,
    struct slice name, struct buffer *text, struct error *error)
{
	const struct value *node = json_plan_find(&json->tree, name, element);

	if (!node || node->kind == VALUE_NULL)
		return error_set(
		    error, "the %s is missing (%.*s)", what, name.length < 100 ? (int)name.length : 100, name.data);
	if (node->kind != VALUE_STRING)
		return error_set(
		    error, "the %s is no string (%.*s)", what, name.length < 100 ? (int)name.length : 100, name.data);
	buffer_reset(text);
	buffer_reset(&json->scratch);
	buffer_append_slice(text, value_string(node, &json->scratch));
	return 0;
}

// An object that is one reading.
static int take_long(struct json_source *json, const struct value *element, struct error *error)
{
	struct mapping *mapping = json->ingest->mapping;
	struct slice name = mapping->value_column, unit = mapping->members[MAPPING_UNIT], property;
	const struct value *value = json_plan_find(&json->tree, name, element), *unit_node;
	const struct mapping_value *asked;

	if (read_string_member(json, element, "property", mapping->property_column, &json->row_property, error) < 0)
		return -1;
	if (!value)
		return error_set(
		    error, "the value is missing (%.*s)", name.length < 100 ? (int)name.length : 100, name.data);
	unit_node = unit.data ? json_plan_find(&json->tree, unit, element) : NULL;
	if (unit_node && unit_node->kind != VALUE_NULL) {
		if (read_string_member(json, element, "unit", unit, &json->row_unit_text, error) < 0)
			return -1;
		json->row_unit = buffer_slice(&json->row_unit_text);
	}
	property = buffer_slice(&json->row_property);
	asked = find_asked(mapping, property);
	if (!mapping_names_match(&mapping->skip, property) && (asked || !mapping->value_count))
		take_value(json, value, property, asked);
	json->row_unit = SLICE_EMPTY;
	return 0;
}

static enum format_result end_row(struct json_source *json)
{
	struct error error = json->bad;

	if (json->label.length) {
		buffer_append_char(&json->label, '}');
		reading_writer_label(&json->ingest->writer, buffer_slice(&json->label));
	}
	if (!json->bad_values)
		return FORMAT_DONE;
	if (json->bad_values > 1)
		error_set(&error, "%.400s, and %zu more", json->bad.message, json->bad_values - 1);
	return reject(json, error.message);
}

static bool is_selected(struct json_source *json)
{
	struct selection *selection = &json->ingest->selection;

	return selection_has_time(selection, json->facts.timestamp) &&
	    selection_has_entity(selection, buffer_slice(&json->entity));
}

static enum format_result take_row(struct json_source *json, const struct value *element, struct error *error)
{
	const struct value *from = element ? element : value_root(&json->tree);
	enum row_clock_result clock;

	ingest_count_row(json->ingest, json->lines);
	json->bad_values = 0;
	buffer_reset(&json->label);
	json_plan_mark(&json->plan, &json->tree, element);
	json->facts.line = json->lines->line;
	clock = read_clock(json, element, error);
	if (clock == ROW_CLOCK_UNCLEAR)
		return FORMAT_FAILED;
	if (clock == ROW_CLOCK_BAD || make_entity(json, element, error) < 0)
		return reject(json, error->message);
	if (!is_selected(json))
		return FORMAT_DONE;
	if (read_members(json, element, error) < 0)
		return reject(json, error->message);
	json->facts.entity_id = buffer_slice(&json->entity);
	reading_writer_row(&json->ingest->writer, &json->facts);
	if (json->ingest->mapping->property_column.data)
		return take_long(json, element, error) < 0 ? reject(json, error->message) : end_row(json);
	take_named(json, element);
	if (element && element->kind != VALUE_OBJECT && !json->ingest->mapping->value_count) {
		buffer_reset(&json->plan.path);
		take_value(json, element, json_plan_path(&json->plan, json->ingest->mapping->explode), NULL);
	} else {
		json_leaves(&json->tree, from, take_leaf, json);
	}
	return end_row(json);
}

static enum format_result take_elements(struct json_source *json, struct error *error)
{
	struct slice name = json->ingest->mapping->explode;
	const struct value *array = json_plan_find(&json->tree, name, NULL);
	enum format_result result = FORMAT_DONE;

	if (!array || array->kind != VALUE_ARRAY) {
		error_set(error, "no array is at %.*s", name.length < 100 ? (int)name.length : 100, name.data);
		return reject(json, error->message);
	}
	json->element_index = 0;
	for (const struct value *element = value_first(&json->tree, array); element && result == FORMAT_DONE;
	     element = value_next(&json->tree, element), json->element_index++)
		result = take_row(json, element, error);
	json->element_index = 0;
	return result;
}

static int make_plan(struct json_source *json, struct error *error)
{
	struct buffer said = BUFFER_INIT;

	if (json->has_plan)
		return 0;
	json->has_plan = true;
	int result = json_plan_make(&json->plan, &json->tree, error);

	json->ingest->has_rows |= !json->plan.clock.is_missing;
	if (result < 0)
		return -1;
	json_plan_append_guesses(&said, &json->plan);
	ingest_say(json->ingest, json->lines->name, buffer_slice(&said));
	buffer_release(&said);
	if (json->ingest->mapping_out)
		json_plan_append_mapping(json->ingest->mapping_out, &json->plan);
	else if (json->ingest->explain)
		json_plan_explain(&json->plan);
	return 0;
}

// An object that nothing can be made of. Without a time it is rejected, and told about in the end; among records it costs itself alone;
// anything else ends the source.
static enum format_result reject_unplanned(struct json_source *json, struct error *error)
{
	bool is_untimed = json->plan.clock.is_missing;

	if (json->ingest->mapping_out || (!is_untimed && !json->has_native))
		return FORMAT_FAILED;
	json->has_plan = false;
	json_plan_release(&json->plan);
	json_plan_init(&json->plan, json->ingest, json->lines->name);
	if (json->has_native)
		return reject(json, error->message);
	json->untimed_count++;
	return ingest_reject_untold(json->ingest, json->lines, json->lines->line, json->line, error->message)
	    ? FORMAT_STOPPED
	    : FORMAT_DONE;
}

static enum format_result take_line(struct json_source *json, struct error *error)
{
	int result = value_parse(&json->tree, json->line, error);

	if (result == 0 && value_root(&json->tree)->kind != VALUE_OBJECT)
		result = error_set(error, "the line is no JSON object");
	if (result < 0) {
		json->ingest->row_count++;
		return reject(json, error->message);
	}
	json->row++;
	if (is_native(json))
		return take_native(json);
	if (make_plan(json, error) < 0)
		return reject_unplanned(json, error);
	if (json->ingest->mapping_out)
		return FORMAT_STOPPED;
	return json->ingest->mapping->explode.data ? take_elements(json, error) : take_row(json, NULL, error);
}

static bool is_blank(struct slice line)
{
	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	return true;
}

static enum format_result read_lines(struct json_source *json, struct error *error)
{
	enum format_result result = FORMAT_DONE;
	enum line_result read = LINE_END;

	while (result == FORMAT_DONE && (read = source_lines_next(json->lines, &json->line, error)) > LINE_END) {
		if (read == LINE_TOO_LONG) {
			bool stop = source_lines_reject_long(json->lines, json->ingest->rejects, json->line);

			result = stop ? FORMAT_STOPPED : FORMAT_DONE;
		} else if (!is_blank(json->line)) {
			result = take_line(json, error);
		}
	}
	return result == FORMAT_DONE && read == LINE_ERROR ? FORMAT_FAILED : result;
}

static void release(struct json_source *json)
{
	json_plan_release(&json->plan);
	value_tree_release(&json->tree);
	record_scanner_release(&json->scanner);
	arena_release(&json->arena);
	cell_reader_release(&json->cells);
	buffer_release(&json->native);
	buffer_release(&json->entity);
	buffer_release(&json->property);
	buffer_release(&json->unit);
	buffer_release(&json->value);
	buffer_release(&json->label);
	buffer_release(&json->scratch);
	buffer_release(&json->row_property);
	buffer_release(&json->row_unit_text);
}

static enum format_result read_ndjson(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	struct json_source json = {.ingest = ingest, .lines = lines, .arena = ARENA_INIT, .cells = CELL_READER_INIT};
	enum format_result result;

	json_plan_init(&json.plan, ingest, lines->name);
	record_scanner_init(&json.scanner);
	result = read_lines(&json, error);
	if (json.untimed_count)
		ingest_tell_untimed(ingest, lines->name,
		    json.has_plan ? "begins with objects without a time that can be recognised" : ROW_CLOCK_MISSING,
		    json.untimed_count);
	release(&json);
	return result == FORMAT_STOPPED && ingest->mapping_out ? FORMAT_DONE : result;
}

static enum format_fit recognise(struct slice start)
{
	while (start.length && (start.data[0] == ' ' || start.data[0] == '\t'))
		start = slice_skip(start, 1);
	return start.length && start.data[0] == '{' ? FORMAT_FIT_ANY : FORMAT_FIT_NO;
}

const struct format format_ndjson = {
    .name = "ndjson", .title = "JSON lines", .recognise = recognise, .read = read_ndjson};
