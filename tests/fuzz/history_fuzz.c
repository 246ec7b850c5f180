// libFuzzer target: blocks of history. The first byte chooses: any bytes as a block; any bytes as the columns within a frame that is right; or
// items drawn from the bytes. What can be read must come back from a block that is written anew.
#include <stdint.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "twin/history_block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_equal(const struct history_row *a, const struct history_row *b)
{
	struct history_text a_text = HISTORY_TEXT_INIT, b_text = HISTORY_TEXT_INIT;
	struct history_item x = history_row_item(a, &a_text), y = history_row_item(b, &b_text);

	require(history_item_compare(&x, &y) == 0);
	require(x.series == y.series && x.seq == y.seq && x.has_received == y.has_received &&
	    x.received == y.received && x.revision == y.revision);
	require(slice_equal(x.value, y.value) && slice_equal(x.origin, y.origin) && slice_equal(x.rest, y.rest));
	buffer_release(&a_text.origin);
	buffer_release(&b_text.origin);
}

static void write_and_read(struct history_codec *codec, const struct history_row *rows, size_t count)
{
	const struct history_row **pointers = memory_new(count * sizeof *pointers);
	struct history_block again = HISTORY_BLOCK_INIT;
	struct buffer bytes = BUFFER_INIT;
	struct history_extent extent;
	struct error error;

	for (size_t i = 0; i < count; i++)
		pointers[i] = &rows[i];
	require(history_encode(codec, pointers, count, &bytes, &extent, &error) == 0);
	require(history_decode(codec, bytes.data, bytes.length, &again, &error) == 0);
	require(again.count == count && again.extent.revision == extent.revision);
	require(again.extent.oldest == extent.oldest && again.extent.newest == extent.newest);
	for (size_t i = 0; i < count; i++)
		require_equal(&rows[i], &again.rows[i]);
	history_block_release(&again);
	buffer_release(&bytes);
	free(pointers);
}

static void read_block(struct history_codec *codec, const void *data, size_t size)
{
	struct history_block block = HISTORY_BLOCK_INIT;
	struct error error;

	if (history_decode(codec, data, size, &block, &error) == 0)
		write_and_read(codec, block.rows, block.count);
	history_block_release(&block);
}

static void read_columns(struct history_codec *codec, const void *data, size_t size)
{
	size_t bound = ZSTD_compressBound(size);
	char *frame = memory_new(bound);
	size_t length = ZSTD_compress(frame, bound, data, size, 1);

	require(!ZSTD_isError(length));
	read_block(codec, frame, length);
	free(frame);
}

struct source {
	const uint8_t *at;
	const uint8_t *end;
};

static uint64_t draw(struct source *source, size_t bytes)
{
	uint64_t word = 0;

	for (; bytes && source->at < source->end; bytes--)
		word = word << 8 | *source->at++;
	return word;
}

static struct slice draw_text(struct source *source)
{
	size_t length = draw(source, 1) % 24, left = (size_t)(source->end - source->at);
	struct slice text = slice_of((const char *)source->at, length < left ? length : left);

	source->at += text.length;
	return text;
}

// Numbers and texts without what a JSON parser would have to look at.
static struct slice draw_value(struct source *source)
{
	static const char digits[] = "0123456789.-e1";
	struct slice text = draw_text(source);
	char *value = memory_new(text.length + 1);

	for (size_t i = 0; i < text.length; i++)
		value[i] = digits[(uint8_t)text.data[i] % 14];
	return slice_of(value, text.length);
}

static int compare_rows(const void *a, const void *b)
{
	return history_row_compare(a, b);
}

#define ROWS_MAX 64

static void write_items(struct history_codec *codec, struct source source)
{
	struct history_row rows[ROWS_MAX];
	char *values[ROWS_MAX];
	size_t count = 0, kept = 1;

	while (source.at < source.end && count < ROWS_MAX) {
		uint8_t form = (uint8_t)draw(&source, 1);
		struct history_item item = {
		    .series = form & 1 ? (uint32_t)draw(&source, 4) : form >> 6,
		    .live = form & 2,
		    .has_received = form & 4,
		    .timestamp = (int64_t)draw(&source, form & 8 ? 8 : 1),
		    .counter = (int64_t)draw(&source, form & 16 ? 8 : 0),
		    .quality = (double)(draw(&source, 1) % 101) / (form & 32 ? 100 : 3),
		    .sensor_id = draw_text(&source),
		    .value = draw_value(&source),
		    .unit = draw_text(&source),
		    .command_id = draw_text(&source),
		    .origin = draw_text(&source),
		    .rest = draw_text(&source),
		};

		item.seq = (int64_t)draw(&source, 1);
		item.revision = 1 + (int64_t)(draw(&source, form & 8 ? 2 : 8) >> 2);
		item.received = item.has_received ? (int64_t)draw(&source, 8) : 0;
		values[count] = (char *)(uintptr_t)item.value.data;
		history_row_set(&rows[count++], &item);
	}
	if (!count)
		return;
	qsort(rows, count, sizeof *rows, compare_rows);
	for (size_t i = 1; i < count; i++)
		if (history_row_compare(&rows[kept - 1], &rows[i]) != 0)
			rows[kept++] = rows[i];
	write_and_read(codec, rows, kept);
	for (size_t i = 0; i < count; i++)
		free(values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct history_codec *codec = history_codec_new();

	if (size && data[0] % 3 == 0)
		read_block(codec, data + 1, size - 1);
	else if (size && data[0] % 3 == 1)
		read_columns(codec, data + 1, size - 1);
	else if (size)
		write_items(codec, (struct source){data + 1, data + size});
	history_codec_free(codec);
	return 0;
}
