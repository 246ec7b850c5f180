#define _GNU_SOURCE // memmem
#include "record/record_lines.h"

#include "record/display.h"
#include "record/record_text.h"
#include "record/why_lines.h"

#define NOTE_PARTS_MAX 6

enum line_column {
	COLUMN_TIME,
	COLUMN_ENTITY,
	COLUMN_PROPERTY,
	COLUMN_VALUE,
	COLUMN_UNIT,
	COLUMN_NOTE,
};

// Which members of a type stand in which column, and what its note says. `leaves` names an object whose every leaf
// takes a line.
struct line_shape {
	const char *type;
	const char *time, *property, *value, *unit;
	const char *leaves, *empty; // what the note says when there is none
	bool is_plain;              // the note does without the name of the type
	bool has_reasons;           // its first part is a quality, and metadata may say why
	struct {
		const char *member, *label;
	} parts[NOTE_PARTS_MAX];
};

// In the order of twin-record(5); the first is that of records without a type.
static const struct line_shape shapes[] = {
    {.type = "reading",
	.is_plain = true,
	.time = "timestamp",
	.property = "property",
	.value = "value",
	.unit = "unit",
	.has_reasons = true,
	.parts = {{"quality", "quality "}, {"sensor_id", "sensor "}, {"ack", "ack "}}},
    {.type = "desired",
	.time = "timestamp",
	.leaves = "properties",
	.parts = {{"command_id", "command "}, {"deadline", "until "}}},
    {.type = "deleted", .time = "timestamp", .property = "property", .parts = {{"sensor_id", "sensor "}}},
    {.type = "delta", .time = "timestamp", .leaves = "properties", .empty = ", met", .parts = {{"since", "since "}}},
    {.type = "diff", .property = "path", .value = "to", .parts = {{"op", ""}, {"from", "was "}}},
    {.type = "conflict",
	.property = "path",
	.value = "chosen",
	.parts = {{"rule", "by "}, {"base", "base "}, {"candidates", "of "}}},
    {.type = "event",
	.is_plain = true,
	.time = "timestamp",
	.property = "property",
	.value = "event",
	.parts = {{"severity", ""}, {"message", ""}, {"score", "score "}, {"begin", "from "}, {"end", "to "}}},
    {.type = "forecast",
	.time = "timestamp",
	.property = "property",
	.value = "value",
	.unit = "unit",
	.parts = {{"lower", ""}, {"upper", "to "}, {"level", "level "}, {"method", "by "}, {"issued", "issued "}}},
    {.type = "prediction",
	.time = "timestamp",
	.value = "remaining_useful_life",
	.unit = "unit",
	.parts = {{"failure_probability", "failure probability "}, {"horizon", "within "},
	    {"estimated_time_to_failure", "failure in "}, {"confidence_interval", "interval "}, {"method", "by "}}},
    {.type = "score", .time = "timestamp", .value = "score", .parts = {{"alarm", "alarm "}, {"method", "by "}}},
    {.type = "summary", .property = "property", .leaves = "measures"},
    {.type = "why", .is_plain = true, .property = "property", .value = "value"},
    {.type = "clock", .time = "timestamp"},
    {.type = "label", .time = "timestamp", .value = "label", .parts = {{"begin", "from "}, {"end", "to "}}},
    {.type = "rejected",
	.is_plain = true,
	.parts = {{"source", ""}, {"line", "line "}, {"message", ""}, {"input", ""}}},
};

void record_lines_init(struct record_lines *lines, bool is_endless)
{
	*lines = (struct record_lines){.rows = STATE_ROWS_INIT};
	table_init(&lines->table, 0, true, is_endless);
	table_add_column(&lines->table, SLICE_LITERAL("TIME"), TABLE_TIME);
	table_add_column(&lines->table, SLICE_LITERAL("ENTITY"), TABLE_NAME);
	table_add_column(&lines->table, SLICE_LITERAL("PROPERTY"), TABLE_NAME);
	table_add_column(&lines->table, SLICE_LITERAL("VALUE"), TABLE_FLEXIBLE);
	table_add_column(&lines->table, SLICE_LITERAL("UNIT"), TABLE_FLEXIBLE);
	table_add_column(&lines->table, SLICE_LITERAL("NOTE"), TABLE_FLEXIBLE);
}

void record_lines_release(struct record_lines *lines)
{
	table_release(&lines->table);
	state_rows_release(&lines->rows);
	buffer_release(&lines->note);
	buffer_release(&lines->text);
}

