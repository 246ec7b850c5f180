// The text of a cell to a JSON value.
#ifndef FORMAT_CELL_H
#define FORMAT_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/value.h"

enum cell_type {
	// A number keeps its digits byte for byte; +5, .5 and 5. become 5, 0.5 and 5; a number with leading zeros is a code and stays
	// text; true, True, TRUE and false alike are booleans; all else is a string.
	CELL_AUTO,
	CELL_NUMBER,  // with leading zeros too, which it loses
	CELL_INTEGER, // the same without point and exponent
	CELL_STRING,
	CELL_BOOLEAN, // true, false, yes, no, on, off, 1, 0 in any case
	CELL_JSON,    // JSON text of any kind
};

// "auto", "number", ...; -1 for another word.
int cell_type_from_name(struct slice name);
const char *cell_type_name(enum cell_type type);

struct cell_reader {
	struct buffer text;     // values that are not the cell's own bytes
	struct value_tree tree; // for CELL_JSON
	bool decimal_comma;     // numbers are written as 21,5 and 1.234,5
	struct buffer plain;    // such a number with a point
};

#define CELL_READER_INIT                                                                                               \
	{                                                                                                              \
		BUFFER_INIT, VALUE_TREE_INIT, false, BUFFER_INIT                                                       \
	}

void cell_reader_release(struct cell_reader *reader);

// cell: UTF-8 without NUL. *json points into the cell or into the reader, until its next use. -1 with error when the cell does not fit
// the type: "'abc' is no number".
int cell_read(struct cell_reader *reader, struct slice cell, enum cell_type type, struct slice *json,
    struct error *error) __attribute__((warn_unused_result));

// Whether a person would call it a number: leading zeros and a sign are allowed.
bool cell_is_numeric(struct slice cell);

// Whether it is a number with a decimal comma, such as 21,5 and 1.234,5.
bool cell_has_decimal_comma(struct slice cell);

// Whether the whole slice is a JSON number; for loops over millions of cells.
bool cell_is_number(struct slice cell);

// Words that stand for a missing value.
struct missing_words {
	struct slice *words; // borrowed text
	size_t count, capacity;
	bool empty;       // "" is one of them
	bool begins[256]; // by first byte
};

#define MISSING_WORDS_INIT                                                                                             \
	{                                                                                                              \
		0                                                                                                      \
	}
#define MISSING_DEFAULT ",NA,N/A,NaN,nan,null,NULL"

void missing_words_add(struct missing_words *missing, struct slice word);
void missing_words_release(struct missing_words *missing);

static inline bool missing_words_have(const struct missing_words *missing, struct slice cell)
{
	if (cell.length == 0)
		return missing->empty;
	if (__builtin_expect(!missing->begins[(unsigned char)cell.data[0]], 1))
		return false;
	for (size_t i = 0; i < missing->count; i++)
		if (slice_equal(missing->words[i], cell))
			return true;
	return false;
}

#endif
