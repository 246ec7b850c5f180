// The tokens of JSON (RFC 8259), for readers that walk a line themselves. Each function looks at data[at .. end) and
// returns where the token ends, or NULL; nothing is converted and nothing behind `end` is looked at.
#ifndef RECORD_JSON_SCAN_H
#define RECORD_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct json_string_scan {
	const char *fault;  // when NULL was returned: where the string went wrong (end: it has no closing quote)
	const char *reason; // and why
	bool escaped;       // a backslash is in it
	bool has_nul;       // \u0000 is in it
};

static inline const char *json_skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

// at: the first byte behind the opening quote. Returns the closing quote. UTF-8 and escapes are checked: no overlong forms, no
// surrogates, no unpaired surrogate escapes, no control characters.
const char *json_scan_string(const char *at, const char *end, struct json_string_scan *scan);

// at: where the number begins. Returns the first byte behind the longest number that stands there.
const char *json_scan_number(const char *at, const char *end);

// "true", "false", "null".
const char *json_scan_word(const char *at, const char *end, const char *word, size_t length);

#endif
