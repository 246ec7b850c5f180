// value_parse against jansson on one text: shared by the differential test and the fuzz target.
#ifndef TESTS_JANSSON_COMPARE_H
#define TESTS_JANSSON_COMPARE_H

#include <jansson.h>

#include "base/decimal.h"
#include "record/value.h"

#define JANSSON_FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY)

// The deepest nesting of brackets outside strings; right for every text whose front part is well formed.
static inline size_t text_depth(struct slice text)
{
	size_t depth = 0, deepest = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++depth > deepest)
			deepest = depth;
		else if (!quoted && (c == ']' || c == '}') && depth)
			depth--;
	}
	return deepest;
}

static inline bool same_bytes(struct slice ours, const char *theirs, size_t length)
{
	return slice_equal(ours, slice_of(theirs, length));
}

static inline bool same_number(const struct value *ours, const json_t *theirs)
{
	int64_t whole;

	if (json_is_integer(theirs))
		return decimal_to_int64(ours->text, &whole) == 0 && whole == json_integer_value(theirs);
	return json_is_real(theirs) && decimal_to_double(ours->text) == json_real_value(theirs);
}

static inline bool same_string(const struct value *ours, const json_t *theirs)
{
	struct buffer scratch = BUFFER_INIT;
	bool same = json_is_string(theirs) &&
	    same_bytes(value_string(ours, &scratch), json_string_value(theirs), json_string_length(theirs));

	buffer_release(&scratch);
	return same;
}

static inline bool same_value(const struct value_tree *tree, const struct value *ours, json_t *theirs);

static inline bool same_array(const struct value_tree *tree, const struct value *ours, json_t *theirs)
{
	const struct value *child = value_first(tree, ours);
	size_t count = json_array_size(theirs);

	if (!json_is_array(theirs) || ours->count != count)
		return false;
	for (size_t i = 0; i < count; i++, child = value_next(tree, child))
		if (!child || !same_value(tree, child, json_array_get(theirs, i)))
			return false;
	return child == NULL;
}

static inline bool same_object(const struct value_tree *tree, const struct value *ours, json_t *theirs)
{
	const struct value *child = value_first(tree, ours);
	struct buffer name = BUFFER_INIT;
	bool same = json_is_object(theirs) && ours->count == json_object_size(theirs);

	for (void *at = json_object_iter(theirs); same && at; at = json_object_iter_next(theirs, at)) {
		buffer_reset(&name);
		json_decode_string(&name, child->name);
		same = child->name_escaped == (memchr(child->name.data, '\\', child->name.length) != NULL) &&
		    same_bytes(buffer_slice(&name), json_object_iter_key(at), json_object_iter_key_len(at)) &&
		    same_value(tree, child, json_object_iter_value(at));
		child = value_next(tree, child);
	}
	buffer_release(&name);
	return same && !child;
}

static inline bool same_value(const struct value_tree *tree, const struct value *ours, json_t *theirs)
{
	switch (ours->kind) {
	case VALUE_NULL:
		return json_is_null(theirs);
	case VALUE_FALSE:
		return json_is_false(theirs);
	case VALUE_TRUE:
		return json_is_true(theirs);
	case VALUE_NUMBER:
		return same_number(ours, theirs);
	case VALUE_STRING:
		return same_string(ours, theirs);
	case VALUE_ARRAY:
		return same_array(tree, ours, theirs);
	case VALUE_OBJECT:
		return same_object(tree, ours, theirs);
	}
	return false;
}

enum comparison_result {
	COMPARISON_ACCEPTED,
	COMPARISON_REFUSED,
	COMPARISON_TOO_LARGE, // jansson stopped at a number that does not fit
	COMPARISON_TOO_DEEP,
	COMPARISON_DIFFERS,
};

static inline enum comparison_result judge(const struct value_tree *tree, bool accepted, const struct error *error,
    struct slice text, json_t *theirs, const json_error_t *their_error)
{
	bool too_deep = !accepted && strncmp(error->message, "more than 512 containers", 24) == 0;

	// jansson overlooks a NUL byte right behind a number or a word; for us it is an error everywhere.
	if (text.length && memchr(text.data, '\0', text.length))
		return accepted ? COMPARISON_DIFFERS : COMPARISON_REFUSED;
	if (too_deep)
		return text_depth(text) > VALUE_DEPTH_MAX ? COMPARISON_TOO_DEEP : COMPARISON_DIFFERS;
	if (!theirs && json_error_code(their_error) == json_error_numeric_overflow)
		return COMPARISON_TOO_LARGE;
	if (accepted != (theirs != NULL))
		return COMPARISON_DIFFERS;
	if (!accepted)
		return COMPARISON_REFUSED;
	if (text_depth(text) > VALUE_DEPTH_MAX || !same_value(tree, value_root(tree), theirs))
		return COMPARISON_DIFFERS;
	return COMPARISON_ACCEPTED;
}

static inline enum comparison_result compare_once(struct value_tree *tree, struct slice text)
{
	struct error error = {""};
	json_error_t their_error;
	json_t *theirs = json_loadb(text.data, text.length, JANSSON_FLAGS, &their_error);
	bool accepted = value_parse(tree, text, &error) == 0;
	enum comparison_result result = judge(tree, accepted, &error, text, theirs, &their_error);

	json_decref(theirs);
	return result;
}

// Runs of digits cut to two: every number then fits, and the rest of the text is judged by both.
static inline void shorten_digits(struct buffer *out, struct slice text)
{
	size_t run = 0;

	for (size_t i = 0; i < text.length; i++) {
		run = text.data[i] >= '0' && text.data[i] <= '9' ? run + 1 : 0;
		if (run <= 2)
			buffer_append_char(out, text.data[i]);
	}
}

static inline enum comparison_result compare_with_jansson(struct value_tree *tree, struct slice text)
{
	enum comparison_result result = compare_once(tree, text);

	if (result == COMPARISON_TOO_LARGE) {
		struct buffer shorter = BUFFER_INIT;

		shorten_digits(&shorter, text);
		if (compare_once(tree, buffer_slice(&shorter)) == COMPARISON_DIFFERS)
			result = COMPARISON_DIFFERS;
		buffer_release(&shorter);
	}
	return result;
}

#endif
