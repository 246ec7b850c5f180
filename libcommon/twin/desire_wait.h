// Waiting until what a store knows of a thing meets a desire that was put there, by the rules of twin/delta.h, or until that is not to be expected
// any more.
//
// Whether anybody has written is asked of SQLite some tens of times a second, which costs microseconds; the twin is looked at only when
// somebody has. What counts is the twin as it is then: what was met and is otherwise again between two looks has not been seen.
#ifndef TWIN_DESIRE_WAIT_H
#define TWIN_DESIRE_WAIT_H

#include "twin/desire_store.h"

enum desire_end {
	DESIRE_OPEN,
	DESIRE_MET,
	DESIRE_ACKNOWLEDGED, // an ack with the command's id and a code from 200 to 299 says so
	DESIRE_REFUSED,      // the same with 400 and more
	DESIRE_SUPERSEDED,   // it is not what is desired any more
	DESIRE_OVERDUE,      // its deadline is past
	DESIRE_TIMED_OUT,
};

struct desire_patience {
	int64_t timeout; // nanoseconds from now on; INT64_MAX for ever
	bool is_live;    // the machine's clock may pass the deadline; that of the store may in any case
};

// After desire_store_put. Fills end, which is never DESIRE_OPEN, and words with what has happened, for a person. -1 when the store cannot be read.
int desire_wait(struct desire_store *stored, const struct desire *desire, const struct desire_patience *patience,
    enum desire_end *end, struct buffer *words, struct error *error) __attribute__((warn_unused_result));

#endif
