#include "twin/store_texts.h"

#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"

// What is less is done sooner than a thread is started.
#define THREAD_WORTH 500

static void *make_texts(void *context)
{
	struct store_texts *texts = context;

	for (size_t i = 0; i < texts->count; i++) {
		size_t start = texts->text.length;

		state_append_registers(texts->writer, &texts->text, texts->twins[i]);
		if (texts->text.length > start)
			texts->text.length--; // the last newline
		texts->items[i] = (struct store_text){.end = texts->text.length,
		    .has_time = texts->writer->view.has_anything,
		    .timestamp = texts->writer->view.timestamp};
	}
	return NULL;
}

void store_texts_start(struct store_texts *texts, struct state_writer *writer, struct twin *const *twins, size_t count)
{
	sigset_t all, before;

	texts->writer = writer;
	texts->twins = twins;
	texts->count = count;
	buffer_reset(&texts->text);
	texts->items = memory_grow(texts->items, &texts->capacity, count + 1, sizeof *texts->items);
	// Signals are the caller's.
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	texts->has_thread = count >= THREAD_WORTH && pthread_create(&texts->thread, NULL, make_texts, texts) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!texts->has_thread)
		make_texts(texts);
}

void store_texts_finish(struct store_texts *texts)
{
	if (texts->has_thread)
		pthread_join(texts->thread, NULL);
	texts->has_thread = false;
}

struct slice store_texts_get(const struct store_texts *texts, size_t at)
{
	size_t start = at ? texts->items[at - 1].end : 0;

	return slice_skip(slice_of(buffer_slice(&texts->text).data, texts->items[at].end), start);
}

void store_texts_release(struct store_texts *texts)
{
	store_texts_finish(texts);
	buffer_release(&texts->text);
	free(texts->items);
}
