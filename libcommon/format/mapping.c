#include "format/mapping.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/memory.h"
#include "format/csv_split.h"
#include "format/topic_template.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

const char *const mapping_member_names[MAPPING_MEMBERS] = {"unit", "quality", "sensor_id", "seq", "counter"};

static const struct {
	const char *name;
	char delimiter;
} delimiters[] = {
    {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"\\t", '\t'}, {"pipe", '|'}, {"blanks", CSV_BLANKS}};

static const struct {
	const char *name;
	int64_t nanoseconds;
} precisions[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};

void mapping_init(struct mapping *mapping)
{
	*mapping = (struct mapping){.arena = ARENA_INIT, .delimiter = -1};
}

void mapping_release(struct mapping *mapping)
{
	arena_release(&mapping->arena);
	free(mapping->columns.items);
	free(mapping->values);
	free(mapping->skip.items);
	free(mapping->labels.items);
	free(mapping->topics.items);
	free(mapping->units.items);
	free(mapping->types.items);
	free(mapping->missing.items);
	time_zone_free(mapping->zone);
	mapping_init(mapping);
}

struct slice mapping_text(struct mapping *mapping, struct slice text)
{
	return text.length ? arena_dup(&mapping->arena, text) : SLICE_EMPTY;
}

void mapping_add_name(struct mapping *mapping, struct mapping_names *names, struct slice text)
{
	names->items = memory_grow(names->items, &names->capacity, names->count + 1, sizeof *names->items);
	names->items[names->count++] = (struct mapping_name){.text = mapping_text(mapping, text)};
}

void mapping_add_pair(struct mapping *mapping, struct mapping_pairs *pairs, struct slice name, struct slice text)
{
	pairs->items = memory_grow(pairs->items, &pairs->capacity, pairs->count + 1, sizeof *pairs->items);
	pairs->items[pairs->count++] =
	    (struct mapping_pair){.name = mapping_text(mapping, name), .text = mapping_text(mapping, text)};
}

struct mapping_value *mapping_add_value(struct mapping *mapping, struct slice name)
{
	struct mapping_value *value;

	mapping->values =
	    memory_grow(mapping->values, &mapping->value_capacity, mapping->value_count + 1, sizeof *mapping->values);
	value = &mapping->values[mapping->value_count++];
	*value = (struct mapping_value){.name = mapping_text(mapping, name)};
	return value;
}

static bool may_delimit(char c)
{
	bool is_word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

	return c == '\t' || (c >= ' ' && c < 0x7f && !is_word && c != '"' && c != '.' && c != '-' && c != '+');
}

int mapping_set_delimiter(struct mapping *mapping, struct slice text, struct error *error)
{
	if (text.length == 1 && may_delimit(text.data[0])) {
		mapping->delimiter = text.data[0];
		return 0;
	}
	for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters; i++)
		if (slice_is(text, delimiters[i].name)) {
			mapping->delimiter = delimiters[i].delimiter;
			return 0;
		}
	return error_set(error,
	    "'%.*s' is no delimiter: one of , ; | and other marks of ASCII, or tab, or blanks for runs of them",
	    SHOWN(text));
}

void mapping_append_delimiter(struct buffer *out, int delimiter)
{
	if (delimiter == CSV_BLANKS)
		buffer_append_string(out, "blanks");
	else if (delimiter == '\t')
		buffer_append_string(out, "tab");
	else
		buffer_append_char(out, (char)delimiter);
}

int mapping_set_time(struct mapping *mapping, struct slice text, struct error *error)
{
	static const struct slice row = SLICE_LITERAL("row:");

	if (!slice_starts_with(text, row)) {
		mapping->time.name = mapping_text(mapping, text);
		mapping->row_step = 0;
		return text.length ? 0 : error_set(error, "the time column has no name");
	}
	if (duration_parse(slice_skip(text, row.length), &mapping->row_step, error) < 0)
		return -1;
	mapping->time.name = (struct slice){NULL, 0};
	return mapping->row_step > 0 ? 0
				     : error_set(error, "'%.*s': the step from row to row is not above 0", SHOWN(text));
}

int mapping_set_zone(struct mapping *mapping, struct slice name, struct error *error)
{
	struct time_zone *zone = time_zone_new(name, error);

	if (!zone)
		return -1;
	time_zone_free(mapping->zone);
	mapping->zone = zone;
	mapping->zone_name = mapping_text(mapping, name);
	// Without a zone the reading of times goes a shorter way.
	if (slice_is(name, "UTC") || slice_is(name, "Z")) {
		time_zone_free(zone);
		mapping->zone = NULL;
	}
	return 0;
}

