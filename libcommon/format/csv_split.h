// One record of delimited text into cells, with libcsv: RFC 4180, strict (a quote in the middle of a cell or text behind a closing quote
// is an error). Blanks around a cell that is not quoted do not belong to it.
//
// Lines without a quote, which is nearly all of them in recordings, take a short cut that finds the delimiters sixteen bytes at a
// time; it gives what libcsv gives.
#ifndef FORMAT_CSV_SPLIT_H
#define FORMAT_CSV_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include <csv.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

// As a delimiter: runs of blanks and tabs, those at the ends of a line ignored.
#define CSV_BLANKS ' '

enum csv_split_result {
	CSV_SPLIT_BAD = -1, // error is filled
	CSV_SPLIT_EMPTY,    // nothing but blanks in the line
	CSV_SPLIT_RECORD,
	CSV_SPLIT_OPEN, // a quote is open: the record goes on in the next line
};

struct csv_split {
	char delimiter;
	struct csv_parser parser;
	bool in_record;      // lines have been fed since the last record
	struct slice *cells; // of the record: point into the line, or into text
	size_t count, capacity;
	struct buffer text;   // cells that libcsv has taken apart
	struct buffer folded; // the line with its blanks folded
	bool in_quotes;       // of what has been folded
	size_t records;       // that libcsv has seen in the line
	bool has_more;        // cells behind the end of the record
};

// delimiter: an ASCII character other than quote, CR, LF and NUL, or CSV_BLANKS.
void csv_split_init(struct csv_split *split, char delimiter);
void csv_split_release(struct csv_split *split);

// line: without its '\n', which belongs to it nevertheless. Cells are valid until the next call and as long as the line.
enum csv_split_result csv_split_line(struct csv_split *split, struct slice line, struct error *error)
    __attribute__((warn_unused_result));

// The same without the short cut, for tests that compare the two.
enum csv_split_result csv_split_plain(struct csv_split *split, struct slice line, struct error *error)
    __attribute__((warn_unused_result));

// Makes an empty line a record with one empty cell.
void csv_split_add_empty(struct csv_split *split);

// Gives up the record that is open.
void csv_split_abandon(struct csv_split *split);

#endif
