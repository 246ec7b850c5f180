#define _GNU_SOURCE // qsort_r
#include "record/tally.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "record/value.h"

// Members as JSON, each with a comma behind it.
struct tally_group {
	char *subject; // entity_id and property, which every summary may have
	char *by;      // all others
	uint64_t count;
};

void tally_release(struct tally *tally)
{
	for (size_t i = 0; i < tally->groups.count; i++) {
		free(tally->items[i].subject);
		free(tally->items[i].by);
	}
	free(tally->items);
	free(tally->order);
	free(tally->names);
	sort_key_release(&tally->key);
	hash_map_release(&tally->groups);
	buffer_release(&tally->text);
	buffer_release(&tally->line);
}

size_t tally_column_count(const struct tally *tally)
{
	return tally->key.count + 1;
}

int tally_parse(struct tally *tally, const char *by, struct error *error)
{
	if (by && sort_key_parse(&tally->key, by, false, error))
		return -1;
	tally->names = memory_new_zeroed(tally->key.count + 1, sizeof *tally->names);
	tally->names[tally->key.count] = SLICE_LITERAL("count");
	for (size_t i = 0; i < tally->key.count; i++) {
		struct slice name = expression_path_name(tally->key.parts[i].path, 0);

		for (size_t j = 0; j < i; j++)
			if (slice_equal(name, tally->names[j]))
				return error_set(error, "two members are named '%.*s'", (int)name.length, name.data);
		if (slice_equal(name, tally->names[tally->key.count]))
			return error_set(error, "'count' is the name of what is counted");
		tally->names[i] = name;
	}
	// Without members to count by there is a count even of nothing.
	if (!by) {
		hash_map_add(&tally->groups, SLICE_EMPTY, NULL);
		tally->items = memory_grow(NULL, &tally->capacity, 1, sizeof *tally->items);
		tally->items[0] = (struct tally_group){memory_dup_string(""), memory_dup_string(""), 0};
	}
	return 0;
}

static bool is_subject(const struct expression *path)
{
	struct slice text = expression_path_text(path, 0);

	return slice_is(text, "entity_id") || slice_is(text, "property");
}

// As it is written, or what its absence means.
static bool append_member(struct buffer *out, struct sort_key_part *part, const struct record *record)
{
	struct expression_value value;
	struct slice json;

	if (expression_member_text(part->run, record, &json)) {
		buffer_append_slice(out, json);
		return true;
	}
	value = expression_evaluate(part->run, record);
	if (value.kind == EXPRESSION_STRING)
		json_append_string(out, value.text);
	else
		buffer_append_slice(out, value.text);
	return value.kind != EXPRESSION_MISSING;
}

static char *members_text(struct tally *tally, const struct record *record, bool subject)
{
	buffer_reset(&tally->text);
	for (size_t i = 0; i < tally->key.count; i++) {
		struct sort_key_part *part = &tally->key.parts[i];
		size_t before = tally->text.length;

		if (is_subject(part->path) != subject)
			continue;
		json_append_string(&tally->text, tally->names[i]);
		buffer_append_char(&tally->text, ':');
		if (append_member(&tally->text, part, record))
			buffer_append_char(&tally->text, ',');
		else
			tally->text.length = before;
	}
	return memory_dup_slice(buffer_slice(&tally->text));
}

void tally_add(struct tally *tally, const struct record *record)
{
	int added;

	buffer_reset(&tally->line);
	sort_key_append(&tally->key, record, &tally->line);
	size_t index = hash_map_add(&tally->groups, buffer_slice(&tally->line), &added);

	// Each combination is shown as it was written first.
	if (added) {
		tally->items = memory_grow(tally->items, &tally->capacity, index + 1, sizeof *tally->items);
		tally->items[index].subject = members_text(tally, record, true);
		tally->items[index].by = members_text(tally, record, false);
		tally->items[index].count = 0;
	}
	tally->items[index].count++;
}

static int compare_groups(const void *left, const void *right, void *context)
{
	const struct slice *keys = context;

	return slice_compare(keys[*(const uint64_t *)left], keys[*(const uint64_t *)right]);
}

size_t tally_finish(struct tally *tally)
{
	size_t count = tally->groups.count;

	free(tally->order);
	tally->order = memory_new_zeroed(count + 1, sizeof *tally->order);
	for (size_t i = 0; i < count; i++)
		tally->order[i] = i;
	qsort_r(tally->order, count, sizeof *tally->order, compare_groups, tally->groups.keys);
	return count;
}

struct slice tally_line(struct tally *tally, size_t index, bool flat)
{
	const struct tally_group *group = &tally->items[tally->order[index]];
	struct buffer *line = &tally->line;

	buffer_reset(line);
	buffer_append_string(line, flat ? "{" : "{\"type\":\"summary\",");
	buffer_append_string(line, group->subject);
	if (flat) {
		buffer_append_string(line, group->by);
		buffer_printf(line, "\"count\":%" PRIu64 "}", group->count);
		return buffer_slice(line);
	}
	if (*group->by) {
		buffer_append_string(line, "\"by\":{");
		buffer_append_string(line, group->by);
		line->data[line->length - 1] = '}';
		buffer_append_char(line, ',');
	}
	buffer_printf(line, "\"measures\":{\"count\":%" PRIu64 "}}", group->count);
	return buffer_slice(line);
}
