#define _GNU_SOURCE // memmem, strsep
// option_parse may exit, so each parse runs in a child whose outputs and status are compared.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/message.h"
#include "io/option.h"
#include "io/shared_options.h"
#include "unit.h"

struct config {
	bool flag;
	const char *text, *file;
	int64_t count, size, every;
	double number;
	struct time_zone *zone;
	struct select_options select;
	struct time_settings clock;
	struct output_options output;
	struct input_options input;
};

static void print_config(const struct config *c, int argc, char **argv)
{
	if (c->flag)
		printf("flag ");
	if (c->text)
		printf("text=%s ", c->text);
	if (c->file)
		printf("file=%s ", c->file);
	if (c->count != 7)
		printf("count=%lld ", (long long)c->count);
	if (c->size)
		printf("size=%lld ", (long long)c->size);
	if (c->every)
		printf("every=%lld ", (long long)c->every);
	if (c->number != 0)
		printf("number=%g ", c->number);
	for (size_t i = 0; i < c->select.entities.count; i++)
		printf("entity=%s ", c->select.entities.items[i]);
	if (c->select.from.given)
		printf("from=%lld ", (long long)c->select.from.nanoseconds);
	if (c->clock.has_now)
		printf("now=%s ", c->clock.live ? "live" : "given");
	if (c->output.format)
		printf("format=%d ", c->output.format);
	if (c->zone)
		printf("zone=%s ", time_zone_name(c->zone));
	printf("|");
	for (int i = 0; i < argc; i++)
		printf(" %s", argv[i]);
	printf("%s", argv[argc] ? " not terminated" : "");
}

static void parse_and_print(int argc, char **argv)
{
	struct config c = {.count = 7, .input = INPUT_OPTIONS_DEFAULT};
	const struct program_info info = {"twin-x", "do a thing to records", "[FILE ...]"};
	const struct option_spec specs[] = {
	    {.kind = OPTION_HEADING, .help = "Things"},
	    {OPTION_FLAG, 'x', "extract", &c.flag, NULL, "a flag", NULL, 0, 0},
	    {OPTION_TEXT, 't', "text", &c.text, "TEXT", "a text", NULL, 0, 0},
	    {OPTION_FILE, 0, "file", &c.file, "FILE", "a file", NULL, 0, 0},
	    {OPTION_COUNT, 'n', "count", &c.count, "N", "a count", NULL, -2, 20},
	    {OPTION_SIZE, 0, "size", &c.size, "SIZE", "a size", NULL, 0, 0},
	    {OPTION_DURATION, 0, "every", &c.every, "DUR", "a duration", NULL, 1, 0},
	    {OPTION_NUMBER, 0, "number", &c.number, "NUMBER", "a number", NULL, 0, 0},
	    {OPTION_ZONE, 0, "zone", &c.zone, "ZONE", "a zone", NULL, 0, 0},
	    {.kind = OPTION_HEADING, .help = "Common"},
	    OPTIONS_SELECT(&c.select),
	    OPTIONS_CLOCK(&c.clock),
	    OPTIONS_INPUT(&c.input),
	    OPTIONS_OUTPUT(&c.output),
	    {.kind = OPTION_END},
	};

	option_parse(&info, specs, &argc, &argv);
	select_options_check(&c.select);
	print_config(&c, argc, argv);
	select_options_release(&c.select);
	time_settings_release(&c.clock);
	time_zone_free(c.zone);
}

static struct buffer output = BUFFER_INIT;
static int status;

static void read_all(int fd)
{
	ssize_t got;

	buffer_reset(&output);
	while ((got = read(fd, buffer_reserve(&output, 4096), 4096)) > 0)
		output.length += (size_t)got;
	close(fd);
}

// Splits line at blanks ("\b" stands for one inside a word) and gives what was printed on both outputs.
static struct slice parse(const char *line)
{
	char words[512], *argv[32], name[] = "twin-x", *rest = words;
	int argc = 0, ends[2];
	pid_t child;

	snprintf(words, sizeof words, "%s", line);
	argv[argc++] = name;
	while (*line && rest && argc < 31) {
		argv[argc] = strsep(&rest, " ");
		for (char *c = argv[argc]; *c; c++)
			*c = *c == '\b' ? ' ' : *c;
		argc++;
	}
	argv[argc] = NULL;
	fflush(stdout);
	if (pipe(ends) || (child = fork()) < 0)
		abort();
	if (child == 0) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		close(ends[0]);
		close(ends[1]);
		message_set_program("twin-x");
		parse_and_print(argc, argv);
		exit(0);
	}
	close(ends[1]);
	read_all(ends[0]);
	waitpid(child, &status, 0);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return buffer_slice(&output);
}

