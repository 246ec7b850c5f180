// Records come in order with the right numbers, whatever the number of threads, the blocks and the pieces that they arrive in; and
// every line that is none goes to the rejects whole.
#include "record/record_reader.h"

#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "record/value.h"
#include "scratch.h"
#include "unit.h"
#include "unit_random.h"

#define TIME "\"timestamp\":\"2026-03-01T12:00:00Z\""

// What came of the operands, one line for each record ("a:7:{...}") and each rejected line ("a:8").
struct outcome {
	enum reader_result last;
	struct buffer records;
	struct buffer rejected;
	struct buffer kept; // the file of rejects
	struct error error;
};

struct job {
	char *const *operands;
	size_t count;
	int64_t threads;
	size_t max_line;
	bool strict;
	void (*before_wait)(void *context);
	void *context;
};

static void outcome_release(struct outcome *outcome)
{
	buffer_release(&outcome->records);
	buffer_release(&outcome->rejected);
	buffer_release(&outcome->kept);
}

static void note_rejected(void *context, struct slice record)
{
	struct outcome *outcome = context;
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer scratch = BUFFER_INIT;
	struct error error;

	if (value_parse(&tree, record, &error) < 0) {
		unit_fail(__FILE__, __LINE__, error.message);
	} else {
		const struct value *source = value_member(&tree, value_root(&tree), slice_from_string("source"));
		const struct value *line = value_member(&tree, value_root(&tree), slice_from_string("line"));

		buffer_append_slice(&outcome->rejected, value_string(source, &scratch));
		buffer_append_char(&outcome->rejected, ':');
		buffer_append_slice(&outcome->rejected, line->text);
		buffer_append_char(&outcome->rejected, '\n');
	}
	value_tree_release(&tree);
	buffer_release(&scratch);
}

static void note_record(struct buffer *out, const char *source, uint64_t number, struct slice line)
{
	buffer_printf(out, "%s:%llu:", source, (unsigned long long)number);
	buffer_append_slice(out, line);
	buffer_append_char(out, '\n');
}

static void read_back(struct buffer *out, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t got;

	while (file && (got = fread(buffer_reserve(out, 65536), 1, 65536, file)) > 0)
		out->length += got;
	if (file)
		fclose(file);
}

static struct record_reader *start(const struct job *job, struct rejects *rejects)
{
	struct record_reader_options options = {
	    .operands = job->operands,
	    .operand_count = job->count,
	    .threads = job->threads,
	    .max_line = job->max_line,
	    .rejects = rejects,
	    .before_wait = job->before_wait,
	    .context = job->context,
	};

	return record_reader_new(&options);
}

static void run(const struct job *job, struct outcome *outcome)
{
	struct rejects rejects;
	const struct record *record;

	*outcome = (struct outcome){.records = BUFFER_INIT};
	rejects_init(&rejects, job->strict);
	rejects.emit = note_rejected;
	rejects.context = outcome;
	CHECK(rejects_open(&rejects, "kept", &outcome->error) == 0);
	struct record_reader *reader = start(job, &rejects);

	while (
	    (outcome->last = record_reader_next(reader, READER_NO_DEADLINE, &record, &outcome->error)) == READER_RECORD)
		note_record(&outcome->records, record_reader_source(reader), record->line_number, record->line);
	// What has ended stays so.
	if (outcome->last != READER_STOPPED)
		CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &outcome->error) == outcome->last);
	record_reader_free(reader);
	CHECK(rejects_finish(&rejects, &outcome->error) == 0);
	read_back(&outcome->kept, "kept");
}

static bool same(struct buffer *a, struct buffer *b)
{
	return slice_equal(buffer_slice(a), buffer_slice(b));
}

// What there is to read, and what must come of it.
struct model {
	struct buffer text;
	struct outcome expected;
};

static void model_release(struct model *model)
{
	buffer_release(&model->text);
	outcome_release(&model->expected);
}

