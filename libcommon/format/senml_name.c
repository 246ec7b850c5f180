#define _GNU_SOURCE // memmem
#include "format/senml_name.h"

#include <stdbool.h>
#include <strings.h>

static inline bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static inline bool is_separator(char c)
{
	return c == ':' || c == '/';
}

int senml_name_check(struct slice name, struct error *error)
{
	if (!name.length)
		return error_set(error, "its name is empty (n, bn)");
	for (size_t i = 0; i < name.length; i++) {
		// '-' to ':' are "-./", the digits and ':'.
		char c = name.data[i];

		if (!(c >= '-' && c <= ':') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '_')
			return error_set(error, "its name '%.*s' has more than letters, digits and -:./_",
			    name.length < 100 ? (int)name.length : 100, name.data);
	}
	if (!is_alphanumeric(name.data[0]))
		return error_set(error, "its name '%.*s' does not begin with a letter or digit",
		    name.length < 100 ? (int)name.length : 100, name.data);
	return 0;
}

static bool begins_with(struct slice name, const char *word)
{
	size_t length = strlen(word);

	return name.length > length && strncasecmp(name.data, word, length) == 0;
}

// The first separator at or behind `from`, or the end.
static size_t find_separator(struct slice name, size_t from, bool or_underscore)
{
	while (from < name.length && !is_separator(name.data[from]) && !(or_underscore && name.data[from] == '_'))
		from++;
	return from;
}

// How much of the beginning is never split.
static size_t stem_length(struct slice name, bool is_device)
{
	const char *authority = memmem(name.data, name.length, "://", 3);
	size_t at = 0;

	if (is_device || begins_with(name, "urn:")) {
		at = find_separator(name, is_device ? strlen("urn:dev:") : strlen("urn:"), false);
		return at < name.length ? find_separator(name, at + 1, is_device) : at;
	}
	if (authority && find_separator(name, 0, false) == (size_t)(authority - name.data))
		return find_separator(name, (size_t)(authority - name.data) + 3, false);
	return at;
}

struct slice senml_name_trim(struct slice name)
{
	while (name.length && is_separator(name.data[name.length - 1]))
		name.length--;
	return name;
}

// Behind the last separator that does not belong to the stem; the end where there is none.
static size_t behind_last(struct slice name, size_t stem)
{
	for (size_t at = name.length; at > stem; at--)
		if (is_separator(name.data[at - 1]))
			return at;
	return name.length;
}

void senml_name_split(struct slice name, struct slice *entity, struct slice *property)
{
	bool is_device = begins_with(name, "urn:dev:");
	size_t stem, at;

	name = senml_name_trim(name);
	stem = stem_length(name, is_device);
	at = is_device ? stem : behind_last(name, stem);
	while (is_device && at < name.length && (is_separator(name.data[at]) || name.data[at] == '_'))
		at++;
	*property = slice_skip(name, at);
	*entity = name;
	if (property->length)
		*entity = is_device ? slice_of(name.data, stem) : senml_name_trim(slice_of(name.data, at));
}

void senml_name_append_path(struct buffer *out, struct slice part)
{
	size_t start = out->length;

	while (part.length) {
		const char *slash = memchr(part.data, '/', part.length);
		size_t length = slash ? (size_t)(slash - part.data) : part.length;

		if (length && out->length > start)
			buffer_append_char(out, '/');
		buffer_append(out, part.data, length);
		part = slice_skip(part, length + 1);
	}
}
