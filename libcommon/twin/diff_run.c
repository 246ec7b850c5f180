#include "twin/diff_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "io/atomic_file.h"
#include "io/input.h"
#include "record/document_diff.h"
#include "twin/twin_document.h"

#define DOCUMENT_MAX ((size_t)1 << 32)

// ---- what the operands are

void diff_operand_release(struct diff_operand *operand)
{
	buffer_release(&operand->text);
}

static bool is_file(const char *path)
{
	struct stat status;

	return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int read_head(const char *path, struct buffer *head, struct error *error)
{
	struct input input;
	ssize_t got;

	if (input_open(&input, path, error))
		return -1;
	do {
		got = input_read(&input, buffer_reserve(head, 1 << 18), 1 << 18, error);
		head->length += got > 0 ? (size_t)got : 0;
	} while (got > 0 && !memchr(head->data, '\n', head->length) && head->length < DOCUMENT_MAX);
	input_close(&input);
	return got < 0 ? -1 : 0;
}

// A line that is an object with the id of a twin is a record, whatever follows; anything else may be a document.
static bool begins_with_record(struct slice text)
{
	const char *newline = memchr(text.data, '\n', text.length);
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;
	const struct value *id = NULL;

	if (newline)
		text.length = (size_t)(newline - text.data);
	if (value_parse(&tree, text, &ignored) == 0 && value_root(&tree)->kind == VALUE_OBJECT)
		id = value_member(&tree, value_root(&tree), SLICE_LITERAL("entity_id"));
	bool is_record = id && id->kind == VALUE_STRING;

	value_tree_release(&tree);
	return is_record;
}

static bool is_one_value(struct slice text)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;
	bool is_one = value_parse(&tree, text, &ignored) == 0;

	value_tree_release(&tree);
	return is_one;
}

static int look_at_text(struct diff_operand *operand, int input, struct error *error)
{
	operand->has_text = true;
	if (file_read_whole(operand->path, DOCUMENT_MAX, &operand->text, error))
		return -1;
	operand->is_document = input == DIFF_INPUT_DOCUMENT ||
	    (input == DIFF_INPUT_AUTO && !begins_with_record(buffer_slice(&operand->text)) &&
		is_one_value(buffer_slice(&operand->text)));
	return 0;
}

int diff_operand_find(struct diff_operand *operand, const char *path, int input, bool sorted, struct error *error)
{
	struct buffer head = BUFFER_INIT;

	*operand = (struct diff_operand){.path = path, .can_restart = is_file(path)};
	if (!operand->can_restart)
		return sorted ? 0 : look_at_text(operand, input, error);
	int failed = read_head(path, &head, error);
	struct slice begin = buffer_slice(&head);

	operand->is_store = !failed && input != DIFF_INPUT_DOCUMENT &&
	    slice_starts_with(begin, slice_of("SQLite format 3", sizeof "SQLite format 3"));
	if (!failed && !operand->is_store && !sorted && input != DIFF_INPUT_RECORDS &&
	    (input == DIFF_INPUT_DOCUMENT || !begins_with_record(begin)))
		failed = look_at_text(operand, input, error);
	buffer_release(&head);
	return failed;
}

// ---- documents

static int compare_documents(struct diff_run *run, struct error *error)
{
	struct value_tree trees[2] = {VALUE_TREE_INIT, VALUE_TREE_INIT};
	struct value_diff values = {.rules = run->diff.rules, .error = error};
	struct error why;
	int result = 0;

	for (int side = 0; side < 2 && !result; side++)
		if (value_parse(&trees[side], buffer_slice(&run->operands[side].text), &why))
			result =
			    error_set(error, "'%s' is no JSON document: %.200s", run->operands[side].path, why.message);
	if (!result) {
		struct document_diff list = DOCUMENT_DIFF_INIT;

		result = document_diff_make(&list, &values, &trees[0], &trees[1]);
		for (size_t i = 0; i < list.count && result >= 0; i++) {
			const struct document_change *change = &list.items[i];
			const struct difference difference = {.entity_id = SLICE_EMPTY,
			    .path = change->path,
			    .op = change->op,
			    .from = change->from,
			    .to = change->to,
			    .from_metadata = SLICE_EMPTY,
			    .to_metadata = SLICE_EMPTY};

			diff_output_put(&run->output, &difference);
		}
		document_diff_release(&list);
		if (result >= 0 &&
		    diff_output_patch(&run->output, &values, SLICE_EMPTY, value_root(&trees[0]), value_root(&trees[1])))
			result = -1;
	}
	value_diff_release(&values);
	value_tree_release(&trees[0]);
	value_tree_release(&trees[1]);
	return result;
}

// ---- twins

static bool wants_patches(const struct diff_run *run)
{
	return run->output.sink && (run->output.form == DIFF_FORM_PATCH || run->output.form == DIFF_FORM_MERGE);
}

// What is left of the document of a twin that is gone.
static void put_bare(struct buffer *out, struct slice entity_id)
{
	buffer_append_string(out, "{\"entity_id\":");
	json_append_string(out, entity_id);
	buffer_append_char(out, '}');
}

