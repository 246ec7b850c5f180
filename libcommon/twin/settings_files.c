#include "twin/settings_files.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/emit.h"

static int check(char *const *files, size_t count, const struct option_list *emit, const struct output_options *output,
    const char *rejects, struct error *error)
{
	// No inputs would mean standard input.
	if (!count)
		return 0;
	return emit_check_inputs(emit, output, files, count, error) || output_check_inputs(rejects, files, count, error)
	    ? -1
	    : 0;
}

int settings_files_check(const struct model *model, const char *other, const struct option_list *emit,
    const struct output_options *output, const char *rejects, struct error *error)
{
	char *file = other ? memory_dup_string(other) : NULL;
	int failed = check(&file, file ? 1 : 0, emit, output, rejects, error);

	free(file);
	if (model && !failed)
		failed = check(model->files, model->file_count, emit, output, rejects, error);
	return failed;
}
