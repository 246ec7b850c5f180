#include "analysis/health_table.h"

#include <math.h>

#include "base/decimal.h"
#include "base/duration.h"
#include "base/timestamp.h"
#include "record/record_lines.h"
#include "record/record_text.h"

#define BAR_CELLS 8

// The first of the findings are about the model.
#define CONFORMANCE_FINDINGS 5

enum health_column {
	COLUMN_ENTITY,
	COLUMN_PROPERTY,
	COLUMN_READINGS,
	COLUMN_INTERVAL,
	COLUMN_COMPLETE,
	COLUMN_VALID,
	COLUMN_TIMELY,
	COLUMN_UNIQUE,
	COLUMN_CONSISTENT,
	COLUMN_NOTE,
};

// Counts that are told when they are not 0, with a length of time that goes with them.
static const struct finding {
	const char *measure, *one, *many, *length, *before;
} findings[] = {
    {"missing_required", "required property missing", "required properties missing", NULL, NULL},
    {"unknown_properties", "property the model does not know", "properties the model does not know", NULL, NULL},
    {"wrong_type", "of the wrong type", "of the wrong type", NULL, NULL},
    {"wrong_unit", "in the wrong unit", "in the wrong unit", NULL, NULL},
    {"out_of_range", "out of range", "out of range", NULL, NULL},
    {"rejected", "line rejected", "lines rejected", NULL, NULL},
    {"damaged", "file damaged", "files damaged", NULL, NULL},
    {"unfinished", "file without a last newline", "files without a last newline", NULL, NULL},
    {"nulls", "null", "nulls", NULL, NULL},
    {"unusable", "unusable", "unusable", NULL, NULL},
    {"gaps", "gap", "gaps", "gap_largest", "largest "},
    {"late", "late", "late", "late_maximum", "by up to "},
    {"unplaced", "too late to place", "too late to place", NULL, NULL},
    {"duplicates", "duplicate", "duplicates", NULL, NULL},
    {"conflicts", "conflict", "conflicts", NULL, NULL},
    {"stuck", "stuck stretch", "stuck stretches", "stuck_longest", "longest "},
    {"clipped", "clipped stretch", "clipped stretches", NULL, NULL},
    {"counter_resets", "counter reset", "counter resets", NULL, NULL},
    {"unit_changes", "change of unit", "changes of unit", NULL, NULL},
    {"type_changes", "change of type", "changes of type", NULL, NULL},
    {"clock_jumps", "clock jump", "clock jumps", "clock_jump_largest", "largest "},
    {"seq_missing", "seq missing", "seq missing", NULL, NULL},
    {"seq_restarts", "restart", "restarts", NULL, NULL},
};

void health_table_init(struct health_table *table, struct output *output)
{
	static const struct {
		struct slice title;
		enum table_column_kind kind;
	} columns[] = {
	    [COLUMN_ENTITY] = {SLICE_LITERAL("ENTITY"), TABLE_NAME},
	    [COLUMN_PROPERTY] = {SLICE_LITERAL("PROPERTY"), TABLE_NAME},
	    [COLUMN_READINGS] = {SLICE_LITERAL("READINGS"), TABLE_RIGID},
	    [COLUMN_INTERVAL] = {SLICE_LITERAL("INTERVAL"), TABLE_OPTIONAL},
	    [COLUMN_COMPLETE] = {SLICE_LITERAL("COMPLETE"), TABLE_BAR},
	    [COLUMN_VALID] = {SLICE_LITERAL("VALID"), TABLE_OPTIONAL},
	    [COLUMN_TIMELY] = {SLICE_LITERAL("TIMELY"), TABLE_OPTIONAL},
	    [COLUMN_UNIQUE] = {SLICE_LITERAL("UNIQUE"), TABLE_OPTIONAL},
	    [COLUMN_CONSISTENT] = {SLICE_LITERAL("CONSISTENT"), TABLE_OPTIONAL},
	    [COLUMN_NOTE] = {SLICE_LITERAL("NOTE"), TABLE_FLEXIBLE},
	};

	*table = (struct health_table){.output = output};
	table_init(&table->table, 0, true, screen_of(output).width == SCREEN_ENDLESS);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		table_add_column(&table->table, columns[i].title, columns[i].kind);
}

void health_table_release(struct health_table *table)
{
	table_release(&table->table);
	value_tree_release(&table->tree);
	buffer_release(&table->text);
}

