#include "twin/store_record.h"

#include "record/property_path.h"
#include "twin/state_part.h"
#include "twin/store_fold.h"
#include "twin/store_rest.h"

enum store_record_type store_record_type(const struct store_series *series, const struct history_item *item)
{
	if (series->kind >= SERIES_REFUSED)
		return STORE_RECORD_REFUSED;
	switch (series->kind) {
	case REGISTER_REPORTED:
		return item->live ? STORE_RECORD_READING : STORE_RECORD_DELETED;
	case REGISTER_DESIRED:
		return STORE_RECORD_DESIRED;
	case REGISTER_TOMBSTONE:
		return STORE_RECORD_DELETED;
	case REGISTER_PREDICTION:
		return STORE_RECORD_PREDICTION;
	case REGISTER_EVENT:
		return STORE_RECORD_EVENT;
	case SERIES_FORECAST:
		return STORE_RECORD_FORECAST;
	default:
		return STORE_RECORD_STATE;
	}
}

unsigned store_record_kinds(unsigned types)
{
	static const unsigned kinds[STORE_RECORD_TYPES] = {
	    [STORE_RECORD_READING] = SERIES_KIND(REGISTER_REPORTED),
	    [STORE_RECORD_DELETED] = SERIES_KIND(REGISTER_REPORTED) | SERIES_KIND(REGISTER_TOMBSTONE),
	    [STORE_RECORD_DESIRED] = SERIES_KIND(REGISTER_DESIRED),
	    [STORE_RECORD_STATE] = SERIES_KIND(REGISTER_MODEL) | SERIES_KIND(REGISTER_RELATIONSHIP),
	    [STORE_RECORD_PREDICTION] = SERIES_KIND(REGISTER_PREDICTION),
	    [STORE_RECORD_EVENT] = SERIES_KIND(REGISTER_EVENT),
	    [STORE_RECORD_FORECAST] = SERIES_KIND(SERIES_FORECAST),
	    [STORE_RECORD_REFUSED] = SERIES_ALL_KINDS & ~(SERIES_KIND(SERIES_REFUSED) - 1),
	};
	unsigned all = 0;

	for (int type = 0; type < STORE_RECORD_TYPES; type++)
		if (types & STORE_RECORD_BIT(type))
			all |= kinds[type];
	return all;
}

void store_record_writer_init(struct store_record_writer *writer)
{
	*writer = (struct store_record_writer){.tree = VALUE_TREE_INIT};
	record_scanner_init(&writer->scanner);
}

void store_record_writer_release(struct store_record_writer *writer)
{
	value_tree_release(&writer->tree);
	record_scanner_release(&writer->scanner);
	arena_release(&writer->arena);
	assignments_release(&writer->read_back);
	buffer_release(&writer->scratch);
}

// What a record of another form than its own could say differently: the rest of a metric is whatever a state said of it, a desired object is
// taken apart, and a state may be nested deeper than a record whose value a state has to show.
static bool is_odd(const struct assignment *item)
{
	struct slice value = item->tail.value;
	bool is_container = value.length > 2 && (value.data[0] == '{' || value.data[0] == '[');

	if (item->kind == REGISTER_PREDICTION || item->kind == REGISTER_EVENT)
		return true;
	return is_container &&
	    ((item->kind == REGISTER_DESIRED && value.data[0] == '{') ||
		value.length >= 2 * (RECORD_DEPTH_MAX - PROPERTY_SEGMENTS_MAX));
}

static bool is_same(const struct assignment *a, const struct assignment *b)
{
	return a->kind == b->kind && slice_equal(a->entity_id, b->entity_id) && slice_equal(a->path, b->path) &&
	    a->key.timestamp == b->key.timestamp && a->key.counter == b->key.counter && a->key.live == b->key.live &&
	    a->key.quality == b->key.quality && a->tail.seq == b->tail.seq &&
	    slice_equal(a->tail.sensor_id, b->tail.sensor_id) && slice_equal(a->tail.value, b->tail.value) &&
	    slice_equal(a->tail.unit, b->tail.unit) && slice_equal(a->tail.command_id, b->tail.command_id);
}

