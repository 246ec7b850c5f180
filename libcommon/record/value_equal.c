#include "base/decimal.h"
#include "record/value.h"
#include "record/value_names.h"

struct comparison {
	const struct value_tree *a_tree;
	const struct value_tree *b_tree;
	double absolute;
	double relative;
	struct value_names names;
	struct buffer a_scratch;
	struct buffer b_scratch;
};

static bool strings_equal(struct comparison *c, struct slice a, bool a_escaped, struct slice b, bool b_escaped)
{
	if (!a_escaped && !b_escaped)
		return slice_equal(a, b);
	buffer_reset(&c->a_scratch);
	buffer_reset(&c->b_scratch);
	json_decode_string(&c->a_scratch, a);
	json_decode_string(&c->b_scratch, b);
	return slice_equal(buffer_slice(&c->a_scratch), buffer_slice(&c->b_scratch));
}

static struct slice inside_quotes(const struct value *string)
{
	return slice_of(string->text.data + 1, string->text.length - 2);
}

static bool values_equal(struct comparison *c, const struct value *a, const struct value *b);

// Children in the order they stand in.
static bool children_equal(struct comparison *c, const struct value *a, const struct value *b)
{
	a = value_first(c->a_tree, a);
	b = value_first(c->b_tree, b);
	while (a && b && values_equal(c, a, b)) {
		a = value_next(c->a_tree, a);
		b = value_next(c->b_tree, b);
	}
	return !a && !b;
}

static bool same_name_order(struct comparison *c, const struct value *a, const struct value *b)
{
	a = value_first(c->a_tree, a);
	b = value_first(c->b_tree, b);
	while (a && b && strings_equal(c, a->name, a->name_escaped, b->name, b->name_escaped)) {
		a = value_next(c->a_tree, a);
		b = value_next(c->b_tree, b);
	}
	return !a && !b;
}

static bool sorted_members_equal(struct comparison *c, const struct value *a, const struct value *b)
{
	struct value_names_mark a_mark = value_names_push_sorted(&c->names, c->a_tree, a);
	struct value_names_mark b_mark = value_names_push_sorted(&c->names, c->b_tree, b);
	bool equal = true;

	// All names first: a push further down moves decoded ones.
	for (size_t i = 0; equal && i < a->count; i++)
		equal = slice_equal(
		    value_names_get(&c->names, a_mark.first + i), value_names_get(&c->names, b_mark.first + i));
	for (size_t i = 0; equal && i < a->count; i++)
		equal = values_equal(c, &c->a_tree->nodes[c->names.items[a_mark.first + i].node],
		    &c->b_tree->nodes[c->names.items[b_mark.first + i].node]);
	value_names_pop(&c->names, a_mark);
	return equal;
}

// Recursion is bounded by VALUE_DEPTH_MAX, and each pair of values is compared once.
static bool values_equal(struct comparison *c, const struct value *a, const struct value *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	switch (a->kind) {
	case VALUE_NUMBER:
		return decimal_within(a->text, b->text, c->absolute, c->relative);
	case VALUE_STRING:
		return strings_equal(c, inside_quotes(a), a->escaped, inside_quotes(b), b->escaped);
	case VALUE_ARRAY:
		return children_equal(c, a, b);
	case VALUE_OBJECT:
		return same_name_order(c, a, b) ? children_equal(c, a, b) : sorted_members_equal(c, a, b);
	case VALUE_NULL:
	case VALUE_FALSE:
	case VALUE_TRUE:
		break;
	}
	return true;
}

bool value_equal(const struct value_tree *a_tree, const struct value *a, const struct value_tree *b_tree,
    const struct value *b, double absolute, double relative)
{
	struct comparison comparison = {a_tree, b_tree, absolute, relative, VALUE_NAMES_INIT, BUFFER_INIT, BUFFER_INIT};
	bool equal = values_equal(&comparison, a, b);

	value_names_release(&comparison.names);
	buffer_release(&comparison.a_scratch);
	buffer_release(&comparison.b_scratch);
	return equal;
}
