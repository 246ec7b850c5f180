#include "record/property_path.h"

#include "unit.h"

static bool is_path(const char *text)
{
	struct error error;

	return property_path_check(slice_from_string(text), &error) == 0;
}

static void check_refusal(const char *text, const char *message)
{
	struct error error = {""};

	CHECK(property_path_check(slice_from_string(text), &error) == -1);
	CHECK_TEXT(slice_from_string(error.message), message);
}

static void check_segments(void)
{
	struct slice rest = SLICE_LITERAL("a~1b/c d/~01"), segment;
	struct buffer out = BUFFER_INIT;

	CHECK(property_path_next(&rest, &segment));
	CHECK_TEXT(segment, "a~1b");
	property_segment_decode(&out, segment);
	CHECK_TEXT(buffer_slice(&out), "a/b");
	CHECK(property_path_next(&rest, &segment));
	CHECK_TEXT(segment, "c d");
	CHECK(property_path_next(&rest, &segment));
	buffer_reset(&out);
	property_segment_decode(&out, segment);
	CHECK_TEXT(buffer_slice(&out), "~1");
	CHECK(!property_path_next(&rest, &segment));
	buffer_release(&out);
}

static void check_appending(void)
{
	struct buffer out = BUFFER_INIT;

	buffer_append_string(&out, "before");
	property_path_append(&out, 6, SLICE_LITERAL("a/b"));
	property_path_append(&out, 6, SLICE_LITERAL("~1"));
	property_path_append(&out, 6, SLICE_LITERAL("c"));
	CHECK_TEXT(buffer_slice(&out), "beforea~1b/~01/c");
	buffer_release(&out);
}

static bool is_under(const char *path, const char *ancestor)
{
	return property_path_is_under(slice_from_string(path), slice_from_string(ancestor));
}

int main(void)
{
	TEST("segments of any text, with ~0 and ~1, are a path")
	{
		CHECK(is_path("a"));
		CHECK(is_path("bearing/temperature"));
		CHECK(is_path("~0/~1/~01~10"));
		CHECK(is_path("0/ / \xc3\xa9/..."));
	}
	TEST("empty paths, empty segments and lone tildes are refused with the reason")
	{
		check_refusal("", "a property must not be empty");
		check_refusal("/a", "property '/a' has an empty segment");
		check_refusal("a/", "property 'a/' has an empty segment");
		check_refusal("a//b", "property 'a//b' has an empty segment");
		check_refusal("/", "property '/' has an empty segment");
		check_refusal("a~", "property 'a~' has '~' without 0 or 1 behind it");
		check_refusal("~2", "property '~2' has '~' without 0 or 1 behind it");
		check_refusal("~/0", "property '~/0' has '~' without 0 or 1 behind it");
	}
	TEST("segments come off the front and are decoded") check_segments();
	TEST("a segment is appended with its slashes and tildes escaped") check_appending();
	TEST("a path is under its ancestors by whole segments only")
	{
		CHECK(is_under("a/b", "a"));
		CHECK(is_under("a/b/c", "a/b"));
		CHECK(!is_under("a", "a"));
		CHECK(!is_under("ab/c", "a"));
		CHECK(!is_under("a", "a/b"));
		CHECK(!is_under("a~1b", "a"));
	}
	return unit_end();
}
