#include "record/csv_text.h"

#include "record/record_text.h"

enum csv_rows {
	ROWS_ONE,    // a row for the record
	ROWS_STATE,  // a row for each property of a state
	ROWS_LEAVES, // a row for each leaf of `leaves`: columns property (or measure) and `leaf`
	ROWS_INPUT,  // a refused record: reason, then the columns of its input
	ROWS_TEXT,   // the whole line
};

struct csv_shape {
	const char *type;
	enum csv_rows rows;
	const char *const *columns; // ended by NULL
	const char *leaves, *leaf;
};

static const char *const property_columns[] = {"type", "entity_id", "property", "value", "timestamp", "unit", "quality",
    "sensor_id", "desired", "delta", "deleted", "sync_status", "confidence_score", "received", "seq", "counter",
    "origin", "command_id", "deadline", "since", NULL};
static const char *const diff_columns[] = {"entity_id", "path", "op", "from", "to", NULL};
static const char *const conflict_columns[] = {"entity_id", "path", "base", "chosen", "rule", "candidates", NULL};
static const char *const event_columns[] = {
    "id", "entity_id", "timestamp", "begin", "end", "event", "severity", "property", "score", "message", NULL};
static const char *const forecast_columns[] = {
    "entity_id", "property", "timestamp", "value", "lower", "upper", "level", "unit", "issued", "method", NULL};
static const char *const prediction_columns[] = {"entity_id", "timestamp", "horizon", "failure_probability",
    "estimated_time_to_failure", "remaining_useful_life", "unit", "level", "confidence_interval", "method", NULL};
static const char *const score_columns[] = {"entity_id", "timestamp", "score", "alarm", "method", NULL};
static const char *const summary_columns[] = {"entity_id", "property", "measure", "value", NULL};
static const char *const why_columns[] = {"entity_id", "property", "value", "rule", "winner", "hidden_by", "parts",
    "beaten", "beaten_count", "desired", NULL};
static const char *const clock_columns[] = {"timestamp", NULL};
static const char *const label_columns[] = {"entity_id", "timestamp", "begin", "end", "label", NULL};
static const char *const refused_columns[] = {"reason", "type", "entity_id", "property", "value", "timestamp", "unit",
    "quality", "sensor_id", "received", "seq", "counter", "origin", NULL};
static const char *const rejected_columns[] = {"reason", "message", "source", "line", "input", NULL};
static const char *const text_columns[] = {"record", NULL};

static const struct csv_shape shapes[] = {
    {"reading", ROWS_ONE, property_columns, NULL, NULL},
    {"state", ROWS_STATE, property_columns, NULL, NULL},
    {"change", ROWS_STATE, property_columns, NULL, NULL},
    {"desired", ROWS_LEAVES, property_columns, "properties", "desired"},
    {"deleted", ROWS_ONE, property_columns, NULL, NULL},
    {"delta", ROWS_LEAVES, property_columns, "properties", "delta"},
    {"diff", ROWS_ONE, diff_columns, NULL, NULL},
    {"conflict", ROWS_ONE, conflict_columns, NULL, NULL},
    {"event", ROWS_ONE, event_columns, NULL, NULL},
    {"forecast", ROWS_ONE, forecast_columns, NULL, NULL},
    {"prediction", ROWS_ONE, prediction_columns, NULL, NULL},
    {"score", ROWS_ONE, score_columns, NULL, NULL},
    {"summary", ROWS_LEAVES, summary_columns, "measures", "value"},
    {"why", ROWS_ONE, why_columns, NULL, NULL},
    {"clock", ROWS_ONE, clock_columns, NULL, NULL},
    {"label", ROWS_ONE, label_columns, NULL, NULL},
    {"refused", ROWS_INPUT, refused_columns, NULL, "value"},
    {"rejected", ROWS_ONE, rejected_columns, NULL, NULL},
};

static const struct csv_shape text_shape = {"", ROWS_TEXT, text_columns, NULL, NULL};

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
	csv->shape = shape;
	if (csv->header == shape->columns)
		return;
	if (csv->header)
		buffer_append_char(csv->out, '\n');
	csv->header = shape->columns;
	for (const char *const *column = shape->columns; *column; column++) {
		if (column != shape->columns)
			buffer_append_char(csv->out, ',');
		buffer_append_string(csv->out, *column);
	}
	buffer_append_char(csv->out, '\n');
}

static bool is_state(const struct csv_text *csv)
{
	return value_is_word(member_or_null(csv->tree, csv->record, "type"), "state");
}

