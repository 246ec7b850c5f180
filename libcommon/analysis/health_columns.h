// The measures of a health report by name, and which members its summaries have: twin-check(1) says what they mean.
#ifndef ANALYSIS_HEALTH_COLUMNS_H
#define ANALYSIS_HEALTH_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

// Of CSV, a row for each summary: members of the record, then measures.
extern const char *const health_columns[];
extern const size_t health_column_count;

// Whether any summary has a member of this path (measures/gaps).
bool health_has_member(struct slice path);

// The measure whose name is like this one; NULL when none is.
const char *health_nearest_measure(struct slice name);

#endif
