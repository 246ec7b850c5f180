// What twin-sync's --retain, --rebuild, --compact and --verify ask for, and doing it.
#ifndef TWIN_UPKEEP_OPTIONS_H
#define TWIN_UPKEEP_OPTIONS_H

#include "io/option.h"
#include "twin/model.h"
#include "twin/store.h"

struct upkeep_options {
	struct option_list retain; // each [GLOB=]DUR
	bool rebuild;
	bool compact;
	bool verify;
};

// Whether anything is asked for.
bool upkeep_is_asked(const struct upkeep_options *options);

// Does it in that order. now: what --retain counts from; NULL for the newest event time. 0; 1 when --verify has found something, which has been
// told to report; -1.
int upkeep_run(const struct upkeep_options *options, struct store *store, const struct model *model, const int64_t *now,
    void (*report)(void *context, const char *message), void *context, struct error *error)
    __attribute__((warn_unused_result));

#endif
