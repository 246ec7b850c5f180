#include "record/value.h"

#include <stdlib.h>

#include "unit.h"
#include "unit_random.h"

static void parse(struct value_tree *tree, struct slice text)
{
	struct error error = {""};

	if (value_parse(tree, text, &error) == 0)
		return;
	printf("# %s in '%.*s'\n", error.message, text.length < 500 ? (int)text.length : 500, text.data);
	unit_fail(__FILE__, __LINE__, "value_parse");
	if (value_parse(tree, SLICE_LITERAL("null"), &error) < 0)
		exit(1);
}

static void check_error(const char *text, const char *message)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error = {""};

	CHECK(value_parse(&tree, slice_from_string(text), &error) == -1);
	CHECK_TEXT(slice_from_string(error.message), message);
	value_tree_release(&tree);
}

static void check_tree(void)
{
	struct value_tree tree = VALUE_TREE_INIT;
	const struct value *v;

	parse(&tree, SLICE_LITERAL(" {\"a\" : [1, \"x\\n\"], \"b\\u0063\":{}, \"d\":null } "));
	v = value_root(&tree);
	CHECK(v->kind == VALUE_OBJECT && v->count == 3 && v->name.length == 0);
	CHECK_TEXT(v->text, "{\"a\" : [1, \"x\\n\"], \"b\\u0063\":{}, \"d\":null }");
	v = value_first(&tree, v);
	CHECK(v->kind == VALUE_ARRAY && v->count == 2 && !v->name_escaped);
	CHECK_TEXT(v->name, "a");
	CHECK_TEXT(v->text, "[1, \"x\\n\"]");
	CHECK_TEXT(value_first(&tree, v)->text, "1");
	CHECK(value_next(&tree, value_first(&tree, v))->escaped);
	CHECK(!value_next(&tree, value_next(&tree, value_first(&tree, v))));
	v = value_next(&tree, v);
	CHECK(v->kind == VALUE_OBJECT && v->count == 0 && v->name_escaped && !value_first(&tree, v));
	v = value_next(&tree, v);
	CHECK(v->kind == VALUE_NULL && !value_next(&tree, v));
	// The same tree again, with something else.
	parse(&tree, SLICE_LITERAL("12345678901234567890.50e+400"));
	CHECK(tree.count == 1 && value_root(&tree)->kind == VALUE_NUMBER);
	CHECK_TEXT(value_root(&tree)->text, "12345678901234567890.50e+400");
	value_tree_release(&tree);
}

static void check_lookups(void)
{
	struct value_tree tree = VALUE_TREE_INIT;
	const struct value *root;

	parse(&tree,
	    SLICE_LITERAL("{\"entity\\u005fid\":1,\"\":2,\"a/b\":{\"m~n\":[10,[20,21]]},\"\\u00e9\":3,\"0\":4}"));
	root = value_root(&tree);
	CHECK_TEXT(value_member(&tree, root, SLICE_LITERAL("entity_id"))->text, "1");
	CHECK_TEXT(value_member(&tree, root, SLICE_LITERAL("\xc3\xa9"))->text, "3");
	CHECK_TEXT(value_member(&tree, root, SLICE_EMPTY)->text, "2");
	CHECK(!value_member(&tree, root, SLICE_LITERAL("entity\\u005fid")));
	CHECK(!value_member(&tree, value_first(&tree, root), SLICE_LITERAL("a")));
	CHECK(value_at_pointer(&tree, root, SLICE_EMPTY) == root);
	CHECK_TEXT(value_at_pointer(&tree, root, SLICE_LITERAL("/"))->text, "2");
	CHECK_TEXT(value_at_pointer(&tree, root, SLICE_LITERAL("/a~1b/m~0n/1/0"))->text, "20");
	CHECK_TEXT(value_at_pointer(&tree, root, SLICE_LITERAL("/0"))->text, "4");
	static const char *const nowhere[] = {"/x", "a", "/a/b", "/a~1b/m~0n/2", "/a~1b/m~0n/01", "/a~1b/m~0n/-",
	    "/a~1b/m~0n/", "/a~1b/m~0n/4294967296", "/a~1b/m~0n/+1", "/a~", "/a~2b", "/0/0", "//"};
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
		CHECK(!value_at_pointer(&tree, root, slice_from_string(nowhere[i])));
	value_tree_release(&tree);
}

