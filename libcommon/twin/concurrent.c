#include "twin/concurrent.h"

#include <stdlib.h>

#include "base/memory.h"

struct search {
	struct replicas *replicas;
	const struct model *model;
	int64_t within;
	struct leaf *leaves;
	struct span *spans;
	size_t *classes;
};

static bool values_agree(const struct search *search, const struct assignment *a, const struct assignment *b)
{
	const struct model *model = model_applies(search->model, a->entity_id) ? search->model : NULL;
	const struct model_property *property = model_property(model, a->path);
	struct value_tree a_tree = VALUE_TREE_INIT, b_tree = VALUE_TREE_INIT;
	struct error ignored;
	bool agree = slice_equal(a->tail.unit, b->tail.unit) && value_parse(&a_tree, a->tail.value, &ignored) == 0 &&
	    value_parse(&b_tree, b->tail.value, &ignored) == 0 &&
	    value_equal(&a_tree, value_root(&a_tree), &b_tree, value_root(&b_tree), property ? property->absolute : 0,
		property ? property->relative : 0);

	value_tree_release(&a_tree);
	value_tree_release(&b_tree);
	return agree;
}

static bool is_near(int64_t a, int64_t b, int64_t within)
{
	int64_t apart;

	return !__builtin_sub_overflow(a, b, &apart) && apart > -within && apart < within;
}

// Looks at one replica's reading beside the one that stands. True when it contradicts it.
static bool look(struct search *search, size_t at, const struct assignment *stands, size_t *winner)
{
	struct replica *replica = &search->replicas->items[at];
	const struct series *series =
	    twin_set_find_series(&replica->set, REGISTER_REPORTED, stands->entity_id, stands->path);

	search->classes[at] = search->replicas->count;
	search->spans[at] = (struct span){.leaves = NULL, .count = 0};
	if (!series || !series->usable.handle || !series->usable.key.live ||
	    !is_near(series->usable.key.timestamp, stands->key.timestamp, search->within))
		return false;
	struct assignment item = register_assignment(series, &series->usable);

	search->leaves[at] =
	    (struct leaf){.path = item.path, .value = item.tail.value, .unit = item.tail.unit, .series = series};
	search->spans[at] = (struct span){.leaves = &search->leaves[at], .count = 1};
	search->classes[at] = at;
	if (item.key.timestamp == stands->key.timestamp && slice_equal(item.tail.sensor_id, stands->tail.sensor_id) &&
	    slice_equal(item.tail.value, stands->tail.value))
		*winner = at;
	return !slice_equal(item.tail.sensor_id, stands->tail.sensor_id) && !values_agree(search, &item, stands);
}

static bool find(struct search *search, const struct series *series, struct merge_conflict *conflict)
{
	const struct assignment stands = register_assignment(series, &series->usable);
	bool is_contradicted = false;

	*conflict = (struct merge_conflict){
	    .entity_id = stands.entity_id,
	    .kind = REGISTER_REPORTED,
	    .path = stands.path,
	    .spans = search->spans,
	    .classes = search->classes,
	    .count = search->replicas->count + 1,
	    .replicas = search->replicas,
	    .rule = "concurrent",
	};
	for (size_t i = 0; i < search->replicas->count; i++)
		is_contradicted |= look(search, i, &stands, &conflict->chosen);
	return is_contradicted;
}

size_t concurrent_find(struct replicas *replicas, const struct twin_set *merged, const struct model *model,
    int64_t within, void (*tell)(void *context, const struct merge_conflict *conflict), void *context)
{
	size_t places = replicas->count + 1, count, found = 0;
	struct search search = {.replicas = replicas,
	    .model = model,
	    .within = within,
	    .leaves = memory_new_zeroed(places, sizeof(struct leaf)),
	    .spans = memory_new_zeroed(places, sizeof(struct span)),
	    .classes = memory_new_zeroed(places, sizeof(size_t))};
	const struct twin **twins = twin_set_sorted(merged, &count);
	struct twin_view view = TWIN_VIEW_INIT;
	struct merge_conflict conflict;

	search.classes[replicas->count] = replicas->count;
	for (size_t i = 0; i < count; i++) {
		const struct view_list *list = &view.kinds[REGISTER_REPORTED];

		twin_view_draw(&view, merged, twins[i]);
		for (size_t j = 0; j < list->count; j++) {
			if (!entry_is_shown(&list->entries[j]) || !find(&search, list->entries[j].series, &conflict))
				continue;
			tell(context, &conflict);
			found++;
		}
	}
	twin_view_release(&view);
	free(twins);
	free(search.leaves);
	free(search.spans);
	free(search.classes);
	return found;
}
