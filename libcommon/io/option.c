// The walk over argv. getopt_long is asked to hand over operands in order, which leaves permuting to this file and
// POSIXLY_CORRECT without effect.
#include "io/option.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/message.h"
#include "base/nearest.h"
#include "io/option_parts.h"
#include "io/program.h"

#ifndef TWIN_VERSION
#define TWIN_VERSION "unreleased"
#endif

#define LONG_BASE  256 // getopt's values: a short option's letter, or LONG_BASE plus the index of the spec
#define SHORT_SIZE (2 + 2 * OPTION_SPECS_MAX + 1)

struct parser {
	const struct program_info *info;
	const struct option_spec *specs; // the program's and the common ones behind them
	size_t count;
	struct option longs[OPTION_SPECS_MAX + 1];
	char shorts[SHORT_SIZE];
	const char *times[OPTION_SPECS_MAX]; // arguments that wait for the clock
	bool help, version;
};

void option_usage_error(const char *format, ...)
{
	struct buffer hint = BUFFER_INIT;
	va_list args;
	char what[1024];

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	message_print("%s", what);
	buffer_printf(&hint, "Try '%s --help'.\n", message_program());
	fwrite(hint.data, 1, hint.length, stderr);
	buffer_release(&hint);
	exit(STATUS_TROUBLE);
}

static bool takes_argument(const struct option_spec *spec)
{
	return spec->kind != OPTION_FLAG;
}

static void prepare(struct parser *parser)
{
	size_t longs = 0;
	char *end = parser->shorts;

	*end++ = '-'; // operands in order
	*end++ = ':'; // a missing argument is told apart
	for (size_t i = 0; i < parser->count; i++) {
		const struct option_spec *spec = &parser->specs[i];

		if (spec->kind == OPTION_HEADING)
			continue;
		parser->longs[longs++] = (struct option){
		    .name = spec->long_name,
		    .has_arg = takes_argument(spec) ? required_argument : no_argument,
		    .val = LONG_BASE + (int)i,
		};
		if (spec->short_name)
			*end++ = spec->short_name;
		if (spec->short_name && takes_argument(spec))
			*end++ = ':';
	}
	*end = '\0';
}

static size_t find_short(const struct parser *parser, int letter)
{
	for (size_t i = 0; i < parser->count; i++)
		if (parser->specs[i].kind != OPTION_HEADING && parser->specs[i].short_name == letter)
			return i;
	return parser->count;
}

static __attribute__((noreturn)) void ambiguous_option(const struct parser *parser, const char *typed, size_t length)
{
	struct buffer names = BUFFER_INIT;

	for (const struct option *o = parser->longs; o->name; o++)
		if (strncmp(o->name, typed, length) == 0)
			buffer_printf(&names, "%s--%s", names.length ? ", " : "", o->name);
	option_usage_error("option '--%.*s' is ambiguous: %s", (int)length, typed, buffer_string(&names));
}

static __attribute__((noreturn)) void unknown_option(const struct parser *parser, const char *word)
{
	const char *typed = word + 2;
	size_t length = strcspn(typed, "=");
	struct nearest nearest;

	nearest_init(&nearest, typed, length);
	for (const struct option *o = parser->longs; o->name; o++) {
		if (length && strncmp(o->name, typed, length) == 0)
			ambiguous_option(parser, typed, length);
		nearest_offer(&nearest, o->name);
	}
	length = length > 200 ? 200 : length;
	if (nearest.word)
		option_usage_error("unknown option '--%.*s': did you mean '--%s'?", (int)length, typed, nearest.word);
	option_usage_error("unknown option '--%.*s'", (int)length, typed);
}

// What getopt_long answered with '?' or ':'; word is the one it was reading.
static __attribute__((noreturn)) void bad_option(const struct parser *parser, int answer, const char *word)
{
	if (optopt >= LONG_BASE) {
		const struct option_spec *spec = &parser->specs[optopt - LONG_BASE];

		if (answer == ':')
			option_usage_error("option '--%s' needs an argument", spec->long_name);
		option_usage_error("option '--%s' takes no argument", spec->long_name);
	}
	if (answer == ':')
		option_usage_error("option '-%c' needs an argument", optopt);
	if (optopt)
		option_usage_error("unknown option '-%c'", optopt);
	unknown_option(parser, word);
}

