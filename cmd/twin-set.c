// twin-set - state what is desired of a twin, and wait for it
//
// Nothing is printed that was not committed before: what reads the output may act on it.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/uuid.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/emit.h"
#include "twin/desire.h"
#include "twin/desire_store.h"
#include "twin/desire_wait.h"
#include "twin/settings_files.h"
#include "twin/store_models.h"

struct config {
	const char *store;
	const char *model;
	struct option_list strings;
	struct option_list unsets;
	const char *command_id;
	const char *sensor_id;
	struct option_time timestamp;
	const char *deadline; // read once the model is known: it may count in a unit of its own
	int64_t lock_wait;
	bool wait;
	int64_t timeout; // INT64_MAX: not given
	struct time_settings clock;
	struct output_options output;
	bool explain;
};

// What a run works with.
struct run {
	const struct config *cfg;
	char drawn_id[UUID_SIZE];
	struct desire desire;
	struct store opened;
	struct store *store; // NULL without one
	struct model *model;
	struct desire_store stored;
	struct emit emit;
};

static const struct program_info info = {
    .name = "twin-set",
    .summary = "state what is desired of a twin, and wait for it",
    .operands = "ENTITY PROPERTY=VALUE ...",
};

static void check_args(struct config *cfg, int operands)
{
	cfg->store = store_option_path(cfg->store);
	if (!operands)
		option_usage_error("which twin? ENTITY and PROPERTY=VALUE are needed");
	if (operands == 1 && !cfg->strings.count && !cfg->unsets.count)
		option_usage_error("nothing is desired: PROPERTY=VALUE is needed behind the twin");
	if (cfg->command_id && !*cfg->command_id)
		option_usage_error("option '--command-id': the id is empty");
	if (cfg->wait && !cfg->store)
		option_usage_error("--wait needs a --store, where what comes back is seen");
	if (!cfg->wait && cfg->timeout != INT64_MAX)
		option_usage_error("--timeout needs --wait");
}

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Desire"},
	    {.kind = OPTION_LIST, .long_name = "string", .target = &cfg->strings,
	     .argument = "PROPERTY=TEXT", .help = "desire this text, whatever it looks like"},
	    {.kind = OPTION_LIST, .long_name = "unset", .target = &cfg->unsets,
	     .argument = "PROPERTY", .help = "withdraw what is desired of it"},
	    {.kind = OPTION_TEXT, .long_name = "deadline", .target = &cfg->deadline,
	     .argument = "DUR|T", .help = "overdue from then on"},
	    {.kind = OPTION_TEXT, .long_name = "command-id", .target = &cfg->command_id,
	     .argument = "ID", .help = "what its answers name, not a random one"},
	    {.kind = OPTION_TEXT, .long_name = "sensor-id", .target = &cfg->sensor_id,
	     .argument = "ID", .help = "who says so"},
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_HEADING, .help = "Store"},
	    OPTION_STORE(&cfg->store),
	    {.kind = OPTION_DURATION, .long_name = "lock-wait", .target = &cfg->lock_wait,
	     .argument = "DUR", .help = "how long to wait for other writers (1m)"},
	    {.kind = OPTION_FLAG, .long_name = "wait", .target = &cfg->wait,
	     .help = "until it is met, or is not to be expected"},
	    {.kind = OPTION_DURATION, .long_name = "timeout", .target = &cfg->timeout,
	     .argument = "DUR", .help = "how long to wait for that"},
	    {.kind = OPTION_HEADING, .help = "Time"},
	    {.kind = OPTION_TIME, .long_name = "timestamp", .target = &cfg->timestamp,
	     .argument = "T", .help = "since when it is desired, not now"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output and run"},
	    OPTIONS_OUTPUT(&cfg->output),
	    {.kind = OPTION_FLAG, .long_name = "explain", .target = &cfg->explain,
	     .help = "say which store, model, clock and zone are in use"},
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	check_args(cfg, *argc);
}

// What the words of the command line say; a word that is wrong is wrong usage.
static void read_wishes(struct run *run, int argc, char **argv)
{
	const struct config *cfg = run->cfg;
	struct desire *desire = &run->desire;
	struct error error;
	int failed = 0;

	desire_init(desire, argv[0], cfg->timestamp.given ? cfg->timestamp.nanoseconds : cfg->clock.now);
	for (int i = 1; i < argc && !failed; i++)
		failed = desire_add(desire, DESIRE_VALUE, argv[i], &error);
	for (size_t i = 0; i < cfg->strings.count && !failed; i++)
		failed = desire_add(desire, DESIRE_STRING, cfg->strings.items[i], &error);
	for (size_t i = 0; i < cfg->unsets.count && !failed; i++)
		failed = desire_add(desire, DESIRE_UNSET, cfg->unsets.items[i], &error);
	if (failed)
		option_usage_error("%s", error.message);
}

static int open_store(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;

	if (!cfg->store)
		return 0;
	// None is made: a store that was misspelled would take what nobody will ever read.
	if (access(cfg->store, F_OK) && errno == ENOENT)
		return error_set(error, "there is no store '%s': twin-sync --store makes one", cfg->store);
	if (store_open(&run->opened, cfg->store, STORE_WRITE, cfg->lock_wait, true, error))
		return -1;
	run->store = &run->opened;
	return 0;
}

