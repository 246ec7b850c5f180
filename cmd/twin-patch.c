// twin-patch - apply differences to states of twins, or to a document
//
// Of each twin, and of a document, all is done or nothing.
#include <string.h>

#include "base/message.h"
#include "io/atomic_file.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/record_streams.h"
#include "twin/patch_run.h"
#include "twin/settings_files.h"

enum { EMIT_STATE, EMIT_REFUSED, EMIT_REJECTED };

static const char *const emit_types[] = {"state", "refused", "rejected", NULL};
static const char *const forms[] = {"auto", "diff", "patch", "merge", NULL};

struct config {
	int form; // enum patch_form
	bool reverse, check, in_place;
	const char *refused;
	const char *entity;
	struct option_time timestamp;
	const char *model;
	struct time_settings clock;
	struct output_options output;
	struct input_options input;
	const char *patch, *state;
};

static const struct program_info info = {
    .name = "twin-patch",
    .summary = "apply differences to states of twins, or to a document",
    .operands = "[PATCH] STATE",
};

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Patch"},
	    {.kind = OPTION_CHOICE, .short_name = 'f', .long_name = "input-format", .target = &cfg->form,
	     .choices = forms, .help = "form of the patch"},
	    {.kind = OPTION_FLAG, .short_name = 'R', .long_name = "reverse", .target = &cfg->reverse,
	     .help = "undo it (diff records only)"},
	    {.kind = OPTION_TEXT, .short_name = 'E', .long_name = "entity", .target = &cfg->entity,
	     .argument = "ID", .help = "the twin of operations that name none"},
	    {.kind = OPTION_TIME, .long_name = "timestamp", .target = &cfg->timestamp,
	     .argument = "T", .help = "since when what it says is so, where it has no time"},
	    OPTIONS_CLOCK(&cfg->clock),
	    OPTION_MODEL(&cfg->model),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    {.kind = OPTION_FLAG, .long_name = "check", .target = &cfg->check,
	     .help = "change and write nothing: would it apply?"},
	    {.kind = OPTION_FLAG, .short_name = 'i', .long_name = "in-place", .target = &cfg->in_place,
	     .help = "replace STATE by what it becomes"},
	    {.kind = OPTION_FILE, .long_name = "refused", .target = &cfg->refused,
	     .argument = "FILE", .help = "keep operations that do not apply there"},
	    OPTIONS_OUTPUT(&cfg->output),
	    {.kind = OPTION_HEADING, .help = "Input"},
	    OPTIONS_INPUT(&cfg->input),
	    {.kind = OPTION_END},
	};
	// clang-format on

	option_parse(&info, specs, argc, argv);
	if (*argc < 1 || *argc > 2)
		option_usage_error("[PATCH] STATE: what is applied to what?");
	cfg->patch = *argc == 2 ? (*argv)[0] : "-";
	cfg->state = (*argv)[*argc - 1];
	if (strcmp(cfg->patch, "-") == 0 && strcmp(cfg->state, "-") == 0)
		option_usage_error("standard input cannot be the patch and what it is applied to");
	if (cfg->in_place && (cfg->check || cfg->output.path))
		option_usage_error("--in-place does not go with --check or --output");
}

static int read_all(struct patch_run *run, const struct config *cfg, struct buffer *text, struct error *error)
{
	struct error why;

	if (file_read_whole(cfg->patch, (size_t)1 << 32, text, error) ||
	    diff_operand_find(&run->operand, cfg->state, DIFF_INPUT_AUTO, false, error))
		return -1;
	if (patch_file_read(&run->file, buffer_slice(text), (enum patch_form)cfg->form, &why))
		return error_set(error, "the patch is malformed: %.400s", why.message);
	run->is_reversed = cfg->reverse;
	return cfg->reverse ? patch_file_reverse(&run->file, error) : 0;
}

static int open_streams(
    struct record_streams *streams, const struct config *cfg, const struct model *model, struct error *error)
{
	struct option_list emit = {.items = NULL};
	char *const operands[] = {(char *)(uintptr_t)cfg->patch, (char *)(uintptr_t)cfg->state};
	const struct record_streams_options options = {
	    .operands = operands,
	    .operand_count = 2,
	    .types = emit_types,
	    .defaults = 1u << EMIT_STATE,
	    .emit = &emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = 1,
	    .no_input = true,
	};

	return settings_files_check(model, NULL, &emit, &cfg->output, cfg->input.rejects, error) ||
		output_check_inputs(cfg->refused, operands, 2, error) || record_streams_open(streams, &options, error)
	    ? -1
	    : 0;
}

static void keep_refused(void *context, struct slice record)
{
	output_write_slice(context, record);
	output_write(context, "\n", 1);
}

static void write_states(struct record_sink *sink, struct slice lines)
{
	while (lines.length) {
		const char *newline = memchr(lines.data, '\n', lines.length);
		size_t length = newline ? (size_t)(newline - lines.data) : lines.length;

		record_sink_write(sink, slice_of(lines.data, length));
		lines = slice_skip(lines, length + 1);
	}
}

static int finish(struct patch_run *run, const struct config *cfg, struct record_streams *streams, struct error *error)
{
	struct slice out = buffer_slice(&run->out);

	if (cfg->check || run->operand.is_store)
		return 0;
	if (cfg->in_place)
		return run->refused && !out.length ? 0 : atomic_file_write(cfg->state, out, error);
	if (run->operand.is_document)
		output_write_slice(&streams->emit.main_output, out);
	else
		write_states(streams->emit.sinks[EMIT_STATE], out);
	return 0;
}

static enum exit_status patch(struct patch_run *run, const struct config *cfg, struct record_streams *streams)
{
	enum exit_status status = STATUS_TROUBLE;
	struct output refused;
	struct error error;

	if (cfg->refused && output_open(&refused, cfg->refused, &error))
		return program_trouble(&error);
	run->keep = cfg->refused ? keep_refused : NULL;
	run->context = &refused;
	run->rejects = &streams->rejects;
	if (patch_run(run, &error) || finish(run, cfg, streams, &error)) {
		program_trouble(&error);
	} else {
		status = run->refused ? STATUS_DIFFERS : STATUS_DONE;
	}
	if (cfg->refused && output_close(&refused, &error))
		status = program_trouble(&error);
	return status;
}

static enum exit_status run_all(const struct config *cfg)
{
	struct patch_run run = {.entity = cfg->entity, .max_line = (size_t)cfg->input.max_line, .check = cfg->check};
	enum exit_status status = STATUS_TROUBLE;
	struct buffer text = BUFFER_INIT;
	struct record_streams streams;
	struct model *model = NULL;
	struct error error;

	twin_patch_init(&run.patch);
	run.patch.has_time = cfg->timestamp.given;
	run.patch.time = cfg->timestamp.nanoseconds;
	if ((cfg->model && !(model = model_read(cfg->model, &error))) || read_all(&run, cfg, &text, &error) ||
	    open_streams(&streams, cfg, model, &error)) {
		program_trouble(&error);
	} else {
		run.patch.model = model;
		status = record_streams_close(&streams, patch(&run, cfg, &streams));
	}
	patch_run_release(&run);
	buffer_release(&text);
	model_free(model);
	return status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	enum exit_status status = run_all(&cfg);

	time_settings_release(&cfg.clock);
	return program_end(status, NULL, 0);
}
