#define _GNU_SOURCE // memrchr, sem_clockwait
#include "record/record_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/monotonic.h"
#include "base/timestamp.h"
#include "io/input.h"

// A block of whole lines is taken apart in one go; its records and text together stay in a core's second-level cache.
#define BLOCK_SIZE ((size_t)256 << 10)

// Of a block of very short lines, so many records are made at a time: a record is larger than the shortest lines by far.
#define RECORDS_MAX 4096

// Input that is longer than this is worth the start of threads (0.1 ms).
#define THREADS_WORTH ((uint64_t)2 << 20)
#define THREADS_MAX   4
#define SIGNAL_SLICE  INT64_C(50000000) // nanoseconds
#define PIPE_SIZE     (1 << 20)

enum batch_kind {
	BATCH_LINES,
	BATCH_LONG_LINE, // the block is the beginning, or a further piece, of a line that is longer than allowed
	BATCH_END,
	BATCH_ERROR,
};

struct batch {
	enum batch_kind kind;
	struct buffer block; // with LINE_SCAN_PADDING bytes to spare
	struct arena arena;
	size_t taken; // bytes of the block that records have been made of
	struct record *records;
	uint64_t *hashes; // of the records, closer together
	size_t count;
	size_t capacity;
	const char *source;
	size_t operand;
	bool new_operand;
	bool line_goes_on; // BATCH_LONG_LINE: another piece follows
	bool unfinished;   // the last line has no newline
	bool cut;          // the newline behind the block has been taken off it
	bool damaged;      // no more could be read of the operand, and why is in error
	struct error error;
	sem_t parsed;
	sem_t spare;
};

// One member of it reads at a time (source_lock); batches are numbered in the order they are read.
struct source {
	size_t next_operand;
	struct input input;
	bool is_open;
	bool new_operand;
	bool in_long_line;
	bool lines_kept; // carry holds whole lines too, which came behind a long one
	bool ended;
	struct buffer carry; // the beginning of a line whose end has not been read
};

struct record_reader {
	struct record_reader_options options;
	struct source source;
	pthread_mutex_t source_lock;
	uint64_t next_number;
	struct batch *batches;
	size_t batch_count;
	pthread_t threads[THREADS_MAX];
	int thread_count;
	int thread_limit;
	atomic_bool stopping;
	int stop_event;                // wakes a thread that waits for input
	struct record_scanner scanner; // of the caller's own thread

	// Where the caller stands.
	struct batch *current;
	size_t position;
	uint64_t number;
	uint64_t lines; // of this operand before the current batch
	const char *name;
	uint64_t bytes;
	uint64_t unfinished;
	size_t operand;
	uint64_t taken; // of this operand, before the current batch
	uint64_t *ends; // by operand: behind the last whole line before the current batch
};

static char *standard_input[] = {(char[]){"-"}};

struct record_reader *record_reader_new(const struct record_reader_options *options)
{
	struct record_reader *reader = memory_new_zeroed(1, sizeof *reader);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	reader->options = *options;
	if (options->operand_count == 0) {
		reader->options.operands = standard_input;
		reader->options.operand_count = 1;
	}
	reader->thread_limit = (int)(options->threads ? options->threads : cores > 0 ? cores : 1);
	if (reader->thread_limit > THREADS_MAX)
		reader->thread_limit = THREADS_MAX;
	reader->batch_count = (size_t)reader->thread_limit * 3;
	reader->batches = memory_new_zeroed(reader->batch_count, sizeof *reader->batches);
	reader->ends = memory_new_zeroed(reader->options.operand_count, sizeof *reader->ends);
	for (size_t i = 0; i < reader->batch_count; i++) {
		sem_init(&reader->batches[i].parsed, 0, 0);
		sem_init(&reader->batches[i].spare, 0, 1);
	}
	pthread_mutex_init(&reader->source_lock, NULL);
	reader->stop_event = -1;
	record_scanner_init(&reader->scanner);
	return reader;
}

// Threads wait for a silent pipe, for a batch to be handed back, or for each other.
static void stop_threads(struct record_reader *reader)
{
	if (!reader->thread_count)
		return;
	atomic_store(&reader->stopping, true);
	eventfd_write(reader->stop_event, 1);
	for (size_t i = 0; i < reader->batch_count; i++)
		sem_post(&reader->batches[i].spare);
	for (int i = 0; i < reader->thread_count; i++)
		pthread_join(reader->threads[i], NULL);
}

