// Text made fit for a terminal: nothing in it can move the cursor, change colours, ring, or turn the direction of the
// line. Control characters, the marks of bidirectional text and line separators are shown as \n, \t, \u001b; bytes that
// are no UTF-8 as \xff. What has been made fit once passes through unchanged a second time.
#ifndef RECORD_DISPLAY_H
#define RECORD_DISPLAY_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

// Appends text, at most `limit` columns wide; what is longer ends in an ellipsis. Returns the columns used. Wide
// characters of East Asia and emoji take two, combining marks none (at most four of them on one character are kept).
size_t display_append(struct buffer *out, struct slice text, size_t limit);

// Appends text, or where it is wider than head + 1 + tail columns, at most so many of its beginning and its end with an ellipsis between.
// Returns the columns used.
size_t display_append_ends(struct buffer *out, struct slice text, size_t head, size_t tail);

// The columns display_append would use without a limit.
size_t display_width(struct slice text);

#endif
