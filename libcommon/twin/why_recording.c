#include "twin/why.h"

// What the assignments of the record have in common.
static struct why_record read_common(struct why *why, const struct record *record, const char *source)
{
	struct assignment none = {.origin = SLICE_EMPTY};
	struct why_record said = WHY_RECORD(none);

	buffer_reset(&why->metadata);
	buffer_reset(&why->others);
	buffer_reset(&why->place);
	// The metadata of a state describes registers.
	if (record_own_members(record->type) && record_has(record, MEMBER_METADATA))
		value_append_compact(&why->metadata, record->text[MEMBER_METADATA]);
	if (record->present & RECORD_OTHERS)
		record_append_others(&why->others, record, &why->tree);
	if (source)
		buffer_printf(&why->place, "%s:%llu", source, (unsigned long long)record->line_number);
	said.rest.has_received = record_has(record, MEMBER_RECEIVED);
	said.rest.received = record->received;
	said.rest.metadata = buffer_slice(&why->metadata);
	said.rest.others = buffer_slice(&why->others);
	said.place = buffer_slice(&why->place);
	return said;
}

void why_add_record(struct why *why, const struct record *record, const struct assignments *list, const char *source,
    const struct store_instant *instant)
{
	bool is_dated = record_has(record, MEMBER_RECEIVED), is_read = false;
	struct why_record said = {.references = 0};

	// All of a record are about one twin.
	if (!list->count || !slice_equal(list->items[0].entity_id, why->entity_id) ||
	    (instant && is_dated && record->received > instant->known_at))
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct assignment *item = &list->items[i];

		if (instant && item->key.timestamp > instant->at)
			continue;
		if (!is_read)
			said = read_common(why, record, source);
		is_read = true;
		why->undated += !is_dated && why_relate(why, item->kind, item->path) != WHY_NOT_NEAR;
		said.item = *item;
		why_add(why, &said);
	}
}
