#include "io/program.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/message.h"

// Open the wrong way round, so that reading 0 and writing 1 or 2 give EBADF as they would have done.
static void open_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(STATUS_TROUBLE);
}

// Some parents ignore or block it, and a filter whose reader has gone would then complain instead of ending quietly.
static void restore_sigpipe(void)
{
	sigset_t pipe_only;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &pipe_only, NULL);
}

void program_start(const char *name)
{
	message_set_program(name);
	open_standard_descriptors();
	restore_sigpipe();
	setlocale(LC_NUMERIC, "C");
}

static int severity(enum exit_status status)
{
	switch (status) {
	case STATUS_DONE:
		return 0;
	case STATUS_DIFFERS:
		return 1;
	case STATUS_REJECTED:
		return 2;
	case STATUS_TROUBLE:
		break;
	}
	return 3;
}

enum exit_status status_join(enum exit_status a, enum exit_status b)
{
	return severity(a) >= severity(b) ? a : b;
}

// A flush that failed earlier may be followed by one that succeeds, with errno long gone.
static int flush_stdio(struct error *error)
{
	bool has_failed = ferror(stdout);

	if (fflush(stdout) != 0)
		return error_set_errno(error, "cannot write standard output");
	return has_failed ? error_set(error, "cannot write standard output") : 0;
}

static int close_stdio(struct error *error)
{
	if (fclose(stdout) != 0 && errno != EBADF)
		return error_set_errno(error, "cannot write standard output");
	return 0;
}

enum exit_status program_trouble(const struct error *error)
{
	if (error->message[0])
		message_print("%s", error->message);
	return STATUS_TROUBLE;
}

static enum exit_status check(int result, const struct error *error)
{
	return result ? program_trouble(error) : STATUS_DONE;
}

int program_end(enum exit_status status, struct output *const *outputs, size_t count)
{
	struct error error;
	bool is_open = true;

	status = status_join(status, check(flush_stdio(&error), &error));
	for (size_t i = 0; i < count; i++) {
		if (!outputs[i])
			continue;
		is_open = is_open && outputs[i]->fd != STDOUT_FILENO;
		status = status_join(status, check(output_close(outputs[i], &error), &error));
	}
	// One descriptor, two owners: whoever comes second would close a stranger's.
	if (is_open)
		status = status_join(status, check(close_stdio(&error), &error));
	return status;
}