static void add_line(struct model *model, const char *source, uint64_t number, struct slice line, bool good)
{
	buffer_append_slice(&model->text, line);
	buffer_append_char(&model->text, '\n');
	if (good) {
		note_record(&model->expected.records, source, number, line);
	} else {
		buffer_printf(&model->expected.rejected, "%s:%llu\n", source, (unsigned long long)number);
		buffer_append_slice(&model->expected.kept, line);
		buffer_append_char(&model->expected.kept, '\n');
	}
}

static void append_reading(struct buffer *line, uint64_t number)
{
	buffer_printf(line, "{\"entity_id\":\"p%llu\",\"property\":\"a\"," TIME ",\"value\":%llu}",
	    (unsigned long long)(number % 97), (unsigned long long)number);
}

// Of exactly that length.
static void append_long(struct buffer *line, size_t length)
{
	static const char front[] = "{\"type\":\"x\",\"v\":\"", behind[] = "\"}";
	size_t filling = length - (sizeof front - 1) - (sizeof behind - 1);

	buffer_append_string(line, front);
	memset(buffer_reserve(line, filling), 'v', filling);
	line->length += filling;
	buffer_append_string(line, behind);
}

static bool append_any(struct buffer *line, uint64_t number, size_t max_line, uint64_t *random)
{
	uint64_t kind = random_below(random, 60);

	if (kind == 0)
		append_long(line, max_line + 1 + random_below(random, random_below(random, 8) ? 100 : 300000));
	else if (kind == 1)
		buffer_append(line, "\0\xff{\r", 4);
	else if (kind == 2)
		buffer_append_string(line, "{\"entity_id\":\"p\"}");
	else if (kind == 4)
		append_long(line, max_line);
	else if (kind > 4)
		append_reading(line, number);
	if (kind == 5)
		buffer_append_char(line, '\r');
	return kind > 3;
}

static void make_model(struct model *model, const char *source, uint64_t lines, size_t max_line, uint64_t seed)
{
	struct buffer line = BUFFER_INIT;

	for (uint64_t number = 1; number <= lines; number++) {
		buffer_reset(&line);
		bool good = append_any(&line, number, max_line, &seed);

		add_line(model, source, number, buffer_slice(&line), good);
	}
	buffer_release(&line);
}

// The last line counts without it too, unless it is empty.
static struct slice without_newline(struct slice text)
{
	return slice_of(text.data, text.length - (text.length > 1 && text.data[text.length - 2] != '\n'));
}

static void write_gz(const char *path, struct slice text)
{
	gzFile file = gzopen(path, "wb1");

	CHECK(file && gzwrite(file, text.data, (unsigned)text.length) == (int)text.length && gzclose(file) == Z_OK);
}

static void write_zst(const char *path, struct slice text)
{
	size_t room = ZSTD_compressBound(text.length);
	char *packed = memory_new(room);

	scratch_write(path, slice_of(packed, ZSTD_compress(packed, room, text.data, text.length, 1)));
	free(packed);
}

static void check_against(const struct job *job, struct model *model)
{
	struct outcome outcome;

	run(job, &outcome);
	CHECK(outcome.last == READER_END);
	CHECK(same(&outcome.records, &model->expected.records));
	CHECK(same(&outcome.rejected, &model->expected.rejected));
	CHECK(same(&outcome.kept, &model->expected.kept));
	outcome_release(&outcome);
}

static char name_a[] = "a", name_b[] = "b", name_gz[] = "c.gz", name_zst[] = "d.zst", name_empty[] = "empty",
	    name_none[] = "none", name_in[] = "-";

// Adds what a part says to the whole, in the order of operands.
static void join(struct model *whole, struct model *part)
{
	buffer_append_slice(&whole->expected.records, buffer_slice(&part->expected.records));
	buffer_append_slice(&whole->expected.rejected, buffer_slice(&part->expected.rejected));
	buffer_append_slice(&whole->expected.kept, buffer_slice(&part->expected.kept));
}

