#include "twin/twin_source.h"

#include <stdlib.h>

#include "io/shared_options.h"
#include "twin/admission.h"

static void put_all(struct twin_set *set, const struct model *model, struct assignments *said)
{
	for (size_t i = 0; i < said->count; i++) {
		admission_weigh(model, &said->items[i]);
		twin_set_put(set, &said->items[i]);
	}
}

static int stopped(struct error *error)
{
	error->message[0] = '\0';
	return -1;
}

static bool is_wanted(const struct twin_source_options *options, const struct record *record)
{
	return record->type != RECORD_OTHER &&
	    (!options->entities || globs_match(options->entities, record->text[MEMBER_ENTITY_ID]));
}

static int fold_record(struct twin_set *set, const struct twin_source_options *options, struct assignments *said,
    const struct record *record, struct error *error)
{
	struct error why;

	if (!is_wanted(options, record))
		return 0;
	if (assignments_of_record(said, record, &why))
		return rejects_add(options->rejects, options->path, record->line_number, record->line, why.message)
		    ? stopped(error)
		    : 0;
	put_all(set, options->model, said);
	return 0;
}

// ---- records in memory

static int fold_line(struct twin_set *set, const struct twin_source_options *options, struct store_state *scratch,
    struct slice line, uint64_t number, struct error *error)
{
	struct record record;
	struct error why;

	buffer_reset(&scratch->text);
	buffer_append_slice(&scratch->text, line);
	buffer_reserve(&scratch->text, LINE_SCAN_PADDING);
	arena_reset(&scratch->arena);
	if (line.length > options->max_line)
		error_set(&why, "the line is too long: %zu bytes", line.length);
	else if (record_scan(&scratch->scanner, buffer_slice(&scratch->text), &scratch->arena, &record, &why) == 0) {
		record.line_number = number;
		return fold_record(set, options, &scratch->assignments, &record, error);
	}
	return rejects_add(options->rejects, options->path, number, line, why.message) ? stopped(error) : 0;
}

static int fold_text(struct twin_set *set, const struct twin_source_options *options, struct slice text,
    uint64_t number, struct error *error)
{
	struct store_state scratch;
	int failed = 0;

	store_state_init(&scratch, NULL, set, options->model);
	for (; text.length && !failed; number++) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;
		struct slice line = slice_of(text.data, length);

		text = slice_skip(text, length + 1);
		if (line.length && line.data[line.length - 1] == '\r')
			line.length--;
		if (line.length)
			failed = fold_line(set, options, &scratch, line, number, error);
	}
	store_state_release(&scratch);
	return failed;
}

// ---- records of a file

static struct record_reader *open_reader(const struct twin_source_options *options, char **operand)
{
	*operand = (char *)(uintptr_t)options->path;
	const struct record_reader_options reading = {
	    .operands = operand,
	    .operand_count = 1,
	    .max_line = options->max_line,
	    .rejects = options->rejects,
	    .before_wait = options->before_wait,
	    .context = options->context,
	};

	return record_reader_new(&reading);
}

// 1, 0 at the end, -1 with error.
static int next_record(struct record_reader *reader, const struct record **record, struct error *error)
{
	for (;;) {
		switch (record_reader_next(reader, READER_NO_DEADLINE, record, error)) {
		case READER_RECORD:
			return 1;
		case READER_END:
			return 0;
		case READER_ERROR:
			return -1;
		case READER_STOPPED:
			return stopped(error);
		default:
			break;
		}
	}
}

int twin_source_fold(struct twin_set *set, const struct twin_source_options *options, struct error *error)
{
	struct assignments said = ASSIGNMENTS_INIT;
	const struct record *record;
	char *operand;
	int got;

	if (options->text)
		return fold_text(set, options, *options->text, 1, error);
	struct record_reader *reader = open_reader(options, &operand);

	while ((got = next_record(reader, &record, error)) > 0)
		if (fold_record(set, options, &said, record, error)) {
			got = -1;
			break;
		}
	record_reader_free(reader);
	assignments_release(&said);
	return got;
}

// ---- stores

static int open_store(struct twin_source *source, struct error *error)
{
	if (store_open(&source->store, source->options.path, STORE_READ, 0, false, error))
		return -1;
	store_state_init(&source->state, &source->store, &source->set, source->options.model);
	return store_look(&source->store, error) < 0 ||
		store_prepare(
		    &source->store, &source->rows, "SELECT entity_id, state FROM twins ORDER BY entity_id", error)
	    ? -1
	    : 0;
}

