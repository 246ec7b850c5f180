#include "twin/state_part.h"

#include "base/timestamp.h"
#include "record/property_path.h"
#include "record/value.h"
#include "twin/document.h"
#include "twin/state_text.h"

static void put_time(struct buffer *out, const char *name, int64_t nanoseconds)
{
	buffer_printf(out, "\"%s\":\"", name);
	timestamp_append(out, nanoseconds);
	buffer_append_char(out, '"');
}

static void put_document(struct buffer *out, const char *name, const struct assignment *item)
{
	struct document_writer document;

	buffer_printf(out, ",\"%s\":", name);
	document_begin(&document, out);
	document_put(&document, item->path, item->tail.value);
	document_end(&document);
}

// Values of states may be nested as deep as a line can be: then there is no room for the names of their path around them.
static bool has_room(const struct assignment *item)
{
	size_t depth = value_depth(item->tail.value) + 2; // in the record and its document

	for (size_t i = 0; i < item->path.length; i++)
		depth += item->path.data[i] == '/';
	return depth <= VALUE_DEPTH_MAX;
}

// The name of an entry as it is decoded from a segment.
static void put_segment(struct buffer *out, struct slice segment)
{
	struct buffer name = BUFFER_INIT;

	property_segment_decode(&name, segment);
	json_append_string(out, buffer_slice(&name));
	buffer_release(&name);
}

static void put_prediction(struct buffer *out, const struct assignment *item)
{
	buffer_append_string(out, ",\"computed_metrics\":{\"predictions\":{");
	put_segment(out, item->path);
	buffer_append_char(out, ':');
	buffer_append_slice(out, item->tail.value);
	buffer_append_string(out, "}}");
}

// The path is the event as one segment, which may be empty, and what it is about.
static void put_event(struct buffer *out, const struct assignment *item)
{
	const char *slash = memchr(item->path.data, '/', item->path.length);
	size_t length = slash ? (size_t)(slash - item->path.data) : item->path.length;

	buffer_append_string(out, ",\"computed_metrics\":{\"events\":{");
	put_segment(out, slice_of(item->path.data, length));
	buffer_append_string(out, ":{");
	json_append_string(out, slice_skip(item->path, length + 1));
	buffer_append_char(out, ':');
	buffer_append_slice(out, item->tail.value);
	buffer_append_string(out, "}}}");
}

// The value says all of itself in the metrics; other registers are described in an entry.
static void put_entry(
    struct buffer *out, const char *name, const char *prefix, const struct assignment *item, bool in_document)
{
	struct buffer key = BUFFER_INIT, details = BUFFER_INIT;

	state_append_details(&details, item);
	// What has no details but its time is as old as the state.
	if (details.length || item->kind == REGISTER_REPORTED || item->kind == REGISTER_DESIRED) {
		buffer_append_string(&key, prefix);
		buffer_append_slice(&key, item->path);
		buffer_printf(out, ",\"%s\":{", name);
		json_append_string(out, buffer_slice(&key));
		buffer_append_string(out, ":{");
		put_time(out, "timestamp", item->key.timestamp);
		state_append_details(out, item);
		if (!in_document) {
			buffer_append_string(out, ",\"value\":");
			buffer_append_slice(out, item->tail.value);
		}
		buffer_append_string(out, "}}");
	}
	buffer_release(&key);
	buffer_release(&details);
}

static void put_described(struct buffer *out, const char *document, const char *metadata, const struct assignment *item)
{
	bool in_document = has_room(item);

	if (in_document)
		put_document(out, document, item);
	put_entry(out, metadata, "", item, in_document);
}

static void put_register(struct buffer *out, const struct assignment *item)
{
	switch (item->kind) {
	case REGISTER_REPORTED:
		put_described(out, "properties", "metadata", item);
		break;
	case REGISTER_DESIRED:
		put_described(out, "desired", "desired_metadata", item);
		break;
	case REGISTER_MODEL:
		buffer_append_string(out, ",\"model\":");
		buffer_append_slice(out, item->tail.value);
		put_entry(out, "metadata", "/model", item, true);
		break;
	case REGISTER_RELATIONSHIP:
		put_document(out, "relationships", item);
		put_entry(out, "metadata", "/relationships/", item, true);
		break;
	case REGISTER_PREDICTION:
		put_prediction(out, item);
		break;
	default:
		put_event(out, item);
	}
}

void state_append_part(struct buffer *out, const struct assignment *item, const int64_t *received)
{
	buffer_append_string(out, "{\"type\":\"state\",\"entity_id\":");
	json_append_string(out, item->entity_id);
	buffer_append_char(out, ',');
	put_time(out, "timestamp", item->key.timestamp);
	if (received) {
		buffer_append_char(out, ',');
		put_time(out, "received", *received);
	}
	put_register(out, item);
	buffer_append_char(out, '}');
}