static void check_files(void)
{
	char *const operands[] = {name_empty, name_a, name_empty, name_gz, name_b, name_zst, name_empty};
	static const char *const names[] = {"a", "c.gz", "b", "d.zst"};
	struct model whole = {.text = BUFFER_INIT};

	scratch_write("empty", SLICE_EMPTY);
	for (uint64_t i = 0; i < 4; i++) {
		struct model part = {.text = BUFFER_INIT};
		struct slice text;

		make_model(&part, names[i], i == 2 ? 3 : 25000, 700, 40 + i);
		text = buffer_slice(&part.text);
		if (i < 2)
			text = without_newline(text);
		if (i == 1)
			write_gz(names[i], text);
		else if (i == 3)
			write_zst(names[i], text);
		else
			scratch_write(names[i], text);
		join(&whole, &part);
		model_release(&part);
	}
	CHECK(whole.expected.records.length > (size_t)4 << 20);
	for (int64_t threads = 1; threads <= 4; threads *= 2)
		check_against(&(struct job){operands, 7, threads, 700, false, NULL, NULL}, &whole);
	model_release(&whole);
}

// More records than are made at a time, and far more lines that are none.
static void check_short_lines(void)
{
	char *const operands[] = {name_a};
	struct model model = {.text = BUFFER_INIT};
	uint64_t random = 3;

	for (uint64_t number = 1; number <= 400000; number++) {
		bool good = random_below(&random, 5) == 0;

		add_line(&model, "a", number,
		    slice_from_string(good ? "{\"type\":\"\"}"
			    : number % 2   ? ""
					   : "x"),
		    good);
	}
	scratch_write("a", slice_of(model.text.data, model.text.length));
	for (int64_t threads = 1; threads <= 2; threads++)
		check_against(&(struct job){operands, 1, threads, 100, false, NULL, NULL}, &model);
	model_release(&model);
}

// Standard input hands out a text in pieces: the next one is written when the reader is about to wait, so each is a read of its own.
struct feeder {
	struct slice rest;
	uint64_t random;
	size_t piece; // 0: any
	int write_end;
	int waits;
};

static void feed(void *context)
{
	struct feeder *feeder = context;
	size_t piece = feeder->piece ? feeder->piece
				     : 1 + random_below(&feeder->random, random_below(&feeder->random, 4) ? 60 : 30000);

	feeder->waits++;
	if (feeder->write_end < 0)
		return;
	if (piece > feeder->rest.length)
		piece = feeder->rest.length;
	if (piece) {
		if (write(feeder->write_end, feeder->rest.data, piece) != (ssize_t)piece)
			scratch_fail("write");
		feeder->rest = slice_skip(feeder->rest, piece);
	} else {
		close(feeder->write_end);
		feeder->write_end = -1;
	}
}

static void open_pipe(struct feeder *feeder)
{
	int ends[2];

	if (pipe(ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0)
		scratch_fail("pipe");
	close(ends[0]);
	feeder->write_end = ends[1];
}

static void check_pieces(struct model *model, size_t max_line, size_t piece, uint64_t seed)
{
	struct feeder feeder = {.rest = buffer_slice(&model->text), .piece = piece, .random = seed};
	char *const operands[] = {name_in};

	if (seed % 2)
		feeder.rest = without_newline(feeder.rest);
	open_pipe(&feeder);
	check_against(&(struct job){operands, 1, 1, max_line, false, feed, &feeder}, model);
	CHECK(feeder.write_end < 0 && feeder.waits > 1);
}

static void check_any_pieces(void)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct model model = {.text = BUFFER_INIT};
		size_t max_line = seed % 3 == 0 ? 70000 : seed % 3 == 1 ? 120 : 2000;

		make_model(&model, "-", seed % 3 == 0 ? 60 : 150, max_line, seed);
		check_pieces(&model, max_line, 0, seed);
		model_release(&model);
	}
}

