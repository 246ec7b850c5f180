// libFuzzer target: SenML of any bytes. The short way for usual records must give what the plain one gives, the splitter the elements that
// a parser of whole texts gives, each line that is written must be a record, and no record of an array be lost. The first byte chooses
// what is asked for.
#define _GNU_SOURCE
#include "format/json_texts.h"
#include "format/senml_record.h"
#include "record/record.h"

#define LINE_MAX_FUZZED 2000

#include "ingest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_record(struct slice text)
{
	struct senml_reader reader = SENML_READER_INIT;
	struct senml_record usual, plain;
	struct buffer padded = BUFFER_INIT;
	struct error error;

	buffer_reserve(&padded, text.length + LINE_SCAN_PADDING);
	buffer_append_slice(&padded, text);
	memset(padded.data + padded.length, '"', LINE_SCAN_PADDING);
	text = buffer_slice(&padded);
	int result = senml_record_read_plain(&reader, text, &plain, &error);

	require(senml_record_read(&reader, text, &usual, &error) == result);
	if (result == 0) {
		require(usual.present == plain.present && usual.wrong == plain.wrong && usual.escaped == plain.escaped);
		require(usual.has_others == plain.has_others && usual.must_understand == plain.must_understand);
		for (int i = 0; i < SENML_LABELS; i++)
			require(!(plain.present & SENML_BIT(i)) || slice_equal(usual.text[i], plain.text[i]));
	}
	senml_reader_release(&reader);
	buffer_release(&padded);
}

// Each run of bytes between braces, as long as they do not nest.
static void compare_records(struct slice text)
{
	compare_record(text);
	for (size_t i = 0; i < text.length; i++) {
		const char *close = text.data[i] == '{' ? memchr(text.data + i, '}', text.length - i) : NULL;

		if (close)
			compare_record(slice_of(text.data + i, (size_t)(close - text.data) + 1 - i));
	}
}

// Containers deeper than this are refused before they are parsed.
static size_t find_depth(const struct value_tree *tree, const struct value *value)
{
	size_t most = 0;

	for (const struct value *child = value_first(tree, value); child; child = value_next(tree, child)) {
		size_t depth = find_depth(tree, child);

		most = depth > most ? depth : most;
	}
	return most + (value->kind >= VALUE_ARRAY);
}

static void compare_elements(const struct json_texts *texts, const struct value_tree *tree)
{
	const struct value *root = value_root(tree);
	size_t index = 0;

	if (root->kind == VALUE_OBJECT) {
		require(texts->count == 1 && slice_equal(json_texts_element(texts, 0), root->text));
		return;
	}
	require(texts->count == root->count);
	for (const struct value *node = value_first(tree, root); node; node = value_next(tree, node))
		require(slice_equal(json_texts_element(texts, index++), node->text));
}

struct counts {
	uint64_t readings, rejected, rows;
};

static void check_output(int fd, uint64_t readings)
{
	struct buffer text = BUFFER_INIT;
	struct record_scanner scanner;
	struct arena arena = ARENA_INIT;
	struct record record;
	struct error error;

	record_scanner_init(&scanner);
	read_whole(fd, &text);
	for (struct slice rest = buffer_slice(&text); rest.length; readings--) {
		arena_reset(&arena);
		require(record_scan(&scanner, take_line(&rest), &arena, &record, &error) == 0);
		require(record.type == RECORD_READING && readings > 0);
	}
	require(readings == 0);
	record_scanner_release(&scanner);
	arena_release(&arena);
	buffer_release(&text);
}

static void ask(struct ingest *ingest, struct mapping *mapping, unsigned choice)
{
	static const char *const templates[] = {"{bn}", "{name}", "x-{n}", "all"};

	ingest->has_now = choice & 1;
	ingest->now = choice & 2 ? INT64_MAX - 1000 : 1700000000000000000;
	if (choice & 4)
		mapping->entity_id = slice_from_string(templates[choice >> 3 & 3]);
	if (choice & 32)
		mapping_add_pair(mapping, &mapping->units, SLICE_LITERAL("*"), SLICE_LITERAL("u"));
	if (choice & 64)
		mapping_add_value(mapping, SLICE_LITERAL("value"))->property = SLICE_LITERAL("a/b");
}

static struct counts read_source(char *path, unsigned choice)
{
	struct ingest_run run;

	ingest_run_begin(&run);
	ask(&run.ingest, &run.mapping, choice);
	require(ingest_run_read(&run, &format_senml, path, LINE_MAX_FUZZED) == FORMAT_DONE);
	struct counts counts = {run.ingest.writer.reading_count, ingest_run_rejected(&run), run.ingest.row_count};

	check_output(run.written, counts.readings);
	ingest_run_end(&run);
	return counts;
}

static uint64_t count_valued(const struct value_tree *tree)
{
	const struct value *root = value_root(tree);
	uint64_t count = 0;

	for (const struct value *node = value_first(tree, root); node; node = value_next(tree, node))
		if (node->kind == VALUE_OBJECT)
			count += value_member(tree, node, SLICE_LITERAL("v")) ||
			    value_member(tree, node, SLICE_LITERAL("s"));
	return count;
}

// One text that a parser takes is taken by the splitter, as the same elements.
static void compare_texts(char *path, const struct value_tree *tree)
{
	struct rejects rejects;
	struct source_lines lines;
	struct json_texts texts;
	struct error error;

	rejects_init(&rejects, false);
	rejects.quiet = true;
	source_lines_open(&lines, &path, LINE_MAX_FUZZED, NULL, NULL);
	json_texts_init(&texts, &lines, &rejects, LINE_MAX_FUZZED);
	require(json_texts_next(&texts, &error) == JSON_TEXTS_OK);
	compare_elements(&texts, tree);
	require(json_texts_next(&texts, &error) == JSON_TEXTS_END && rejects.count == 0);
	json_texts_release(&texts);
	source_lines_close(&lines);
	rejects_release(&rejects);
}

// Arrays whose elements are arrays are given up where one begins a line.
static bool begins_line_with_array(struct slice text)
{
	bool at_begin = true, first = true;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (c == '[' && at_begin && !first)
			return true;
		first = first && c != '[' && c != '{';
		at_begin = c == '\n' || (at_begin && (c == ' ' || c == '\t' || c == '\r'));
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct value_tree tree = VALUE_TREE_INIT;
	struct error error;
	char path[32];

	if (size < 2 || size > LINE_MAX_FUZZED)
		return 0;
	struct slice text = slice_of((const char *)data + 1, size - 1);
	int in = memory_file_of("in", path, text);

	compare_records(text);
	struct counts counts = read_source(path, data[0]);

	if (value_parse(&tree, text, &error) == 0 && value_root(&tree)->kind >= VALUE_ARRAY &&
	    find_depth(&tree, value_root(&tree)) <= JSON_TEXTS_DEPTH_MAX && !begins_line_with_array(text)) {
		compare_texts(path, &tree);
		if (value_root(&tree)->kind == VALUE_ARRAY) {
			require(counts.rows == value_root(&tree)->count);
			if (!(data[0] & 64) && !(counts.readings == 0 && counts.rejected == 1))
				require(counts.readings + counts.rejected >= count_valued(&tree));
		}
	}
	value_tree_release(&tree);
	close(in);
	return 0;
}
