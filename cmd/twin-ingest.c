// twin-ingest - turn recordings in foreign formats into readings
//
// An event time is never invented in silence: a source without one is refused unless an option says where times come from, and
// the readings then tell it.
#include <inttypes.h>
#include <stdio.h>

#include "base/message.h"
#include "format/format.h"
#include "format/ingest.h"
#include "format/mapping_options.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/emit.h"
#include "record/rejects.h"
#include "twin/settings_files.h"
#include "twin/treatment.h"

enum emitted {
	EMIT_READING,
	EMIT_LABEL,
	EMIT_REJECTED,
};

static const char *const emit_types[] = {"reading", "label", "rejected", NULL};
static const char *const precisions[] = {"ns", "us", "ms", "s", NULL};

struct config {
	int format;
	int precision; // of precisions; -1: not said
	struct mapping_options mapping;
	const char *model;
	struct option_list to_units;
	struct quality_options checks;
	struct select_options select;
	struct option_list emit;
	struct time_settings clock;
	struct input_options input;
	struct output_options output;
	bool print_map, no_origin, stats, explain;
};

static const struct program_info info = {
    .name = "twin-ingest",
    .summary = "turn recordings in foreign formats into readings",
    .operands = "[FILE ...]",
};

// One entry of the table; the shared groups are macros of io/shared_options.h.
#define ENTRY(kind_, name_, target_, argument_, help_)                                                                 \
	{                                                                                                              \
		.kind = (kind_), .long_name = (name_), .target = (target_), .argument = (argument_), .help = (help_)   \
	}

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	struct mapping_options *mapping = &cfg->mapping;
	const char *words[FORMAT_WORDS_MAX];
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Format"},
	    OPTION_INPUT_FORMAT(&cfg->format, words),
	    ENTRY(OPTION_FILE, "map", &mapping->map, "FILE", "read the mapping from FILE"),
	    ENTRY(OPTION_FLAG, "print-map", &cfg->print_map, NULL, "print the mapping in use, convert nothing"),
	    ENTRY(OPTION_TEXT, "delimiter", &mapping->delimiter, "CHAR", "between cells; or tab, or blanks"),
	    ENTRY(OPTION_FLAG, "header", &mapping->header, NULL, "the first line names the columns"),
	    ENTRY(OPTION_FLAG, "no-header", &mapping->no_header, NULL, "the first line is data"),
	    ENTRY(OPTION_LIST, "columns", &mapping->columns, "NAME,...", "names of the columns"),
	    ENTRY(OPTION_FLAG, "header-units", &mapping->header_units, NULL, "'Torque [Nm]' is Torque in Nm"),
	    ENTRY(OPTION_FLAG, "decimal-comma", &mapping->decimal_comma, NULL, "1.234,5 is the number 1234.5"),
	    {.kind = OPTION_HEADING, .help = "Twins and times"},
	    ENTRY(OPTION_TEXT, "entity-id", &mapping->entity_id, "TEMPLATE", "with {file} {dir} {stem} {row} {COLUMN}"),
	    ENTRY(OPTION_LIST, "topic", &mapping->topics, "TEMPLATE", "such as site/+entity/+property, of messages"),
	    ENTRY(OPTION_TEXT, "time", &mapping->time, "COL", "column of times; or row:STEP"),
	    ENTRY(OPTION_TEXT, "time-format", &mapping->time_format, "FORMAT",
		"iso, s, ms, us, ns, 1-min, cycle, %d.%m.%Y..."),
	    ENTRY(OPTION_TIME, "time-start", &mapping->time_start, "T", "what counts of time begin at"),
	    ENTRY(OPTION_TEXT, "zone", &mapping->zone, "ZONE", "zone of times without offset, not UTC"),
	    ENTRY(OPTION_TEXT, "received", &mapping->received, "COL", "column of times of receipt"),
	    {.kind = OPTION_CHOICE,
		.long_name = "precision",
		.target = &cfg->precision,
		.choices = precisions,
		.help = "what times of line protocol count"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Values"},
	    ENTRY(OPTION_LIST, "take", &mapping->take, "COLS", "only these columns (globs)"),
	    ENTRY(OPTION_LIST, "skip", &mapping->skip, "COLS", "not these columns (globs)"),
	    ENTRY(OPTION_LIST, "label", &mapping->labels, "COLS", "columns of known truth, not readings"),
	    ENTRY(OPTION_LIST, "unit", &mapping->units, "PROP=UNIT", "unit of a property"),
	    ENTRY(OPTION_LIST, "value-type", &mapping->types, "COL=TYPE", "number, integer, string, boolean, json"),
	    ENTRY(OPTION_TEXT, "missing", &mapping->missing, "LIST", "words for a missing value"),
	    ENTRY(OPTION_TEXT, "property-column", &mapping->property_column, "COL", "column that names the property"),
	    ENTRY(OPTION_TEXT, "value-column", &mapping->value_column, "COL", "column with its value"),
	    ENTRY(OPTION_TEXT, "unit-column", &mapping->members[MAPPING_UNIT], "COL", "column with its unit"),
	    ENTRY(OPTION_TEXT, "quality-column", &mapping->members[MAPPING_QUALITY], "COL", "column of qualities"),
	    ENTRY(OPTION_TEXT, "sensor-column", &mapping->members[MAPPING_SENSOR_ID], "COL", "column of sensors"),
	    {.kind = OPTION_HEADING, .help = "Units, calibration and checks"},
	    OPTION_MODEL(&cfg->model),
	    ENTRY(OPTION_LIST, "to-unit", &cfg->to_units, "PROP=UNIT", "convert the readings of a property (glob)"),
	    OPTIONS_QUALITY(&cfg->checks),
	    {.kind = OPTION_HEADING, .help = "Selection"},
	    OPTIONS_SELECT(&cfg->select),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT_TYPES(&cfg->emit, emit_types),
	    OPTIONS_OUTPUT(&cfg->output),
	    ENTRY(OPTION_FLAG, "no-origin", &cfg->no_origin, NULL, "readings do not say FILE:LINE"),
	    {.kind = OPTION_HEADING, .help = "Input and run"},
	    OPTIONS_INPUT(&cfg->input),
	    ENTRY(OPTION_FLAG, "explain", &cfg->explain, NULL, "mapping, zone and clock in use on standard error"),
	    ENTRY(OPTION_FLAG, "stats", &cfg->stats, NULL, "counters as JSON on standard error"),
	    {.kind = OPTION_END},
	};

	format_words(words);
	option_parse(&info, specs, argc, argv);
	select_options_check(&cfg->select);
	mapping->precision = cfg->precision < 0 ? NULL : precisions[cfg->precision];
	mapping->format = cfg->format ? words[cfg->format] : NULL;
}

