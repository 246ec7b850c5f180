// SenML in JSON (RFC 8428) to readings: an array is a pack, objects that stand by themselves are a stream of records.
//
// A pack is looked through first: what rules it out as a whole, the base values at each record, and the times. Then its records are read
// again in the order of their times. A stream is one pack that is never complete: base values stay, and each record is written as it comes.
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/time_option.h"
#include "base/timestamp.h"
#include "format/format.h"
#include "format/ingest.h"
#include "format/json_texts.h"
#include "format/senml_base.h"
#include "format/senml_reading.h"
#include "format/senml_record.h"

struct senml_item {
	int64_t time;
	uint32_t element, base; // indices
};

struct senml_source {
	struct ingest *ingest;
	struct source_lines *lines;
	struct json_texts texts;
	struct senml_reader reader;
	struct senml_writer writer;
	struct senml_base *bases; // each as it is from some record on
	size_t base_count, base_capacity;
	struct senml_item *items;
	size_t item_capacity;
	struct arena arena;       // of strings of the pack
	struct senml_base stream; // where a stream of records stands,
	struct buffer kept;       // and its bytes
	uint64_t row;             // of the first record of the pack
	int64_t now;
};

static enum format_result reject(struct senml_source *senml, uint64_t line, struct slice input, const char *message)
{
	bool stop = rejects_add(senml->ingest->rejects, senml->lines->name, line, input, message);

	return stop ? FORMAT_STOPPED : FORMAT_DONE;
}

static enum format_result reject_record(struct senml_source *senml, size_t element, const struct error *why)
{
	struct error error = *why;

	if (senml->texts.is_array)
		error_set(&error, "record %zu: %.400s", element + 1, why->message);
	return reject(
	    senml, senml->texts.elements[element].line, json_texts_element(&senml->texts, element), error.message);
}

static enum format_result refuse_pack(struct senml_source *senml, size_t element, const struct error *why)
{
	struct error error;

	error_set(&error, "the pack is refused, for record %zu: %.400s", element + 1, why->message);
	return reject(senml, senml->texts.first_line, buffer_slice(&senml->texts.text), error.message);
}

static int find_time(const struct senml_source *senml, const struct senml_base *base, const struct senml_record *record,
    struct senml_place *place, struct error *error)
{
	if (senml_base_time(base, record, &place->time, error) < 0)
		return -1;
	place->is_relative = place->time < SENML_ABSOLUTE * NANOSECONDS_PER_SECOND;
	if (!place->is_relative)
		return 0;
	if (!senml->ingest->has_now)
		return error_set(error, "its time (t, bt) is relative to now: say with --now when that is");
	if (__builtin_add_overflow(place->time, senml->now, &place->time))
		return error_set(error, "its time is beyond 1677-09-21 to 2262-04-11");
	return 0;
}

static struct senml_base *add_base(struct senml_source *senml)
{
	senml->bases = memory_grow(senml->bases, &senml->base_capacity, senml->base_count + 1, sizeof *senml->bases);
	senml->bases[senml->base_count] = senml->bases[senml->base_count - 1];
	return &senml->bases[senml->base_count++];
}

// Notes base values and time of a record. -1 with error when it rules out the pack.
static int look_at(struct senml_source *senml, size_t element, struct error *error)
{
	struct senml_item *item = &senml->items[element];
	struct slice text = json_texts_element(&senml->texts, element);
	uint64_t line = senml->texts.elements[element].line;
	struct senml_record record;
	struct senml_place place;
	struct error ignored;

	// What has no time, for being bad or base values alone, stays behind the record before.
	*item = (struct senml_item){.time = element ? item[-1].time : INT64_MIN, .element = (uint32_t)element};
	if (senml_record_read(&senml->reader, text, &record, error) < 0) {
		uint32_t mentioned = senml_record_mentioned(text);

		if (mentioned)
			senml_base_lose(add_base(senml), mentioned, line);
		item->base = (uint32_t)senml->base_count - 1;
		return mentioned & SENML_BIT(SENML_BVER) ? -1 : 0;
	}
	if (record.must_understand)
		return senml_record_check(&record, &senml->bases[0], error);
	if (record.present & SENML_BASES && senml_base_take(add_base(senml), &record, line, &senml->arena, error) < 0)
		return -1;
	item->base = (uint32_t)senml->base_count - 1;
	if (!senml_record_is_base(&record) &&
	    find_time(senml, &senml->bases[item->base], &record, &place, &ignored) == 0)
		item->time = place.time;
	return 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct senml_item *one = a, *other = b;

	if (one->time != other->time)
		return one->time < other->time ? -1 : 1;
	return (one->element > other->element) - (one->element < other->element);
}

