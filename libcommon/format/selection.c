#include "format/selection.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/memory.h"

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

static bool matches(const struct option_list *globs, struct slice text)
{
	char *copy = memory_dup_slice(text);
	bool found = !globs->count;

	for (size_t i = 0; i < globs->count && !found; i++)
		found = fnmatch(globs->items[i], copy, 0) == 0;
	free(copy);
	return found;
}

bool selection_has_entity(struct selection *selection, struct slice entity_id)
{
	if (!selection->options || !selection->options->entities.count)
		return true;
	if (selection->knows_entity && slice_equal(buffer_slice(&selection->entity), entity_id))
		return selection->has_entity;
	buffer_reset(&selection->entity);
	buffer_append_slice(&selection->entity, entity_id);
	selection->knows_entity = true;
	selection->has_entity = matches(&selection->options->entities, entity_id);
	return selection->has_entity;
}

bool selection_has_property(const struct selection *selection, struct slice path)
{
	return !selection->options || !selection->options->properties.count ||
	    matches(&selection->options->properties, path);
}

bool selection_has_span(const struct selection *selection, int64_t begin, int64_t end)
{
	const struct select_options *options = selection->options;

	return !options ||
	    ((!options->from.given || end >= options->from.nanoseconds) &&
		(!options->to.given || begin < options->to.nanoseconds));
}
