// Patches of twins. Diff records set registers to what they say, also back to what they were; the other patches change what the documents show, and
// that enters as readings, wishes and deletes of one time. Of each twin all is done or nothing.
#ifndef TWIN_TWIN_PATCH_H
#define TWIN_TWIN_PATCH_H

#include "twin/model.h"
#include "twin/patch_file.h"
#include "twin/twin_set.h"
#include "twin/view.h"

struct twin_patch {
	enum patch_form form;
	const struct model *model;
	bool has_time;
	int64_t time; // of what enters
	bool joins;   // what is newer stays: nothing is set back
	// Told of each item that is not applied; index: of the operation in the item.
	void (*refused)(
	    void *context, const struct patch_item *item, size_t index, struct slice path, const char *reason);
	void *context;

	struct twin_set set; // the twin as it becomes
	struct buffer lines; // the records that make it so, one a line
	struct twin_view view, after;
	struct hash_map pointers; // of the registers of the twin
	const struct view_entry **entries;
	size_t entry_capacity;
	struct value_tree trees[2];
	struct buffer text, other;
};

void twin_patch_init(struct twin_patch *patch);
void twin_patch_release(struct twin_patch *patch);

// The items are all of one entity. twin: NULL when there is none yet. 1 when the twin in patch->set is the patched one, 0 when something was
// refused.
int twin_patch_apply(struct twin_patch *patch, const struct twin_set *set, const struct twin *twin,
    struct slice entity_id, const struct patch_item *items, size_t count);

// Puts the registers of a twin into another set.
void twin_copy_registers(struct twin_set *into, const struct twin *twin);

#endif
