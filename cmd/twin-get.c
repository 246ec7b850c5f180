// twin-get - ask a store of twins: now, at a time, as known at a time
//
// All that one run answers is as of one commit of the store; it never writes to it, and nobody waits for it.
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "twin/duration_option.h"
#include "twin/get.h"
#include "twin/get_follow.h"
#include "twin/get_history.h"
#include "twin/settings_files.h"
#include "twin/store_models.h"

struct config {
	const char *store;
	const char *model;
	const char *stale_after;
	struct option_time at, known_at;
	int64_t revision; // 0: not given
	bool list, info, why;
	struct get_history history;
	struct get_follow follow;
	int64_t since; // -1: not given
	struct get_question question;
	struct answer_options answer;
	struct time_settings clock;
	struct option_list emit;
	struct output_options output;
	struct input_options input;
	struct run_options run;
};

static const struct program_info info = {
    .name = "twin-get",
    .summary = "ask a store of twins: now, at a time, as known at a time",
    .operands = "[ENTITY-GLOB ...]",
};

const char *const get_emit_types[] = {"state", "delta", "change", "reading", "desired", "deleted", "event",
    "prediction", "forecast", "refused", "why", "summary", "rejected", NULL};

static void check_follow(const struct config *cfg)
{
	const struct get_follow *follow = &cfg->follow;

	if (!get_follow_is_asked(follow))
		return;
	if (cfg->at.given || cfg->known_at.given || cfg->revision)
		option_usage_error(
		    "what has changed is asked of now: --at, --known-at and --revision do not go with it");
	if (follow->follow && (cfg->answer.sort || cfg->answer.count))
		option_usage_error("--follow has no end that --sort or --count could wait for");
	if (follow->cursor && follow->has_since)
		option_usage_error("--cursor says itself since when: --changes-since does not go with it");
	if (follow->cursor && cfg->answer.limit >= 0)
		option_usage_error("--limit would lose what --cursor counts as told");
}

static void check_history(const struct config *cfg)
{
	const struct get_history *history = &cfg->history;

	if (!get_history_is_asked(history)) {
		if (history->from.given || history->to.given || history->last)
			option_usage_error("--from, --to and --last are for --history, --events and --forecasts");
		return;
	}
	if (cfg->at.given)
		option_usage_error("--at asks for a state; what came before a time is --history --to T");
	if (cfg->question.stale)
		option_usage_error("--stale asks for states, and --history has none");
	if (history->from.given && history->to.given && history->from.nanoseconds >= history->to.nanoseconds)
		option_usage_error("--from is not before --to");
}

static void check_args(struct config *cfg)
{
	cfg->store = store_option_path(cfg->store);
	if (!cfg->store)
		option_usage_error("which store? Name one with -s FILE, or in TWIN_STORE; -s - reads records");
	if (cfg->question.stale && !cfg->clock.has_now)
		option_usage_error("--stale needs --now T or --now live: nothing else says what time it is");
	cfg->follow.has_since = cfg->since >= 0;
	cfg->follow.since = cfg->since;
	if (cfg->list + cfg->info + cfg->why + get_history_is_asked(&cfg->history) + get_follow_is_asked(&cfg->follow) >
	    1)
		option_usage_error(
		    "--history, --why, --list, --info and what has changed are several questions: ask one");
	check_history(cfg);
	check_follow(cfg);
}

static void check_info(const struct config *cfg, int operands)
{
	if (!cfg->info)
		return;
	if (operands || cfg->question.properties.count)
		option_usage_error("--info is about the whole store; --list is about twins");
	if (cfg->at.given || cfg->known_at.given || cfg->revision)
		option_usage_error("--info is about now: --at, --known-at and --revision do not go with it");
}

