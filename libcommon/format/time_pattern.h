// Times by patterns after strptime(3), strict and without a locale.
#ifndef FORMAT_TIME_PATTERN_H
#define FORMAT_TIME_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "base/timestamp.h"

// Whether the pattern can be read and gives a date.
int time_pattern_check(struct slice pattern, struct error *error) __attribute__((warn_unused_result));

struct pattern_time {
	struct civil_time civil;
	bool has_offset;
	int32_t offset; // seconds
	bool is_epoch;  // %s: nanoseconds instead of civil
	int64_t nanoseconds;
};

// pattern has passed time_pattern_check; the whole text must match. error may be NULL.
int time_pattern_read(struct slice pattern, struct slice text, struct pattern_time *time, struct error *error)
    __attribute__((warn_unused_result));

#endif
