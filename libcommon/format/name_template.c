#include "format/name_template.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"

static void add_part(struct name_template *name, enum template_kind kind, struct slice text)
{
	name->parts = memory_grow(name->parts, &name->capacity, name->count + 1, sizeof *name->parts);
	name->parts[name->count++] = (struct template_part){.kind = kind, .text = text};
	if (kind == TEMPLATE_ROW || kind == TEMPLATE_COLUMN)
		name->is_constant = false;
}

static void add_word(struct name_template *name, struct slice word)
{
	static const char *const words[] = {"file", "dir", "stem", "row"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(word, words[i])) {
			add_part(name, (enum template_kind)(TEMPLATE_FILE + i), SLICE_EMPTY);
			return;
		}
	add_part(name, TEMPLATE_COLUMN, word.data[0] == '=' ? slice_skip(word, 1) : word);
	name->parts[name->count - 1].is_literal = word.data[0] == '=';
}

int name_template_parse(struct name_template *name, struct slice text, struct error *error)
{
	*name = (struct name_template){.is_constant = true};
	while (text.length) {
		const char *brace = memchr(text.data, '{', text.length), *close;
		size_t plain = brace ? (size_t)(brace - text.data) : text.length;

		if (plain)
			add_part(name, TEMPLATE_TEXT, slice_of(text.data, plain));
		text = slice_skip(text, plain);
		if (!text.length)
			break;
		if (text.length > 1 && text.data[1] == '{') {
			add_part(name, TEMPLATE_TEXT, slice_of(text.data, 1));
			text = slice_skip(text, 2);
			continue;
		}
		close = memchr(text.data, '}', text.length);
		if (!close || close == text.data + 1) {
			name_template_release(name);
			return error_set(error,
			    "the template of ids has a '{' that no word and '}' follow; '{{' stands for a brace");
		}
		add_word(name, slice_of(text.data + 1, (size_t)(close - text.data) - 1));
		text = slice_skip(text, (size_t)(close - text.data) + 1);
	}
	return name->count ? 0 : error_set(error, "the template of ids is empty");
}

void name_template_release(struct name_template *name)
{
	free(name->parts);
	*name = (struct name_template){0};
}

static struct slice base_name(struct slice path)
{
	for (size_t i = path.length; i > 0; i--)
		if (path.data[i - 1] == '/')
			return slice_skip(path, i);
	return path;
}

// The last component of what stands before the base name; "." where there is none.
static struct slice directory_name(struct slice path)
{
	struct slice base = base_name(path), directory = slice_of(path.data, path.length - base.length);

	while (directory.length > 1 && directory.data[directory.length - 1] == '/')
		directory.length--;
	return directory.length ? (directory.length > 1 ? base_name(directory) : directory) : SLICE_LITERAL(".");
}

static bool cut_ending(struct slice *name, const char *ending)
{
	struct slice end = slice_from_string(ending);

	if (name->length <= end.length || !slice_equal(slice_skip(*name, name->length - end.length), end))
		return false;
	name->length -= end.length;
	return true;
}

static struct slice stem_of(struct slice path)
{
	struct slice name = base_name(path);

	if (!cut_ending(&name, ".gz"))
		cut_ending(&name, ".zst");
	for (size_t i = name.length; i > 1; i--)
		if (name.data[i - 1] == '.') {
			name.length = i - 1;
			break;
		}
	return name;
}

int name_template_append(
    struct buffer *out, const struct template_part *part, const char *source, uint64_t row, struct error *error)
{
	struct slice path = slice_from_string(source);
	bool needs_file = part->kind == TEMPLATE_FILE || part->kind == TEMPLATE_DIR || part->kind == TEMPLATE_STEM;

	if (needs_file && slice_is(path, "-"))
		return error_set(error, "has no name to call the twin by: say it with --entity-id");
	if (part->kind == TEMPLATE_FILE)
		buffer_append_slice(out, path);
	else if (part->kind == TEMPLATE_DIR)
		buffer_append_slice(out, directory_name(path));
	else if (part->kind == TEMPLATE_STEM)
		buffer_append_slice(out, stem_of(path));
	else if (part->kind == TEMPLATE_ROW)
		buffer_printf(out, "%" PRIu64, row);
	else
		buffer_append_slice(out, part->text);
	return 0;
}
