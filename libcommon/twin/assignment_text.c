#include "base/decimal.h"
#include "base/timestamp.h"
#include "record/value.h"
#include "twin/assignment.h"
#include "twin/document.h"

static void put_string(struct buffer *out, const char *name, struct slice text)
{
	if (text.length == 0)
		return;
	buffer_printf(out, ",\"%s\":", name);
	json_append_string(out, text);
}

static void put_time(struct buffer *out, const char *name, int64_t nanoseconds)
{
	buffer_printf(out, ",\"%s\":\"", name);
	timestamp_append(out, nanoseconds);
	buffer_append_char(out, '"');
}

static const char *record_type(const struct assignment *item)
{
	switch (item->kind) {
	case REGISTER_DESIRED:
		return "desired";
	case REGISTER_TOMBSTONE:
		return "deleted";
	case REGISTER_REPORTED:
		return item->key.live ? NULL : "deleted";
	case REGISTER_PREDICTION:
		return "prediction";
	case REGISTER_EVENT:
		return "event";
	default:
		return "state";
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

static void put_value(struct buffer *out, const struct assignment *item)
{
	if (item->kind == REGISTER_DESIRED) {
		put_properties(out, item);
	} else if (item->kind == REGISTER_MODEL) {
		buffer_append_string(out, ",\"model\":");
		buffer_append_slice(out, item->tail.value);
	} else if (item->kind == REGISTER_RELATIONSHIP) {
		struct document_writer document;

		buffer_append_string(out, ",\"relationships\":");
		document_begin(&document, out);
		document_put(&document, item->path, item->tail.value);
		document_end(&document);
	} else if (item->tail.value.length) {
		buffer_append_string(out, ",\"value\":");
		buffer_append_slice(out, item->tail.value);
	}
}

static void put_details(struct buffer *out, const struct assignment *item)
{
	put_string(out, "unit", item->tail.unit);
	if (item->key.quality != 1) {
		buffer_append_string(out, ",\"quality\":");
		decimal_append_double(out, item->key.quality);
	}
	put_string(out, "sensor_id", item->tail.sensor_id);
	if (item->tail.seq)
		buffer_printf(out, ",\"seq\":%lld", (long long)item->tail.seq);
	if (item->key.counter)
		buffer_printf(out, ",\"counter\":%lld", (long long)item->key.counter);
	put_string(out, "origin", item->origin);
	if (item->ack.length) {
		buffer_append_string(out, ",\"ack\":");
		buffer_append_slice(out, item->ack);
	}
	if (item->axis.length) {
		buffer_append_string(out, ",\"metadata\":{\"axis\":");
		buffer_append_slice(out, item->axis);
		buffer_append_char(out, '}');
	}
	put_string(out, "command_id", item->tail.command_id);
	if (item->deadline != NO_DEADLINE)
		put_time(out, "deadline", item->deadline);
}

void assignment_append_record(struct buffer *out, const struct assignment *item)
{
	const char *type = record_type(item);

	buffer_append_char(out, '{');
	if (type)
		buffer_printf(out, "\"type\":\"%s\",", type);
	buffer_append_string(out, "\"entity_id\":");
	json_append_string(out, item->entity_id);
	if (item->kind == REGISTER_PREDICTION || item->kind == REGISTER_EVENT) {
		// The value is the record's other members.
		if (item->tail.value.length > 2)
			buffer_append_char(out, ',');
		buffer_append_slice(out, slice_skip(item->tail.value, 1));
		return;
	}
	// A reading names its property before its time, a delete behind it.
	if (!type)
		put_string(out, "property", item->path);
	put_time(out, "timestamp", item->key.timestamp);
	if (type && item->kind == REGISTER_REPORTED)
		put_string(out, "property", item->path);
	put_value(out, item);
	put_details(out, item);
	buffer_append_char(out, '}');
}
