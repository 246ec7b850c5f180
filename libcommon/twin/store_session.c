#include "twin/store_session.h"

#include <string.h>
#include <time.h>

#include "base/duration.h"
#include "base/message.h"
#include "base/monotonic.h"
#include "base/timestamp.h"

#define RECORDS_USUAL UINT64_C(100000)
#define TIME_USUAL    (NANOSECONDS_PER_SECOND / 10)

// After a commit of a stream that does not pause other writers get so long to take their turn.
#define TURN (NANOSECONDS_PER_SECOND / 1000)

// Looking at the clock for each record would be dear.
#define RECORDS_PER_LOOK 256

// N, DUR or eof.
static int read_commit(struct store_session *session, const char *text, struct error *error)
{
	uint64_t count = 0;
	struct error inner;

	session->records_max = RECORDS_USUAL;
	session->time_between = TIME_USUAL;
	if (!text)
		return 0;
	if (strcmp(text, "eof") == 0) {
		session->records_max = UINT64_MAX;
		session->time_between = INT64_MAX;
		return 0;
	}
	size_t digits = strspn(text, "0123456789");

	if (text[digits] || !digits) {
		if (duration_parse(slice_from_string(text), &session->time_between, &inner))
			return error_set(error, "option '--commit': %s", inner.message);
		session->records_max = UINT64_MAX;
		session->by_time = true;
		return session->time_between > 0 ? 0 : error_set(error, "option '--commit': '%s' is too short", text);
	}
	for (size_t i = 0; i < digits && count < UINT64_MAX / 100; i++)
		count = count * 10 + (uint64_t)(text[i] - '0');
	session->records_max = count;
	return count ? 0 : error_set(error, "option '--commit': at least 1 record");
}

int store_session_open(struct store_session *session, const struct store_options *options, char *const *operands,
    size_t count, struct error *error)
{
	*session = (struct store_session){.last_commit = INT64_MIN / 2};
	if (read_commit(session, options->commit, error) ||
	    store_open(&session->store, options->path, STORE_CREATE, options->lock_wait, !options->no_history, error))
		return -1;
	if (options->no_history && session->store.has_history) {
		error_set(error, "store '%s' keeps a history: --no-history is for a new store", options->path);
		store_close(&session->store);
		return -1;
	}
	if (store_sources_open(&session->sources, &session->store, operands, count, options->resume, error) == 0)
		return 0;
	store_session_release(session);
	return -1;
}

void store_session_release(struct store_session *session)
{
	store_sources_release(&session->sources);
	store_close(&session->store);
}

static int fail(struct store_session *session)
{
	store_session_abandon(session);
	return -1;
}

void store_session_abandon(struct store_session *session)
{
	if (session->store.in_transaction)
		emit_drop_held(&session->streams->emit);
	store_rollback(&session->store);
	session->has_failed = true;
}

// Also of operands in which there was nothing new.
static void tell_sources(struct store_session *session, size_t end)
{
	for (; session->told < end; session->told++) {
		const char *words = store_sources_tell(&session->sources, session->told);

		if (session->sources.resume && words && !session->quiet)
			message_print("'%s' %s", session->sources.items[session->told].path, words);
	}
}

int store_session_begin(struct store_session *session, struct error *error)
{
	if (session->store.in_transaction)
		return 0;
	int others_wrote = store_begin(&session->store, error);

	if (others_wrote < 0 || store_twins_begin(&session->sync->store, others_wrote, error))
		return fail(session);
	// What is buffered now speaks of what is committed.
	emit_hold(&session->streams->emit);
	session->records = 0;
	return 0;
}

static int commit(struct store_session *session, struct error *error)
{
	struct sync *sync = session->sync;

	if (sync->emit->sinks[SYNC_EMIT_EVENT] && sync->watch.now > session->store.events_told)
		session->store.events_told = sync->watch.now;
	if (store_twins_save(&sync->store, &sync->writer, error) ||
	    store_sources_save(&session->sources, session->streams->reader, error) ||
	    store_commit(&session->store, error))
		return fail(session);
	emit_release_held(&session->streams->emit);
	session->last_commit = monotonic_now();
	return 0;
}

static int64_t due(const struct store_session *session)
{
	int64_t time;

	return __builtin_add_overflow(session->last_commit, session->time_between, &time) ? INT64_MAX : time;
}

int store_session_record(struct store_session *session, struct error *error)
{
	bool is_time =
	    session->by_time && ++session->records % RECORDS_PER_LOOK == 0 && monotonic_now() >= due(session);

	session->records += !session->by_time;
	tell_sources(session, record_reader_operand(session->streams->reader) + 1);
	if (session->records < session->records_max && !is_time)
		return 0;
	if (commit(session, error))
		return -1;
	nanosleep(&(struct timespec){.tv_nsec = TURN}, NULL);
	return 0;
}

int64_t store_session_deadline(const struct store_session *session)
{
	if (!session->store.in_transaction || session->time_between == INT64_MAX)
		return READER_NO_DEADLINE;
	return due(session) > 0 ? due(session) : 0;
}

int store_session_silent(struct store_session *session, struct error *error)
{
	if (!session->store.in_transaction || session->time_between == INT64_MAX || monotonic_now() < due(session))
		return 0;
	return commit(session, error);
}

int store_session_end(struct store_session *session, struct error *error)
{
	bool has_events = session->sync->emit->sinks[SYNC_EMIT_EVENT];

	tell_sources(session, session->sources.count);
	if (!session->store.in_transaction && !has_events &&
	    !store_sources_moved(&session->sources, session->streams->reader))
		return 0;
	if (store_session_begin(session, error))
		return -1;
	sync_end_events(session->sync);
	return commit(session, error);
}
