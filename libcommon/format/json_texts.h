// The JSON arrays and objects that stand in a source one after another, each over as many lines as it likes, with the places of the
// elements of arrays. Only what is needed to find their ends is looked at: strings, brackets, and the commas between elements. What an
// element holds is for a parser to judge.
//
// What is no such text is rejected here, as a whole, and reading goes on with the next line that can begin one. Behind an array that
// broke off only a line that begins with '[' can: what else follows may be the rest of it. Nothing is read twice. Memory: max_length, and
// sixteen bytes for each element.
#ifndef FORMAT_JSON_TEXTS_H
#define FORMAT_JSON_TEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "format/source_lines.h"
#include "record/rejects.h"

// Containers inside each other, in all.
#define JSON_TEXTS_DEPTH_MAX 256

struct json_element {
	uint32_t begin, end; // in the text
	uint64_t line;       // of the source, in which it begins
};

enum json_texts_result {
	JSON_TEXTS_FAILED = -1, // error is filled: the source cannot be read
	JSON_TEXTS_END,
	JSON_TEXTS_OK,
	JSON_TEXTS_STOPPED, // something was rejected and the rejects say stop
};

struct json_texts {
	struct source_lines *lines; // borrowed, as rejects
	struct rejects *rejects;
	size_t max_length;
	// Called with each part of what is rejected, unless NULL: what is broken may have held what others rely on. Of a line that is too
	// long only the beginning is shown.
	void (*on_broken)(void *context, struct slice part, bool is_cut);
	void *context;
	struct buffer text;  // lines of several are joined by '\n'
	uint64_t first_line; // in which it begins
	bool is_array;
	struct json_element *elements; // an object is its own only element
	size_t count, capacity;
	// Inside:
	enum line_result read; // what came last,
	struct slice line;     // the line in use when that is OK,
	size_t at;             // and how much of it is done with
	bool has_line;         // it is not done with
	size_t depth;
	unsigned char open[JSON_TEXTS_DEPTH_MAX]; // '[' or '{' of each container
	char before;                              // the last byte of the lines before that is no blank
	bool in_element, wants_element;
	bool is_discarded; // the text is too long: only its end is looked for
	const char *fault; // what is wrong with the text
	struct error why;  // of what is rejected
};

// Set on_broken and context after this.
void json_texts_init(struct json_texts *texts, struct source_lines *lines, struct rejects *rejects, size_t max_length);
void json_texts_release(struct json_texts *texts);

// The next text; it is valid until the next call, and so are its elements. The memory behind it is readable for LINE_SCAN_PADDING bytes.
enum json_texts_result json_texts_next(struct json_texts *texts, struct error *error)
    __attribute__((warn_unused_result));

static inline struct slice json_texts_element(const struct json_texts *texts, size_t index)
{
	const struct json_element *element = &texts->elements[index];

	return slice_of(texts->text.data + element->begin, element->end - element->begin);
}

#endif