static void check_canonical(const char *text, const char *want)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer out = BUFFER_INIT;

	parse(&tree, slice_from_string(text));
	value_append_canonical(&out, &tree, value_root(&tree));
	CHECK_TEXT(buffer_slice(&out), want);
	value_tree_release(&tree);
	buffer_release(&out);
}

static void check_compact(const char *text, const char *want)
{
	struct buffer out = BUFFER_INIT;

	value_append_compact(&out, slice_from_string(text));
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_release(&out);
}

static bool equal_within(const char *a, const char *b, double absolute, double relative)
{
	struct value_tree a_tree = VALUE_TREE_INIT, b_tree = VALUE_TREE_INIT;
	bool equal, other_way;

	parse(&a_tree, slice_from_string(a));
	parse(&b_tree, slice_from_string(b));
	equal = value_equal(&a_tree, value_root(&a_tree), &b_tree, value_root(&b_tree), absolute, relative);
	other_way = value_equal(&b_tree, value_root(&b_tree), &a_tree, value_root(&a_tree), absolute, relative);
	CHECK(equal == other_way);
	value_tree_release(&a_tree);
	value_tree_release(&b_tree);
	return equal;
}

static bool equal(const char *a, const char *b)
{
	return equal_within(a, b, 0, 0);
}

static void check_strings(void)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer decoded = BUFFER_INIT, text = BUFFER_INIT;
	struct slice got;

	json_decode_string(
	    &decoded, SLICE_LITERAL("\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\u20AC\\ud834\\uDD1Ex\x7f"));
	CHECK(slice_equal(
	    buffer_slice(&decoded), SLICE_LITERAL("\"\\/\b\f\n\r\t\0\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9ex\x7f")));
	json_append_string(&text, buffer_slice(&decoded));
	CHECK_TEXT(buffer_slice(&text), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9ex\x7f\"");
	buffer_reset(&text);
	json_append_string(&text, SLICE_LITERAL("\x01\x0b\x1f"));
	CHECK_TEXT(buffer_slice(&text), "\"\\u0001\\u000b\\u001f\"");
	buffer_reset(&text);
	json_append_string(&text, SLICE_EMPTY);
	CHECK_TEXT(buffer_slice(&text), "\"\"");
	parse(&tree, SLICE_LITERAL("[\"plain\",\"a\\u0062c\",\"\"]"));
	buffer_reset(&text);
	got = value_string(&tree.nodes[1], &text);
	CHECK_TEXT(got, "plain");
	CHECK(text.length == 0);
	buffer_append_string(&text, "kept");
	got = value_string(&tree.nodes[2], &text);
	CHECK_TEXT(got, "abc");
	CHECK_TEXT(buffer_slice(&text), "keptabc");
	got = value_string(&tree.nodes[3], &text);
	CHECK(got.length == 0);
	value_tree_release(&tree);
	buffer_release(&decoded);
	buffer_release(&text);
}

static void append_blanks(struct buffer *out, uint64_t *random)
{
	if (random_below(random, 6) == 0)
		buffer_append(out, " \t\n\r", random_below(random, 5));
}

static void append_random_value(struct buffer *out, uint64_t *random, int depth);

// Few names, some in two spellings, each taken at most once, in any order.
static void append_random_object(struct buffer *out, uint64_t *random, int depth)
{
	static const char *const names[4][2] = {{"a", "\\u0061"}, {"b\\/", "b/"}, {"\xc3\xa9", "\\u00E9"}, {"", ""}};
	size_t count = random_below(random, 5), first = random_below(random, 4), step = random_below(random, 2) ? 1 : 3;

	buffer_append_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		append_blanks(out, random);
		buffer_printf(out, "%s\"%s\"", i ? "," : "", names[(first + i * step) % 4][random_below(random, 2)]);
		append_blanks(out, random);
		buffer_append_char(out, ':');
		append_random_value(out, random, depth - 1);
	}
	append_blanks(out, random);
	buffer_append_char(out, '}');
}

static void append_random_array(struct buffer *out, uint64_t *random, int depth)
{
	size_t count = random_below(random, 3);

	buffer_append_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_append_char(out, ',');
		append_random_value(out, random, depth - 1);
	}
	append_blanks(out, random);
	buffer_append_char(out, ']');
}

