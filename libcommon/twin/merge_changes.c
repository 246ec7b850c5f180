#include "twin/merge_changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "io/output.h"

static const char *arena_string(struct arena *arena, const struct buffer *text)
{
	char *copy = arena_new(arena, text->length + 1);

	memcpy(copy, text->data, text->length);
	copy[text->length] = '\0';
	return copy;
}

static void add_rest(struct option_list *rest, const char *item)
{
	rest->items = memory_grow(rest->items, &rest->capacity, rest->count + 1, sizeof *rest->items);
	rest->items[rest->count++] = item;
}

static int take_item(
    struct slice item, struct buffer *others, struct arena *arena, const char **folder, struct error *error)
{
	const struct slice name = SLICE_LITERAL("change=");

	if (slice_is(item, "change") || slice_equal(item, name))
		return error_set(
		    error, "--emit: change takes a folder, in which each replica has its own file: change=DIR");
	if (slice_starts_with(item, name)) {
		struct buffer text = BUFFER_INIT;

		buffer_append_slice(&text, slice_skip(item, name.length));
		*folder = arena_string(arena, &text);
		buffer_release(&text);
		return 0;
	}
	if (others->length)
		buffer_append_char(others, ',');
	buffer_append_slice(others, item);
	return 0;
}

static int take_list(
    struct slice list, struct buffer *others, struct arena *arena, const char **folder, struct error *error)
{
	for (;;) {
		const char *comma = list.length ? memchr(list.data, ',', list.length) : NULL;
		size_t length = comma ? (size_t)(comma - list.data) : list.length;

		if (take_item(slice_of(list.data, length), others, arena, folder, error))
			return -1;
		if (!comma)
			return 0;
		list = slice_skip(list, length + 1);
	}
}

int merge_changes_option(const struct option_list *asked, struct option_list *rest, struct arena *arena,
    const char **folder, struct error *error)
{
	struct buffer others = BUFFER_INIT;
	int failed = 0;

	*folder = NULL;
	for (size_t i = 0; i < asked->count && !failed; i++) {
		buffer_reset(&others);
		failed = take_list(slice_from_string(asked->items[i]), &others, arena, folder, error);
		if (!failed && others.length)
			add_rest(rest, arena_string(arena, &others));
	}
	buffer_release(&others);
	return failed;
}

// DIR/NAME
static const char *file_of(const struct replica *replica, const char *folder, struct buffer *path)
{
	const char *slash = strrchr(replica->name, '/');

	buffer_reset(path);
	buffer_printf(path, "%s/%s", folder, slash ? slash + 1 : replica->name);
	return buffer_string(path);
}

int merge_changes_check(const struct replicas *replicas, const char *folder, struct error *error)
{
	struct hash_map names = HASH_MAP_INIT;
	struct buffer path = BUFFER_INIT;
	int failed = 0;

	for (size_t i = 0; i < replicas->count && !failed; i++) {
		const char *file = file_of(&replicas->items[i], folder, &path);
		int added = 0;

		hash_map_add(&names, slice_from_string(file), &added);
		if (!added)
			failed = error_set(error, "two replicas would have their changes in '%s'", file);
		for (size_t j = 0; j < replicas->count && !failed; j++)
			failed = output_check_inputs(
			    file, (char *const[]){(char *)(uintptr_t)replicas->items[j].name}, 1, error);
	}
	hash_map_release(&names);
	buffer_release(&path);
	return failed;
}

// Whether the replica had not heard of what the register holds.
static bool is_news(
    struct twin_set *set, const struct twin *twin, const struct series *series, const struct fold_register *held)
{
	if (!held->handle || !register_stands(twin, held))
		return false;
	struct assignment item = register_assignment(series, held);

	item.hash = assignment_hash(item.kind, item.entity_id, item.path);
	return twin_set_put(set, &item).changed;
}

struct news {
	struct series **series;
	size_t count, capacity;
};

static void append_twin(
    struct twin_set *set, struct twin *twin, struct state_writer *writer, struct news *news, struct buffer *out)
{
	const struct series whole = {.kind = REGISTER_TOMBSTONE, .twin = twin};
	bool deleted = twin->tombstone.handle && is_news(set, twin, &whole, &twin->tombstone);

	news->count = 0;
	for (struct series *series = twin->series; series; series = series->next) {
		bool changed = is_news(set, twin, series, &series->usable);

		if (series->last.handle != series->usable.handle)
			changed |= is_news(set, twin, series, &series->last);
		if (!changed)
			continue;
		news->series = memory_grow(news->series, &news->capacity, news->count + 1, sizeof(struct series *));
		news->series[news->count++] = series;
	}
	if (deleted || news->count)
		state_append_change(writer, out, twin, news->series, news->count, deleted);
}

static int write_file(struct twin_set *set, const struct twin **twins, size_t count, const char *path,
    struct state_writer *writer, struct error *error)
{
	struct news news = {NULL, 0, 0};
	struct buffer text = BUFFER_INIT;
	struct output output;

	if (output_open(&output, path, error))
		return -1;
	for (size_t i = 0; i < count; i++) {
		buffer_reset(&text);
		append_twin(set, (struct twin *)(uintptr_t)twins[i], writer, &news, &text);
		output_write_slice(&output, buffer_slice(&text));
	}
	free(news.series);
	buffer_release(&text);
	return output_close(&output, error);
}

int merge_changes_write(struct replicas *replicas, const char *folder, struct state_writer *writer, struct error *error)
{
	struct buffer path = BUFFER_INIT;
	size_t count;
	int failed = 0;

	if (mkdir(folder, 0777) && errno != EEXIST)
		return error_set_errno(error, "cannot make the folder '%s'", folder);
	const struct twin **twins = twin_set_sorted(writer->set, &count);

	for (size_t i = 0; i < replicas->count && !failed; i++)
		failed = write_file(
		    &replicas->items[i].set, twins, count, file_of(&replicas->items[i], folder, &path), writer, error);
	free(twins);
	buffer_release(&path);
	return failed;
}
