// libFuzzer target: messages of MQTT of any bytes, from envelope to readings. Every line that is written must be one JSON object that names
// nothing twice, with a twin, a valid property, a valid timestamp and when it was received; a topic that is matched must be made of what its
// template found in it. The first byte chooses what is asked for, the first line is a template where it says so.
#define _GNU_SOURCE
#include "base/timestamp.h"
#include "format/topic_template.h"
#include "record/property_path.h"
#include "record/value.h"

#include "ingest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice text_of(const struct value_tree *tree, const char *name, struct buffer *scratch)
{
	const struct value *member = value_member(tree, value_root(tree), slice_from_string(name));

	require(member && member->kind == VALUE_STRING);
	buffer_reset(scratch);
	return value_string(member, scratch);
}

static void require_reading(struct value_tree *tree, struct slice line)
{
	struct buffer scratch = BUFFER_INIT;
	struct error error;
	int64_t time;

	require(value_parse(tree, line, &error) == 0);
	require(value_root(tree)->kind == VALUE_OBJECT);
	require(text_of(tree, "entity_id", &scratch).length > 0);
	require(property_path_check(text_of(tree, "property", &scratch), &error) == 0);
	require(timestamp_parse(text_of(tree, "timestamp", &scratch), &time, NULL) == 0);
	require(timestamp_parse(text_of(tree, "received", &scratch), &time, NULL) == 0);
	require(value_member(tree, value_root(tree), SLICE_LITERAL("value")) != NULL);
	buffer_release(&scratch);
}

static void require_readings(int fd, uint64_t count)
{
	struct buffer text = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;

	read_whole(fd, &text);
	for (struct slice rest = buffer_slice(&text); rest.length; count--)
		require_reading(&tree, take_line(&rest));
	require(count == 0);
	value_tree_release(&tree);
	buffer_release(&text);
}

static void ask(struct mapping *mapping, unsigned choice)
{
	if (choice & 2)
		mapping->entity_id = SLICE_LITERAL("{topic}-{a}");
	if (choice & 4)
		mapping->time.name = SLICE_LITERAL("/ts");
	if (choice & 8)
		mapping->received.name = SLICE_LITERAL("/got");
	if (choice & 16)
		mapping->explode = SLICE_LITERAL("/a");
	if (choice & 32)
		require(
		    mapping_add_type(mapping, SLICE_LITERAL("*"), SLICE_LITERAL("number"), &(struct error){{0}}) == 0);
}

static void read_source(struct slice text, struct slice topic, unsigned choice)
{
	char path[32];
	int in = memory_file_of("in", path, text);
	struct ingest_run run;
	struct error error;

	ingest_run_begin(&run);
	if (!topic.length || mapping_add_topic(&run.mapping, topic, &error) < 0)
		run.mapping.topics.count = 0;
	ask(&run.mapping, choice);
	run.ingest.writer.labels = NULL;
	run.ingest.has_now = choice & 64;
	require(ingest_run_read(&run, &format_mosquitto, path, 5000) == FORMAT_DONE);
	require_readings(run.written, run.ingest.writer.reading_count);
	ingest_run_end(&run);
	close(in);
}

// What the levels found must not be longer than the topic, but for what is escaped and joined.
static void match_topic(struct slice text, struct slice name)
{
	struct topic_template topic;
	struct topic_parts parts = {.count = 0};
	struct error error;

	if (!name.length || topic_template_parse(&topic, text, &error) < 0)
		return;
	if (topic_template_match(&topic, name, &parts)) {
		size_t length = parts.entity.length;

		require(name.data[0] != '$' || topic.levels[0].kind == TOPIC_LITERAL);
		for (size_t i = 0; i < parts.count; i++)
			length += parts.texts[i].length;
		require(length <= name.length);
		require(parts.property.length <= 2 * name.length);
		require(parts.is_empty_segment || !parts.property.length || parts.property.data[0] != '/');
	}
	topic_parts_release(&parts);
	topic_template_release(&topic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text, topic = SLICE_EMPTY;

	if (size < 1)
		return 0;
	text = slice_of((const char *)data + 1, size - 1);
	if (data[0] & 1)
		topic = take_line(&text);
	match_topic(topic, take_line(&(struct slice){text.data, text.length}));
	read_source(text, topic, data[0]);
	return 0;
}
