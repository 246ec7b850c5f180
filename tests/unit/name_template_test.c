#include "format/name_template.h"

#include "unit.h"

static void check_name(const char *text, const char *source, const char *want)
{
	struct name_template name;
	struct buffer out = BUFFER_INIT;
	struct error error = {""};
	int result = name_template_parse(&name, slice_from_string(text), &error);

	for (size_t i = 0; result == 0 && i < name.count; i++) {
		if (name.parts[i].kind == TEMPLATE_COLUMN)
			buffer_printf(&out, "<%.*s>", (int)name.parts[i].text.length, name.parts[i].text.data);
		else
			result = name_template_append(&out, &name.parts[i], source, 7, &error);
	}
	CHECK_TEXT(result == 0 ? buffer_slice(&out) : slice_from_string(error.message), want);
	buffer_release(&out);
	name_template_release(&name);
}

int main(void)
{
	TEST("the words stand for the parts of the path")
	{
		check_name("{stem}", "runs/pump1/a.csv.gz", "a");
		check_name("{dir}/{stem}", "runs/pump1/a.b.csv", "pump1/a.b");
		check_name("{file}", "runs/pump1/a.csv", "runs/pump1/a.csv");
		check_name("{dir}", "a.csv", ".");
		check_name("{dir}", "/a.csv", "/");
		check_name("{dir}", "runs//a.csv", "runs");
		check_name("{stem}", "runs/.hidden", ".hidden");
		check_name("{stem}", "a.txt.zst", "a");
		check_name("{stem}", ".gz", ".gz");
		check_name("unit-{row}", "-", "unit-7");
	}
	TEST("other words are columns or pointers")
	{
		check_name("{unit}/{Product ID}", "-", "<unit>/<Product ID>");
		check_name("{/device/id}", "-", "</device/id>");
		check_name("{=row}", "-", "<row>");
		check_name("{{x}", "-", "{x}");
	}
	TEST("standard input has no name, and a brace needs its fellow")
	{
		static const char *const no_name = "has no name to call the twin by: say it with --entity-id";
		static const char *const brace =
		    "the template of ids has a '{' that no word and '}' follow; '{{' stands for a brace";

		check_name("{stem}", "-", no_name);
		check_name("{dir}", "-", no_name);
		check_name("a{", "a", brace);
		check_name("a{}", "a", brace);
		check_name("", "a", "the template of ids is empty");
	}
	return unit_end();
}
