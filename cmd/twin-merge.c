// twin-merge - reconcile replicas of twins
//
// With times, merging is joining registers (see twin/fold.h); without, it is three-way (see twin/three_way.h). In neither does it matter which
// replica is named first.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/record_streams.h"
#include "twin/concurrent.h"
#include "twin/duration_option.h"
#include "twin/merge_changes.h"
#include "twin/merge_in_place.h"
#include "twin/settings_files.h"
#include "twin/state_text.h"
#include "twin/three_way.h"

enum merge_emit { MERGE_EMIT_STATE, MERGE_EMIT_CONFLICT, MERGE_EMIT_REJECTED };

static const char *const emit_types[] = {"state", "conflict", "rejected", NULL};

struct config {
	const char *base;
	const char *prefer;
	const char *owner;
	const char *concurrent;
	bool in_place;
	const char *model;
	const char *stale_after;
	struct time_settings clock;
	struct option_list emit;
	struct input_options input;
	struct output_options output;
	struct run_options run;
};

// What a run works with.
struct run {
	const struct config *cfg;
	char **operands; // the base is the last
	size_t count;
	char **paths; // the same, of --in-place, where the base may be a file that is not there yet
	struct model *model;
	struct replicas replicas;
	struct merge_rules rules;
	struct twin_set merged;
	struct merge_in_place files;
	struct twin_set *level; // what each replica is to be, where that is another than merged
	struct status_rules status;
	struct arena arena;
	struct option_list emit; // without change=DIR
	const char *changes;     // that DIR, or NULL
	int64_t concurrent;      // nanoseconds, 0 for never
	bool apart;              // each replica is looked at on its own
	uint64_t remaining, resolved, found;
	struct record_streams streams;
};

static const struct program_info info = {
    .name = "twin-merge",
    .summary = "reconcile replicas of twins",
    .operands = "FILE FILE ...",
};

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	static const char *const types[] = {"state", "conflict", "change", "rejected", NULL};
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Replicas without times"},
	    {.kind = OPTION_FILE, .long_name = "base", .target = &cfg->base,
	     .argument = "FILE", .help = "what they all come from"},
	    {.kind = OPTION_TEXT, .long_name = "prefer", .target = &cfg->prefer,
	     .argument = "NAME|RULE", .help = "what decides between changes (newest, max ...)"},
	    {.kind = OPTION_TEXT, .long_name = "owner", .target = &cfg->owner,
	     .argument = "reported=NAME,...", .help = "whose changes count, of which part"},
	    {.kind = OPTION_HEADING, .help = "Replicas with times"},
	    {.kind = OPTION_TEXT, .long_name = "concurrent", .target = &cfg->concurrent,
	     .argument = "DUR", .help = "tell sensors that contradict each other within it"},
	    {.kind = OPTION_HEADING, .help = "Both"},
	    {.kind = OPTION_FLAG, .long_name = "in-place", .target = &cfg->in_place,
	     .help = "make the files level, and the base with them"},
	    {.kind = OPTION_HEADING, .help = "State"},
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_TEXT, .long_name = "stale-after", .target = &cfg->stale_after,
	     .argument = "DUR", .help = "a reading older than this is stale"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT_TYPES(&cfg->emit, types),
	    OPTIONS_OUTPUT(&cfg->output),
	    {.kind = OPTION_HEADING, .help = "Input and run"},
	    OPTIONS_INPUT(&cfg->input),
	    OPTIONS_RUN(&cfg->run),
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	if (*argc < 2)
		option_usage_error("there is nothing to merge: two replicas or more are needed");
	if (cfg->base && cfg->concurrent)
		option_usage_error("--concurrent looks at times, and with --base there are none");
}

// The operands with the base behind them, the form in which all of them are read.
static void name_operands(struct run *run, int argc, char **argv)
{
	run->count = (size_t)argc + (run->cfg->base != NULL);
	run->operands = memory_new_zeroed(run->count + 1, sizeof(char *));
	memcpy(run->operands, argv, (size_t)argc * sizeof(char *));
	if (run->cfg->base)
		run->operands[argc] = (char *)(uintptr_t)run->cfg->base;
}

