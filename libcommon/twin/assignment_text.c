#include "base/decimal.h"
#include "base/timestamp.h"
#include "record/value.h"
#include "twin/assignment.h"
#include "twin/document.h"
#include "twin/state_part.h"

static void put_json(struct buffer *out, const char *name, struct slice json)
{
	if (json.length == 0)
		return;
	buffer_append_string(out, name);
	buffer_append_slice(out, json);
}

static void put_string(struct buffer *out, const char *name, struct slice text)
{
	if (text.length == 0)
		return;
	buffer_append_string(out, name);
	json_append_string(out, text);
}

static void put_time(struct buffer *out, const char *name, int64_t nanoseconds)
{
	buffer_append_string(out, name);
	buffer_append_char(out, '"');
	timestamp_append(out, nanoseconds);
	buffer_append_char(out, '"');
}

static void put_count(struct buffer *out, const char *name, int64_t count)
{
	if (count)
		buffer_printf(out, "%s%lld", name, (long long)count);
}

static const char *beginning(const struct assignment *item)
{
	switch (item->kind) {
	case REGISTER_DESIRED:
		return "{\"type\":\"desired\",\"entity_id\":";
	case REGISTER_TOMBSTONE:
		return "{\"type\":\"deleted\",\"entity_id\":";
	case REGISTER_PREDICTION:
		return "{\"type\":\"prediction\",\"entity_id\":";
	case REGISTER_EVENT:
		return "{\"type\":\"event\",\"entity_id\":";
	default:
		return item->key.live ? "{\"entity_id\":" : "{\"type\":\"deleted\",\"entity_id\":";
	}
}

static void put_properties(struct buffer *out, const struct assignment *item)
{
	struct document_writer document;

	buffer_append_string(out, ",\"properties\":");
	document_begin(&document, out);
	document_put(&document, item->path, item->key.live ? item->tail.value : SLICE_LITERAL("null"));
	document_end(&document);
}

static void put_quality(struct buffer *out, double quality)
{
	if (quality == 1)
		return;
	buffer_append_string(out, ",\"quality\":");
	decimal_append_double(out, quality);
}

static void put_metadata(struct buffer *out, const struct assignment *item, const struct assignment_rest *rest)
{
	if (rest->metadata.length) {
		put_json(out, ",\"metadata\":", rest->metadata);
	} else if (item->axis.length) {
		put_json(out, ",\"metadata\":{\"axis\":", item->axis);
		buffer_append_char(out, '}');
	}
}

static void put_details(struct buffer *out, const struct assignment *item, const struct assignment_rest *rest)
{
	put_string(out, ",\"unit\":", item->tail.unit);
	put_quality(out, item->key.quality);
	put_string(out, ",\"sensor_id\":", item->tail.sensor_id);
	if (rest->has_received)
		put_time(out, ",\"received\":", rest->received);
	put_count(out, ",\"seq\":", item->tail.seq);
	put_count(out, ",\"counter\":", item->key.counter);
	put_string(out, ",\"origin\":", item->origin);
	put_json(out, ",\"ack\":", item->ack);
	put_metadata(out, item, rest);
	put_string(out, ",\"command_id\":", item->tail.command_id);
	if (item->deadline != NO_DEADLINE)
		put_time(out, ",\"deadline\":", item->deadline);
	// Its members, without the braces.
	if (rest->others.length > 2)
		put_json(out, ",", slice_of(rest->others.data + 1, rest->others.length - 2));
}

// The value is the record's other members.
static void append_metric(struct buffer *out, const struct assignment *item)
{
	buffer_append_string(out, beginning(item));
	json_append_string(out, item->entity_id);
	if (item->tail.value.length > 2)
		buffer_append_char(out, ',');
	buffer_append_slice(out, slice_skip(item->tail.value, 1));
}

static void append_record(struct buffer *out, const struct assignment *item, const struct assignment_rest *rest)
{
	bool is_reading = item->kind == REGISTER_REPORTED && item->key.live;

	buffer_append_string(out, beginning(item));
	json_append_string(out, item->entity_id);
	// A reading names its property before its time, a delete behind it.
	if (is_reading)
		put_string(out, ",\"property\":", item->path);
	put_time(out, ",\"timestamp\":", item->key.timestamp);
	if (item->kind == REGISTER_DESIRED)
		put_properties(out, item);
	else if (is_reading)
		put_json(out, ",\"value\":", item->tail.value);
	else
		put_string(out, ",\"property\":", item->path);
	put_details(out, item, rest);
	buffer_append_char(out, '}');
}

void assignment_append_whole(struct buffer *out, const struct assignment *item, const struct assignment_rest *rest)
{
	switch (item->kind) {
	case REGISTER_PREDICTION:
	case REGISTER_EVENT:
		append_metric(out, item);
		break;
	case REGISTER_MODEL:
	case REGISTER_RELATIONSHIP:
		state_append_part(out, item, rest->has_received ? &rest->received : NULL);
		break;
	default:
		append_record(out, item, rest);
	}
}

void assignment_append_record(struct buffer *out, const struct assignment *item)
{
	const struct assignment_rest nothing = {.metadata = SLICE_EMPTY, .others = SLICE_EMPTY};

	assignment_append_whole(out, item, &nothing);
}