// A state says in its own time what it does not say of a value. What was never reported has none; a change is the time
// of what changed.
static const struct value *row_time(const struct csv_text *csv)
{
	const struct state_row *row = csv->row;
	const struct value *time = member_or_null(csv->tree, csv->reading, "timestamp");
	const struct value *deleted = member_or_null(csv->tree, csv->record, "deleted");

	if (time)
		return time;
	if (csv->is_deletion && deleted)
		return deleted;
	if (row->value || !row->property.length || !is_state(csv) || csv->refused)
		return member_or_null(csv->tree, csv->record, "timestamp");
	return NULL;
}

// Wishes that were refused stand where other refused values do.
static const struct value *row_value(const struct csv_text *csv)
{
	const struct state_row *row = csv->row;

	if (!row->value && csv->reading && csv->reading != row->metadata)
		return member_or_null(csv->tree, csv->reading, "value");
	return row->value || !csv->refused ? row->value : row->desired;
}

// Columns of a state whose names mean something else in the record: there `desired` and `delta` are whole documents.
static bool state_column(const struct csv_text *csv, const char *column, const struct value **value)
{
	const struct state_row *row = csv->row;

	if (!strcmp(column, "value"))
		*value = row_value(csv);
	else if (!strcmp(column, "timestamp"))
		*value = row_time(csv);
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
	if (csv->leaf && !strcmp(column, csv->shape->leaf))
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

static void append_value(struct csv_text *csv, const struct value *value)
{
	if (!value)
		return;
	buffer_reset(&csv->field);
	value_append_plain(&csv->field, value);
	csv_append_field(csv->out, buffer_slice(&csv->field));
}

// What has no type is a reading.
static void append_type(struct csv_text *csv)
{
	const struct value *type = member_or_null(csv->tree, csv->record, "type");

	if (type)
		append_value(csv, type);
	else
		buffer_append_string(csv->out, "reading");
}

static void append_cell(struct csv_text *csv, const char *column)
{
	if (is_path_column(csv, column))
		csv_append_field(csv->out, csv->leaf_path);
	else if (!strcmp(column, "type"))
		append_type(csv);
	else if (csv->is_deletion && !strcmp(column, "deleted"))
		buffer_append_string(csv->out, "true");
	else if (csv->row && csv->row->is_withdrawn && !strcmp(column, "desired"))
		buffer_append_string(csv->out, "null");
	else
		append_value(csv, column_value(csv, column));
}

static void append_row(struct csv_text *csv)
{
	for (const char *const *column = csv->shape->columns; *column; column++) {
		if (column != csv->shape->columns)
			buffer_append_char(csv->out, ',');
		append_cell(csv, *column);
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

// What `metadata` says of the value, or, where only unusable readings came, the newest of those.
static const struct value *register_of(const struct csv_text *csv, const struct state_row *row)
{
	const struct value *last = member_or_null(csv->tree, row->metadata, "last");

	if (row->value || !last || last->kind != VALUE_OBJECT || member_or_null(csv->tree, row->metadata, "timestamp"))
		return row->metadata;
	return last;
}

static void append_state_row(struct csv_text *csv, const struct state_row *row)
{
	csv->row = row;
	csv->leaf_path = row->property;
	csv->reading = register_of(csv, row);
	csv->objects[0] = csv->reading ? csv->reading : csv->record;
	csv->objects[1] = csv->reading ? csv->record : csv->refused;
	csv->objects[2] = csv->reading ? csv->refused : NULL;
	append_row(csv);
}

static int append_state(struct csv_text *csv, const struct value *record)
{
	static const struct state_row nothing = {.property = {"", 0}};

	if (state_rows_read(&csv->rows, csv->tree, record))
		return -1;
	// A state names an earlier deletion too, of a twin that is there.
	csv->is_deletion = !is_state(csv) && member_or_null(csv->tree, record, "deleted");
	if (csv->is_deletion || !csv->rows.count)
		append_state_row(csv, &nothing);
	csv->is_deletion = false;
	for (size_t i = 0; i < csv->rows.count; i++)
		append_state_row(csv, &csv->rows.rows[i]);
	return 0;
}

static int append_refused(struct csv_text *csv, const struct value *record)
{
	const struct value *input = member_or_null(csv->tree, record, "input");
	const struct value *type = member_or_null(csv->tree, input, "type");

	csv->record = input ? input : record;
	csv->refused = record;
	csv->objects[0] = csv->record;
	csv->objects[1] = input ? record : NULL;
	if (value_is_word(type, "state") || value_is_word(type, "change"))
		return append_state(csv, input);
	if (value_is_word(type, "desired"))
		return append_leaves(csv, input, "properties");
	append_row(csv);
	return 0;
}

static int append_shaped(struct csv_text *csv, const struct value *record)
{
	csv->record = record;
	csv->refused = NULL;
	csv->row = NULL;
	csv->reading = NULL;
	csv->is_deletion = !strcmp(csv->shape->type, "deleted");
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