void record_reader_free(struct record_reader *reader)
{
	if (!reader)
		return;
	stop_threads(reader);
	if (reader->stop_event >= 0)
		close(reader->stop_event);
	for (size_t i = 0; i < reader->batch_count; i++) {
		buffer_release(&reader->batches[i].block);
		arena_release(&reader->batches[i].arena);
		free(reader->batches[i].records);
		free(reader->batches[i].hashes);
		sem_destroy(&reader->batches[i].parsed);
		sem_destroy(&reader->batches[i].spare);
	}
	if (reader->source.is_open)
		input_close(&reader->source.input);
	buffer_release(&reader->source.carry);
	record_scanner_release(&reader->scanner);
	pthread_mutex_destroy(&reader->source_lock);
	free(reader->batches);
	free(reader->ends);
	free(reader);
}

static const char *last_newline(const char *data, size_t length)
{
	return length ? memrchr(data, '\n', length) : NULL;
}

// Keeps the bytes behind `length` for the next batch.
static void keep_rest(struct source *source, struct batch *batch, size_t length)
{
	buffer_reset(&source->carry);
	buffer_append(&source->carry, batch->block.data + length, batch->block.length - length);
	batch->block.length = length;
}

static void end_operand(struct source *source)
{
	input_close(&source->input);
	source->is_open = false;
	source->in_long_line = false;
}

