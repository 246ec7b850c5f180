#include "format/mqtt_message.h"

#include <inttypes.h>

#include "base/decimal.h"
#include "base/timestamp.h"
#include "format/time_format.h"
#include "record/json_scan.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

// The members of a line; NULL: not there.
struct members {
	const struct value *tst, *topic, *qos, *retain, *payloadlen, *payload;
};

void mqtt_reader_init(struct mqtt_reader *reader)
{
	*reader = (struct mqtt_reader){.tree = {.keeps_repeated = true}};
	mqtt_properties_init(&reader->properties);
}

void mqtt_reader_release(struct mqtt_reader *reader)
{
	value_tree_release(&reader->tree);
	mqtt_properties_release(&reader->properties);
	buffer_release(&reader->topic);
	buffer_release(&reader->payload);
	buffer_release(&reader->metadata);
}

static const struct value **find_known(struct members *members, struct slice name)
{
	static const char *const names[] = {"tst", "topic", "qos", "retain", "payloadlen", "payload"};
	const struct value **const places[] = {
	    &members->tst, &members->topic, &members->qos, &members->retain, &members->payloadlen, &members->payload};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(name, names[i]))
			return places[i];
	return NULL;
}

static struct members find_members(const struct mqtt_reader *reader)
{
	struct members members = {0};

	for (const struct value *member = value_first(&reader->tree, value_root(&reader->tree)); member;
	     member = value_next(&reader->tree, member)) {
		const struct value **known = find_known(&members, member->name);

		if (known)
			*known = member;
	}
	return members;
}

static bool is_message(const struct members *members)
{
	return members->tst && members->topic && members->topic->kind == VALUE_STRING &&
	    (members->payload || members->payloadlen);
}

bool mqtt_reader_recognise(struct mqtt_reader *reader, struct slice line)
{
	struct error ignored;

	if (value_parse(&reader->tree, line, &ignored) < 0 || value_root(&reader->tree)->kind != VALUE_OBJECT)
		return false;
	struct members members = find_members(reader);

	return is_message(&members);
}

// The offset that some versions write behind a Z which means nothing, and without a colon.
static int take_offset(struct slice text, int32_t *offset, struct error *error)
{
	char plain[6];

	if (text.length > 1 && text.data[0] == 'Z' && (text.data[1] == '+' || text.data[1] == '-'))
		text = slice_skip(text, 1);
	if (text.length == 5 && text.data[0] != 'Z') {
		memcpy(plain, text.data, 3);
		plain[3] = ':';
		memcpy(plain + 4, text.data + 3, 2);
		text = slice_of(plain, sizeof plain);
	}
	if (civil_take_offset(&text, offset, error) < 0)
		return -1;
	return text.length ? error_set(error, "there is more behind the offset") : 0;
}

int mqtt_time_parse(struct slice text, int64_t *nanoseconds, struct error *error)
{
	struct civil_time civil = {0};
	struct slice rest = text;
	struct error why;
	int32_t offset;

	if (civil_take_date(&rest, &civil, &why) == 0 && rest.length && rest.data[0] == 'T') {
		rest = slice_skip(rest, 1);
		if (civil_take_clock(&rest, CIVIL_CLOCK_SECONDS, &civil, &why) == 0 &&
		    take_offset(rest, &offset, &why) == 0 && civil_at_offset(&civil, offset, nanoseconds, &why) == 0)
			return 0;
	} else {
		error_set(&why, "no date, T and time");
	}
	return error_set(error, "tst '%.*s': %.200s", SHOWN(text), why.message);
}

static int read_received(const struct value *tst, int64_t *received, struct error *error)
{
	struct time_format seconds;
	struct foreign_time time;
	struct buffer scratch = BUFFER_INIT;
	int result;

	if (tst->kind == VALUE_STRING) {
		result = mqtt_time_parse(value_string(tst, &scratch), received, error);
		buffer_release(&scratch);
		return result;
	}
	if (tst->kind != VALUE_NUMBER)
		return error_set(error, "tst is no time");
	if (time_format_parse(SLICE_LITERAL("s"), &seconds, error) < 0 ||
	    time_format_read(&seconds, NULL, 0, tst->text, &time, error) < 0)
		return -1;
	*received = time.nanoseconds;
	return 0;
}

// MQTT 5.0, 3.3.2.1 and 4.7.3: 1 to 65535 bytes, no NUL, no wildcard.
static int read_topic(struct mqtt_reader *reader, const struct value *node, struct slice *topic, struct error *error)
{
	buffer_reset(&reader->topic);
	*topic = value_string(node, &reader->topic);
	if (!topic->length)
		return error_set(error, "the topic is empty");
	if (topic->length > UINT16_MAX)
		return error_set(error, "the topic is longer than 65535 bytes");
	for (size_t i = 0; i < topic->length; i++)
		if (topic->data[i] == '\0' || topic->data[i] == '+' || topic->data[i] == '#')
			return error_set(error, "'%.*s' is no topic that can be published to", SHOWN(*topic));
	return 0;
}

