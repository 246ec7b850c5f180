// A fast hash of bytes, the same on every run and machine (nothing we print may depend on a random seed): the length and every
// byte go through 64x64->128 bit multiplication (after wyhash, public domain). Whoever knows it can choose keys that
// collide; base/hash_map.h notices and changes over to hash_bytes_keyed, other tables should do the same or sort.
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/slice.h"

uint64_t hash_bytes(struct slice s, uint64_t seed);

// SipHash-1-3 (Aumasson, Bernstein 2012): slower, and with a secret key nobody can choose colliding bytes.
struct hash_key {
	uint64_t low;
	uint64_t high;
};

uint64_t hash_bytes_keyed(struct slice s, struct hash_key key);

// A key from the kernel, different in every run: for the order within a table only, never for what is printed.
struct hash_key hash_key_random(void);

#endif
