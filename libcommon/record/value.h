// A JSON value as a tree of slices of its text, for what has to be taken apart: nothing is converted, numbers keep their
// digits, strings their escapes. Nodes live in an array that is reused from value to value; the text must outlive the tree.
//
// Accepted is exactly what jansson accepts with JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY: RFC 8259, UTF-8
// checked, unpaired surrogate escapes refused, member names unique as decoded and without \u0000. Three things
// differ: numbers too large for C types are accepted as text, depth is bounded at 512 containers (512 nested arrays are
// accepted, 513 are not; a scalar inside does not count), and a raw NUL byte is an error also where jansson overlooks it,
// right behind a number or a word.
#ifndef RECORD_VALUE_H
#define RECORD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

#define VALUE_DEPTH_MAX 512

enum value_kind {
	VALUE_NULL,
	VALUE_FALSE,
	VALUE_TRUE,
	VALUE_NUMBER,
	VALUE_STRING,
	VALUE_ARRAY,
	VALUE_OBJECT,
};

struct value {
	enum value_kind kind;
	bool escaped;      // VALUE_STRING: the text holds a backslash
	bool name_escaped; // the same of name
	struct slice text; // as written; strings with their quotes, containers with their brackets
	struct slice name; // member name between its quotes (as written), empty outside objects
	uint32_t count;    // children of a container
	uint32_t child;    // index of the first child + 1 in the tree's nodes, 0 when there is none
	uint32_t next;     // index of the next sibling + 1, 0 at the last
};

struct value_tree {
	struct value *nodes; // nodes[0] is the root
	size_t count;
	size_t capacity;
	struct value_names *names; // while duplicates are looked for in objects of many members
	bool
	    keeps_repeated; // names may be repeated in objects inside of the value, for its owner to look at; set before parsing
};

#define VALUE_TREE_INIT                                                                                                \
	{                                                                                                              \
		0                                                                                                      \
	}

void value_tree_release(struct value_tree *tree);

// The whole of text must be one value (blanks around it allowed). -1 with error, which gives the byte, counted from 1:
// "expected ':' at byte 17". What an earlier parse left in the tree is gone, after -1 too.
int value_parse(struct value_tree *tree, struct slice text, struct error *error) __attribute__((warn_unused_result));

static inline const struct value *value_root(const struct value_tree *tree)
{
	return &tree->nodes[0];
}

static inline const struct value *value_first(const struct value_tree *tree, const struct value *parent)
{
	return parent->child ? &tree->nodes[parent->child - 1] : NULL;
}

static inline const struct value *value_next(const struct value_tree *tree, const struct value *node)
{
	return node->next ? &tree->nodes[node->next - 1] : NULL;
}

// The member of that (decoded) name, or NULL. Linear.
const struct value *value_member(const struct value_tree *tree, const struct value *object, struct slice name);

// By RFC 6901: "" is the value itself, "/a/0" its member a's first element. NULL when it leads nowhere.
const struct value *value_at_pointer(const struct value_tree *tree, const struct value *root, struct slice pointer);

// JSON text of strings. Raw text is what stands between the quotes, already validated.
void json_decode_string(struct buffer *out, struct slice raw); // appends UTF-8 (may hold NUL)
// Appends with quotes; escapes as RFC 8785: \" \\ \b \f \n \r \t, other control characters \u00xx, nothing else.
void json_append_string(struct buffer *out, struct slice decoded);
// Decoded bytes of a VALUE_STRING: points into the text when nothing is escaped, else into scratch (appended to; valid until
// scratch changes).
struct slice value_string(const struct value *string, struct buffer *scratch);

// The canonical text of DESIGN's key: compact, members sorted by the UTF-8 bytes of their decoded names, strings as json_append_string
// writes them, numbers by decimal_append_canonical.
void value_append_canonical(struct buffer *out, const struct value_tree *tree, const struct value *value);

// How deep the containers of a valid text are nested; 0 for a scalar.
size_t value_depth(struct slice text);

// The value's own bytes without the white space between tokens.
void value_append_compact(struct buffer *out, struct slice text);

// Equal by kind and content: numbers by value (1 equals 1.0), strings as decoded, objects whatever the order, arrays element by element;
// absolute and relative tolerance apply to numbers everywhere inside (both 0: exact).
bool value_equal(const struct value_tree *a_tree, const struct value *a, const struct value_tree *b_tree,
    const struct value *b, double absolute, double relative);

#endif
