#include "record/record_filter.h"

#include "record/newest.h"
#include "record/state_rows.h"

void record_filter_init(
    struct record_filter *filter, const struct select_options *options, const struct option_list *types)
{
	*filter = (struct record_filter){.options = options, .types = types};
}

void record_filter_release(struct record_filter *filter)
{
	value_tree_release(&filter->tree);
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

static bool has_type(const struct record_filter *filter, const struct record *record)
{
	const struct option_list *types = filter->types;
	struct slice type =
	    record->type == RECORD_READING ? SLICE_LITERAL("reading") : record_text(record, MEMBER_TYPE);

	for (size_t i = 0; types && i < types->count; i++)
		if (is_in_list(types->items[i], type))
			return true;
	return !types || !types->count;
}

static bool is_in_range(const struct select_options *options, const struct record *record)
{
	int64_t time;

	if (!options->from.given && !options->to.given)
		return true;
	return record_event_time(record, &time) && select_options_have_time(options, time);
}

struct leaf_search {
	struct record_filter *filter;
	bool found;
};

static void try_leaf(void *context, struct slice path, const struct value *leaf)
{
	struct leaf_search *search = context;

	(void)leaf;
	search->found = search->found || globs_match(&search->filter->options->properties, path);
}

static bool has_matching_leaf(struct record_filter *filter, struct slice properties)
{
	struct leaf_search search = {.filter = filter};
	struct error ignored;

	if (value_parse(&filter->tree, properties, &ignored) || value_root(&filter->tree)->kind != VALUE_OBJECT)
		return false;
	return value_leaves(&filter->tree, value_root(&filter->tree), try_leaf, &search) == 0 && search.found;
}

// A diff's and a conflict's path has no place of its own in a record.
static bool has_matching_path(struct record_filter *filter, const struct record *record)
{
	const struct value *path;
	struct buffer decoded = BUFFER_INIT;
	struct error ignored;
	bool found;

	if (record->type != RECORD_OTHER || value_parse(&filter->tree, record->line, &ignored))
		return false;
	path = value_member(&filter->tree, value_root(&filter->tree), SLICE_LITERAL("path"));
	found = path && path->kind == VALUE_STRING &&
	    globs_match(&filter->options->properties, value_string(path, &decoded));
	buffer_release(&decoded);
	return found;
}

static bool has_property(struct record_filter *filter, const struct record *record)
{
	if (!filter->options->properties.count)
		return true;
	if (record_has(record, MEMBER_PROPERTY))
		return globs_match(&filter->options->properties, record->text[MEMBER_PROPERTY]);
	if (record->type == RECORD_DELETED)
		return true;
	if (record_has(record, MEMBER_PROPERTIES))
		return has_matching_leaf(filter, record->text[MEMBER_PROPERTIES]);
	return has_matching_path(filter, record);
}

static bool has_entity(struct record_filter *filter, const struct record *record)
{
	return !filter->options->entities.count ||
	    (record_has(record, MEMBER_ENTITY_ID) &&
		globs_match(&filter->options->entities, record->text[MEMBER_ENTITY_ID]));
}

bool record_filter_takes(struct record_filter *filter, const struct record *record)
{
	return has_type(filter, record) && is_in_range(filter->options, record) && has_entity(filter, record) &&
	    has_property(filter, record);
}
