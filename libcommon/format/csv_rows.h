// The records of delimited text, one at a time, each with the line it begins at and its raw bytes.
//
// Input that holds no record is rejected and skipped. A quote that is never closed, or whose closing leaves a wrong number of
// columns, costs the line it stands in: reading goes on with the line behind that one.
#ifndef FORMAT_CSV_ROWS_H
#define FORMAT_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "format/csv_split.h"
#include "format/source_lines.h"
#include "record/rejects.h"

enum csv_row_result {
	CSV_ROW_ERROR = -1, // the source cannot be read; error is filled
	CSV_ROW_END,
	CSV_ROW_RECORD,
	CSV_ROW_STOPPED, // something was rejected and the rejects say stop
};

struct csv_rows {
	struct source_lines *lines; // borrowed
	struct rejects *rejects;    // borrowed
	struct csv_split split;
	size_t columns;    // records with another number of cells are rejected; 0: any number will do
	size_t max_length; // bytes of a record
	uint64_t line;     // where the record begins
	uint64_t row;      // its number from 1, rejected ones counted
	struct slice raw;  // its bytes, without the last '\n'
};

void csv_rows_init(struct csv_rows *rows, struct source_lines *lines, struct rejects *rejects, char delimiter);
void csv_rows_release(struct csv_rows *rows);

// The cells are rows->split.cells; they are valid until the next call.
enum csv_row_result csv_rows_next(struct csv_rows *rows, struct error *error) __attribute__((warn_unused_result));

// Why a line is no text: a NUL byte or bytes that are no UTF-8. -1 with error.
int csv_line_check(struct slice line, struct error *error) __attribute__((warn_unused_result));

#endif
