#include "twin/three_way.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"
#include "twin/three_way_parts.h"

// What one replica shows of one twin.
struct part {
	struct twin_view view;
	const struct twin *twin; // NULL when it has none
	struct leaf *leaves[REGISTER_KINDS];
	size_t counts[REGISTER_KINDS];
	size_t capacities[REGISTER_KINDS];
};

// These carry a time wherever they come from.
static bool is_timed(enum register_kind kind)
{
	return kind == REGISTER_PREDICTION || kind == REGISTER_EVENT;
}

void three_way_init(struct three_way *merge)
{
	merge->remaining = merge->resolved = 0;
	merge->count = replicas_sides(merge->replicas) + 1;
	merge->parts = memory_new_zeroed(merge->count, sizeof *merge->parts);
	// One row for each level that a path can have, and the root.
	merge->spans = memory_new_zeroed((PROPERTY_SEGMENTS_MAX + 2) * 2 * merge->count, sizeof *merge->spans);
	merge->classes = memory_new_zeroed(merge->count, sizeof *merge->classes);
}

void three_way_release(struct three_way *merge)
{
	for (size_t i = 0; i < merge->count; i++) {
		twin_view_release(&merge->parts[i].view);
		for (int kind = 0; kind < REGISTER_KINDS; kind++)
			free(merge->parts[i].leaves[kind]);
	}
	free(merge->parts);
	free(merge->spans);
	free(merge->classes);
}

static void put_register(struct twin_set *set, const struct series *series, const struct fold_register *held)
{
	struct assignment item = register_assignment(series, held);

	item.hash = assignment_hash(item.kind, item.entity_id, item.path);
	twin_set_put(set, &item);
}

// With the newest reading beside it, where that is a worse one.
static void put_series(struct twin_set *set, const struct series *series)
{
	put_register(set, series, &series->usable);
	if (series->kind == REGISTER_REPORTED && series->last.handle != series->usable.handle)
		put_register(set, series, &series->last);
}

static void put_span(struct twin_set *set, const struct span *span)
{
	for (size_t i = 0; i < span->count; i++)
		put_series(set, span->leaves[i].series);
}

// All that have it alike: the newest of equal values is the one that is kept.
static void put_class(struct three_way *merge, const struct span *spans, size_t class)
{
	for (size_t i = 0; i < merge->count; i++) {
		if (merge->classes[i] != class)
			continue;
		put_span(merge->merged, &spans[i]);
		for (size_t side = 0; merge->level && side + 1 < merge->count; side++)
			put_span(&merge->level[side], &spans[i]);
	}
}

// A conflict that remains.
static void put_remaining(struct three_way *merge, const struct span *spans)
{
	size_t base = merge->classes[merge->count - 1];

	for (size_t i = 0; i < merge->count; i++)
		if (merge->classes[i] == base)
			put_span(merge->merged, &spans[i]);
	for (size_t side = 0; merge->level && side + 1 < merge->count; side++)
		put_span(&merge->level[side], &spans[side]);
}

static void put_mean(struct three_way *merge, const struct assignment *mean)
{
	twin_set_put(merge->merged, mean);
	for (size_t side = 0; merge->level && side + 1 < merge->count; side++)
		twin_set_put(&merge->level[side], mean);
}

// How many different changes there are; *change is one of them.
static size_t count_changes(const struct three_way *merge, size_t *change)
{
	size_t base = merge->classes[merge->count - 1], count = 0;

	for (size_t i = 0; i + 1 < merge->count; i++) {
		// A class has the number of the first that is of it; the base's may be that of a side.
		if (merge->classes[i] == i && i != base) {
			*change = i;
			count++;
		}
	}
	return count;
}

static void conflict(struct three_way *merge, const struct twin *twin, enum register_kind kind, struct slice path,
    const struct span *spans)
{
	struct merge_conflict found = {
	    .entity_id = twin->entity_id,
	    .kind = kind,
	    .path = path,
	    .spans = spans,
	    .classes = merge->classes,
	    .count = merge->count,
	    .replicas = merge->replicas,
	    .chosen = merge->count - 1,
	};
	struct three_way_choice choice = {.text = BUFFER_INIT};

	three_way_choose(merge->rules, &found, &choice);
	if (!found.rule) {
		merge->remaining++;
		put_remaining(merge, spans);
	} else {
		merge->resolved++;
		merge->has_mean |= found.mean.length > 0;
		if (found.mean.length)
			put_mean(merge, &choice.mean);
		else
			put_class(merge, spans, merge->classes[found.chosen]);
	}
	merge->conflict(merge->context, &found);
	buffer_release(&choice.text);
}

