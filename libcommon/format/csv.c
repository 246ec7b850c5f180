// CSV and its relatives to readings: the dialect from the first two records, the plan from the names and the first row, then row by row.
#include "base/utf8.h"
#include "format/cell.h"
#include "format/csv_dialect.h"
#include "format/csv_plan.h"
#include "format/csv_rows.h"
#include "format/format.h"
#include "format/ingest.h"
#include "format/row_member.h"
#include "record/value.h"

// What is looked at before the dialect is settled.
#define SAMPLE_BYTES ((size_t)1 << 20)
#define SAMPLE_LINES 1000

// Rows at the beginning that may lack a time before the source counts as one that has none.
#define ROWS_TRIED 20

struct held_row {
	uint64_t line;
	struct slice raw; // in the plan's arena
};

struct csv_source {
	struct ingest *ingest;
	struct source_lines *lines;
	struct csv_dialect dialect;
	struct csv_rows rows;
	struct csv_plan plan;
	struct cell_reader cells;
	struct row_facts facts;
	struct buffer entity;
	struct buffer label;
	struct buffer header; // its line, as it is
	uint64_t header_line;
	uint64_t counted;                 // rows that ingest has counted
	struct buffer members;            // JSON of the members that a row has from its columns
	struct held_row held[ROWS_TRIED]; // rows in which no time was found
	size_t held_count;
	size_t bad_cells; // of the row
	struct error bad; // the first of them
};

// Reads lines until the dialect is clear, and goes back to the first.
static int settle_dialect(struct csv_source *csv, struct error *error)
{
	enum csv_dialect_result result = CSV_DIALECT_MORE;
	struct slice line;

	for (size_t count = 0; result == CSV_DIALECT_MORE; count++) {
		enum line_result read = source_lines_next(csv->lines, &line, error);

		if (count == 0 && (read == LINE_END || read == LINE_ERROR))
			return read == LINE_ERROR ? -1 : 0;
		if (count == 0)
			source_lines_keep(csv->lines, line);
		struct slice sample = source_lines_kept(csv->lines);
		bool at_end = read != LINE_OK || count + 1 >= SAMPLE_LINES || sample.length > SAMPLE_BYTES;

		result = csv_dialect_guess(csv->ingest->mapping, sample, at_end, &csv->dialect, error);
	}
	source_lines_go_back(csv->lines, 0);
	return result == CSV_DIALECT_UNCLEAR ? -1 : 0;
}

static enum format_result result_of(enum csv_row_result result)
{
	return result == CSV_ROW_ERROR ? FORMAT_FAILED : result == CSV_ROW_STOPPED ? FORMAT_STOPPED : FORMAT_DONE;
}

static int use_given_names(struct csv_source *csv, size_t count, struct error *error)
{
	const struct mapping_names *columns = &csv->ingest->mapping->columns;
	struct slice *names;
	int result;

	if (!columns->count) {
		csv_plan_number_columns(&csv->plan, count);
		return 0;
	}
	if (columns->count != count)
		return error_set(
		    error, "%zu names of columns are given, and the first record has %zu", columns->count, count);
	names = arena_new(&csv->plan.arena, columns->count * sizeof *names);
	for (size_t i = 0; i < columns->count; i++)
		names[i] = columns->items[i].text;
	result = csv_plan_set_names(&csv->plan, names, count, error);
	csv->rows.columns = count;
	return result;
}

// Names from the header, where there is one.
static enum csv_row_result read_header(struct csv_source *csv, struct error *error)
{
	uint64_t rejected = rejects_count(csv->ingest->rejects);
	enum csv_row_result result = csv_rows_next(&csv->rows, error);
	const struct csv_split *split = &csv->rows.split;

