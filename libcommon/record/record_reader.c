#define _GNU_SOURCE // sem_clockwait, F_SETPIPE_SZ
#include "record/record_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/monotonic.h"
#include "base/timestamp.h"
#include "record/block_source.h"
#include "record/record_batch.h"

// Input that is longer than this is worth the start of threads (0.1 ms).
#define THREADS_WORTH ((uint64_t)2 << 20)
#define THREADS_MAX   4
#define SIGNAL_SLICE  INT64_C(50000000) // nanoseconds
#define PIPE_SIZE     (1 << 20)

struct record_reader {
	struct record_reader_options options;
	struct block_source source;
	pthread_mutex_t source_lock; // who holds it reads
	uint64_t next_number;        // batches are numbered in the order they are read
	struct record_batch *batches;
	size_t batch_count;
	pthread_t threads[THREADS_MAX];
	int thread_count;
	int thread_limit;
	atomic_bool stopping;
	struct record_scanner scanner; // of the caller's own thread

	// Where the caller stands.
	struct record_batch *current;
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
	for (size_t i = 0; i < reader->batch_count; i++)
		record_batch_init(&reader->batches[i]);
	block_source_init(&reader->source, &reader->options);
	pthread_mutex_init(&reader->source_lock, NULL);
	record_scanner_init(&reader->scanner);
	return reader;
}

// Threads wait for a silent pipe, for a batch to be handed back, or for each other.
static void stop_threads(struct record_reader *reader)
{
	if (!reader->thread_count)
		return;
	atomic_store(&reader->stopping, true);
	eventfd_write(reader->source.stop_event, 1);
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
	if (reader->source.stop_event >= 0)
		close(reader->source.stop_event);
	for (size_t i = 0; i < reader->batch_count; i++)
		record_batch_release(&reader->batches[i]);
	block_source_release(&reader->source);
	record_scanner_release(&reader->scanner);
	pthread_mutex_destroy(&reader->source_lock);
	free(reader->batches);
	free(reader->ends);
	free(reader);
}

// The batch that comes next, with source_lock held; NULL when there is none.
static struct record_batch *read_next(struct record_reader *reader)
{
	if (reader->source.ended || atomic_load(&reader->stopping))
		return NULL;
	struct record_batch *batch = &reader->batches[reader->next_number++ % reader->batch_count];

	while (sem_wait(&batch->spare))
		;
	if (atomic_load(&reader->stopping) || block_source_read(&reader->source, batch, NULL) != READER_RECORD)
		return NULL;
	return batch;
}

static struct record_batch *lock_and_read(struct record_reader *reader)
{
	pthread_mutex_lock(&reader->source_lock);
	struct record_batch *batch = read_next(reader);

	pthread_mutex_unlock(&reader->source_lock);
	return batch;
}

static void *thread_run(void *context)
{
	struct record_reader *reader = context;
	struct record_scanner scanner;

	record_scanner_init(&scanner);
	for (struct record_batch *batch; (batch = lock_and_read(reader));) {
		record_batch_parse(batch, &scanner, reader->options.max_line);
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
	struct record_batch *batch = &reader->batches[reader->next_number % reader->batch_count];
	struct block_source *source = &reader->source;
	bool can_help =
	    !source->ended && source->is_open && !input_would_block(&source->input) && sem_trywait(&batch->spare) == 0;
	const int64_t at_once = 0;

	if (can_help && block_source_read(source, batch, &at_once) != READER_RECORD) {
		// The file has come to its end, and the next operand is silent.
		sem_post(&batch->spare);
		can_help = false;
	}
	reader->next_number += can_help;
	pthread_mutex_unlock(&reader->source_lock);
	if (can_help) {
		record_batch_parse(batch, &reader->scanner, reader->options.max_line);
		sem_post(&batch->parsed);
	}
	return can_help;
}

// Signals are the caller's: a thread that takes one would leave the caller waiting.
static void start_threads(struct record_reader *reader)
{
	sigset_t all, old;

	if (reader->source.stop_event < 0)
		reader->source.stop_event = eventfd(0, EFD_CLOEXEC);
	if (reader->source.stop_event < 0)
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

static void flush_outputs(const struct record_reader *reader)
{
	if (reader->options.before_wait)
		reader->options.before_wait(reader->options.context);
}

static enum reader_result wait_for_thread(struct record_reader *reader, struct record_batch *batch, int64_t deadline)
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
static size_t whole_lines(const struct record_reader *reader, const struct record_batch *batch)
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
	const struct record_batch *batch = operand == reader->operand ? reader->current : NULL;
	size_t whole = batch ? whole_lines(reader, batch) : 0;

	return whole ? reader->taken + whole : reader->ends[operand];
}

// The current batch is done with.
static void leave_batch(struct record_reader *reader)
{
	struct record_batch *batch = reader->current;

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
	struct record_batch *batch = &reader->batches[reader->number % reader->batch_count];
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
		result = block_source_read(&reader->source, batch, &deadline);
		if (result == READER_RECORD)
			record_batch_parse(batch, &reader->scanner, reader->options.max_line);
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
	struct record_batch *batch = reader->current;

	if (batch->kind != BATCH_LINES || batch->taken == batch->block.length)
		return false;
	reader->lines += batch->count;
	reader->position = 0;
	record_batch_parse(batch, &reader->scanner, reader->options.max_line);
	return true;
}

// One piece of a line that is too long; the first is reported.
static enum reader_result reject_long_line(
    struct record_reader *reader, struct record_batch *batch, struct error *error)
{
	line_too_long(reader->options.max_line, error);
	bool stop = rejects_add_piece(reader->options.rejects, reader->name, reader->lines + 1,
	    buffer_slice(&batch->block), error->message, batch->line_goes_on);

	if (!batch->line_goes_on)
		reader->lines++;
	return stop ? READER_STOPPED : READER_RECORD;
}

static enum reader_result reject_record(struct record_reader *reader, struct record *record)
{
	const struct record_batch *batch = reader->current;

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
