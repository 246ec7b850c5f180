// twin-check - health of a recording or a live stream, and conformance to a model
//
// Everything is found in one pass, in the order of arrival: see analysis/series_health.h for what is kept of a series.
#include <signal.h>
#include <stdio.h>

#include "analysis/health_condition.h"
#include "analysis/health_report.h"
#include "analysis/health_writer.h"
#include "analysis/model_suggestion.h"
#include "analysis/recording_recovery.h"
#include "base/message.h"
#include "base/time_option.h"
#include "base/timestamp.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/expression.h"
#include "record/record_filter.h"
#include "record/record_hints.h"
#include "record/record_streams.h"
#include "twin/duration_option.h"
#include "twin/settings_files.h"

struct config {
	struct select_options select;
	struct time_settings clock;
	struct input_options input;
	struct output_options output;
	struct run_options run;
	struct option_list emit;
	const char *model;
	const char *where;
	const char *fail_if;
	const char *recover;
	const char *stale_after; // lengths of time are read once the model is known: it may count in a unit of its own
	const char *every;
	const char *clock_jump;
	int64_t window;
	int64_t stuck;
	bool suggest_model;
};

enum check_emit { EMIT_SUMMARY };

static const char *const emit_types[] = {"summary", "rejected", NULL};

struct check {
	const struct config *cfg;
	struct record_streams streams;
	struct recording_health health;
	struct health_writer writer;
	struct model *model;
	struct record_filter selection;
	struct expression *where;
	struct expression_run *where_run;
	struct health_condition fail_if;
	uint64_t records, selected, taken; // read; left by -E and its like; left by --where of those
	uint64_t damaged;
	int64_t every; // nanoseconds of event time between reports, 0 for never
};

static const struct program_info info = {
    .name = "twin-check",
    .summary = "health of a recording or a live stream, and conformance to a model",
    .operands = "[FILE ...]",
};

static void check_args(const struct config *cfg)
{
	select_options_check(&cfg->select);
	if (cfg->recover && (cfg->suggest_model || cfg->fail_if || cfg->every || cfg->model || cfg->where))
		option_usage_error("--recover does nothing else: run %s on what it has written", info.name);
	if (cfg->recover && (cfg->output.path || cfg->emit.count))
		option_usage_error("--recover names the file that it writes: leave out -o and -e");
	if (cfg->suggest_model && (cfg->fail_if || cfg->every || cfg->emit.count))
		option_usage_error("--suggest-model writes a model and no records");
}

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "What is looked for"},
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_TEXT, .long_name = "stale-after", .target = &cfg->stale_after,
	     .argument = "DUR", .help = "a newest reading older than this is stale"},
	    {.kind = OPTION_COUNT, .long_name = "stuck", .target = &cfg->stuck, .minimum = 2, .maximum = INT64_MAX,
	     .argument = "N", .help = "equal numbers in a row that are stuck (10)"},
	    {.kind = OPTION_TEXT, .long_name = "clock-jump", .target = &cfg->clock_jump,
	     .argument = "DUR", .help = "how far a clock may wander (1s)"},
	    {.kind = OPTION_COUNT, .long_name = "window", .target = &cfg->window, .minimum = 1, .maximum = 1 << 24,
	     .argument = "N", .help = "readings of a series that wait for late ones (512)"},
	    {.kind = OPTION_HEADING, .help = "What is done"},
	    {.kind = OPTION_TEXT, .long_name = "fail-if", .target = &cfg->fail_if,
	     .argument = "EXPR", .help = "status 1 when it is true of any summary"},
	    {.kind = OPTION_FLAG, .long_name = "suggest-model", .target = &cfg->suggest_model,
	     .help = "write a model that fits the input"},
	    {.kind = OPTION_FILE, .long_name = "recover", .target = &cfg->recover,
	     .argument = "FILE", .help = "write the good lines of damaged input there"},
	    {.kind = OPTION_HEADING, .help = "Selection"},
	    OPTIONS_SELECT(&cfg->select),
	    OPTION_WHERE(&cfg->where),
	    {.kind = OPTION_HEADING, .help = "Time"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT_TYPES(&cfg->emit, emit_types),
	    {.kind = OPTION_TEXT, .long_name = "every", .target = &cfg->every,
	     .argument = "DUR", .help = "summaries each DUR of event time too"},
	    OPTIONS_OUTPUT(&cfg->output),
	    {.kind = OPTION_HEADING, .help = "Input and run"},
	    OPTIONS_INPUT(&cfg->input),
	    OPTIONS_RUN(&cfg->run),
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	check_args(cfg);
}