static void append_random_value(struct buffer *out, uint64_t *random, int depth)
{
	static const char *const scalars[] = {"null", "true", "false", "0", "-0.0", "1", "1.0", "10e-1", "2", "\"\"",
	    "\"1\"", "\"\\u0031\"", "\" \\\" \"", "\"\\n\"", "\"\\u000a\"", "9007199254740993", "9007199254740992"};
	uint64_t shape = depth > 0 ? random_below(random, 4) : 0;

	append_blanks(out, random);
	if (shape == 2)
		append_random_array(out, random, depth);
	else if (shape == 3)
		append_random_object(out, random, depth);
	else
		buffer_append_string(out, scalars[random_below(random, sizeof scalars / sizeof *scalars)]);
	append_blanks(out, random);
}

struct sample {
	struct value_tree tree;
	struct buffer text;
	struct buffer canonical;
};

static void sample_make(struct sample *sample, uint64_t *random)
{
	buffer_reset(&sample->text);
	buffer_reset(&sample->canonical);
	append_random_value(&sample->text, random, (int)random_below(random, 4));
	parse(&sample->tree, buffer_slice(&sample->text));
	value_append_canonical(&sample->canonical, &sample->tree, value_root(&sample->tree));
}

static void sample_release(struct sample *sample)
{
	value_tree_release(&sample->tree);
	buffer_release(&sample->text);
	buffer_release(&sample->canonical);
}

static void check_sample(const struct sample *sample)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer compact = BUFFER_INIT, again = BUFFER_INIT;

	value_append_compact(&compact, buffer_slice(&sample->text));
	parse(&tree, buffer_slice(&compact));
	CHECK(value_equal(&tree, value_root(&tree), &sample->tree, value_root(&sample->tree), 0, 0));
	CHECK(slice_equal(value_root(&tree)->text, buffer_slice(&compact)));
	value_append_compact(&again, buffer_slice(&compact));
	CHECK(slice_equal(buffer_slice(&again), buffer_slice(&compact)));
	parse(&tree, buffer_slice(&sample->canonical));
	CHECK(value_equal(&tree, value_root(&tree), &sample->tree, value_root(&sample->tree), 0, 0));
	buffer_reset(&again);
	value_append_canonical(&again, &tree, value_root(&tree));
	CHECK(slice_equal(buffer_slice(&again), buffer_slice(&sample->canonical)));
	value_tree_release(&tree);
	buffer_release(&compact);
	buffer_release(&again);
}

static void check_random_values(void)
{
	struct sample samples[2] = {
	    {VALUE_TREE_INIT, BUFFER_INIT, BUFFER_INIT}, {VALUE_TREE_INIT, BUFFER_INIT, BUFFER_INIT}};
	struct sample *a = &samples[0], *b = &samples[1];
	uint64_t random = 23;
	size_t equal_pairs = 0;

	for (int i = 0; i < 40000; i++) {
		bool same;

		sample_make(a, &random);
		sample_make(b, &random);
		check_sample(a);
		same = value_equal(&a->tree, value_root(&a->tree), &b->tree, value_root(&b->tree), 0, 0);
		CHECK(same == slice_equal(buffer_slice(&a->canonical), buffer_slice(&b->canonical)));
		equal_pairs += same;
	}
	CHECK(equal_pairs > 500);
	sample_release(a);
	sample_release(b);
}

// Members n0 ... in rising or falling order; every name with an escape when asked.
static void append_wide_object(struct buffer *out, size_t count, bool falling, bool escaped)
{
	buffer_append_char(out, '{');
	for (size_t i = 0; i < count; i++)
		buffer_printf(out, "%s\"%s%zu\":%zu", i ? "," : "", escaped ? "\\u006e" : "n",
		    falling ? count - 1 - i : i, falling ? count - 1 - i : i);
	buffer_append_char(out, '}');
}

