// A block of history is made on another processor while the caller gathers the rows of the next one.
#ifndef TWIN_HISTORY_ENCODER_H
#define TWIN_HISTORY_ENCODER_H

#include "twin/history_block.h"

struct history_encoder;

// It has a thread of its own from the first block on; where none can be had, the caller's makes the blocks.
struct history_encoder *history_encoder_new(void);
void history_encoder_free(struct history_encoder *encoder);

// Begins a block of these rows, which stay as they are until it has been taken. At most one at a time.
void history_encoder_give(struct history_encoder *encoder, const struct history_row *const *rows, size_t count);

// Waits for the block that has been given. Its bytes are valid until the next one is.
int history_encoder_take(struct history_encoder *encoder, struct slice *data, struct history_extent *extent,
    struct error *error) __attribute__((warn_unused_result));

// The same for a block that nobody needs any more.
void history_encoder_drop(struct history_encoder *encoder);

#endif
