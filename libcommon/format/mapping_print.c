#include "format/mapping.h"

#include "base/timestamp.h"
#include "record/value.h"

// Members of the object, each on a line of its own.
static void begin_member(struct buffer *out, const char *name)
{
	if (out->data[out->length - 1] != '{')
		buffer_append_char(out, ',');
	buffer_append_string(out, "\n  \"");
	buffer_append_string(out, name);
	buffer_append_string(out, "\": ");
}

static void append_text_member(struct buffer *out, const char *name, struct slice text)
{
	if (!text.data || !text.length)
		return;
	begin_member(out, name);
	json_append_string(out, text);
}

static void append_names(struct buffer *out, const char *name, const struct mapping_names *names, bool always)
{
	if (!names->count && !always)
		return;
	begin_member(out, name);
	buffer_append_char(out, '[');
	for (size_t i = 0; i < names->count; i++) {
		buffer_append_string(out, i ? ", " : "");
		json_append_string(out, names->items[i].text);
	}
	buffer_append_char(out, ']');
}

// Members of an object that is written on one line.
static void append_inner(struct buffer *out, const char *name, struct slice text)
{
	if (!text.data || !text.length)
		return;
	if (out->data[out->length - 1] != '{')
		buffer_append_string(out, ", ");
	buffer_printf(out, "\"%s\": ", name);
	json_append_string(out, text);
}

static void append_inner_duration(struct buffer *out, const char *name, int64_t nanoseconds)
{
	struct buffer text = BUFFER_INIT;

	if (!nanoseconds)
		return;
	// Nanoseconds are exact whatever the step; seconds are easier on the eye.
	if (nanoseconds % NANOSECONDS_PER_SECOND == 0)
		buffer_printf(&text, "%lds", (long)(nanoseconds / NANOSECONDS_PER_SECOND));
	else
		buffer_printf(&text, "%ldns", (long)nanoseconds);
	append_inner(out, name, buffer_slice(&text));
	buffer_release(&text);
}

static void append_time(struct buffer *out, const struct mapping *mapping)
{
	struct buffer start = BUFFER_INIT;
	size_t without = out->length, before;

	if (mapping->has_start)
		timestamp_append(&start, mapping->start);
	begin_member(out, "time");
	buffer_append_char(out, '{');
	before = out->length;
	append_inner(out, "from", mapping->time.name);
	append_inner_duration(out, "row", mapping->row_step);
	append_inner(out, "format", time_format_text(&mapping->time.format));
	append_inner(out, "zone", mapping->zone_name);
	append_inner(out, "start", buffer_slice(&start));
	buffer_release(&start);
	if (out->length == before) // nothing is known of the time
		out->length = without;
	else
		buffer_append_char(out, '}');
}

static void append_received(struct buffer *out, const struct mapping_time *received)
{
	if (!received->name.data)
		return;
	begin_member(out, "received");
	buffer_append_char(out, '{');
	append_inner(out, "from", received->name);
	append_inner(out, "format", time_format_text(&received->format));
	buffer_append_char(out, '}');
}

static void append_value(struct buffer *out, const struct mapping_value *value)
{
	if (value->is_glob) {
		json_append_string(out, value->name);
		return;
	}
	buffer_append_char(out, '{');
	append_inner(out, "from", value->name);
	append_inner(out, "property", value->property);
	append_inner(out, "unit", value->unit);
	if (value->has_type)
		append_inner(out, "type", slice_from_string(cell_type_name(value->type)));
	buffer_append_char(out, '}');
}

static void append_values(struct buffer *out, const struct mapping *mapping)
{
	if (!mapping->value_count)
		return;
	begin_member(out, "values");
	buffer_append_char(out, '[');
	for (size_t i = 0; i < mapping->value_count; i++) {
		buffer_append_string(out, i ? ",\n    " : "\n    ");
		append_value(out, &mapping->values[i]);
	}
	buffer_append_string(out, "\n  ]");
}

static void append_long(struct buffer *out, const struct mapping *mapping)
{
	if (!mapping->property_column.data)
		return;
	begin_member(out, "long");
	buffer_append_char(out, '{');
	append_inner(out, "property", mapping->property_column);
	append_inner(out, "value", mapping->value_column);
	buffer_append_char(out, '}');
}

static void append_members(struct buffer *out, const struct mapping *mapping)
{
	bool any = false;

	for (int i = 0; i < MAPPING_MEMBERS; i++)
		any |= mapping->members[i].data != NULL;
	if (!any)
		return;
	begin_member(out, "members");
	buffer_append_char(out, '{');
	for (int i = 0; i < MAPPING_MEMBERS; i++)
		append_inner(out, mapping_member_names[i], mapping->members[i]);
	buffer_append_char(out, '}');
}

static void append_pairs(struct buffer *out, const char *name, const struct mapping_pairs *pairs)
{
	if (!pairs->count)
		return;
	begin_member(out, name);
	for (size_t i = 0; i < pairs->count; i++) {
		buffer_append_string(out, i ? ", " : "{");
		json_append_string(out, pairs->items[i].name);
		buffer_append_string(out, ": ");
		json_append_string(out, pairs->items[i].text);
	}
	buffer_append_char(out, '}');
}

static void append_csv(struct buffer *out, const struct mapping *mapping)
{
	struct buffer delimiter = BUFFER_INIT;

	if (mapping->delimiter >= 0) {
		mapping_append_delimiter(&delimiter, mapping->delimiter);
		append_text_member(out, "delimiter", buffer_slice(&delimiter));
	}
	buffer_release(&delimiter);
	if (mapping->header != HEADER_GUESS) {
		begin_member(out, "header");
		buffer_append_string(out, mapping->header == HEADER_YES ? "true" : "false");
	}
	append_names(out, "columns", &mapping->columns, false);
	if (mapping->decimal_comma)
		append_text_member(out, "decimal", SLICE_LITERAL(","));
}

static void append_explode(struct buffer *out, const struct mapping *mapping)
{
	if (!mapping->explode.data)
		return;
	begin_member(out, "explode");
	buffer_append_char(out, '{');
	append_inner(out, "from", mapping->explode);
	append_inner_duration(out, "step", mapping->explode_step);
	buffer_append_char(out, '}');
}

void mapping_append_json(struct buffer *out, const struct mapping *mapping)
{
	buffer_append_char(out, '{');
	append_text_member(out, "format", mapping->format);
	if (mapping->precision)
		append_text_member(out, "precision", slice_from_string(mapping_precision_word(mapping->precision)));
	append_csv(out, mapping);
	append_text_member(out, "entity_id", mapping->entity_id);
	append_names(out, "topics", &mapping->topics, false);
	append_time(out, mapping);
	append_received(out, &mapping->received);
	append_values(out, mapping);
	append_long(out, mapping);
	append_members(out, mapping);
	append_names(out, "skip", &mapping->skip, false);
	append_names(out, "labels", &mapping->labels, false);
	append_pairs(out, "units", &mapping->units);
	append_pairs(out, "types", &mapping->types);
	append_names(out, "missing", &mapping->missing, mapping->has_missing);
	append_explode(out, mapping);
	if (mapping->header_units) {
		begin_member(out, "header_units");
		buffer_append_string(out, "true");
	}
	buffer_append_string(out, "\n}\n");
}
