// The clock that only runs forward, for waits and how long work takes; it says nothing about what time it is.
#ifndef BASE_MONOTONIC_H
#define BASE_MONOTONIC_H

#include <stdint.h>

// Nanoseconds of CLOCK_MONOTONIC.
int64_t monotonic_now(void);

#endif
