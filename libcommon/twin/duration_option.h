// Options that are lengths of time, read once the model is known: it may count in a unit of its own (30cycle).
#ifndef TWIN_DURATION_OPTION_H
#define TWIN_DURATION_OPTION_H

#include <stdint.h>

#include "base/error.h"
#include "twin/model.h"

// text NULL: the option was not given, and *duration stays. -1 with error, which names the option, also below minimum nanoseconds.
int duration_option_read(const char *option, const char *text, const struct model *model, int64_t minimum,
    int64_t *duration, struct error *error) __attribute__((warn_unused_result));

#endif
