// What counts as a difference of two JSON values, by path: what is not looked at, how far numbers may be apart, and how the elements of an
// array are paired.
//
// A path is a JSON Pointer; the segment `*` stands for any one. Without its first slash it is relative: to the documents of a state
// (properties and desired), or to the document. Of several that fit, the longest counts.
#ifndef RECORD_DIFF_RULES_H
#define RECORD_DIFF_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/tolerance.h"

enum diff_rule_kind {
	DIFF_IGNORE,
	DIFF_ONLY,
	DIFF_TOLERANCE,
	DIFF_KEY, // array elements are objects, and those that are equal in a member belong together
	DIFF_SET, // the order of elements, and how often one is there, does not matter
};

struct diff_rule {
	enum diff_rule_kind kind;
	bool is_relative;
	struct slice *segments; // decoded
	size_t count;
	struct tolerance tolerance;
	struct slice field; // of DIFF_KEY
};

struct diff_rules {
	struct diff_rule *items;
	size_t count, capacity;
	struct tolerance tolerance; // where no rule says another
	bool has_only, has_filters, has_arrays, has_tolerances;
	struct arena arena;
};

#define DIFF_RULES_INIT                                                                                                \
	{                                                                                                              \
		.items = NULL                                                                                          \
	}

void diff_rules_release(struct diff_rules *rules);

// text: PATH, PATH=ABS[,REL] of DIFF_TOLERANCE, or PATH=FIELD of DIFF_KEY; borrowed. -1 with error.
int diff_rules_add(struct diff_rules *rules, enum diff_rule_kind kind, const char *text, bool large,
    struct error *error) __attribute__((warn_unused_result));

// Where a comparison has come to.
struct diff_path {
	struct slice *segments; // decoded, borrowed
	size_t count, capacity;
	size_t base; // relative rules begin behind so many segments; DIFF_NO_BASE where they say nothing
};

#define DIFF_NO_BASE ((size_t)-1)

// Whether the value there is looked at, and whether rules speak of parts of it.
struct diff_sight {
	bool is_shown;
	bool is_parted;
};

struct diff_sight diff_rules_sight(const struct diff_rules *rules, const struct diff_path *path);

// The longest rule of that kind for the value at path, or above it, with `at` only at it; NULL for none.
const struct diff_rule *diff_rules_find(
    const struct diff_rules *rules, enum diff_rule_kind kind, const struct diff_path *path, bool at);

// Segments of the rule's path, counted as those of `path` are.
size_t diff_rule_length(const struct diff_rule *rule, const struct diff_path *path);

// Appends the path as a JSON Pointer.
void diff_path_append(struct buffer *out, const struct diff_path *path);

#endif
