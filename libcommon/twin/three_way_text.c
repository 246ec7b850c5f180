#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/timestamp.h"
#include "record/property_path.h"
#include "record/value.h"
#include "twin/document.h"
#include "twin/three_way.h"

void span_append_value(struct buffer *out, struct slice path, const struct span *span)
{
	struct document_writer document;

	if (span->count == 1 && span->leaves[0].path.length == path.length) {
		buffer_append_slice(out, span->leaves[0].value);
		return;
	}
	document_begin(&document, out);
	for (size_t i = 0; i < span->count; i++)
		document_put(&document, slice_skip(span->leaves[i].path, path.length ? path.length + 1 : 0),
		    span->leaves[i].value);
	document_end(&document);
}

static void put_path(struct buffer *out, const struct merge_conflict *conflict)
{
	static const char *const prefixes[REGISTER_KINDS] = {[REGISTER_REPORTED] = "",
	    [REGISTER_DESIRED] = "/desired",
	    [REGISTER_MODEL] = "/model",
	    [REGISTER_RELATIONSHIP] = "/relationships"};
	struct buffer path = BUFFER_INIT;

	buffer_append_string(&path, prefixes[conflict->kind]);
	if (path.length && conflict->path.length)
		buffer_append_char(&path, '/');
	buffer_append_slice(&path, conflict->path);
	buffer_append_string(out, ",\"path\":");
	json_append_string(out, buffer_slice(&path));
	buffer_release(&path);
}

static void put_text(struct buffer *out, const char *name, struct slice text)
{
	if (!text.length)
		return;
	buffer_printf(out, ",\"%s\":", name);
	json_append_string(out, text);
}

static void put_source(struct buffer *out, const struct leaf *leaf)
{
	struct assignment item = register_assignment(leaf->series, &leaf->series->usable);

	put_text(out, "unit", item.tail.unit);
	put_text(out, "sensor_id", item.tail.sensor_id);
}

static void put_candidate(struct buffer *out, const struct merge_conflict *conflict, size_t at)
{
	const struct span *span = &conflict->spans[at];
	int64_t newest = INT64_MIN;

	buffer_append_char(out, '{');
	if (span->count) {
		buffer_append_string(out, "\"value\":");
		span_append_value(out, conflict->path, span);
		if (span->count == 1)
			put_source(out, span->leaves);
		buffer_append_char(out, ',');
	}
	for (size_t i = 0; i < span->count; i++)
		if (span->leaves[i].series->usable.key.timestamp > newest)
			newest = span->leaves[i].series->usable.key.timestamp;
	if (span->count && conflict->entity_id.length) {
		buffer_append_string(out, "\"timestamp\":\"");
		timestamp_append(out, newest);
		buffer_append_string(out, "\",");
	}
	buffer_append_string(out, "\"from\":");
	json_append_string(out, slice_from_string(conflict->replicas->items[at].name));
	buffer_append_char(out, '}');
}

struct candidate {
	const char *name;
	size_t at;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct candidate *)a)->name, ((const struct candidate *)b)->name);
}

// By name, so that the order of operands does not show.
static void put_candidates(struct buffer *out, const struct merge_conflict *conflict)
{
	struct candidate *candidates = memory_new_zeroed(conflict->count, sizeof *candidates);
	size_t count = 0;

	for (size_t i = 0; i + 1 < conflict->count; i++)
		if (conflict->classes[i] != conflict->classes[conflict->count - 1])
			candidates[count++] = (struct candidate){conflict->replicas->items[i].name, i};
	qsort(candidates, count, sizeof *candidates, compare_names);
	buffer_append_string(out, ",\"candidates\":[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_append_char(out, ',');
		put_candidate(out, conflict, candidates[i].at);
	}
	buffer_append_char(out, ']');
	free(candidates);
}

static void put_value(struct buffer *out, const char *name, const struct merge_conflict *conflict, size_t at)
{
	const struct span *span = &conflict->spans[at];

	if (!span->count)
		return;
	buffer_printf(out, ",\"%s\":", name);
	span_append_value(out, conflict->path, span);
}

void merge_conflict_append(struct buffer *out, const struct merge_conflict *conflict)
{
	buffer_append_string(out, "{\"type\":\"conflict\"");
	if (conflict->entity_id.length) {
		buffer_append_string(out, ",\"entity_id\":");
		json_append_string(out, conflict->entity_id);
	}
	put_path(out, conflict);
	put_value(out, "base", conflict, conflict->count - 1);
	put_candidates(out, conflict);
	if (conflict->mean.length) {
		buffer_append_string(out, ",\"chosen\":");
		buffer_append_slice(out, conflict->mean);
	} else {
		put_value(out, "chosen", conflict, conflict->chosen);
	}
	buffer_printf(out, ",\"rule\":\"%s\"}", conflict->rule ? conflict->rule : "base");
}
