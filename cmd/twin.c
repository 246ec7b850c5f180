// twin - run a program of twinutils, list them, open their pages
//
// The programs are those that lie beside this one; no list is kept. `twin NAME` also looks along PATH, so that programs of one's own
// join in.
#define _GNU_SOURCE // pipe2
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/nearest.h"
#include "io/option.h"
#include "io/program.h"

#define PREFIX          "twin-"
#define NAME_MAX_LENGTH 48
#define SUMMARY_SIZE    1024

extern char **environ;

struct names {
	char **items;
	size_t count, capacity;
};

// A name becomes part of a path: letters, digits and inner hyphens only.
static bool is_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return length && length <= NAME_MAX_LENGTH && !name[length] && name[0] != '-';
}

static const char *without_prefix(const char *name)
{
	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 ? name + strlen(PREFIX) : name;
}

// The folder of this very program, symbolic links followed; empty when the system does not say.
static void own_folder(struct buffer *folder)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path);

	buffer_reset(folder);
	while (length > 0 && path[length - 1] != '/')
		length--;
	if (length > 0)
		buffer_append(folder, path, (size_t)length);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_add(struct names *names, const char *name)
{
	names->items = memory_grow(names->items, &names->capacity, names->count + 1, sizeof *names->items);
	names->items[names->count++] = memory_dup_string(name);
}

static void names_collect(struct names *names, struct buffer *folder)
{
	DIR *dir = folder->length ? opendir(buffer_string(folder)) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = without_prefix(entry->d_name);

		if (name != entry->d_name && is_name(name) && faccessat(dirfd(dir), entry->d_name, X_OK, 0) == 0)
			names_add(names, name);
	}
	if (dir)
		closedir(dir);
	if (names->count)
		qsort(names->items, names->count, sizeof *names->items, compare_names);
}

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

