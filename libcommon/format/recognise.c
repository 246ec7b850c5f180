#define _GNU_SOURCE // memmem
#include "format/recognise.h"

#include <string.h>

// So many bytes of blank lines before the first one that says something are passed over, and so many from that one on are looked at.
#define BLANK_BYTES ((size_t)1 << 20)
#define START_BYTES ((size_t)1 << 14)

static struct slice without_blanks(struct slice line)
{
	while (line.length && strchr(" \t\r\n", line.data[0]))
		line = slice_skip(line, 1);
	while (line.length && strchr(" \t\r\n", line.data[line.length - 1]))
		line.length--;
	return line;
}

static int check_encoding(struct slice line, struct error *error)
{
	if (slice_starts_with(line, SLICE_LITERAL("\xff\xfe")) || slice_starts_with(line, SLICE_LITERAL("\xfe\xff")))
		return error_set(error, "is UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8");
	return 0;
}

static bool is_among(char c, const char *set)
{
	return c && strchr(set, c);
}

// What makes objects, one a line, of JSON that begins with this line but is none of these; NULL when it does not look so.
static const char *jq_filter(struct slice first)
{
	struct slice line = without_blanks(first), inside = line.length ? without_blanks(slice_skip(line, 1)) : line;

	if (line.length && line.data[0] == '[')
		return !inside.length || is_among(inside.data[0], "{[\"-0123456789]") ? ".[]" : NULL;
	if (line.length && line.data[0] == '{')
		return !inside.length || is_among(inside.data[inside.length - 1], ",:{[") ? "." : NULL;
	return NULL;
}

// Asks all candidates. *more: one of them wants to see more lines before it says no. found->format is NULL, with error, when two say yes.
static void ask_formats(struct recognition *found, const struct format *const *candidates, struct slice start,
    bool *more, struct error *error)
{
	const struct format *sure = NULL, *possible = NULL;

	*more = false;
	*found = (struct recognition){.filter = found->filter};
	for (const struct format *const *next = candidates; *next; next++) {
		enum format_fit fit = (*next)->recognise(start);

		if (fit == FORMAT_FIT_YES && sure) {
			error_set(error, "can be read as %s (%s) and as %s (%s): say which with -f", sure->title,
			    sure->name, (*next)->title, (*next)->name);
			return;
		}
		if (fit == FORMAT_FIT_YES)
			sure = *next;
		if (fit == FORMAT_FIT_ANY && !possible)
			possible = *next;
		*more = *more || fit == FORMAT_FIT_MORE;
	}
	if (!sure && !possible)
		error_set(error, "is in no format that is known");
	found->has_marks = sure != NULL;
	found->format = sure ? sure : possible;
}

static enum format_result recognise(struct recognition *found, const struct format *const *candidates,
    struct source_lines *lines, const struct format *asked, struct error *error)
{
	enum line_result read = LINE_END;
	struct slice line;
	size_t blank = 0;
	bool more = true;

	for (bool first = true; more && (read = source_lines_next(lines, &line, error)) > LINE_END; first = false) {
		if (first)
			source_lines_keep(lines, line);
		if (first && check_encoding(line, error) < 0)
			return FORMAT_FAILED;
		size_t kept = source_lines_kept(lines).length;

		if (!found->format && read != LINE_TOO_LONG && !without_blanks(line).length && kept <= BLANK_BYTES) {
			blank = kept;
			continue;
		}
		struct slice start = slice_skip(source_lines_kept(lines), blank);

		if (!found->format)
			found->filter = jq_filter(line);
		more = false;
		if (asked)
			found->format = asked;
		else
			ask_formats(found, candidates, start, &more, error);
		if (!found->format)
			return FORMAT_FAILED;
		more = more && read != LINE_TOO_LONG && start.length <= START_BYTES;
	}
	if (!found->format && asked && asked->minds_blanks && blank)
		found->format = asked;
	return read == LINE_ERROR && !found->format ? FORMAT_FAILED : FORMAT_DONE;
}

static bool has_label(struct slice text, const char *const *labels)
{
	for (; *labels; labels++)
		if (memmem(text.data, text.length, *labels, strlen(*labels)))
			return true;
	return false;
}

// A pack with a slip in it is no SenML any more, and yet was meant as that.
static bool has_senml_labels(struct slice text)
{
	static const char *const names[] = {"\"n\"", "\"bn\"", NULL};
	static const char *const values[] = {"\"v\"", "\"vs\"", "\"vb\"", "\"vd\"", "\"s\"", NULL};

	return has_label(text, names) && has_label(text, values);
}

enum format_result recognise_among(struct recognition *found, const struct format *const *candidates,
    struct source_lines *lines, const struct format *asked, struct error *error)
{
	*found = (struct recognition){.format = NULL};
	enum format_result result = recognise(found, candidates, lines, asked, error);

	if (!found->format)
		return result;
	if (found->format != &format_ndjson && (asked || found->format != &format_csv))
		found->filter = NULL;
	found->may_be_senml =
	    found->filter && strcmp(found->filter, ".[]") == 0 && has_senml_labels(source_lines_kept(lines));
	source_lines_go_back(lines, 0);
	return result;
}

enum format_result recognise_source(
    struct recognition *found, struct source_lines *lines, const struct format *asked, struct error *error)
{
	return recognise_among(found, formats, lines, asked, error);
}
