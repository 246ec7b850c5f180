#include "twin/history_item.h"

#include "twin/fold.h"
#include "twin/origin.h"

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static struct fold_tail tail_of(const struct history_item *item)
{
	return (struct fold_tail){
	    .sensor_id = item->sensor_id,
	    .seq = item->seq,
	    .value = item->value,
	    .unit = item->unit,
	    .command_id = item->command_id,
	};
}

int history_item_compare(const struct history_item *a, const struct history_item *b)
{
	int order = COMPARE(a->series, b->series);

	if (!order)
		order = COMPARE(a->timestamp, b->timestamp);
	if (!order)
		order = COMPARE(a->counter, b->counter);
	if (!order)
		order = COMPARE(a->live, b->live);
	if (!order)
		order = COMPARE(a->quality, b->quality);
	if (order)
		return order;
	struct fold_tail a_tail = tail_of(a), b_tail = tail_of(b);

	return fold_compare_tails(&a_tail, &b_tail);
}

void history_item_join(struct history_item *into, const struct history_item *other)
{
	if (!other->has_received)
		into->has_received = false;
	else if (other->received < into->received)
		into->received = other->received;
	into->origin = origin_smaller(into->origin, other->origin);
	if (other->revision < into->revision)
		into->revision = other->revision;
}
