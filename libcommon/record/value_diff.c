#include "record/value_diff.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash_map.h"
#include "base/memory.h"

const char *const diff_op_names[] = {"add", "remove", "replace"};

void value_diff_release(struct value_diff *diff)
{
	free(diff->path.segments);
	value_names_release(&diff->names);
}

void value_diff_push(struct value_diff *diff, struct slice segment)
{
	struct diff_path *path = &diff->path;

	path->segments = memory_grow(path->segments, &path->capacity, path->count + 1, sizeof *path->segments);
	path->segments[path->count++] = segment;
}

void value_diff_pop(struct value_diff *diff)
{
	diff->path.count--;
}

static int compare(struct value_diff *diff, const struct value *a, const struct value *b);

static struct tolerance tolerance_here(const struct value_diff *diff)
{
	const struct diff_rule *rule =
	    diff->rules->has_tolerances ? diff_rules_find(diff->rules, DIFF_TOLERANCE, &diff->path, false) : NULL;
	size_t length = 0;

	if (diff->known) {
		struct tolerance known = diff->known(diff->context, &diff->path, &length);

		if (length && (!rule || length > diff_rule_length(rule, &diff->path)))
			return known;
	}
	return rule ? rule->tolerance : diff->rules->tolerance;
}

static int put(struct value_diff *diff, const struct value *a, const struct value *b)
{
	return diff->found(diff, !a ? DIFF_ADD : !b ? DIFF_REMOVE : DIFF_REPLACE, a, b);
}

// ---- objects

// The next of the names that two sorted lists have, either or both at their heads.
static struct slice next_name(
    const struct value_names *names, size_t i, size_t i_end, size_t j, size_t j_end, bool *in_a, bool *in_b)
{
	int order = i == i_end ? 1
	    : j == j_end       ? -1
			       : slice_compare(value_names_get(names, i), value_names_get(names, j));

	*in_a = order <= 0;
	*in_b = order >= 0;
	return value_names_get(names, *in_a ? i : j);
}

static int compare_member(struct value_diff *diff, struct slice name, const struct value *a, const struct value *b)
{
	// Names that had to be decoded move when others are.
	char *copy = memory_dup_slice(name);
	int result;

	value_diff_push(diff, slice_of(copy, name.length));
	result = compare(diff, a, b);
	value_diff_pop(diff);
	free(copy);
	return result;
}

static int compare_objects(struct value_diff *diff, const struct value *a, const struct value *b)
{
	struct value_names *names = &diff->names;
	const struct value none = {.kind = VALUE_OBJECT};
	struct value_names_mark a_mark = value_names_push_sorted(names, diff->a_tree, a ? a : &none);
	size_t a_end = names->count;
	struct value_names_mark b_mark = value_names_push_sorted(names, diff->b_tree, b ? b : &none);
	size_t b_end = names->count, i = a_mark.first, j = a_end;
	int result = 0;

	while (!result && (i < a_end || j < b_end)) {
		bool in_a, in_b;
		struct slice name = next_name(names, i, a_end, j, b_end, &in_a, &in_b);

		result = compare_member(diff, name, in_a ? &diff->a_tree->nodes[names->items[i].node] : NULL,
		    in_b ? &diff->b_tree->nodes[names->items[j].node] : NULL);
		i += in_a;
		j += in_b;
	}
	value_names_pop(names, b_mark);
	value_names_pop(names, a_mark);
	return result;
}

// ---- arrays

struct elements {
	const struct value **items;
	size_t count;
};

static struct elements elements_of(const struct value_tree *tree, const struct value *array)
{
	struct elements elements = {.items = memory_new_zeroed((array ? array->count : 0) + 1, sizeof *elements.items)};

	for (const struct value *node = array ? value_first(tree, array) : NULL; node; node = value_next(tree, node))
		elements.items[elements.count++] = node;
	return elements;
}

static int at_index(struct value_diff *diff, size_t index, const struct value *a, const struct value *b, bool whole)
{
	char digits[24];
	int length = snprintf(digits, sizeof digits, "%zu", index);

	value_diff_push(diff, slice_of(digits, (size_t)length));
	int result = whole && diff_rules_sight(diff->rules, &diff->path).is_shown ? put(diff, a, b)
	    : whole                                                               ? 0
										  : compare(diff, a, b);

	value_diff_pop(diff);
	return result;
}

