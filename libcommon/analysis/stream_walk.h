// The series of two recordings, one after the other in the order of their names: for stream_comparison.c.
#ifndef ANALYSIS_STREAM_WALK_H
#define ANALYSIS_STREAM_WALK_H

#include "analysis/stream_comparison.h"
#include "base/error.h"

// Both recordings have been started. Fills the sums and the results, and writes the records of all series. -1 with error.
int stream_walk(struct stream_comparison *comparison, const struct stream_comparison_sinks *sinks, struct error *error)
    __attribute__((warn_unused_result));

#endif
