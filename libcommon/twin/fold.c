#include "twin/fold.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "record/value.h"

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static struct fold_canonical *new_canonical(struct slice value)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer text = BUFFER_INIT;
	struct error error;

	// Values have been validated when their record was read.
	if (value.length && value_parse(&tree, value, &error) == 0)
		value_append_canonical(&text, &tree, value_root(&tree));
	struct fold_canonical *canonical = memory_new(sizeof *canonical + text.length);

	canonical->length = text.length;
	memcpy(canonical->text, buffer_slice(&text).data, text.length);
	value_tree_release(&tree);
	buffer_release(&text);
	return canonical;
}

// The tail's canonical form: the owner's, or one of our own that goes to *made and is the caller's to free.
static struct slice canonical_of(const struct fold_tail *tail, struct fold_canonical **made)
{
	struct fold_canonical **kept = tail->canonical ? tail->canonical : made;

	if (!*kept)
		*kept = new_canonical(tail->value);
	return slice_of((*kept)->text, (*kept)->length);
}

// A large value that many ties are compared with is taken apart once.
static int compare_canonical(const struct fold_tail *a, const struct fold_tail *b)
{
	struct fold_canonical *a_made = NULL, *b_made = NULL;
	int order = slice_compare(canonical_of(a, &a_made), canonical_of(b, &b_made));

	free(a_made);
	free(b_made);
	return order;
}

int fold_compare_tails(const struct fold_tail *a, const struct fold_tail *b)
{
	int order = slice_compare(a->sensor_id, b->sensor_id);

	if (!order)
		order = COMPARE(a->seq, b->seq);
	// Canonical forms differ only where the bytes do.
	int bytes = order ? 0 : slice_compare(a->value, b->value);

	if (!order && bytes)
		order = compare_canonical(a, b);
	if (!order)
		order = slice_compare(a->unit, b->unit);
	if (!order)
		order = slice_compare(a->command_id, b->command_id);
	return order ? order : bytes;
}

static int compare_keys(const struct fold_key *a, const struct fold_key *b)
{
	int order = COMPARE(a->timestamp, b->timestamp);

	if (!order)
		order = COMPARE(a->counter, b->counter);
	if (!order)
		order = COMPARE(a->live, b->live);
	if (!order)
		order = COMPARE(a->quality, b->quality);
	return order ? order : COMPARE(a->priority, b->priority);
}

int fold_compare(const struct fold_register *a, const struct fold_register *b, const struct fold_owner *owner)
{
	int order = compare_keys(&a->key, &b->key);
	struct fold_tail a_tail, b_tail;

	if (order || a->handle == b->handle)
		return order;
	owner->resolve(owner->context, a->handle, &a_tail);
	owner->resolve(owner->context, b->handle, &b_tail);
	return fold_compare_tails(&a_tail, &b_tail);
}

static enum fold_part difference_of_keys(const struct fold_key *a, const struct fold_key *b)
{
	if (a->timestamp != b->timestamp)
		return FOLD_PART_TIMESTAMP;
	if (a->counter != b->counter)
		return FOLD_PART_COUNTER;
	if (a->live != b->live)
		return FOLD_PART_DELETED;
	if (COMPARE(a->quality, b->quality))
		return FOLD_PART_QUALITY;
	return a->priority != b->priority ? FOLD_PART_PRIORITY : FOLD_PART_COUNT;
}

static enum fold_part difference_of_tails(const struct fold_tail *a, const struct fold_tail *b)
{
	bool bytes_differ = !slice_equal(a->value, b->value);

	if (!slice_equal(a->sensor_id, b->sensor_id))
		return FOLD_PART_SENSOR_ID;
	if (a->seq != b->seq)
		return FOLD_PART_SEQ;
	if (bytes_differ && compare_canonical(a, b))
		return FOLD_PART_VALUE;
	if (!slice_equal(a->unit, b->unit))
		return FOLD_PART_UNIT;
	if (!slice_equal(a->command_id, b->command_id))
		return FOLD_PART_COMMAND_ID;
	return bytes_differ ? FOLD_PART_BYTES : FOLD_PART_COUNT;
}

enum fold_part fold_difference(
    const struct fold_register *a, const struct fold_register *b, const struct fold_owner *owner)
{
	enum fold_part part = difference_of_keys(&a->key, &b->key);
	struct fold_tail a_tail, b_tail;

	if (part != FOLD_PART_COUNT || a->handle == b->handle)
		return part;
	owner->resolve(owner->context, a->handle, &a_tail);
	owner->resolve(owner->context, b->handle, &b_tail);
	return difference_of_tails(&a_tail, &b_tail);
}

const char *fold_part_name(enum fold_part part)
{
	static const char *const names[] = {
	    [FOLD_PART_TIMESTAMP] = "timestamp",
	    [FOLD_PART_COUNTER] = "counter",
	    [FOLD_PART_DELETED] = "deleted",
	    [FOLD_PART_QUALITY] = "quality",
	    [FOLD_PART_PRIORITY] = "sensor_priority",
	    [FOLD_PART_SENSOR_ID] = "sensor_id",
	    [FOLD_PART_SEQ] = "seq",
	    [FOLD_PART_VALUE] = "value",
	    [FOLD_PART_UNIT] = "unit",
	    [FOLD_PART_COMMAND_ID] = "command_id",
	    [FOLD_PART_BYTES] = "bytes",
	};

	return names[part];
}

static bool says_two_things(const struct fold_tail *a, const struct fold_tail *b)
{
	return slice_equal(a->sensor_id, b->sensor_id) && a->seq == b->seq &&
	    (!slice_equal(a->unit, b->unit) || (!slice_equal(a->value, b->value) && compare_canonical(a, b) != 0));
}

enum fold_outcome fold_judge(const struct fold_register *held, const struct fold_key *key, const struct fold_tail *tail,
    const struct fold_owner *owner)
{
	struct fold_tail other;

	if (!held->handle || key->timestamp > held->key.timestamp)
		return FOLD_TAKEN;
	if (key->timestamp < held->key.timestamp)
		return FOLD_STALE;
	int order = compare_keys(key, &held->key);

	if (order > 0)
		return FOLD_TAKEN;
	owner->resolve(owner->context, held->handle, &other);
	if (order == 0)
		order = fold_compare_tails(tail, &other);
	if (order > 0)
		return FOLD_TAKEN;
	if (order == 0)
		return FOLD_DUPLICATE;
	return key->live && held->key.live && says_two_things(tail, &other) ? FOLD_CONFLICT : FOLD_OUTRANKED;
}
