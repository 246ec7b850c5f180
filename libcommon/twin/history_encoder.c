#include "twin/history_encoder.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"

enum encoder_state {
	ENCODER_IDLE,
	ENCODER_GIVEN,
	ENCODER_MADE,
	ENCODER_ENDING,
};

struct history_encoder {
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum encoder_state state;
	struct history_codec *codec;
	const struct history_row *rows[HISTORY_BLOCK_ROWS];
	size_t count;
	struct buffer data;
	struct history_extent extent;
	int result;
	struct error error;
};

struct history_encoder *history_encoder_new(void)
{
	struct history_encoder *encoder = memory_new_zeroed(1, sizeof *encoder);

	pthread_mutex_init(&encoder->lock, NULL);
	pthread_cond_init(&encoder->changed, NULL);
	encoder->codec = history_codec_new();
	return encoder;
}

static void set_state(struct history_encoder *encoder, enum encoder_state state)
{
	pthread_mutex_lock(&encoder->lock);
	encoder->state = state;
	pthread_cond_broadcast(&encoder->changed);
	pthread_mutex_unlock(&encoder->lock);
}

// Until it is one of the two.
static enum encoder_state await(struct history_encoder *encoder, enum encoder_state one, enum encoder_state other)
{
	enum encoder_state state;

	pthread_mutex_lock(&encoder->lock);
	while (encoder->state != one && encoder->state != other)
		pthread_cond_wait(&encoder->changed, &encoder->lock);
	state = encoder->state;
	pthread_mutex_unlock(&encoder->lock);
	return state;
}

static void make_block(struct history_encoder *encoder)
{
	buffer_reset(&encoder->data);
	encoder->result = history_encode(
	    encoder->codec, encoder->rows, encoder->count, &encoder->data, &encoder->extent, &encoder->error);
}

static void *make_blocks(void *context)
{
	struct history_encoder *encoder = context;

	while (await(encoder, ENCODER_GIVEN, ENCODER_ENDING) == ENCODER_GIVEN) {
		make_block(encoder);
		set_state(encoder, ENCODER_MADE);
	}
	return NULL;
}

// Signals are the caller's.
static bool start_thread(struct history_encoder *encoder)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	encoder->has_thread = pthread_create(&encoder->thread, NULL, make_blocks, encoder) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return encoder->has_thread;
}

void history_encoder_give(struct history_encoder *encoder, const struct history_row *const *rows, size_t count)
{
	memcpy(encoder->rows, rows, count * sizeof(struct history_row *));
	encoder->count = count;
	if (encoder->has_thread || start_thread(encoder)) {
		set_state(encoder, ENCODER_GIVEN);
		return;
	}
	make_block(encoder);
	encoder->state = ENCODER_MADE;
}

void history_encoder_drop(struct history_encoder *encoder)
{
	(void)await(encoder, ENCODER_MADE, ENCODER_MADE);
	set_state(encoder, ENCODER_IDLE);
}

int history_encoder_take(
    struct history_encoder *encoder, struct slice *data, struct history_extent *extent, struct error *error)
{
	history_encoder_drop(encoder);
	*data = buffer_slice(&encoder->data);
	*extent = encoder->extent;
	if (encoder->result < 0)
		*error = encoder->error;
	return encoder->result;
}

void history_encoder_free(struct history_encoder *encoder)
{
	if (!encoder)
		return;
	if (encoder->has_thread) {
		set_state(encoder, ENCODER_ENDING);
		pthread_join(encoder->thread, NULL);
	}
	pthread_cond_destroy(&encoder->changed);
	pthread_mutex_destroy(&encoder->lock);
	history_codec_free(encoder->codec);
	buffer_release(&encoder->data);
	free(encoder);
}
