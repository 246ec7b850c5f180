// Numbers as line protocol writes them: JSON has other rules for zeros in front and for what stands beside the point. Digits are kept.
#ifndef FORMAT_POINT_NUMBER_H
#define FORMAT_POINT_NUMBER_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/point.h"

struct point_number {
	bool is_negative, has_point;
	struct slice whole, fraction, exponent; // exponent: with its sign, without its letter
};

// Takes the parts of the number that stands at `at`. Returns what stands behind it, which the caller looks at; NULL when there is none.
const char *point_number_take(const char *at, const char *stop, struct point_number *number);

// Whether the text of the number is JSON as well.
bool point_number_is_json(const struct point_number *number);
void point_number_append(struct buffer *out, const struct point_number *number);

// -1 with error when it is beyond what the kind holds: no integer wraps around, no float becomes an infinity.
int point_number_check(const struct point_number *number, enum point_kind kind, struct error *error)
    __attribute__((warn_unused_result));

#endif
