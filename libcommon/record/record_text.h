// Members of records as plain text, for output that people or spreadsheets read.
#ifndef RECORD_RECORD_TEXT_H
#define RECORD_RECORD_TEXT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "record/value.h"

// A string as decoded, anything else as compact JSON. NULL appends nothing.
void value_append_plain(struct buffer *out, const struct value *value);

// The same for people: strings that would look like something else (empty, 12, true) keep their quotes.
void value_append_shown(struct buffer *out, const struct value *value);

// A share of 1 with at most two decimals, rounded down so that only 1 reads as 1. Anything else as value_append_shown does.
void value_append_share(struct buffer *out, const struct value *value);

// Whether the value belongs to the right edge of its column: numbers, true, false, null.
bool value_is_right(const struct value *value);

// The member when it is there and not null, else NULL. object may be NULL or anything.
const struct value *member_or_null(const struct value_tree *tree, const struct value *object, const char *name);

// Whether value is that string. value may be NULL.
bool value_is_word(const struct value *value, const char *word);

// What stands for a time where the recording counts: "192 cycle", from {"unit": "cycle", "value": 192}. False when axis is no such thing.
bool axis_append_shown(struct buffer *out, const struct value_tree *tree, const struct value *axis);

// The axis of the entry in a state's metadata that is as new as the state, or NULL. Entries may have it without being so new.
const struct value *state_axis(const struct value_tree *tree, const struct value *state);

#endif