static int compare_by_index(struct value_diff *diff, struct elements a, struct elements b)
{
	size_t common = a.count < b.count ? a.count : b.count;
	int result = 0;

	for (size_t i = 0; i < common && !result; i++)
		result = at_index(diff, i, a.items[i], b.items[i], false);
	for (size_t i = a.count; i > common && !result; i--)
		result = at_index(diff, i - 1, a.items[i - 1], NULL, false);
	for (size_t i = common; i < b.count && !result; i++)
		result = at_index(diff, i, NULL, b.items[i], false);
	return result;
}

// How the elements of an array are told apart.
struct marks {
	struct hash_map map;
	size_t *first; // by entry number: the element
};

static int rule_error(struct value_diff *diff, const char *what)
{
	struct buffer path = BUFFER_INIT;

	diff_path_append(&path, &diff->path);
	error_set(diff->error, "%s: %s", path.length ? buffer_string(&path) : "the document", what);
	buffer_release(&path);
	return -1;
}

static int mark_keys(struct value_diff *diff, const struct value_tree *tree, struct elements elements,
    const struct diff_rule *rule, struct marks *marks)
{
	struct buffer text = BUFFER_INIT;
	int failed = 0;

	marks->first = memory_new_zeroed(elements.count + 1, sizeof *marks->first);
	for (size_t i = 0; i < elements.count && !failed; i++) {
		const struct value *key =
		    elements.items[i]->kind == VALUE_OBJECT ? value_member(tree, elements.items[i], rule->field) : NULL;
		int added = 1;

		if (!key) {
			failed = rule_error(diff, "an element does not have the member that --key names");
			break;
		}
		buffer_reset(&text);
		value_append_canonical(&text, tree, key);
		marks->first[hash_map_add(&marks->map, buffer_slice(&text), &added)] = i;
		if (!added)
			failed = rule_error(diff, "two elements are equal in the member that --key names");
	}
	buffer_release(&text);
	return failed;
}

static bool has_number(const struct value_tree *tree, const struct value *value)
{
	if (value->kind == VALUE_NUMBER)
		return true;
	for (const struct value *node = value_first(tree, value); node; node = value_next(tree, node))
		if (has_number(tree, node))
			return true;
	return false;
}

static int mark_set(
    struct value_diff *diff, const struct value_tree *tree, struct elements elements, struct marks *marks)
{
	struct tolerance tolerance = tolerance_here(diff);
	struct buffer text = BUFFER_INIT;
	int failed = 0;

	marks->first = memory_new_zeroed(elements.count + 1, sizeof *marks->first);
	for (size_t i = 0; i < elements.count && !failed; i++) {
		int added;

		if (!tolerance_is_exact(&tolerance) && has_number(tree, elements.items[i]))
			failed = rule_error(diff, "numbers of a --set cannot be compared with a tolerance");
		buffer_reset(&text);
		value_append_canonical(&text, tree, elements.items[i]);
		size_t at = hash_map_add(&marks->map, buffer_slice(&text), &added);

		if (added)
			marks->first[at] = i;
	}
	buffer_release(&text);
	return failed;
}

static size_t find_mark(const struct marks *marks, const struct value_tree *tree, const struct value *node)
{
	struct buffer text = BUFFER_INIT;

	value_append_canonical(&text, tree, node);
	size_t at = hash_map_find(&marks->map, buffer_slice(&text));

	buffer_release(&text);
	return at == HASH_MAP_NONE ? HASH_MAP_NONE : marks->first[at];
}

static const struct value *mark_of(
    const struct value_tree *tree, const struct value *element, const struct diff_rule *rule)
{
	return rule->kind == DIFF_KEY ? value_member(tree, element, rule->field) : element;
}

static int compare_marked(struct value_diff *diff, struct elements a, struct elements b, const struct diff_rule *rule,
    const struct marks *a_marks, const struct marks *b_marks)
{
	bool *gone = memory_new_zeroed(a.count + 1, sizeof *gone);
	size_t left = 0;
	int result = 0;

	for (size_t i = 0; i < a.count && !result; i++) {
		size_t at = find_mark(b_marks, diff->a_tree, mark_of(diff->a_tree, a.items[i], rule));

		gone[i] = at == HASH_MAP_NONE;
		left += !gone[i];
		if (!gone[i] && rule->kind == DIFF_KEY)
			result = at_index(diff, i, a.items[i], b.items[at], false);
	}
	for (size_t i = a.count; i > 0 && !result; i--)
		if (gone[i - 1])
			result = at_index(diff, i - 1, a.items[i - 1], NULL, true);
	for (size_t i = 0; i < b.count && !result; i++) {
		const struct value *mark = mark_of(diff->b_tree, b.items[i], rule);

		if (find_mark(a_marks, diff->b_tree, mark) == HASH_MAP_NONE &&
		    find_mark(b_marks, diff->b_tree, mark) == i)
			result = at_index(diff, left++, NULL, b.items[i], true);
	}
	free(gone);
	return result;
}

