#include "record/json_scan.h"
#include "record/value.h"

static uint32_t read_hex(const char *digits)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++)
		unit = unit << 4 | (uint32_t)(digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 0x20) - 'a' + 10);
	return unit;
}

static void append_character(struct buffer *out, uint32_t code)
{
	char *to = buffer_reserve(out, 4);

	if (code < 0x80) {
		to[0] = (char)code;
		out->length += 1;
	} else if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		out->length += 2;
	} else if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		out->length += 3;
	} else {
		to[0] = (char)(0xf0 | code >> 18);
		to[1] = (char)(0x80 | (code >> 12 & 0x3f));
		to[2] = (char)(0x80 | (code >> 6 & 0x3f));
		to[3] = (char)(0x80 | (code & 0x3f));
		out->length += 4;
	}
}

static char simple_escape(char letter)
{
	switch (letter) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return letter;
	}
}

// Appends what the escape at `escape` stands for and returns its length.
static size_t decode_escape(struct buffer *out, const char *escape)
{
	uint32_t unit;

	if (escape[1] != 'u') {
		buffer_append_char(out, simple_escape(escape[1]));
		return 2;
	}
	unit = read_hex(escape + 2);
	if (unit < 0xd800 || unit > 0xdbff) {
		append_character(out, unit);
		return 6;
	}
	append_character(out, 0x10000 + ((unit - 0xd800) << 10) + (read_hex(escape + 8) - 0xdc00));
	return 12;
}

void json_decode_string(struct buffer *out, struct slice raw)
{
	buffer_reserve(out, raw.length);
	while (raw.length) {
		const char *escape = memchr(raw.data, '\\', raw.length);
		size_t plain = escape ? (size_t)(escape - raw.data) : raw.length;

		buffer_append(out, raw.data, plain);
		raw = slice_skip(raw, plain);
		if (escape)
			raw = slice_skip(raw, decode_escape(out, escape));
	}
}

static inline bool must_escape(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static void append_escape(struct buffer *out, unsigned char c)
{
	static const char letters[] = "........btn.fr..................";
	static const char hex[] = "0123456789abcdef";
	char escape[6] = {'\\', (char)c};
	size_t length = 2;

	if (c < 0x20 && letters[c] != '.') {
		escape[1] = letters[c];
	} else if (c < 0x20) {
		memcpy(escape, "\\u00", 4);
		escape[4] = hex[c >> 4];
		escape[5] = hex[c & 15];
		length = 6;
	}
	buffer_append(out, escape, length);
}

void json_append_string(struct buffer *out, struct slice decoded)
{
	buffer_reserve(out, decoded.length + 2);
	buffer_append_char(out, '"');
	for (size_t i = 0, from = 0; i <= decoded.length; i++) {
		if (i < decoded.length && !must_escape(decoded.data[i]))
			continue;
		buffer_append(out, decoded.data + from, i - from);
		if (i < decoded.length)
			append_escape(out, (unsigned char)decoded.data[i]);
		from = i + 1;
	}
	buffer_append_char(out, '"');
}

struct slice value_string(const struct value *string, struct buffer *scratch)
{
	struct slice raw = slice_of(string->text.data + 1, string->text.length - 2);
	size_t start = scratch->length;

	if (!string->escaped)
		return raw;
	json_decode_string(scratch, raw);
	return slice_of(scratch->data + start, scratch->length - start);
}

size_t value_depth(struct slice text)
{
	size_t depth = 0, deepest = 0;
	const char *const end = text.data + text.length;
	struct json_string_scan string;

	for (const char *p = text.data; p && p < end; p++) {
		if (*p == '"')
			p = json_scan_string(p + 1, end, &string);
		else if (*p == '{' || *p == '[')
			deepest = ++depth > deepest ? depth : deepest;
		else if (*p == '}' || *p == ']')
			depth--;
	}
	return deepest;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// The length of the string whose opening quote is at the front.
static size_t string_length(struct slice text)
{
	size_t at = 1;

	while (at < text.length && text.data[at] != '"')
		at += text.data[at] == '\\' ? 2 : 1;
	return at < text.length ? at + 1 : text.length;
}

void value_append_compact(struct buffer *out, struct slice text)
{
	buffer_reserve(out, text.length);
	while (text.length) {
		size_t length = 0;

		while (length < text.length && text.data[length] != '"' && !is_blank(text.data[length]))
			length++;
		if (!length && text.data[0] == '"')
			length = string_length(text);
		buffer_append(out, text.data, length);
		text = slice_skip(text, length ? length : 1);
	}
}
