#include "twin/why_record.h"

#include <stdlib.h>

#include "base/memory.h"
#include "twin/origin.h"

// The texts that a copy owns. Not entity_id: all of an answer are about one twin.
#define TEXTS(record)                                                                                                  \
	{                                                                                                              \
		&(record)->item.path, &(record)->item.tail.sensor_id, &(record)->item.tail.value,                      \
		    &(record)->item.tail.unit, &(record)->item.tail.command_id, &(record)->item.origin,                \
		    &(record)->item.ack, &(record)->item.axis, &(record)->rest.metadata, &(record)->rest.others,       \
		    &(record)->place, &(record)->refused                                                               \
	}

struct why_record *why_record_keep(const struct why_record *said)
{
	const struct slice *const from[] = TEXTS(said);
	enum { COUNT = sizeof from / sizeof *from };
	size_t length = 0;

	for (int i = 0; i < COUNT; i++)
		length += from[i]->length;
	struct why_record *record = memory_new(sizeof *record + length);
	struct slice *const texts[] = TEXTS(record);
	char *end = record->texts;

	*record = *said;
	record->references = 1;
	record->canonical = NULL;
	record->item.tail.canonical = NULL;
	for (int i = 0; i < COUNT; i++) {
		if (texts[i]->length)
			memcpy(end, texts[i]->data, texts[i]->length);
		texts[i]->data = end;
		end += texts[i]->length;
	}
	return record;
}

void why_record_drop(struct why_record *record)
{
	if (!record || --record->references)
		return;
	free(record->canonical);
	free(record);
}

static struct slice larger(struct slice a, struct slice b)
{
	return slice_compare(a, b) < 0 ? b : a;
}

struct why_record *why_record_join(struct why_record *kept, const struct why_record *other)
{
	struct why_record joined = *kept;

	joined.item.origin = origin_smaller(kept->item.origin, other->item.origin);
	joined.item.ack = larger(kept->item.ack, other->item.ack);
	joined.item.axis = larger(kept->item.axis, other->item.axis);
	if (other->item.deadline < kept->item.deadline)
		joined.item.deadline = other->item.deadline;
	joined.rest.metadata = larger(kept->rest.metadata, other->rest.metadata);
	joined.rest.others = larger(kept->rest.others, other->rest.others);
	joined.place = origin_smaller(kept->place, other->place);
	// Not known is known from the start, as in a store.
	joined.rest.has_received = kept->rest.has_received && other->rest.has_received;
	if (joined.rest.has_received && other->rest.received < kept->rest.received)
		joined.rest.received = other->rest.received;
	if (!kept->refused.length || !other->refused.length)
		joined.refused = SLICE_EMPTY;
	else
		joined.refused = larger(kept->refused, other->refused);
	struct why_record *record = why_record_keep(&joined);

	why_record_drop(kept);
	return record;
}

static void resolve(void *context, const void *handle, struct fold_tail *tail)
{
	struct why_record *record = (struct why_record *)(uintptr_t)handle;

	(void)context;
	*tail = record->item.tail;
	tail->canonical = record->references ? &record->canonical : NULL;
}

const struct fold_owner why_record_owner = {.resolve = resolve};

struct fold_register why_record_register(const struct why_record *record)
{
	return (struct fold_register){.handle = (void *)(uintptr_t)record, .key = record->item.key};
}

int why_record_compare(const struct why_record *a, const struct why_record *b)
{
	struct fold_register x = why_record_register(a), y = why_record_register(b);
	int order = fold_compare(&x, &y, &why_record_owner);

	if (!order)
		order = slice_compare(a->item.path, b->item.path);
	return order ? order : (int)a->item.kind - (int)b->item.kind;
}

static void put_text(struct buffer *out, struct slice text)
{
	buffer_append(out, &text.length, sizeof text.length);
	buffer_append_slice(out, text);
}

void why_record_append_identity(struct buffer *out, const struct why_record *record)
{
	const struct assignment *item = &record->item;
	const int64_t numbers[] = {item->kind, item->key.timestamp, item->key.counter, item->key.live, item->tail.seq};

	buffer_append(out, numbers, sizeof numbers);
	buffer_append(out, &item->key.quality, sizeof item->key.quality);
	put_text(out, item->path);
	put_text(out, item->tail.sensor_id);
	put_text(out, item->tail.value);
	put_text(out, item->tail.unit);
	put_text(out, item->tail.command_id);
}

void why_record_append(struct buffer *out, const struct why_record *record)
{
	struct assignment item = record->item;

	if (!item.origin.length)
		item.origin = record->place;
	assignment_append_whole(out, &item, &record->rest);
}
