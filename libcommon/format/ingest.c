#include "format/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/timestamp.h"
#include "format/name_template.h"
#include "format/recognise.h"

void ingest_init(struct ingest *ingest, struct mapping *mapping, struct rejects *rejects)
{
	*ingest = (struct ingest){
	    .mapping = mapping, .rejects = rejects, .wants_origin = true, .max_line = LINE_LENGTH_DEFAULT};
	reading_writer_init(&ingest->writer, NULL, NULL);
}

void ingest_release(struct ingest *ingest)
{
	progress_end(&ingest->progress);
	reading_writer_release(&ingest->writer);
	selection_release(&ingest->selection);
	buffer_release(&ingest->said);
	buffer_release(&ingest->gaps.first);
	buffer_release(&ingest->folds.first);
	hash_map_release(&ingest->stems);
	free(ingest->stem_sources);
}

int ingest_claim_stem(struct ingest *ingest, const char *source, struct error *error)
{
	const struct template_part stem = {.kind = TEMPLATE_STEM};
	struct buffer name = BUFFER_INIT;
	int added = 0, result = name_template_append(&name, &stem, source, 1, error);

	if (result == 0) {
		size_t entry = hash_map_add(&ingest->stems, buffer_slice(&name), &added);

		ingest->stem_sources =
		    memory_grow(ingest->stem_sources, &ingest->stem_capacity, entry + 1, sizeof *ingest->stem_sources);
		if (added)
			ingest->stem_sources[entry] = source;
		else if (ingest->stem_sources[entry] != source)
			result = error_set(error,
			    "its twin would be called '%s' as that of %s is: say what twins are called with "
			    "--entity-id, such as "
			    "'{dir}/{stem}'",
			    buffer_string(&name), ingest->stem_sources[entry]);
	}
	buffer_release(&name);
	return result;
}

void ingest_append_stem(struct buffer *out, const struct ingest *ingest, const char *source)
{
	const struct template_part stem = {.kind = TEMPLATE_STEM};
	struct error ignored;

	if (ingest->source_count > 1) {
		buffer_append_string(out, "one twin per file, called like it");
		return;
	}
	buffer_append_string(out, "one twin, '");
	if (name_template_append(out, &stem, source, 1, &ignored) == 0)
		buffer_append_char(out, '\'');
}

void occurrences_add(struct occurrences *occurrences, const char *source, uint64_t line)
{
	if (occurrences->count++ == 0)
		buffer_printf(&occurrences->first, "%s:%" PRIu64, source, line);
}

static const char *display_name(const char *source)
{
	return strcmp(source, "-") == 0 ? "standard input" : source;
}

void ingest_say(struct ingest *ingest, const char *source, struct slice what)
{
	if (ingest->quiet || !what.length || slice_equal(buffer_slice(&ingest->said), what))
		return;
	buffer_reset(&ingest->said);
	buffer_append_slice(&ingest->said, what);
	message_print("%s: %s", display_name(source), buffer_string(&ingest->said));
}

void ingest_explain(const struct ingest *ingest, const char *source, struct slice mapping)
{
	const struct mapping *asked = ingest->mapping;
	char now[TIMESTAMP_TEXT_SIZE];

	message_print("%s: mapping:", display_name(source));
	fwrite(mapping.data, 1, mapping.length, stderr); // may be longer than a message
	message_print("zone of times without offset: %.*s", asked->zone ? (int)asked->zone_name.length : 3,
	    asked->zone ? asked->zone_name.data : "UTC");
	if (ingest->has_now && !ingest->live)
		message_print("clock: %.*s (--now)", (int)timestamp_format(now, ingest->now), now);
	else
		message_print("clock: %s", ingest->live ? "the machine's" : "none");
}

bool ingest_reject(
    struct ingest *ingest, const struct source_lines *lines, uint64_t line, struct slice input, const char *message)
{
	struct buffer whole = BUFFER_INIT;
	bool stop;