// The base of a first run need not be there.
static int open_files(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;

	if (!cfg->in_place)
		return 0;
	run->paths = memory_new_zeroed(run->count + 1, sizeof(char *));
	memcpy(run->paths, run->operands, run->count * sizeof(char *));
	if (merge_in_place_open(&run->files, run->paths, run->count, cfg->base != NULL, error))
		return -1;
	if (cfg->base && run->files.is_new[run->count - 1])
		run->operands[run->count - 1] = (char *)(uintptr_t) "/dev/null";
	return 0;
}

static int prepare(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;

	if (open_files(run, error))
		return -1;
	if (cfg->model && !(run->model = model_read(cfg->model, error)))
		return -1;
	if (!cfg->output.quiet)
		model_tell_slips(run->model, message_tell);
	replicas_init(&run->replicas, run->operands, run->count, cfg->base != NULL, run->model);
	run->status =
	    (struct status_rules){.model = run->model, .has_clock = cfg->clock.has_now, .clock = cfg->clock.now};
	run->rules = (struct merge_rules){.model = run->model};
	if (merge_rules_read(&run->rules, cfg->prefer, cfg->owner, &run->replicas, error) ||
	    duration_option_read("stale-after", cfg->stale_after, run->model, 1, &run->status.stale_after, error) ||
	    duration_option_read("concurrent", cfg->concurrent, run->model, 1, &run->concurrent, error) ||
	    merge_changes_option(&cfg->emit, &run->emit, &run->arena, &run->changes, error))
		return -1;
	if (run->changes && cfg->base)
		return error_set(error, "-e change needs times, and with --base there are none");
	run->apart = cfg->base || run->changes || run->concurrent;
	return run->changes ? merge_changes_check(&run->replicas, run->changes, error) : 0;
}

static int open_streams(struct run *run, struct error *error)
{
	const struct config *cfg = run->cfg;
	const struct record_streams_options options = {
	    .operands = run->operands,
	    .operand_count = run->count,
	    .types = emit_types,
	    .defaults = cfg->emit.count || cfg->in_place ? 0 : 1u << MERGE_EMIT_STATE,
	    .emit = &run->emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = cfg->run.threads,
	    .opened = replicas_opened,
	    .opened_context = &run->replicas,
	};

	return settings_files_check(run->model, NULL, &run->emit, &cfg->output, cfg->input.rejects, error) ||
		record_streams_open(&run->streams, &options, error)
	    ? -1
	    : 0;
}

// False when the work has to stop, which has been told then.
static bool take(struct run *run, const struct record *record)
{
	struct replica *replica = &run->replicas.items[record_reader_operand(run->streams.reader)];
	struct error error;

	replica->has_others |=
	    record->type != RECORD_STATE && record->type != RECORD_DELETED && record->type != RECORD_DESIRED;
	return replicas_take(&run->replicas, record, run->apart ? &replica->set : &run->merged, &error) == 0 ||
	    !rejects_add(&run->streams.rejects, record_reader_source(run->streams.reader), record->line_number,
		record->line, error.message);
}

static enum exit_status read_all(struct run *run)
{
	const struct record *record;
	struct error error;
	int got;

	while ((got = record_streams_read(&run->streams, &record, &error)) > 0)
		if (!take(run, record))
			return STATUS_TROUBLE;
	return got < 0 ? program_trouble(&error) : STATUS_DONE;
}

static void tell_conflict(void *context, const struct merge_conflict *conflict)
{
	struct record_sink *sink = ((struct run *)context)->streams.emit.sinks[MERGE_EMIT_CONFLICT];

	if (!sink)
		return;
	merge_conflict_append(record_sink_begin(sink), conflict);
	record_sink_end(sink);
}