static int make_desire(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;
	const struct time_context context = time_settings_context(&cfg->clock);
	struct desire *desire = &run->desire;
	struct error inner;

	if (!cfg->command_id && uuid_random(run->drawn_id, error))
		return -1;
	desire->command_id = slice_from_string(cfg->command_id ? cfg->command_id : run->drawn_id);
	if (cfg->sensor_id)
		desire->sensor_id = slice_from_string(cfg->sensor_id);
	if (cfg->deadline && desire_read_deadline(desire, cfg->deadline, run->model, &context, &inner))
		return error_set(error, "option '--deadline': %s", inner.message);
	return desire_make(desire, error) || desire_check(desire, run->model, error) ? -1 : 0;
}

static int open_output(struct run *run, struct error *error)
{
	static const char *const types[] = {"desired", NULL};
	const struct config *cfg = run->cfg;
	const struct option_list none = {.items = NULL};

	if (settings_files_check(run->model, cfg->store, &none, &cfg->output, NULL, error))
		return -1;
	return emit_open(&run->emit, types, 1, &none, &cfg->output, error);
}

// All that can go wrong before anything is said or done.
static int prepare(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;

	return open_store(run, error) ||
		store_models_choose(
		    run->store, cfg->model, cfg->output.quiet ? NULL : message_tell, &run->model, error) ||
		make_desire(run, error) || open_output(run, error)
	    ? -1
	    : 0;
}

static void explain(const struct run *run)
{
	const struct config *cfg = run->cfg;
	const char *name = run->model && run->model->name ? run->model->name : NULL;

	message_print("store: %s", cfg->store ? cfg->store : "none");
	if (run->model && !cfg->model)
		message_print("model: the store's%s%s", name ? ", " : "", name ? name : "");
	else
		message_print("model: %s", cfg->model ? cfg->model : "none");
	explain_zone(&cfg->clock);
	explain_clock(&cfg->clock);
}

static void tell_lines(const struct run *run, struct slice lines)
{
	while (lines.length && !run->cfg->output.quiet) {
		size_t length = (size_t)((const char *)memchr(lines.data, '\n', lines.length) - lines.data);

		message_print("%.*s", (int)length, lines.data);
		lines = slice_skip(lines, length + 1);
	}
}

static enum exit_status store_desire(struct run *run)
{
	struct error error;

	desire_store_init(&run->stored, run->store, run->model);
	int result = desire_store_put(&run->stored, &run->desire, run->cfg->clock.now, &error);

	if (result < 0)
		message_print("%s", error.message);
	else
		tell_lines(run, buffer_slice(&run->stored.notes));
	if (result > 0)
		tell_lines(run, buffer_slice(&run->stored.refused));
	return result < 0 ? STATUS_TROUBLE : result ? STATUS_DIFFERS : STATUS_DONE;
}

static enum exit_status wait_for_thing(struct run *run)
{
	const struct config *cfg = run->cfg;
	const struct desire_patience patience = {.timeout = cfg->timeout, .is_live = cfg->clock.live};
	struct buffer words = BUFFER_INIT;
	enum desire_end end;
	struct error error;
	int failed = desire_wait(&run->stored, &run->desire, &patience, &end, &words, &error);

	if (failed)
		message_print("%s", error.message);
	else if (!cfg->output.quiet)
		message_print("%s", buffer_string(&words));
	buffer_release(&words);
	if (failed)
		return STATUS_TROUBLE;
	return end == DESIRE_MET || end == DESIRE_ACKNOWLEDGED ? STATUS_DONE : STATUS_DIFFERS;
}

static enum exit_status set(struct run *run)
{
	enum exit_status status = run->store ? store_desire(run) : STATUS_DONE;

	if (status != STATUS_DONE)
		return status;
	record_sink_write(run->emit.sinks[0], buffer_slice(&run->desire.line));
	// What cannot be written is told when the output is closed.
	if (emit_flush(&run->emit))
		return STATUS_TROUBLE;
	return run->cfg->wait ? wait_for_thing(run) : STATUS_DONE;
}

static enum exit_status run_all(const struct config *cfg, int argc, char **argv)
{
	struct run run = {.cfg = cfg};
	enum exit_status status = STATUS_TROUBLE;
	struct error error;

	read_wishes(&run, argc, argv);
	if (prepare(&run, &error)) {
		program_trouble(&error);
	} else {
		if (cfg->explain)
			explain(&run);
		status = set(&run);
		if (emit_close(&run.emit))
			status = STATUS_TROUBLE;
	}
	if (run.stored.store)
		desire_store_release(&run.stored);
	desire_release(&run.desire);
	model_free(run.model);
	if (run.store)
		store_close(run.store);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.lock_wait = STORE_LOCK_WAIT, .timeout = INT64_MAX};

	program_start(info.name);
	// A person who desires something does so now.
	cfg.clock = (struct time_settings){.has_now = true, .live = true, .now = time_machine_now()};
	parse_args(&cfg, &argc, &argv);
	enum exit_status status = run_all(&cfg, argc, argv);

	option_list_release(&cfg.strings);
	option_list_release(&cfg.unsets);
	time_settings_release(&cfg.clock);
	return program_end(status, NULL, 0);
}
