// libFuzzer target: value_parse must accept what jansson accepts, with the same values, and its own texts must be stable.
#include <stdlib.h>

#include "jansson_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_texts(struct value_tree *tree, struct slice text)
{
	struct buffer canonical = BUFFER_INIT, compact = BUFFER_INIT, again = BUFFER_INIT;
	struct value_tree other = VALUE_TREE_INIT;
	struct error error;

	value_append_compact(&compact, text);
	require(value_parse(&other, buffer_slice(&compact), &error) == 0);
	require(value_equal(tree, value_root(tree), &other, value_root(&other), 0, 0));
	value_append_canonical(&canonical, tree, value_root(tree));
	require(value_parse(&other, buffer_slice(&canonical), &error) == 0);
	require(value_equal(tree, value_root(tree), &other, value_root(&other), 0, 0));
	value_append_canonical(&again, &other, value_root(&other));
	require(slice_equal(buffer_slice(&canonical), buffer_slice(&again)));
	value_tree_release(&other);
	buffer_release(&canonical);
	buffer_release(&compact);
	buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;

	require(compare_with_jansson(&tree, text) != COMPARISON_DIFFERS);
	if (value_parse(&tree, text, &error) == 0)
		check_texts(&tree, text);
	value_tree_release(&tree);
	return 0;
}
