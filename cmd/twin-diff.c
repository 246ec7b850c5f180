// twin-diff - compare states of twins, documents, or recordings
//
// What it writes can be undone: each difference holds both sides, with their times.
#include <string.h>

#include "analysis/stream_options.h"
#include "base/message.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/record_filter.h"
#include "record/record_streams.h"
#include "record/table.h"
#include "twin/diff_run.h"
#include "twin/settings_files.h"

// Of -F: enum output_format, and behind it the forms that are no records.
enum { FORMAT_PATCH = OUTPUT_FORMAT_CSV + 1, FORMAT_MERGE, FORMAT_TEXT, FORMAT_STAT };

static const char *const formats[] = {"auto", "table", "ndjson", "csv", "patch", "merge", "text", "stat", NULL};
static const char *const inputs[] = {"auto", "records", "document", NULL};

enum { EMIT_DIFF, EMIT_SUMMARY, EMIT_EVENT, EMIT_REJECTED };

static const char *const emit_types[] = {"diff", "summary", "event", "rejected", NULL};

struct config {
	const char *absolute, *relative;
	struct option_list tolerances, ignored, only, keys, sets;
	bool large;
	bool metadata;
	int64_t time_tolerance;
	const char *model;
	struct option_list entities, properties;
	bool sorted;
	int input_format;
	struct stream_options streams;
	struct option_list emit;
	struct output_options output;
	struct input_options input;
};

static const struct program_info info = {
    .name = "twin-diff",
    .summary = "compare states of twins, documents, or recordings",
    .operands = "A B",
};

static void check_streams(const struct config *cfg)
{
	const struct stream_options *streams = &cfg->streams;

	if (!streams->streams &&
	    (streams->type || streams->align || streams->baseline || streams->anchors.count || streams->to_end))
		option_usage_error("--type, --align, --baseline, --anchor and --to-end are for --streams");
	if (!streams->streams)
		return;
	if (cfg->output.format == FORMAT_PATCH || cfg->output.format == FORMAT_MERGE ||
	    cfg->output.format == FORMAT_STAT)
		option_usage_error(
		    "--streams writes records or text: -F patch, merge and stat are of states and documents");
	if (cfg->keys.count || cfg->sets.count || cfg->sorted || cfg->time_tolerance || cfg->metadata ||
	    cfg->input_format)
		option_usage_error("--key, --set, --sorted, --metadata, --time-tolerance and -f are for states and "
				   "documents, not for --streams");
}

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "What counts as equal"},
	    {.kind = OPTION_TEXT, .long_name = "atol", .target = &cfg->absolute,
	     .argument = "NUMBER", .help = "numbers that are no further apart"},
	    {.kind = OPTION_TEXT, .long_name = "rtol", .target = &cfg->relative,
	     .argument = "NUMBER", .help = "the same, as a share of the larger one"},
	    {.kind = OPTION_LIST, .long_name = "tolerance", .target = &cfg->tolerances,
	     .argument = "PATH=ABS[,REL]", .help = "the same for what is at PATH"},
	    {.kind = OPTION_FLAG, .long_name = "large", .target = &cfg->large,
	     .help = "a relative tolerance of 1 or more is meant"},
	    {.kind = OPTION_LIST, .long_name = "ignore", .target = &cfg->ignored,
	     .argument = "PATH", .help = "whatever is there"},
	    {.kind = OPTION_LIST, .long_name = "only", .target = &cfg->only,
	     .argument = "PATH", .help = "whatever is not there"},
	    {.kind = OPTION_LIST, .long_name = "key", .target = &cfg->keys,
	     .argument = "PATH=FIELD", .help = "pair the elements of an array by a member"},
	    {.kind = OPTION_LIST, .long_name = "set", .target = &cfg->sets,
	     .argument = "PATH", .help = "whatever the order of an array is"},
	    {.kind = OPTION_FLAG, .long_name = "metadata", .target = &cfg->metadata,
	     .help = "not what differs in its metadata alone"},
	    {.kind = OPTION_DURATION, .long_name = "time-tolerance", .target = &cfg->time_tolerance,
	     .argument = "DUR", .help = "times that are no further apart"},
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_HEADING, .help = "Input"},
	    {.kind = OPTION_LIST, .short_name = 'E', .long_name = "entity", .target = &cfg->entities,
	     .argument = "GLOB", .help = "only twins whose id matches (repeatable)"},
	    {.kind = OPTION_LIST, .short_name = 'P', .long_name = "property", .target = &cfg->properties,
	     .argument = "GLOB", .help = "only properties that match (repeatable)"},
	    OPTION_INPUT_FORMAT(&cfg->input_format, inputs),
	    {.kind = OPTION_FLAG, .long_name = "sorted", .target = &cfg->sorted,
	     .help = "the twins are in order: in constant memory"},
	    OPTIONS_INPUT(&cfg->input),
	    {.kind = OPTION_HEADING, .help = "Recordings"},
	    OPTIONS_STREAMS(&cfg->streams),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    {.kind = OPTION_CHOICE, .short_name = 'F', .long_name = "format", .target = &cfg->output.format,
	     .choices = formats, .help = "format of the output"},
	    OPTION_EMIT_TYPES(&cfg->emit, emit_types),
	    {.kind = OPTION_FILE, .short_name = 'o', .long_name = "output", .target = &cfg->output.path,
	     .argument = "FILE", .help = "write there, not to standard output"},
	    {.kind = OPTION_FLAG, .short_name = 'q', .long_name = "quiet", .target = &cfg->output.quiet,
	     .help = "write nothing: the exit status says it"},
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	if (*argc != 2)
		option_usage_error("two operands are compared: A and B");
	if (strcmp((*argv)[0], "-") == 0 && strcmp((*argv)[1], "-") == 0)
		option_usage_error("standard input can be one of the operands, not both");
	check_streams(cfg);
	if (cfg->sorted && cfg->input_format == DIFF_INPUT_DOCUMENT)
		option_usage_error("--sorted is for records: a document has no order");
}