	if (line == 1 && lines->has_mark) {
		buffer_append_slice(&whole, SOURCE_MARK);
		buffer_append_slice(&whole, input);
		input = buffer_slice(&whole);
	}
	stop = rejects_add(ingest->rejects, lines->name, line, input, message);
	buffer_release(&whole);
	return stop;
}

bool ingest_reject_untold(
    struct ingest *ingest, const struct source_lines *lines, uint64_t line, struct slice input, const char *message)
{
	ingest->rejects->quiet = true;
	bool stop = ingest_reject(ingest, lines, line, input, message);

	ingest->rejects->quiet = false;
	return stop;
}

enum format_result ingest_reject_rest(
    struct ingest *ingest, struct source_lines *lines, const char *message, uint64_t *count, struct error *error)
{
	enum line_result read;
	struct slice line;
	bool stop = false;

	while (!stop && (read = source_lines_next(lines, &line, error)) > LINE_END) {
		if (read == LINE_TOO_LONG) {
			stop = source_lines_reject_long(lines, ingest->rejects, line);
			continue;
		}
		++*count;
		stop = ingest_reject_untold(ingest, lines, lines->line, line, message);
	}
	return stop ? FORMAT_STOPPED : read == LINE_ERROR ? FORMAT_FAILED : FORMAT_DONE;
}

void ingest_tell_untimed(const struct ingest *ingest, const char *source, const char *message, uint64_t count)
{
	(void)ingest;
	message_print("%s: %s; its %" PRIu64 " line%s rejected", display_name(source), message, count,
	    count == 1 ? " is" : "s are");
}

static enum format_result reject_json(
    struct ingest *ingest, struct source_lines *lines, const struct recognition *found, struct error *error)
{
	struct error why;
	uint64_t count = 0;
	bool has_name = strcmp(lines->name, "-") != 0;

	error_set(&why, "is JSON, but not one object a line: use %sjq -c '%s'%s%.300s",
	    found->may_be_senml ? "-f senml if it is SenML, or " : "", found->filter, has_name ? " " : "",
	    has_name ? lines->name : "");
	enum format_result result = ingest_reject_rest(ingest, lines, why.message, &count, error);

	ingest_tell_untimed(ingest, lines->name, why.message, count);
	return result;
}

// What cannot be opened or read says so itself, with its name.
static void tell_failure(const struct source_lines *lines, const struct error *error)
{
	if (lines->has_failed)
		message_print("%s", error->message);
	else
		message_print("%s: %s", display_name(lines->name), error->message);
}

void ingest_start_progress(struct ingest *ingest, char *const *operands, size_t count)
{
	int64_t total = count ? 0 : -1;

	for (size_t i = 0; i < count && total >= 0; i++) {
		struct stat status;
		bool is_file =
		    strcmp(operands[i], "-") != 0 && stat(operands[i], &status) == 0 && S_ISREG(status.st_mode);

		total = is_file ? total + status.st_size : -1;
	}
	progress_start(&ingest->progress, total, ingest->quiet || total < 0);
}

// Nobody said how to read the source, and it says so itself. That records are records goes without saying.
static void tell_format(struct ingest *ingest, const char *source, const struct format *format)
{
	struct buffer text = BUFFER_INIT;

	if (ingest->told_format == format || format == &format_ndjson)
		return;
	ingest->told_format = format;
	buffer_printf(&text, "read as %s (%s)", format->title, format->name);
	ingest_say(ingest, source, buffer_slice(&text));
	buffer_release(&text);
}

static enum format_result read_as(
    struct ingest *ingest, struct source_lines *lines, const struct format *format, struct error *error)
{
	if (ingest->mapping->precision && !format->has_precision) {
		error_set(error,
		    "--precision has no meaning for %s (%s): it is for line protocol, --time-format for others",
		    format->title, format->name);
		return FORMAT_FAILED;
	}
	if (ingest->mapping->topics.count && !format->has_topics) {
		error_set(error, "--topic has no meaning for %s (%s)", format->title, format->name);
		return FORMAT_FAILED;
	}
	return format->read(ingest, lines, error);
}

