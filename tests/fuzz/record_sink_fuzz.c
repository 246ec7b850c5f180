// libFuzzer target: whatever the lines, tables hold nothing that a terminal obeys, and CSV fields close their quotes.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "record/record_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void write_lines(struct record_sink *sink, struct slice rest)
{
	while (rest.length) {
		const char *end = memchr(rest.data, '\n', rest.length);
		struct slice line = slice_of(rest.data, end ? (size_t)(end - rest.data) : rest.length);

		record_sink_write(sink, line);
		rest = slice_skip(rest, line.length + 1);
	}
}

// What the sink makes of the lines.
static void show(struct buffer *out, enum output_format format, struct slice lines)
{
	struct output output = {.fd = memfd_create("shown", MFD_CLOEXEC), .flush_size = 65536};
	struct record_sink sink;
	struct error error;
	ssize_t got;

	output.name = memory_dup_string("shown");
	record_sink_init(&sink, &output, format);
	write_lines(&sink, lines);
	require(record_sink_flush(&sink, &error) == 0);
	record_sink_release(&sink);
	require(lseek(output.fd, 0, SEEK_SET) == 0);
	while ((got = read(output.fd, buffer_reserve(out, 65536), 65536)) > 0)
		out->length += (size_t)got;
	require(output_close(&output, &error) == 0);
}

static void check_table(struct slice text)
{
	require(utf8_is_valid(text));
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.data[i];

		require((c >= 0x20 && c != 0x7f) || c == '\n');
		require(!(c == 0xc2 && (unsigned char)text.data[i + 1] < 0xa0));
	}
}

static void check_csv(struct slice text)
{
	size_t quotes = 0;

	for (size_t i = 0; i < text.length; i++)
		quotes += text.data[i] == '"';
	require(quotes % 2 == 0);
	require(text.length == 0 || text.data[text.length - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice lines = slice_of((const char *)data, size);
	static const char *const widths[] = {"", "20", "50"};
	struct buffer out = BUFFER_INIT;

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		setenv("COLUMNS", widths[i], 1);
		show(&out, OUTPUT_FORMAT_TABLE, lines);
		check_table(buffer_slice(&out));
		buffer_reset(&out);
	}
	show(&out, OUTPUT_FORMAT_CSV, lines);
	check_csv(buffer_slice(&out));
	buffer_release(&out);
	return 0;
}
