#include "format/senml_reading.h"

#include <inttypes.h>

#include "base/timestamp.h"
#include "format/mapping_columns.h"
#include "format/senml_name.h"
#include "record/property_path.h"
#include "record/record.h"

void senml_writer_init(struct senml_writer *writer, struct ingest *ingest, const char *source)
{
	*writer = (struct senml_writer){.ingest = ingest, .source = source, .cells = CELL_READER_INIT};
	property_plan_init(&writer->properties, ingest);
}

void senml_writer_release(struct senml_writer *writer)
{
	struct buffer *buffers[] = {&writer->n, &writer->name, &writer->entity, &writer->path, &writer->sum_path,
	    &writer->unit, &writer->sum_unit, &writer->unit_member, &writer->sum, &writer->value, &writer->metadata,
	    &writer->text};

	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
		buffer_release(buffers[i]);
	name_template_release(&writer->entity_id);
	property_plan_release(&writer->properties);
	missing_words_release(&writer->missing);
	cell_reader_release(&writer->cells);
}

// The words of the template that stand for parts of the name.
static int read_word(struct senml_writer *writer, struct slice word, struct error *error)
{
	if (slice_is(word, "bn"))
		writer->uses_bn = true;
	else if (slice_is(word, "n"))
		writer->uses_n = true;
	else if (slice_is(word, "name"))
		writer->uses_name = true;
	else
		return error_set(error, "--entity-id: {%.*s} stands for nothing in SenML, only {bn}, {n} and {name} do",
		    (int)(word.length < 60 ? word.length : 60), word.data);
	return 0;
}

int senml_writer_start(struct senml_writer *writer, struct error *error)
{
	struct mapping *mapping = writer->ingest->mapping;
	struct buffer ignored = BUFFER_INIT;
	int result = mapping_refuse_columns(mapping, "SenML", error);

	for (size_t i = 0; i < mapping->missing.count; i++)
		missing_words_add(&writer->missing, mapping->missing.items[i].text);
	if (result < 0 || !mapping->entity_id.data)
		return result;
	result = name_template_parse(&writer->entity_id, mapping->entity_id, error);
	for (size_t i = 0; i < writer->entity_id.count && result == 0; i++) {
		const struct template_part *part = &writer->entity_id.parts[i];

		// Standard input has no name: told once instead of for every record.
		result = part->kind == TEMPLATE_COLUMN ? read_word(writer, part->text, error)
						       : name_template_append(&ignored, part, writer->source, 1, error);
	}
	buffer_release(&ignored);
	return result;
}

static inline bool has(const struct senml_record *record, enum senml_label label)
{
	return record->present & SENML_BIT(label);
}

bool senml_record_is_base(const struct senml_record *record)
{
	return record->present && !(record->present & ~SENML_BASES) && !record->has_others;
}

static int check_kinds(const struct senml_record *record, struct error *error)
{
	static const char *const kinds[] = {[SENML_BN] = "string",
	    [SENML_BU] = "string",
	    [SENML_N] = "string",
	    [SENML_U] = "string",
	    [SENML_VS] = "string",
	    [SENML_VD] = "string",
	    [SENML_VB] = "boolean",
	    [SENML_LABELS] = NULL};
	unsigned label = record->wrong ? (unsigned)__builtin_ctz(record->wrong) : SENML_LABELS;

	if (label == SENML_LABELS)
		return 0;
	return error_set(error, "%s is no %s", senml_label_names[label], kinds[label] ? kinds[label] : "number");
}

static int check_values(const struct senml_record *record, struct error *error)
{
	uint32_t values = record->present & SENML_VALUES, rest = values & (values - 1);

	if (rest)
		return error_set(error, "it has two values, %s and %s", senml_label_names[__builtin_ctz(values)],
		    senml_label_names[__builtin_ctz(rest)]);
	if (!values && !has(record, SENML_S))
		return error_set(error, "it has no value (v, vs, vb, vd or s)");
	return 0;
}

