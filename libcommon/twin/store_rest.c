#include "twin/store_rest.h"

#include "base/timestamp.h"
#include "record/value.h"

static void put_name(struct buffer *out, size_t start, const char *name)
{
	buffer_append_char(out, out->length == start ? '{' : ',');
	buffer_printf(out, "\"%s\":", name);
}

void store_rest_append(struct buffer *out, const struct record *record, const struct assignment *item)
{
	size_t start = out->length;

	if (item->deadline != NO_DEADLINE) {
		put_name(out, start, "deadline");
		buffer_append_char(out, '"');
		timestamp_append(out, item->deadline);
		buffer_append_char(out, '"');
	}
	if (item->ack.length) {
		put_name(out, start, "ack");
		buffer_append_slice(out, item->ack);
	}
	if (record->type == RECORD_READING && record_has(record, MEMBER_METADATA)) {
		put_name(out, start, "metadata");
		value_append_compact(out, record->text[MEMBER_METADATA]);
	} else if (item->axis.length) {
		put_name(out, start, "metadata");
		buffer_append_string(out, "{\"axis\":");
		buffer_append_slice(out, item->axis);
		buffer_append_char(out, '}');
	}
	if (out->length > start)
		buffer_append_char(out, '}');
}

enum { REST_DEADLINE, REST_ACK, REST_METADATA, REST_COUNT };

static const char *const names[REST_COUNT] = {"deadline", "ack", "metadata"};

static void take_apart(struct value_tree *tree, struct slice rest, struct slice parts[REST_COUNT])
{
	struct error ignored;
	bool is_read = rest.length && value_parse(tree, rest, &ignored) == 0;

	for (int i = 0; i < REST_COUNT; i++) {
		const struct value *member =
		    is_read ? value_member(tree, value_root(tree), slice_from_string(names[i])) : NULL;

		parts[i] = member ? member->text : SLICE_EMPTY;
	}
}

// A time as it is written by us; none is later than any.
static int64_t time_of(struct slice text)
{
	struct error ignored;
	int64_t time;

	if (text.length < 2 || timestamp_parse(slice_of(text.data + 1, text.length - 2), &time, &ignored))
		return NO_DEADLINE;
	return time;
}

void store_rest_join(void *context, struct slice a, struct slice b, struct buffer *joined)
{
	struct value_tree trees[2] = {VALUE_TREE_INIT, VALUE_TREE_INIT};
	struct slice of_a[REST_COUNT], of_b[REST_COUNT];

	(void)context;
	take_apart(&trees[0], a, of_a);
	take_apart(&trees[1], b, of_b);
	for (int i = 0; i < REST_COUNT; i++) {
		bool take_b =
		    i == REST_DEADLINE ? time_of(of_b[i]) < time_of(of_a[i]) : slice_compare(of_b[i], of_a[i]) > 0;
		struct slice part = take_b ? of_b[i] : of_a[i];

		if (!part.length)
			continue;
		put_name(joined, 0, names[i]);
		buffer_append_slice(joined, part);
	}
	if (joined->length)
		buffer_append_char(joined, '}');
	value_tree_release(&trees[0]);
	value_tree_release(&trees[1]);
}

void store_rest_read(struct slice rest, struct value_tree *tree, struct assignment *item)
{
	struct slice parts[REST_COUNT];

	take_apart(tree, rest, parts);
	item->deadline = time_of(parts[REST_DEADLINE]);
	item->ack = parts[REST_ACK];
	item->axis = SLICE_EMPTY;
	const struct value *metadata =
	    parts[REST_METADATA].length ? value_member(tree, value_root(tree), SLICE_LITERAL("metadata")) : NULL;
	const struct value *axis =
	    metadata && metadata->kind == VALUE_OBJECT ? value_member(tree, metadata, SLICE_LITERAL("axis")) : NULL;

	if (axis && axis->kind == VALUE_OBJECT)
		item->axis = axis->text;
}