static void sort_items(struct senml_source *senml)
{
	size_t count = senml->texts.count;

	for (size_t i = 1; i < count; i++)
		if (senml->items[i].time < senml->items[i - 1].time) {
			qsort(senml->items, count, sizeof *senml->items, compare_items);
			return;
		}
}

static enum format_result write_record(struct senml_source *senml, const struct senml_item *item)
{
	const struct senml_base *base = &senml->bases[item->base];
	struct senml_place place = {.line = senml->texts.elements[item->element].line,
	    .row = senml->row + item->element,
	    .received = senml->now};
	struct senml_record record;
	struct error error;

	if (senml_record_read(&senml->reader, json_texts_element(&senml->texts, item->element), &record, &error) < 0 ||
	    senml_record_check(&record, base, &error) < 0)
		return reject_record(senml, item->element, &error);
	if (senml_record_is_base(&record))
		return FORMAT_DONE;
	if (find_time(senml, base, &record, &place, &error) < 0 ||
	    senml_writer_put(&senml->writer, &senml->reader, &record, base, &place, &error) < 0)
		return reject_record(senml, item->element, &error);
	return FORMAT_DONE;
}

static void begin_pack(struct senml_source *senml)
{
	size_t count = senml->texts.count;

	arena_reset(&senml->arena);
	senml->items = memory_grow(senml->items, &senml->item_capacity, count + 1, sizeof *senml->items);
	senml->bases = memory_grow(senml->bases, &senml->base_capacity, 1, sizeof *senml->bases);
	if (senml->texts.is_array)
		senml->stream = (struct senml_base){.version = 0};
	senml->bases[0] = senml->stream;
	senml->base_count = 1;
	senml->row = senml->ingest->row_count + 1;
	if (senml->ingest->live)
		senml->now = time_machine_now();
	for (size_t i = 0; i < count; i++)
		ingest_count_row(senml->ingest, senml->lines);
}

// What a record of a stream leaves to those behind it.
static void keep_stream(struct senml_source *senml)
{
	if (senml->base_count == 1)
		return;
	senml->stream = senml->bases[senml->base_count - 1];
	senml_base_keep(&senml->stream, &senml->kept);
}

static enum format_result take_pack(struct senml_source *senml)
{
	enum format_result result = FORMAT_DONE;
	size_t count = senml->texts.count;
	struct error error;

	for (size_t i = 0; i < count; i++)
		if (look_at(senml, i, &error) < 0)
			return refuse_pack(senml, i, &error);
	sort_items(senml);
	for (size_t i = 0; i < count && result == FORMAT_DONE; i++)
		result = write_record(senml, &senml->items[i]);
	return result;
}

static enum format_result take_streamed(struct senml_source *senml)
{
	enum format_result result;
	struct error error;

	result = look_at(senml, 0, &error) < 0 ? reject_record(senml, 0, &error) : write_record(senml, senml->items);
	keep_stream(senml);
	return result;
}

static void tell_mapping(const struct senml_source *senml)
{
	struct ingest *ingest = senml->ingest;
	struct mapping shown = *ingest->mapping; // borrows all of it
	struct buffer text = BUFFER_INIT;

	shown.format = SLICE_LITERAL("senml");
	mapping_append_json(ingest->mapping_out ? ingest->mapping_out : &text, &shown);
	if (!ingest->mapping_out)
		ingest_explain(ingest, senml->lines->name, buffer_slice(&text));
	buffer_release(&text);
}

