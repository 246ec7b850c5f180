// Replacing a file so that at every instant it is either the old one or the whole new one: temporary file in the same directory,
// fsync, rename, fsync of the directory. The mode of an existing file is kept, and its owner where that is allowed. A symbolic link
// stays, and what it points to is replaced. After kill -9 a file .twin-PID-N.tmp may be left over; nothing ever reads it.
#ifndef IO_ATOMIC_FILE_H
#define IO_ATOMIC_FILE_H

#include "base/error.h"
#include "base/slice.h"

// 0 when the new contents are on the disk. -1 with error "cannot write 'f': No space left on device": the file is the old one, or,
// when only the last fsync of the directory has failed, the new one. What is not a regular file is refused.
int atomic_file_write(const char *path, struct slice contents, struct error *error) __attribute__((warn_unused_result));

// A whole file into memory (decompressed, as io/input.h does it), bounded: -1 when it is longer than limit. `out` is appended to;
// after -1 it holds what was read so far.
struct buffer;
int file_read_whole(const char *path, size_t limit, struct buffer *out, struct error *error)
    __attribute__((warn_unused_result));

#endif
