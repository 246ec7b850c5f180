// Seeded random numbers for the unit tests: the same on every machine.
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>

// SplitMix64 (Steele, Lea, Flood 2014).
static inline uint64_t random_word(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

// 0 to limit-1.
static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
	return random_word(state) % limit;
}

#endif
