// Whether bytes are UTF-8 as table 3-7 of the Unicode standard has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

// The offset of the first byte that does not belong to a character, or text.length when all is well.
size_t utf8_find_fault(struct slice text);

static inline bool utf8_is_valid(struct slice text)
{
	return utf8_find_fault(text) == text.length;
}

// The most of text that does not end within a character; text is UTF-8 that was cut somewhere.
struct slice utf8_cut(struct slice text);

#endif
