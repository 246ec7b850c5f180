// The difference of two documents as a list of changes, sorted by path: names by their bytes, positions in arrays by number. And what is done to a
// document with such a list: see document_patch.h.
#ifndef RECORD_DOCUMENT_DIFF_H
#define RECORD_DOCUMENT_DIFF_H

#include "record/value_diff.h"

struct document_change {
	struct slice path; // JSON Pointer
	enum diff_op op;
	struct slice from, to; // JSON; empty for none
	size_t number;         // of the order in which they can be applied
};

struct document_diff {
	struct document_change *items;
	size_t count, capacity;
	struct arena arena;
	struct buffer text;
};

#define DOCUMENT_DIFF_INIT                                                                                             \
	{                                                                                                              \
		.items = NULL                                                                                          \
	}

void document_diff_release(struct document_diff *list);

// diff has its rules and its error. 1 when there is any difference, 0, or -1 with error.
int document_diff_make(struct document_diff *list, struct value_diff *diff, const struct value_tree *a,
    const struct value_tree *b) __attribute__((warn_unused_result));

// In the order in which changes can be applied one after another: those inside of elements, those that remove elements (the last first), those that
// add some.
int document_change_compare(const void *a, const void *b);

// The same for changes that were turned around: the order that undoes what the other one does.
int document_change_compare_reversed(const void *a, const void *b);

#endif
