#include "format/mqtt_properties.h"

#define NAMED_DEPTH 2 // properties, and user properties in them

void mqtt_properties_init(struct mqtt_properties *properties)
{
	*properties = (struct mqtt_properties){.inner = VALUE_TREE_INIT, .names = VALUE_NAMES_INIT};
}

void mqtt_properties_release(struct mqtt_properties *properties)
{
	value_tree_release(&properties->inner);
	value_names_release(&properties->names);
}

static bool has_repeated(struct mqtt_properties *properties, const struct value_tree *tree, const struct value *object)
{
	struct value_names_mark mark = value_names_push_sorted(&properties->names, tree, object);
	bool found = false;

	for (size_t i = mark.first + 1; i < properties->names.count && !found; i++)
		found = slice_equal(value_names_get(&properties->names, i - 1), value_names_get(&properties->names, i));
	value_names_pop(&properties->names, mark);
	return found;
}

static int append(struct buffer *out, struct mqtt_properties *properties, const struct value_tree *tree,
    const struct value *value, int depth, struct error *error);

// value: an object with names that are repeated in it or further inside.
static int append_members(struct buffer *out, struct mqtt_properties *properties, const struct value_tree *tree,
    const struct value *value, int depth, struct error *error)
{
	bool repeated = has_repeated(properties, tree, value);
	char before = repeated ? '[' : '{';

	for (const struct value *member = value_first(tree, value); member; member = value_next(tree, member)) {
		buffer_append_char(out, before);
		before = ',';
		buffer_append_string(out, repeated ? "[\"" : "\"");
		buffer_append_slice(out, member->name);
		buffer_append_string(out, repeated ? "\"," : "\":");
		if (append(out, properties, tree, member, depth, error) < 0)
			return -1;
		buffer_append_string(out, repeated ? "]" : "");
	}
	buffer_append_char(out, repeated ? ']' : '}');
	return 0;
}

static int append(struct buffer *out, struct mqtt_properties *properties, const struct value_tree *tree,
    const struct value *value, int depth, struct error *error)
{
	if (value_parse(&properties->inner, value->text, error) == 0) {
		value_append_compact(out, value->text);
		return 0;
	}
	if (value->kind != VALUE_OBJECT || depth == NAMED_DEPTH)
		return -1;
	return append_members(out, properties, tree, value, depth + 1, error);
}

int mqtt_properties_append(struct buffer *out, struct mqtt_properties *properties, const struct value_tree *tree,
    const struct value *value, struct error *error)
{
	return append(out, properties, tree, value, 0, error);
}
