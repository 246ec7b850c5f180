#include "twin/history_pack.h"

#include <string.h>

// What is not as usual stands behind the flags, in this order; behind it the texts, each with its length before it.
enum {
	LIVE = 1,
	RECEIVED = 2,
	COUNTER = 4,
	SEQ = 8,
	QUALITY = 16,
	TEXTS = 32, // also those that most items do not have
};

static void put_number(struct buffer *out, int64_t number)
{
	buffer_append(out, &number, sizeof number);
}

// Seven bits at a time, the lowest first.
static void put_text(struct buffer *out, struct slice text)
{
	size_t length = text.length;

	for (; length >= 0x80; length >>= 7)
		buffer_append_char(out, (char)(length | 0x80));
	buffer_append_char(out, (char)length);
	buffer_append_slice(out, text);
}

static int flags_of(const struct history_item *item)
{
	return (item->live ? LIVE : 0) | (item->has_received ? RECEIVED : 0) | (item->counter ? COUNTER : 0) |
	    (item->seq ? SEQ : 0) | (item->quality != 1 ? QUALITY : 0) |
	    (item->command_id.length || item->origin.length || item->rest.length ? TEXTS : 0);
}

void history_item_pack(struct buffer *out, const struct history_item *item)
{
	int flags = flags_of(item);

	buffer_append_char(out, (char)flags);
	buffer_append(out, &item->series, sizeof item->series);
	put_number(out, item->timestamp);
	put_number(out, item->revision);
	if (flags & RECEIVED)
		put_number(out, item->received);
	if (flags & COUNTER)
		put_number(out, item->counter);
	if (flags & SEQ)
		put_number(out, item->seq);
	if (flags & QUALITY)
		buffer_append(out, &item->quality, sizeof item->quality);
	put_text(out, item->value);
	put_text(out, item->unit);
	put_text(out, item->sensor_id);
	if (!(flags & TEXTS))
		return;
	put_text(out, item->command_id);
	put_text(out, item->origin);
	put_text(out, item->rest);
}

static void take(struct slice *packed, void *to, size_t size)
{
	memcpy(to, packed->data, size);
	*packed = slice_skip(*packed, size);
}

static int64_t take_number(struct slice *packed)
{
	int64_t number;

	take(packed, &number, sizeof number);
	return number;
}

static struct slice take_text(struct slice *packed)
{
	size_t length = 0, used = 0;
	unsigned char byte;

	do {
		byte = (unsigned char)packed->data[used];
		length |= (size_t)(byte & 0x7f) << 7 * used++;
	} while (byte & 0x80);
	struct slice text = slice_of(packed->data + used, length);

	*packed = slice_skip(*packed, used + length);
	return text;
}

struct history_item history_item_unpack(struct slice packed)
{
	struct history_item item = {
	    .quality = 1, .command_id = SLICE_EMPTY, .origin = SLICE_EMPTY, .rest = SLICE_EMPTY};
	unsigned char flags;

	take(&packed, &flags, sizeof flags);
	take(&packed, &item.series, sizeof item.series);
	item.live = flags & LIVE;
	item.timestamp = take_number(&packed);
	item.revision = take_number(&packed);
	item.has_received = flags & RECEIVED;
	if (flags & RECEIVED)
		item.received = take_number(&packed);
	if (flags & COUNTER)
		item.counter = take_number(&packed);
	if (flags & SEQ)
		item.seq = take_number(&packed);
	if (flags & QUALITY)
		take(&packed, &item.quality, sizeof item.quality);
	item.value = take_text(&packed);
	item.unit = take_text(&packed);
	item.sensor_id = take_text(&packed);
	if (flags & TEXTS) {
		item.command_id = take_text(&packed);
		item.origin = take_text(&packed);
		item.rest = take_text(&packed);
	}
	return item;
}