static void add_rules(struct diff_rules *rules, const struct config *cfg, enum diff_rule_kind kind, const char *option,
    const struct option_list *list)
{
	struct error error;

	for (size_t i = 0; i < list->count; i++)
		if (diff_rules_add(rules, kind, list->items[i], cfg->large, &error))
			option_usage_error("option '--%s': %s", option, error.message);
}

static void check_set_tolerances(const struct diff_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct diff_path path = {.segments = rules->items[i].segments, .count = rules->items[i].count};

		if (rules->items[i].kind == DIFF_TOLERANCE && diff_rules_find(rules, DIFF_SET, &path, false))
			option_usage_error("elements of a --set cannot have a --tolerance");
	}
}

// What is wrong with them is wrong usage.
static void read_rules(struct diff_rules *rules, const struct config *cfg)
{
	struct error error;

	if (cfg->absolute) {
		rules->tolerance.absolute = slice_from_string(cfg->absolute);
		if (tolerance_check_number(rules->tolerance.absolute, &error))
			option_usage_error("option '--atol': %s", error.message);
	}
	if (cfg->relative) {
		rules->tolerance.relative = slice_from_string(cfg->relative);
		if (tolerance_check_relative(rules->tolerance.relative, cfg->large, &error))
			option_usage_error("option '--rtol': %s", error.message);
	}
	add_rules(rules, cfg, DIFF_TOLERANCE, "tolerance", &cfg->tolerances);
	add_rules(rules, cfg, DIFF_IGNORE, "ignore", &cfg->ignored);
	add_rules(rules, cfg, DIFF_ONLY, "only", &cfg->only);
	add_rules(rules, cfg, DIFF_KEY, "key", &cfg->keys);
	add_rules(rules, cfg, DIFF_SET, "set", &cfg->sets);
	check_set_tolerances(rules);
}

// -F is one of ours, or one of those that record sinks know; a terminal gets text.
static enum diff_form choose_form(struct output_options *output)
{
	static const enum diff_form forms[] = {DIFF_FORM_PATCH, DIFF_FORM_MERGE, DIFF_FORM_TEXT, DIFF_FORM_STAT};
	enum diff_form form = DIFF_FORM_RECORDS;

	if (output->format >= FORMAT_PATCH)
		form = forms[output->format - FORMAT_PATCH];
	else if (output->format == OUTPUT_FORMAT_AUTO && output_options_format(output) == OUTPUT_FORMAT_TABLE)
		form = DIFF_FORM_TEXT;
	if (form == DIFF_FORM_STAT)
		output->format = OUTPUT_FORMAT_AUTO;
	else if (form != DIFF_FORM_RECORDS)
		output->format = OUTPUT_FORMAT_NDJSON;
	return form;
}

static int open_streams(
    struct record_streams *streams, struct config *cfg, const struct model *model, char **operands, struct error *error)
{
	const struct record_streams_options options = {
	    .operands = operands,
	    .operand_count = 2,
	    .types = emit_types,
	    .defaults = 1u << EMIT_DIFF | 1u << EMIT_SUMMARY | 1u << EMIT_EVENT,
	    .emit = &cfg->emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = 1,
	    .no_input = !cfg->streams.streams,
	};

	return settings_files_check(model, NULL, &cfg->emit, &cfg->output, cfg->input.rejects, error) ||
		record_streams_open(streams, &options, error)
	    ? -1
	    : 0;
}

static void flush_before_wait(void *context)
{
	record_streams_flush(context);
}

