#include "analysis/quantile_sketch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

// Of a double: eleven bits of exponent and the first seven of the fraction.
#define INDEX_SHIFT 45

void quantile_sketch_release(struct quantile_sketch *sketch)
{
	free(sketch->bins);
	*sketch = (struct quantile_sketch)QUANTILE_SKETCH_INIT;
}

static uint32_t index_of(double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof bits);
	return (uint32_t)(bits >> INDEX_SHIFT);
}

// The first bin that is not below index.
static size_t find_bin(const struct quantile_sketch *sketch, uint32_t index)
{
	size_t low = 0, high = sketch->bin_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sketch->bins[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void join_bins(struct sketch_bin *into, const struct sketch_bin *from)
{
	into->count += from->count;
	into->lowest = from->lowest < into->lowest ? from->lowest : into->lowest;
	into->highest = from->highest > into->highest ? from->highest : into->highest;
}

static void join_lowest(struct quantile_sketch *sketch)
{
	join_bins(&sketch->bins[1], &sketch->bins[0]);
	sketch->bin_count--;
	memmove(sketch->bins, sketch->bins + 1, sketch->bin_count * sizeof *sketch->bins);
}

static void insert_bin(struct quantile_sketch *sketch, size_t at, const struct sketch_bin *bin)
{
	sketch->bins = memory_grow(sketch->bins, &sketch->capacity, sketch->bin_count + 1, sizeof *sketch->bins);
	memmove(sketch->bins + at + 1, sketch->bins + at, (sketch->bin_count - at) * sizeof *sketch->bins);
	sketch->bins[at] = *bin;
	sketch->bin_count++;
	sketch->recent = at;
	if (sketch->bin_count > SKETCH_BINS_MAX) {
		join_lowest(sketch);
		sketch->recent = 0;
	}
}

static void add_bin(struct quantile_sketch *sketch, const struct sketch_bin *bin)
{
	size_t at = sketch->recent;

	sketch->count += bin->count;
	if (at >= sketch->bin_count || sketch->bins[at].index != bin->index)
		at = find_bin(sketch, bin->index);
	// What is below the lowest bin of a full sketch would be joined with it at once.
	if (at == 0 && sketch->bin_count == SKETCH_BINS_MAX)
		join_bins(&sketch->bins[0], bin);
	else if (at < sketch->bin_count && sketch->bins[at].index == bin->index)
		join_bins(&sketch->bins[at], bin);
	else
		insert_bin(sketch, at, bin);
	if (at < sketch->bin_count && sketch->bins[at].index == bin->index)
		sketch->recent = at;
}

void quantile_sketch_add(struct quantile_sketch *sketch, double number)
{
	double plain = number > 0 ? number : 0;

	add_bin(sketch, &(struct sketch_bin){index_of(plain), 1, plain, plain});
}

void quantile_sketch_merge(struct quantile_sketch *sketch, const struct quantile_sketch *other)
{
	for (size_t i = 0; i < other->bin_count; i++)
		add_bin(sketch, &other->bins[i]);
}

// The number of that rank, from 0; within a bin numbers are taken as evenly spread.
static double at_rank(const struct quantile_sketch *sketch, uint64_t rank)
{
	size_t i = 0;

	while (rank >= sketch->bins[i].count && i + 1 < sketch->bin_count)
		rank -= sketch->bins[i++].count;
	const struct sketch_bin *bin = &sketch->bins[i];

	if (rank == 0 || bin->lowest == bin->highest)
		return bin->lowest;
	if (rank >= bin->count - 1)
		return bin->highest;
	return bin->lowest + (bin->highest - bin->lowest) * ((double)rank / (double)(bin->count - 1));
}

double quantile_sketch_at(const struct quantile_sketch *sketch, double share)
{
	if (!sketch->count)
		return 0;
	double place = share * (double)(sketch->count - 1);
	uint64_t rank = (uint64_t)place;
	double low = at_rank(sketch, rank);

	if ((double)rank == place || rank + 1 >= sketch->count)
		return low;
	return low + (at_rank(sketch, rank + 1) - low) * (place - (double)rank);
}

double quantile_sketch_minimum(const struct quantile_sketch *sketch)
{
	return sketch->count ? sketch->bins[0].lowest : 0;
}

double quantile_sketch_maximum(const struct quantile_sketch *sketch)
{
	return sketch->count ? sketch->bins[sketch->bin_count - 1].highest : 0;
}

static uint64_t share_above(const struct sketch_bin *bin, double limit)
{
	if (bin->lowest > limit)
		return bin->count;
	if (bin->highest <= limit)
		return 0;
	return (uint64_t)((double)bin->count * ((bin->highest - limit) / (bin->highest - bin->lowest)) + 0.5);
}

uint64_t quantile_sketch_above(const struct quantile_sketch *sketch, double limit)
{
	uint64_t above = 0;

	for (size_t i = sketch->bin_count; i-- > 0 && sketch->bins[i].highest > limit;)
		above += share_above(&sketch->bins[i], limit);
	return above;
}
