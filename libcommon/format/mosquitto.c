// What mosquitto_sub -F %j and -F %J write, to readings: the topic names the twin and the property, the payload is the value, or holds
// values and perhaps their time.
//
// Each message is read by itself, since those of other topics look different: nothing that is found in one is expected of the next. Of a
// message that carries no time it is known when it was received, unless the broker had kept it.
#include <stdlib.h>

#include "base/time_option.h"
#include "base/timestamp.h"
#include "format/format.h"
#include "format/json_row.h"
#include "format/mqtt_message.h"
#include "format/topic_template.h"
#include "record/json_scan.h"
#include "record/property_path.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

#define TIMES_TOLD_MAX 8 // names of times that are told

struct mosquitto_source {
	struct ingest *ingest;
	struct source_lines *lines;
	struct json_row row;
	struct json_around around;
	struct mqtt_reader reader;
	struct mqtt_message message;
	struct topic_template *templates;
	size_t template_count;
	struct topic_parts parts;
	struct missing_words missing; // of payloads that are text
	struct cell_reader cells;     // of these too: the row's own is used while the value is
	struct buffer text, metadata;
	struct hash_map times; // names of times that were told
	bool has_plan;
};

static enum format_result reject(struct mosquitto_source *source, const char *message)
{
	return json_row_reject(&source->row, message);
}

static struct slice find_name(void *context, struct slice name)
{
	struct mosquitto_source *source = context;

	return slice_is(name, "topic") ? source->message.topic : topic_parts_find(&source->parts, name);
}

// Whether a reading says itself what its topic was: TWIN/PROPERTY.
static bool says_topic(const struct mosquitto_source *source)
{
	struct slice topic = source->message.topic, twin = buffer_slice(&source->parts.entity),
		     property = buffer_slice(&source->parts.property);

	return slice_is(source->row.plan.entity_text, "{entity}") &&
	    value_root(&source->row.tree)->kind != VALUE_OBJECT && topic.length == twin.length + 1 + property.length &&
	    slice_starts_with(topic, twin) && slice_equal(slice_skip(topic, twin.length + 1), property);
}

// Begins a member of metadata.mqtt.
static void begin_member(struct buffer *out, const char *name)
{
	buffer_append_string(out, out->length ? ",\"" : "\"mqtt\":{\"");
	buffer_append_string(out, name);
	buffer_append_string(out, "\":");
}

static void make_metadata(struct mosquitto_source *source, bool has_other_received)
{
	struct buffer *out = &source->metadata;

	buffer_reset(out);
	if (!says_topic(source)) {
		begin_member(out, "topic");
		json_append_string(out, source->message.topic);
	}
	if (source->message.metadata.length) {
		buffer_append_string(out, out->length ? "," : "\"mqtt\":{");
		buffer_append_slice(out, source->message.metadata);
	}
	if (has_other_received) {
		begin_member(out, "tst");
		buffer_append_char(out, '"');
		timestamp_append(out, source->message.received);
		buffer_append_char(out, '"');
	}
	if (out->length)
		buffer_append_char(out, '}');
	source->row.facts.metadata = buffer_slice(out);
}

// A time that was guessed is told once for each name.
static void tell_time(struct mosquitto_source *source)
{
	struct row_clock *clock = &source->row.plan.clock;
	const struct value *node = source->row.plan.time_node;
	struct buffer text = BUFFER_INIT;
	int added = 0;

	if (!node || source->times.count == TIMES_TOLD_MAX)
		return;
	hash_map_add(&source->times, node->name, &added);
	if (added) {
		buffer_append_string(&text, "messages with ");
		row_clock_append(&text, clock);
		ingest_say(source->ingest, source->lines->name, buffer_slice(&text));
	}
	buffer_release(&text);
}

// The times that the payload has or that rows have by their number.
static enum row_clock_result read_own_times(
    struct mosquitto_source *source, struct slice time, struct slice received, struct error *error)
{
	struct row_clock *clock = &source->row.plan.clock;
	const struct mapping *mapping = source->ingest->mapping;
	bool has_time = clock->has_time, has_received = clock->has_received;
	enum row_clock_result result;

	// Formats are those of this message, not of the one before.
	clock->time = mapping->time.format;
	clock->received = mapping->received.format;
	clock->has_time = time.length;
	clock->has_received = received.length;
	result = row_clock_read(clock, time, received, source->row.number, &source->row.facts, error);
	if (result == ROW_CLOCK_OK && time.length)
		tell_time(source);
	clock->has_time = has_time;
	clock->has_received = has_received;
	return result == ROW_CLOCK_OK ? ROW_CLOCK_OK : ROW_CLOCK_BAD;
}

static enum row_clock_result read_times(void *context, struct slice time, struct slice received, struct error *error)
{
	struct mosquitto_source *source = context;
	struct row_facts *facts = &source->row.facts;
	const struct ingest *ingest = source->ingest;