static void write_rejected(void *context, struct slice record)
{
	record_sink_write(context, record);
}

struct outputs {
	struct emit emit;
	struct rejects rejects;
};

static void flush_outputs(void *context)
{
	struct outputs *outputs = context;

	emit_flush(&outputs->emit);
	rejects_flush(&outputs->rejects);
}

static enum exit_status read_sources(const struct config *cfg, struct ingest *ingest, size_t count, char **operands)
{
	char dash[] = "-";
	char *standard_input[] = {dash};
	char **sources = count ? operands : standard_input;
	enum format_result result = FORMAT_DONE;
	enum exit_status status = STATUS_DONE;

	ingest->source_count = count;
	ingest_start_progress(ingest, operands, count);
	for (size_t i = 0; i < (count ? count : 1) && result != FORMAT_STOPPED; i++) {
		result = ingest_source(ingest, &sources[i]);
		if (result != FORMAT_DONE)
			status = STATUS_TROUBLE;
		if (cfg->print_map)
			break;
	}
	reading_writer_finish(&ingest->writer);
	if (result != FORMAT_STOPPED && !ingest_finish(ingest) && !cfg->print_map)
		status = STATUS_TROUBLE;
	if (cfg->print_map && status == STATUS_DONE && !ingest->mapping_out->length) {
		message_print("no row is there that a mapping could be made from");
		status = STATUS_TROUBLE;
	}
	if (cfg->stats)
		fprintf(stderr,
		    "{\"rows\":%" PRIu64 ",\"readings\":%" PRIu64 ",\"labels\":%" PRIu64 ",\"missing\":%" PRIu64
		    ",\"rejected\":%" PRIu64 "}\n",
		    ingest->row_count, ingest->writer.reading_count, ingest->writer.label_count, ingest->missing_count,
		    rejects_count(ingest->rejects));
	return status;
}

static int open_outputs(const struct config *cfg, struct outputs *outputs, struct error *error)
{
	rejects_init(&outputs->rejects, cfg->input.strict);
	if (emit_open(
		&outputs->emit, emit_types, 1u << EMIT_READING | 1u << EMIT_LABEL, &cfg->emit, &cfg->output, error))
		return -1;
	if (outputs->emit.sinks[EMIT_REJECTED]) {
		outputs->rejects.emit = write_rejected;
		outputs->rejects.context = outputs->emit.sinks[EMIT_REJECTED];
	}
	const char *rejects = cfg->input.rejects;

	if (!rejects ||
	    (emit_check_other(&outputs->emit, rejects, error) == 0 &&
		rejects_open(&outputs->rejects, rejects, error) == 0))
		return 0;
	emit_close(&outputs->emit);
	return -1;
}

