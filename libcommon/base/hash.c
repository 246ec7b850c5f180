#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

static inline uint64_t rotate(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

uint64_t hash_bytes_keyed(struct slice s, struct hash_key key)
{
	uint64_t v[4] = {key.low ^ UINT64_C(0x736f6d6570736575), key.high ^ UINT64_C(0x646f72616e646f6d),
	    key.low ^ UINT64_C(0x6c7967656e657261), key.high ^ UINT64_C(0x7465646279746573)};
	uint64_t word = 0;
	size_t whole = s.length & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8) {
		word = hash_read_eight(s.data + i);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)s.length << 56;
	for (size_t i = whole; i < s.length; i++)
		word |= (uint64_t)(unsigned char)s.data[i] << 8 * (i - whole);
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct hash_key hash_key_random(void)
{
	struct hash_key key;
	struct timespec now;

	if (getrandom(&key, sizeof key, 0) == (ssize_t)sizeof key)
		return key;
	// Without the system call the clock and the place of the stack are still more than a file's author can know.
	clock_gettime(CLOCK_MONOTONIC, &now);
	key.low = (uint64_t)now.tv_nsec * HASH_SECRET_LANE;
	key.high = (uint64_t)(uintptr_t)&now * HASH_SECRET_LENGTH;
	return key;
}