static void take(struct parser *parser, size_t index, const char *argument)
{
	const struct option_spec *spec = &parser->specs[index];
	struct error error;

	if (spec->kind == OPTION_TIME || spec->kind == OPTION_NOW) {
		parser->times[index] = argument;
		return;
	}
	if (option_convert(spec, argument, &error))
		option_usage_error("option '--%s': %s", spec->long_name, error.message);
}

// Moves the operands to argv[1] and on; they never overtake getopt, which has at least as many words behind it.
static void walk(struct parser *parser, int argc, char **argv, int *operands)
{
	int answer;

	opterr = 0;
	optind = 0; // glibc: start anew
	while ((answer = getopt_long(argc, argv, parser->shorts, parser->longs, NULL)) != -1) {
		if (answer == 1)
			argv[1 + (*operands)++] = optarg;
		else if (answer == '?' || answer == ':')
			bad_option(parser, answer, argv[optind - 1]);
		else
			take(parser, answer >= LONG_BASE ? (size_t)(answer - LONG_BASE) : find_short(parser, answer),
			    optarg);
		if (parser->help || parser->version)
			return;
	}
	while (optind < argc)
		argv[1 + (*operands)++] = argv[optind++];
	argv[1 + *operands] = NULL;
}

static void convert_times(struct parser *parser, enum option_kind kind, const struct time_context *context)
{
	struct error error;

	for (size_t i = 0; i < parser->count; i++) {
		const struct option_spec *spec = &parser->specs[i];

		if (spec->kind == kind && parser->times[i] &&
		    option_convert_time(spec, parser->times[i], context, &error))
			option_usage_error("option '--%s': %s", spec->long_name, error.message);
	}
}

// --now is itself read in the zone of --tz, and the other times against both.
static void finish_times(struct parser *parser)
{
	struct time_settings none = {.zone = NULL};
	const struct time_settings *settings = &none;
	struct time_context context;

	for (size_t i = 0; i < parser->count; i++)
		if (parser->specs[i].kind == OPTION_NOW)
			settings = parser->specs[i].target;
	context = time_settings_context(settings);
	convert_times(parser, OPTION_NOW, &context);
	context = time_settings_context(settings);
	convert_times(parser, OPTION_TIME, &context);
}

static size_t count_specs(const struct option_spec *specs)
{
	size_t count = 0;

	while (specs[count].kind != OPTION_END)
		count++;
	return count;
}

void option_parse(const struct program_info *info, const struct option_spec *specs, int *argc, char ***argv)
{
	struct parser parser = {.info = info};
	const struct option_spec common[] = {
	    {.kind = OPTION_FLAG, .short_name = 'h', .long_name = "help", .target = &parser.help, .help = "print this"},
	    {.kind = OPTION_FLAG,
		.short_name = 'V',
		.long_name = "version",
		.target = &parser.version,
		.help = "print the version"},
	    {.kind = OPTION_END},
	};
	struct option_spec all[OPTION_SPECS_MAX + 3];
	size_t own = count_specs(specs);
	int operands = 0;

	if (*argc < 1)
		return;
	if (own + 2 > OPTION_SPECS_MAX)
		message_die("too many options in the table");
	memcpy(all, specs, own * sizeof *all);
	memcpy(all + own, common, sizeof common);
	parser.specs = all;
	parser.count = own + 2;
	prepare(&parser);
	if (*argc == 2 && strcmp((*argv)[1], "--dump-options") == 0) {
		option_print_dump(info, specs, common);
		exit(program_end(STATUS_DONE, NULL, 0));
	}
	walk(&parser, *argc, *argv, &operands);
	if (parser.help)
		option_print_help(info, specs, common);
	if (parser.version)
		printf("%s (twinutils) %s\n", info->name, TWIN_VERSION);
	if (parser.help || parser.version)
		exit(program_end(STATUS_DONE, NULL, 0));
	finish_times(&parser);
	*argc = operands;
	(*argv)++;
}
