// Names that are cut in the middle so that different ones stay different: "Accelerometer1RMS" and "Accelerometer2RMS" as "Acc…1RMS" and
// "Acc…2RMS". All names of a column are cut at the same place, which depends on the names seen so far.
#ifndef RECORD_NAME_CUT_H
#define RECORD_NAME_CUT_H

#include "base/buffer.h"
#include "base/hash_map.h"
#include "base/slice.h"

struct name_cut {
	struct hash_map names; // seen so far; beyond a bound they are not looked at
	// The answers for so many names:
	size_t counted;
	size_t least;
	size_t width, head; // of the last name_cut_append
};

#define NAME_CUT_INIT                                                                                                  \
	{                                                                                                              \
		.names = HASH_MAP_INIT                                                                                 \
	}

void name_cut_release(struct name_cut *cut);

// name: fit for a terminal (display_append).
void name_cut_add(struct name_cut *cut, struct slice name);

// The smallest width, of least or more, in which all names stay different; at most `most`, in which they may be the same.
size_t name_cut_least(struct name_cut *cut, size_t least, size_t most);

// Appends the name, cut to width.
void name_cut_append(struct name_cut *cut, struct buffer *out, struct slice name, size_t width);

#endif
