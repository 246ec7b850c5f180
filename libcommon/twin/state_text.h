// Twins as records: state, change, delta, and the deletes that are left of a twin that is gone. See twin-record(5).
#ifndef TWIN_STATE_TEXT_H
#define TWIN_STATE_TEXT_H

#include "base/buffer.h"
#include "twin/delta.h"
#include "twin/status.h"
#include "twin/twin_set.h"
#include "twin/view.h"

// Scratch that is kept from twin to twin.
struct state_writer {
	const struct twin_set *set;
	struct status_rules rules;
	struct twin_view view;
	struct delta delta;
	struct state_entry *entries; // of metadata, while they are sorted
	size_t entry_capacity;
	struct arena part;                    // of a change
	const struct option_list *properties; // only those that match are written, of states and deltas; NULL for all
	bool has_at, has_known_at;            // the next two are written as as_of and known_at
	int64_t at, known_at;
};

void state_writer_init(struct state_writer *writer, const struct twin_set *set, const struct status_rules *rules);
void state_writer_release(struct state_writer *writer);

// The twin as one line with its newline: a state, or, when nothing of it is alive, the lines that make it so. Nothing for a twin
// that holds nothing, or nothing of what is asked for. The clock for ages is rules.clock.
void state_append(struct state_writer *writer, struct buffer *out, const struct twin *twin);

// The same without what is derived from the registers, and without the revision.
void state_append_registers(struct state_writer *writer, struct buffer *out, const struct twin *twin);

// Only these registers (of this twin), and its whole delete if `deleted`: a `change` record with its newline.
void state_append_change(struct state_writer *writer, struct buffer *out, const struct twin *twin,
    struct series *const *changed, size_t count, bool deleted);

// What metadata says of one record beside its timestamp and value: members, without the braces, and with a comma before them where something
// stands before them.
void state_append_details(struct buffer *out, const struct assignment *item);

// The entry of metadata or desired_metadata that describes a register and, where the document does not show it, its value.
void state_append_entry(struct buffer *out, const struct view_entry *entry);

// The twin's delta record with its newline.
void state_append_delta(struct state_writer *writer, struct buffer *out, const struct twin *twin);

#endif
