// A set of whole numbers that are mostly consecutive (slots of a series that were filled, sequence numbers that came), as ranges. Memory is
// bounded: beyond RANGES_MAX ranges the two lowest become one, and what was missing between them is missing for good.
#ifndef ANALYSIS_NUMBER_RANGES_H
#define ANALYSIS_NUMBER_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANGES_MAX 256

struct number_range {
	int64_t first, last;
};

struct number_ranges {
	struct number_range *ranges; // ascending, never touching
	size_t count, capacity;
	uint64_t held;      // numbers in the set
	uint64_t forgotten; // holes that were closed
};

#define NUMBER_RANGES_INIT                                                                                             \
	{                                                                                                              \
		0                                                                                                      \
	}

void number_ranges_release(struct number_ranges *set);

// Whether it is new.
bool number_ranges_add(struct number_ranges *set, int64_t number);

// Runs of numbers that are missing between the first and the last.
uint64_t number_ranges_holes(const struct number_ranges *set);

#endif
