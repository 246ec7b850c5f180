// Member names of objects, decoded and sorted: for finding duplicates, for the canonical order and for comparing objects
// whatever their order. Sorting (n log n) holds against names of anybody's choice, where a table with a known hash would
// not. The list is a stack, so that one serves nested objects: what is pushed for a member's own object goes on top.
#ifndef RECORD_VALUE_NAMES_H
#define RECORD_VALUE_NAMES_H

#include "base/buffer.h"
#include "record/value.h"

struct value_name {
	const char *plain; // the name as it stands in the text; NULL when it had to be decoded
	size_t offset;     // into decoded, when plain is NULL
	size_t length;
	uint32_t node;
};

struct value_names {
	struct value_name *items;
	size_t count;
	size_t capacity;
	struct buffer decoded;
};

#define VALUE_NAMES_INIT                                                                                               \
	{                                                                                                              \
		NULL, 0, 0, BUFFER_INIT                                                                                \
	}

// What to come back to with value_names_pop.
struct value_names_mark {
	size_t first; // index of the object's first name
	size_t decoded;
};

void value_names_release(struct value_names *names);

// Pushes the object's names in the order of their UTF-8 bytes; equal names stay in the order of the text.
struct value_names_mark value_names_push_sorted(
    struct value_names *names, const struct value_tree *tree, const struct value *object);
void value_names_pop(struct value_names *names, struct value_names_mark mark);

// The decoded name; valid until the next push.
static inline struct slice value_names_get(const struct value_names *names, size_t index)
{
	const struct value_name *name = &names->items[index];

	return slice_of(name->plain ? name->plain : names->decoded.data + name->offset, name->length);
}

#endif