// An input that nobody wrote anything to is no replica in which everything was deleted.
static int check_empty(const struct replicas *replicas, struct error *error)
{
	for (size_t i = 0; i < replicas_sides(replicas); i++)
		if (replicas->items[i].is_empty)
			return error_set(error, "'%s' is empty: that would delete everything", replicas->items[i].name);
	return 0;
}

// With conflicts that remain, replicas stay different.
static void init_level(struct run *run)
{
	size_t sides = replicas_sides(&run->replicas);

	if (!run->cfg->in_place)
		return;
	run->level = memory_new_zeroed(sides + 1, sizeof *run->level);
	for (size_t i = 0; i < sides; i++)
		twin_set_init(&run->level[i]);
}

static void release_level(struct run *run)
{
	for (size_t i = 0; run->level && i < replicas_sides(&run->replicas); i++)
		twin_set_release(&run->level[i]);
	free(run->level);
}

static int merge_three_way(struct run *run, struct error *error)
{
	init_level(run);
	struct three_way merge = {
	    .replicas = &run->replicas,
	    .rules = &run->rules,
	    .merged = &run->merged,
	    .level = run->level,
	    .conflict = tell_conflict,
	    .context = run,
	};

	if (run->changes || run->concurrent)
		return error_set(error, "documents have no times, which -e change and --concurrent need");
	if (check_empty(&run->replicas, error))
		return -1;
	three_way_init(&merge);
	three_way_merge(&merge);
	three_way_release(&merge);
	run->remaining = merge.remaining;
	run->resolved = merge.resolved;
	return merge.has_mean && run->cfg->in_place
	    ? error_set(error, "a mean cannot be taken in place: who is killed meanwhile would take it twice")
	    : 0;
}

static int merge_joined(struct run *run, struct error *error)
{
	if (run->cfg->prefer || run->cfg->owner)
		return error_set(error, "--prefer and --owner decide where there are no times: name a --base");
	for (size_t i = 0; i < run->replicas.count && run->apart; i++)
		replica_join(&run->merged, &run->replicas.items[i].set);
	if (run->concurrent)
		run->found =
		    concurrent_find(&run->replicas, &run->merged, run->model, run->concurrent, tell_conflict, run);
	return 0;
}

static void write_document(struct run *run, struct record_sink *sink)
{
	replica_append_document(record_sink_begin(sink), &run->merged);
	record_sink_end(sink);
}

static void write_states(struct run *run, struct state_writer *writer, struct record_sink *sink)
{
	struct buffer text = BUFFER_INIT;
	size_t count;
	const struct twin **twins = twin_set_sorted(&run->merged, &count);

	for (size_t i = 0; i < count; i++) {
		buffer_reset(&text);
		state_append(writer, &text, twins[i]);
		record_sink_write_lines(sink, buffer_slice(&text));
	}
	free(twins);
	buffer_release(&text);
}

// What was not understood would be lost with the files that it stands in.
static int check_files(const struct run *run, struct error *error)
{
	if (rejects_count(&run->streams.rejects))
		return error_set(error, "nothing has been written in place: some lines are no records");
	for (size_t i = 0; i < run->replicas.count; i++)
		if (run->replicas.items[i].has_others)
			return error_set(error, "'%s' holds more than states: written in place, that would be lost",
			    run->replicas.items[i].name);
	return 0;
}

static int write_files(struct run *run, struct error *error)
{
	const struct twin_set **sets = memory_new_zeroed(run->count + 1, sizeof(struct twin_set *));

	for (size_t i = 0; i < run->count; i++)
		sets[i] = run->level && i < replicas_sides(&run->replicas) ? &run->level[i] : &run->merged;
	int failed = check_files(run, error) ||
	    merge_in_place_write(&run->files, sets, replicas_are_documents(&run->replicas), &run->status, error);

	free(sets);
	return failed ? -1 : 0;
}

