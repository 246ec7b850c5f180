#include "twin/delta.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"
#include "twin/ack.h"
#include "twin/document.h"

void delta_release(struct delta *delta)
{
	free(delta->unmet);
	value_tree_release(&delta->desired_tree);
	value_tree_release(&delta->reported_tree);
	buffer_release(&delta->refused_id);
	*delta = (struct delta)DELTA_INIT;
}

// The command that it refuses; empty when it refuses none.
static void read_refusal(struct slice text, struct buffer *command_id)
{
	struct ack ack = ACK_INIT;

	buffer_reset(command_id);
	if (ack_read(&ack, text) && ack_is_refusal(&ack))
		buffer_append_slice(command_id, ack.command_id);
	ack_release(&ack);
}

bool ack_refuses(struct slice ack, struct slice command_id)
{
	struct buffer refused = BUFFER_INIT;

	if (command_id.length)
		read_refusal(ack, &refused);
	bool refuses = refused.length && slice_equal(buffer_slice(&refused), command_id);

	buffer_release(&refused);
	return refuses;
}

// Several desires below one object have the same supplier: its texts are taken apart once.
static void look_at(struct delta *delta, const struct twin_view *view, const struct view_entry *supplier)
{
	struct error error;

	if (delta->view == view && delta->drawn == view->drawn && delta->supplier == supplier)
		return;
	struct assignment have = register_assignment(supplier->series, &supplier->series->usable);

	delta->view = view;
	delta->drawn = view->drawn;
	delta->supplier = supplier;
	delta->is_readable = value_parse(&delta->reported_tree, have.tail.value, &error) == 0;
	read_refusal(have.ack, &delta->refused_id);
}

// The newest of what is shown below path, or NULL.
static const struct view_entry *newest_below(
    const struct view_list *list, struct slice path, const struct fold_owner *owner)
{
	const struct view_entry *newest = NULL;

	for (size_t i = view_list_behind(list, path); i < list->count; i++) {
		const struct view_entry *entry = &list->entries[i];

		if (!property_path_is_under(series_path(entry->series), path))
			break;
		if (entry_is_shown(entry) &&
		    (!newest || fold_compare(&entry->series->usable, &newest->series->usable, owner) > 0))
			newest = entry;
	}
	return newest;
}

static bool is_empty_object(const struct value *value)
{
	return value->kind == VALUE_OBJECT && value->count == 0;
}

// {} asks for an object and for nothing in it.
static bool values_agree(struct delta *delta, const struct value *desired, const struct value *reported,
    const struct model_property *property)
{
	if (is_empty_object(desired))
		return reported->kind == VALUE_OBJECT;
	return value_equal(&delta->desired_tree, desired, &delta->reported_tree, reported,
	    property ? property->absolute : 0, property ? property->relative : 0);
}

enum delta_verdict delta_judge(
    struct delta *delta, const struct twin_view *view, const struct view_entry *desired, const struct model *model)
{
	const struct view_list *reported = &view->kinds[REGISTER_REPORTED];
	struct assignment want = register_assignment(desired->series, &desired->series->usable);
	const struct view_entry *above = view_list_supplier(reported, want.path);
	struct error error;

	if (value_parse(&delta->desired_tree, want.tail.value, &error))
		return DELTA_DIFFERS;
	const struct view_entry *supplier = above;

	// An object that is made of several readings is as new as the newest of them.
	if (!above && is_empty_object(value_root(&delta->desired_tree)))
		supplier = newest_below(reported, want.path, view->owner);
	if (!supplier)
		return DELTA_MISSING;
	if (supplier->series->usable.key.timestamp < want.key.timestamp)
		return DELTA_OLDER;
	look_at(delta, view, supplier);
	if (want.tail.command_id.length && slice_equal(buffer_slice(&delta->refused_id), want.tail.command_id))
		return DELTA_REFUSED;
	if (!above)
		return DELTA_MET;
	const struct value *value = !delta->is_readable
	    ? NULL
	    : value_at_pointer(&delta->reported_tree, value_root(&delta->reported_tree),
		  slice_skip(want.path, series_path(supplier->series).length));

	if (!value)
		return DELTA_MISSING;
	return values_agree(delta, value_root(&delta->desired_tree), value, model_property(model, want.path))
	    ? DELTA_MET
	    : DELTA_DIFFERS;
}

bool delta_is_met(
    struct delta *delta, const struct twin_view *view, const struct view_entry *desired, const struct model *model)
{
	return delta_judge(delta, view, desired, model) == DELTA_MET;
}

void delta_compute(struct delta *delta, const struct twin_view *view, const struct model *model)
{
	const struct view_list *desired = &view->kinds[REGISTER_DESIRED];

	delta->count = 0;
	for (size_t i = 0; i < desired->count; i++) {
		const struct view_entry *entry = &desired->entries[i];

		if (!entry_is_shown(entry) || entry->omitted || delta_is_met(delta, view, entry, model))
			continue;
		if (!delta->count || entry->series->usable.key.timestamp < delta->since)
			delta->since = entry->series->usable.key.timestamp;
		delta->unmet = memory_grow(delta->unmet, &delta->capacity, delta->count + 1, sizeof(struct series *));
		delta->unmet[delta->count++] = entry->series;
	}
}

void delta_append_properties(struct buffer *out, const struct delta *delta)
{
	struct document_writer writer;

	document_begin(&writer, out);
	for (size_t i = 0; i < delta->count; i++) {
		struct assignment item = register_assignment(delta->unmet[i], &delta->unmet[i]->usable);

		document_put(&writer, item.path, item.tail.value);
	}
	document_end(&writer);
}