enum format_result ingest_source(struct ingest *ingest, char *const *operand)
{
	struct source_lines lines;
	struct error error;
	enum format_result result;
	const struct format *asked = ingest->mapping->format.length ? format_find(ingest->mapping->format) : NULL;
	struct recognition found;

	source_lines_open(&lines, operand, ingest->max_line, ingest->before_wait, ingest->context);
	reading_writer_source(&ingest->writer, lines.name, ingest->wants_origin);
	result = recognise_source(&found, &lines, asked, &error);
	if (result == FORMAT_DONE && found.has_marks)
		tell_format(ingest, lines.name, found.format);
	if (result == FORMAT_DONE && found.filter)
		result = reject_json(ingest, &lines, &found, &error);
	else if (result == FORMAT_DONE && found.format)
		result = read_as(ingest, &lines, found.format, &error);
	if (result == FORMAT_FAILED)
		tell_failure(&lines, &error);
	ingest->bytes_done += lines.reader.input.bytes_taken;
	source_lines_close(&lines);
	return result;
}

// "3 times that clocks skipped, read ... (first a.csv:2)"
static void append_occurrences(struct buffer *text, const struct occurrences *occurrences, const char *what)
{
	if (!occurrences->count)
		return;
	buffer_append_string(text, text->length ? "; " : "");
	buffer_printf(text, "%" PRIu64 " local time%s %s (first %.*s)", occurrences->count,
	    occurrences->count == 1 ? "" : "s", what, (int)occurrences->first.length, occurrences->first.data);
}

static void tell_clock_changes(const struct ingest *ingest)
{
	struct buffer text = BUFFER_INIT;

	append_occurrences(&text, &ingest->gaps, "that clocks skipped, read with the offset before");
	append_occurrences(&text, &ingest->folds, "that came twice, read as the first");
	if (text.length)
		message_print("%s", buffer_string(&text));
	buffer_release(&text);
}

static void tell_missing(const struct ingest *ingest)
{
	uint64_t readings = ingest->writer.reading_count, rows = ingest->row_count, missing = ingest->missing_count;

	uint64_t rejected = rejects_count(ingest->rejects);
	char tail[64] = "";

	if (rejected)
		snprintf(tail, sizeof tail, ", %" PRIu64 " rejected line%s", rejected, rejected == 1 ? "" : "s");
	if (missing)
		message_print("%" PRIu64 " reading%s of %" PRIu64 " row%s, %" PRIu64 " missing value%s%s", readings,
		    readings == 1 ? "" : "s", rows, rows == 1 ? "" : "s", missing, missing == 1 ? "" : "s", tail);
}

// A first mistake that would otherwise end in silence.
static void tell_left_out(const struct ingest *ingest)
{
	const struct selection *selection = &ingest->selection;
	bool is_empty = !ingest->writer.reading_count && !ingest->writer.label_count && !ingest->missing_count;

	if (!is_empty || !selection->has_left_out)
		return;
	message_print("-E, -P, --from and --to leave out all of the input%s",
	    selection->options->entities.count && !ingest->mapping->entity_id.data
		? " (-E chooses among twins; --entity-id says what they are called)"
		: "");
}

bool ingest_finish(struct ingest *ingest)
{
	struct slice name;
	const char *option = "unit";

	progress_end(&ingest->progress);
	if (!ingest->quiet) {
		tell_clock_changes(ingest);
		tell_missing(ingest);
		tell_left_out(ingest);
	}
	if (ingest->has_rows ? !mapping_find_unused(ingest->mapping, &name, &option)
			     : !ingest->writer.reading_count || !mapping_find_unused_unit(ingest->mapping, &name))
		return true;
	if (strcmp(option, "unit") == 0)
		message_print("no property matches '%.*s' of --unit", (int)name.length, name.data);
	else
		message_print("no source has what --%s '%.*s' asks for", option, (int)name.length, name.data);
	return false;
}
