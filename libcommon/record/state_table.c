#include "record/state_table.h"

#include "record/display.h"
#include "record/record_lines.h"
#include "record/record_text.h"

#define KEPT_TWINS_MAX       4000
#define KEPT_BYTES_MAX       ((size_t)8 << 20)
#define PROPERTY_COLUMNS_MAX 60 // no screen is wide enough for more

enum fixed_column {
	COLUMN_ENTITY,
	COLUMN_STATUS,
	COLUMN_CONFIDENCE,
	COLUMN_TIME,
	COLUMN_DELTA,
	FIXED_COLUMN_COUNT,
};

enum block_column {
	BLOCK_PROPERTY,
	BLOCK_VALUE,
	BLOCK_UNIT,
	BLOCK_TIME,
	BLOCK_NOTE,
};

void state_table_init(struct state_table *states, bool is_endless)
{
	*states = (struct state_table){.tree = VALUE_TREE_INIT, .rows = STATE_ROWS_INIT};
	table_init(&states->table, 0, false, is_endless);
}

void state_table_release(struct state_table *states)
{
	buffer_release(&states->kept);
	buffer_release(&states->text);
	table_release(&states->table);
	hash_map_release(&states->columns);
	value_tree_release(&states->tree);
	state_rows_release(&states->rows);
}

static enum table_style status_style(const struct value *status)
{
	if (value_is_word(status, "error"))
		return TABLE_ERROR;
	return value_is_word(status, "stale") ? TABLE_WARNING : TABLE_PLAIN;
}

static const struct value *member(const struct state_table *states, const char *name)
{
	return member_or_null(&states->tree, value_root(&states->tree), name);
}

static struct slice plain(struct state_table *states, const struct value *value)
{
	buffer_reset(&states->text);
	value_append_plain(&states->text, value);
	return buffer_slice(&states->text);
}

// A time, or the count that stands for it.
static struct slice shown_time(struct state_table *states, const struct value *axis, const struct value *time)
{
	buffer_reset(&states->text);
	if (!axis_append_shown(&states->text, &states->tree, axis))
		value_append_plain(&states->text, time);
	return buffer_slice(&states->text);
}

static struct slice state_time(struct state_table *states)
{
	return shown_time(states, state_axis(&states->tree, value_root(&states->tree)), member(states, "timestamp"));
}

static struct slice shown(struct state_table *states, const struct value *value)
{
	buffer_reset(&states->text);
	value_append_shown(&states->text, value);
	return buffer_slice(&states->text);
}

static void add_json_line(struct state_table *states, struct slice line)
{
	table_add_line(&states->table);
	table_append(&states->table, line, TABLE_PLAIN);
}

// Blocks

static void set_off(struct state_table *states)
{
	if (states->was_printed)
		table_add_line(&states->table);
	states->was_printed = true;
}

static void block_heading(struct state_table *states)
{
	const struct value *status = member(states, "sync_status");

	set_off(states);
	table_add_line(&states->table);
	table_append(&states->table, plain(states, member(states, "entity_id")), TABLE_PLAIN);
	if (status)
		table_append(&states->table, plain(states, status), status_style(status));
	buffer_reset(&states->text);
	if (member(states, "confidence_score"))
		buffer_append_string(&states->text, "confidence ");
	value_append_share(&states->text, member(states, "confidence_score"));
	table_append_whole(&states->table, buffer_slice(&states->text));
	table_append(&states->table, state_time(states), TABLE_PLAIN);
}

static void block_row(struct state_table *states, const struct state_row *row)
{
	struct table *table = &states->table;
	const struct value *unit = member_or_null(&states->tree, row->metadata, "unit");
	const struct value *time = member_or_null(&states->tree, row->metadata, "timestamp");

	table_add_row(table);
	table_set(table, BLOCK_PROPERTY, row->property, false, TABLE_PLAIN);
	table_set(table, BLOCK_VALUE, shown(states, row->value), value_is_right(row->value), TABLE_PLAIN);
	table_set(table, BLOCK_UNIT, plain(states, unit), false, TABLE_PLAIN);
	table_prefer(table, BLOCK_UNIT, display_width(buffer_slice(&states->text)));
	table_set(table, BLOCK_TIME, shown_time(states, member_or_null(&states->tree, row->metadata, "axis"), time),
	    false, TABLE_PLAIN);
	buffer_reset(&states->text);
	register_note(&states->text, &states->tree, row);
	table_set_note(table, BLOCK_NOTE, buffer_slice(&states->text), TABLE_PLAIN);
}