static volatile sig_atomic_t report_asked;

static void on_report_asked(int signal)
{
	(void)signal;
	report_asked = 1;
}

static int prepare(struct check *check, struct error *error)
{
	const struct config *cfg = check->cfg;
	struct health_options options = {
	    .series = {.window = (size_t)cfg->window,
		.stuck_run = (uint64_t)cfg->stuck,
		.wants_steps = cfg->suggest_model},
	    .has_clock = cfg->clock.has_now,
	    .clock = cfg->clock.now,
	    .jump_limit = NANOSECONDS_PER_SECOND,
	};

	if (cfg->model && !(check->model = model_read(cfg->model, error)))
		return -1;
	if (!cfg->output.quiet)
		model_tell_slips(check->model, message_tell);
	if (duration_option_read("stale-after", cfg->stale_after, check->model, 1, &options.stale_after, error) ||
	    duration_option_read("clock-jump", cfg->clock_jump, check->model, 1, &options.jump_limit, error) ||
	    duration_option_read("every", cfg->every, check->model, 1, &check->every, error))
		return -1;
	options.model = check->model;
	recording_health_init(&check->health, &options);
	return 0;
}

static void write_summary(void *context, struct slice summary)
{
	struct check *check = context;

	health_condition_test(&check->fail_if, summary);
	health_writer_write(&check->writer, summary);
}

static void write_report(struct check *check)
{
	struct recording_damage damage = {
	    .rejected = rejects_count(&check->streams.rejects),
	    .unfinished = check->streams.reader ? record_reader_unfinished(check->streams.reader) : 0,
	    .damaged = check->damaged,
	};

	if (check->cfg->clock.live)
		check->health.options.clock = time_machine_now();
	health_report_write(&check->health, &damage, write_summary, check);
}

static void write_report_asked(void *context)
{
	struct check *check = context;

	if (report_asked && !check->cfg->suggest_model)
		write_report(check);
	report_asked = 0;
}

static void take_record(struct check *check, const struct record *record)
{
	struct recording_health *health = &check->health;

	check->records++;
	if (!record_filter_takes(&check->selection, record))
		return;
	check->selected++;
	if (check->where_run && !expression_test(check->where_run, record))
		return;
	check->taken++;
	if (check->every && record->type == RECORD_READING &&
	    recording_health_passes(health, record->timestamp, check->every))
		write_report(check);
	recording_health_add(health, record);
}

static void prefetch(const struct check *check)
{
	size_t count;
	const uint64_t *hashes = record_reader_hashes(check->streams.reader, &count);

	recording_health_prefetch(&check->health, hashes, count);
}

static enum exit_status read_all(struct check *check)
{
	const struct record *record;
	struct error error;

	for (;;) {
		enum reader_result result = record_streams_next(&check->streams, READER_NO_DEADLINE, &record, &error);

		write_report_asked(check);
		switch (result) {
		case READER_RECORD:
			prefetch(check);
			take_record(check, record);
			break;
		case READER_END:
			return STATUS_DONE;
		case READER_ERROR:
			return program_trouble(&error);
		case READER_STOPPED:
			return STATUS_TROUBLE;
		case READER_TIMEOUT:
		case READER_INTERRUPTED:
			break;
		}
	}
}

static void note_damage(void *context, const char *source, const char *message)
{
	struct check *check = context;

	(void)source;
	check->damaged++;
	message_print("%s; what stands before is checked", message);
}

static void print_counters(const struct check *check)
{
	fprintf(stderr,
	    "{\"readings\":%llu,\"ignored\":%llu,\"series\":%zu,\"twins\":%zu,\"damaged\":%llu,\"rejected\":%llu}\n",
	    (unsigned long long)check->health.readings, (unsigned long long)check->health.ignored,
	    check->health.series_names.count, check->health.twin_ids.count, (unsigned long long)check->damaged,
	    (unsigned long long)rejects_count(&check->streams.rejects));
}

static void explain(const struct config *cfg)
{
	message_print("model: %s", cfg->model ? cfg->model : "none");
	explain_zone(&cfg->clock);
	explain_clock(&cfg->clock);
}