static int open_operand(struct record_reader *reader, struct batch *batch)
{
	const struct record_reader_options *options = &reader->options;
	struct source *source = &reader->source;
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
static void cut_long_line(struct record_reader *reader, struct batch *batch, bool at_end)
{
	struct source *source = &reader->source;
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

static void take_kept_lines(struct source *source, struct batch *batch)
{
	const char *newline = last_newline(batch->block.data, batch->block.length);

	source->lines_kept = false;
	keep_rest(source, batch, (size_t)(newline - batch->block.data) + 1);
	buffer_reserve(&batch->block, LINE_SCAN_PADDING);
}

static void flush_outputs(const struct record_reader *reader)
{
	if (reader->options.before_wait)
		reader->options.before_wait(reader->options.context);
}

// READER_RECORD when there is something to read.
static enum reader_result wait_for_input(struct record_reader *reader, int64_t deadline)
{
	struct input *input = &reader->source.input;
	int64_t left = -1;

	if (!input_would_block(input))
		return READER_RECORD;
	sigset_t held, before;

	// From before_wait on, which looks for the signal's traces, until the wait lets it in.
	sigemptyset(&held);
	if (reader->options.signal)
		sigaddset(&held, reader->options.signal);
	pthread_sigmask(SIG_BLOCK, &held, &before);
	flush_outputs(reader);
	if (deadline != READER_NO_DEADLINE)
		left = deadline > monotonic_now() ? deadline - monotonic_now() : 0;
	input->wait_mask = &before;
	int ready = left == 0 ? 0 : input_wait(input, left);

	input->wait_mask = NULL;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ready > 0 ? READER_RECORD : ready == 0 ? READER_TIMEOUT : READER_INTERRUPTED;
}

// The same in a thread of ours.
static enum reader_result wait_in_thread(struct record_reader *reader)
{
	struct pollfd waits[] = {
	    {.fd = reader->source.input.fd, .events = POLLIN}, {.fd = reader->stop_event, .events = POLLIN}};

	while (input_would_block(&reader->source.input))
		if (poll(waits, 2, -1) > 0 && waits[1].revents)
			return READER_INTERRUPTED;
	return READER_RECORD;
}

// Reads until the block holds at least one whole line. deadline is NULL in a thread of ours. When nothing comes in time, what has been
// read so far is put away.
static enum reader_result read_lines(struct record_reader *reader, struct batch *batch, const int64_t *deadline)
{
	struct source *source = &reader->source;

	if (source->lines_kept) {
		take_kept_lines(source, batch);
		return READER_RECORD;
	}
	for (;;) {
		enum reader_result result = deadline ? wait_for_input(reader, *deadline) : wait_in_thread(reader);

		if (result != READER_RECORD) {
			keep_rest(source, batch, 0);
			return result;
		}
		buffer_reserve(&batch->block, BLOCK_SIZE + LINE_SCAN_PADDING);
		ssize_t got =
		    input_read(&source->input, batch->block.data + batch->block.length, BLOCK_SIZE, &batch->error);

		if (got < 0 && !(reader->options.damaged && source->input.decoder)) {
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
			cut_long_line(reader, batch, got == 0);
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
		if (batch->block.length > reader->options.max_line) {
			cut_long_line(reader, batch, false);
			return READER_RECORD;
		}
	}
}

// Called with source_lock held. Fills the batch with what comes next, be it the end; anything but READER_RECORD says that
// nothing came in time.
static enum reader_result read_batch(struct record_reader *reader, struct batch *batch, const int64_t *deadline)
{
	struct source *source = &reader->source;

	batch->kind = BATCH_LINES;
	batch->new_operand = batch->unfinished = batch->damaged = batch->cut = false;
	batch->taken = 0;
	batch->count = 0;
	buffer_reset(&batch->block);
	for (;;) {
		if (!source->is_open && open_operand(reader, batch))
			break;
		batch->source = source->input.name;
		batch->operand = source->next_operand - 1;
		batch->new_operand = source->new_operand;
		buffer_append(&batch->block, source->carry.data, source->carry.length);
		buffer_reset(&source->carry);
		bool was_long = source->in_long_line;

		enum reader_result result = read_lines(reader, batch, deadline);

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

static int too_long(size_t max_line, struct error *error)
{
	return error_set(error, "line is longer than %zu bytes (--max-line)", max_line);
}

static void set_invalid(struct batch *batch, struct record *record, struct slice line, const char *message)
{
	record->type = RECORD_INVALID;
	record->line = line;
	record->present = 0;
	record->text[0] = arena_dup(&batch->arena, slice_of(message, strlen(message) + 1));
}

static void grow_records(struct batch *batch)
{
	batch->records = memory_grow(batch->records, &batch->capacity, batch->count + 512, sizeof *batch->records);
	batch->hashes = memory_resize(batch->hashes, batch->capacity, sizeof *batch->hashes);
}

// Makes records of what comes next in the block.
static void parse_batch(struct record_scanner *scanner, struct batch *batch, size_t max_line)
{
	const char *p = batch->block.data + batch->taken;
	const char *end = batch->block.data + batch->block.length;
	struct error error;

	arena_reset(&batch->arena);
	batch->count = 0;
	if (batch->kind != BATCH_LINES)
		return;
	for (; p < end; batch->count++) {
		if (batch->count == batch->capacity) {
			if (batch->capacity >= RECORDS_MAX)
				break;
			grow_records(batch);
		}
		struct record *record = &batch->records[batch->count];
		const char *next = record_scan_plain(scanner, p, end, record);

		if (next && record->line.length <= max_line) {
			batch->hashes[batch->count] = record->series_hash;
			p = next;
			continue;
		}
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		struct slice line = slice_of(p, (size_t)((newline ? newline : end) - p));

		// The same words as for a line that does not even fit into a block: see reject_long_line.
		if (line.length > max_line ? too_long(max_line, &error)
					   : record_scan(scanner, line, &batch->arena, record, &error))
			set_invalid(batch, record, line, error.message);
		batch->hashes[batch->count] = record->type == RECORD_READING ? record->series_hash : 0;
		p = newline ? newline + 1 : end;
	}
	batch->taken = (size_t)(p - batch->block.data);
}

// The batch that comes next, with source_lock held; NULL when there is none.
static struct batch *read_next(struct record_reader *reader)
{
	if (reader->source.ended || atomic_load(&reader->stopping))
		return NULL;
	struct batch *batch = &reader->batches[reader->next_number++ % reader->batch_count];

	while (sem_wait(&batch->spare))
		;
	if (atomic_load(&reader->stopping) || read_batch(reader, batch, NULL) != READER_RECORD)
		return NULL;
	return batch;
}

static struct batch *lock_and_read(struct record_reader *reader)
{
	pthread_mutex_lock(&reader->source_lock);
	struct batch *batch = read_next(reader);

	pthread_mutex_unlock(&reader->source_lock);
	return batch;
}

static void *thread_run(void *context)
{
	struct record_reader *reader = context;
	struct record_scanner scanner;

	record_scanner_init(&scanner);
	for (struct batch *batch; (batch = lock_and_read(reader));) {
		parse_batch(&scanner, batch, reader->options.max_line);
		sem_post(&batch->parsed);
	}
	record_scanner_release(&scanner);
	return NULL;
}

// Rather than wait for a thread the caller takes a block apart itself, where reading it cannot wait. False when there is none to take.
static bool help_threads(struct record_reader *reader)
{
	if (pthread_mutex_trylock(&reader->source_lock))
		return false;
	struct batch *batch = &reader->batches[reader->next_number % reader->batch_count];
	struct source *source = &reader->source;
	bool can_help =
	    !source->ended && source->is_open && !input_would_block(&source->input) && sem_trywait(&batch->spare) == 0;
	const int64_t at_once = 0;

	if (can_help && read_batch(reader, batch, &at_once) != READER_RECORD) {
		// The file has come to its end, and the next operand is silent.
		sem_post(&batch->spare);
		can_help = false;
	}
	reader->next_number += can_help;
	pthread_mutex_unlock(&reader->source_lock);
	if (can_help) {
		parse_batch(&reader->scanner, batch, reader->options.max_line);
		sem_post(&batch->parsed);
	}
	return can_help;
}

// Signals are the caller's: a thread that takes one would leave the caller waiting.
static void start_threads(struct record_reader *reader)
{
	sigset_t all, old;

	if (reader->stop_event < 0)
		reader->stop_event = eventfd(0, EFD_CLOEXEC);
	if (reader->stop_event < 0)
		return;
	// The caller works too.
	int count = reader->thread_limit - 1;

	// A pipe that holds more makes fewer turns between its two ends; what is no pipe says no.
	fcntl(reader->source.input.fd, F_SETPIPE_SZ, PIPE_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (reader->thread_count < count &&
	    pthread_create(&reader->threads[reader->thread_count], NULL, thread_run, reader) == 0)
		reader->thread_count++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static enum reader_result wait_for_thread(struct record_reader *reader, struct batch *batch, int64_t deadline)
{
	int failed;

	do {
		if (sem_trywait(&batch->parsed) == 0)
			return READER_RECORD;
	} while (help_threads(reader));
	flush_outputs(reader);
	// A semaphore cannot let a signal in as ppoll can: one that came just before is noticed when this is over.
	int64_t slice = reader->options.signal ? monotonic_now() + SIGNAL_SLICE : READER_NO_DEADLINE;
	int64_t end = deadline < slice ? deadline : slice;

	if (end == READER_NO_DEADLINE) {
		failed = sem_wait(&batch->parsed);
	} else {
		struct timespec until = {end / NANOSECONDS_PER_SECOND, end % NANOSECONDS_PER_SECOND};

		failed = sem_clockwait(&batch->parsed, CLOCK_MONOTONIC, &until);
	}
	return !failed ? READER_RECORD : errno == ETIMEDOUT && end == deadline ? READER_TIMEOUT : READER_INTERRUPTED;
}

// Bytes of the block up to the end of the last whole line that has been returned; 0 when there is none yet.
static size_t whole_lines(const struct record_reader *reader, const struct batch *batch)
{
	const char *block = batch->block.data, *end = block + batch->block.length;

	if (batch->kind == BATCH_LONG_LINE)
		return batch->cut ? batch->block.length + 1 : 0;
	if (batch->kind != BATCH_LINES)
		return 0;
	if (reader->position && reader->position <= batch->count) {
		struct slice line = batch->records[reader->position - 1].line;
		const char *behind = line.data + line.length;
		const char *newline = behind < end ? memchr(behind, '\n', (size_t)(end - behind)) : NULL;

		end = newline ? newline + 1 : end;
	}
	const char *newline = last_newline(block, (size_t)(end - block));

	return newline ? (size_t)(newline - block) + 1 : 0;
}

size_t record_reader_operand(const struct record_reader *reader)
{
	return reader->operand;
}

uint64_t record_reader_position(const struct record_reader *reader, size_t operand)
{
	const struct batch *batch = operand == reader->operand ? reader->current : NULL;
	size_t whole = batch ? whole_lines(reader, batch) : 0;

	return whole ? reader->taken + whole : reader->ends[operand];
}

// The current batch is done with.
static void leave_batch(struct record_reader *reader)
{
	struct batch *batch = reader->current;

	reader->ends[reader->operand] = record_reader_position(reader, reader->operand);
	reader->taken += batch->block.length + batch->cut;
	if (batch->kind == BATCH_LINES)
		reader->lines += batch->count;
	if (reader->thread_count)
		sem_post(&batch->spare);
	reader->current = NULL;
}

static enum reader_result next_batch(struct record_reader *reader, int64_t deadline)
{
	struct batch *batch = &reader->batches[reader->number % reader->batch_count];
	enum reader_result result;

	if (reader->current)
		leave_batch(reader);
	// Batch 0 onwards are the caller's until threads take over; from then on all of them are the threads'.
	if (!reader->thread_count && reader->thread_limit > 1 && reader->bytes > THREADS_WORTH) {
		reader->next_number = reader->number;
		start_threads(reader);
	}
	if (reader->thread_count) {
		result = wait_for_thread(reader, batch, deadline);
	} else {
		result = read_batch(reader, batch, &deadline);
		if (result == READER_RECORD)
			parse_batch(&reader->scanner, batch, reader->options.max_line);
	}
	if (result != READER_RECORD)
		return result;
	reader->number++;
	reader->current = batch;
	reader->position = 0;
	reader->bytes += batch->block.length;
	reader->unfinished += batch->unfinished;
	if (batch->new_operand) {
		reader->operand = batch->operand;
		reader->lines = reader->taken = 0;
		reader->name = batch->source;
	}
	if (batch->damaged)
		reader->options.damaged(reader->options.damaged_context, batch->source, batch->error.message);
	return READER_RECORD;
}

// Whether there are lines in the current block that wait to become records.
static bool parse_more(struct record_reader *reader)
{
	struct batch *batch = reader->current;

	if (batch->kind != BATCH_LINES || batch->taken == batch->block.length)
		return false;
	reader->lines += batch->count;
	reader->position = 0;
	parse_batch(&reader->scanner, batch, reader->options.max_line);
	return true;
}

// One piece of a line that is too long; the first is reported.
static enum reader_result reject_long_line(struct record_reader *reader, struct batch *batch, struct error *error)
{
	too_long(reader->options.max_line, error);
	bool stop = rejects_add_piece(reader->options.rejects, reader->name, reader->lines + 1,
	    buffer_slice(&batch->block), error->message, batch->line_goes_on);

	if (!batch->line_goes_on)
		reader->lines++;
	return stop ? READER_STOPPED : READER_RECORD;
}

static enum reader_result reject_record(struct record_reader *reader, struct record *record)
{
	const struct batch *batch = reader->current;

	if (reader->options.leave_unfinished && batch->unfinished &&
	    record->line.data + record->line.length == batch->block.data + batch->block.length)
		return READER_RECORD;
	bool stop =
	    rejects_add(reader->options.rejects, reader->name, record->line_number, record->line, record->text[0].data);

	return stop ? READER_STOPPED : READER_RECORD;
}

enum reader_result record_reader_next(
    struct record_reader *reader, int64_t deadline, const struct record **record, struct error *error)
{
	enum reader_result result;

	for (;;) {
		while (reader->current && reader->position < reader->current->count) {
			struct record *found = &reader->current->records[reader->position++];

			found->line_number = reader->lines + reader->position;
			*record = found;
			if (found->type != RECORD_INVALID)
				return READER_RECORD;
			result = reject_record(reader, found);
			if (result != READER_RECORD)
				return result;
		}
		if (reader->current && parse_more(reader))
			continue;
		if (reader->current && reader->current->kind == BATCH_END)
			return READER_END;
		if (reader->current && reader->current->kind == BATCH_ERROR) {
			*error = reader->current->error;
			return READER_ERROR;
		}
		result = next_batch(reader, deadline);
		if (result != READER_RECORD)
			return result;
		if (reader->current->kind == BATCH_LONG_LINE) {
			result = reject_long_line(reader, reader->current, error);
			if (result != READER_RECORD)
				return result;
		}
	}
}

const char *record_reader_source(const struct record_reader *reader)
{
	return reader->name ? reader->name : "-";
}

const uint64_t *record_reader_hashes(const struct record_reader *reader, size_t *count)
{
	*count = reader->current ? reader->current->count - reader->position : 0;
	return *count ? reader->current->hashes + reader->position : NULL;
}

uint64_t record_reader_unfinished(const struct record_reader *reader)
{
	return reader->unfinished;
}

uint64_t record_reader_bytes(const struct record_reader *reader)
{
	return reader->bytes;
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
