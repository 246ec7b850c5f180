// A directory of its own for a unit test that needs files; removed at the end.
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"

static inline void scratch_fail(const char *what)
{
	perror(what);
	exit(99);
}

// Goes there, so that tests name their files without a directory. Returns the name for scratch_leave.
static inline char *scratch_enter(void)
{
	const char *parent = getenv("TMPDIR");
	size_t size = strlen(parent ? parent : "/tmp") + sizeof "/twin-XXXXXX";
	char *name = malloc(size);

	if (!name)
		scratch_fail("malloc");
	snprintf(name, size, "%s/twin-XXXXXX", parent ? parent : "/tmp");
	if (!mkdtemp(name) || chdir(name) < 0)
		scratch_fail(name);
	return name;
}

// How many names there are in a directory, without "." and "..".
static inline int scratch_count(const char *directory)
{
	DIR *stream = opendir(directory);
	int count = 0;

	if (!stream)
		scratch_fail(directory);
	for (struct dirent *entry; (entry = readdir(stream));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	return count;
}

// Files and directories, at any depth that a test makes.
static inline void scratch_empty(const char *directory)
{
	DIR *stream = opendir(directory);

	if (!stream)
		return;
	for (struct dirent *entry; (entry = readdir(stream));) {
		char path[PATH_MAX];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path)
			scratch_fail(directory);
		if (unlink(path) == 0)
			continue;
		scratch_empty(path);
		rmdir(path);
	}
	closedir(stream);
}

static inline void scratch_leave(char *name)
{
	if (chdir("/") == 0) {
		scratch_empty(name);
		rmdir(name);
	}
	free(name);
}

static inline void scratch_write(const char *path, struct slice contents)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		scratch_fail(path);
	for (size_t done = 0; done < contents.length;) {
		ssize_t count = write(fd, contents.data + done, contents.length - done);

		if (count < 0)
			scratch_fail(path);
		done += (size_t)count;
	}
	close(fd);
}

#endif
