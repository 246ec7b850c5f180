// libFuzzer target: each line that is a record becomes items of a history, and each item the record that it was, which must become the same
// item again; and the rests of any two items, and any bytes in their place, must join to the same whichever comes first.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "twin/store_fold.h"
#include "twin/store_record.h"
#include "twin/store_rest.h"

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// One way from a record to its items.
struct way {
	struct record_scanner scanner;
	struct arena arena;
	struct record record;
	struct assignments list;
	struct store_rest_common common;
	struct buffer line, rest;
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void way_init(struct way *way)
{
	*way = (struct way){.list = ASSIGNMENTS_INIT};
	record_scanner_init(&way->scanner);
}

static void way_release(struct way *way)
{
	record_scanner_release(&way->scanner);
	arena_release(&way->arena);
	assignments_release(&way->list);
	store_rest_common_release(&way->common);
	buffer_release(&way->line);
	buffer_release(&way->rest);
}

static bool read_record(struct way *way, struct slice line)
{
	struct error ignored;

	buffer_reset(&way->line);
	buffer_append_slice(&way->line, line);
	memset(buffer_reserve(&way->line, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	arena_reset(&way->arena);
	if (record_scan(&way->scanner, buffer_slice(&way->line), &way->arena, &way->record, &ignored) ||
	    assignments_of_record(&way->list, &way->record, &ignored))
		return false;
	store_rest_common_make(&way->common, &way->record, way->list.count);
	return true;
}

static struct history_item item_of(struct way *way, size_t at)
{
	const struct assignment *item = &way->list.items[at];

	buffer_reset(&way->rest);
	store_rest_append(&way->rest, item, buffer_slice(&way->common.text), SLICE_EMPTY);
	return (struct history_item){
	    .live = item->key.live,
	    .has_received = record_has(&way->record, MEMBER_RECEIVED),
	    .timestamp = item->key.timestamp,
	    .counter = item->key.counter,
	    .seq = item->tail.seq,
	    .received = way->record.received,
	    .quality = item->key.quality,
	    .sensor_id = item->tail.sensor_id,
	    .value = item->tail.value,
	    .unit = item->tail.unit,
	    .command_id = item->tail.command_id,
	    .origin = item->origin,
	    .rest = buffer_slice(&way->rest),
	};
}

static struct store_series series_of(const struct way *way, size_t at)
{
	const struct assignment *item = &way->list.items[at];

	return (struct store_series){.kind = (int)item->kind, .entity_id = item->entity_id, .path = item->path};
}

static void require_same(const struct store_series *series, const struct history_item *item, struct way *back)
{
	require(back->list.count == 1);
	struct store_series other = series_of(back, 0);
	struct history_item again = item_of(back, 0);

	require(series->kind == other.kind && slice_equal(series->entity_id, other.entity_id));
	require(slice_equal(series->path, other.path) && history_item_compare(item, &again) == 0);
	require(slice_equal(item->origin, again.origin) && slice_equal(item->rest, again.rest));
}

static void check_record(struct store_record_writer *writer, struct slice line)
{
	struct way way, back;

	way_init(&way);
	way_init(&back);
	for (size_t i = 0; read_record(&way, line) && i < way.list.count; i++) {
		struct store_series series = series_of(&way, i);
		struct history_item item = item_of(&way, i);
		struct buffer out = BUFFER_INIT;

		store_record_append(writer, &out, &series, &item);
		require(read_record(&back, buffer_slice(&out)));
		require_same(&series, &item, &back);
		buffer_release(&out);
	}
	way_release(&way);
	way_release(&back);
}

static void join(struct slice a, struct slice b, struct buffer *out)
{
	buffer_reset(out);
	store_rest_join(NULL, a, b, out);
}

static void check_joins(struct slice a, struct slice b, struct slice c)
{
	struct buffer ab = BUFFER_INIT, ba = BUFFER_INIT, bc = BUFFER_INIT, left = BUFFER_INIT, right = BUFFER_INIT;

	join(a, b, &ab);
	join(b, a, &ba);
	require(slice_equal(buffer_slice(&ab), buffer_slice(&ba)));
	join(b, c, &bc);
	join(buffer_slice(&ab), c, &left);
	join(a, buffer_slice(&bc), &right);
	require(slice_equal(buffer_slice(&left), buffer_slice(&right)));
	join(buffer_slice(&left), b, &right);
	require(slice_equal(buffer_slice(&left), buffer_slice(&right)));
	buffer_release(&ab);
	buffer_release(&ba);
	buffer_release(&bc);
	buffer_release(&left);
	buffer_release(&right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size), lines[LINES_MAX];
	struct store_record_writer writer;
	size_t count = 0;

	store_record_writer_init(&writer);
	while (text.length && count < LINES_MAX) {
		const char *newline = memchr(text.data, '\n', text.length);

		lines[count] = slice_of(text.data, newline ? (size_t)(newline - text.data) : text.length);
		check_record(&writer, lines[count]);
		text = slice_skip(text, lines[count++].length + 1);
	}
	for (size_t i = 0; i + 2 < count; i++)
		check_joins(lines[i], lines[i + 1], lines[i + 2]);
	store_record_writer_release(&writer);
	return 0;
}
