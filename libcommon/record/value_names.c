#include "record/value_names.h"

#include <stdlib.h>

void value_names_release(struct value_names *names)
{
	free(names->items);
	buffer_release(&names->decoded);
	*names = (struct value_names)VALUE_NAMES_INIT;
}

static struct value_name make_name(struct value_names *names, const struct value_tree *tree, const struct value *member)
{
	struct value_name name = {member->name.data, 0, member->name.length, (uint32_t)(member - tree->nodes)};

	if (!member->name_escaped)
		return name;
	name.plain = NULL;
	name.offset = names->decoded.length;
	json_decode_string(&names->decoded, member->name);
	name.length = names->decoded.length - name.offset;
	return name;
}

static bool in_order(const struct value_names *names, const struct value_name *a, const struct value_name *b)
{
	const char *decoded = names->decoded.data;
	struct slice a_text = slice_of(a->plain ? a->plain : decoded + a->offset, a->length);
	struct slice b_text = slice_of(b->plain ? b->plain : decoded + b->offset, b->length);

	return slice_compare(a_text, b_text) <= 0;
}

static void merge(
    const struct value_names *names, const struct value_name *from, size_t left, size_t right, struct value_name *to)
{
	const struct value_name *a = from, *a_end = from + left, *b = a_end, *b_end = b + right;

	while (a < a_end && b < b_end)
		*to++ = in_order(names, a, b) ? *a++ : *b++;
	while (a < a_end)
		*to++ = *a++;
	while (b < b_end)
		*to++ = *b++;
}

// Merge sort from the bottom up: stable, and n log n whatever the names are.
static void sort(const struct value_names *names, struct value_name *items, struct value_name *spare, size_t count)
{
	struct value_name *from = items, *to = spare;

	for (size_t run = 1; run < count; run *= 2) {
		struct value_name *sorted = to;

		for (size_t at = 0; at < count; at += 2 * run) {
			size_t rest = count - at, left = rest < run ? rest : run;
			size_t right = rest - left < run ? rest - left : run;

			merge(names, from + at, left, right, to + at);
		}
		to = from;
		from = sorted;
	}
	if (from != items)
		memcpy(items, from, count * sizeof *items);
}

static bool is_sorted(const struct value_names *names, size_t first)
{
	for (size_t i = first + 1; i < names->count; i++)
		if (!in_order(names, &names->items[i - 1], &names->items[i]))
			return false;
	return true;
}

struct value_names_mark value_names_push_sorted(
    struct value_names *names, const struct value_tree *tree, const struct value *object)
{
	struct value_names_mark mark = {names->count, names->decoded.length};
	size_t count = object->count;

	// The second half is what the merges need beside the names.
	names->items = memory_grow(names->items, &names->capacity, names->count + 2 * count + 1, sizeof *names->items);
	for (const struct value *member = value_first(tree, object); member; member = value_next(tree, member))
		names->items[names->count++] = make_name(names, tree, member);
	if (!is_sorted(names, mark.first))
		sort(names, names->items + mark.first, names->items + names->count, count);
	return mark;
}

void value_names_pop(struct value_names *names, struct value_names_mark mark)
{
	names->count = mark.first;
	names->decoded.length = mark.decoded;
}