// --limit says how many of the beaten are shown: there is one answer.
static void check_why(struct config *cfg, int operands)
{
	if (!cfg->why)
		return;
	if (operands != 1 || cfg->question.properties.count != 1)
		option_usage_error("--why asks about one property of one twin: --why -P PROPERTY ENTITY");
	cfg->question.beaten = cfg->answer.limit;
	cfg->answer.limit = -1;
}

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Whom"},
	    OPTION_STORE(&cfg->store),
	    {.kind = OPTION_LIST, .short_name = 'P', .long_name = "property", .target = &cfg->question.properties,
	     .argument = "GLOB", .help = "only properties that match (repeatable)"},
	    {.kind = OPTION_HEADING, .help = "When"},
	    {.kind = OPTION_TIME, .long_name = "at", .target = &cfg->at,
	     .argument = "T", .help = "as it was then"},
	    {.kind = OPTION_TIME, .long_name = "known-at", .target = &cfg->known_at,
	     .argument = "T", .help = "as far as was known then"},
	    {.kind = OPTION_COUNT, .long_name = "revision", .target = &cfg->revision, .minimum = 1, .maximum = INT64_MAX,
	     .argument = "N", .help = "as far as was stored by then"},
	    {.kind = OPTION_TIME, .long_name = "from", .target = &cfg->history.from,
	     .argument = "T", .help = "history: from this time on"},
	    {.kind = OPTION_TIME, .long_name = "to", .target = &cfg->history.to,
	     .argument = "T", .help = "history: before this time"},
	    {.kind = OPTION_TEXT, .long_name = "last", .target = &cfg->history.last,
	     .argument = "N|DUR", .help = "history: the newest N of each property, or so long"},
	    {.kind = OPTION_HEADING, .help = "What, other than the state"},
	    {.kind = OPTION_FLAG, .long_name = "history", .target = &cfg->history.history,
	     .help = "the readings, in the order of time"},
	    {.kind = OPTION_FLAG, .long_name = "events", .target = &cfg->history.events,
	     .help = "the events, in the order of time"},
	    {.kind = OPTION_FLAG, .long_name = "forecasts", .target = &cfg->history.forecasts,
	     .help = "the forecasts, in the order of time"},
	    {.kind = OPTION_COUNT, .long_name = "changes-since", .target = &cfg->since, .maximum = INT64_MAX,
	     .argument = "N", .help = "what has changed since revision N"},
	    {.kind = OPTION_FILE, .long_name = "cursor", .target = &cfg->follow.cursor,
	     .argument = "FILE", .help = "what has changed since the last run with it"},
	    {.kind = OPTION_FLAG, .long_name = "follow", .target = &cfg->follow.follow,
	     .help = "what changes from now on"},
	    {.kind = OPTION_FLAG, .long_name = "list", .target = &cfg->list,
	     .help = "which twins there are"},
	    {.kind = OPTION_FLAG, .long_name = "why", .target = &cfg->why,
	     .help = "what set the value of -P, and what it beat"},
	    {.kind = OPTION_FLAG, .long_name = "info", .target = &cfg->info,
	     .help = "what the store holds"},
	    {.kind = OPTION_HEADING, .help = "Which answers"},
	    OPTION_WHERE(&cfg->answer.where),
	    {.kind = OPTION_FLAG, .long_name = "stale", .target = &cfg->question.stale,
	     .help = "only twins that are stale (with --now)"},
	    {.kind = OPTION_TEXT, .long_name = "sort", .target = &cfg->answer.sort,
	     .argument = "KEY,...", .help = "in this order; -KEY: descending"},
	    {.kind = OPTION_COUNT, .long_name = "limit", .target = &cfg->answer.limit,
	     .argument = "N", .help = "only the first N"},
	    {.kind = OPTION_FLAG, .long_name = "count", .target = &cfg->answer.count,
	     .help = "how many, not which"},
	    {.kind = OPTION_HEADING, .help = "Model and time"},
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_TEXT, .long_name = "stale-after", .target = &cfg->stale_after,
	     .argument = "DUR", .help = "a reading older than this is stale"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT_TYPES(&cfg->emit, get_emit_types),
	    OPTIONS_OUTPUT(&cfg->output),
	    {.kind = OPTION_HEADING, .help = "Input and run"},
	    OPTIONS_INPUT(&cfg->input),
	    {.kind = OPTION_FLAG, .long_name = "explain", .target = &cfg->run.explain,
	     .help = "say which store, model, clock and zone are in use"},
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	check_args(cfg);
	check_info(cfg, *argc);
	check_why(cfg, *argc);
}

static void fill_question(struct config *cfg, int argc, char **argv)
{
	struct get_question *question = &cfg->question;

	question->instant = STORE_ALWAYS;
	question->has_at = cfg->at.given;
	if (cfg->at.given)
		question->instant.at = cfg->at.nanoseconds;
	question->has_known_at = cfg->known_at.given;
	if (cfg->known_at.given)
		question->instant.known_at = cfg->known_at.nanoseconds;
	question->has_revision = cfg->revision > 0;
	if (cfg->revision > 0)
		question->instant.revision = cfg->revision;
	// The operands take the place of -E.
	question->entities = (struct option_list){.items = (const char **)(uintptr_t)argv, .count = (size_t)argc};
}

// A SQLite file, by its first bytes; anything else is records.
static bool is_database(const char *path)
{
	static const char magic[] = "SQLite format 3";
	char head[sizeof magic];
	FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
	size_t got = file ? fread(head, 1, sizeof head, file) : 0;

	if (file)
		fclose(file);
	return got == sizeof head && memcmp(head, magic, sizeof head) == 0;
}

