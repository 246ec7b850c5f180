#include "record/record_sink.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/csv_text.h"
#include "record/record_lines.h"
#include "record/record_text.h"
#include "record/state_table.h"
#include "record/value.h"

#define LINES_KEPT_MAX       500
#define LINES_KEPT_BYTES_MAX ((size_t)1 << 20)

struct record_views {
	struct value_tree tree;
	struct state_table states;
	struct record_lines lines;
	struct csv_text csv;
};

void record_sink_init(struct record_sink *sink, struct output *output, enum output_format format)
{
	bool is_endless;

	*sink = (struct record_sink){.output = output, .format = format};
	if (format == OUTPUT_FORMAT_AUTO)
		sink->format = output->is_terminal ? OUTPUT_FORMAT_TABLE : OUTPUT_FORMAT_NDJSON;
	if (sink->format == OUTPUT_FORMAT_NDJSON)
		return;
	sink->views = memory_new_zeroed(1, sizeof *sink->views);
	is_endless = screen_of(output).width == SCREEN_ENDLESS;
	state_table_init(&sink->views->states, is_endless);
	record_lines_init(&sink->views->lines, is_endless);
	csv_text_init(&sink->views->csv);
}

void record_sink_release(struct record_sink *sink)
{
	buffer_release(&sink->line);
	if (!sink->views)
		return;
	value_tree_release(&sink->views->tree);
	state_table_release(&sink->views->states);
	record_lines_release(&sink->views->lines);
	csv_text_release(&sink->views->csv);
	free(sink->views);
	sink->views = NULL;
}

static void print_lines(struct record_sink *sink)
{
	struct table *table = &sink->views->lines.table;

	if (table->row_count)
		table_print(table, sink->output, screen_of(sink->output));
}

static void show_in_table(struct record_sink *sink, const struct value_tree *tree, struct slice line)
{
	struct record_views *views = sink->views;
	struct table *table = &views->lines.table;
	const struct value *type = tree ? member_or_null(tree, value_root(tree), "type") : NULL;
	bool is_remains = value_is_word(type, "deleted") || value_is_word(type, "desired");

	if (value_is_word(type, "state") || (is_remains && !state_table_is_empty(&views->states))) {
		print_lines(sink);
		state_table_add(&views->states, line, sink->output);
		return;
	}
	state_table_print(&views->states, sink->output);
	record_lines_add(&views->lines, tree, line);
	if (table->row_count >= LINES_KEPT_MAX || table->text.length >= LINES_KEPT_BYTES_MAX)
		print_lines(sink);
}

static void show_as_csv(struct record_sink *sink, const struct value_tree *tree, struct slice line)
{
	csv_text_append(&sink->views->csv, &sink->output->buffer, tree, line);
	if (sink->output->buffer.length >= sink->output->flush_size)
		output_drain(sink->output);
}

void record_sink_show(struct record_sink *sink, struct slice line)
{
	const struct value_tree *tree = &sink->views->tree;
	struct error error;

	if (value_parse(&sink->views->tree, line, &error))
		tree = NULL;
	if (sink->format == OUTPUT_FORMAT_CSV)
		show_as_csv(sink, tree, line);
	else
		show_in_table(sink, tree, line);
}

void record_sink_write_lines(struct record_sink *sink, struct slice text)
{
	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;

		record_sink_write(sink, slice_of(text.data, length));
		text = slice_skip(text, length + 1);
	}
}

int record_sink_flush(struct record_sink *sink, struct error *error)
{
	if (sink->format == OUTPUT_FORMAT_TABLE) {
		print_lines(sink);
		state_table_print(&sink->views->states, sink->output);
	}
	return output_flush(sink->output, error);
}
