// libFuzzer target: CSV and NDJSON of any bytes, from dialect to readings. The short cut of the splitter must give what libcsv gives, and
// every line that is written must be one JSON object. The first two bytes choose the delimiter and what is asked for.
#define _GNU_SOURCE
#include "format/csv_split.h"
#include "record/value.h"

#include "ingest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_line(struct csv_split *fast, struct csv_split *plain, struct slice line)
{
	struct error error;
	enum csv_split_result result = csv_split_line(fast, line, &error);

	require(csv_split_plain(plain, line, &error) == result);
	if (result != CSV_SPLIT_RECORD)
		return;
	require(fast->count == plain->count);
	for (size_t i = 0; i < fast->count; i++)
		require(slice_equal(fast->cells[i], plain->cells[i]));
}

static void compare_splits(char delimiter, struct slice text)
{
	struct csv_split fast, plain;

	csv_split_init(&fast, delimiter);
	csv_split_init(&plain, delimiter);
	while (text.length)
		compare_line(&fast, &plain, take_line(&text));
	csv_split_release(&fast);
	csv_split_release(&plain);
}

static void require_objects(int fd)
{
	struct buffer text = BUFFER_INIT;
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;

	read_whole(fd, &text);
	for (struct slice rest = buffer_slice(&text); rest.length;) {
		require(value_parse(&tree, take_line(&rest), &error) == 0);
		require(value_root(&tree)->kind == VALUE_OBJECT);
	}
	value_tree_release(&tree);
	buffer_release(&text);
}

static void ask(struct mapping *mapping, unsigned choice, char delimiter)
{
	if (choice & 1)
		mapping->delimiter = delimiter;
	if (choice & 2)
		mapping->header = choice & 4 ? HEADER_YES : HEADER_NO;
	if (choice & 8)
		mapping->row_step = 1000000000;
	if (choice & 16)
		mapping->entity_id = SLICE_LITERAL("{stem}-{row}");
	if (choice & 32)
		mapping_add_name(mapping, &mapping->labels, SLICE_LITERAL("a*"));
	if (choice & 64)
		mapping->explode = SLICE_LITERAL("/a");
	mapping->header_units = choice & 128;
}

static void read_source(struct slice text, unsigned choice, char delimiter)
{
	char path[32];
	int in = memory_file_of("in", path, text);
	struct ingest_run run;

	ingest_run_begin(&run);
	ask(&run.mapping, choice, delimiter);
	ingest_run_read(&run, text.length && text.data[0] == '{' ? &format_ndjson : &format_csv, path, 1000);
	require_objects(run.written);
	ingest_run_end(&run);
	close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = {',', ';', '\t', '|', CSV_BLANKS};
	struct slice text;
	char delimiter;

	if (size < 2)
		return 0;
	delimiter = delimiters[data[0] % sizeof delimiters];
	text = slice_of((const char *)data + 2, size - 2);
	if (!memchr(text.data, '\0', text.length))
		compare_splits(delimiter, text);
	read_source(text, data[1], delimiter);
	return 0;
}
