// twin-select - filter, sort, limit, choose and rename members of any records
//
// Lines that are not changed are passed byte for byte, and at once unless they have to be put in order first.
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "base/timestamp.h"
#include "io/option.h"
#include "io/program.h"
#include "io/shared_options.h"
#include "record/columns.h"
#include "record/expression.h"
#include "record/fields.h"
#include "record/ordering.h"
#include "record/record_filter.h"
#include "record/record_hints.h"
#include "record/record_streams.h"
#include "record/tally.h"

struct config {
	struct option_list types;
	struct select_options select;
	struct time_settings clock;
	struct input_options input;
	struct output_options output;
	struct run_options run;
	struct option_list emit;
	const char *where;
	const char *sort;
	const char *fields;
	const char *by;
	int64_t limit; // negative: none
	int64_t last;  // 0: all
	int64_t memory;
	bool count;
};

enum select_emit { EMIT_SELECTED };

// Those of twin-record(5); any other is asked for by its name as well.
static const char *const record_types[] = {"reading", "desired", "deleted", "state", "change", "delta", "refused",
    "diff", "conflict", "event", "forecast", "prediction", "score", "summary", "why", "clock", "label", "rejected",
    NULL};

static const char *const emit_types[] = {"selected", "rejected", NULL};

// What is asked for; pointers are NULL for what is not.
struct select {
	const struct config *cfg;
	struct record_streams streams;
	struct record_filter selection;
	struct expression *where;
	struct expression_run *where_run;
	struct ordering ordering;
	struct fields fields;
	struct tally tally;
	struct columns columns;
	bool has_columns;
	struct buffer line;
	uint64_t records, selected, written;
};

static const struct program_info info = {
    .name = "twin-select",
    .summary = "filter, sort, limit, choose and rename members of any records",
    .operands = "[FILE ...]",
};

// An empty word is a variable of a script that was not set: it would choose nothing without a word.
static bool has_empty_word(const char *list)
{
	for (const char *word = list;; word = strchr(word, ',') + 1) {
		if (!*word || *word == ',')
			return true;
		if (!strchr(word, ','))
			return false;
	}
}

static void check_args(const struct config *cfg)
{
	select_options_check(&cfg->select);
	for (size_t i = 0; i < cfg->types.count; i++)
		if (has_empty_word(cfg->types.items[i]))
			option_usage_error("--type: a type is missing in '%s'", cfg->types.items[i]);
	if (cfg->by && !cfg->count)
		option_usage_error("--by needs --count");
	if (cfg->count && (cfg->sort || cfg->fields || cfg->last || cfg->limit >= 0))
		option_usage_error(
		    "--count does not go with --sort, --fields, --last or --limit: pipe it into another %s", info.name);
}

