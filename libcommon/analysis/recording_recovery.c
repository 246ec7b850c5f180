#include "analysis/recording_recovery.h"

#include <string.h>

#include "base/arena.h"
#include "base/message.h"
#include "record/record.h"

// While one file is read.
struct recovering {
	struct recovery *recovery;
	const char *path;
	struct salvage salvage;
	struct record_scanner scanner;
	struct arena arena;
	struct buffer line; // not ended yet; what is too long is not kept
	uint64_t number;    // of lines that have ended
	bool goes_on;       // pieces of it have been rejected already
};

// Returns whether to stop.
static bool lose(struct recovering *file, struct slice text, const char *message, bool goes_on)
{
	struct recovery *recovery = file->recovery;

	recovery->lines_lost += !file->goes_on;
	recovery->bytes_lost += text.length;
	bool stop = file->goes_on || goes_on
	    ? rejects_add_piece(recovery->rejects, file->path, file->number + 1, text, message, goes_on)
	    : rejects_add(recovery->rejects, file->path, file->number + 1, text, message);

	file->goes_on = goes_on;
	return stop;
}

static void too_long(const struct recovering *file, struct error *error)
{
	error_set(error, "line is longer than %zu bytes (--max-line)", file->recovery->max_line);
}

static bool end_line(struct recovering *file)
{
	struct record record;
	struct error error;
	bool stop = false;

	buffer_reserve(&file->line, LINE_SCAN_PADDING);
	arena_reset(&file->arena);
	if (file->goes_on || file->line.length > file->recovery->max_line) {
		too_long(file, &error);
		stop = lose(file, buffer_slice(&file->line), error.message, false);
	} else if (record_scan(&file->scanner, buffer_slice(&file->line), &file->arena, &record, &error)) {
		stop = lose(file, buffer_slice(&file->line), error.message, false);
	} else {
		buffer_append_char(&file->line, '\n');
		output_write_slice(file->recovery->output, buffer_slice(&file->line));
		file->recovery->lines_kept++;
	}
	buffer_reset(&file->line);
	file->number++;
	return stop;
}

// What is longer than allowed goes to the rejects as it comes.
static bool drop_long_line(struct recovering *file)
{
	struct error error;

	if (file->line.length <= file->recovery->max_line)
		return false;
	too_long(file, &error);
	bool stop = lose(file, buffer_slice(&file->line), error.message, true);

	buffer_reset(&file->line);
	return stop;
}

static bool take_bytes(struct recovering *file, struct slice bytes)
{
	bool stop = false;

	while (bytes.length && !stop) {
		const char *newline = memchr(bytes.data, '\n', bytes.length);
		size_t length = newline ? (size_t)(newline - bytes.data) : bytes.length;

		buffer_append(&file->line, bytes.data, length);
		stop = newline ? end_line(file) : drop_long_line(file);
		bytes = slice_skip(bytes, length + (newline != NULL));
	}
	return stop;
}

// A line that was cut may be whole but for its newline.
static bool end_stretch(struct recovering *file)
{
	return (file->line.length || file->goes_on) && end_line(file);
}

static bool take_damage(struct recovering *file, const struct salvage_damage *damage)
{
	struct recovery *recovery = file->recovery;

	recovery->damages++;
	if (damage->to >= damage->from)
		recovery->damaged_bytes += (uint64_t)(damage->to - damage->from);
	recovery->damaged(recovery->context, file->path, damage, file->number + 1);
	return end_stretch(file);
}

static int recover_file(struct recovering *file, struct error *error)
{
	struct salvage_damage damage;
	struct slice bytes;
	bool stop = false;

	while (!stop) {
		switch (salvage_read(&file->salvage, &bytes, &damage)) {
		case SALVAGE_BYTES:
			stop = take_bytes(file, bytes);
			break;
		case SALVAGE_DAMAGE:
			stop = take_damage(file, &damage);
			break;
		case SALVAGE_END:
			return end_stretch(file);
		case SALVAGE_ERROR:
			*error = damage.error;
			return -1;
		}
	}
	return 1;
}

