// Keys by which records are put in order: the values that paths lead to, as bytes whose order is the order of the values. The same bytes
// also say which values are equal, for counting.
//
// In order: numbers by exact value (a power of ten of more than 18 digits counts as the largest), times (strings in RFC 3339) as instants,
// other text by its bytes, false, true, null, arrays and objects by their canonical text. Descending turns that round. A record
// without the member comes last either way.
#ifndef RECORD_SORT_KEY_H
#define RECORD_SORT_KEY_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/expression.h"
#include "record/record.h"

struct sort_key_part {
	struct expression *path;
	struct expression_run *run;
	bool descending;
};

struct sort_key {
	struct sort_key_part *parts;
	size_t count, capacity;
	struct buffer scratch;
	struct value_tree tree;
};

#define SORT_KEY_INIT                                                                                                  \
	{                                                                                                              \
		.parts = NULL                                                                                          \
	}

void sort_key_release(struct sort_key *key);

// Adds the parts of KEY[,KEY]: paths of twin-expr(7), `-` before one for descending where that is allowed. -1 with error.
int sort_key_parse(struct sort_key *key, const char *text, bool may_descend, struct error *error)
    __attribute__((warn_unused_result));

// Appends the record's key.
void sort_key_append(struct sort_key *key, const struct record *record, struct buffer *out);

#endif
