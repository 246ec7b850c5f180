#include "format/native_record.h"

#include <inttypes.h>

#include "base/timestamp.h"
#include "format/known_names.h"
#include "record/line_scan.h"

void native_records_init(struct native_records *native, struct ingest *ingest, struct source_lines *lines)
{
	*native = (struct native_records){.ingest = ingest, .lines = lines, .arena = ARENA_INIT};
	record_scanner_init(&native->scanner);
}

void native_records_release(struct native_records *native)
{
	record_scanner_release(&native->scanner);
	arena_release(&native->arena);
	buffer_release(&native->copy);
	buffer_release(&native->whole);
	native_reading_release(&native->parts);
	buffer_release(&native->scratch);
}

static bool has_string(const struct value_tree *tree, struct slice name)
{
	const struct value *member = value_member(tree, value_root(tree), name);

	return member && member->kind == VALUE_STRING;
}

bool native_record_is_reading(const struct value_tree *tree)
{
	const struct value *root = value_root(tree);

	return has_string(tree, SLICE_LITERAL("entity_id")) && value_member(tree, root, SLICE_LITERAL("property")) &&
	    value_member(tree, root, SLICE_LITERAL("timestamp"));
}

bool native_records_have(struct native_records *native, const struct value_tree *tree)
{
	const struct mapping *mapping = native->ingest->mapping;

	native->tree = tree;
	if (mapping->entity_id.data || mapping->time.name.data || mapping->row_step || mapping->value_count ||
	    mapping->explode.data || mapping->property_column.data)
		return false;
	return has_string(tree, SLICE_LITERAL("type")) || native_record_is_reading(tree);
}

// Where an origin belongs among the members of the record: before those that come behind it in twin-record(5).
static const char *origin_place(const struct native_records *native)
{
	const struct value *root = value_root(native->tree);

	for (const struct value *member = value_first(native->tree, root); member;
	     member = value_next(native->tree, member))
		if (slice_is(member->name, "ack") || slice_is(member->name, "metadata"))
			return member->name.data - 1;
	return root->text.data + root->text.length - 1;
}

// The type of a native record; "reading" when it does not say.
static struct slice type_of(struct native_records *native)
{
	const struct value *type = value_member(native->tree, value_root(native->tree), SLICE_LITERAL("type"));

	buffer_reset(&native->scratch);
	return type && type->kind == VALUE_STRING ? value_string(type, &native->scratch) : SLICE_LITERAL("reading");
}

// The line with its origin.
static void append_native(const struct native_records *native, struct slice type, struct buffer *out)
{
	const struct reading_writer *writer = &native->ingest->writer;
	struct slice text = value_root(native->tree)->text;
	const char *place = origin_place(native);
	size_t before = (size_t)(place - text.data);
	bool at_end = *place == '}';

	if (!writer->has_origin || !known_type_has_origin(type) ||
	    value_member(native->tree, value_root(native->tree), SLICE_LITERAL("origin"))) {
		buffer_append_slice(out, text);
	} else {
		struct slice origin = slice_skip(buffer_slice(&writer->origin), 1); // without its comma

		buffer_append(out, text.data, before);
		buffer_append_string(out, at_end ? "," : "");
		buffer_append_slice(out, origin);
		buffer_printf(out, "%" PRIu64 "\"%s", native->lines->line, at_end ? "" : ",");
		buffer_append_slice(out, slice_skip(text, before));
	}
}

static void take_reading(struct native_records *native, const struct record *record, struct slice unit)
{
	buffer_reset(&native->whole);
	if (!unit.length)
		append_native(native, SLICE_LITERAL("reading"), &native->whole);
	native_reading_take(&native->parts, &native->ingest->writer, native->tree, record, unit,
	    buffer_slice(&native->whole), native->lines->line);
}

// What --unit says of a reading that does not say its own; empty: nothing.
static struct slice given_unit(struct native_records *native, const struct record *record)
{
	struct mapping *mapping = native->ingest->mapping;
	const struct mapping_pair *unit =
	    mapping->units.count ? mapping_find_pair(&mapping->units, record_text(record, MEMBER_PROPERTY)) : NULL;

