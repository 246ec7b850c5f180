// Rows and columns for people: rows are collected, then printed with every column as wide as its widest cell so far.
// Widths only grow (as far as the screen goes), so the batches of a long stream stay aligned. Columns in which nothing
// has stood yet are left out. On an endless screen (a file, a pipe) nothing is cut: columns are as wide as is good to
// read, and the few cells that are wider push only the rest of their own row. Numbers are never cut, since a cut number
// reads as another one: where all else has given way, the row is wider than the screen.
#ifndef RECORD_TABLE_H
#define RECORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "io/output.h"

// Where the table is to be seen.
struct screen {
	size_t width;
	bool colour;
};

#define SCREEN_ENDLESS (SIZE_MAX / 4) // a width that takes any row

// The terminal's width, else $COLUMNS, else 80 on a terminal and no end elsewhere. Colour on terminals, unless NO_COLOR is set or TERM is `dumb`.
struct screen screen_of(const struct output *output);

enum table_style {
	TABLE_PLAIN,
	TABLE_WARNING,
	TABLE_ERROR,
};

enum table_column_kind {
	TABLE_FLEXIBLE, // narrowed, its cells cut, when the screen is too small
	TABLE_NAME,     // narrowed later, its cells cut in the middle so that they stay different
	TABLE_TIME,     // loses the date of its times, then fraction and zone, and is left out when that is not enough
	TABLE_BAR,      // loses all but the four characters at the end of its cells, "100%"
	TABLE_RIGID,    // never narrowed
	TABLE_OPTIONAL, // left out when it does not fit
};

struct table {
	struct table_column *columns;
	size_t column_count, column_capacity;
	struct table_cell *cells;
	size_t cell_count, cell_capacity;
	struct table_row *rows;
	size_t row_count, row_capacity;
	struct buffer text; // of the cells
	struct buffer line; // being printed
	struct buffer cut;  // a name of it
	bool is_endless;    // cells are kept whole
	size_t indent;
	bool has_titles;
	uint64_t titles_shown; // fingerprint of the columns the last printed title line named; 0 when none was
	size_t left_out;       // optional columns that hold something and found no room at the last print
};

// is_endless: for a screen of SCREEN_ENDLESS.
void table_init(struct table *table, size_t indent, bool has_titles, bool is_endless);
void table_release(struct table *table);

// Forgets everything: columns, widths, rows not printed.
void table_clear(struct table *table);

// Returns the column's number. The title is copied.
size_t table_add_column(struct table *table, struct slice title, enum table_column_kind kind);

// Starts a row with an empty cell in every column, or a line: its cells stand one after the other, two blanks between,
// and it is not indented.
void table_add_row(struct table *table);
void table_add_line(struct table *table);

// Fills a cell of the row started last. text is anything: it is made fit for a terminal here. is_right: it is a number, or
// as short as one.
void table_set(struct table *table, size_t column, struct slice text, bool is_right, enum table_style style);

// The first `width` columns of what was set last there matter most: the column is not narrowed below as long as others
// can be.
void table_prefer(struct table *table, size_t column, size_t width);

// Adds a cell to the line started last; the second one what holds numbers, which is not cut.
void table_append(struct table *table, struct slice text, enum table_style style);
void table_append_whole(struct table *table, struct slice text);

// Prints the rows collected and forgets them, not the widths.
void table_print(struct table *table, struct output *output, struct screen screen);

#endif