static void check_limit(size_t max_line, size_t piece)
{
	struct model model = {.text = BUFFER_INIT};
	struct buffer line = BUFFER_INIT;

	for (size_t i = 0; i < 8; i++) {
		size_t length = max_line - 2 + i % 4;

		buffer_reset(&line);
		append_long(&line, length);
		add_line(&model, "-", i + 1, buffer_slice(&line), length <= max_line);
	}
	check_pieces(&model, max_line, piece, piece);
	buffer_release(&line);
	model_release(&model);
}

static void check_limits(void)
{
	for (size_t piece = 1; piece < 130; piece++)
		check_limit(50, piece);
	for (size_t piece = 8191; piece <= 8193; piece++) {
		check_limit(65535, piece);
		check_limit(65536, piece);
		check_limit(200000, piece);
	}
}

static void check_huge_lines(void)
{
	const size_t max_line = (size_t)64 << 20;
	char *const operands[] = {name_a};
	struct model model = {.text = BUFFER_INIT};
	struct buffer line = BUFFER_INIT;

	for (uint64_t number = 1; number <= 5; number++) {
		buffer_reset(&line);
		if (number % 2)
			append_reading(&line, number);
		else
			append_long(&line, number == 2 ? max_line : max_line + 1);
		add_line(&model, "a", number, buffer_slice(&line), number != 4);
	}
	scratch_write("a", buffer_slice(&model.text));
	for (int64_t threads = 1; threads <= 2; threads++)
		check_against(&(struct job){operands, 1, threads, max_line, false, NULL, NULL}, &model);
	buffer_release(&line);
	model_release(&model);
}

static void check_error(char *const *operands, size_t count, int64_t threads, const char *message)
{
	struct outcome outcome;

	run(&(struct job){operands, count, threads, 1000, false, NULL, NULL}, &outcome);
	CHECK(outcome.last == READER_ERROR);
	CHECK(strncmp(outcome.error.message, message, strlen(message)) == 0);
	CHECK(outcome.records.length > 0);
	outcome_release(&outcome);
}

static void check_errors(void)
{
	char *const missing[] = {name_a, name_none, name_a}, *const cut[] = {name_gz};
	struct model model = {.text = BUFFER_INIT};
	struct buffer packed = BUFFER_INIT;

	make_model(&model, "a", 40000, 700, 9);
	scratch_write("a", buffer_slice(&model.text));
	write_gz("c.gz", buffer_slice(&model.text));
	read_back(&packed, "c.gz");
	scratch_write("c.gz", slice_of(packed.data, packed.length - packed.length / 8));
	for (int64_t threads = 1; threads <= 4; threads *= 2) {
		check_error(missing, 3, threads, "cannot open 'none': No such file or directory");
		check_error(cut, 1, threads, "cannot read 'c.gz': ");
	}
	buffer_release(&packed);
	model_release(&model);
}

struct damage_note {
	unsigned count;
	char source[16];
};

static void note_damage(void *context, const char *source, const char *message)
{
	struct damage_note *note = context;

	CHECK(strstr(message, "cannot read 'c.gz': ") == message);
	snprintf(note->source, sizeof note->source, "%s", source);
	note->count++;
}

