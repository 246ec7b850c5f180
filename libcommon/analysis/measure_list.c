#include "analysis/measure_list.h"

#include <math.h>

#include "base/decimal.h"
#include "base/timestamp.h"

void measure_begin(struct buffer *out)
{
	buffer_append_string(out, "\"measures\":{");
}

void measure_end(struct buffer *out)
{
	buffer_append_char(out, '}');
}

static void append_name(struct buffer *out, const char *name)
{
	if (out->data[out->length - 1] != '{')
		buffer_append_char(out, ',');
	buffer_append_char(out, '"');
	buffer_append_string(out, name);
	buffer_append_string(out, "\":");
}

void measure_count(struct buffer *out, const char *name, uint64_t count)
{
	append_name(out, name);
	buffer_printf(out, "%llu", (unsigned long long)count);
}

void measure_null(struct buffer *out, const char *name)
{
	append_name(out, name);
	buffer_append_string(out, "null");
}

void measure_number(struct buffer *out, const char *name, double number)
{
	if (!isfinite(number)) {
		measure_null(out, name);
		return;
	}
	append_name(out, name);
	decimal_append_double(out, number);
}

void measure_text(struct buffer *out, const char *name, const char *text)
{
	append_name(out, name);
	buffer_printf(out, "\"%s\"", text);
}

void measure_seconds(struct buffer *out, const char *name, double nanoseconds)
{
	measure_number(out, name, nanoseconds / (double)NANOSECONDS_PER_SECOND);
}

void measure_time(struct buffer *out, const char *name, int64_t time)
{
	append_name(out, name);
	buffer_append_char(out, '"');
	timestamp_append(out, time);
	buffer_append_char(out, '"');
}
