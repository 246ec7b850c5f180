// The delimiter of a CSV source, and whether its first record names the columns, from its first two records. No more are looked at, so
// that the answer is the same for a file and for a pipe on which rows trickle in.
#ifndef FORMAT_CSV_DIALECT_H
#define FORMAT_CSV_DIALECT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/slice.h"
#include "format/mapping.h"

struct csv_dialect {
	char delimiter;
	bool has_header;
	bool guessed_delimiter, guessed_header;
};

enum csv_dialect_result {
	CSV_DIALECT_UNCLEAR = -1, // error names the possible readings
	CSV_DIALECT_DONE,
	CSV_DIALECT_MORE, // the two records are not there yet
};

// sample: the first lines of the source, each with a '\n'. at_end: there are no more, or no more will be given. What the mapping says is
// taken as it is.
enum csv_dialect_result csv_dialect_guess(const struct mapping *mapping, struct slice sample, bool at_end,
    struct csv_dialect *dialect, struct error *error) __attribute__((warn_unused_result));

#endif
