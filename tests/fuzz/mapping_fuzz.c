// libFuzzer target: a mapping file. It is refused with a message, or printed as a mapping file that reads back as the same.
#include <stdlib.h>

#include "format/mapping.h"
#include "record/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_again(struct slice printed)
{
	struct mapping mapping;
	struct value_tree tree = VALUE_TREE_INIT;
	struct buffer again = BUFFER_INIT;
	struct error error;

	require(value_parse(&tree, printed, &error) == 0);
	mapping_init(&mapping);
	require(mapping_read_text(&mapping, printed, &error) == 0);
	mapping_append_json(&again, &mapping);
	require(slice_equal(printed, buffer_slice(&again)));
	mapping_release(&mapping);
	buffer_release(&again);
	value_tree_release(&tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mapping mapping;
	struct buffer printed = BUFFER_INIT;
	struct error error = {""};

	mapping_init(&mapping);
	if (mapping_read_text(&mapping, slice_of((const char *)data, size), &error) == 0) {
		mapping_append_json(&printed, &mapping);
		check_again(buffer_slice(&printed));
	} else {
		require(error.message[0]);
	}
	mapping_release(&mapping);
	buffer_release(&printed);
	return 0;
}
