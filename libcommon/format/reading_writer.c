#include "format/reading_writer.h"

#include <inttypes.h>

#include "base/timestamp.h"
#include "base/utf8.h"
#include "record/value.h"

void reading_writer_init(struct reading_writer *writer, struct record_sink *readings, struct record_sink *labels)
{
	*writer = (struct reading_writer){.readings = readings, .labels = labels};
}

void reading_writer_release(struct reading_writer *writer)
{
	buffer_release(&writer->origin);
	buffer_release(&writer->head);
	buffer_release(&writer->entity);
	buffer_release(&writer->time);
	buffer_release(&writer->tail);
	for (size_t i = 0; i < sizeof writer->scratch / sizeof *writer->scratch; i++)
		buffer_release(&writer->scratch[i]);
	reading_writer_init(writer, NULL, NULL);
}

// A file's name may be any bytes; a record is UTF-8.
static void append_path(struct buffer *out, struct slice path)
{
	struct buffer clean = BUFFER_INIT;
	size_t fault;

	while ((fault = utf8_find_fault(path)) < path.length) {
		buffer_append(&clean, path.data, fault);
		buffer_append_string(&clean, "\xef\xbf\xbd");
		path = slice_skip(path, fault + 1);
	}
	buffer_append_slice(&clean, path);
	json_append_string(out, buffer_slice(&clean));
	buffer_release(&clean);
}

void reading_writer_source(struct reading_writer *writer, const char *source, bool wants_origin)
{
	struct slice path = slice_from_string(source);

	writer->has_origin = wants_origin && !slice_is(path, "-");
	buffer_reset(&writer->origin);
	buffer_append_string(&writer->origin, ",\"origin\":");
	append_path(&writer->origin, path);
	writer->origin.data[writer->origin.length - 1] = ':';
}

void reading_writer_property(struct buffer *out, struct slice property)
{
	buffer_append_string(out, ",\"property\":");
	json_append_string(out, property);
}

void reading_writer_unit(struct buffer *out, struct slice unit)
{
	if (!unit.length)
		return;
	buffer_append_string(out, ",\"unit\":");
	json_append_string(out, unit);
}

static void make_head(struct reading_writer *writer, struct slice entity)
{
	if (writer->head.length && slice_equal(buffer_slice(&writer->entity), entity))
		return;
	buffer_reset(&writer->entity);
	buffer_append_slice(&writer->entity, entity);
	buffer_reset(&writer->head);
	buffer_append_string(&writer->head, "\"entity_id\":");
	json_append_string(&writer->head, entity);
}

static void make_time(struct reading_writer *writer, int64_t timestamp)
{
	buffer_reset(&writer->time);
	buffer_append_string(&writer->time, ",\"timestamp\":\"");
	timestamp_writer_append(&writer->times, &writer->time, timestamp);
	buffer_append_char(&writer->time, '"');
	writer->time_length = writer->time.length;
	buffer_append_string(&writer->time, ",\"value\":");
}

static void append_member(struct buffer *out, const char *name, struct slice json)
{
	if (!json.length)
		return;
	buffer_append_string(out, name);
	buffer_append_slice(out, json);
}

static void append_number(struct buffer *out, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	buffer_append(out, digits + at, sizeof digits - at);
}

// Begins a member of the object that begins at `start`.
static void begin_metadata(struct buffer *out, size_t start)
{
	buffer_append_string(out, out->length == start ? ",\"metadata\":{" : ",");
}

static void append_metadata(struct buffer *out, const struct row_facts *facts)
{
	static const char *const sources[] = {NULL, "row", "elapsed", "received", "now"};
	const char *source = sources[facts->timestamp_source];
	size_t start = out->length;

	if (facts->axis.length) {
		begin_metadata(out, start);
		buffer_append_string(out, "\"axis\":{\"unit\":");
		json_append_string(out, facts->axis);
		buffer_printf(out, ",\"value\":%" PRId64 "}", facts->axis_value);
	}
	if (source) {
		begin_metadata(out, start);
		buffer_append_string(out, "\"timestamp_source\":\"");
		buffer_append_string(out, source);
		buffer_append_char(out, '"');
	}
	if (facts->metadata.length) {
		begin_metadata(out, start);
		buffer_append_slice(out, facts->metadata);
	}
	if (out->length > start)
		buffer_append_char(out, '}');
}

static void make_tail(struct reading_writer *writer, const struct row_facts *facts)
{
	struct buffer *tail = &writer->tail;

	buffer_reset(tail);
	append_member(tail, ",\"quality\":", facts->quality);
	writer->quality_end = tail->length;
	append_member(tail, ",\"sensor_id\":", facts->sensor_id);
	if (facts->has_received) {
		buffer_append_string(tail, ",\"received\":\"");
		timestamp_append(tail, facts->received);
		buffer_append_char(tail, '"');
	}
	append_member(tail, ",\"seq\":", facts->seq);
	append_member(tail, ",\"counter\":", facts->counter);
	if (writer->has_origin) {
		buffer_append_slice(tail, buffer_slice(&writer->origin));
		append_number(tail, facts->line);
		buffer_append_char(tail, '"');
	}
	writer->metadata_begin = tail->length;
	append_metadata(tail, facts);
	buffer_append_char(tail, '}');
}

// The string in a member that was made here or is JSON: ,"property":"a". *scratch holds it where it was escaped.
static struct slice decode_member(struct slice member, size_t before, struct buffer *scratch)
{
	struct slice raw;

