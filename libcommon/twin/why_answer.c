#include "twin/why_answer.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/property_path.h"
#include "record/value.h"

const struct why_record *why_holder(const struct why *why, const struct view_entry *entry)
{
	return why->holders[entry->series->watch - 1];
}

static const struct why_record *larger(const struct why_record *a, const struct why_record *b)
{
	if (!a || !b)
		return a ? a : b;
	return why_record_compare(a, b) >= 0 ? a : b;
}

bool why_is_below(struct slice path, const struct view_entry *entry)
{
	return property_path_is_under(series_path(entry->series), path);
}

// The largest of what is shown below.
static const struct why_record *largest_shown_below(const struct why_answer *answer)
{
	const struct view_list *list = answer->reported;
	struct slice path = answer->why->path;
	const struct why_record *found = NULL;

	for (size_t i = view_list_behind(list, path); i < list->count && why_is_below(path, &list->entries[i]); i++)
		if (entry_is_shown(&list->entries[i]))
			found = larger(found, why_holder(answer->why, &list->entries[i]));
	return found;
}

// The largest of all that could be the reason why nothing is shown.
static const struct why_record *largest_of_all(const struct why_answer *answer)
{
	const struct why *why = answer->why;
	const struct why_record *found = why->tombstone;

	for (size_t i = 0; i < answer->reported->count; i++) {
		const struct view_entry *entry = &answer->reported->entries[i];

		if (entry->has_usable && why_relate(why, REGISTER_REPORTED, series_path(entry->series)) != WHY_BESIDE)
			found = larger(found, why_holder(why, entry));
	}
	return found;
}

// What hides a reading that has the largest key of those above it: the largest value below it.
static const struct why_record *hider_of(const struct why_answer *answer, struct slice path)
{
	const struct view_list *list = answer->reported;
	const struct why_record *found = NULL;

	for (size_t i = view_list_behind(list, path); i < list->count && why_is_below(path, &list->entries[i]); i++)
		if (list->entries[i].has_usable && list->entries[i].series->usable.key.live)
			found = larger(found, why_holder(answer->why, &list->entries[i]));
	return found;
}

static void take_supplier(struct why_answer *answer, const struct view_entry *supplier)
{
	struct why *why = answer->why;
	struct slice own = series_path(supplier->series);
	const struct value *part = NULL;
	struct error ignored;

	answer->winner = why_holder(why, supplier);
	answer->value = answer->winner->item.tail.value;
	answer->rule = WHY_RULE_NEWEST;
	if (slice_equal(own, why->path))
		return;
	if (value_parse(&why->tree, answer->value, &ignored) == 0)
		part = value_at_pointer(&why->tree, value_root(&why->tree), slice_skip(why->path, own.length));
	answer->rule = part ? WHY_RULE_ABOVE : WHY_RULE_ABSENT;
	answer->value = part ? part->text : SLICE_EMPTY;
}

static void find_winner(struct why_answer *answer)
{
	const struct view_entry *supplier = view_list_supplier(answer->reported, answer->why->path);

	if (supplier) {
		take_supplier(answer, supplier);
		return;
	}
	answer->rule = WHY_RULE_BELOW;
	answer->winner = largest_shown_below(answer);
	if (answer->winner)
		return;
	answer->winner = largest_of_all(answer);
	answer->rule = !answer->winner      ? WHY_RULE_UNUSABLE
	    : answer->winner->item.key.live ? WHY_RULE_HIDDEN
					    : WHY_RULE_DELETED;
	if (answer->rule == WHY_RULE_HIDDEN)
		answer->hider = hider_of(answer, answer->winner->item.path);
}

static void add_beaten(struct why_answer *answer, const struct why_record *record)
{
	answer->beaten = memory_grow(
	    answer->beaten, &answer->beaten_capacity, answer->beaten_count + 1, sizeof(struct why_record *));
	answer->beaten[answer->beaten_count++] = record;
}

static int compare_newest_first(const void *a, const void *b)
{
	const struct why_record *const *x = a, *const *y = b;

	return why_record_compare(*y, *x);
}

// Of properties below, what stands in their registers; where these make the value, each of them can be asked about.
static void gather_below(struct why_answer *answer)
{
	const struct view_list *list = answer->reported;
	const struct why *why = answer->why;

	for (size_t i = view_list_behind(list, why->path);
	     i < list->count && why_is_below(why->path, &list->entries[i]); i++) {
		if (!list->entries[i].has_usable || why_holder(why, &list->entries[i]) == answer->winner)
			continue;
		add_beaten(answer, why_holder(why, &list->entries[i]));
		answer->all_beaten++;
	}
}

static void gather_beaten(struct why_answer *answer)
{
	struct why *why = answer->why;
	const struct why_record *winner = answer->winner;

	why_newest_sort(&why->newest);
	answer->all_beaten = why->counted + distinct_count(&why->distinct);
	if (winner && why_relate(why, winner->item.kind, winner->item.path) != WHY_BELOW)
		answer->all_beaten--;
	for (size_t i = 0; i < why->newest.count; i++)
		if (!winner || why_record_compare(why->newest.records[i], winner) != 0)
			add_beaten(answer, why->newest.records[i]);
	if (answer->rule != WHY_RULE_BELOW)
		gather_below(answer);
	if (answer->beaten_count > 1)
		qsort(answer->beaten, answer->beaten_count, sizeof *answer->beaten, compare_newest_first);
	if (answer->beaten_count > why->limit)
		answer->beaten_count = why->limit;
}

const char *why_decided_by(const struct why_answer *answer, const struct why_record *beaten)
{
	struct fold_register loser = why_record_register(beaten), winner;

	if (!answer->winner)
		return beaten->unusable ? beaten->unusable : "unusable";
	winner = why_record_register(answer->winner);
	if (fold_compare(&winner, &loser, &why_record_owner) < 0) {
		if (!reading_is_usable(&loser.key))
			return beaten->unusable ? beaten->unusable : "unusable";
		// A delete hides what is at its path and below, not a part of a value above, or what stands in it.
		return "object";
	}
	enum fold_part part = fold_difference(&winner, &loser, &why_record_owner);

	// Of equal keys the one further down is shown.
	return part == FOLD_PART_COUNT ? "property" : fold_part_name(part);
}

bool why_is_conflict(const struct why_answer *answer, const struct why_record *beaten)
{
	struct fold_register winner;

	if (!answer->winner || answer->winner->item.kind != beaten->item.kind ||
	    !slice_equal(answer->winner->item.path, beaten->item.path))
		return false;
	winner = why_record_register(answer->winner);
	return fold_judge(&winner, &beaten->item.key, &beaten->item.tail, &why_record_owner) == FOLD_CONFLICT;
}

void why_answer_find(struct why_answer *answer, struct why *why)
{
	*answer =
	    (struct why_answer){.why = why, .reported = &why->view.kinds[REGISTER_REPORTED], .value = SLICE_EMPTY};
	find_winner(answer);
	gather_beaten(answer);
}

void why_answer_release(struct why_answer *answer)
{
	free(answer->beaten);
}
