// What the fuzz targets of foreign formats share: a source in memory is read to readings, and what was written is looked at.
#ifndef TESTS_INGEST_FUZZ_H
#define TESTS_INGEST_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/ingest.h"
#include "io/output.h"
#include "record/line_scan.h"

static inline void require(bool condition)
{
	if (!condition)
		abort();
}

// path: by which it can be opened again.
static inline int memory_file(const char *name, char path[32])
{
	int fd = memfd_create(name, 0);

	require(fd >= 0);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static inline int memory_file_of(const char *name, char path[32], struct slice text)
{
	int fd = memory_file(name, path);

	require(write(fd, text.data, text.length) == (ssize_t)text.length);
	return fd;
}

// Appends all of it, with LINE_SCAN_PADDING bytes to spare.
static inline void read_whole(int fd, struct buffer *text)
{
	off_t size = lseek(fd, 0, SEEK_END);

	require(pread(fd, buffer_reserve(text, (size_t)size + LINE_SCAN_PADDING), (size_t)size, 0) == size);
	text->length += (size_t)size;
}

// The next line, without its newline.
static inline struct slice take_line(struct slice *rest)
{
	const char *newline = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;
	size_t length = newline ? (size_t)(newline - rest->data) : rest->length;
	struct slice line = slice_of(rest->data, length);

	*rest = slice_skip(*rest, length + 1);
	return line;
}

// One run of twin-ingest. Between begin and read the mapping and the ingest are filled.
struct ingest_run {
	struct mapping mapping;
	struct rejects rejects;
	struct ingest ingest;
	struct output output;
	struct record_sink sink;
	int written; // what was written, for read_whole
};

static inline void ingest_run_begin(struct ingest_run *run)
{
	char path[32];
	struct error error;

	run->written = memory_file("written", path);
	require(output_open(&run->output, path, &error) == 0);
	record_sink_init(&run->sink, &run->output, OUTPUT_FORMAT_NDJSON);
	mapping_init(&run->mapping);
	rejects_init(&run->rejects, false);
	run->rejects.quiet = true;
	ingest_init(&run->ingest, &run->mapping, &run->rejects);
	reading_writer_init(&run->ingest.writer, &run->sink, &run->sink);
	run->ingest.quiet = true;
}

static inline enum format_result ingest_run_read(
    struct ingest_run *run, const struct format *format, char *path, size_t max_line)
{
	struct source_lines lines;
	struct error error;

	run->ingest.max_line = max_line;
	source_lines_open(&lines, &path, max_line, NULL, NULL);
	reading_writer_source(&run->ingest.writer, lines.name, true);
	enum format_result result = format->read(&run->ingest, &lines, &error);

	source_lines_close(&lines);
	require(record_sink_flush(&run->sink, &error) == 0);
	return result;
}

static inline uint64_t ingest_run_rejected(const struct ingest_run *run)
{
	return run->rejects.count;
}

// The rejects are not finished: a target that opened a file for them has done so.
static inline void ingest_run_end(struct ingest_run *run)
{
	struct error error;

	ingest_release(&run->ingest);
	rejects_release(&run->rejects);
	mapping_release(&run->mapping);
	record_sink_release(&run->sink);
	require(output_close(&run->output, &error) == 0);
	close(run->written);
}

#endif
