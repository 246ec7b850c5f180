#include "analysis/stream_pairing.h"

#include <stdlib.h>

#include "base/memory.h"

void stream_pairing_init(
    struct stream_pairing *pairing, int64_t within, void (*settled)(void *context, void *from, void *to), void *context)
{
	*pairing = (struct stream_pairing){.within = (uint64_t)within, .settled = settled, .context = context};
}

void stream_pairing_release(struct stream_pairing *pairing)
{
	free(pairing->chain);
}

// What a pair of the two is worth: more than nothing when it may be one.
static uint64_t worth(const struct stream_pairing *pairing, const struct pairing_item *a, const struct pairing_item *b)
{
	uint64_t distance = (uint64_t)b->time - (uint64_t)a->time;

	return a->side != b->side && distance <= pairing->within ? pairing->within - distance + 1 : 0;
}

static void tell(
    const struct stream_pairing *pairing, const struct pairing_item *item, const struct pairing_item *other)
{
	void *readings[2] = {NULL, NULL};

	readings[item->side] = item->reading;
	if (other)
		readings[other->side] = other->reading;
	pairing->settled(pairing->context, readings[STREAM_FROM], readings[STREAM_TO]);
}

// The choice is read from the end: of two links that both take, only the later one keeps its pair.
static void choose(struct pairing_link *chain, size_t count)
{
	for (size_t i = count; i-- > 0;)
		if (chain[i].takes)
			chain[--i].takes = false;
}

void stream_pairing_settle(struct stream_pairing *pairing)
{
	struct pairing_link *chain = pairing->chain;
	size_t count = pairing->count;

	choose(chain, count);
	for (size_t i = 0; i < count; i++) {
		bool is_pair = i + 1 < count && chain[i + 1].takes;

		tell(pairing, &chain[i].item, is_pair ? &chain[i + 1].item : NULL);
		i += is_pair;
	}
	pairing->count = pairing->bytes = 0;
	pairing->gain = 0;
}

void stream_pairing_add(struct stream_pairing *pairing, const struct pairing_item *item)
{
	bool takes = false;

	if (pairing->count) {
		uint64_t pair = worth(pairing, &pairing->chain[pairing->count - 1].item, item);

		takes = pair > pairing->gain;
		pairing->gain = takes ? pair - pairing->gain : 0;
		if (!takes)
			stream_pairing_settle(pairing);
	}
	pairing->chain = memory_grow(pairing->chain, &pairing->capacity, pairing->count + 1, sizeof *pairing->chain);
	pairing->chain[pairing->count++] = (struct pairing_link){*item, takes};
	pairing->bytes += item->bytes;
	if (pairing->count >= PAIRING_CHAIN_MAX || pairing->bytes >= PAIRING_BYTES_MAX)
		stream_pairing_settle(pairing);
}
