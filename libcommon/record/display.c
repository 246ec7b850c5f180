#include "record/display.h"

#include <stdbool.h>
#include <stdint.h>

#define MARKS_MAX 4

struct range {
	uint32_t first, last;
};

// Characters that stand on the one before them, or are seen not at all. Scripts are given as the runs of their marks.
// clang-format off
static const struct range no_columns[] = {
	{0x00ad, 0x00ad}, {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
	{0x05c4, 0x05c5}, {0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc},
	{0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0711, 0x0711}, {0x0730, 0x074a}, {0x0900, 0x0902},
	{0x093a, 0x093a}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0951, 0x0957}, {0x0962, 0x0963},
	{0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1160, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
	{0x200b, 0x200d}, {0x2060, 0x2064}, {0x20d0, 0x20f0}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

// East Asian Width W and F of Unicode's EastAsianWidth.txt, joined over unassigned gaps.
static const struct range two_columns[] = {
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x23f0, 0x23f0}, {0x23f3, 0x23f3},
	{0x25fd, 0x25fe}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693}, {0x26a1, 0x26a1},
	{0x26aa, 0x26ab}, {0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea},
	{0x26f2, 0x26f3}, {0x26f5, 0x26f5}, {0x26fa, 0x26fa}, {0x26fd, 0x26fd}, {0x2705, 0x2705}, {0x270a, 0x270b},
	{0x2728, 0x2728}, {0x274c, 0x274c}, {0x274e, 0x274e}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2795, 0x2797},
	{0x27b0, 0x27b0}, {0x27bf, 0x27bf}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b50}, {0x2b55, 0x2b55}, {0x2e80, 0x303e},
	{0x3041, 0x3247}, {0x3250, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
	{0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18aff},
	{0x1b000, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
	{0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca},
	{0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440},
	{0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a},
	{0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc},
	{0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6df}, {0x1f6eb, 0x1f6ec}, {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb},
	{0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

// clang-format on

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (character > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && character >= ranges[low].first;
}

// Line separators and what reorders the line can make a terminal show something else than what is there.
static bool is_unsafe(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x061c ||
	    (character >= 0x200e && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
	    (character >= 0x2066 && character <= 0x2069);
}

static size_t columns_of(uint32_t character)
{
	if (character < 0xad)
		return 1;
	if (is_in(no_columns, sizeof no_columns / sizeof *no_columns, character))
		return 0;
	return is_in(two_columns, sizeof two_columns / sizeof *two_columns, character) ? 2 : 1;
}

// Length of the character at the beginning of text, or 0 when that is no UTF-8. text is not empty.
static size_t decode(struct slice text, uint32_t *character)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)text.data[0];
	size_t length = first < 0x80 ? 1
	    : first < 0xc0           ? 0
	    : first < 0xe0           ? 2
	    : first < 0xf0           ? 3
	    : first < 0xf8           ? 4
				     : 0;

	if (!length || length > text.length)
		return 0;
	*character = length == 1 ? first : first & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		unsigned char next = (unsigned char)text.data[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (next & 0x3f);
	}
	if (*character < smallest[length] || *character > 0x10ffff || (*character >= 0xd800 && *character < 0xe000))
		return 0;
	return length;
}

static void append_escape(struct buffer *out, uint32_t character)
{
	if (character == '\n')
		buffer_append(out, "\\n", 2);
	else if (character == '\r')
		buffer_append(out, "\\r", 2);
	else if (character == '\t')
		buffer_append(out, "\\t", 2);
	else
		buffer_printf(out, "\\u%04x", (unsigned)character);
}

// Takes one character (or one byte that is none) off *text and appends what is shown for it. Returns its columns.
static size_t append_next(struct buffer *out, struct slice *text)
{
	size_t before = out->length;
	uint32_t character = 0;
	size_t length = decode(*text, &character);
	struct slice bytes = slice_of(text->data, length);

	*text = slice_skip(*text, length ? length : 1);
	if (!length) {
		buffer_printf(out, "\\x%02x", (unsigned)(unsigned char)bytes.data[0]);
		return out->length - before;
	}
	if (is_unsafe(character)) {
		append_escape(out, character);
		return out->length - before;
	}
	buffer_append_slice(out, bytes);
	return columns_of(character);
}

// Bytes and columns of the first character of text that has been made fit, 0 at its end.
static size_t next_length(struct slice text, size_t *columns)
{
	uint32_t character = 0;
	size_t length = text.length ? decode(text, &character) : 0;

	*columns = length ? columns_of(character) : 0;
	return length;
}

size_t display_append(struct buffer *out, struct slice text, size_t limit)
{
	size_t width = 0, cut_width = 0, cut_length = out->length, marks = 0;

	while (text.length) {
		size_t before = out->length;
		size_t columns = append_next(out, &text);

		marks = columns ? 0 : marks + 1;
		if (marks > MARKS_MAX)
			out->length = before;
		width += columns;
		if (width > limit) {
			out->length = cut_length;
			if (!limit)
				return 0;
			buffer_append_string(out, "…");
			return cut_width + 1;
		}
		if (width < limit) {
			cut_width = width;
			cut_length = out->length;
		}
	}
	return width;
}

size_t display_append_ends(struct buffer *out, struct slice text, size_t head, size_t tail)
{
	size_t before = out->length, width = display_append(out, text, (size_t)-1);
	size_t shown = 0, left = width, length;
	struct slice rest;

	if (width <= head + 1 + tail)
		return width;
	struct buffer whole = BUFFER_INIT;

	buffer_append(&whole, out->data + before, out->length - before);
	out->length = before;
	rest = buffer_slice(&whole);
	while ((length = next_length(rest, &width)) && shown + width <= head) {
		buffer_append(out, rest.data, length);
		shown += width;
		left -= width;
		rest = slice_skip(rest, length);
	}
	buffer_append_string(out, "…");
	while (left > tail && (length = next_length(rest, &width))) {
		left -= width;
		rest = slice_skip(rest, length);
	}
	buffer_append_slice(out, rest);
	buffer_release(&whole);
	return shown + 1 + left;
}

size_t display_width(struct slice text)
{
	struct buffer shown = BUFFER_INIT;
	size_t width = display_append(&shown, text, (size_t)-1);

	buffer_release(&shown);
	return width;
}
