#define _GNU_SOURCE // memmem
#include "record/answers.h"

#include "io/option.h"
#include "record/record_hints.h"

#define SORT_MEMORY ((size_t)256 << 20)

void answers_init(struct answers *answers, const struct answer_options *options)
{
	struct error error;

	*answers = (struct answers){.options = options};
	record_scanner_init(&answers->scanner);
	if (options->where) {
		answers->where = expression_parse_condition(slice_from_string(options->where), &error);
		if (!answers->where)
			option_usage_error("--where: %s", error.message);
		answers->where_run = expression_run_new(answers->where);
	}
	if (ordering_init(&answers->ordering, options->sort, 0, SORT_MEMORY, &error))
		option_usage_error("--sort: %s", error.message);
}

void answers_release(struct answers *answers)
{
	expression_run_free(answers->where_run);
	expression_free(answers->where);
	ordering_release(&answers->ordering);
	record_scanner_release(&answers->scanner);
	arena_release(&answers->arena);
	buffer_release(&answers->line);
	if (answers->has_columns)
		columns_release(&answers->columns);
}

static bool is_full(const struct answers *answers)
{
	return answers->options->limit >= 0 && answers->written >= (uint64_t)answers->options->limit;
}

// The measures of a summary stand beside the twin's name then.
static void show_measures(struct answers *answers, struct slice line)
{
	static const char type[] = "{\"type\":\"summary\",", inner[] = "\"measures\":{";
	// Strings hold no bare quote, so the first match is the member.
	const char *measures = memmem(line.data, line.length, inner, sizeof inner - 1);
	struct slice before = slice_of(line.data + sizeof type - 1, (size_t)(measures - line.data) - (sizeof type - 1));
	struct slice after = slice_skip(line, (size_t)(measures - line.data) + sizeof inner - 1);

	buffer_reset(&answers->line);
	buffer_append_char(&answers->line, '{');
	buffer_append_slice(&answers->line, before);
	buffer_append(&answers->line, after.data, after.length - 1);
	columns_write(&answers->columns, buffer_slice(&answers->line));
}

static int put(struct answers *answers, int type, struct slice line)
{
	struct record_sink *sink = answers->emit->sinks[type];

	if (is_full(answers))
		return 1;
	answers->written++;
	if (sink && answers->has_columns)
		show_measures(answers, line);
	else if (sink)
		record_sink_write(sink, line);
	return is_full(answers);
}

// The line is kept with its sink before it.
static int keep(struct answers *answers, int type, const struct record *record, struct error *error)
{
	struct buffer kept = BUFFER_INIT;

	buffer_append_char(&kept, (char)('A' + type));
	buffer_append_slice(&kept, record->line);
	int failed = ordering_add(&answers->ordering, record, buffer_slice(&kept), error);

	buffer_release(&kept);
	return failed;
}

static int look_at(struct answers *answers, struct slice line, struct record *record, struct error *error)
{
	buffer_reset(&answers->line);
	buffer_append_slice(&answers->line, line);
	buffer_reserve(&answers->line, LINE_SCAN_PADDING);
	arena_reset(&answers->arena);
	return record_scan(&answers->scanner, buffer_slice(&answers->line), &answers->arena, record, error);
}

int answers_add(struct answers *answers, int type, struct slice line, struct error *error)
{
	bool waits = ordering_waits(&answers->ordering);
	struct record record;

	answers->offered++;
	if ((answers->where || waits) && look_at(answers, line, &record, error))
		return -1;
	if (answers->where && !expression_test(answers->where_run, &record))
		return 0;
	answers->taken++;
	if (answers->options->count)
		return 0;
	return waits ? keep(answers, type, &record, error) : put(answers, type, line);
}

int answers_add_lines(struct answers *answers, int type, struct slice lines, struct error *error)
{
	int full = 0;

	while (lines.length && !full) {
		const char *newline = memchr(lines.data, '\n', lines.length);
		size_t length = newline ? (size_t)(newline - lines.data) : lines.length;

		full = answers_add(answers, type, slice_of(lines.data, length), error);
		lines = slice_skip(lines, length + 1);
	}
	return full;
}

static int put_count(struct answers *answers, int type)
{
	struct buffer text = BUFFER_INIT;

	buffer_printf(
	    &text, "{\"type\":\"summary\",\"measures\":{\"count\":%llu}}", (unsigned long long)answers->taken);
	put(answers, type, buffer_slice(&text));
	buffer_release(&text);
	return 0;
}

int answers_finish(struct answers *answers, int count_type, struct error *error)
{
	struct slice kept;
	int got;

	if (answers->options->count)
		return put_count(answers, count_type);
	if (!ordering_waits(&answers->ordering))
		return 0;
	got = ordering_start(&answers->ordering, error);
	while (got >= 0 && (got = ordering_next(&answers->ordering, &kept, error)) > 0)
		if (put(answers, kept.data[0] - 'A', slice_skip(kept, 1)))
			break;
	return got < 0 ? -1 : 0;
}

void answers_flush(struct answers *answers)
{
	if (answers->has_columns)
		columns_flush(&answers->columns);
}

void answers_hint(const struct answers *answers)
{
	hint_unseen(answers->where, answers->where_run, "--where");
	for (size_t i = 0; i < answers->ordering.key.count; i++)
		hint_unseen(answers->ordering.key.parts[i].path, answers->ordering.key.parts[i].run, "--sort");
}