int senml_record_check(const struct senml_record *record, const struct senml_base *base, struct error *error)
{
	if (record->must_understand)
		return error_set(error, "'%.*s' has to be understood, and is not known",
		    (int)(record->not_understood.length < 60 ? record->not_understood.length : 60),
		    record->not_understood.data);
	if (base->version > SENML_VERSION)
		return error_set(error, "the bver before is none of the versions 1 to %d", SENML_VERSION);
	if (check_kinds(record, error) < 0)
		return -1;
	if (senml_record_is_base(record))
		return 0;
	return check_values(record, error) < 0 ? -1 : senml_base_check(base, record, error);
}

// The string that the record has there; empty when it has none.
static struct slice decode(const struct senml_record *record, enum senml_label label, struct buffer *scratch)
{
	struct slice raw = has(record, label) ? record->text[label] : SLICE_EMPTY;

	if (!(record->escaped & SENML_BIT(label)))
		return raw;
	buffer_reset(scratch);
	json_decode_string(scratch, raw);
	return buffer_slice(scratch);
}

static int make_name(struct senml_writer *writer, struct slice bn, struct slice n, struct error *error)
{
	if (bn.length + n.length > SENML_NAME_MAX)
		return error_set(error, "its name is longer than %d bytes (bn, n)", SENML_NAME_MAX);
	buffer_reset(&writer->name);
	buffer_append_slice(&writer->name, bn);
	buffer_append_slice(&writer->name, n);
	return senml_name_check(buffer_slice(&writer->name), error);
}

static int append_part(struct senml_writer *writer, const struct template_part *part, struct slice bn, struct slice n,
    uint64_t row, struct error *error)
{
	struct slice text = slice_is(part->text, "bn") ? senml_name_trim(bn)
	    : slice_is(part->text, "n")                ? n
						       : buffer_slice(&writer->name);

	if (part->kind != TEMPLATE_COLUMN)
		return name_template_append(&writer->entity, part, writer->source, row, error);
	if (!text.length)
		return error_set(
		    error, "the name of the twin is missing (%.*s)", (int)part->text.length, part->text.data);
	buffer_append_slice(&writer->entity, text);
	return 0;
}

// What of the name a template leaves to the property.
static struct slice left_by_template(const struct senml_writer *writer, struct slice n)
{
	if (writer->uses_n || writer->uses_name)
		return SLICE_EMPTY;
	if (!writer->uses_bn)
		return buffer_slice(&writer->name);
	while (n.length && (n.data[0] == ':' || n.data[0] == '/'))
		n = slice_skip(n, 1);
	return n;
}

// Twin and property; the latter goes into path.
static int make_entity(struct senml_writer *writer, struct slice bn, struct slice n, uint64_t row, struct error *error)
{
	struct slice entity, property;

	if (writer->entity_id.count) {
		buffer_reset(&writer->entity);
		for (size_t i = 0; i < writer->entity_id.count; i++)
			if (append_part(writer, &writer->entity_id.parts[i], bn, n, row, error) < 0)
				return -1;
		entity = buffer_slice(&writer->entity);
		property = left_by_template(writer, n);
	} else {
		senml_name_split(buffer_slice(&writer->name), &entity, &property);
	}
	if (!entity.length || entity.length > RECORD_ENTITY_MAX)
		return error_set(
		    error, "the name of the twin is %s", entity.length ? "longer than 1024 bytes" : "empty");
	writer->facts.entity_id = entity;
	buffer_reset(&writer->path);
	senml_name_append_path(&writer->path, property);
	return 0;
}

// A name that is the twin's alone says nothing of what is measured; then the unit does, so that several quantities of one name stay apart.
static void complete_path(struct senml_writer *writer, struct slice unit)
{
	if (!writer->path.length && unit.length)
		property_path_append(&writer->path, 0, unit);
	else if (!writer->path.length)
		buffer_append_string(&writer->path, "value");
	buffer_reset(&writer->sum_path);
	buffer_append_slice(&writer->sum_path, buffer_slice(&writer->path));
	buffer_append_string(&writer->sum_path, "_sum");
}