static bool is_gone(const struct three_way *merge, size_t at)
{
	const struct part *part = &merge->parts[at];

	// A document is always there.
	return !part->twin || (!part->view.is_alive && !replicas_are_documents(merge->replicas));
}

// Whoever has the twin no more has changed nothing.
static void forget_deletes(struct three_way *merge)
{
	for (size_t i = 0; i + 1 < merge->count; i++)
		if (is_gone(merge, i))
			merge->classes[i] = merge->classes[merge->count - 1];
}

static void decide(struct three_way *merge, const struct twin *twin, enum register_kind kind, struct slice path,
    const struct span *spans)
{
	size_t change = 0;

	three_way_classify(spans, merge->count, path, merge->classes);
	size_t changes = count_changes(merge, &change);

	if (changes == 1 && merge->is_contested) {
		forget_deletes(merge);
		changes = count_changes(merge, &change);
	}

	if (changes > 1)
		conflict(merge, twin, kind, path, spans);
	else
		put_class(merge, spans, changes ? change : merge->classes[merge->count - 1]);
}

// {} itself, which has no places inside.
static bool is_at(const struct span *span, struct slice path)
{
	return span->count && span->leaves[0].path.length == path.length;
}

static bool is_object(const struct span *span, struct slice path)
{
	return span->count && (!is_at(span, path) || slice_is(span->leaves[0].value, "{}"));
}

// Whether the place has to be looked at as a whole: not everybody has an object there, or somebody has deleted it.
static bool is_whole(const struct three_way *merge, struct slice path, const struct span *spans)
{
	const struct span *base = &spans[merge->count - 1];

	for (size_t i = 0; i < merge->count; i++)
		if (spans[i].count ? !is_object(&spans[i], path) : base->count > 0)
			return true;
	return false;
}

// The path of the member of `above` that the leaf lies in or is.
static struct slice child_of(struct slice above, struct slice path)
{
	size_t length = above.length ? above.length + 1 : 0;

	while (length < path.length && path.data[length] != '/')
		length++;
	return slice_of(path.data, length);
}

// The first member that anybody has left.
static bool next_child(const struct three_way *merge, struct slice path, const struct span *left, struct slice *child)
{
	bool found = false;

	for (size_t i = 0; i < merge->count; i++) {
		if (!left[i].count)
			continue;
		struct slice own = child_of(path, left[i].leaves[0].path);

		if (!found || path_compare(own, *child) < 0)
			*child = own;
		found = true;
	}
	return found;
}

static struct span cut(struct span *left, struct slice child)
{
	struct span taken = {.leaves = left->leaves, .count = 0};

	while (taken.count < left->count &&
	    (slice_equal(left->leaves[taken.count].path, child) ||
		property_path_is_under(left->leaves[taken.count].path, child)))
		taken.count++;
	left->leaves += taken.count;
	left->count -= taken.count;
	return taken;
}

static void merge_below(struct three_way *merge, const struct twin *twin, enum register_kind kind, struct slice path,
    size_t depth, const struct span *spans);

static void merge_place(struct three_way *merge, const struct twin *twin, enum register_kind kind, struct slice path,
    size_t depth, const struct span *spans)
{
	if (depth > PROPERTY_SEGMENTS_MAX || is_whole(merge, path, spans))
		decide(merge, twin, kind, path, spans);
	else
		merge_below(merge, twin, kind, path, depth, spans);
}

// Everybody who has the place has an object there: member by member. One that nothing is left of goes, unless somebody has it empty.
static void merge_below(struct three_way *merge, const struct twin *twin, enum register_kind kind, struct slice path,
    size_t depth, const struct span *spans)
{
	struct span *left = merge->spans + depth * 2 * merge->count, *members = left + merge->count;
	size_t before = merge->merged->series_count;
	struct slice child;

	for (size_t i = 0; i < merge->count; i++) {
		left[i] = spans[i];
		if (path.length && is_at(&left[i], path))
			left[i].count = 0;
	}
	while (next_child(merge, path, left, &child)) {
		for (size_t i = 0; i < merge->count; i++)
			members[i] = cut(&left[i], child);
		merge_place(merge, twin, kind, child, depth + 1, members);
	}
	if (merge->merged->series_count > before || !path.length)
		return;
	for (size_t i = 0; i < merge->count; i++)
		merge->classes[i] = is_at(&spans[i], path) ? merge->count : i;
	put_class(merge, spans, merge->count);
}

