#include "twin/document.h"

#include "record/value.h"
#include "unit.h"

static struct buffer text = BUFFER_INIT;

// path value path value ... NULL
static struct slice draw(const char *const *items)
{
	struct document_writer writer;

	buffer_reset(&text);
	document_begin(&writer, &text);
	for (; *items; items += 2)
		document_put(&writer, slice_from_string(items[0]), slice_from_string(items[1]));
	document_end(&writer);
	return buffer_slice(&text);
}

#define DRAW(...) draw((const char *const[]){__VA_ARGS__, NULL})

static void check_depth(void)
{
	struct buffer path = BUFFER_INIT;
	struct document_writer writer;
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;

	for (int i = 0; i < 500; i++)
		buffer_append_string(&path, i ? "/a" : "a");
	buffer_reset(&text);
	document_begin(&writer, &text);
	document_put(&writer, buffer_slice(&path), SLICE_LITERAL("1"));
	document_put(&writer, SLICE_LITERAL("b"), SLICE_LITERAL("2"));
	document_end(&writer);
	CHECK(value_parse(&tree, buffer_slice(&text), &error) == 0);
	CHECK(value_root(&tree)->count == 2);
	value_tree_release(&tree);
	buffer_release(&path);
}

int main(void)
{
	TEST("nothing is an empty object") CHECK_TEXT(draw((const char *const[]){NULL}), "{}");
	TEST("paths become nested objects")
	{
		CHECK_TEXT(DRAW("a", "1"), "{\"a\":1}");
		CHECK_TEXT(DRAW("a", "1", "b", "[2]"), "{\"a\":1,\"b\":[2]}");
		CHECK_TEXT(DRAW("a/b/c", "1", "a/b/d", "2", "a/e", "3", "f", "4"),
		    "{\"a\":{\"b\":{\"c\":1,\"d\":2},\"e\":3},\"f\":4}");
		CHECK_TEXT(DRAW("a/b", "1", "c/b", "2"), "{\"a\":{\"b\":1},\"c\":{\"b\":2}}");
		CHECK_TEXT(DRAW("a/b/c/d", "1", "a/c", "2"), "{\"a\":{\"b\":{\"c\":{\"d\":1}},\"c\":2}}");
	}
	TEST("names that begin alike are different names")
	{
		CHECK_TEXT(DRAW("a/b", "1", "ab/b", "2", "ab/c", "3"), "{\"a\":{\"b\":1},\"ab\":{\"b\":2,\"c\":3}}");
		CHECK_TEXT(DRAW("x/a", "1", "x/ab", "2"), "{\"x\":{\"a\":1,\"ab\":2}}");
	}
	TEST("names are decoded from paths and escaped for JSON")
	{
		CHECK_TEXT(DRAW("a~1b/~0\"", "1", "a~1b/\n", "2"), "{\"a/b\":{\"~\\\"\":1,\"\\n\":2}}");
	}
	TEST("deep paths open and close as many objects") check_depth();
	buffer_release(&text);
	return unit_end();
}
