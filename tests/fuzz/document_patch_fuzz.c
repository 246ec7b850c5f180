// libFuzzer target: two documents, one a line. Their difference makes the second of the first, and undone the first of the second, as JSON Patch
// too; and the second line taken as a patch of the first leaves a document that is JSON.
#include <stdlib.h>

#include "record/document_patch.h"
#include "record/patch_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_equal(const struct node_tree *tree, const struct value_tree *want)
{
	struct node_tree other = NODE_TREE_INIT;

	require(tree->root && node_equal(tree->root, node_of_value(&other, want, value_root(want))));
	node_tree_release(&other);
}

static void apply_changes(const struct value_tree *a, const struct value_tree *b, struct document_diff *list)
{
	struct node_tree tree = NODE_TREE_INIT;
	struct value_tree scratch = VALUE_TREE_INIT;
	struct error error;

	tree.root = node_of_value(&tree, a, value_root(a));
	if (list->count > 1)
		qsort(list->items, list->count, sizeof *list->items, document_change_compare);
	for (size_t i = 0; i < list->count; i++)
		require(document_change_apply(&tree, &list->items[i], &scratch, &error) == 0);
	require_equal(&tree, b);
	for (size_t i = 0; i < list->count; i++)
		document_change_reverse(&list->items[i]);
	if (list->count > 1)
		qsort(list->items, list->count, sizeof *list->items, document_change_compare_reversed);
	for (size_t i = 0; i < list->count; i++)
		require(document_change_apply(&tree, &list->items[i], &scratch, &error) == 0);
	require_equal(&tree, a);
	value_tree_release(&scratch);
	node_tree_release(&tree);
}

// Whether all operations have been applied.
static bool apply_operations(const struct value_tree *a, const struct value_tree *patch, struct node_tree *tree)
{
	bool right = true;

	tree->root = node_of_value(tree, a, value_root(a));
	for (const struct value *node = value_first(patch, value_root(patch)); node && right;
	     node = value_next(patch, node)) {
		struct patch_operation operation;
		struct error error;

		right = patch_operation_read(&operation, patch, node, &tree->arena, &error) == 0 &&
		    patch_operation_apply(tree, &operation, &error) == 0;
	}
	return right;
}

static void apply_patch(const struct value_tree *a, const struct value_tree *b, struct value_diff *diff)
{
	struct buffer text = BUFFER_INIT;
	struct value_tree patch = VALUE_TREE_INIT;
	struct node_tree tree = NODE_TREE_INIT;
	struct error error;

	buffer_append_char(&text, '[');
	require(patch_append(&text, diff, value_root(a), value_root(b)) >= 0);
	buffer_append_char(&text, ']');
	if (value_parse(&patch, buffer_slice(&text), &error) == 0) {
		require(apply_operations(a, &patch, &tree));
		require_equal(&tree, b);
	}
	node_tree_release(&tree);
	value_tree_release(&patch);
	buffer_release(&text);
}

static void apply_as_patch(const struct value_tree *a, const struct value_tree *b)
{
	struct node_tree tree = NODE_TREE_INIT, merged = NODE_TREE_INIT;
	struct value_tree parsed = VALUE_TREE_INIT;
	struct buffer text = BUFFER_INIT;
	struct error error;

	apply_operations(a, b, &tree);
	if (tree.root) {
		node_append(&text, tree.root);
		require(value_parse(&parsed, buffer_slice(&text), &error) == 0);
	}
	merged.root = node_of_value(&merged, a, value_root(a));
	if (merge_patch_apply(&merged, b, &error) == 0) {
		buffer_reset(&text);
		node_append(&text, merged.root);
		require(value_parse(&parsed, buffer_slice(&text), &error) == 0);
	}
	buffer_release(&text);
	value_tree_release(&parsed);
	node_tree_release(&tree);
	node_tree_release(&merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	const char *newline = memchr(text.data ? text.data : "", '\n', size);
	struct value_tree a = VALUE_TREE_INIT, b = VALUE_TREE_INIT;
	struct diff_rules rules = DIFF_RULES_INIT;
	struct error error;
	struct value_diff diff = {.rules = &rules, .error = &error};

	if (newline && value_parse(&a, slice_of(text.data, (size_t)(newline - text.data)), &error) == 0 &&
	    value_parse(&b, slice_skip(text, (size_t)(newline - text.data) + 1), &error) == 0) {
		struct document_diff list = DOCUMENT_DIFF_INIT;

		require(document_diff_make(&list, &diff, &a, &b) >= 0);
		apply_changes(&a, &b, &list);
		apply_patch(&a, &b, &diff);
		apply_as_patch(&a, &b);
		document_diff_release(&list);
	}
	value_diff_release(&diff);
	value_tree_release(&a);
	value_tree_release(&b);
	return 0;
}