static int write_all(struct run *run, struct error *error)
{
	struct record_sink *sink = run->streams.emit.sinks[MERGE_EMIT_STATE];
	struct state_writer writer;
	int failed = 0;

	if (!run->status.has_clock && run->merged.has_clock) {
		run->status.has_clock = true;
		run->status.clock = run->merged.clock;
	}
	state_writer_init(&writer, &run->merged, &run->status);
	if (sink && replicas_are_documents(&run->replicas))
		write_document(run, sink);
	else if (sink)
		write_states(run, &writer, sink);
	if (run->changes)
		failed = merge_changes_write(&run->replicas, run->changes, &writer, error);
	state_writer_release(&writer);
	return failed || (run->cfg->in_place && write_files(run, error)) ? -1 : 0;
}

// `3 conflicts: the base stays; -e conflict shows them`
static void report(const struct run *run)
{
	const char *shown = run->streams.emit.sinks[MERGE_EMIT_CONFLICT] ? "" : "; -e conflict shows them";

	if (run->remaining)
		message_print("%llu %s: the base stays%s", (unsigned long long)run->remaining,
		    run->remaining == 1 ? "conflict" : "conflicts", shown);
	if (run->resolved)
		message_print("%llu %s decided by rule%s", (unsigned long long)run->resolved,
		    run->resolved == 1 ? "conflict" : "conflicts", run->remaining ? "" : shown);
	if (run->found)
		message_print("%llu %s of which sensors contradict each other%s", (unsigned long long)run->found,
		    run->found == 1 ? "property" : "properties", shown);
}

static void report_counters(const struct run *run)
{
	fprintf(stderr,
	    "{\"replicas\":%zu,\"twins\":%zu,\"registers\":%zu,\"conflicts\":%llu,\"resolved\":%llu,\"concurrent\":%"
	    "llu,"
	    "\"rejected\":%llu}\n",
	    replicas_sides(&run->replicas), run->merged.entities.count, run->merged.series_count,
	    (unsigned long long)run->remaining, (unsigned long long)run->resolved, (unsigned long long)run->found,
	    (unsigned long long)rejects_count(&run->streams.rejects));
}

static void explain(const struct run *run)
{
	message_print("model: %s", run->cfg->model ? run->cfg->model : "none");
	message_print("base: %s", run->cfg->base ? run->cfg->base : "none");
	explain_zone(&run->cfg->clock);
	explain_clock(&run->cfg->clock);
}

static enum exit_status merge(struct run *run)
{
	struct error error;

	if (run->cfg->run.explain)
		explain(run);
	if (read_all(run))
		return STATUS_TROUBLE;
	record_streams_end_input(&run->streams);
	if (replicas_finish(&run->replicas, &error))
		return program_trouble(&error);
	bool is_three_way = run->cfg->base || replicas_are_documents(&run->replicas);

	if ((is_three_way ? merge_three_way(run, &error) : merge_joined(run, &error)) || write_all(run, &error))
		return program_trouble(&error);
	record_streams_flush(&run->streams);
	if (!run->cfg->output.quiet)
		report(run);
	if (run->cfg->run.stats)
		report_counters(run);
	return run->remaining ? STATUS_DIFFERS : STATUS_DONE;
}

static enum exit_status run_all(const struct config *cfg, int argc, char **argv)
{
	struct run run = {.cfg = cfg};
	struct error error;
	enum exit_status status;

	twin_set_init(&run.merged);
	name_operands(&run, argc, argv);
	if (prepare(&run, &error) || open_streams(&run, &error))
		status = program_trouble(&error);
	else
		status = record_streams_close(&run.streams, merge(&run));
	release_level(&run);
	merge_in_place_release(&run.files);
	if (run.replicas.items)
		replicas_release(&run.replicas);
	twin_set_release(&run.merged);
	option_list_release(&run.emit);
	arena_release(&run.arena);
	model_free(run.model);
	free(run.operands);
	free(run.paths);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	enum exit_status status = run_all(&cfg, argc, argv);

	time_settings_release(&cfg.clock);
	option_list_release(&cfg.emit);
	return program_end(status, NULL, 0);
}
