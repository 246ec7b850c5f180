#include "analysis/number_ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void number_ranges_release(struct number_ranges *set)
{
	free(set->ranges);
	*set = (struct number_ranges)NUMBER_RANGES_INIT;
}

// How many ranges begin at number or before it.
static size_t find_range(const struct number_ranges *set, int64_t number)
{
	size_t low = 0, high = set->count;

	if (high && set->ranges[high - 1].first <= number)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].first <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void remove_range(struct number_ranges *set, size_t at)
{
	set->count--;
	memmove(set->ranges + at, set->ranges + at + 1, (set->count - at) * sizeof *set->ranges);
}

static void insert_range(struct number_ranges *set, size_t at, int64_t number)
{
	set->ranges = memory_grow(set->ranges, &set->capacity, set->count + 1, sizeof *set->ranges);
	memmove(set->ranges + at + 1, set->ranges + at, (set->count - at) * sizeof *set->ranges);
	set->ranges[at] = (struct number_range){number, number};
	set->count++;
	if (set->count <= RANGES_MAX)
		return;
	set->ranges[0].last = set->ranges[1].last;
	remove_range(set, 1);
	set->forgotten++;
}

bool number_ranges_add(struct number_ranges *set, int64_t number)
{
	size_t at = find_range(set, number);
	struct number_range *before = at ? &set->ranges[at - 1] : NULL;
	struct number_range *after = at < set->count ? &set->ranges[at] : NULL;

	if (before && number <= before->last)
		return false;
	bool touches_before = before && number - 1 == before->last;
	bool touches_after = after && number + 1 == after->first;

	set->held++;
	if (touches_before && touches_after) {
		before->last = after->last;
		remove_range(set, at);
	} else if (touches_before) {
		before->last = number;
	} else if (touches_after) {
		after->first = number;
	} else {
		insert_range(set, at, number);
	}
	return true;
}

uint64_t number_ranges_holes(const struct number_ranges *set)
{
	return set->forgotten + (set->count ? set->count - 1 : 0);
}