void note_add(struct buffer *note, const char *label, const struct value *value)
{
	if (!value)
		return;
	if (note->length)
		buffer_append_string(note, ", ");
	buffer_append_string(note, label);
	value_append_shown(note, value);
}

static void add_latest(struct buffer *note, const struct value_tree *tree, const struct value *last)
{
	note_add(note, "not used: ", value_member(tree, last, SLICE_LITERAL("value")));
	note_add(note, "quality ", member_or_null(tree, last, "quality"));
	note_add(note, "of ", member_or_null(tree, last, "timestamp"));
}

void register_note(struct buffer *note, const struct value_tree *tree, const struct state_row *row)
{
	const struct value *entry = row->metadata;
	const struct value *last = member_or_null(tree, entry, "last");
	const struct value *deleted = member_or_null(tree, entry, "deleted");

	note_add(note, "desired ", row->desired);
	if (row->is_withdrawn)
		buffer_append_string(note, "desired null");
	if (row->differs)
		buffer_append_string(note, " (differs)");
	if (deleted && deleted->kind == VALUE_TRUE)
		buffer_append_string(note, note->length ? ", deleted" : "deleted");
	note_add(note, "quality ", member_or_null(tree, entry, "quality"));
	note_add(note, "sensor ", member_or_null(tree, entry, "sensor_id"));
	if (last && last->kind == VALUE_OBJECT)
		add_latest(note, tree, last);
}

void table_set_note(struct table *table, size_t column, struct slice note, enum table_style style)
{
	const char *comma = memmem(note.data, note.length, ", ", 2);

	table_set(table, column, note, false, style);
	if (comma)
		note.length = (size_t)(comma - note.data) + 1; // room for the ellipsis
	table_prefer(table, column, display_width(note));
}

static void set_value(struct record_lines *lines, enum line_column column, const struct value *value)
{
	bool is_right = column == COLUMN_VALUE && value_is_right(value);

	if (!value)
		return;
	buffer_reset(&lines->text);
	if (column == COLUMN_VALUE)
		value_append_shown(&lines->text, value);
	else
		value_append_plain(&lines->text, value);
	table_set(&lines->table, column, buffer_slice(&lines->text), is_right, TABLE_PLAIN);
	if (column == COLUMN_UNIT)
		table_prefer(&lines->table, column, display_width(buffer_slice(&lines->text)));
}

static void set_member(struct record_lines *lines, enum line_column column, const char *name)
{
	if (name)
		set_value(lines, column, member_or_null(lines->tree, lines->record, name));
}

// A time, or the count that stands for it.
static void set_time(struct record_lines *lines, const struct value *axis, const struct value *time)
{
	buffer_reset(&lines->text);
	if (axis_append_shown(&lines->text, lines->tree, axis))
		table_set(&lines->table, COLUMN_TIME, buffer_slice(&lines->text), false, TABLE_PLAIN);
	else
		set_value(lines, COLUMN_TIME, time);
}

static void begin_note(struct record_lines *lines, const char *type)
{
	buffer_reset(&lines->note);
	buffer_append_slice(&lines->note, lines->prefix);
	if (!type)
		return;
	if (lines->note.length)
		buffer_append_string(&lines->note, ", ");
	buffer_append_string(&lines->note, type);
}

static void end_note(struct record_lines *lines)
{
	if (lines->note.length)
		table_set_note(&lines->table, COLUMN_NOTE, buffer_slice(&lines->note), lines->style);
}

// The separator is what stands before the first reason, ", " before the others.
static void add_reason(struct record_lines *lines, const char **separator, const char *label, struct slice name)
{
	if (lines->note.length)
		buffer_append_string(&lines->note, *separator);
	*separator = ", ";
	buffer_append_string(&lines->note, label);
	json_decode_string(&lines->note, name);
}

// The checks with this flag: "fails range, spike".
static void add_checks(
    struct record_lines *lines, const char **separator, const struct value *checks, const char *flag, const char *label)
{
	const struct value *check = checks && checks->kind == VALUE_OBJECT ? value_first(lines->tree, checks) : NULL;

	for (; check; check = value_next(lines->tree, check)) {
		if (check->kind != VALUE_NUMBER || !slice_is(check->text, flag))
			continue;
		add_reason(lines, separator, label, check->name);
		label = "";
	}
}

