// What a store remembers of one property, for why.h.
#ifndef TWIN_STORE_WHY_H
#define TWIN_STORE_WHY_H

#include "twin/store.h"
#include "twin/why.h"

// In the caller's transaction, with why as why_init left it. Of a store without history only what its registers hold is known, and the past is an
// error. A property with a million readings takes about a quarter of a second: those that are too old to be shown are only counted.
int store_why(struct why *why, struct store *store, const struct store_instant *instant, struct error *error)
    __attribute__((warn_unused_result));

#endif
