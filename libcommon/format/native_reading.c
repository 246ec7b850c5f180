#include "format/native_reading.h"

#include <inttypes.h>

// All but value, unit and quality, which are parts of their own, and origin, which may be made here.
static const enum record_member head_members[] = {MEMBER_TYPE, MEMBER_ENTITY_ID, MEMBER_PROPERTY, MEMBER_TIMESTAMP};
static const enum record_member middle_members[] = {
    MEMBER_SENSOR_ID, MEMBER_RECEIVED, MEMBER_SEQ, MEMBER_COUNTER, MEMBER_ORIGIN, MEMBER_ACK};

#define COUNT(array) (sizeof(array) / sizeof *(array))

void native_reading_release(struct native_reading *native)
{
	buffer_release(&native->head);
	buffer_release(&native->middle);
	buffer_release(&native->rest);
	buffer_release(&native->value);
}

// NULL too when it is null, which is as if it were not there.
static const struct value *find(const struct value_tree *tree, enum record_member member)
{
	const struct value *node = value_member(tree, value_root(tree), slice_from_string(record_member_name(member)));

	return node && node->kind != VALUE_NULL ? node : NULL;
}

static void append_member(struct buffer *out, char separator, struct slice raw_name, const struct value *node)
{
	buffer_append_char(out, separator);
	buffer_append_char(out, '"');
	buffer_append_slice(out, raw_name);
	buffer_append_string(out, "\":");
	buffer_append_slice(out, node->text);
}

static void make_head(struct buffer *head, const struct value_tree *tree)
{
	char separator = '{';

	buffer_reset(head);
	for (size_t i = 0; i < COUNT(head_members); i++) {
		const struct value *node = find(tree, head_members[i]);

		if (!node)
			continue;
		append_member(head, separator, slice_from_string(record_member_name(head_members[i])), node);
		separator = ',';
	}
}

static void make_middle(
    struct buffer *middle, const struct value_tree *tree, const struct reading_writer *writer, uint64_t line)
{
	buffer_reset(middle);
	for (size_t i = 0; i < COUNT(middle_members); i++) {
		enum record_member member = middle_members[i];
		const struct value *node = find(tree, member);

		if (node) {
			append_member(middle, ',', slice_from_string(record_member_name(member)), node);
		} else if (member == MEMBER_ORIGIN && writer->has_origin) {
			buffer_append_slice(middle, buffer_slice(&writer->origin));
			buffer_printf(middle, "%" PRIu64 "\"", line);
		}
	}
}

static bool has_meaning(struct slice name)
{
	for (int i = MEMBER_TYPE; i <= MEMBER_METADATA; i++)
		if (slice_is(name, record_member_name((enum record_member)i)))
			return true;
	return false;
}

// Members that no page mentions are kept, behind all others.
static void make_rest(struct buffer *rest, const struct value_tree *tree)
{
	struct buffer scratch = BUFFER_INIT;

	buffer_reset(rest);
	for (const struct value *node = value_first(tree, value_root(tree)); node; node = value_next(tree, node)) {
		struct slice name = node->name;

		if (node->name_escaped) {
			buffer_reset(&scratch);
			json_decode_string(&scratch, name);
			name = buffer_slice(&scratch);
		}
		if (!has_meaning(name))
			append_member(rest, ',', node->name, node);
	}
	buffer_release(&scratch);
}

// What stands between the braces.
static struct slice inside(const struct value *object)
{
	struct slice text = slice_of(object->text.data + 1, object->text.length - 2);

	while (text.length && strchr(" \t\r", text.data[0]))
		text = slice_skip(text, 1);
	while (text.length && strchr(" \t\r", text.data[text.length - 1]))
		text.length--;
	return text;
}

static struct slice text_of(const struct value *node)
{
	return node ? node->text : SLICE_EMPTY;
}

void native_reading_take(struct native_reading *native, struct reading_writer *writer, const struct value_tree *tree,
    const struct record *record, struct slice unit, struct slice whole, uint64_t line)
{
	const struct value *metadata = find(tree, MEMBER_METADATA);

	make_head(&native->head, tree);
	make_middle(&native->middle, tree, writer, line);
	make_rest(&native->rest, tree);
	buffer_reset(&native->value);
	value_append_compact(&native->value, record->text[MEMBER_VALUE]);
	struct reading_parts reading = {
	    .entity_id = record_text(record, MEMBER_ENTITY_ID),
	    .property = record_text(record, MEMBER_PROPERTY),
	    .unit = unit.length ? unit : record_text(record, MEMBER_UNIT),
	    .sensor_id = record_text(record, MEMBER_SENSOR_ID),
	    .timestamp = record->timestamp,
	    .tie = reading_parts_tie(text_of(find(tree, MEMBER_COUNTER)), text_of(find(tree, MEMBER_SEQ))),
	    .value = buffer_slice(&native->value),
	    .quality = text_of(find(tree, MEMBER_QUALITY)),
	    .head = buffer_slice(&native->head),
	    .middle = buffer_slice(&native->middle),
	    .metadata = metadata && metadata->kind == VALUE_OBJECT ? inside(metadata) : SLICE_EMPTY,
	    .rest = buffer_slice(&native->rest),
	    .whole = whole,
	};

	if (writer->hook)
		reading_writer_take(writer, &reading);
	else
		reading_writer_emit(writer, &reading);
}
