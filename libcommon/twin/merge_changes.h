// What each replica lacks of the merged state: a file of `change` records for each of them, by the replica's name, in one folder. Folding it
// brings the replica to the merged state.
#ifndef TWIN_MERGE_CHANGES_H
#define TWIN_MERGE_CHANGES_H

#include "io/option.h"
#include "twin/replica.h"
#include "twin/state_text.h"

// What -e asks for, but for change=DIR, which goes to *folder (NULL where it is not asked for). rest is empty before; its strings are in the
// arena. -1 with error.
int merge_changes_option(const struct option_list *asked, struct option_list *rest, struct arena *arena,
    const char **folder, struct error *error) __attribute__((warn_unused_result));

// Whether every replica has a file name of its own there, none of them a replica. -1 with error.
int merge_changes_check(const struct replicas *replicas, const char *folder, struct error *error)
    __attribute__((warn_unused_result));

// Writes the files, the folder too where there is none, and brings the replicas' sets to the merged state. writer: of the merged set.
int merge_changes_write(struct replicas *replicas, const char *folder, struct state_writer *writer, struct error *error)
    __attribute__((warn_unused_result));

#endif