static void check_wide_objects(void)
{
	struct value_tree a = VALUE_TREE_INIT, b = VALUE_TREE_INIT;
	struct buffer a_text = BUFFER_INIT, b_text = BUFFER_INIT, a_canonical = BUFFER_INIT, b_canonical = BUFFER_INIT;
	struct error error;

	append_wide_object(&a_text, 200000, false, false);
	append_wide_object(&b_text, 200000, true, true);
	parse(&a, buffer_slice(&a_text));
	parse(&b, buffer_slice(&b_text));
	CHECK(value_root(&a)->count == 200000 && value_root(&b)->count == 200000);
	CHECK(value_equal(&a, value_root(&a), &b, value_root(&b), 0, 0));
	value_append_canonical(&a_canonical, &a, value_root(&a));
	value_append_canonical(&b_canonical, &b, value_root(&b));
	CHECK(slice_equal(buffer_slice(&a_canonical), buffer_slice(&b_canonical)));
	CHECK(slice_starts_with(
	    buffer_slice(&a_canonical), SLICE_LITERAL("{\"n0\":0,\"n1\":1e0,\"n10\":1e1,\"n100\":1e2,")));
	a_text.length--;
	buffer_append_string(&a_text, ",\"\\u006e77777\":0}");
	CHECK(value_parse(&a, buffer_slice(&a_text), &error) == -1);
	CHECK(strstr(error.message, "the member \"\\u006e77777\" stands twice"));
	value_tree_release(&a);
	value_tree_release(&b);
	buffer_release(&a_text);
	buffer_release(&b_text);
	buffer_release(&a_canonical);
	buffer_release(&b_canonical);
}

static void append_deep_object(struct buffer *out, bool name_first)
{
	for (int i = 0; i < 511; i++)
		buffer_append_string(out, name_first ? "{\"n\":0,\"o\":" : "{\"o\":");
	buffer_append_string(out, "{}");
	for (int i = 0; i < 511; i++)
		buffer_append_string(out, name_first ? "}" : ",\"n\":0}");
}

static void check_deep_objects(void)
{
	struct value_tree a = VALUE_TREE_INIT, b = VALUE_TREE_INIT;
	struct buffer a_text = BUFFER_INIT, b_text = BUFFER_INIT, a_canonical = BUFFER_INIT, b_canonical = BUFFER_INIT;

	append_deep_object(&a_text, true);
	append_deep_object(&b_text, false);
	parse(&a, buffer_slice(&a_text));
	parse(&b, buffer_slice(&b_text));
	CHECK(value_equal(&a, value_root(&a), &b, value_root(&b), 0, 0));
	value_append_canonical(&a_canonical, &a, value_root(&a));
	value_append_canonical(&b_canonical, &b, value_root(&b));
	CHECK(slice_equal(buffer_slice(&a_canonical), buffer_slice(&b_canonical)));
	value_tree_release(&a);
	value_tree_release(&b);
	buffer_release(&a_text);
	buffer_release(&b_text);
	buffer_release(&a_canonical);
	buffer_release(&b_canonical);
}

// Every count of members around the one where names are no longer compared each with each, the duplicate anywhere.
static void check_duplicates_of_any_count(void)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer text = BUFFER_INIT;
	struct error error;

	for (size_t count = 1; count <= 40; count++) {
		for (size_t twice = 0; twice < count * 2; twice++) {
			buffer_reset(&text);
			append_wide_object(&text, count, twice & 1, false);
			CHECK(value_parse(&tree, buffer_slice(&text), &error) == 0);
			text.length--;
			buffer_printf(&text, twice & 1 ? ",\"n%zu\":0}" : ",\"\\u006e%zu\":0}", twice / 2);
			CHECK(value_parse(&tree, buffer_slice(&text), &error) == -1);
		}
	}
	value_tree_release(&tree);
	buffer_release(&text);
}

