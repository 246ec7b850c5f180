// The members of a property in a model that say what its readings are checked for: suspect_range, maximum_rate,
// stuck, spike, attenuated. A limit alone is the one to fail; an object names several: {"fail": 10, "suspect": 5}.
// Texts are those of twin/quality_text.h.
#ifndef TWIN_MODEL_CHECKS_H
#define TWIN_MODEL_CHECKS_H

#include <jansson.h>

#include "base/error.h"
#include "twin/quality_limits.h"

struct model;

// What the limits of a test are called in models; NULL: it has none there.
const char *model_checks_name(enum quality_test test);

// What the member said in a model that was extended is replaced. 1 when it was one of them, 0 when it is another,
// -1 with error.
int model_checks_read(struct quality_limits *limits, const struct model *model, const char *name, json_t *node,
    struct error *error) __attribute__((warn_unused_result));

#endif
