#include "twin/content.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static size_t text_length(const struct assignment *item)
{
	return item->tail.value.length + item->tail.unit.length + item->tail.sensor_id.length +
	    item->tail.command_id.length + item->origin.length + item->ack.length + item->axis.length;
}

size_t content_capacity(const struct assignment *item)
{
	size_t length = text_length(item);

	return length + length / 4 + 16;
}

void content_place(struct content *content, size_t capacity)
{
	*content = (struct content){.capacity = (uint32_t)capacity, .is_placed = true};
}

static void forget_canonical(struct content *content)
{
	if (!content->canonical)
		return;
	free(content->canonical);
	content->canonical = NULL;
}

void content_drop(struct content *content)
{
	if (!content || --content->references)
		return;
	forget_canonical(content);
	if (!content->is_placed)
		free(content);
}

static char *put_text(struct content *content, char *end, enum content_part part, struct slice s)
{
	if (s.length)
		memcpy(end, s.data, s.length);
	content->ends[part] = (uint32_t)(end - content->bytes + (ptrdiff_t)s.length);
	return end + s.length;
}

static struct content *new_content(struct content *own, const struct assignment *item)
{
	if (own && !own->references && own->capacity >= text_length(item))
		return own;
	size_t capacity = content_capacity(item);
	struct content *content = memory_new(sizeof *content + capacity);

	*content = (struct content){.capacity = (uint32_t)capacity};
	return content;
}

struct content *content_store(
    struct content *reuse, uint32_t own_references, struct content *own, const struct assignment *item)
{
	struct content *content = reuse;

	if (!reuse || reuse->references != own_references || reuse->capacity < text_length(item)) {
		for (uint32_t i = 0; i < own_references; i++)
			content_drop(reuse);
		content = new_content(own, item);
	}
	forget_canonical(content);
	content->references = 0;
	content->seq = item->tail.seq;
	content->deadline = item->deadline;
	char *end = put_text(content, content->bytes, CONTENT_VALUE, item->tail.value);

	end = put_text(content, end, CONTENT_UNIT, item->tail.unit);
	end = put_text(content, end, CONTENT_SENSOR_ID, item->tail.sensor_id);
	end = put_text(content, end, CONTENT_COMMAND_ID, item->tail.command_id);
	end = put_text(content, end, CONTENT_ORIGIN, item->origin);
	end = put_text(content, end, CONTENT_ACK, item->ack);
	put_text(content, end, CONTENT_AXIS, item->axis);
	return content;
}

bool content_overwrite(struct content *content, const struct record *record)
{
	struct slice value = record->text[MEMBER_VALUE], unit = record_text(record, MEMBER_UNIT);
	struct slice sensor_id = record_text(record, MEMBER_SENSOR_ID), origin = record_text(record, MEMBER_ORIGIN);

	// A container may hold white space that the register does not keep.
	if (content->capacity < value.length + unit.length + sensor_id.length + origin.length || value.data[0] == '{' ||
	    value.data[0] == '[')
		return false;
	forget_canonical(content);
	content->seq = record->seq;
	content->deadline = NO_DEADLINE;
	char *end = put_text(content, content->bytes, CONTENT_VALUE, value);

	end = put_text(content, end, CONTENT_UNIT, unit);
	end = put_text(content, end, CONTENT_SENSOR_ID, sensor_id);
	content->ends[CONTENT_COMMAND_ID] = content->ends[CONTENT_SENSOR_ID];
	put_text(content, end, CONTENT_ORIGIN, origin);
	content->ends[CONTENT_AXIS] = content->ends[CONTENT_ACK] = content->ends[CONTENT_ORIGIN];
	return true;
}
