#include "twin/desire_wait.h"

#include <stdlib.h>
#include <time.h>

#include "base/duration.h"
#include "base/monotonic.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "twin/delta.h"
#include "twin/desire_acks.h"
#include "twin/desire_value.h"

#define BETWEEN_LOOKS (NANOSECONDS_PER_SECOND / 50)

// Names of properties in one message.
#define NAMED_MAX 5

struct wait {
	struct desire_store *stored;
	const struct desire *desire;
	const struct model *model; // NULL for none that applies
	struct desire_acks acks;
	struct delta delta;
	sqlite3_stmt *version;
	int64_t seen_version;
	bool *acknowledged; // by wish
	bool *open;         // the same, as of the last look
	const struct assignment *superseded;
	struct buffer consent, refusal; // what acks have said; empty for nothing
};

static void append_answer(struct buffer *out, struct slice path, const struct ack *ack)
{
	struct slice shown = desire_shown(path);

	buffer_printf(out, "with code %.0f of %.*s", ack->code, (int)shown.length, shown.data);
	if (ack->message.length)
		buffer_printf(out, ": %.*s", (int)ack->message.length, ack->message.data);
}

static bool is_related(struct slice a, struct slice b)
{
	return slice_equal(a, b) || property_path_is_under(a, b) || property_path_is_under(b, a);
}

// An answer on one of the properties that were asked for speaks of that one, on any other of the command as a whole.
static void note_consent(struct wait *wait, struct slice path)
{
	const struct assignments *wishes = &wait->desire->assignments;
	bool is_of_one = false;

	for (size_t i = 0; i < wishes->count; i++) {
		if (!is_related(wishes->items[i].path, path))
			continue;
		wait->acknowledged[i] = true;
		is_of_one = true;
	}
	for (size_t i = 0; i < wishes->count && !is_of_one; i++)
		wait->acknowledged[i] = true;
}

static void on_ack(void *context, struct slice path, const struct ack *ack)
{
	struct wait *wait = context;

	if (ack_is_refusal(ack) && !wait->refusal.length)
		append_answer(&wait->refusal, path, ack);
	if (!ack_is_consent(ack))
		return;
	note_consent(wait, path);
	buffer_reset(&wait->consent);
	append_answer(&wait->consent, path, ack);
}

// Somebody else's commit changes what SQLite answers. 1 when there was one since the last call, 0, -1.
static int has_changed(struct wait *wait, struct error *error)
{
	struct store *store = wait->stored->store;

	if (store_prepare(store, &wait->version, "PRAGMA data_version", error) ||
	    store_step(store, wait->version, error) < 0)
		return -1;
	int64_t version = sqlite3_column_int64(wait->version, 0);
	bool has_changed = version != wait->seen_version;

	sqlite3_reset(wait->version);
	wait->seen_version = version;
	return has_changed;
}

// Whether the wish still waits to be met.
static bool is_open(struct wait *wait, const struct assignment *wish)
{
	struct desire_store *stored = wait->stored;
	const struct view_entry *entry = view_list_find(&stored->view.kinds[REGISTER_DESIRED], wish->path);

	if (entry && entry_is_shown(entry) && twin_set_holds(&stored->set, wish))
		return !delta_is_met(&wait->delta, &stored->view, entry, wait->model);
	wait->superseded = wish;
	return true;
}

static enum desire_end judge(struct wait *wait)
{
	const struct assignments *wishes = &wait->desire->assignments;
	size_t open = 0;

	wait->superseded = NULL;
	for (size_t i = 0; i < wishes->count; i++) {
		wait->open[i] = wishes->items[i].key.live && !wait->acknowledged[i] && is_open(wait, &wishes->items[i]);
		open += wait->open[i];
	}
	if (!open)
		return wait->consent.length ? DESIRE_ACKNOWLEDGED : DESIRE_MET;
	if (wait->refusal.length)
		return DESIRE_REFUSED;
	return wait->superseded ? DESIRE_SUPERSEDED : DESIRE_OPEN;
}

static int look(struct wait *wait, enum desire_end *end, struct error *error)
{
	struct store *store = wait->stored->store;
	int failed = store_look(store, error) < 0 || desire_store_look(wait->stored, wait->desire, error) ||
	    desire_acks_look(&wait->acks, error);

	store_rollback(store);
	if (!failed)
		*end = judge(wait);
	return failed ? -1 : 0;
}

