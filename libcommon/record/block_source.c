#include "record/block_source.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/monotonic.h"

// A block of whole lines is taken apart in one go; its records and text together stay in a core's second-level cache.
#define BLOCK_SIZE ((size_t)256 << 10)

void block_source_init(struct block_source *source, const struct record_reader_options *options)
{
	*source = (struct block_source){.options = options, .stop_event = -1, .carry = BUFFER_INIT};
}

void block_source_release(struct block_source *source)
{
	if (source->is_open)
		input_close(&source->input);
	buffer_release(&source->carry);
}

// Keeps the bytes behind `length` for the next batch.
static void keep_rest(struct block_source *source, struct record_batch *batch, size_t length)
{
	buffer_reset(&source->carry);
	buffer_append(&source->carry, batch->block.data + length, batch->block.length - length);
	batch->block.length = length;
}

static void end_operand(struct block_source *source)
{
	input_close(&source->input);
	source->is_open = false;
	source->in_long_line = false;
}

static int open_operand(struct block_source *source, struct record_batch *batch)
{
	const struct record_reader_options *options = source->options;
	size_t operand = source->next_operand;

	if (operand == options->operand_count) {
		batch->kind = BATCH_END;
		return -1;
	}
	batch->kind = BATCH_ERROR;
	source->next_operand++;
	if (input_open(&source->input, options->operands[operand], &batch->error))
		return -1;
	source->is_open = true;
	if (options->opened && options->opened(options->opened_context, operand, &source->input, &batch->error))
		return -1;
	batch->kind = BATCH_LINES;
	source->new_operand = true;
	return 0;
}

// A piece of a line that is longer than allowed goes to the rejects as it comes; memory stays bounded.
static void cut_long_line(struct block_source *source, struct record_batch *batch, bool at_end)
{
	const char *newline = batch->block.length ? memchr(batch->block.data, '\n', batch->block.length) : NULL;

	batch->kind = BATCH_LONG_LINE;
	batch->line_goes_on = !newline && !at_end;
	source->in_long_line = batch->line_goes_on;
	batch->unfinished = at_end && !newline;
	if (newline) {
		keep_rest(source, batch, (size_t)(newline - batch->block.data) + 1);
		batch->block.length--;
		batch->cut = true;
		source->lines_kept = last_newline(source->carry.data, source->carry.length) != NULL;
	}
}

static void take_kept_lines(struct block_source *source, struct record_batch *batch)
{
	const char *newline = last_newline(batch->block.data, batch->block.length);

	source->lines_kept = false;
	keep_rest(source, batch, (size_t)(newline - batch->block.data) + 1);
	buffer_reserve(&batch->block, LINE_SCAN_PADDING);
}

// READER_RECORD when there is something to read.
static enum reader_result wait_for_input(struct block_source *source, int64_t deadline)
{
	struct input *input = &source->input;
	int64_t left = -1;

	if (!input_would_block(input))
		return READER_RECORD;
	sigset_t held, before;

	// From before_wait on, which looks for the signal's traces, until the wait lets it in.
	sigemptyset(&held);
	if (source->options->signal)
		sigaddset(&held, source->options->signal);
	pthread_sigmask(SIG_BLOCK, &held, &before);
	if (source->options->before_wait)
		source->options->before_wait(source->options->context);
	if (deadline != READER_NO_DEADLINE)
		left = deadline > monotonic_now() ? deadline - monotonic_now() : 0;
	input->wait_mask = &before;
	int ready = left == 0 ? 0 : input_wait(input, left);

	input->wait_mask = NULL;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ready > 0 ? READER_RECORD : ready == 0 ? READER_TIMEOUT : READER_INTERRUPTED;
}

// The same in a thread of ours.
static enum reader_result wait_in_thread(struct block_source *source)
{
	struct pollfd waits[] = {
	    {.fd = source->input.fd, .events = POLLIN}, {.fd = source->stop_event, .events = POLLIN}};

	while (input_would_block(&source->input))
		if (poll(waits, 2, -1) > 0 && waits[1].revents)
			return READER_INTERRUPTED;
	return READER_RECORD;
}

// Reads until the block holds at least one whole line.
static enum reader_result read_lines(struct block_source *source, struct record_batch *batch, const int64_t *deadline)
{
	if (source->lines_kept) {
		take_kept_lines(source, batch);
		return READER_RECORD;
	}
	for (;;) {
		enum reader_result result = deadline ? wait_for_input(source, *deadline) : wait_in_thread(source);

		if (result != READER_RECORD) {
			keep_rest(source, batch, 0);
			return result;
		}
		buffer_reserve(&batch->block, BLOCK_SIZE + LINE_SCAN_PADDING);
		ssize_t got =
		    input_read(&source->input, batch->block.data + batch->block.length, BLOCK_SIZE, &batch->error);

		if (got < 0 && !(source->options->damaged && source->input.decoder)) {
			batch->kind = BATCH_ERROR;
			return READER_RECORD;
		}
		if (got < 0) {
			batch->damaged = true;
			got = 0;
		}
		const char *newline = last_newline(batch->block.data + batch->block.length, (size_t)got);

		batch->block.length += (size_t)got;
		if (source->in_long_line) {
			cut_long_line(source, batch, got == 0);
			return READER_RECORD;
		}
		if (newline) {
			keep_rest(source, batch, (size_t)(newline - batch->block.data) + 1);
			return READER_RECORD;
		}
		if (got == 0) {
			batch->unfinished = batch->block.length > 0 && !batch->damaged;
			return READER_RECORD;
		}
		if (batch->block.length > source->options->max_line) {
			cut_long_line(source, batch, false);
			return READER_RECORD;
		}
	}
}

enum reader_result block_source_read(struct block_source *source, struct record_batch *batch, const int64_t *deadline)
{
	batch->kind = BATCH_LINES;
	batch->new_operand = batch->unfinished = batch->damaged = batch->cut = false;
	batch->taken = 0;
	batch->count = 0;
	buffer_reset(&batch->block);
	for (;;) {
		if (!source->is_open && open_operand(source, batch))
			break;
		batch->source = source->input.name;
		batch->operand = source->next_operand - 1;
		batch->new_operand = source->new_operand;
		buffer_append(&batch->block, source->carry.data, source->carry.length);
		buffer_reset(&source->carry);
		bool was_long = source->in_long_line;

		enum reader_result result = read_lines(source, batch, deadline);

		if (result != READER_RECORD)
			return result;
		if (batch->kind == BATCH_ERROR)
			break;
		bool has_any = batch->block.length || was_long || batch->damaged;

		if (has_any)
			source->new_operand = false;
		// Reading on behind damage would give it again.
		if (!has_any || batch->damaged)
			end_operand(source);
		if (has_any)
			return READER_RECORD;
	}
	source->ended = true;
	return READER_RECORD;
}

int64_t record_reader_total(const struct record_reader_options *options)
{
	int64_t total = 0;

	if (options->operand_count == 0)
		return -1;
	for (size_t i = 0; i < options->operand_count; i++) {
		struct stat info;
		struct input input;
		struct error ignored;

		// Opening anything else may wait.
		if (stat(options->operands[i], &info) || !S_ISREG(info.st_mode) ||
		    input_open(&input, options->operands[i], &ignored))
			return -1;
		int64_t size = info.st_size ? input.size : 0;

		input_close(&input);
		if (size < 0)
			return -1;
		total += size;
	}
	return total;
}