static int compare_by_rule(struct value_diff *diff, struct elements a, struct elements b, const struct diff_rule *rule)
{
	struct marks a_marks = {.map = HASH_MAP_INIT}, b_marks = {.map = HASH_MAP_INIT};
	int result;

	if (rule->kind == DIFF_KEY)
		result =
		    mark_keys(diff, diff->a_tree, a, rule, &a_marks) || mark_keys(diff, diff->b_tree, b, rule, &b_marks)
		    ? -1
		    : 0;
	else
		result =
		    mark_set(diff, diff->a_tree, a, &a_marks) || mark_set(diff, diff->b_tree, b, &b_marks) ? -1 : 0;
	if (!result)
		result = compare_marked(diff, a, b, rule, &a_marks, &b_marks);
	hash_map_release(&a_marks.map);
	hash_map_release(&b_marks.map);
	free(a_marks.first);
	free(b_marks.first);
	return result;
}

static const struct diff_rule *array_rule(const struct value_diff *diff)
{
	if (!diff->rules->has_arrays)
		return NULL;
	const struct diff_rule *key = diff_rules_find(diff->rules, DIFF_KEY, &diff->path, true);
	const struct diff_rule *set = diff_rules_find(diff->rules, DIFF_SET, &diff->path, true);

	return key ? key : set;
}

static int compare_arrays(struct value_diff *diff, const struct value *a, const struct value *b)
{
	const struct diff_rule *rule = array_rule(diff);
	struct elements a_elements = elements_of(diff->a_tree, a), b_elements = elements_of(diff->b_tree, b);
	int result =
	    rule ? compare_by_rule(diff, a_elements, b_elements, rule) : compare_by_index(diff, a_elements, b_elements);

	free(a_elements.items);
	free(b_elements.items);
	return result;
}

// ---- values

static bool scalars_equal(const struct value_diff *diff, const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_NUMBER) {
		struct tolerance tolerance = tolerance_here(diff);

		return tolerance_within(&tolerance, a->text, b->text);
	}
	return value_equal(diff->a_tree, a, diff->b_tree, b, 0, 0);
}

static bool is_scalar(const struct value *value)
{
	return value && value->kind != VALUE_OBJECT && value->kind != VALUE_ARRAY;
}

// What one of them has inside, or each, where only parts count.
static int compare_parts(struct value_diff *diff, const struct value *a, const struct value *b)
{
	const struct value *sides[2] = {a, b};
	int result = 0;

	for (int i = 0; i < 2 && !result; i++) {
		const struct value *one = i ? NULL : sides[0], *other = i ? sides[1] : NULL;

		if (!sides[i])
			continue;
		if (sides[i]->kind == VALUE_OBJECT)
			result = compare_objects(diff, one, other);
		else if (sides[i]->kind == VALUE_ARRAY)
			result = compare_arrays(diff, one, other);
	}
	return result;
}

// Recursion is bounded by the depth of parsed values.
static int compare(struct value_diff *diff, const struct value *a, const struct value *b)
{
	struct diff_sight sight = diff_rules_sight(diff->rules, &diff->path);

	if (!sight.is_shown && !sight.is_parted)
		return 0;
	if (a && b && a->kind == b->kind && a->kind == VALUE_OBJECT)
		return compare_objects(diff, a, b);
	if (a && b && a->kind == b->kind && a->kind == VALUE_ARRAY)
		return compare_arrays(diff, a, b);
	if (a && b && scalars_equal(diff, a, b))
		return 0;
	if (sight.is_parted && !(sight.is_shown && (is_scalar(a) || is_scalar(b))))
		return compare_parts(diff, a, b);
	return put(diff, a, b);
}

int value_diff_run(struct value_diff *diff, const struct value *a, const struct value *b)
{
	return a || b ? compare(diff, a, b) : 0;
}
