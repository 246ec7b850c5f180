// A growing run of bytes that is owned. `length` bytes are in use; no terminator is kept.
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>

#include "base/memory.h"
#include "base/slice.h"

struct buffer {
	char *data;
	size_t length;
	size_t capacity;
};

#define BUFFER_INIT                                                                                                    \
	{                                                                                                              \
		NULL, 0, 0                                                                                             \
	}

void buffer_release(struct buffer *buffer);

// Room for `more` bytes behind the end; returns where they go. The caller adds to length what it wrote.
char *buffer_reserve_slowly(struct buffer *buffer, size_t more);

static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
	if (buffer->capacity - buffer->length >= more && buffer->data)
		return buffer->data + buffer->length;
	return buffer_reserve_slowly(buffer, more);
}

// Forgets the contents and keeps the memory.
static inline void buffer_reset(struct buffer *buffer)
{
	buffer->length = 0;
}

static inline struct slice buffer_slice(const struct buffer *buffer)
{
	return slice_of(buffer->data ? buffer->data : "", buffer->length);
}

static inline void buffer_append(struct buffer *buffer, const void *data, size_t length)
{
	char *end = buffer_reserve(buffer, length);

	if (length)
		memcpy(end, data, length);
	buffer->length += length;
}

static inline void buffer_append_slice(struct buffer *buffer, struct slice s)
{
	buffer_append(buffer, s.data, s.length);
}

static inline void buffer_append_string(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

static inline void buffer_append_char(struct buffer *buffer, char c)
{
	*buffer_reserve(buffer, 1) = c;
	buffer->length++;
}

void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The contents with a terminator behind them (not counted in length); valid until the next change.
const char *buffer_string(struct buffer *buffer);

#endif