	facts->axis = SLICE_EMPTY;
	if (time.length || received.length || source->row.plan.clock.row_step) {
		if (read_own_times(source, time, received, error) != ROW_CLOCK_OK)
			return ROW_CLOCK_BAD;
	} else if (!source->message.is_retained) {
		facts->timestamp_source = TIMESTAMP_RECEIVED;
		facts->timestamp = source->message.received;
	} else if (ingest->has_now) {
		facts->timestamp_source = TIMESTAMP_NOW;
		facts->timestamp = ingest->live ? time_machine_now() : ingest->now;
	} else {
		error_set(error,
		    "a retained message without a time of its own: when it was published is not known (give such "
		    "messages "
		    "a time with --now T, or leave them out with mosquitto_sub -R)");
		return ROW_CLOCK_BAD;
	}
	if (!received.length) {
		facts->has_received = true;
		facts->received = source->message.received;
	}
	make_metadata(source, received.length);
	return ROW_CLOCK_OK;
}

static int match_topic(struct mosquitto_source *source, struct error *error)
{
	struct slice topic = source->message.topic;
	bool found = false;

	for (size_t i = 0; i < source->template_count && !found; i++)
		found = topic_template_match(&source->templates[i], topic, &source->parts);
	if (!source->template_count)
		found = topic_split_last(topic, &source->parts);
	if (!found && topic.data[0] == '$' && !source->template_count)
		return error_set(error,
		    "topic '%.*s' is the broker's own: templates such as --topic '$SYS/+entity/#property' take it",
		    SHOWN(topic));
	if (!found)
		return error_set(error, "topic '%.*s' matches no --topic", SHOWN(topic));
	if (source->parts.is_empty_segment)
		return error_set(error, "topic '%.*s' has an empty level where the property stands", SHOWN(topic));
	// Here, since it stands before every value of the payload.
	if (source->parts.property.length && property_path_check(buffer_slice(&source->parts.property), error) < 0)
		return -1;
	source->around.above = buffer_slice(&source->parts.property);
	source->around.bare = source->around.above.length ? source->around.above : SLICE_LITERAL("value");
	return 0;
}

// Whether a text that is no JSON was meant to be an object or an array of some.
static bool begins_like_json(struct slice text)
{
	const char *end = text.data + text.length, *at = json_skip_blanks(text.data, end), *inside;

	if (at == end || (*at != '{' && *at != '['))
		return false;
	inside = json_skip_blanks(at + 1, end);
	return inside < end && (*inside == '"' || (*at == '[' && *inside == '{'));
}

// A text that is no JSON is read like a cell of a table.
static struct slice text_to_json(struct mosquitto_source *source, struct slice text)
{
	struct error ignored;
	struct slice json;

	buffer_reset(&source->text);
	if (missing_words_have(&source->missing, text))
		return SLICE_LITERAL("null");
	if (!memchr(text.data, '\0', text.length) && cell_read(&source->cells, text, CELL_AUTO, &json, &ignored) == 0)
		return json;
	json_append_string(&source->text, text);
	return buffer_slice(&source->text);
}

static int parse_payload(struct mosquitto_source *source, struct error *error)
{
	const struct mqtt_message *message = &source->message;
	struct error why;

	if (value_parse(&source->row.tree, message->payload, &why) == 0)
		return 0;
	if (message->is_json || begins_like_json(message->payload))
		return error_set(error, "the payload is no JSON, but begins so: %.300s", why.message);
	return value_parse(&source->row.tree, text_to_json(source, message->payload), error);
}

static int find_time(struct mosquitto_source *source, struct error *error)
{
	struct json_plan *plan = &source->row.plan;

	plan->time_node = NULL;
	plan->clock.time = source->ingest->mapping->time.format;
	if (!plan->time.data && !plan->clock.row_step && value_root(&source->row.tree)->kind == VALUE_OBJECT &&
	    json_plan_guess_time(plan, &source->row.tree, true, &plan->time_node, error) < 0)
		return -1;
	plan->clock.has_time = plan->time.data || plan->time_node;
	plan->clock.has_received = plan->received.data;
	plan->clock.time_name = plan->time_node ? plan->time_node->name : plan->time;
	return 0;
}

static int make_plan(struct mosquitto_source *source, struct error *error)
{
	struct json_plan *plan = &source->row.plan;

	if (source->has_plan)
		return 0;
	source->has_plan = source->ingest->has_rows = true;
	plan->format = SLICE_LITERAL("mosquitto");
	if (json_plan_make_around(plan, SLICE_LITERAL("{entity}"), error) < 0)
		return -1;
	if (!source->template_count)
		ingest_say(source->ingest, source->lines->name,
		    SLICE_LITERAL("the last level of a topic is the property, what is before it the twin"));
	if (source->ingest->mapping_out)
		json_plan_append_mapping(source->ingest->mapping_out, plan);
	else if (source->ingest->explain)
		json_plan_explain(plan);
	return 0;
}

