// Which reading of one recording is which of another: pairs of a series, one from either side, in one pass over both in the order of time.
//
// Two readings can be a pair when no other reading of the series lies between them and they are no further apart than `within`. Of all
// ways to make such pairs, each reading in one at most, that is taken in which the sum over the pairs of (within - distance) is the
// largest; of ways that are as good, the one with the earlier pair. So readings left over cost half of `within` each: what is lost on
// one side does not shift all pairs behind it, and recordings that read half a period apart are paired all the same. It is the
// distance of Victor and Purpura between trains of spikes ("Metric-space analysis of spike trains", Network 8, 1997) with a cost
// of 2 / within, for neighbours. Readings of the same time are paired before, see _settle.
//
// The best choice for a chain of neighbours is found as by Viterbi, with one number for each: what the chain gains by its last reading. Where
// that is nothing, all before is settled. A chain that stays open is settled at PAIRING_CHAIN_MAX readings, or PAIRING_BYTES_MAX.
#ifndef ANALYSIS_STREAM_PAIRING_H
#define ANALYSIS_STREAM_PAIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAIRING_CHAIN_MAX 4096
#define PAIRING_BYTES_MAX ((size_t)32 << 20)

enum stream_side {
	STREAM_FROM,
	STREAM_TO,
};

struct pairing_item {
	int64_t time;
	enum stream_side side;
	void *reading; // the caller's
	size_t bytes;  // that it holds
};

struct stream_pairing {
	uint64_t within; // nanoseconds
	// Told in the order of time. One of a pair's readings is from, one is to; of what stays alone the other is NULL.
	void (*settled)(void *context, void *from, void *to);
	void *context;

	struct pairing_link {
		struct pairing_item item;
		bool takes; // a pair with the one before, if it is in a pair with neither or this one
	} * chain;
	size_t count, capacity, bytes;
	uint64_t gain; // of the last
};

void stream_pairing_init(struct stream_pairing *pairing, int64_t within,
    void (*settled)(void *context, void *from, void *to), void *context);
void stream_pairing_release(struct stream_pairing *pairing);

// Not older than the one before.
void stream_pairing_add(struct stream_pairing *pairing, const struct pairing_item *item);

// Settles all: at the end, and before a pair of one time, which the caller makes.
void stream_pairing_settle(struct stream_pairing *pairing);

#endif
