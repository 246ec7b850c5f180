#include "record/rejects.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/utf8.h"
#include "record/value.h"

void rejects_init(struct rejects *rejects, bool strict)
{
	*rejects = (struct rejects){.strict = strict};
}

void rejects_release(struct rejects *rejects)
{
	struct error ignored;
	int closed = rejects->file ? output_close(rejects->file, &ignored) : 0;

	(void)closed; // the caller is on its way out because of something else
	free(rejects->file);
	buffer_release(&rejects->record);
	rejects_init(rejects, rejects->strict);
}

int rejects_open(struct rejects *rejects, const char *path, struct error *error)
{
	struct output *file = memory_new(sizeof *file);

	if (strcmp(path, "-") == 0) {
		free(file);
		return error_set(error, "rejected input cannot go to standard output: name a file");
	}
	if (output_open(file, path, error) < 0) {
		free(file);
		return -1;
	}
	rejects->file = file;
	return 0;
}

// RFC 4648 section 4.
static void append_base64(struct buffer *out, struct slice bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.length; i += 3) {
		size_t left = bytes.length - i;
		uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;
		char *to = buffer_reserve(out, 4);

		group |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
		group |= left > 2 ? (uint32_t)(unsigned char)bytes.data[i + 2] : 0;
		to[0] = digits[group >> 18];
		to[1] = digits[group >> 12 & 63];
		to[2] = left > 1 ? digits[group >> 6 & 63] : '=';
		to[3] = left > 2 ? digits[group & 63] : '=';
		out->length += 4;
	}
}

static void append_input(struct buffer *out, struct slice input)
{
	if (input.length > REJECTS_INPUT_MAX)
		input = utf8_cut(slice_of(input.data, REJECTS_INPUT_MAX));
	if (utf8_is_valid(input)) {
		json_append_string(out, input);
		return;
	}
	buffer_append_string(out, "{\"base64\":\"");
	append_base64(out, input);
	buffer_append_string(out, "\"}");
}

// A message or a file name may quote bytes that are no UTF-8; a record may not.
static void append_text(struct buffer *out, const char *text)
{
	struct slice rest = slice_from_string(text);
	struct buffer clean = BUFFER_INIT;
	size_t fault;

	while ((fault = utf8_find_fault(rest)) < rest.length) {
		buffer_append(&clean, rest.data, fault);
		buffer_append_string(&clean, "\xef\xbf\xbd");
		rest = slice_skip(rest, fault + 1);
	}
	buffer_append_slice(&clean, rest);
	json_append_string(out, buffer_slice(&clean));
	buffer_release(&clean);
}

static void emit_record(
    struct rejects *rejects, const char *source, uint64_t line, struct slice input, const char *message)
{
	struct buffer *record = &rejects->record;

	buffer_reset(record);
	buffer_append_string(record, "{\"type\":\"rejected\",\"reason\":\"invalid\",\"message\":");
	append_text(record, message);
	buffer_append_string(record, ",\"source\":");
	append_text(record, source);
	buffer_printf(record, ",\"line\":%" PRIu64 ",\"input\":", line);
	append_input(record, input);
	buffer_append_char(record, '}');
	rejects->emit(rejects->context, buffer_slice(record));
}

static void tell(struct rejects *rejects, const char *source, uint64_t line, struct slice input, const char *message)
{
	rejects->count++;
	rejects->quiet_count += rejects->quiet;
	if (!rejects->quiet && rejects->count - rejects->quiet_count <= REJECTS_SHOWN)
		message_print(
		    "%s:%" PRIu64 ": %s", strcmp(source, "-") == 0 ? "standard input" : source, line, message);
	if (rejects->emit)
		emit_record(rejects, source, line, input, message);
}

bool rejects_add_piece(
    struct rejects *rejects, const char *source, uint64_t line, struct slice piece, const char *message, bool goes_on)
{
	if (!rejects->in_piece)
		tell(rejects, source, line, piece, message);
	rejects->in_piece = goes_on;
	if (rejects->file) {
		output_write_slice(rejects->file, piece);
		if (!goes_on)
			output_write(rejects->file, "\n", 1);
	}
	return rejects->strict && !goes_on;
}

bool rejects_add(struct rejects *rejects, const char *source, uint64_t line, struct slice input, const char *message)
{
	return rejects_add_piece(rejects, source, line, input, message, false);
}

void rejects_flush(struct rejects *rejects)
{
	struct error ignored; // a failure sticks to the output, and rejects_finish tells it

	if (rejects->file)
		output_flush(rejects->file, &ignored);
}

int rejects_finish(struct rejects *rejects, struct error *error)
{
	uint64_t told = rejects->count - rejects->quiet_count;
	int result = 0;

	if (told > REJECTS_SHOWN)
		message_print("%" PRIu64 " lines rejected, %" PRIu64 " not shown", told, told - REJECTS_SHOWN);
	if (rejects->file)
		result = output_close(rejects->file, error);
	free(rejects->file);
	rejects->file = NULL;
	buffer_release(&rejects->record);
	return result;
}
