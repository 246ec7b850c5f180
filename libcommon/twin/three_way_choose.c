#include "base/decimal.h"
#include "base/decimal_exact.h"
#include "twin/three_way_parts.h"

// A change that is one value with a key of its own, or NULL.
static const struct leaf *only_leaf(const struct merge_conflict *conflict, size_t at)
{
	const struct span *span = &conflict->spans[at];

	return span->count == 1 && span->leaves[0].path.length == conflict->path.length ? span->leaves : NULL;
}

static bool is_change(const struct merge_conflict *conflict, size_t at)
{
	return at + 1 < conflict->count && conflict->classes[at] != conflict->classes[conflict->count - 1];
}

static int64_t newest_of(const struct span *span)
{
	int64_t newest = INT64_MIN;

	for (size_t i = 0; i < span->count; i++)
		if (span->leaves[i].series->usable.key.timestamp > newest)
			newest = span->leaves[i].series->usable.key.timestamp;
	return newest;
}

static double worst_of(const struct span *span)
{
	double worst = 1;

	for (size_t i = 0; i < span->count; i++)
		if (span->leaves[i].series->usable.key.quality < worst)
			worst = span->leaves[i].series->usable.key.quality;
	return worst;
}

// <0, 0 or >0 by how good two changes are to the rule. A delete, of which nobody knows when or how sure it was, loses to a value.
static int compare_by(enum merge_rule rule, const struct span *a, const struct span *b)
{
	if (!a->count || !b->count)
		return (a->count > 0) - (b->count > 0);
	switch (rule) {
	case MERGE_NEWEST:
		return (newest_of(a) > newest_of(b)) - (newest_of(a) < newest_of(b));
	case MERGE_QUALITY:
		return (worst_of(a) > worst_of(b)) - (worst_of(a) < worst_of(b));
	case MERGE_MIN:
		return decimal_compare(b->leaves[0].value, a->leaves[0].value);
	default:
		return decimal_compare(a->leaves[0].value, b->leaves[0].value);
	}
}

// Numbers of one unit all of them.
static bool are_numbers(const struct merge_conflict *conflict)
{
	const struct leaf *first = NULL;

	for (size_t i = 0; i + 1 < conflict->count; i++) {
		const struct leaf *leaf = only_leaf(conflict, i);

		if (!is_change(conflict, i))
			continue;
		if (!leaf || !decimal_is_number(leaf->value) || (first && !slice_equal(first->unit, leaf->unit)))
			return false;
		first = leaf;
	}
	return true;
}

// The best of the changes, when no other one is as good.
static bool choose_best(enum merge_rule rule, struct merge_conflict *conflict)
{
	size_t best = conflict->count;
	bool is_tied = false;

	for (size_t i = 0; i + 1 < conflict->count; i++) {
		if (!is_change(conflict, i))
			continue;
		int order = best == conflict->count ? 1 : compare_by(rule, &conflict->spans[i], &conflict->spans[best]);

		if (order > 0)
			is_tied = false;
		else if (order == 0 && conflict->classes[i] != conflict->classes[best])
			is_tied = true;
		if (order > 0)
			best = i;
	}
	if (is_tied)
		return false;
	conflict->chosen = best;
	return true;
}

// The arithmetic mean of all changes, with the newest time and the worst quality of them.
static bool choose_mean(struct merge_conflict *conflict, struct three_way_choice *choice)
{
	struct decimal sum = {0, 0}, number;
	int64_t count = 0;

	for (size_t i = 0; i + 1 < conflict->count; i++) {
		const struct leaf *leaf = only_leaf(conflict, i);

		if (!is_change(conflict, i))
			continue;
		if (decimal_read(leaf->value, &number) || decimal_add(sum, number, &sum))
			return false;
		struct assignment item = register_assignment(leaf->series, &leaf->series->usable);

		if (!count++)
			choice->mean = item;
		if (item.key.timestamp > choice->mean.key.timestamp)
			choice->mean.key.timestamp = item.key.timestamp;
		if (item.key.quality < choice->mean.key.quality)
			choice->mean.key.quality = item.key.quality;
	}
	if (decimal_divide(sum, (struct decimal){count, 0}, 17, &number))
		return false;
	decimal_append(&choice->text, number);
	conflict->mean = buffer_slice(&choice->text);
	choice->mean.tail = (struct fold_tail){.value = conflict->mean,
	    .unit = choice->mean.tail.unit,
	    .sensor_id = SLICE_EMPTY,
	    .command_id = SLICE_EMPTY};
	choice->mean.origin = choice->mean.ack = choice->mean.axis = SLICE_EMPTY;
	choice->mean.deadline = NO_DEADLINE;
	choice->mean.key.counter = choice->mean.key.priority = 0;
	choice->mean.hash = assignment_hash(choice->mean.kind, choice->mean.entity_id, choice->mean.path);
	return true;
}

static bool choose(enum merge_rule rule, struct merge_conflict *conflict, struct three_way_choice *choice)
{
	bool by_number = rule == MERGE_MAX || rule == MERGE_MIN || rule == MERGE_MEAN;

	if (rule == MERGE_BASE || (by_number && !are_numbers(conflict)))
		return false;
	// A document has neither times nor qualities.
	if (!by_number && replicas_are_documents(conflict->replicas))
		return false;
	if (!(rule == MERGE_MEAN ? choose_mean(conflict, choice) : choose_best(rule, conflict)))
		return false;
	conflict->rule = merge_rule_name(rule);
	return true;
}

void three_way_choose(const struct merge_rules *rules, struct merge_conflict *conflict, struct three_way_choice *choice)
{
	const struct model *model = conflict->kind <= REGISTER_DESIRED &&
		(!conflict->entity_id.length || model_applies(rules->model, conflict->entity_id))
	    ? rules->model
	    : NULL;
	const struct model_property *property = model_property(model, conflict->path);
	size_t owner = conflict->kind <= REGISTER_RELATIONSHIP ? rules->owners[conflict->kind] : NO_REPLICA;

	if (property && choose(property->merge, conflict, choice))
		return;
	if (owner != NO_REPLICA) {
		conflict->rule = "owner";
		conflict->chosen = owner;
	} else if (rules->prefer == MERGE_REPLICA) {
		conflict->rule = "prefer";
		conflict->chosen = rules->preferred;
	} else {
		choose(rules->prefer, conflict, choice);
	}
}
