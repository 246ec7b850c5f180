#include "format/influx_recognise.h"

#include "format/csv_rows.h"
#include "format/point.h"

// Lines of other formats that are line protocol by accident: names of columns, logfmt, JSON.
static bool may_be_other(struct slice measurement)
{
	static const char odd[] = ";|={[\"<";

	for (size_t i = 0; i < measurement.length; i++)
		if (measurement.data[i] && strchr(odd, measurement.data[i]))
			return true;
	return false;
}

// start: from the first record on.
static enum format_fit recognise_fields(struct point *point, struct slice start, size_t line_length)
{
	enum point_result result = POINT_OPEN;
	struct error ignored;

	for (; result == POINT_OPEN && line_length < start.length;) {
		struct slice record = slice_of(start.data, line_length), rest = slice_skip(start, line_length + 1);
		const char *newline = rest.length ? memchr(rest.data, '\n', rest.length) : NULL;

		if (csv_line_check(record, &ignored) < 0)
			return FORMAT_FIT_NO;
		result = point_read_fields(point, record, &ignored);
		line_length = newline ? (size_t)(newline - start.data) : start.length;
	}
	return result == POINT_OPEN ? FORMAT_FIT_MORE : result == POINT_OK ? FORMAT_FIT_YES : FORMAT_FIT_NO;
}

static enum format_fit recognise_start(struct point *point, struct slice start)
{
	enum point_result result = POINT_NOTHING;
	struct error ignored;

	while (start.length) {
		const char *newline = memchr(start.data, '\n', start.length);
		size_t length = newline ? (size_t)(newline - start.data) : start.length;
		struct slice line = slice_of(start.data, length);

		if (csv_line_check(line, &ignored) < 0)
			return FORMAT_FIT_NO;
		result = point_read_series(point, line, &ignored);
		if (result == POINT_BAD || (result == POINT_OK && may_be_other(point->measurement)))
			return FORMAT_FIT_NO;
		if (result == POINT_OK)
			return recognise_fields(point, start, length);
		start = slice_skip(start, length + 1);
	}
	return FORMAT_FIT_MORE;
}

enum format_fit influx_recognise(struct slice start)
{
	struct point point;
	enum format_fit fit;

	point_init(&point);
	fit = recognise_start(&point, start);
	point_release(&point);
	return fit;
}
