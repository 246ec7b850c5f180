// Telling what is new in a store: once, since a revision or since the last run that kept a cursor, or for as long as it lasts.
//
// A cursor is a file {"store":ID,"revision":N}: what was stored up to N has been told. It is written when the answers have been, so that a run that fails
// or is killed tells the same again, and none is lost.
#ifndef TWIN_GET_FOLLOW_H
#define TWIN_GET_FOLLOW_H

#include "twin/get.h"

struct get_follow {
	bool follow;
	bool has_since;
	int64_t since;      // a revision
	const char *cursor; // NULL for none
};

// Whether anything of it is asked for.
static inline bool get_follow_is_asked(const struct get_follow *follow)
{
	return follow->follow || follow->has_since || follow->cursor;
}

// Ends with the answers, those that had to wait among them, or with error: without a message when an output has failed, which its closing tells.
int get_follow(struct get *get, const struct get_follow *options, struct error *error)
    __attribute__((warn_unused_result));

#endif