// Why the quality is what it is. That there is no value shows.
static void add_reasons(struct record_lines *lines, const char *separator)
{
	const struct value *metadata = member_or_null(lines->tree, lines->record, "metadata");
	const struct value *checks = member_or_null(lines->tree, metadata, "checks");
	const struct value *flags = member_or_null(lines->tree, metadata, "flags");
	const struct value *flag = flags && flags->kind == VALUE_ARRAY ? value_first(lines->tree, flags) : NULL;

	add_checks(lines, &separator, checks, "4", "fails ");
	add_checks(lines, &separator, checks, "3", "suspect ");
	for (; flag; flag = value_next(lines->tree, flag))
		if (flag->kind == VALUE_STRING)
			add_reason(lines, &separator, "", slice_of(flag->text.data + 1, flag->text.length - 2));
}

static void shape_note(struct record_lines *lines)
{
	const struct line_shape *shape = lines->shape;

	begin_note(lines, shape->is_plain ? NULL : shape->type);
	for (size_t i = 0; i < NOTE_PARTS_MAX && shape->parts[i].member; i++) {
		const struct value *member = member_or_null(lines->tree, lines->record, shape->parts[i].member);

		note_add(&lines->note, shape->parts[i].label, member);
		if (i == 0 && shape->has_reasons)
			add_reasons(lines, member ? ": " : ", ");
	}
}

static void begin_line(struct record_lines *lines)
{
	table_add_row(&lines->table);
	set_time(lines, member_or_null(lines->tree, member_or_null(lines->tree, lines->record, "metadata"), "axis"),
	    member_or_null(lines->tree, lines->record, lines->shape->time ? lines->shape->time : "timestamp"));
	set_member(lines, COLUMN_ENTITY, "entity_id");
	set_member(lines, COLUMN_PROPERTY, lines->shape->property);
}

// A leaf is named in the column of properties, or in the note when the record itself is about a property.
static void add_leaf(void *context, struct slice path, const struct value *leaf)
{
	struct record_lines *lines = context;
	bool is_empty = !path.length;

	begin_line(lines);
	if (!is_empty && !lines->shape->property)
		table_set(&lines->table, COLUMN_PROPERTY, path, false, TABLE_PLAIN);
	if (!is_empty)
		set_value(lines, COLUMN_VALUE, leaf);
	shape_note(lines);
	if (!is_empty && lines->shape->property) {
		buffer_append_string(&lines->note, ", ");
		buffer_append_slice(&lines->note, path);
	} else if (is_empty && lines->shape->empty) {
		buffer_append_string(&lines->note, lines->shape->empty);
	}
	end_note(lines);
}

static void set_style(struct record_lines *lines)
{
	const struct value *severity = member_or_null(lines->tree, lines->record, "severity");
	const struct value *alarm = member_or_null(lines->tree, lines->record, "alarm");

	if (value_is_word(severity, "critical") || value_is_word(severity, "error") ||
	    (alarm && alarm->kind == VALUE_TRUE) || slice_is(SLICE_LITERAL("rejected"), lines->shape->type))
		lines->style = TABLE_ERROR;
	else if (value_is_word(severity, "warning"))
		lines->style = TABLE_WARNING;
}

// The name of an event or a label.
static void prefer_name(struct record_lines *lines)
{
	buffer_reset(&lines->text);
	value_append_shown(&lines->text, member_or_null(lines->tree, lines->record, lines->shape->value));
	table_prefer(&lines->table, COLUMN_VALUE, display_width(buffer_slice(&lines->text)));
}

static int add_shaped(struct record_lines *lines)
{
	const struct line_shape *shape = lines->shape;
	const struct value *leaves = shape->leaves ? member_or_null(lines->tree, lines->record, shape->leaves) : NULL;

	set_style(lines);
	if (leaves && leaves->kind == VALUE_OBJECT)
		return value_leaves(lines->tree, leaves, add_leaf, lines);
	begin_line(lines);
	if (shape->value)
		set_value(
		    lines, COLUMN_VALUE, value_member(lines->tree, lines->record, slice_from_string(shape->value)));
	if (shape->value && !strcmp(shape->value, shape->type))
		prefer_name(lines);
	set_member(lines, COLUMN_UNIT, shape->unit);
	shape_note(lines);
	end_note(lines);
	return 0;
}

static void add_register(struct record_lines *lines, const struct state_row *row)
{
	const struct value *time = member_or_null(lines->tree, row->metadata, "timestamp");

	table_add_row(&lines->table);
	set_time(lines, member_or_null(lines->tree, row->metadata, "axis"),
	    time ? time : member_or_null(lines->tree, lines->record, "timestamp"));
	set_member(lines, COLUMN_ENTITY, "entity_id");
	table_set(&lines->table, COLUMN_PROPERTY, row->property, false, TABLE_PLAIN);
	set_value(lines, COLUMN_VALUE, row->value);
	set_value(lines, COLUMN_UNIT, member_or_null(lines->tree, row->metadata, "unit"));
	begin_note(lines, NULL);
	register_note(&lines->note, lines->tree, row);
	end_note(lines);
}

