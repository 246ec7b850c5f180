#include "format/csv_dialect.h"

#include "format/cell.h"
#include "format/csv_split.h"
#include "format/known_names.h"
#include "format/time_format.h"

enum {
	CANDIDATES = 5,
};

static const char candidates[CANDIDATES] = {',', ';', '\t', '|', CSV_BLANKS};

struct shape {
	size_t columns[2]; // of the two records; 0: not there
	bool is_open;      // a record was not closed
	bool is_bad;
};

// The next record that is not empty. *rest is what follows.
static enum csv_split_result next_record(struct csv_split *split, struct slice *rest)
{
	enum csv_split_result result = CSV_SPLIT_EMPTY;
	struct error ignored;

	while (rest->length && (result == CSV_SPLIT_EMPTY || result == CSV_SPLIT_OPEN)) {
		const char *newline = memchr(rest->data, '\n', rest->length);
		size_t length = newline ? (size_t)(newline - rest->data) : rest->length;

		result = csv_split_line(split, slice_of(rest->data, length), &ignored);
		*rest = slice_skip(*rest, length + 1);
	}
	return result;
}

static struct shape shape_of(char delimiter, struct slice sample)
{
	struct csv_split split;
	struct shape shape = {0};

	csv_split_init(&split, delimiter);
	for (int i = 0; i < 2; i++) {
		enum csv_split_result result = next_record(&split, &sample);

		shape.is_open |= result == CSV_SPLIT_OPEN;
		shape.is_bad |= result == CSV_SPLIT_BAD;
		if (result != CSV_SPLIT_RECORD)
			break;
		shape.columns[i] = split.count;
	}
	csv_split_release(&split);
	return shape;
}

static void name_reading(struct buffer *out, char delimiter, size_t columns)
{
	buffer_printf(out, "%zu columns by '", columns);
	mapping_append_delimiter(out, delimiter);
	buffer_append_char(out, '\'');
}

static bool is_table(const struct shape *shape)
{
	return !shape->is_bad && shape->columns[0] > 1 && shape->columns[1] == shape->columns[0];
}

static bool is_first_row(const struct shape *shape)
{
	return shape->columns[0] > 1;
}

// The only mark among the candidates whose shape is so. 1 found, 0 none, -1 two.
static int find_mark(
    const struct shape *shapes, bool (*fits)(const struct shape *), char *delimiter, struct error *error)
{
	int found = -1;

	for (int i = 0; i < CANDIDATES - 1; i++) {
		struct buffer readings = BUFFER_INIT;

		if (!fits(&shapes[i]))
			continue;
		if (found < 0) {
			found = i;
			continue;
		}
		name_reading(&readings, candidates[found], shapes[found].columns[0]);
		buffer_append_string(&readings, " or ");
		name_reading(&readings, candidates[i], shapes[i].columns[0]);
		error_set(error, "can be read as %s: say which with --delimiter", buffer_string(&readings));
		buffer_release(&readings);
		return -1;
	}
	if (found >= 0)
		*delimiter = candidates[found];
	return found >= 0;
}

static bool is_settled(const struct shape *shapes)
{
	for (int i = 0; i < CANDIDATES; i++)
		if (is_table(&shapes[i]))
			return true;
	for (int i = 0; i < CANDIDATES; i++)
		if (shapes[i].is_open || (!shapes[i].is_bad && !shapes[i].columns[1]))
			return false;
	return true;
}

// A mark that makes a table of both records, else blanks that do; else one column; else what the first record alone says.
static enum csv_dialect_result guess_delimiter(struct slice sample, bool at_end, char *delimiter, struct error *error)
{
	struct shape shapes[CANDIDATES];
	int found;

	for (int i = 0; i < CANDIDATES; i++)
		shapes[i] = shape_of(candidates[i], sample);
	if (!at_end && !is_settled(shapes))
		return CSV_DIALECT_MORE;
	found = find_mark(shapes, is_table, delimiter, error);
	if (found)
		return found < 0 ? CSV_DIALECT_UNCLEAR : CSV_DIALECT_DONE;
	*delimiter = CSV_BLANKS;
	if (is_table(&shapes[CANDIDATES - 1]))
		return CSV_DIALECT_DONE;
	*delimiter = ',';
	if (shapes[0].columns[0] == 1 && shapes[0].columns[1] == 1)
		return CSV_DIALECT_DONE;
	found = find_mark(shapes, is_first_row, delimiter, error);
	return found < 0 ? CSV_DIALECT_UNCLEAR : CSV_DIALECT_DONE;
}

static bool is_value(struct slice cell, char delimiter)
{
	static const char *const words[] = {
	    "true", "True", "TRUE", "false", "False", "FALSE", "NA", "N/A", "NaN", "nan", "null", "NULL"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(cell, words[i]))
			return true;
	return cell_is_numeric(cell) || time_format_is_date(cell) || (delimiter != ',' && cell_has_decimal_comma(cell));
}

struct row_look {
	size_t values, empty, known;
};

static struct row_look look_at(const struct csv_split *split, char delimiter)
{
	struct row_look look = {0};

	for (size_t i = 0; i < split->count; i++) {
		struct slice cell = split->cells[i];

		look.values += is_value(cell, delimiter);
		look.empty += cell.length == 0;
		look.known += known_name_is_time(cell) || known_name_is_entity(cell);
	}
	return look;
}

// Names over values are a header. Values in the first record are none.
static enum csv_dialect_result guess_header(
    char delimiter, struct slice sample, bool at_end, bool *has_header, struct error *error)
{
	struct csv_split split;
	struct row_look first = {0}, second = {0};
	enum csv_split_result results[2];

	csv_split_init(&split, delimiter);
	results[0] = next_record(&split, &sample);
	if (results[0] == CSV_SPLIT_RECORD)
		first = look_at(&split, delimiter);
	results[1] = next_record(&split, &sample);
	if (results[1] == CSV_SPLIT_RECORD)
		second = look_at(&split, delimiter);
	csv_split_release(&split);
	*has_header = first.values == 0;
	if (first.values || first.known)
		return CSV_DIALECT_DONE;
	if (!at_end &&
	    (results[0] != CSV_SPLIT_RECORD || results[1] == CSV_SPLIT_EMPTY || results[1] == CSV_SPLIT_OPEN))
		return CSV_DIALECT_MORE;
	if (results[1] != CSV_SPLIT_RECORD || second.values || second.empty)
		return CSV_DIALECT_DONE;
	error_set(
	    error, "the first line can be the names of the columns or data: say which with --header or --no-header");
	return CSV_DIALECT_UNCLEAR;
}

enum csv_dialect_result csv_dialect_guess(
    const struct mapping *mapping, struct slice sample, bool at_end, struct csv_dialect *dialect, struct error *error)
{
	enum csv_dialect_result result;

	*dialect =
	    (struct csv_dialect){.delimiter = (char)mapping->delimiter, .has_header = mapping->header == HEADER_YES};
	if (mapping->delimiter < 0) {
		result = guess_delimiter(sample, at_end, &dialect->delimiter, error);
		if (result != CSV_DIALECT_DONE)
			return result;
		dialect->guessed_delimiter = true;
	}
	if (mapping->header != HEADER_GUESS || mapping->columns.count)
		return CSV_DIALECT_DONE;
	dialect->guessed_header = true;
	return guess_header(dialect->delimiter, sample, at_end, &dialect->has_header, error);
}
