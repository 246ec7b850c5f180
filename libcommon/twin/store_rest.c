#include "twin/store_rest.h"

#include "base/timestamp.h"
#include "record/value.h"

// Of the copies that the leaves of one desire keep of what they have in common.
#define COPIES_SIZE_MAX ((size_t)16 << 20)

void store_rest_common_release(struct store_rest_common *common)
{
	buffer_release(&common->text);
	value_tree_release(&common->tree);
}

static void put_name(struct buffer *out, size_t start, const char *name)
{
	if (out->length > start)
		buffer_append_char(out, ',');
	buffer_append_char(out, '"');
	buffer_append_string(out, name);
	buffer_append_string(out, "\":");
}

void store_rest_common_make(struct store_rest_common *common, const struct record *record, size_t count)
{
	struct buffer *out = &common->text;

	buffer_reset(out);
	if (!record_own_members(record->type))
		return;
	if (record_has(record, MEMBER_METADATA)) {
		put_name(out, 0, "metadata");
		value_append_compact(out, record->text[MEMBER_METADATA]);
	}
	if (record->present & RECORD_OTHERS) {
		size_t before = out->length, start;

		put_name(out, 0, "others");
		start = out->length;
		record_append_others(out, record, &common->tree);
		if (out->length == start)
			out->length = before;
	}
	if (count > 1 && out->length > COPIES_SIZE_MAX / count)
		buffer_reset(out);
}

static void put_deadline(struct buffer *out, size_t start, int64_t deadline)
{
	if (deadline == NO_DEADLINE)
		return;
	put_name(out, start, "deadline");
	buffer_append_char(out, '"');
	timestamp_append(out, deadline);
	buffer_append_char(out, '"');
}

static void put_object(struct buffer *out, size_t start, const char *name, struct slice object)
{
	if (!object.length)
		return;
	put_name(out, start, name);
	buffer_append_slice(out, object);
}

static void put_refused(struct buffer *out, size_t start, struct slice reason)
{
	if (!reason.length)
		return;
	put_name(out, start, "refused");
	buffer_append_char(out, '"');
	buffer_append_slice(out, reason);
	buffer_append_char(out, '"');
}

// The brace that opened it stands before `start`.
static void end(struct buffer *out, size_t start)
{
	if (out->length > start)
		buffer_append_char(out, '}');
	else
		out->length = start - 1;
}

void store_rest_append(struct buffer *out, const struct assignment *item, struct slice common, struct slice refused)
{
	size_t start = out->length + 1;

	buffer_append_char(out, '{');
	put_deadline(out, start, item->deadline);
	put_object(out, start, "ack", item->ack);
	if (common.length) {
		if (out->length > start)
			buffer_append_char(out, ',');
		buffer_append_slice(out, common);
	} else if (item->axis.length) {
		put_name(out, start, "metadata");
		buffer_append_string(out, "{\"axis\":");
		buffer_append_slice(out, item->axis);
		buffer_append_char(out, '}');
	}
	put_refused(out, start, refused);
	end(out, start);
}

static const struct value *member_of(const struct value_tree *tree, const struct value *object, const char *name)
{
	return object ? value_member(tree, object, slice_from_string(name)) : NULL;
}

static struct slice object_of(const struct value *part)
{
	return part && part->kind == VALUE_OBJECT ? part->text : SLICE_EMPTY;
}

static struct slice string_of(const struct value *part)
{
	return part && part->kind == VALUE_STRING ? slice_of(part->text.data + 1, part->text.length - 2) : SLICE_EMPTY;
}

// A time as it is written by us; none is later than any.
static int64_t time_of(struct slice text)
{
	int64_t time;

	return !text.length || timestamp_parse(text, &time, NULL) ? NO_DEADLINE : time;
}

void store_rest_parse(struct slice rest, struct value_tree *tree, struct store_rest *parts)
{
	struct error ignored;
	bool is_read = rest.length && value_parse(tree, rest, &ignored) == 0;
	const struct value *root = is_read ? value_root(tree) : NULL;
	const struct value *metadata = member_of(tree, root, "metadata"), *axis = member_of(tree, root, "axis");

	*parts = (struct store_rest){
	    .deadline = time_of(string_of(member_of(tree, root, "deadline"))),
	    .ack = object_of(member_of(tree, root, "ack")),
	    .metadata = object_of(metadata),
	    .axis = object_of(axis ? axis : member_of(tree, metadata, "axis")),
	    .others = object_of(member_of(tree, root, "others")),
	    .refused = string_of(member_of(tree, root, "refused")),
	};
}

static struct slice larger(struct slice a, struct slice b)
{
	return slice_compare(a, b) < 0 ? b : a;
}

static struct slice axis_of(struct slice metadata, struct value_tree *tree)
{
	struct error ignored;

	if (!metadata.length || value_parse(tree, metadata, &ignored))
		return SLICE_EMPTY;
	return object_of(member_of(tree, value_root(tree), "axis"));
}

void store_rest_join(void *context, struct slice a, struct slice b, struct buffer *joined)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct store_rest of_a, of_b;

	(void)context;
	store_rest_parse(a, &tree, &of_a);
	store_rest_parse(b, &tree, &of_b);
	struct slice metadata = larger(of_a.metadata, of_b.metadata), axis = larger(of_a.axis, of_b.axis);
	size_t start = joined->length + 1;

	buffer_append_char(joined, '{');
	put_deadline(joined, start, of_a.deadline < of_b.deadline ? of_a.deadline : of_b.deadline);
	put_object(joined, start, "ack", larger(of_a.ack, of_b.ack));
	put_object(joined, start, "metadata", metadata);
	if (!slice_equal(axis, axis_of(metadata, &tree)))
		put_object(joined, start, "axis", axis);
	put_object(joined, start, "others", larger(of_a.others, of_b.others));
	put_refused(joined, start, larger(of_a.refused, of_b.refused));
	end(joined, start);
	value_tree_release(&tree);
}

void store_rest_read(struct slice rest, struct value_tree *tree, struct assignment *item)
{
	bool is_reading = item->kind == REGISTER_REPORTED && item->key.live;
	struct store_rest parts;

	store_rest_parse(rest, tree, &parts);
	item->deadline = item->kind == REGISTER_DESIRED ? parts.deadline : NO_DEADLINE;
	item->ack = is_reading ? parts.ack : SLICE_EMPTY;
	item->axis = is_reading ? parts.axis : SLICE_EMPTY;
}
