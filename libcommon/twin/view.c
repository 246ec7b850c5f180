#include "twin/view.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"

void twin_view_release(struct twin_view *view)
{
	for (int kind = 0; kind < REGISTER_KINDS; kind++)
		free(view->kinds[kind].entries);
	*view = (struct twin_view)TWIN_VIEW_INIT;
}

// The next decoded byte of a path; a separator sorts before every byte, the end before that.
static int next_byte(struct slice *path)
{
	if (path->length == 0)
		return -2;
	int c = (unsigned char)path->data[0];
	size_t used = 1;

	if (c == '/') {
		c = -1;
	} else if (c == '~' && path->length > 1) {
		c = path->data[1] == '1' ? '/' : '~';
		used = 2;
	}
	*path = slice_skip(*path, used);
	return c;
}

int path_compare(struct slice a, struct slice b)
{
	for (;;) {
		int x = next_byte(&a);
		int y = next_byte(&b);

		if (x != y)
			return x < y ? -1 : 1;
		if (x == -2)
			return 0;
	}
}

// Events are members of one level: by the event's name, then by the bytes of the whole path of its property.
static int compare_events(struct slice x, struct slice y)
{
	struct slice x_event = SLICE_EMPTY, y_event = SLICE_EMPTY;

	property_path_next(&x, &x_event);
	property_path_next(&y, &y_event);
	int order = path_compare(x_event, y_event);

	return order ? order : slice_compare(x, y);
}

int register_path_compare(enum register_kind kind, struct slice a, struct slice b)
{
	return kind == REGISTER_EVENT ? compare_events(a, b) : path_compare(a, b);
}

// Both are of one kind.
static int compare_entries(const void *a, const void *b)
{
	const struct series *x = ((const struct view_entry *)a)->series, *y = ((const struct view_entry *)b)->series;

	return register_path_compare(x->kind, series_path(x), series_path(y));
}

// While the entries are walked in order: one ancestor of the entry in hand.
struct ancestor {
	struct view_entry *entry;
	const struct fold_register *largest;    // key among this one and its own ancestors
	const struct fold_register *descendant; // largest live key among descendants, NULL when there is none
};

static const struct fold_register *larger(
    const struct fold_register *a, const struct fold_register *b, const struct fold_owner *owner)
{
	if (!a || !b)
		return a ? a : b;
	return fold_compare(a, b, owner) >= 0 ? a : b;
}

// Leaves an ancestor behind: all its descendants have been seen.
static void leave(struct ancestor *stack, size_t depth, const struct fold_owner *owner)
{
	struct ancestor *done = &stack[depth];
	const struct fold_register *own = &done->entry->series->usable;

	if (done->descendant && fold_compare(done->descendant, own, owner) >= 0)
		done->entry->hidden = true;
	if (depth) {
		struct ancestor *parent = &stack[depth - 1];

		parent->descendant = larger(parent->descendant, done->descendant, owner);
		if (own->key.live)
			parent->descendant = larger(parent->descendant, own, owner);
	}
}

static void hide(struct view_list *list, const struct fold_owner *owner)
{
	struct ancestor *stack = NULL;
	size_t depth = 0, capacity = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct view_entry *entry = &list->entries[i];

		while (depth &&
		    !property_path_is_under(series_path(entry->series), series_path(stack[depth - 1].entry->series)))
			leave(stack, --depth, owner);
		entry->above = depth ? (size_t)(stack[depth - 1].entry - list->entries) + 1 : 0;
		if (!entry->has_usable)
			continue;
		const struct fold_register *above = depth ? stack[depth - 1].largest : NULL;
		const struct fold_register *own = &entry->series->usable;

		entry->hidden = above && fold_compare(above, own, owner) > 0;
		stack = memory_grow(stack, &capacity, depth + 1, sizeof *stack);
		stack[depth++] = (struct ancestor){.entry = entry, .largest = larger(own, above, owner)};
	}
	while (depth)
		leave(stack, --depth, owner);
	free(stack);
}

static void see(struct twin_view *view, const struct fold_register *held)
{
	if (!view->has_anything || held->key.timestamp > view->timestamp)
		view->timestamp = held->key.timestamp;
	view->has_anything = true;
	view->is_alive |= held->key.live;
}

static void add_series(struct twin_view *view, const struct series *series)
{
	struct view_list *list = &view->kinds[series->kind];
	struct view_entry entry = {
	    .series = series,
	    .has_usable = register_stands(view->twin, &series->usable),
	    .has_last = series->last.handle != series->usable.handle && register_stands(view->twin, &series->last),
	};

	if (!entry.has_usable && !entry.has_last)
		return;
	if (entry.has_usable)
		see(view, &series->usable);
	if (entry.has_last)
		see(view, &series->last);
	list->entries = memory_grow(list->entries, &list->capacity, list->count + 1, sizeof *list->entries);
	list->entries[list->count++] = entry;
}

void twin_view_draw(struct twin_view *view, const struct twin_set *set, const struct twin *twin)
{
	view->twin = twin;
	view->drawn++;
	view->owner = &set->owner;
	view->is_alive = view->has_anything = false;
	view->timestamp = 0;
	for (int kind = 0; kind < REGISTER_KINDS; kind++)
		view->kinds[kind].count = 0;
	if (twin->tombstone.handle)
		see(view, &twin->tombstone);
	for (const struct series *series = twin->series; series; series = series->next)
		add_series(view, series);
	for (int kind = 0; kind < REGISTER_KINDS; kind++)
		if (view->kinds[kind].count > 1)
			qsort(view->kinds[kind].entries, view->kinds[kind].count, sizeof(struct view_entry),
			    compare_entries);
	hide(&view->kinds[REGISTER_REPORTED], &set->owner);
	hide(&view->kinds[REGISTER_DESIRED], &set->owner);
}

size_t view_list_behind(const struct view_list *list, struct slice path)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (path_compare(series_path(list->entries[middle].series), path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct view_entry *view_list_find(const struct view_list *list, struct slice path)
{
	size_t behind = view_list_behind(list, path);

	return behind && slice_equal(series_path(list->entries[behind - 1].series), path) ? &list->entries[behind - 1]
											  : NULL;
}

// All ancestors of path are ancestors of the last entry that is not behind it (or are that entry).
const struct view_entry *view_list_supplier(const struct view_list *list, struct slice path)
{
	const struct view_entry *entry;

	for (size_t at = view_list_behind(list, path); at; at = entry->above) {
		struct slice own = series_path(list->entries[at - 1].series);

		entry = &list->entries[at - 1];
		if (entry_is_shown(entry) && (slice_equal(own, path) || property_path_is_under(path, own)))
			return entry;
	}
	return NULL;
}

bool twin_desires_near(const struct twin *twin, struct slice path)
{
	struct slice first = SLICE_EMPTY;

	if (!twin->desired_count)
		return false;
	property_path_next(&path, &first);
	for (const struct series *series = twin->series; series; series = series->next)
		if (series->kind == REGISTER_DESIRED &&
		    (slice_equal(series_path(series), first) || property_path_is_under(series_path(series), first)))
			return true;
	return false;
}
