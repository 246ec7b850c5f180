// One twin as it is to be seen: its registers in order, and which of them the documents show. Where one property's path is a prefix of
// another's (bearing, bearing/temperature) the larger key decides which of them is drawn.
#ifndef TWIN_VIEW_H
#define TWIN_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "twin/twin_set.h"

struct view_entry {
	const struct series *series;
	bool has_usable; // the registers that stand (are not older than the twin's delete)
	bool has_last;   // and is another record than usable
	bool hidden;     // usable stands, but is hidden by an ancestor or descendant
	bool omitted;    // is not asked for
	size_t above;    // index + 1 of the nearest ancestor with a usable register, 0 for none
};

static inline bool entry_is_shown(const struct view_entry *entry)
{
	return entry->has_usable && entry->series->usable.key.live && !entry->hidden;
}

struct view_list {
	struct view_entry *entries;
	size_t count;
	size_t capacity;
};

struct twin_view {
	const struct twin *twin;
	const struct fold_owner *owner;
	struct view_list
	    kinds[REGISTER_KINDS]; // sorted by the decoded segments of their paths: documents are drawn in this order
	bool is_alive;             // something live stands
	bool has_anything;         // at least a delete
	int64_t timestamp;         // of the newest register that stands
	uint64_t drawn;            // how often: what was worked out from an earlier drawing is void
};

#define TWIN_VIEW_INIT                                                                                                 \
	{                                                                                                              \
		0                                                                                                      \
	}

void twin_view_release(struct twin_view *view);

// What the view held before is replaced; slices and series are borrowed from the set until it changes.
void twin_view_draw(struct twin_view *view, const struct twin_set *set, const struct twin *twin);

// Order of paths by their decoded segments: descendants follow their ancestor at once.
int path_compare(struct slice a, struct slice b);

// The order in which a view has its registers of a kind.
int register_path_compare(enum register_kind kind, struct slice a, struct slice b);

// The first entry behind path in that order, which is where its descendants are; count when there is none.
size_t view_list_behind(const struct view_list *list, struct slice path);

// The entry of that very path, or NULL.
const struct view_entry *view_list_find(const struct view_list *list, struct slice path);

// Whether anything is desired under the first segment of path: if not, what is reported there meets and unmeets no desire.
bool twin_desires_near(const struct twin *twin, struct slice path);

// The entry that shows the value at path: the nearest at or above it, or NULL.
const struct view_entry *view_list_supplier(const struct view_list *list, struct slice path);

#endif
