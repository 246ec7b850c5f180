#include "record/emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/nearest.h"

struct emit_file {
	char *path;
	struct output *output;
	struct record_sink *sink;
};

static int find_type(const char *const *types, struct slice name)
{
	for (int i = 0; types[i]; i++)
		if (slice_is(name, types[i]))
			return i;
	return -1;
}

static int unknown_type(const char *const *types, struct slice name, struct error *error)
{
	struct buffer known = BUFFER_INIT;
	struct nearest nearest;

	nearest_init(&nearest, name.data, name.length);
	for (int i = 0; types[i]; i++) {
		buffer_printf(&known, "%s%s", i ? ", " : "", types[i]);
		nearest_offer(&nearest, types[i]);
	}
	if (nearest.word)
		buffer_printf(&known, "; did you mean '%s'?", nearest.word);
	error_set(error, "--emit: '%.*s' is none of %s", (int)name.length, name.data, buffer_string(&known));
	buffer_release(&known);
	return -1;
}

// A file named twice is one file.
static int open_file(struct emit *emit, struct slice path, struct record_sink **sink, struct error *error)
{
	if (slice_is(path, emit->main_path)) {
		*sink = &emit->main_sink;
		return 0;
	}
	for (size_t i = 0; i < emit->file_count; i++) {
		if (slice_is(path, emit->files[i].path)) {
			*sink = emit->files[i].sink;
			return 0;
		}
	}
	struct emit_file file = {.path = memory_dup_slice(path), .output = memory_new_zeroed(1, sizeof(struct output))};

	if (output_open(file.output, file.path, error)) {
		free(file.path);
		free(file.output);
		return -1;
	}
	file.sink = memory_new_zeroed(1, sizeof *file.sink);
	record_sink_init(file.sink, file.output, OUTPUT_FORMAT_NDJSON);
	emit->files = memory_grow(emit->files, &emit->file_capacity, emit->file_count + 1, sizeof *emit->files);
	emit->files[emit->file_count++] = file;
	*sink = file.sink;
	return 0;
}

static int open_item(struct emit *emit, struct slice item, struct error *error)
{
	const char *equals = item.length ? memchr(item.data, '=', item.length) : NULL;
	struct slice name = slice_of(item.data, equals ? (size_t)(equals - item.data) : item.length);
	int type = find_type(emit->types, name);

	if (type < 0)
		return unknown_type(emit->types, name, error);
	if (!equals) {
		emit->sinks[type] = &emit->main_sink;
		return 0;
	}
	struct slice path = slice_skip(item, name.length + 1);

	if (path.length == 0)
		return error_set(error, "--emit: '%.*s=' names no file", (int)name.length, name.data);
	return open_file(emit, path, &emit->sinks[type], error);
}

static int open_list(struct emit *emit, struct slice list, struct error *error)
{
	for (;;) {
		const char *comma = list.length ? memchr(list.data, ',', list.length) : NULL;
		size_t length = comma ? (size_t)(comma - list.data) : list.length;

		if (open_item(emit, slice_of(list.data, length), error))
			return -1;
		if (!comma)
			return 0;
		list = slice_skip(list, length + 1);
	}
}

// The FILEs of one -e list.
static int check_list(const char *list, char *const *inputs, size_t count, struct error *error)
{
	char *copy = memory_dup_string(list), *rest = copy;
	int failed = 0;

	for (char *item; !failed && (item = strsep(&rest, ","));) {
		const char *equals = strchr(item, '=');

		if (equals)
			failed = output_check_inputs(equals + 1, inputs, count, error);
	}
	free(copy);
	return failed;
}

int emit_check_inputs(const struct option_list *asked, const struct output_options *options, char *const *inputs,
    size_t count, struct error *error)
{
	if (options->path && output_check_inputs(options->path, inputs, count, error))
		return -1;
	for (size_t i = 0; i < asked->count; i++)
		if (check_list(asked->items[i], inputs, count, error))
			return -1;
	return 0;
}

int emit_check_other(const struct emit *emit, const char *path, struct error *error)
{
	bool is_ours = output_is_file(&emit->main_output, path);

	for (size_t i = 0; i < emit->file_count; i++)
		is_ours = is_ours || output_is_file(emit->files[i].output, path);
	return is_ours ? error_set(error, "'%s' is an output for records: name another file for --rejects", path) : 0;
}

int emit_flush(struct emit *emit)
{
	struct error ignored; // failures stick: emit_close reports them

	if (emit->is_held)
		return 0;
	int failed = record_sink_flush(&emit->main_sink, &ignored);

	for (size_t i = 0; i < emit->file_count; i++)
		failed |= record_sink_flush(emit->files[i].sink, &ignored);
	return failed ? -1 : 0;
}

static void for_all(struct emit *emit, void (*act)(struct output *output))
{
	act(&emit->main_output);
	for (size_t i = 0; i < emit->file_count; i++)
		act(emit->files[i].output);
}

void emit_hold(struct emit *emit)
{
	emit_flush(emit);
	for_all(emit, output_hold);
	emit->is_held = true;
}

void emit_release_held(struct emit *emit)
{
	for_all(emit, output_release_held);
	emit->is_held = false;
	emit_flush(emit);
}

void emit_drop_held(struct emit *emit)
{
	enum output_format format = emit->main_sink.format;

	// Tables keep records of their own.
	record_sink_release(&emit->main_sink);
	record_sink_init(&emit->main_sink, &emit->main_output, format);
	for_all(emit, output_drop_held);
	emit->is_held = false;
}

static int close_one(struct record_sink *sink, struct output *output)
{
	struct error error;
	int failed = 0;

	(void)record_sink_flush(sink, &error);
	record_sink_release(sink);
	if (output_close(output, &error)) {
		message_print("%s", error.message);
		failed = -1;
	}
	return failed;
}

int emit_close(struct emit *emit)
{
	int failed = close_one(&emit->main_sink, &emit->main_output);

	for (size_t i = 0; i < emit->file_count; i++) {
		failed |= close_one(emit->files[i].sink, emit->files[i].output);
		free(emit->files[i].path);
		free(emit->files[i].output);
		free(emit->files[i].sink);
	}
	free(emit->files);
	emit->file_count = 0;
	emit->files = NULL;
	return failed;
}

int emit_open(struct emit *emit, const char *const *types, unsigned defaults, const struct option_list *asked,
    const struct output_options *options, struct error *error)
{
	*emit = (struct emit){.types = types, .main_path = options->path ? options->path : "-"};
	if (output_open(&emit->main_output, options->path, error))
		return -1;
	record_sink_init(&emit->main_sink, &emit->main_output, output_options_format(options));
	for (size_t i = 0; i < asked->count; i++)
		if (open_list(emit, slice_from_string(asked->items[i]), error)) {
			emit_close(emit);
			return -1;
		}
	for (int i = 0; !asked->count && types[i]; i++)
		if (defaults & (1u << i))
			emit->sinks[i] = &emit->main_sink;
	return 0;
}
