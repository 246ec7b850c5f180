// Consistency: conditions over the properties of one twin (abs(P - V * I) < 0.05 * P), checked against what it says of itself.
//
// A condition is checked once for each instant of a twin's event time at which one of its properties had a reading, when the first reading
// of a later time has come (or at the end), on the newest values as of that instant: so that readings of one time, which come one
// after the other, are judged together. It is checked when all its properties have a value. Readings older than the twin's
// instant are not looked at.
#ifndef ANALYSIS_RULE_CHECK_H
#define ANALYSIS_RULE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/hash_map.h"
#include "record/expression.h"
#include "record/record.h"
#include "twin/model.h"

struct rule {
	struct expression *condition;
	struct expression_run *run;
	size_t *paths; // into the book's
	size_t path_count;
};

struct rule_book {
	struct rule *rules;
	size_t rule_count;
	const struct model *model; // borrowed; NULL for none
	struct hash_map paths;     // the properties that any rule is about
	bool *seen;                // by path: a twin that the model speaks of has had a reading of it
	size_t *order;             // of the paths' bytes
	struct record_scanner scanner;
	struct arena arena;
	struct buffer document;
};

struct rule_count {
	uint64_t checked, satisfied;
};

// Of one twin.
struct rule_state {
	struct rule_value {
		struct buffer text; // JSON; empty while none has come
		bool is_fresh;      // of the instant
	} * values;                 // by path
	struct rule_count *counts;  // by rule
	int64_t instant;
	bool has_fresh;
};

// The model's conditions, which have been found right when it was read.
void rule_book_init(struct rule_book *book, const struct model *model);
void rule_book_release(struct rule_book *book);

// The number of a property among those that rules are about, or HASH_MAP_NONE. It has been seen from then on.
size_t rule_book_see(struct rule_book *book, struct slice property);

// Tells the properties that are in no rule but by a slip: the model does not know them, and none has been seen.
void rule_book_hint_unseen(const struct rule_book *book);

void rule_state_init(struct rule_state *state, const struct rule_book *book);
void rule_state_release(struct rule_state *state, const struct rule_book *book);

// value: JSON, not null.
void rule_state_add(struct rule_state *state, struct rule_book *book, size_t path, int64_t time, struct slice value);

// Counts by rule as they are when no more readings come; counts has room for all rules. The state stays as it is.
void rule_state_finish(const struct rule_state *state, struct rule_book *book, struct rule_count *counts);

#endif
