#include "twin/store_why.h"

#include <stdlib.h>
#include <string.h>

#include "io/shared_options.h"
#include "twin/admission.h"
#include "twin/store_rest.h"

#define KINDS (SERIES_KIND(REGISTER_REPORTED) | SERIES_KIND(REGISTER_DESIRED) | SERIES_KIND(REGISTER_TOMBSTONE))
#define REFUSED_KINDS                                                                                                  \
	(SERIES_KIND(SERIES_REFUSED + REGISTER_REPORTED) | SERIES_KIND(SERIES_REFUSED + REGISTER_TOMBSTONE))

// Reading one series, the newest first.
struct walk {
	struct why *why;
	struct store_fold *fold;
	const struct store_instant *instant;
	const struct store_series *series;
	struct value_tree tree;
	bool competes;   // all of it counts; of other series, what stands in their register
	bool is_judged;  // the model may take some of it as worthless
	int64_t settled; // what was before that time is no register's
};

static void add(struct walk *walk, const struct history_item *item)
{
	struct assignment assignment;
	struct store_rest rest;

	store_item_assignment(walk->series, item, &walk->tree, &assignment);
	admission_weigh(walk->why->model, &assignment);
	store_rest_parse(item->rest, &walk->tree, &rest);
	struct why_record said = WHY_RECORD(assignment);

	said.rest = (struct assignment_rest){.has_received = item->has_received,
	    .received = item->received,
	    .metadata = rest.metadata,
	    .others = rest.others};
	said.refused = rest.refused;
	why_add(walk->why, &said);
	if (assignment.kind != REGISTER_REPORTED || reading_is_usable(&assignment.key))
		walk->settled = item->timestamp > walk->settled ? item->timestamp : walk->settled;
}

// False when the rest of the series is of no use.
static bool take(struct walk *walk, const struct history_item *item)
{
	bool is_old = item->timestamp < walk->settled;

	if (is_old && !walk->competes)
		return false;
	if (!store_fold_counts(walk->fold, walk->instant, item))
		return true;
	if (is_old && walk->why->is_distinct && !walk->is_judged && walk->why->is_known &&
	    item->timestamp < why_floor(walk->why))
		why_count(walk->why);
	else
		add(walk, item);
	return true;
}

static int read_series(struct walk *walk, struct error *error)
{
	struct history_range range = {.first = walk->series->number,
	    .last = walk->series->number,
	    .from = HISTORY_BEGIN,
	    .to = walk->instant->at == INT64_MAX ? HISTORY_END : walk->instant->at + 1,
	    .newest_first = true};
	struct history_cursor *cursor = history_cursor_open(walk->fold->history, &range, error);
	struct history_item item;
	int found = -1;

	while (cursor && (found = history_cursor_next(cursor, &item, error)) > 0)
		if (!take(walk, &item))
			break;
	if (cursor)
		history_cursor_close(cursor);
	return found < 0 ? -1 : 0;
}

// Which series are of use, and how.
struct choice {
	bool above[REGISTER_KINDS]; // something is above: then what is beside may hide it
	bool has_refused;
};

static bool is_refused(const struct store_series *series)
{
	return series->kind >= SERIES_REFUSED;
}

static enum why_relation relate(const struct why *why, const struct store_series *series)
{
	return why_relate(why, (enum register_kind)series_own_kind(series->kind), series->path);
}

static bool competes(const struct why *why, const struct store_series *series)
{
	enum why_relation relation = relate(why, series);

	return series_own_kind(series->kind) != REGISTER_DESIRED && (relation == WHY_SAME || relation == WHY_ABOVE);
}

static bool is_of_use(const struct why *why, const struct choice *choice, const struct store_series *series)
{
	enum why_relation relation = relate(why, series);

	if (is_refused(series))
		return competes(why, series);
	return relation == WHY_BESIDE ? choice->above[series->kind] : relation != WHY_NOT_NEAR;
}

// Of those of the twin: more than one twin may match what was asked for.
static struct choice look(struct why *why, const struct store_series_list *list)
{
	struct choice choice = {.has_refused = false};

	for (size_t i = 0; i < list->count; i++) {
		const struct store_series *series = &list->items[i];

		if (!slice_equal(series->entity_id, why->entity_id))
			continue;
		why->has_twin = true;
		if (is_refused(series))
			choice.has_refused |= competes(why, series);
		else
			choice.above[series->kind] |= relate(why, series) == WHY_ABOVE;
	}
	return choice;
}

