#include "record/document_diff.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/record_text.h"

void document_diff_release(struct document_diff *list)
{
	free(list->items);
	arena_release(&list->arena);
	buffer_release(&list->text);
}

static struct slice compact(struct document_diff *list, const struct value *value)
{
	if (!value)
		return SLICE_EMPTY;
	buffer_reset(&list->text);
	value_append_compact(&list->text, value->text);
	return arena_dup(&list->arena, buffer_slice(&list->text));
}

static int note(struct value_diff *diff, enum diff_op op, const struct value *from, const struct value *to)
{
	struct document_diff *list = diff->context;

	list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	struct document_change *change = &list->items[list->count];

	buffer_reset(&list->text);
	diff_path_append(&list->text, &diff->path);
	change->path = arena_dup(&list->arena, buffer_slice(&list->text));
	change->op = op;
	change->from = compact(list, from);
	change->to = compact(list, to);
	change->number = list->count++;
	return 0;
}

// Takes the first segment off a pointer: false at its end.
static bool next_segment(struct slice *pointer, struct slice *segment)
{
	if (!pointer->length)
		return false;
	const char *begin = pointer->data + 1;
	const char *slash = memchr(begin, '/', pointer->length - 1);
	size_t length = slash ? (size_t)(slash - begin) : pointer->length - 1;

	*segment = slice_of(begin, length);
	*pointer = slice_skip(*pointer, length + 1);
	return true;
}

static bool is_index(struct slice segment)
{
	for (size_t i = 0; i < segment.length; i++)
		if (segment.data[i] < '0' || segment.data[i] > '9')
			return false;
	return segment.length && (segment.data[0] != '0' || segment.length == 1);
}

static unsigned char decoded_byte(struct slice *rest)
{
	char c = rest->data[0];

	if (c == '~' && rest->length > 1) {
		c = rest->data[1] == '1' ? '/' : '~';
		*rest = slice_skip(*rest, 1);
	}
	*rest = slice_skip(*rest, 1);
	return (unsigned char)c;
}

static int compare_segments(struct slice a, struct slice b)
{
	if (is_index(a) && is_index(b) && a.length != b.length)
		return a.length < b.length ? -1 : 1;
	while (a.length && b.length) {
		unsigned char x = decoded_byte(&a), y = decoded_byte(&b);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.length > 0) - (b.length > 0);
}

static int compare_paths(const void *a, const void *b)
{
	const struct document_change *x = a, *y = b;
	struct slice x_path = x->path, y_path = y->path, x_segment, y_segment;
	int order = 0;

	while (!order) {
		bool x_more = next_segment(&x_path, &x_segment), y_more = next_segment(&y_path, &y_segment);

		if (!x_more || !y_more) {
			order = x_more - y_more;
			break;
		}
		order = compare_segments(x_segment, y_segment);
	}
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

// A change at the end of its path that moves the elements behind it.
static bool is_structural(const struct document_change *change, struct slice rest)
{
	return !rest.length && change->op != DIFF_REPLACE;
}

int document_change_compare(const void *a, const void *b)
{
	const struct document_change *x = a, *y = b;
	struct slice x_rest = x->path, y_rest = y->path, x_segment, y_segment;

	for (;;) {
		bool x_more = next_segment(&x_rest, &x_segment), y_more = next_segment(&y_rest, &y_segment);

		if (!x_more || !y_more)
			return x_more != y_more ? y_more - x_more : (x->op == DIFF_ADD) - (y->op == DIFF_ADD);
		bool x_moves = is_structural(x, x_rest), y_moves = is_structural(y, y_rest);

		if (x_moves != y_moves)
			// Below one another, or beside: what is inside comes first.
			return x_moves ? 1 : -1;
		if (x_moves && x->op != y->op)
			return x->op == DIFF_REMOVE ? -1 : 1;
		int order = compare_segments(x_segment, y_segment);

		if (order)
			return x_moves && x->op == DIFF_REMOVE ? -order : order;
		if (x_moves)
			return (x->number > y->number) - (x->number < y->number);
	}
}

int document_change_compare_reversed(const void *a, const void *b)
{
	struct document_change x = *(const struct document_change *)a, y = *(const struct document_change *)b;

	x.op = x.op == DIFF_REPLACE ? DIFF_REPLACE : x.op == DIFF_ADD ? DIFF_REMOVE : DIFF_ADD;
	y.op = y.op == DIFF_REPLACE ? DIFF_REPLACE : y.op == DIFF_ADD ? DIFF_REMOVE : DIFF_ADD;
	return document_change_compare(&y, &x);
}

int document_diff_make(
    struct document_diff *list, struct value_diff *diff, const struct value_tree *a, const struct value_tree *b)
{
	diff->a_tree = a;
	diff->b_tree = b;
	diff->found = note;
	diff->context = list;
	if (value_diff_run(diff, value_root(a), value_root(b)))
		return -1;
	if (list->count > 1)
		qsort(list->items, list->count, sizeof *list->items, compare_paths);
	return list->count > 0;
}