	return unit && !record_text(record, MEMBER_UNIT).length ? unit->text : SLICE_EMPTY;
}

static void write_native(struct native_records *native, const struct record *record)
{
	struct reading_writer *writer = &native->ingest->writer;
	struct slice type = type_of(native);
	bool is_label = slice_is(type, "label"), is_reading = slice_is(type, "reading");
	struct record_sink *sink = is_label ? writer->labels : writer->readings;

	writer->label_count += is_label;
	writer->reading_count += is_reading;
	struct slice unit = is_reading ? given_unit(native, record) : SLICE_EMPTY;

	if (!sink || native->ingest->mapping_out)
		return;
	if (is_reading && (writer->hook || unit.length)) {
		take_reading(native, record, unit);
		return;
	}
	append_native(native, type, record_sink_begin(sink));
	record_sink_end(sink);
}

// The time that a member of the record holds, or what it was before.
static void find_time(const struct native_records *native, const char *name, int64_t *time)
{
	const struct value *node = value_member(native->tree, value_root(native->tree), slice_from_string(name));
	struct buffer scratch = BUFFER_INIT;
	int64_t found;

	if (node && node->kind == VALUE_STRING && timestamp_parse(value_string(node, &scratch), &found, NULL) == 0)
		*time = found;
	buffer_release(&scratch);
}

// The string that a member of the record holds; false when it holds none. *text is valid until the next call.
static bool find_text(struct native_records *native, struct slice name, struct slice *text)
{
	if (!has_string(native->tree, name))
		return false;
	buffer_reset(&native->scratch);
	*text = value_string(value_member(native->tree, value_root(native->tree), name), &native->scratch);
	return true;
}

// By what the record has of twin, property and time, or of begin and end; what it does not have does not count.
static bool is_selected_native(struct native_records *native)
{
	struct selection *selection = &native->ingest->selection;
	int64_t begin = INT64_MIN, end = INT64_MAX;
	struct slice text;

	if (find_text(native, SLICE_LITERAL("property"), &text) && !selection_has_property(selection, text))
		return false;
	if (!selection->by_row)
		return true;
	if (has_string(native->tree, SLICE_LITERAL("timestamp"))) {
		find_time(native, "timestamp", &begin);
		find_time(native, "timestamp", &end);
	} else {
		find_time(native, "begin", &begin);
		find_time(native, "end", &end);
	}
	return selection_has_span(selection, begin, end) &&
	    (!find_text(native, SLICE_LITERAL("entity_id"), &text) || selection_has_entity(selection, text));
}

static int check_native(struct native_records *native, struct slice line, struct record *record, struct error *error)
{
	arena_reset(&native->arena);
	buffer_reset(&native->copy);
	buffer_reserve(&native->copy, line.length + LINE_SCAN_PADDING);
	buffer_append_slice(&native->copy, line);
	return record_scan(&native->scanner, buffer_slice(&native->copy), &native->arena, record, error);
}

// Objects of somebody else may have a type as well, and must not be lost as readings in silence.
static void tell_type(struct native_records *native)
{
	struct slice type = type_of(native);
	struct buffer text = BUFFER_INIT;

	if (native->has_foreign_type || known_type(type))
		return;
	native->has_foreign_type = true;
	buffer_printf(&text,
	    "objects with a type such as '%.*s' are records and pass as they are (readings are made of them with "
	    "--time or --entity-id)",
	    type.length < 60 ? (int)type.length : 60, type.data);
	ingest_say(native->ingest, native->lines->name, buffer_slice(&text));
	buffer_release(&text);
}

int native_records_take(
    struct native_records *native, const struct value_tree *tree, struct slice line, struct error *error)
{
	struct record record;

	native->tree = tree;
	native->has_any = true;
	tell_type(native);
	if (known_type_has_origin(type_of(native)) && check_native(native, line, &record, error) < 0)
		return -1;
	if (is_selected_native(native))
		write_native(native, &record);
	return 0;
}
