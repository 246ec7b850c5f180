#include "format/cell.h"

#include "base/decimal.h"
#include "unit.h"
#include "unit_random.h"

static struct cell_reader reader = CELL_READER_INIT;

static void check_cell(const char *cell, enum cell_type type, const char *want)
{
	struct slice json = SLICE_EMPTY;
	struct error error;

	CHECK(cell_read(&reader, slice_from_string(cell), type, &json, &error) == 0);
	CHECK_TEXT(json, want);
}

static void check_misfit(const char *cell, enum cell_type type, const char *message)
{
	struct slice json;
	struct error error = {""};

	CHECK(cell_read(&reader, slice_from_string(cell), type, &json, &error) < 0);
	CHECK_TEXT(slice_from_string(error.message), message);
}

int main(void)
{
	TEST("a number keeps its digits")
	{
		check_cell("0.10", CELL_AUTO, "0.10");
		check_cell("9223372036854775808", CELL_AUTO, "9223372036854775808");
		check_cell("-1.5E+300", CELL_AUTO, "-1.5E+300");
		check_cell("-0", CELL_AUTO, "-0");
	}
	TEST("what people write as a number becomes one of JSON")
	{
		check_cell("+5", CELL_AUTO, "5");
		check_cell(".5", CELL_AUTO, "0.5");
		check_cell("-.5e3", CELL_AUTO, "-0.5e3");
		check_cell("5.", CELL_AUTO, "5");
		check_cell("+5.e-3", CELL_AUTO, "5e-3");
	}
	TEST("leading zeros say that it is a code")
	{
		check_cell("007", CELL_AUTO, "\"007\"");
		check_cell("-01", CELL_AUTO, "\"-01\"");
		check_cell("00.5", CELL_AUTO, "\"00.5\"");
		check_cell("007", CELL_NUMBER, "7");
		check_cell("-00.50", CELL_NUMBER, "-0.50");
		check_cell("000", CELL_INTEGER, "0");
	}
	TEST("all else is text")
	{
		check_cell("1,5", CELL_AUTO, "\"1,5\"");
		check_cell("0x10", CELL_AUTO, "\"0x10\"");
		check_cell("inf", CELL_AUTO, "\"inf\"");
		check_cell("1e", CELL_AUTO, "\"1e\"");
		check_cell(".", CELL_AUTO, "\".\"");
		check_cell("+", CELL_AUTO, "\"+\"");
		check_cell("1.2.3", CELL_AUTO, "\"1.2.3\"");
		check_cell("say \"hi\"\n", CELL_AUTO, "\"say \\\"hi\\\"\\n\"");
		check_cell("", CELL_AUTO, "\"\"");
	}
	TEST("booleans are the three usual spellings, more when they are asked for")
	{
		check_cell("True", CELL_AUTO, "true");
		check_cell("FALSE", CELL_AUTO, "false");
		check_cell("tRue", CELL_AUTO, "\"tRue\"");
		check_cell("yes", CELL_AUTO, "\"yes\"");
		check_cell("YES", CELL_BOOLEAN, "true");
		check_cell("0", CELL_BOOLEAN, "false");
		check_misfit("2", CELL_BOOLEAN, "'2' is no boolean");
	}
	TEST("a cell that does not fit its type is an error that quotes it")
	{
		check_misfit("abc", CELL_NUMBER, "'abc' is no number");
		check_misfit("1.5", CELL_INTEGER, "'1.5' is no integer");
		check_misfit("1e3", CELL_INTEGER, "'1e3' is no integer");
		check_misfit("{", CELL_JSON, "'{' is no JSON: expected a member name at the end of the text");
		check_cell("12", CELL_STRING, "\"12\"");
		check_cell("{\"a\": [1, 2.0]}", CELL_JSON, "{\"a\":[1,2.0]}");
	}
	TEST("the quick test for numbers is the grammar of JSON")
	{
		uint64_t random = 7;
		static const char alphabet[] = "001259..-+eE x";

		for (int i = 0; i < 300000; i++) {
			char text[8];
			size_t length = random_below(&random, sizeof text);

			for (size_t k = 0; k < length; k++)
				text[k] = alphabet[random_below(&random, sizeof alphabet - 1)];
			CHECK(cell_is_number(slice_of(text, length)) == decimal_is_number(slice_of(text, length)));
		}
	}
	TEST("missing words are whole cells")
	{
		struct missing_words missing = MISSING_WORDS_INIT;

		missing_words_add(&missing, SLICE_LITERAL("-999"));
		CHECK(!missing_words_have(&missing, SLICE_EMPTY));
		missing_words_add(&missing, SLICE_EMPTY);
		CHECK(missing_words_have(&missing, SLICE_EMPTY));
		CHECK(missing_words_have(&missing, SLICE_LITERAL("-999")));
		CHECK(!missing_words_have(&missing, SLICE_LITERAL("-99")));
		CHECK(!missing_words_have(&missing, SLICE_LITERAL("-9990")));
		missing_words_release(&missing);
	}
	cell_reader_release(&reader);
	return unit_end();
}
