#include "twin/desire_store.h"

#include "base/nearest.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "twin/admission.h"
#include "twin/desire_value.h"

#define REFUSED_TOLD 10

void desire_store_init(struct desire_store *into, struct store *store, const struct model *model)
{
	*into = (struct desire_store){.store = store, .model = model, .rules = {.model = model}};
	twin_set_init(&into->set);
	store_twins_init(&into->twins, store, &into->set, model);
	state_writer_init(&into->writer, &into->set, &into->rules);
}

void desire_store_release(struct desire_store *into)
{
	state_writer_release(&into->writer);
	store_twins_release(&into->twins);
	twin_set_release(&into->set);
	twin_view_release(&into->view);
	buffer_release(&into->refused);
	buffer_release(&into->notes);
}

// What is desired above or below it: of several the one with the largest key.
static const struct view_entry *find_rival(const struct desire_store *into, struct slice path)
{
	const struct view_list *desired = &into->view.kinds[REGISTER_DESIRED];
	const struct view_entry *newest = NULL;

	for (size_t i = 0; i < desired->count; i++) {
		const struct view_entry *entry = &desired->entries[i];
		struct slice other = series_path(entry->series);

		if (!entry->has_usable ||
		    (!property_path_is_under(path, other) && !property_path_is_under(other, path)))
			continue;
		if (!newest || fold_compare(&entry->series->usable, &newest->series->usable, into->view.owner) > 0)
			newest = entry;
	}
	return newest;
}

static void append_desire(struct buffer *out, const struct assignment *item)
{
	struct slice id = desire_shown(item->tail.command_id);

	buffer_append_string(out, item->key.live ? "a desire of " : "a withdrawal of ");
	timestamp_append(out, item->key.timestamp);
	if (id.length)
		buffer_printf(out, " (command %.*s)", (int)id.length, id.data);
}

void desire_store_append_winner(struct desire_store *into, struct buffer *out, const struct assignment *wish)
{
	const struct fold_register *tombstone = &into->twin->tombstone;
	const struct view_entry *entry = view_list_find(&into->view.kinds[REGISTER_DESIRED], wish->path);
	const struct view_entry *rival = find_rival(into, wish->path);

	if (entry && !twin_set_holds(&into->set, wish)) {
		struct assignment held = register_assignment(entry->series, &entry->series->usable);

		append_desire(out, &held);
		buffer_append_string(out, " stands");
	} else if (entry && rival) {
		struct assignment held = register_assignment(rival->series, &rival->series->usable);
		struct slice path = desire_shown(held.path);

		append_desire(out, &held);
		buffer_printf(out, " of %.*s stands", (int)path.length, path.data);
	} else if (tombstone->handle) {
		buffer_append_string(out, "the twin was deleted at ");
		timestamp_append(out, tombstone->key.timestamp);
	}
}

static const char *reason_of(enum fold_outcome outcome)
{
	static const char *const reasons[] = {
	    [FOLD_TAKEN] = "hidden",
	    [FOLD_STALE] = "stale",
	    [FOLD_OUTRANKED] = "outranked",
	    [FOLD_DUPLICATE] = "hidden",
	    [FOLD_CONFLICT] = "conflict",
	};

	return reasons[outcome];
}

static bool is_desired(const struct desire_store *into, const struct assignment *wish)
{
	const struct view_entry *entry = view_list_find(&into->view.kinds[REGISTER_DESIRED], wish->path);

	return !wish->key.live || (entry && entry_is_shown(entry));
}

static void tell_refused(struct desire_store *into, const struct assignment *wish, enum fold_outcome outcome)
{
	struct slice path = desire_shown(wish->path);

	buffer_printf(&into->refused, "%.*s is refused: %s: ", (int)path.length, path.data, reason_of(outcome));
	desire_store_append_winner(into, &into->refused, wish);
	buffer_append_char(&into->refused, '\n');
}

// Whether something is reported at the path, or above or below it.
static bool is_reported_near(const struct view_list *reported, struct slice path)
{
	size_t at = view_list_behind(reported, path);

	if (at < reported->count && property_path_is_under(series_path(reported->entries[at].series), path))
		return true;
	for (; at; at = reported->entries[at - 1].above) {
		struct slice other = series_path(reported->entries[at - 1].series);

		if (slice_equal(other, path) || property_path_is_under(path, other))
			return true;
	}
	return false;
}

// The property that was probably meant, or one without text.
static void find_nearest(const struct view_list *reported, struct slice path, struct buffer *found)
{
	char *typed = memory_dup_slice(path);
	struct nearest nearest;

	nearest_init(&nearest, typed, path.length);
	for (size_t i = 0; i < reported->count; i++) {
		char *word = memory_dup_slice(series_path(reported->entries[i].series));
		const char *before = nearest.word;

		nearest_offer(&nearest, word);
		if (nearest.word != before) {
			buffer_reset(found);
			buffer_append_string(found, word);
			nearest.word = "";
		}
		free(word);
	}
	free(typed);
}

