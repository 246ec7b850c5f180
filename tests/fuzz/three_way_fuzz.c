// libFuzzer target: three documents, a line each, merged three ways. The order of the sides must not show, and where only one of them has changed
// anything the result is that one.
#include <stdlib.h>

#include "twin/three_way.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void count_conflict(void *context, const struct merge_conflict *conflict)
{
	struct buffer text = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;

	merge_conflict_append(&text, conflict);
	require(value_parse(&tree, buffer_slice(&text), &error) == 0);
	value_tree_release(&tree);
	buffer_release(&text);
	++*(size_t *)context;
}

// The merged document; nothing when one of them cannot be merged.
static void merge(
    struct slice a, struct slice b, struct slice base, const char *prefer, struct buffer *out, size_t *conflicts)
{
	char a_name[] = "a", b_name[] = "b", base_name[] = "base", *names[] = {a_name, b_name, base_name};
	const struct slice texts[] = {a, b, base};
	struct replicas replicas;
	struct merge_rules rules = {.model = NULL};
	struct twin_set merged;
	struct error error;

	replicas_init(&replicas, names, 3, true, NULL);
	twin_set_init(&merged);
	require(merge_rules_read(&rules, prefer, NULL, &replicas, &error) == 0);
	for (size_t i = 0; i < 3; i++) {
		buffer_append_slice(&replicas.items[i].text, texts[i]);
		replicas.items[i].is_document = true;
	}
	if (replicas_finish(&replicas, &error) == 0) {
		struct three_way way = {.replicas = &replicas,
		    .rules = &rules,
		    .merged = &merged,
		    .conflict = count_conflict,
		    .context = conflicts};

		three_way_init(&way);
		three_way_merge(&way);
		require(way.remaining + way.resolved == *conflicts);
		three_way_release(&way);
		replica_append_document(out, &merged);
	}
	replicas_release(&replicas);
	twin_set_release(&merged);
}

static bool is_equal(struct slice a, struct slice b)
{
	struct value_tree a_tree = VALUE_TREE_INIT, b_tree = VALUE_TREE_INIT;
	struct error error;
	bool equal = value_parse(&a_tree, a, &error) == 0 && value_parse(&b_tree, b, &error) == 0 &&
	    value_equal(&a_tree, value_root(&a_tree), &b_tree, value_root(&b_tree), 0, 0);

	value_tree_release(&a_tree);
	value_tree_release(&b_tree);
	return equal;
}

static void check_order(const struct slice texts[3], const char *prefer)
{
	struct buffer one = BUFFER_INIT, other = BUFFER_INIT;
	size_t conflicts = 0, others = 0;

	merge(texts[0], texts[1], texts[2], prefer, &one, &conflicts);
	merge(texts[1], texts[0], texts[2], prefer, &other, &others);
	require(conflicts == others && slice_equal(buffer_slice(&one), buffer_slice(&other)));
	buffer_release(&one);
	buffer_release(&other);
}

static void check_one_change(const struct slice texts[3])
{
	struct buffer one = BUFFER_INIT;
	size_t conflicts = 0;

	merge(texts[0], texts[2], texts[2], NULL, &one, &conflicts);
	require(!conflicts && (!one.length || is_equal(buffer_slice(&one), texts[0])));
	buffer_release(&one);
}

static bool is_document(struct slice text)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	bool is = value_parse(&tree, text, &error) == 0 && value_root(&tree)->kind == VALUE_OBJECT;

	value_tree_release(&tree);
	return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_of((const char *)data, size), texts[3];

	for (size_t i = 0; i < 3; i++) {
		const char *newline = rest.length ? memchr(rest.data, '\n', rest.length) : NULL;

		texts[i] = slice_of(rest.data, newline ? (size_t)(newline - rest.data) : rest.length);
		rest = slice_skip(rest, texts[i].length + 1);
		if (!is_document(texts[i]))
			return 0;
	}
	check_order(texts, NULL);
	check_order(texts, "min");
	check_order(texts, "mean");
	check_one_change(texts);
	return 0;
}
