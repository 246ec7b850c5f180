#include "base/hash.h"

#include <endian.h>
#include <sys/random.h>
#include <time.h>

#define SECRET_LENGTH UINT64_C(0xa0761d6478bd642f)
#define SECRET_LANE   UINT64_C(0xe7037ed1a0b428db)

static inline uint64_t read_eight(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof word);
	return le64toh(word);
}

static inline uint64_t read_four(const char *from)
{
	uint32_t word;

	memcpy(&word, from, sizeof word);
	return le32toh(word);
}

static inline uint64_t fold_product(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t read_up_to_three(struct slice s)
{
	const unsigned char *bytes = (const unsigned char *)s.data;

	return (uint64_t)bytes[0] << 16 | (uint64_t)bytes[s.length >> 1] << 8 | bytes[s.length - 1];
}

uint64_t hash_bytes(struct slice s, uint64_t seed)
{
	const char *at = s.data;
	uint64_t first = 0, last = 0;
	size_t left = s.length;

	seed ^= SECRET_LENGTH;
	for (; left > 16; at += 16, left -= 16)
		seed = fold_product(read_eight(at) ^ SECRET_LANE, read_eight(at + 8) ^ seed);
	if (s.length > 16) {
		// The last sixteen bytes may overlap what the loop has taken.
		first = read_eight(at + left - 16);
		last = read_eight(at + left - 8);
	} else if (left >= 4) {
		size_t step = (left >> 3) << 2;

		first = read_four(at) << 32 | read_four(at + step);
		last = read_four(at + left - 4) << 32 | read_four(at + left - 4 - step);
	} else if (left) {
		first = read_up_to_three(s);
	}
	return fold_product(SECRET_LENGTH ^ s.length, fold_product(first ^ SECRET_LANE, last ^ seed));
}

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
		word = read_eight(s.data + i);
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
	key.low = (uint64_t)now.tv_nsec * SECRET_LANE;
	key.high = (uint64_t)(uintptr_t)&now * SECRET_LENGTH;
	return key;
}
