#include "format/json_texts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "record/line_scan.h"

enum scan_result {
	SCAN_FAULT = -1, // fault says why
	SCAN_MORE,
	SCAN_DONE,
};

void json_texts_init(struct json_texts *texts, struct source_lines *lines, struct rejects *rejects, size_t max_length)
{
	*texts = (struct json_texts){.lines = lines, .rejects = rejects, .max_length = max_length};
}

void json_texts_release(struct json_texts *texts)
{
	buffer_release(&texts->text);
	free(texts->elements);
	json_texts_init(texts, NULL, NULL, 0);
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice skip_blanks(struct slice text)
{
	while (text.length && is_blank(text.data[0]))
		text = slice_skip(text, 1);
	return text;
}

// The memory behind the text stays readable for LINE_SCAN_PADDING bytes.
static void append(struct json_texts *texts, struct slice line)
{
	char *end = buffer_reserve(&texts->text, line.length + LINE_SCAN_PADDING);

	memcpy(end, line.data, line.length);
	memset(end + line.length, 0, LINE_SCAN_PADDING);
	texts->text.length += line.length;
}

static void begin_element(struct json_texts *texts, size_t at)
{
	texts->in_element = true;
	if (texts->is_discarded)
		return;
	texts->elements = memory_grow(texts->elements, &texts->capacity, texts->count + 1, sizeof *texts->elements);
	texts->elements[texts->count++] = (struct json_element){.begin = (uint32_t)at, .line = texts->lines->line};
}

static void end_element(struct json_texts *texts, size_t at)
{
	texts->in_element = texts->wants_element = false;
	if (texts->is_discarded)
		return;
	while (is_blank(texts->text.data[at - 1]))
		at--;
	texts->elements[texts->count - 1].end = (uint32_t)at;
}

static const char *set_fault(struct json_texts *texts, const char *fault)
{
	texts->fault = fault;
	return NULL;
}

// Behind the string, or NULL.
static const char *scan_string(struct json_texts *texts, const char *quote, const char *end)
{
	struct json_string_scan scan;
	const char *close = line_find_plain_end(quote + 1, end);

	if (!close)
		close = json_scan_string(quote + 1, end, &scan);
	return close ? close + 1 : set_fault(texts, scan.reason);
}

static const char *open_container(struct json_texts *texts, const char *bracket)
{
	if (texts->depth == JSON_TEXTS_DEPTH_MAX)
		return set_fault(texts, "more than 256 containers inside each other");
	texts->open[texts->depth++] = (unsigned char)*bracket;
	return bracket + 1;
}

static const char *close_container(struct json_texts *texts, const char *bracket)
{
	// In ASCII the closing bracket stands two behind the opening one.
	if (texts->open[texts->depth - 1] != *bracket - 2)
		return set_fault(texts, *bracket == ']' ? "a ']' that no '[' opened" : "a '}' that no '{' opened");
	texts->depth--;
	return bracket + 1;
}

static inline bool is_mark(char c)
{
	return c == '"' || c == '{' || c == '}' || c == '[' || c == ']';
}

// To where no more than `floor` containers are open, or to the end of what is there. NULL: fault.
static const char *scan_inside(struct json_texts *texts, const char *p, const char *end, size_t floor)
{
	while (p && p < end && texts->depth > floor) {
		if (!is_mark(*p))
			p++;
		else if (*p == '"')
			p = scan_string(texts, p, end);
		else if (*p == '{' || *p == '[')
			p = open_container(texts, p);
		else
			p = close_container(texts, p);
	}
	return p;
}

// One byte, or one string, right inside the array. NULL: fault, or the end of the array, of which depth is 0.
static const char *scan_between(struct json_texts *texts, const char *p, const char *end)
{
	size_t at = (size_t)(p - texts->text.data);

	if (is_blank(*p))
		return p + 1;
	if (*p == ',' || *p == ']') {
		if (!texts->in_element && (*p == ',' || texts->wants_element))
			return set_fault(texts, "expected a record");
		if (texts->in_element)
			end_element(texts, at);
		texts->wants_element = *p == ',';
		return *p == ',' ? p + 1 : close_container(texts, p);
	}
	if (!texts->in_element)
		begin_element(texts, at);
	if (*p == '"')
		return scan_string(texts, p, end);
	if (*p == '}')
		return close_container(texts, p);
	return *p == '{' || *p == '[' ? open_container(texts, p) : p + 1;
}

// The text from *at on, which becomes the place behind its last bracket when that is there.
static enum scan_result scan(struct json_texts *texts, size_t *at)
{
	const char *p = texts->text.data + *at, *end = texts->text.data + texts->text.length;
	size_t floor = texts->is_array;

	while (p && p < end && texts->depth)
		p = texts->depth > floor ? scan_inside(texts, p, end, floor) : scan_between(texts, p, end);
	if (!p)
		return SCAN_FAULT;
	if (texts->depth)
		return SCAN_MORE;
	*at = (size_t)(p - texts->text.data);
	if (!texts->is_array && !texts->is_discarded)
		texts->elements[0].end = (uint32_t)*at;
	return SCAN_DONE;
}

// Whether the line in use cannot go on with the text that is open, but could begin one: the text broke off.
static bool begins_anew(const struct json_texts *texts)
{
	struct slice line = skip_blanks(texts->line);
	char before = texts->before, c = line.length ? line.data[0] : ' ';

	if (c != '[' && c != '{')
		return false;
	// Elements that are arrays are none that anybody wants here.
	if (c == '[' && texts->is_array && (texts->depth == 1 || texts->open[1] == '['))
		return true;
	if (texts->open[texts->depth - 1] == '{')
		return before != ':';
	return before != '[' && before != ',';
}

static void note_before(struct json_texts *texts)
{
	struct slice line = texts->line;

	while (line.length && is_blank(line.data[line.length - 1]))
		line.length--;
	if (line.length)
		texts->before = line.data[line.length - 1];
}

static void take_line(struct json_texts *texts, struct error *error)
{
	texts->read = source_lines_next(texts->lines, &texts->line, error);
	texts->at = 0;
	texts->has_line = true;
}

// Adds to what is being rejected, which began in the first line. goes_on: more will follow, unless the rejects say stop.
static bool reject(struct json_texts *texts, struct slice piece, bool goes_on)
{
	if (texts->on_broken)
		texts->on_broken(texts->context, piece, false);
	return rejects_add_piece(texts->rejects, texts->lines->name, texts->first_line, piece, texts->why.message,
	    goes_on && !texts->rejects->strict);
}

static bool reject_line(struct json_texts *texts, struct slice line, bool goes_on)
{
	return reject(texts, SLICE_LITERAL("\n"), true) || reject(texts, line, goes_on);
}

static bool reject_long_line(struct json_texts *texts)
{
	if (texts->on_broken)
		texts->on_broken(texts->context, texts->line, true);
	return source_lines_reject_long(texts->lines, texts->rejects, texts->line);
}

// Behind a text that broke off: rejects lines until one can begin a text.
static enum json_texts_result skip_broken(struct json_texts *texts, struct error *error)
{
	bool stop = false;

	for (; !stop; texts->has_line = false) {
		if (!texts->has_line)
			take_line(texts, error);
		struct slice line = texts->read == LINE_OK ? skip_blanks(texts->line) : SLICE_EMPTY;

		if (texts->read <= LINE_END)
			break;
		if (line.length && (line.data[0] == '[' || (line.data[0] == '{' && !texts->is_array)))
			break;
		stop = texts->read == LINE_OK ? reject_line(texts, texts->line, true)
					      : reject(texts, SLICE_LITERAL("\n"), true) || reject_long_line(texts);
	}
	if (texts->rejects->in_piece)
		stop = reject(texts, SLICE_EMPTY, false) || stop;
	return stop ? JSON_TEXTS_STOPPED : JSON_TEXTS_OK;
}

static enum scan_result say_fault(struct json_texts *texts, const char *fault)
{
	uint64_t line = texts->lines->line;

	if (line == texts->first_line)
		error_set(&texts->why, "no JSON: %s", fault);
	else
		error_set(&texts->why, "no JSON: %s in line %" PRIu64, fault, line);
	return SCAN_FAULT;
}

static void say_long(struct json_texts *texts)
{
	error_set(&texts->why, "the %s is longer than %zu bytes (--max-line)", texts->is_array ? "array" : "object",
	    texts->max_length);
}

// The line in use ends the text at `at`: what else is on it?
static enum scan_result end_text(struct json_texts *texts, size_t at)
{
	struct slice rest;

	texts->at = texts->line.length - (texts->text.length - at);
	rest = skip_blanks(slice_skip(texts->line, texts->at));
	if (rest.length && rest.data[0] != '[' && rest.data[0] != '{')
		return say_fault(texts, "something else stands behind it");
	texts->text.length = at;
	texts->has_line = rest.length > 0;
	return SCAN_DONE;
}

// Rejects all of a text that is too long, without keeping it. The line in use is the first one that is not rejected yet.
static enum json_texts_result discard(struct json_texts *texts, struct error *error)
{
	texts->is_discarded = true;
	for (;;) {
		enum scan_result result;
		size_t at = 0;

		buffer_reset(&texts->text);
		append(texts, texts->line);
		result = scan(texts, &at);
		if (result == SCAN_DONE)
			result = end_text(texts, at);
		if (result == SCAN_DONE)
			return reject_line(texts, buffer_slice(&texts->text), false) ? JSON_TEXTS_STOPPED
										     : JSON_TEXTS_OK;
		if (reject_line(texts, texts->line, true))
			return JSON_TEXTS_STOPPED;
		texts->has_line = false;
		note_before(texts);
		if (result == SCAN_MORE)
			take_line(texts, error);
		if (result == SCAN_FAULT || texts->read != LINE_OK || begins_anew(texts))
			return skip_broken(texts, error);
	}
}

static void begin(struct json_texts *texts)
{
	char bracket = texts->line.data[texts->at];

	buffer_reset(&texts->text);
	append(texts, slice_skip(texts->line, texts->at));
	texts->first_line = texts->lines->line;
	texts->count = texts->depth = 0;
	texts->is_discarded = texts->in_element = texts->wants_element = false;
	texts->is_array = bracket == '[';
	if (bracket == '{')
		begin_element(texts, 0);
	if (bracket == '{' || bracket == '[')
		texts->open[texts->depth++] = (unsigned char)bracket;
}

// Takes the line behind those of the text. MORE: it makes the text too long.
static enum scan_result go_on(struct json_texts *texts, struct error *error)
{
	note_before(texts);
	take_line(texts, error);
	if (texts->read <= LINE_END) {
		error_set(&texts->why, "no JSON: the %s does not end", texts->is_array ? "array" : "object");
		return SCAN_FAULT;
	}
	if (texts->read == LINE_OK && begins_anew(texts))
		return say_fault(texts, "another one begins");
	if (texts->read == LINE_OK && texts->text.length + 1 + texts->line.length <= texts->max_length) {
		buffer_append_char(&texts->text, '\n');
		append(texts, texts->line);
		return SCAN_DONE;
	}
	say_long(texts);
	return texts->read == LINE_OK ? SCAN_MORE : SCAN_FAULT;
}

// The text that begins in the line in use. FAULT, with why, and MORE, when it is too long: all of it before the line in use, if there is
// one, is to be rejected.
static enum scan_result collect(struct json_texts *texts, struct error *error)
{
	enum scan_result result = SCAN_DONE;
	size_t at = 1;

	begin(texts);
	while (result == SCAN_DONE) {
		result = texts->depth ? scan(texts, &at) : SCAN_FAULT;
		if (result == SCAN_DONE && end_text(texts, at) == SCAN_DONE)
			return SCAN_DONE;
		texts->has_line = false;
		if (result == SCAN_FAULT)
			say_fault(texts, texts->depth ? texts->fault : "neither an array nor an object");
		if (result != SCAN_MORE)
			return SCAN_FAULT;
		at = texts->text.length;
		result = go_on(texts, error);
	}
	return result;
}

// To the first byte of the line in use that is no blank. False: there is none.
static bool find_begin(struct json_texts *texts)
{
	while (texts->at < texts->line.length && is_blank(texts->line.data[texts->at]))
		texts->at++;
	return texts->has_line = texts->at < texts->line.length;
}

enum json_texts_result json_texts_next(struct json_texts *texts, struct error *error)
{
	enum json_texts_result result = JSON_TEXTS_OK;

	while (result == JSON_TEXTS_OK) {
		if (!texts->has_line)
			take_line(texts, error);
		if (texts->read <= LINE_END)
			return texts->read == LINE_END ? JSON_TEXTS_END : JSON_TEXTS_FAILED;
		if (texts->read == LINE_TOO_LONG) {
			texts->has_line = false;
			if (reject_long_line(texts))
				return JSON_TEXTS_STOPPED;
		} else if (find_begin(texts)) {
			enum scan_result collected = collect(texts, error);

			if (collected == SCAN_DONE)
				return JSON_TEXTS_OK;
			if (reject(texts, buffer_slice(&texts->text), true))
				return JSON_TEXTS_STOPPED;
			result = collected == SCAN_MORE ? discard(texts, error) : skip_broken(texts, error);
		}
	}
	return result;
}
