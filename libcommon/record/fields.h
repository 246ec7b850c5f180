// Members chosen out of records, under names of their own: [NEW=]PATH,... with the paths of twin-expr(7). Without NEW= a member keeps
// the name at the end of its path.
#ifndef RECORD_FIELDS_H
#define RECORD_FIELDS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "record/expression.h"

struct field {
	struct expression *path;
	struct expression_run *run;
};

struct fields {
	struct field *items;
	struct slice *names; // one for each item, in arena
	size_t count, capacity, names_capacity;
	struct arena arena;
};

#define FIELDS_INIT                                                                                                    \
	{                                                                                                              \
		.items = NULL                                                                                          \
	}

void fields_release(struct fields *fields);

// -1 with error, also when two have one name.
int fields_parse(struct fields *fields, const char *text, struct error *error) __attribute__((warn_unused_result));

// Appends an object of those that the record has, byte for byte and in the order of the choice.
void fields_append(struct fields *fields, const struct record *record, struct buffer *out);

#endif
