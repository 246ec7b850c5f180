// What --retain has made a store forget: of each property, the history from its horizon on is complete. Before that there is only what still
// counted then: the newest reading and the newest usable one, each delete, and what a register holds today. So the state at any time from the
// horizon on is what it would be if nothing had been forgotten.
#ifndef TWIN_STORE_HORIZONS_H
#define TWIN_STORE_HORIZONS_H

#include "twin/store.h"
#include "twin/store_series.h"

struct store_horizon {
	const char *property; // a glob
	int64_t before;
};

// The first whose glob matches counts. Readings and desires have properties; all else of a twin has only the one of "*".
struct store_horizons {
	struct store_horizon *items;
	size_t count;
	size_t capacity;
};

#define STORE_HORIZONS_INIT                                                                                            \
	{                                                                                                              \
		0                                                                                                      \
	}

// Keeps a copy of the glob. Sorts so that "*" comes last.
void store_horizons_add(struct store_horizons *horizons, const char *property, int64_t before);
void store_horizons_release(struct store_horizons *horizons);

// Those of the store, in the caller's transaction. Release them in any case.
int store_horizons_read(struct store_horizons *horizons, struct store *store, struct error *error)
    __attribute__((warn_unused_result));

// INT64_MIN where nothing has been forgotten.
int64_t store_horizon_of(const struct store_horizons *horizons, const struct store_series *series);

// The same of each series of the list; NULL where nothing has been forgotten of any. To be freed.
int64_t *store_horizons_of(const struct store_horizons *horizons, const struct store_series_list *list);

// What is about to be forgotten, in the caller's transaction. No horizon moves back, and those of properties that globs of both say something of
// are those that go furthest.
int store_horizons_raise(struct store *store, const struct store_horizons *asked, struct error *error)
    __attribute__((warn_unused_result));

// The newest horizon of the listed series: INT64_MIN for none.
int store_horizon_newest(struct store *store, const struct store_series_list *list, int64_t *horizon,
    struct error *error) __attribute__((warn_unused_result));

// -1 with error when a question about these series from a time on, or as of it, reaches before what is remembered.
int store_horizon_check(struct store *store, const struct store_series_list *list, int64_t from, struct error *error)
    __attribute__((warn_unused_result));

#endif