int mapping_set_precision(struct mapping *mapping, struct slice text, struct error *error)
{
	for (size_t i = 0; i < sizeof precisions / sizeof *precisions; i++)
		if (slice_is(text, precisions[i].name)) {
			mapping->precision = precisions[i].nanoseconds;
			return 0;
		}
	return error_set(error, "'%.*s' is no precision: ns, us, ms, s", SHOWN(text));
}

const char *mapping_precision_word(int64_t precision)
{
	for (size_t i = 0; i < sizeof precisions / sizeof *precisions; i++)
		if (precisions[i].nanoseconds == precision)
			return precisions[i].name;
	return NULL;
}

int mapping_add_topic(struct mapping *mapping, struct slice text, struct error *error)
{
	struct topic_template topic;

	if (topic_template_parse(&topic, text, error) < 0)
		return -1;
	topic_template_release(&topic);
	mapping_add_name(mapping, &mapping->topics, text);
	return 0;
}

void mapping_set_missing(struct mapping *mapping, struct slice list)
{
	mapping->has_missing = true;
	mapping->missing.count = 0;
	for (;;) {
		const char *comma = list.length ? memchr(list.data, ',', list.length) : NULL;
		size_t length = comma ? (size_t)(comma - list.data) : list.length;

		mapping_add_name(mapping, &mapping->missing, slice_of(list.data, length));
		if (!comma)
			return;
		list = slice_skip(list, length + 1);
	}
}

int mapping_add_type(struct mapping *mapping, struct slice name, struct slice type, struct error *error)
{
	if (cell_type_from_name(type) < 0)
		return error_set(
		    error, "'%.*s' is no value type: auto, number, integer, string, boolean, json", SHOWN(type));
	mapping_add_pair(mapping, &mapping->types, name, type);
	return 0;
}

bool mapping_glob_matches(struct slice glob, struct slice name)
{
	char *pattern, *text;
	bool matches;

	// A name that holds [ or * itself is meant as it is.
	if (slice_equal(glob, name))
		return true;
	if (!glob.length)
		return false;
	pattern = memory_dup_slice(glob);
	text = memory_dup_slice(name);
	matches = fnmatch(pattern, text, 0) == 0;
	free(pattern);
	free(text);
	return matches;
}

const struct mapping_pair *mapping_find_pair(struct mapping_pairs *pairs, struct slice name)
{
	const struct mapping_pair *found = NULL;

	for (size_t i = 0; i < pairs->count; i++)
		if (mapping_glob_matches(pairs->items[i].name, name)) {
			pairs->items[i].used = true;
			found = &pairs->items[i];
		}
	return found;
}

bool mapping_names_match(struct mapping_names *names, struct slice name)
{
	bool found = false;

	for (size_t i = 0; i < names->count; i++)
		if (mapping_glob_matches(names->items[i].text, name))
			found = names->items[i].used = true;
	return found;
}

static bool unused_name(const struct mapping_names *names, struct slice *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!names->items[i].used) {
			*name = names->items[i].text;
			return true;
		}
	return false;
}

static bool unused_pair(const struct mapping_pairs *pairs, struct slice *name)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (!pairs->items[i].used) {
			*name = pairs->items[i].name;
			return true;
		}
	return false;
}

static bool unused_value(const struct mapping *mapping, struct slice *name)
{
	for (size_t i = 0; i < mapping->value_count; i++)
		if (!mapping->values[i].used) {
			*name = mapping->values[i].name;
			return true;
		}
	return false;
}

bool mapping_find_unused_unit(const struct mapping *mapping, struct slice *name)
{
	return unused_pair(&mapping->units, name);
}

bool mapping_find_unused(const struct mapping *mapping, struct slice *name, const char **option)
{
	if (unused_name(&mapping->labels, name))
		*option = "label";
	else if (unused_value(mapping, name))
		*option = "take";
	else if (unused_name(&mapping->skip, name))
		*option = "skip";
	else if (unused_pair(&mapping->units, name))
		*option = "unit";
	else if (unused_pair(&mapping->types, name))
		*option = "value-type";
	else
		return false;
	return true;
}
