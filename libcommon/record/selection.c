#include "record/selection.h"

#include <fnmatch.h>

#include "record/newest.h"
#include "record/state_rows.h"

void selection_init(struct selection *selection, const struct select_options *options, const struct option_list *types)
{
	*selection = (struct selection){.options = options, .types = types};
}

void selection_release(struct selection *selection)
{
	buffer_release(&selection->text);
	value_tree_release(&selection->tree);
}

// fnmatch needs a terminator; a text with a NUL inside matches by what stands before it.
static bool matches(struct selection *selection, const struct option_list *globs, struct slice text)
{
	const char *copy;

	if (!globs->count)
		return true;
	buffer_reset(&selection->text);
	buffer_append_slice(&selection->text, text);
	copy = buffer_string(&selection->text);
	for (size_t i = 0; i < globs->count; i++)
		if (fnmatch(globs->items[i], copy, 0) == 0)
			return true;
	return false;
}

static bool is_in_list(const char *list, struct slice word)
{
	for (struct slice rest = slice_from_string(list);;) {
		const char *comma = rest.length ? memchr(rest.data, ',', rest.length) : NULL;

		if (slice_equal(slice_of(rest.data, comma ? (size_t)(comma - rest.data) : rest.length), word))
			return true;
		if (!comma)
			return false;
		rest = slice_skip(rest, (size_t)(comma - rest.data) + 1);
	}
}

static bool has_type(const struct selection *selection, const struct record *record)
{
	struct slice type =
	    record->type == RECORD_READING ? SLICE_LITERAL("reading") : record_text(record, MEMBER_TYPE);

	for (size_t i = 0; i < selection->types->count; i++)
		if (is_in_list(selection->types->items[i], type))
			return true;
	return !selection->types->count;
}

static bool is_in_range(const struct select_options *options, const struct record *record)
{
	int64_t time;

	if (!options->from.given && !options->to.given)
		return true;
	return record_event_time(record, &time) && (!options->from.given || time >= options->from.nanoseconds) &&
	    (!options->to.given || time < options->to.nanoseconds);
}

struct leaf_search {
	struct selection *selection;
	bool found;
};

static void try_leaf(void *context, struct slice path, const struct value *leaf)
{
	struct leaf_search *search = context;

	(void)leaf;
	search->found = search->found || matches(search->selection, &search->selection->options->properties, path);
}

static bool has_matching_leaf(struct selection *selection, struct slice properties)
{
	struct leaf_search search = {.selection = selection};
	struct error ignored;

	if (value_parse(&selection->tree, properties, &ignored) || value_root(&selection->tree)->kind != VALUE_OBJECT)
		return false;
	return value_leaves(&selection->tree, value_root(&selection->tree), try_leaf, &search) == 0 && search.found;
}

// A diff's and a conflict's path has no place of its own in a record.
static bool has_matching_path(struct selection *selection, const struct record *record)
{
	const struct value *path;
	struct buffer decoded = BUFFER_INIT;
	struct error ignored;
	bool found;

	if (record->type != RECORD_OTHER || value_parse(&selection->tree, record->line, &ignored))
		return false;
	path = value_member(&selection->tree, value_root(&selection->tree), SLICE_LITERAL("path"));
	found = path && path->kind == VALUE_STRING &&
	    matches(selection, &selection->options->properties, value_string(path, &decoded));
	buffer_release(&decoded);
	return found;
}

static bool has_property(struct selection *selection, const struct record *record)
{
	if (!selection->options->properties.count)
		return true;
	if (record_has(record, MEMBER_PROPERTY))
		return matches(selection, &selection->options->properties, record->text[MEMBER_PROPERTY]);
	if (record->type == RECORD_DELETED)
		return true;
	if (record_has(record, MEMBER_PROPERTIES))
		return has_matching_leaf(selection, record->text[MEMBER_PROPERTIES]);
	return has_matching_path(selection, record);
}

static bool has_entity(struct selection *selection, const struct record *record)
{
	return !selection->options->entities.count ||
	    (record_has(record, MEMBER_ENTITY_ID) &&
		matches(selection, &selection->options->entities, record->text[MEMBER_ENTITY_ID]));
}

bool selection_takes(struct selection *selection, const struct record *record)
{
	return has_type(selection, record) && is_in_range(selection->options, record) &&
	    has_entity(selection, record) && has_property(selection, record);
}
