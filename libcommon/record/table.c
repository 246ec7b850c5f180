#include "record/table.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/memory.h"
#include "record/display.h"
#include "record/table_parts.h"

#define CELL_WIDTH_MAX   400 // wider than this nobody reads a cell on a screen
#define PREFERRED_MAX    24
#define NUMBER_WIDTH_MAX 60 // a wider one pushes the rest of its own row

struct table_cell {
	size_t offset, length;
	size_t width;
	bool is_right;
	enum table_style style;
};

struct table_row {
	size_t first_cell, cell_count;
	bool is_line;
};

static size_t columns_from_environment(void)
{
	const char *text = getenv("COLUMNS");
	size_t width = 0;

	while (text && *text >= '0' && *text <= '9' && width < 10000)
		width = width * 10 + (size_t)(*text++ - '0');
	return width;
}

struct screen screen_of(const struct output *output)
{
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
	struct screen screen = {0, output->is_terminal && !(no_colour && *no_colour)};
	struct winsize size;

	if (terminal && slice_is(SLICE_LITERAL("dumb"), terminal))
		screen.colour = false;
	if (output->is_terminal && ioctl(output->fd, TIOCGWINSZ, &size) == 0)
		screen.width = size.ws_col;
	if (!screen.width)
		screen.width = columns_from_environment();
	if (!screen.width)
		screen.width = output->is_terminal ? 80 : SCREEN_ENDLESS;
	if (screen.width < 20)
		screen.width = 20;
	return screen;
}

void table_init(struct table *table, size_t indent, bool has_titles, bool is_endless)
{
	*table = (struct table){.indent = indent, .has_titles = has_titles, .is_endless = is_endless};
}

void table_clear(struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++) {
		buffer_release(&table->columns[i].title);
		name_cut_release(&table->columns[i].names);
	}
	table->column_count = table->cell_count = table->row_count = 0;
	buffer_reset(&table->text);
	table->titles_shown = 0;
	table->left_out = 0;
}

void table_release(struct table *table)
{
	table_clear(table);
	free(table->columns);
	free(table->cells);
	free(table->rows);
	buffer_release(&table->text);
	buffer_release(&table->line);
	buffer_release(&table->cut);
}

static size_t cell_limit(const struct table *table)
{
	return table->is_endless ? SCREEN_ENDLESS : CELL_WIDTH_MAX;
}

size_t table_add_column(struct table *table, struct slice title, enum table_column_kind kind)
{
	struct table_column *column;

	table->columns = memory_grow(table->columns, &table->column_capacity, table->column_count + 1, sizeof *column);
	column = &table->columns[table->column_count];
	*column = (struct table_column){.kind = kind, .names = NAME_CUT_INIT};
	column->title_width = display_append(&column->title, title, cell_limit(table));
	return table->column_count++;
}

static struct table_cell *add_cell(struct table *table)
{
	table->cells = memory_grow(table->cells, &table->cell_capacity, table->cell_count + 1, sizeof *table->cells);
	table->cells[table->cell_count] = (struct table_cell){0};
	return &table->cells[table->cell_count++];
}

static void add_row(struct table *table, bool is_line)
{
	table->rows = memory_grow(table->rows, &table->row_capacity, table->row_count + 1, sizeof *table->rows);
	table->rows[table->row_count++] = (struct table_row){table->cell_count, 0, is_line};
}

void table_add_row(struct table *table)
{
	add_row(table, false);
	table->rows[table->row_count - 1].cell_count = table->column_count;
	for (size_t i = 0; i < table->column_count; i++)
		add_cell(table);
}

void table_add_line(struct table *table)
{
	add_row(table, true);
}

static void fill(struct table *table, struct table_cell *cell, struct slice text)
{
	cell->offset = table->text.length;
	cell->width = display_append(&table->text, text, cell_limit(table));
	cell->length = table->text.length - cell->offset;
}

