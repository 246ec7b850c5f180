// Makes chosen system calls of a program fail:
//
//	TWIN_FAULT=write:3:ENOSPC LD_PRELOAD=build/fault.so twin-sync ...
//
// TWIN_FAULT is a list, with commas, of CALL[@FD]:WHICH:WHAT.
//	CALL   read, write, pwrite, fsync, fdatasync, ftruncate, unlink, rename or close
//	FD     only calls on that descriptor count
//	WHICH  N the Nth call (from 1), N+ that and all later ones
//	WHAT   an errno name of the table below; `short`, a read, write or pwrite of half of the bytes, at least one; `kill`, death by SIGKILL
//	       before the call
// A close that fails has closed the descriptor, as on Linux. With TWIN_FAULT_LOG=FILE each fault that strikes is written there
// as a line, so that a test can tell "went well" from "never came to it".
//
// What libc calls for itself (fwrite, fclose) does not come through here. A program with AddressSanitizer needs
// ASAN_OPTIONS=verify_asan_link_order=0.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAULTS_MAX    16
#define NO_DESCRIPTOR (-1)

enum call {
	CALL_READ,
	CALL_WRITE,
	CALL_PWRITE,
	CALL_FSYNC,
	CALL_FDATASYNC,
	CALL_FTRUNCATE,
	CALL_UNLINK,
	CALL_RENAME,
	CALL_CLOSE,
	CALL_COUNT
};
enum effect { EFFECT_NONE, EFFECT_ERRNO, EFFECT_SHORT, EFFECT_KILL };

struct fault {
	enum call call;
	int fd; // NO_DESCRIPTOR: any
	unsigned long which;
	bool and_later;
	enum effect effect;
	int error;
	unsigned long seen;
};

struct plan {
	size_t count;
	struct fault faults[FAULTS_MAX];
};

static const char *const call_names[CALL_COUNT] = {
    "read", "write", "pwrite", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "close"};

struct errno_name {
	const char *name;
	int number;
};

static const struct errno_name errno_names[] = {{"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EBADF", EBADF},
    {"EDQUOT", EDQUOT}, {"EINTR", EINTR}, {"EINVAL", EINVAL}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"ENOSPC", ENOSPC},
    {"EPERM", EPERM}, {"EPIPE", EPIPE}, {"EROFS", EROFS}, {"EXDEV", EXDEV}};

static void refuse(const char *text)
{
	dprintf(STDERR_FILENO, "TWIN_FAULT: cannot make sense of '%s'\n", text ? text : "");
	_exit(125);
}

static unsigned long parse_number(const char *text, char **end)
{
	unsigned long number = strtoul(text, end, 10);

	if (*end == text)
		refuse(text);
	return number;
}

static enum call parse_call(const char *name)
{
	for (int i = 0; i < CALL_COUNT; i++)
		if (strcmp(name, call_names[i]) == 0)
			return (enum call)i;
	refuse(name);
	return CALL_COUNT;
}

static void parse_effect(struct fault *fault, const char *word)
{
	fault->effect = EFFECT_ERRNO;
	if (strcmp(word, "short") == 0 && fault->call <= CALL_PWRITE)
		fault->effect = EFFECT_SHORT;
	else if (strcmp(word, "kill") == 0)
		fault->effect = EFFECT_KILL;
	for (size_t i = 0; i < sizeof errno_names / sizeof *errno_names; i++)
		if (strcmp(word, errno_names[i].name) == 0)
			fault->error = errno_names[i].number;
	if (fault->effect == EFFECT_ERRNO && !fault->error)
		refuse(word);
}

static struct fault parse_fault(char *text)
{
	struct fault fault = {.fd = NO_DESCRIPTOR};
	char *call = strsep(&text, ":"), *which = strsep(&text, ":"), *effect = text, *end;

	if (!which || !effect)
		refuse(call);
	char *at = strchr(call, '@');

	if (at) {
		*at = '\0';
		fault.fd = (int)parse_number(at + 1, &end);
	}
	fault.call = parse_call(call);
	fault.which = parse_number(which, &end);
	fault.and_later = strcmp(end, "+") == 0;
	if (*end && !fault.and_later)
		refuse(which);
	parse_effect(&fault, effect);
	return fault;
}

static struct plan *the_plan(void)
{
	static struct plan plan;

	return &plan;
}

