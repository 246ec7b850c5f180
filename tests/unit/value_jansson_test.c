// The value parser against jansson: the same texts accepted, the same values found.
#include <dirent.h>
#include <stdlib.h>

#include "jansson_compare.h"
#include "unit.h"
#include "unit_random.h"

#define MUTATIONS 200000

static const char *const seeds[] = {
    "{\"entity_id\":\"pump-1\",\"property\":\"bearing/"
    "temperature\",\"timestamp\":\"2026-03-01T12:00:00Z\",\"value\":71.5}",
    "{\"a\":1,\"\\u0061\":2}",
    "{\"a\":1,\"b\":{\"a\":1,\"a\\u0000\":3},\"c\":[{\"a\":1},{\"a\":1}]}",
    "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
    "{\"/\":1,\"\\/\":2,\"\\u002f\":3,\"\\u002F\":4}",
    "[0,-0,0.0,-0.0e0,1e5,1E+5,1e-5,123456789012345678,-9223372036854775808,9223372036854775807]",
    "[9223372036854775808,1e400,-1e400,1e-400,0.1,12345678901234567890123,0e999999999999]",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\uD834\\uDD1E\"",
    "\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\xef\xbf\xbf\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\x7f\"",
    "\"\\ud800\\udc00\\udbff\\udfff \\u0000\"",
    " \t\r\n[ true , false , null , [ ] , { } , [ [ ] ] ] \n",
    "{\"m1\":1,\"m2\":1,\"m3\":1,\"m4\":1,\"m5\":1,\"m6\":1,\"m7\":1,\"m8\":1,\"m9\":1,\"n1\":1,\"n2\":1,\"n3\":1,"
    "\"n4\":1,"
    "\"n5\":1,\"n6\":1,\"n7\":1,\"n8\":1,\"n9\":1,\"\\u006eA\":1,\"o\":{\"m1\":1}}",
    "{\"o\":{\"o\":{\"o\":{\"o\":[{\"o\":null},{\"\":\"\"}]}}}}",
    "-12.50e+3",
    "\"plain text that is long enough to be read eight bytes at a time, and then some more of it\"",
    "null",
    "{\"type\":\"desired\",\"properties\":{\"valve\":{\"open\":true,\"rate\":0.25},\"mode\":\"auto\"}}",
};

// What a mutation puts in: bytes that mean something, and pieces of bad UTF-8 and of escapes.
static const char *const pieces[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "-", "+", ".", "e", "E", "0", "1", "9",
    " ", "\n", "\t", "\r", "\f", "\x01", "\x1f", "\x7f", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80",
    "\xe0\xa0", "\xed\xa0\x80", "\xef\xbb\xbf", "\xf0\x80\x80\x80", "\xf0\x90\x80\x80", "\xf4\x90\x80\x80", "\xf5",
    "\xff", "\\u", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u00", "\\x", "\\\"", "true", "nul", "1e999",
    "\"a\":", ",\"a\":1", "\"\\u0061\":0,", "[[", "]]", "{\"a\":"};

static void append_nest(struct buffer *out, uint64_t *random)
{
	size_t depth = 505 + random_below(random, 16);
	uint64_t shapes = random_word(random);

	for (size_t i = 0; i < depth; i++)
		buffer_append_string(out, shapes >> i % 64 & 1 ? "[" : "{\"n\":");
	buffer_append_string(out, random_below(random, 2) ? "1" : "[]");
	for (size_t i = depth; i-- > 0;)
		buffer_append_char(out, shapes >> i % 64 & 1 ? ']' : '}');
}

static void replace(struct buffer *text, size_t at, size_t length, struct slice by)
{
	struct buffer changed = BUFFER_INIT;

	buffer_append(&changed, text->data, at);
	buffer_append_slice(&changed, by);
	buffer_append_slice(&changed, slice_skip(buffer_slice(text), at + length));
	buffer_release(text);
	*text = changed;
}

static struct slice random_seed(uint64_t *random)
{
	return slice_from_string(seeds[random_below(random, sizeof seeds / sizeof *seeds)]);
}

static struct slice random_run(struct slice from, uint64_t *random)
{
	size_t at = random_below(random, from.length + 1);

	return slice_of(from.data + at, random_below(random, from.length - at + 1));
}

static void mutate(struct buffer *text, uint64_t *random)
{
	size_t at = random_below(random, text->length + 1), left = text->length - at;
	const char *piece = pieces[random_below(random, sizeof pieces / sizeof *pieces)];
	char byte = (char)random_word(random);

	switch (random_below(random, 7)) {
	case 0:
		if (left)
			text->data[at] ^= (char)(1 << random_below(random, 8));
		break;
	case 1:
		replace(text, at, left > 0, slice_of(&byte, 1));
		break;
	case 2:
		replace(text, at, 0, slice_from_string(piece));
		break;
	case 3:
		replace(text, at, left ? 1 + random_below(random, left < 4 ? left : 4) : 0, SLICE_EMPTY);
		break;
	case 4:
		replace(text, at, random_below(random, 4) ? 0 : left, SLICE_EMPTY);
		break;
	case 5:
		replace(text, at, random_below(random, left + 1), random_run(random_seed(random), random));
		break;
	default:
		replace(text, at, left > 0, slice_from_string(piece));
	}
}

