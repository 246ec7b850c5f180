// How far the clock of one recording is from that of another, told by what both saw: landmarks, which are changes of a value that each of them
// has once. The offset is the median of their differences of time, and known when at least CLOCK_LANDMARKS_MIN landmarks say so
// and half of all lie close to it; recordings that have nothing to do with each other share landmarks only by chance, and these disagree.
//
// Memory is bounded by keeping the landmarks with the smallest hashes (Broder's bottom-k sketch, "On the resemblance and containment of
// documents", 1997): both sides then keep the same ones, whatever the order and the length of the recordings.
#ifndef ANALYSIS_CLOCK_OFFSET_H
#define ANALYSIS_CLOCK_OFFSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/stream_pairing.h"

#define CLOCK_LANDMARKS_MIN 5

struct landmark {
	uint64_t hash;
	uint32_t seen[2]; // by enum stream_side, 2 stands for more; both 0 in a free slot
	int64_t time[2];
};

struct clock_offset {
	struct landmark *slots; // a power of two, at most half of them used
	size_t capacity, count;
	uint64_t limit; // of the hashes that are kept
};

struct clock_estimate {
	bool is_known;
	int64_t offset;   // to - from, nanoseconds
	size_t landmarks; // that both have once
};

// capacity: slots, a power of two.
void clock_offset_init(struct clock_offset *offset, size_t capacity);
void clock_offset_release(struct clock_offset *offset);
void clock_offset_clear(struct clock_offset *offset);

// hash: of the series, the value before and the value.
void clock_offset_add(struct clock_offset *offset, enum stream_side side, uint64_t hash, int64_t time);

// close: nanoseconds.
struct clock_estimate clock_offset_estimate(const struct clock_offset *offset, int64_t close);

// b - a, and the nearest there is where that is too much.
int64_t time_difference(int64_t a, int64_t b);

#endif