// The views are those that the comparison of the registers has drawn.
static int put_patches(struct diff_run *run, struct slice entity_id, struct error *error)
{
	struct value_tree trees[2] = {VALUE_TREE_INIT, VALUE_TREE_INIT};
	struct buffer texts[2] = {BUFFER_INIT, BUFFER_INIT};
	struct value_diff values = {
	    .rules = run->diff.rules, .known = twin_diff_known, .context = &run->diff, .error = error};
	const struct value *roots[2] = {NULL, NULL};
	int failed = 0;

	values.path.base = 1;
	for (int side = 0; side < 2 && !failed; side++) {
		if (!twin_document_append(&texts[side], &run->diff.views[side]) && !roots[0])
			continue;
		if (!texts[side].length)
			put_bare(&texts[side], entity_id);
		failed = value_parse(&trees[side], buffer_slice(&texts[side]), error);
		roots[side] = failed ? NULL : value_root(&trees[side]);
	}
	values.a_tree = &trees[0];
	values.b_tree = &trees[1];
	if (!failed)
		failed = diff_output_patch(&run->output, &values, entity_id, roots[0], roots[1]);
	for (int side = 0; side < 2; side++) {
		value_tree_release(&trees[side]);
		buffer_release(&texts[side]);
	}
	value_diff_release(&values);
	return failed;
}

static int compare_twins(struct diff_run *run, struct twin_source *sources[2], struct error *error)
{
	struct twin_side sides[2] = {{.twin = NULL}, {.twin = NULL}};
	struct slice entity_id = SLICE_EMPTY;

	for (int side = 0; side < 2; side++) {
		if (!sources[side])
			continue;
		if (twin_source_twin(sources[side], &sides[side].twin, error))
			return -1;
		sides[side].set = &sources[side]->set;
		entity_id = sources[side]->entity_id;
	}
	int result = twin_diff_run(&run->diff, sides[0], sides[1], error);

	if (result > 0 && wants_patches(run) && put_patches(run, entity_id, error))
		return -1;
	return result;
}

static int compare_next(
    struct diff_run *run, struct twin_source *a, struct twin_source *b, int order, struct error *error)
{
	// What is made of the same text is the same; most of two snapshots is.
	if (order == 0 && a->text.length && slice_equal(a->text, b->text))
		return 0;
	return compare_twins(run, (struct twin_source *[2]){order <= 0 ? a : NULL, order >= 0 ? b : NULL}, error);
}

static int merge_join(struct diff_run *run, struct twin_source *a, struct twin_source *b, struct error *error)
{
	int a_got = twin_source_next(a, error), b_got = a_got < 0 ? -1 : twin_source_next(b, error), result = 0;

	while (a_got >= 0 && b_got >= 0 && (a_got || b_got)) {
		int order = !a_got ? 1 : !b_got ? -1 : slice_compare(a->entity_id, b->entity_id);
		int one = compare_next(run, a, b, order, error);

		if (one < 0)
			return -1;
		result |= one;
		if (result && run->brief)
			return 1;
		if (order <= 0)
			a_got = twin_source_next(a, error);
		if (order >= 0 && a_got >= 0)
			b_got = twin_source_next(b, error);
	}
	return a_got < 0 || b_got < 0 ? -1 : result;
}

static struct twin_source_options source_options(
    const struct diff_run *run, const struct diff_operand *operand, const struct slice *text, bool sorted)
{
	return (struct twin_source_options){
	    .path = operand->path,
	    .text = operand->has_text ? text : NULL,
	    .is_store = operand->is_store,
	    .sorted = sorted,
	    .max_line = run->max_line,
	    .rejects = run->rejects,
	    .entities = run->entities,
	    .model = run->model,
	    .before_wait = run->before_wait,
	    .context = run->context,
	};
}

static int compare_sources(struct diff_run *run, bool sorted, struct error *error)
{
	const struct slice texts[2] = {buffer_slice(&run->operands[0].text), buffer_slice(&run->operands[1].text)};
	struct twin_source sources[2];
	int opened = 0, result = 0;

	while (opened < 2 && !result) {
		struct twin_source_options options =
		    source_options(run, &run->operands[opened], &texts[opened], sorted);

		result = twin_source_open(&sources[opened], &options, error);
		opened++;
	}
	if (!result)
		result = merge_join(run, &sources[0], &sources[1], error);
	while (opened)
		twin_source_close(&sources[--opened]);
	return result;
}

// Twin by twin, as if the records were in order and all of them were right. What was written is held back, and forgotten where they are not.
static int try_sorted(struct diff_run *run, bool *done, struct error *error)
{
	struct rejects *rejects = run->rejects, none;
	uint64_t count = run->diff.count;

	rejects_init(&none, true);
	none.quiet = true;
	emit_hold(run->emit);
	run->rejects = &none;
	run->before_wait = NULL;
	int result = compare_sources(run, true, error);

	*done = result >= 0;
	if (*done)
		emit_release_held(run->emit);
	else
		emit_drop_held(run->emit);
	rejects_release(&none);
	run->rejects = rejects;
	if (!*done)
		run->diff.count = count;
	return result;
}

static bool can_try(const struct diff_run *run)
{
	// Counts cannot be taken back.
	return run->operands[0].can_restart && run->operands[1].can_restart && !run->operands[0].has_text &&
	    !run->operands[1].has_text && run->output.form != DIFF_FORM_STAT;
}

static void put_difference(void *context, const struct difference *difference)
{
	diff_output_put(context, difference);
}

int diff_run(struct diff_run *run, struct error *error)
{
	const struct diff_operand *a = &run->operands[0], *b = &run->operands[1];
	int result = -1;
	bool done = false;

	run->diff.found = put_difference;
	run->diff.context = &run->output;
	if (a->is_document != b->is_document)
		return error_set(error, "'%s' is a document and '%s' is not", a->is_document ? a->path : b->path,
		    a->is_document ? b->path : a->path);
	if (a->is_document)
		result = compare_documents(run, error);
	else if (run->sorted)
		result = compare_sources(run, true, error);
	else if (can_try(run))
		result = try_sorted(run, &done, error);
	if (!a->is_document && !run->sorted && !done)
		result = compare_sources(run, false, error);
	if (result >= 0)
		diff_output_finish(&run->output);
	return result;
}
