// twin-sync - fold a stream of records into the state of twins
//
// The newest event time wins, per property and whatever the order of arrival: see twin/fold.h for why that holds.
#include <signal.h>

#include "base/message.h"
#include "base/monotonic.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/record_streams.h"
#include "twin/duration_option.h"
#include "twin/settings_files.h"
#include "twin/store_models.h"
#include "twin/store_session.h"
#include "twin/sync_report.h"
#include "twin/upkeep_options.h"

struct config {
	struct select_options select;
	struct time_settings clock;
	struct input_options input;
	struct output_options output;
	struct run_options run;
	struct option_list emit;
	const char *model;
	const char *entities;
	const char *stale_after; // lengths of time are read once the model is known: it may count in a unit of its own
	const char *max_future;
	const char *every;
	bool enforce;
	bool pass;
	struct store_options store;
	struct upkeep_options upkeep;
};

// What a run works with.
struct run {
	const struct config *cfg;
	struct sync sync;
	struct model *model;
	struct store_session session;
	struct store_session *store; // NULL without one
	struct record_streams streams;
};

static const struct program_info info = {
    .name = "twin-sync",
    .summary = "fold a stream of records into the state of twins",
    .operands = "[FILE ...]",
};

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "State"},
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_TEXT, .long_name = "stale-after", .target = &cfg->stale_after,
	     .argument = "DUR", .help = "a reading older than this is stale"},
	    {.kind = OPTION_TEXT, .long_name = "max-future", .target = &cfg->max_future,
	     .argument = "DUR", .help = "refuse readings further ahead than this"},
	    {.kind = OPTION_FILE, .long_name = "entities", .target = &cfg->entities,
	     .argument = "FILE", .help = "refuse twins that it does not list"},
	    {.kind = OPTION_FLAG, .long_name = "enforce", .target = &cfg->enforce,
	     .help = "refuse what the model does not allow"},
	    {.kind = OPTION_HEADING, .help = "Store"},
	    OPTION_STORE(&cfg->store.path),
	    {.kind = OPTION_FLAG, .long_name = "resume", .target = &cfg->store.resume,
	     .help = "read files on from where the store has them"},
	    {.kind = OPTION_TEXT, .long_name = "commit", .target = &cfg->store.commit,
	     .argument = "N|DUR|eof", .help = "how much goes into the store at once"},
	    {.kind = OPTION_FLAG, .long_name = "no-history", .target = &cfg->store.no_history,
	     .help = "a new store: keep the state of twins only"},
	    {.kind = OPTION_LIST, .long_name = "retain", .target = &cfg->upkeep.retain,
	     .argument = "[GLOB=]DUR", .help = "then forget history that is older (repeatable)"},
	    {.kind = OPTION_FLAG, .long_name = "rebuild", .target = &cfg->upkeep.rebuild,
	     .help = "then make all states again from history"},
	    {.kind = OPTION_FLAG, .long_name = "compact", .target = &cfg->upkeep.compact,
	     .help = "then make the store as small as it can be"},
	    {.kind = OPTION_FLAG, .long_name = "verify", .target = &cfg->upkeep.verify,
	     .help = "then check all that the store holds"},
	    {.kind = OPTION_DURATION, .long_name = "lock-wait", .target = &cfg->store.lock_wait,
	     .argument = "DUR", .help = "how long to wait for other writers (1m)"},
	    {.kind = OPTION_HEADING, .help = "Selection"},
	    OPTIONS_SELECT(&cfg->select),
	    {.kind = OPTION_HEADING, .help = "Time"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT_TYPES(&cfg->emit, sync_emit_types),
	    {.kind = OPTION_TEXT, .long_name = "every", .target = &cfg->every,
	     .argument = "DUR", .help = "states each DUR of event time too"},
	    OPTION_PASS(&cfg->pass),
	    OPTIONS_OUTPUT(&cfg->output),
	    {.kind = OPTION_HEADING, .help = "Input and run"},
	    OPTIONS_INPUT(&cfg->input),
	    OPTIONS_RUN(&cfg->run),
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	select_options_check(&cfg->select);
	cfg->store.path = store_option_path(cfg->store.path);
	if (cfg->enforce && !cfg->model && !cfg->store.path)
		option_usage_error("--enforce needs a --model");
	if (!cfg->store.path && (cfg->store.resume || cfg->store.commit || cfg->store.no_history))
		option_usage_error("--resume, --commit and --no-history need a --store");
	if (!cfg->store.path && upkeep_is_asked(&cfg->upkeep))
		option_usage_error("--retain, --rebuild, --compact and --verify need a --store");
}

static volatile sig_atomic_t state_asked;

