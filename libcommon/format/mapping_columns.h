// For formats that say themselves what is a time, a twin and a property: what a mapping says about columns has no meaning there.
#ifndef FORMAT_MAPPING_COLUMNS_H
#define FORMAT_MAPPING_COLUMNS_H

#include "base/error.h"
#include "format/mapping.h"

// -1 with error that names the first such option: "--delimiter has no meaning for SenML".
int mapping_refuse_columns(const struct mapping *mapping, const char *format, struct error *error)
    __attribute__((warn_unused_result));

#endif
