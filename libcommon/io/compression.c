#define ZLIB_CONST
#include "io/compression.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/message.h"

#define DECODER_INPUT_SIZE ((size_t)256 << 10)
#define ENCODER_ROOM       ((size_t)64 << 10)
// zlib counts bytes in unsigned ints.
#define STEP_MAX ((size_t)1 << 30)

#define GZIP_LEVEL 6
#define ZSTD_LEVEL 3
// Largest window of zlib, and 16 to ask for the gzip format.
#define GZIP_WINDOW_BITS (15 + 16)
// 128 MiB, which is zstd's own default.
#define ZSTD_WINDOW_LOG 27

struct decoder {
	enum compression kind;
	z_stream gzip;
	ZSTD_DStream *zstd;
	bool is_inside;    // a member has begun and not ended
	bool holds_output; // the last step filled its output: more may come of no input
	bool has_members;
	bool has_padding;
	size_t wants;            // of zstd: what its next block takes
	size_t position, length; // of the input not yet decoded
	char input[DECODER_INPUT_SIZE];
};

struct encoder {
	enum compression kind;
	z_stream gzip;
	ZSTD_CCtx *zstd;
};

bool compression_recognise(struct slice first, enum compression *kind)
{
	const unsigned char *bytes = (const unsigned char *)first.data;
	static const unsigned char zstd_tail[] = {0xb5, 0x2f, 0xfd};
	static const unsigned char skippable_tail[] = {0x2a, 0x4d, 0x18};

	*kind = COMPRESSION_NONE;
	if (first.length == 0)
		return false;
	bool is_gzip = bytes[0] == 0x1f;
	bool is_zstd = bytes[0] == 0x28;
	bool is_skippable = (bytes[0] & 0xf0) == 0x50; // zstd's parallel writers put such a frame first
	for (size_t i = 1; i < first.length && i < COMPRESSION_MAGIC_SIZE; i++) {
		is_gzip = is_gzip && (i > 1 || bytes[i] == 0x8b);
		is_zstd = is_zstd && bytes[i] == zstd_tail[i - 1];
		is_skippable = is_skippable && bytes[i] == skippable_tail[i - 1];
	}
	if (is_gzip && first.length >= 2)
		*kind = COMPRESSION_GZIP;
	else if ((is_zstd || is_skippable) && first.length >= COMPRESSION_MAGIC_SIZE)
		*kind = COMPRESSION_ZSTD;
	return *kind != COMPRESSION_NONE || !(is_gzip || is_zstd || is_skippable);
}

const char *compression_other(struct slice first, const char **name)
{
	static const struct {
		const char *name, *magic, *program;
		size_t fixed, varies; // bytes of the magic number, and the one among them that may be any (0: none)
	} others[] = {
	    {"xz", "\xfd\x37\x7a\x58", "xz -dc", 4, 0}, {"zip", "PK\x03\x04", "unzip -p", 4, 0},
	    {"bzip2", "BZh0\x31\x41\x59\x26\x53\x59", "bzip2 -dc", 10, 3}, // its beginning alone may be text
	};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		bool is_one = first.length >= others[i].fixed;

		for (size_t k = 0; is_one && k < others[i].fixed; k++)
			is_one = first.data[k] == others[i].magic[k] || (k && k == others[i].varies);
		if (is_one) {
			*name = others[i].name;
			return others[i].program;
		}
	}
	return NULL;
}

static bool ends_with(struct slice text, struct slice end)
{
	return text.length >= end.length && slice_equal(slice_skip(text, text.length - end.length), end);
}

enum compression compression_of_path(const char *path)
{
	struct slice name = slice_from_string(path);

	if (ends_with(name, SLICE_LITERAL(".gz")))
		return COMPRESSION_GZIP;
	if (ends_with(name, SLICE_LITERAL(".zst")))
		return COMPRESSION_ZSTD;
	return COMPRESSION_NONE;
}

struct decoder *decoder_new(enum compression kind)
{
	struct decoder *decoder = memory_new(sizeof *decoder);