static size_t read_line(int fd, char *line, size_t size)
{
	size_t length = 0;
	ssize_t got;

	while (length < size && !memchr(line, '\n', length)) {
		got = read(fd, line + length, size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	return length;
}

// Starts `path --dump-options` with its output in a pipe; the descriptor to read, or -1.
static int spawn_dump(const char *path, pid_t *pid)
{
	char option[] = "--dump-options";
	char *name = memory_dup_string(path);
	char *argv[] = {name, option, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC)) {
		free(name);
		return -1;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	failed = posix_spawn(pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	free(name);
	if (!failed)
		return ends[0];
	close(ends[0]);
	return -1;
}

// The second field of the first line, if the first one is the program's name. What else lies in the folder stays unlisted.
static char *program_summary(struct buffer *folder, const char *name)
{
	struct buffer path = BUFFER_INIT;
	char line[SUMMARY_SIZE + 1], *summary = NULL, *fields = line;
	pid_t pid;
	int fd;

	buffer_printf(&path, "%s" PREFIX "%s", buffer_string(folder), name);
	fd = spawn_dump(buffer_string(&path), &pid);
	buffer_release(&path);
	if (fd < 0)
		return NULL;
	line[read_line(fd, line, SUMMARY_SIZE)] = '\0';
	close(fd);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	const char *first = strsep(&fields, "\t");
	if (fields && strcmp(without_prefix(first), name) == 0)
		summary = memory_dup_string(strsep(&fields, "\t\n"));
	return summary;
}

static void print_programs(struct buffer *folder, const struct names *names)
{
	puts("usage: twin NAME [argument ...]\n\nPrograms beside this one:");
	for (size_t i = 0; i < names->count; i++) {
		char *summary = program_summary(folder, names->items[i]);

		for (char *c = summary; c && *c; c++)
			if ((unsigned char)*c < 0x20 || *c == 0x7f)
				*c = '?';
		if (summary)
			printf("  %-10s %s\n", names->items[i], summary);
		free(summary);
	}
	puts("\n'twin NAME --help' lists the options of a program, 'twin help NAME' opens its page,\n"
	     "'twin help' prints this, and twin(7) shows how they work together.");
}

static int list_programs(void)
{
	struct buffer folder = BUFFER_INIT;
	struct names names = {NULL, 0, 0};

	own_folder(&folder);
	names_collect(&names, &folder);
	print_programs(&folder, &names);
	names_release(&names);
	buffer_release(&folder);
	return STATUS_DONE;
}

static __attribute__((noreturn)) void unknown(const char *what, const char *name, const struct names *names)
{
	struct nearest nearest;

	nearest_init(&nearest, name, strlen(name));
	for (size_t i = 0; i < names->count; i++)
		nearest_offer(&nearest, names->items[i]);
	if (nearest.word)
		option_usage_error("no %s '%.80s': did you mean '%s'?", what, name, nearest.word);
	option_usage_error("no %s '%.80s'", what, name);
}

static __attribute__((noreturn)) void unknown_program(const char *name, struct buffer *folder)
{
	struct names names = {NULL, 0, 0};

	names_collect(&names, folder);
	unknown("program", name, &names);
}

// Does not come back.
static int run_program(char **argv)
{
	const char *name = without_prefix(argv[0]);
	struct buffer folder = BUFFER_INIT, path = BUFFER_INIT;
	size_t folder_length;

	own_folder(&folder);
	if (!is_name(name))
		unknown_program(argv[0], &folder);
	folder_length = folder.length;
	buffer_append_slice(&path, buffer_slice(&folder));
	buffer_printf(&path, PREFIX "%s", name);
	char *program = memory_dup_string(buffer_string(&path));

	argv[0] = program + folder_length;
	if (folder_length)
		execv(program, argv);
	if (!folder_length || errno == ENOENT)
		execvp(argv[0], argv);
	if (errno == ENOENT)
		unknown_program(name, &folder);
	message_die("cannot run '%s': %s", argv[0], strerror(errno));
}

struct page_place {
	const char *folder, *section;
};

// An installed page lies in ../share/man, that of a source tree in ../man, or in ../../man for a build in a folder of its own. NULL
// behind the last place.
static const struct page_place *page_place(size_t i)
{
	static const struct page_place places[] = {{"../share/man/man1/", "1"}, {"../share/man/man5/", "5"},
	    {"../share/man/man7/", "7"}, {"../man/", "1"}, {"../man/", "5"}, {"../man/", "7"}, {"../../man/", "1"},
	    {"../../man/", "5"}, {"../../man/", "7"}};

	return i < sizeof places / sizeof *places ? &places[i] : NULL;
}

// path stays empty when the page is in none of the places.
static void find_page(struct buffer *path, const char *page)
{
	struct buffer folder = BUFFER_INIT;
	const struct page_place *place;

	own_folder(&folder);
	for (size_t i = 0; folder.length && (place = page_place(i)); i++) {
		buffer_reset(path);
		buffer_append_slice(path, buffer_slice(&folder));
		buffer_printf(path, "%s%s.%s", place->folder, page, place->section);
		if (access(buffer_string(path), R_OK) == 0)
			break;
		buffer_reset(path);
	}
	buffer_release(&folder);
}

// The pages of twinutils in one folder, without section and what a compressor appends.
static void pages_collect(struct names *names, struct buffer *folder)
{
	DIR *dir = opendir(buffer_string(folder));
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = without_prefix(entry->d_name);

		entry->d_name[strcspn(entry->d_name, ".")] = '\0';
		if (is_name(name) && (name != entry->d_name || strcmp(name, "twin") == 0))
			names_add(names, name);
	}
	if (dir)
		closedir(dir);
}

static __attribute__((noreturn)) void unknown_page(const char *name)
{
	struct buffer own = BUFFER_INIT, folder = BUFFER_INIT;
	struct names names = {NULL, 0, 0};
	const struct page_place *place;

	own_folder(&own);
	for (size_t i = 0; own.length && (place = page_place(i)); i++) {
		buffer_reset(&folder);
		buffer_append_slice(&folder, buffer_slice(&own));
		buffer_printf(&folder, "%s", place->folder);
		pages_collect(&names, &folder);
	}
	unknown("page", name, &names);
}

// Asked before man takes over, whose own status for a page that is missing would say something else here.
static bool man_knows(const char *page)
{
	char man[] = "man", where[] = "-w";
	char *name = memory_dup_string(page);
	char *argv[] = {man, where, name, NULL};
	posix_spawn_file_actions_t actions;
	int failed, status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(&pid, man, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	free(name);
	if (failed)
		message_die("cannot run man: %s", strerror(failed));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

// Does not come back.
static int open_page(const char *name)
{
	const char *short_name = without_prefix(name);
	struct buffer page = BUFFER_INIT, path = BUFFER_INIT;

	if (!is_name(short_name))
		option_usage_error("no page '%.80s'", name);
	buffer_printf(&page, "%s%s", strcmp(name, "twin") == 0 ? "" : PREFIX, short_name);
	find_page(&path, buffer_string(&page));
	if (path.length)
		execlp("man", "man", "-l", buffer_string(&path), (char *)NULL);
	else if (man_knows(buffer_string(&page)))
		execlp("man", "man", buffer_string(&page), (char *)NULL);
	else
		unknown_page(short_name);
	message_die("cannot run man: %s", strerror(errno));
}

static int run(int argc, char **argv)
{
	if (argc == 0)
		return list_programs();
	if (strcmp(argv[0], "help") != 0)
		return run_program(argv);
	if (argc > 2)
		option_usage_error("help takes one name");
	return argc == 1 ? list_programs() : open_page(argv[1]);
}

// Options behind the name are the program's own, so the table sees argv only when it begins with an option.
static void parse_args(int *argc, char ***argv)
{
	static const struct program_info info = {
	    .name = "twin",
	    .summary = "run a program of twinutils, list them, open their pages",
	    .operands = "[NAME [argument ...]]",
	};
	static const struct option_spec specs[] = {{.kind = OPTION_END}};

	if (*argc > 1 && (*argv)[1][0] == '-') {
		option_parse(&info, specs, argc, argv);
	} else if (*argc > 0) {
		(*argc)--;
		(*argv)++;
	}
}

int main(int argc, char **argv)
{
	program_start("twin");
	parse_args(&argc, &argv);
	return program_end((enum exit_status)run(argc, argv), NULL, 0);
}
