// What twin-sync says on standard error at the end of its work.
#ifndef TWIN_SYNC_REPORT_H
#define TWIN_SYNC_REPORT_H

#include "twin/sync.h"

// For people: how many records were refused or ignored, when any were, and hints about first mistakes.
void sync_report_tell(const struct sync *sync);

// --stats: one line of JSON.
void sync_report_write_counters(const struct sync *sync);

#endif