	// Not zeroed: most of it is the input, which a short file never touches.
	decoder->kind = kind;
	decoder->gzip = (z_stream){0};
	decoder->zstd = NULL;
	decoder->is_inside = decoder->holds_output = decoder->has_members = decoder->has_padding = false;
	decoder->wants = decoder->position = decoder->length = 0;
	bool ok;

	if (kind == COMPRESSION_ZSTD) {
		decoder->zstd = ZSTD_createDStream();
		ok = decoder->zstd &&
		    !ZSTD_isError(ZSTD_DCtx_setParameter(decoder->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
	} else {
		ok = inflateInit2(&decoder->gzip, GZIP_WINDOW_BITS) == Z_OK;
	}
	if (!ok)
		message_die("out of memory");
	return decoder;
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	if (decoder->kind == COMPRESSION_ZSTD)
		ZSTD_freeDStream(decoder->zstd);
	else
		inflateEnd(&decoder->gzip);
	free(decoder);
}

char *decoder_room(struct decoder *decoder, size_t *size)
{
	*size = sizeof decoder->input;
	return decoder->input;
}

void decoder_feed(struct decoder *decoder, size_t count)
{
	decoder->position = 0;
	decoder->length = count;
}

// Between two members: zeros are allowed at the end, as gzip(1) has it for tapes; anything else has to be a member.
static int begin_gzip_member(struct decoder *decoder, struct error *error)
{
	while (decoder->position < decoder->length && decoder->input[decoder->position] == 0) {
		decoder->position++;
		decoder->has_padding = true;
	}
	if (decoder->position == decoder->length)
		return 0;
	if (decoder->has_padding || decoder->input[decoder->position] != 0x1f)
		return error_set(error, "the gzip data is followed by something else");
	return 0;
}

// One call of the library: how many bytes it made, which may be 0.
static ssize_t step_gzip(struct decoder *decoder, char *data, size_t size, struct error *error)
{
	z_stream *stream = &decoder->gzip;

	if (decoder->has_members && !decoder->is_inside && begin_gzip_member(decoder, error) < 0)
		return -1;
	stream->next_in = (Bytef *)decoder->input + decoder->position;
	stream->avail_in = (uInt)(decoder->length - decoder->position);
	stream->next_out = (Bytef *)data;
	stream->avail_out = (uInt)size;
	decoder->is_inside = decoder->is_inside || stream->avail_in > 0;
	int result = inflate(stream, Z_NO_FLUSH);

	decoder->position = decoder->length - stream->avail_in;
	if (result == Z_MEM_ERROR)
		message_die("out of memory");
	if (result == Z_STREAM_END) {
		decoder->is_inside = false;
		decoder->has_members = true;
		inflateReset(stream);
	} else if (result != Z_OK && result != Z_BUF_ERROR) {
		// What was made before the damage is good, and asking again gives the error again.
		if (stream->avail_out < size)
			return (ssize_t)(size - stream->avail_out);
		return error_set(error, "gzip data is damaged: %s", stream->msg ? stream->msg : "unknown method");
	}
	return (ssize_t)(size - stream->avail_out);
}

static ssize_t step_zstd(struct decoder *decoder, char *data, size_t size, struct error *error)
{
	ZSTD_inBuffer in = {decoder->input, decoder->length, decoder->position};
	ZSTD_outBuffer out = {data, size, 0};
	size_t result = ZSTD_decompressStream(decoder->zstd, &out, &in);

	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		message_die("out of memory");
	if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge)
		return error_set(error, "zstd data asks for a window of more than %d MiB", 1 << (ZSTD_WINDOW_LOG - 20));
	if (ZSTD_isError(result))
		return error_set(error, "zstd data is damaged: %s", ZSTD_getErrorName(result));
	decoder->position = in.pos;
	decoder->is_inside = result != 0;
	decoder->wants = result;
	return (ssize_t)out.pos;
}

ssize_t decoder_read(struct decoder *decoder, void *data, size_t size, struct error *error)
{
	ssize_t count = 0;

	if (size > STEP_MAX)
		size = STEP_MAX;
	while (count == 0 && (decoder->position < decoder->length || decoder->holds_output)) {
		if (decoder->kind == COMPRESSION_GZIP)
			count = step_gzip(decoder, data, size, error);
		else
			count = step_zstd(decoder, data, size, error);
		if (count < 0)
			return -1;
		decoder->holds_output = decoder->is_inside && (size_t)count == size;
	}
	return count;
}

size_t decoder_wants(const struct decoder *decoder)
{
	// The least header of a frame, when none has begun.
	return decoder->kind == COMPRESSION_ZSTD && !decoder->wants ? 5 : decoder->wants;
}

size_t decoder_unread(const struct decoder *decoder)
{
	return decoder->length - decoder->position;
}

bool decoder_is_between(const struct decoder *decoder)
{
	return !decoder->is_inside;
}

int decoder_finish(const struct decoder *decoder, struct error *error)
{
	if (!decoder->is_inside)
		return 0;
	return error_set(error, "%s data is cut off", decoder->kind == COMPRESSION_GZIP ? "gzip" : "zstd");
}

struct encoder *encoder_new(enum compression kind)
{
	struct encoder *encoder = memory_new_zeroed(1, sizeof *encoder);
	bool ok;

