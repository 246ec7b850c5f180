#include "base/utf8.h"

#include <stdint.h>

#define TOP_BITS UINT64_C(0x8080808080808080)

static size_t skip_ascii(struct slice text, size_t at)
{
	uint64_t word;

	while (text.length - at >= sizeof word) {
		memcpy(&word, text.data + at, sizeof word);
		if (word & TOP_BITS)
			break;
		at += sizeof word;
	}
	while (at < text.length && (unsigned char)text.data[at] < 0x80)
		at++;
	return at;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

// Bytes of the character that begins there and is not ASCII; 0 when it is none.
static size_t character_length(const char *at, size_t left)
{
	unsigned char first = (unsigned char)at[0], second;
	size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	if (!length || left < length)
		return 0;
	second = (unsigned char)at[1];
	if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
	    (first == 0xf4 && second > 0x8f))
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_continuation(at[i]))
			return 0;
	return length;
}

size_t utf8_find_fault(struct slice text)
{
	size_t at = skip_ascii(text, 0);

	while (at < text.length) {
		size_t length = character_length(text.data + at, text.length - at);

		if (!length)
			return at;
		at = skip_ascii(text, at + length);
	}
	return at;
}

struct slice utf8_cut(struct slice text)
{
	size_t fault = utf8_find_fault(text);

	return text.length - fault < 4 ? slice_of(text.data, fault) : text;
}
