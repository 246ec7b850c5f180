#include "record/property_path.h"

static bool escape_is_known(struct slice path, size_t at)
{
	return at + 1 < path.length && (path.data[at + 1] == '0' || path.data[at + 1] == '1');
}

static int path_error(struct slice path, const char *what, struct error *error)
{
	return error_set(error, "property '%.*s' has %s", path.length < 200 ? (int)path.length : 200, path.data, what);
}

int property_path_check(struct slice path, struct error *error)
{
	struct slice rest = path;

	if (!path.length)
		return error_set(error, "a property must not be empty");
	if (path.length > PROPERTY_PATH_MAX)
		return error_set(error, "a property must not be longer than %d bytes", PROPERTY_PATH_MAX);
	for (const char *tilde = path.data; (tilde = memchr(tilde, '~', (size_t)(path.data + path.length - tilde)));
	     tilde++)
		if (!escape_is_known(path, (size_t)(tilde - path.data)))
			return path_error(path, "'~' without 0 or 1 behind it", error);
	for (int segments = 1;; segments++) {
		const char *slash = rest.length ? memchr(rest.data, '/', rest.length) : NULL;

		if (slash ? slash == rest.data : !rest.length)
			return path_error(path, "an empty segment", error);
		if (segments > PROPERTY_SEGMENTS_MAX)
			return error_set(
			    error, "a property must not have more than %d segments", PROPERTY_SEGMENTS_MAX);
		if (!slash)
			return 0;
		rest = slice_skip(rest, (size_t)(slash - rest.data) + 1);
	}
}

void property_path_append(struct buffer *out, size_t start, struct slice segment)
{
	if (out->length > start)
		buffer_append_char(out, '/');
	for (size_t i = 0; i < segment.length; i++) {
		if (segment.data[i] == '~')
			buffer_append(out, "~0", 2);
		else if (segment.data[i] == '/')
			buffer_append(out, "~1", 2);
		else
			buffer_append_char(out, segment.data[i]);
	}
}

bool property_path_next(struct slice *rest, struct slice *segment)
{
	const char *end;

	if (!rest->length)
		return false;
	end = memchr(rest->data, '/', rest->length);
	segment->data = rest->data;
	segment->length = end ? (size_t)(end - rest->data) : rest->length;
	*rest = slice_skip(*rest, segment->length + 1);
	return true;
}

void property_segment_decode(struct buffer *out, struct slice segment)
{
	for (size_t i = 0; i < segment.length; i++) {
		if (segment.data[i] == '~' && escape_is_known(segment, i))
			buffer_append_char(out, segment.data[++i] == '0' ? '~' : '/');
		else
			buffer_append_char(out, segment.data[i]);
	}
}

bool property_path_is_under(struct slice path, struct slice ancestor)
{
	return path.length > ancestor.length && path.data[ancestor.length] == '/' && slice_starts_with(path, ancestor);
}
