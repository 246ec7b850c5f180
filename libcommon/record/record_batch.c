#define _GNU_SOURCE // memrchr
#include "record/record_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

// Of a block of very short lines, so many records are made at a time: a record is larger than the shortest lines by far.
#define RECORDS_MAX 4096

void record_batch_init(struct record_batch *batch)
{
	*batch = (struct record_batch){.block = BUFFER_INIT, .arena = ARENA_INIT};
	sem_init(&batch->parsed, 0, 0);
	sem_init(&batch->spare, 0, 1);
}

void record_batch_release(struct record_batch *batch)
{
	buffer_release(&batch->block);
	arena_release(&batch->arena);
	free(batch->records);
	free(batch->hashes);
	sem_destroy(&batch->parsed);
	sem_destroy(&batch->spare);
}

const char *last_newline(const char *data, size_t length)
{
	return length ? memrchr(data, '\n', length) : NULL;
}

int line_too_long(size_t max_line, struct error *error)
{
	return error_set(error, "line is longer than %zu bytes (--max-line)", max_line);
}

static void set_invalid(struct record_batch *batch, struct record *record, struct slice line, const char *message)
{
	record->type = RECORD_INVALID;
	record->line = line;
	record->present = 0;
	record->text[0] = arena_dup(&batch->arena, slice_of(message, strlen(message) + 1));
}

static void grow_records(struct record_batch *batch)
{
	batch->records = memory_grow(batch->records, &batch->capacity, batch->count + 512, sizeof *batch->records);
	batch->hashes = memory_resize(batch->hashes, batch->capacity, sizeof *batch->hashes);
}

void record_batch_parse(struct record_batch *batch, struct record_scanner *scanner, size_t max_line)
{
	const char *p = batch->block.data + batch->taken;
	const char *end = batch->block.data + batch->block.length;
	struct error error;

	arena_reset(&batch->arena);
	batch->count = 0;
	if (batch->kind != BATCH_LINES)
		return;
	for (; p < end; batch->count++) {
		if (batch->count == batch->capacity) {
			if (batch->capacity >= RECORDS_MAX)
				break;
			grow_records(batch);
		}
		struct record *record = &batch->records[batch->count];
		const char *next = record_scan_plain(scanner, p, end, record);

		if (next && record->line.length <= max_line) {
			batch->hashes[batch->count] = record->series_hash;
			p = next;
			continue;
		}
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		struct slice line = slice_of(p, (size_t)((newline ? newline : end) - p));

		// The same words as for a line that does not even fit into a block: see record_reader.c.
		if (line.length > max_line ? line_too_long(max_line, &error)
					   : record_scan(scanner, line, &batch->arena, record, &error))
			set_invalid(batch, record, line, error.message);
		batch->hashes[batch->count] = record->type == RECORD_READING ? record->series_hash : 0;
		p = newline ? newline + 1 : end;
	}
	batch->taken = (size_t)(p - batch->block.data);
}
