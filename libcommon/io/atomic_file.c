#include "io/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "io/descriptor.h"
#include "io/input.h"

#define LINKS_MAX       40
#define TEMPORARY_TRIES 1000
#define READ_SIZE       ((size_t)64 << 10)

// A file in the making.
struct replacement {
	char *target;    // the path behind all symbolic links
	char *temporary; // NULL while there is none
	int fd;
	bool is_update; // the target exists
	struct stat old;
};

static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

// name, taken as seen from the directory that path is in.
static char *beside(const char *path, const char *name)
{
	struct buffer text = BUFFER_INIT;

	if (name[0] != '/')
		buffer_append(&text, path, directory_length(path));
	buffer_append(&text, name, strlen(name) + 1);
	return text.data;
}

static int follow_once(struct replacement *file)
{
	char name[PATH_MAX];
	ssize_t length = readlink(file->target, name, sizeof name - 1);

	if (length < 0)
		return -1;
	name[length] = '\0';
	char *next = beside(file->target, name);

	free(file->target);
	file->target = next;
	return 0;
}

// Not realpath(3): a link to a file that does not exist yet is followed too.
static int find_target(struct replacement *file)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		if (lstat(file->target, &file->old) < 0)
			return errno == ENOENT ? 0 : -1;
		if (!S_ISLNK(file->old.st_mode)) {
			file->is_update = true;
			return 0;
		}
		if (follow_once(file) < 0)
			return -1;
	}
	errno = ELOOP;
	return -1;
}

static int create_temporary(struct replacement *file)
{
	for (int i = 0; i < TEMPORARY_TRIES; i++) {
		char name[64];

		snprintf(name, sizeof name, ".twin-%ld-%d.tmp", (long)getpid(), i);
		char *path = beside(file->target, name);

		// Nobody may read what is to become a private file, not even for an instant.
		file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file->is_update ? 0600 : 0666);
		if (file->fd >= 0) {
			file->temporary = path;
			return 0;
		}
		free(path);
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

static int keep_attributes(const struct replacement *file)
{
	mode_t mode = file->old.st_mode & 07777;

	if (!file->is_update)
		return 0;
	// Only root may give files away; a set-user-ID bit must not pass to another owner.
	if (fchown(file->fd, file->old.st_uid, file->old.st_gid) < 0)
		mode &= 0777;
	return fchmod(file->fd, mode);
}

static int close_temporary(struct replacement *file)
{
	int fd = file->fd;

	file->fd = -1;
	return close(fd);
}

static int move_into_place(struct replacement *file)
{
	if (rename(file->temporary, file->target) < 0)
		return -1;
	free(file->temporary);
	file->temporary = NULL;
	return 0;
}

static int sync_directory(const struct replacement *file)
{
	char *directory = beside(file->target, ".");
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(directory);
	if (fd < 0)
		return -1;
	int result = descriptor_sync(fd);

	// Some file systems have no such thing, and their rename has to do.
	if (result < 0 && (errno == EINVAL || errno == ENOTSUP))
		result = 0;
	int saved = errno;

	close(fd);
	errno = saved;
	return result;
}

static int replace(struct replacement *file, struct slice contents)
{
	if (create_temporary(file) < 0 || keep_attributes(file) < 0)
		return -1;
	if (descriptor_write(file->fd, contents.data, contents.length) < 0 || descriptor_sync(file->fd) < 0)
		return -1;
	if (close_temporary(file) < 0 || move_into_place(file) < 0)
		return -1;
	return sync_directory(file);
}

static void replacement_release(struct replacement *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->target);
}

int atomic_file_write(const char *path, struct slice contents, struct error *error)
{
	struct replacement file = {.target = memory_dup_string(path), .fd = -1};
	int result = find_target(&file);

	if (result < 0)
		error_set_errno(error, "cannot write '%s'", path);
	else if (file.is_update && !S_ISREG(file.old.st_mode))
		result = error_set(error, "cannot write '%s': not a regular file", path);
	else if ((result = replace(&file, contents)) < 0)
		error_set_errno(error, "cannot write '%s'", path);
	replacement_release(&file);
	return result;
}

static int read_to_end(struct input *input, size_t limit, struct buffer *out, struct error *error)
{
	size_t start = out->length;

	for (;;) {
		ssize_t count = input_read(input, buffer_reserve(out, READ_SIZE), READ_SIZE, error);

		if (count <= 0)
			return (int)count;
		out->length += (size_t)count;
		if (out->length - start > limit)
			return error_set(error, "'%s' is longer than %zu bytes", input_display_name(input), limit);
	}
}

int file_read_whole(const char *path, size_t limit, struct buffer *out, struct error *error)
{
	struct input input;

	if (input_open(&input, path, error) < 0)
		return -1;
	int result = read_to_end(&input, limit, out, error);

	input_close(&input);
	return result;
}