static inline bool is_base64url(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
}

// RFC 4648 section 5, without padding.
static int check_data(struct slice data, struct error *error)
{
	for (size_t i = 0; i < data.length; i++)
		if (!is_base64url(data.data[i]))
			return error_set(error, "vd is no base64url without padding (byte %zu)", i + 1);
	return data.length % 4 == 1 ? error_set(error, "vd is no base64url without padding (its length)") : 0;
}

static struct slice with_quotes(struct slice raw)
{
	return slice_of(raw.data - 1, raw.length + 2);
}

// JSON of the value.
static int read_value(struct senml_writer *writer, const struct senml_record *record, const struct senml_base *base,
    struct slice *json, struct error *error)
{
	if (has(record, SENML_V))
		return senml_base_add(base->value, record->text[SENML_V], &writer->value, json, error);
	if (has(record, SENML_VB)) {
		*json = record->text[SENML_VB];
		return 0;
	}
	*json = with_quotes(record->text[has(record, SENML_VS) ? SENML_VS : SENML_VD]);
	return has(record, SENML_VD) ? check_data(decode(record, SENML_VD, &writer->text), error) : 0;
}

// 60s, 0.5s
static void append_seconds(struct buffer *out, int64_t nanoseconds)
{
	int fraction = (int)(nanoseconds % NANOSECONDS_PER_SECOND), digits = 9;

	buffer_printf(out, "%" PRId64, nanoseconds / NANOSECONDS_PER_SECOND);
	for (; fraction && fraction % 10 == 0; fraction /= 10)
		digits--;
	if (fraction)
		buffer_printf(out, ".%0*d", digits, fraction);
	buffer_append_char(out, 's');
}

static int make_metadata(struct senml_writer *writer, const struct senml_reader *reader,
    const struct senml_record *record, struct error *error)
{
	struct buffer *out = &writer->metadata;
	int64_t interval;

	buffer_reset(out);
	if (has(record, SENML_UT)) {
		if (senml_seconds(record->text[SENML_UT], 0, &interval, error) < 0)
			return -1;
		if (interval <= 0)
			return error_set(error, "ut is not above 0");
		buffer_append_string(out, "\"interval\":\"");
		append_seconds(out, interval);
		buffer_append_char(out, '"');
	}
	if (!record->has_others)
		return 0;
	buffer_append_string(out, out->length ? ",\"x\":{" : "\"x\":{");
	senml_record_append_others(out, reader);
	buffer_append_char(out, '}');
	return 0;
}

// The value by what --missing and --value-type say; false when it is missing.
static int convert(struct senml_writer *writer, const struct senml_record *record, enum cell_type type,
    struct slice *json, bool *is_missing, struct error *error)
{
	bool is_text = has(record, SENML_VS);
	struct slice cell = is_text ? decode(record, SENML_VS, &writer->text) : *json;

	*is_missing = is_text && missing_words_have(&writer->missing, cell);
	if (*is_missing || type == CELL_AUTO || has(record, SENML_VD))
		return 0;
	return cell_read(&writer->cells, cell, type, json, error);
}

static void put(
    struct senml_writer *writer, const struct planned_property *planned, struct slice json, struct slice unit)
{
	buffer_reset(&writer->unit_member);
	reading_writer_unit(&writer->unit_member, unit.length ? unit : planned->unit);
	reading_writer_put(&writer->ingest->writer, planned->member, json, buffer_slice(&writer->unit_member));
}

