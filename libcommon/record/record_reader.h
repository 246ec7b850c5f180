// Records of a list of operands (files, or standard input when there are none), in order.
//
// Long input is read and taken apart by threads ahead of the caller; the caller always gets records one by one, in the order of the
// input, whatever the number of threads. Short input never starts one. Memory is a few blocks, or lines where they are longer.
#ifndef RECORD_RECORD_READER_H
#define RECORD_RECORD_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/input.h"
#include "record/record.h"
#include "record/rejects.h"

enum reader_result {
	READER_END,
	READER_RECORD,
	READER_TIMEOUT,     // the deadline passed while the input was silent
	READER_INTERRUPTED, // a signal came while the input was silent
	READER_STOPPED,     // a line was rejected and the rejects say stop; they have reported it
	READER_ERROR,       // an operand cannot be read; error is filled
};

// An operand is compressed data that is cut off or damaged: told with the last records that can be read of it.
typedef void record_reader_damage(void *context, const char *source, const char *message);

struct record_reader_options {
	char *const *operands; // borrowed
	size_t operand_count;
	int64_t threads;                    // 0: as many as there are cores, up to four; 1: the caller's own
	size_t max_line;                    // longest line in bytes
	struct rejects *rejects;            // where lines go that hold no record
	void (*before_wait)(void *context); // called before waiting for input: flush outputs here
	void *context;
	int signal; // one that ends a wait for input, however late it comes behind before_wait; 0 for none
	// Where it is given, what can be read of such an operand is followed by the next one; otherwise that is a READER_ERROR, as it is when the
	// system cannot read.
	record_reader_damage *damaged;
	void *damaged_context;
	// When an operand is open and nothing of it has been read, maybe in another thread: may skip what it begins with. -1 with error is a
	// READER_ERROR. NULL for nothing.
	int (*opened)(void *context, size_t operand, struct input *input, struct error *error);
	void *opened_context;
	bool
	    leave_unfinished; // a last line without a newline that is no record is left alone: its end has yet to be written
};

struct record_reader *record_reader_new(const struct record_reader_options *options);
void record_reader_free(struct record_reader *reader);

#define READER_NO_DEADLINE INT64_MAX

// The next record; it is valid until the next call. deadline: nanoseconds of CLOCK_MONOTONIC.
enum reader_result record_reader_next(struct record_reader *reader, int64_t deadline, const struct record **record,
    struct error *error) __attribute__((warn_unused_result));

// The operand of the record last returned: its path, or "-".
const char *record_reader_source(const struct record_reader *reader);

// Its number among the operands, from 0.
size_t record_reader_operand(const struct record_reader *reader);

// How far an operand has been taken: bytes from where its reading began to the end of the last whole line of which the record has been
// returned or rejected.
uint64_t record_reader_position(const struct record_reader *reader, size_t operand);

// The series_hash of the records that come next in the same block (0 for those that are no readings), from the one behind the record last
// returned: for prefetching what they will need.
const uint64_t *record_reader_hashes(const struct record_reader *reader, size_t *count);

// How many operands so far had a last line without a newline, those that are damaged left out.
uint64_t record_reader_unfinished(const struct record_reader *reader);

// Bytes of the lines returned so far.
uint64_t record_reader_bytes(const struct record_reader *reader);

// Size of all operands together when all are regular uncompressed files, otherwise -1.
int64_t record_reader_total(const struct record_reader_options *options);

#endif
