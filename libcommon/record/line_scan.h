// The common cases of json_scan.h in line, for the one place where every byte of a stream goes by: they read sixteen bytes at a time,
// up to LINE_SCAN_PADDING bytes beyond end (and ignore those), so the caller's memory must reach that far. What is not plain goes to json_scan.h.
#ifndef RECORD_LINE_SCAN_H
#define RECORD_LINE_SCAN_H

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "record/json_scan.h"

#define LINE_SCAN_PADDING 64

// Longer numbers are not plain. A member's name may be found in the padding, and a number behind it: both must fit.
#define LINE_NUMBER_MAX 30

// p stands behind the opening quote. Returns the closing quote of a string without escapes and with ASCII only, NULL for all others.
static inline const char *line_find_plain_end(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);

	for (; p < end; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i odd =
		    _mm_or_si128(_mm_cmpeq_epi8(bytes, backslash), _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
		// Bytes above 0x7f have the sign bit, which movemask takes as it is.
		unsigned stops =
		    (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(odd, bytes), _mm_cmpeq_epi8(bytes, quote)));

		if (stops) {
			p += __builtin_ctz(stops);
			return p < end && *p == '"' ? p : NULL;
		}
	}
	return NULL;
#else
	while (p < end && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	return p < end && *p == '"' ? p : NULL;
#endif
}

static inline bool line_is_digit(const char *p)
{
	return (unsigned char)(*p - '0') < 10;
}

// The end of a plain decimal (-12.375, 0, 7) that begins at p, NULL for anything else. It may lie beyond the end of the line, in
// padding that happens to hold digits: the caller checks.
static inline const char *line_find_number_end(const char *p)
{
	const char *limit = p + LINE_NUMBER_MAX;

	p += *p == '-';
	if (*p == '0')
		p++;
	else if (!line_is_digit(p))
		return NULL;
	else
		while (line_is_digit(p) && p < limit)
			p++;
	if (*p != '.')
		return p;
	const char *point = p++;

	while (line_is_digit(p) && p < limit)
		p++;
	return p > point + 1 ? p : NULL;
}

#endif