static void read_leaves(struct part *part)
{
	for (int kind = 0; kind < REGISTER_KINDS; kind++) {
		const struct view_list *list = &part->view.kinds[kind];
		size_t count = 0;

		part->leaves[kind] =
		    memory_grow(part->leaves[kind], &part->capacities[kind], list->count + 1, sizeof(struct leaf));
		for (size_t i = 0; i < list->count; i++) {
			if (!entry_is_shown(&list->entries[i]))
				continue;
			const struct series *series = list->entries[i].series;
			struct assignment item = register_assignment(series, &series->usable);

			part->leaves[kind][count++] = (struct leaf){
			    .path = item.path, .value = item.tail.value, .unit = item.tail.unit, .series = series};
		}
		part->counts[kind] = count;
	}
}

static void draw(struct three_way *merge, struct slice entity_id)
{
	for (size_t i = 0; i < merge->count; i++) {
		struct part *part = &merge->parts[i];
		const struct twin_set *set = i < merge->replicas->count ? &merge->replicas->items[i].set : NULL;

		part->twin = set ? twin_set_find(set, entity_id) : NULL;
		for (int kind = 0; kind < REGISTER_KINDS; kind++)
			part->counts[kind] = 0;
		if (!part->twin)
			continue;
		twin_view_draw(&part->view, set, part->twin);
		read_leaves(part);
	}
}

// The base has the twin, and somebody has it no more.
static bool is_twin_gone(const struct three_way *merge)
{
	bool gone = false;

	for (size_t i = 0; i + 1 < merge->count; i++)
		gone |= is_gone(merge, i);
	return gone && merge->parts[merge->count - 1].twin;
}

static struct span *spans_of(struct three_way *merge, enum register_kind kind)
{
	struct span *spans = merge->spans + (PROPERTY_SEGMENTS_MAX + 1) * 2 * merge->count;

	for (size_t i = 0; i < merge->count; i++)
		spans[i] = (struct span){.leaves = merge->parts[i].leaves[kind], .count = merge->parts[i].counts[kind]};
	return spans;
}

// What one has deleted as a whole, another has changed in some part: the other parts are not deleted either.
static bool is_contested(struct three_way *merge)
{
	size_t change;

	if (!is_twin_gone(merge))
		return false;
	for (enum register_kind kind = 0; kind < REGISTER_KINDS; kind++) {
		if (is_timed(kind))
			continue;
		three_way_classify(spans_of(merge, kind), merge->count, SLICE_EMPTY, merge->classes);
		if (count_changes(merge, &change) > 1)
			return true;
	}
	return false;
}

static void merge_kind(struct three_way *merge, const struct twin *twin, enum register_kind kind)
{
	struct span *spans = spans_of(merge, kind);
	bool is_empty = true;

	for (size_t i = 0; i < merge->count; i++)
		is_empty &= !spans[i].count;
	if (is_empty)
		return;
	if (is_timed(kind)) {
		for (size_t i = 0; i < merge->count; i++)
			merge->classes[i] = 0;
		put_class(merge, spans, 0);
	} else if (kind == REGISTER_MODEL || is_twin_gone(merge)) {
		decide(merge, twin, kind, SLICE_EMPTY, spans);
	} else {
		merge_below(merge, twin, kind, SLICE_EMPTY, 0, spans);
	}
}

static void merge_twin(struct three_way *merge, struct slice entity_id)
{
	const struct twin *twin = twin_set_add(merge->merged, entity_id);

	for (size_t side = 0; merge->level && side + 1 < merge->count; side++)
		twin_set_add(&merge->level[side], entity_id);
	draw(merge, entity_id);
	merge->is_contested = is_contested(merge);
	for (int kind = 0; kind < REGISTER_KINDS; kind++)
		if (kind != REGISTER_TOMBSTONE)
			merge_kind(merge, twin, kind);
}

void three_way_merge(struct three_way *merge)
{
	struct twin_set all;
	size_t count;

	twin_set_init(&all);
	for (size_t i = 0; i < merge->replicas->count; i++)
		for (size_t j = 0; j < merge->replicas->items[i].set.entities.count; j++)
			twin_set_add(&all, merge->replicas->items[i].set.twins[j]->entity_id);
	const struct twin **twins = twin_set_sorted(&all, &count);

	for (size_t i = 0; i < count; i++)
		merge_twin(merge, twins[i]->entity_id);
	free(twins);
	twin_set_release(&all);
}
