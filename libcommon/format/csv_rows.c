#include "format/csv_rows.h"

#include "base/utf8.h"

void csv_rows_init(struct csv_rows *rows, struct source_lines *lines, struct rejects *rejects, char delimiter)
{
	*rows = (struct csv_rows){.lines = lines, .rejects = rejects, .max_length = lines->reader.max_length};
	csv_split_init(&rows->split, delimiter);
}

void csv_rows_release(struct csv_rows *rows)
{
	csv_split_release(&rows->split);
}

int csv_line_check(struct slice line, struct error *error)
{
	size_t fault;

	if (line.length && memchr(line.data, '\0', line.length))
		return error_set(error, "a NUL byte is in the line");
	fault = utf8_find_fault(line);
	if (fault < line.length)
		return error_set(error, "byte %zu of the line is no UTF-8", fault + 1);
	return 0;
}

static enum csv_row_result reject(struct csv_rows *rows, struct slice raw, const struct error *error)
{
	bool stop = rejects_add(rows->rejects, rows->lines->name, rows->line, raw, error->message);

	return stop ? CSV_ROW_STOPPED : CSV_ROW_RECORD;
}

static int check_columns(const struct csv_rows *rows, struct error *error)
{
	if (!rows->columns || rows->split.count == rows->columns)
		return 0;
	return error_set(
	    error, "%zu column%s, expected %zu", rows->split.count, rows->split.count == 1 ? "" : "s", rows->columns);
}

// One more line of a record whose quote is open.
static enum csv_split_result add_line(struct csv_rows *rows, struct error *error)
{
	struct slice line;
	struct error ignored;
	enum line_result read = source_lines_next(rows->lines, &line, &ignored);
	enum csv_split_result result = CSV_SPLIT_BAD;

	if (read == LINE_OK && csv_line_check(line, &ignored) == 0 &&
	    source_lines_kept(rows->lines).length - 1 <= rows->max_length)
		result = csv_split_line(&rows->split, line, &ignored);
	if (result == CSV_SPLIT_BAD)
		error_set(error, "the quote that opens in this line is not closed");
	return result;
}

// The lines behind the one with the open quote. *found: whether they make a record.
static enum csv_row_result finish_record(struct csv_rows *rows, struct slice line, bool *found, struct error *error)
{
	enum csv_split_result result;

	source_lines_keep(rows->lines, line);
	do
		result = add_line(rows, error);
	while (result == CSV_SPLIT_OPEN);
	if (result == CSV_SPLIT_RECORD && check_columns(rows, error) == 0) {
		rows->raw = source_lines_kept(rows->lines);
		rows->raw.length--;
		source_lines_forget(rows->lines);
		*found = true;
		return CSV_ROW_RECORD;
	}
	csv_split_abandon(&rows->split);
	enum csv_row_result rejected = reject(rows, source_lines_kept_first(rows->lines), error);

	source_lines_go_back(rows->lines, 1);
	return rejected;
}

static enum csv_row_result take_line(struct csv_rows *rows, struct slice line, bool *found, struct error *error)
{
	enum csv_split_result result = CSV_SPLIT_BAD;

	rows->row++;
	rows->raw = line;
	if (csv_line_check(line, error) == 0)
		result = csv_split_line(&rows->split, line, error);
	if (result == CSV_SPLIT_OPEN)
		return finish_record(rows, line, found, error);
	if (result == CSV_SPLIT_EMPTY && rows->columns != 1) {
		rows->row--;
		return CSV_ROW_RECORD;
	}
	if (result == CSV_SPLIT_EMPTY) { // the only cell is empty
		csv_split_add_empty(&rows->split);
		*found = true;
		return CSV_ROW_RECORD;
	}
	if (result == CSV_SPLIT_BAD || check_columns(rows, error) < 0)
		return reject(rows, line, error);
	*found = true;
	return CSV_ROW_RECORD;
}

enum csv_row_result csv_rows_next(struct csv_rows *rows, struct error *error)
{
	for (;;) {
		struct slice line;
		bool found = false;
		enum csv_row_result result;
		enum line_result read = source_lines_next(rows->lines, &line, error);

		if (read == LINE_END || read == LINE_ERROR)
			return read == LINE_END ? CSV_ROW_END : CSV_ROW_ERROR;
		rows->line = rows->lines->line;
		if (read == LINE_TOO_LONG) {
			rows->row++;
			result = source_lines_reject_long(rows->lines, rows->rejects, line) ? CSV_ROW_STOPPED
											    : CSV_ROW_RECORD;
		} else {
			result = take_line(rows, line, &found, error);
		}
		if (found || result == CSV_ROW_STOPPED)
			return result;
	}
}
