#include "format/topic_template.h"

#include "unit.h"

// "ENTITY|PROPERTY|NAME=TEXT..." of a topic by a template, "no" when it does not match, or the error of the template.
static void check_match(const char *text, const char *name, const char *want)
{
	struct topic_template topic;
	struct topic_parts parts = {.count = 0};
	struct buffer out = BUFFER_INIT;
	struct error error = {""};

	if (topic_template_parse(&topic, slice_from_string(text), &error) < 0) {
		CHECK_TEXT(slice_from_string(error.message), want);
		return;
	}
	if (topic_template_match(&topic, slice_from_string(name), &parts)) {
		buffer_append_slice(&out, buffer_slice(&parts.entity));
		buffer_append_char(&out, '|');
		buffer_append_slice(&out, buffer_slice(&parts.property));
		buffer_append_string(&out, parts.is_empty_segment ? "!" : "");
		for (size_t i = 0; i < parts.count; i++)
			buffer_printf(&out, "|%.*s=%.*s", (int)parts.names[i].length, parts.names[i].data,
			    (int)parts.texts[i].length, parts.texts[i].data);
	} else {
		buffer_append_string(&out, "no");
	}
	CHECK_TEXT(buffer_slice(&out), want);
	buffer_release(&out);
	topic_parts_release(&parts);
	topic_template_release(&topic);
}

static void check_split(const char *name, const char *entity, const char *property)
{
	struct topic_parts parts = {.count = 0};

	CHECK(topic_split_last(slice_from_string(name), &parts) == (entity != NULL));
	if (entity) {
		CHECK_TEXT(buffer_slice(&parts.entity), entity);
		CHECK_TEXT(buffer_slice(&parts.property), property);
	}
	topic_parts_release(&parts);
}

int main(void)
{
	TEST("levels stand for the twin, the property, names and nothing")
	{
		check_match("site/+entity/+property", "site/p1/temp", "p1|temp");
		check_match("site/+line/+entity/+/+property", "site/l/p1/x/temp", "p1|temp|line=l");
		check_match("+entity", "p1", "p1|");
		check_match("+property/+entity", "t/p", "p|t");
	}
	TEST("a template matches all levels of a topic or none")
	{
		check_match("site/+entity", "site/p1/temp", "no");
		check_match("site/+entity/+property", "site/p1", "no");
		check_match("site/+entity", "Site/p1", "no");
		check_match("site/+entity", "/site/p1", "no");
		check_match("/+entity", "/p1", "p1|");
		check_match("+entity/", "p1/", "p1|");
		check_match("+entity/", "p1", "no");
	}
	TEST("# takes what is left, also nothing")
	{
		check_match("site/+entity/#property", "site/p1/a/b", "p1|a/b");
		check_match("site/+entity/#property", "site/p1", "p1|");
		check_match("site/+entity/#property", "site/p1/", "p1|!");
		check_match("site/+property/#entity", "site/t/a/b", "a/b|t");
		check_match("+entity/#rest", "p/a/b", "p||rest=a/b");
		check_match("+entity/#", "p/a/b", "p|");
	}
	TEST("levels of one kind are joined, levels of properties are escaped")
	{
		check_match("+entity/+entity", "a/b", "a/b|");
		check_match("+entity/+entity", "/b", "/b|");
		check_match("+entity/+property/x/+property", "a/b/x/c~d", "a|b/c~0d");
		check_match("+entity/+property/+property", "a//c", "a|c!");
	}
	TEST("topics of the broker need a template that begins with $")
	{
		check_match("+entity/#property", "$SYS/a/b", "no");
		check_match("#entity", "$SYS/a/b", "no");
		check_match("$SYS/+entity/#property", "$SYS/a/b", "a|b");
		check_match("a/+entity", "a/$b", "$b|");
	}
	TEST("what is wrong with a template is said")
	{
		check_match("", "", "the topic template is empty");
		check_match("#/a", "", "'#' stands for all levels that are left: it is the last one");
		check_match("a#", "", "'a#': + and # stand only where a level begins");
		check_match("+a b", "", "'+a b': names are letters, digits, '_' and '-'");
		check_match("+topic", "", "'+topic': the name 'topic' is that of the whole topic");
		check_match("+a/+a", "", "two levels are called 'a'");
	}
	TEST("without a template the last level is the property")
	{
		check_split("site/p1/temp", "site/p1", "temp");
		check_split("p1", "p1", "");
		check_split("/x", "", "x");
		check_split("a/b~", "a", "b~0");
		check_split("$SYS/a", NULL, NULL);
	}
	return unit_end();
}