// Of a damaged operand, what can be read, and then the next one, whose last line has no newline.
static void check_damage(void)
{
	char *const operands[] = {name_gz, name_b};
	struct model model = {.text = BUFFER_INIT};
	struct buffer packed = BUFFER_INIT;

	make_model(&model, "a", 40000, 700, 9);
	write_gz("c.gz", buffer_slice(&model.text));
	read_back(&packed, "c.gz");
	scratch_write("c.gz", slice_of(packed.data, packed.length / 2));
	scratch_write("b", slice_from_string("{\"type\":\"x\"}\n{\"type\":\"y\"}"));
	uint64_t first = 0;

	for (int64_t threads = 1; threads <= 4; threads *= 2) {
		struct rejects rejects;
		struct damage_note note = {0};
		struct record_reader_options options = {.operands = operands,
		    .operand_count = 2,
		    .threads = threads,
		    .max_line = 700,
		    .rejects = &rejects,
		    .damaged = note_damage,
		    .damaged_context = &note};
		const struct record *record;
		struct error error;
		uint64_t records = 0, last = 0;

		rejects_init(&rejects, false);
		struct record_reader *reader = record_reader_new(&options);

		while (record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD) {
			records++;
			last = record->line_number;
		}
		CHECK(note.count == 1 && strcmp(note.source, "c.gz") == 0);
		CHECK(record_reader_unfinished(reader) == 1);
		CHECK(last == 2 && records > 1000 && (threads == 1 || records == first));
		first = records;
		record_reader_free(reader);
		rejects_release(&rejects);
	}
	buffer_release(&packed);
	model_release(&model);
}

static void check_strict(void)
{
	char *const operands[] = {name_b};
	struct outcome outcome;

	scratch_write("b", slice_from_string("{\"type\":\"x\"}\nno\n{\"type\":\"y\"}\n"));
	run(&(struct job){operands, 1, 1, 1000, true, NULL, NULL}, &outcome);
	CHECK(outcome.last == READER_STOPPED);
	CHECK_TEXT(buffer_slice(&outcome.records), "b:1:{\"type\":\"x\"}\n");
	CHECK_TEXT(buffer_slice(&outcome.rejected), "b:2\n");
	outcome_release(&outcome);
}

// A child writes enough to make the reader start its threads, and then the pipe stays open and silent.
static pid_t fill_pipe(struct feeder *feeder, size_t lines)
{
	open_pipe(feeder);
	fflush(stdout);
	pid_t child = fork();

	if (child < 0)
		scratch_fail("fork");
	if (child == 0) {
		struct model model = {.text = BUFFER_INIT};

		make_model(&model, "-", lines, 700, 5);
		for (struct slice rest = buffer_slice(&model.text); rest.length;) {
			ssize_t done = write(feeder->write_end, rest.data, rest.length < 5000 ? rest.length : 5000);

			if (done < 0)
				_exit(1);
			rest = slice_skip(rest, (size_t)done);
		}
		_exit(0);
	}
	return child;
}

static int64_t now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static void on_alarm(int signal)
{
	(void)signal;
}

// A signal again and again, since one that comes before the wait is not noticed by it.
static void tick(long microseconds)
{
	struct itimerval timer = {{0, microseconds}, {0, microseconds}};
	struct sigaction action = {.sa_handler = on_alarm};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void check_silence(struct record_reader *reader)
{
	const struct record *record;
	struct error error;
	int64_t begin = now(), wait = 30000000;

	CHECK(record_reader_next(reader, begin + wait, &record, &error) == READER_TIMEOUT);
	CHECK(now() >= begin + wait);
	CHECK(record_reader_next(reader, 0, &record, &error) == READER_TIMEOUT);
	tick(20000);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_INTERRUPTED);
	CHECK(record_reader_next(reader, now() + 3600 * NANOSECONDS_PER_SECOND, &record, &error) == READER_INTERRUPTED);
	tick(0);
}

// Until nothing is left; what comes last may be rejected lines only.
static size_t read_all(struct record_reader *reader, const struct rejects *rejects, size_t lines)
{
	const struct record *record;
	struct error error;
	size_t got = 0;

	while (got + rejects_count(rejects) < lines &&
	    record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD)
		got++;
	return got;
}

static void check_silent_pipe(int64_t threads)
{
	char *const operands[] = {name_in};
	struct feeder feeder = {.piece = 1};
	struct rejects rejects;
	size_t lines = 60000, got;
	pid_t child = fill_pipe(&feeder, lines);
	int status;

	rejects_init(&rejects, false);
	struct record_reader *reader = start(&(struct job){operands, 1, threads, 700, false, NULL, NULL}, &rejects);

	got = read_all(reader, &rejects, lines);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	check_silence(reader);
	CHECK(got + rejects_count(&rejects) == lines && got > lines / 2);
	record_reader_free(reader);
	close(feeder.write_end);
	rejects_release(&rejects);
}

