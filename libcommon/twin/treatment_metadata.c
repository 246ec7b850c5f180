#include "twin/treatment_metadata.h"

void treatment_metadata_release(struct treatment_metadata *metadata)
{
	value_tree_release(&metadata->tree);
	buffer_release(&metadata->text);
	buffer_release(&metadata->out);
}

static const struct value *find(const struct treatment_metadata *metadata, const char *name)
{
	return metadata->members.length
	    ? value_member(&metadata->tree, value_root(&metadata->tree), slice_from_string(name))
	    : NULL;
}

// Somebody else may call something raw as well.
static bool is_raw(const struct treatment_metadata *metadata, const struct value *node)
{
	return node && node->kind == VALUE_OBJECT && value_member(&metadata->tree, node, SLICE_LITERAL("value"));
}

void treatment_metadata_begin(struct treatment_metadata *metadata, struct slice members)
{
	struct error ignored;

	metadata->is_calibrated = metadata->is_judged = metadata->has_raw = metadata->is_changed = false;
	metadata->form = metadata->flag = NULL;
	metadata->members = members;
	metadata->raw_value = metadata->raw_unit = SLICE_EMPTY;
	if (!members.length)
		return;
	buffer_reset(&metadata->text);
	buffer_append_char(&metadata->text, '{');
	buffer_append_slice(&metadata->text, members);
	buffer_append_char(&metadata->text, '}');
	if (value_parse(&metadata->tree, buffer_slice(&metadata->text), &ignored)) {
		metadata->members = SLICE_EMPTY;
		return;
	}
	metadata->is_calibrated = find(metadata, "calibration") != NULL;
	metadata->is_judged = find(metadata, "checks") != NULL;
	metadata->has_raw = is_raw(metadata, find(metadata, "raw"));
}

void treatment_metadata_raw(struct treatment_metadata *metadata, struct slice value, struct slice unit)
{
	metadata->is_changed = true;
	if (metadata->has_raw || metadata->raw_value.length)
		return;
	metadata->raw_value = value;
	metadata->raw_unit = unit;
}

void treatment_metadata_calibrated(struct treatment_metadata *metadata, const char *form)
{
	metadata->is_changed = true;
	metadata->form = form;
}

void treatment_metadata_flag(struct treatment_metadata *metadata, const char *flag)
{
	metadata->is_changed = true;
	metadata->flag = flag;
}

static void append_name(struct buffer *out, const char *name)
{
	if (out->length)
		buffer_append_char(out, ',');
	json_append_string(out, slice_from_string(name));
	buffer_append_char(out, ':');
}

// All members that are not made anew.
static void append_kept(
    const struct treatment_metadata *metadata, struct buffer *out, const struct value *raw, const struct value *flags)
{
	const struct value *member =
	    metadata->members.length ? value_first(&metadata->tree, value_root(&metadata->tree)) : NULL;

	for (; member; member = value_next(&metadata->tree, member)) {
		if (member == raw || member == flags)
			continue;
		buffer_append_string(out, out->length ? ",\"" : "\"");
		buffer_append_slice(out, member->name);
		buffer_append_string(out, "\":");
		buffer_append_slice(out, member->text);
	}
}

static void append_raw(const struct treatment_metadata *metadata, struct buffer *out, const struct value *foreign)
{
	append_name(out, "raw");
	buffer_append_string(out, "{\"value\":");
	buffer_append_slice(out, metadata->raw_value);
	if (metadata->raw_unit.length) {
		buffer_append_string(out, ",\"unit\":");
		json_append_string(out, metadata->raw_unit);
	}
	if (foreign) {
		buffer_append_string(out, ",\"raw\":");
		buffer_append_slice(out, foreign->text);
	}
	buffer_append_char(out, '}');
}

// Behind those that were there.
static void append_flags(const struct treatment_metadata *metadata, struct buffer *out, const struct value *before)
{
	struct slice inside = before ? before->text : SLICE_EMPTY;

	if (before && before->kind == VALUE_ARRAY)
		inside = before->count ? slice_of(inside.data + 1, inside.length - 2) : SLICE_EMPTY;
	append_name(out, "flags");
	buffer_append_char(out, '[');
	buffer_append_slice(out, inside);
	if (inside.length)
		buffer_append_char(out, ',');
	json_append_string(out, slice_from_string(metadata->flag));
	buffer_append_char(out, ']');
}

struct slice treatment_metadata_end(struct treatment_metadata *metadata)
{
	const struct value *raw = metadata->raw_value.length ? find(metadata, "raw") : NULL;
	const struct value *flags = metadata->flag ? find(metadata, "flags") : NULL;

	if (!metadata->is_changed)
		return metadata->members;
	buffer_reset(&metadata->out);
	append_kept(metadata, &metadata->out, raw, flags);
	if (metadata->raw_value.length)
		append_raw(metadata, &metadata->out, raw);
	if (metadata->form) {
		append_name(&metadata->out, "calibration");
		json_append_string(&metadata->out, slice_from_string(metadata->form));
	}
	if (metadata->flag)
		append_flags(metadata, &metadata->out, flags);
	return buffer_slice(&metadata->out);
}