static int read_small(const struct value *node, const char *name, int64_t maximum, int64_t *number, struct error *error)
{
	*number = 0;
	if (!node)
		return 0;
	if (node->kind == VALUE_TRUE || node->kind == VALUE_FALSE)
		*number = node->kind == VALUE_TRUE;
	else if (node->kind != VALUE_NUMBER || decimal_to_int64(node->text, number) < 0)
		*number = -1;
	return *number >= 0 && *number <= maximum ? 0
						  : error_set(error, "%s is not valid: %.*s", name, SHOWN(node->text));
}

static int is_cut(size_t there, int64_t length, struct error *error)
{
	if (there > (uint64_t)length)
		return error_set(error, "the payload has %zu bytes, but payloadlen says %" PRId64, there, length);
	return error_set(error,
	    "only %zu of %" PRId64
	    " bytes of the payload are in the line (mosquitto_sub cuts it at a NUL byte: see its "
	    "%%x)",
	    there, length);
}

// A string is a text of %j, or a string that stood as JSON in the payload of %J; that had two quotes more at least.
static int read_string(struct mqtt_reader *reader, const struct value *node, int64_t length,
    struct mqtt_message *message, struct error *error)
{
	buffer_reset(&reader->payload);
	struct slice text = value_string(node, &reader->payload);
	bool is_whole = length < 0 || (uint64_t)length == text.length;
	bool is_quoted = reader->dialect == MQTT_JSON ? (uint64_t)length >= text.length + 2
	    : reader->dialect == MQTT_UNKNOWN         ? (uint64_t)length == node->text.length
						      : false;

	if (length >= 0 && is_whole)
		reader->dialect = MQTT_TEXT;
	else if (!is_whole && !is_quoted)
		return is_cut(text.length, length, error);
	message->is_json = !is_whole || (length < 0 && reader->dialect == MQTT_JSON);
	message->payload = message->is_json ? node->text : text;
	return 0;
}

static int read_payload(
    struct mqtt_reader *reader, const struct members *members, struct mqtt_message *message, struct error *error)
{
	const struct value *payload = members->payload;
	int64_t length;

	if (read_small(members->payloadlen, "payloadlen", INT64_MAX, &length, error) < 0)
		return -1;
	if (!members->payloadlen)
		length = -1;
	message->is_json = false;
	message->payload = SLICE_EMPTY;
	message->is_empty = length <= 0 && (!payload || payload->kind == VALUE_NULL || slice_is(payload->text, "\"\""));
	if (message->is_empty)
		return 0;
	if (!payload || length == 0)
		return error_set(error, "payload and payloadlen do not belong together");
	if (payload->kind == VALUE_STRING)
		return read_string(reader, payload, length, message, error);
	reader->dialect = MQTT_JSON;
	message->is_json = true;
	message->payload = payload->text;
	return 0;
}

static void append_name(struct buffer *out, struct slice raw)
{
	buffer_append_string(out, out->length ? ",\"" : "\"");
	buffer_append_slice(out, raw);
	buffer_append_string(out, "\":");
}

// What readings do not say by themselves: quality of service and retention where they are not 0, and all that is not known here.
static int read_metadata(struct mqtt_reader *reader, int64_t qos, struct mqtt_message *message, struct error *error)
{
	struct buffer *out = &reader->metadata;
	struct members known = {0};

	buffer_reset(out);
	if (qos)
		buffer_printf(out, "\"qos\":%d", (int)qos);
	if (message->is_retained)
		buffer_append_string(out, out->length ? ",\"retain\":1" : "\"retain\":1");
	for (const struct value *member = value_first(&reader->tree, value_root(&reader->tree)); member;
	     member = value_next(&reader->tree, member)) {
		if (find_known(&known, member->name))
			continue;
		append_name(out, member->name);
		if (mqtt_properties_append(out, &reader->properties, &reader->tree, member, error) < 0)
			return -1;
	}
	message->metadata = buffer_slice(out);
	return 0;
}

// Another source than asked for: what JSON expects where does not help.
static bool begins_otherwise(struct slice line)
{
	const char *end = line.data + line.length, *start = json_skip_blanks(line.data, end);

	return start == end || *start != '{';
}

int mqtt_reader_read(struct mqtt_reader *reader, struct slice line, struct mqtt_message *message, struct error *error)
{
	int64_t qos, retain;

	if (begins_otherwise(line))
		return error_set(error, "no message of mosquitto_sub -F %%j: the line is no JSON object");
	if (value_parse(&reader->tree, line, error) < 0)
		return -1;
	struct members members = find_members(reader);

	if (!is_message(&members))
		return error_set(error, "the object is no message: tst, topic or payload is missing");
	if (read_topic(reader, members.topic, &message->topic, error) < 0 ||
	    read_received(members.tst, &message->received, error) < 0 ||
	    read_small(members.qos, "qos", 2, &qos, error) < 0 ||
	    read_small(members.retain, "retain", 1, &retain, error) < 0)
		return -1;
	message->is_retained = retain;
	if (read_payload(reader, &members, message, error) < 0)
		return -1;
	return read_metadata(reader, qos, message, error);
}
