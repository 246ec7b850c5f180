// Why one property of one twin shows what it shows: the record that set its value, those that it beat and by what, and what is desired of it.
//
// It is given all that was ever said of the twin, in any order, some of it twice or not: the answer is the same bytes. Registers are folded
// by twin_set and drawn by view.h, as for states; beside them stands only the newest of what competed for the property's value:
//
//	the property itself and those above it (bearing for bearing/temperature): all that was reported and deleted
//	deletes of the whole twin: all
//	properties below it: what stands in their registers
//
// Memory is bounded by the number of registers near the property and by how many of the beaten are wanted.
#ifndef TWIN_WHY_H
#define TWIN_WHY_H

#include "base/arena.h"
#include "base/distinct.h"
#include "base/hash_map.h"
#include "twin/delta.h"
#include "twin/model.h"
#include "twin/store_fold.h"
#include "twin/view.h"
#include "twin/why_newest.h"

#define WHY_LIMIT 10 // of the beaten, where nobody says how many

// How what is said stands to the property.
enum why_relation {
	WHY_NOT_NEAR,
	WHY_SAME,   // about it, or the whole twin
	WHY_ABOVE,  // about what it is a part of
	WHY_BELOW,  // about a part of it
	WHY_BESIDE, // about another part of what it may be a part of: that can hide what is above
};

struct why {
	struct slice entity_id;
	struct slice path;
	struct slice first;        // segment of the path
	const struct model *model; // NULL: none applies
	size_t limit;
	bool has_at, has_known_at; // the next two are written as as_of and known_at
	int64_t at, known_at;
	bool is_distinct; // no record is given twice: none of them has to be counted by its text

	bool has_twin;         // something was said of it
	bool is_known;         // something was said of the property
	struct hash_map names; // of other properties
	struct twin_set set;
	struct why_record **holders; // of usable registers, by `watch` of their series
	size_t holder_count, holder_capacity;
	struct why_record *tombstone;
	struct why_newest newest;
	struct distinct distinct;
	uint64_t counted; // without a look at their texts
	uint64_t undated; // of what counted: how much does not say when it was received
	struct arena arena;
	struct buffer scratch, metadata, others, place;
	struct value_tree tree;
	struct twin_view view;
	struct delta delta;
};

// Of what was beaten, `limit` are shown. The texts are copied, the model is borrowed.
void why_init(struct why *why, struct slice entity_id, struct slice property, const struct model *model, int64_t limit);
void why_release(struct why *why);

enum why_relation why_relate(const struct why *why, enum register_kind kind, struct slice path);

// One thing said, by any twin. Nothing of it is borrowed. What the model says of it is found here.
void why_add(struct why *why, const struct why_record *said);

// The assignments of one record of a recording, as far as the instant lets them count (NULL: all). source: the file, for where the record has no
// origin; NULL for none.
void why_add_record(struct why *why, const struct record *record, const struct assignments *list, const char *source,
    const struct store_instant *instant);

// One more that competes and is older than why_floor: it could only be counted. Where nothing is given twice, and the model does not judge values.
void why_count(struct why *why);

// What was said before that time cannot be shown among the beaten; INT64_MIN for no such time.
int64_t why_floor(const struct why *why);

// The twin has a property of that name, of which nothing is given.
void why_note_name(struct why *why, struct slice path);

// Of the twin's other properties, one whose name is like it; NULL when there is none. Valid until why_release.
const char *why_near_name(struct why *why);

// The answer, as a `why` record without newline. For a property that is_known.
void why_append(struct why *why, struct buffer *out);

#endif