	if (member.length < before + 2)
		return SLICE_EMPTY;
	raw = slice_of(member.data + before + 1, member.length - before - 2);
	if (!memchr(raw.data, '\\', raw.length))
		return raw;
	buffer_reset(scratch);
	json_decode_string(scratch, raw);
	return buffer_slice(scratch);
}

enum {
	SCRATCH_HEAD,
	SCRATCH_PROPERTY,
	SCRATCH_UNIT,
	SCRATCH_SENSOR,
};

static void make_parts(struct reading_writer *writer, const struct row_facts *facts)
{
	static const size_t brace = sizeof ",\"metadata\":{" - 1;
	struct slice tail = buffer_slice(&writer->tail);
	size_t metadata_end = tail.length - 2; // without both braces

	writer->parts = (struct reading_parts){
	    .entity_id = buffer_slice(&writer->entity),
	    .sensor_id = decode_member(facts->sensor_id, 0, &writer->scratch[SCRATCH_SENSOR]),
	    .timestamp = facts->timestamp,
	    .tie = reading_parts_tie(facts->counter, facts->seq),
	    .quality = facts->quality,
	    .middle = slice_of(tail.data + writer->quality_end, writer->metadata_begin - writer->quality_end),
	};
	if (writer->metadata_begin + 1 < tail.length)
		writer->parts.metadata =
		    slice_of(tail.data + writer->metadata_begin + brace, metadata_end - writer->metadata_begin - brace);
}

void reading_writer_row(struct reading_writer *writer, const struct row_facts *facts)
{
	make_head(writer, facts->entity_id);
	make_time(writer, facts->timestamp);
	make_tail(writer, facts);
	if (writer->hook)
		make_parts(writer, facts);
}

// memcpy for short texts, in line. The last bytes may be copied twice.
static inline char *put(char *to, struct slice s)
{
	size_t length = s.length;

	if (length >= 16) {
		for (size_t i = 0; i + 16 <= length; i += 16)
			memcpy(to + i, s.data + i, 16);
		memcpy(to + length - 16, s.data + length - 16, 16);
	} else if (length >= 8) {
		memcpy(to, s.data, 8);
		memcpy(to + length - 8, s.data + length - 8, 8);
	} else if (length >= 4) {
		memcpy(to, s.data, 4);
		memcpy(to + length - 4, s.data + length - 4, 4);
	} else {
		for (size_t i = 0; i < length; i++)
			to[i] = s.data[i];
	}
	return to + length;
}

static void put_parts(struct reading_writer *writer, struct slice property, struct slice value, struct slice unit)
{
	struct reading_parts reading = writer->parts;
	struct buffer *head = &writer->scratch[SCRATCH_HEAD];

	buffer_reset(head);
	buffer_append_char(head, '{');
	buffer_append_slice(head, buffer_slice(&writer->head));
	buffer_append_slice(head, property);
	buffer_append(head, writer->time.data, writer->time_length);
	reading.head = buffer_slice(head);
	reading.property = decode_member(property, sizeof ",\"property\":" - 1, &writer->scratch[SCRATCH_PROPERTY]);
	reading.unit = decode_member(unit, sizeof ",\"unit\":" - 1, &writer->scratch[SCRATCH_UNIT]);
	reading.value = value;
	reading_writer_take(writer, &reading);
}

void reading_writer_emit(struct reading_writer *writer, const struct reading_parts *reading)
{
	reading_parts_append(record_sink_begin(writer->readings), reading);
	record_sink_end(writer->readings);
}

void reading_writer_take(struct reading_writer *writer, const struct reading_parts *reading)
{
	writer->hook->take(writer->hook->context, writer, reading);
}

void reading_writer_finish(struct reading_writer *writer)
{
	if (writer->hook && writer->readings)
		writer->hook->finish(writer->hook->context, writer);
}

void reading_writer_put(struct reading_writer *writer, struct slice property, struct slice value, struct slice unit)
{
	struct slice head = buffer_slice(&writer->head), time = buffer_slice(&writer->time),
		     tail = buffer_slice(&writer->tail);
	struct buffer *line;
	char *to;

	writer->reading_count++;
	if (!writer->readings)
		return;
	if (writer->hook) {
		put_parts(writer, property, value, unit);
		return;
	}
	line = record_sink_begin(writer->readings);
	to = buffer_reserve(
	    line, 1 + head.length + property.length + time.length + value.length + unit.length + tail.length);
	*to = '{';
	to = put(to + 1, head);
	to = put(to, property);
	to = put(to, time);
	to = put(to, value);
	to = put(to, unit);
	to = put(to, tail);
	line->length = (size_t)(to - line->data);
	record_sink_end(writer->readings);
}

void reading_writer_label(struct reading_writer *writer, struct slice label)
{
	struct buffer *line;

	writer->label_count++;
	if (!writer->labels)
		return;
	line = record_sink_begin(writer->labels);
	buffer_append_string(line, "{\"type\":\"label\",");
	buffer_append_slice(line, buffer_slice(&writer->head));
	buffer_append(line, writer->time.data, writer->time_length);
	buffer_append_string(line, ",\"label\":");
	buffer_append_slice(line, label);
	buffer_append_slice(line, buffer_slice(&writer->tail));
	record_sink_end(writer->labels);
}