static enum exit_status compare(struct diff_run *run, struct record_streams *streams)
{
	struct error error;

	run->emit = &streams->emit;
	run->rejects = &streams->rejects;
	run->before_wait = flush_before_wait;
	run->context = streams;
	int result = diff_run(run, &error);

	if (result < 0 && error.message[0])
		message_print("%s", error.message);
	record_streams_flush(streams);
	return result < 0 ? STATUS_TROUBLE : result ? STATUS_DIFFERS : STATUS_DONE;
}

static int find_operands(struct diff_run *run, const struct config *cfg, char **operands, struct error *error)
{
	for (int side = 0; side < 2; side++)
		if (diff_operand_find(&run->operands[side], operands[side], cfg->input_format, cfg->sorted, error))
			return -1;
	return 0;
}

static bool wants(void *context, const struct record *record)
{
	return record_filter_takes(context, record);
}

// Text goes to the main output; records of which -e says a file are written as ever.
static enum exit_status compare_recordings(
    struct config *cfg, const struct stream_exactness *exactness, bool text, struct record_streams *streams)
{
	struct select_options select = {.entities = cfg->entities, .properties = cfg->properties};
	struct record_sink *const *sinks = streams->emit.sinks;
	bool none = (text && !cfg->emit.count) || cfg->output.quiet;
	struct stream_comparison_sinks written = {
	    none ? NULL : sinks[EMIT_DIFF], none ? NULL : sinks[EMIT_SUMMARY], none ? NULL : sinks[EMIT_EVENT]};
	struct record_filter filter;

	record_filter_init(&filter, &select, NULL);
	enum exit_status status = stream_options_run(&cfg->streams, exactness, &cfg->only, &cfg->ignored, streams,
	    text && !cfg->output.quiet, &written, wants, &filter);

	record_filter_release(&filter);
	return status;
}

static enum exit_status run_streams(struct config *cfg, char **operands)
{
	struct stream_exactness exactness = {
	    .tolerances = &cfg->tolerances, .absolute = cfg->absolute, .relative = cfg->relative, .large = cfg->large};
	enum exit_status status = STATUS_TROUBLE;
	struct model *model = NULL;
	struct record_streams streams;
	struct error error;

	stream_options_check(&cfg->streams, &exactness);
	bool text = choose_form(&cfg->output) == DIFF_FORM_TEXT;

	if ((cfg->model && !(model = model_read(cfg->model, &error))) ||
	    open_streams(&streams, cfg, model, operands, &error)) {
		program_trouble(&error);
	} else {
		exactness.model = model;
		status = record_streams_close(&streams, compare_recordings(cfg, &exactness, text, &streams));
	}
	stream_tolerances_release(&exactness.read);
	model_free(model);
	return status;
}

static enum exit_status run_all(struct config *cfg, char **operands)
{
	struct diff_rules rules = DIFF_RULES_INIT;
	struct diff_run run = {.entities = &cfg->entities,
	    .max_line = (size_t)cfg->input.max_line,
	    .sorted = cfg->sorted,
	    .brief = cfg->output.quiet};
	enum exit_status status = STATUS_TROUBLE;
	struct model *model = NULL;
	struct record_streams streams;
	struct error error;

	read_rules(&rules, cfg);
	run.output.form = choose_form(&cfg->output);
	twin_diff_init(&run.diff, &rules);
	run.diff.properties = &cfg->properties;
	run.diff.metadata = cfg->metadata;
	run.diff.time_tolerance = cfg->time_tolerance;
	if (cfg->model && !(model = model_read(cfg->model, &error))) {
		program_trouble(&error);
	} else if (find_operands(&run, cfg, operands, &error) || open_streams(&streams, cfg, model, operands, &error)) {
		program_trouble(&error);
	} else {
		run.model = run.diff.model = model;
		run.output.sink = cfg->output.quiet ? NULL : streams.emit.sinks[EMIT_DIFF];
		run.output.colour = screen_of(&streams.emit.main_output).colour;
		status = record_streams_close(&streams, compare(&run, &streams));
	}
	for (int side = 0; side < 2; side++)
		diff_operand_release(&run.operands[side]);
	twin_diff_release(&run.diff);
	diff_output_release(&run.output);
	diff_rules_release(&rules);
	model_free(model);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT, .streams = STREAM_OPTIONS_DEFAULT};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	enum exit_status status = cfg.streams.streams ? run_streams(&cfg, argv) : run_all(&cfg, argv);
	struct option_list *const lists[] = {&cfg.tolerances, &cfg.ignored, &cfg.only, &cfg.keys, &cfg.sets,
	    &cfg.entities, &cfg.properties, &cfg.emit, &cfg.streams.anchors};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		option_list_release(lists[i]);
	return program_end(status, NULL, 0);
}
