#include "record/csv_text.h"

#include "record/record_text.h"

#define COLUMNS_MAX 16

enum csv_rows {
	ROWS_ONE,    // a row for the record
	ROWS_STATE,  // a row for each property of a state
	ROWS_LEAVES, // a row for each leaf of `leaves`: columns property (or measure) and value
	ROWS_INPUT,  // a refused record: reason, then the columns of its input
	ROWS_TEXT,   // the whole line
};

struct csv_shape {
	const char *type;
	enum csv_rows rows;
	const char *leaves;
	const char *columns[COLUMNS_MAX];
};

#define STATE_COLUMNS                                                                                                  \
	{                                                                                                              \
		"entity_id", "property", "value", "timestamp", "unit", "quality", "sensor_id", "desired", "delta",     \
		    "deleted", "sync_status", "confidence_score"                                                       \
	}

static const struct csv_shape shapes[] = {
    {"reading", ROWS_ONE, NULL,
	{"entity_id", "property", "timestamp", "value", "unit", "quality", "sensor_id", "received", "seq", "counter",
	    "origin"}},
    {"state", ROWS_STATE, NULL, STATE_COLUMNS},
    {"change", ROWS_STATE, NULL, STATE_COLUMNS},
    {"desired", ROWS_LEAVES, "properties",
	{"entity_id", "property", "timestamp", "value", "command_id", "deadline", "sensor_id"}},
    {"deleted", ROWS_ONE, NULL, {"entity_id", "property", "timestamp", "sensor_id"}},
    {"delta", ROWS_LEAVES, "properties", {"entity_id", "property", "timestamp", "value", "since"}},
    {"diff", ROWS_ONE, NULL, {"entity_id", "path", "op", "from", "to"}},
    {"conflict", ROWS_ONE, NULL, {"entity_id", "path", "base", "chosen", "rule", "candidates"}},
    {"event", ROWS_ONE, NULL,
	{"id", "entity_id", "timestamp", "begin", "end", "event", "severity", "property", "score", "message"}},
    {"forecast", ROWS_ONE, NULL,
	{"entity_id", "property", "timestamp", "value", "lower", "upper", "level", "unit", "issued", "method"}},
    {"prediction", ROWS_ONE, NULL,
	{"entity_id", "timestamp", "horizon", "failure_probability", "estimated_time_to_failure",
	    "remaining_useful_life", "unit", "level", "confidence_interval", "method"}},
    {"score", ROWS_ONE, NULL, {"entity_id", "timestamp", "score", "alarm", "method"}},
    {"summary", ROWS_LEAVES, "measures", {"entity_id", "property", "measure", "value"}},
    {"why", ROWS_ONE, NULL, {"entity_id", "property", "winner", "beaten", "desired"}},
    {"clock", ROWS_ONE, NULL, {"timestamp"}},
    {"label", ROWS_ONE, NULL, {"entity_id", "timestamp", "begin", "end", "label"}},
    {"refused", ROWS_INPUT, NULL,
	{"reason", "type", "entity_id", "property", "timestamp", "value", "unit", "quality", "sensor_id", "received",
	    "seq", "counter", "origin"}},
    {"rejected", ROWS_ONE, NULL, {"reason", "message", "source", "line", "input"}},
};

static const struct csv_shape text_shape = {"", ROWS_TEXT, NULL, {"record"}};

void csv_text_init(struct csv_text *csv)
{
	*csv = (struct csv_text){.rows = STATE_ROWS_INIT};
}

void csv_text_release(struct csv_text *csv)
{
	buffer_release(&csv->field);
	state_rows_release(&csv->rows);
}

static bool needs_quotes(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] == ',' || text.data[i] == '"' || text.data[i] == '\n' || text.data[i] == '\r')
			return true;
	return text.length == 0 || text.data[0] == ' ' || text.data[text.length - 1] == ' ';
}

void csv_append_field(struct buffer *out, struct slice text)
{
	if (!needs_quotes(text)) {
		buffer_append_slice(out, text);
		return;
	}
	buffer_append_char(out, '"');
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '"')
			buffer_append_char(out, '"');
		buffer_append_char(out, text.data[i]);
	}
	buffer_append_char(out, '"');
}

static const struct csv_shape *shape_of(const struct value_tree *tree, const struct value *record)
{
	const struct value *type = member_or_null(tree, record, "type");

	if (record->kind != VALUE_OBJECT)
		return &text_shape;
	if (!type)
		return &shapes[0];
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (value_is_word(type, shapes[i].type))
			return &shapes[i];
	return &text_shape;
}

static void begin_shape(struct csv_text *csv, const struct csv_shape *shape)
{
	if (csv->shape == shape)
		return;
	if (csv->shape)
		buffer_append_char(csv->out, '\n');
	csv->shape = shape;
	for (size_t i = 0; i < COLUMNS_MAX && shape->columns[i]; i++) {
		if (i)
			buffer_append_char(csv->out, ',');
		buffer_append_string(csv->out, shape->columns[i]);
	}
	buffer_append_char(csv->out, '\n');
}