static enum format_result take_message(struct mosquitto_source *source, struct error *error)
{
	if (source->message.is_empty) {
		ingest_count_row(source->ingest, source->lines);
		source->ingest->missing_count++;
		return FORMAT_DONE;
	}
	if (match_topic(source, error) < 0 || parse_payload(source, error) < 0 || find_time(source, error) < 0) {
		source->ingest->row_count++;
		return reject(source, error->message);
	}
	return json_row_take(&source->row, error);
}

static enum format_result take_line(struct mosquitto_source *source, struct error *error)
{
	if (mqtt_reader_read(&source->reader, source->row.line, &source->message, error) < 0) {
		source->ingest->row_count++;
		return reject(source, error->message);
	}
	source->row.number++;
	if (make_plan(source, error) < 0)
		return FORMAT_FAILED;
	return source->ingest->mapping_out ? FORMAT_STOPPED : take_message(source, error);
}

static bool is_blank(struct slice line)
{
	return json_skip_blanks(line.data, line.data + line.length) == line.data + line.length;
}

static enum format_result read_lines(struct mosquitto_source *source, struct error *error)
{
	enum format_result result = FORMAT_DONE;
	enum line_result read = LINE_END;
	struct slice *line = &source->row.line;

	while (result == FORMAT_DONE && (read = source_lines_next(source->lines, line, error)) > LINE_END) {
		if (read == LINE_TOO_LONG) {
			bool stop = source_lines_reject_long(source->lines, source->ingest->rejects, *line);

			result = stop ? FORMAT_STOPPED : FORMAT_DONE;
		} else if (!is_blank(*line)) {
			result = take_line(source, error);
		}
	}
	return result == FORMAT_DONE && read == LINE_ERROR ? FORMAT_FAILED : result;
}

static int read_templates(struct mosquitto_source *source, struct error *error)
{
	const struct mapping_names *topics = &source->ingest->mapping->topics;

	source->templates = topics->count ? memory_new(topics->count * sizeof *source->templates) : NULL;
	for (size_t i = 0; i < topics->count; i++, source->template_count++)
		if (topic_template_parse(&source->templates[i], topics->items[i].text, error) < 0)
			return -1;
	return 0;
}

static void read_missing(struct mosquitto_source *source)
{
	static const char *const words[] = {"NA", "N/A", "NaN", "nan", "NULL"};
	const struct mapping *mapping = source->ingest->mapping;

	for (size_t i = 0; i < mapping->missing.count; i++)
		missing_words_add(&source->missing, mapping->missing.items[i].text);
	for (size_t i = 0; i < sizeof words / sizeof *words && !mapping->has_missing; i++)
		missing_words_add(&source->missing, slice_from_string(words[i]));
}

static void release(struct mosquitto_source *source)
{
	json_row_release(&source->row);
	mqtt_reader_release(&source->reader);
	topic_parts_release(&source->parts);
	missing_words_release(&source->missing);
	cell_reader_release(&source->cells);
	buffer_release(&source->text);
	buffer_release(&source->metadata);
	hash_map_release(&source->times);
	for (size_t i = 0; i < source->template_count; i++)
		topic_template_release(&source->templates[i]);
	free(source->templates);
}

static enum format_result read_mosquitto(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	struct mosquitto_source source = {.ingest = ingest, .lines = lines, .cells = CELL_READER_INIT};
	enum format_result result = FORMAT_FAILED;

	source.around = (struct json_around){.context = &source, .find_name = find_name, .read_times = read_times};
	source.cells.decimal_comma = ingest->mapping->decimal_comma;
	json_row_init(&source.row, ingest, lines);
	source.row.around = &source.around;
	mqtt_reader_init(&source.reader);
	read_missing(&source);
	if (read_templates(&source, error) == 0)
		result = read_lines(&source, error);
	release(&source);
	return result == FORMAT_STOPPED && ingest->mapping_out ? FORMAT_DONE : result;
}

static enum format_fit recognise(struct slice start)
{
	const char *newline = start.length ? memchr(start.data, '\n', start.length) : NULL;
	struct mqtt_reader reader;

	mqtt_reader_init(&reader);
	bool is_message =
	    newline && mqtt_reader_recognise(&reader, slice_of(start.data, (size_t)(newline - start.data)));

	mqtt_reader_release(&reader);
	return is_message ? FORMAT_FIT_YES : FORMAT_FIT_NO;
}

const struct format format_mosquitto = {
    .name = "mosquitto",
    .title = "messages of mosquitto_sub",
    .has_topics = true,
    .recognise = recognise,
    .read = read_mosquitto,
};
