// How the ids of twins are made: text with {file} {dir} {stem} {row} and {COLUMN} or {/pointer} in it. {{ stands for {, and {=row} for
// a column that is called like one of the words.
//
// Of the source runs/pump1/a.csv.gz, {file} is what it was named by, {dir} is pump1 and {stem} is a. {row} counts the data rows of
// the source from 1.
#ifndef FORMAT_NAME_TEMPLATE_H
#define FORMAT_NAME_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum template_kind {
	TEMPLATE_TEXT,
	TEMPLATE_FILE,
	TEMPLATE_DIR,
	TEMPLATE_STEM,
	TEMPLATE_ROW,
	TEMPLATE_COLUMN,
};

struct template_part {
	enum template_kind kind;
	struct slice text; // TEXT: itself; COLUMN: the name
	bool is_literal;   // COLUMN: written {=NAME}, so that it is no word that a format may know
	size_t index;      // COLUMN: for the caller to fill
};

struct name_template {
	struct template_part *parts;
	size_t count, capacity;
	bool is_constant; // the same for all rows of a source
};

// text is borrowed for as long as the template is used. -1 with error.
int name_template_parse(struct name_template *name, struct slice text, struct error *error)
    __attribute__((warn_unused_result));
void name_template_release(struct name_template *name);

// Appends what a part that is no COLUMN stands for. -1 with error when the source is standard input and has no name.
int name_template_append(struct buffer *out, const struct template_part *part, const char *source, uint64_t row,
    struct error *error) __attribute__((warn_unused_result));

#endif
