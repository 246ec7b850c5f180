// Inside of twin/sync: what its files have of each other.
#ifndef TWIN_SYNC_PARTS_H
#define TWIN_SYNC_PARTS_H

#include "twin/sync.h"

// With the clock of now, where there is one.
struct status_rules sync_current_rules(const struct sync *sync);

// Counts and writes what did not become the state. A reading says by itself what was refused; of a record with several registers only the one
// is shown.
void sync_refuse(
    struct sync *sync, enum sync_reason reason, const struct record *record, const struct assignment *item);

// The input as it came; live, a record that does not say when it was received is told so now.
void sync_pass(struct sync *sync, const struct record *record);

// One of the registers that the record in hand has changed; and, when it has been taken whole, what is written of all of them.
void sync_note_change(struct sync *sync, const struct twin_put *put, const struct assignment *item);
void sync_write_products(struct sync *sync);

#endif
