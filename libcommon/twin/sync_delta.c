#define _GNU_SOURCE // memmem
#include "twin/sync_delta.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char nothing_unmet[] = "\"properties\":{}}";

void sync_deltas_init(struct sync_deltas *deltas, struct state_writer *writer)
{
	*deltas = (struct sync_deltas){.writer = writer, .text = BUFFER_INIT};
}

void sync_deltas_release(struct sync_deltas *deltas)
{
	for (size_t i = 0; i < deltas->count; i++)
		buffer_release(&deltas->last[i]);
	free(deltas->last);
	buffer_release(&deltas->text);
}

static struct buffer *last_of(struct sync_deltas *deltas, struct twin *twin)
{
	if (!twin->watch) {
		deltas->last = memory_grow(deltas->last, &deltas->capacity, deltas->count + 1, sizeof *deltas->last);
		deltas->last[deltas->count++] = (struct buffer)BUFFER_INIT;
		twin->watch = (uint32_t)deltas->count;
	}
	return &deltas->last[twin->watch - 1];
}

// Makes the twin's delta record in deltas->text, without its newline.
static struct slice make(struct sync_deltas *deltas, const struct twin *twin)
{
	buffer_reset(&deltas->text);
	state_append_delta(deltas->writer, &deltas->text, twin);
	return slice_of(deltas->text.data, deltas->text.length - 1);
}

// Strings of ids hold no bare quote, so the first match is the member.
static struct slice from_properties(struct slice line)
{
	const char *tail = memmem(line.data, line.length, "\"properties\":", sizeof "\"properties\":" - 1);

	return slice_skip(line, (size_t)(tail - line.data));
}

static void keep(struct buffer *last, struct slice tail)
{
	buffer_reset(last);
	buffer_append_slice(last, tail);
}

void sync_deltas_adopt(struct sync_deltas *deltas, struct twin *twin)
{
	keep(last_of(deltas, twin), from_properties(make(deltas, twin)));
}

void sync_deltas_doubt(struct sync_deltas *deltas, struct twin *twin)
{
	// No delta says this.
	if (!twin->watch)
		keep(last_of(deltas, twin), SLICE_LITERAL("?"));
}

struct slice sync_deltas_renew(struct sync_deltas *deltas, struct twin *twin)
{
	struct buffer *last = last_of(deltas, twin);
	struct slice line = make(deltas, twin), tail = from_properties(line);

	if (slice_equal(tail, buffer_slice(last)) || (!last->length && slice_is(tail, nothing_unmet)))
		return SLICE_EMPTY;
	keep(last, tail);
	return line;
}
