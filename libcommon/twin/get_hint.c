#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/nearest.h"
#include "twin/get.h"

// Offers the words that the statement gives; *found when the name is one of them. The nearest is the caller's to free.
static char *find_nearest(struct store *store, const char *sql, const char *name, bool *found)
{
	struct nearest nearest;
	sqlite3_stmt *all = NULL;
	struct error ignored;
	char *best = NULL;

	*found = false;
	nearest_init(&nearest, name, strlen(name));
	if (store_prepare(store, &all, sql, &ignored))
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

static void tell(const char *what, const char *name, const char *near)
{
	if (near)
		message_print("%s '%s'; did you mean '%s'?", what, name, near);
	else
		message_print("%s '%s'", what, name);
}

static void hint_name(const struct get *get, const char *sql, const char *what, const char *name)
{
	struct option_list one = {.items = &name, .count = 1};
	bool found = false;

	if (!globs_are_names(&one))
		return;
	char *near = get->store ? find_nearest(get->store, sql, name, &found) : NULL;

	if (!found)
		tell(what, name, near);
	free(near);
}

void get_hint_unknown(const struct get *get)
{
	const struct option_list *entities = &get->question->entities, *properties = &get->question->properties;
	// --why looks after its property itself.
	bool all_known = !get->streams.emit.sinks[GET_WHY];

	for (size_t i = 0; i < entities->count; i++) {
		if (twin_set_find(&get->set, slice_from_string(entities->items[i])))
			continue;
		all_known = false;
		hint_name(get, "SELECT entity_id FROM twins", "no twin is called", entities->items[i]);
	}
	for (size_t i = 0; i < properties->count && all_known && !get->answers.offered; i++)
		hint_name(get, "SELECT DISTINCT path FROM series WHERE kind IN (0, 1, 7)", "no property is called",
		    properties->items[i]);
}
