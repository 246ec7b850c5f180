#include "record/json_scan.h"

#include <stdint.h>
#include <string.h>

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
#define TOP_BITS        EACH_BYTE(0x80)

// Whether one of eight bytes is a quote, a backslash, a control character or not ASCII. A carry out of a lower byte can
// only report too much, and only when that lower byte is one of these itself.
static inline bool needs_a_look(uint64_t word)
{
	uint64_t quote = word ^ EACH_BYTE('"'), backslash = word ^ EACH_BYTE('\\');

	return ((word - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) | (backslash - EACH_BYTE(1)) | word) & TOP_BITS;
}

static inline const char *skip_plain(const char *at, const char *end)
{
	uint64_t word;

	while (end - at >= (ptrdiff_t)sizeof word) {
		memcpy(&word, at, sizeof word);
		if (needs_a_look(word))
			break;
		at += sizeof word;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
		at++;
	return at;
}

static inline bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

// The bytes of the character at `at`, 0 when it is no UTF-8 (table 3-7 of the Unicode standard).
static size_t character_length(const char *at, const char *end)
{
	unsigned char first = (unsigned char)at[0], second;
	size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	if (!length || (size_t)(end - at) < length)
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

// The four digits of \uXXXX at its backslash, or -1.
static int read_unit(const char *at, const char *end)
{
	int unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char lower = (char)(at[i] | 0x20);

		if (at[i] >= '0' && at[i] <= '9')
			unit = unit * 16 + (at[i] - '0');
		else if (lower >= 'a' && lower <= 'f')
			unit = unit * 16 + (lower - 'a' + 10);
		else
			return -1;
	}
	return unit;
}

static size_t unit_escape_length(const char *at, const char *end, struct json_string_scan *scan)
{
	int unit = read_unit(at, end), low;

	if (unit < 0) {
		scan->reason = "'\\u' without four hexadecimal digits";
		return 0;
	}
	scan->has_nul |= unit == 0;
	if (unit < 0xd800 || unit > 0xdfff)
		return 6;
	low = unit < 0xdc00 ? read_unit(at + 6, end) : -1;
	if (low >= 0xdc00 && low <= 0xdfff)
		return 12;
	scan->reason = "unpaired surrogate escape";
	return 0;
}

static size_t escape_length(const char *at, const char *end, struct json_string_scan *scan)
{
	scan->escaped = true;
	if (end - at < 2) {
		scan->reason = "unknown escape";
		return 0;
	}
	switch (at[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return 2;
	case 'u':
		return unit_escape_length(at, end, scan);
	default:
		scan->reason = "unknown escape";
		return 0;
	}
}

static size_t special_length(const char *at, const char *end, struct json_string_scan *scan)
{
	size_t length;

	if (*at == '\\')
		return escape_length(at, end, scan);
	if ((unsigned char)*at < 0x20) {
		scan->reason = *at ? "control character in a string" : "NUL byte in a string";
		return 0;
	}
	length = character_length(at, end);
	if (!length)
		scan->reason = "bad UTF-8";
	return length;
}

const char *json_scan_string(const char *at, const char *end, struct json_string_scan *scan)
{
	*scan = (struct json_string_scan){0};
	for (;;) {
		size_t length;

		at = skip_plain(at, end);
		if (at == end) {
			scan->reason = "string without closing quote";
			break;
		}
		if (*at == '"')
			return at;
		length = special_length(at, end, scan);
		if (!length)
			break;
		at += length;
	}
	scan->fault = at;
	return NULL;
}

static inline const char *skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

const char *json_scan_number(const char *at, const char *end)
{
	const char *digits;

	if (at < end && *at == '-')
		at++;
	digits = at;
	at = skip_digits(at, end);
	if (at == digits || (*digits == '0' && at - digits > 1))
		return NULL;
	if (at < end && *at == '.') {
		digits = ++at;
		at = skip_digits(at, end);
		if (at == digits)
			return NULL;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		digits = at;
		at = skip_digits(at, end);
		if (at == digits)
			return NULL;
	}
	return at;
}

const char *json_scan_word(const char *at, const char *end, const char *word, size_t length)
{
	return (size_t)(end - at) >= length && memcmp(at, word, length) == 0 ? at + length : NULL;
}