static void parse_args(struct config *cfg, int *argc, char ***argv)
{
	// clang-format off
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Selection"},
	    {.kind = OPTION_LIST, .long_name = "type", .target = &cfg->types, .choices = record_types,
	     .argument = "TYPE,...", .help = "only records of these types (repeatable)"},
	    OPTIONS_SELECT(&cfg->select),
	    OPTION_WHERE(&cfg->where),
	    {.kind = OPTION_COUNT, .long_name = "last", .target = &cfg->last, .minimum = 1, .maximum = INT64_MAX,
	     .argument = "N", .help = "only the newest N of each series"},
	    {.kind = OPTION_COUNT, .long_name = "limit", .target = &cfg->limit,
	     .argument = "N", .help = "only the first N of what is left"},
	    {.kind = OPTION_HEADING, .help = "Order and shape"},
	    {.kind = OPTION_TEXT, .long_name = "sort", .target = &cfg->sort,
	     .argument = "KEY,...", .help = "in this order; -KEY: descending"},
	    {.kind = OPTION_SIZE, .long_name = "memory", .target = &cfg->memory, .minimum = 1 << 16,
	     .maximum = INT64_C(1) << 40, .argument = "SIZE", .help = "what sorting takes before it uses files (256M)"},
	    {.kind = OPTION_TEXT, .long_name = "fields", .target = &cfg->fields,
	     .argument = "[NEW=]PATH,...", .help = "only these members, renamed"},
	    {.kind = OPTION_FLAG, .long_name = "count", .target = &cfg->count, .help = "how many, not which"},
	    {.kind = OPTION_TEXT, .long_name = "by", .target = &cfg->by,
	     .argument = "KEY,...", .help = "count for each value of these"},
	    {.kind = OPTION_HEADING, .help = "Time"},
	    OPTIONS_CLOCK(&cfg->clock),
	    {.kind = OPTION_HEADING, .help = "Output"},
	    OPTION_EMIT_TYPES(&cfg->emit, emit_types),
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

// What the options say, before any file is opened: wrong expressions are wrong usage.
static void prepare(struct select *select, const struct config *cfg)
{
	struct error error;

	select->cfg = cfg;
	if (cfg->where) {
		select->where = expression_parse_condition(slice_from_string(cfg->where), &error);
		if (!select->where)
			option_usage_error("--where: %s", error.message);
		select->where_run = expression_run_new(select->where);
	}
	if (ordering_init(&select->ordering, cfg->sort, (size_t)cfg->last, (size_t)cfg->memory, &error))
		option_usage_error("--sort: %s", error.message);
	if (cfg->fields && fields_parse(&select->fields, cfg->fields, &error))
		option_usage_error("--fields: %s", error.message);
	if (cfg->count && tally_parse(&select->tally, cfg->by, &error))
		option_usage_error("--by: %s", error.message);
	record_filter_init(&select->selection, &cfg->select, &cfg->types);
}

static void release(struct select *select)
{
	expression_run_free(select->where_run);
	expression_free(select->where);
	ordering_release(&select->ordering);
	fields_release(&select->fields);
	tally_release(&select->tally);
	record_filter_release(&select->selection);
	buffer_release(&select->line);
	if (select->has_columns)
		columns_release(&select->columns);
}

static void start_columns(struct select *select)
{
	struct record_sink *sink = select->streams.emit.sinks[EMIT_SELECTED];

	if (!sink || sink->format == OUTPUT_FORMAT_NDJSON || (!select->cfg->fields && !select->cfg->count))
		return;
	select->has_columns = true;
	if (select->cfg->count)
		columns_init(&select->columns, sink, select->tally.names, tally_column_count(&select->tally));
	else
		columns_init(&select->columns, sink, select->fields.names, select->fields.count);
}

static void flush_columns(void *context)
{
	struct select *select = context;

	if (select->has_columns)
		columns_flush(&select->columns);
}

static bool is_full(const struct select *select)
{
	return select->cfg->limit >= 0 && select->written >= (uint64_t)select->cfg->limit;
}

static void write_line(struct select *select, struct slice line)
{
	struct record_sink *sink = select->streams.emit.sinks[EMIT_SELECTED];

	select->written++;
	if (select->has_columns)
		columns_write(&select->columns, line);
	else if (sink)
		record_sink_write(sink, line);
}

static int take_record(struct select *select, const struct record *record, struct error *error)
{
	struct slice line = record->line;

	select->selected++;
	if (select->cfg->count) {
		tally_add(&select->tally, record);
		return 0;
	}
	if (select->cfg->fields) {
		buffer_reset(&select->line);
		fields_append(&select->fields, record, &select->line);
		line = buffer_slice(&select->line);
	}
	if (ordering_waits(&select->ordering))
		return ordering_add(&select->ordering, record, line, error);
	write_line(select, line);
	return 0;
}

static bool is_wanted(struct select *select, const struct record *record)
{
	return record_filter_takes(&select->selection, record) &&
	    (!select->where_run || expression_test(select->where_run, record));
}

static enum exit_status read_all(struct select *select)
{
	const struct record *record;
	struct error error;
	int got = 0;

	while (!is_full(select) && (got = record_streams_read(&select->streams, &record, &error)) > 0) {
		select->records++;
		if (is_wanted(select, record) && take_record(select, record, &error))
			return program_trouble(&error);
	}
	return got < 0 ? program_trouble(&error) : STATUS_DONE;
}

// What could not be written before the end of the input.
static int write_rest(struct select *select, struct error *error)
{
	struct slice line;
	int got;

	if (select->cfg->count) {
		size_t count = tally_finish(&select->tally);

		for (size_t i = 0; i < count; i++)
			write_line(select, tally_line(&select->tally, i, select->has_columns));
		return 0;
	}
	if (!ordering_waits(&select->ordering))
		return 0;
	got = ordering_start(&select->ordering, error);
	while (got >= 0 && !is_full(select) && (got = ordering_next(&select->ordering, &line, error)) > 0)
		write_line(select, line);
	return got < 0 ? -1 : 0;
}

static void hint_all(const struct select *select)
{
	hint_foreign_format(select->records, rejects_count(&select->streams.rejects));
	hint_unseen(select->where, select->where_run, "--where");
	for (size_t i = 0; i < select->ordering.key.count; i++)
		hint_unseen(select->ordering.key.parts[i].path, select->ordering.key.parts[i].run, "--sort");
	for (size_t i = 0; i < select->fields.count; i++)
		hint_unseen(select->fields.items[i].path, select->fields.items[i].run, "--fields");
	for (size_t i = 0; i < select->tally.key.count; i++)
		hint_unseen(select->tally.key.parts[i].path, select->tally.key.parts[i].run, "--by");
}

static void print_counters(const struct select *select)
{
	fprintf(stderr, "{\"records\":%llu,\"selected\":%llu,\"written\":%llu,\"sort_files\":%zu,\"rejected\":%llu}\n",
	    (unsigned long long)select->records, (unsigned long long)select->selected,
	    (unsigned long long)select->written,
	    select->ordering.sort ? external_sort_spilled(select->ordering.sort) : 0,
	    (unsigned long long)rejects_count(&select->streams.rejects));
}

static void explain(const struct config *cfg)
{
	char now[TIMESTAMP_TEXT_SIZE];

	explain_zone(&cfg->clock);
	if (cfg->clock.has_now)
		message_print("clock of times in options: %.*s", (int)timestamp_format(now, cfg->clock.now), now);
	else
		message_print("clock of times in options: none");
}

static enum exit_status select_records(struct select *select)
{
	const struct config *cfg = select->cfg;
	struct error error;

	if (cfg->run.explain)
		explain(cfg);
	start_columns(select);
	enum exit_status status = read_all(select);

	record_streams_end_input(&select->streams);
	if (status == STATUS_TROUBLE)
		return status;
	if (write_rest(select, &error))
		return program_trouble(&error);
	record_streams_flush(&select->streams);
	if (!cfg->output.quiet && !is_full(select))
		hint_all(select);
	if (cfg->run.stats)
		print_counters(select);
	return status;
}

static enum exit_status run(struct select *select, int argc, char **argv)
{
	const struct config *cfg = select->cfg;
	struct record_streams_options options = {
	    .operands = argv,
	    .operand_count = (size_t)argc,
	    .types = emit_types,
	    .defaults = 1u << EMIT_SELECTED,
	    .emit = &cfg->emit,
	    .output = &cfg->output,
	    .input = &cfg->input,
	    .threads = cfg->run.threads,
	    .before_wait = flush_columns,
	    .context = select,
	};
	struct error error;

	if (record_streams_open(&select->streams, &options, &error))
		return program_trouble(&error);
	return record_streams_close(&select->streams, select_records(select));
}

int main(int argc, char **argv)
{
	struct config cfg = {.input = INPUT_OPTIONS_DEFAULT, .limit = -1, .memory = INT64_C(256) << 20};
	struct select select = {.fields = FIELDS_INIT, .tally = TALLY_INIT};

	program_start(info.name);
	parse_args(&cfg, &argc, &argv);
	prepare(&select, &cfg);
	enum exit_status status = run(&select, argc, argv);

	release(&select);
	select_options_release(&cfg.select);
	time_settings_release(&cfg.clock);
	option_list_release(&cfg.types);
	option_list_release(&cfg.emit);
	return program_end(status, NULL, 0);
}
