// Replicas: copies of the same twins that were kept apart, each an operand of its own. One is a stream of records, or one JSON document of
// which nobody knows when anything in it was written.
//
// The operand is recognised by its beginning, not by its name: a document is one JSON object, on however many lines, that has no entity_id.
#ifndef TWIN_REPLICA_H
#define TWIN_REPLICA_H

#include "io/input.h"
#include "twin/admission.h"
#include "twin/twin_set.h"

struct replica {
	const char *name;    // as it was given
	struct twin_set set; // a document's registers are those of a twin with an empty id
	struct buffer text;  // of a document
	bool is_document;
	bool is_empty;   // not one byte
	bool has_others; // records that a file of states has not: to write its state would lose them
};

struct replicas {
	struct replica *items; // the base, if there is one, is the last
	size_t count;
	bool has_base;
	const struct model *model; // NULL for none
	struct assignments assignments;
};

static inline struct replica *replicas_base(struct replicas *replicas)
{
	return replicas->has_base ? &replicas->items[replicas->count - 1] : NULL;
}

// How many without the base.
static inline size_t replicas_sides(const struct replicas *replicas)
{
	return replicas->count - replicas->has_base;
}

// All borrowed. model: its priorities count, and, where there is no base, its types and ranges; NULL for none.
void replicas_init(
    struct replicas *replicas, char *const *operands, size_t count, bool has_base, const struct model *model);
void replicas_release(struct replicas *replicas);

// For record_reader_options: takes a document out of the reader's hands. context: the replicas.
int replicas_opened(void *context, size_t operand, struct input *input, struct error *error)
    __attribute__((warn_unused_result));

// One record of an operand into the set. -1 with error when the record contradicts itself.
int replicas_take(struct replicas *replicas, const struct record *record, struct twin_set *set, struct error *error)
    __attribute__((warn_unused_result));

// When all has been read: puts the documents into their sets. -1 with error when one cannot be, or is given among records.
int replicas_finish(struct replicas *replicas, struct error *error) __attribute__((warn_unused_result));

// After replicas_finish, of all of them.
bool replicas_are_documents(const struct replicas *replicas);

// What the set of a document shows, as one object.
void replica_append_document(struct buffer *out, const struct twin_set *set);

// Every register of the set put into another.
void replica_join(struct twin_set *into, const struct twin_set *set);

#endif
