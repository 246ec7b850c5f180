#include "format/reading_parts.h"

#include "base/decimal.h"
#include "base/hash.h"
#include "record/value.h"

void reading_parts_append(struct buffer *out, const struct reading_parts *reading)
{
	if (reading->whole.length) {
		buffer_append_slice(out, reading->whole);
		return;
	}
	buffer_append_slice(out, reading->head);
	buffer_append_string(out, ",\"value\":");
	buffer_append_slice(out, reading->value);
	if (reading->unit.length) {
		buffer_append_string(out, ",\"unit\":");
		json_append_string(out, reading->unit);
	}
	if (reading->quality.length) {
		buffer_append_string(out, ",\"quality\":");
		buffer_append_slice(out, reading->quality);
	}
	buffer_append_slice(out, reading->middle);
	if (reading->metadata.length) {
		buffer_append_string(out, ",\"metadata\":{");
		buffer_append_slice(out, reading->metadata);
		buffer_append_char(out, '}');
	}
	buffer_append_slice(out, reading->rest);
	buffer_append_char(out, '}');
}

#define PARTS_COUNT 11

static void list_parts(struct reading_parts *reading, struct slice *parts[PARTS_COUNT])
{
	struct slice *const all[PARTS_COUNT] = {&reading->entity_id, &reading->property, &reading->unit,
	    &reading->sensor_id, &reading->value, &reading->quality, &reading->head, &reading->middle,
	    &reading->metadata, &reading->rest, &reading->whole};

	memcpy(parts, all, sizeof all);
}

// The struct itself goes in front; its pointers are made anew.
void reading_parts_pack(struct buffer *out, const struct reading_parts *reading)
{
	struct reading_parts copy = *reading;
	struct slice *parts[PARTS_COUNT];

	list_parts(&copy, parts);
	buffer_append(out, &copy, sizeof copy);
	for (size_t i = 0; i < PARTS_COUNT; i++)
		buffer_append_slice(out, *parts[i]);
}

void reading_parts_unpack(struct slice bytes, struct reading_parts *reading)
{
	struct slice *parts[PARTS_COUNT];

	memcpy(reading, bytes.data, sizeof *reading);
	bytes = slice_skip(bytes, sizeof *reading);
	list_parts(reading, parts);
	for (size_t i = 0; i < PARTS_COUNT; i++) {
		parts[i]->data = bytes.data;
		bytes = slice_skip(bytes, parts[i]->length);
	}
}

uint64_t reading_parts_tie(struct slice counter, struct slice seq)
{
	int64_t numbers[2] = {0, 0};

	if ((counter.length && decimal_to_int64(counter, &numbers[0])) ||
	    (seq.length && decimal_to_int64(seq, &numbers[1])))
		return 0;
	return numbers[0] || numbers[1] ? hash_bytes(slice_of((const char *)numbers, sizeof numbers), 0) : 0;
}
