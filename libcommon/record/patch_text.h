// The difference of two documents as others write it: a JSON Patch (RFC 6902), in which each value that goes is tested for first, or a JSON Merge
// Patch (RFC 7396).
#ifndef RECORD_PATCH_TEXT_H
#define RECORD_PATCH_TEXT_H

#include "record/value_diff.h"

// Both append to out. a, b: NULL where there is no document. 1 when there is any difference, 0, or -1 with error.

// The operations, without the brackets around them.
int patch_append(struct buffer *out, struct value_diff *diff, const struct value *a, const struct value *b)
    __attribute__((warn_unused_result));

// -1 also where a merge patch cannot say it: what is null or has a null member, and parts of arrays.
int merge_patch_append(struct buffer *out, struct value_diff *diff, const struct value *a, const struct value *b)
    __attribute__((warn_unused_result));

#endif