static void note_names(struct record_lines *lines, const char *label, const struct value *object)
{
	if (!object || object->kind != VALUE_OBJECT)
		return;
	for (const struct value *member = value_first(lines->tree, object); member;
	     member = value_next(lines->tree, member)) {
		buffer_append_string(&lines->note, lines->note.length ? ", " : "");
		buffer_append_string(&lines->note, label);
		json_decode_string(&lines->note, member->name);
	}
}

// What a change, or the part of a state that was refused, says of the twin itself.
static void twin_note(struct record_lines *lines, const struct value *deleted)
{
	const struct value_tree *tree = lines->tree;
	const struct value *computed = member_or_null(tree, lines->record, "computed_metrics");

	begin_note(lines, deleted ? "deleted" : NULL);
	note_names(lines, "event ", member_or_null(tree, computed, "events"));
	note_names(lines, "prediction ", member_or_null(tree, computed, "predictions"));
	note_add(&lines->note, "model ", member_or_null(tree, lines->record, "model"));
	note_add(&lines->note, "relationships ", member_or_null(tree, lines->record, "relationships"));
}

static void add_twin(struct record_lines *lines)
{
	const struct value *deleted = member_or_null(lines->tree, lines->record, "deleted");

	twin_note(lines, deleted);
	if (lines->note.length == lines->prefix.length) {
		if (lines->rows.count)
			return;
		begin_note(lines, "change");
	}
	table_add_row(&lines->table);
	set_value(lines, COLUMN_TIME, deleted ? deleted : member_or_null(lines->tree, lines->record, "timestamp"));
	set_member(lines, COLUMN_ENTITY, "entity_id");
	end_note(lines);
}

static int add_registers(struct record_lines *lines)
{
	if (state_rows_read(&lines->rows, lines->tree, lines->record))
		return -1;
	add_twin(lines);
	for (size_t i = 0; i < lines->rows.count; i++)
		add_register(lines, &lines->rows.rows[i]);
	return 0;
}

static const struct line_shape *shape_of(const struct value *type)
{
	if (!type)
		return &shapes[0];
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (value_is_word(type, shapes[i].type))
			return &shapes[i];
	return NULL;
}

// -1 when the record has no shape that is known; what was added to the table by then stays.
static int add_record(struct record_lines *lines, const struct value *record)
{
	const struct value *type = member_or_null(lines->tree, record, "type");

	lines->record = record;
	if (!record || record->kind != VALUE_OBJECT)
		return -1;
	if (value_is_word(type, "change") || value_is_word(type, "state"))
		return add_registers(lines);
	lines->shape = shape_of(type);
	return lines->shape ? add_shaped(lines) : -1;
}

int record_lines_add_part(struct record_lines *lines, struct slice prefix, const struct value *record)
{
	lines->prefix = prefix;
	return add_record(lines, record);
}

// "refused: stale": what is most worth knowing comes first.
static void append_reason(struct record_lines *lines, struct buffer *prefix, const char *word)
{
	const struct value *reason = member_or_null(lines->tree, value_root(lines->tree), "reason");

	buffer_append_string(prefix, word);
	if (!reason)
		return;
	buffer_append_string(prefix, ": ");
	value_append_plain(prefix, reason);
}

static int add_reasoned(struct record_lines *lines, struct buffer *prefix, const struct value *record)
{
	const struct value *type = member_or_null(lines->tree, record, "type");

	if (value_is_word(type, "refused")) {
		append_reason(lines, prefix, "refused");
		lines->style = TABLE_WARNING;
		record = member_or_null(lines->tree, record, "input");
	} else if (value_is_word(type, "rejected")) {
		append_reason(lines, prefix, "rejected");
	} else if (value_is_word(type, "why")) {
		return why_lines_add(lines, record);
	}
	lines->prefix = buffer_slice(prefix);
	return add_record(lines, record);
}

void record_lines_add(struct record_lines *lines, const struct value_tree *tree, struct slice line)
{
	struct buffer prefix = BUFFER_INIT;
	int result = -1;

	lines->tree = tree;
	lines->prefix = SLICE_EMPTY;
	lines->style = TABLE_PLAIN;
	if (tree)
		result = add_reasoned(lines, &prefix, value_root(tree));
	if (result) {
		table_add_line(&lines->table);
		if (prefix.length)
			table_append(&lines->table, buffer_slice(&prefix), lines->style);
		table_append(&lines->table, line, lines->style);
	}
	buffer_release(&prefix);
}