	if (rejects_count(csv->ingest->rejects) != rejected) {
		error_set(error, "the line with the names of the columns cannot be read");
		return CSV_ROW_ERROR;
	}
	if (result != CSV_ROW_RECORD)
		return result;
	csv->rows.row = 0;
	csv->rows.columns = split->count;
	csv->header_line = csv->rows.line;
	buffer_append_slice(&csv->header, csv->rows.raw);
	int named = csv->ingest->mapping->columns.count
	    ? use_given_names(csv, split->count, error)
	    : csv_plan_set_names(&csv->plan, split->cells, split->count, error);

	return named < 0 ? CSV_ROW_ERROR : CSV_ROW_RECORD;
}

static void explain(const struct csv_source *csv)
{
	struct buffer text = BUFFER_INIT;

	csv_plan_append_mapping(&text, &csv->plan, &csv->dialect);
	ingest_explain(csv->ingest, csv->lines->name, buffer_slice(&text));
	buffer_release(&text);
}

static int make_plan(struct csv_source *csv, struct error *error)
{
	const struct csv_split *split = &csv->rows.split;
	struct ingest *ingest = csv->ingest;
	struct buffer said = BUFFER_INIT;

	if (!csv->plan.columns) {
		if (use_given_names(csv, split->count, error) < 0)
			return -1;
		csv->rows.columns = split->count;
	}
	csv->plan.asks_decimal = csv->dialect.delimiter != ',' && !ingest->mapping->decimal_comma;
	int result = csv->held_count ? csv_plan_make_by(&csv->plan, split->cells, error)
				     : csv_plan_make(&csv->plan, split->cells, error);

	ingest->has_rows |= !csv->plan.clock.is_missing;
	if (result < 0)
		return -1;
	csv_plan_append_guesses(&said, &csv->plan, &csv->dialect);
	ingest_say(ingest, csv->lines->name, buffer_slice(&said));
	buffer_release(&said);
	if (ingest->mapping_out)
		csv_plan_append_mapping(ingest->mapping_out, &csv->plan, &csv->dialect);
	else if (ingest->explain)
		explain(csv);
	return 0;
}

static inline struct slice cell_at(const struct csv_source *csv, size_t column)
{
	return csv->rows.split.cells[column];
}

// The cell, or nothing when it is missing or there is no such column.
static inline struct slice present_cell(const struct csv_source *csv, size_t column)
{
	struct slice cell;

	if (column == CSV_NO_COLUMN)
		return SLICE_EMPTY;
	cell = cell_at(csv, column);
	return missing_words_have(&csv->plan.missing, cell) ? SLICE_EMPTY : cell;
}

static int make_entity(struct csv_source *csv, struct error *error)
{
	const struct name_template *name = &csv->plan.entity;

	if (name->is_constant && csv->entity.length)
		return 0;
	buffer_reset(&csv->entity);
	for (size_t i = 0; i < name->count; i++) {
		const struct template_part *part = &name->parts[i];
		struct slice cell;

		if (part->kind != TEMPLATE_COLUMN) {
			if (name_template_append(&csv->entity, part, csv->lines->name, csv->rows.row, error) < 0)
				return -1;
			continue;
		}
		cell = present_cell(csv, part->index);
		if (!cell.length)
			return error_set(error, "the name of the twin is missing (column '%.*s')",
			    (int)part->text.length, part->text.data);
		buffer_append_slice(&csv->entity, cell);
	}
	return 0;
}

// One member that a column holds; the JSON goes to csv->members. *json stays empty when the cell is missing.
static int read_member(
    struct csv_source *csv, enum mapping_member member, size_t *begin, size_t *length, struct error *error)
{
	struct slice cell = present_cell(csv, csv->plan.members[member]), json;
	bool is_number = member != MAPPING_SENSOR_ID;

	*begin = csv->members.length;
	*length = 0;
	if (!cell.length)
		return 0;
	if (cell_read(&csv->cells, cell, is_number ? CELL_NUMBER : CELL_STRING, &json, error) < 0)
		return -1;
	if (row_member_check(member, json, error) < 0)
		return -1;
	buffer_append_slice(&csv->members, json);
	*length = json.length;
	return 0;
}