// line: the end of a buffer with LINE_SCAN_PADDING behind it.
static bool reads_back(struct store_record_writer *writer, struct slice line, const struct assignment *item)
{
	const struct assignments *list = &writer->read_back;
	struct record record;
	struct error ignored;

	arena_reset(&writer->arena);
	return record_scan(&writer->scanner, line, &writer->arena, &record, &ignored) == 0 &&
	    assignments_of_record(&writer->read_back, &record, &ignored) == 0 && list->count == 1 &&
	    is_same(&list->items[0], item);
}

static void append(struct store_record_writer *writer, struct buffer *out, const struct assignment *item,
    const struct assignment_rest *rest)
{
	size_t start = out->length;

	assignment_append_whole(out, item, rest);
	if (!is_odd(item))
		return;
	memset(buffer_reserve(out, LINE_SCAN_PADDING), 0, LINE_SCAN_PADDING);
	if (reads_back(writer, slice_skip(buffer_slice(out), start), item))
		return;
	out->length = start;
	state_append_part(out, item, rest->has_received ? &rest->received : NULL);
}

// Copies of one reading may have said different things; the axis that its register holds need not be that of the metadata.
static struct slice with_axis(struct store_record_writer *writer, struct slice metadata, struct slice axis)
{
	struct value_tree *tree = &writer->tree;
	struct buffer *out = &writer->scratch;
	struct error ignored;
	const struct value *own;

	if (!axis.length || value_parse(tree, metadata, &ignored))
		return metadata;
	own = value_member(tree, value_root(tree), SLICE_LITERAL("axis"));
	if (own && slice_equal(own->text, axis))
		return metadata;
	buffer_reset(out);
	for (const struct value *member = value_first(tree, value_root(tree)); member;
	     member = value_next(tree, member)) {
		if (member == own)
			continue;
		buffer_append_string(out, out->length ? ",\"" : "{\"");
		buffer_append_slice(out, member->name);
		buffer_append_string(out, "\":");
		buffer_append_slice(out, member->text);
	}
	buffer_append_string(out, out->length ? ",\"axis\":" : "{\"axis\":");
	buffer_append_slice(out, axis);
	buffer_append_char(out, '}');
	return buffer_slice(out);
}

static void append_item(struct store_record_writer *writer, struct buffer *out, const struct store_series *series,
    const struct history_item *item, const struct store_rest *parts)
{
	struct assignment_rest rest = {.has_received = item->has_received,
	    .received = item->received,
	    .metadata = parts->metadata,
	    .others = parts->others};
	struct assignment assignment;

	store_item_assignment(series, item, &writer->tree, &assignment);
	if (rest.metadata.length && assignment.axis.length)
		rest.metadata = with_axis(writer, rest.metadata, assignment.axis);
	append(writer, out, &assignment, &rest);
}

void store_record_append(struct store_record_writer *writer, struct buffer *out, const struct store_series *series,
    const struct history_item *item)
{
	struct store_rest parts = {.metadata = SLICE_EMPTY, .others = SLICE_EMPTY, .refused = SLICE_EMPTY};

	if (series->kind == SERIES_FORECAST) {
		buffer_append_slice(out, item->value);
		return;
	}
	if (item->rest.length)
		store_rest_parse(item->rest, &writer->tree, &parts);
	if (series->kind < SERIES_REFUSED) {
		append_item(writer, out, series, item, &parts);
		return;
	}
	buffer_append_string(out, "{\"type\":\"refused\",\"reason\":\"");
	buffer_append_slice(out, parts.refused);
	buffer_append_string(out, "\",\"input\":");
	append_item(writer, out, series, item, &parts);
	buffer_append_char(out, '}');
}
