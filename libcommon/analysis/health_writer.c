#include "analysis/health_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"

// A row for each record: members of the record, then measures.
static const char *const columns[] = {"entity_id", "property", "sensor_id", "unit", "twins", "series", "sources",
    "readings", "ignored", "rejected", "unfinished", "damaged", "nulls", "unusable", "first", "last", "span",
    "interval_minimum", "interval_median", "interval_maximum", "period", "expected", "filled", "gaps", "gap_largest",
    "gap_begin", "out_of_order", "late", "late_p50", "late_p99", "late_maximum", "unplaced", "duplicates", "conflicts",
    "minimum", "maximum", "stuck", "stuck_readings", "stuck_longest", "stuck_begin", "clipped", "clipped_readings",
    "counter_resets", "unit_changes", "type_changes", "unknown_properties", "missing_required", "wrong_type",
    "wrong_unit", "out_of_range", "clock_offset_minimum", "clock_offset_median", "clock_offset_maximum", "clock_jumps",
    "clock_jump_largest", "clock_jump_at", "seq_gaps", "seq_missing", "seq_restarts", "age", "stale_after", "status",
    "completeness", "validity", "timeliness", "consistency", "uniqueness", "ordering", "accuracy", "quality"};

// What else a summary has.
static const char *const members[] = {"type", "entity_id", "property", "unit", "by", "measures", "differs"};

// The measures are those columns that are no members of the record itself.
#define FIRST_MEASURE 4

static bool is_measure(struct slice name)
{
	for (size_t i = FIRST_MEASURE; i < sizeof columns / sizeof *columns; i++)
		if (slice_is(name, columns[i]))
			return true;
	return false;
}

static bool is_member(struct slice path)
{
	const char *slash = path.length ? memchr(path.data, '/', path.length) : NULL;
	struct slice first = slash ? slice_of(path.data, (size_t)(slash - path.data)) : path;

	if (slash && slice_is(first, "measures"))
		return is_measure(slice_skip(path, first.length + 1));
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (slice_is(first, members[i]))
			return true;
	return false;
}

static const char *nearest_measure(struct slice name)
{
	struct nearest nearest;

	nearest_init(&nearest, name.data, name.length);
	for (size_t i = FIRST_MEASURE; i < sizeof columns / sizeof *columns; i++)
		nearest_offer(&nearest, columns[i]);
	return nearest.word;
}

int health_writer_check(const struct expression *condition, struct error *error)
{
	struct buffer path = BUFFER_INIT;
	int result = 0;

	for (size_t i = 0; i < expression_path_count(condition) && result == 0; i++) {
		struct slice text = expression_path_text(condition, i);
		const char *measure = nearest_measure(expression_path_name(condition, i));

		buffer_reset(&path);
		expression_path_append_property(condition, i, &path);
		if (is_member(buffer_slice(&path)))
			continue;
		result = -1;
		error_set(error, "no summary has %.*s%s%s%s", (int)text.length, text.data,
		    measure ? ": did you mean measures." : "", measure ? measure : "", measure ? "?" : "");
	}
	buffer_release(&path);
	return result;
}

static void init_columns(struct health_writer *writer)
{
	size_t count = sizeof columns / sizeof *columns;

	writer->names = memory_new_zeroed(count, sizeof *writer->names);
	for (size_t i = 0; i < count; i++)
		writer->names[i] = slice_from_string(columns[i]);
	columns_init(&writer->columns, writer->sink, writer->names, count);
}

void health_writer_init(struct health_writer *writer, struct record_sink *sink, const struct expression *condition,
    void (*failed)(void *context, const struct record *record), void *context)
{
	*writer = (struct health_writer){.sink = sink, .arena = ARENA_INIT, .failed = failed, .context = context};
	record_scanner_init(&writer->scanner);
	if (condition)
		writer->condition = expression_run_new(condition);
	if (sink && sink->format == OUTPUT_FORMAT_TABLE)
		health_table_init(&writer->table, sink->output);
	if (sink && sink->format == OUTPUT_FORMAT_CSV)
		init_columns(writer);
}

void health_writer_release(struct health_writer *writer)
{
	expression_run_free(writer->condition);
	record_scanner_release(&writer->scanner);
	arena_release(&writer->arena);
	buffer_release(&writer->line);
	if (writer->sink && writer->sink->format == OUTPUT_FORMAT_TABLE)
		health_table_release(&writer->table);
	if (writer->names)
		columns_release(&writer->columns);
	free(writer->names);
}

static void test_condition(struct health_writer *writer, struct slice line)
{
	struct record record;
	struct error ignored;

	buffer_reset(&writer->line);
	buffer_append_slice(&writer->line, line);
	buffer_reserve(&writer->line, LINE_SCAN_PADDING);
	arena_reset(&writer->arena);
	if (record_scan(&writer->scanner, buffer_slice(&writer->line), &writer->arena, &record, &ignored) ||
	    !expression_test(writer->condition, &record))
		return;
	writer->failures++;
	writer->failed(writer->context, &record);
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

	if (writer->condition)
		test_condition(writer, record);
	if (!writer->sink)
		return;
	if (writer->sink->format == OUTPUT_FORMAT_TABLE)
		health_table_add(&writer->table, record);
	else if (writer->sink->format == OUTPUT_FORMAT_CSV)
		write_flat(writer, record);
	else
		record_sink_write(writer->sink, record);
}
