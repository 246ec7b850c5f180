#include "twin/diff_output.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/decimal_exact.h"
#include "base/memory.h"
#include "record/display.h"
#include "record/patch_text.h"

// Columns of a value in text.
#define VALUE_WIDTH 200

void diff_output_release(struct diff_output *output)
{
	buffer_release(&output->line);
	buffer_release(&output->twin_name);
	hash_map_release(&output->properties);
	free(output->counts);
}

static void write_line(struct diff_output *output)
{
	record_sink_write(output->sink, buffer_slice(&output->line));
	buffer_reset(&output->line);
}

// ---- text

static void put_colour(struct diff_output *output, const char *code)
{
	if (output->colour)
		buffer_printf(&output->line, "\033[%sm", code);
}

static void put_change(struct buffer *out, struct slice from, struct slice to)
{
	struct decimal a, b, change;

	if (!decimal_is_number(from) || !decimal_is_number(to) || decimal_read(from, &a) || decimal_read(to, &b) ||
	    decimal_add(b, decimal_negate(a), &change) || !change.digits)
		return;
	buffer_append_string(out, change.digits > 0 ? " (+" : " (");
	decimal_append(out, change);
	buffer_append_char(out, ')');
}

static void put_text(struct diff_output *output, const struct difference *difference)
{
	static const char *const marks[] = {"+ ", "- ", "~ "}, *const colours[] = {"32", "31", "33"};
	struct buffer *out = &output->line;

	put_colour(output, colours[difference->op]);
	buffer_append_string(out, marks[difference->op]);
	if (difference->entity_id.length) {
		display_append(out, difference->entity_id, VALUE_WIDTH);
		buffer_append_char(out, ' ');
	}
	display_append(out, difference->path.length ? difference->path : SLICE_LITERAL("(all)"), VALUE_WIDTH);
	buffer_append_string(out, ": ");
	if (difference->from.length)
		display_append(out, difference->from, VALUE_WIDTH);
	if (difference->from.length && difference->to.length)
		buffer_append_string(out, " -> ");
	if (difference->to.length)
		display_append(out, difference->to, VALUE_WIDTH);
	if (slice_equal(difference->from, difference->to))
		buffer_append_string(out, difference->from.length ? " (metadata)" : "(metadata)");
	else
		put_change(out, difference->from, difference->to);
	put_colour(output, "0");
	write_line(output);
}

// ---- counts

static void put_counts(
    struct diff_output *output, const char *name, struct slice text, const struct diff_counts *counts)
{
	struct buffer *out = &output->line;

	buffer_append_string(out, "{\"type\":\"summary\"");
	if (name) {
		buffer_printf(out, ",\"%s\":", name);
		json_append_string(out, text);
	}
	buffer_append_string(out, ",\"measures\":{");
	if (!name)
		buffer_printf(out, "\"twins\":%llu,", (unsigned long long)counts->twins);
	buffer_printf(out, "\"added\":%llu,\"removed\":%llu,\"replaced\":%llu}}",
	    (unsigned long long)counts->ops[DIFF_ADD], (unsigned long long)counts->ops[DIFF_REMOVE],
	    (unsigned long long)counts->ops[DIFF_REPLACE]);
	write_line(output);
}

static void end_twin(struct diff_output *output)
{
	if (output->twin_name.length)
		put_counts(output, "entity_id", buffer_slice(&output->twin_name), &output->twin);
	output->total.twins += output->twin_name.length > 0;
	output->twin = (struct diff_counts){.twins = 0};
	buffer_reset(&output->twin_name);
}

