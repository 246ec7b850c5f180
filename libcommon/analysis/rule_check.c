#include "analysis/rule_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "record/property_path.h"
#include "record/value.h"

static void add_paths(struct rule_book *book, struct rule *rule)
{
	struct buffer property = BUFFER_INIT;

	rule->path_count = expression_path_count(rule->condition);
	rule->paths = memory_new_zeroed(rule->path_count, sizeof *rule->paths);
	for (size_t i = 0; i < rule->path_count; i++) {
		buffer_reset(&property);
		expression_path_append_property(rule->condition, i, &property);
		rule->paths[i] = hash_map_add(&book->paths, buffer_slice(&property), NULL);
	}
	buffer_release(&property);
}

static void sort_paths(struct rule_book *book)
{
	book->order = memory_new_zeroed(book->paths.count, sizeof *book->order);
	for (size_t i = 0; i < book->paths.count; i++) {
		size_t at = i;

		for (; at && slice_compare(book->paths.keys[i], book->paths.keys[book->order[at - 1]]) < 0; at--)
			book->order[at] = book->order[at - 1];
		book->order[at] = i;
	}
}

void rule_book_init(struct rule_book *book, const struct model *model)
{
	struct error ignored;

	*book = (struct rule_book){.arena = ARENA_INIT, .model = model};
	record_scanner_init(&book->scanner);
	book->rules = memory_new_zeroed(model ? model->consistency_count : 0, sizeof *book->rules);
	for (size_t i = 0; model && i < model->consistency_count; i++) {
		struct rule *rule = &book->rules[book->rule_count];

		rule->condition = expression_parse_condition(slice_from_string(model->consistency[i]), &ignored);
		if (!rule->condition)
			continue;
		rule->run = expression_run_new(rule->condition);
		add_paths(book, rule);
		book->rule_count++;
	}
	sort_paths(book);
	book->seen = memory_new_zeroed(book->paths.count, sizeof *book->seen);
}

void rule_book_release(struct rule_book *book)
{
	for (size_t i = 0; i < book->rule_count; i++) {
		expression_run_free(book->rules[i].run);
		expression_free(book->rules[i].condition);
		free(book->rules[i].paths);
	}
	free(book->rules);
	free(book->order);
	free(book->seen);
	hash_map_release(&book->paths);
	record_scanner_release(&book->scanner);
	arena_release(&book->arena);
	buffer_release(&book->document);
}

size_t rule_book_see(struct rule_book *book, struct slice property)
{
	size_t at = book->rule_count ? hash_map_find(&book->paths, property) : HASH_MAP_NONE;

	if (at != HASH_MAP_NONE)
		book->seen[at] = true;
	return at;
}

void rule_book_hint_unseen(const struct rule_book *book)
{
	for (size_t i = 0; i < book->paths.count; i++) {
		struct slice path = book->paths.keys[i];

		if (!book->seen[i] && !model_property(book->model, path))
			message_print(
			    "consistency: neither the model nor a reading has %.*s", (int)path.length, path.data);
	}
}

void rule_state_init(struct rule_state *state, const struct rule_book *book)
{
	*state = (struct rule_state){.instant = INT64_MIN};
	state->values = memory_new_zeroed(book->paths.count, sizeof *state->values);
	state->counts = memory_new_zeroed(book->rule_count, sizeof *state->counts);
}

void rule_state_release(struct rule_state *state, const struct rule_book *book)
{
	for (size_t i = 0; state->values && i < book->paths.count; i++)
		buffer_release(&state->values[i].text);
	free(state->values);
	free(state->counts);
}

// Where the segment that begins at start ends.
static size_t segment_end(struct slice path, size_t start)
{
	const char *slash = memchr(path.data + start, '/', path.length - start);

	return slash ? (size_t)(slash - path.data) : path.length;
}

static void append_name(struct rule_book *book, struct slice segment, bool is_first)
{
	struct buffer name = BUFFER_INIT;

	property_segment_decode(&name, segment);
	buffer_append_string(&book->document, is_first ? "" : ",");
	json_append_string(&book->document, buffer_slice(&name));
	buffer_append_char(&book->document, ':');
	buffer_release(&name);
}

// The members of one level: of the paths in [from, to) of the order, which agree up to `start`. Depth is that of a path.
static void append_level(
    const struct rule_state *state, struct rule_book *book, size_t from, size_t to, size_t start, bool is_first)
{
	while (from < to) {
		struct slice path = book->paths.keys[book->order[from]];
		size_t end = segment_end(path, start), next = from + 1;
		struct slice prefix = slice_of(path.data, end);

		while (next < to && slice_starts_with(book->paths.keys[book->order[next]], prefix) &&
		    (book->paths.keys[book->order[next]].length == end ||
			book->paths.keys[book->order[next]].data[end] == '/'))
			next++;
		const struct buffer *value = &state->values[book->order[from]].text;

		if (end < path.length || value->length) {
			append_name(book, slice_skip(prefix, start), is_first);
			is_first = false;
		}
		if (end == path.length) {
			buffer_append_slice(&book->document, buffer_slice(value));
		} else {
			buffer_append_char(&book->document, '{');
			append_level(state, book, from, next, end + 1, true);
			buffer_append_char(&book->document, '}');
		}
		from = next;
	}
}

static bool is_due(const struct rule_state *state, const struct rule *rule)
{
	bool any_fresh = false;

	for (size_t i = 0; i < rule->path_count; i++) {
		if (!state->values[rule->paths[i]].text.length)
			return false;
		any_fresh |= state->values[rule->paths[i]].is_fresh;
	}
	return any_fresh;
}

static void check_instant(const struct rule_state *state, struct rule_book *book, struct rule_count *counts)
{
	struct record record;
	struct error ignored;

	buffer_reset(&book->document);
	buffer_append_string(&book->document, "{\"type\":\"twin\"");
	append_level(state, book, 0, book->paths.count, 0, false);
	buffer_append_char(&book->document, '}');
	buffer_reserve(&book->document, LINE_SCAN_PADDING);
	arena_reset(&book->arena);
	if (record_scan(&book->scanner, buffer_slice(&book->document), &book->arena, &record, &ignored))
		return;
	for (size_t i = 0; i < book->rule_count; i++) {
		if (!is_due(state, &book->rules[i]))
			continue;
		counts[i].checked++;
		counts[i].satisfied += expression_test(book->rules[i].run, &record);
	}
}

void rule_state_add(struct rule_state *state, struct rule_book *book, size_t path, int64_t time, struct slice value)
{
	if (time < state->instant)
		return;
	if (time > state->instant && state->has_fresh) {
		check_instant(state, book, state->counts);
		for (size_t i = 0; i < book->paths.count; i++)
			state->values[i].is_fresh = false;
	}
	state->instant = time;
	state->has_fresh = true;
	state->values[path].is_fresh = true;
	buffer_reset(&state->values[path].text);
	buffer_append_slice(&state->values[path].text, value);
}

void rule_state_finish(const struct rule_state *state, struct rule_book *book, struct rule_count *counts)
{
	if (book->rule_count)
		memcpy(counts, state->counts, book->rule_count * sizeof *counts);
	if (state->has_fresh)
		check_instant(state, book, counts);
}
