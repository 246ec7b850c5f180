#include "analysis/stream_recording.h"

#include <endian.h>
#include <string.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "record/newest.h"
#include "record/property_path.h"
#include "record/value.h"

// What stands before the texts of a packed reading, which follow in this order. No line is as long as 4 GiB.
struct packed {
	int64_t time, seq, counter;
	double quality;
	uint64_t hash;
	uint32_t entity, path, value, unit, sensor_id, origin; // lengths
	uint64_t has_unit;
};

void stream_recording_init(struct stream_recording *recording, size_t memory)
{
	*recording = (struct stream_recording){.sort = external_sort_new(memory, NULL)};
}

void stream_recording_release(struct stream_recording *recording)
{
	external_sort_free(recording->sort);
	buffer_release(&recording->key);
	buffer_release(&recording->text);
	buffer_release(&recording->value);
	buffer_release(&recording->number);
	buffer_release(&recording->previous);
}

// They are no members that every record has, and are found in the line.
static void append_event_value(struct buffer *out, const struct record *record)
{
	static const char *const names[] = {"severity", "score"};
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	bool is_first = true;

	buffer_append_char(out, '{');
	for (size_t i = 0; i < 2 && value_parse(&tree, record->line, &error) == 0; i++) {
		const struct value *member = value_member(&tree, value_root(&tree), slice_from_string(names[i]));

		if (!member || member->kind == VALUE_NULL)
			continue;
		buffer_printf(out, "%s\"%s\":", is_first ? "" : ",", names[i]);
		value_append_compact(out, member->text);
		is_first = false;
	}
	buffer_append_char(out, '}');
	value_tree_release(&tree);
}

// The path of an event is kept behind its value.
static void read_event(struct stream_recording *recording, const struct record *record, struct stream_reading *reading)
{
	struct buffer *out = &recording->value;
	size_t value_length;

	append_event_value(out, record);
	value_length = out->length;
	property_path_append(out, value_length, record->text[MEMBER_EVENT]);
	if (record_has(record, MEMBER_PROPERTY)) {
		buffer_append_char(out, '/');
		buffer_append_slice(out, record->text[MEMBER_PROPERTY]);
	}
	reading->value = slice_of(out->data, value_length);
	reading->path = slice_skip(buffer_slice(out), value_length);
}

static uint64_t hash_value(struct stream_recording *recording, struct slice value)
{
	if (!decimal_is_number(value))
		return hash_bytes(value, 0);
	buffer_reset(&recording->number);
	decimal_append_canonical(&recording->number, value);
	return hash_bytes(buffer_slice(&recording->number), 0);
}

bool stream_recording_read(
    struct stream_recording *recording, const struct record *record, struct stream_reading *reading)
{
	*reading = (struct stream_reading){
	    .entity = record->text[MEMBER_ENTITY_ID],
	    .path = record_text(record, MEMBER_PROPERTY),
	    .unit = record_text(record, MEMBER_UNIT),
	    .sensor_id = record_text(record, MEMBER_SENSOR_ID),
	    .origin = record_text(record, MEMBER_ORIGIN),
	    .seq = record->seq,
	    .counter = record->counter,
	    .quality = record->quality,
	    .has_unit = record_has(record, MEMBER_UNIT),
	};
	buffer_reset(&recording->value);
	if (!record_event_time(record, &reading->time))
		return false;
	if (record->type == RECORD_READING) {
		value_append_compact(&recording->value, record->text[MEMBER_VALUE]);
		reading->value = buffer_slice(&recording->value);
	} else if (record->type == RECORD_EVENT) {
		read_event(recording, record, reading);
	} else {
		return false;
	}
	reading->hash = hash_value(recording, reading->value);
	return true;
}

// An end that is below every further byte: 0 0; a NUL within is 0 1.
static void append_key_text(struct buffer *key, struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		buffer_append_char(key, text.data[i]);
		if (!text.data[i])
			buffer_append_char(key, '\1');
	}
	buffer_append(key, "\0", 2);
}

static void append_key_word(struct buffer *key, uint64_t word)
{
	word = htobe64(word);
	buffer_append(key, &word, sizeof word);
}

static void append_key_signed(struct buffer *key, int64_t number)
{
	append_key_word(key, (uint64_t)number ^ UINT64_C(1) << 63);
}

static void make_key(struct buffer *key, const struct stream_reading *reading)
{
	uint64_t quality;

	// It is not negative, so that the order of its bits is its own.
	memcpy(&quality, &reading->quality, sizeof quality);
	buffer_reset(key);
	append_key_text(key, reading->entity);
	append_key_text(key, reading->path);
	append_key_signed(key, reading->time);
	append_key_signed(key, reading->counter);
	append_key_word(key, quality);
	append_key_text(key, reading->sensor_id);
	append_key_signed(key, reading->seq);
	append_key_word(key, reading->hash);
}

