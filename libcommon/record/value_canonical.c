#include "base/decimal.h"
#include "record/value.h"
#include "record/value_names.h"

struct writer {
	struct buffer *out;
	const struct value_tree *tree;
	struct value_names names;
	struct buffer scratch;
};

// What needs no escape as input is never escaped in the output, so only names and strings with a backslash are decoded.
static void append_string(struct writer *w, struct slice raw, bool escaped)
{
	if (escaped) {
		buffer_reset(&w->scratch);
		json_decode_string(&w->scratch, raw);
		json_append_string(w->out, buffer_slice(&w->scratch));
		return;
	}
	buffer_append_char(w->out, '"');
	buffer_append_slice(w->out, raw);
	buffer_append_char(w->out, '"');
}

static void append_value(struct writer *w, const struct value *value);

static void append_array(struct writer *w, const struct value *array)
{
	buffer_append_char(w->out, '[');
	for (const struct value *v = value_first(w->tree, array); v; v = value_next(w->tree, v)) {
		append_value(w, v);
		if (v->next)
			buffer_append_char(w->out, ',');
	}
	buffer_append_char(w->out, ']');
}

static void append_object(struct writer *w, const struct value *object)
{
	struct value_names_mark mark = value_names_push_sorted(&w->names, w->tree, object);

	buffer_append_char(w->out, '{');
	for (size_t i = 0; i < object->count; i++) {
		const struct value *member = &w->tree->nodes[w->names.items[mark.first + i].node];

		if (i)
			buffer_append_char(w->out, ',');
		append_string(w, member->name, member->name_escaped);
		buffer_append_char(w->out, ':');
		append_value(w, member);
	}
	buffer_append_char(w->out, '}');
	value_names_pop(&w->names, mark);
}

// Recursion is bounded by VALUE_DEPTH_MAX.
static void append_value(struct writer *w, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NUMBER:
		decimal_append_canonical(w->out, value->text);
		break;
	case VALUE_STRING:
		append_string(w, slice_of(value->text.data + 1, value->text.length - 2), value->escaped);
		break;
	case VALUE_ARRAY:
		append_array(w, value);
		break;
	case VALUE_OBJECT:
		append_object(w, value);
		break;
	case VALUE_NULL:
	case VALUE_FALSE:
	case VALUE_TRUE:
		buffer_append_slice(w->out, value->text);
	}
}

void value_append_canonical(struct buffer *out, const struct value_tree *tree, const struct value *value)
{
	struct writer writer = {out, tree, VALUE_NAMES_INIT, BUFFER_INIT};

	append_value(&writer, value);
	value_names_release(&writer.names);
	buffer_release(&writer.scratch);
}
