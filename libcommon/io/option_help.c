// --help and --dump-options.
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "io/option_parts.h"

#define HELP_COLUMNS  80
#define HELP_LEFT_MAX 32
#define TYPED_MAX     48

static void append_choices(struct buffer *out, const struct option_spec *spec, const char *separator)
{
	for (size_t i = 0; spec->choices && spec->choices[i]; i++)
		buffer_printf(out, "%s%s", i ? separator : "", spec->choices[i]);
}

// "  -F, --format auto|table|ndjson|csv"
static void append_left(struct buffer *out, const struct option_spec *spec)
{
	if (spec->short_name)
		buffer_printf(out, "  -%c, --%s", spec->short_name, spec->long_name);
	else
		buffer_printf(out, "      --%s", spec->long_name);
	if (spec->kind == OPTION_FLAG)
		return;
	buffer_append_char(out, ' ');
	if (spec->argument)
		buffer_append_string(out, spec->argument);
	else
		append_choices(out, spec, "|");
}

static size_t left_width(const struct option_spec *specs)
{
	struct buffer left = BUFFER_INIT;
	size_t width = 0;

	for (; specs->kind != OPTION_END; specs++) {
		if (specs->kind == OPTION_HEADING)
			continue;
		buffer_reset(&left);
		append_left(&left, specs);
		if (left.length > width && left.length <= HELP_LEFT_MAX)
			width = left.length;
	}
	buffer_release(&left);
	return width + 2;
}

static void indent_to(struct buffer *out, size_t line_start, size_t column)
{
	while (out->length - line_start < column)
		buffer_append_char(out, ' ');
}

// The words in lines of at most HELP_COLUMNS, each beginning at the column; out ends somewhere left of it.
static void append_wrapped(struct buffer *out, size_t line_start, size_t column, const char *words)
{
	indent_to(out, line_start, column);
	while (*words) {
		size_t length = strcspn(words, " ");

		if (out->length - line_start > column && out->length - line_start + 1 + length > HELP_COLUMNS) {
			buffer_append_char(out, '\n');
			line_start = out->length;
			indent_to(out, line_start, column);
		} else if (out->length - line_start > column) {
			buffer_append_char(out, ' ');
		}
		buffer_append(out, words, length);
		words += length;
		words += *words == ' ';
	}
	buffer_append_char(out, '\n');
}

static void append_options(struct buffer *out, const struct option_spec *specs, size_t column)
{
	for (; specs->kind != OPTION_END; specs++) {
		size_t line_start = out->length;

		if (specs->kind == OPTION_HEADING) {
			buffer_printf(out, "%s:\n", specs->help);
			continue;
		}
		append_left(out, specs);
		// What is a little too long pushes its help to the right; two blanks keep them apart.
		append_wrapped(out, line_start,
		    out->length - line_start + 2 > column ? out->length - line_start + 2 : column, specs->help);
	}
}

void option_print_help(
    const struct program_info *info, const struct option_spec *specs, const struct option_spec *extra)
{
	struct buffer out = BUFFER_INIT;
	size_t column = left_width(specs), extra_column = left_width(extra);

	buffer_printf(&out, "usage: %s [option ...]%s%s\n", info->name, *info->operands ? " " : "", info->operands);
	append_wrapped(&out, out.length, 0, info->summary);
	append_options(&out, specs, column > extra_column ? column : extra_column);
	append_options(&out, extra, column > extra_column ? column : extra_column);
	fwrite(out.data, 1, out.length, stdout);
	buffer_release(&out);
}

static const char *kind_name(enum option_kind kind)
{
	static const char *const names[] = {
	    [OPTION_FLAG] = "flag",
	    [OPTION_TEXT] = "text",
	    [OPTION_FILE] = "file",
	    [OPTION_LIST] = "list",
	    [OPTION_CHOICE] = "choice",
	    [OPTION_COUNT] = "count",
	    [OPTION_SIZE] = "size",
	    [OPTION_DURATION] = "duration",
	    [OPTION_TIME] = "time",
	    [OPTION_NUMBER] = "number",
	    [OPTION_ZONE] = "zone",
	    [OPTION_NOW] = "now",
	};

	return names[kind];
}

static void append_dump(struct buffer *out, const struct option_spec *specs)
{
	for (; specs->kind != OPTION_END; specs++) {
		if (specs->kind == OPTION_HEADING)
			continue;
		buffer_append_char(out, specs->short_name ? specs->short_name : '-');
		buffer_printf(out, "\t%s\t", specs->long_name);
		if (specs->kind == OPTION_FLAG)
			buffer_append_char(out, '-');
		else if (specs->argument)
			buffer_append_string(out, specs->argument);
		else
			append_choices(out, specs, "|");
		buffer_printf(out, "\t%s\t", kind_name(specs->kind));
		append_choices(out, specs, ",");
		buffer_printf(out, "%s\t%s\n", specs->choices ? "" : "-", specs->help);
	}
}

void option_print_dump(
    const struct program_info *info, const struct option_spec *specs, const struct option_spec *extra)
{
	struct buffer out = BUFFER_INIT;

	buffer_printf(&out, "%s\t%s\t%s\n", info->name, info->summary, *info->operands ? info->operands : "-");
	append_dump(&out, specs);
	append_dump(&out, extra);
	fwrite(out.data, 1, out.length, stdout);
	buffer_release(&out);
}
