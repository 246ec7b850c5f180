// The lines of one source, with the way back that foreign formats need: a reader keeps lines while it does not yet know what
// they are (which dialect, where an open quote ends) and goes back to read them again.
//
// A byte order mark before the first line is taken off. Line numbers are those of the source, whatever was read twice.
#ifndef FORMAT_SOURCE_LINES_H
#define FORMAT_SOURCE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "io/line_reader.h"
#include "record/rejects.h"

struct source_lines {
	struct line_reader reader;
	const char *name; // of the source: a path, or "-"
	uint64_t line;    // number of the line last returned, from 1
	struct buffer kept;
	size_t *begins; // of the kept lines
	size_t kept_count, begins_capacity;
	size_t next;         // kept line that is returned next; kept_count: the reader's turn
	uint64_t kept_first; // number of the first kept line
	size_t too_long;     // kept line that was cut, there is at most one; SIZE_MAX: none
	bool keeping;        // lines that are returned are kept
	size_t keep_from;    // kept line at which keeping began
	bool was_cut;        // the line last read was too long
	bool has_mark;       // a byte order mark stood before the first line
	bool has_failed;     // the reader has: told again when what was kept has been read
	struct error failure;
};

// operand: an element of argv (borrowed). before_wait is called before a read that would block.
void source_lines_open(struct source_lines *lines, char *const *operand, size_t max_line,
    void (*before_wait)(void *context), void *context);
void source_lines_close(struct source_lines *lines);

// As line_reader_next; LINE_END is the end of this source. A line ends before its '\n'; it is valid until the next call.
// LINE_ERROR ends the source, and is told again after going back. After LINE_TOO_LONG either go back or call source_lines_reject_long.
enum line_result source_lines_next(struct source_lines *lines, struct slice *line, struct error *error)
    __attribute__((warn_unused_result));

// For the line that source_lines_next has just said is LINE_TOO_LONG: rejects all of it, piece by piece. Returns whether the rejects say
// stop. first: what source_lines_next gave.
bool source_lines_reject_long(struct source_lines *lines, struct rejects *rejects, struct slice first)
    __attribute__((warn_unused_result));

// Begins to keep lines; `line`, the one last returned, is the first of them. A line that is too long ends what can be kept: go back or
// forget when it comes.
void source_lines_keep(struct source_lines *lines, struct slice line);

#define SOURCE_MARK SLICE_LITERAL("\xef\xbb\xbf")

static inline size_t source_lines_kept_count(const struct source_lines *lines)
{
	return lines->next - lines->keep_from;
}

// What has been kept, each line with a '\n' behind it; valid until the next call of any function here.
struct slice source_lines_kept(const struct source_lines *lines);

// The first kept line alone, without its '\n'.
struct slice source_lines_kept_first(const struct source_lines *lines);

// Ends keeping. Either all kept lines are done with, or reading goes on `count` lines behind the first kept one.
void source_lines_forget(struct source_lines *lines);
void source_lines_go_back(struct source_lines *lines, size_t count);

#endif
