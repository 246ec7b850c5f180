// Which registers -P chooses.
#ifndef TWIN_ABOUT_H
#define TWIN_ABOUT_H

#include <stdbool.h>

#include "base/slice.h"
#include "io/option.h"

// Whether what stands at the path of that kind (as in store_series.h) is about a property that matches one of the globs. The
// delete of a whole twin is about all; its model, relationships and predictions are about none. No globs, or NULL, match everything.
bool is_about(int kind, struct slice path, const struct option_list *properties);

#endif