static int read_members(struct csv_source *csv, struct error *error)
{
	size_t begins[MAPPING_MEMBERS], lengths[MAPPING_MEMBERS];

	buffer_reset(&csv->members);
	for (int i = MAPPING_QUALITY; i < MAPPING_MEMBERS; i++)
		if (read_member(csv, (enum mapping_member)i, &begins[i], &lengths[i], error) < 0)
			return -1;
	for (int i = MAPPING_QUALITY; i < MAPPING_MEMBERS; i++)
		row_member_set(&csv->facts, (enum mapping_member)i,
		    lengths[i] ? slice_of(csv->members.data + begins[i], lengths[i]) : SLICE_EMPTY);
	return 0;
}

// The value of a cell; false when it is missing or does not fit, which is noted.
static inline bool read_value(struct csv_source *csv, struct csv_value *value, struct slice cell, struct slice *json)
{
	struct error reason;

	if (__builtin_expect(missing_words_have(&csv->plan.missing, cell), 0)) {
		csv->ingest->missing_count++;
		return false;
	}
	if (__builtin_expect(value->type <= CELL_NUMBER && !csv->cells.decimal_comma && cell_is_number(cell), 1)) {
		*json = cell;
		return true;
	}
	if (csv_plan_check_decimal(&csv->plan, value, cell, &reason) == 0 &&
	    cell_read(&csv->cells, cell, value->type, json, &reason) == 0) {
		value->is_text |= (*json).data[0] == '"';
		return true;
	}
	if (csv->bad_cells++ == 0)
		error_set(&csv->bad, "column '%.*s': %.300s", value->name.length < 80 ? (int)value->name.length : 80,
		    value->name.data, reason.message);
	return false;
}

static void write_wide(struct csv_source *csv)
{
	const struct csv_plan *plan = &csv->plan;

	for (size_t i = 0; i < plan->value_count; i++) {
		struct csv_value *value = &plan->values[i];
		struct slice json;

		if (read_value(csv, value, cell_at(csv, value->column), &json))
			reading_writer_put(&csv->ingest->writer, value->property, json, value->unit);
	}
}

static int write_long(struct csv_source *csv, struct error *error)
{
	struct slice unit_cell = present_cell(csv, csv->plan.members[MAPPING_UNIT]), json, unit;
	struct csv_value *value = csv_plan_property(&csv->plan, cell_at(csv, csv->plan.property), error);

	if (!value)
		return -1;
	if (!value->is_taken || !read_value(csv, value, cell_at(csv, csv->plan.value), &json))
		return 0;
	unit = value->unit;
	buffer_reset(&csv->label);
	if (unit_cell.length) {
		reading_writer_unit(&csv->label, unit_cell);
		unit = buffer_slice(&csv->label);
	}
	reading_writer_put(&csv->ingest->writer, value->property, json, unit);
	return 0;
}

static void write_label(struct csv_source *csv)
{
	struct buffer *label = &csv->label;

	buffer_reset(label);
	for (size_t i = 0; i < csv->plan.label_count; i++) {
		struct csv_value *column = &csv->plan.labels[i];
		struct slice json, cell = cell_at(csv, column->column);

		if (missing_words_have(&csv->plan.missing, cell) || !read_value(csv, column, cell, &json))
			continue;
		buffer_append_char(label, label->length ? ',' : '{');
		buffer_append_slice(label, column->property);
		buffer_append_slice(label, json);
	}
	if (!label->length)
		return;
	buffer_append_char(label, '}');
	reading_writer_label(&csv->ingest->writer, buffer_slice(label));
}

static enum format_result reject_row(struct csv_source *csv, const char *message)
{
	bool stop = rejects_add(csv->ingest->rejects, csv->lines->name, csv->rows.line, csv->rows.raw, message);

	return stop ? FORMAT_STOPPED : FORMAT_DONE;
}

static enum format_result reject_cells(struct csv_source *csv)
{
	struct error error = csv->bad;

	if (csv->bad_cells > 1)
		error_set(&error, "%.400s, and %zu more", csv->bad.message, csv->bad_cells - 1);
	csv->bad_cells = 0;
	return reject_row(csv, error.message);
}

