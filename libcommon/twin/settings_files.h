// Files that options name and that are read before any output is opened: a model with those it extends, a mapping, a list of entities.
// A program that has read one would go on well after its output has taken the file's place, and the file would be lost.
#ifndef TWIN_SETTINGS_FILES_H
#define TWIN_SETTINGS_FILES_H

#include "base/error.h"
#include "io/option.h"
#include "io/shared_options.h"
#include "twin/model.h"

// Before any output is opened: -1 with error when one of the files is where -e, -o or --rejects write. model, other, rejects: NULL where
// there is none.
int settings_files_check(const struct model *model, const char *other, const struct option_list *emit,
    const struct output_options *output, const char *rejects, struct error *error) __attribute__((warn_unused_result));

#endif
