#define _GNU_SOURCE // memmem
#include "io/salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define BLOCK_SIZE  ((size_t)64 << 10)
#define SEARCH_SIZE ((size_t)64 << 10)
#define HEADER_SIZE 10 // of gzip, the longest that is looked at

// What looks like a beginning and is none is rare (once in 2^40 bytes), but can be made: so many are tried behind one damage, each with a few
// bytes at first.
#define TRIALS_MAX 1000
#define TRIAL_SIZE 512

int salvage_open(struct salvage *salvage, const char *path, struct error *error)
{
	*salvage = (struct salvage){.fd = STDIN_FILENO, .path = path};
	if (strcmp(path, "-") != 0)
		salvage->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (salvage->fd < 0)
		return error_set_errno(error, "cannot open '%s'", path);
	salvage->block = memory_new(BLOCK_SIZE);
	return 0;
}

void salvage_close(struct salvage *salvage)
{
	decoder_free(salvage->decoder);
	free(salvage->block);
	if (salvage->fd != STDIN_FILENO)
		close(salvage->fd);
}

static ssize_t read_some(struct salvage *salvage, char *data, size_t size)
{
	ssize_t got;

	do
		got = read(salvage->fd, data, size);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		salvage->offset += got;
	return got;
}

// The first bytes say what it is.
static int recognise(struct salvage *salvage)
{
	size_t size, length = 0;
	ssize_t got = 1;

	salvage->decoder = decoder_new(COMPRESSION_GZIP);
	char *room = decoder_room(salvage->decoder, &size);

	while (got > 0 && !compression_recognise(slice_of(room, length), &salvage->kind)) {
		got = read_some(salvage, room + length, COMPRESSION_MAGIC_SIZE - length);
		length += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return -1;
	memcpy(salvage->block, room, length);
	decoder_free(salvage->decoder);
	salvage->decoder = NULL;
	if (salvage->kind == COMPRESSION_NONE) {
		salvage->is_plain = true;
		salvage->block_length = length;
		return 0;
	}
	salvage->decoder = decoder_new(salvage->kind);
	memcpy(decoder_room(salvage->decoder, &size), salvage->block, length);
	decoder_feed(salvage->decoder, length);
	return 0;
}

static bool is_header(enum compression kind, const unsigned char *p)
{
	if (kind == COMPRESSION_ZSTD)
		return memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0;
	// RFC 1952 2.3: deflate, no reserved flags, an extra flag and a system that exist.
	return p[0] == 0x1f && p[1] == 0x8b && p[2] == 8 && !(p[3] & 0xe0) && (p[8] == 0 || p[8] == 2 || p[8] == 4) &&
	    (p[9] <= 13 || p[9] == 255);
}

// The next place from `from` on that looks like the beginning of a member; -1 when there is none.
static int64_t find_header(const struct salvage *salvage, int64_t from)
{
	char *window = memory_new(SEARCH_SIZE + HEADER_SIZE);
	int64_t found = -1;
	ssize_t got;

	while (found < 0 && (got = pread(salvage->fd, window, SEARCH_SIZE, from)) >= HEADER_SIZE) {
		const char *p = window, *last = window + got - HEADER_SIZE;

		for (; found < 0 && p <= last; p++) {
			p = memchr(p, salvage->kind == COMPRESSION_ZSTD ? 0x28 : 0x1f, (size_t)(last - p) + 1);
			if (!p)
				break;
			if (is_header(salvage->kind, (const unsigned char *)p))
				found = from + (p - window);
		}
		from += got - HEADER_SIZE + 1;
	}
	free(window);
	return found;
}

// Fills the decoder. 0 at the end of the file.
static ssize_t feed(struct salvage *salvage)
{
	size_t size;
	char *room = decoder_room(salvage->decoder, &size);
	size_t wanted = decoder_wants(salvage->decoder);

	if (salvage->is_trial && size > TRIAL_SIZE)
		size = TRIAL_SIZE;
	ssize_t got = read_some(salvage, room, wanted && wanted < size ? wanted : size);

	if (got > 0)
		decoder_feed(salvage->decoder, (size_t)got);
	return got;
}

// Decoded bytes into the block: their number, 0 at a proper end, -1 with error.
static ssize_t decode(struct salvage *salvage, struct error *error)
{
	for (;;) {
		ssize_t count = decoder_read(salvage->decoder, salvage->block, BLOCK_SIZE, error);

		if (count < 0)
			return -1;
		if (decoder_is_between(salvage->decoder))
			salvage->member_start = salvage->offset - (int64_t)decoder_unread(salvage->decoder);
		if (count)
			return count;
		ssize_t got = feed(salvage);

		if (got < 0)
			return error_set_errno(error, "cannot read '%s'", salvage->path);
		if (got == 0)
			return decoder_finish(salvage->decoder, error);
	}
}

static int start_at(struct salvage *salvage, int64_t at)
{
	decoder_free(salvage->decoder);
	salvage->decoder = decoder_new(salvage->kind);
	salvage->member_start = salvage->offset = at;
	return lseek(salvage->fd, at, SEEK_SET) < 0 ? -1 : 0;
}

// Looks for a member behind the one that is damaged from which at least one byte can be had.
static void resume(struct salvage *salvage, struct salvage_damage *damage)
{
	struct error ignored;

	damage->from = salvage->offset - (int64_t)decoder_unread(salvage->decoder);
	damage->to = -1;
	int64_t at = salvage->member_start;

	for (int trial = 0; trial < TRIALS_MAX && (at = find_header(salvage, at + 1)) >= 0; trial++) {
		if (start_at(salvage, at))
			break;
		salvage->is_trial = true;
		ssize_t count = decode(salvage, &ignored);

		salvage->is_trial = false;
		if (count <= 0)
			continue;
		// A member that was cut is noticed only inside of the next one.
		damage->from = damage->from < at ? damage->from : at;
		damage->to = at;
		salvage->block_length = (size_t)count;
		return;
	}
	salvage->is_lost = true;
}

static enum salvage_result read_plain(struct salvage *salvage, struct salvage_damage *damage)
{
	ssize_t got = read_some(salvage, salvage->block, BLOCK_SIZE);

	if (got < 0) {
		error_set_errno(&damage->error, "cannot read '%s'", salvage->path);
		return SALVAGE_ERROR;
	}
	salvage->block_length = (size_t)got;
	return got ? SALVAGE_BYTES : SALVAGE_END;
}

enum salvage_result salvage_read(struct salvage *salvage, struct slice *bytes, struct salvage_damage *damage)
{
	enum salvage_result result = SALVAGE_BYTES;

	if (!salvage->decoder && !salvage->is_plain && recognise(salvage)) {
		error_set_errno(&damage->error, "cannot read '%s'", salvage->path);
		return SALVAGE_ERROR;
	}
	if (salvage->is_lost)
		return SALVAGE_END;
	if (!salvage->block_length && salvage->is_plain) {
		result = read_plain(salvage, damage);
	} else if (!salvage->block_length) {
		ssize_t count = decode(salvage, &damage->error);

		if (count < 0) {
			resume(salvage, damage);
			return SALVAGE_DAMAGE;
		}
		salvage->block_length = (size_t)count;
		result = count ? SALVAGE_BYTES : SALVAGE_END;
	}
	*bytes = slice_of(salvage->block, salvage->block_length);
	salvage->block_length = 0;
	return result;
}
