// measure - runs a command and writes down how long it took and how much memory it held.
//
// measure [-n RUNS] [-i INPUT] [-o RESULT] COMMAND [ARGUMENT]...
//
// Appends one line to RESULT (standard error without -o): the mean wall time of a run in seconds, and the largest
// resident size of any run in KiB. INPUT is opened afresh as standard input of each run. The command is started without
// a shell, so that the time of a run of a millisecond is the command's own. A command that fails fails measure with the
// same status, and nothing is written.

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct config {
	long runs;
	const char *input;
	const char *result;
	char **command;
};

static void fail(const char *what, int error)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(error));
	exit(2);
}

static void usage(void)
{
	fprintf(stderr, "usage: measure [-n RUNS] [-i INPUT] [-o RESULT] COMMAND [ARGUMENT]...\n");
	exit(2);
}

static long parse_runs(const char *text)
{
	char *end;

	errno = 0;
	long runs = strtol(text, &end, 10);
	if (errno != 0 || *end != '\0' || runs < 1)
		usage();
	return runs;
}

static struct config parse_args(int argc, char **argv)
{
	struct config config = {.runs = 1};

	for (int option; (option = getopt(argc, argv, "+n:i:o:")) != -1;) {
		if (option == 'n')
			config.runs = parse_runs(optarg);
		else if (option == 'i')
			config.input = optarg;
		else if (option == 'o')
			config.result = optarg;
		else
			usage();
	}
	if (optind == argc)
		usage();
	config.command = argv + optind;
	return config;
}

static pid_t start(const struct config *config)
{
	posix_spawn_file_actions_t actions;
	pid_t child = -1;
	int error = posix_spawn_file_actions_init(&actions);

	if (error == 0 && config->input)
		error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, config->input, O_RDONLY, 0);
	if (error == 0)
		error = posix_spawnp(&child, config->command[0], &actions, NULL, config->command, environ);
	if (error != 0)
		fail(config->command[0], error);
	posix_spawn_file_actions_destroy(&actions);
	return child;
}

static void run_once(const struct config *config, struct rusage *usage)
{
	pid_t child = start(config);
	int status;

	while (wait4(child, &status, 0, usage) < 0)
		if (errno != EINTR)
			fail(config->command[0], errno);
	if (WIFSIGNALED(status))
		exit(128 + WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		exit(WEXITSTATUS(status));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	struct config config = parse_args(argc, argv);
	long peak = 0;
	double begin = now();

	for (long i = 0; i < config.runs; i++) {
		struct rusage usage;
		run_once(&config, &usage);
		if (usage.ru_maxrss > peak)
			peak = usage.ru_maxrss;
	}
	double mean = (now() - begin) / (double)config.runs;
	FILE *result = config.result ? fopen(config.result, "a") : stderr;
	if (!result)
		fail(config.result, errno);
	if (fprintf(result, "%.6f %ld\n", mean, peak) < 0 || fflush(result) != 0)
		fail("result", errno);
	return 0;
}