static void note_unreported(struct desire_store *into, const struct assignment *wish)
{
	const struct view_list *reported = &into->view.kinds[REGISTER_REPORTED];
	struct slice path = desire_shown(wish->path);
	struct buffer meant = BUFFER_INIT;

	find_nearest(reported, wish->path, &meant);
	buffer_printf(&into->notes, "%.*s has never been reported", (int)path.length, path.data);
	if (meant.length)
		buffer_printf(&into->notes, ": did you mean '%s'?", buffer_string(&meant));
	buffer_append_char(&into->notes, '\n');
	buffer_release(&meant);
}

static bool is_desired_near(const struct view_list *desired, struct slice path)
{
	for (size_t at = view_list_behind(desired, path); at < desired->count; at++) {
		if (!property_path_is_under(series_path(desired->entries[at].series), path))
			break;
		if (entry_is_shown(&desired->entries[at]))
			return true;
	}
	const struct view_entry *entry = view_list_find(desired, path);

	return entry && entry_is_shown(entry);
}

// Before anything is put: what a slip looks like. None of it is wrong, since a desire may come before the first reading.
static void note_slips(struct desire_store *into, const struct desire *desire, int64_t received)
{
	bool is_told = false;

	if (desire->timestamp > received)
		buffer_append_string(
		    &into->notes, "its time is ahead of the clock: what is desired earlier will not count\n");
	twin_view_draw(&into->view, &into->set, into->twin);
	if (!into->view.has_anything)
		buffer_printf(&into->notes, "the store had no twin '%.*s'\n",
		    (int)desire_shown(desire->entity_id).length, desire->entity_id.data);
	for (size_t i = 0; into->view.has_anything && i < desire->assignments.count && !is_told; i++) {
		const struct assignment *wish = &desire->assignments.items[i];
		struct slice path = desire_shown(wish->path);

		if (!wish->key.live) {
			is_told = !is_desired_near(&into->view.kinds[REGISTER_DESIRED], wish->path);
			if (is_told)
				buffer_printf(
				    &into->notes, "nothing was desired of %.*s\n", (int)path.length, path.data);
		} else if (!model_property(into->model, wish->path)) {
			is_told = !is_reported_near(&into->view.kinds[REGISTER_REPORTED], wish->path);
			if (is_told)
				note_unreported(into, wish);
		}
	}
}

static int put_all(struct desire_store *into, const struct desire *desire, enum fold_outcome *outcomes,
    int64_t received, struct error *error)
{
	store_twins_record(&into->twins, &desire->record, &received, desire->assignments.count);
	for (size_t i = 0; i < desire->assignments.count; i++) {
		struct assignment *wish = &desire->assignments.items[i];

		admission_weigh(into->model, wish);
		struct twin_put put = twin_set_put(&into->set, wish);

		outcomes[i] = put.outcome;
		if (put.changed)
			store_twins_changed(&into->twins, into->twin);
		if (store_twins_remember(&into->twins, into->twin, put.series, wish, wish->key.quality, error))
			return -1;
	}
	return 0;
}

static int judge_all(struct desire_store *into, const struct desire *desire, const enum fold_outcome *outcomes)
{
	size_t refused = 0;

	twin_view_draw(&into->view, &into->set, into->twin);
	for (size_t i = 0; i < desire->assignments.count; i++) {
		const struct assignment *wish = &desire->assignments.items[i];

		// What has taken its register may still be hidden by another.
		if ((outcomes[i] == FOLD_TAKEN || outcomes[i] == FOLD_DUPLICATE) && is_desired(into, wish))
			continue;
		if (++refused <= REFUSED_TOLD)
			tell_refused(into, wish, outcomes[i]);
	}
	if (refused > REFUSED_TOLD)
		buffer_printf(&into->refused, "%zu more are refused\n", refused - REFUSED_TOLD);
	return refused > 0;
}

static int put_in_transaction(struct desire_store *into, const struct desire *desire, enum fold_outcome *outcomes,
    int64_t received, struct error *error)
{
	struct store *store = into->store;
	int others_wrote = store_begin(store, error);

	if (others_wrote < 0 || store_twins_begin(&into->twins, others_wrote, error) ||
	    store_twins_touch(&into->twins, desire->entity_id, &into->twin, error))
		return -1;
	note_slips(into, desire, received);
	store->revision++;
	if (put_all(into, desire, outcomes, received, error) || store_twins_save(&into->twins, &into->writer, error))
		return -1;
	return store_commit(store, error);
}

int desire_store_put(struct desire_store *into, const struct desire *desire, int64_t received, struct error *error)
{
	enum fold_outcome *outcomes = memory_new_zeroed(desire->assignments.count, sizeof *outcomes);
	int result = put_in_transaction(into, desire, outcomes, received, error);

	if (result)
		store_rollback(into->store);
	else
		result = judge_all(into, desire, outcomes);
	free(outcomes);
	return result;
}

int desire_store_look(struct desire_store *into, const struct desire *desire, struct error *error)
{
	if (store_twins_begin(&into->twins, true, error) ||
	    store_twins_touch(&into->twins, desire->entity_id, &into->twin, error))
		return -1;
	twin_view_draw(&into->view, &into->set, into->twin);
	return 0;
}
