// Reading a file on behind damage: what can be decompressed up to it, and then from the next member (gzip) or frame (zstd) that can be
// found. Plain files are read as they are. Where the file cannot be read twice (a pipe) it ends at the damage.
//
// Data before damage can be wrong without being noticed, as far as the format's checksum has not been reached; that is why a member whose
// checksum fails is told as damage too.
#ifndef IO_SALVAGE_H
#define IO_SALVAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "io/compression.h"

struct salvage {
	int fd;
	const char *path;
	struct decoder *decoder; // NULL for plain bytes
	enum compression kind;
	int64_t offset;       // of the bytes taken from the file so far
	int64_t member_start; // of the member or frame being read
	bool is_plain, is_trial;
	bool is_lost; // no member was found behind the damage
	char *block;
	size_t block_length; // bytes in it that have not been handed out
};

struct salvage_damage {
	int64_t from, to; // bytes of the file that could not be used; to is -1 when it is all the rest
	struct error error;
};

enum salvage_result { SALVAGE_END = 0, SALVAGE_BYTES = 1, SALVAGE_DAMAGE = 2, SALVAGE_ERROR = -1 };

// path "-" is standard input; borrowed.
int salvage_open(struct salvage *salvage, const char *path, struct error *error) __attribute__((warn_unused_result));
void salvage_close(struct salvage *salvage);

// The bytes are valid until the next call. After SALVAGE_DAMAGE the next bytes do not follow those before.
enum salvage_result salvage_read(struct salvage *salvage, struct slice *bytes, struct salvage_damage *damage)
    __attribute__((warn_unused_result));

#endif
