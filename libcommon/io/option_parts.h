// What the parts of the option table (io/option.h) know of each other; programs need none of it.
#ifndef IO_OPTION_PARTS_H
#define IO_OPTION_PARTS_H

#include "base/error.h"
#include "io/option.h"

#define OPTION_SPECS_MAX 120

// Converts and stores one argument; OPTION_TIME and OPTION_NOW are for option_convert_time. The words name no option.
int option_convert(const struct option_spec *spec, const char *text, struct error *error)
    __attribute__((warn_unused_result));
int option_convert_time(const struct option_spec *spec, const char *text, const struct time_context *context,
    struct error *error) __attribute__((warn_unused_result));

// --help and --dump-options, to stdio's stdout. extra: the options that every program has.
void option_print_help(
    const struct program_info *info, const struct option_spec *specs, const struct option_spec *extra);
void option_print_dump(
    const struct program_info *info, const struct option_spec *specs, const struct option_spec *extra);

#endif
