#include "base/hash_map.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "unit.h"

static uint64_t sip(const char *text)
{
	return hash_bytes_keyed(slice_from_string(text), (struct hash_key){0, 0});
}

// Two different keys per length and position: a byte that is not mixed in would make them equal.
static void check_every_byte_counts(void)
{
	char first[70], second[70];

	for (size_t length = 1; length <= sizeof first; length++) {
		for (size_t at = 0; at < length; at++) {
			memset(first, 'x', sizeof first);
			memcpy(second, first, sizeof first);
			second[at] = 'y';
			CHECK(hash_bytes(slice_of(first, length), 0) != hash_bytes(slice_of(second, length), 0));
		}
		CHECK(hash_bytes(slice_of(first, length), 0) != hash_bytes(slice_of(first, length - 1), 0));
	}
}

static struct slice numbered_key(char text[32], size_t number)
{
	return slice_of(text, (size_t)snprintf(text, 32, "pump-%zu/%zu", number % 977, number));
}

static void check_numbers(void)
{
	struct hash_map map = HASH_MAP_INIT;
	char text[32];
	int added;

	for (size_t i = 0; i < 100000; i++) {
		CHECK(hash_map_find(&map, numbered_key(text, i)) == HASH_MAP_NONE);
		CHECK(hash_map_add(&map, numbered_key(text, i), &added) == i && added);
	}
	for (size_t i = 0; i < 100000; i++) {
		CHECK(hash_map_find(&map, numbered_key(text, i)) == i);
		CHECK(hash_map_add(&map, numbered_key(text, i), &added) == i && !added);
		CHECK_TEXT(map.keys[i], text);
	}
	CHECK(map.count == 100000);
	CHECK(!map.keyed);
	hash_map_release(&map);
	CHECK(hash_map_find(&map, SLICE_EMPTY) == HASH_MAP_NONE);
}

static void check_odd_keys(void)
{
	struct hash_map map = HASH_MAP_INIT;
	char *large = memory_new(3000000);

	memset(large, 'z', 3000000);
	CHECK(hash_map_add(&map, slice_of(NULL, 0), NULL) == 0);
	CHECK(hash_map_add(&map, SLICE_EMPTY, NULL) == 0);
	CHECK(hash_map_add(&map, slice_of("a\0b", 3), NULL) == 1);
	CHECK(hash_map_add(&map, slice_of("a\0c", 3), NULL) == 2);
	CHECK(hash_map_add(&map, slice_of(large, 3000000), NULL) == 3);
	CHECK(hash_map_add(&map, slice_of(large, 2999999), NULL) == 4);
	CHECK(hash_map_add(&map, slice_of("a", 1), NULL) == 5);
	large[0] = 'y';
	CHECK(hash_map_find(&map, slice_of(large, 3000000)) == HASH_MAP_NONE);
	CHECK(hash_map_find(&map, slice_of("a\0c", 3)) == 2);
	hash_map_release(&map);
	free(large);
}

// The first eight bytes make one factor of the product zero, so that the next eight do not count.
static struct slice colliding_key(char text[32], uint64_t number)
{
	uint64_t words[4] = {htole64(UINT64_C(0xe7037ed1a0b428db)), number, 0, 0};

	memcpy(text, words, 32);
	return slice_of(text, 32);
}

static void check_colliding_keys(void)
{
	struct hash_map map = HASH_MAP_INIT;
	char text[32];

	CHECK(hash_bytes(colliding_key(text, 1), 0) == hash_bytes(colliding_key(text, 2), 0));
	for (uint64_t i = 0; i < 50000; i++)
		CHECK(hash_map_add(&map, colliding_key(text, i), NULL) == i);
	CHECK(map.keyed);
	for (uint64_t i = 0; i < 50000; i++)
		CHECK(hash_map_find(&map, colliding_key(text, i)) == i);
	CHECK(hash_map_find(&map, colliding_key(text, 50000)) == HASH_MAP_NONE);
	CHECK(hash_map_add_hashed(&map, colliding_key(text, 7), 12345, NULL) == 7);
	hash_map_release(&map);
}

int main(void)
{
	TEST("the keyed hash is SipHash-1-3")
	{
		CHECK(sip("a") == UINT64_C(0x407448d2b89b1813));
		CHECK(sip("abcdefg") == UINT64_C(0x6db12aae9070f506));
		CHECK(sip("abcdefgh") == UINT64_C(0x3f7b849c0b8e35ea));
		CHECK(sip("abcdefghijklmno") == UINT64_C(0x1fd27a29b0e9dc7a));
	}
	TEST("every byte and the length count in the hash") check_every_byte_counts();
	TEST("entries are numbered in the order they were first added") check_numbers();
	TEST("empty, binary and very long keys are kept apart") check_odd_keys();
	TEST("keys made to collide change the hash, not the numbers") check_colliding_keys();
	return unit_end();
}