// Columns of a state whose names mean something else in the record: there `desired` and `delta` are whole documents.
static bool state_column(const struct csv_text *csv, const char *column, const struct value **value)
{
	const struct state_row *row = csv->row;

	if (!strcmp(column, "value"))
		*value = row->value;
	else if (!strcmp(column, "desired"))
		*value = row->desired;
	else if (!strcmp(column, "delta"))
		*value = row->differs ? row->desired : NULL;
	else if (!strcmp(column, "deleted"))
		*value = member_or_null(csv->tree, row->metadata, "deleted");
	else
		return false;
	return true;
}

static const struct value *column_value(const struct csv_text *csv, const char *column)
{
	const struct value *value = NULL;

	if (csv->row && state_column(csv, column, &value))
		return value;
	if (csv->leaf && !strcmp(column, "value"))
		return csv->leaf;
	for (size_t i = 0; i < 3 && csv->objects[i]; i++) {
		const struct value *object = csv->objects[i];

		if (object->kind == VALUE_OBJECT &&
		    (value = value_member(csv->tree, object, slice_from_string(column))))
			return value;
	}
	return NULL;
}

// The path of the leaf stands under `measure` in a summary, whose `property` is a member of its own.
static bool is_path_column(const struct csv_text *csv, const char *column)
{
	if (!csv->leaf_path.length)
		return false;
	return !strcmp(column, "measure") ||
	    (!strcmp(column, "property") && csv->shape->rows != ROWS_ONE &&
		!(csv->shape->leaves && !strcmp(csv->shape->leaves, "measures")));
}

// A refused record without a type is a reading, whatever the type of the record around it.
static bool is_type_of_input(const struct csv_text *csv, const char *column)
{
	return csv->shape->rows == ROWS_INPUT && !strcmp(column, "type") &&
	    !member_or_null(csv->tree, csv->objects[0], column);
}

static void append_cell(struct csv_text *csv, const char *column)
{
	const struct value *value = column_value(csv, column);

	if (is_path_column(csv, column)) {
		csv_append_field(csv->out, csv->leaf_path);
	} else if (is_type_of_input(csv, column)) {
		buffer_append_string(csv->out, "reading");
	} else if (value) {
		buffer_reset(&csv->field);
		value_append_plain(&csv->field, value);
		csv_append_field(csv->out, buffer_slice(&csv->field));
	}
}

static void append_row(struct csv_text *csv)
{
	for (size_t i = 0; i < COLUMNS_MAX && csv->shape->columns[i]; i++) {
		if (i)
			buffer_append_char(csv->out, ',');
		append_cell(csv, csv->shape->columns[i]);
	}
	buffer_append_char(csv->out, '\n');
}

static void append_leaf(void *context, struct slice path, const struct value *leaf)
{
	struct csv_text *csv = context;

	csv->leaf_path = path;
	csv->leaf = path.length ? leaf : NULL;
	append_row(csv);
}

static int append_leaves(struct csv_text *csv, const struct value *record, const char *name)
{
	const struct value *leaves = member_or_null(csv->tree, record, name);

	if (!leaves || leaves->kind != VALUE_OBJECT) {
		append_row(csv);
		return 0;
	}
	return value_leaves(csv->tree, leaves, append_leaf, csv);
}

static void append_state_row(struct csv_text *csv, const struct state_row *row, const struct value *record)
{
	csv->row = row;
	csv->leaf_path = row->property;
	csv->objects[0] = row->metadata ? row->metadata : record;
	csv->objects[1] = row->metadata ? record : NULL;
	append_row(csv);
}

static int append_state(struct csv_text *csv, const struct value *record)
{
	static const struct state_row nothing = {.property = {"", 0}};

	if (state_rows_read(&csv->rows, csv->tree, record))
		return -1;
	for (size_t i = 0; i < csv->rows.count; i++)
		append_state_row(csv, &csv->rows.rows[i], record);
	if (!csv->rows.count)
		append_state_row(csv, &nothing, record);
	return 0;
}

static int append_refused(struct csv_text *csv, const struct value *record)
{
	const struct value *input = member_or_null(csv->tree, record, "input");
	const struct value *type = member_or_null(csv->tree, input, "type");

	// `type` is that of the input, which must therefore be looked at first.
	csv->objects[0] = input ? input : record;
	csv->objects[1] = input ? record : NULL;
	if (value_is_word(type, "desired"))
		return append_leaves(csv, input, "properties");
	append_row(csv);
	return 0;
}

static int append_shaped(struct csv_text *csv, const struct value *record)
{
	csv->row = NULL;
	csv->leaf = NULL;
	csv->leaf_path = SLICE_EMPTY;
	memset(csv->objects, 0, sizeof csv->objects);
	csv->objects[0] = record;
	switch (csv->shape->rows) {
	case ROWS_ONE:
		append_row(csv);
		return 0;
	case ROWS_STATE:
		return append_state(csv, record);
	case ROWS_LEAVES:
		return append_leaves(csv, record, csv->shape->leaves);
	case ROWS_INPUT:
		return append_refused(csv, record);
	case ROWS_TEXT:
		break;
	}
	return -1;
}

void csv_text_append(struct csv_text *csv, struct buffer *out, const struct value_tree *tree, struct slice line)
{
	csv->out = out;
	csv->tree = tree;
	if (tree) {
		begin_shape(csv, shape_of(tree, value_root(tree)));
		if (append_shaped(csv, value_root(tree)) == 0)
			return;
	}
	begin_shape(csv, &text_shape);
	csv_append_field(out, line);
	buffer_append_char(out, '\n');
}
