// A borrowed run of bytes: it owns nothing and is valid for as long as what it points into.
// Lengths travel with the bytes; a slice may hold NUL and has no terminator.
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *data;
	size_t length;
};

#define SLICE_EMPTY ((struct slice){"", 0})

// The bytes of a string literal, without its terminator.
#define SLICE_LITERAL(text) ((struct slice){"" text, sizeof(text) - 1})

static inline struct slice slice_of(const char *data, size_t length)
{
	return (struct slice){data, length};
}

static inline struct slice slice_from_string(const char *text)
{
	return (struct slice){text, strlen(text)};
}

// memcmp for the equality of short texts, in line.
static inline bool bytes_equal(const char *a, const char *b, size_t length)
{
	uint64_t x, y;
	uint32_t v, w;

	for (size_t i = 0; i + 8 <= length; i += 8) {
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			return false;
	}
	// What is left may overlap what has been compared.
	if (length >= 8) {
		memcpy(&x, a + length - 8, 8);
		memcpy(&y, b + length - 8, 8);
		return x == y;
	}
	if (length >= 4) {
		memcpy(&v, a, 4);
		memcpy(&w, b, 4);
		if (v != w)
			return false;
		memcpy(&v, a + length - 4, 4);
		memcpy(&w, b + length - 4, 4);
		return v == w;
	}
	for (size_t i = 0; i < length; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

// Order of the bytes as unsigned values; a prefix comes before what it begins. <0, 0 or >0.
static inline int slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static inline bool slice_is(struct slice s, const char *text)
{
	return slice_equal(s, slice_from_string(text));
}

static inline bool slice_starts_with(struct slice s, struct slice prefix)
{
	return s.length >= prefix.length && (prefix.length == 0 || memcmp(s.data, prefix.data, prefix.length) == 0);
}

// What is left after the first count bytes (at most all of them).
static inline struct slice slice_skip(struct slice s, size_t count)
{
	return count >= s.length ? slice_of(s.data + s.length, 0) : slice_of(s.data + count, s.length - count);
}

#endif
