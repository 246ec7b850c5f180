// A fast hash of bytes, the same on every run and machine (nothing we print may depend on a random seed): the length and every
// byte go through 64x64->128 bit multiplication (after wyhash, public domain). Whoever knows it can choose keys that
// collide; base/hash_map.h notices and changes over to hash_bytes_keyed, other tables should do the same or sort.
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

#define HASH_SECRET_LENGTH UINT64_C(0xa0761d6478bd642f)
#define HASH_SECRET_LANE   UINT64_C(0xe7037ed1a0b428db)

static inline uint64_t hash_read_eight(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof word);
	return le64toh(word);
}

static inline uint64_t hash_read_four(const char *from)
{
	uint32_t word;

	memcpy(&word, from, sizeof word);
	return le32toh(word);
}

static inline uint64_t hash_fold_product(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_read_up_to_three(struct slice s)
{
	const unsigned char *bytes = (const unsigned char *)s.data;

	return (uint64_t)bytes[0] << 16 | (uint64_t)bytes[s.length >> 1] << 8 | bytes[s.length - 1];
}

static inline uint64_t hash_bytes(struct slice s, uint64_t seed)
{
	const char *at = s.data;
	uint64_t first = 0, last = 0;
	size_t left = s.length;

	seed ^= HASH_SECRET_LENGTH;
	for (; left > 16; at += 16, left -= 16)
		seed = hash_fold_product(hash_read_eight(at) ^ HASH_SECRET_LANE, hash_read_eight(at + 8) ^ seed);
	if (s.length > 16) {
		// The last sixteen bytes may overlap what the loop has taken.
		first = hash_read_eight(at + left - 16);
		last = hash_read_eight(at + left - 8);
	} else if (left >= 4) {
		size_t step = (left >> 3) << 2;

		first = hash_read_four(at) << 32 | hash_read_four(at + step);
		last = hash_read_four(at + left - 4) << 32 | hash_read_four(at + left - 4 - step);
	} else if (left) {
		first = hash_read_up_to_three(s);
	}
	return hash_fold_product(
	    HASH_SECRET_LENGTH ^ s.length, hash_fold_product(first ^ HASH_SECRET_LANE, last ^ seed));
}

// SipHash-1-3 (Aumasson, Bernstein 2012): slower, and with a secret key nobody can choose colliding bytes.
struct hash_key {
	uint64_t low;
	uint64_t high;
};

uint64_t hash_bytes_keyed(struct slice s, struct hash_key key);

// A key from the kernel, different in every run: for the order within a table only, never for what is printed.
struct hash_key hash_key_random(void);

#endif
