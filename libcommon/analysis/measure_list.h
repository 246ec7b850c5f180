// Members of a `measures` object, appended one by one. What is not known (NaN) is null.
#ifndef ANALYSIS_MEASURE_LIST_H
#define ANALYSIS_MEASURE_LIST_H

#include <stdint.h>

#include "base/buffer.h"

void measure_begin(struct buffer *out);
void measure_end(struct buffer *out);

void measure_count(struct buffer *out, const char *name, uint64_t count);
void measure_number(struct buffer *out, const char *name, double number);
void measure_null(struct buffer *out, const char *name);
void measure_text(struct buffer *out, const char *name, const char *text);

// Nanoseconds, written in seconds.
void measure_seconds(struct buffer *out, const char *name, double nanoseconds);
void measure_time(struct buffer *out, const char *name, int64_t time);

#endif
