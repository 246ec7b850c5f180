#include "twin/history_block.h"

#include <math.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "twin/history_columns.h"

void history_block_release(struct history_block *block)
{
	free(block->rows);
	buffer_release(&block->bytes);
}

#define LEVEL 1

struct history_codec *history_codec_new(void)
{
	struct history_codec *codec = memory_new(sizeof *codec);

	// All that is read has been written before.
	codec->writer.bytes = (struct buffer)BUFFER_INIT;
	codec->compress = NULL;
	codec->decompress = NULL;
	return codec;
}

void history_codec_free(struct history_codec *codec)
{
	if (!codec)
		return;
	ZSTD_freeCCtx(codec->compress);
	ZSTD_freeDCtx(codec->decompress);
	buffer_release(&codec->writer.bytes);
	free(codec);
}

static int zstd_failed(size_t result, struct error *error)
{
	return ZSTD_isError(result) ? error_set(error, "zstd: %s", ZSTD_getErrorName(result)) : 0;
}

// Compresses what comes before `end`; what has statistics of its own becomes a zstd block of its own.
static int compress_part(ZSTD_CCtx *context, ZSTD_inBuffer *in, size_t end, ZSTD_EndDirective directive,
    struct buffer *out, struct error *error)
{
	size_t left = 1;

	in->size = end;
	while (left) {
		char *data = buffer_reserve(out, ZSTD_compressBound(end - in->pos) + 32);
		ZSTD_outBuffer to = {data, out->capacity - out->length, 0};

		left = ZSTD_compressStream2(context, &to, in, directive);
		if (zstd_failed(left, error) < 0)
			return -1;
		out->length += to.pos;
	}
	return 0;
}

static int compress(struct history_codec *codec, struct buffer *out, struct error *error)
{
	const struct column_writer *writer = &codec->writer;
	ZSTD_inBuffer in = {writer->bytes.data, 0, 0};

	if (!codec->compress) {
		codec->compress = ZSTD_createCCtx();
		if (!codec->compress)
			return error_set(error, "zstd: no memory");
		if (zstd_failed(ZSTD_CCtx_setParameter(codec->compress, ZSTD_c_compressionLevel, LEVEL), error) < 0 ||
		    zstd_failed(ZSTD_CCtx_setParameter(codec->compress, ZSTD_c_checksumFlag, 1), error) < 0)
			return -1;
	}
	if (zstd_failed(ZSTD_CCtx_reset(codec->compress, ZSTD_reset_session_only), error) < 0 ||
	    zstd_failed(ZSTD_CCtx_setPledgedSrcSize(codec->compress, writer->bytes.length), error) < 0)
		return -1;
	for (size_t i = 0; i < writer->cut_count; i++)
		if (writer->cuts[i] > in.pos && writer->cuts[i] < writer->bytes.length &&
		    compress_part(codec->compress, &in, writer->cuts[i], ZSTD_e_flush, out, error) < 0)
			return -1;
	return compress_part(codec->compress, &in, writer->bytes.length, ZSTD_e_end, out, error);
}

int history_encode(struct history_codec *codec, const struct history_row *const *rows, size_t count, struct buffer *out,
    struct history_extent *extent, struct error *error)
{
	*extent = history_columns_write(codec, rows, count);
	return compress(codec, out, error);
}

// A frame says how long its contents are; more than a block can be is not asked for.
#define CONTENT_MAX (HISTORY_ITEM_BYTES + HISTORY_BLOCK_BYTES + ((size_t)HISTORY_BLOCK_ROWS << 8))

static int decompress(
    struct history_codec *codec, const void *data, size_t length, struct buffer *bytes, struct error *error)
{
	unsigned long long content = ZSTD_getFrameContentSize(data, length);

	if (content == ZSTD_CONTENTSIZE_ERROR || content == ZSTD_CONTENTSIZE_UNKNOWN || content > CONTENT_MAX)
		return error_set(error, "damaged: not a block of history");
	if (!codec->decompress)
		codec->decompress = ZSTD_createDCtx();
	if (!codec->decompress)
		return error_set(error, "zstd: no memory");
	buffer_reset(bytes);
	size_t got = ZSTD_decompressDCtx(codec->decompress, buffer_reserve(bytes, content), content, data, length);

	if (ZSTD_isError(got))
		return error_set(error, "damaged: %s", ZSTD_getErrorName(got));
	if (got != content)
		return error_set(error, "damaged: %zu bytes instead of %llu", got, content);
	bytes->length = got;
	return 0;
}

static int check_order(const struct history_block *block, struct error *error)
{
	for (size_t i = 1; i < block->count; i++) {
		const struct history_item *a = &block->rows[i - 1].item, *b = &block->rows[i].item;

		if (a->series == b->series && a->timestamp < b->timestamp)
			continue;
		if (history_row_compare(&block->rows[i - 1], &block->rows[i]) >= 0)
			return error_set(error, "damaged: item %zu is out of order", i + 1);
	}
	return 0;
}

int history_decode(
    struct history_codec *codec, const void *data, size_t length, struct history_block *block, struct error *error)
{
	block->count = 0;
	if (decompress(codec, data, length, &block->bytes, error) < 0)
		return -1;
	if (history_columns_read(codec, block) < 0) {
		block->count = 0;
		return error_set(error, "damaged: its columns cannot be read");
	}
	if (check_order(block, error) < 0) {
		block->count = 0;
		return -1;
	}
	return 0;
}
