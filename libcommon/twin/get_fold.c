#include <stdlib.h>

#include "base/message.h"
#include "twin/admission.h"
#include "twin/get.h"
#include "twin/store_state.h"

bool get_is_past(const struct get_question *question)
{
	return question->has_at || question->has_known_at || question->has_revision;
}

// Whether an age can matter: only then it does when the newest of all readings was taken.
static bool needs_clock(const struct get *get)
{
	return !get->rules.has_clock && (get->model || get->rules.stale_after);
}

static void see_clock(struct get *get, int64_t timestamp)
{
	struct twin_set *set = &get->set;

	if (!set->has_clock || timestamp > set->clock)
		set->clock = timestamp;
	set->has_clock = true;
}

static int join_rows(struct get *get, struct store_state *state, sqlite3_stmt *rows, struct error *error)
{
	const struct option_list *entities = &get->question->entities;
	int row;

	while ((row = store_step(get->store, rows, error)) > 0) {
		struct slice entity_id = store_text(rows, 2);

		if (!globs_match(entities, entity_id))
			continue;
		if (store_state_join(state, store_text(rows, 1), error)) {
			sqlite3_reset(rows);
			return -1;
		}
		struct twin *twin = twin_set_find(&get->set, entity_id);

		if (twin)
			twin->revision = (uint64_t)sqlite3_column_int64(rows, 0);
	}
	return row;
}

static int fold_states(struct get *get, struct error *error)
{
	const struct option_list *entities = &get->question->entities;
	struct store_state state;
	sqlite3_stmt *rows = NULL;
	int failed = 0;

	store_state_init(&state, get->store, &get->set, get->model);
	if (globs_are_names(entities)) {
		failed = store_prepare(
		    get->store, &rows, "SELECT revision, state, entity_id FROM twins WHERE entity_id = ?1", error);
		for (size_t i = 0; !failed && i < entities->count; i++) {
			store_bind_text(rows, 1, slice_from_string(entities->items[i]));
			failed = join_rows(get, &state, rows, error);
		}
	} else {
		failed = store_prepare(get->store, &rows, "SELECT revision, state, entity_id FROM twins", error) ||
		    join_rows(get, &state, rows, error);
	}
	sqlite3_finalize(rows);
	store_state_release(&state);
	if (get->store->has_clock)
		see_clock(get, get->store->clock);
	return failed ? -1 : 0;
}

void get_tell_undated(const struct get *get, uint64_t undated)
{
	if (get->question->has_known_at && undated && !get->quiet)
		message_print("%llu records do not say when they were received: they count as known from the start",
		    (unsigned long long)undated);
}

static int fold_past(struct get *get, struct error *error)
{
	const struct get_question *question = get->question;
	// Whose newest reading says what time it was then is not known before all have been looked at.
	struct store_series_choice choice = {
	    .entities = needs_clock(get) ? NULL : &question->entities, .kinds = SERIES_ALL_KINDS};
	struct store_fold fold;
	int failed = store_fold_open(&fold, get->store, get->model, &choice, error) ||
	    store_fold_history(&fold, &question->instant, error);

	if (!failed) {
		twin_set_release(&get->set);
		get->set = fold.set;
		twin_set_init(&fold.set);
		get_tell_undated(get, fold.undated);
	}
	store_fold_release(&fold);
	return failed ? -1 : 0;
}

static int check_past(const struct get *get, const struct record *record, struct error *error)
{
	if (get_is_past(get->question) && (record->type == RECORD_STATE || record->type == RECORD_CHANGE))
		return error_set(error, "a %s does not say what was before: ask a store, or a recording of readings",
		    record->type == RECORD_STATE ? "state" : "change");
	return 0;
}

int get_records(struct get *get, get_take *take, void *context, struct error *error)
{
	struct assignments assignments = ASSIGNMENTS_INIT;
	const struct record *record;
	struct error why;
	int got;

	while ((got = record_streams_read(&get->streams, &record, error)) > 0) {
		if (assignments_of_record(&assignments, record, &why)) {
			if (!rejects_add(&get->streams.rejects, record_reader_source(get->streams.reader),
				record->line_number, record->line, why.message))
				continue;
			error->message[0] = '\0';
			got = -1;
		} else if (check_past(get, record, error) || take(context, record, &assignments, error)) {
			got = -1;
		}
		if (got < 0)
			break;
	}
	record_streams_end_input(&get->streams);
	assignments_release(&assignments);
	return got;
}

// Folding records.
struct folding {
	struct get *get;
	uint64_t undated;
};

// What the record says, as far as the question lets it count.
static int fold_record(void *context, const struct record *record, struct assignments *assignments, struct error *error)
{
	struct folding *folding = context;
	struct get *get = folding->get;
	const struct get_question *question = get->question;
	bool is_dated = record_has(record, MEMBER_RECEIVED);

	(void)error;
	if (is_dated && record->received > question->instant.known_at)
		return 0;
	for (size_t i = 0; i < assignments->count; i++) {
		struct assignment *item = &assignments->items[i];

		if (item->key.timestamp > question->instant.at)
			continue;
		folding->undated += !is_dated;
		if (item->kind == REGISTER_REPORTED || item->kind == REGISTER_TOMBSTONE)
			see_clock(get, item->key.timestamp);
		if (!globs_match(&question->entities, item->entity_id))
			continue;
		admission_weigh(get->model, item);
		twin_set_put(&get->set, item);
	}
	return 0;
}

static int fold_records(struct get *get, struct error *error)
{
	struct folding folding = {.get = get};
	int failed = get_records(get, fold_record, &folding, error);

	get_tell_undated(get, folding.undated);
	return failed;
}

int get_fold(struct get *get, struct error *error)
{
	if (!get->store)
		return fold_records(get, error);
	return get_is_past(get->question) ? fold_past(get, error) : fold_states(get, error);
}
