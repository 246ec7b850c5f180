#include "twin/replica.h"

#include <stdlib.h>

#include "base/memory.h"
#include "twin/document.h"
#include "twin/view.h"

#define FIRST_READ ((size_t)64 << 10)

// A document is held in memory in one piece, with its tree.
#define DOCUMENT_SIZE_MAX ((size_t)1 << 30)

void replicas_init(
    struct replicas *replicas, char *const *operands, size_t count, bool has_base, const struct model *model)
{
	*replicas = (struct replicas){.items = memory_new_zeroed(count + 1, sizeof(struct replica)),
	    .count = count,
	    .has_base = has_base,
	    .model = model,
	    .assignments = ASSIGNMENTS_INIT};
	for (size_t i = 0; i < count; i++) {
		replicas->items[i] = (struct replica){.name = operands[i], .text = BUFFER_INIT};
		twin_set_init(&replicas->items[i].set);
	}
}

void replicas_release(struct replicas *replicas)
{
	for (size_t i = 0; i < replicas->count; i++) {
		twin_set_release(&replicas->items[i].set);
		buffer_release(&replicas->items[i].text);
	}
	free(replicas->items);
	assignments_release(&replicas->assignments);
}

// Reads on until text holds its first line that says something, or all. 1 when it does, 0 at the end, -1.
static int read_first_line(struct input *input, struct buffer *text, size_t *begin, size_t *end, struct error *error)
{
	size_t seen = 0;

	for (*begin = 0;;) {
		for (; seen < text->length; seen++) {
			if (text->data[seen] == '\n' && seen > *begin) {
				*end = seen;
				return 1;
			}
			if (*begin == seen && (unsigned char)text->data[seen] <= ' ')
				*begin = seen + 1;
		}
		ssize_t got = input_read(input, buffer_reserve(text, FIRST_READ), FIRST_READ, error);

		if (got <= 0) {
			*end = text->length;
			return (int)got;
		}
		text->length += (size_t)got;
	}
}

static bool is_record(struct slice line)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;
	bool is = value_parse(&tree, line, &ignored) == 0 && value_root(&tree)->kind == VALUE_OBJECT &&
	    (value_member(&tree, value_root(&tree), SLICE_LITERAL("entity_id")) ||
		value_member(&tree, value_root(&tree), SLICE_LITERAL("type")));

	value_tree_release(&tree);
	return is;
}

static bool is_document(struct slice text)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;
	bool is = value_parse(&tree, text, &ignored) == 0 && value_root(&tree)->kind == VALUE_OBJECT;

	value_tree_release(&tree);
	return is;
}

static int read_rest(struct input *input, struct buffer *text, struct error *error)
{
	for (;;) {
		ssize_t got = input_read(input, buffer_reserve(text, FIRST_READ), FIRST_READ, error);

		if (got <= 0)
			return (int)got;
		text->length += (size_t)got;
		if (text->length > DOCUMENT_SIZE_MAX)
			return error_set(
			    error, "'%s': no records, and too long for a document", input_display_name(input));
	}
}

int replicas_opened(void *context, size_t operand, struct input *input, struct error *error)
{
	struct replica *replica = &((struct replicas *)context)->items[operand];
	struct buffer *text = &replica->text;
	size_t begin, end;
	int got = read_first_line(input, text, &begin, &end, error);

	if (got < 0)
		return -1;
	if (slice_starts_with(buffer_slice(text), SLICE_LITERAL("SQLite format 3")))
		return error_set(error, "'%s' is a store, whose states twin-get prints", input_display_name(input));
	replica->is_empty = begin == text->length;
	if (!replica->is_empty && text->data[begin] == '{' && !is_record(slice_of(text->data + begin, end - begin))) {
		if (got && read_rest(input, text, error))
			return -1;
		replica->is_document = is_document(buffer_slice(text));
	}
	if (replica->is_document)
		return 0;
	input_give_back(input, text->data, text->length);
	*text = (struct buffer)BUFFER_INIT;
	return 0;
}