static bool is_selected(struct csv_source *csv)
{
	struct selection *selection = &csv->ingest->selection;

	return selection_has_time(selection, csv->facts.timestamp) &&
	    selection_has_entity(selection, buffer_slice(&csv->entity));
}

static enum format_result take_row(struct csv_source *csv, struct error *error)
{
	const struct csv_plan *plan = &csv->plan;
	enum row_clock_result clock;

	ingest_count_row(csv->ingest, csv->lines);
	csv->counted++;
	csv->facts.line = csv->rows.line;
	clock = row_clock_read(&csv->plan.clock, present_cell(csv, plan->time), present_cell(csv, plan->received),
	    csv->rows.row, &csv->facts, error);
	if (clock == ROW_CLOCK_UNCLEAR)
		return FORMAT_FAILED;
	if (clock == ROW_CLOCK_BAD || make_entity(csv, error) < 0)
		return reject_row(csv, error->message);
	if (csv->ingest->selection.by_row && !is_selected(csv))
		return FORMAT_DONE;
	if (read_members(csv, error) < 0)
		return reject_row(csv, error->message);
	csv->facts.entity_id = buffer_slice(&csv->entity);
	reading_writer_row(&csv->ingest->writer, &csv->facts);
	if (plan->property == CSV_NO_COLUMN)
		write_wide(csv);
	else if (write_long(csv, error) < 0)
		return reject_row(csv, error->message);
	if (plan->label_count)
		write_label(csv);
	return csv->bad_cells ? reject_cells(csv) : FORMAT_DONE;
}

// A source of standard input has no name: told once instead of for every row.
static int check_entity(struct csv_source *csv, struct error *error)
{
	struct buffer ignored = BUFFER_INIT;
	int result = 0;

	for (size_t i = 0; i < csv->plan.entity.count && result == 0; i++)
		result = name_template_append(&ignored, &csv->plan.entity.parts[i], csv->lines->name, 1, error);
	buffer_release(&ignored);
	return result;
}

// All lines, that of the names too, of a source whose rows nothing gives a time.
static enum format_result reject_untimed(struct csv_source *csv, struct error *error)
{
	struct ingest *ingest = csv->ingest;
	uint64_t count = 0;
	enum format_result result = FORMAT_DONE;
	bool stop = false;

	if (csv->header_line) {
		stop = ingest_reject_untold(
		    ingest, csv->lines, csv->header_line, buffer_slice(&csv->header), ROW_CLOCK_MISSING);
		count += !stop;
	}
	for (size_t i = 0; i < csv->held_count && !stop; i++, count += !stop)
		stop = ingest_reject_untold(ingest, csv->lines, csv->held[i].line, csv->held[i].raw, ROW_CLOCK_MISSING);
	result = stop ? FORMAT_STOPPED : ingest_reject_rest(ingest, csv->lines, ROW_CLOCK_MISSING, &count, error);
	ingest_tell_untimed(ingest, csv->lines->name, ROW_CLOCK_MISSING, count);
	return result;
}

static void hold_row(struct csv_source *csv)
{
	csv->held[csv->held_count++] =
	    (struct held_row){.line = csv->rows.line, .raw = arena_dup(&csv->plan.arena, csv->rows.raw)};
}

// The rows before the first that has a time: a bad one does not speak for the source.
static enum format_result reject_held(struct csv_source *csv)
{
	struct error error;

	for (size_t i = 0; i < csv->held_count; i++) {
		error_set(&error, "no time in column '%.*s'", (int)csv->plan.clock.time_name.length,
		    csv->plan.clock.time_name.data);
		if (rejects_add(
			csv->ingest->rejects, csv->lines->name, csv->held[i].line, csv->held[i].raw, error.message))
			return FORMAT_STOPPED;
	}
	return FORMAT_DONE;
}

static enum format_result read_rows(struct csv_source *csv, struct error *error)
{
	enum csv_row_result row = csv_rows_next(&csv->rows, error);

