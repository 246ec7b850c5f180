#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/nearest.h"
#include "twin/get.h"

// Offers all ids of the store; *found when the name is one of them. The nearest is the caller's to free.
static char *find_nearest(struct store *store, const char *name, bool *found)
{
	struct nearest nearest;
	sqlite3_stmt *all = NULL;
	struct error ignored;
	char *best = NULL;

	*found = false;
	nearest_init(&nearest, name, strlen(name));
	if (store_prepare(store, &all, "SELECT entity_id FROM twins", &ignored))
		return NULL;
	while (!*found && store_step(store, all, &ignored) > 0) {
		const char *word = (const char *)sqlite3_column_text(all, 0);

		*found = strcmp(word, name) == 0;
		nearest_offer(&nearest, word);
		if (nearest.word != word)
			continue;
		free(best);
		best = memory_dup_string(word);
		nearest.word = best;
	}
	sqlite3_finalize(all);
	return best;
}

void get_hint_unknown(const struct get *get, const char *name)
{
	struct option_list one = {.items = &name, .count = 1};
	bool found = twin_set_find(&get->set, slice_from_string(name));

	if (found || !globs_are_names(&one))
		return;
	char *near = get->store ? find_nearest(get->store, name, &found) : NULL;

	if (!found && near)
		message_print("no twin is called '%s'; did you mean '%s'?", name, near);
	else if (!found)
		message_print("no twin is called '%s'", name);
	free(near);
}
