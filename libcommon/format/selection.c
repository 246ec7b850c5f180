#include "format/selection.h"

void selection_init(struct selection *selection, const struct select_options *options)
{
	*selection = (struct selection){.options = options,
	    .by_row = options && (options->entities.count || options->from.given || options->to.given)};
}

void selection_release(struct selection *selection)
{
	buffer_release(&selection->entity);
	selection_init(selection, NULL);
}

static bool note(struct selection *selection, bool is_wanted)
{
	selection->has_left_out |= !is_wanted;
	return is_wanted;
}

bool selection_has_entity(struct selection *selection, struct slice entity_id)
{
	if (!selection->options || !selection->options->entities.count)
		return true;
	if (selection->knows_entity && slice_equal(buffer_slice(&selection->entity), entity_id))
		return note(selection, selection->has_entity);
	buffer_reset(&selection->entity);
	buffer_append_slice(&selection->entity, entity_id);
	selection->knows_entity = true;
	selection->has_entity = globs_match(&selection->options->entities, entity_id);
	return note(selection, selection->has_entity);
}

bool selection_has_property(struct selection *selection, struct slice path)
{
	return note(selection,
	    !selection->options || !selection->options->properties.count ||
		globs_match(&selection->options->properties, path));
}

bool selection_has_span(struct selection *selection, int64_t begin, int64_t end)
{
	const struct select_options *options = selection->options;

	return note(selection,
	    !options ||
		((!options->from.given || end >= options->from.nanoseconds) &&
		    (!options->to.given || begin < options->to.nanoseconds)));
}
