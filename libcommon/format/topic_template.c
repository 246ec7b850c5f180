#include "format/topic_template.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"

#define SHOWN(s) ((s).length < 100 ? (int)(s).length : 100), (s).data

// Takes the first level off *rest; *more says whether a '/' stood behind it.
static struct slice take_level(struct slice *rest, bool *more)
{
	const char *slash = rest->length ? memchr(rest->data, '/', rest->length) : NULL;
	size_t length = slash ? (size_t)(slash - rest->data) : rest->length;
	struct slice level = slice_of(rest->data, length);

	*more = slash;
	*rest = slice_skip(*rest, length + (slash != NULL));
	return level;
}

static bool is_name(struct slice name)
{
	for (size_t i = 0; i < name.length; i++) {
		char c = name.data[i];

		if (c != '_' && c != '-' && !(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return false;
	}
	return true;
}

bool topic_template_has(const struct topic_template *topic, struct slice name)
{
	for (size_t i = 0; i < topic->count; i++)
		if (topic->levels[i].kind != TOPIC_LITERAL && slice_equal(topic->levels[i].text, name))
			return true;
	return false;
}

static int parse_level(struct topic_template *topic, struct slice text, bool is_last, struct error *error)
{
	bool is_level = text.length && text.data[0] == '+', is_rest = text.length && text.data[0] == '#';
	struct slice name = slice_skip(text, is_level || is_rest);
	bool joins = slice_is(name, "entity") || slice_is(name, "property");

	if (topic->count == TOPIC_LEVELS_MAX)
		return error_set(error, "a topic template has %d levels at most", TOPIC_LEVELS_MAX);
	if (is_rest && !is_last)
		return error_set(error, "'%.*s' stands for all levels that are left: it is the last one", SHOWN(text));
	if (!is_level && !is_rest && text.length &&
	    (memchr(text.data, '+', text.length) || memchr(text.data, '#', text.length)))
		return error_set(error, "'%.*s': + and # stand only where a level begins", SHOWN(text));
	if ((is_level || is_rest) && !is_name(name))
		return error_set(error, "'%.*s': names are letters, digits, '_' and '-'", SHOWN(text));
	if ((is_level || is_rest) && slice_is(name, "topic"))
		return error_set(error, "'%.*s': the name 'topic' is that of the whole topic", SHOWN(text));
	if ((is_level || is_rest) && name.length && !joins && topic_template_has(topic, name))
		return error_set(error, "two levels are called '%.*s'", SHOWN(name));
	topic->levels = memory_grow(topic->levels, &topic->capacity, topic->count + 1, sizeof *topic->levels);
	topic->levels[topic->count++] = (struct topic_level){.kind = is_rest ? TOPIC_REST
		: is_level                                                   ? TOPIC_LEVEL
									     : TOPIC_LITERAL,
	    .text = name};
	return 0;
}

int topic_template_parse(struct topic_template *topic, struct slice text, struct error *error)
{
	bool more = true;
	int result = 0;

	*topic = (struct topic_template){0};
	if (!text.length)
		return error_set(error, "the topic template is empty");
	while (more && result == 0) {
		struct slice level = take_level(&text, &more);

		result = parse_level(topic, level, !more, error);
	}
	if (result < 0)
		topic_template_release(topic);
	return result;
}

void topic_template_release(struct topic_template *topic)
{
	free(topic->levels);
	*topic = (struct topic_template){0};
}

static void clear_parts(struct topic_parts *parts)
{
	buffer_reset(&parts->entity);
	buffer_reset(&parts->property);
	parts->count = 0;
	parts->is_empty_segment = false;
}

void topic_parts_release(struct topic_parts *parts)
{
	buffer_release(&parts->entity);
	buffer_release(&parts->property);
	free(parts->names);
	free(parts->texts);
	*parts = (struct topic_parts){.count = 0};
}

static void append_entity(struct topic_parts *parts, struct slice text, bool is_first)
{
	if (!is_first)
		buffer_append_char(&parts->entity, '/');
	buffer_append_slice(&parts->entity, text);
}

static void append_property(struct topic_parts *parts, struct slice text)
{
	parts->is_empty_segment |= !text.length;
	property_path_append(&parts->property, 0, text);
}

static void add_name(struct topic_parts *parts, struct slice name, struct slice text)
{
	parts->names = memory_grow(parts->names, &parts->capacity, parts->count + 1, sizeof *parts->names);
	parts->texts = memory_grow(parts->texts, &parts->text_capacity, parts->count + 1, sizeof *parts->texts);
	parts->names[parts->count] = name;
	parts->texts[parts->count++] = text;
}

// text: one level, or with #NAME several.
static void take_part(struct topic_parts *parts, const struct topic_level *level, struct slice text, bool *has_entity)
{
	if (slice_is(level->text, "entity")) {
		append_entity(parts, text, !*has_entity);
		*has_entity = true;
	} else if (slice_is(level->text, "property")) {
		for (bool more = true; more;)
			append_property(parts, take_level(&text, &more));
	} else if (level->text.length) {
		add_name(parts, level->text, text);
	}
}

bool topic_template_match(const struct topic_template *topic, struct slice name, struct topic_parts *parts)
{
	bool has_entity = false, more = true;

	clear_parts(parts);
	if (name.length && name.data[0] == '$' && topic->levels[0].kind != TOPIC_LITERAL)
		return false;
	for (size_t i = 0; i < topic->count; i++) {
		const struct topic_level *level = &topic->levels[i];

		if (level->kind == TOPIC_REST) {
			if (more)
				take_part(parts, level, name, &has_entity);
			return true;
		}
		if (!more)
			return false;
		struct slice text = take_level(&name, &more);

		if (level->kind == TOPIC_LEVEL)
			take_part(parts, level, text, &has_entity);
		else if (!slice_equal(text, level->text))
			return false;
	}
	return !more;
}

bool topic_split_last(struct slice name, struct topic_parts *parts)
{
	size_t length = name.length;

	clear_parts(parts);
	if (name.length && name.data[0] == '$')
		return false;
	while (length && name.data[length - 1] != '/')
		length--;
	if (length) {
		append_property(parts, slice_skip(name, length));
		name.length = length - 1;
	}
	append_entity(parts, name, true);
	return true;
}

struct slice topic_parts_find(const struct topic_parts *parts, struct slice name)
{
	if (slice_is(name, "entity"))
		return buffer_slice(&parts->entity);
	if (slice_is(name, "property"))
		return buffer_slice(&parts->property);
	for (size_t i = 0; i < parts->count; i++)
		if (slice_equal(parts->names[i], name))
			return parts->texts[i];
	return SLICE_EMPTY;
}
