// The health of a recording as `summary` records (twin-record(5), twin-check(1) names the measures): in the order of their ids and paths
// one for each series, behind those of a twin one for it when there is a model; then one for each source; then one for all.
#ifndef ANALYSIS_HEALTH_REPORT_H
#define ANALYSIS_HEALTH_REPORT_H

#include "analysis/recording_health.h"
#include "base/slice.h"

// What only the program knows of the recording's files.
struct recording_damage {
	uint64_t rejected;   // lines that hold no record
	uint64_t unfinished; // files without a newline behind the last line
	uint64_t damaged;    // files that cannot be read to their end
};

// Calls write with each record, valid until it returns. The health stays as it is, and may be added to.
void health_report_write(struct recording_health *health, const struct recording_damage *damage,
    void (*write)(void *context, struct slice record), void *context);

#endif
