#include "record/columns.h"

#include "record/csv_text.h"
#include "record/record_text.h"

// Rows of a table that wait for their widths.
#define ROWS_KEPT_MAX 500

// By what records call it; what is renamed is text.
static enum table_column_kind kind_of(struct slice name)
{
	if (slice_is(name, "timestamp") || slice_is(name, "received"))
		return TABLE_TIME;
	return slice_is(name, "entity_id") || slice_is(name, "property") ? TABLE_NAME : TABLE_FLEXIBLE;
}

void columns_init(struct columns *columns, struct record_sink *sink, const struct slice *names, size_t count)
{
	*columns = (struct columns){.sink = sink, .names = names, .count = count};
	table_init(&columns->table, 0, true, screen_of(sink->output).width == SCREEN_ENDLESS);
	for (size_t i = 0; i < count; i++)
		table_add_column(&columns->table, names[i], kind_of(names[i]));
}

void columns_release(struct columns *columns)
{
	table_release(&columns->table);
	buffer_release(&columns->text);
	value_tree_release(&columns->tree);
}

void columns_flush(struct columns *columns)
{
	if (columns->table.row_count)
		table_print(&columns->table, columns->sink->output, screen_of(columns->sink->output));
}

static const struct value *column_value(struct columns *columns, size_t column)
{
	return value_member(&columns->tree, value_root(&columns->tree), columns->names[column]);
}

static void add_row(struct columns *columns)
{
	table_add_row(&columns->table);
	for (size_t i = 0; i < columns->count; i++) {
		const struct value *value = column_value(columns, i);

		if (!value)
			continue;
		buffer_reset(&columns->text);
		value_append_shown(&columns->text, value);
		table_set(&columns->table, i, buffer_slice(&columns->text), value_is_right(value), TABLE_PLAIN);
	}
	if (columns->table.row_count >= ROWS_KEPT_MAX)
		columns_flush(columns);
}

static void write_header(struct columns *columns)
{
	struct buffer *out = &columns->sink->output->buffer;

	columns->has_header = true;
	for (size_t i = 0; i < columns->count; i++) {
		if (i)
			buffer_append_char(out, ',');
		csv_append_field(out, columns->names[i]);
	}
	buffer_append_char(out, '\n');
}

static void write_row(struct columns *columns)
{
	struct buffer *out = &columns->sink->output->buffer;

	if (!columns->has_header)
		write_header(columns);
	for (size_t i = 0; i < columns->count; i++) {
		const struct value *value = column_value(columns, i);

		if (i)
			buffer_append_char(out, ',');
		if (!value)
			continue;
		buffer_reset(&columns->text);
		value_append_plain(&columns->text, value);
		csv_append_field(out, buffer_slice(&columns->text));
	}
	buffer_append_char(out, '\n');
	if (out->length >= columns->sink->output->flush_size)
		output_drain(columns->sink->output);
}

void columns_write(struct columns *columns, struct slice line)
{
	struct error ignored;

	if (columns->sink->format == OUTPUT_FORMAT_NDJSON) {
		record_sink_write(columns->sink, line);
		return;
	}
	if (value_parse(&columns->tree, line, &ignored))
		return;
	if (columns->sink->format == OUTPUT_FORMAT_CSV)
		write_row(columns);
	else
		add_row(columns);
}
