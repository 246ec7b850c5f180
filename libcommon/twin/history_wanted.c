// Which rows a range asks for where it names its series: the places to jump to, over what lies between.
#include "twin/history_parts.h"

// How many of the named series are below the number.
static size_t count_below(const struct history_range *range, int64_t series)
{
	size_t low = 0, high = range->series_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (range->series[middle] < series)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool history_is_wanted(const struct history_range *range, uint32_t series)
{
	size_t at = count_below(range, series);

	return at < range->series_count && range->series[at] == series;
}

// Behind all rows of the series that are asked for.
static struct history_place end_of(const struct history_range *range, uint32_t series)
{
	return range->to == HISTORY_END ? (struct history_place){(int64_t)series + 1, INT64_MIN}
					: (struct history_place){series, range->to};
}

bool history_next_wanted(const struct history_range *range, struct history_place from, struct history_place *wanted)
{
	size_t at = count_below(range, from.series);

	if (at < range->series_count && history_place_compare(end_of(range, range->series[at]), from) <= 0)
		at++;
	if (at == range->series_count)
		return false;
	*wanted = (struct history_place){range->series[at], range->from};
	if (history_place_compare(*wanted, from) < 0)
		*wanted = from;
	return true;
}

bool history_previous_wanted(const struct history_range *range, struct history_place before, struct history_place *end)
{
	size_t at = count_below(range, before.series);

	// Those that are below, and the one that `before` stands in.
	if (at < range->series_count &&
	    history_place_compare((struct history_place){range->series[at], range->from}, before) < 0)
		at++;
	if (!at)
		return false;
	*end = end_of(range, range->series[at - 1]);
	if (history_place_compare(before, *end) < 0)
		*end = before;
	return true;
}