// NaN when there is none.
static double number_of(const struct health_table *table, const struct value *measures, const char *name)
{
	const struct value *value = member_or_null(&table->tree, measures, name);

	return value && value->kind == VALUE_NUMBER ? decimal_to_double(value->text) : NAN;
}

static void append_length(struct buffer *out, double seconds)
{
	double nanoseconds = seconds * (double)NANOSECONDS_PER_SECOND;

	duration_append(out, fabs(nanoseconds) < 9e18 ? (int64_t)llround(nanoseconds) : INT64_MAX);
}

// Rounded down, so that only all of it reads as 100%.
static void append_percent(struct buffer *out, double share)
{
	buffer_printf(out, "%d%%", (int)floor(share * 100 + 1e-9));
}

// In eighths of a cell.
static void append_bar(struct buffer *out, double share)
{
	static const char *const parts[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int eighths = (int)floor(share * BAR_CELLS * 8 + 1e-9);

	for (int cell = 0; cell < BAR_CELLS; cell++, eighths -= 8)
		buffer_append_string(out, eighths >= 8 ? "█" : eighths > 0 ? parts[eighths] : "·");
	buffer_printf(out, " %3d%%", (int)floor(share * 100 + 1e-9));
}

static void set_share(
    struct health_table *table, const struct value *measures, enum health_column column, const char *name)
{
	double share = number_of(table, measures, name);

	if (isnan(share))
		return;
	buffer_reset(&table->text);
	if (column == COLUMN_COMPLETE)
		append_bar(&table->text, share);
	else
		append_percent(&table->text, share);
	table_set(&table->table, column, buffer_slice(&table->text), column != COLUMN_COMPLETE,
	    share < 1 && column != COLUMN_COMPLETE ? TABLE_WARNING : TABLE_PLAIN);
}

static void set_text(struct health_table *table, enum health_column column, const struct value *value)
{
	if (!value)
		return;
	buffer_reset(&table->text);
	value_append_plain(&table->text, value);
	table_set(&table->table, column, buffer_slice(&table->text), value_is_right(value), TABLE_PLAIN);
}

static void append_finding(struct health_table *table, const struct value *measures, const struct finding *finding)
{
	double count = number_of(table, measures, finding->measure);
	double length = finding->length ? number_of(table, measures, finding->length) : NAN;

	if (!(count > 0))
		return;
	if (table->text.length)
		buffer_append_string(&table->text, ", ");
	buffer_printf(&table->text, "%.0f %s", count, count > 1 ? finding->many : finding->one);
	if (isnan(length))
		return;
	buffer_printf(&table->text, " (%s", finding->before);
	append_length(&table->text, length);
	buffer_append_char(&table->text, ')');
}

// Paths of what differs from the model.
static void append_paths(struct health_table *table, const struct value *record)
{
	const struct value *differs = member_or_null(&table->tree, record, "differs");
	const struct value *item = differs ? value_first(&table->tree, differs) : NULL;

	for (bool is_first = true; item; item = value_next(&table->tree, item), is_first = false) {
		buffer_append_string(&table->text, is_first ? ": " : ", ");
		value_append_plain(&table->text, member_or_null(&table->tree, item, "path"));
	}
}

static void append_findings(struct health_table *table, const struct value *measures)
{
	for (size_t i = 0; i < sizeof findings / sizeof *findings; i++)
		append_finding(table, measures, &findings[i]);
}

// Of a twin, what its series do not say themselves: where it differs from the model.
static void add_twin(struct health_table *table, const struct value *record, const struct value *measures)
{
	buffer_reset(&table->text);
	for (size_t i = 0; i < CONFORMANCE_FINDINGS; i++)
		append_finding(table, measures, &findings[i]);
	append_paths(table, record);
	if (table->text.length)
		table_set_note(&table->table, COLUMN_NOTE, buffer_slice(&table->text), TABLE_WARNING);
	else
		table_set(&table->table, COLUMN_NOTE, SLICE_LITERAL("conforms to the model"), false, TABLE_PLAIN);
}

static void set_note(struct health_table *table, const struct value *measures)
{
	const struct value *status = member_or_null(&table->tree, measures, "status");

	buffer_reset(&table->text);
	if (value_is_word(status, "stale") || value_is_word(status, "error"))
		value_append_plain(&table->text, status);
	append_findings(table, measures);
	if (table->text.length)
		table_set_note(&table->table, COLUMN_NOTE, buffer_slice(&table->text), TABLE_PLAIN);
}

static void add_series(struct health_table *table, const struct value *record, const struct value *measures)
{
	double interval = number_of(table, measures, "interval_median");

	set_text(table, COLUMN_PROPERTY, member_or_null(&table->tree, record, "property"));
	set_text(table, COLUMN_READINGS, member_or_null(&table->tree, measures, "readings"));
	if (!isnan(interval)) {
		buffer_reset(&table->text);
		append_length(&table->text, interval);
		table_set(&table->table, COLUMN_INTERVAL, buffer_slice(&table->text), true, TABLE_PLAIN);
	}
	set_share(table, measures, COLUMN_COMPLETE, "completeness");
	set_share(table, measures, COLUMN_VALID, "validity");
	set_share(table, measures, COLUMN_TIMELY, "timeliness");
	set_share(table, measures, COLUMN_UNIQUE, "uniqueness");
	set_share(table, measures, COLUMN_CONSISTENT, "consistency");
	set_note(table, measures);
}

static void add_source(struct health_table *table, const struct value *by, const struct value *measures)
{
	const struct value *sensor = member_or_null(&table->tree, by, "sensor_id");
	double offset = number_of(table, measures, "clock_offset_median");

	buffer_reset(&table->text);
	buffer_append_string(&table->text, "sensor ");
	value_append_plain(&table->text, sensor);
	table_set(&table->table, COLUMN_PROPERTY, buffer_slice(&table->text), false, TABLE_PLAIN);
	set_text(table, COLUMN_READINGS, member_or_null(&table->tree, measures, "readings"));
	buffer_reset(&table->text);
	append_findings(table, measures);
	if (!isnan(offset)) {
		buffer_append_string(&table->text, table->text.length ? ", clock off by " : "clock off by ");
		append_length(&table->text, offset);
	}
	table_set(&table->table, COLUMN_NOTE, buffer_slice(&table->text), false, TABLE_PLAIN);
}

static void append_counted(struct buffer *out, double count, const char *one, const char *many)
{
	buffer_printf(out, "%s%.0f %s", out->length ? ", " : "", count, count < 1 || count > 1 ? many : one);
}

static void add_text_line(struct health_table *table)
{
	if (!table->text.length)
		return;
	table_add_line(&table->table);
	table_append_whole(&table->table, buffer_slice(&table->text));
	buffer_reset(&table->text);
}

static void add_totals(struct health_table *table, const struct value *measures)
{
	double span = number_of(table, measures, "span"), quality = number_of(table, measures, "quality");

	buffer_reset(&table->text);
	append_counted(&table->text, number_of(table, measures, "twins"), "twin", "twins");
	append_counted(&table->text, number_of(table, measures, "series"), "series", "series");
	append_counted(&table->text, number_of(table, measures, "readings"), "reading", "readings");
	if (!isnan(span)) {
		buffer_append_string(&table->text, " over ");
		append_length(&table->text, span);
	}
	if (!isnan(quality)) {
		buffer_append_string(&table->text, ", quality ");
		append_percent(&table->text, quality);
	}
	add_text_line(table);
}

// Of input without a reading nothing is told but what is wrong with it.
static void add_all(struct health_table *table, const struct value *measures)
{
	double readings = number_of(table, measures, "readings");

	buffer_reset(&table->text);
	append_findings(table, measures);
	if (readings > 0 || !table->text.length)
		add_totals(table, measures);
	buffer_reset(&table->text);
	append_findings(table, measures);
	add_text_line(table);
	table_print(&table->table, table->output, screen_of(table->output));
}

void health_table_add(struct health_table *table, struct slice record)
{
	struct error ignored;

	if (value_parse(&table->tree, record, &ignored))
		return;
	const struct value *root = value_root(&table->tree);
	const struct value *measures = member_or_null(&table->tree, root, "measures");
	const struct value *entity = member_or_null(&table->tree, root, "entity_id");
	const struct value *by = member_or_null(&table->tree, root, "by");

	if (!entity && !by) {
		add_all(table, measures);
		return;
	}
	table_add_row(&table->table);
	set_text(table, COLUMN_ENTITY, entity);
	if (by)
		add_source(table, by, measures);
	else if (member_or_null(&table->tree, root, "property"))
		add_series(table, root, measures);
	else
		add_twin(table, root, measures);
}
