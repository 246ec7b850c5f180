#include "analysis/health_writer.h"

#include <stdlib.h>

#include "analysis/health_columns.h"
#include "base/memory.h"

static void init_columns(struct health_writer *writer)
{
	writer->names = memory_new_zeroed(health_column_count, sizeof *writer->names);
	for (size_t i = 0; i < health_column_count; i++)
		writer->names[i] = slice_from_string(health_columns[i]);
	columns_init(&writer->columns, writer->sink, writer->names, health_column_count);
}

void health_writer_init(struct health_writer *writer, struct record_sink *sink)
{
	*writer = (struct health_writer){.sink = sink};
	if (sink && sink->format == OUTPUT_FORMAT_TABLE)
		health_table_init(&writer->table, sink->output);
	if (sink && sink->format == OUTPUT_FORMAT_CSV)
		init_columns(writer);
}

void health_writer_release(struct health_writer *writer)
{
	buffer_release(&writer->line);
	if (writer->sink && writer->sink->format == OUTPUT_FORMAT_TABLE)
		health_table_release(&writer->table);
	if (writer->names)
		columns_release(&writer->columns);
	free(writer->names);
}

// Members and measures side by side, as columns want them.
static void write_flat(struct health_writer *writer, struct slice line)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;

	if (value_parse(&tree, line, &ignored))
		return;
	const struct value *root = value_root(&tree);
	const struct value *inner[] = {
	    root, value_member(&tree, root, SLICE_LITERAL("by")), value_member(&tree, root, SLICE_LITERAL("measures"))};

	buffer_reset(&writer->line);
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
		const struct value *member = inner[i] ? value_first(&tree, inner[i]) : NULL;

		for (; member; member = value_next(&tree, member)) {
			if (member->kind == VALUE_OBJECT || member->kind == VALUE_ARRAY || member->kind == VALUE_NULL)
				continue;
			buffer_append_string(&writer->line, writer->line.length ? ",\"" : "{\"");
			buffer_append_slice(&writer->line, member->name);
			buffer_append_string(&writer->line, "\":");
			buffer_append_slice(&writer->line, member->text);
		}
	}
	buffer_append_char(&writer->line, '}');
	columns_write(&writer->columns, buffer_slice(&writer->line));
	value_tree_release(&tree);
}

void health_writer_write(void *context, struct slice record)
{
	struct health_writer *writer = context;

	if (!writer->sink)
		return;
	if (writer->sink->format == OUTPUT_FORMAT_TABLE)
		health_table_add(&writer->table, record);
	else if (writer->sink->format == OUTPUT_FORMAT_CSV)
		write_flat(writer, record);
	else
		record_sink_write(writer->sink, record);
}