static int open_store(struct get *get, const struct config *cfg, struct store *store, struct error *error)
{
	if (!is_database(cfg->store)) {
		if (get->question->has_revision || cfg->info || get_follow_is_asked(&cfg->follow) ||
		    get_history_is_asked(&cfg->history))
			return error_set(
			    error, "'%s' is no store, which is what knows of revisions and remembers", cfg->store);
		return 0;
	}
	// The last one to close a store has it for itself for a moment.
	if (store_open(store, cfg->store, STORE_READ, STORE_LOCK_WAIT, false, error))
		return -1;
	get->store = store;
	return store_look(store, error) < 0 ? -1 : 0;
}

static int find_model(struct get *get, const struct config *cfg, struct error *error)
{
	if (!cfg->model)
		return get->store ? store_models_read(get->store, &get->model, error) : 0;
	get->model = model_read(cfg->model, error);
	if (!get->model)
		return -1;
	if (!cfg->output.quiet)
		model_tell_slips(get->model, message_tell);
	return 0;
}

static int prepare(struct get *get, const struct config *cfg, struct error *error)
{
	if (find_model(get, cfg, error))
		return -1;
	get->rules =
	    (struct status_rules){.model = get->model, .has_clock = cfg->clock.has_now, .clock = cfg->clock.now};
	return duration_option_read("stale-after", cfg->stale_after, get->model, 1, &get->rules.stale_after, error);
}

static unsigned default_types(const struct config *cfg)
{
	if (cfg->list || cfg->info)
		return 1u << GET_SUMMARY;
	if (cfg->why)
		return 1u << GET_WHY;
	if (get_history_is_asked(&cfg->history))
		return get_history_defaults(&cfg->history);
	return get_follow_is_asked(&cfg->follow) ? 1u << GET_CHANGE : 1u << GET_STATE;
}

static int open_streams(struct get *get, const struct config *cfg, struct error *error)
{
	struct record_streams_options options = {
	    .operands = (char *const *)(uintptr_t)&get->path,
	    .operand_count = 1,
	    .types = get_emit_types,
	    .defaults = default_types(cfg) | (cfg->answer.count ? 1u << GET_SUMMARY : 0),
	    .emit = &cfg->emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = 1,
	    .no_input = get->store != NULL,
	};

	if (settings_files_check(get->model, cfg->store, &cfg->emit, &cfg->output, cfg->input.rejects, error))
		return -1;
	return record_streams_open(&get->streams, &options, error);
}

static void explain(const struct get *get, const struct config *cfg)
{
	message_print("store: %s%s", cfg->store, get->store ? "" : " (records)");
	message_print("model: %s", cfg->model ? cfg->model : !get->model ? "none" : "the store's");
	explain_zone(&cfg->clock);
	explain_clock(&cfg->clock);
}

static int answer(struct get *get, const struct config *cfg, struct error *error)
{
	if (get_follow_is_asked(&cfg->follow))
		return get_follow(get, &cfg->follow, error);
	int failed = cfg->list                    ? get_list(get, error)
	    : cfg->info                           ? get_info(get, error)
	    : cfg->why                            ? get_why(get, error)
	    : get_history_is_asked(&cfg->history) ? get_history(get, &cfg->history, error)
						  : get_states(get, error);

	return failed ? -1 : answers_finish(&get->answers, GET_SUMMARY, error);
}

static enum exit_status ask(struct get *get, const struct config *cfg)
{
	struct error error;

	if (cfg->run.explain)
		explain(get, cfg);
	get->answers.emit = &get->streams.emit;
	if (cfg->list)
		get_list_columns(get);
	if (answer(get, cfg, &error) || (get->store && store_still(get->store, &error)))
		return program_trouble(&error);
	answers_flush(&get->answers);
	record_streams_flush(&get->streams);
	if (!cfg->output.quiet) {
		answers_hint(&get->answers);
		get_hint_unknown(get);
	}
	return STATUS_DONE;
}

static enum exit_status run(const struct config *cfg)
{
	struct store store = {.database = NULL};
	struct get get = {
	    .path = cfg->store, .question = &cfg->question, .live = cfg->clock.live, .quiet = cfg->output.quiet};
	enum exit_status status = STATUS_TROUBLE;
	struct error error;

	answers_init(&get.answers, &cfg->answer);
	twin_set_init(&get.set);
	if (open_store(&get, cfg, &store, &error) || prepare(&get, cfg, &error) || open_streams(&get, cfg, &error))
		message_print("%s", error.message);
	else
		status = record_streams_close(&get.streams, ask(&get, cfg));
	answers_release(&get.answers);
	twin_set_release(&get.set);
	model_free(get.model);
	if (get.store)
		store_close(get.store);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT, .answer = {.limit = -1}, .since = -1};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	fill_question(&cfg, argc, argv);
	enum exit_status status = run(&cfg);

	option_list_release(&cfg.question.properties);
	option_list_release(&cfg.emit);
	time_settings_release(&cfg.clock);
	return program_end(status, NULL, 0);
}