static void put_value(struct senml_writer *writer, const struct senml_record *record,
    const struct planned_property *planned, struct slice json, struct slice unit)
{
	size_t shared = writer->metadata.length;

	if (has(record, SENML_VD)) {
		buffer_append_string(&writer->metadata, shared ? "," : "");
		buffer_append_string(&writer->metadata, "\"encoding\":\"base64url\"");
	}
	writer->facts.metadata = buffer_slice(&writer->metadata);
	reading_writer_row(&writer->ingest->writer, &writer->facts);
	put(writer, planned, json, unit);
	writer->metadata.length = shared;
}

// A value that was summed up over time is one of its unit times second.
static void put_sum(
    struct senml_writer *writer, const struct planned_property *planned, struct slice json, struct slice unit)
{
	buffer_reset(&writer->sum_unit);
	buffer_append_slice(&writer->sum_unit, unit);
	buffer_append_string(&writer->sum_unit, unit.length ? ".s" : "");
	writer->facts.metadata = buffer_slice(&writer->metadata);
	reading_writer_row(&writer->ingest->writer, &writer->facts);
	put(writer, planned, json, buffer_slice(&writer->sum_unit));
}

// Both readings are made before one is written.
static int put_readings(struct senml_writer *writer, const struct senml_record *record, const struct senml_base *base,
    struct slice unit, struct error *error)
{
	const struct planned_property *found;
	struct planned_property value = {.is_wanted = false}, sum = {.is_wanted = false};
	struct slice json = SLICE_EMPTY, sum_json = SLICE_EMPTY;
	bool is_missing = false;

	property_plan_trim(&writer->properties);
	if (record->present & SENML_VALUES) {
		found = property_plan_find(&writer->properties, buffer_slice(&writer->path), error);
		if (!found || read_value(writer, record, base, &json, error) < 0)
			return -1;
		value = *found;
		if (value.is_wanted && convert(writer, record, value.type, &json, &is_missing, error) < 0)
			return -1;
	}
	if (has(record, SENML_S)) {
		found = property_plan_find(&writer->properties, buffer_slice(&writer->sum_path), error);
		if (!found || senml_base_add(base->sum, record->text[SENML_S], &writer->sum, &sum_json, error) < 0)
			return -1;
		sum = *found;
	}
	writer->ingest->missing_count += is_missing;
	if (value.is_wanted && !is_missing)
		put_value(writer, record, &value, json, unit);
	if (sum.is_wanted)
		put_sum(writer, &sum, sum_json, unit);
	return 0;
}

static void set_facts(struct senml_writer *writer, const struct senml_place *place)
{
	struct row_facts *facts = &writer->facts;

	facts->timestamp = place->time;
	facts->timestamp_source = place->is_relative ? TIMESTAMP_NOW : TIMESTAMP_EVENT;
	facts->has_received = writer->ingest->live;
	facts->received = place->received;
	facts->line = place->line;
}

static bool is_selected(struct senml_writer *writer)
{
	struct selection *selection = &writer->ingest->selection;

	return !selection->by_row ||
	    (selection_has_time(selection, writer->facts.timestamp) &&
		selection_has_entity(selection, writer->facts.entity_id));
}

int senml_writer_put(struct senml_writer *writer, const struct senml_reader *reader, const struct senml_record *record,
    const struct senml_base *base, const struct senml_place *place, struct error *error)
{
	struct slice n = decode(record, SENML_N, &writer->n),
		     unit = has(record, SENML_U) ? decode(record, SENML_U, &writer->unit) : base->unit;

	if (make_name(writer, base->name, n, error) < 0)
		return -1;
	if (unit.length > SENML_UNIT_MAX)
		return error_set(error, "its unit is longer than %d bytes (u, bu)", SENML_UNIT_MAX);
	if (make_entity(writer, base->name, n, place->row, error) < 0)
		return -1;
	complete_path(writer, unit);
	set_facts(writer, place);
	if (make_metadata(writer, reader, record, error) < 0)
		return -1;
	return is_selected(writer) ? put_readings(writer, record, base, unit, error) : 0;
}