// Leaves in the list only those that are of use.
static void choose(struct why *why, struct store_series_list *list)
{
	struct choice choice = look(why, list);
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct store_series *series = &list->items[i];

		if (!slice_equal(series->entity_id, why->entity_id))
			continue;
		if (is_of_use(why, &choice, series))
			list->items[kept++] = *series;
		else
			why_note_name(why, series->path);
	}
	list->count = kept;
	store_series_complete(list);
	why->is_distinct = !choice.has_refused;
}

static int read_all(struct walk *walk, struct error *error)
{
	const struct store_series_list *list = &walk->fold->series;

	for (size_t i = 0; i < list->count; i++) {
		walk->series = &list->items[i];
		walk->settled = is_refused(walk->series) ? INT64_MAX : INT64_MIN;
		walk->competes = competes(walk->why, walk->series);
		walk->is_judged = admission_judges_values(walk->why->model, walk->series->path);
		if (read_series(walk, error))
			return -1;
	}
	return 0;
}

static int read_chosen(struct walk *walk, struct error *error)
{
	choose(walk->why, &walk->fold->series);
	if (store_fold_begin(walk->fold, walk->instant, error) || read_all(walk, error) ||
	    store_fold_end(walk->fold, error))
		return -1;
	walk->why->undated = walk->fold->undated;
	return 0;
}

// An id, as the glob that matches nothing else (but what has a NUL in it).
static void append_glob(struct buffer *out, struct slice id)
{
	for (size_t i = 0; i < id.length; i++) {
		if (strchr("*?[\\", id.data[i]) && id.data[i])
			buffer_append_char(out, '\\');
		buffer_append_char(out, id.data[i]);
	}
}

static int read_history(struct why *why, struct store *store, const struct store_instant *instant, struct error *error)
{
	struct buffer glob = BUFFER_INIT;

	append_glob(&glob, why->entity_id);
	const char *name = buffer_string(&glob);
	struct store_series_choice choice = {
	    .entities = &(struct option_list){.items = &name, .count = 1}, .kinds = KINDS | REFUSED_KINDS};
	struct store_fold fold;
	struct walk walk = {.why = why, .fold = &fold, .instant = instant};
	int failed = store_fold_open(&fold, store, why->model, &choice, error) || read_chosen(&walk, error);

	value_tree_release(&walk.tree);
	store_fold_release(&fold);
	buffer_release(&glob);
	return failed ? -1 : 0;
}

// What registers hold, one record in each line.
static int read_lines(struct why *why, struct store *store, struct slice text, struct error *error)
{
	struct assignments list = ASSIGNMENTS_INIT;
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;
	struct buffer line = BUFFER_INIT;
	struct record record;
	struct error cause;
	int failed = 0;

	record_scanner_init(&scanner);
	while (text.length && !failed) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;

		buffer_reset(&line);
		buffer_append(&line, text.data, length);
		buffer_reserve(&line, LINE_SCAN_PADDING);
		text = slice_skip(text, length + 1);
		if (record_scan(&scanner, buffer_slice(&line), &arena, &record, &cause) ||
		    assignments_of_record(&list, &record, &cause))
			failed = error_set(error, "store '%s' is damaged: a twin: %.200s", store->path, cause.message);
		else
			why_add_record(why, &record, &list, NULL, NULL);
	}
	record_scanner_release(&scanner);
	arena_release(&arena);
	assignments_release(&list);
	buffer_release(&line);
	return failed;
}

static int read_registers(struct why *why, struct store *store, struct error *error)
{
	sqlite3_stmt *rows = NULL;
	int failed = -1;

	if (store_prepare(store, &rows, "SELECT state FROM twins WHERE entity_id = ?1", error))
		return -1;
	store_bind_text(rows, 1, why->entity_id);
	int row = store_step(store, rows, error);

	if (row >= 0)
		failed = row ? read_lines(why, store, store_text(rows, 0), error) : 0;
	sqlite3_finalize(rows);
	return failed;
}

static bool is_always(const struct store_instant *instant)
{
	return instant->at == INT64_MAX && instant->known_at == INT64_MAX && instant->revision == INT64_MAX;
}

int store_why(struct why *why, struct store *store, const struct store_instant *instant, struct error *error)
{
	if (!store->has_history && is_always(instant))
		return read_registers(why, store, error);
	return read_history(why, store, instant, error);
}
