// What the answers of twin-get(1) have in common: who is asked, about what, and where the answers go. Each kind of question is a function of its
// own, which gives its records to `answers`.
#ifndef TWIN_GET_H
#define TWIN_GET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "io/option.h"
#include "record/answers.h"
#include "record/record_streams.h"
#include "twin/model.h"
#include "twin/status.h"
#include "twin/store.h"
#include "twin/store_fold.h"
#include "twin/twin_set.h"

// Of -e. Each question makes some of them.
enum get_emit {
	GET_STATE,
	GET_DELTA,
	GET_CHANGE,
	GET_READING,
	GET_DESIRED,
	GET_DELETED,
	GET_EVENT,
	GET_PREDICTION,
	GET_FORECAST,
	GET_REFUSED,
	GET_WHY,
	GET_SUMMARY,
	GET_REJECTED,
	GET_COUNT,
};

extern const char *const get_emit_types[];

struct get_question {
	struct option_list entities; // globs, or ids as they are
	struct option_list properties;
	struct store_instant instant;
	bool has_at, has_known_at, has_revision;
	bool stale;     // only twins that are
	int64_t beaten; // how many of them --why shows; negative: as many as it likes
};

struct get {
	const char *path; // of the store, or of the file of records
	const struct get_question *question;
	struct store *store; // NULL when records are read
	struct record_streams streams;
	struct model *model;
	struct status_rules rules;
	struct answers answers;
	struct twin_set set; // the twins that answers are about
	bool live;           // the clock is the machine's
	bool quiet;
};

// Whether the question is about the past.
bool get_is_past(const struct get_question *question);

// States and deltas. -1 with error, also below.
int get_states(struct get *get, struct error *error) __attribute__((warn_unused_result));

// Why the first of the properties shows what it shows, of the first of the entities: both are names.
int get_why(struct get *get, struct error *error) __attribute__((warn_unused_result));

// Which twins there are, one summary each; what the whole store holds, one summary.
int get_list(struct get *get, struct error *error) __attribute__((warn_unused_result));
int get_info(struct get *get, struct error *error) __attribute__((warn_unused_result));

// A list for people has columns of its own.
void get_list_columns(struct get *get);

// Tells how many of the records that counted do not say when they were received, where that was asked.
void get_tell_undated(const struct get *get, uint64_t undated);

// Tells of names in the question that no twin and, where there was no answer, no property has: they may be mistyped.
void get_hint_unknown(const struct get *get);

// Fills the set with the twins that the question is about, as they are or were.
int get_fold(struct get *get, struct error *error) __attribute__((warn_unused_result));

// Gives every record of the file to `take`, with what it says, until that fails.
typedef int get_take(void *context, const struct record *record, struct assignments *said, struct error *error);
int get_records(struct get *get, get_take *take, void *context, struct error *error)
    __attribute__((warn_unused_result));

// Those of the set that the question is about, in the order of their ids. The array is the caller's to free.
const struct twin **get_sort_twins(const struct get *get, size_t *count);

#endif