static void read_plan(void)
{
	const char *text = getenv("TWIN_FAULT");
	char *copy = strdup(text ? text : ""), *rest = copy;
	struct plan *plan = the_plan();

	for (char *word; (word = strsep(&rest, ",")) && *word;) {
		if (plan->count == FAULTS_MAX)
			refuse(text);
		plan->faults[plan->count++] = parse_fault(word);
	}
	free(copy);
}

// By itself: it must not count among the calls of the program.
static ssize_t call_system(const char *name, int fd, void *data, size_t size)
{
	ssize_t (*real)(int, void *, size_t) = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, name);

	return real(fd, data, size);
}

static int close_system(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");

	return real(fd);
}

static void log_fault(const struct fault *fault)
{
	const char *path = getenv("TWIN_FAULT_LOG");
	char line[64];
	int length = snprintf(line, sizeof line, "%s %lu\n", call_names[fault->call], fault->seen);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	call_system("write", fd, line, (size_t)length);
	close_system(fd);
}

// Counts the call for every entry of the list that it concerns. The first whose turn it is, or NULL.
static const struct fault *find_fault(struct plan *plan, enum call call, int fd)
{
	const struct fault *found = NULL;

	for (size_t i = 0; i < plan->count; i++) {
		struct fault *fault = &plan->faults[i];

		if (fault->call != call || (fault->fd != NO_DESCRIPTOR && fault->fd != fd))
			continue;
		unsigned long seen = __atomic_add_fetch(&fault->seen, 1, __ATOMIC_RELAXED);

		if (!found && (seen == fault->which || (seen > fault->which && fault->and_later)))
			found = fault;
	}
	return found;
}

// What is to happen to this call; errno is set for EFFECT_ERRNO, and EFFECT_KILL does not come back.
static enum effect strike(enum call call, int fd)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int saved = errno;

	pthread_once(&once, read_plan);
	const struct fault *fault = find_fault(the_plan(), call, fd);

	if (fault) {
		log_fault(fault);
		if (fault->effect == EFFECT_KILL)
			raise(SIGKILL);
	}
	errno = fault && fault->error ? fault->error : saved;
	return fault ? fault->effect : EFFECT_NONE;
}

static ssize_t transfer(enum call call, int fd, void *data, size_t size)
{
	enum effect effect = strike(call, fd);

	if (effect == EFFECT_ERRNO)
		return -1;
	if (effect == EFFECT_SHORT && size > 1)
		size /= 2;
	return call_system(call_names[call], fd, data, size);
}

ssize_t read(int fd, void *data, size_t size)
{
	return transfer(CALL_READ, fd, data, size);
}

ssize_t write(int fd, const void *data, size_t size)
{
	return transfer(CALL_WRITE, fd, (void *)(uintptr_t)data, size);
}

// SQLite calls it by this name.
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off64_t) =
	    (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
	enum effect effect = strike(CALL_PWRITE, fd);

	if (effect == EFFECT_ERRNO)
		return -1;
	return real(fd, data, effect == EFFECT_SHORT && size > 1 ? size / 2 : size, offset);
}

static int sync_with(const char *name, enum call call, int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);

	return strike(call, fd) == EFFECT_ERRNO ? -1 : real(fd);
}

int fsync(int fd)
{
	return sync_with("fsync", CALL_FSYNC, fd);
}

int fdatasync(int fd)
{
	return sync_with("fdatasync", CALL_FDATASYNC, fd);
}

int ftruncate64(int fd, off64_t length)
{
	int (*real)(int, off64_t) = (int (*)(int, off64_t))dlsym(RTLD_NEXT, "ftruncate64");

	return strike(CALL_FTRUNCATE, fd) == EFFECT_ERRNO ? -1 : real(fd, length);
}

int unlink(const char *path)
{
	int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");

	return strike(CALL_UNLINK, NO_DESCRIPTOR) == EFFECT_ERRNO ? -1 : real(path);
}

int rename(const char *old, const char *new)
{
	int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");

	return strike(CALL_RENAME, NO_DESCRIPTOR) == EFFECT_ERRNO ? -1 : real(old, new);
}

int close(int fd)
{
	if (strike(CALL_CLOSE, fd) != EFFECT_ERRNO)
		return close_system(fd);
	int error = errno;

	close_system(fd);
	errno = error;
	return -1;
}
