#include "format/recognise.h"

#include <stdlib.h>

#include "scratch.h"
#include "unit.h"

// Formats that look at nothing but the first byte behind the lines that begin with '#'.
static enum format_fit fit_of(struct slice start, char mark)
{
	while (start.length && start.data[0] == '#') {
		const char *newline = memchr(start.data, '\n', start.length);

		start = newline ? slice_skip(start, (size_t)(newline - start.data) + 1) : SLICE_EMPTY;
	}
	if (!start.length)
		return FORMAT_FIT_MORE;
	return start.data[0] == mark || start.data[0] == '!' ? FORMAT_FIT_YES : FORMAT_FIT_NO;
}

static enum format_fit recognise_a(struct slice start)
{
	return fit_of(start, 'a');
}

static enum format_fit recognise_b(struct slice start)
{
	return fit_of(start, 'b');
}

static enum format_fit recognise_all(struct slice start)
{
	(void)start;
	return FORMAT_FIT_ANY;
}

static const struct format a = {.name = "a", .title = "the one", .recognise = recognise_a};
static const struct format b = {.name = "b", .title = "the other", .recognise = recognise_b};
static const struct format rest = {.name = "rest", .title = "text", .recognise = recognise_all};
static const struct format last = {.name = "last", .title = "more text", .recognise = recognise_all};

static enum format_result recognise_text(
    struct recognition *found, struct slice text, const struct format *asked, struct error *error, struct slice *first)
{
	static const struct format *const candidates[] = {&a, &rest, &last, &b, NULL};
	static char name[] = "text", *const operand[] = {name};
	static char line_text[64];
	struct source_lines lines;
	struct slice line;
	struct error ignored;

	scratch_write("text", text);
	source_lines_open(&lines, operand, 1000, NULL, NULL);
	enum format_result result = recognise_among(found, candidates, &lines, asked, error);

	*first = SLICE_EMPTY;
	if (source_lines_next(&lines, &line, &ignored) == LINE_OK) {
		size_t length = line.length < sizeof line_text ? line.length : sizeof line_text;

		memcpy(line_text, line.data, length);
		*first = slice_of(line_text, length);
	}
	source_lines_close(&lines);
	return result;
}

// The name of the format, with a star for marks of its own; or what is wrong.
static void check(const char *text, const struct format *asked, const char *want, const char *want_first)
{
	struct recognition found;
	struct error error;
	struct slice first;
	char got[600] = "nothing";
	enum format_result result = recognise_text(&found, slice_from_string(text), asked, &error, &first);

	if (result != FORMAT_DONE)
		snprintf(got, sizeof got, "%s", error.message);
	else if (found.format)
		snprintf(got, sizeof got, "%s%s", found.format->name, found.has_marks ? "*" : "");
	CHECK_TEXT(slice_from_string(got), want);
	CHECK_TEXT(first, want_first);
}

int main(void)
{
	char *scratch = scratch_enter();

	TEST("a format with its own marks goes before those that take any text")
	{
		check("a\nb\n", NULL, "a*", "a");
		check("b\na\n", NULL, "b*", "b");
		check("c\n", NULL, "rest", "c");
	}
	TEST("two formats whose marks are there are a question")
	{
		check("!\nx\n", NULL, "can be read as the one (a) and as the other (b): say which with -f", "x");
	}
	TEST("the format that was named is taken, whatever the source looks like, and has no marks")
	{
		check("a\n", &b, "b", "a");
		check("!\n", &rest, "rest", "!");
	}
	TEST("more lines are looked at as long as a format asks for them, and read again")
	{
		check("#1\n#2\nb\n", NULL, "b*", "#1");
		check("#1\n#2\n!\n", NULL, "can be read as the one (a) and as the other (b): say which with -f", "");
		check("#1\n#2\n", NULL, "rest", "#1");
		check("#1", NULL, "rest", "#1");
	}
	TEST("blank lines before the first one are passed over, and given back")
	{
		check("\n \t\r\n\nb\n", NULL, "b*", "");
		check("\xef\xbb\xbf\nb\n", NULL, "b*", "");
	}
	TEST("a source of nothing or of blank lines is in no format")
	{
		check("", NULL, "nothing", "");
		check("\n\n", NULL, "nothing", "");
		check("", &a, "nothing", "");
	}
	TEST("a source that asks for lines for ever is not read for ever")
	{
		static char text[40000];
		struct recognition found;
		struct error error;
		struct slice first;

		for (size_t i = 0; i < sizeof text; i += 2)
			memcpy(text + i, "#\n", 2);
		memcpy(text + sizeof text - 2, "b\n", 2);
		CHECK(recognise_text(&found, slice_of(text, sizeof text), NULL, &error, &first) == FORMAT_DONE);
		CHECK(found.format == &rest);
	}
	TEST("what is wrong with the whole source is told before any format is asked")
	{
		check("\xff\xfe"
		      "a",
		    NULL, "is UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8", "");
	}
	TEST("JSON of another form is told with the filter that makes objects of it")
	{
		static char name[] = "text", *const operand[] = {name};
		struct recognition found;
		struct source_lines lines;
		struct error error;

		scratch_write("text", SLICE_LITERAL("[\n{}]\n"));
		source_lines_open(&lines, operand, 1000, NULL, NULL);
		CHECK(recognise_source(&found, &lines, NULL, &error) == FORMAT_DONE);
		CHECK(found.filter && strcmp(found.filter, ".[]") == 0);
		CHECK(!found.has_marks);
		source_lines_close(&lines);
	}
	scratch_leave(scratch);
	return unit_end();
}