	if (row != CSV_ROW_RECORD)
		return result_of(row);
	while (make_plan(csv, error) < 0) {
		if (!csv->plan.clock.is_missing || csv->ingest->mapping_out)
			return FORMAT_FAILED;
		hold_row(csv);
		// Another row may have a time only where some column promises one.
		row = csv->held_count < ROWS_TRIED && csv_plan_names_time(&csv->plan) ? csv_rows_next(&csv->rows, error)
										      : CSV_ROW_END;
		if (row == CSV_ROW_END)
			return reject_untimed(csv, error);
		if (row != CSV_ROW_RECORD)
			return result_of(row);
	}
	if (check_entity(csv, error) < 0)
		return FORMAT_FAILED;
	enum format_result result = reject_held(csv);

	if (result != FORMAT_DONE)
		return result;
	if (csv->ingest->mapping_out)
		return FORMAT_DONE;
	for (; row == CSV_ROW_RECORD; row = csv_rows_next(&csv->rows, error)) {
		result = take_row(csv, error);
		if (result != FORMAT_DONE)
			return result;
	}
	return result_of(row);
}

// Also what becomes of a single line that is no table at all.
static void tell_no_row(const struct csv_source *csv)
{
	struct slice shown = buffer_slice(&csv->header);
	struct buffer said = BUFFER_INIT;
	shown.length -= shown.length && shown.data[shown.length - 1] == '\r';
	bool is_long = shown.length > 60;

	if (is_long)
		shown = utf8_cut(slice_of(shown.data, 60));
	buffer_printf(&said, "a header (%.*s%s) and no rows", (int)shown.length, shown.data, is_long ? "..." : "");
	ingest_say(csv->ingest, csv->lines->name, buffer_slice(&said));
	buffer_release(&said);
}

static enum format_result read_source(struct csv_source *csv, struct error *error)
{
	if (settle_dialect(csv, error) < 0)
		return FORMAT_FAILED;
	csv_rows_init(&csv->rows, csv->lines, csv->ingest->rejects, csv->dialect.delimiter);
	csv_plan_init(&csv->plan, csv->ingest, csv->lines->name);
	enum csv_row_result header = csv->dialect.has_header ? read_header(csv, error) : CSV_ROW_RECORD;
	enum format_result result = header == CSV_ROW_RECORD ? read_rows(csv, error) : result_of(header);

	if (csv->header_line && !csv->rows.row && result == FORMAT_DONE)
		tell_no_row(csv);
	if (csv->counted)
		csv->ingest->row_count += csv->rows.row - csv->counted; // those rejected before they were taken
	csv_rows_release(&csv->rows);
	csv_plan_release(&csv->plan);
	return result;
}

static enum format_result read_csv(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	struct csv_source csv = {.ingest = ingest, .lines = lines, .cells = CELL_READER_INIT};

	csv.cells.decimal_comma = ingest->mapping->decimal_comma;
	enum format_result result = read_source(&csv, error);

	cell_reader_release(&csv.cells);
	buffer_release(&csv.entity);
	buffer_release(&csv.label);
	buffer_release(&csv.members);
	buffer_release(&csv.header);
	return result;
}

static enum format_result read_tsv(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	int asked = ingest->mapping->delimiter;
	enum format_result result;

	ingest->mapping->delimiter = '\t';
	result = read_csv(ingest, lines, error);
	ingest->mapping->delimiter = asked;
	return result;
}

static enum format_fit recognise(struct slice start)
{
	(void)start; // any line of text can be CSV
	return FORMAT_FIT_ANY;
}

static enum format_fit recognise_nothing(struct slice start)
{
	(void)start;
	return FORMAT_FIT_NO;
}

const struct format format_csv = {.name = "csv", .title = "CSV", .recognise = recognise, .read = read_csv};
const struct format format_tsv = {
    .name = "tsv", .title = "CSV with tabs", .recognise = recognise_nothing, .read = read_tsv};
