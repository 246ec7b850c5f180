// What becomes of input that holds no record: it is told on standard error (the first ten, then their number), kept byte for byte in
// a file, written as `rejected` records, and counted, so that no line is ever lost in silence.
//
//	rejects_init(&rejects, strict);
//	if (path && rejects_open(&rejects, path, &error) < 0) ...
//	if (rejects_add(&rejects, "a.csv", 17, line, "3 columns, expected 5")) stop;
//	rejects_finish(&rejects, &error);
//
// The caller's status is STATUS_REJECTED when rejects_count is not 0, and STATUS_TROUBLE when it was told to stop.
#ifndef RECORD_REJECTS_H
#define RECORD_REJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "io/output.h"

#define REJECTS_SHOWN 10

// Input in a `rejected` record is cut behind that many bytes, so that the record is not too long for whoever reads it. The file
// of rejects has all of it.
#define REJECTS_INPUT_MAX ((size_t)1 << 20)

struct rejects {
	bool strict;
	bool quiet; // not told one by one, for a while: the caller tells about all of them at once
	uint64_t count;
	uint64_t quiet_count; // of them
	// Called with each `rejected` record, an object on one line without a newline; NULL when nobody asked for them.
	void (*emit)(void *context, struct slice record);
	void *context;
	bool in_piece; // the last piece that was added goes on
	struct output *file;
	struct buffer record;
};

// strict: rejects_add tells the caller to stop. Set emit and context after this.
void rejects_init(struct rejects *rejects, bool strict);

// Closes the file and releases everything, telling nothing: for a way out that has failed already.
void rejects_release(struct rejects *rejects);

// Keeps rejected input in a file too, each piece followed by a newline. Not standard output, whose lines are records.
int rejects_open(struct rejects *rejects, const char *path, struct error *error) __attribute__((warn_unused_result));

// input: the raw bytes as they stood in the source, without the last newline. source: a path, or "-" for standard input. line: the first
// one of the input, from 1. Returns whether the caller has to stop. emit gets the record before this returns.
bool rejects_add(struct rejects *rejects, const char *source, uint64_t line, struct slice input, const char *message)
    __attribute__((warn_unused_result));

// The same for input that is too long for memory and comes in pieces: told and counted with the first piece.
bool rejects_add_piece(struct rejects *rejects, const char *source, uint64_t line, struct slice piece,
    const char *message, bool goes_on) __attribute__((warn_unused_result));

// Hands what is kept to the system: before a read that may wait.
void rejects_flush(struct rejects *rejects);

static inline uint64_t rejects_count(const struct rejects *rejects)
{
	return rejects->count;
}

// Says how many were not shown, closes the file, releases everything. -1 with error when the file could not be written.
int rejects_finish(struct rejects *rejects, struct error *error) __attribute__((warn_unused_result));

#endif
