#include "twin/patch_run.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/message.h"
#include "record/display.h"
#include "twin/patch_store.h"
#include "twin/state_text.h"

// Refused operations that are told one by one.
#define TOLD 10

void patch_run_release(struct patch_run *run)
{
	patch_file_release(&run->file);
	twin_patch_release(&run->patch);
	diff_operand_release(&run->operand);
	buffer_release(&run->line);
	buffer_release(&run->out);
}

static void keep_refused(
    struct patch_run *run, const struct patch_item *item, size_t index, struct slice path, const char *reason)
{
	struct buffer *out = &run->line;

	if (!run->keep)
		return;
	buffer_reset(out);
	buffer_append_string(out, "{\"type\":\"refused\",\"reason\":\"mismatch\",\"message\":");
	json_append_string(out, slice_from_string(reason));
	buffer_printf(out, ",\"index\":%zu,\"path\":", run->file.form == PATCH_FORM_DIFF ? item->number : index);
	json_append_string(out, path);
	buffer_append_string(out, ",\"input\":");
	value_append_compact(out, item->text);
	buffer_append_char(out, '}');
	run->keep(run->context, buffer_slice(out));
}

static void refuse(void *context, const struct patch_item *item, size_t index, struct slice path, const char *reason)
{
	struct patch_run *run = context;
	struct buffer words = BUFFER_INIT;

	if (++run->refused <= TOLD) {
		if (item->entity_id.length) {
			display_append(&words, item->entity_id, 200);
			buffer_append_string(&words, ": ");
		}
		buffer_printf(&words, "operation %zu", run->file.form == PATCH_FORM_DIFF ? item->number : index);
		if (path.length) {
			buffer_append_string(&words, ", ");
			display_append(&words, path, 200);
		}
		message_print("%s: %s", buffer_string(&words), reason);
		buffer_release(&words);
	}
	keep_refused(run, item, index, path, reason);
}

// ---- documents

static bool apply_changes(struct patch_run *run, struct node_tree *tree)
{
	struct document_change *changes = memory_new_zeroed(run->file.count + 1, sizeof *changes);
	struct value_tree scratch = VALUE_TREE_INIT;
	bool right = true;
	struct error error;

	for (size_t i = 0; i < run->file.count; i++)
		changes[i] = run->file.items[i].change;
	if (run->file.count > 1)
		qsort(changes, run->file.count, sizeof *changes,
		    run->is_reversed ? document_change_compare_reversed : document_change_compare);
	for (size_t i = 0; i < run->file.count && right; i++) {
		if (document_change_apply(tree, &changes[i], &scratch, &error)) {
			refuse(run, &run->file.items[changes[i].number], 0, changes[i].path, error.message);
			right = false;
		}
	}
	value_tree_release(&scratch);
	free(changes);
	return right;
}

static bool apply_operations(
    struct patch_run *run, struct node_tree *tree, struct value_tree *parsed, const struct patch_item *item)
{
	const struct value *node = value_first(parsed, value_root(parsed));
	struct patch_operation operation;
	struct error error;

	for (size_t index = 0; node; node = value_next(parsed, node), index++) {
		if (patch_operation_read(&operation, parsed, node, &tree->arena, &error) ||
		    patch_operation_apply(tree, &operation, &error)) {
			refuse(run, item, index, operation.path, error.message);
			return false;
		}
	}
	return true;
}

static bool apply_to_document(struct patch_run *run, struct node_tree *tree, struct value_tree *trees)
{
	struct error error;

	if (run->file.form == PATCH_FORM_DIFF)
		return apply_changes(run, tree);
	for (size_t i = 0; i < run->file.count; i++) {
		const struct patch_item *item = &run->file.items[i];

		if (value_parse(&trees[i], item->text, &error)) {
			refuse(run, item, 0, SLICE_EMPTY, error.message);
			return false;
		}
		if (run->file.form == PATCH_FORM_MERGE && merge_patch_apply(tree, &trees[i], &error)) {
			refuse(run, item, 0, SLICE_EMPTY, error.message);
			return false;
		}
		if (run->file.form == PATCH_FORM_PATCH && !apply_operations(run, tree, &trees[i], item))
			return false;
	}
	return true;
}

static int patch_document(struct patch_run *run, struct error *error)
{
	struct slice text = buffer_slice(&run->operand.text);
	struct value_tree *trees = memory_new_zeroed(run->file.count + 1, sizeof *trees), parsed = VALUE_TREE_INIT;
	struct node_tree tree = NODE_TREE_INIT;
	struct error why;
	int failed = 0;

	if (value_parse(&parsed, text, &why)) {
		failed = error_set(error, "'%s' is no JSON document: %.200s", run->operand.path, why.message);
	} else {
		tree.root = node_of_value(&tree, &parsed, value_root(&parsed));
		if (!apply_to_document(run, &tree, trees))
			value_append_compact(&run->out, value_root(&parsed)->text);
		else if (tree.root)
			node_append(&run->out, tree.root);
		if (run->out.length)
			buffer_append_char(&run->out, '\n');
	}
	for (size_t i = 0; i < run->file.count; i++)
		value_tree_release(&trees[i]);
	free(trees);
	node_tree_release(&tree);
	value_tree_release(&parsed);
	return failed;
}

