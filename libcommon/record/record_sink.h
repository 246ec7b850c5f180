// Where a program hands its finished records, and which writes them as -F asks: NDJSON, a table for people, or CSV. A
// record is a JSON object on one line, without the newline.
//
// Tables need to see several records to know their widths: they keep some until record_sink_flush, which belongs
// wherever the output would be flushed (before a read that waits), and are bounded for streams that never pause.
#ifndef RECORD_RECORD_SINK_H
#define RECORD_RECORD_SINK_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "io/output.h"
#include "io/shared_options.h"

struct record_sink {
	struct output *output; // borrowed
	enum output_format format;
	struct record_views *views; // what tables and CSV need; NULL for NDJSON
	struct buffer line;         // being built, unless it is built in the output
};

// format: what output_options_format says. OUTPUT_FORMAT_AUTO is a table on a terminal, else NDJSON.
void record_sink_init(struct record_sink *sink, struct output *output, enum output_format format);

// What has not been flushed is lost.
void record_sink_release(struct record_sink *sink);

// Shows one record in a table or as CSV. Callers use record_sink_write.
void record_sink_show(struct record_sink *sink, struct slice line);

static inline void record_sink_write(struct record_sink *sink, struct slice line)
{
	struct buffer *buffer = &sink->output->buffer;
	char *end;

	if (sink->format != OUTPUT_FORMAT_NDJSON) {
		record_sink_show(sink, line);
		return;
	}
	end = buffer_reserve(buffer, line.length + 1);
	memcpy(end, line.data, line.length);
	end[line.length] = '\n';
	buffer->length += line.length + 1;
	if (buffer->length >= sink->output->flush_size)
		output_drain(sink->output);
}

// For records that are built piece by piece: append the line to what _begin returns, then call _end. Spares NDJSON the
// copy. Nothing else may be written to the sink between the two.
static inline struct buffer *record_sink_begin(struct record_sink *sink)
{
	if (sink->format == OUTPUT_FORMAT_NDJSON)
		return &sink->output->buffer;
	buffer_reset(&sink->line);
	return &sink->line;
}

static inline void record_sink_end(struct record_sink *sink)
{
	if (sink->format != OUTPUT_FORMAT_NDJSON) {
		record_sink_show(sink, buffer_slice(&sink->line));
		return;
	}
	buffer_append_char(&sink->output->buffer, '\n');
	if (sink->output->buffer.length >= sink->output->flush_size)
		output_drain(sink->output);
}

// Records that were appended to text, each with its newline.
void record_sink_write_lines(struct record_sink *sink, struct slice text);

// Shows what is kept and flushes the output. -1 with error once anything could not be written.
int record_sink_flush(struct record_sink *sink, struct error *error);

#endif