// *treatment is NULL where nothing is to be done to readings.
static int open_treatment(const struct config *cfg, const struct mapping *mapping, const struct model *model,
    struct treatment **treatment, struct error *error)
{
	const struct treatment_settings settings = {
	    .model = model, .to_units = &cfg->to_units, .checks = &cfg->checks, .tell = message_tell};

	*treatment = NULL;
	if (!treatment_is_asked(&settings))
		return 0;
	if (treatment_check(&settings, mapping, error) < 0)
		return -1;
	*treatment = treatment_new(&settings);
	return 0;
}

static void set_up(const struct config *cfg, struct ingest *ingest, struct outputs *outputs, struct mapping *mapping)
{
	ingest_init(ingest, mapping, &outputs->rejects);
	reading_writer_init(&ingest->writer, outputs->emit.sinks[EMIT_READING], outputs->emit.sinks[EMIT_LABEL]);
	selection_init(&ingest->selection, &cfg->select);
	ingest->wants_origin = !cfg->no_origin;
	ingest->quiet = cfg->output.quiet || cfg->print_map;
	ingest->explain = cfg->explain;
	ingest->has_now = cfg->clock.has_now;
	ingest->live = cfg->clock.live;
	ingest->now = cfg->clock.now;
	ingest->max_line = (size_t)cfg->input.max_line;
	ingest->before_wait = flush_outputs;
	ingest->context = outputs;
	ingest->mapping_out = cfg->print_map ? &outputs->emit.main_output.buffer : NULL;
}

static int check_outputs(const struct config *cfg, char *const *inputs, size_t count, struct error *error)
{
	if (emit_check_inputs(&cfg->emit, &cfg->output, inputs, count, error) < 0)
		return -1;
	return output_check_inputs(cfg->input.rejects, inputs, count, error);
}

static enum exit_status run(
    const struct config *cfg, struct mapping *mapping, const struct model *model, int argc, char **argv)
{
	struct outputs outputs;
	struct ingest ingest;
	struct treatment *treatment;
	struct error error;

	if (open_treatment(cfg, mapping, model, &treatment, &error) < 0 ||
	    check_outputs(cfg, argv, (size_t)argc, &error) < 0 ||
	    settings_files_check(model, cfg->mapping.map, &cfg->emit, &cfg->output, cfg->input.rejects, &error) ||
	    open_outputs(cfg, &outputs, &error) < 0) {
		treatment_free(treatment);
		return program_trouble(&error);
	}
	if (!cfg->output.quiet)
		model_tell_slips(model, message_tell);
	set_up(cfg, &ingest, &outputs, mapping);
	if (cfg->explain)
		message_print("model: %s", cfg->model ? cfg->model : "none");
	ingest.writer.hook = treatment ? treatment_hook(treatment) : NULL;
	enum exit_status status = read_sources(cfg, &ingest, (size_t)argc, argv);

	if (treatment && treatment_tell_unused(treatment))
		status = STATUS_TROUBLE;
	if (rejects_count(&outputs.rejects))
		status = status_join(status, STATUS_REJECTED);
	if (rejects_finish(&outputs.rejects, &error) < 0)
		status = program_trouble(&error);
	ingest_release(&ingest);
	treatment_free(treatment);
	return emit_close(&outputs.emit) ? STATUS_TROUBLE : status;
}

int main(int argc, char **argv)
{
	struct config cfg = {.precision = -1, .input = INPUT_OPTIONS_DEFAULT};
	struct mapping mapping;
	struct model *model = NULL;
	enum exit_status status = STATUS_TROUBLE;
	struct error error;

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	if (mapping_from_options(&mapping, &cfg.mapping, &error) < 0)
		option_usage_error("%s", error.message);
	if (cfg.model && !(model = model_read(cfg.model, &error)))
		message_print("%s", error.message);
	else if (quality_options_check(&cfg.checks, model, &error) < 0)
		option_usage_error("%s", error.message);
	else
		status = run(&cfg, &mapping, model, argc, argv);
	model_free(model);
	mapping_release(&mapping);
	mapping_options_release(&cfg.mapping);
	select_options_release(&cfg.select);
	quality_options_release(&cfg.checks);
	option_list_release(&cfg.to_units);
	option_list_release(&cfg.emit);
	time_settings_release(&cfg.clock);
	return program_end(status, NULL, 0);
}