// ---- twins

static int compare_items(const void *a, const void *b)
{
	const struct patch_item *x = a, *y = b;
	int order = slice_compare(x->entity_id, y->entity_id);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static size_t group_end(const struct patch_file *file, size_t begin)
{
	size_t end = begin + 1;

	while (end < file->count && slice_equal(file->items[end].entity_id, file->items[begin].entity_id))
		end++;
	return end;
}

// Items that do not say whose they are, are those of the one that was named, or of the only twin.
static bool name_items(struct patch_run *run, const struct twin_set *set)
{
	struct slice name = run->entity       ? slice_from_string(run->entity)
	    : set && set->entities.count == 1 ? set->twins[0]->entity_id
					      : SLICE_EMPTY;

	for (size_t i = 0; i < run->file.count; i++) {
		struct patch_item *item = &run->file.items[i];

		if (item->entity_id.length)
			continue;
		if (!name.length) {
			refuse(run, item, 0, item->change.path, "it does not say of which twin it is: --entity does");
			return false;
		}
		item->entity_id = name;
	}
	if (run->file.count > 1)
		qsort(run->file.items, run->file.count, sizeof *run->file.items, compare_items);
	return true;
}

static void write_states(struct patch_run *run, const struct twin_set *set)
{
	struct status_rules rules = {.model = run->patch.model, .has_clock = set->has_clock, .clock = set->clock};
	struct state_writer writer;
	size_t count;
	const struct twin **sorted = twin_set_sorted(set, &count);

	state_writer_init(&writer, set, &rules);
	for (size_t i = 0; i < count; i++)
		state_append(&writer, &run->out, sorted[i]);
	state_writer_release(&writer);
	free(sorted);
}

// Every twin that the patch speaks of and that takes it goes into the result as it becomes; *patched are the ids of these.
static void patch_twins(
    struct patch_run *run, const struct twin_set *set, struct twin_set *result, struct hash_map *patched)
{
	for (size_t begin = 0, end; begin < run->file.count; begin = end) {
		const struct patch_item *items = &run->file.items[begin];
		struct slice entity_id = items->entity_id;
		const struct twin *twin = twin_set_find(set, entity_id);

		end = group_end(&run->file, begin);
		if (!twin_patch_apply(&run->patch, set, twin, entity_id, items, end - begin))
			continue;
		hash_map_add(patched, entity_id, NULL);
		twin = twin_set_find(&run->patch.set, entity_id);
		if (twin)
			twin_copy_registers(result, twin);
	}
}

static int patch_states(struct patch_run *run, struct error *error)
{
	const struct slice text = buffer_slice(&run->operand.text);
	const struct twin_source_options options = {
	    .path = run->operand.path,
	    .text = run->operand.has_text ? &text : NULL,
	    .max_line = run->max_line,
	    .rejects = run->rejects,
	    .model = run->patch.model,
	};
	struct twin_set set, result;
	struct hash_map patched = HASH_MAP_INIT;

	twin_set_init(&set);
	twin_set_init(&result);
	int failed = twin_source_fold(&set, &options, error);

	if (!failed && name_items(run, &set))
		patch_twins(run, &set, &result, &patched);
	for (size_t i = 0; i < set.entities.count && !failed; i++)
		if (hash_map_find(&patched, set.twins[i]->entity_id) == HASH_MAP_NONE)
			twin_copy_registers(&result, set.twins[i]);
	if (!failed)
		write_states(run, &result);
	hash_map_release(&patched);
	twin_set_release(&set);
	twin_set_release(&result);
	return failed;
}

static int patch_store(struct patch_run *run, struct error *error)
{
	struct patch_store into;
	struct store store;
	int got = 1;

	if (store_open(&store, run->operand.path, STORE_WRITE, STORE_LOCK_WAIT, true, error))
		return -1;
	int failed = patch_store_begin(&into, &store, &run->patch, error);

	if (!failed && name_items(run, NULL)) {
		for (size_t begin = 0, end; begin < run->file.count && got >= 0; begin = end) {
			end = group_end(&run->file, begin);
			got = patch_store_put(
			    &into, run->file.items[begin].entity_id, &run->file.items[begin], end - begin, error);
		}
		failed = got < 0 || patch_store_end(&into, !run->check, error) ? -1 : 0;
	}
	patch_store_release(&into);
	store_close(&store);
	return failed;
}

int patch_run(struct patch_run *run, struct error *error)
{
	run->patch.form = run->file.form;
	run->patch.refused = refuse;
	run->patch.context = run;
	int failed = run->operand.is_store ? patch_store(run, error)
	    : run->operand.is_document     ? patch_document(run, error)
					   : patch_states(run, error);

	if (run->refused > TOLD)
		message_print("%llu operations are refused", (unsigned long long)run->refused);
	return failed;
}
