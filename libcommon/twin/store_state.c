#include "twin/store_state.h"

void store_state_init(
    struct store_state *state, const struct store *store, struct twin_set *set, const struct model *model)
{
	*state = (struct store_state){.store = store, .set = set, .model = model};
	record_scanner_init(&state->scanner);
}

void store_state_release(struct store_state *state)
{
	record_scanner_release(&state->scanner);
	assignments_release(&state->assignments);
	arena_release(&state->arena);
	buffer_release(&state->text);
}

static int join_line(struct store_state *state, struct slice line, struct error *error)
{
	struct record record;

	buffer_reset(&state->text);
	buffer_append_slice(&state->text, line);
	buffer_reserve(&state->text, LINE_SCAN_PADDING);
	arena_reset(&state->arena);
	if (record_scan(&state->scanner, buffer_slice(&state->text), &state->arena, &record, error) ||
	    assignments_of_record(&state->assignments, &record, error))
		return -1;
	for (size_t i = 0; i < state->assignments.count; i++) {
		struct assignment *item = &state->assignments.items[i];

		if (model_applies(state->model, item->entity_id))
			item->key.priority = model_priority(state->model, item->tail.sensor_id);
		twin_set_put(state->set, item);
	}
	return 0;
}

int store_state_join(struct store_state *state, struct slice text, struct error *error)
{
	struct error why;

	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;

		if (join_line(state, slice_of(text.data, length), &why))
			return error_set(
			    error, "store '%s' is damaged: a twin: %.200s", state->store->path, why.message);
		text = slice_skip(text, length + 1);
	}
	return 0;
}