// What a twin has beside properties, each a line of its own.
static void block_rest(struct state_table *states)
{
	static const char *const names[] = {
	    "model", "deleted", "relationships", "computed_metrics", "as_of", "known_at"};
	static const char *const labels[] = {
	    "  model ", "  deleted ", "  relationships ", "  computed ", "  as of ", "  known at "};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		buffer_reset(&states->text);
		note_add(&states->text, labels[i], member(states, names[i]));
		if (!states->text.length)
			continue;
		table_add_line(&states->table);
		table_append(&states->table, buffer_slice(&states->text), TABLE_PLAIN);
	}
}

// What is left of a twin that is gone: its deletes and withdrawn desires.
static bool is_remains(const struct state_table *states)
{
	return value_is_word(member(states, "type"), "deleted") || value_is_word(member(states, "type"), "desired");
}

static struct slice remains_status(struct state_table *states)
{
	buffer_reset(&states->text);
	value_append_plain(&states->text, member(states, "type"));
	for (size_t i = 0; i < 2; i++) {
		const struct value *what = member(states, i ? "properties" : "property");

		if (what)
			buffer_append_char(&states->text, ' ');
		value_append_plain(&states->text, what);
	}
	return buffer_slice(&states->text);
}

static void add_block(struct state_table *states, struct slice line)
{
	if (is_remains(states)) {
		set_off(states);
		table_add_line(&states->table);
		table_append(&states->table, plain(states, member(states, "entity_id")), TABLE_PLAIN);
		table_append(&states->table, remains_status(states), TABLE_PLAIN);
		table_append(&states->table, state_time(states), TABLE_PLAIN);
		return;
	}
	if (state_rows_read(&states->rows, &states->tree, value_root(&states->tree))) {
		add_json_line(states, line);
		return;
	}
	block_heading(states);
	for (size_t i = 0; i < states->rows.count; i++)
		block_row(states, &states->rows.rows[i]);
	block_rest(states);
}

static void begin_blocks(struct state_table *states)
{
	states->table.indent = 2;
	states->table.has_titles = false;
	table_add_column(&states->table, SLICE_EMPTY, TABLE_NAME);
	table_add_column(&states->table, SLICE_EMPTY, TABLE_FLEXIBLE);
	table_add_column(&states->table, SLICE_EMPTY, TABLE_FLEXIBLE);
	table_add_column(&states->table, SLICE_EMPTY, TABLE_TIME);
	table_add_column(&states->table, SLICE_EMPTY, TABLE_FLEXIBLE);
}

// Rows

static void begin_rows(struct state_table *states)
{
	states->in_rows = true;
	states->table.indent = 0;
	states->table.has_titles = true;
	table_add_column(&states->table, SLICE_LITERAL("ENTITY"), TABLE_NAME);
	table_add_column(&states->table, SLICE_LITERAL("STATUS"), TABLE_FLEXIBLE);
	table_add_column(&states->table, SLICE_LITERAL("CONF"), TABLE_FLEXIBLE);
	table_add_column(&states->table, SLICE_LITERAL("TIME"), TABLE_TIME);
	table_add_column(&states->table, SLICE_LITERAL("DIFFERS"), TABLE_FLEXIBLE);
}

static void set_property(struct state_table *states, const struct state_row *row)
{
	size_t number = hash_map_find(&states->columns, row->property);

	if (!row->value)
		return;
	if (number == HASH_MAP_NONE)
		states->has_more = true;
	else
		table_set(&states->table, FIXED_COLUMN_COUNT + number, shown(states, row->value),
		    value_is_right(row->value), TABLE_PLAIN);
}

static void set_differing(struct state_table *states)
{
	buffer_reset(&states->text);
	for (size_t i = 0; i < states->rows.count; i++) {
		if (!states->rows.rows[i].differs)
			continue;
		buffer_append_string(&states->text, states->text.length ? "," : "");
		buffer_append_slice(&states->text, states->rows.rows[i].property);
	}
	table_set(&states->table, COLUMN_DELTA, buffer_slice(&states->text), false, TABLE_PLAIN);
}

// Without declared intervals every status is `unknown` and every confidence 1: columns of those would crowd out the values.
static bool says_status(const struct state_table *states)
{
	const struct value *status = member(states, "sync_status"), *confidence = member(states, "confidence_score");

	return (status && !value_is_word(status, "unknown")) || (confidence && !slice_is(confidence->text, "1"));
}

static void set_status(struct state_table *states)
{
	const struct value *status = member(states, "sync_status");

	states->has_status = states->has_status || says_status(states);
	if (!states->has_status)
		return;
	table_set(&states->table, COLUMN_STATUS, plain(states, status), false, status_style(status));
	buffer_reset(&states->text);
	value_append_share(&states->text, member(states, "confidence_score"));
	table_set(&states->table, COLUMN_CONFIDENCE, buffer_slice(&states->text), true, TABLE_PLAIN);
}