static void pack(struct buffer *out, const struct stream_reading *reading)
{
	struct packed packed = {reading->time, reading->seq, reading->counter, reading->quality, reading->hash,
	    (uint32_t)reading->entity.length, (uint32_t)reading->path.length, (uint32_t)reading->value.length,
	    (uint32_t)reading->unit.length, (uint32_t)reading->sensor_id.length, (uint32_t)reading->origin.length,
	    reading->has_unit};

	buffer_reset(out);
	buffer_append(out, &packed, sizeof packed);
	buffer_append_slice(out, reading->entity);
	buffer_append_slice(out, reading->path);
	buffer_append_slice(out, reading->value);
	buffer_append_slice(out, reading->unit);
	buffer_append_slice(out, reading->sensor_id);
	buffer_append_slice(out, reading->origin);
}

static struct slice take(struct slice *rest, uint32_t length)
{
	struct slice part = slice_of(rest->data, length);

	*rest = slice_skip(*rest, length);
	return part;
}

void stream_reading_unpack(struct stream_reading *reading, struct slice text)
{
	struct slice rest = slice_skip(text, sizeof(struct packed));
	struct packed packed;

	memcpy(&packed, text.data, sizeof packed);
	reading->text = text;
	reading->entity = take(&rest, packed.entity);
	reading->path = take(&rest, packed.path);
	reading->value = take(&rest, packed.value);
	reading->unit = take(&rest, packed.unit);
	reading->sensor_id = take(&rest, packed.sensor_id);
	reading->origin = take(&rest, packed.origin);
	reading->time = packed.time;
	reading->seq = packed.seq;
	reading->counter = packed.counter;
	reading->quality = packed.quality;
	reading->hash = packed.hash;
	reading->has_unit = packed.has_unit;
}

int stream_recording_add(struct stream_recording *recording, const struct stream_reading *reading, struct error *error)
{
	bool is_first = !recording->readings++;

	if (is_first || reading->time < recording->oldest)
		recording->oldest = reading->time;
	if (is_first || reading->time > recording->newest)
		recording->newest = reading->time;
	make_key(&recording->key, reading);
	pack(&recording->text, reading);
	return external_sort_add(recording->sort, buffer_slice(&recording->key), buffer_slice(&recording->text), error);
}

static bool same_value(const struct stream_reading *a, const struct stream_reading *b)
{
	if (a->hash != b->hash)
		return false;
	return slice_equal(a->value, b->value) ||
	    (decimal_is_number(a->value) && decimal_is_number(b->value) && decimal_compare(a->value, b->value) == 0);
}

static bool is_copy(const struct stream_reading *a, const struct stream_reading *b)
{
	return a->time == b->time && a->seq == b->seq && a->counter == b->counter && a->quality == b->quality &&
	    a->has_unit == b->has_unit && slice_equal(a->unit, b->unit) && slice_equal(a->sensor_id, b->sensor_id) &&
	    same_value(a, b) && stream_reading_compare_series(a, b) == 0;
}

int64_t stream_recording_align(const struct stream_recording *recording, int64_t time)
{
	int64_t aligned;

	if (__builtin_add_overflow(time, recording->shift, &aligned))
		return recording->shift > 0 ? INT64_MAX : INT64_MIN;
	return aligned;
}

int stream_recording_next(struct stream_recording *recording, struct error *error)
{
	struct stream_reading before = {0};
	struct slice text;
	int got;

	buffer_reset(&recording->previous);
	buffer_append_slice(&recording->previous, recording->head.text);
	if (recording->head.text.length)
		stream_reading_unpack(&before, buffer_slice(&recording->previous));
	while ((got = external_sort_next(recording->sort, &text, error)) > 0) {
		stream_reading_unpack(&recording->head, text);
		recording->head.aligned = stream_recording_align(recording, recording->head.time);
		if (!before.text.length || !is_copy(&before, &recording->head))
			return 0;
		recording->copies++;
	}
	recording->is_over = true;
	return got;
}

int stream_recording_start(struct stream_recording *recording, struct error *error)
{
	recording->head = (struct stream_reading){.text = SLICE_EMPTY};
	return external_sort_start(recording->sort, error) ? -1 : stream_recording_next(recording, error);
}

int stream_reading_compare_series(const struct stream_reading *a, const struct stream_reading *b)
{
	int order = slice_compare(a->entity, b->entity);

	return order ? order : slice_compare(a->path, b->path);
}
