#include "twin/document.h"

#include "record/property_path.h"
#include "record/value.h"

void document_begin(struct document_writer *writer, struct buffer *out)
{
	*writer = (struct document_writer){.out = out, .path = SLICE_EMPTY, .is_empty = true};
	buffer_append_char(out, '{');
}

static void put_name(struct buffer *out, struct slice segment)
{
	struct buffer name = BUFFER_INIT;

	property_segment_decode(&name, segment);
	json_append_string(out, buffer_slice(&name));
	buffer_append_char(out, ':');
	buffer_release(&name);
}

// How many whole segments both paths begin with; *rest is what path has behind them.
static size_t common_segments(struct slice before, struct slice path, struct slice *rest)
{
	size_t count = 0;
	struct slice a, b;

	*rest = path;
	while (property_path_next(&before, &a) && property_path_next(&path, &b) && slice_equal(a, b)) {
		count++;
		*rest = path;
	}
	return count;
}

void document_put(struct document_writer *writer, struct slice path, struct slice value)
{
	struct slice segment, rest;
	size_t common = common_segments(writer->path, path, &rest);

	for (; writer->depth > common; writer->depth--)
		buffer_append_char(writer->out, '}');
	if (!writer->is_empty)
		buffer_append_char(writer->out, ',');
	property_path_next(&rest, &segment);
	while (rest.length) {
		put_name(writer->out, segment);
		buffer_append_char(writer->out, '{');
		writer->depth++;
		property_path_next(&rest, &segment);
	}
	put_name(writer->out, segment);
	buffer_append_slice(writer->out, value);
	writer->path = path;
	writer->is_empty = false;
}

void document_end(struct document_writer *writer)
{
	for (; writer->depth; writer->depth--)
		buffer_append_char(writer->out, '}');
	buffer_append_char(writer->out, '}');
}
