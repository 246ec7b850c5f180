#include <stdlib.h>

#include "twin/get.h"
#include "twin/state_text.h"

const struct twin **get_sort_twins(const struct get *get, size_t *count)
{
	const struct twin **twins = twin_set_sorted(&get->set, count);
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++)
		if (globs_match(&get->question->entities, twins[i]->entity_id))
			twins[kept++] = twins[i];
	*count = kept;
	return twins;
}

static bool is_stale(struct state_writer *writer, const struct twin *twin)
{
	twin_view_draw(&writer->view, writer->set, twin);
	return writer->view.is_alive && status_of(&writer->view, &writer->rules).sync == SYNC_STALE;
}

static int add_twin(
    struct get *get, struct state_writer *writer, const struct twin *twin, struct buffer *text, struct error *error)
{
	struct emit *emit = &get->streams.emit;
	int full = 0;

	if (get->question->stale && !is_stale(writer, twin))
		return 0;
	if (emit->sinks[GET_STATE]) {
		buffer_reset(text);
		state_append(writer, text, twin);
		full = answers_add_lines(&get->answers, GET_STATE, buffer_slice(text), error);
	}
	if (!full && emit->sinks[GET_DELTA] && twin->desired_count) {
		buffer_reset(text);
		state_append_delta(writer, text, twin);
		full = answers_add_lines(&get->answers, GET_DELTA, buffer_slice(text), error);
	}
	return full;
}

int get_states(struct get *get, struct error *error)
{
	const struct get_question *question = get->question;
	struct buffer text = BUFFER_INIT;
	struct state_writer writer;
	size_t count;
	int full = 0;

	if (get_fold(get, error))
		return -1;
	if (!get->rules.has_clock && get->set.has_clock) {
		get->rules.has_clock = true;
		get->rules.clock = get->set.clock;
	}
	state_writer_init(&writer, &get->set, &get->rules);
	writer.properties = &question->properties;
	writer.has_at = question->has_at;
	writer.at = question->instant.at;
	writer.has_known_at = question->has_known_at;
	writer.known_at = question->instant.known_at;
	const struct twin **twins = get_sort_twins(get, &count);

	for (size_t i = 0; i < count && !full; i++)
		full = add_twin(get, &writer, twins[i], &text, error);
	free(twins);
	state_writer_release(&writer);
	buffer_release(&text);
	return full < 0 ? -1 : 0;
}