static void make_text(struct buffer *text, uint64_t *random)
{
	size_t changes = random_below(random, 4);

	buffer_reset(text);
	if (random_below(random, 40) == 0)
		append_nest(text, random);
	else
		buffer_append_slice(text, random_seed(random));
	for (size_t i = 0; i < changes; i++)
		mutate(text, random);
}

static void show(struct slice text)
{
	printf("# differs: ");
	for (size_t i = 0; i < text.length; i++)
		printf((unsigned char)text.data[i] < 0x20 || (unsigned char)text.data[i] > 0x7e ? "\\x%02x" : "%c",
		    (unsigned char)text.data[i]);
	printf("\n");
}

static bool agrees(struct value_tree *tree, struct slice text, size_t results[5])
{
	enum comparison_result result = compare_with_jansson(tree, text);

	results[result]++;
	if (result == COMPARISON_DIFFERS)
		show(text);
	return result != COMPARISON_DIFFERS;
}

static void read_file(struct buffer *text, const char *directory, const char *name)
{
	struct buffer path = BUFFER_INIT;
	FILE *file;
	size_t got;

	buffer_printf(&path, "%s/%s", directory, name);
	file = fopen(buffer_string(&path), "rb");
	CHECK(file);
	while (file && (got = fread(buffer_reserve(text, 65536), 1, 65536, file)) > 0)
		text->length += got;
	if (file)
		fclose(file);
	buffer_release(&path);
}

// The file's name says what a JSON parser must do: y accept, n refuse, i either.
static bool verdict_fits(const char *name, struct slice text)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	bool accepted = value_parse(&tree, text, &error) == 0;
	bool duplicates = !accepted && strstr(error.message, "twice") != NULL;
	bool zero_name = !accepted && strstr(error.message, "\\u0000") != NULL;

	value_tree_release(&tree);
	if (name[1] != '_')
		return true;
	return name[0] == 'n' ? !accepted : name[0] == 'y' ? accepted || duplicates || zero_name : true;
}

static void check_directory(const char *data, const char *below)
{
	struct buffer directory = BUFFER_INIT, text = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;
	size_t results[5] = {0};
	struct dirent *entry;
	DIR *listing;

	buffer_printf(&directory, "%s/vectors/jsontestsuite/%s", data, below);
	listing = opendir(buffer_string(&directory));
	CHECK(listing);
	while (listing && (entry = readdir(listing))) {
		if (entry->d_name[0] == '.')
			continue;
		buffer_reset(&text);
		read_file(&text, buffer_string(&directory), entry->d_name);
		if (!agrees(&tree, buffer_slice(&text), results) || !verdict_fits(entry->d_name, buffer_slice(&text)))
			unit_fail(__FILE__, __LINE__, entry->d_name);
	}
	if (listing)
		closedir(listing);
	printf("# %s: %zu accepted, %zu refused, %zu with too large numbers, %zu too deep\n", below, results[0],
	    results[1], results[2], results[3]);
	CHECK(results[COMPARISON_ACCEPTED] >= 10);
	value_tree_release(&tree);
	buffer_release(&directory);
	buffer_release(&text);
}

static void check_nesting(void)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer text = BUFFER_INIT;
	struct error error;

	for (size_t depth = 510; depth <= 514; depth++) {
		buffer_reset(&text);
		for (size_t i = 0; i < depth; i++)
			buffer_append_char(&text, '[');
		for (size_t i = 0; i < depth; i++)
			buffer_append_char(&text, ']');
		CHECK((value_parse(&tree, buffer_slice(&text), &error) == 0) == (depth <= 512));
		CHECK(compare_with_jansson(&tree, buffer_slice(&text)) ==
		    (depth <= 512 ? COMPARISON_ACCEPTED : COMPARISON_TOO_DEEP));
	}
	value_tree_release(&tree);
	buffer_release(&text);
}

static void check_mutations(void)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer text = BUFFER_INIT;
	size_t results[5] = {0};
	uint64_t random = 20260301;

	for (size_t i = 0; i < MUTATIONS && results[COMPARISON_DIFFERS] < 10; i++) {
		make_text(&text, &random);
		// A copy of just its size, so that a byte read too many is seen.
		char *exact = memory_new(text.length);

		if (text.length)
			memcpy(exact, text.data, text.length);
		CHECK(agrees(&tree, slice_of(exact, text.length), results));
		free(exact);
	}
	printf("# %zu accepted, %zu refused, %zu with too large numbers, %zu too deep\n", results[0], results[1],
	    results[2], results[3]);
	for (int i = 0; i < COMPARISON_DIFFERS; i++)
		CHECK(results[i] > 500);
	value_tree_release(&tree);
	buffer_release(&text);
}

int main(void)
{
	const char *data = getenv("TWIN_TEST_DATA");

	TEST("512 nested arrays are accepted and 513 refused") check_nesting();
	TEST("mutated texts are accepted and read as jansson does") check_mutations();
	if (!data) {
		unit_close();
		printf("ok %d - the public parsing tests agree with jansson # SKIP TWIN_TEST_DATA is not set\n",
		    ++unit_count);
		return unit_end();
	}
	TEST("the public parsing tests agree with jansson and with their names") check_directory(data, "test_parsing");
	TEST("the public transformation tests agree with jansson") check_directory(data, "test_transform");
	return unit_end();
}
