// The word that was probably meant: the nearest of those offered, by slips of the hand (a letter more, less or wrong, two swapped).
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *typed;
	size_t length;
	size_t best;      // slips of `word`; the most that are forgiven while there is none
	const char *word; // NULL when nothing offered is near; borrowed from who offered it
};

// One slip in three letters is forgiven. Words beyond 48 bytes are never near.
void nearest_init(struct nearest *nearest, const char *typed, size_t length);
void nearest_offer(struct nearest *nearest, const char *word);

#endif