// clock: the machine's.
static bool is_overdue(const struct wait *wait, const struct desire_patience *patience, int64_t clock)
{
	const struct store *store = wait->stored->store;
	int64_t deadline = wait->desire->deadline;

	return (patience->is_live && clock > deadline) || (store->has_clock && store->clock > deadline);
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

// Until the next look, or until time itself decides. Clocks are read before the store is: what has come by then counts.
static int wait_for_end(
    struct wait *wait, const struct desire_patience *patience, enum desire_end *end, struct error *error)
{
	int64_t began = monotonic_now();

	for (;;) {
		int64_t waited = monotonic_now() - began;
		int64_t clock = patience->is_live ? time_machine_now() : INT64_MIN;
		int changed = has_changed(wait, error);

		if (changed < 0 || (changed && look(wait, end, error)))
			return -1;
		if (*end == DESIRE_OPEN && is_overdue(wait, patience, clock))
			*end = DESIRE_OVERDUE;
		else if (*end == DESIRE_OPEN && waited >= patience->timeout)
			*end = DESIRE_TIMED_OUT;
		if (*end != DESIRE_OPEN)
			return 0;
		int64_t pause = smaller(BETWEEN_LOOKS, patience->timeout - waited);

		if (patience->is_live && wait->desire->deadline - clock < pause)
			pause = wait->desire->deadline - clock + 1;
		nanosleep(&(struct timespec){.tv_nsec = pause}, NULL);
	}
}

static void append_open(const struct wait *wait, struct buffer *out)
{
	size_t named = 0, open = 0;

	for (size_t i = 0; i < wait->desire->assignments.count; i++) {
		struct slice path = desire_shown(wait->desire->assignments.items[i].path);

		open += wait->open[i];
		if (wait->open[i] && named < NAMED_MAX)
			buffer_printf(out, "%s%.*s", named++ ? ", " : "", (int)path.length, path.data);
	}
	if (open > named)
		buffer_printf(out, " and %zu more", open - named);
}

static void describe(
    const struct wait *wait, enum desire_end end, const struct desire_patience *patience, struct buffer *out)
{
	switch (end) {
	case DESIRE_ACKNOWLEDGED:
		buffer_append_string(out, "acknowledged ");
		buffer_append_slice(out, buffer_slice(&wait->consent));
		break;
	case DESIRE_REFUSED:
		buffer_append_string(out, "refused ");
		buffer_append_slice(out, buffer_slice(&wait->refusal));
		break;
	case DESIRE_SUPERSEDED:
		buffer_printf(out, "superseded: %.*s: ", (int)desire_shown(wait->superseded->path).length,
		    wait->superseded->path.data);
		desire_store_append_winner(wait->stored, out, wait->superseded);
		break;
	case DESIRE_OVERDUE:
		buffer_append_string(out, "overdue since ");
		timestamp_append(out, wait->desire->deadline);
		buffer_append_string(out, ": ");
		append_open(wait, out);
		break;
	case DESIRE_TIMED_OUT:
		buffer_append_string(out, "not met after ");
		duration_append(out, patience->timeout);
		buffer_append_string(out, ": ");
		append_open(wait, out);
		break;
	default:
		buffer_append_string(out, "met");
		break;
	}
}

int desire_wait(struct desire_store *stored, const struct desire *desire, const struct desire_patience *patience,
    enum desire_end *end, struct buffer *words, struct error *error)
{
	struct wait wait = {
	    .stored = stored,
	    .desire = desire,
	    .model = model_applies(stored->model, desire->entity_id) ? stored->model : NULL,
	    .seen_version = -1,
	    .acknowledged = memory_new_zeroed(desire->assignments.count, sizeof(bool)),
	    .open = memory_new_zeroed(desire->assignments.count, sizeof(bool)),
	};

	*end = DESIRE_OPEN;
	desire_acks_init(&wait.acks, stored, desire, on_ack, &wait);
	int failed = wait_for_end(&wait, patience, end, error);

	if (!failed)
		describe(&wait, *end, patience, words);
	desire_acks_release(&wait.acks);
	delta_release(&wait.delta);
	sqlite3_finalize(wait.version);
	buffer_release(&wait.consent);
	buffer_release(&wait.refusal);
	free(wait.acknowledged);
	free(wait.open);
	return failed;
}
