#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/message.h"

#define HUGE_PAGE ((size_t)2 << 20)

static void *checked(void *block)
{
	if (!block)
		message_die("out of memory");
	return block;
}

void *memory_new(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *memory_new_zeroed(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *memory_new_large(size_t size)
{
	void *block;

	if (size < HUGE_PAGE || posix_memalign(&block, HUGE_PAGE, size) != 0)
		return memory_new(size);
	madvise(block, size, MADV_HUGEPAGE);
	return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		message_die("out of memory");
	return checked(realloc(block, total ? total : 1));
}

char *memory_dup_string(const char *text)
{
	return memory_dup_slice(slice_from_string(text));
}

char *memory_dup_slice(struct slice s)
{
	char *copy = memory_new(s.length + 1);

	if (s.length)
		memcpy(copy, s.data, s.length);
	copy[s.length] = '\0';
	return copy;
}

void *memory_grow(void *block, size_t *capacity, size_t needed, size_t size)
{
	size_t room = *capacity;

	if (needed <= room)
		return block;
	room = room < SIZE_MAX / 2 && room * 2 > needed ? room * 2 : needed;
	if (room < 8)
		room = 8;
	block = memory_resize(block, room, size);
	*capacity = room;
	return block;
}
