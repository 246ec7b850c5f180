#include "record/patch_text.h"

#include <stdlib.h>

#include "base/memory.h"

struct patch_writer {
	struct buffer *out;
	bool is_any;
	void *context; // of the comparison
	struct tolerance (*known)(void *context, const struct diff_path *path, size_t *length);
};

static struct tolerance known_to_caller(void *context, const struct diff_path *path, size_t *length)
{
	const struct patch_writer *writer = context;

	return writer->known(writer->context, path, length);
}

static void put_operation(
    struct patch_writer *writer, const char *op, const struct diff_path *path, const struct value *value)
{
	struct buffer pointer = BUFFER_INIT;

	if (writer->is_any)
		buffer_append_char(writer->out, ',');
	writer->is_any = true;
	diff_path_append(&pointer, path);
	buffer_printf(writer->out, "{\"op\":\"%s\",\"path\":", op);
	json_append_string(writer->out, buffer_slice(&pointer));
	if (value) {
		buffer_append_string(writer->out, ",\"value\":");
		value_append_compact(writer->out, value->text);
	}
	buffer_append_char(writer->out, '}');
	buffer_release(&pointer);
}

static int put_found(struct value_diff *diff, enum diff_op op, const struct value *from, const struct value *to)
{
	struct patch_writer *writer = diff->context;

	if (op != DIFF_ADD)
		put_operation(writer, "test", &diff->path, from);
	put_operation(writer, diff_op_names[op], &diff->path, to);
	return 0;
}

int patch_append(struct buffer *out, struct value_diff *diff, const struct value *a, const struct value *b)
{
	struct patch_writer writer = {.out = out, .context = diff->context, .known = diff->known};

	diff->found = put_found;
	diff->context = &writer;
	if (diff->known)
		diff->known = known_to_caller;
	int result = value_diff_run(diff, a, b);

	diff->context = writer.context;
	diff->known = writer.known;
	return result ? -1 : writer.is_any;
}

// ---- merge patches

static bool has_null_member(const struct value_tree *tree, const struct value *value)
{
	if (value->kind != VALUE_OBJECT)
		return false;
	for (const struct value *node = value_first(tree, value); node; node = value_next(tree, node))
		if (node->kind == VALUE_NULL || has_null_member(tree, node))
			return true;
	return false;
}

static int refuse(struct value_diff *diff, const char *what)
{
	struct buffer path = BUFFER_INIT;

	diff_path_append(&path, &diff->path);
	error_set(
	    diff->error, "%s: a merge patch cannot say %s", path.length ? buffer_string(&path) : "the document", what);
	buffer_release(&path);
	return -1;
}

static int merge(struct value_diff *diff, struct buffer *out, const struct value *a, const struct value *b);

static int merge_member(
    struct value_diff *diff, struct buffer *out, const struct value *a, const struct value *b, struct slice name)
{
	char *copy = memory_dup_slice(name);
	size_t before = out->length;

	if (before && out->data[before - 1] != '{')
		buffer_append_char(out, ',');
	json_append_string(out, name);
	buffer_append_char(out, ':');
	value_diff_push(diff, slice_of(copy, name.length));
	int result = merge(diff, out, a, b);

	value_diff_pop(diff);
	free(copy);
	if (result <= 0)
		out->length = before;
	return result;
}

static int merge_objects(struct value_diff *diff, struct buffer *out, const struct value *a, const struct value *b)
{
	struct value_names *names = &diff->names;
	struct value_names_mark a_mark = value_names_push_sorted(names, diff->a_tree, a);
	size_t a_end = names->count;
	struct value_names_mark b_mark = value_names_push_sorted(names, diff->b_tree, b);
	size_t b_end = names->count, i = a_mark.first, j = a_end;
	bool is_any = false;
	int result = 0;

	buffer_append_char(out, '{');
	while (result >= 0 && (i < a_end || j < b_end)) {
		int order = i == a_end ? 1
		    : j == b_end       ? -1
				       : slice_compare(value_names_get(names, i), value_names_get(names, j));
		struct slice name = value_names_get(names, order <= 0 ? i : j);

		result = merge_member(diff, out, order <= 0 ? &diff->a_tree->nodes[names->items[i].node] : NULL,
		    order >= 0 ? &diff->b_tree->nodes[names->items[j].node] : NULL, name);
		is_any |= result > 0;
		i += order <= 0;
		j += order >= 0;
	}
	buffer_append_char(out, '}');
	value_names_pop(names, b_mark);
	value_names_pop(names, a_mark);
	return result < 0 ? -1 : is_any;
}

static int stop_at_first(struct value_diff *diff, enum diff_op op, const struct value *from, const struct value *to)
{
	(void)diff, (void)op, (void)from, (void)to;
	return 1;
}

// 1 when it has appended what makes b of a, 0 when nothing differs.
static int merge(struct value_diff *diff, struct buffer *out, const struct value *a, const struct value *b)
{
	if (a && b && a->kind == VALUE_OBJECT && b->kind == VALUE_OBJECT)
		return merge_objects(diff, out, a, b);
	int result = value_diff_run(diff, a, b);

	if (result <= 0)
		return result;
	struct diff_sight sight = diff_rules_sight(diff->rules, &diff->path);

	if (!sight.is_shown || sight.is_parted)
		return refuse(diff, "a part of what is added, removed or an array");
	if (b && b->kind == VALUE_NULL && diff->path.count)
		return refuse(diff, "null, which removes");
	if (b && has_null_member(diff->b_tree, b))
		return refuse(diff, "a member that is null, which removes");
	if (b && b->kind == VALUE_ARRAY && a && a->kind == VALUE_ARRAY &&
	    diff_rules_find(diff->rules, DIFF_KEY, &diff->path, true))
		return refuse(diff, "what becomes of one element of an array");
	if (b)
		value_append_compact(out, b->text);
	else
		buffer_append_string(out, "null");
	return 1;
}

int merge_patch_append(struct buffer *out, struct value_diff *diff, const struct value *a, const struct value *b)
{
	diff->found = stop_at_first;
	return merge(diff, out, a, b);
}
