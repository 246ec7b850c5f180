#include "format/mapping_options.h"

#include <string.h>

#include "format/format.h"
#include "format/topic_template.h"

// The result of what reads an option, with the option before its message.
static int named(const char *option, int result, struct error *error)
{
	struct error reason = *error;

	return result < 0 ? error_set(error, "--%s: %.400s", option, reason.message) : 0;
}

static void add_words(
    struct mapping *mapping, const struct option_list *list, void (*add)(struct mapping *, struct slice))
{
	for (size_t i = 0; i < list->count; i++) {
		struct slice rest = slice_from_string(list->items[i]);

		while (rest.length) {
			const char *comma = memchr(rest.data, ',', rest.length);
			size_t length = comma ? (size_t)(comma - rest.data) : rest.length;

			if (length)
				add(mapping, slice_of(rest.data, length));
			rest = slice_skip(rest, length + 1);
		}
	}
}

static void add_column(struct mapping *mapping, struct slice name)
{
	mapping_add_name(mapping, &mapping->columns, name);
}

static void add_take(struct mapping *mapping, struct slice name)
{
	mapping_add_value(mapping, name)->is_glob = true;
}

static void add_skip(struct mapping *mapping, struct slice name)
{
	mapping_add_name(mapping, &mapping->skip, name);
}

static void add_label(struct mapping *mapping, struct slice name)
{
	mapping_add_name(mapping, &mapping->labels, name);
}

// At the last '=', since names of columns may hold one.
static int split_pair(const char *text, struct slice *name, struct slice *value, struct error *error)
{
	const char *equals = strrchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return error_set(error, "'%.200s' has no NAME=TEXT", text);
	*name = slice_of(text, (size_t)(equals - text));
	*value = slice_from_string(equals + 1);
	return 0;
}

static int add_units(struct mapping *mapping, const struct option_list *units, struct error *error)
{
	struct slice name, text;

	for (size_t i = 0; i < units->count; i++) {
		if (split_pair(units->items[i], &name, &text, error) < 0)
			return -1;
		mapping_add_pair(mapping, &mapping->units, name, text);
	}
	return 0;
}

static int add_types(struct mapping *mapping, const struct option_list *types, struct error *error)
{
	struct slice name, text;

	for (size_t i = 0; i < types->count; i++)
		if (split_pair(types->items[i], &name, &text, error) < 0 ||
		    mapping_add_type(mapping, name, text, error) < 0)
			return -1;
	return 0;
}

static int map_dialect(struct mapping *mapping, const struct mapping_options *options, struct error *error)
{
	if (options->header && options->no_header)
		return error_set(error, "--header and --no-header exclude each other");
	if (options->header || options->no_header)
		mapping->header = options->header ? HEADER_YES : HEADER_NO;
	if (options->columns.count)
		mapping->columns.count = 0;
	add_words(mapping, &options->columns, add_column);
	mapping->header_units |= options->header_units;
	mapping->decimal_comma |= options->decimal_comma;
	if (!options->delimiter)
		return 0;
	return named("delimiter", mapping_set_delimiter(mapping, slice_from_string(options->delimiter), error), error);
}

static int map_times(struct mapping *mapping, const struct mapping_options *options, struct error *error)
{
	if (options->received)
		mapping->received.name = slice_from_string(options->received);
	if (options->time_start.given) {
		mapping->has_start = true;
		mapping->start = options->time_start.nanoseconds;
	}
	if (options->precision &&
	    named("precision", mapping_set_precision(mapping, slice_from_string(options->precision), error), error) < 0)
		return -1;
	if (options->time &&
	    named("time", mapping_set_time(mapping, slice_from_string(options->time), error), error) < 0)
		return -1;
	if (options->zone &&
	    named("zone", mapping_set_zone(mapping, slice_from_string(options->zone), error), error) < 0)
		return -1;
	if (!options->time_format)
		return 0;
	return named("time-format",
	    time_format_parse(slice_from_string(options->time_format), &mapping->time.format, error), error);
}

static int map_topics(struct mapping *mapping, const struct mapping_options *options, struct error *error)
{
	if (options->topics.count)
		mapping->topics.count = 0;
	for (size_t i = 0; i < options->topics.count; i++)
		if (mapping_add_topic(mapping, slice_from_string(options->topics.items[i]), error) < 0)
			return -1;
	return 0;
}

static int check_topics(const struct mapping *mapping, struct error *error)
{
	struct topic_template topic;

	for (size_t i = 0; i < mapping->topics.count && !mapping->entity_id.data; i++) {
		struct slice text = mapping->topics.items[i].text;

		if (topic_template_parse(&topic, text, error) < 0)
			return -1;
		bool has_entity = topic_template_has(&topic, SLICE_LITERAL("entity"));

		topic_template_release(&topic);
		if (!has_entity)
			return error_set(error,
			    "'%.*s' has no +entity: say what twins are called with --entity-id, such as '{topic}'",
			    text.length < 100 ? (int)text.length : 100, text.data);
	}
	return 0;
}

static int map_values(struct mapping *mapping, const struct mapping_options *options, struct error *error)
{
	if (!options->property_column != !options->value_column)
		return error_set(error, "--property-column and --value-column need each other");
	if (options->property_column) {
		mapping->property_column = slice_from_string(options->property_column);
		mapping->value_column = slice_from_string(options->value_column);
	}
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		if (options->members[i])
			mapping->members[i] = slice_from_string(options->members[i]);
	if (options->take.count)
		mapping->value_count = 0;
	add_words(mapping, &options->take, add_take);
	add_words(mapping, &options->skip, add_skip);
	add_words(mapping, &options->labels, add_label);
	if (options->missing)
		mapping_set_missing(mapping, slice_from_string(options->missing));
	if (named("unit", add_units(mapping, &options->units, error), error) < 0)
		return -1;
	return named("value-type", add_types(mapping, &options->types, error), error);
}

static int check_format(const struct mapping *mapping, struct error *error)
{
	if (!mapping->format.length || format_find(mapping->format))
		return 0;
	return error_set(error, "format '%.*s' is not known",
	    mapping->format.length < 60 ? (int)mapping->format.length : 60, mapping->format.data);
}

int mapping_from_options(struct mapping *mapping, const struct mapping_options *options, struct error *error)
{
	mapping_init(mapping);
	if (options->map &&
	    (mapping_read_file(mapping, options->map, error) < 0 ||
		named("map", check_format(mapping, error), error) < 0))
		return -1;
	if (options->format)
		mapping->format = slice_from_string(options->format);
	if (options->entity_id)
		mapping->entity_id = slice_from_string(options->entity_id);
	if (map_dialect(mapping, options, error) < 0 || map_times(mapping, options, error) < 0 ||
	    named("topic", map_topics(mapping, options, error), error) < 0 ||
	    named("topic", check_topics(mapping, error), error) < 0)
		return -1;
	return map_values(mapping, options, error);
}

void mapping_options_release(struct mapping_options *options)
{
	struct option_list *const lists[] = {&options->columns, &options->take, &options->skip, &options->labels,
	    &options->units, &options->types, &options->topics};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		option_list_release(lists[i]);
}
