// What a store remembers, as records in the order of time: the history of twins, what happened to them, and what had been forecast.
#ifndef TWIN_GET_HISTORY_H
#define TWIN_GET_HISTORY_H

#include "twin/get.h"

struct get_history {
	bool history; // readings and deletes, unless -e says otherwise
	bool events;
	bool forecasts;
	struct option_time from, to; // half-open
	const char *last;            // N of each series, or DUR; NULL for all
};

// Whether anything of it is asked for.
static inline bool get_history_is_asked(const struct get_history *options)
{
	return options->history || options->events || options->forecasts;
}

// Bits of enum get_emit: what comes without -e.
unsigned get_history_defaults(const struct get_history *options);

// -1 with error, also when the question begins before what the store has forgotten.
int get_history(struct get *get, const struct get_history *options, struct error *error)
    __attribute__((warn_unused_result));

// The records of the types that -e asks for (a state means the twin's there, not a record) which were stored after that revision. 1 when no more
// answers are wanted, 0, or -1 with error.
int get_history_since(struct get *get, int64_t after, struct error *error) __attribute__((warn_unused_result));

#endif
