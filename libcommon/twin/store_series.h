// The series of a store's history by name: which twin, kind of register and path each number stands for.
#ifndef TWIN_STORE_SERIES_H
#define TWIN_STORE_SERIES_H

#include "base/arena.h"
#include "io/option.h"
#include "twin/assignment.h"
#include "twin/history.h"
#include "twin/store.h"

// Kinds of series beside those of registers. What was refused before it came to a register stands apart from what was taken, in series of the
// register's kind and SERIES_REFUSED. So no question about what was taken meets it, whenever else the same record may have been taken.
#define SERIES_FORECAST REGISTER_KINDS
#define SERIES_REFUSED  16
#define SERIES_KINDS    (SERIES_REFUSED + REGISTER_KINDS)

#define SERIES_KIND(kind) (1u << (kind))
#define SERIES_ALL_KINDS  (SERIES_KIND(SERIES_KINDS) - 1)

// Of those that were taken.
static inline int series_own_kind(int kind)
{
	return kind >= SERIES_REFUSED ? kind - SERIES_REFUSED : kind;
}

struct store_series {
	uint32_t number;
	int kind; // enum register_kind, with SERIES_REFUSED or without, or SERIES_FORECAST
	struct slice entity_id;
	struct slice path;
};

struct store_series_list {
	struct store_series *items; // by number
	uint32_t *numbers;          // of the items
	size_t count;
	size_t capacity;
	size_t near; // where the last one was found
	struct arena names;
};

#define STORE_SERIES_LIST_INIT                                                                                         \
	{                                                                                                              \
		0                                                                                                      \
	}

// Which series: of twins whose ids match one of the globs (NULL: all), of kinds whose bits are set, and about these properties (about.h).
struct store_series_choice {
	const struct option_list *entities;
	const struct option_list *properties;
	unsigned kinds;
	int64_t changed_after; // only twins whose state has changed after this revision of the store; 0 for all
};

// In the caller's transaction. Release the list in any case.
int store_series_read(struct store_series_list *list, struct store *store, const struct store_series_choice *choice,
    struct error *error) __attribute__((warn_unused_result));
void store_series_release(struct store_series_list *list);

// Before a list that was filled by hand, in the order of numbers, is used.
void store_series_complete(struct store_series_list *list);

// NULL for a number that is not in the list. Fast for numbers that follow each other.
const struct store_series *store_series_find(struct store_series_list *list, uint32_t number);

// All of the history of these series, which outlive the range.
struct history_range store_series_range(const struct store_series_list *list);

#endif
