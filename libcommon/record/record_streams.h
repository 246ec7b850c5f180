// What a filter reads and writes: the records of its operands, the outputs that -e, -F and -o ask for, and what becomes of lines that
// hold no record. Set up and taken down in one order, the same in every program:
//
//	if (record_streams_open(&streams, &options, &error)) ... nothing is open then
//	while (record_streams_next(&streams, READER_NO_DEADLINE, &record, &error) == READER_RECORD) ...
//	record_streams_end_input(&streams);
//	record_streams_flush(&streams);
//	return record_streams_close(&streams, status);
#ifndef RECORD_RECORD_STREAMS_H
#define RECORD_RECORD_STREAMS_H

#include "io/program.h"
#include "io/progress.h"
#include "record/emit.h"
#include "record/record_reader.h"
#include "record/rejects.h"

// All borrowed; operands, outputs and what follows them must live as long as the streams.
struct record_streams_options {
	char *const *operands;
	size_t operand_count;
	const char *const *types; // of -e, NULL-terminated, the program's own enum indexes them; one is `rejected`
	unsigned defaults;        // bits of what goes to the main output without -e
	const struct option_list *emit;
	const struct output_options *output;
	const struct input_options *input;
	int64_t threads;
	int signal;                         // see record_reader.h
	void (*before_wait)(void *context); // adds to the outputs what is due before they are flushed; may be NULL
	record_reader_damage *damaged;      // see record_reader.h
	void *context;
	// See record_reader.h.
	int (*opened)(void *context, size_t operand, struct input *input, struct error *error);
	void *opened_context;
	bool leave_unfinished;
	bool no_input; // the records come from elsewhere: there are outputs only
};

struct record_streams {
	struct emit emit;
	struct rejects rejects;
	struct record_reader *reader;
	struct progress progress;
	void (*before_wait)(void *context);
	void *context;
};

// Nothing is opened for output before everything else that can go wrong has been looked at. -1 with error.
int record_streams_open(struct record_streams *streams, const struct record_streams_options *options,
    struct error *error) __attribute__((warn_unused_result));

// As record_reader_next.
enum reader_result record_streams_next(struct record_streams *streams, int64_t deadline, const struct record **record,
    struct error *error) __attribute__((warn_unused_result));

// The next record, however long the input is silent: 1, 0 at the end, or -1 with error, which has no message where a rejected line has been told and
// stops the work.
int record_streams_read(struct record_streams *streams, const struct record **record, struct error *error)
    __attribute__((warn_unused_result));

// No more records are wanted. Not calling it is no mistake: closing does it too.
void record_streams_end_input(struct record_streams *streams);

// Everything that is due and buffered: so that what is said on standard error comes last, also on a terminal.
void record_streams_flush(struct record_streams *streams);

// Returns status joined with what the input and the outputs have made of it, and prints what failed.
enum exit_status record_streams_close(struct record_streams *streams, enum exit_status status);

#endif