	encoder->kind = kind;
	if (kind == COMPRESSION_GZIP) {
		// zlib's own header has no name and time 0, so that the same contents give the same file.
		ok = deflateInit2(&encoder->gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY) ==
		    Z_OK;
	} else {
		encoder->zstd = ZSTD_createCCtx();
		ok = encoder->zstd &&
		    !ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) &&
		    !ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_checksumFlag, 1));
	}
	if (!ok)
		message_die("out of memory");
	return encoder;
}

void encoder_free(struct encoder *encoder)
{
	if (!encoder)
		return;
	if (encoder->kind == COMPRESSION_GZIP)
		deflateEnd(&encoder->gzip);
	else
		ZSTD_freeCCtx(encoder->zstd);
	free(encoder);
}

static void encode_gzip(z_stream *stream, struct slice bytes, int flush, struct buffer *out)
{
	int result;

	stream->next_in = (const Bytef *)bytes.data;
	stream->avail_in = (uInt)bytes.length;
	do {
		stream->next_out = (Bytef *)buffer_reserve(out, ENCODER_ROOM);
		stream->avail_out = ENCODER_ROOM;
		result = deflate(stream, flush);
		out->length += ENCODER_ROOM - stream->avail_out;
	} while (flush == Z_FINISH ? result != Z_STREAM_END : stream->avail_in > 0);
}

static void encode_zstd(ZSTD_CCtx *stream, struct slice bytes, ZSTD_EndDirective end, struct buffer *out)
{
	ZSTD_inBuffer in = {bytes.data, bytes.length, 0};
	size_t result;

	do {
		ZSTD_outBuffer room = {buffer_reserve(out, ENCODER_ROOM), ENCODER_ROOM, 0};

		result = ZSTD_compressStream2(stream, &room, &in, end);
		if (ZSTD_isError(result))
			message_die("zstd cannot compress: %s", ZSTD_getErrorName(result));
		out->length += room.pos;
	} while (end == ZSTD_e_end ? result != 0 : in.pos < in.size);
}

void encoder_write(struct encoder *encoder, struct slice bytes, struct buffer *out)
{
	while (bytes.length > 0) {
		struct slice part = slice_of(bytes.data, bytes.length < STEP_MAX ? bytes.length : STEP_MAX);

		if (encoder->kind == COMPRESSION_GZIP)
			encode_gzip(&encoder->gzip, part, Z_NO_FLUSH, out);
		else
			encode_zstd(encoder->zstd, part, ZSTD_e_continue, out);
		bytes = slice_skip(bytes, part.length);
	}
}

void encoder_finish(struct encoder *encoder, struct buffer *out)
{
	// Contents never go in with the end: zstd writes another header when all comes in one call.
	if (encoder->kind == COMPRESSION_GZIP)
		encode_gzip(&encoder->gzip, SLICE_EMPTY, Z_FINISH, out);
	else
		encode_zstd(encoder->zstd, SLICE_EMPTY, ZSTD_e_end, out);
}
