#include "twin/three_way_parts.h"

static bool values_equal(struct slice a, struct slice b)
{
	struct value_tree a_tree = VALUE_TREE_INIT, b_tree = VALUE_TREE_INIT;
	struct error ignored;

	if (slice_equal(a, b))
		return true;
	bool equal = value_parse(&a_tree, a, &ignored) == 0 && value_parse(&b_tree, b, &ignored) == 0 &&
	    value_equal(&a_tree, value_root(&a_tree), &b_tree, value_root(&b_tree), 0, 0);

	value_tree_release(&a_tree);
	value_tree_release(&b_tree);
	return equal;
}

static bool spans_equal(const struct span *a, const struct span *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!slice_equal(a->leaves[i].path, b->leaves[i].path) ||
		    !slice_equal(a->leaves[i].unit, b->leaves[i].unit) ||
		    !values_equal(a->leaves[i].value, b->leaves[i].value))
			return false;
	return true;
}

// One may have an object as the value of one property, another as properties of their own: they show the same.
static bool shown_equal(struct slice path, const struct span *a, const struct span *b)
{
	bool a_is_one = a->count == 1 && a->leaves[0].path.length == path.length,
	     b_is_one = b->count == 1 && b->leaves[0].path.length == path.length;
	struct buffer a_text = BUFFER_INIT, b_text = BUFFER_INIT;

	if (a_is_one == b_is_one || !a->count || !b->count)
		return spans_equal(a, b);
	span_append_value(&a_text, path, a);
	span_append_value(&b_text, path, b);
	bool equal = values_equal(buffer_slice(&a_text), buffer_slice(&b_text));

	buffer_release(&a_text);
	buffer_release(&b_text);
	return equal;
}

void three_way_classify(const struct span *spans, size_t count, struct slice path, size_t *classes)
{
	for (size_t i = 0; i < count; i++) {
		classes[i] = i;
		for (size_t j = 0; j < i; j++) {
			if (classes[j] == j && shown_equal(path, &spans[j], &spans[i])) {
				classes[i] = j;
				break;
			}
		}
	}
}
