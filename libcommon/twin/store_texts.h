// The states of changed twins as text, made by a thread while the caller does something else that leaves the twins alone: that is a seventh of
// the work of a large commit.
#ifndef TWIN_STORE_TEXTS_H
#define TWIN_STORE_TEXTS_H

#include <pthread.h>

#include "base/buffer.h"
#include "twin/state_text.h"

struct store_text {
	size_t end;    // in the buffer; it begins where the one before ends
	bool has_time; // something is known of the twin
	int64_t timestamp;
};

struct store_texts {
	struct state_writer *writer;
	struct twin *const *twins;
	size_t count;
	struct buffer text;
	struct store_text *items;
	size_t capacity;
	pthread_t thread;
	bool has_thread;
};

// twins and writer are borrowed, and nobody else's until the finish.
void store_texts_start(struct store_texts *texts, struct state_writer *writer, struct twin *const *twins, size_t count);
void store_texts_finish(struct store_texts *texts);

// After the finish: the lines of the twin, without the last newline.
struct slice store_texts_get(const struct store_texts *texts, size_t at);

void store_texts_release(struct store_texts *texts);

#endif
