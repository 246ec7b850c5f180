// The leaves of a JSON value with their paths: scalars, arrays and empty objects; arrays are not entered.
#ifndef FORMAT_JSON_LEAVES_H
#define FORMAT_JSON_LEAVES_H

#include "base/slice.h"
#include "record/value.h"

// Calls take for each leaf of the object `from`, in their order. path is that of a property (record/property_path.h), of `from` itself
// it is empty; it is valid during the call. Recursion is as deep as values are (VALUE_DEPTH_MAX).
void json_leaves(const struct value_tree *tree, const struct value *from,
    void (*take)(void *context, const struct value *leaf, struct slice path), void *context);

#endif
