// Readings of one property, by different sensors and of nearly one time, that do not agree. Being near is not transitive, so it never decides
// anything: the newest reading stands, and this is told beside it.
#ifndef TWIN_CONCURRENT_H
#define TWIN_CONCURRENT_H

#include "twin/three_way.h"

// Of what each replica shows against the merged state: every property of which another sensor's reading, less than `within` nanoseconds away from
// the one that stands, differs from it by more than the model's tolerance. rule is "concurrent". Returns how many.
size_t concurrent_find(struct replicas *replicas, const struct twin_set *merged, const struct model *model,
    int64_t within, void (*tell)(void *context, const struct merge_conflict *conflict), void *context);

#endif