static void on_state_asked(int signal)
{
	(void)signal;
	state_asked = 1;
}

static void write_states_asked(struct sync *sync)
{
	if (!state_asked)
		return;
	state_asked = 0;
	sync_write_states(sync);
}

// Before every wait: what somebody asked for in the meantime.
static void before_wait(void *context)
{
	write_states_asked(context);
}

// The next moment at which the clock alone makes something happen, on the monotonic clock.
static int64_t next_event(const struct sync *sync)
{
	int64_t tick = sync->live ? sync_next_tick(sync) : INT64_MAX;
	int64_t deadline;

	if (tick == INT64_MAX)
		return READER_NO_DEADLINE;
	// A millisecond later, so that it is past.
	if (__builtin_sub_overflow(tick, time_machine_now() - 1000000, &deadline) || deadline < 0)
		deadline = 0;
	return __builtin_add_overflow(deadline, monotonic_now(), &deadline) ? READER_NO_DEADLINE : deadline;
}

static int64_t next_deadline(const struct run *run)
{
	int64_t event = next_event(&run->sync);
	int64_t commit = run->store ? store_session_deadline(run->store) : READER_NO_DEADLINE;

	return event < commit ? event : commit;
}

// One record, in a transaction when there is a store. True when the work has to stop.
static bool take(struct run *run, const struct record *record, struct error *error)
{
	struct sync *sync = &run->sync;

	error->message[0] = '\0';
	if (run->store && store_session_begin(run->store, error))
		return true;
	sync_prefetch(sync, run->streams.reader);
	if (sync_record(sync, record, record_reader_source(run->streams.reader))) {
		if (sync->has_failed)
			*error = sync->failure;
		return true;
	}
	return run->store && store_session_record(run->store, error);
}

static enum exit_status fold(struct run *run)
{
	struct sync *sync = &run->sync;
	const struct record *record;
	struct error error;

	for (;;) {
		enum reader_result result = record_streams_next(&run->streams, next_deadline(run), &record, &error);

		write_states_asked(sync);
		if (sync->live)
			sync_tick(sync, time_machine_now());
		switch (result) {
		case READER_RECORD:
			if (!take(run, record, &error))
				continue;
			// A record that --strict forbids has been told.
			return error.message[0] ? program_trouble(&error) : STATUS_TROUBLE;
		case READER_END:
			return STATUS_DONE;
		case READER_ERROR:
			return program_trouble(&error);
		case READER_STOPPED:
			return STATUS_TROUBLE;
		case READER_TIMEOUT:
		case READER_INTERRUPTED:
			if (!run->store || store_session_silent(run->store, &error) == 0)
				continue;
			return program_trouble(&error);
		}
	}
}

static void explain(const struct run *run)
{
	const struct config *cfg = run->cfg;

	if (run->store)
		message_print("store: %s", cfg->store.path);
	if (run->model && !cfg->model)
		message_print(
		    "model: the store's%s%s", run->model->name ? ", " : "", run->model->name ? run->model->name : "");
	else
		message_print("model: %s", run->model ? cfg->model : "none");
	explain_zone(&cfg->clock);
	explain_clock(&cfg->clock);
}

// What the options ask for, except the outputs.
static int prepare(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;
	struct sync *sync = &run->sync;

	if (cfg->entities && admission_read_entities(&sync->admission, cfg->entities, error))
		return -1;
	if (store_models_choose(run->store ? &run->store->store : NULL, cfg->model,
		cfg->output.quiet ? NULL : message_tell, &run->model, error))
		return -1;
	if (cfg->enforce && !run->model)
		return error_set(error, "--enforce needs a model, and the store has none");
	sync->rules = (struct status_rules){
	    .model = run->model, .has_clock = cfg->clock.has_now && !cfg->clock.live, .clock = cfg->clock.now};
	sync->admission.select = &cfg->select;
	sync->admission.model = run->model;
	sync->admission.enforce = cfg->enforce;
	sync->admission.has_now = cfg->clock.has_now;
	sync->admission.now = cfg->clock.now;
	sync->live = cfg->clock.live;
	sync->pass = cfg->pass;
	sync->admission.max_future = -1;
	return duration_option_read("stale-after", cfg->stale_after, run->model, 1, &sync->rules.stale_after, error) ||
	    duration_option_read("max-future", cfg->max_future, run->model, 0, &sync->admission.max_future, error) ||
	    duration_option_read("every", cfg->every, run->model, 1, &sync->every, error);
}

