// The operands of a record_reader.h as blocks of whole lines, one after the other. One thread reads at a time.
#ifndef RECORD_BLOCK_SOURCE_H
#define RECORD_BLOCK_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "io/input.h"
#include "record/record_batch.h"
#include "record/record_reader.h"

struct block_source {
	const struct record_reader_options *options; // borrowed
	int stop_event;                              // ends the wait of a thread
	size_t next_operand;
	struct input input;
	bool is_open;
	bool new_operand;
	bool in_long_line;
	bool lines_kept;     // carry holds whole lines too, which came behind a long one
	bool ended;          // with the batch that says so
	struct buffer carry; // the beginning of a line whose end has not been read
};

void block_source_init(struct block_source *source, const struct record_reader_options *options);
void block_source_release(struct block_source *source);

// Fills the batch with what comes next, be it the end. deadline is that of record_reader_next, for its caller's thread; NULL in a thread of the
// reader's own, which waits until there is input or the stop_event. Anything but READER_RECORD says that nothing came in time: what has been
// read so far is put away.
enum reader_result block_source_read(struct block_source *source, struct record_batch *batch, const int64_t *deadline)
    __attribute__((warn_unused_result));

#endif
