// JSON objects, one a line, to readings. Records of this toolkit pass as they are.
#include <string.h>

#include "format/format.h"
#include "format/json_row.h"
#include "format/native_record.h"

struct json_source {
	struct ingest *ingest;
	struct source_lines *lines;
	struct json_row row;
	struct native_records native; // where any has passed, one object that cannot be read ends nothing
	bool has_plan;
	uint64_t untimed_count; // lines rejected since nothing gives them a time
};

static int make_plan(struct json_source *json, struct error *error)
{
	struct buffer said = BUFFER_INIT;

	if (json->has_plan)
		return 0;
	json->has_plan = true;
	int result = json_plan_make(&json->row.plan, &json->row.tree, error);

	json->ingest->has_rows |= !json->row.plan.clock.is_missing;
	if (result < 0)
		return -1;
	json_plan_append_guesses(&said, &json->row.plan);
	ingest_say(json->ingest, json->lines->name, buffer_slice(&said));
	buffer_release(&said);
	if (json->ingest->mapping_out)
		json_plan_append_mapping(json->ingest->mapping_out, &json->row.plan);
	else if (json->ingest->explain)
		json_plan_explain(&json->row.plan);
	return 0;
}

// An object that nothing can be made of. Without a time it is rejected, and told about in the end; among records it costs itself alone;
// anything else ends the source.
static enum format_result reject_unplanned(struct json_source *json, struct error *error)
{
	bool is_untimed = json->row.plan.clock.is_missing;

	if (json->ingest->mapping_out || (!is_untimed && !json->native.has_any))
		return FORMAT_FAILED;
	json->has_plan = false;
	json_plan_release(&json->row.plan);
	json_plan_init(&json->row.plan, json->ingest, json->lines->name);
	if (json->native.has_any)
		return json_row_reject(&json->row, error->message);
	json->untimed_count++;
	return ingest_reject_untold(json->ingest, json->lines, json->lines->line, json->row.line, error->message)
	    ? FORMAT_STOPPED
	    : FORMAT_DONE;
}

static enum format_result take_line(struct json_source *json, struct error *error)
{
	int result = value_parse(&json->row.tree, json->row.line, error);

	if (result == 0 && value_root(&json->row.tree)->kind != VALUE_OBJECT)
		result = error_set(error, "the line is no JSON object");
	if (result < 0) {
		json->ingest->row_count++;
		return json_row_reject(&json->row, error->message);
	}
	json->row.number++;
	if (native_records_have(&json->native, &json->row.tree)) {
		result = native_records_take(&json->native, &json->row.tree, json->row.line, error);
		return result < 0 ? json_row_reject(&json->row, error->message) : FORMAT_DONE;
	}
	if (make_plan(json, error) < 0)
		return reject_unplanned(json, error);
	if (json->ingest->mapping_out)
		return FORMAT_STOPPED;
	return json_row_take(&json->row, error);
}

static bool is_blank(struct slice line)
{
	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	return true;
}

static enum format_result read_lines(struct json_source *json, struct error *error)
{
	enum format_result result = FORMAT_DONE;
	enum line_result read = LINE_END;

	while (result == FORMAT_DONE && (read = source_lines_next(json->lines, &json->row.line, error)) > LINE_END) {
		if (read == LINE_TOO_LONG) {
			bool stop = source_lines_reject_long(json->lines, json->ingest->rejects, json->row.line);

			result = stop ? FORMAT_STOPPED : FORMAT_DONE;
		} else if (!is_blank(json->row.line)) {
			result = take_line(json, error);
		}
	}
	return result == FORMAT_DONE && read == LINE_ERROR ? FORMAT_FAILED : result;
}

static enum format_result read_ndjson(struct ingest *ingest, struct source_lines *lines, struct error *error)
{
	struct json_source json = {.ingest = ingest, .lines = lines};
	enum format_result result;

	json_row_init(&json.row, ingest, lines);
	native_records_init(&json.native, ingest, lines);
	result = read_lines(&json, error);
	if (json.untimed_count)
		ingest_tell_untimed(ingest, lines->name,
		    json.has_plan ? "begins with objects without a time that can be recognised" : ROW_CLOCK_MISSING,
		    json.untimed_count);
	native_records_release(&json.native);
	json_row_release(&json.row);
	return result == FORMAT_STOPPED && ingest->mapping_out ? FORMAT_DONE : result;
}

// Any object may be read so; a reading of this toolkit is nothing else, even where it has members that another format knows.
static enum format_fit fit_of_object(struct slice line)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error ignored;
	bool is_reading = value_parse(&tree, line, &ignored) == 0 && native_record_is_reading(&tree);

	value_tree_release(&tree);
	return is_reading ? FORMAT_FIT_YES : FORMAT_FIT_ANY;
}

static enum format_fit recognise(struct slice start)
{
	while (start.length && (start.data[0] == ' ' || start.data[0] == '\t'))
		start = slice_skip(start, 1);
	if (!start.length || start.data[0] != '{')
		return FORMAT_FIT_NO;
	const char *newline = memchr(start.data, '\n', start.length);

	return newline ? fit_of_object(slice_of(start.data, (size_t)(newline - start.data))) : FORMAT_FIT_ANY;
}

const struct format format_ndjson = {
    .name = "ndjson", .title = "JSON lines", .recognise = recognise, .read = read_ndjson};