// What is due at the end of the input; with a store the states come when all else is committed.
static int end_input(struct run *run, struct error *error)
{
	if (run->store && store_session_end(run->store, error))
		return -1;
	if (!run->store)
		sync_end_events(&run->sync);
	record_streams_end_input(&run->streams);
	sync_write_states(&run->sync);
	return 0;
}

static enum exit_status fold_all(struct run *run)
{
	const struct config *cfg = run->cfg;
	struct error error;

	if (cfg->every && !run->streams.emit.sinks[SYNC_EMIT_STATE]) {
		message_print("--every writes states, and -e does not ask for them");
		return STATUS_TROUBLE;
	}
	if (cfg->run.explain)
		explain(run);
	if (sync_start(&run->sync, run->store ? &run->store->store : NULL, &error))
		return program_trouble(&error);
	enum exit_status status = fold(run);

	if (status != STATUS_TROUBLE && end_input(run, &error))
		status = program_trouble(&error);
	if (status == STATUS_TROUBLE && run->store)
		store_session_abandon(run->store);
	record_streams_end_input(&run->streams);
	if (status != STATUS_TROUBLE) {
		record_streams_flush(&run->streams);
		if (!cfg->output.quiet)
			sync_report_tell(&run->sync);
		if (cfg->run.stats)
			sync_report_write_counters(&run->sync);
	}
	return status;
}

static enum exit_status fold_files(struct run *run, int argc, char **argv)
{
	const struct config *cfg = run->cfg;
	struct record_streams_options options = {
	    .operands = argv,
	    .operand_count = (size_t)argc,
	    .types = sync_emit_types,
	    .defaults = 1u << SYNC_EMIT_STATE,
	    .emit = &cfg->emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = cfg->clock.live ? 1 : cfg->run.threads,
	    .signal = SIGUSR1,
	    .before_wait = before_wait,
	    .context = &run->sync,
	    .opened = run->store ? store_sources_opened : NULL,
	    .opened_context = run->store ? &run->store->sources : NULL,
	    .leave_unfinished = cfg->store.resume,
	};
	struct error error;

	if (settings_files_check(run->model, cfg->store.path, &cfg->emit, &cfg->output, cfg->input.rejects, &error) ||
	    settings_files_check(NULL, cfg->entities, &cfg->emit, &cfg->output, cfg->input.rejects, &error) ||
	    record_streams_open(&run->streams, &options, &error))
		return program_trouble(&error);
	run->sync.emit = &run->streams.emit;
	run->sync.rejects = &run->streams.rejects;
	if (run->store) {
		run->store->sync = &run->sync;
		run->store->streams = &run->streams;
		run->store->quiet = cfg->output.quiet;
	}
	return record_streams_close(&run->streams, fold_all(run));
}

static int open_store(struct run *run, int argc, char **argv, struct error *error)
{
	if (!run->cfg->store.path)
		return 0;
	if (store_session_open(&run->session, &run->cfg->store, argv, (size_t)argc, error))
		return -1;
	run->store = &run->session;
	return 0;
}

static void report_damage(void *context, const char *message)
{
	const struct run *run = context;

	message_print("store '%s': %s", run->cfg->store.path, message);
}

static enum exit_status keep_up(struct run *run)
{
	const struct config *cfg = run->cfg;
	struct error error;
	int result = upkeep_run(&cfg->upkeep, &run->store->store, run->model,
	    cfg->clock.has_now ? &cfg->clock.now : NULL, report_damage, run, &error);

	return result < 0 ? program_trouble(&error) : result ? STATUS_DIFFERS : STATUS_DONE;
}

static enum exit_status run_all(const struct config *cfg, int argc, char **argv)
{
	struct run run = {.cfg = cfg};
	struct error error;
	enum exit_status status = STATUS_TROUBLE;

	bool has_upkeep = upkeep_is_asked(&cfg->upkeep);

	if (open_store(&run, argc, argv, &error) || prepare(&run, &error))
		message_print("%s", error.message);
	else
		// Upkeep alone waits for no input.
		status = argc || !has_upkeep ? fold_files(&run, argc, argv) : STATUS_DONE;
	if (has_upkeep && status != STATUS_TROUBLE)
		status = status_join(status, keep_up(&run));
	sync_release(&run.sync);
	model_free(run.model);
	if (run.store)
		store_session_release(run.store);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT, .store = {.lock_wait = STORE_LOCK_WAIT}};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	// Without SA_RESTART: the wait for input has to end.
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_state_asked}, NULL);
	enum exit_status status = run_all(&cfg, argc, argv);

	select_options_release(&cfg.select);
	time_settings_release(&cfg.clock);
	option_list_release(&cfg.emit);
	option_list_release(&cfg.upkeep.retain);
	return program_end(status, NULL, 0);
}