static bool contains(struct slice text, const char *part)
{
	return memmem(text.data, text.length, part, strlen(part)) != NULL;
}

#define CHECK_PARSE(line, want) (CHECK_TEXT(parse(line), want), CHECK(status == 0))
#define CHECK_USAGE(line, want)                                                                                        \
	(CHECK_TEXT(parse(line), "twin-x: " want "\nTry 'twin-x --help'.\n"), CHECK(status == 2))

static void test_words(void)
{
	TEST("options and operands mix, and operands keep their order")
	{
		CHECK_PARSE("", "|");
		CHECK_PARSE("a -x b --text t c", "flag text=t | a b c");
		CHECK_PARSE("a -xtword --file=f -", "flag text=word file=f | a -");
		CHECK_PARSE("-E a --entity=b c -Ed", "entity=a entity=b entity=d | c");
	}
	TEST("what follows -- is an operand")
	{
		CHECK_PARSE("a -- -x --text -- b", "| a -x --text -- b");
	}
	TEST("POSIXLY_CORRECT changes nothing")
	{
		setenv("POSIXLY_CORRECT", "1", 1);
		CHECK_PARSE("a -x b", "flag | a b");
		unsetenv("POSIXLY_CORRECT");
	}
	TEST("long options may be cut to a unique beginning")
	{
		CHECK_PARSE("--ext --fo csv", "flag format=3 |");
		CHECK_USAGE("--f x", "option '--f' is ambiguous: --file, --from, --format");
		CHECK_USAGE("--e=5", "option '--e' is ambiguous: --extract, --every, --entity");
	}
	TEST("an unknown option names the nearest one")
	{
		CHECK_USAGE("--fomat csv", "unknown option '--fomat': did you mean '--format'?");
		CHECK_USAGE("--enttiy=4", "unknown option '--enttiy': did you mean '--entity'?");
		CHECK_USAGE("--versoin", "unknown option '--versoin': did you mean '--version'?");
		CHECK_USAGE("--banana", "unknown option '--banana'");
		CHECK_USAGE("--=", "unknown option '--'");
		CHECK_USAGE("-z", "unknown option '-z'");
		CHECK_USAGE("a -xz", "unknown option '-z'");
	}
	TEST("a missing or needless argument is a usage error")
	{
		CHECK_USAGE("--text", "option '--text' needs an argument");
		CHECK_USAGE("-xt", "option '-t' needs an argument");
		CHECK_USAGE("--extract=1", "option '--extract' takes no argument");
		CHECK_USAGE("--file=", "option '--file': the name is empty");
	}
}

static void test_values(void)
{
	TEST("counts are whole numbers within their bounds")
	{
		CHECK_PARSE("-n 20", "count=20 |");
		CHECK_PARSE("-n -2", "count=-2 |");
		CHECK_USAGE("-n 21", "option '--count': '21' is too large");
		CHECK_USAGE("-n -3", "option '--count': '-3' is too small");
		CHECK_USAGE("-n 1.5", "option '--count': '1.5' is no whole number");
		CHECK_USAGE("-n \b5", "option '--count': ' 5' is no whole number");
		CHECK_USAGE("-n 5x", "option '--count': '5x' is no whole number");
		CHECK_USAGE("--count=", "option '--count': '' is no whole number");
		CHECK_USAGE("-n 99999999999999999999",
		    "option '--count': '99999999999999999999' is no whole number that fits 63 bits");
	}
	TEST("sizes are in powers of 1024")
	{
		CHECK_PARSE("--size 4096", "size=4096 |");
		CHECK_PARSE("--size 64M", "size=67108864 |");
		CHECK_PARSE("--size 3k", "size=3072 |");
		CHECK_PARSE("--size 1T", "size=1099511627776 |");
		CHECK_USAGE("--size 9999999T", "option '--size': '9999999T' is too large");
		CHECK_USAGE("--size 1.5G", "option '--size': '1.5G' is no size such as 4096, 512K, 64M or 1G");
		CHECK_USAGE("--size -1", "option '--size': '-1' is no size such as 4096, 512K, 64M or 1G");
		CHECK_USAGE("--max-line 0", "option '--max-line': '0' is too small");
		CHECK_USAGE("--max-line 2G", "option '--max-line': '2G' is too large");
	}
	TEST("numbers are finite decimals")
	{
		CHECK_PARSE("--number -2.5e3", "number=-2500 |");
		CHECK_USAGE("--number nan", "option '--number': 'nan' is no number");
		CHECK_USAGE("--number 0x10", "option '--number': '0x10' is no number");
		CHECK_USAGE("--number 1e999", "option '--number': '1e999' is too large");
		CHECK_USAGE("--number 1,5", "option '--number': '1,5' is no number");
		CHECK_USAGE("--number 1e", "option '--number': '1e' is no number");
	}
	TEST("durations have units and obey their lower bound")
	{
		CHECK_PARSE("--every 1m30s", "every=90000000000 |");
		CHECK_USAGE("--every 0s", "option '--every': '0s' is too small");
		CHECK(contains(parse("--every 5"), "twin-x: option '--every': "));
		CHECK(status == 2);
	}
	TEST("choices may be cut, but not to nothing and not to several")
	{
		CHECK_PARSE("-F nd", "format=2 |");
		CHECK_PARSE("-F ndjson", "format=2 |");
		CHECK_USAGE("-F xml", "option '--format': 'xml' is none of: auto, table, ndjson, csv");
		CHECK_USAGE("-F ndjsonx", "option '--format': 'ndjsonx' is none of: auto, table, ndjson, csv");
		CHECK_USAGE("--format=", "option '--format': '' is none of: auto, table, ndjson, csv");
	}
}