// Whoever comes to the end of the file must not wait for the pipe in the caller's place.
static void check_silent_second(int64_t threads)
{
	char *const operands[] = {name_a, name_in};
	struct feeder feeder = {.piece = 1};
	struct model model = {.text = BUFFER_INIT};
	struct rejects rejects;
	const struct record *record;
	struct error error;

	make_model(&model, "a", 60000, 700, 6);
	scratch_write("a", buffer_slice(&model.text));
	open_pipe(&feeder);
	rejects_init(&rejects, false);
	struct record_reader *reader = start(&(struct job){operands, 2, threads, 700, false, NULL, NULL}, &rejects);

	CHECK(read_all(reader, &rejects, 60000) > 30000);
	check_silence(reader);
	close(feeder.write_end);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_END);
	record_reader_free(reader);
	rejects_release(&rejects);
	model_release(&model);
}

// From the very first wait on, and with half a line read.
static void check_first_wait(void)
{
	static const char line[] = "{\"type\":\"x\"}\n";
	char *const operands[] = {name_in};
	struct feeder feeder = {.piece = 1};
	struct rejects rejects;
	const struct record *record;
	struct error error;

	open_pipe(&feeder);
	rejects_init(&rejects, false);
	struct record_reader *reader = start(&(struct job){operands, 1, 4, 700, false, NULL, NULL}, &rejects);

	for (size_t i = 0; i < sizeof line - 1; i++) {
		check_silence(reader);
		CHECK(write(feeder.write_end, line + i, 1) == 1);
	}
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD);
	CHECK_TEXT(record->line, "{\"type\":\"x\"}");
	check_silence(reader);
	close(feeder.write_end);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_END);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_END);
	record_reader_free(reader);
	rejects_release(&rejects);
}

// What was read before is to be seen before the second operand is waited for.
static void check_second_operand(void)
{
	char *const operands[] = {name_b, name_in};
	struct feeder feeder = {.piece = 100, .rest = slice_from_string("{\"type\":\"z\"}\n")};
	struct outcome outcome;

	scratch_write("b", slice_from_string("{\"type\":\"x\"}\n"));
	open_pipe(&feeder);
	run(&(struct job){operands, 2, 1, 1000, false, feed, &feeder}, &outcome);
	CHECK(outcome.last == READER_END);
	CHECK_TEXT(buffer_slice(&outcome.records), "b:1:{\"type\":\"x\"}\n-:1:{\"type\":\"z\"}\n");
	outcome_release(&outcome);
}

// At any moment, also while threads are at work.
static void check_early_free(void)
{
	char *const operands[] = {name_a};
	struct model model = {.text = BUFFER_INIT};

	make_model(&model, "a", 60000, 700, 9);
	scratch_write("a", buffer_slice(&model.text));
	for (size_t stop = 0; stop < 40000; stop += 3301) {
		struct rejects rejects;
		const struct record *record;
		struct error error;

		rejects_init(&rejects, false);
		struct record_reader *reader = start(&(struct job){operands, 1, 4, 700, false, NULL, NULL}, &rejects);

		for (size_t i = 0; i < stop; i++)
			CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD);
		record_reader_free(reader);
		rejects_release(&rejects);
	}
	model_release(&model);
}

// Skips the first line of the second operand.
static int skip_line(void *context, size_t operand, struct input *input, struct error *error)
{
	++*(size_t *)context;
	return operand == 1 ? input_skip(input, sizeof "{\"type\":\"x\"}" - 1 + 1, error) : 0;
}