static void write_model(struct check *check)
{
	struct buffer text = BUFFER_INIT;

	model_suggestion_append(&check->health, &text);
	output_write_slice(&check->streams.emit.main_output, buffer_slice(&text));
	buffer_release(&text);
}

// Of an empty recording nothing could be measured, and that is no mistake.
static bool has_no_answer(const struct check *check)
{
	return check->health.readings && health_condition_lacks_measure(&check->fail_if);
}

// What is said comes last, also on a terminal.
static void finish(struct check *check)
{
	bool is_empty = !check->health.readings && !check->health.ignored && !check->damaged &&
	    !record_reader_unfinished(check->streams.reader) && !rejects_count(&check->streams.rejects);

	// Empty input has no health; but whoever asks whether there is enough wants to hear that there is none.
	if (check->cfg->suggest_model)
		write_model(check);
	else if (!is_empty || check->cfg->fail_if)
		write_report(check);
	record_streams_end_input(&check->streams);
	record_streams_flush(&check->streams);
	if (!check->cfg->output.quiet) {
		hint_foreign_format(check->records, rejects_count(&check->streams.rejects));
		hint_left_out(check->records, check->selected, check->taken);
		hint_unseen(check->where, check->where_run, "--where");
		if (!check->cfg->suggest_model)
			rule_book_hint_unseen(&check->health.rules);
	}
	health_condition_tell_rest(&check->fail_if, has_no_answer(check));
	if (check->cfg->run.stats)
		print_counters(check);
}

static enum exit_status check_records(struct check *check)
{
	health_writer_init(&check->writer, check->streams.emit.sinks[EMIT_SUMMARY]);
	if (check->cfg->run.explain)
		explain(check->cfg);
	enum exit_status status = read_all(check);

	if (status != STATUS_TROUBLE) {
		finish(check);
		status = has_no_answer(check) ? STATUS_TROUBLE : check->fail_if.failures ? STATUS_DIFFERS : STATUS_DONE;
	}
	if (check->damaged)
		status = status_join(status, STATUS_REJECTED);
	health_writer_release(&check->writer);
	return status;
}

static enum exit_status check_files(struct check *check, int argc, char **argv)
{
	const struct config *cfg = check->cfg;
	struct record_streams_options options = {
	    .operands = argv,
	    .operand_count = (size_t)argc,
	    .types = emit_types,
	    .defaults = 1u << EMIT_SUMMARY,
	    .emit = &cfg->emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = cfg->clock.live ? 1 : cfg->run.threads,
	    .signal = SIGUSR1,
	    .before_wait = write_report_asked,
	    .damaged = note_damage,
	    .context = check,
	};
	struct error error;

	if (prepare(check, &error) ||
	    settings_files_check(check->model, NULL, &cfg->emit, &cfg->output, cfg->input.rejects, &error) ||
	    record_streams_open(&check->streams, &options, &error))
		return program_trouble(&error);
	return record_streams_close(&check->streams, check_records(check));
}

// What the options say, before any file is opened: wrong expressions are wrong usage.
static void prepare_selection(struct check *check)
{
	const struct config *cfg = check->cfg;
	struct error error;

	if (cfg->where && !(check->where = expression_parse_condition(slice_from_string(cfg->where), &error)))
		option_usage_error("--where: %s", error.message);
	if (health_condition_parse(&check->fail_if, cfg->fail_if, cfg->output.quiet, &error))
		option_usage_error("--fail-if: %s", error.message);
	if (check->where)
		check->where_run = expression_run_new(check->where);
	record_filter_init(&check->selection, &cfg->select, NULL);
}

static void release(struct check *check)
{
	recording_health_release(&check->health);
	record_filter_release(&check->selection);
	expression_run_free(check->where_run);
	expression_free(check->where);
	health_condition_release(&check->fail_if);
	model_free(check->model);
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT, .window = 512, .stuck = 10};
	struct check check = {.cfg = &cfg};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	prepare_selection(&check);
	// Without SA_RESTART: the wait for input has to end.
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_report_asked}, NULL);
	enum exit_status status = cfg.recover
	    ? recovery_of_files(cfg.recover, &cfg.input, cfg.output.quiet, argv, (size_t)argc)
	    : check_files(&check, argc, argv);

	release(&check);
	select_options_release(&cfg.select);
	time_settings_release(&cfg.clock);
	option_list_release(&cfg.emit);
	return program_end(status, NULL, 0);
}
