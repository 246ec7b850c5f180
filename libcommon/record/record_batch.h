// What record_reader.h reads in one go: a block of whole lines, and the records that are made of it.
#ifndef RECORD_RECORD_BATCH_H
#define RECORD_RECORD_BATCH_H

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "record/record.h"

enum batch_kind {
	BATCH_LINES,
	BATCH_LONG_LINE, // the block is the beginning, or a further piece, of a line that is longer than allowed
	BATCH_END,
	BATCH_ERROR,
};

struct record_batch {
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

void record_batch_init(struct record_batch *batch);
void record_batch_release(struct record_batch *batch);

// Makes records of what comes next in the block: of all of it, or as many as are made at a time. The records before are gone.
void record_batch_parse(struct record_batch *batch, struct record_scanner *scanner, size_t max_line);

// Where the last whole line ends; NULL when there is none.
const char *last_newline(const char *data, size_t length);

// -1 and the words for a line that is longer than allowed.
int line_too_long(size_t max_line, struct error *error);

#endif