int recovery_run(struct recovery *recovery, const char *path, struct error *error)
{
	struct recovering file = {.recovery = recovery, .path = path, .arena = ARENA_INIT};

	if (salvage_open(&file.salvage, path, error))
		return -1;
	record_scanner_init(&file.scanner);
	int result = recover_file(&file, error);

	record_scanner_release(&file.scanner);
	arena_release(&file.arena);
	buffer_release(&file.line);
	salvage_close(&file.salvage);
	return result;
}

static void tell_damage(void *context, const char *path, const struct salvage_damage *damage, uint64_t line)
{
	(void)context;
	if (damage->to < 0)
		message_print("%s: %s at byte %lld, in line %llu; nothing behind it can be read", path,
		    damage->error.message, (long long)damage->from, (unsigned long long)line);
	else
		message_print("%s: %s at byte %lld, in line %llu; reading goes on at byte %lld", path,
		    damage->error.message, (long long)damage->from, (unsigned long long)line, (long long)damage->to);
}

static void append_count(struct buffer *out, uint64_t count, const char *word)
{
	buffer_printf(out, "%llu %s%s", (unsigned long long)count, word, count == 1 ? "" : "s");
}

static void tell_sums(const struct recovery *recovery)
{
	struct buffer text = BUFFER_INIT;

	append_count(&text, recovery->lines_kept, "line");
	buffer_printf(&text, " kept, %llu lost (", (unsigned long long)recovery->lines_lost);
	append_count(&text, recovery->bytes_lost, "byte");
	buffer_append_string(&text, recovery->damages ? "), damaged in " : "), no damage");
	if (recovery->damages)
		append_count(&text, recovery->damages, "place");
	message_print("%s", buffer_string(&text));
	buffer_release(&text);
}

static enum exit_status recover_operands(struct recovery *recovery, char *const *operands, size_t count)
{
	struct error error;

	for (size_t i = 0; i < (count ? count : 1); i++) {
		int result = recovery_run(recovery, count ? operands[i] : "-", &error);

		if (result < 0)
			message_print("%s", error.message);
		if (result)
			return STATUS_TROUBLE;
	}
	return recovery->lines_lost || recovery->damages ? STATUS_REJECTED : STATUS_DONE;
}

static int open_outputs(
    struct output *output, struct rejects *rejects, const char *path, const char *kept, struct error *error)
{
	struct error ignored;

	if (output_open(output, path, error))
		return -1;
	if (output_is_file(output, kept))
		error_set(error, "'%s' is what --recover writes: name another file for --rejects", kept);
	else if (!kept || rejects_open(rejects, kept, error) == 0)
		return 0;
	int closed = output_close(output, &ignored);

	(void)closed; // what went wrong is known already
	return -1;
}

enum exit_status recovery_of_files(
    const char *path, const struct input_options *input, bool quiet, char *const *operands, size_t count)
{
	struct output output;
	struct rejects rejects;
	struct recovery recovery = {
	    .output = &output, .rejects = &rejects, .max_line = (size_t)input->max_line, .damaged = tell_damage};
	struct error error;

	rejects_init(&rejects, input->strict);
	if (output_check_inputs(path, operands, count, &error) ||
	    output_check_inputs(input->rejects, operands, count, &error) ||
	    open_outputs(&output, &rejects, path, input->rejects, &error))
		return program_trouble(&error);
	enum exit_status status = recover_operands(&recovery, operands, count);
	int failed = rejects_finish(&rejects, &error);

	if (failed)
		message_print("%s", error.message);
	if (output_close(&output, &error)) {
		message_print("%s", error.message);
		failed = -1;
	}
	if (!quiet && !failed)
		tell_sums(&recovery);
	return failed ? STATUS_TROUBLE : status;
}