int replicas_take(struct replicas *replicas, const struct record *record, struct twin_set *set, struct error *error)
{
	struct assignments *list = &replicas->assignments;

	if (!replicas->model && twin_set_take_newer(set, record))
		return 0;
	if (assignments_of_record(list, record, error))
		return -1;
	for (size_t i = 0; i < list->count; i++) {
		struct assignment *item = &list->items[i];
		double quality = item->key.quality;

		admission_weigh(replicas->model, item);
		// What the model thinks of a value does not make it one that was deleted.
		if (replicas->has_base)
			item->key.quality = quality;
		twin_set_put(set, item);
	}
	return 0;
}

// A document is what a state without metadata says, of no twin and no time.
static int take_document(struct replicas *replicas, struct replica *replica, struct error *error)
{
	struct record record = {.type = RECORD_STATE, .present = MEMBER_BIT(MEMBER_PROPERTIES), .quality = 1};
	struct error inner;

	record.text[MEMBER_ENTITY_ID] = SLICE_EMPTY;
	record.text[MEMBER_PROPERTIES] = buffer_slice(&replica->text);
	record.kind[MEMBER_PROPERTIES] = VALUE_OBJECT;
	// Also where it has no members: the twin is there.
	twin_set_add(&replica->set, SLICE_EMPTY);
	replicas->model = NULL;
	return replicas_take(replicas, &record, &replica->set, &inner)
	    ? error_set(error, "'%s': %s", replica->name, inner.message)
	    : 0;
}

int replicas_finish(struct replicas *replicas, struct error *error)
{
	const struct replica *document = NULL, *other = NULL;

	for (size_t i = 0; i < replicas->count; i++) {
		const struct replica *replica = &replicas->items[i];
		bool is_empty_base = replica->is_empty && replicas->has_base && i + 1 == replicas->count;

		if (replica->is_document)
			document = replica;
		else if (!is_empty_base)
			other = replica;
	}
	if (document && other)
		return error_set(
		    error, "'%s' is a document, and '%s' is none: they cannot be merged", document->name, other->name);
	for (size_t i = 0; i < replicas->count; i++)
		if (replicas->items[i].is_document && take_document(replicas, &replicas->items[i], error))
			return -1;
	return 0;
}

bool replicas_are_documents(const struct replicas *replicas)
{
	return replicas->items[0].is_document;
}

static void join_register(struct twin_set *into, const struct series *series, const struct fold_register *held)
{
	struct assignment item = register_assignment(series, held);

	item.hash = assignment_hash(item.kind, item.entity_id, item.path);
	twin_set_put(into, &item);
}

void replica_join(struct twin_set *into, const struct twin_set *set)
{
	for (size_t i = 0; i < set->entities.count; i++) {
		struct twin *twin = set->twins[i];
		const struct series whole = {.kind = REGISTER_TOMBSTONE, .twin = twin};

		if (twin->tombstone.handle)
			join_register(into, &whole, &twin->tombstone);
		for (const struct series *series = twin->series; series; series = series->next) {
			if (series->usable.handle)
				join_register(into, series, &series->usable);
			if (series->last.handle && series->last.handle != series->usable.handle)
				join_register(into, series, &series->last);
		}
	}
}

void replica_append_document(struct buffer *out, const struct twin_set *set)
{
	const struct twin *twin = twin_set_find(set, SLICE_EMPTY);
	struct twin_view view = TWIN_VIEW_INIT;
	const struct view_list *list = &view.kinds[REGISTER_REPORTED];
	struct document_writer document;

	document_begin(&document, out);
	if (twin)
		twin_view_draw(&view, set, twin);
	for (size_t i = 0; i < list->count; i++) {
		const struct series *series = list->entries[i].series;
		struct assignment item = register_assignment(series, &series->usable);

		if (entry_is_shown(&list->entries[i]))
			document_put(&document, item.path, item.tail.value);
	}
	document_end(&document);
	twin_view_release(&view);
}
