#include "record/record_streams.h"

#include <string.h>

static void write_rejected(void *context, struct slice record)
{
	record_sink_write(context, record);
}

static void flush_before_wait(void *context)
{
	record_streams_flush(context);
}

static int open_outputs(
    struct record_streams *streams, const struct record_streams_options *options, struct error *error)
{
	const char *rejects = options->input->rejects;

	rejects_init(&streams->rejects, options->input->strict);
	if (output_check_inputs(rejects, options->operands, options->operand_count, error) ||
	    emit_check_inputs(options->emit, options->output, options->operands, options->operand_count, error) ||
	    emit_open(&streams->emit, options->types, options->defaults, options->emit, options->output, error))
		return -1;
	if (!rejects ||
	    (emit_check_other(&streams->emit, rejects, error) == 0 &&
		rejects_open(&streams->rejects, rejects, error) == 0))
		return 0;
	emit_close(&streams->emit);
	return -1;
}

static void open_input(struct record_streams *streams, const struct record_streams_options *options)
{
	struct record_reader_options input = {
	    .operands = options->operands,
	    .operand_count = options->operand_count,
	    .threads = options->threads,
	    .max_line = (size_t)options->input->max_line,
	    .rejects = &streams->rejects,
	    .before_wait = flush_before_wait,
	    .context = streams,
	    .signal = options->signal,
	    .damaged = options->damaged,
	    .damaged_context = options->context,
	    .opened = options->opened,
	    .opened_context = options->opened_context,
	    .leave_unfinished = options->leave_unfinished,
	};

	streams->reader = record_reader_new(&input);
	progress_start(&streams->progress, record_reader_total(&input), options->output->quiet);
}

int record_streams_open(
    struct record_streams *streams, const struct record_streams_options *options, struct error *error)
{
	*streams = (struct record_streams){.before_wait = options->before_wait, .context = options->context};
	if (open_outputs(streams, options, error))
		return -1;
	for (size_t i = 0; options->types[i]; i++) {
		if (strcmp(options->types[i], "rejected") == 0 && streams->emit.sinks[i]) {
			streams->rejects.emit = write_rejected;
			streams->rejects.context = streams->emit.sinks[i];
		}
	}
	if (!options->no_input)
		open_input(streams, options);
	return 0;
}

enum reader_result record_streams_next(
    struct record_streams *streams, int64_t deadline, const struct record **record, struct error *error)
{
	enum reader_result result = record_reader_next(streams->reader, deadline, record, error);

	if (result == READER_RECORD)
		progress_update(&streams->progress, (int64_t)record_reader_bytes(streams->reader));
	return result;
}

int record_streams_read(struct record_streams *streams, const struct record **record, struct error *error)
{
	for (;;) {
		switch (record_streams_next(streams, READER_NO_DEADLINE, record, error)) {
		case READER_RECORD:
			return 1;
		case READER_END:
			return 0;
		case READER_STOPPED:
			error->message[0] = '\0';
			return -1;
		case READER_ERROR:
			return -1;
		case READER_TIMEOUT:
		case READER_INTERRUPTED:
			break;
		}
	}
}

void record_streams_end_input(struct record_streams *streams)
{
	if (!streams->reader)
		return;
	progress_end(&streams->progress);
	record_reader_free(streams->reader);
	streams->reader = NULL;
}

void record_streams_flush(struct record_streams *streams)
{
	if (streams->before_wait)
		streams->before_wait(streams->context);
	// First, so that whoever sees an answer finds what was rejected before it.
	rejects_flush(&streams->rejects);
	emit_flush(&streams->emit);
}

enum exit_status record_streams_close(struct record_streams *streams, enum exit_status status)
{
	struct error error;

	record_streams_end_input(streams);
	if (rejects_count(&streams->rejects))
		status = status_join(status, STATUS_REJECTED);
	if (rejects_finish(&streams->rejects, &error))
		status = program_trouble(&error);
	return emit_close(&streams->emit) ? STATUS_TROUBLE : status;
}