static void add_row(struct state_table *states, struct slice line)
{
	struct table *table = &states->table;

	if (is_remains(states)) {
		table_add_row(table);
		table_set(table, COLUMN_STATUS, remains_status(states), false, TABLE_PLAIN);
	} else if (state_rows_read(&states->rows, &states->tree, value_root(&states->tree)) == 0) {
		table_add_row(table);
		set_status(states);
		set_differing(states);
		for (size_t i = 0; i < states->rows.count; i++)
			set_property(states, &states->rows.rows[i]);
	} else {
		add_json_line(states, line);
		return;
	}
	table_set(table, COLUMN_ENTITY, plain(states, member(states, "entity_id")), false, TABLE_PLAIN);
	table_set(table, COLUMN_TIME, state_time(states), false, TABLE_PLAIN);
}

// Whether the line kept is a state; its rows are read then.
static bool read_state(struct state_table *states)
{
	return value_is_word(member(states, "type"), "state") &&
	    state_rows_read(&states->rows, &states->tree, value_root(&states->tree)) == 0;
}

static void find_more(struct state_table *states, struct slice line)
{
	(void)line;
	if (!read_state(states))
		return;
	for (size_t i = 0; i < states->rows.count; i++)
		if (states->rows.rows[i].value &&
		    hash_map_find(&states->columns, states->rows.rows[i].property) == HASH_MAP_NONE)
			states->has_more = true;
}

static void add_columns(struct state_table *states, struct slice line)
{
	(void)line;
	if (!read_state(states))
		return;
	states->has_status = states->has_status || says_status(states);
	for (size_t i = 0; i < states->rows.count && states->columns.count < PROPERTY_COLUMNS_MAX; i++) {
		const struct state_row *row = &states->rows.rows[i];
		int is_new;

		if (!row->value)
			continue;
		hash_map_add(&states->columns, row->property, &is_new);
		if (is_new)
			table_add_column(&states->table, row->property, TABLE_OPTIONAL);
	}
}

// Calls one function for each line that is kept, with the tree parsed from it.
static void for_each_kept(struct state_table *states, void (*function)(struct state_table *states, struct slice line))
{
	struct slice rest = buffer_slice(&states->kept);
	struct error error;

	while (rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		struct slice line = slice_of(rest.data, (size_t)(end - rest.data));

		rest = slice_skip(rest, line.length + 1);
		if (value_parse(&states->tree, line, &error) == 0)
			function(states, line);
	}
}

static void forget_columns(struct state_table *states)
{
	table_clear(&states->table);
	hash_map_release(&states->columns);
	states->in_rows = states->has_more = states->has_status = false;
}

// Where nothing may be left out, twins with more properties than there are columns become blocks too.
static void begin(struct state_table *states)
{
	if (states->count > STATE_TABLE_BLOCKS_MAX) {
		begin_rows(states);
		for_each_kept(states, add_columns);
		if (states->table.is_endless)
			for_each_kept(states, find_more);
		if (!states->has_more)
			return;
		forget_columns(states);
	}
	begin_blocks(states);
}

static void print_kept(struct state_table *states, struct output *output)
{
	if (states->in_rows && states->table.is_endless) {
		for_each_kept(states, find_more);
		if (states->has_more)
			forget_columns(states);
	}
	if (!states->table.column_count)
		begin(states);
	for_each_kept(states, states->in_rows ? add_row : add_block);
	table_print(&states->table, output, screen_of(output));
	buffer_reset(&states->kept);
	states->count = 0;
}

void state_table_add(struct state_table *states, struct slice line, struct output *output)
{
	buffer_append_slice(&states->kept, line);
	buffer_append_char(&states->kept, '\n');
	states->count++;
	if (states->count >= KEPT_TWINS_MAX || states->kept.length >= KEPT_BYTES_MAX)
		print_kept(states, output);
}

static void print_left_out(struct state_table *states, struct output *output)
{
	size_t count = states->table.left_out;

	buffer_reset(&states->text);
	if (states->has_more)
		buffer_append_string(&states->text, "(more properties: -F ndjson shows them)\n");
	else if (count)
		buffer_printf(&states->text, "(%zu more propert%s: a wider terminal or -F ndjson shows them)\n", count,
		    count == 1 ? "y" : "ies");
	output_write_slice(output, buffer_slice(&states->text));
}

void state_table_print(struct state_table *states, struct output *output)
{
	if (states->count)
		print_kept(states, output);
	print_left_out(states, output);
	forget_columns(states);
}
