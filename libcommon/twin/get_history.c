#include "twin/get_history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/timestamp.h"
#include "io/shared_options.h"
#include "twin/duration_option.h"
#include "twin/store_horizons.h"
#include "twin/store_timeline.h"

static const enum get_emit emits[STORE_RECORD_TYPES] = {
    [STORE_RECORD_READING] = GET_READING,
    [STORE_RECORD_DELETED] = GET_DELETED,
    [STORE_RECORD_DESIRED] = GET_DESIRED,
    [STORE_RECORD_STATE] = GET_STATE,
    [STORE_RECORD_PREDICTION] = GET_PREDICTION,
    [STORE_RECORD_EVENT] = GET_EVENT,
    [STORE_RECORD_FORECAST] = GET_FORECAST,
    [STORE_RECORD_REFUSED] = GET_REFUSED,
};

unsigned get_history_defaults(const struct get_history *options)
{
	return (options->history ? 1u << GET_READING | 1u << GET_DELETED : 0) |
	    (options->events ? 1u << GET_EVENT : 0) | (options->forecasts ? 1u << GET_FORECAST : 0);
}

static unsigned types_of(const struct get *get)
{
	unsigned types = 0;

	for (int type = 0; type < STORE_RECORD_TYPES; type++)
		if (get->streams.emit.sinks[emits[type]])
			types |= STORE_RECORD_BIT(type);
	return types;
}

// Digits alone are a number of records.
static bool is_number(const char *text)
{
	return text[0] && !text[strspn(text, "0123456789")];
}

static int read_count(const char *text, uint64_t *count, struct error *error)
{
	errno = 0;
	*count = strtoull(text, NULL, 10);
	return errno || !*count ? error_set(error, "option '--last': '%s' is no number of records", text) : 0;
}

// Back from --to, or else from the clock.
static int read_span(const struct get *get, const struct get_history *options, int64_t *from, struct error *error)
{
	int64_t span = 0,
		end = options->to.given ? options->to.nanoseconds
	    : get->rules.has_clock      ? get->rules.clock
					: get->store->clock;

	if (duration_option_read("last", options->last, get->model, 1, &span, error))
		return -1;
	if (!options->to.given && !get->rules.has_clock && !get->store->has_clock)
		return 0;
	if (__builtin_sub_overflow(end, span, &end))
		end = HISTORY_BEGIN;
	*from = end > *from ? end : *from;
	return 0;
}

static int read_question(const struct get *get, const struct get_history *options,
    struct store_timeline_question *question, struct error *error)
{
	*question = STORE_TIMELINE_ALL;
	question->entities = &get->question->entities;
	question->properties = &get->question->properties;
	question->types = types_of(get);
	question->known_at = get->question->instant.known_at;
	question->revision = get->question->instant.revision;
	if (options->from.given)
		question->from = options->from.nanoseconds;
	if (options->to.given)
		question->to = options->to.nanoseconds;
	if (!options->last)
		return 0;
	if (is_number(options->last))
		return read_count(options->last, &question->last, error);
	return read_span(get, options, &question->from, error);
}

// Those who are named and have a history need no hint.
static void note_known(struct get *get, const struct store_series_list *series)
{
	if (!get->question->entities.count || !globs_are_names(&get->question->entities))
		return;
	for (size_t i = 0; i < series->count; i++)
		(void)twin_set_add(&get->set, series->items[i].entity_id);
}

static int put_all(struct get *get, struct store_timeline *timeline, int64_t *oldest, struct error *error)
{
	const struct store_series *series;
	struct store_record_writer writer;
	struct buffer line = BUFFER_INIT;
	struct history_item item;
	int got, full = 0;

	*oldest = HISTORY_END;
	store_record_writer_init(&writer);
	while (!full && (got = store_timeline_next(timeline, &series, &item, error)) != 0) {
		if (got < 0) {
			full = -1;
			break;
		}
		*oldest = *oldest == HISTORY_END ? item.timestamp : *oldest;
		buffer_reset(&line);
		store_record_append(&writer, &line, series, &item);
		full = answers_add(&get->answers, emits[store_record_type(series, &item)], buffer_slice(&line), error);
	}
	store_record_writer_release(&writer);
	buffer_release(&line);
	return full;
}

// What came may reach back behind the horizon, where it has gaps.
static void tell_horizon(const struct get *get, int64_t horizon, int64_t oldest)
{
	char text[TIMESTAMP_TEXT_SIZE];

	if (oldest < horizon && !get->quiet)
		message_print("history before %.*s has been forgotten (--retain), but for what still counted then",
		    (int)timestamp_format(text, horizon), text);
}

// A question with a beginning is answered whole or not at all; one without is about what there is.
static int check_horizon(
    const struct get *get, const struct store_timeline *timeline, int64_t from, int64_t *horizon, struct error *error)
{
	const struct store_series_list *series = store_timeline_series(timeline);

	*horizon = INT64_MIN;
	if (from != HISTORY_BEGIN)
		return store_horizon_check(get->store, series, from, error);
	return store_horizon_newest(get->store, series, horizon, error);
}

int get_history(struct get *get, const struct get_history *options, struct error *error)
{
	struct store_timeline_question question;
	int64_t horizon, oldest;

	if (read_question(get, options, &question, error))
		return -1;
	struct store_timeline *timeline = store_timeline_open(get->store, &question, error);

	if (!timeline)
		return -1;
	note_known(get, store_timeline_series(timeline));
	int failed =
	    check_horizon(get, timeline, question.from, &horizon, error) || put_all(get, timeline, &oldest, error) < 0;

	if (!failed) {
		tell_horizon(get, horizon, oldest);
		get_tell_undated(get, store_timeline_undated(timeline));
	}
	store_timeline_close(timeline);
	return failed ? -1 : 0;
}

int get_history_since(struct get *get, int64_t after, struct error *error)
{
	struct store_timeline_question question = STORE_TIMELINE_ALL;
	int64_t oldest;

	question.entities = &get->question->entities;
	question.properties = &get->question->properties;
	question.types = types_of(get) & ~STORE_RECORD_BIT(STORE_RECORD_STATE);
	question.after = after;
	if (!question.types)
		return 0;
	struct store_timeline *timeline = store_timeline_open(get->store, &question, error);
	int full = timeline ? put_all(get, timeline, &oldest, error) : -1;

	store_timeline_close(timeline);
	return full;
}
