// Bringing the files of replicas level: each is replaced by the merged state, and then the base, which so becomes what the next merge compares
// with.
//
// A file is at every instant the old one or the whole new one, and the base is the last to be replaced. Whoever was killed in between left replicas
// of which some are merged and some are not, against the old base: what is merged is, to the next run, the same change in several of them.
// (That a mean of values is none that comes again is why none is taken here.) A conflict that remains stays as each replica has it; the base keeps
// what it had.
#ifndef TWIN_MERGE_IN_PLACE_H
#define TWIN_MERGE_IN_PLACE_H

#include <sys/stat.h>

#include "twin/replica.h"
#include "twin/status.h"

struct merge_in_place {
	char *const *paths; // of the replicas, the base behind them if there is one
	size_t count;
	struct stat *before;
	bool *is_new; // there was no such file: only the base may be
};

// Before they are read: -1 with error where one is no plain file of its own. paths: borrowed.
int merge_in_place_open(struct merge_in_place *files, char *const *paths, size_t count, bool has_base,
    struct error *error) __attribute__((warn_unused_result));
void merge_in_place_release(struct merge_in_place *files);

// sets: what each file is to hold, in the order of paths; rules: for states. Files that hold it already are left alone. -1 with error, having
// written nothing, when one has been changed since it was opened here.
int merge_in_place_write(struct merge_in_place *files, const struct twin_set *const *sets, bool are_documents,
    const struct status_rules *rules, struct error *error) __attribute__((warn_unused_result));

#endif
