#include "twin/merge_in_place.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/atomic_file.h"
#include "io/input.h"
#include "twin/state_text.h"

#define FILE_SIZE_MAX ((size_t)1 << 40)

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return is_same_file(a, b) && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

// The size of the bytes ahead is known of plain files only; it would be written as what it holds.
static int check_plain(const char *path, const struct stat *status, struct error *error)
{
	struct input input;

	if (!S_ISREG(status->st_mode))
		return error_set(error, "'%s' is no regular file: it cannot be brought level", path);
	if (!status->st_size)
		return 0;
	if (input_open(&input, path, error))
		return -1;
	int failed = input.size < 0 ? error_set(error, "'%s' is compressed: it cannot be brought level", path) : 0;

	input_close(&input);
	return failed;
}

static int look_at(struct merge_in_place *files, size_t at, bool may_be_new, struct error *error)
{
	const char *path = files->paths[at];

	if (stat(path, &files->before[at])) {
		files->is_new[at] = errno == ENOENT && may_be_new;
		return files->is_new[at] ? 0 : error_set_errno(error, "cannot open '%s'", path);
	}
	for (size_t i = 0; i < at; i++)
		if (is_same_file(&files->before[i], &files->before[at]))
			return error_set(error, "'%s' and '%s' are one file", files->paths[i], path);
	return check_plain(path, &files->before[at], error);
}

int merge_in_place_open(
    struct merge_in_place *files, char *const *paths, size_t count, bool has_base, struct error *error)
{
	*files = (struct merge_in_place){.paths = paths,
	    .count = count,
	    .before = memory_new_zeroed(count + 1, sizeof(struct stat)),
	    .is_new = memory_new_zeroed(count + 1, sizeof(bool))};
	for (size_t i = 0; i < count; i++)
		if (look_at(files, i, has_base && i + 1 == count, error))
			return -1;
	return 0;
}

void merge_in_place_release(struct merge_in_place *files)
{
	free(files->before);
	free(files->is_new);
	files->before = NULL;
	files->is_new = NULL;
}

static int check_unchanged(const struct merge_in_place *files, struct error *error)
{
	for (size_t i = 0; i < files->count; i++) {
		struct stat now;
		bool is_there = stat(files->paths[i], &now) == 0;

		if (files->is_new[i] ? is_there : !is_there || !is_unchanged(&files->before[i], &now))
			return error_set(
			    error, "'%s' was changed in the meantime: nothing has been written", files->paths[i]);
	}
	return 0;
}

static void append_states(struct buffer *out, const struct twin_set *set, const struct status_rules *rules)
{
	struct state_writer writer;
	size_t count;
	const struct twin **twins = twin_set_sorted(set, &count);

	state_writer_init(&writer, set, rules);
	for (size_t i = 0; i < count; i++)
		state_append(&writer, out, twins[i]);
	state_writer_release(&writer);
	free(twins);
}

static int write_one(const struct merge_in_place *files, size_t at, struct slice text, struct error *error)
{
	struct buffer old = BUFFER_INIT;
	int failed = files->is_new[at] ? 0 : file_read_whole(files->paths[at], FILE_SIZE_MAX, &old, error);

	if (!failed && (files->is_new[at] || !slice_equal(buffer_slice(&old), text)))
		failed = atomic_file_write(files->paths[at], text, error);
	buffer_release(&old);
	return failed;
}

int merge_in_place_write(struct merge_in_place *files, const struct twin_set *const *sets, bool are_documents,
    const struct status_rules *rules, struct error *error)
{
	struct buffer text = BUFFER_INIT;
	int failed = check_unchanged(files, error);

	for (size_t i = 0; i < files->count && !failed; i++) {
		buffer_reset(&text);
		if (are_documents) {
			replica_append_document(&text, sets[i]);
			buffer_append_char(&text, '\n');
		} else {
			append_states(&text, sets[i], rules);
		}
		failed = write_one(files, i, buffer_slice(&text), error);
	}
	buffer_release(&text);
	return failed;
}