int main(void)
{
	TEST("a value is a tree of slices of its text") check_tree();
	TEST("errors name the reason and the byte")
	{
		check_error("", "expected a value at the end of the text");
		check_error("{\"a\" 1}", "expected ':' at byte 6");
		check_error("{\"a\":1 \"b\":2}", "expected ',' or '}' at byte 8");
		check_error("[1 2]", "expected ',' or ']' at byte 4");
		check_error("[1,]", "expected a value at byte 4");
		check_error("{\"a\":1,}", "expected a member name at byte 8");
		check_error("{\"a\":", "expected a value at the end of the text");
		check_error("[1", "expected ',' or ']' at the end of the text");
		check_error("01", "bad number at byte 1");
		check_error("[nul]", "expected a value at byte 2");
		check_error("1 x", "expected nothing more at byte 3");
		check_error("\"ab", "string without closing quote at the end of the text");
		check_error("\"a\nb\"", "control character in a string at byte 3");
		check_error("\"\\x\"", "unknown escape at byte 2");
		check_error("\"\\u12g4\"", "'\\u' without four hexadecimal digits at byte 2");
		check_error("\"\\ud800x\"", "unpaired surrogate escape at byte 2");
		check_error("\"a\xff\"", "bad UTF-8 at byte 3");
		check_error("{\"\\u0000\":1}", "\\u0000 in a member name at byte 2");
		check_error("{\"a\":1,\"b\":{\"c\":1,\"\\u0063\":2}}",
		    "the member \"\\u0063\" stands twice in one object, again at byte 19");
		check_error("{\"a\":1,\"a\":2}", "the member \"a\" stands twice in one object, again at byte 8");
	}
	TEST("a duplicate is found whatever the number of members") check_duplicates_of_any_count();
	TEST("members are found by decoded name, anything by pointer") check_lookups();
	TEST("strings are decoded, and written with the fewest escapes") check_strings();
	TEST("the canonical text sorts members, normalises strings and numbers")
	{
		check_canonical(" { \"b\" : 2.50 , \"a\" : [ 1000 , \"\\u0041\\/\" , null ] } ",
		    "{\"a\":[1e3,\"A/\",null],\"b\":25e-1}");
		check_canonical("{\"\xc3\xa9\":1,\"z\":2,\"\\u0001\":3,\"\":4,\"zz\":{\"b\":true,\"a\":false}}",
		    "{\"\":4e0,\"\\u0001\":3e0,\"z\":2e0,\"zz\":{\"a\":false,\"b\":true},\"\xc3\xa9\":1e0}");
		check_canonical(
		    "{\"\\uD83D\\uDE00\":1,\"\\uFFFF\":2}", "{\"\xef\xbf\xbf\":2e0,\"\xf0\x9f\x98\x80\":1e0}");
		check_canonical("[[],{},-0]", "[[],{},0]");
	}
	TEST("the compact text loses blanks between tokens and nothing else")
	{
		check_compact(" { \"a b\" : [ 1.0 , \"\\\" , \\\\\" , 1e5 ] ,\r\n\t\"c\":null } ",
		    "{\"a b\":[1.0,\"\\\" , \\\\\",1e5],\"c\":null}");
		check_compact(" -1.50 ", "-1.50");
		check_compact("\" \"", "\" \"");
		check_compact("", "");
	}
	TEST("values are equal by content, with tolerances on numbers everywhere inside")
	{
		CHECK(equal("1", "1.0"));
		CHECK(equal("{\"a\":1,\"b\":[2]}", "{\"b\":[2e0],\"\\u0061\":1}"));
		CHECK(!equal("{\"a\":1}", "{\"a\":1,\"b\":null}"));
		CHECK(!equal("{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}"));
		CHECK(!equal("{\"a\":1,\"b\":2}", "{\"b\":2,\"c\":1}"));
		CHECK(!equal("[1,2]", "[2,1]"));
		CHECK(!equal("[1]", "[1,1]"));
		CHECK(!equal("[]", "{}"));
		CHECK(!equal("1", "\"1\""));
		CHECK(!equal("null", "false"));
		CHECK(!equal("9007199254740993", "9007199254740992"));
		CHECK(equal_within("{\"a\":[1.0,{\"b\":2}]}", "{\"a\":[1.05,{\"b\":1.95}]}", 0.1, 0));
		CHECK(!equal_within("{\"a\":[1.0,{\"b\":2}]}", "{\"a\":[1.05,{\"b\":1.85}]}", 0.1, 0));
		CHECK(equal_within("[100,\"x\"]", "[101,\"x\"]", 0, 0.01));
		CHECK(!equal_within("[100,\"x\"]", "[101,\"y\"]", 0, 0.01));
	}
	TEST("random values: equal exactly when canonical texts are, and texts read back equal") check_random_values();
	TEST("200,000 members are sorted, compared and searched for duplicates in no time") check_wide_objects();
	TEST("512 levels in another order are compared once each") check_deep_objects();
	return unit_end();
}
