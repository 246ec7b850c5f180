// gzip (RFC 1952) and Zstandard (RFC 8878) as streams, in bounded memory: what a decoder holds is its window (32 KiB, or what the
// frame asks for up to 128 MiB) and one block of input, however much comes out of it.
#ifndef IO_COMPRESSION_H
#define IO_COMPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

// So many first bytes always tell.
#define COMPRESSION_MAGIC_SIZE 4

// What a stream that begins so is. false when it takes more bytes to tell; *kind is then what it is if there are none.
bool compression_recognise(struct slice first, enum compression *kind);

// The program that takes a stream apart whose kind is not read, "xz -dc" and the like, and in *name what it is called; NULL for all else. With
// COMPRESSION_OTHER_SIZE bytes every such kind is told, with fewer some are.
#define COMPRESSION_OTHER_SIZE 10
const char *compression_other(struct slice first, const char **name);

// What a file of this name should hold: by .gz and .zst at its end.
enum compression compression_of_path(const char *path);

struct decoder;

struct decoder *decoder_new(enum compression kind) __attribute__((returns_nonnull));
void decoder_free(struct decoder *decoder);

// Where the next compressed bytes go, and how many have been put there. Only when decoder_read has returned 0, or at the start.
char *decoder_room(struct decoder *decoder, size_t *size);
void decoder_feed(struct decoder *decoder, size_t count);

// Up to size decoded bytes. 0: it needs to be fed. -1: "gzip data is damaged: incorrect data check" and the like.
ssize_t decoder_read(struct decoder *decoder, void *data, size_t size, struct error *error)
    __attribute__((warn_unused_result));

// For whoever looks for what is left of damaged data. Fed with no more than it wants at a time (0: anything), the decoder has handed out all
// that stands before the damage when it tells.
size_t decoder_wants(const struct decoder *decoder);
// Of the bytes fed, those not yet used.
size_t decoder_unread(const struct decoder *decoder);
// Whether a member has ended and no other begun.
bool decoder_is_between(const struct decoder *decoder);

// There will be no more input: -1 when it stops inside of a member.
int decoder_finish(const struct decoder *decoder, struct error *error) __attribute__((warn_unused_result));

struct encoder;

struct encoder *encoder_new(enum compression kind) __attribute__((returns_nonnull));
void encoder_free(struct encoder *encoder);

// Takes the bytes in and appends to out what came of them, which may be nothing until encoder_finish: the compressed bytes
// depend on the contents alone, not on the clock or on how the contents were cut into calls.
void encoder_write(struct encoder *encoder, struct slice bytes, struct buffer *out);
void encoder_finish(struct encoder *encoder, struct buffer *out);

#endif