static void count(struct diff_output *output, const struct difference *difference)
{
	const struct slice prefix = SLICE_LITERAL("/properties/");
	struct slice path = difference->path;
	int added;

	if (!slice_equal(difference->entity_id, buffer_slice(&output->twin_name))) {
		end_twin(output);
		buffer_append_slice(&output->twin_name, difference->entity_id);
	}
	output->twin.ops[difference->op]++;
	output->total.ops[difference->op]++;
	if (difference->entity_id.length && slice_starts_with(path, prefix))
		path = slice_skip(path, prefix.length);
	size_t at = hash_map_add(&output->properties, path, &added);

	output->counts = memory_grow(output->counts, &output->count_capacity, at + 1, sizeof *output->counts);
	if (added)
		output->counts[at] = (struct diff_counts){.twins = 0};
	output->counts[at].ops[difference->op]++;
}

struct named {
	struct slice name;
	const struct diff_counts *counts;
};

static int compare_names(const void *a, const void *b)
{
	return slice_compare(((const struct named *)a)->name, ((const struct named *)b)->name);
}

void diff_output_finish(struct diff_output *output)
{
	size_t properties = output->properties.count;
	struct named *sorted = memory_new_zeroed(properties + 1, sizeof *sorted);

	if (output->form != DIFF_FORM_STAT || !output->sink || !properties) {
		free(sorted);
		return;
	}
	end_twin(output);
	for (size_t i = 0; i < properties; i++)
		sorted[i] = (struct named){output->properties.keys[i], &output->counts[i]};
	qsort(sorted, properties, sizeof *sorted, compare_names);
	for (size_t i = 0; i < properties; i++)
		put_counts(output, "property", sorted[i].name, sorted[i].counts);
	put_counts(output, NULL, SLICE_EMPTY, &output->total);
	free(sorted);
}

void diff_output_put(struct diff_output *output, const struct difference *difference)
{
	if (!output->sink)
		return;
	switch (output->form) {
	case DIFF_FORM_RECORDS:
		difference_append(&output->line, difference);
		write_line(output);
		break;
	case DIFF_FORM_TEXT:
		put_text(output, difference);
		break;
	case DIFF_FORM_STAT:
		count(output, difference);
		break;
	default:
		break;
	}
}

// ---- patches

// A document has one patch, also when nothing is to be done; twins have one each, which says whose it is.
static int put_patch(struct diff_output *output, struct value_diff *diff, struct slice entity_id, const struct value *a,
    const struct value *b)
{
	struct buffer *out = &output->line;

	buffer_append_char(out, '[');
	if (entity_id.length && a) {
		buffer_append_string(out, "{\"op\":\"test\",\"path\":\"/entity_id\",\"value\":");
		json_append_string(out, entity_id);
		buffer_append_string(out, "},");
	}
	size_t before = out->length;
	int result = patch_append(out, diff, a, b);

	buffer_append_char(out, ']');
	if (result >= 0 && (!entity_id.length || out->length > before + 1))
		write_line(output);
	buffer_reset(out);
	return result < 0 ? -1 : 0;
}

static int put_merge(struct diff_output *output, struct value_diff *diff, struct slice entity_id, const struct value *a,
    const struct value *b)
{
	struct buffer patch = BUFFER_INIT;
	int result = merge_patch_append(&patch, diff, a, b);
	struct slice body = buffer_slice(&patch);

	if (entity_id.length && result > 0 && a && b) {
		buffer_append_string(&output->line, "{\"entity_id\":");
		json_append_string(&output->line, entity_id);
		buffer_append_char(&output->line, ',');
		body = slice_skip(body, 1);
	}
	if (result > 0 || (result == 0 && !entity_id.length)) {
		buffer_append_slice(&output->line, result ? body : SLICE_LITERAL("{}"));
		write_line(output);
	}
	buffer_release(&patch);
	return result < 0 ? -1 : 0;
}

int diff_output_patch(struct diff_output *output, struct value_diff *diff, struct slice entity_id,
    const struct value *a, const struct value *b)
{
	if (!output->sink)
		return 0;
	if (output->form == DIFF_FORM_PATCH)
		return put_patch(output, diff, entity_id, a, b);
	return output->form == DIFF_FORM_MERGE ? put_merge(output, diff, entity_id, a, b) : 0;
}
