#include "record/table.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/memory.h"
#include "record/display.h"

#define CELL_WIDTH_MAX     400 // wider than this nobody reads a cell on a screen
#define ALIGNED_WIDTH_MAX  60  // on an endless screen; without it one huge cell would blow up every row
#define COLUMN_WIDTH_MIN   8   // columns are not narrowed below while that is enough,
#define COLUMN_WIDTH_LEAST 3   // and never below
#define PREFERRED_MAX      24
#define OPTIONAL_WIDTH_MAX 24
#define RIGID_WIDTH_MAX    36 // a time of nine digits with room to spare; what is longer is none
#define GAP                2

struct table_column {
	struct buffer title;
	size_t title_width;
	enum table_column_kind kind;
	size_t width;     // of the widest cell so far
	size_t preferred; // not narrowed below while others can be
	size_t shown;     // at this print; 0: left out
	bool is_used;
	bool is_right; // the first cell in it was a number, so its title stands to the right
};

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
	for (size_t i = 0; i < table->column_count; i++)
		buffer_release(&table->columns[i].title);
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
	*column = (struct table_column){.kind = kind};
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
	if (cell->width > in->width)
		in->width = cell->width;
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

static size_t wanted_width(const struct table *table, const struct table_column *column)
{
	size_t width = column->width;

	if (!column->is_used)
		return 0;
	if (table->has_titles && column->title_width > width)
		width = column->title_width;
	if (table->is_endless)
		return width < ALIGNED_WIDTH_MAX ? width : ALIGNED_WIDTH_MAX;
	if (column->kind == TABLE_OPTIONAL && width > OPTIONAL_WIDTH_MAX)
		return OPTIONAL_WIDTH_MAX;
	return column->kind == TABLE_RIGID && width > RIGID_WIDTH_MAX ? RIGID_WIDTH_MAX : width;
}

// The widest column that may be narrowed, of several the last, or NULL.
static struct table_column *widest(struct table *table, size_t least, bool keeps_preferred)
{
	struct table_column *found = NULL;

	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];

		if (column->kind != TABLE_FLEXIBLE || column->shown <= least ||
		    (keeps_preferred && column->shown <= column->preferred))
			continue;
		if (!found || column->shown >= found->shown)
			found = column;
	}
	return found;
}

// First what is behind the preferred parts gives way, then the other columns more than is good for them, then all.
static void narrow(struct table *table, size_t used, size_t available)
{
	static const struct {
		size_t least;
		bool keeps_preferred;
	} steps[] = {{COLUMN_WIDTH_MIN, true}, {COLUMN_WIDTH_LEAST, true}, {COLUMN_WIDTH_LEAST, false}};
	struct table_column *column;

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		while (used > available && (column = widest(table, steps[i].least, steps[i].keeps_preferred))) {
			column->shown--;
			used--;
		}
}

// Decides how wide each column is shown: optional ones from the left as long as they fit into what the others leave.
static void fit(struct table *table, size_t available)
{
	size_t used = table->indent;

	table->left_out = 0;
	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];

		column->shown = column->kind == TABLE_OPTIONAL ? 0 : wanted_width(table, column);
		used += column->shown ? column->shown + GAP : 0;
	}
	narrow(table, used, available + GAP);
	for (size_t i = 0; i < table->column_count; i++) {
		struct table_column *column = &table->columns[i];
		size_t width = wanted_width(table, column);

		if (column->kind != TABLE_OPTIONAL || !width)
			continue;
		if (table->left_out || used + width > available) {
			table->left_out++;
			continue;
		}
		column->shown = width;
		used += width + GAP;
	}
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

static void pen_put(
    struct pen *pen, struct slice text, size_t width, size_t column_width, bool is_right, enum table_style style)
{
	size_t room, padding;

	if (width > column_width && pen->table->is_endless)
		column_width = width;
	else if (width > column_width)
		width = column_width;
	padding = column_width - width;
	if (is_right)
		pen->owed += padding;
	if (width && pen->used + pen->owed < pen->screen.width) {
		append_blanks(&pen->table->line, pen->owed);
		pen->used += pen->owed;
		room = pen->screen.width - pen->used;
		append_styled(&pen->table->line, text, width < room ? width : room, style, pen->screen.colour);
		pen->used += width;
		pen->owed = 0;
	} else {
		pen->owed += width;
	}
	pen->owed += GAP + (is_right ? 0 : padding);
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

		if (column->shown)
			pen_put(pen, buffer_slice(&column->title), column->title_width, column->shown, column->is_right,
			    TABLE_PLAIN);
	}
	pen_end(pen, output);
}

static void print_row(struct pen *pen, const struct table_row *row, struct output *output)
{
	const struct table *table = pen->table;

	pen->owed = row->is_line ? 0 : table->indent;
	for (size_t i = 0; i < row->cell_count; i++) {
		const struct table_cell *cell = &table->cells[row->first_cell + i];
		size_t width = row->is_line ? cell->width : table->columns[i].shown;

		if (width)
			pen_put(pen, slice_of(table->text.data + cell->offset, cell->length), cell->width, width,
			    cell->is_right, cell->style);
	}
	pen_end(pen, output);
}

void table_print(struct table *table, struct output *output, struct screen screen)
{
	struct pen pen = {table, screen, 0, 0};

	fit(table, screen.width);
	for (size_t i = 0; i < table->row_count; i++) {
		if (table->has_titles && !table->rows[i].is_line && table->titles_shown != fingerprint(table))
			print_titles(&pen, output);
		print_row(&pen, &table->rows[i], output);
	}
	table->row_count = table->cell_count = 0;
	buffer_reset(&table->text);
}
