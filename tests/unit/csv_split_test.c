#include "format/csv_split.h"

#include <stdlib.h>

#include "unit.h"
#include "unit_random.h"

// Both ways over the same lines; the plain one is the oracle.
static bool same_cells(const struct csv_split *a, const struct csv_split *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!slice_equal(a->cells[i], b->cells[i]))
			return false;
	return true;
}

static bool same_lines(struct csv_split *fast, struct csv_split *plain, struct slice line)
{
	struct error fast_error, plain_error;
	enum csv_split_result a = csv_split_line(fast, line, &fast_error),
			      b = csv_split_plain(plain, line, &plain_error);

	if (a != b || (a == CSV_SPLIT_RECORD && !same_cells(fast, plain))) {
		printf("# '%.*s': %d and %d, %zu and %zu cells\n", (int)line.length, line.data, a, b, fast->count,
		    plain->count);
		return false;
	}
	return true;
}

static bool same_random_lines(char delimiter, const char *alphabet, int count)
{
	struct csv_split fast, plain;
	uint64_t random = (unsigned char)delimiter;
	size_t letters = strlen(alphabet);
	bool same = true;

	csv_split_init(&fast, delimiter);
	csv_split_init(&plain, delimiter);
	for (int i = 0; i < count && same; i++) {
		size_t length = random_below(&random, 60);
		char *line = malloc(length + 1); // so that a sanitizer sees a byte too many

		for (size_t k = 0; k < length; k++)
			line[k] = alphabet[random_below(&random, letters)];
		same = same_lines(&fast, &plain, slice_of(line, length));
		free(line);
	}
	csv_split_release(&fast);
	csv_split_release(&plain);
	return same;
}

static enum csv_split_result split_text(struct csv_split *split, const char *text)
{
	struct error error;

	return csv_split_line(split, slice_from_string(text), &error);
}

static void check_cells(struct csv_split *split, const char *text, size_t count, const char *const *cells)
{
	CHECK(split_text(split, text) == CSV_SPLIT_RECORD);
	CHECK(split->count == count);
	for (size_t i = 0; i < count && i < split->count; i++)
		CHECK_TEXT(split->cells[i], cells[i]);
}

int main(void)
{
	struct csv_split split;
	struct error error;

	TEST("the short cut gives what libcsv gives, whatever the bytes")
	{
		const char delimiters[] = {',', ';', '\t', '|', CSV_BLANKS};

		for (size_t i = 0; i < sizeof delimiters; i++) {
			CHECK(same_random_lines(delimiters[i], "ab1,;\t| \"\r", 60000));
			CHECK(same_random_lines(delimiters[i], "a,;\t|  ", 60000));
			CHECK(same_random_lines(delimiters[i], ",;\t| \r", 20000));
			CHECK(same_random_lines(delimiters[i], "abcdef0123456789.,;\t| \xc3\xa4", 60000));
		}
	}
	TEST("quotes keep delimiters, blanks and doubled quotes")
	{
		csv_split_init(&split, ',');
		check_cells(&split, "1,\"a,b\",\"say \"\"hi\"\"\",\" x \"", 4,
		    (const char *[]){"1", "a,b", "say \"hi\"", " x "});
		csv_split_release(&split);
	}
	TEST("a quoted cell goes on over lines, with their ends as they were")
	{
		csv_split_init(&split, ',');
		CHECK(split_text(&split, "1,\"Once upon \r") == CSV_SPLIT_OPEN);
		CHECK(split_text(&split, "a time\",2\r") == CSV_SPLIT_RECORD);
		CHECK(split.count == 3);
		CHECK_TEXT(split.cells[1], "Once upon \r\na time");
		CHECK_TEXT(split.cells[2], "2");
		csv_split_release(&split);
	}
	TEST("an abandoned record leaves nothing behind")
	{
		csv_split_init(&split, ',');
		CHECK(split_text(&split, "1,\"open") == CSV_SPLIT_OPEN);
		csv_split_abandon(&split);
		check_cells(&split, "3,\"4\"", 2, (const char *[]){"3", "4"});
		csv_split_release(&split);
	}
	TEST("runs of blanks are one delimiter, and none at the ends")
	{
		csv_split_init(&split, CSV_BLANKS);
		check_cells(&split, "  1 \t 2.5   x  ", 3, (const char *[]){"1", "2.5", "x"});
		check_cells(&split, " \"a  b\"   c \r", 2, (const char *[]){"a  b", "c"});
		CHECK(split_text(&split, " \t ") == CSV_SPLIT_EMPTY);
		csv_split_release(&split);
	}
	TEST("a tab between cells is no blank around them")
	{
		csv_split_init(&split, '\t');
		check_cells(&split, "\t a \t", 3, (const char *[]){"", "a", ""});
		csv_split_release(&split);
	}
	TEST("a quote in the middle of a cell and text behind a closing quote are errors")
	{
		csv_split_init(&split, ',');
		CHECK(split_text(&split, "a\"b,c") == CSV_SPLIT_BAD);
		CHECK(split_text(&split, "\"a\"b,c") == CSV_SPLIT_BAD);
		check_cells(&split, "a,b", 2, (const char *[]){"a", "b"});
		csv_split_release(&split);
	}
	TEST("a carriage return in the middle of a line is an error, at its end it is not")
	{
		csv_split_init(&split, ',');
		CHECK(csv_split_line(&split, SLICE_LITERAL("a,b\rc,d"), &error) == CSV_SPLIT_BAD);
		CHECK_TEXT(slice_from_string(error.message), "a carriage return stands in the middle of the line");
		check_cells(&split, "a,\r", 2, (const char *[]){"a", ""});
		csv_split_release(&split);
	}
	return unit_end();
}
