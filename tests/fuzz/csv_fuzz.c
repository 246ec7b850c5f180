// libFuzzer target: CSV and NDJSON of any bytes, from dialect to readings. The short cut of the splitter must give what libcsv gives, and
// every line that is written must be one JSON object. The first two bytes choose the delimiter and what is asked for.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/csv_split.h"
#include "format/ingest.h"
#include "io/output.h"
#include "record/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void compare_line(struct csv_split *fast, struct csv_split *plain, struct slice line)
{
	struct error error;
	enum csv_split_result result = csv_split_line(fast, line, &error);

	require(csv_split_plain(plain, line, &error) == result);
	if (result != CSV_SPLIT_RECORD)
		return;
	require(fast->count == plain->count);
	for (size_t i = 0; i < fast->count; i++)
		require(slice_equal(fast->cells[i], plain->cells[i]));
}

static void compare_splits(char delimiter, struct slice text)
{
	struct csv_split fast, plain;

	csv_split_init(&fast, delimiter);
	csv_split_init(&plain, delimiter);
	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;

		compare_line(&fast, &plain, slice_of(text.data, length));
		text = slice_skip(text, length + 1);
	}
	csv_split_release(&fast);
	csv_split_release(&plain);
}

static int memory_file(const char *name, char path[32])
{
	int fd = memfd_create(name, 0);

	require(fd >= 0);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static void require_objects(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct buffer text = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;
	struct slice rest;
	struct error error;

	require(pread(fd, buffer_reserve(&text, (size_t)size + 1), (size_t)size, 0) == size);
	text.length = (size_t)size;
	for (rest = buffer_slice(&text); rest.length;) {
		const char *newline = memchr(rest.data, '\n', rest.length);

		require(newline != NULL);
		require(value_parse(&tree, slice_of(rest.data, (size_t)(newline - rest.data)), &error) == 0);
		require(value_root(&tree)->kind == VALUE_OBJECT);
		rest = slice_skip(rest, (size_t)(newline - rest.data) + 1);
	}
	value_tree_release(&tree);
	buffer_release(&text);
}

static void ask(struct mapping *mapping, unsigned choice, char delimiter)
{
	if (choice & 1)
		mapping->delimiter = delimiter;
	if (choice & 2)
		mapping->header = choice & 4 ? HEADER_YES : HEADER_NO;
	if (choice & 8)
		mapping->row_step = 1000000000;
	if (choice & 16)
		mapping->entity_id = SLICE_LITERAL("{stem}-{row}");
	if (choice & 32)
		mapping_add_name(mapping, &mapping->labels, SLICE_LITERAL("a*"));
	if (choice & 64)
		mapping->explode = SLICE_LITERAL("/a");
	mapping->header_units = choice & 128;
}

static void read_source(struct slice text, unsigned choice, char delimiter)
{
	char in_path[32], out_path[32], *operand = in_path;
	int in = memory_file("in", in_path), out = memory_file("out", out_path);
	struct mapping mapping;
	struct rejects rejects;
	struct ingest ingest;
	struct output output;
	struct record_sink sink;
	struct source_lines lines;
	struct error error;
	const struct format *format = text.length && text.data[0] == '{' ? &format_ndjson : &format_csv;

	require(write(in, text.data, text.length) == (ssize_t)text.length);
	require(output_open(&output, out_path, &error) == 0);
	record_sink_init(&sink, &output, OUTPUT_FORMAT_NDJSON);
	mapping_init(&mapping);
	ask(&mapping, choice, delimiter);
	rejects_init(&rejects, false);
	rejects.count = REJECTS_SHOWN; // so that they are not told
	ingest_init(&ingest, &mapping, &rejects);
	reading_writer_init(&ingest.writer, &sink, &sink);
	ingest.quiet = true;
	source_lines_open(&lines, &operand, 1000, NULL, NULL);
	reading_writer_source(&ingest.writer, lines.name, true);
	format->read(&ingest, &lines, &error);
	source_lines_close(&lines);
	ingest_release(&ingest);
	rejects_release(&rejects);
	mapping_release(&mapping);
	record_sink_release(&sink);
	require(output_close(&output, &error) == 0);
	require_objects(out);
	close(in);
	close(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = {',', ';', '\t', '|', CSV_BLANKS};
	struct slice text;
	char delimiter;

	if (size < 2)
		return 0;
	delimiter = delimiters[data[0] % sizeof delimiters];
	text = slice_of((const char *)data + 2, size - 2);
	if (!memchr(text.data, '\0', text.length))
		compare_splits(delimiter, text);
	read_source(text, data[1], delimiter);
	return 0;
}