static void test_times(void)
{
	TEST("times are read with the clock and zone of the same command line, in any order")
	{
		CHECK_PARSE("--from 1970-01-01T00:00:05Z", "from=5000000000 |");
		CHECK_PARSE("--from 1970-01-02", "from=86400000000000 |");
		CHECK_PARSE("--from 1970-01-02 --tz +01:00", "from=82800000000000 |");
		CHECK_PARSE("--tz +01:00 --from 1970-01-02", "from=82800000000000 |");
		CHECK_PARSE("--from now-5s --now @10", "from=5000000000 now=given |");
		CHECK_PARSE("--from today --now 1970-01-01T23:30:00Z --tz +01:00", "from=82800000000000 now=given |");
		CHECK_PARSE("--now live", "now=live |");
	}
	TEST("a time that needs a clock is refused without one")
	{
		CHECK(contains(parse("--from now-5s"), "--now"));
		CHECK(status == 2);
		CHECK(contains(parse("--from live"), "twin-x: option '--from': "));
		CHECK(status == 2);
	}
	TEST("zones are known ones, and the last of several counts")
	{
		CHECK_PARSE("--zone UTC --zone Europe/Berlin", "zone=Europe/Berlin |");
		CHECK(contains(parse("--tz Europe/Nowhere"), "twin-x: option '--tz': "));
		CHECK(status == 2);
		CHECK(contains(parse("--tz ../../etc/passwd"), "twin-x: option '--tz': "));
		CHECK(status == 2);
	}
	TEST("an empty range of time is a usage error")
	{
		CHECK_USAGE("--from @5 --to @5", "--from is not before --to: nothing lies between them");
	}
}

static void test_texts(void)
{
	TEST("--help has the usage, headings, and every option, within 80 columns")
	{
		struct slice help = parse("a --help --banana");

		CHECK(status == 0);
		CHECK(slice_starts_with(
		    help, SLICE_LITERAL("usage: twin-x [option ...] [FILE ...]\ndo a thing to records\nThings:\n")));
		CHECK(contains(help, "\n  -x, --extract        a flag\n"));
		CHECK(contains(help, "\n  -F, --format auto|table|ndjson|csv  format of the output\n"));
		CHECK(contains(help, "\n  -V, --version "));
		for (const char *p = help.data, *end; (end = memchr(p, '\n', help.length - (size_t)(p - help.data)));
		     p = end + 1)
			CHECK(end - p <= 80);
	}
	TEST("--version names the program, the collection and the version")
	{
		CHECK(slice_starts_with(parse("-V"), SLICE_LITERAL("twin-x (twinutils) ")));
		CHECK(status == 0);
	}
	TEST("--dump-options has a line of tab-separated fields for each option")
	{
		struct slice dump = parse("--dump-options");

		CHECK(status == 0);
		CHECK(slice_starts_with(dump,
		    SLICE_LITERAL("twin-x\tdo a thing to records\t[FILE ...]\nx\textract\t-\tflag\t-\ta flag\n")));
		CHECK(contains(
		    dump, "\nF\tformat\tauto|table|ndjson|csv\tchoice\tauto,table,ndjson,csv\tformat of the output\n"));
		CHECK(contains(dump, "\n-\tnow\tT|live\tnow\t-\t"));
		CHECK(contains(dump, "\nh\thelp\t-\tflag\t-\t"));
	}
}

int main(void)
{
	test_words();
	test_values();
	test_times();
	test_texts();
	buffer_release(&output);
	return unit_end();
}
