// twin-sync - fold a stream of records into the state of twins
//
// The newest event time wins, per property and whatever the order of arrival: see twin/fold.h for why that holds.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/message.h"
#include "base/timestamp.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/record_streams.h"
#include "twin/duration_option.h"
#include "twin/sync.h"

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
	    {.kind = OPTION_HEADING, .help = "Selection"},
	    OPTIONS_SELECT(&cfg->select),
	    {.kind = OPTION_HEADING, .help = "Time"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT(&cfg->emit),
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
	if (cfg->enforce && !cfg->model)
		option_usage_error("--enforce needs a --model");
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

static int64_t monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

// The next moment at which the clock alone makes something happen, on the monotonic clock.
static int64_t next_deadline(const struct sync *sync)
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

static enum exit_status fold(struct sync *sync, struct record_streams *streams)
{
	const struct record *record;
	struct error error;

	for (;;) {
		enum reader_result result = record_streams_next(streams, next_deadline(sync), &record, &error);

		write_states_asked(sync);
		if (sync->live)
			sync_tick(sync, time_machine_now());
		switch (result) {
		case READER_RECORD:
			sync_prefetch(sync, streams->reader);
			if (sync_record(sync, record, record_reader_source(streams->reader)))
				return STATUS_TROUBLE;
			break;
		case READER_END:
			return STATUS_DONE;
		case READER_ERROR:
			message_print("%s", error.message);
			return STATUS_TROUBLE;
		case READER_STOPPED:
			return STATUS_TROUBLE;
		case READER_TIMEOUT:
		case READER_INTERRUPTED:
			break;
		}
	}
}

// Two first mistakes that would otherwise end in silence.
static void hint(const struct sync *sync, const struct rejects *rejects)
{
	uint64_t records = 0;

	for (int type = 0; type < RECORD_INVALID; type++)
		records += sync->records[type];
	if (!records && rejects_count(rejects))
		message_print("no line holds a record: twin-ingest makes them of other formats");
	if (sync->skipped && !sync->set.entities.count)
		message_print("-E, -P, --from and --to leave out all of the input");
}

static void summarise(const struct config *cfg, const struct sync *sync, const struct rejects *rejects)
{
	struct buffer text = BUFFER_INIT;

	if (!cfg->output.quiet && (sync_refused(sync) || sync->records[RECORD_OTHER])) {
		sync_append_summary(sync, &text);
		if (sync_refused(sync) && !sync->emit->sinks[SYNC_EMIT_REFUSED])
			buffer_append_string(&text, "; -e refused shows them");
		message_print("%s", buffer_string(&text));
	}
	if (!cfg->output.quiet)
		hint(sync, rejects);
	if (cfg->run.stats) {
		buffer_reset(&text);
		buffer_append_char(&text, '{');
		sync_append_counters(sync, &text);
		buffer_printf(&text, ",\"rejected\":%llu}\n", (unsigned long long)rejects_count(rejects));
		fwrite(text.data, 1, text.length, stderr);
	}
	buffer_release(&text);
}

static void explain(const struct config *cfg, const struct model *model)
{
	char now[TIMESTAMP_TEXT_SIZE];

	message_print("model: %s", model ? cfg->model : "none");
	message_print("zone of times in options: %s", cfg->clock.zone ? time_zone_name(cfg->clock.zone) : "UTC");
	if (cfg->clock.has_now && !cfg->clock.live)
		message_print("clock: %.*s (--now)", (int)timestamp_format(now, cfg->clock.now), now);
	else
		message_print("clock: %s", cfg->clock.live ? "the machine's" : "the newest reading");
}

// What the options ask for, except the outputs.
static int prepare(const struct config *cfg, struct sync *sync, struct model **model, struct error *error)
{
	if (cfg->model) {
		*model = model_read(cfg->model, error);
		if (!*model)
			return -1;
	}
	if (cfg->entities && admission_read_entities(&sync->admission, cfg->entities, error))
		return -1;
	sync->rules = (struct status_rules){
	    .model = *model, .has_clock = cfg->clock.has_now && !cfg->clock.live, .clock = cfg->clock.now};
	sync->admission.select = &cfg->select;
	sync->admission.model = *model;
	sync->admission.enforce = cfg->enforce;
	sync->admission.has_now = cfg->clock.has_now;
	sync->admission.now = cfg->clock.now;
	sync->live = cfg->clock.live;
	sync->pass = cfg->pass;
	sync->admission.max_future = -1;
	return duration_option_read("stale-after", cfg->stale_after, *model, 1, &sync->rules.stale_after, error) ||
	    duration_option_read("max-future", cfg->max_future, *model, 0, &sync->admission.max_future, error) ||
	    duration_option_read("every", cfg->every, *model, 1, &sync->every, error);
}

static enum exit_status fold_all(const struct config *cfg, struct sync *sync, struct record_streams *streams)
{
	if (cfg->every && !streams->emit.sinks[SYNC_EMIT_STATE]) {
		message_print("--every writes states, and -e does not ask for them");
		return STATUS_TROUBLE;
	}
	if (cfg->run.explain)
		explain(cfg, sync->rules.model);
	sync_start(sync);
	enum exit_status status = fold(sync, streams);

	record_streams_end_input(streams);
	if (status != STATUS_TROUBLE) {
		sync_end(sync);
		record_streams_flush(streams);
		summarise(cfg, sync, sync->rejects);
	}
	return status;
}

static enum exit_status fold_files(const struct config *cfg, struct sync *sync, int argc, char **argv)
{
	struct record_streams streams;
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
	    .context = sync,
	};
	struct error error;

	if (record_streams_open(&streams, &options, &error)) {
		message_print("%s", error.message);
		return STATUS_TROUBLE;
	}
	sync->emit = &streams.emit;
	sync->rejects = &streams.rejects;
	return record_streams_close(&streams, fold_all(cfg, sync, &streams));
}

static enum exit_status run(const struct config *cfg, int argc, char **argv)
{
	struct sync sync = {.emit = NULL};
	struct model *model = NULL;
	struct error error;
	enum exit_status status = STATUS_TROUBLE;

	if (prepare(cfg, &sync, &model, &error))
		message_print("%s", error.message);
	else
		status = fold_files(cfg, &sync, argc, argv);
	sync_release(&sync);
	model_free(model);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	// Without SA_RESTART: the wait for input has to end.
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_state_asked}, NULL);
	enum exit_status status = run(&cfg, argc, argv);

	select_options_release(&cfg.select);
	time_settings_release(&cfg.clock);
	option_list_release(&cfg.emit);
	return program_end(status, NULL, 0);
}