static enum format_result read_texts(struct senml_source *senml, struct error *error)
{
	enum format_result result = FORMAT_DONE;
	enum json_texts_result read = JSON_TEXTS_END;
	bool is_told = false;

	while (result == FORMAT_DONE && (read = json_texts_next(&senml->texts, error)) == JSON_TEXTS_OK) {
		senml->ingest->has_rows |= senml->texts.count > 0 && !senml->ingest->mapping_out;
		if (!is_told && (senml->ingest->mapping_out || senml->ingest->explain))
			tell_mapping(senml);
		is_told = true;
		if (senml->ingest->mapping_out)
			return FORMAT_DONE;
		begin_pack(senml);
		result = senml->texts.is_array ? take_pack(senml) : take_streamed(senml);
	}
	if (result != FORMAT_DONE)
		return result;
	return read == JSON_TEXTS_FAILED ? FORMAT_FAILED : read == JSON_TEXTS_STOPPED ? FORMAT_STOPPED : FORMAT_DONE;
}

// What a stream may have been told by it is lost.
static void note_broken(void *context, struct slice part, bool is_cut)
{
	struct senml_source *senml = context;

	senml_base_lose(&senml->stream, is_cut ? SENML_BASES : senml_record_mentioned(part), senml->lines->line);
}

static enum format_result read_senml(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	struct senml_source senml = {
	    .ingest = ingest, .lines = lines, .reader = SENML_READER_INIT, .arena = ARENA_INIT, .now = ingest->now};
	enum format_result result = FORMAT_FAILED;

	json_texts_init(&senml.texts, lines, ingest->rejects, ingest->max_line);
	senml.texts.on_broken = note_broken;
	senml.texts.context = &senml;
	senml_writer_init(&senml.writer, ingest, lines->name);
	if (senml_writer_start(&senml.writer, error) == 0)
		result = read_texts(&senml, error);
	json_texts_release(&senml.texts);
	senml_writer_release(&senml.writer);
	senml_reader_release(&senml.reader);
	arena_release(&senml.arena);
	buffer_release(&senml.kept);
	free(senml.bases);
	free(senml.items);
	return result;
}

static struct slice skip_blanks(struct slice text)
{
	while (text.length && memchr(" \t\r\n", text.data[0], 4))
		text = slice_skip(text, 1);
	return text;
}

// The object that text begins with: its length; 0 when it does not end there, or cannot be told.
static size_t object_length(struct slice text)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (in_string) {
			in_string = c != '"';
			i += c == '\\';
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

// Anybody's objects may have an n and a v; a bn is SenML's own. Within an array, which nothing else here reads, both will do.
static bool has_marks(const struct senml_record *record, bool in_array)
{
	uint32_t bases = record->present & SENML_BASES, names = SENML_BIT(SENML_BN) | SENML_BIT(SENML_N);

	if (record->wrong)
		return false;
	if (!in_array)
		return record->present & SENML_BIT(SENML_BN) && (record->present & SENML_VALUES || bases & (bases - 1));
	return bases || (record->present & names && record->present & (SENML_VALUES | SENML_BIT(SENML_S)));
}

static enum format_fit recognise(struct slice start)
{
	struct senml_reader reader = SENML_READER_INIT;
	struct senml_record record;
	struct error ignored;
	bool in_array = false, fits;
	size_t length;

	start = skip_blanks(start);
	if (start.length && start.data[0] == '[') {
		in_array = true;
		start = skip_blanks(slice_skip(start, 1));
		if (!start.length)
			return FORMAT_FIT_MORE;
	}
	if (!start.length || start.data[0] != '{')
		return FORMAT_FIT_NO;
	length = object_length(start);
	if (!length)
		return FORMAT_FIT_MORE;
	fits = senml_record_read_plain(&reader, slice_of(start.data, length), &record, &ignored) == 0 &&
	    has_marks(&record, in_array);
	senml_reader_release(&reader);
	return fits ? FORMAT_FIT_YES : FORMAT_FIT_NO;
}

const struct format format_senml = {.name = "senml", .title = "SenML", .recognise = recognise, .read = read_senml};