static struct slice cell_text(const struct table *table, const struct table_cell *cell)
{
	return cell->length ? slice_of(table->text.data + cell->offset, cell->length) : SLICE_EMPTY;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void widen(const struct table *table, struct table_column *column, const struct table_cell *cell)
{
	struct slice text = cell_text(table, cell);

	column->width = larger(column->width, cell->width);
	if (cell->is_right && cell->width <= NUMBER_WIDTH_MAX)
		column->whole = larger(column->whole, cell->width);
	if (column->kind == TABLE_NAME && !table->is_endless)
		name_cut_add(&column->names, text);
	for (int form = TIME_WHOLE; column->kind == TABLE_TIME && form < TIME_LEFT_OUT; form++) {
		struct slice time = table_time(text, (enum time_form)form);
		size_t width = time.length < text.length ? time.length : cell->width;

		column->time_widths[form] = larger(column->time_widths[form], width);
	}
}

void table_set(struct table *table, size_t column, struct slice text, bool is_right, enum table_style style)
{
	struct table_column *in = &table->columns[column];
	struct table_cell *cell = &table->cells[table->rows[table->row_count - 1].first_cell + column];

	fill(table, cell, text);
	cell->is_right = is_right;
	cell->style = style;
	if (!cell->length)
		return;
	if (!in->is_used)
		in->is_right = is_right;
	in->is_used = true;
	widen(table, in, cell);
}

void table_prefer(struct table *table, size_t column, size_t width)
{
	struct table_column *in = &table->columns[column];

	if (width > PREFERRED_MAX)
		width = PREFERRED_MAX;
	if (width > in->preferred)
		in->preferred = width;
}

void table_append(struct table *table, struct slice text, enum table_style style)
{
	struct table_cell *cell = add_cell(table);

	fill(table, cell, text);
	cell->style = style;
	table->rows[table->row_count - 1].cell_count++;
}

void table_append_whole(struct table *table, struct slice text)
{
	table_append(table, text, TABLE_PLAIN);
	table->cells[table->cell_count - 1].is_right = true;
}

static void append_blanks(struct buffer *line, size_t count)
{
	memset(buffer_reserve(line, count), ' ', count);
	line->length += count;
}

static void append_styled(struct buffer *line, struct slice text, size_t limit, enum table_style style, bool colour)
{
	if (!colour || style == TABLE_PLAIN) {
		display_append(line, text, limit);
		return;
	}
	buffer_append_string(line, style == TABLE_ERROR ? "\033[31m" : "\033[33m");
	display_append(line, text, limit);
	buffer_append_string(line, "\033[0m");
}

// A line on its way to the screen: how much of the width is used, and blanks that are owed but not written at the end
// of a line.
struct pen {
	struct table *table;
	struct screen screen;
	size_t used, owed;
};

// What is put: text that is made fit for a terminal, so many columns wide.
struct put {
	struct slice text;
	size_t width;
	bool is_right;
	bool is_whole; // a number that is cut reads as another number
	enum table_style style;
};

static void pen_put(struct pen *pen, const struct put *put, size_t column_width)
{
	size_t width = put->width, room, padding;

	if (width > column_width && (pen->table->is_endless || put->is_whole))
		column_width = width;
	else if (width > column_width)
		width = column_width;
	padding = column_width - width;
	if (put->is_right)
		pen->owed += padding;
	if (width && (put->is_whole || pen->used + pen->owed < pen->screen.width)) {
		append_blanks(&pen->table->line, pen->owed);
		pen->used += pen->owed;
		room = put->is_whole ? width : pen->screen.width - pen->used;
		append_styled(
		    &pen->table->line, put->text, width < room ? width : room, put->style, pen->screen.colour);
		pen->used += width;
		pen->owed = 0;
	} else {
		pen->owed += width;
	}
	pen->owed += TABLE_GAP + (put->is_right ? 0 : padding);
}

static void pen_end(struct pen *pen, struct output *output)
{
	buffer_append_char(&pen->table->line, '\n');
	output_write_slice(output, buffer_slice(&pen->table->line));
	buffer_reset(&pen->table->line);
	pen->used = pen->owed = 0;
}

// Which columns are shown, as one number that is never 0.
static uint64_t fingerprint(const struct table *table)
{
	uint64_t sum = 1469598103934665603u;

	for (size_t i = 0; i < table->column_count; i++)
		sum = (sum ^ (table->columns[i].shown ? i + 1 : 0)) * 1099511628211u;
	return sum ? sum : 1;
}

static void print_titles(struct pen *pen, struct output *output)
{
	struct table *table = pen->table;

	table->titles_shown = fingerprint(table);
	pen->owed = table->indent;
	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];

		struct put put = {
		    buffer_slice(&column->title), column->title_width, column->is_right, false, TABLE_PLAIN};

		if (column->shown)
			pen_put(pen, &put, column->shown);
	}
	pen_end(pen, output);
}

// What the room allows to be shown of a cell.
static void shorten(struct table *table, struct table_column *column, struct put *put)
{
	struct slice whole = put->text;

	if (column->kind == TABLE_TIME) {
		put->text = table_time(whole, column->time_form);
		put->width = put->text.length < whole.length ? put->text.length : put->width;
	} else if (put->width <= column->shown || table->is_endless || put->is_whole) {
		return;
	} else if (column->kind == TABLE_NAME) {
		buffer_reset(&table->cut);
		name_cut_append(&column->names, &table->cut, whole, column->shown);
		put->text = buffer_slice(&table->cut);
		put->width = display_width(put->text);
	} else if (column->kind == TABLE_BAR && whole.length > TABLE_BAR_SHORT) {
		put->text = slice_skip(whole, whole.length - TABLE_BAR_SHORT);
		put->width = TABLE_BAR_SHORT;
		put->is_right = true;
	}
}

// A line has no columns: a time in it is as short as the room behind what stands before it asks for.
static void shorten_time(const struct pen *pen, struct put *put)
{
	size_t used = pen->used + pen->owed, room = used < pen->screen.width ? pen->screen.width - used : 0;
	struct slice whole = put->text;

	for (int form = TIME_OF_DAY; form < TIME_LEFT_OUT && put->width > room; form++) {
		put->text = table_time(whole, (enum time_form)form);
		put->width = put->text.length < whole.length ? put->text.length : put->width;
	}
}

static void print_row(struct pen *pen, const struct table_row *row, struct output *output)
{
	struct table *table = pen->table;

	pen->owed = row->is_line ? 0 : table->indent;
	for (size_t i = 0; i < row->cell_count; i++) {
		const struct table_cell *cell = &table->cells[row->first_cell + i];
		struct put put = {cell_text(table, cell), cell->width, cell->is_right, cell->is_right, cell->style};
		size_t width = row->is_line ? cell->width : table->columns[i].shown;

		if (!width)
			continue;
		if (row->is_line) {
			shorten_time(pen, &put);
			width = put.width;
		} else {
			shorten(table, &table->columns[i], &put);
		}
		pen_put(pen, &put, width);
	}
	pen_end(pen, output);
}

void table_print(struct table *table, struct output *output, struct screen screen)
{
	struct pen pen = {table, screen, 0, 0};

	table_fit(table, screen.width);
	for (size_t i = 0; i < table->row_count; i++) {
		if (table->has_titles && !table->rows[i].is_line && table->titles_shown != fingerprint(table))
			print_titles(&pen, output);
		print_row(&pen, &table->rows[i], output);
	}
	table->row_count = table->cell_count = 0;
	buffer_reset(&table->text);
}