// 13 bytes a line, one that is no record among them, one too long, and at the end of the second operand half a line.
static void check_positions(bool packed, int64_t threads)
{
	char *const operands[] = {name_a, packed ? name_gz : name_b};
	size_t opened = 0;
	struct rejects rejects;
	const struct record *record;
	struct error error;
	struct slice second = slice_from_string("{\"type\":\"x\"}\n{\"type\":\"y\"}\n{\"type\":");

	scratch_write(
	    "a", slice_from_string("{\"type\":\"a\"}\n\n{\"type\":\"a long one of them\"}\n{\"type\":\"b\"}\nxx\n"));
	scratch_write("b", second);
	write_gz("c.gz", second);
	rejects_init(&rejects, false);
	struct record_reader *reader = record_reader_new(&(struct record_reader_options){.operands = operands,
	    .operand_count = 2,
	    .threads = threads,
	    .max_line = 20,
	    .rejects = &rejects,
	    .opened = skip_line,
	    .opened_context = &opened,
	    .leave_unfinished = true});

	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD);
	CHECK(record_reader_operand(reader) == 0 && record_reader_position(reader, 0) == 13);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD);
	CHECK(record_reader_position(reader, 0) == 57 && record_reader_position(reader, 1) == 0);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_RECORD);
	CHECK(record_reader_operand(reader) == 1 && record_reader_position(reader, 0) == 60);
	CHECK(record_reader_position(reader, 1) == 13);
	CHECK(record_reader_next(reader, READER_NO_DEADLINE, &record, &error) == READER_END);
	CHECK(record_reader_position(reader, 1) == 13);
	CHECK(opened == 2 && rejects_count(&rejects) == 3);
	record_reader_free(reader);
	rejects_release(&rejects);
}

static int64_t total(char *const *operands, size_t count)
{
	return record_reader_total(&(struct record_reader_options){.operands = operands, .operand_count = count});
}

static void check_total(void)
{
	char *const plain[] = {name_b, name_empty, name_b}, *const packed[] = {name_b, name_gz},
		    *const missing[] = {name_none}, *const input[] = {name_in};

	scratch_write("b", slice_from_string("{\"type\":\"x\"}\n"));
	scratch_write("empty", SLICE_EMPTY);
	write_gz("c.gz", slice_from_string("{\"type\":\"x\"}\n"));
	CHECK(total(plain, 3) == 26);
	CHECK(total(packed, 2) == -1);
	CHECK(total(missing, 1) == -1);
	CHECK(total(input, 1) == -1);
	CHECK(total(input, 0) == -1);
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("files come in order with their numbers, whatever they hold and by however many threads") check_files();
	TEST("a block of very short lines gives all its records") check_short_lines();
	TEST("lines in pieces are put together, and long ones keep those around them") check_any_pieces();
	TEST("a line of the longest length is taken and one byte more is not, in whatever pieces") check_limits();
	TEST("a line of 64 MiB is taken and one byte more is not") check_huge_lines();
	TEST("an operand that cannot be read to its end is an error which names it")
	check_errors();
	TEST("behind what can be read of damaged data comes the next operand, when that is asked for") check_damage();
	TEST("a rejected line stops a strict reader") check_strict();
	TEST("a silent pipe lets go at the deadline, at a signal, and of the reader's end")
	{
		check_silent_pipe(1);
		check_silent_pipe(2);
		check_silent_pipe(4);
	}
	TEST("a silent pipe behind a long file lets go too")
	{
		check_silent_second(1);
		check_silent_second(2);
		check_silent_second(4);
	}
	TEST("deadlines and signals count from the first wait on, and with half a line read") check_first_wait();
	TEST("the caller is told before a second operand is waited for") check_second_operand();
	TEST("a reader can be given up at any record") check_early_free();
	TEST("positions are behind the last whole line of each operand, whatever stood in it")
	{
		check_positions(false, 1);
		check_positions(true, 2);
	}
	TEST("the size of all operands is known only of plain files") check_total();
	scratch_leave(scratch);
	return unit_end();
}