static int next_row(struct twin_source *source, struct error *error)
{
	int row;

	while ((row = store_step(&source->store, source->rows, error)) > 0) {
		source->entity_id = store_text(source->rows, 0);
		source->text = store_text(source->rows, 1);
		if (source->text.length &&
		    (!source->options.entities || globs_match(source->options.entities, source->entity_id)))
			break;
	}
	return row;
}

// ---- twins

int twin_source_open(struct twin_source *source, const struct twin_source_options *options, struct error *error)
{
	*source = (struct twin_source){.options = *options};
	twin_set_init(&source->set);
	if (options->is_store)
		return open_store(source, error);
	if (options->sorted) {
		source->reader = open_reader(options, &source->operand);
		int got = next_record(source->reader, &source->pending, error);

		if (got == 0)
			source->pending = NULL;
		return got < 0 ? -1 : 0;
	}
	if (twin_source_fold(&source->set, options, error))
		return -1;
	source->sorted = twin_set_sorted(&source->set, &source->count);
	return 0;
}

void twin_source_close(struct twin_source *source)
{
	if (source->options.is_store) {
		sqlite3_finalize(source->rows);
		if (source->state.store)
			store_state_release(&source->state);
		store_close(&source->store);
	}
	record_reader_free(source->reader);
	free(source->sorted);
	buffer_release(&source->name);
	buffer_release(&source->lines);
	twin_set_release(&source->set);
}

static int fail_order(struct twin_source *source, struct error *error)
{
	const struct record *record = source->pending;
	struct slice id = record->text[MEMBER_ENTITY_ID];

	source->is_unsorted = true;
	return error_set(error, "%s:%llu: '%.*s' comes behind '%.*s': the twins are not sorted by entity_id",
	    source->options.path, (unsigned long long)record->line_number, (int)(id.length < 100 ? id.length : 100),
	    id.data, (int)(source->name.length < 100 ? source->name.length : 100), source->name.data);
}

// The records of one twin, which stand together.
static int next_group(struct twin_source *source, struct error *error)
{
	int got = 1;

	while (source->pending && !is_wanted(&source->options, source->pending)) {
		got = next_record(source->reader, &source->pending, error);
		if (got <= 0)
			source->pending = NULL;
	}
	if (!source->pending)
		return got < 0 ? -1 : 0;
	struct slice id = source->pending->text[MEMBER_ENTITY_ID];

	if (source->name.data && slice_compare(id, buffer_slice(&source->name)) <= 0)
		return fail_order(source, error);
	buffer_reset(&source->name);
	buffer_append_slice(&source->name, id);
	buffer_reset(&source->lines);
	source->line_number = source->pending->line_number;
	do {
		if (is_wanted(&source->options, source->pending)) {
			buffer_append_slice(&source->lines, source->pending->line);
			buffer_append_char(&source->lines, '\n');
		}
		got = next_record(source->reader, &source->pending, error);
	} while (got > 0 &&
	    (source->pending->type == RECORD_OTHER ||
		slice_equal(source->pending->text[MEMBER_ENTITY_ID], buffer_slice(&source->name))));
	if (got <= 0)
		source->pending = NULL;
	source->entity_id = buffer_slice(&source->name);
	source->text = buffer_slice(&source->lines);
	return got < 0 ? -1 : 1;
}

int twin_source_next(struct twin_source *source, struct error *error)
{
	source->text = SLICE_EMPTY;
	if (source->options.is_store)
		return next_row(source, error);
	if (source->options.sorted)
		return next_group(source, error);
	if (source->at == source->count)
		return 0;
	source->entity_id = source->sorted[source->at++]->entity_id;
	return 1;
}

int twin_source_twin(struct twin_source *source, const struct twin **twin, struct error *error)
{
	if (source->sorted) {
		*twin = source->sorted[source->at - 1];
		return 0;
	}
	twin_set_release(&source->set);
	twin_set_init(&source->set);
	int failed = source->options.is_store
	    ? store_state_join(&source->state, source->text, error)
	    : fold_text(&source->set, &source->options, source->text, source->line_number, error);

	*twin = twin_set_find(&source->set, source->entity_id);
	return failed;
}
