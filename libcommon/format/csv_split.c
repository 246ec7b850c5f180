#include "format/csv_split.h"

#include <stdint.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/memory.h"
#include "base/message.h"

#define PARSER_OPTIONS (CSV_STRICT | CSV_STRICT_FINI)
#define PARSER_AT_REST 0 // libcsv's state between records

static void start_parser(struct csv_split *split)
{
	// Fails only for a null pointer.
	csv_init(&split->parser, PARSER_OPTIONS);
	csv_set_delim(&split->parser, (unsigned char)split->delimiter);
}

void csv_split_init(struct csv_split *split, char delimiter)
{
	*split = (struct csv_split){.delimiter = delimiter};
	start_parser(split);
}

void csv_split_release(struct csv_split *split)
{
	csv_free(&split->parser);
	buffer_release(&split->text);
	buffer_release(&split->folded);
	free(split->cells);
	split->cells = NULL;
	split->count = split->capacity = 0;
}

void csv_split_abandon(struct csv_split *split)
{
	csv_free(&split->parser);
	start_parser(split);
	split->in_record = false;
	split->in_quotes = false;
}

static inline void add_cell(struct csv_split *split, struct slice cell)
{
	if (__builtin_expect(split->count == split->capacity, 0))
		split->cells = memory_grow(split->cells, &split->capacity, split->count + 1, sizeof *split->cells);
	split->cells[split->count++] = cell;
}

void csv_split_add_empty(struct csv_split *split)
{
	split->count = 0;
	add_cell(split, SLICE_EMPTY);
}

// Cells are offsets into text until the record is whole, since text may move.
static void take_cell(void *cell, size_t length, void *context)
{
	struct csv_split *split = context;

	if (split->records) {
		split->has_more = true;
		return;
	}
	add_cell(split, slice_of(NULL, length));
	if (length)
		buffer_append(&split->text, cell, length);
}

static void take_record(int end, void *context)
{
	struct csv_split *split = context;

	(void)end;
	split->records++;
}

static void place_cells(struct csv_split *split)
{
	const char *at = split->text.data ? split->text.data : "";

	for (size_t i = 0; i < split->count; i++) {
		split->cells[i].data = at;
		at += split->cells[i].length;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

// libcsv takes every blank for a delimiter of its own, so runs become one before it sees them.
static struct slice fold_blanks(struct csv_split *split, struct slice line)
{
	struct buffer *folded = &split->folded;
	bool pending = false, any = split->in_record;

	buffer_reset(folded);
	for (size_t i = 0; i < line.length; i++) {
		char c = line.data[i];

		if (!split->in_quotes && is_blank(c)) {
			pending = any;
			continue;
		}
		// A CR before the end of the line is an end itself: no cell is to come of the blanks before it.
		if (pending && !(c == '\r' && i + 1 == line.length))
			buffer_append_char(folded, ' ');
		pending = false;
		any = true;
		if (c == '"')
			split->in_quotes = !split->in_quotes;
		buffer_append_char(folded, c);
	}
	return buffer_slice(folded);
}

static int bad_quote(struct error *error, struct slice line, size_t at)
{
	struct slice rest = slice_skip(line, at);
	int shown = rest.length < 30 ? (int)rest.length : 30;

	return error_set(error, "a quote stands within a cell, near '%.*s'", shown, rest.data);
}

static enum csv_split_result finish_line(struct csv_split *split, struct error *error)
{
	if (split->has_more || split->records > 1 || (split->records && split->parser.pstate != PARSER_AT_REST)) {
		csv_split_abandon(split);
		error_set(error, "a carriage return stands in the middle of the line");
		return CSV_SPLIT_BAD;
	}
	if (split->records == 0 && split->parser.quoted) {
		split->in_record = true;
		return CSV_SPLIT_OPEN;
	}
	split->in_record = false;
	place_cells(split);
	return split->records ? CSV_SPLIT_RECORD : CSV_SPLIT_EMPTY;
}

enum csv_split_result csv_split_plain(struct csv_split *split, struct slice line, struct error *error)
{
	struct slice parts[] = {line, SLICE_LITERAL("\n")};

	if (!split->in_record) {
		buffer_reset(&split->text);
		split->count = 0;
		split->parser.quoted = 0;
		split->in_quotes = false;
	}
	split->records = 0;
	split->has_more = false;
	if (split->delimiter == CSV_BLANKS)
		parts[0] = fold_blanks(split, line);
	for (size_t i = 0; i < 2; i++) {
		size_t used = csv_parse(&split->parser, parts[i].data, parts[i].length, take_cell, take_record, split);

		if (used == parts[i].length)
			continue;
		if (csv_error(&split->parser) == CSV_ENOMEM)
			message_die("out of memory");
		bad_quote(error, parts[i], used);
		csv_split_abandon(split);
		return CSV_SPLIT_BAD;
	}
	return finish_line(split, error);
}

static inline struct slice trim(const char *begin, const char *end, char delimiter)
{
	while (begin < end && is_blank(*begin) && *begin != delimiter)
		begin++;
	while (end > begin && is_blank(end[-1]) && end[-1] != delimiter)
		end--;
	return slice_of(begin, (size_t)(end - begin));
}

static enum csv_split_result split_blanks(struct csv_split *split, struct slice line)
{
	const char *at = line.data, *end = line.data + line.length;

	for (;;) {
		const char *begin;

		while (at < end && is_blank(*at))
			at++;
		if (at == end)
			return split->count ? CSV_SPLIT_RECORD : CSV_SPLIT_EMPTY;
		begin = at;
		while (at < end && !is_blank(*at))
			at++;
		add_cell(split, slice_of(begin, (size_t)(at - begin)));
	}
}

// Cells of a line that is known to hold no quote and no CR.
static enum csv_split_result split_simple(struct csv_split *split, struct slice line)
{
	const char *at = line.data, *end = line.data + line.length, *begin = at;
	const char delimiter = split->delimiter;

#ifdef __SSE2__
	const __m128i wanted = _mm_set1_epi8(delimiter);

	for (; end - at >= 16; at += 16) {
		__m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
		unsigned found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted));

		for (; found; found &= found - 1) {
			const char *here = at + __builtin_ctz(found);

			add_cell(split, trim(begin, here, delimiter));
			begin = here + 1;
		}
	}
#endif
	for (; at < end; at++)
		if (*at == delimiter) {
			add_cell(split, trim(begin, at, delimiter));
			begin = at + 1;
		}
	add_cell(split, trim(begin, end, delimiter));
	// A line of nothing but blanks is no record.
	if (split->count == 1 && split->cells[0].length == 0) {
		split->count = 0;
		return CSV_SPLIT_EMPTY;
	}
	return CSV_SPLIT_RECORD;
}

static bool has_quote_or_return(struct slice line)
{
	const char *at = line.data, *end = line.data + line.length;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), cr = _mm_set1_epi8('\r');

	for (; end - at >= 16; at += 16) {
		__m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);

		if (_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, cr))))
			return true;
	}
#endif
	for (; at < end; at++)
		if (*at == '"' || *at == '\r')
			return true;
	return false;
}

enum csv_split_result csv_split_line(struct csv_split *split, struct slice line, struct error *error)
{
	struct slice body = line;

	if (split->in_record)
		return csv_split_plain(split, line, error);
	if (body.length && body.data[body.length - 1] == '\r')
		body.length--;
	if (has_quote_or_return(body))
		return csv_split_plain(split, line, error);
	split->count = 0;
	return split->delimiter == CSV_BLANKS ? split_blanks(split, body) : split_simple(split, body);
}
